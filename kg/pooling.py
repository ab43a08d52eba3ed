"""Pooling: one number of several effects, with how sure it is and how much they differ.

The between-study variance by REML is found in ``kg.heterogeneity``, for many groups of effects at once: what the graph
says is pooled there, and the same digits come of the same effects alone. By DL and PM it is pymetaanalysis's, which is
also what REML is held to. What neither has stands here, each with its paper: maximum likelihood, and the same interval,
prediction and heterogeneity formulas for all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from kg.errors import MissingPart, NothingFound
from kg.heterogeneity import Heterogeneity, Profile, by_reml

if TYPE_CHECKING:
    from meta_analyze import MetaAnalysisResult

#: Word on the command line -> name of the model, with who described its estimator.
ESTIMATORS = {
    "reml": "random effects, restricted maximum likelihood (Viechtbauer 2005)",
    "dl": "random effects, DerSimonian & Laird (1986)",
    "pm": "random effects, Paule & Mandel (1982)",
    "ml": "random effects, maximum likelihood (Hardy & Thompson 1996)",
    "fixed": "fixed effect, inverse variance",
}
INTERVALS = {"knapp-hartung": "Knapp & Hartung (2003), t with k - 1", "wald": "Wald, normal"}
#: The prediction interval, of which there are several: this one is t with k - 2.
PREDICTION = "Higgins, Thompson & Spiegelhalter (2009), t with k - 2"

#: So exact are the iterations: the tenth decimal is the same as metafor's.
_TOLERANCE = 1e-13
#: So many effects are pooled at once: then what it takes to begin hardly counts, and little is held in memory.
_AT_ONCE = 20_000


class Estimate(Protocol):
    """What can be pooled: an effect on its scale of analysis (Fisher's z, a log risk ratio), with its variance."""

    @property
    def z(self) -> float: ...

    @property
    def variance(self) -> float: ...


E = TypeVar("E", bound=Estimate)


@dataclass(frozen=True)
class Interval:
    """From ``low`` to ``high``, at 95 %."""

    low: float
    high: float


@dataclass(frozen=True)
class Spread:
    """One measure of heterogeneity, with its Q-profile interval (Viechtbauer 2007) where the model has one."""

    value: float
    interval: Interval | None


@dataclass(frozen=True)
class Levels:
    """What a model of effects within samples adds: how many samples, the assumed correlation ``rho`` of sampling errors
    within them, the variances between and within them, and the standard error that rests on that model alone.
    """

    samples: int
    rho: float
    between: float
    within: float
    model_error: float


@dataclass(frozen=True)
class Pooled(Generic[E]):
    """Everything that pooling gives, on the scale of the effects. ``weights`` add up to 1; I² is a share of 1.

    ``levels`` is there where effects of the same people were pooled (``kg.dependence``).
    """

    estimator: str
    interval_method: str
    k: int
    estimate: float
    standard_error: float
    confidence: Interval
    prediction: Interval | None
    tau2: Spread
    i2: Spread
    h2: Spread
    q: float
    q_p: float
    weights: tuple[float, ...]
    effects: tuple[E, ...]
    cautions: tuple[str, ...]
    levels: Levels | None = None


def pool(effects: Sequence[E], estimator: str = "reml", interval: str = "knapp-hartung") -> Pooled[E]:
    """The effects as one, by an estimator of ``ESTIMATORS`` and an interval of ``INTERVALS``.

    A fixed effect has Wald's interval and no prediction, whatever ``interval`` says: it knows no spread.
    """
    k = len(effects)
    if k < 2:
        raise NothingFound(f"{k} effect{'s' * (k != 1)} cannot be pooled; it takes two or more")
    if estimator == "reml":
        return next(pool_each([effects], interval))
    return _pooled(effects, _by_library(effects, estimator), estimator, interval)


def pool_each(groups: Iterable[Sequence[E]], interval: str = "knapp-hartung") -> Iterator[Pooled[E]]:
    """Each group of two effects or more as one, by REML: what ``pool`` gives of each, in a small part of the time."""
    _refuse_without_library()
    for some in _some_at_once(groups):
        for effects, found in zip(some, by_reml(some), strict=True):
            yield _pooled(effects, found or _by_library(effects, "reml"), "reml", interval)


def _some_at_once(groups: Iterable[Sequence[E]]) -> Iterator[list[Sequence[E]]]:
    some: list[Sequence[E]] = []
    effects = 0
    for group in groups:
        some.append(group)
        effects += len(group)
        if effects >= _AT_ONCE:
            yield some
            some, effects = [], 0
    yield some


def _pooled(effects: Sequence[E], found: Heterogeneity, estimator: str, interval: str) -> Pooled[E]:
    """The effects as one, once it is known how much they differ."""
    k, tau2, random = len(effects), found.tau2, estimator != "fixed"
    inverse = [1 / (each.variance + tau2) for each in effects]
    total = math.fsum(inverse)
    estimate = math.fsum(weight * each.z for weight, each in zip(inverse, effects, strict=True)) / total
    wald = 1 / math.sqrt(total)
    method = interval if random else "wald"
    error = _knapp_hartung(effects, inverse, estimate) if method == "knapp-hartung" else wald
    half = error * _critical(k - 1 if method == "knapp-hartung" else None)
    reach = _critical(k - 2) * math.sqrt(tau2 + error * error) if random and k > 2 else None
    return Pooled(
        estimator=estimator,
        interval_method=method,
        k=k,
        estimate=estimate,
        standard_error=error,
        confidence=Interval(estimate - half, estimate + half),
        prediction=Interval(estimate - reach, estimate + reach) if reach is not None else None,
        **_spreads(effects, found),
        q=found.q,
        q_p=found.q_p,
        weights=tuple(weight / total for weight in inverse),
        effects=tuple(effects),
        cautions=tuple(_cautions(k, half < wald * _critical(None), found)),
    )


def leave_one_out(pooled: Pooled[E]) -> tuple[tuple[E, Pooled[E]], ...]:
    """Each effect, and what the others give without it; nothing where fewer than two would be left.

    Effects of the same people are left out together, by ``kg.dependence``.
    """
    if pooled.k < 3 or pooled.levels:
        return ()
    others = (pooled.effects[:index] + pooled.effects[index + 1 :] for index in range(pooled.k))
    if pooled.estimator == "reml":
        told = pool_each(others, pooled.interval_method)
    else:
        told = (pool(rest, pooled.estimator, pooled.interval_method) for rest in others)
    return tuple(zip(pooled.effects, told, strict=True))


def fitted(effects: Sequence[Estimate], estimator: str) -> MetaAnalysisResult:
    """What pymetaanalysis makes of the effects; ML starts from REML's answer, for Q and its profile."""
    _refuse_without_library()
    from meta_analyze import meta_analysis

    between = {"fixed": None, "ml": "REML"}.get(estimator, estimator.upper())
    return meta_analysis(
        effect=[each.z for each in effects],
        variance=[each.variance for each in effects],
        model="random" if between else "common",
        tau2_method=between,
        atol=_TOLERANCE,
    )


def _refuse_without_library() -> None:
    """Refuse to pool anything where not everything could be pooled."""
    if find_spec("meta_analyze") is None:
        raise MissingPart("pooling needs pymetaanalysis: pip install 'compassion-attachment-kg[pool]'")


def _by_library(effects: Sequence[Estimate], estimator: str) -> Heterogeneity:
    """How much the effects differ, by pymetaanalysis."""
    fit = fitted(effects, estimator)
    if estimator == "fixed":
        return Heterogeneity(0, None, fit.q, fit.q_pvalue)
    profile = fit.tau2_confidence_interval()
    tau2 = _maximum_likelihood(effects) if estimator == "ml" else fit.tau2
    return Heterogeneity(tau2, Profile(profile.ci_low, profile.ci_high, profile.is_empty), fit.q, fit.q_pvalue)


def _maximum_likelihood(effects: Sequence[Estimate]) -> float:
    """The between-study variance that makes the effects likeliest (Hardy & Thompson 1996)."""

    def scatter(tau2: float) -> list[tuple[float, float]]:
        """The weight and the squared distance from the mean of each effect."""
        inverse = [1 / (each.variance + tau2) for each in effects]
        mean = math.fsum(w * each.z for w, each in zip(inverse, effects, strict=True)) / math.fsum(inverse)
        return [(w, (each.z - mean) ** 2) for w, each in zip(inverse, effects, strict=True)]

    # Beyond the widest squared distance between two effects no summand of the slope is positive.
    beyond = (max(each.z for each in effects) - min(each.z for each in effects)) ** 2
    return likeliest(scatter, beyond)


def likeliest(scatter: Callable[[float], Sequence[tuple[float, float]]], beyond: float) -> float:
    """The variance between studies at which the profile likelihood is highest; none is looked for above ``beyond``.

    ``scatter`` gives, at a variance, the weight and the squared residual of each effect. The likelihood may have a
    maximum at zero and another above it (one large study beside small scattered ones): the higher one is taken.
    """
    from scipy.optimize import brentq

    def slope(tau2: float) -> float:
        return math.fsum(w * w * squared - w for w, squared in scatter(tau2))

    def likelihood(tau2: float) -> float:
        return math.fsum(math.log(w) - w * squared for w, squared in scatter(tau2))

    steps = [0.0, *(beyond * 10 ** (-step / 8) for step in range(96, -1, -1))]
    maxima = [0.0]
    for low, high in pairwise(steps):
        if slope(low) > 0 >= slope(high):
            maxima.append(float(brentq(slope, low, high, xtol=_TOLERANCE, rtol=_TOLERANCE)))
    return max(maxima, key=likelihood)


def _knapp_hartung(effects: Sequence[Estimate], inverse: Sequence[float], estimate: float) -> float:
    """The standard error of Knapp & Hartung (2003), which lets the effects say how they scatter."""
    scatter = math.fsum(w * (each.z - estimate) ** 2 for w, each in zip(inverse, effects, strict=True))
    return math.sqrt(scatter / (len(effects) - 1) / math.fsum(inverse))


@cache
def _critical(df: int | None) -> float:
    """The 97.5 % point of t with ``df`` degrees of freedom, of the normal without."""
    from scipy.special import ndtri, stdtrit

    return float(ndtri(0.975) if df is None else stdtrit(df, 0.975))


def _spreads(effects: Sequence[Estimate], found: Heterogeneity) -> dict[str, Any]:
    """Tau², and I² and H² by Higgins & Thompson (2002); a fixed effect has them from Q."""
    if found.profile is None:
        df = len(effects) - 1
        i2 = max(0.0, (found.q - df) / found.q) if found.q else 0.0
        return {"tau2": Spread(0, None), "i2": Spread(i2, None), "h2": Spread(found.q / df, None)}
    low, high, _ = found.profile
    typical = _typical_variance(effects)
    scales: dict[str, Callable[[float], float]] = {
        "tau2": lambda between: between,
        "i2": lambda between: between / (between + typical),
        "h2": lambda between: 1 + between / typical,
    }
    return {name: Spread(scale(found.tau2), Interval(scale(low), scale(high))) for name, scale in scales.items()}


def _typical_variance(effects: Sequence[Estimate]) -> float:
    """The variance of a typical effect (Higgins & Thompson 2002, equation 9)."""
    inverse = [1 / each.variance for each in effects]
    total = math.fsum(inverse)
    return (len(effects) - 1) * total / (total**2 - math.fsum(weight**2 for weight in inverse))


def _cautions(k: int, narrower: bool, found: Heterogeneity) -> list[str]:
    """What a reader of the numbers should know of them."""
    told = []
    if k < 5:
        told.append(
            f"{k} effects tell very little about how effects differ: τ² and I² are rough"
            + (", and so is a prediction" if found.profile and k > 2 else "")
        )
    if narrower:
        told.append(
            "the effects scatter so little that Knapp and Hartung's interval is narrower than Wald's, which is no sign "
            "of precision; look at both (--interval wald)"
        )
    if found.profile and found.profile.empty:
        told.append("no τ² fits so little scatter: its Q-profile interval is empty and shown as zero")
    return told
