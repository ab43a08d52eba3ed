"""The p of correlations by the million: ``kg.arithmetic.p_of_r`` and ``smallest_significant_r`` over whole columns.

The same continued fraction, so that the same numbers come out; a test holds the two side by side.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from kg.arithmetic import ALPHA

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Column = NDArray[np.float64]

_CLOSE = 1e-15
_MOST_STEPS = 10_000
_SMALLEST: dict[int, float] = {}


def p_of_r(r: Column, n: NDArray[np.int64]) -> Column:
    """The two-sided p of each correlation, by t with n - 2; ``n`` is 4 or more."""
    df = (n - 2).astype(np.float64)
    square = np.minimum(np.abs(r), 1.0) ** 2
    with np.errstate(divide="ignore"):
        t_square = square * df / (1 - square)
    return _beta(df / 2, df / (df + t_square))


def smallest_significant_r(n: NDArray[np.int64]) -> Column:
    """The smallest \\|r\\| that is significant with each number of people."""
    unique, place = np.unique(n, return_inverse=True)
    new = np.array([each for each in unique.tolist() if each not in _SMALLEST], dtype=np.int64)
    if len(new):
        low, high = np.zeros(len(new)), np.ones(len(new))
        while high[0] - low[0] > 1e-12:
            middle = (low + high) / 2
            significant = p_of_r(middle, new) < ALPHA
            low, high = np.where(significant, low, middle), np.where(significant, middle, high)
        _SMALLEST.update(zip(new.tolist(), high.tolist(), strict=True))
    told: Column = np.array([_SMALLEST[each] for each in unique.tolist()])[place]
    return told


def _beta(a: Column, x: Column) -> Column:
    """The regularised incomplete beta function of ``a`` and one half."""
    b = np.full_like(a, 0.5)
    turned = x > (a + 1) / (a + b + 2)  # the fraction converges fast on the other side only
    first, second, at = np.where(turned, b, a), np.where(turned, a, b), np.where(turned, 1 - x, x)
    inside = (at > 0) & (at < 1)
    value = (at >= 1).astype(np.float64)
    if inside.any():
        one, two, where = first[inside], second[inside], at[inside]
        value[inside] = _front(a[inside], one, two, where) / _fraction(one, two, where)
    told: Column = np.where(turned, 1 - value, value)
    return told


def _front(a: Column, first: Column, second: Column, x: Column) -> Column:
    unique, place = np.unique(a, return_inverse=True)
    gammas = np.array([math.lgamma(each + 0.5) - math.lgamma(each) - math.lgamma(0.5) for each in unique.tolist()])
    front: Column = np.exp(gammas[place] + first * np.log(x) + second * np.log1p(-x)) / first
    return front


def _fraction(a: Column, b: Column, x: Column) -> Column:
    """The continued fraction, by Lentz's algorithm; what has converged is taken no further."""
    fraction, above, below = np.ones_like(x), np.ones_like(x), np.zeros_like(x)
    going = np.arange(len(x))
    for m in range(_MOST_STEPS):
        one, two, at = a[going], b[going], x[going]
        up, down, whole = above[going], below[going], fraction[going]
        odd = -(one + m) * (one + two + m) * at / ((one + 2 * m) * (one + 2 * m + 1))
        even = (m + 1) * (two - m - 1) * at / ((one + 2 * m + 1) * (one + 2 * m + 2))
        for coefficient in (odd, even):
            down = 1 / (1 + coefficient * down)
            up = 1 + coefficient / up
            whole = whole * up * down
        above[going], below[going], fraction[going] = up, down, whole
        going = going[np.abs(up * down - 1) >= _CLOSE]
        if not len(going):
            break
    return fraction
