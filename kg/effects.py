"""Effects: what findings report, brought to one scale, Fisher's z, with a variance and a record of how.

Takes rows of the question ``effects-between``, or of any table with its columns, and gives records; nothing here
knows a store. Only what can be converted without a guess is converted: a standardised beta, a partial correlation
or an odds ratio is not. A sign is never changed: a high "secure" and a low "avoidance" are different variables.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

from kg.store import Row, Value


class NoEffect(ValueError):
    """A row that gives no effect; the message says why, in words that can be printed."""


@dataclass(frozen=True)
class Effect:
    """One finding as a correlation and as Fisher's z.

    ``people`` names the sample that its people are counted as; ``certainty`` is how sure the coder is of what was read.
    """

    finding: str
    study: str
    people: str
    constructs: tuple[str, str]
    measures: tuple[str, str]
    n: int
    n_of: str
    r: float
    z: float
    variance: float
    converted_from: str
    converted_with: str
    certainty: str
    source: str


#: The statistics that are a correlation of two variables by themselves as it is.
PEARSON = ("r", "pearson-r")
#: How many standard errors a 95 % interval reaches to each side.
REACH_95 = NormalDist().inv_cdf(0.975)
#: What a finding whose measure is not told has in its place.
UNTOLD = "not told"
#: A correlation, the variance of its Fisher's z, and how both were got.
_Converted = tuple[float, float, str]


def effect_of(row: Row) -> Effect:
    """The effect of a row; NoEffect, with the reason, where it has none.

    >>> row = {"finding": "alder-01", "study": "Alder 1901", "people": "alder", "firstFound": "calm",
    ...        "secondFound": "worry", "firstMeasure": None, "secondMeasure": None, "analysed": 103, "recruited": 110,
    ...        "statistic": "r", "value": -0.5, "direction": "negative",
    ...        "certainty": "high", "source": "Alder (1901)"}
    >>> effect = effect_of(row)
    >>> effect.n, round(effect.z, 4), effect.variance
    (103, -0.5493, 0.01)
    """
    if row["value"] is None:
        raise NoEffect("no number is reported")
    n, n_of = people_counted(row)
    statistic = str(row["statistic"])
    if statistic not in CONVERSIONS:
        raise NoEffect(f"its number ({statistic.replace('-', ' ')}) is no correlation and is not made one")
    r, variance, how = CONVERSIONS[statistic](float(row["value"]), n, row)
    if row["direction"] in ("positive", "negative") and (r > 0) != (row["direction"] == "positive"):
        raise NoEffect(f"its number, {row['value']}, and its coded direction, {row['direction']}, do not agree")
    return Effect(
        finding=str(row["finding"]),
        study=str(row["study"]),
        people=str(row["people"]),
        constructs=(str(row["firstFound"]), str(row["secondFound"])),
        measures=(str(row["firstMeasure"] or UNTOLD), str(row["secondMeasure"] or UNTOLD)),
        n=n,
        n_of=n_of,
        r=r,
        z=math.atanh(r),
        variance=variance,
        converted_from=statistic,
        converted_with=how,
        certainty=str(row["certainty"]),
        source=str(row["source"]),
    )


def interval_of_z(z: float, variance: float) -> tuple[float, float]:
    """The 95 % interval of an effect in Fisher's z."""
    half = REACH_95 * math.sqrt(variance)
    return z - half, z + half


def people_counted(row: Row) -> tuple[int, str]:
    """How many people the number is about, and whether these are the analysis's or the whole sample's."""
    for column, word in (("analysed", "the analysis"), ("recruited", "the whole sample")):
        n = row[column]
        if isinstance(n, int):
            return n, word
    raise NoEffect("how many people it is about is not told")


def _possible(r: float, n: int) -> None:
    """Refuse what has no Fisher's z or no variance of it."""
    if abs(r) >= 1:
        raise NoEffect(f"r = {r:g} has no finite Fisher's z")
    if n <= 3:
        raise NoEffect(f"n = {n} is too few: the variance of Fisher's z is 1 / (n - 3)")


def _of_r(r: float, n: int, row: Row) -> _Converted:
    _possible(r, n)
    return r, 1 / (n - 3), "Fisher's z, variance 1 / (n - 3) (Fisher 1921)"


def _of_rho(rho: float, n: int, row: Row) -> _Converted:
    _possible(rho, n)
    return rho, 1.06 / (n - 3), "Fisher's z, variance 1.06 / (n - 3) (Fieller, Hartley & Pearson 1957)"


def _of_t(t: float, n: int, row: Row) -> _Converted:
    df = _whole(row.get("df"), "a t without its degrees of freedom")
    if df != n - 2:
        raise NoEffect(f"a t with {df} degrees of freedom of {n} people is not of two variables by themselves")
    r = t / math.sqrt(t * t + df)
    _possible(r, n)
    return r, 1 / (n - 3), "r = t / sqrt(t² + df) (Rosenthal 1991), then Fisher's z, variance 1 / (n - 3)"


def _of_d(d: float, n: int, row: Row) -> _Converted:
    first = _whole(row.get("firstGroup"), "a d without the size of its first group")
    second = _whole(row.get("secondGroup"), "a d without the size of its second group")
    if first + second != n:
        raise NoEffect(f"its groups of {first} and {second} are not its {n} people")
    r, variance = correlation_of_d(d, (first + second) / (first * second) + d * d / (2 * n), first, second)
    _possible(r, n)
    how = "r = d / sqrt(d² + a), a = (n1 + n2)² / (n1 n2) (Borenstein et al. 2009, chapter 7), then Fisher's z"
    return r, variance / (1 - r * r) ** 2, how


def _whole(value: Value, missing: str) -> int:
    if not isinstance(value, int) or value < 1:
        raise NoEffect(f"{missing} gives no correlation")
    return value


def correlation_of_d(d: float, variance: float, first: int, second: int) -> tuple[float, float]:
    """The point-biserial correlation, with its variance, of a difference ``d`` between groups of two sizes.

    Borenstein, Hedges, Higgins & Rothstein (2009), Introduction to Meta-Analysis, equations 7.5 to 7.8.

    >>> r, of_r = correlation_of_d(0.5, 0.0205, 100, 100)
    >>> round(r, 4), round(of_r, 4)
    (0.2425, 0.0043)
    """
    a = (first + second) ** 2 / (first * second)
    return d / math.sqrt(d * d + a), a * a * variance / (d * d + a) ** 3


#: Statistic -> how a correlation and the variance of its Fisher's z come of it. A t also needs the column ``df``, a d
#: ``firstGroup`` and ``secondGroup``; tables that have none of these have no such effects.
CONVERSIONS: dict[str, Callable[[float, int, Row], _Converted]] = {
    **dict.fromkeys(PEARSON, _of_r),
    "spearman-rho": _of_rho,
    "t": _of_t,
    "cohens-d": _of_d,
}
