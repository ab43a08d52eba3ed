"""What can go wrong, as types.

KgError                  the command could not do its work (exit code 2)
├── MissingPart          a library, a reasoner or an engine is not installed
├── UnknownName          a name fits nothing, or more than one thing
├── BadQuestion          a question, its parameters or SPARQL text is wrong
├── StoreError           a store is absent, unreadable, unreachable or refused the query
├── NothingFound         the work was done, and there is nothing to show (exit code 1)
└── ProblemsFound        the work was done and found problems (exit code 1)
    └── Inconsistent     ontology and data contradict each other
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Problem(NamedTuple):
    """One thing wrong in a file that a person edits.

    ``row`` counts as a spreadsheet does: the header is row 1. ``row`` 0 means the whole file,
    an empty ``column`` the whole row. ``place`` says where it is, where people do not look for it by these three:
    in a workbook, by sheet and cell.
    """

    path: str
    row: int
    column: str
    what: str
    do: str
    place: str = ""

    def __str__(self) -> str:
        place = self.place or ":".join(str(part) for part in (self.path, self.row, self.column) if part)
        return " ".join(f"{place}: {self.what}; {self.do}".split())


class KgError(Exception):
    """The command could not do its work. The message says what is wrong and what to do."""


class MissingPart(KgError):
    """A library, a reasoner or an engine that the work needs is not installed."""


class UnknownName(KgError):
    """A name fits nothing, or more than one thing; ``candidates`` holds what it may have meant."""

    def __init__(self, message: str, candidates: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.candidates = tuple(candidates)


class BadQuestion(KgError):
    """A question, its parameters or the text of a query is wrong."""


class StoreError(KgError):
    """A store is absent, unreadable, unreachable, or refused the query."""


class NothingFound(KgError):
    """The work was done, and there is nothing to show."""


class ProblemsFound(KgError):
    """The data were read and hold problems; ``problems`` has every one of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


class Inconsistent(ProblemsFound):
    """Ontology and data contradict each other: no world could be as they say."""
