"""The arithmetic of single findings, as a function over columns of text: what ``kg.plausibility`` says of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from kg.cells import PValue
from kg.ntriples import escaped, plain
from kg.plausibility import Check, check, digits
from kg.records import Finding, FindingKind

if TYPE_CHECKING:
    import pyarrow as pa

#: What is needed of a finding, as text that is empty where nothing is told.
GIVEN = (
    "id", "kind", "direction", "significance", "support", "statistic", "value", "p", "n",
    "first_n", "second_n", "df", "df_effect", "printed", "against",
)  # fmt: skip
#: What is said of it, as text that is empty where nothing is.
SAID = (
    "arithmetic", "note", "p_low", "p_high", "reach", "reach_note", "not_judged", "low", "high", "where", "smallest",
)  # fmt: skip


def said_of(columns: Sequence[pa.Array]) -> pa.StructArray:
    """``SAID`` of findings whose columns are ``GIVEN``."""
    import pyarrow as pa

    said = [_said(check(*told)) for told in _findings(columns)]
    return pa.StructArray.from_arrays([pa.array(each, pa.string()) for each in zip(*said, strict=True)], list(SAID))


def _findings(columns: Sequence[pa.Array]) -> Iterator[tuple[Finding, int | None, list[Finding]]]:
    """Each row as what ``kg.plausibility`` takes: a finding, how many people, others that contradict it."""
    for cells in zip(*(each.to_pylist() for each in columns), strict=True):
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


def _said(found: Check) -> tuple[str, ...]:
    p, reach = found.p, found.reach
    compatible = reach.compatible if reach else None
    return (
        found.arithmetic or "",
        escaped(found.note),
        *(map(_written, p) if p else ("", "")),
        reach.word if reach else "",
        escaped(reach.note) if reach else "",
        escaped(reach.not_judged or "") if reach else "",
        *(map(_written, compatible.r) if compatible else ("", "")),
        compatible.where if compatible else "",
        _written(compatible.smallest_r) if compatible else "",
    )


def _written(number: float) -> str:
    return plain(digits(number))
