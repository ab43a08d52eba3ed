"""Numbers of a source that a dataset says are coded nowhere, found again."""

from __future__ import annotations

from collections.abc import Iterator

from kg.passages.numbers import Printed, printed_numbers
from kg.passages.sources import mended
from kg.records.uncoded import Uncoded


def runs_of(row: Uncoded, numbers: list[tuple[int, Printed]]) -> Iterator[list[int]]:
    """Where the numbers of a row follow each other among ``numbers`` (index and number), damaged alike or not."""
    wanted = [each for each in printed_numbers(mended(row.figures)) if not each.in_words]
    for first in range(len(numbers) - len(wanted) + 1):
        run = numbers[first : first + len(wanted)]
        if all(_alike(each, number) for each, (_, number) in zip(wanted, run, strict=True)):
            yield [index for index, _ in run]


def _alike(told: Printed, number: Printed) -> bool:
    """Whether these are the same digits, whatever a scan made of point and sign."""
    return told.unit == number.unit and told.root == number.root
