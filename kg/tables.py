"""Tables to records: TSV, CSV, XLSX and Parquet read alike, every problem of a table reported at once.

Rows are numbered as a spreadsheet numbers them: the header is row 1. Nothing is guessed: a cell
that is not understood is a problem with a place, and the row it stands in gives no record.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from kg.errors import Problem, ProblemsFound
from kg.files import read_text
from kg.formulas import as_meant, harmless
from kg.placed import Placed, R, Reading, explain, suggestion
from kg.records import Record

#: Ways to write a table, in the order in which they are looked for.
SUFFIXES = (".tsv", ".csv", ".xlsx", ".parquet")
_SEPARATORS = {"\t": "tabs", ",": "commas", ";": "semicolons"}


@dataclass
class RawTable:
    """A table as read: its header, its rows with their numbers, and what was wrong already."""

    path: str
    header: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lost: bool = False

    def problem(self, row: int, column: str, what: str, do: str) -> None:
        self.problems.append(Problem(self.path, row, column, what, do))


def find_tables(folder: Path, name: str) -> list[Path]:
    """Every file that claims to be the table ``name`` in ``folder``: there should be one."""
    return [path for suffix in SUFFIXES if (path := folder / f"{name}{suffix}").exists()]


def read_records(path: Path, shown: str, model: type[R], only: Container[str] | None = None) -> Reading[R]:
    """Every record of the table at ``path`` and every problem in it.

    ``shown`` is how the file is named in problems. ``only`` are the ids of the rows to read, where not all are wanted.
    """
    table = _read_raw(path, shown, only)
    columns = check_header(table, model)
    reading: Reading[R] = Reading(problems=table.problems, lost=table.lost)
    for row, cells in table.rows if columns else ():
        record = _record(table, row, cells, columns, model)
        if record is not None:
            reading.records.append(Placed(record, shown, row))
        elif "id" in columns[: len(cells)]:
            reading.broken.add(cells[columns.index("id")])
    reading.problems.extend(_duplicates(reading.records))
    return reading


def as_tsv(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table as TSV that no spreadsheet runs; nothing where it has no rows."""
    if not rows:
        return ""
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow([_harmless(name) for name in header])
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def _harmless(cell: str) -> str:
    return harmless(" ".join(cell.split()) if "\r" in cell else cell)


# --- files to raw tables ---------------------------------------------------------------------


def filled_rows(path: Path, table: RawTable) -> Iterator[tuple[int, list[str]]]:
    """The rows of a file that are not empty, with their numbers, one after the other; the header is the first."""
    return ((number, cells) for number, cells in _rows(path, table) if any(cells))


def _read_raw(path: Path, shown: str, only: Container[str] | None) -> RawTable:
    table = RawTable(shown)
    try:
        rows = filled_rows(path, table)
        filled = list(rows if only is None else _wanted(rows, only))
    except ProblemsFound as found:
        table.problems.extend(found.problems)
        filled = []
    if not filled:
        table.lost = True
        if not table.problems:
            table.problem(0, "", "the table is empty", "give it a header and at least one row, or remove the file")
        return table
    (header_row, header), *table.rows = filled
    if header_row != 1:
        table.problem(1, "", "the first row is empty", "put the column names into row 1")
    table.header = [name.strip() for name in header]
    if not table.rows and not table.lost and only is None:
        table.problem(0, "", "the table has a header and no rows", "add a row, or remove the file")
    return table


def _wanted(rows: Iterator[tuple[int, list[str]]], only: Container[str]) -> Iterator[tuple[int, list[str]]]:
    """The header, and the rows with one of these ids."""
    number, header = next(rows, (0, []))
    yield number, header
    names = [name.strip() for name in header]
    column = names.index("id") if "id" in names else len(names)
    for number, cells in rows:
        if (cells[column] if column < len(cells) else "") in only:
            yield number, cells


def _rows(path: Path, table: RawTable) -> Iterable[tuple[int, list[str]]]:
    if path.suffix == ".xlsx":
        from kg.spreadsheets import read_sheet

        sheet = read_sheet(path, table.path)
        table.problems.extend(sheet.problems)
        return sheet.rows
    if path.suffix == ".parquet":
        from kg.parquet import parquet_rows

        return parquet_rows(path, table.path)
    return _text_rows(read_text(path, table.path), "\t" if path.suffix == ".tsv" else ",", table)


def _text_rows(text: str, separator: str, table: RawTable) -> Iterator[tuple[int, list[str]]]:
    if "\0" in text:
        table.problem(0, "", "not a text table (it holds NUL bytes)", "save it as UTF-8 text or as .xlsx")
        return
    row = 0
    try:
        for row, cells in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), start=1
        ):
            yield row, [as_meant(cell.strip()) for cell in cells]
    except csv.Error as error:
        table.lost = True
        if "limit" in str(error):
            table.problem(row + 1, "", "a cell is longer than 131,072 characters", "shorten it")
        else:
            what = "a quotation mark that opens a cell is never closed, or text follows the closing one"
            table.problem(row + 1, "", what, 'remove the mark or double it inside a quoted cell ("")')


# --- raw tables to records -------------------------------------------------------------------


def check_header(table: RawTable, model: type[Record]) -> list[str]:
    """The columns to read, or nothing where the header is too wrong to read any row."""
    known = model.columns()
    if not table.header:
        return []
    while table.header and not table.header[-1]:  # spreadsheets leave empty columns behind
        table.header.pop()
    if separator := _wrong_separator(table.header, known):
        table.lost = True
        right = "tabs, or as .csv with commas" if table.path.endswith(".tsv") else "commas, or as .tsv"
        table.problem(1, "", f"the cells are separated by {separator}", f"save it with {right}")
        return []
    for name in sorted({name for name in table.header if table.header.count(name) > 1 and name}):
        table.problem(1, name, "the column stands there twice", "keep one of the two")
    for index, name in enumerate(table.header, start=1):
        if not name:
            table.problem(1, f"column {index}", "a column without a name", "name it or remove it")
        elif name not in known:
            table.problem(1, name, "an unknown column", suggestion(name, known, "remove it"))
    missing = [name for name in model.required() if name not in table.header]
    for name in missing:
        table.problem(1, name, "a required column is missing", "add it")
    table.lost = table.lost or bool(missing)
    return [] if missing else table.header


def _wrong_separator(header: list[str], known: Sequence[str]) -> str | None:
    """What separates the cells, where the whole header came as one cell."""
    if len(header) != 1:
        return None
    return next((name for mark, name in _SEPARATORS.items() if len(set(header[0].split(mark)) & set(known)) > 1), None)


def _record(table: RawTable, row: int, cells: list[str], columns: list[str], model: type[R]) -> R | None:
    if any(cells[len(columns) :]):
        table.problem(row, "", f"{len(cells)} cells for {len(columns)} columns", "look for a stray tab or comma")
        return None
    values = {name: cell for name, cell in zip(columns, cells, strict=False) if cell and name in model.model_fields}
    try:
        return model.model_validate(values)
    except ValidationError as error:
        table.problems.extend(explain(table.path, row, error, model))
        return None


def _duplicates(placed: Sequence[Placed[R]]) -> Iterator[Problem]:
    first: dict[str, Placed[R]] = {}
    for each in placed:
        earlier = first.setdefault(each.record.iri, each)
        if earlier is not each:
            yield each.problem("id", f"'{each.record.id}' is already the id of row {earlier.row}", "give it another id")
