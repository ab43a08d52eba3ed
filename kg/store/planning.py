"""A query as Oxigraph, embedded or as a server, answers it from the answer's side, however large the graph is.

Oxigraph knows no numbers: after a dozen patterns it reckons with more rows than it can count, and then reads all that
an OPTIONAL could match in the whole graph, instead of looking it up row by row; and so it does with the triples that
follow a BIND, an OPTIONAL or a group. LATERAL, which it knows beyond SPARQL 1.1, asks for the look-up. The answer is
the same: of triples always, of an OPTIONAL where all that it shares with what stands before it is bound by its own
triples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from kg.errors import BadQuestion
from kg.sparql_tokens import Token, closing, tokenized

#: What makes a group of more than triples: without any of these the engine plans the query by itself.
_BREAKS = re.compile(r"OPTIONAL|BIND|UNION|SELECT[\s\S]*SELECT", re.IGNORECASE)
_WORDS_IN_TRIPLES = ("A", "TRUE", "FALSE")
_PARTS = ("OPTIONAL", "MINUS", "GRAPH", "SERVICE", "LATERAL", "FILTER", "BIND", "VALUES", "UNION")
#: Parts that opens anything, of which the first bracket that closes is the end; of the others the first brace.
_IN_ANY_BRACKETS = ("FILTER", "BIND")
#: Parts that the engine plans together with the triples around them.
_WITH_TRIPLES = ("TRIPLES", "FILTER", "VALUES")
#: A path that may be of no length: it holds of a term that is nowhere in the graph only where the term is known.
_NO_LENGTH = re.compile(r"[*?]")
_COMMENT = re.compile(r"#[^\n]*")
#: Triples about triples, whose braces and angles are no groups; and letters written as codepoints, of which engines
#: differ in when they are read.
_LEFT_ALONE = re.compile(r"<<|\{\||\\[uU]")


class _Part(NamedTuple):
    """A part of a group: its kind is the word that it starts with, GROUP for a group within, or TRIPLES."""

    kind: str
    tokens: Sequence[Token]


def planned(query: str) -> str:
    """The query, with the same answer, as the engine plans it well; as it is where it has nothing but triples, or
    cannot be read for certain.
    """
    if not _BREAKS.search(query) or _LEFT_ALONE.search(query):  # these need not be read token by token
        return query
    try:
        tokens = list(tokenized(query))
    except BadQuestion:  # the engine will say what is wrong
        return query
    if any(_may_be_one_name(one, other, query) for one, other in pairwise(tokens)):
        return query
    marks = [mark for group in _groups(tokens) for mark in _look_ups(group, query)]
    text, begun = "", 0
    for position, mark in sorted(marks):
        text += query[begun:position] + mark
        begun = position
    return text + query[begun:]


def _may_be_one_name(one: Token, other: Token, query: str) -> bool:
    """Whether a word may be the end of the name before it: names may hold dots, and tokens do not say so."""
    return one.kind == "name" and other.kind == "word" and query[one.end : other.start] == "."


def _look_ups(group: Sequence[_Part], query: str) -> Iterator[tuple[int, str]]:
    """Where in a group a look-up begins or ends, and what is written there."""
    told: set[str] = set()
    all_with_triples = True
    for part in group:
        if part.kind == "OPTIONAL":
            is_looked_up = _is_a_look_up(part.tokens, told) and not _may_have_no_length(part.tokens, query)
        else:
            is_looked_up = part.kind == "TRIPLES" and not all_with_triples and _follow_up(part.tokens, told, query)
        if is_looked_up:
            yield part.tokens[0].start, "LATERAL { "
            yield part.tokens[-1].end, " }"
        told |= _variables(part.tokens)
        all_with_triples = all_with_triples and part.kind in _WITH_TRIPLES


def _follow_up(triples: Sequence[Token], told: set[str], query: str) -> bool:
    """Whether triples can be looked up from what stands before them."""
    is_named_once = not any(token.text.startswith("_:") for token in triples)
    return bool(told & _variables(triples)) and is_named_once and not _may_have_no_length(triples, query)


def _may_have_no_length(tokens: Sequence[Token], query: str) -> bool:
    """Whether a path among these tokens may be of no length, as far as the marks between them tell."""
    between = (query[one.end : other.start] for one, other in pairwise(tokens))
    return any(_NO_LENGTH.search(_COMMENT.sub("", marks)) for marks in between)


def _variables(tokens: Sequence[Token]) -> set[str]:
    return {token.text[1:] for token in tokens if token.kind == "variable"}


# --- groups ----------------------------------------------------------------------------------


def _groups(tokens: Sequence[Token]) -> Iterator[Sequence[_Part]]:
    """Every group of a query, at whatever depth, as its parts; of a sub-query the group that it selects from."""
    for number, token in enumerate(tokens):
        if token.text == "{":
            own = tokens[number + 1 : closing(tokens, number)]
            if own and own[0].text.upper() != "SELECT":
                yield list(_parts(own))


def _parts(tokens: Sequence[Token]) -> Iterator[_Part]:
    number = 0
    while number < len(tokens):
        kind = _kind(tokens[number])
        end = _end_of_triples(tokens, number) if kind == "TRIPLES" else _end(tokens, number, kind)
        yield _Part(kind, tokens[number:end])
        number = end


def _kind(token: Token) -> str:
    if token.text == "{":
        return "GROUP"
    word = token.text.upper().rstrip(".") if token.kind == "word" else ""
    return word if word and word not in _WORDS_IN_TRIPLES else "TRIPLES"


def _end(tokens: Sequence[Token], number: int, kind: str) -> int:
    """After a part that starts with a word or a brace."""
    if kind not in (*_PARTS, "GROUP") or kind == "UNION":
        return number + 1
    for opened in range(number, len(tokens)):
        if tokens[opened].text == "{" or (kind in _IN_ANY_BRACKETS and tokens[opened].kind == "open"):
            return closing(tokens, opened) + 1
    return len(tokens)


def _end_of_triples(tokens: Sequence[Token], number: int) -> int:
    return next((each for each in range(number, len(tokens)) if _kind(tokens[each]) != "TRIPLES"), len(tokens))


def _is_a_look_up(optional: Sequence[Token], before: set[str]) -> bool:
    """Whether an OPTIONAL's own triples bind all that it shares with what stands before it.

    What is named in a filter is not bound there, a computed value sees what stands before it alone, and a group within
    sees nothing from outside. One that lists values of what it shares is left alone: LATERAL takes none for what is
    bound already.
    """
    if any(token.text.upper() == "VALUES" for token in optional if token.kind == "word"):
        return False
    bound: set[str] = set()
    filtered: set[str] = set()
    within: set[str] = set()
    opened: list[str] = []
    word = ""
    for token in optional:
        if token.kind == "open":
            opened.append("BIND" if word == "BIND" else token.text)
        elif token.kind == "close":
            del opened[-1:]
        elif token.kind == "variable":
            is_apart = "{" in opened[1:] or "BIND" in opened
            place = bound if opened == ["{"] else within if is_apart else filtered
            place.add(token.text[1:])
        word = token.text.upper() if token.kind == "word" else ""
    return bool(before & bound) and not before & (within | (filtered - bound))
