"""A dataset held against the text that it was read in: what stands where, what is not there, what is coded nowhere."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from kg.corpus import Dataset
from kg.passages.coded import Coded, coded_rows
from kg.passages.locating import Passage, Searched, headings_of, locate
from kg.passages.numbers import Printed, Wanted
from kg.passages.rules import OF_NO_ROW
from kg.passages.sources import LONGEST, Source
from kg.passages.uncoded import runs_of
from kg.placed import Placed
from kg.records import Uncoded
from kg.store import Rows, Value

COLUMNS = ("outcome", "row", "id", "figures", "how", "line", "passage")
#: What may come out, the gravest first, and what it means.
OUTCOMES = {
    "missed": "a row is coded with a number that the source does not print there",
    "coded nowhere": "the source prints it, no row holds it, and nothing says why",
    "explains nothing": "a row of the table uncoded explains numbers that are not there, or are coded by now",
    "explained": "the source prints it, no row holds it, and the table uncoded says why",
    "explained by what it is": "the year of a citation, a list of references and the like",
    "located": "the row and its passage",
}
#: Numbers that are coded nowhere are told together where so few characters lie between them, and so many in all.
_BESIDE, _TOGETHER = 30, 80
_END_OF_SENTENCE = re.compile(r"[.!?]\s")
_LABEL = re.compile(r"(?:[^\W\d_]{1,12}[²2]?\s*(?:\([\d., ]+\))?\s*|\()$")


@dataclass(frozen=True)
class Line:
    """One thing that came out: of a row, of a passage, or of both."""

    outcome: str
    row: str
    id: str
    figures: str
    how: str
    line: int | None
    passage: str

    @property
    def values(self) -> tuple[Value, ...]:
        place = self.row or None, self.id or None
        return self.outcome, *place, self.figures, self.how or None, self.line, self.passage or None


@dataclass(frozen=True)
class Audit:
    """All that came out, the gravest first, and how many rows of which table hold no number."""

    lines: tuple[Line, ...]
    without_numbers: Mapping[str, int]

    @cached_property
    def unexplained(self) -> int:
        """How many lines want somebody to look."""
        return sum(line.outcome in list(OUTCOMES)[:3] for line in self.lines)

    @property
    def is_hardly_the_source(self) -> bool:
        """Whether more rows are missed than found, as in the text of something else."""
        outcomes = [line.outcome for line in self.lines]
        return outcomes.count("missed") > outcomes.count("located")

    @property
    def rows(self) -> Rows:
        return Rows(COLUMNS, tuple(line.values for line in self.lines))


def audit(source: Source, dataset: Dataset, publication: str) -> Audit:
    """Hold the rows of ``dataset`` that were read in ``publication`` against the text of it."""
    coded = list(coded_rows(dataset, publication))
    uncoded = [row for row in dataset.uncoded if row.record.reported_in == publication]
    return _Ledger(source, dataset, coded, uncoded).result()


@dataclass
class _Ledger:
    """The numbers of a source that are still open: rows claim theirs first, then rules and the table explain some."""

    source: Source
    dataset: Dataset
    coded: list[Coded]
    uncoded: Sequence[Placed[Uncoded]]

    def __post_init__(self) -> None:
        studies = [row.record for row in self.dataset.studies]
        closed = {
            index for *span, reason in self.source.explained if reason in OF_NO_ROW for index in self._inside(*span)
        }
        self.searched = Searched(self.source, studies, headings_of(self.coded), closed)
        self.open = {index for index, each in enumerate(self.source.numbers) if not each.in_words}

    def result(self) -> Audit:
        lines = [*self._of_rows(), *self._by_rule(), *self._by_table(), *self._nowhere()]
        order = list(OUTCOMES)
        told = sorted(lines, key=lambda line: order.index(line.outcome))
        return Audit(tuple(told), Counter(each.record.table for each in self.coded if not each.wanted))

    @cached_property
    def _ends(self) -> list[int]:
        return [each.end for each in self.source.numbers]

    # --- rows ---------------------------------------------------------------------------------

    def _of_rows(self) -> Iterator[Line]:
        for each in self.coded:
            if each.wanted:
                passage = locate(self.searched, each)
                self.open.difference_update(passage.claimed if passage else ())
                if passage is None or passage.missing:
                    yield self._missed(each, passage)
                else:
                    yield self._line("located", each, self._how(each, passage), passage)

    def _how(self, coded: Coded, passage: Passage) -> str:
        """By what a passage was found, what print lost of it, and whether it is where the row says."""
        found = "as copied" if passage.as_copied else "by its numbers"
        elsewhere = ["not in the section that its locator names"] if self.searched.is_elsewhere(passage, coded) else []
        return ", ".join([found, *passage.lost, *elsewhere])

    def _missed(self, coded: Coded, passage: Passage | None) -> Line:
        if wrong := coded.not_as_copied:
            how = f"not in what was copied: {_listed(wrong)}; correct the cell or the copy from the source"
        elif passage is None:
            how = "none of its numbers is printed; correct the row, or give the text that it was read in"
        else:
            how = f"not printed beside the rest: {_listed(passage.missing)}; correct it from the source"
        return self._line("missed", coded, how, passage)

    # --- numbers that no row claims -----------------------------------------------------------

    def _by_rule(self) -> Iterator[Line]:
        for start, end, reason in self.source.explained:
            inside = [index for index in self._inside(start, end) if index in self.open]
            self.open.difference_update(inside)
            for index in inside:
                yield self._loose("explained by what it is", [index], reason)

    def _by_table(self) -> Iterator[Line]:
        for row in self.uncoded:
            told = 0
            for run in runs_of(row.record, [(index, self.source.numbers[index]) for index in sorted(self.open)]):
                if told < row.record.times and self.open.issuperset(run):
                    told += 1
                    self.open.difference_update(run)
                    yield self._loose("explained", run, row.record.reason, row)
            if told < row.record.times:
                how = f"stands {told} times in what is coded nowhere, not {row.record.times}; mend or remove the row"
                yield Line("explains nothing", _place(row), row.record.id, row.record.figures, how, None, "")

    def _nowhere(self) -> Iterator[Line]:
        for run in self._together(sorted(self.open)):
            yield self._loose("coded nowhere", run, "")

    def _together(self, indices: list[int]) -> Iterator[list[int]]:
        """Numbers that stand side by side, with no other between them."""
        numbers, run = self.source.numbers, indices[:1]
        for earlier, later in pairwise(indices):
            between = self.source.text[numbers[earlier].end : numbers[later].start]
            beside = later == earlier + 1 and len(between) <= _BESIDE and not _END_OF_SENTENCE.search(between)
            if beside and numbers[later].end - numbers[run[0]].start <= _TOGETHER:
                run.append(later)
            else:
                yield run
                run = [later]
        if run:
            yield run

    def _inside(self, start: int, end: int) -> range:
        """The numbers that end between two places."""
        return range(bisect_right(self._ends, start), bisect_right(self._ends, end))

    # --- how it is told -----------------------------------------------------------------------

    def _line(self, outcome: str, coded: Coded, how: str, passage: Passage | None) -> Line:
        line, words = self._shown(passage.numbers, passage.at) if passage else (None, "")
        return Line(outcome, coded.place, coded.record.id, coded.figures, how, line, words)

    def _loose(self, outcome: str, indices: list[int], reason: str, row: Placed[Uncoded] | None = None) -> Line:
        numbers = [self.source.numbers[index] for index in indices]
        line, passage = self._shown(indices, indices[0])
        place, name = (_place(row), row.record.id) if row else ("", "")
        return Line(outcome, place, name, self._figures(numbers), reason, line, passage)

    def _shown(self, indices: Sequence[int], at: int) -> tuple[int, str]:
        """The line of one of the numbers, and the words of the passage; of a long one those around that number."""
        first, own, last = (self.source.numbers[index] for index in (indices[0], at, indices[-1]))
        long = last.end - first.start > LONGEST
        words = self.source.excerpt(*((own.start, own.end) if long else (first.start, last.end)))
        return self.source.line(own.start), words

    def _figures(self, numbers: list[Printed]) -> str:
        """The numbers as they stand there, with the label of the first."""
        start = numbers[0].start
        if numbers[0].operator and (label := _LABEL.search(self.source.text[max(start - 20, 0) : start])):
            start -= len(label[0])
        start -= self.source.text[:start].endswith("[")
        told = " ".join(self.source.text[start : numbers[-1].end].split()).lstrip("(")
        return f"{told})" if told.count("(") > told.count(")") else told


def _listed(wanted: Sequence[Wanted]) -> str:
    return ", ".join(each.told for each in wanted)


def _place(row: Placed[Uncoded]) -> str:
    return f"{row.path.rsplit('/', 1)[-1]}:{row.row}"
