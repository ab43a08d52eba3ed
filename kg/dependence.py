"""Dependent effects: several of the same people as one number, without pretending that they are independent.

Effects lie within samples: sampling errors of one sample correlate (by how much is assumed, and told), and true effects
vary between samples and within them (three levels: Konstantopoulos 2011). Both variances are by REML. As the assumed
correlation may be wrong, the standard error lets the samples say how they scatter (cluster-robust, CR1, t with the
number of samples - 1), as metafor's robust() does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from kg.errors import NothingFound
from kg.pooling import Estimate, Interval, Levels, Pooled, Spread, pool

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.floating[Any]]

#: Word on the command line -> what is done with several effects of the same people.
DEPENDENT = {
    "choose": "one effect of the same people, by the rule",
    "three-level": "all effects, in a model of three levels with cluster-robust errors",
}
#: The correlation of sampling errors within a sample, where no other is named.
ASSUMED_RHO = 0.6
#: So many samples, or robust errors are told to be rough (Tipton 2015 finds CR1 too small below some forty).
_ENOUGH_SAMPLES = 40
_TOLERANCE = 1e-13


class Nested(Estimate, Protocol):
    """An effect that knows whose it is."""

    @property
    def people(self) -> str: ...


N = TypeVar("N", bound=Nested)


def pool_dependent(effects: Sequence[N], rho: float = ASSUMED_RHO) -> Pooled[N]:
    """The effects as one, those of the same people within each other.

    Where no people have two effects there is nothing to model: then as ``pool`` does it, and a caution says so.
    """
    if not effects:
        raise NothingFound("0 effects cannot be pooled; it takes two or more")
    samples = sorted({each.people for each in effects})
    if len(samples) == len(effects):
        plain = pool(effects)
        told = "no people have two effects: pooled as independent ones"
        return replace(plain, cautions=(*plain.cautions, told))
    if len(samples) < 2:
        raise NothingFound(f"all {len(effects)} effects are of the same people; it takes those of two or more")
    return _pooled(effects, samples, rho)


def leave_one_sample_out(pooled: Pooled[N]) -> tuple[tuple[str, Pooled[N]], ...]:
    """The people of each sample, and what the others give without them; nothing where fewer than two would be left."""
    samples = sorted({each.people for each in pooled.effects})
    if pooled.levels is None or len(samples) < 3:
        return ()
    rho = pooled.levels.rho
    return tuple(
        (left, pool_dependent([each for each in pooled.effects if each.people != left], rho)) for left in samples
    )


def _pooled(effects: Sequence[N], samples: Sequence[str], rho: float) -> Pooled[N]:
    from scipy.stats import chi2, t

    model = _Model(effects, samples, rho)
    between, within = model.variances()
    solved, k, df = model.solved(between, within), len(effects), len(samples) - 1
    typical, q = model.sampling()
    tau2 = between + within
    reach = float(t.ppf(0.975, df))
    half, beyond = reach * solved.robust, reach * math.sqrt(tau2 + solved.robust**2)
    estimate = solved.estimate
    return Pooled(
        estimator="reml",
        interval_method="cluster-robust",
        k=k,
        estimate=estimate,
        standard_error=solved.robust,
        confidence=Interval(estimate - half, estimate + half),
        prediction=Interval(estimate - beyond, estimate + beyond) if df > 1 else None,
        tau2=Spread(tau2, None),
        i2=Spread(tau2 / (tau2 + typical), None),
        h2=Spread(1 + tau2 / typical, None),
        q=q,
        q_p=float(chi2.sf(q, k - 1)),
        weights=solved.weights,
        effects=tuple(effects),
        cautions=tuple(_cautions(len(samples), rho)),
        levels=Levels(len(samples), rho, between, within, solved.model_error),
    )


def _cautions(samples: int, rho: float) -> list[str]:
    told = [f"that sampling errors of the same people correlate by {rho:g} is assumed, not known (--rho)"]
    if samples < _ENOUGH_SAMPLES:
        told.append(f"{samples} samples are few for cluster-robust errors, which may be too small (Tipton 2015)")
    return told


@dataclass(frozen=True)
class _Solved:
    """What generalised least squares give at two variances."""

    estimate: float
    model_error: float
    robust: float
    weights: tuple[float, ...]


class _Slopes(NamedTuple):
    """The restricted log-likelihood at two variances, its slopes, and the information about them."""

    height: float
    slopes: Matrix
    information: Matrix


class _Block(NamedTuple):
    """The samples of which so many effects each are told: samples × effects, and samples × effects × effects.

    ``place`` says which of all effects each is.
    """

    place: NDArray[np.intp]
    z: Matrix
    sampling: Matrix


class _Weighed(NamedTuple):
    """A block's weights (the inverse of its variances), their sums for each effect, and the weighted effects."""

    weights: Matrix
    sums: Matrix
    z: Matrix


class _Weights:
    """The weights W of all effects at given variances, block by block, and what they add up to: 1'W1 is the ``total``,
    and the ``mean`` of the effects is weighted by them.
    """

    def __init__(self, blocks: Sequence[_Block], variances: Sequence[Matrix]) -> None:
        import numpy as np

        inverses = [np.linalg.inv(each) for each in variances]
        self.blocks = [
            _Weighed(weights, weights.sum(axis=2), (weights @ block.z[:, :, None])[:, :, 0])
            for block, weights in zip(blocks, inverses, strict=True)
        ]
        self.total = sum(float(each.sums.sum()) for each in self.blocks)
        self.mean = sum(float(each.z.sum()) for each in self.blocks) / self.total
        self.trace = sum(float(np.trace(each.weights, axis1=1, axis2=2).sum()) for each in self.blocks)

    def of_samples(self, told: Callable[[_Weighed], Matrix]) -> Matrix:
        """One number for each sample, from one for each of its effects."""
        import numpy as np

        return np.concatenate([told(each).sum(axis=1) for each in self.blocks])


class _Model:
    """Effects within samples, whose errors correlate.

    Effects of different samples do not, so that weights are found sample by sample: the time it takes grows with the
    number of samples. Samples of as many effects are reckoned with side by side.
    """

    def __init__(self, effects: Sequence[Nested], samples: Sequence[str], rho: float) -> None:
        import numpy as np

        self._z = np.array([each.z for each in effects])
        self._samples = len(samples)
        of_sample: dict[str, list[int]] = {sample: [] for sample in samples}
        for number, each in enumerate(effects):
            of_sample[each.people].append(number)
        errors = np.sqrt([each.variance for each in effects])
        self._blocks = []
        for size in sorted({len(places) for places in of_sample.values()}):
            place = np.array([places for places in of_sample.values() if len(places) == size])
            correlated = rho + (1 - rho) * np.eye(size)
            sampling = errors[place][:, :, None] * errors[place][:, None, :] * correlated
            self._blocks.append(_Block(place, self._z[place], sampling))

    def _variances(self, between: float, within: float) -> list[Matrix]:
        """How the effects of each block vary, and vary together."""
        import numpy as np

        return [each.sampling + between + within * np.eye(each.sampling.shape[-1]) for each in self._blocks]

    def _likelihood(self, variances: Sequence[float]) -> _Slopes:
        """With the projection P = W - W11'W / 1'W1 and T, which adds up the effects of a sample, the slopes are
        r'Tr - tr PT and r'r - tr P, for r = Pz, and the information is tr PTPT, tr PTP and tr PP (Searle, Casella &
        McCulloch 1992, section 6.6), each written as sums over samples.
        """
        import numpy as np

        whole = self._variances(*variances)
        weights = _Weights(self._blocks, whole)
        total = weights.total
        residuals = [each.z - each.sums * weights.mean for each in weights.blocks]
        # of each sample s: 1'W1, 1'WW1 and 1'WWW1
        once, twice = weights.of_samples(lambda each: each.sums), weights.of_samples(lambda each: each.sums**2)
        thrice = weights.of_samples(lambda each: each.sums * (each.weights @ each.sums[:, :, None])[:, :, 0])
        square = sum(float((each.weights**2).sum()) for each in weights.blocks)
        slopes = (
            sum(float((each.sum(axis=1) ** 2).sum()) for each in residuals) - once.sum() + (once @ once) / total,
            sum(float((each**2).sum()) for each in residuals) - weights.trace + twice.sum() / total,
        )
        mixed = twice.sum() - 2 * (once @ twice) / total + (once @ once) * twice.sum() / total**2
        information = (
            (once @ once - 2 * (once**3).sum() / total + (once @ once / total) ** 2, mixed),
            (mixed, square - 2 * thrice.sum() / total + (twice.sum() / total) ** 2),
        )
        scatter = sum(float((block.z * each).sum()) for block, each in zip(self._blocks, residuals, strict=True))
        height = -sum(float(np.linalg.slogdet(each)[1].sum()) for each in whole) - math.log(total) - scatter
        return _Slopes(height / 2, np.array(slopes) / 2, np.array(information) / 2)

    def variances(self) -> tuple[float, float]:
        """The variances between and within samples that make the effects likeliest, by REML; none below zero."""
        from scipy.optimize import minimize

        scale = float(self._z.var()) or 1.0

        def downhill(shares: Matrix) -> tuple[float, Matrix]:
            told = self._likelihood([scale * share for share in shares])
            return -told.height, -scale * told.slopes

        starts = [(0.5, 0.5), (1.0, 0.01), (0.01, 1.0)]
        found = [minimize(downhill, start, jac=True, bounds=[(0, None)] * 2, method="L-BFGS-B") for start in starts]
        best = min(found, key=lambda each: float(each.fun))
        between, within = self._polished([scale * float(share) for share in best.x])
        return between, within

    def _polished(self, variances: list[float]) -> list[float]:
        """The last digits, by Fisher's scoring of the variances that are above zero."""
        import numpy as np

        for _ in range(100):
            told = self._likelihood(variances)
            free = [place for place, value in enumerate(variances) if value > 0 or told.slopes[place] > 0]
            if not free:
                return variances
            step = np.linalg.solve(told.information[np.ix_(free, free)], told.slopes[free])
            moved = list(variances)
            for place, change in zip(free, step, strict=True):
                moved[place] = max(0.0, variances[place] + float(change))
            if self._likelihood(moved).height < told.height - _TOLERANCE:
                return variances
            if max(abs(one - other) for one, other in zip(moved, variances, strict=True)) < _TOLERANCE:
                return moved
            variances = moved
        return variances

    def solved(self, between: float, within: float) -> _Solved:
        """The estimate, its errors by the model and by the samples' own scatter, and the weight of each effect."""
        import numpy as np

        weights = _Weights(self._blocks, self._variances(between, within))
        off = weights.of_samples(lambda each: each.z - each.sums * weights.mean)
        robust = math.sqrt(float(off @ off) * self._samples / (self._samples - 1)) / weights.total
        shares = np.empty(len(self._z))
        for block, each in zip(self._blocks, weights.blocks, strict=True):
            shares[block.place] = each.sums / weights.total
        return _Solved(weights.mean, 1 / math.sqrt(weights.total), robust, tuple(float(each) for each in shares))

    def sampling(self) -> tuple[float, float]:
        """The variance of a typical effect (Higgins & Thompson 2002, for many variables), and Q."""
        weights = _Weights(self._blocks, [each.sampling for each in self._blocks])
        trace = weights.trace - weights.of_samples(lambda each: each.sums**2).sum() / weights.total
        q = sum(
            float(((block.z - weights.mean) * (each.z - each.sums * weights.mean)).sum())
            for block, each in zip(self._blocks, weights.blocks, strict=True)
        )
        return (len(self._z) - 1) / float(trace), q
