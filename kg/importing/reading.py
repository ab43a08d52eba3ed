"""Tables as people keep them, to a header and numbered rows: titles, merged headers, notes and totals told apart."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.errors import Problem, ProblemsFound
from kg.formulas import as_meant
from kg.importing.remarks import LEFT_OUT, WITHOUT, Remark
from kg.parquet import reading_parquet
from kg.spreadsheets import read_sheet

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".parquet")
#: Ways in which a text table may have been saved. Which it was, only the person who saved it can say.
ENCODINGS = ("utf-8", "latin-1", "cp1252", "utf-16")
_TOTALS = re.compile(r"(?:(?:grand |sub-?)?totals?|sum|overall|pooled|summary|average|all studies)\b.*", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_Rows = list[tuple[int, list[str]]]


@dataclass
class Source:
    """A table as read: its name, its columns, its rows by number, the notes around it, and what is remarked."""

    name: str
    header: list[str]
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def column(self, name: str) -> list[str]:
        return [cells[name] for _, cells in self.rows]


def read_source(path: Path, encoding: str = "utf-8") -> Source:
    """The table at ``path``; ProblemsFound or MissingPart where it cannot be read."""
    rows, problems = _read(path, encoding)
    rows = [(number, cells) for number, cells in rows if any(cells)]
    start = next((index for index, (_, cells) in enumerate(rows) if sum(map(bool, cells)) > 1), None)
    if start is None:
        raise _refused(path, "no row with more than one cell", "look whether this is the table and its first sheet")
    heads, header = _header(rows, start)
    source = Source(path.name, header)
    for number, cells in rows[:start]:
        _leave_out(source, number, cells, "a line above the header")
    for number, cells in rows[start + len(heads) :]:
        _add(source, number, cells, heads)
    if not source.rows:
        raise _refused(path, "a header and no rows", "look whether this is the table and its first sheet")
    source.remarks += [Remark(each.row, each.column, "", each.what, each.do, WITHOUT) for each in problems]
    return source


def _add(source: Source, number: int, cells: list[str], heads: list[list[str]]) -> None:
    """Take a row, or leave it out with a remark where it is none of data."""
    filled = [cell for cell in cells if cell]
    if _is_header_again(cells, heads):
        _leave_out(source, number, cells, "the header again")
    elif _TOTALS.fullmatch(filled[0]) and cells.index(filled[0]) < 2:
        _leave_out(source, number, cells, "a row of totals")
    elif len(filled) == 1 and len(source.header) > 2:
        _leave_out(source, number, cells, "a note, or a row with one cell")
    else:
        padded = [*cells, *[""] * len(source.header)]
        source.rows.append((number, dict(zip(source.header, padded, strict=False))))


def _is_header_again(cells: list[str], heads: list[list[str]]) -> bool:
    """Whether every cell repeats what the header, in any of its rows, has at its place."""
    return all(
        cell.casefold() in {head[index].casefold() for head in heads if index < len(head)}
        for index, cell in enumerate(cells)
        if cell
    )


def _leave_out(source: Source, number: int, cells: list[str], what: str) -> None:
    text = " ".join(cell for cell in cells if cell)
    source.notes.append(text)
    source.remarks.append(Remark(number, "", text, what, "nothing, unless it holds a result", LEFT_OUT))


# --- headers ---------------------------------------------------------------------------------


def _header(rows: _Rows, start: int) -> tuple[list[list[str]], list[str]]:
    """The rows of the header (one, or two where cells were merged), and a name for every column."""
    top = rows[start][1]
    below = rows[start + 1][1] if start + 1 < len(rows) else []
    width = max(len(cells) for _, cells in rows[start:])
    if _is_second_header(top, below):
        return [top, below], _named(_merged(_wide(top, width), _wide(below, width)))
    return [top], _named(_wide(top, width))


def _wide(cells: list[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]


def _is_second_header(top: list[str], below: list[str]) -> bool:
    """Whether ``below`` names what a merged cell of ``top`` spans: words only, and some where ``top`` is empty."""
    if any(_DIGIT.match(cell.lstrip("-.,<")) for cell in below):
        return False
    return any(cell and (index >= len(top) or not top[index]) for index, cell in enumerate(below))


def _merged(top: list[str], below: list[str]) -> list[str]:
    """One name a column: what spans it and what stands below, joined."""
    names, span = [], ""
    for above, name in zip(top, below, strict=True):
        span = above or (span if name else "")
        names.append(f"{span}: {name}" if span and name else span or name)
    return names


def _named(cells: list[str]) -> list[str]:
    """A name for each column, none of them twice."""
    names: list[str] = []
    for index, cell in enumerate(cells, start=1):
        name, again = cell or f"column {index}", 2
        while name in names:
            name, again = f"{cell or 'column'} ({again})", again + 1
        names.append(name)
    return names


# --- files -----------------------------------------------------------------------------------


def _refused(path: Path, what: str, do: str, row: int = 0) -> ProblemsFound:
    return ProblemsFound([Problem(path.name, row, "", what, do)])


def _read(path: Path, encoding: str) -> tuple[_Rows, list[Problem]]:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise _refused(path, f"a table of a kind that is not read ({suffix or 'no ending'})",
                       f"save it as one of {', '.join(SUFFIXES)}")  # fmt: skip
    if suffix == ".xlsx":
        sheet = read_sheet(path, path.name)
        return sheet.rows, sheet.problems
    if suffix == ".parquet":
        return _parquet(path), []
    return _text(path, _decoded(path, encoding)), []


def _decoded(path: Path, encoding: str) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _refused(path, f"cannot be read ({error.strerror})", "close it elsewhere, or save it again") from error
    try:
        text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeError as error:
        line = content[: getattr(error, "start", 0)].count(b"\n") + 1
        others = " or ".join(each for each in ENCODINGS if each != encoding)
        do = f"save it as UTF-8, or say how it was saved: --encoding {others}"
        raise _refused(path, f"not {encoding} text", do, line) from error
    if "\0" in text:
        raise _refused(path, "not a text table (it holds NUL bytes)", "save it as UTF-8 text or as .xlsx")
    return text


def _text(path: Path, text: str) -> _Rows:
    separator = "\t" if path.suffix.lower() == ".tsv" else _separator(text)
    rows: _Rows = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for cells in reader:
            rows.append((len(rows) + 1, [as_meant(cell.strip()) for cell in cells]))
    except csv.Error as error:
        what = "a cell is too long, a quotation mark is never closed, or text follows the closing one"
        raise _refused(path, what, "mend the cell", len(rows) + 1) from error
    return rows


def _separator(text: str) -> str:
    """What parts the cells: the mark that gives the most lines one and the same width, and the widest of these."""
    lines = [line for line in text.splitlines() if line.strip()][:200]

    def fit(mark: str) -> tuple[int, int]:
        try:
            widths = [len(cells) for cells in csv.reader(lines, delimiter=mark)]
        except csv.Error:
            return 0, 0
        common = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        return (widths.count(common), common) if common > 1 else (0, 0)

    return max(("\t", ";", ","), key=fit)


def _parquet(path: Path) -> _Rows:
    with reading_parquet(path.name) as parquet:
        table = parquet.read_table(path)
    columns: Iterable[Iterable[Any]] = (column.to_pylist() for column in table.columns)
    rows = [list(table.column_names), *([_cell(value) for value in row] for row in zip(*columns, strict=True))]
    return list(enumerate(rows, start=1))


def _cell(value: Any) -> str:
    """A value as a spreadsheet shows it."""
    if value is None or value != value:  # noqa: PLR0124 - NaN, which is not itself
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
