"""What the rows of a dataset say in numbers, as far as they were read in one source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from kg.cells import Data, EthnicityShare, PValue
from kg.corpus import Dataset
from kg.passages.numbers import Printed, Wanted, damage, printed_numbers
from kg.passages.rules import spans_explained
from kg.passages.sources import mended
from kg.placed import Placed
from kg.records import Record

#: Columns that tell of the coding, name something or refer to other rows: not what the source prints.
_NOT_FROM_THE_SOURCE = frozenset(
    {"id", "label", "locator", "coder_note", "printed", "title", "licence", "coded_on", "registration", "evidence"}
)
#: Of people a coder counts those that a sentence names, so that the number itself is seldom printed.
_COUNTED_BY_CODERS = frozenset({"people"})
_PERCENTAGES = frozenset({"percent_female", "i_squared"})


@dataclass(frozen=True)
class Coded:
    """A row with its numbers: those of its cells, and the statistic that its coder copied."""

    table: str
    row: int
    record: Record
    wanted: tuple[Wanted, ...]
    copied: tuple[Printed, ...]

    @property
    def place(self) -> str:
        """Where it stands, as a coder would look it up."""
        return f"{self.table.rsplit('/', 1)[-1]}:{self.row}" if self.row else self.table.rsplit("/", 1)[-1]

    @property
    def locator(self) -> str:
        return str(getattr(self.record, "locator", ""))

    @property
    def printed(self) -> str:
        return str(getattr(self.record, "printed", None) or "")

    @cached_property
    def not_as_copied(self) -> list[Wanted]:
        """Value and p where the statistic that its coder copied has another one."""
        copied = {"value": self.copied, "p": [each for each in self.copied if each.unit == "p"]}
        other = (each for each in self.wanted if copied.get(each.column))
        return [each for each in other if all(damage(each, told) is None for told in copied[each.column])]

    @property
    def studies(self) -> frozenset[str]:
        """The studies that it is about."""
        told = getattr(self.record, "studies", ()) or (getattr(self.record, "study", None) or self.record.id,)
        return frozenset(told)

    @property
    def figures(self) -> str:
        """Its numbers, for a person: as copied, then those that only cells hold."""
        beside = [each for each in self.wanted if not any(damage(each, told) is not None for told in self.copied)]
        return "; ".join(([self.printed] if self.copied else []) + [each.told for each in beside])


def coded_rows(dataset: Dataset, publication: str) -> Iterator[Coded]:
    """Every row that was read in the publication, table by table; last what the dataset says of the whole."""
    for row in dataset.rows():
        if getattr(row.record, "reported_in", None) == publication:
            yield coded_row(row)
    if dataset.info.record.source == publication:
        yield coded_row(dataset.info)


def coded_row(row: Placed[Any]) -> Coded:
    """A row with its numbers."""
    printed = getattr(row.record, "printed", None) or ""
    copied = tuple(each for each in printed_numbers(mended(printed)) if not each.in_words)
    return Coded(row.path, row.row, row.record, tuple(_wanted(row.record, copied)), copied)


def _wanted(record: Record, copied: tuple[Printed, ...]) -> Iterator[Wanted]:
    """The numbers of the cells; those of sentences and of what was copied, where no cell holds them."""
    cells = [each for column in _columns(record) for each in _of_cell(column, getattr(record, column))]
    if "*" in str(getattr(record, "printed", None)) and all(each.unit != "p" for each in copied):
        cells = [each for each in cells if each.column != "p"]  # stars tell it, and a legend somewhere below
    yield from cells
    sentences = [(column, getattr(record, column)) for column in _columns(record)]
    told = [_as_wanted(column, each) for column, text in sentences for each in _of_sentence(text)]
    for each in (*told, *(_as_wanted("printed", number) for number in copied)):
        if not any(_same(each, cell) for cell in cells):
            cells.append(each)
            yield each


def _columns(record: Record) -> Iterator[str]:
    left_out = _NOT_FROM_THE_SOURCE | _COUNTED_BY_CODERS
    return (name for name, mark in record.marks().items() if isinstance(mark, Data) and name not in left_out)


def _of_cell(column: str, value: Any) -> Iterator[Wanted]:
    if isinstance(value, PValue):
        yield Wanted(column, value.number, "p", value.operator)
    elif isinstance(value, Decimal | int) and not isinstance(value, bool):
        yield Wanted(column, Decimal(value), "%" if column in _PERCENTAGES else "")
    elif isinstance(value, date):
        yield from (Wanted(column, Decimal(part)) for part in (value.day, value.year))
    elif isinstance(value, tuple) and value and isinstance(value[0], EthnicityShare):
        yield from (Wanted(share.group, share.percent, "%") for share in value)


def _of_sentence(value: Any) -> Iterator[Printed]:
    """The numbers of a coder's sentence but those of citations and the like."""
    for text in value if isinstance(value, tuple) else (value,):
        if type(text) is str and re.search(r"\d", text):
            explained = spans_explained(text)
            for each in printed_numbers(text):
                if not each.in_words and not any(start <= each.start < end for start, end, _ in explained):
                    yield each


def _as_wanted(column: str, number: Printed) -> Wanted:
    value = -number.value if number.negative else number.value
    return Wanted(column, value, number.unit, number.operator[-1:] if number.unit == "p" else "")


def _same(told: Wanted, cell: Wanted) -> bool:
    """Whether a number of a sentence, or one that was copied, is that of a cell, damaged or not."""
    number = Printed(0, 0, f"{abs(told.value):f}", told.value < 0, "", told.unit)
    return damage(cell, number) is not None
