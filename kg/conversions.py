"""Conversions: a reported statistic as a correlation, with the variance of its Fisher's z, each by a cited formula.

What follows without a guess is converted always (``CONVERSIONS``); what rests on an assumption that is contested only
where it is asked for by name (``CONTESTED``). A sign is never invented: a number that has none takes it from the coded
direction or is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import NamedTuple

from kg.store import Row, Value


class NoEffect(ValueError):
    """A row that gives no effect; the message says why, in words that can be printed."""


class Converted(NamedTuple):
    """A correlation, the variance of its Fisher's z, how both were got, and how many people where that is told."""

    r: float
    variance: float
    how: str
    n: int | None


#: The statistics that are a correlation of two variables by themselves as it is.
PEARSON = ("r", "pearson-r")
#: How many standard errors a 95 % interval reaches to each side.
REACH_95 = NormalDist().inv_cdf(0.975)
#: What a finding without a number but with an exact p is converted from.
P_ALONE = "p"

_TO_Z = "then Fisher's z, variance 1 / (n - 3) (Fisher 1921)"
_OF_D = "r = d / sqrt(d² + a), a = (n1 + n2)² / (n1 n2) (Borenstein et al. 2009, chapter 7), then Fisher's z"
_OF_ODDS = "d = ln(OR) √3 / π (Hasselblad & Hedges 1995; Chinn 2000)"


def people_counted(row: Row) -> tuple[int, str]:
    """How many people the number is about, and whether these are the analysis's or the whole sample's."""
    for column, word in (("analysed", "the analysis"), ("recruited", "the whole sample")):
        n = row[column]
        if isinstance(n, int):
            return n, word
    raise NoEffect("how many people it is about is not told")


def possible(r: float, n: int) -> None:
    """Refuse what has no Fisher's z or no variance of it."""
    if abs(r) >= 1:
        raise NoEffect(f"r = {r:g} has no finite Fisher's z")
    if n <= 3:
        raise NoEffect(f"n = {n} is too few: the variance of Fisher's z is 1 / (n - 3)")


def _of_n(r: float, row: Row, how: str, factor: float = 1.0) -> Converted:
    """A correlation of the people counted."""
    n, _ = people_counted(row)
    possible(r, n)
    return Converted(r, factor / (n - 3), how, n)


def _of_r(r: float, row: Row) -> Converted:
    return _of_n(r, row, "Fisher's z, variance 1 / (n - 3) (Fisher 1921)")


def _of_rho(rho: float, row: Row) -> Converted:
    return _of_n(rho, row, "Fisher's z, variance 1.06 / (n - 3) (Fieller, Hartley & Pearson 1957)", 1.06)


def _of_fisher_z(z: float, row: Row) -> Converted:
    r, se = math.tanh(z), row.get("se")
    if se is None:
        return _of_n(r, row, "Fisher's z as reported, variance 1 / (n - 3) (Fisher 1921)")
    if abs(r) == 1:
        raise NoEffect(f"a Fisher's z of {z:g} is the correlation 1 to every decimal")
    n = next((row[column] for column in ("analysed", "recruited") if isinstance(row[column], int)), None)
    how = "Fisher's z as reported, variance its squared standard error (Fisher 1921)"
    return Converted(r, _number(se) ** 2, how, n if isinstance(n, int) else None)


def _of_t(t: float, row: Row) -> Converted:
    df, n = _whole(row.get("df"), "a t without its degrees of freedom"), people_counted(row)[0]
    if df != n - 2:
        raise NoEffect(f"a t with {df} degrees of freedom of {n} people is not of two variables by themselves")
    return _of_n(t / math.sqrt(t * t + df), row, f"r = t / sqrt(t² + df) (Rosenthal 1991), {_TO_Z}")


def _of_f(f: float, row: Row) -> Converted:
    of_effect = _whole(row.get("dfEffect"), "an F without the degrees of freedom of its effect")
    df, n = _whole(row.get("df"), "an F without its degrees of freedom"), people_counted(row)[0]
    if (of_effect, df) != (1, n - 2):
        raise NoEffect(
            f"an F with {of_effect} and {df} degrees of freedom of {n} people is not of two variables by themselves"
        )
    r = _signed(math.sqrt(_not_negative(f, "an F") / (f + df)), row, "an F")
    return _of_n(r, row, f"r = sqrt(F / (F + df)), its sign the coded direction (Rosenthal 1991), {_TO_Z}")


def _of_d(d: float, row: Row) -> Converted:
    return _of_difference(d, None, row, "a d", _OF_D)


def _of_g(g: float, row: Row) -> Converted:
    first, second = _groups(row, "a g")
    correction = 1 - 3 / (4 * (first + second - 2) - 1)
    return _of_difference(g / correction, None, row, "a g", f"d = g / J, J = 1 - 3 / (4 df - 1) (Hedges 1981), {_OF_D}")


def _of_odds_ratio(odds_ratio: float, row: Row) -> Converted:
    if odds_ratio <= 0:
        raise NoEffect(f"an odds ratio of {odds_ratio:g} has no logarithm")
    error, whence = _error_of_log_odds(row)
    to_d = math.sqrt(3) / math.pi
    how = f"{_OF_ODDS}, variance from its {whence}, {_OF_D}"
    return _of_difference(math.log(odds_ratio) * to_d, (error * to_d) ** 2, row, "an odds ratio", how)


def _error_of_log_odds(row: Row) -> tuple[float, str]:
    """The standard error of the logarithm of an odds ratio, and where it was read."""
    if row.get("se") is not None:
        return _number(row["se"]), "standard error"
    low, high = row.get("ciLow"), row.get("ciHigh")
    if low is None or high is None:
        raise NoEffect("an odds ratio without its standard error or its interval has no variance")
    if _number(low) <= 0:
        raise NoEffect(f"an odds ratio cannot have an interval that begins at {low}")
    return math.log(_number(high) / _number(low)) / (2 * REACH_95), "95 % interval"


def _of_difference(d: float, variance: float | None, row: Row, name: str, how: str) -> Converted:
    """A difference of two groups; where its variance is not told, that of d of their sizes."""
    first, second = _groups(row, name)
    n = first + second
    r, of_r = correlation_of_d(
        d, n / (first * second) + d * d / (2 * n) if variance is None else variance, first, second
    )
    possible(r, n)
    return Converted(r, of_r / (1 - r * r) ** 2, how, n)


def _groups(row: Row, name: str) -> tuple[int, int]:
    """The sizes of the two groups, which must be all the people."""
    first = _whole(row.get("firstGroup"), f"{name} without the size of its first group")
    second = _whole(row.get("secondGroup"), f"{name} without the size of its second group")
    n, _ = people_counted(row)
    if first + second != n:
        raise NoEffect(f"its groups of {first} and {second} are not its {n} people")
    return first, second


def correlation_of_d(d: float, variance: float, first: int, second: int) -> tuple[float, float]:
    """The point-biserial correlation, with its variance, of a difference ``d`` between groups of two sizes.

    Borenstein, Hedges, Higgins & Rothstein (2009), Introduction to Meta-Analysis, equations 7.5 to 7.8.

    >>> r, of_r = correlation_of_d(0.5, 0.0205, 100, 100)
    >>> round(r, 4), round(of_r, 4)
    (0.2425, 0.0043)
    """
    a = (first + second) ** 2 / (first * second)
    return d / math.sqrt(d * d + a), a * a * variance / (d * d + a) ** 3


# --- contested -------------------------------------------------------------------------------


def _of_beta(beta: float, row: Row) -> Converted:
    if abs(beta) > 0.5:
        raise NoEffect(f"a standardised beta of {beta:g} is beyond ±.5, for which no conversion was tried")
    how = "r = beta + .05 where beta ≥ 0, else beta; only to ±.5 (Peterson & Brown 2005)"
    return _of_n(
        beta + 0.05 * (beta >= 0), row, f"{how}, {_TO_Z}, which is too small: other predictors are not counted"
    )


def _of_partial_r(r: float, row: Row) -> Converted:
    df, n = _whole(row.get("df"), "a partial r without its degrees of freedom"), people_counted(row)[0]
    if not 2 <= df <= n - 2:
        raise NoEffect(f"a partial r of {n} people cannot have {df} degrees of freedom")
    possible(r, n)
    how = "Fisher's z of the partial correlation, variance 1 / (df - 1), df = n - 2 - covariates (Fisher 1924)"
    return Converted(r, 1 / (df - 1), how, n)


def _of_chi_square(chi: float, row: Row) -> Converted:
    df, n = _whole(row.get("df"), "a chi-square without its degrees of freedom"), people_counted(row)[0]
    if df != 1:
        raise NoEffect(f"a chi-square with {df} degrees of freedom is not of a table of two by two")
    r = _signed(math.sqrt(_not_negative(chi, "a chi-square") / n), row, "a chi-square")
    return _of_n(r, row, f"phi = sqrt(χ² / n), its sign the coded direction (Rosenthal 1991), {_TO_Z}")


def _of_p(p: float, row: Row) -> Converted:
    from scipy.stats import t

    n, _ = people_counted(row)
    possible(0, n)
    if not 0 < p <= 1:
        raise NoEffect(f"a p of {p:g} gives no t")
    size = float(t.isf(p / 2, n - 2))
    r = _signed(size / math.sqrt(size * size + n - 2), row, "a p")
    how = "r of the t that has this two-sided p with n - 2, its sign the coded direction (Rosenthal & Rubin 2003)"
    return _of_n(r, row, f"{how}, {_TO_Z}")


# --- parts -----------------------------------------------------------------------------------


def _number(value: Value) -> float:
    return float(value)  # type: ignore[arg-type]


def _whole(value: Value, missing: str) -> int:
    """A count; the graph gives degrees of freedom as decimals."""
    if value is None or isinstance(value, str | bool) or value < 1 or value != int(value):
        raise NoEffect(f"{missing} gives no correlation")
    return int(value)


def _not_negative(value: float, name: str) -> float:
    if value < 0:
        raise NoEffect(f"{name} of {value:g} cannot be")
    return value


def _signed(size: float, row: Row, name: str) -> float:
    """A size with the sign of the coded direction."""
    if row["direction"] not in ("positive", "negative"):
        raise NoEffect(f"{name} has no sign, and no direction is coded that tells it")
    return size if row["direction"] == "positive" else -size


#: Statistic -> how a correlation and the variance of its Fisher's z come of it. A t also needs the column ``df``, an F
#: ``dfEffect`` as well, d, g and odds ratios ``firstGroup`` and ``secondGroup``, and an odds ratio ``se`` or ``ciLow``
#: and ``ciHigh``; tables that have none of these have no such effects.
CONVERSIONS: dict[str, Callable[[float, Row], Converted]] = {
    **dict.fromkeys(PEARSON, _of_r),
    "spearman-rho": _of_rho,
    "fisher-z": _of_fisher_z,
    "t": _of_t,
    "f": _of_f,
    "cohens-d": _of_d,
    "hedges-g": _of_g,
    "odds-ratio": _of_odds_ratio,
}
#: The same, of what is converted only where it is asked for, since it rests on more than the number.
CONTESTED: dict[str, Callable[[float, Row], Converted]] = {
    "standardised-beta": _of_beta,
    "partial-r": _of_partial_r,
    "chi-square": _of_chi_square,
    P_ALONE: _of_p,
}
