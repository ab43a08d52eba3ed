"""The arithmetic of findings by the million: does p follow, and how far do nulls reach?

What ``kg.plausibility`` says of one finding, said of columns. Correlations that fit, and nulls of them without a doubt,
are most of a large base: their p is computed column by column. Every other finding is given to ``kg.plausibility``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from kg.arithmetic import ALPHA, CORRELATIONS_OF_TWO, SMALL, Range, highest_p, numbers_of_p
from kg.bulk.p_of_r import p_of_r, smallest_significant_r
from kg.bulk.triples import escaped
from kg.cells import PValue
from kg.conflicts import confidence_interval
from kg.null_reach import TOLD, Compatible, Reach, is_null, printed_p
from kg.plausibility import Check, check, digits
from kg.records import Finding, FindingKind

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

#: What is needed of a finding, as text that is empty where nothing is told.
GIVEN = (
    "id", "kind", "direction", "significance", "support", "statistic", "value", "p", "n",
    "first_n", "second_n", "df", "df_effect", "printed", "against",
)  # fmt: skip
#: What is said of it, as text that is empty where nothing is.
SAID = (
    "arithmetic", "note", "p_low", "p_high", "reach", "reach_note", "not_judged", "low", "high", "where", "smallest",
)  # fmt: skip
_OF_TWO = (FindingKind.ASSOCIATION, FindingKind.PREDICTION)


def said_of(columns: Sequence[pa.Array]) -> pa.StructArray:
    """``SAID`` of findings whose columns are ``GIVEN``."""
    import pyarrow as pa

    given = {name: cells.to_pylist() for name, cells in zip(GIVEN, columns, strict=True)}
    ranges, smallest = _correlations(given)
    said = [_said(_check(told, ranges[place], smallest[place])) for place, told in enumerate(_findings(given))]
    return pa.StructArray.from_arrays([pa.array(each, pa.string()) for each in zip(*said, strict=True)], list(SAID))


def _correlations(given: Mapping[str, list[str]]) -> tuple[list[Range | None], list[float | None]]:
    """The p that fit each correlation of four people or more, and the smallest that would be significant."""
    rows = zip(given["statistic"], given["value"], given["n"], strict=True)
    places = [place for place, (statistic, value, n) in enumerate(rows) if _is_correlation(statistic, value, n)]
    values = np.array([float(given["value"][place]) for place in places])
    halves = np.array([0.5 * 10.0 ** -len(given["value"][place].partition(".")[2]) for place in places])
    n = np.array([int(given["n"][place]) for place in places], dtype=np.int64)
    far, near = np.abs(values) + halves, np.maximum(np.abs(values) - halves, 0.0)
    low, high, smallest = p_of_r(far, n), p_of_r(near, n), smallest_significant_r(n)
    ranges: list[Range | None] = [None] * len(given["id"])
    least: list[float | None] = [None] * len(given["id"])
    for place, *told in zip(places, low.tolist(), high.tolist(), smallest.tolist(), strict=True):
        ranges[place], least[place] = (told[0], told[1]), told[2]
    return ranges, least


def _is_correlation(statistic: str, value: str, n: str) -> bool:
    return statistic in CORRELATIONS_OF_TWO and value != "" and n != "" and 4 <= int(n) <= _MOST


#: With more people ``kg.arithmetic`` takes t as normal.
_MOST = 100_000


def _findings(given: Mapping[str, list[str]]) -> Iterator[tuple[Finding, int | None, list[Finding]]]:
    """Each row as what ``kg.plausibility`` takes: a finding, how many people, others that contradict it."""
    for cells in zip(*(given[name] for name in GIVEN), strict=True):
        row = dict(zip(GIVEN, cells, strict=True))
        against = [
            SimpleNamespace(id=name, significance="significant", support=None) for name in row["against"].split()
        ]
        told = SimpleNamespace(
            id=row["id"],
            iri=row["id"],
            kind=FindingKind(row["kind"]),
            direction=row["direction"],
            significance=row["significance"],
            support=row["support"] or None,
            statistic=row["statistic"] or None,
            value=_decimal(row["value"]),
            p=PValue.parse(row["p"]) if row["p"] else None,
            first_n=_whole(row["first_n"]),
            second_n=_whole(row["second_n"]),
            df=_decimal(row["df"]),
            df_effect=_decimal(row["df_effect"]),
            printed=row["printed"] or None,
        )
        yield cast("Finding", told), _whole(row["n"]), cast("list[Finding]", against)


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _whole(text: str) -> int | None:
    return int(text) if text else None


# --- one finding -----------------------------------------------------------------------------


def _check(told: tuple[Finding, int | None, list[Finding]], p: Range | None, smallest: float | None) -> Check:
    """What arithmetic says of a finding, by its p where that is all it takes."""
    finding, n, against = told
    if p is not None and smallest is not None and n is not None and _fits(finding, p):
        if not is_null(finding):
            decided = finding.p is not None or finding.significance != "not-reported"
            return Check(finding.iri, n, "consistent" if decided else None, p)
        if not against and _is_plain_null(finding, p):
            decided = finding.p is not None or finding.significance != "not-reported"
            return Check(finding.iri, n, "consistent" if decided else None, p, reach=_reach(finding, n, smallest))
    return check(finding, n, against)


def _fits(finding: Finding, p: Range) -> bool:
    """Whether what is told of significance follows from the p of a correlation, without a doubt."""
    told = finding.p
    if told is None:
        return {"significant": p[0] < ALPHA - _NEAR, "not-significant": p[1] > ALPHA + _NEAR}.get(
            finding.significance, True
        )
    low, high = numbers_of_p(told)
    decided = p[0] < ALPHA - _NEAR if high <= ALPHA else p[1] > ALPHA + _NEAR if low > ALPHA else True
    return decided and p[0] < high - _NEAR and low < p[1] - _NEAR


#: What is nearer than this is left to be compared one by one.
_NEAR = 1e-9


def _is_plain_null(finding: Finding, p: Range) -> bool:
    """Whether a null is a correlation of two variables of which nothing makes doubt that it is one."""
    told = [finding.p] if finding.p else list(printed_p(finding.printed or ""))
    return (
        finding.kind in _OF_TWO
        and finding.support is None
        and finding.significance == "not-significant"
        and abs(finding.value or 0) < 1
        and p[1] > ALPHA + _NEAR
        and not (told and all(highest_p(each) <= ALPHA for each in told))
    )


def _reach(finding: Finding, n: int, smallest: float) -> Reach:
    compatible = Compatible(smallest, confidence_interval(float(finding.value or 0), n), TOLD)
    word = "informative" if max(map(abs, compatible.r)) <= SMALL else "uninformative"
    return Reach(word, compatible, None, compatible.told)


def _said(found: Check) -> tuple[str, ...]:
    p, reach = found.p, found.reach
    compatible = reach.compatible if reach else None
    return (
        found.arithmetic or "",
        escaped(found.note),
        *(map(_written, p) if p and (found.arithmetic or reach) else ("", "")),
        reach.word if reach else "",
        escaped(reach.note) if reach else "",
        escaped(reach.not_judged or "") if reach else "",
        *(map(_written, compatible.r) if compatible else ("", "")),
        compatible.where if compatible else "",
        _written(compatible.smallest_r) if compatible else "",
    )


def _written(number: float) -> str:
    return repr(digits(number))
