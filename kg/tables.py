"""Tables to records: TSV, CSV and XLSX read alike, every problem of a table reported at once.

Rows are numbered as a spreadsheet numbers them: the header is row 1. Nothing is guessed: a cell
that is not understood is a problem with a place, and the row it stands in gives no record.
"""

from __future__ import annotations

import csv
import difflib
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from kg.errors import MissingPart, Problem
from kg.formulas import as_meant
from kg.records import Contradictory, Record

R = TypeVar("R", bound=Record)

#: Ways to write a table, in the order in which they are looked for.
SUFFIXES = (".tsv", ".csv", ".xlsx")
#: An XLSX file is a ZIP: refuse to unpack more than this many bytes.
UNPACKED_LIMIT = 200_000_000


@dataclass(frozen=True)
class Placed(Generic[R]):
    """A record and the row it was read from."""

    record: R
    path: str
    row: int

    def problem(self, column: str, what: str, do: str) -> Problem:
        """A problem of this row."""
        return Problem(self.path, self.row, column, what, do)


@dataclass
class RawTable:
    """A table as read: its header, its rows with their numbers, and what was wrong already."""

    path: str
    header: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, row: int, column: str, what: str, do: str) -> None:
        self.problems.append(Problem(self.path, row, column, what, do))


def find_table(folder: Path, name: str) -> Path | None:
    """The one file that holds the table ``name`` in ``folder``, in whatever format; None if there is none."""
    return next((path for suffix in SUFFIXES if (path := folder / f"{name}{suffix}").exists()), None)


def rival_tables(folder: Path, name: str) -> list[Path]:
    """Every file that claims to be the table ``name``: more than one is a problem."""
    return [path for suffix in SUFFIXES if (path := folder / f"{name}{suffix}").exists()]


@dataclass(frozen=True)
class Reading(Generic[R]):
    """What reading a table gave. ``broken`` are the ids of rows that gave no record: they exist, but are wrong."""

    records: list[Placed[R]]
    problems: list[Problem]
    broken: frozenset[str] = frozenset()


def read_records(path: Path, shown: str, model: type[R]) -> Reading[R]:
    """Every record of the table at ``path`` and every problem in it.

    ``shown`` is how the file is named in problems.
    """
    table = _read_raw(path, shown)
    columns = _check_header(table, model)
    placed, broken = [], set()
    for row, cells in table.rows if columns else ():
        record = _record(table, row, cells, columns, model)
        if record is not None:
            placed.append(Placed(record, shown, row))
        elif "id" in columns[: len(cells)]:
            broken.add(cells[columns.index("id")])
    table.problems.extend(_duplicates(placed))
    return Reading(placed, table.problems, frozenset(broken))


# --- files to raw tables ---------------------------------------------------------------------


def _read_raw(path: Path, shown: str) -> RawTable:
    table = RawTable(shown)
    rows = _xlsx_rows(path, table) if path.suffix == ".xlsx" else _text_rows(path, table)
    filled = [(number, cells) for number, cells in rows if any(cells)]
    if not filled:
        if not table.problems:
            table.problem(0, "", "the table is empty", "give it a header and at least one row, or remove the file")
        return table
    (header_row, header), *table.rows = filled
    if header_row != 1:
        table.problem(1, "", "the first row is empty", "put the column names into row 1")
    table.header = [name.strip() for name in header]
    if not table.rows:
        table.problem(0, "", "the table has a header and no rows", "add a row, or remove the file")
    return table


def _text_rows(path: Path, table: RawTable) -> list[tuple[int, list[str]]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        table.problem(line, "", "not UTF-8 text (a letter from another encoding)", "save the file as UTF-8")
        return []
    if "\0" in text:
        table.problem(0, "", "not a text table (it holds NUL bytes)", "save it as UTF-8 text or as .xlsx")
        return []
    delimiter = "\t" if path.suffix == ".tsv" else ","
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            rows.append((len(rows) + 1, [as_meant(cell.strip()) for cell in cells]))
    except csv.Error as error:
        what = "a quotation mark that opens a cell is never closed, or text follows the closing one"
        if "limit" in str(error):
            what = "a cell is longer than 131,072 characters"
        table.problem(len(rows) + 1, "", what, 'remove the mark or double it inside a quoted cell ("")')
    return rows


def _xlsx_rows(path: Path, table: RawTable) -> list[tuple[int, list[str]]]:
    try:
        import openpyxl
    except ImportError as error:
        raise MissingPart(
            f"{table.path}: reading .xlsx needs openpyxl; pip install 'compassion-attachment-kg[xlsx]', or save as .tsv"
        ) from error
    if not _unpacks_safely(path, table):
        return []
    try:
        sheet = openpyxl.load_workbook(path, read_only=False, data_only=False).worksheets[0]
    except Exception as error:  # noqa: BLE001 - openpyxl has no exception of its own for a damaged part
        table.problem(0, "", f"not a readable .xlsx file ({type(error).__name__})", "save it again as .xlsx or as .tsv")
        return []
    rows = []
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        for cell in cells:
            if cell.data_type == "f":
                column = _xlsx_header(sheet, cell.column)
                table.problem(number, column, f"a formula ({cell.value})", "replace it by its value")
        rows.append((number, [_xlsx_text(cell) for cell in cells]))
    return rows


def _unpacks_safely(path: Path, table: RawTable) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
            doctype = any(
                b"<!DOCTYPE" in archive.open(part).read(4096)
                for part in archive.infolist()
                if part.filename.endswith((".xml", ".rels"))
            )
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        table.problem(0, "", "not an .xlsx file", "save it again as .xlsx or as .tsv")
        return False
    if size > UNPACKED_LIMIT or doctype:
        what = "unpacks to more than 200 MB" if size > UNPACKED_LIMIT else "declares XML entities"
        table.problem(0, "", f"an .xlsx file that {what}", "save the one sheet as .tsv")
    return size <= UNPACKED_LIMIT and not doctype


def _xlsx_header(sheet: Any, column: int) -> str:
    return str(sheet.cell(row=1, column=column).value or f"column {column}")


def _xlsx_text(cell: Any) -> str:
    value = cell.value
    if value is None or cell.data_type == "f":
        return ""
    if hasattr(value, "date") and not value.time():
        return str(value.date().isoformat())
    if isinstance(value, float):  # 3.0 is a count that Excel made a float of; 1e-05 a small p
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    return str(value).strip()


# --- raw tables to records -------------------------------------------------------------------


def _check_header(table: RawTable, model: type[Record]) -> list[str]:
    """The columns to read, or nothing where the header is too wrong to read any row."""
    known = model.columns()
    if not table.header:
        return []
    while table.header and not table.header[-1]:  # spreadsheets leave empty columns behind
        table.header.pop()
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
    return [] if missing else table.header


def _record(table: RawTable, row: int, cells: list[str], columns: list[str], model: type[R]) -> R | None:
    if any(cells[len(columns) :]):
        table.problem(row, "", f"{len(cells)} cells for {len(columns)} columns", "look for a stray tab or comma")
        return None
    values = {name: cell for name, cell in zip(columns, cells, strict=False) if cell and name in model.model_fields}
    try:
        return model.model_validate(values)
    except ValidationError as error:
        table.problems.extend(_explain(table.path, row, error))
        return None


def _explain(path: str, row: int, error: ValidationError) -> Iterator[Problem]:
    """The errors of one row, in words."""
    for each in error.errors(include_url=False):
        column = str(each["loc"][0]) if each["loc"] else ""
        context = each.get("ctx", {})
        cause = context.get("error")
        if isinstance(cause, Contradictory):
            yield from (Problem(path, row, *contradiction) for contradiction in cause.contradictions)
        elif each["type"] == "cell":
            yield Problem(path, row, column, context["what"], context["do"])
        elif each["type"] == "missing":
            yield Problem(path, row, column, "a required cell is empty", "fill it")
        elif each["type"] == "enum":
            wanted = context["expected"].replace(" or ", ", ").replace("'", "").split(", ")
            yield Problem(path, row, column, f"'{each['input']}' is not known here",
                          suggestion(each["input"], wanted, f"use one of {', '.join(wanted)}"))  # fmt: skip
        else:
            yield Problem(path, row, column, f"'{each['input']}': {each['msg'].lower()}", "correct the cell")


def _duplicates(placed: Sequence[Placed[R]]) -> Iterator[Problem]:
    first: dict[str, Placed[R]] = {}
    for each in placed:
        earlier = first.setdefault(each.record.iri, each)
        if earlier is not each:
            yield each.problem("id", f"'{each.record.id}' is already the id of row {earlier.row}", "give it another id")


def suggestion(wrong: str, known: Iterable[str], otherwise: str) -> str:
    """What to do about an unknown name: the nearest known one, or ``otherwise``.

    >>> suggestion("self-compasion", ["compassion", "self-compassion"], "add it first")
    "did you mean 'self-compassion'?"
    """
    near = difflib.get_close_matches(wrong.lower(), list(known), n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else otherwise
