"""Effects: what findings report, brought to one scale, Fisher's z, with a variance and a record of how.

Takes rows of the question ``effects-between``, or of any table with its columns, and gives records; nothing here
knows a store. A sign is changed only where it is asked for by the name of a measure, and the effect says so: a high
"secure" and a low "avoidance" are different variables.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace

from kg.conversions import CONTESTED, CONVERSIONS, P_ALONE, REACH_95, Converted, NoEffect, people_counted
from kg.store import Row


@dataclass(frozen=True)
class Effect:
    """One finding as a correlation and as Fisher's z.

    ``people`` names the sample that its people are counted as; ``certainty`` is how sure the coder is of what was
    read. ``n`` is None where only a standard error is told.
    """

    finding: str
    study: str
    people: str
    constructs: tuple[str, str]
    measures: tuple[str, str]
    n: int | None
    n_of: str
    r: float
    z: float
    variance: float
    converted_from: str
    converted_with: str
    certainty: str
    source: str


#: What a finding whose measure is not told has in its place.
UNTOLD = "not told"


def effect_of(row: Row, convert: Collection[str] = (), flip: Collection[str] = ()) -> Effect:
    """The effect of a row; NoEffect, with the reason, where it has none.

    ``convert`` names the statistics of ``CONTESTED`` that may be converted, ``flip`` the measures whose scores count
    the other way round.

    >>> row = {"finding": "alder-01", "study": "Alder 1901", "people": "alder", "firstFound": "calm",
    ...        "secondFound": "worry", "firstMeasure": None, "secondMeasure": None, "analysed": 103, "recruited": 110,
    ...        "statistic": "r", "value": -0.5, "direction": "negative",
    ...        "certainty": "high", "source": "Alder (1901)"}
    >>> effect = effect_of(row)
    >>> effect.n, round(effect.z, 4), effect.variance
    (103, -0.5493, 0.01)
    """
    statistic, converted = _converted(row, convert)
    if (
        converted.r
        and row["direction"] in ("positive", "negative")
        and (converted.r > 0) != (row["direction"] == "positive")
    ):
        raise NoEffect(f"its number, {row['value']}, and its coded direction, {row['direction']}, do not agree")
    effect = Effect(
        finding=str(row["finding"]),
        study=str(row["study"]),
        people=str(row["people"]),
        constructs=(str(row["firstFound"]), str(row["secondFound"])),
        measures=(str(row["firstMeasure"] or UNTOLD), str(row["secondMeasure"] or UNTOLD)),
        n=converted.n,
        n_of=people_counted(row)[1] if converted.n is not None else UNTOLD,
        r=converted.r,
        z=math.atanh(converted.r),
        variance=converted.variance,
        converted_from=statistic,
        converted_with=converted.how,
        certainty=str(row["certainty"]),
        source=str(row["source"]),
    )
    turned = turned_by(row, flip)
    return _turned(effect, turned) if turned else effect


def turned_by(row: Row, flip: Collection[str]) -> str | None:
    """The measure that turns the sign of a row; None where none does, or where both do and so undo each other.

    >>> turned_by({"firstMeasure": "Calm Scale", "secondMeasure": "Worry Scale"}, {"Worry Scale"})
    'Worry Scale'
    >>> turned_by({"firstMeasure": "Calm Scale", "secondMeasure": "Worry Scale"}, {"Worry Scale", "Calm Scale"})
    """
    turning = [str(row[column]) for column in ("firstMeasure", "secondMeasure") if row[column] in flip]
    return turning[0] if len(turning) == 1 else None


def interval_of_z(z: float, variance: float) -> tuple[float, float]:
    """The 95 % interval of an effect in Fisher's z."""
    half = REACH_95 * math.sqrt(variance)
    return z - half, z + half


def _turned(effect: Effect, measure: str) -> Effect:
    how = f"{effect.converted_with}; sign turned, as asked: as if {measure} counted the other way round"
    return replace(effect, r=-effect.r, z=-effect.z, converted_with=how)


def _converted(row: Row, convert: Collection[str]) -> tuple[str, Converted]:
    """The statistic of a row and what comes of it."""
    if row["value"] is None:
        return P_ALONE, CONTESTED[P_ALONE](_exact_p(row, convert), row)
    statistic = str(row["statistic"])
    if statistic not in CONVERSIONS and statistic not in convert:
        option = f" (--convert {statistic} takes it)" if statistic in CONTESTED else ""
        raise NoEffect(f"its number ({statistic.replace('-', ' ')}) is no correlation and is not made one{option}")
    return statistic, (CONVERSIONS | CONTESTED)[statistic](float(row["value"]), row)


def _exact_p(row: Row, convert: Collection[str]) -> float:
    """The p of a finding that reports nothing else, where it may be converted."""
    p = row.get("p")
    if p is None:
        raise NoEffect("no number is reported")
    if P_ALONE not in convert:
        raise NoEffect("no number is reported but a p (--convert p takes it where it is exact)")
    if row["kind"] == "prediction":
        raise NoEffect("no number is reported but a p, which in a prediction may be that of one predictor among others")
    try:
        return float(str(p))
    except ValueError:
        raise NoEffect(f"no number is reported but a p that is only a bound, {p}") from None
