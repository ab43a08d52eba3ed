"""The sheets of a workbook that explain it: how to use it, the vocabulary, the codebook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kg.codebook import columns, examples, how
from kg.corpus import Corpus
from kg.resources import software_version
from kg.workbooks.layout import CODEBOOK, READ_ME, VOCABULARY

_HOW = (
    "Coding a source for the knowledge graph of compassion and attachment",
    "",
    "1. Fill in the sheets from left to right: dataset, references (if the list lacks it), studies, samples, findings.",
    "    The others are for what else there is: claims of theory (propositions), risk of bias, new terms.",
    "2. Below a dark heading every row is filled. Below a light one a cell stays empty where the source does not say.",
    "3. Point at a heading to read what belongs below it. The sheet codebook has the same, with one study as example.",
    "4. Click a cell: where there is a list, an arrow opens it. What its words mean stands in the sheet vocabulary.",
    "5. Several things in one cell are separated by semicolons, such as scs; ecr-r.",
    "6. Cells are text, so that .30 stays .30 and no date is made of 1-2. When you paste, paste values only.",
    "7. A null result is a finding. Statements are in your own words; only 'printed' is copied, exactly as it stands.",
    "",
    "Then run:  kg check FILE.xlsx      It names every problem by sheet and cell, and says what to do.",
)


def add_help(book: Any, sheets: Sequence[str], corpus: Corpus) -> None:
    """Put how to use it before the sheets to fill in, and vocabulary and codebook behind them."""
    _write(book.create_sheet(READ_ME, 0), [[line] for line in (*_HOW, "", f"kg {software_version()}")], (130,))
    _write(book.create_sheet(VOCABULARY), list(_vocabulary(corpus)), (16, 34, 46, 50, 100))
    _write(book.create_sheet(CODEBOOK), list(_codebook(sheets, corpus)), (16, 20, 10, 80, 60, 60))
    for name in (VOCABULARY, CODEBOOK):
        book[name].freeze_panes = "A2"
        book[name].auto_filter.ref = book[name].dimensions


def _write(worksheet: Any, rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    for number, row in enumerate(rows, start=1):
        for index, text in enumerate(row, start=1):
            cell = worksheet.cell(number, index, text)
            cell.data_type = "s"
            cell.font = Font(bold=number == 1)
    for index, width in enumerate(widths, start=1):
        worksheet.column_dimensions[get_column_letter(index)].width = width


def _vocabulary(corpus: Corpus) -> Iterator[list[str]]:
    yield ["list", "id", "name", "also called", "what it is"]
    for construct in (row.record for row in corpus.constructs):
        yield ["construct", construct.id, construct.label, "; ".join(construct.alt_labels), construct.definition]
    for measure in (row.record for row in corpus.measures):
        called = "; ".join(filter(None, (measure.acronym, *measure.alt_labels)))
        yield ["measure", measure.id, measure.label, called, measure.definition]
    for code in (row.record for row in corpus.codes):
        yield [code.kind, code.id, code.label, "", code.definition]
    for cited in (row.record for row in corpus.publications):
        yield ["publication", cited.id, cited.label, "", cited.title or ""]


def _codebook(sheets: Sequence[str], corpus: Corpus) -> Iterator[list[str]]:
    shown = examples(corpus)
    yield ["sheet", "column", "required", "what to write", "how", "example"]
    for column in columns(sheets):
        example = shown.get(column.table, {}).get(column.name, "")
        required = "yes" if column.required else ""
        yield [column.table, column.name, required, column.meaning, how(column, corpus), example]
