"""A rule or a query for some individuals only: what it gives of them, without looking at all others.

A rule names in its header the variables by which it can be narrowed (``# of: ?cell``). A ``VALUES`` block for these
goes to the start of its pattern, of each inner ``SELECT`` that hands them on, and of each group within that names
them, such as the sides of a ``UNION``, which engines read whole otherwise: this drops solutions about others and
changes none, as nothing is counted across them. What is left out or only looked for (``OPTIONAL``, ``EXISTS``) stays.
The one rule that does count across them (``kg.updating.recounting``) so gives what these individuals add.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeVar

from kg.sparql_tokens import Token, closing, tokenized

#: A row of terms, as SPARQL writes them.
Row = tuple[str, ...]
T = TypeVar("T")

_OF = re.compile(r"^# of: (.+)$", re.MULTILINE)
#: Words after which braces hold no part of the pattern around them; ``VALUES`` and ``GRAPH`` name something before.
_APART = {"OPTIONAL", "EXISTS", "MINUS", "VALUES", "GRAPH", "CONSTRUCT", "LATERAL"}


class Only(NamedTuple):
    """What is told of an answer: some of its variables, by name, and the rows of terms that they may have."""

    variables: tuple[str, ...]
    rows: tuple[Row, ...]


def only(variable: str, terms: Iterable[str]) -> Only:
    """One variable with the terms that it may have."""
    return Only((variable,), tuple((term,) for term in terms))


def ways(rule: str) -> list[tuple[str, ...]]:
    """The variables by which a rule can be narrowed, one way after the other; none of a rule about terms alone."""
    told = _OF.search(rule)
    return [tuple(way.split()) for way in told[1].split(" or ")] if told else []


def given(rule: str) -> list[str]:
    """The properties of ours that a rule gives, by local name.

    >>> given("CONSTRUCT { ?cell a ca:EvidenceCell ; ca:findingCount ?findings } WHERE { ?cell ca:countsFinding ?one }")
    ['findingCount']
    """
    template = rule[rule.index("CONSTRUCT") : rule.index("WHERE")]
    return re.findall(r"\bca:([a-z]\w*)", template)


def narrowed(rule: str, rows: Iterable[Row]) -> Iterator[str]:
    """The rule, or check, for these rows of its variables: a query for each way, together all that it says of any row.

    >>> [*narrowed("# of: ?cell\\nCONSTRUCT { ?cell a ?kind } WHERE { ?cell a ?kind }", [("<a:b>",)])]
    ['# of: ?cell\\nCONSTRUCT { ?cell a ?kind } WHERE { VALUES (?cell) { (<a:b>) } ?cell a ?kind }']
    """
    if told := list(rows):
        for way in ways(rule):
            yield narrowed_by(rule, way, told)


def narrowed_by(query: str, variables: Sequence[str], rows: Iterable[Row]) -> str:
    """A query for these rows of some of its variables, which go wherever a pattern begins that tells or hands them on.

    >>> narrowed_by("SELECT ?a WHERE { { SELECT ?b WHERE { ?b ?c ?d } } }", ["?a"], [("1",)])
    'SELECT ?a WHERE { VALUES (?a) { (1) } { SELECT ?b WHERE { ?b ?c ?d } } }'
    """
    told = " ".join(f"({' '.join(row)})" for row in rows)
    values = f"VALUES ({' '.join(variables)}) {{ {told} }}"
    text, begun = "", 0
    for brace in _starts(list(tokenized(query)), set(variables)):
        text += f"{query[begun : brace.end]} {values}"
        begun = brace.end
    return text + query[begun:]


def among(query: str, narrowings: Iterable[Only]) -> str:
    """A query narrowed from the start, by one after the other: what else there is, is not computed."""
    for variables, rows in narrowings:
        query = narrowed_by(query, [f"?{name}" for name in variables], rows)
    return query


def batched(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """So many at a time: as many as every engine reads in one query."""
    return (things[start : start + size] for start in range(0, len(things), size))


def _starts(tokens: Sequence[Token], variables: Collection[str]) -> Iterator[Token]:
    """The braces that open a group to be narrowed."""
    around: list[bool] = []
    for number, token in enumerate(tokens):
        if token.text == "{":
            around.append(_is_narrowed(tokens, number, variables, around))
            inside = around[-1]
            if inside and not _is(tokens[number + 1], "SELECT"):
                yield token
        elif token.text == "}":
            around.pop()


def _is_narrowed(tokens: Sequence[Token], brace: int, variables: Collection[str], around: Sequence[bool]) -> bool:
    """Whether what a brace opens tells the variables as those ``around`` it do, which stand outside in."""
    word = _word_before(tokens, brace)
    if word is None:
        return any(around[-1:]) and set(variables) <= _told(tokens, brace)
    return _is(tokens[word], "WHERE") and (not around or set(variables) <= _handed_on(tokens, word))


def _told(tokens: Sequence[Token], brace: int) -> set[str]:
    """What a group tells that is not computed."""
    own = tokens[brace : closing(tokens, brace)]
    return {each.text for each in own} - {each.text for before, each in pairwise(own) if _is(before, "AS")}


def _word_before(tokens: Sequence[Token], brace: int) -> int | None:
    """The word that says what a brace opens; none where it opens a group of the pattern that it stands in."""
    before = brace - 1
    if tokens[before].text == ")":
        before = next(number for number in range(before, -1, -1) if closing(tokens, number) == brace - 1) - 1
    elif tokens[before].kind in ("variable", "iri", "name"):
        before -= 1
    return before if _is(tokens[before], "WHERE", *_APART) else None


def _handed_on(tokens: Sequence[Token], where: int) -> set[str]:
    """What a SELECT hands on as it is, not computed."""
    select = next(number for number in range(where, -1, -1) if _is(tokens[number], "SELECT"))
    if _is(tokens[where - 1], "SELECT", "DISTINCT", "REDUCED"):  # of *, which is no token: everything
        return _told(tokens, where + 1)
    handed: set[str] = set()
    depth = 0
    for token in tokens[select:where]:
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if token.kind == "variable" and depth == 0:
            handed.add(token.text)
    return handed


def _is(token: Token, *words: str) -> bool:
    return token.kind == "word" and token.text.upper() in words
