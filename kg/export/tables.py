"""Rows as text: for eyes (table, markdown) and for programs (csv, tsv, json)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from decimal import Decimal

from kg.formulas import harmless
from kg.names import curie
from kg.store import Iri, Rows, Value


def _table(rows: Rows) -> str:
    """Aligned columns; a terminal's width is respected, a pipe's is unlimited."""
    import sys

    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    if not rows:
        return "(no rows)\n"
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    shown = [index for index, name in enumerate(rows.columns) if any(row[index] is not None for row in rows.values)]
    for index in shown:
        numeric = all(isinstance(row[index], int | Decimal | None) for row in rows.values)
        table.add_column(rows.columns[index], justify="right" if numeric else "left", overflow="fold")
    for row in rows.values:
        table.add_row(*(_shown(row[index]) for index in shown))
    out = io.StringIO()
    width = None if sys.stdout.isatty() else 10_000
    console = Console(file=out, width=width, markup=False, highlight=False, emoji=False)
    console.print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _markdown(rows: Rows) -> str:
    lines = ["| " + " | ".join(rows.columns) + " |", "|" + "---|" * len(rows.columns)]
    lines += ["| " + " | ".join(_in_cell(_shown(value)) for value in row) + " |" for row in rows.values]
    return "\n".join(lines) + "\n"


def _in_cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _separated(rows: Rows, delimiter: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(rows.columns)
    writer.writerows([_cell(value) for value in row] for row in rows.values)
    return out.getvalue()


def _cell(value: Value) -> str:
    """A value that stays in its cell: a bare carriage return is not quoted, and would begin a new row."""
    return harmless(_plain(value)).replace("\r\n", "\n").replace("\r", "\n")


def _json(rows: Rows) -> str:
    return json.dumps([dict(row) for row in rows], ensure_ascii=False, indent=2, default=_number) + "\n"


def _number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} is not a value of an answer")


def _plain(value: Value) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(value: Value) -> str:
    """A value for eyes: IRIs as CURIEs."""
    return curie(value) if isinstance(value, Iri) else _plain(value)


#: Format -> writer. The command's choices are these.
ROW_FORMATS: dict[str, Callable[[Rows], str]] = {
    "table": _table,
    "csv": lambda rows: _separated(rows, ","),
    "tsv": lambda rows: _separated(rows, "\t"),
    "json": _json,
    "markdown": _markdown,
}
