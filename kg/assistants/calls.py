"""Calls: what an assistant gave a tool, read strictly; whatever does not fit is told in one sentence."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kg.assistants.tools import MOST_ROWS, MOST_VALUES, USUAL_ROWS
from kg.errors import BadQuestion
from kg.names import BASE, TERMS, curie, expand, local_name
from kg.pages.addresses import served
from kg.questions import Parameter, Question, term
from kg.store import Store

_NO_TEXT = re.compile(r"[\x00\ud800-\udfff]")
#: Letters of one value: no name is as long.
_LONGEST = 1000


@dataclass(frozen=True)
class Cut:
    """Which rows of an answer are to be told."""

    limit: int
    offset: int


@dataclass(frozen=True)
class Call:
    """A question with what it is asked about: ``given`` are the assistant's own words, ``terms`` what they mean."""

    question: Question
    given: Mapping[str, tuple[str, ...]]
    terms: Mapping[str, tuple[str, ...]]
    cut: Cut

    @property
    def query(self) -> str:
        return self.question.bind(self.terms)

    @property
    def about(self) -> dict[str, tuple[str, ...]]:
        """Parameter -> IRIs, or words where it is about none, defaults included."""
        return {each.name: tuple(self._plain(each)) for each in self.question.parameters}

    @property
    def page(self) -> str:
        """The path of the page with the same answer."""
        return served()(f"/questions/{self.question.name}", {name: " ".join(it) for name, it in self._words().items()})

    @property
    def command(self) -> str:
        """The command that gives the whole answer."""
        options = "".join(f" --{name} {shlex.quote(word)}" for name, words in self._words().items() for word in words)
        return f"kg ask {self.question.name}{options} --format csv"

    def _plain(self, parameter: Parameter) -> list[str]:
        if parameter.name in self.terms:
            pairs = zip(self.terms[parameter.name], self.given[parameter.name], strict=True)
            return [_iri(term) or word for term, word in pairs]
        if parameter.type in ("text", "decimal"):
            return [parameter.default]
        return [expand(word) or TERMS + word for word in parameter.default.split()]

    def _words(self) -> dict[str, list[str]]:
        """What was given as pages and commands take it: things by slug, terms of other kinds with their kind."""
        types = {each.name: each.type for each in self.question.parameters}
        return {
            name: [_word(types[name], term, word) for term, word in zip(terms, self.given[name], strict=True)]
            for name, terms in self.terms.items()
        }


def read_call(store: Store, question: Question, arguments: Mapping[str, Any]) -> Call:
    """The call; UnknownName with near names, or BadQuestion, where it cannot be asked so."""
    left = dict(arguments)
    cut = read_cut(left)
    types = {each.name: each.type for each in question.parameters}
    refuse_others(left, question.name, types)
    given = {name: _values(name, types[name], value) for name, value in left.items() if value is not None}
    terms = {name: tuple(term(store, each, types[name]) for each in values) for name, values in given.items()}
    return Call(question, given, terms, cut)


def read_cut(arguments: dict[str, Any]) -> Cut:
    """Takes ``limit`` and ``offset`` out of the arguments."""
    return Cut(
        _whole_number("limit", arguments.pop("limit", None), USUAL_ROWS, 1, MOST_ROWS),
        _whole_number("offset", arguments.pop("offset", None), 0, 0, 10**9),
    )


def refuse_others(arguments: Mapping[str, Any], name: str, known: Mapping[str, object]) -> None:
    """BadQuestion where an argument is none of the tool's."""
    for other in arguments:
        if other not in known:
            listed = ", ".join((*known, "limit", "offset"))
            raise BadQuestion(f"{name} has no argument {shown(other)}; it has: {listed}")


def shown(value: object) -> str:
    """What was given, in a sentence of bearable length."""
    return ascii(value)[:40]


def text(name: str, value: object, longest: int = _LONGEST) -> str:
    """The value, where it is text of bearable length."""
    if not isinstance(value, str) or _NO_TEXT.search(value):
        raise BadQuestion(f"{name}: {shown(value)} is not text; write a name in quotes")
    if len(value) > longest:
        raise BadQuestion(f"{name}: {len(value):,} letters are no name; write at most {longest:,}")
    return value


def _values(name: str, type: str, value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    if not 1 <= len(values) <= MOST_VALUES:
        raise BadQuestion(f"{name}: {len(values)} values; give 1 to {MOST_VALUES}, or name something wider")
    return tuple(_number(each) if type == "decimal" else text(name, each) for each in values)


def _number(value: object) -> str:
    """A number as it is written; ``term`` says what is wrong with anything else."""
    return str(value)[:_LONGEST]


def _whole_number(name: str, value: object, usual: int, least: int, most: int) -> int:
    if value is None:
        return usual
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadQuestion(f"{name}: {shown(value)} is no whole number from {least} to {most:,}; give one")
    return value


def _iri(term: str) -> str:
    """The IRI that a term is; nothing where it is text or a number."""
    return term[1:-1] if term.startswith("<") else ""


def _word(type: str, term: str, given: str) -> str:
    iri = _iri(term)
    has_kind = type == "term" and not iri.startswith(f"{BASE}construct/")
    return (curie(iri) if has_kind else local_name(iri)) or given
