"""A query as the embedded engine answers it from the answer's side, however large the graph is.

Oxigraph knows no numbers: after a dozen patterns it reckons with more rows than it can count, and then reads all that
an OPTIONAL could match in the whole graph, instead of looking it up row by row. LATERAL, which it knows beyond SPARQL
1.1, asks for the look-up. The answer is the same where all that the OPTIONAL shares with what stands before it is bound
by its own triples.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kg.sparql_tokens import Token, tokenized


class _Optional(NamedTuple):
    """The tokens of an OPTIONAL, from its word to its last brace, and those before it in its group."""

    before: Sequence[Token]
    own: Sequence[Token]


def planned(query: str) -> str:
    """The query, with the same answer, as the engine plans it well; as it is where it has no OPTIONAL."""
    if "OPTIONAL" not in query.upper():  # these need not be read token by token
        return query
    marks = [mark for each in _optionals(list(tokenized(query))) if _is_a_look_up(each) for mark in _marks(each)]
    text, begun = "", 0
    for position, mark in sorted(marks):
        text += query[begun:position] + mark
        begun = position
    return text + query[begun:]


def _marks(optional: _Optional) -> tuple[tuple[int, str], tuple[int, str]]:
    """What is written before and after an OPTIONAL, and where."""
    return (optional.own[0].start, "LATERAL { "), (optional.own[-1].end, " }")


def _optionals(tokens: Sequence[Token]) -> Iterator[_Optional]:
    """Every OPTIONAL of a query, in whatever group."""
    opened: list[int] = []
    for number, token in enumerate(tokens):
        if token.kind == "open":
            opened.append(number)
        elif token.kind == "close" and opened:
            opened.pop()
        elif token.kind == "word" and token.text.upper() == "OPTIONAL" and opened:
            yield _Optional(tokens[opened[-1] + 1 : number], tokens[number : _closing(tokens, number + 1) + 1])


def _closing(tokens: Sequence[Token], opened: int) -> int:
    """Where what opens at a token closes; the last token where it does not."""
    depth = 0
    for number in range(opened, len(tokens)):
        depth += {"open": 1, "close": -1}.get(tokens[number].kind, 0)
        if depth == 0:
            return number
    return len(tokens) - 1


def _is_a_look_up(optional: _Optional) -> bool:
    """Whether an OPTIONAL's own triples bind all that it shares with what stands before it.

    What is named in a filter or a computed value is not bound there, and a group within sees nothing from outside.
    """
    before = {token.text[1:] for token in optional.before if token.kind == "variable"}
    bound: set[str] = set()
    computed: set[str] = set()
    within: set[str] = set()
    opened: list[str] = []
    for token in optional.own:
        if token.kind == "open":
            opened.append(token.text)
        elif token.kind == "close":
            del opened[-1:]
        elif token.kind == "variable":
            place = bound if opened == ["{"] else within if "{" in opened[1:] else computed
            place.add(token.text[1:])
    return bool(before & bound) and not before & (within | (computed - bound))
