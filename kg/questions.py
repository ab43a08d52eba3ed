"""Questions: the files of ``queries/``, listed, bound to what a user asks about, and run.

A question is plain SPARQL with a header of comments, up to the first line that is none:

    # title: Findings between two constructs
    # category: findings
    # question: What has been found between X and Y, narrower constructs included?
    # param: subject | construct | construct:self-compassion | First construct

A parameter stands in the query as ``VALUES ?subject { construct:self-compassion }``. Binding replaces
what is between the braces by serialised terms; nothing else of the text changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile
from pathlib import Path

from kg.errors import BadQuestion, ProblemsFound, UnknownName
from kg.files import read_text
from kg.names import KINDS
from kg.resources import Rooms, shipped
from kg.store import Rows, Store

CATEGORIES = (
    "findings",
    "synthesis",
    "theory",
    "therapies",
    "constructs",
    "measures",
    "studies",
    "ontology",
    "sources",
)

_HEADER = re.compile(r"#\s*(title|category|question|param):\s*(.*)")
_BLOCK = re.compile(r"(VALUES\s+\?(\w+)\s*\{)[^}]*\}")
_OTHER_TYPES = ("decimal", "text", "class", "term")


@dataclass(frozen=True)
class Parameter:
    """What a question can be asked about: a kind of individual, any ``term``, a ``class``, ``decimal`` or ``text``."""

    name: str
    type: str
    default: str
    label: str

    @property
    def default_word(self) -> str:
        """The default as a user would type it.

        >>> Parameter("subject", "construct", "construct:self-compassion", "First").default_word
        'self-compassion'
        """
        words = [word.rpartition(":")[2] for word in self.default.split()]
        return self.default if self.type in ("text", "decimal") else " or ".join(words)


@dataclass(frozen=True)
class Question:
    """One file of ``queries/``; ``name`` is its file name."""

    name: str
    title: str
    category: str
    question: str
    parameters: tuple[Parameter, ...]
    text: str

    def as_asked(self, arguments: Mapping[str, Sequence[str]]) -> str:
        """The question with the values that it is asked with, defaults included, in one line."""
        values = (
            f"{each.name} = {' or '.join(arguments.get(each.name) or (f'{each.default_word} (default)',))}"
            for each in self.parameters
        )
        return f"{self.name}: {', '.join(values)}" if self.parameters else self.name

    def bind(self, terms: Mapping[str, Sequence[str]]) -> str:
        """The query with the given parameters' blocks filled with terms (already serialised)."""
        known = {parameter.name for parameter in self.parameters}
        for name in terms:
            if name not in known:
                listed = ", ".join(sorted(known)) or "none"
                raise BadQuestion(f"{self.name} has no parameter '{name}'; it has: {listed}")

        return _filled(self.text, terms)

    @property
    def usual(self) -> dict[str, Sequence[str]]:
        """Parameter -> the terms that it stands for where nothing is given."""
        return {each.name: each.default.split() for each in self.parameters}


def _filled(text: str, terms: Mapping[str, Sequence[str]]) -> str:
    def fill(block: re.Match[str]) -> str:
        values = terms.get(block[2])
        return block[0] if values is None else f"{block[1]} {' '.join(values)} }}"

    # One pass over the file's own text: what a user gave is never searched for blocks.
    return _BLOCK.sub(fill, text)


def list_questions(rooms: Rooms) -> list[Question]:
    """Every question, by category and name."""
    questions = [read_question(path, rooms) for path in rooms.queries.glob("*.rq")]
    return sorted(questions, key=lambda each: (CATEGORIES.index(each.category), each.name))


def find_question(rooms: Rooms, name: str) -> Question:
    """The question called ``name``; UnknownName with the nearest names where there is none."""
    path = rooms.queries / f"{name}.rq"
    if re.fullmatch(r"[a-z0-9-]+", name) and path.is_file():
        return read_question(path, rooms)
    from kg.lookup import near

    names = sorted(path.stem for path in rooms.queries.glob("*.rq"))
    raise UnknownName(f"no question '{name}'{near(name, names)}; kg questions lists them all", names)


def read_question(path: Path, rooms: Rooms) -> Question:
    """The question in a file; BadQuestion where its header and its body do not fit."""
    shown = rooms.shown(path)
    try:
        text = read_text(path, shown)
    except ProblemsFound as found:
        raise BadQuestion(str(found)) from found
    header: dict[str, str] = {}
    parameters = []
    for line in takewhile(_is_comment, text.splitlines()):
        match = _HEADER.fullmatch(line.strip())
        if not match:
            raise BadQuestion(
                f"{shown}: '{line}' is no header line; use '# title:', '# category:', '# question:', '# param:'"
            )
        if match[1] == "param":
            parameters.append(_parameter(match[2], shown))
        else:
            header[match[1]] = match[2].strip()
    for key in ("title", "category", "question"):
        if not header.get(key):
            raise BadQuestion(f"{shown}: the header has no '# {key}:'")
    if header["category"] not in CATEGORIES:
        raise BadQuestion(f"{shown}: unknown category '{header['category']}'; use one of {', '.join(CATEGORIES)}")
    blocks = {match[2] for match in _BLOCK.finditer(text)}
    for parameter in parameters:
        if parameter.name not in blocks:
            raise BadQuestion(f"{shown}: parameter '{parameter.name}' has no line VALUES ?{parameter.name} {{ … }}")
    return Question(path.stem, header["title"], header["category"], header["question"], tuple(parameters), text)


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _parameter(line: str, shown: str) -> Parameter:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != 4 or parts[1] not in (*KINDS, *_OTHER_TYPES):
        raise BadQuestion(f"{shown}: '# param: {line}' is not 'name | type | default | label'")
    return Parameter(*parts)


def ask(store: Store, question: Question, arguments: Mapping[str, Iterable[str]]) -> Rows:
    """The answer of ``question``. An argument may be a slug, CURIE, IRI, label or synonym, or several.

    Parameters without an argument keep the default that stands in the file.
    """
    return store.select(question.bind(terms_of(store, question, arguments)))


def terms_of(store: Store, question: Question, arguments: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """The arguments of a question as terms (serialised), those that are given."""
    types = {parameter.name: parameter.type for parameter in question.parameters}
    return {
        name: [term(store, value, types.get(name, "text")) for value in values]
        for name, values in arguments.items()
        if values
    }


def answer(store: Store, name: str, arguments: Mapping[str, Iterable[str]] | None = None) -> Rows:
    """The answer of the shipped question called ``name``."""
    return ask(store, find_question(shipped(), name), arguments or {})


def term(store: Store, value: str, type: str) -> str:
    """A user's word as a SPARQL term, serialised so that it can be nothing else."""
    if type == "decimal":
        if not re.fullmatch(r"-?\d+(\.\d+)?", value):
            raise BadQuestion(f"'{value}' is not a number; write it like 0.3")
        return str(Decimal(value))
    if type == "text":
        return quoted(value)
    from kg.lookup import resolve, resolve_class, resolve_term

    if type == "class":
        return f"<{resolve_class(store, value)}>"
    if type == "term":
        return f"<{resolve_term(store, value)}>"
    return f"<{resolve(store, value, type)}>"


def export_query(rooms: Rooms, name: str, terms: Mapping[str, Sequence[str]]) -> str:
    """A query of ``queries/exports/`` (what leaves the graph, not asked by name), bound as a question is."""
    return _filled((rooms.queries / "exports" / f"{name}.rq").read_text(encoding="utf-8"), terms)


#: Column of an answer -> the rules by which what stands in it was reached.
_RULES_BEHIND = {
    "line": ("90-evidence-lines", "91-evidence-lines-of-thirds"),
    "verdict": ("90-evidence-lines", "91-evidence-lines-of-thirds", "92-verdicts"),
}


def rules_behind(rooms: Rooms, rows: Rows) -> dict[str, str]:
    """The rules by which the verdicts or evidence lines of an answer were reached, by name: none is shown without."""
    names = next((names for column, names in _RULES_BEHIND.items() if column in rows.columns), ())
    return {name: rule_text(rooms, name) for name in names}


def rule_text(rooms: Rooms, name: str) -> str:
    """What a rule of ``queries/rules/`` says of itself: its header, without the comment marks."""
    header = (rooms.queries / "rules" / f"{name}.rq").read_text(encoding="utf-8").split("\n\n", 1)[0]
    lines = (line.removeprefix("#").removeprefix(" ") for line in header.splitlines())
    return "\n".join(line for line in lines if not line.startswith(("graph:", "of:")))


def quoted(text: str) -> str:
    """``text`` as a SPARQL string literal.

    >>> quoted('say "no"')
    '"say \\\\"no\\\\""'
    """
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(escapes.get(letter, letter) for letter in text) + '"'
