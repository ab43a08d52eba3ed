"""What a coding workbook looks like: its sheets, and what each is for."""

from __future__ import annotations

from kg.codebook import TABLES, Column, columns
from kg.corpus import AUDIT_TABLES, DATASET_TABLES, TERM_TABLES

#: The sheet that makes a spreadsheet file a coding workbook: what was coded, by whom it was said, and when.
DATASET = "dataset"
REFERENCES = "references"
#: The sheets of a blank workbook, in the order in which a study is coded.
BLANK = (DATASET, REFERENCES, "studies", "samples", "findings", "propositions", "risk_of_bias", *TERM_TABLES)
#: Every sheet that is read. Those that are not blank ones are there where a dataset has such a table.
READ = (*BLANK, *(table for table in (*DATASET_TABLES, *AUDIT_TABLES) if table not in BLANK))
#: Sheets for people, which nobody reads back.
READ_ME, VOCABULARY, CODEBOOK, LISTS = "read me", "vocabulary", "codebook", "lists"
FOR_PEOPLE = (READ_ME, VOCABULARY, CODEBOOK, LISTS)

#: How a publication is called in BibTeX; others may be written as well.
ENTRY_TYPES = ("article", "book", "incollection", "inproceedings", "phdthesis", "misc")


def columns_of(sheet: str) -> list[Column]:
    """The columns of a sheet, in order; of the dataset, its rows."""
    return columns([sheet])


def column_of(sheet: str, name: str) -> Column | None:
    """The column of that name, where the sheet has one."""
    return next((column for column in columns_of(sheet) if column.name == name), None) if sheet in TABLES else None


def letter_over(index: int) -> str:
    """The letter over a column of a sheet, the first being 1."""
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(index))
