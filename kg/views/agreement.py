"""The agreement of two codings as text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from kg.agreement import Agreement
from kg.export.tables import ROW_FORMATS


def text(found: Agreement, first: str, second: str) -> str:
    """How far two codings agree, on what they do not, and what one of them alone has, for a terminal."""
    return "\n".join(_lines(found, first, second)) + "\n"


def _lines(found: Agreement, first: str, second: str) -> Iterator[str]:
    yield f"first:  {first}"
    yield f"second: {second}"
    for table, paired in found.paired.items():
        alone, other = (sum(row[0] == table for row in rows) for rows in (found.only_first, found.only_second))
        if paired or alone or other:
            yield f"  {table}: {paired} in both, {alone} in the first only, {other} in the second only"
    yield ""
    yield ROW_FORMATS["table"](found.field_rows()).rstrip("\n")
    if found.disagreements:
        yield ""
        yield "They disagree on (first | second)"
    for (table, one, two), cells in groupby(
        found.disagreements, lambda each: (each.table, each.first_id, each.second_id)
    ):
        yield f"  {table} {one}{'' if one == two else f' | {two}'}"
        yield from (f"      {each.name}: {each.first} | {each.second}" for each in cells)
    for name, rows in ((first, found.only_first), (second, found.only_second)):
        if rows:
            yield ""
            yield f"Only in {name}"
            yield from (f"  {table} {id}: {told}" for table, id, told in rows)
