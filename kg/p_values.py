"""What findings say by their p value and their number of people alone, where they print no effect.

Takes rows of the question ``effects-between`` and gives records; nothing here knows a store.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist

from kg.conversions import NoEffect, people_counted
from kg.poolable import LeftOut, comparable, one_a_finding
from kg.store import Row

_P = re.compile(r"(?P<operator>[<>≤≥]?=?)(?P<number>[\d.]+)")


@dataclass(frozen=True)
class PValue:
    """A p value with the direction it was found in.

    ``operator`` is ``=`` where p is exact; ``<`` and ``>`` where the source prints a bound. ``p`` is two-sided, as
    sources print it.
    """

    finding: str
    study: str
    people: str
    direction: str
    operator: str
    p: float
    n: int
    n_of: str

    @property
    def one_sided(self) -> float:
        """The p of the direction that was found."""
        return self.p / 2


def p_values(rows: Iterable[Row], *, mix_constructs: bool = False) -> tuple[tuple[PValue, ...], tuple[LeftOut, ...]]:
    """The p value of each finding that has one, and the findings that were left out, with the reason."""
    kept: list[PValue] = []
    left_out: list[LeftOut] = []
    for row in one_a_finding(rows):
        try:
            kept.append(_p_value(row, mix_constructs))
        except NoEffect as reason:
            left_out.append(LeftOut(str(row["finding"]), str(row["study"]), str(reason)))
    return tuple(kept), tuple(left_out)


def _p_value(row: Row, mix_constructs: bool) -> PValue:
    if not comparable(row, mix_constructs):
        raise NoEffect("it is not on the two constructs by themselves, as asked: kg pool says in what it differs")
    if row["p"] is None:
        raise NoEffect("no p value is told")
    if row["direction"] not in ("positive", "negative"):
        raise NoEffect("no direction is told, so its p has no side")
    operator, p = _told(str(row["p"]))
    n, n_of = people_counted(row)
    return PValue(
        finding=str(row["finding"]),
        study=str(row["study"]),
        people=str(row["people"]),
        direction=str(row["direction"]),
        operator=operator,
        p=p,
        n=n,
        n_of=n_of,
    )


def _told(text: str) -> tuple[str, float]:
    """Operator and number of a p value as the question gives it.

    >>> _told("0.033"), _told("<0.003"), _told("≥0.05")
    (('=', 0.033), ('<', 0.003), ('>', 0.05))
    """
    match = _P.fullmatch(text)
    p = float(match["number"]) if match else math.nan
    if match is None or not 0 < p <= 1:
        raise NoEffect(f"p = {text} has no place on a scale of p values")
    return {"<": "<", "≤": "<", ">": ">", "≥": ">"}.get(match["operator"][:1], "="), p


def n_of_contour(r: float, p: float) -> float:
    """How many people make a correlation of ``r`` reach the two-sided ``p`` (by Fisher's z).

    >>> round(n_of_contour(0.3, 0.05), 1)
    43.1
    """
    z = -NormalDist().inv_cdf(p / 2)
    return (z / math.atanh(abs(r))) ** 2 + 3


def p_of_contour(r: float, n: float) -> float:
    """The two-sided p that a correlation of ``r`` has with ``n`` people (by Fisher's z): the other way round.

    >>> round(p_of_contour(0.3, n_of_contour(0.3, 0.05)), 4)
    0.05
    """
    return math.erfc(math.atanh(abs(r)) * math.sqrt((n - 3) / 2))
