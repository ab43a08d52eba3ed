"""A query as the embedded engine answers it from the answer's side, however large the graph is.

Oxigraph looks an OPTIONAL up row by row, which costs what the answer costs, as long as its estimate of the rows before
it is small. It multiplies that estimate by ten with every pattern and knows no numbers, so that after a dozen patterns
it reckons with more rows than it can count, and reads all that an OPTIONAL could match in the whole graph instead. A
limit in a sub-query is all that brings the estimate down again. So what stands before an OPTIONAL, and then before
every third one, becomes a sub-query with a limit that no answer reaches.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kg.sparql_tokens import Token, tokenized
from kg.store.triples_of_optionals import connected

#: More rows than a memory holds, and few enough to be multiplied by what three OPTIONALs are thought to match.
_BEYOND_ANY_ANSWER = 100_000_000
#: So many OPTIONALs stand between two sub-queries.
_TOGETHER = 3


class _Part(NamedTuple):
    """A part of a group: what begins with the word OPTIONAL, FILTER or BIND, or anything else between these."""

    word: str
    text: str
    variables: frozenset[str]
    certain: frozenset[str]


def planned(query: str) -> str:
    """The query, with the same answer, as the engine plans it well; as it is where it has no OPTIONAL."""
    if "OPTIONAL" not in query.upper():  # these need not be read token by token
        return query
    tokens = list(tokenized(query))
    group = _group_of_select(tokens)
    if group is None:
        return query
    first, last = group
    parts = list(_parts(query, tokens[first : last + 1]))
    return query[: tokens[first].end] + _capped(parts) + query[tokens[last].start :]


def _group_of_select(tokens: Sequence[Token]) -> tuple[int, int] | None:
    """Where the outermost group of a SELECT opens and closes; nothing where the query is none."""
    depth = 0
    for number, token in enumerate(tokens):
        if token.kind == "word" and depth == 0 and token.text.upper() in ("CONSTRUCT", "ASK", "DESCRIBE"):
            return None
        if token.kind == "open":
            if token.text == "{" and depth == 0:
                return number, _closing(tokens, number)
            depth += 1
        elif token.kind == "close":
            depth -= 1
    return None


def _closing(tokens: Sequence[Token], opened: int) -> int:
    """Where what opens at a token closes; the last token where it does not."""
    depth = 0
    for number in range(opened, len(tokens)):
        depth += {"open": 1, "close": -1}.get(tokens[number].kind, 0)
        if depth == 0:
            return number
    return len(tokens) - 1


def _parts(query: str, tokens: Sequence[Token]) -> Iterator[_Part]:
    """The parts of a group, whose text they are from its first brace to its last."""
    begun, number, ahead = tokens[0].end, 1, 1
    while number < len(tokens) - 1:
        token = tokens[number]
        word = token.text.upper() if token.kind == "word" else ""
        if word in ("OPTIONAL", "FILTER", "BIND"):
            yield _part("", query[begun : token.start], tokens[ahead:number])
            opens = next(each for each in range(number, len(tokens)) if tokens[each].kind == "open")
            closes = _closing(tokens, opens)
            yield _part(word, query[token.start : tokens[closes].end], tokens[number : closes + 1])
            begun, number = tokens[closes].end, closes + 1
            ahead = number
        else:
            number = _closing(tokens, number) + 1 if token.kind == "open" else number + 1
    yield _part("", query[begun : tokens[-1].start], tokens[ahead:-1])


def _part(word: str, text: str, tokens: Sequence[Token]) -> _Part:
    """A part with the variables that it names, and those that it binds for certain: outside of any braces."""
    depth, named, certain = 0, set(), set()
    for token in tokens:
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if token.kind == "variable":
            named.add(token.text[1:])
            if depth == 0 and not word:
                certain.add(token.text[1:])
    return _Part(word, text, frozenset(named), frozenset(certain))


def _capped(parts: Sequence[_Part]) -> str:
    """The text of a group whose parts before an OPTIONAL are sub-queries, where that leaves the answer as it is."""
    text, since = "", 0
    for number, part in enumerate(parts):
        if part.word == "OPTIONAL":
            if since % _TOGETHER == 0 and _stands_alone(parts[:number], parts[number:]):
                text = f"{{ SELECT * WHERE {{ {text}\n}} LIMIT {_BEYOND_ANY_ANSWER} }}\n"
            since += 1
        text += connected(part.text, _certain(parts[:number]), _named(parts[:number])) if part.word == "OPTIONAL" else part.text
    return text


def _stands_alone(before: Sequence[_Part], after: Sequence[_Part]) -> bool:
    """Whether what stands before gives the same by itself: its filters see no variable that may be bound only later.

    A filter holds for its whole group; what is bound for certain before it stays as it is.
    """
    later = _named(after)
    filtered = _named([each for each in before if each.word == "FILTER"])
    return bool(_named(before)) and not (filtered & later) - _certain(before)


def _certain(parts: Sequence[_Part]) -> frozenset[str]:
    """What is bound after these parts, whatever else is there."""
    return frozenset().union(*(each.certain for each in parts))


def _named(parts: Sequence[_Part]) -> frozenset[str]:
    """What these parts name."""
    return frozenset().union(*(each.variables for each in parts))
