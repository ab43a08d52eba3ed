"""Small-study checks: whether small studies find more than large ones, as they do where weak results stay unpublished.

Egger's test (Egger et al. 1997) is pymetaanalysis's; the same as a meta-regression (Sterne & Egger 2005) and
trim-and-fill with the estimator L0 (Duval & Tweedie 2000) stand here, for every estimator alike. The records hold what
a funnel plot needs: the effects, the mirrored ones, and the number that they give together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic

from kg.errors import NothingFound
from kg.pooling import E, Interval, Pooled, fitted, pool
from kg.regression import Coefficient, Covariate, regress

#: Below so many effects chance and bias cannot be told apart (Sterne et al. 2011); told, not refused.
ENOUGH = 10


@dataclass(frozen=True)
class Egger:
    """The regression of effects on their standard errors: its t, and what a study without error would find."""

    t: float
    df: int
    p: float
    limit: float
    limit_interval: Interval


@dataclass(frozen=True)
class Filled(Generic[E]):
    """An effect that may be missing: the mirror of one that is there."""

    mirrors: E
    z: float
    variance: float


@dataclass(frozen=True)
class TrimAndFill(Generic[E]):
    """On which side (``left``, ``right``) how many effects may be missing, and what they would give with the others."""

    side: str
    missing: int
    standard_error: float
    filled: tuple[Filled[E], ...]
    pooled: Pooled[E | Filled[E]]


@dataclass(frozen=True)
class SmallStudies(Generic[E]):
    """What the checks say of effects; ``refusal`` says why they say nothing, where they do not."""

    egger: Egger | None
    slope: Coefficient | None
    fill: TrimAndFill[E] | None
    refusal: str | None
    cautions: tuple[str, ...]


def check_small_studies(pooled: Pooled[E]) -> SmallStudies[E]:
    """The checks, by the model of a result."""
    few = f"{pooled.k} effects are too few to tell bias from chance; it takes {ENOUGH} or more (Sterne et al. 2011)"
    cautions = (few,) if pooled.k < ENOUGH else ()
    if pooled.levels:
        dependent = "the checks take effects to be independent, and those of the same people are not"
        return SmallStudies(None, None, None, dependent, cautions)
    try:
        slope = _slope(pooled)
        return SmallStudies(_egger(pooled.effects), slope, _trimmed_and_filled(pooled, slope), None, cautions)
    except NothingFound as refusal:
        return SmallStudies(None, None, None, str(refusal), cautions)


def _slope(pooled: Pooled[E]) -> Coefficient:
    """How effects change with their standard errors, by meta-regression."""
    errors = tuple(math.sqrt(each.variance) for each in pooled.effects)
    covariate = Covariate("standard error", errors)
    return regress(pooled.effects, [covariate], pooled.estimator, pooled.interval_method).coefficients[1]


def _egger(effects: Sequence[E]) -> Egger:
    told = fitted(effects, "fixed").egger_test()
    limit = Interval(told.limit_ci_low, told.limit_ci_high)
    return Egger(told.statistic, told.df, told.pvalue, told.limit_estimate, limit)


def _trimmed_and_filled(pooled: Pooled[E], slope: Coefficient) -> TrimAndFill[E]:
    """Trim until the rest looks even, then mirror what was trimmed."""
    side = "right" if slope.estimate < 0 else "left"
    turn = -1 if side == "right" else 1
    ordered = sorted(pooled.effects, key=lambda each: turn * each.z)
    k, missing, error, centre = pooled.k, 0, 0.0, 0.0
    # Each round trims anew; it settles within a few, and where it would swing for ever the last round stands.
    for _ in range(100):
        centre = _centre(ordered[: k - missing], pooled.estimator)
        before, (missing, error) = missing, _missing([turn * (each.z - centre) for each in ordered])
        if missing == before:
            break
    mirrored = tuple(Filled(each, 2 * centre - each.z, each.variance) for each in ordered[k - missing :])
    together: list[E | Filled[E]] = [*pooled.effects, *mirrored]
    return TrimAndFill(side, missing, error, mirrored, pool(together, pooled.estimator, pooled.interval_method))


def _centre(effects: Sequence[E], estimator: str) -> float:
    return pool(effects, estimator, "wald").estimate if len(effects) > 1 else effects[0].z


def _missing(distances: Sequence[float]) -> tuple[int, float]:
    """How many effects are missing on the left of others at these distances from their centre, and its error: L0."""
    k = len(distances)
    places = sorted(range(k), key=lambda place: abs(distances[place]))
    right = sum(rank for rank, place in enumerate(places, start=1) if distances[place] > 0)
    l0 = (4 * right - k * (k + 1)) / (2 * k - 1)
    variance = (
        k * (k + 1) * (2 * k + 1) + 10 * l0**3 + 27 * l0**2 + 17 * l0 - 18 * k * l0**2 - 18 * k * l0 + 6 * k**2 * l0
    ) / 24
    return min(k - 1, max(0, round(l0))), 4 * math.sqrt(max(0.0, variance)) / (2 * k - 1)
