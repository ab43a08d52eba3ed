"""Dependent effects: several of the same people as one number, without pretending that they are independent.

Effects lie within samples: sampling errors of one sample correlate (by how much is assumed, and told), and true effects
vary between samples and within them (three levels: Konstantopoulos 2011). Both variances are by REML. As the assumed
correlation may be wrong, the standard error lets the samples say how they scatter (cluster-robust, CR1, t with the
number of samples - 1), as metafor's robust() does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from kg.errors import NothingFound
from kg.pooling import Estimate, Interval, Levels, Pooled, Spread, pool

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

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


class _Model:
    """Effects within samples: which belong together, and how their errors correlate."""

    def __init__(self, effects: Sequence[Nested], samples: Sequence[str], rho: float) -> None:
        import numpy as np

        self._z = np.array([each.z for each in effects])
        place = {sample: number for number, sample in enumerate(samples)}
        self._sample = np.array([place[each.people] for each in effects])
        errors = np.sqrt([each.variance for each in effects])
        self._together = (self._sample[:, None] == self._sample[None, :]).astype(np.float64)
        self._sampling = np.outer(errors, errors) * (rho * self._together + (1 - rho) * np.eye(len(errors)))

    def _whole(self, variances: Sequence[float]) -> Matrix:
        import numpy as np

        between, within = variances
        whole: Matrix = self._sampling + between * self._together + within * np.eye(len(self._z))
        return whole

    def _likelihood(self, variances: Sequence[float]) -> _Slopes:
        import numpy as np

        whole = self._whole(variances)
        inverse = np.linalg.inv(whole)
        total = inverse.sum()
        sums = inverse.sum(axis=1)
        projection = inverse - np.outer(sums, sums) / total
        residual = projection @ self._z
        parts = (projection @ self._together, projection)
        slopes = np.array([residual @ self._together @ residual, residual @ residual])
        slopes -= [np.trace(part) for part in parts]
        information = np.array([[(one * other.T).sum() for other in parts] for one in parts])
        height = -np.linalg.slogdet(whole)[1] - math.log(total) - float(self._z @ residual)
        return _Slopes(height / 2, slopes / 2, information / 2)

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

        sums = np.linalg.inv(self._whole((between, within))).sum(axis=1)
        total = float(sums.sum())
        estimate = float(sums @ self._z) / total
        of_sample = np.bincount(self._sample, weights=sums * (self._z - estimate))
        samples = len(of_sample)
        robust = math.sqrt(float((of_sample**2).sum()) * samples / (samples - 1)) / total
        return _Solved(estimate, 1 / math.sqrt(total), robust, tuple(float(each) for each in sums / total))

    def sampling(self) -> tuple[float, float]:
        """The variance of a typical effect (Higgins & Thompson 2002, for many variables), and Q."""
        import numpy as np

        inverse = np.linalg.inv(self._sampling)
        sums = inverse.sum(axis=1)
        projection = inverse - np.outer(sums, sums) / sums.sum()
        return (len(self._z) - 1) / float(np.trace(projection)), float(self._z @ projection @ self._z)
