"""How much effects differ: the variance between them by REML, Cochran's Q, and the Q-profile interval of that variance.

For very many groups of effects at once, each exactly as if it were alone: sums are taken effect by effect in order,
and roots are found by halving, which cannot miss what a bracket holds and ends at two neighbouring numbers. Fisher's
scoring (Viechtbauer 2005) finds the same roots in fewer steps, but has to be watched for steps that overshoot.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kg.pooling import Estimate

    #: One number for each effect of all groups, or for each group.
    Numbers = NDArray[np.float64]

#: More halvings than take any interval between two numbers of double precision to two neighbours.
_HALVINGS = 2200


class Profile(NamedTuple):
    """The Q-profile interval of the variance between effects (Viechtbauer 2007), at 95 %.

    An ``empty`` one tells that no variance fits so little scatter; it is shown as zero.
    """

    low: float
    high: float
    empty: bool


@dataclass(frozen=True)
class Heterogeneity:
    """The variance between effects, with its interval where the model has one, and Cochran's Q with its p."""

    tau2: float
    profile: Profile | None
    q: float
    q_p: float


def by_reml(groups: Sequence[Sequence[Estimate]]) -> list[Heterogeneity | None]:
    """How much the effects of each group differ, each of two effects or more.

    None where the slope of the restricted likelihood changes its sign more than once: which maximum is meant is then a
    choice, that is not made here.
    """
    from scipy.special import chdtrc

    if not groups:
        return []
    laid = _Groups(groups)
    q = laid.q(laid.nothing)
    numbers = (laid.likeliest(), *laid.profile(), q, chdtrc(laid.sizes - 1, q))
    return [
        None if math.isnan(tau2) else Heterogeneity(tau2, Profile(low, high, empty), cochran, p)
        for tau2, low, high, empty, cochran, p in zip(*(each.tolist() for each in numbers), strict=True)
    ]


class _Groups:
    """Effects of many groups, side by side; what takes variances takes one for each group, and gives one for each."""

    def __init__(self, groups: Sequence[Sequence[Estimate]]) -> None:
        import numpy as np

        effects = list(chain.from_iterable(groups))
        self.sizes = np.array([len(group) for group in groups])
        self._group = np.repeat(np.arange(len(groups)), self.sizes)
        starts = np.concatenate(([0], np.cumsum(self.sizes)[:-1]))
        z = np.array([each.z for each in effects])
        # From the first effect of each group: effects that are all the same do not scatter, to the last digit.
        self._z = z - z[starts][self._group]
        self._variance = np.array([each.variance for each in effects])
        self._widest = (np.maximum.reduceat(self._z, starts) - np.minimum.reduceat(self._z, starts)) ** 2
        self.nothing = np.zeros(len(groups))

    def _sum(self, numbers: Numbers) -> Numbers:
        import numpy as np

        return np.bincount(self._group, numbers, len(self.sizes)).astype(np.float64)

    def _scatter(self, tau2: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """The weight of each effect and its squared distance from the weighted mean; and of each group the sum of
        weights.
        """
        weight = 1 / (self._variance + tau2[self._group])
        total = self._sum(weight)
        mean = self._sum(weight * self._z) / total
        return weight, (self._z - mean[self._group]) ** 2, total

    def q(self, tau2: Numbers) -> Numbers:
        """The generalised Q (DerSimonian & Kacker 2007), which at zero is Cochran's and falls as the variance grows."""
        weight, squared, _ = self._scatter(tau2)
        return self._sum(weight * squared)

    def _slope(self, tau2: Numbers) -> Numbers:
        """Twice the slope of the restricted log-likelihood (Viechtbauer 2005)."""
        weight, squared, total = self._scatter(tau2)
        square = weight * weight
        return self._sum(square * squared) - total + self._sum(square) / total

    def likeliest(self) -> Numbers:
        """The variance of each group at which its restricted likelihood has its maximum; nan where it has several.

        Zero where the likelihood falls from the start.
        """
        import numpy as np

        # Q is the sum of w_i w_j (z_i - z_j)² / Σw over pairs of effects, so that from half the widest squared distance
        # on the slope is never positive.
        steps = [self.nothing, *(self._widest / 2 * 10 ** (-step / 8) for step in range(96, -1, -1))]
        rises = [self._slope(step) > 0 for step in steps]
        low, high, turns = self.nothing.copy(), self.nothing.copy(), self.nothing.copy()
        for (start, end), (rose, rising) in zip(pairwise(steps), pairwise(rises), strict=True):
            tops = rose & ~rising
            low, high, turns = np.where(tops, start, low), np.where(tops, end, high), turns + tops
        found = np.where(rises[0], _halved(self._slope, low, high), 0)
        return np.where(turns != rises[0], np.nan, found)

    def profile(self) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
        """The variances at which Q is as large, and as small, as by chance in one of forty (Viechtbauer 2007)."""
        from scipy.special import chdtri

        many, few = (chdtri(self.sizes - 1, share) for share in (0.025, 0.975))
        return self._where_q_is(many), self._where_q_is(few), self.q(self.nothing) < few

    def _where_q_is(self, goal: Numbers) -> Numbers:
        """The variance of each group at which its Q has fallen to ``goal``; zero where it begins no larger."""
        import numpy as np

        # By the same sum over pairs, Q times the variance is at most half the widest squared distance for each df.
        beyond = np.where(self.q(self.nothing) > goal, (self.sizes - 1) * self._widest / (2 * goal), 0)
        return _halved(lambda tau2: self.q(tau2) - goal, self.nothing, beyond)


def _halved(falling: Callable[[Numbers], Numbers], low: Numbers, high: Numbers) -> Numbers:
    """Where a function of each group falls to zero between two numbers; the upper of the two neighbours there."""
    import numpy as np

    for _ in range(_HALVINGS):
        middle = low + (high - low) / 2
        if np.all((middle == low) | (middle == high)):
            break
        above = falling(middle) > 0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return high
