"""A dataset, or a blank one, as a coding workbook: drop-downs, notes, and cells that stay as they were typed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from kg.codebook import Column, how
from kg.corpus import Corpus, Dataset
from kg.errors import MissingPart, Problem, ProblemsFound
from kg.formulas import FORMULA_STARTS
from kg.placed import Placed
from kg.workbooks.help_sheets import add_help
from kg.workbooks.layout import BLANK, DATASET, LISTS, READ, REFERENCES, columns_of, letter_over
from kg.workbooks.lists import Lists

#: What no cell of a spreadsheet can hold.
LONGEST = 32_767
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
#: Rows with drop-downs below the last that is filled.
_SPARE_ROWS = 1_000
_Rows = Sequence[Placed[Any]]


def workbook(corpus: Corpus, dataset: Dataset | None = None) -> bytes:
    """A workbook over the vocabulary of ``corpus``: blank, or with the rows of ``dataset``.

    ProblemsFound where a cell holds what no spreadsheet can.
    """
    openpyxl = _openpyxl()
    rows = {} if dataset is None else _rows_of(dataset, corpus)
    written = [*chain.from_iterable(rows.values()), *([dataset.info] if dataset else ())]
    if problems := [problem for row in written for problem in _unwritable(row)]:
        raise ProblemsFound(problems)
    book = openpyxl.Workbook()
    book.remove(book.active)
    lists = Lists(corpus, most=max([0, *map(len, rows.values())]) + _SPARE_ROWS)
    sheets = [sheet for sheet in READ if sheet in BLANK or rows.get(sheet)]
    for sheet in sheets:
        worksheet = book.create_sheet(sheet)
        if sheet == DATASET:
            _fill_dataset(worksheet, lists, dataset)
        else:
            _fill_table(worksheet, sheet, lists, rows.get(sheet, ()))
    add_help(book, sheets, corpus)
    lists.write(book.create_sheet(LISTS))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _openpyxl() -> Any:
    try:
        import openpyxl
    except ImportError as error:
        install = "pip install 'compassion-attachment-kg[xlsx]'"
        raise MissingPart(f"writing a workbook needs openpyxl, which is not installed: {install}") from error
    return openpyxl


def _rows_of(dataset: Dataset, corpus: Corpus) -> dict[str, _Rows]:
    """The rows of each table; of the references those that the folder of the dataset brings."""
    bib = Path(dataset.info.path).with_name("references.bib")
    tables: dict[str, _Rows] = {sheet: getattr(dataset, sheet) for sheet in READ if hasattr(dataset, sheet)}
    return {**tables, REFERENCES: [row for row in corpus.publications if Path(row.path) == bib]}


def _unwritable(row: Placed[Any]) -> Iterator[Problem]:
    for column, cell in row.record.cells().items():
        if found := _UNWRITABLE.search(cell):
            yield row.problem(column, f"an invisible character (U+{ord(found[0]):04X})", "remove it")
        if len(cell) > LONGEST:
            yield row.problem(column, f"longer than the {LONGEST:,} letters that a spreadsheet takes", "shorten it")


# --- sheets ----------------------------------------------------------------------------------


def _fill_table(worksheet: Any, sheet: str, lists: Lists, rows: _Rows) -> None:
    """A header with notes, a drop-down below each heading that has a list, and the rows."""
    columns = columns_of(sheet)
    shown = lists.examples.get(sheet, {})
    for index, column in enumerate(columns, start=1):
        letter = letter_over(index)
        _head(worksheet.cell(1, index), column, lists.corpus, shown.get(column.name, ""))
        worksheet.column_dimensions[letter].width = _width(column)
        worksheet.column_dimensions[letter].number_format = "@"
        lists.offer(worksheet, column, f"{letter}2:{letter}{lists.most}")
    for number, row in enumerate(rows, start=2):
        cells = row.record.cells()
        for index, column in enumerate(columns, start=1):
            _put(worksheet.cell(number, index), cells[column.name])
    worksheet.freeze_panes = "B2"
    worksheet.auto_filter.ref = f"A1:{letter_over(len(columns))}1"


def _fill_dataset(worksheet: Any, lists: Lists, dataset: Dataset | None) -> None:
    """One row a key: its name, its value, and what it is."""
    cells: Mapping[str, str] = {} if dataset is None else dataset.info.record.cells()
    shown = lists.examples.get(DATASET, {})
    for index, (name, width) in enumerate((("key", 24), ("value", 60), ("what to write", 90)), start=1):
        _style_head(worksheet.cell(1, index, name), required=False)
        worksheet.column_dimensions[letter_over(index)].width = width
    worksheet.column_dimensions["B"].number_format = "@"
    for number, column in enumerate(columns_of(DATASET), start=2):
        _head(worksheet.cell(number, 1), column, lists.corpus, shown.get(column.name, ""))
        _put(worksheet.cell(number, 2), cells.get(column.name, ""))
        worksheet.cell(number, 3, column.meaning)
        lists.offer(worksheet, column, f"B{number}")
    worksheet.freeze_panes = "B2"


def _put(cell: Any, text: str) -> None:
    """Text that stays as it is: no formula, no number, no date is made of it."""
    if text:
        cell.value = text
        cell.data_type = "s"
        cell.quotePrefix = text.startswith(FORMULA_STARTS)
    cell.number_format = "@"


def _head(cell: Any, column: Column, corpus: Corpus, example: str) -> None:
    """A heading, with what the codebook says of it as a note."""
    from openpyxl.comments import Comment

    cell.value = column.name
    _style_head(cell, column.required)
    must = "Must be filled." if column.required else "Stays empty where the source does not say."
    told = [column.meaning, must, f"Write: {how(column, corpus)}.", *([f"Example: {example}"] if example else ())]
    note = Comment("\n".join(told), "codebook")
    note.width, note.height = 380, 24 + 17 * sum(1 + len(line) // 55 for line in told)
    cell.comment = note


def _style_head(cell: Any, required: bool) -> None:
    from openpyxl.styles import Font, PatternFill

    cell.font = Font(bold=required, color="FFFFFF" if required else "1F3A5F")
    cell.fill = PatternFill("solid", fgColor="1F3A5F" if required else "DCE6F2")


def _width(column: Column) -> int:
    """Wide enough for the heading and its arrow, and for what is written there."""
    wanted = 40 if column.form.startswith("text") else 12 if column.form.startswith(("a number", "a whole")) else 26
    return max(wanted, len(column.name) + 5)
