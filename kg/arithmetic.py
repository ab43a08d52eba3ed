"""Arithmetic of what is printed: p from a statistic and its degrees of freedom, and what a null rules out.

After statcheck (Nuijten, Hartgerink, van Assen, Epskamp & Wicherts 2016; Epskamp & Nuijten), with rounding honoured: a
printed number stands for every number that rounds to it. Takes and gives plain numbers; nothing here knows a record.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from statistics import NormalDist

from kg.cells import PValue

#: Two-sided, as everywhere in this field unless a study says otherwise.
ALPHA = 0.05
#: From which |r| a relation is more than small: relations of individual differences are .20 by the median
#: (Gignac & Szodorai 2016).
SMALL = 0.20
#: Where even so small an |r| would have been significant, a null without a number is doubtful.
NEGLIGIBLE = 0.05
#: Statistics of which p follows from the number of people alone; a partial correlation has fewer degrees of freedom.
CORRELATIONS_OF_TWO = ("r", "pearson-r", "spearman-rho")
#: With more degrees of freedom t is taken as normal, and chi-square by its cube root: p near .05 differ in the fifth
#: digit at most.
_AS_NORMAL = 100_000
#: The continued fraction of the beta function takes some root of the degrees of freedom many steps.
_MOST_STEPS = 10_000


class Unchecked(ValueError):
    """A statistic of which no p can be computed; the message says what is missing."""


Range = tuple[float, float]


def rounded(number: Decimal) -> Range:
    """The numbers that round to a printed one.

    >>> rounded(Decimal("0.25"))
    (0.245, 0.255)
    """
    exponent = number.as_tuple().exponent
    half = Decimal(1).scaleb(int(exponent)) / 2
    return float(number - half), float(number + half)


def numbers_of_p(p: PValue) -> Range:
    """The p values that a printed p stands for."""
    number = float(p.number)
    if p.operator == "=":
        low, high = rounded(p.number)
        return max(low, 0.0), min(high, 1.0)
    return (0.0, number) if p.operator in ("<", "<=") else (number, 1.0)


def highest_p(p: PValue) -> float:
    """The largest p value that a printed p stands for."""
    return numbers_of_p(p)[1]


def p_range(statistic: str, value: Decimal, n: int | None, df: Decimal | None, df_effect: Decimal | None) -> Range:
    """The two-sided p values that fit a printed statistic; ``Unchecked`` where degrees of freedom are missing.

    The larger the statistic, the smaller its p: the ends of its rounding give the ends of p.
    """
    p_of = _p_function(statistic, n, df, df_effect)
    low, high = rounded(value)
    nearest = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    return p_of(max(abs(low), abs(high))), p_of(nearest)


def _p_function(
    statistic: str, n: int | None, df: Decimal | None, df_effect: Decimal | None
) -> Callable[[float], float]:
    """How p follows from the size of a statistic."""
    freedom = float(df) if df is not None else None
    if statistic in CORRELATIONS_OF_TWO:
        if n is None or n < 4:
            raise Unchecked("a correlation needs the number of people, four or more")
        people = n
        return lambda r: p_of_r(r, people)
    if statistic == "z":
        return lambda z: 2 * NormalDist().cdf(-z)
    if statistic == "t" and freedom:
        return lambda t: _p_of_t(t, freedom)
    if statistic == "f" and freedom and df_effect:
        between = float(df_effect)
        return lambda f: _upper_of_f(f, between, freedom)
    if statistic == "chi-square" and freedom:
        return lambda chi: _upper_of_chi(chi, freedom)
    raise Unchecked(f"no p follows from {statistic.replace('-', ' ')} with what is told")


def p_of_r(r: float, n: int) -> float:
    """The two-sided p of a correlation of ``n`` people, by t with n - 2; a Spearman's rho likewise, approximately.

    >>> round(p_of_r(-0.247, 74), 3)
    0.034
    """
    r = min(abs(r), 1.0)
    return 0.0 if r == 1 else _p_of_t(r * math.sqrt((n - 2) / (1 - r * r)), n - 2)


def _p_of_t(t: float, df: float) -> float:
    return math.erfc(abs(t) / math.sqrt(2)) if df > _AS_NORMAL else _beta(df / 2, 0.5, df / (df + t * t))


def _upper_of_f(f: float, between: float, within: float) -> float:
    return _beta(within / 2, between / 2, within / (within + between * f))


def _upper_of_chi(chi: float, df: float) -> float:
    """By recurrence from one or two degrees of freedom (Abramowitz & Stegun 1964, 26.4.4, 26.4.5, 26.4.8).

    With very many, which a recurrence would take very long for, by Wilson & Hilferty (1931).
    """
    if df != int(df):
        raise Unchecked(f"a chi-square with {df:g} degrees of freedom")
    if df > _AS_NORMAL:
        spread = 2 / (9 * df)
        return NormalDist().cdf((1 - spread - math.cbrt(chi / df)) / math.sqrt(spread))
    reached = 2 - int(df) % 2
    upper = math.erfc(math.sqrt(chi / 2)) if reached == 1 else math.exp(-chi / 2)
    while reached < df:
        upper += math.exp(reached / 2 * math.log(chi / 2) - chi / 2 - math.lgamma(reached / 2 + 1)) if chi else 0.0
        reached += 2
    return min(upper, 1.0)


def _beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22).

    SciPy has it as well; asking a graph and building one are not to need SciPy.
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # the fraction converges fast on the other side only
        return 1 - _beta(b, a, 1 - x)
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    # 1 / (1 + d1 / (1 + d2 / ...)) from the top down, by Lentz's algorithm.
    fraction, above, below = 1.0, 1.0, 0.0
    for m in range(_MOST_STEPS):
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        even = (m + 1) * (b - m - 1) * x / ((a + 2 * m + 1) * (a + 2 * m + 2))
        for coefficient in (odd, even):
            below = 1 / (1 + coefficient * below)
            above = 1 + coefficient / above
            fraction *= above * below
        if abs(above * below - 1) < 1e-15:
            break
    return math.exp(front) / (a * fraction)


@cache
def smallest_significant_r(n: int) -> float:
    """The smallest |r| that is significant with ``n`` people, two-sided at .05, by t with n - 2. Needs four or more.

    >>> [round(smallest_significant_r(n), 3) for n in (53, 4375)]
    [0.271, 0.03]
    """
    low, high = 0.0, 1.0
    while high - low > 1e-12:
        middle = (low + high) / 2
        low, high = (low, middle) if p_of_r(middle, n) < ALPHA else (middle, high)
    return high


def critical_t(df: int) -> float:
    """The smallest t that is significant, two-sided at .05; it is that of the smallest significant r.

    >>> round(critical_t(20), 3)
    2.086
    """
    r = smallest_significant_r(df + 2)
    return r * math.sqrt(df / (1 - r * r))


def people_that_would_fit(r: Decimal, p: Range) -> tuple[int, int] | None:
    """The smallest and the largest number of people at which a printed r gives a p in a range; None where none does."""
    low, high = sorted(map(abs, rounded(r)))
    if not 0 < low < high < 1:
        return None
    first = _fewest(lambda n: p_of_r(high, n) <= p[1])
    last = _fewest(lambda n: p_of_r(low, n) < p[0])
    return (first, last - 1) if first is not None and last is not None and first < last else None


def _fewest(enough: Callable[[int], bool], most: int = 10**7) -> int | None:
    """The smallest number of people, from four up, that is enough; more people are always enough as well."""
    if not enough(most):
        return None
    low, high = 3, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _itself(number: float) -> float:
    return number


#: Statistic -> the scales on which an interval of so many standard errors to each side may have been made.
_SCALES: dict[str, tuple[Callable[[float], float], ...]] = {
    **dict.fromkeys((*CORRELATIONS_OF_TWO, "rho"), (math.atanh, _itself)),
    **dict.fromkeys(("cohens-d", "hedges-g", "fisher-z"), (_itself,)),
    "odds-ratio": (math.log,),
}


def is_symmetric(statistic: str, value: Decimal, low: Decimal, high: Decimal) -> bool:
    """Whether a value can be the middle of its interval, rounding honoured, on a scale on which it should be.

    Also where the statistic has no such scale (an interval by bootstrap need not be symmetric).

    >>> is_symmetric("cohens-d", Decimal("0.47"), Decimal("0.19"), Decimal("0.56"))
    False
    """
    return statistic not in _SCALES or any(_is_middle(scale, value, low, high) for scale in _SCALES[statistic])


def _is_middle(scale: Callable[[float], float], value: Decimal, low: Decimal, high: Decimal) -> bool:
    try:
        (least, most), (from_low, to_low), (from_high, to_high) = (
            map(scale, rounded(number)) for number in (value, low, high)
        )
    except ValueError:  # an end that rounding takes off the scale, such as r = 1.00
        return True
    return from_low + from_high <= 2 * most and 2 * least <= to_low + to_high
