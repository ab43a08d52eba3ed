"""Rows as text: for eyes (table, markdown) and for programs (csv, tsv, json)."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from textwrap import wrap

from kg.formulas import harmless
from kg.markdown import in_cell
from kg.names import curie
from kg.store import Iri, Rows, Value


def table(rows: Rows, width: int | None) -> str:
    """Aligned columns; where they do not fit ``width`` without splitting a word, a block of lines a row.

    Without a width (a pipe) every row is one line.
    """
    if not rows:
        return "(no rows)\n"
    shown = [index for index in range(len(rows.columns)) if any(row[index] is not None for row in rows.values)]
    cells = [[_shown(row[index]) for index in shown] for row in rows.values]
    names = [rows.columns[index] for index in shown]
    widths = _widths([*cells, names], width)
    if widths is None:
        return _blocks(names, cells, width or 0)
    numeric = [all(isinstance(row[index], int | Decimal | None) for row in rows.values) for index in shown]
    return _columns(names, cells, widths, numeric)


def _columns(names: list[str], cells: list[list[str]], widths: list[int], numeric: list[bool]) -> str:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    drawn = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name, width, number in zip(names, widths, numeric, strict=True):
        drawn.add_column(name, justify="right" if number else "left", overflow="fold", width=width)
    for row in cells:
        drawn.add_row(*row)
    out = io.StringIO()
    whole = sum(widths) + _BETWEEN * len(widths)
    Console(file=out, width=whole, markup=False, highlight=False, emoji=False).print(drawn)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


#: What stands between two columns.
_BETWEEN = 3
#: Prose in a column narrower than this takes more lines than a block would.
_LEGIBLE = 18


def _widths(lines: list[list[str]], width: int | None) -> list[int] | None:
    """How wide each column is, the widest narrowed until all fit; None where words would have to be split."""
    columns = list(zip(*lines, strict=True))
    widths = [max(map(len, column)) for column in columns]
    if width is None:
        return widths
    words = [max(len(word) for cell in column for word in cell.split() or [""]) for column in columns]
    least = [max(word, min(widest, _LEGIBLE)) for word, widest in zip(words, widths, strict=True)]
    room = width - _BETWEEN * len(widths)
    if sum(least) > room:
        return None
    while sum(widths) > room:
        widest = max((index for index in range(len(widths)) if widths[index] > least[index]), key=widths.__getitem__)
        widths[widest] -= 1
    return widths


def _blocks(names: list[str], cells: list[list[str]], width: int) -> str:
    """One line a value, what is missing left out; long values go on below themselves, whole word by whole word."""
    margin = max(map(len, names)) + 2
    blocks = []
    for row in cells:
        lines = []
        for name, cell in zip(names, row, strict=True):
            if cell.strip():
                wrapped = wrap(cell, max(width - margin, 20), break_long_words=False, break_on_hyphens=False)
                lines.append(f"{name:{margin}}{wrapped[0]}")
                lines += [" " * margin + line for line in wrapped[1:]]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _terminal() -> int | None:
    """The width of the terminal, or None where the output is no terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _markdown(rows: Rows) -> str:
    lines = ["| " + " | ".join(rows.columns) + " |", "|" + "---|" * len(rows.columns)]
    lines += ["| " + " | ".join(in_cell(_shown(value)) for value in row) + " |" for row in rows.values]
    return "\n".join(lines) + "\n"


#: So many rows are written at a time.
_BATCH = 1_000
#: Formats that are written as rows come -> what stands between two cells.
SEPARATORS = {"csv": ",", "tsv": "\t"}


def separated(columns: Sequence[str], values: Iterable[tuple[Value, ...]], format: str) -> Iterator[str]:
    """Rows as ``csv`` or ``tsv``, part by part, the headings first: no more is held than a part."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=SEPARATORS[format], lineterminator="\n")
    writer.writerow(columns)
    rows = iter(values)
    yield out.getvalue()
    while batch := list(islice(rows, _BATCH)):
        out.seek(0)
        out.truncate()
        writer.writerows(map(cells, batch))
        yield out.getvalue()


def _whole(format: str) -> Callable[[Rows], str]:
    return lambda rows: "".join(separated(rows.columns, rows.values, format))


def cells(row: Iterable[Value]) -> list[str]:
    """The values of a row as cells of text."""
    return [_cell(value) for value in row]


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
    "table": lambda rows: table(rows, _terminal()),
    "csv": _whole("csv"),
    "tsv": _whole("tsv"),
    "json": _json,
    "markdown": _markdown,
}
