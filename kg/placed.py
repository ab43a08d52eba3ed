"""Records with the place they were read from, and errors in the words of the person who can mend them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from kg.errors import Problem
from kg.records import Contradictory, Record

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Placed(Generic[R]):
    """A record and the row it was read from."""

    record: R
    path: str
    row: int

    def problem(self, column: str, what: str, do: str) -> Problem:
        """A problem of this row."""
        return Problem(self.path, self.row, column, what, do)


@dataclass
class Reading(Generic[R]):
    """What reading a file gave.

    ``broken`` are the ids of rows that gave no record: they exist, but are wrong. A file is ``lost``
    where rows may be missing from it of which nothing is known.
    """

    records: list[Placed[R]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    lost: bool = False


@dataclass(frozen=True)
class Words:
    """How the errors of one kind of file are told."""

    missing: tuple[str, str]
    unknown: str


ROW = Words(("a required cell is empty", "fill it"), "an unknown column")
KEYS = Words(("a required key is missing", "add it"), "an unknown key")


def explain(
    path: str, row: int, error: ValidationError, model: type[BaseModel], words: Words = ROW
) -> Iterator[Problem]:
    """The errors of one row, in words: a problem each."""
    for each in error.errors(include_url=False):
        column = str(each["loc"][0]) if each["loc"] else ""
        context, given, kind = each.get("ctx", {}), each["input"], each["type"]
        cause = context.get("error")
        if isinstance(cause, Contradictory):
            yield from (Problem(path, row, *contradiction) for contradiction in cause.contradictions)
        elif kind == "cell":
            yield Problem(path, row, column, context["what"], context["do"])
        elif kind in ("missing", "too_short"):
            yield Problem(path, row, column, *words.missing)
        elif kind == "extra_forbidden":
            yield Problem(path, row, column, words.unknown, suggestion(column, model.model_fields, "remove it"))
        elif kind == "enum":
            wanted = context["expected"].replace(" or ", ", ").replace("'", "").split(", ")
            advice = suggestion(given, wanted, f"use one of {', '.join(wanted)}")
            yield Problem(path, row, column, f"'{given}' is not known here", advice)
        elif kind.startswith("date"):
            yield Problem(path, row, column, f"'{given}' is not a date", "write it like 2026-11-21")
        else:
            yield Problem(path, row, column, f"'{given}' cannot stand here ({each['msg']})", "correct it")


def suggestion(wrong: str, known: Iterable[str], otherwise: str) -> str:
    """What to do about an unknown name: the nearest known one, or ``otherwise``.

    >>> suggestion("self-compasion", ["compassion", "self-compassion"], "add it first")
    "did you mean 'self-compassion'?"
    """
    near = difflib.get_close_matches(wrong.lower(), list(known), n=1, cutoff=0.7)
    return f"did you mean '{near[0]}'?" if near else otherwise
