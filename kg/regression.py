"""Meta-regression: whether effects differ by what their studies differ in.

The variance left between studies by REML, DL and PM is pymetaanalysis's; maximum likelihood, the coefficients and their
tests stand here, by the formulas of metafor (Viechtbauer 2010; Knapp & Hartung 2003), for all estimators alike.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from kg.errors import MissingPart, NothingFound
from kg.pooling import Estimate, Interval, likeliest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

#: So many effects a covariate, or the result is told to be doubtful (Cochrane Handbook 6.5, section 10.11.4).
ENOUGH_A_COVARIATE = 10
#: So exact is the iteration for maximum likelihood.
_TOLERANCE = 1e-13


@dataclass(frozen=True)
class Covariate:
    """What differs between effects: one value each, all words (categories) or all numbers."""

    name: str
    values: tuple[str | float, ...]

    @property
    def levels(self) -> tuple[str, ...]:
        """The categories, of which the first is what the others are compared with; none of a number."""
        words = [value for value in self.values if isinstance(value, str)]
        return tuple(sorted(set(words)))

    def columns(self) -> list[tuple[str, list[float]]]:
        """The columns that it adds to the design matrix, with their names."""
        if not self.levels:
            return [(self.name, [float(value) for value in self.values])]
        return [
            (f"{self.name}: {level} (against {self.levels[0]})", [float(value == level) for value in self.values])
            for level in self.levels[1:]
        ]


@dataclass(frozen=True)
class Coefficient:
    """How the effect changes by one unit of a number, or from the first category to another one."""

    term: str
    estimate: float
    standard_error: float
    statistic: float
    p: float
    confidence: Interval


@dataclass(frozen=True)
class ModeratorTest:
    """Whether covariates tell effects apart: ``QM``, a chi-square with ``df``, or an ``F`` with ``df_residual`` too."""

    name: str
    statistic: float
    df: int
    df_residual: int | None
    p: float


@dataclass(frozen=True)
class Regression:
    """Everything that meta-regression gives, on the scale of the effects; I² and R² are shares of 1.

    R² is how much of the variance between effects the covariates take away (Raudenbush 2009); None where there is none.
    """

    estimator: str
    interval_method: str
    k: int
    coefficients: tuple[Coefficient, ...]
    test: ModeratorTest
    tests: tuple[tuple[str, ModeratorTest], ...]
    tau2: float
    i2: float
    r2: float | None
    qe: float
    qe_df: int
    qe_p: float
    cautions: tuple[str, ...]


def regress(
    effects: Sequence[Estimate],
    covariates: Sequence[Covariate],
    estimator: str = "reml",
    interval: str = "knapp-hartung",
) -> Regression:
    """The effects by covariates, by an estimator and an interval of ``kg.pooling``; NothingFound where it cannot be."""
    import numpy as np
    from scipy.stats import chi2

    terms = [column for each in covariates for column in each.columns()]
    k, p = len(effects), len(terms) + 1
    _enough(covariates, k, p)
    design = np.column_stack([np.ones(k), *(values for _, values in terms)])
    if np.linalg.matrix_rank(design / np.abs(design).max(axis=0)) < p:
        names = " and ".join(each.name for each in covariates)
        raise NothingFound(f"{names} cannot be told apart in these {k} effects: they change together")
    fit = _Fit(effects, design, estimator, "wald" if estimator == "fixed" else interval)
    if fit.interval == "knapp-hartung" and fit.scatter(fit.tau2) < _TOLERANCE:
        raise NothingFound("no scatter is left, of which Knapp and Hartung's errors are made (--interval wald)")
    qe = fit.scatter(0)
    return Regression(
        estimator=estimator,
        interval_method=fit.interval,
        k=k,
        coefficients=tuple(fit.coefficient(place, term) for place, term in enumerate(["intercept", *dict(terms)])),
        test=fit.test(range(1, p)),
        tests=tuple(
            (each.name, fit.test(places)) for each, places in zip(covariates, _places(covariates), strict=True)
        ),
        tau2=fit.tau2,
        i2=fit.i2(qe),
        r2=_explained(effects, fit.tau2, estimator),
        qe=qe,
        qe_df=k - p,
        qe_p=float(chi2.sf(qe, k - p)),
        cautions=tuple(_cautions(k, p - 1)),
    )


def _enough(covariates: Sequence[Covariate], k: int, p: int) -> None:
    """Refuse what no number of iterations can estimate."""
    for each in covariates:
        if k and len(set(each.values)) == 1:
            raise NothingFound(f"{each.name} is {each.values[0]} in all {k} effects")
    if k <= p:
        raise NothingFound(f"{k} effect{'s' * (k != 1)} cannot give {p} coefficients; it takes {p + 1} or more")


def _cautions(k: int, columns: int) -> list[str]:
    if k >= ENOUGH_A_COVARIATE * columns:
        return []
    told = (
        f"{k} effects for {columns} coefficient{'s' * (columns != 1)} beside the intercept: below "
        f"{ENOUGH_A_COVARIATE} each, chance easily looks like a moderator (Cochrane Handbook 6.5, section 10.11.4)"
    )
    return [told]


def _places(covariates: Sequence[Covariate]) -> list[range]:
    """Where the coefficients of each covariate stand."""
    ends = [1]
    for each in covariates:
        ends.append(ends[-1] + len(each.columns()))
    return [range(*ends) for ends in pairwise(ends)]


class _Fit:
    """Weighted least squares of effects on a design matrix, with the variance that it leaves between them."""

    def __init__(self, effects: Sequence[Estimate], design: Matrix, estimator: str, interval: str) -> None:
        import numpy as np

        self._z = np.array([each.z for each in effects])
        self._variance = np.array([each.variance for each in effects])
        self._design = design
        self.interval = interval
        self._random = estimator != "fixed"
        self._df = design.shape[0] - design.shape[1]
        self.tau2 = self._between(estimator)
        self._estimates, self._covariance = self._solved(self.tau2)
        if interval == "knapp-hartung":
            self._covariance = self._covariance * (self.scatter(self.tau2) / self._df)

    def _between(self, estimator: str) -> float:
        if not self._random:
            return 0.0
        return self._maximum_likelihood() if estimator == "ml" else self._by_library(estimator)

    def _by_library(self, estimator: str) -> float:
        try:
            from meta_analyze import meta_analysis, meta_regression
        except ImportError as error:
            raise MissingPart(
                "meta-regression needs pymetaanalysis: pip install 'compassion-attachment-kg[pool]'"
            ) from error

        told: dict[str, Any] = {
            "effect": self._z, "variance": self._variance, "tau2_method": estimator.upper(), "atol": _TOLERANCE,
        }  # fmt: skip
        # Standardised: years are large numbers that differ little, and the variance between studies is the same.
        moderators = {
            str(place): (column - column.mean()) / column.std()
            for place, column in enumerate(self._design.T[1:], start=1)
        }
        fit = meta_regression(moderators=moderators, **told) if moderators else meta_analysis(model="random", **told)
        return float(fit.tau2)

    def _maximum_likelihood(self) -> float:
        """The variance that makes the effects likeliest (Hardy & Thompson 1996)."""

        def scatter(tau2: float) -> list[tuple[float, float]]:
            weights = 1 / (self._variance + tau2)
            return list(zip(map(float, weights), map(float, self._residuals(tau2) ** 2), strict=True))

        # Residuals of a regression can be wider than the widest distance between two effects.
        return likeliest(scatter, 16 * float(self._z.max() - self._z.min()) ** 2)

    def _solved(self, tau2: float) -> tuple[Matrix, Matrix]:
        """The coefficients and their covariances."""
        import numpy as np

        weighted = self._design.T / (self._variance + tau2)
        covariance = np.linalg.inv(weighted @ self._design).astype(np.float64)
        return covariance @ (weighted @ self._z), covariance

    def _residuals(self, tau2: float) -> Matrix:
        return self._z - self._design @ self._solved(tau2)[0]

    def scatter(self, tau2: float) -> float:
        """The weighted squares that the model leaves: QE where no variance between effects is allowed."""
        return float((self._residuals(tau2) ** 2 / (self._variance + tau2)).sum())

    def i2(self, qe: float) -> float:
        """How much of what the model leaves is more than chance (Higgins & Thompson 2002)."""
        import numpy as np

        if not self._random:
            return max(0.0, 1 - self._df / qe) if qe else 0.0
        weights = 1 / self._variance
        _, covariance = self._solved(0)
        leverage = np.einsum("ij,jk,ik->i", self._design, covariance, self._design)
        typical = self._df / float((weights - weights**2 * leverage).sum())
        return float(self.tau2 / (self.tau2 + typical))

    def coefficient(self, place: int, term: str) -> Coefficient:
        from scipy.stats import norm, t

        estimate, error = float(self._estimates[place]), math.sqrt(self._covariance[place, place])
        chance = t(self._df) if self.interval == "knapp-hartung" else norm
        half = error * float(chance.ppf(0.975))
        statistic = estimate / error if error else math.inf
        p = 2 * float(chance.sf(abs(statistic)))
        return Coefficient(term, estimate, error, statistic, p, Interval(estimate - half, estimate + half))

    def test(self, places: range) -> ModeratorTest:
        import numpy as np
        from scipy.stats import chi2, f

        estimates, covariance = self._estimates[places], self._covariance[np.ix_(places, places)]
        squares, count = float(estimates @ np.linalg.solve(covariance, estimates)), len(places)
        if self.interval == "knapp-hartung":
            share = squares / count
            return ModeratorTest("F", share, count, self._df, float(f.sf(share, count, self._df)))
        return ModeratorTest("QM", squares, count, None, float(chi2.sf(squares, count)))


def _explained(effects: Sequence[Estimate], tau2: float, estimator: str) -> float | None:
    """The share of the variance between effects that covariates take away."""
    import numpy as np

    whole = _Fit(effects, np.ones((len(effects), 1)), estimator, "wald").tau2
    return max(0.0, 1 - tau2 / whole) if whole else None
