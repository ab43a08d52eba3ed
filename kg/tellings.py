"""What each study says of each pair of constructs: the direction and the significance of its findings together.

Takes rows of the question ``effects-between`` and gives records; nothing here knows a store.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from kg.conversions import NoEffect, people_counted
from kg.names import local_name
from kg.poolable import LeftOut, one_a_finding
from kg.store import Row

#: Kinds of findings whose direction tells of the two constructs by themselves.
DIRECTED = frozenset({"association", "prediction", "group difference", "intervention effect"})


@dataclass(frozen=True)
class Telling:
    """One study on one pair of constructs.

    ``direction`` is positive, negative, none, mixed (both signs) or not told; ``significance`` is significant, not
    significant, mixed (some of its findings are) or not told; ``n`` is that of its largest analysis.
    """

    study: str
    pair: tuple[str, str]
    direction: str
    significance: str
    n: int | None
    people: frozenset[str]
    findings: tuple[Row, ...]


def tellings(rows: Iterable[Row]) -> tuple[tuple[Telling, ...], tuple[LeftOut, ...]]:
    """Each study on each pair, by pair and study; and the findings that were left out, with the reason."""
    kept: list[Row] = []
    left_out: list[LeftOut] = []
    rows = list(rows)
    found = {(row["finding"], _pair(row)) for row in rows}
    repeats = {(row["finding"], _pair(row)): row["repeats"] for row in rows if (row["repeats"], _pair(row)) in found}
    for row in one_a_finding(rows):
        reason = _unfit(row) or _told_again(repeats.get((row["finding"], _pair(row))))
        if reason:
            left_out.append(LeftOut(str(row["finding"]), str(row["study"]), reason))
        else:
            kept.append(row)
    kept.sort(key=_cell)
    return tuple(_together(tuple(group)) for _, group in groupby(kept, key=_cell)), tuple(left_out)


def shared_people(told: Sequence[Telling]) -> tuple[tuple[str, ...], ...]:
    """The groups of studies that are, or may be, about the same people."""
    studies: dict[str, set[str]] = {}
    for each in told:
        for people in each.people:
            studies.setdefault(people, set()).add(each.study)
    return tuple(sorted({tuple(sorted(group)) for group in studies.values() if len(group) > 1}))


def _pair(row: Row) -> tuple[str, str]:
    return str(row["firstFound"]), str(row["secondFound"])


def _cell(row: Row) -> tuple[tuple[str, str], str]:
    return _pair(row), str(row["study"])


def _unfit(row: Row) -> str:
    """Why a finding is no study's word on two constructs; nothing where it is."""
    if row["reading"] == "synthesis":
        return "it is itself pooled, by a review, and holds other studies' people"
    if row["third"] is not None or row["kind"] not in DIRECTED:
        return f"it is a {row['kind']}, not a relation of the two by themselves"
    return ""


def _told_again(earlier: object) -> str:
    return f"it tells again what {local_name(str(earlier))} tells" if earlier else ""


def _together(findings: tuple[Row, ...]) -> Telling:
    first = findings[0]
    return Telling(
        study=str(first["study"]),
        pair=_pair(first),
        direction=_direction({str(row["direction"]) for row in findings}),
        significance=_significance({str(row["significance"]) for row in findings}),
        n=max((n for n in map(_n, findings) if n is not None), default=None),
        people=frozenset(str(row["people"]) for row in findings),
        findings=findings,
    )


def tells_no_relation(finding: Row) -> bool:
    """Whether a row of a finding says that nothing was found: not significant, or told as no relation."""
    return finding["significance"] == "not-significant" or finding["direction"] == "none"


def _direction(words: set[str]) -> str:
    """The one sign that is told, whatever else is not; ``mixed`` where both are."""
    signs = words & {"positive", "negative"}
    if len(signs) == 2:
        return "mixed"
    return next(iter(signs), "none" if "none" in words else "not told")


def _significance(words: set[str]) -> str:
    told = words & {"significant", "not-significant"}
    if len(told) == 2:
        return "mixed"
    return next((word.replace("-", " ") for word in told), "not told")


def _n(row: Row) -> int | None:
    try:
        return people_counted(row)[0]
    except NoEffect:
        return None
