"""A filled workbook as the files of a dataset folder, and where in it each row and column of these files stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.bibliography import as_bibtex, entry_of
from kg.errors import Problem, ProblemsFound
from kg.names import SLUG
from kg.placed import suggestion
from kg.records import DatasetInfo, Publication
from kg.spreadsheets import Sheet, Typed, read_book
from kg.tables import as_tsv
from kg.workbooks.layout import DATASET, ENTRY_TYPES, FOR_PEOPLE, READ, REFERENCES, column_of, columns_of, letter_over

#: Row and column of a file of the folder -> row and column letter of its sheet; no letter where the sheet lacks it.
Place = Callable[[int, str], tuple[int, str]]
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
#: What BibTeX takes for no publication.
_RESERVED = frozenset({"comment", "preamble", "string"})
#: Values of the dataset that are no text in its file.
_BARE = re.compile(r"\d{4}-\d\d-\d\d|[1-9]\d*")


@dataclass
class Workbook:
    """A workbook as read: the files of the folder that it stands for, by name, and where they come from.

    ``problems`` are what is wrong with the workbook itself; what is wrong in its rows, reading the files finds out.
    """

    path: str
    id: str = ""
    files: dict[str, str] = field(default_factory=dict)
    sheets: dict[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, name: str, sheet: str, text: str, place: Place) -> None:
        """Take a file that a sheet stands for; a sheet without rows is no file."""
        self.sheets[name], self.places[name] = sheet, place
        if text:
            self.files[name] = text

    def problem(self, sheet: str, row: int, letter: str, column: str, what: str, do: str) -> Problem:
        """A problem of a cell, of a row, or of a whole sheet."""
        cell = f"{letter}{row}" if letter else f"row {row}" if row else ""
        named = f" ({column})" if column else ""
        place = ", ".join(part for part in (self.path, sheet, cell) if part) + named
        in_order = letter.rjust(3)  # problems are sorted: AA stands behind Z
        return Problem(", ".join(filter(None, (self.path, sheet))), row, in_order, what, do, place)


def is_workbook(path: Path) -> bool:
    """Whether this is a file of the shape that ``kg template`` makes: an .xlsx with a sheet for the dataset."""
    if path.suffix.lower() != ".xlsx" or path.is_dir():
        return False
    try:
        return DATASET in read_book(path, path.name, {DATASET}).sheets
    except ProblemsFound:  # whoever reads it says so
        return False


def is_meant_as_workbook(path: Path) -> bool:
    """Whether it is one, or what is left of one: an .xlsx that is no table of a dataset folder."""
    alone = path.suffix.lower() == ".xlsx" and not path.is_dir() and not (path.parent / "dataset.toml").exists()
    return alone or is_workbook(path)


def read_workbook(path: Path) -> Workbook:
    """The workbook at ``path``; ProblemsFound where it is no file that may be opened."""
    book = read_book(path, str(path), set(READ))
    read = Workbook(str(path))
    if DATASET not in book.sheets:
        advice = "bring it back, or start from a new one: kg template -o NEW.xlsx"
        raise ProblemsFound([read.problem("", 0, "", "", "no sheet is named dataset", advice)])
    for name in book.others:
        if name.strip().casefold() not in FOR_PEOPLE:
            advice = suggestion(name, READ, "delete it, or move it to a file of its own")
            read.problems.append(read.problem(f"sheet '{name}'", 0, "", "", "a sheet that nobody reads", advice))
    for name, sheet in book.sheets.items():
        if sheet.rows and sheet.rows[0][0] != 1:
            what = "the first row is empty"
            read.problems.append(read.problem(name, 1, "", "", what, "put the headings back into row 1"))
        read.problems += _retyped(read, name, sheet, book.typed[name])
    _read_dataset(read, book.sheets.get(DATASET, Sheet()))
    _read_references(read, book.sheets.get(REFERENCES, Sheet()))
    for name in READ:
        if name not in (DATASET, REFERENCES):
            _read_table(read, name, book.sheets.get(name, Sheet()))
    return read


# --- cells that are not what was typed -------------------------------------------------------


def _retyped(read: Workbook, name: str, sheet: Sheet, typed: Mapping[tuple[int, int], Typed]) -> Iterator[Problem]:
    """Cells of which the spreadsheet program made something that was not typed."""
    header = _header(sheet)
    keys = {number: cells[0] for number, cells in sheet.rows}
    for (row, index), each in typed.items():
        if name == DATASET:
            column = keys.get(row, "") if index == 1 else ""
        else:
            column = header[index] if row > 1 and index < len(header) else ""
        if wrong := _mistaken(name, column, each):
            yield read.problem(name, row, letter_over(index + 1), column, *wrong)


def _mistaken(sheet: str, name: str, typed: Typed) -> tuple[str, str] | None:
    """What is wrong, and what to do, where a formula, a number or a date cannot be what was meant."""
    again = "format the cell as text and type it again"
    if typed.kind == "formula":
        return f"a formula ({typed.text})", "replace it by its value"
    column = column_of(sheet, name)
    if column is None or (typed.kind == "date" and column.form.startswith("a date")):
        return None
    if typed.kind == "date":
        return f"the spreadsheet made a date of it ({typed.text})", again
    if typed.kind == "percentage":
        return f"shown in per cent, but held as {typed.text}", f"{again}, without the sign %"
    if name == "printed":
        return f"held as the number {typed.text}, so that how it was printed is lost (.30 or 0.3?)", again
    return None


# --- sheets to files -------------------------------------------------------------------------


def _read_table(read: Workbook, name: str, sheet: Sheet) -> None:
    header, numbers = _header(sheet), [number for number, _ in sheet.rows]
    letters = _letters(header)

    def place(row: int, column: str) -> tuple[int, str]:
        nameless = re.fullmatch(r"column (\d+)", column)
        letter = letter_over(int(nameless[1])) if nameless else letters.get(column, "")
        return (numbers[row - 1] if 0 < row <= len(numbers) else row), letter

    rows = [[*cells, *[""] * (len(header) - len(cells))] for _, cells in sheet.rows]
    read.add(f"{name}.tsv", name, as_tsv(rows[0], rows[1:]) if rows else "", place)


def _read_dataset(read: Workbook, sheet: Sheet) -> None:
    """``dataset.toml`` from a sheet with a key and its value in each row."""
    import json

    values: dict[str, str] = {}
    rows = {"": 0}
    for number, (key, value) in ((number, (*cells, "", "")[:2]) for number, cells in sheet.rows if number > 1):
        if key not in DatasetInfo.model_fields:
            what = f"'{key}' is no key of a dataset" if key else "a row without its key"
            advice = suggestion(key, DatasetInfo.model_fields, "delete the row")
            read.problems.append(read.problem(DATASET, number, "A", "", what, advice))
        elif key in rows:
            read.problems.append(read.problem(DATASET, number, "A", key, "the key stands there twice", "keep one row"))
        elif _CONTROL.search(value):
            rows[key] = number
            what = "a control character, which nobody sees, is in the text"
            read.problems.append(read.problem(DATASET, number, "B", key, what, "type the value again"))
        else:
            rows[key] = number
            values |= {key: value} if value else {}
    read.id = values.get("id", "")
    bare = {column.name for column in columns_of(DATASET) if not column.refers_to and column.form.startswith("a ")}
    lines = [
        f"{key} = {value if key in bare and _BARE.fullmatch(value) else json.dumps(value, ensure_ascii=False)}\n"
        for key, value in values.items()
    ]
    text = "".join(lines) or "\n"
    read.add("dataset.toml", DATASET, text, lambda _, key: (rows.get(key, 0), "B" if rows.get(key) else ""))


def _read_references(read: Workbook, sheet: Sheet) -> None:
    """``references.bib`` from a sheet with a publication in each row."""
    header = _header(sheet)
    letters = _letters(header)
    known = [column.name for column in columns_of(REFERENCES)]
    for index, column in enumerate(header):
        if column not in known or column in header[:index]:
            what = "the column stands there twice" if column in known else "an unknown column"
            advice = "delete one of the two" if column in known else suggestion(column, known, "delete it")
            read.problems.append(read.problem(REFERENCES, 1, letter_over(index + 1), column, what, advice))
    entries: dict[str, tuple[str, Mapping[str, str]]] = {}
    line, rows = 1, {0: 0}
    for number, cells in sheet.rows[1:]:
        told = {name: cell for name, cell in zip(header, cells, strict=False) if cell and name in known}
        if wrong := list(_wrong_reference(told, entries)):
            read.problems += [
                read.problem(REFERENCES, number, letters.get(column, ""), column, *why) for column, *why in wrong
            ]
            continue
        entry = _entry(told)
        entries[told["id"]] = entry
        rows[line] = number
        line += len(entry[1]) + 3  # its first line, its fields, its last line, and an empty one

    def place(row: int, column: str) -> tuple[int, str]:
        return rows.get(row, 0), letters.get(column, "")

    read.add("references.bib", REFERENCES, as_bibtex(entries), place)


def _wrong_reference(told: Mapping[str, str], taken: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    """Column, what is wrong and what to do, of a publication that cannot be an entry."""
    key, kind = told.get("id", ""), told.get("entry_type", "")
    if not SLUG.fullmatch(key):
        what = f"'{key}' is not a citation key" if key else "the cell is empty, and every publication needs it"
        yield "id", what, "write first author and year in lower-case letters and digits, such as gilbert2020"
    if key in taken:
        yield "id", f"'{key}' is already the key of another row", "give it another key, or delete one of the two"
    if not re.fullmatch(r"[a-z]+", kind) or kind in _RESERVED:
        what = f"'{kind}' is no type of publication" if kind else "the cell is empty, and every publication needs it"
        yield "entry_type", what, f"use one of {', '.join(ENTRY_TYPES)}"


def _entry(told: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    authors = tuple(name.strip() for name in told.get("authors", "").split(";") if name.strip())
    return entry_of(Publication.model_validate({**told, "authors": authors, "label": told["id"]}))


def _header(sheet: Sheet) -> list[str]:
    return [name.strip() for name in sheet.rows[0][1]] if sheet.rows else []


def _letters(header: list[str]) -> dict[str, str]:
    return {column: letter_over(index + 1) for index, column in enumerate(header)}
