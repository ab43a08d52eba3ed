"""The table ``uncoded`` of a dataset: numbers of its source that are coded nowhere, and why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kg.cells import Count
from kg.corpus import UNCODED
from kg.errors import ProblemsFound
from kg.passages.numbers import Printed, printed_numbers
from kg.passages.sources import mended
from kg.placed import Placed
from kg.records import Contradiction, Record
from kg.tables import find_tables, read_records


class Uncoded(Record):
    """Numbers as the source prints them, so many times, and why no row holds them."""

    prefix = ""
    table = UNCODED

    figures: str
    times: Count = 1
    reason: str

    @property
    def iri(self) -> str:
        """It is no individual of the graph: its id has to do."""
        return self.id

    @property
    def numbers(self) -> tuple[Printed, ...]:
        return tuple(each for each in printed_numbers(mended(self.figures)) if not each.in_words)

    def contradictions(self) -> Iterator[Contradiction]:
        if not self.numbers:
            yield Contradiction(
                "figures", f"'{self.figures}' holds no number", "copy the numbers as the audit shows them"
            )


def read_uncoded(folder: Path, shown: str) -> list[Placed[Uncoded]]:
    """The rows of the table, none where a dataset has no such table; ProblemsFound where they are wrong."""
    paths = find_tables(folder, UNCODED)
    if not paths:
        return []
    reading = read_records(paths[0], f"{shown}/{paths[0].name}", Uncoded)
    if reading.problems:
        raise ProblemsFound(reading.problems)
    return reading.records


def runs_of(row: Uncoded, numbers: list[tuple[int, Printed]]) -> Iterator[list[int]]:
    """Where the numbers of a row follow each other among ``numbers`` (index and number), damaged alike or not."""
    wanted = row.numbers
    for first in range(len(numbers) - len(wanted) + 1):
        run = numbers[first : first + len(wanted)]
        if all(_alike(each, number) for each, (_, number) in zip(wanted, run, strict=True)):
            yield [index for index, _ in run]


def _alike(told: Printed, number: Printed) -> bool:
    """Whether these are the same digits, whatever a scan made of point and sign."""
    return told.unit == number.unit and _digits(told) == _digits(number)


def _digits(number: Printed) -> str:
    return number.digits.replace(".", "").lstrip("0")
