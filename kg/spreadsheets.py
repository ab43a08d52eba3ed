"""XLSX sheets to rows of text, safely: no formula is run, no entity expanded, nothing large unpacked."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from kg.errors import MissingPart, Problem, ProblemsFound

#: An XLSX file is a ZIP: refuse to unpack more than this many bytes.
UNPACKED_LIMIT = 200_000_000


@dataclass
class Sheet:
    """The first sheet of a file: its rows as text with their numbers, and what was wrong in single cells."""

    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_sheet(path: Path, shown: str) -> Sheet:
    """The first sheet; ProblemsFound where the file is not one that may be opened."""
    try:
        import openpyxl
    except ImportError as error:
        install = "pip install 'compassion-attachment-kg[xlsx]'"
        raise MissingPart(f"{shown}: reading .xlsx needs openpyxl: {install}, or save the table as .tsv") from error
    _refuse_what_is_unsafe(path, shown)
    try:
        cells = list(openpyxl.load_workbook(path, data_only=False).worksheets[0].iter_rows())
    except Exception as error:
        what = f"not a readable .xlsx file ({type(error).__name__})"
        raise ProblemsFound([Problem(shown, 0, "", what, "save it again as .xlsx or as .tsv")]) from error
    sheet = Sheet()
    header = [_text(cell) for cell in cells[0]] if cells else []
    for number, row in enumerate(cells, start=1):
        for index, cell in enumerate(row):
            if cell.data_type == "f":
                column = header[index] if number > 1 and header[index] else f"column {index + 1}"
                what = f"a formula ({getattr(cell.value, 'text', cell.value)})"
                sheet.problems.append(Problem(shown, number, column, what, "replace it by its value"))
        sheet.rows.append((number, [_text(cell) for cell in row]))
    return sheet


def _refuse_what_is_unsafe(path: Path, shown: str) -> None:
    """Raise ProblemsFound for what is no ZIP, unpacks to too much, or declares XML entities."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            size = sum(part.file_size for part in parts)
            entities = any(b"<!DOCTYPE" in archive.open(part).read(4096) for part in parts if _is_xml(part.filename))
    except IsADirectoryError as error:
        what = "cannot be read (Is a directory)"
        raise ProblemsFound([Problem(shown, 0, "", what, "close it elsewhere, or save it again")]) from error
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise ProblemsFound(
            [Problem(shown, 0, "", "not an .xlsx file", "save it again as .xlsx or as .tsv")]
        ) from error
    if size > UNPACKED_LIMIT or entities:
        what = "unpacks to more than 200 MB" if size > UNPACKED_LIMIT else "declares XML entities"
        raise ProblemsFound([Problem(shown, 0, "", f"an .xlsx file that {what}", "save the one sheet as .tsv")])


def _is_xml(name: str) -> bool:
    return name.endswith((".xml", ".rels"))


def _text(cell: Any) -> str:
    value = cell.value
    if value is None or cell.data_type == "f":
        return ""
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):  # 3.0 is a count that Excel made a float of; 1e-05 a small p
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    return str(value).strip()
