"""What the drop-downs of a workbook offer: the vocabulary, closed lists, and the ids of the workbook's own sheets."""

from __future__ import annotations

from typing import Any

from kg.codebook import TABLES, Column, allowed, examples
from kg.corpus import Corpus
from kg.workbooks.layout import ENTRY_TYPES, LISTS, READ, letter_over

#: Kinds that a drop-down offers from the vocabulary, and those that it offers from the sheets of the workbook itself.
_OF_VOCABULARY = ("construct", "measure", "publication", "therapy")
_OF_SHEETS = {TABLES[sheet].prefix: sheet for sheet in READ if TABLES[sheet].prefix not in (*_OF_VOCABULARY, "dataset")}


class Lists:
    """The lists of one workbook, each a column of its hidden sheet; ``most`` is the last row that has drop-downs."""

    def __init__(self, corpus: Corpus, most: int) -> None:
        self.corpus = corpus
        self.most = most
        self.examples = examples(corpus)
        self._columns: dict[str, list[str]] = {}

    def offer(self, worksheet: Any, column: Column, cells: str) -> None:
        """Give these cells a drop-down, where there is a list for them; only a closed one refuses anything else."""
        from openpyxl.worksheet.datavalidation import DataValidation

        closed = allowed(column, self.corpus.codes)
        place = self._place(column, closed)
        if place is None:
            return
        refuses = bool(closed) and not column.several
        offered = DataValidation(type="list", formula1=place, allow_blank=True, showErrorMessage=refuses)
        offered.errorTitle, offered.error = column.name, "Choose one from the list; the sheet vocabulary explains them."
        offered.add(cells)
        worksheet.add_data_validation(offered)

    def write(self, worksheet: Any) -> None:
        """Fill the hidden sheet."""
        for index, (name, values) in enumerate(self._columns.items(), start=1):
            for number, value in enumerate((name, *values), start=1):
                worksheet.cell(number, index, value).data_type = "s"
        worksheet.sheet_state = "hidden"

    def _place(self, column: Column, closed: list[str]) -> str | None:
        """Where the list for a column stands."""
        if column.refers_to in _OF_SHEETS:
            return f"{_OF_SHEETS[column.refers_to]}!$A$2:$A${self.most}"
        values = closed or self._values(column)
        if not values:
            return None
        name = column.refers_to or f"{column.table} {column.name}"
        self._columns.setdefault(name, values)
        letter = letter_over(list(self._columns).index(name) + 1)
        return f"{LISTS}!${letter}$2:${letter}${len(values) + 1}"

    def _values(self, column: Column) -> list[str]:
        """What the vocabulary offers for a column that takes names from it."""
        if (column.table, column.name) == ("references", "entry_type"):
            return list(ENTRY_TYPES)
        if (column.table, column.name) == ("constructs", "type"):
            return sorted({name for row in self.corpus.constructs for name in row.record.type})
        rows: dict[str, Any] = {
            "construct": self.corpus.constructs,
            "measure": self.corpus.measures,
            "publication": self.corpus.publications,
            "therapy": self.corpus.therapies,
            **{
                kind: [row for row in self.corpus.therapy_parts if row.record.kind == kind]
                for kind in ("goal", "technique", "application")
            },
        }
        return sorted(row.record.id for row in rows.get(column.refers_to or "", ()))
