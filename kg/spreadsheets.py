"""XLSX sheets to rows of text, safely: no formula is run, no entity expanded, nothing large unpacked."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, NamedTuple

from kg.errors import MissingPart, Problem, ProblemsFound

#: An XLSX file is a ZIP: refuse to unpack more than this many bytes.
UNPACKED_LIMIT = 200_000_000
#: A sheet with one value far out is all empty cells up to there: refuse to go through more than this many.
CELL_LIMIT = 5_000_000


@dataclass
class Sheet:
    """A sheet: its rows as text with their numbers, and what was wrong in single cells."""

    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class Typed(NamedTuple):
    """A cell that holds no text: what the program made of what was typed, which may not be what was meant."""

    kind: Literal["formula", "number", "percentage", "date"]
    text: str


@dataclass
class Book:
    """Some sheets of a file by name, their cells that hold no text by row and index, and the names of all others."""

    sheets: dict[str, Sheet] = field(default_factory=dict)
    typed: dict[str, dict[tuple[int, int], Typed]] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)


def read_sheet(path: Path, shown: str) -> Sheet:
    """The first sheet; ProblemsFound where the file is not one that may be opened."""
    with _opened(path, shown) as worksheets:
        return _read(worksheets[0], shown)


def read_book(path: Path, shown: str, wanted: Container[str]) -> Book:
    """The sheets with a name that is wanted (case does not count); ProblemsFound as for ``read_sheet``."""
    book = Book()
    with _opened(path, shown) as worksheets:
        for worksheet in worksheets:
            name = worksheet.title.strip().casefold()
            if name in wanted and name not in book.sheets:
                typed = book.typed.setdefault(name, {})
                book.sheets[name] = _read(worksheet, name, typed)
            else:
                book.others.append(worksheet.title)
    return book


def _typed(cell: Any) -> Typed | None:
    if _runs(cell):
        return Typed("formula", str(getattr(cell.value, "text", cell.value)))
    if isinstance(cell.value, date | time):
        return Typed("date", _text(cell))
    if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
        return Typed("percentage" if "%" in (cell.number_format or "") else "number", _text(cell))
    return None


@contextmanager
def _opened(path: Path, shown: str) -> Iterator[list[Any]]:
    """The worksheets of a file that may be opened."""
    openpyxl = _openpyxl(shown)
    _refuse_what_is_too_large(path, shown)
    try:
        # Read row by row: the whole sheet at once would make a cell of every place up to the farthest value.
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what it does not read, such as drop-downs as Excel saves them
            yield openpyxl.load_workbook(file, read_only=True, data_only=False).worksheets
    except ProblemsFound:
        raise
    except Exception as error:
        what, do = _why_unreadable(error)
        raise ProblemsFound([Problem(shown, 0, "", what, do)]) from error


def _openpyxl(shown: str) -> Any:
    """The library, with the parser that refuses entities, in whatever encoding and part they are declared."""
    install = "pip install 'compassion-attachment-kg[xlsx]'"
    try:
        import defusedxml  # noqa: F401
        import openpyxl
    except ImportError as error:
        needs = f"reading .xlsx needs openpyxl and defusedxml ({error.name} is not installed)"
        raise MissingPart(f"{shown}: {needs}: {install}, or save the table as .tsv") from error
    if not openpyxl.DEFUSEDXML:
        raise MissingPart(f"{shown}: OPENPYXL_DEFUSEDXML turns safe reading off; unset it, or save the table as .tsv")
    return openpyxl


def _read(worksheet: Any, shown: str, typed: dict[tuple[int, int], Typed] | None = None) -> Sheet:
    """The rows that hold something. What the sheet says of its own size is not believed: cells are counted.

    ``typed`` takes the cells that hold no text.
    """
    worksheet.reset_dimensions()
    sheet = Sheet()
    header: list[str] = []
    cells = 0
    for number, row in enumerate(worksheet.iter_rows(), start=1):
        cells += max(len(row), 1)
        if cells > CELL_LIMIT:
            what = f"the sheet spans more than {CELL_LIMIT:,} cells"
            advice = "delete what stands far below or right of the table, or save the table as .tsv"
            raise ProblemsFound([Problem(shown, 0, "", what, advice)])
        if not row:
            continue
        texts = [_text(cell) for cell in row]
        header = texts if number == 1 else header
        if typed is not None:
            typed |= {(number, index): kind for index, cell in enumerate(row) if (kind := _typed(cell))}
        formulas = [(index, cell) for index, cell in enumerate(row) if _runs(cell)]
        sheet.problems += [_formula(cell, shown, number, index, header) for index, cell in formulas]
        if any(texts):
            sheet.rows.append((number, texts))
    return sheet


def _runs(cell: Any) -> bool:
    return bool(cell.data_type == "f")


def _formula(cell: Any, shown: str, number: int, index: int, header: list[str]) -> Problem:
    name = header[index] if number > 1 and index < len(header) else ""
    what = f"a formula ({getattr(cell.value, 'text', cell.value)})"
    return Problem(shown, number, name or f"column {index + 1}", what, "replace it by its value")


def _why_unreadable(error: Exception) -> tuple[str, str]:
    from defusedxml import DefusedXmlException

    if isinstance(error, DefusedXmlException) or isinstance(error.__cause__, DefusedXmlException):
        return "an .xlsx file that declares XML entities", "save the one sheet as .tsv"
    return f"not a readable .xlsx file ({type(error).__name__})", "save it again as .xlsx or as .tsv"


def _refuse_what_is_too_large(path: Path, shown: str) -> None:
    """Raise ProblemsFound for what is no ZIP or unpacks to too much. No part unpacks to more than it declares."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except IsADirectoryError as error:
        what = "cannot be read (Is a directory)"
        raise ProblemsFound([Problem(shown, 0, "", what, "close it elsewhere, or save it again")]) from error
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise ProblemsFound(
            [Problem(shown, 0, "", "not an .xlsx file", "save it again as .xlsx or as .tsv")]
        ) from error
    if size > UNPACKED_LIMIT:
        what = f"an .xlsx file that unpacks to more than {UNPACKED_LIMIT // 1_000_000:,} MB"
        raise ProblemsFound([Problem(shown, 0, "", what, "save the one sheet as .tsv")])


def _text(cell: Any) -> str:
    value = cell.value
    if value is None or _runs(cell):
        return ""
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):  # 3.0 is a count that Excel made a float of; 1e-05 a small p
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    return str(value).strip()
