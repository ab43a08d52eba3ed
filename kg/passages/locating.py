"""Where in a source the numbers of a coded row stand.

A copied statistic is looked for as it was copied; else the numbers of the cells are, in any order, near each other. Of
several places the one that tells most is taken, then that of the section and of the study that the row names, then the
least damaged, then one that no other row has.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, pairwise, takewhile

from kg.passages.coded import Coded
from kg.passages.numbers import Printed, Wanted, damage, is_copy
from kg.passages.sources import Source
from kg.records import Study

#: The numbers of one row stand at most so many characters from each other.
WINDOW = 500
#: The numbers of one statistic follow each other within so many characters.
_BESIDE = 60


@dataclass(frozen=True)
class Passage:
    """Numbers of a source that are those of a row, ``at`` its value, or else the first of its cells.

    ``lost`` is what print lost of them; ``missing`` are those of the row that are not there.
    """

    numbers: tuple[int, ...]
    at: int
    lost: tuple[str, ...]
    missing: tuple[Wanted, ...]
    as_copied: bool

    @property
    def claimed(self) -> tuple[int, ...]:
        """The numbers that are the row's: of a passage where less is there than not, none is for certain."""
        return self.numbers if len(self.numbers) > len(self.missing) else ()


@dataclass
class Searched:
    """A source, with what helps to tell its places apart: studies that it names, sections, what is taken already.

    Numbers that are ``closed``, such as those of a list of references, are of no row.
    """

    source: Source
    studies: Collection[Study] = ()
    headings: Collection[str] = ()
    closed: Collection[int] = ()

    def __post_init__(self) -> None:
        self.taken: set[int] = set()

    @cached_property
    def _starts(self) -> list[int]:
        return [each.start for each in self.source.numbers]

    @cached_property
    def _named(self) -> list[tuple[int, str]]:
        """Where which study is named, in order."""
        return sorted(
            (match.start(), study.id)
            for study in self.studies
            if (pattern := _naming(study.label))
            for match in pattern.finditer(self.source.text)
        )

    @cached_property
    def _sections(self) -> list[tuple[int, str]]:
        """Where which of the sections that locators name begins, in order."""
        return [
            (start, heading)
            for start, line in self.source.lines()
            for heading in self.headings
            if _begins(line.strip(" \t#*").casefold(), heading)
        ]

    def about(self, passage: Passage) -> tuple[str | None, str | None]:
        """The study that is named last before a passage, and the section in which it stands."""
        start = self.source.numbers[passage.numbers[0]].start
        return _last(self._named, start), _last(self._sections, start)

    @cached_property
    def _roots(self) -> dict[str, list[int]]:
        roots: dict[str, list[int]] = {}
        for index, each in enumerate(self.source.numbers):
            if index not in self.closed:
                roots.setdefault(each.root, []).append(index)
        return roots

    def of_root(self, root: str) -> list[int]:
        """The numbers with these digits, in order."""
        return self._roots.get(root, [])

    def from_here(self, index: int, count: int) -> list[int]:
        """A number and those that follow it in figures, so many in all."""
        following = (each for each in range(index, len(self.source.numbers)) if not self.source.numbers[each].in_words)
        return list(islice(following, count))

    def is_elsewhere(self, passage: Passage, coded: Coded) -> bool:
        """Whether a passage stands outside of the sections that the row names, though the source has one of them."""
        named = _parts(coded.locator)
        _, section = self.about(passage)
        return section not in named and any(heading in named for _, heading in self._sections)

    def near(self, index: int, reach: int) -> list[int]:
        """The numbers within ``reach`` characters of one."""
        start = self._starts[index]
        around = range(bisect_left(self._starts, start - reach), bisect_right(self._starts, start + reach))
        return [each for each in around if each not in self.closed]


def headings_of(coded: Iterable[Coded]) -> set[str]:
    """The sections that locators name, as their headings may begin."""
    return {part for each in coded for part in _parts(each.locator)}


def _parts(locator: str) -> list[str]:
    parts = (part.strip().casefold() for part in re.split(r"[;,]", locator))
    return [part for part in parts if len(part) > 3 and not part.startswith(("row ", "paragraph", "key findings"))]


def _begins(line: str, heading: str) -> bool:
    """Whether a line is the heading, or its first words where it is that of a table."""
    return line == heading or (heading[-1:].isdigit() and bool(re.match(rf"{re.escape(heading)}(?!\d)", line)))


def _naming(label: str) -> re.Pattern[str] | None:
    """How a text names the study with this label: by its first author and its year."""
    parts = re.match(r"(?P<author>[^\d&,(]+?)\s*(?=\bet al|\band\b|[&,(\d]).*?(?P<year>\d{4})", label)
    if parts is None:
        return None
    return re.compile(rf"\b{re.escape(parts['author'])}\b[^.;()\d]{{0,40}}\.?,?\s*\(?{parts['year']}")


def _last(marks: list[tuple[int, str]], place: int) -> str | None:
    index = bisect_right(marks, (place, "\uffff"))
    return marks[index - 1][1] if index else None


# --- finding ---------------------------------------------------------------------------------


def locate(searched: Searched, coded: Coded) -> Passage | None:
    """The passage of a row; None where the source prints none of its numbers."""
    numbers = searched.source.numbers
    passages = [*_as_copied(searched, coded), *_by_numbers(searched, coded)]
    if not passages:
        return None

    def worth(passage: Passage) -> tuple[object, ...]:
        study, section = searched.about(passage)
        span = numbers[passage.numbers[-1]].end - numbers[passage.numbers[0]].start
        return (
            len(passage.missing),
            not passage.as_copied,
            section not in _parts(coded.locator),
            study not in coded.studies,
            len(passage.lost),
            len(searched.taken.intersection(passage.numbers)),
            span,
            passage.numbers,
        )

    best = min(passages, key=worth)
    searched.taken.update(best.claimed)
    return best


def _as_copied(searched: Searched, coded: Coded) -> Iterator[Passage]:
    """Where the very statistic stands that was copied, and the other numbers of the row not far from it."""
    copied = coded.copied
    for index in searched.of_root(copied[0].root) if copied else ():
        run = searched.from_here(index, len(copied))
        numbers = [searched.source.numbers[each] for each in run]
        together = all(later.start - earlier.end <= _BESIDE for earlier, later in pairwise(numbers))
        if together and len(run) == len(copied) and all(map(is_copy, copied, numbers)):
            yield _completed(searched, coded, run, as_copied=True)


def _by_numbers(searched: Searched, coded: Coded) -> Iterator[Passage]:
    """Where the numbers of the row stand near each other, around each place of the rarest of them."""
    places = [
        [index for index in searched.of_root(wanted.root) if damage(wanted, searched.source.numbers[index]) is not None]
        for wanted in coded.wanted
    ]
    rarest = min((each for each in places if each), key=len, default=[])
    for index in rarest:
        yield _completed(searched, coded, [index], as_copied=False)


def _completed(searched: Searched, coded: Coded, fixed: list[int], as_copied: bool) -> Passage:
    """The passage around numbers that are settled, with the nearest of the others."""
    source, chosen = searched.source.numbers, dict[int, Wanted]()
    missing: list[Wanted] = []
    for wanted in coded.wanted:
        index = None if wanted in coded.not_as_copied else _nearest(searched, wanted, fixed, chosen)
        if index is None:
            missing.append(wanted)
        else:
            chosen[index] = wanted
    used = sorted({*fixed, *chosen})
    if coded.copied and not as_copied and (stranger := _p_of_another(source, coded, used)):
        missing.append(stranger)
    lost = [each for index, wanted in chosen.items() for each in damage(wanted, source[index]) or ()]
    at = next((index for index, wanted in chosen.items() if wanted.column == "value"), next(iter(chosen), fixed[0]))
    return Passage(tuple(used), at, tuple(dict.fromkeys(lost)), tuple(missing), as_copied)


def _nearest(searched: Searched, wanted: Wanted, fixed: list[int], chosen: Collection[int]) -> int | None:
    """The number that is the wanted one: of those that are settled, else the least damaged, else the nearest."""
    source = searched.source.numbers

    def reach(index: int) -> tuple[bool, int, int]:
        distance = min(abs(source[index].start - source[each].start) for each in fixed)
        return index not in fixed, len(damage(wanted, source[index]) or ()), distance

    around = {*fixed, *searched.near(fixed[0], WINDOW)}.difference(chosen)
    return min(
        (index for index in sorted(around) if damage(wanted, source[index]) is not None), key=reach, default=None
    )


def _p_of_another(source: tuple[Printed, ...], coded: Coded, used: list[int]) -> Wanted | None:
    """The p of a row, where in print it follows another statistic than that of the row.

    In ``r = .52, p < .01 … r = .35, p < .05`` the numbers .35 and .01 stand side by side, and are of two results.
    """
    p = next((each for each in coded.wanted if each.column == "p"), None)
    own = [each for each in used if p and source[each].unit == "p" and damage(p, source[each]) is not None]
    if not own:
        return None
    (index, *_) = own
    before = list(takewhile(
        lambda each: source[each].unit != "p" and source[index].start - source[each].end <= _BESIDE,
        reversed(range(index)),
    ))  # fmt: skip
    statistics = [each for each in before if source[each].unit == "" and not source[each].in_words]
    return p if statistics and set(statistics).isdisjoint(used) else None
