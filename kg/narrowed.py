"""A rule or a query for some individuals only: what it gives of them, without looking at all others.

A rule names in its header the variables by which it can be narrowed (``# of: ?cell``). A ``VALUES`` block for these
goes to the start of its pattern, and of each inner ``SELECT`` that hands them on: this drops solutions about others
and changes none, as nothing is counted across them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

#: A row of terms, as SPARQL writes them.
Row = tuple[str, ...]

_OF = re.compile(r"^# of: (.+)$", re.MULTILINE)
#: What a SELECT computes: it is not handed on as it is.
_COMPUTED = re.compile(r"\((?:[^()]|\([^()]*\))*\)")
_START = re.compile(r"(?:\bSELECT(?P<handed>[^{}]*?))?\bWHERE\s*\{(?!\s*SELECT\b)")


def ways(rule: str) -> list[tuple[str, ...]]:
    """The variables by which a rule can be narrowed, one way after the other; none of a rule about terms alone."""
    told = _OF.search(rule)
    return [tuple(way.split()) for way in told[1].split(" or ")] if told else []


def narrowed(rule: str, rows: Iterable[Row]) -> Iterator[str]:
    """The rule for these rows of its variables: a query for each way, that give together what it says of any row.

    >>> [*narrowed("# of: ?cell\\nCONSTRUCT { ?cell a ?kind } WHERE { ?cell a ?kind }", [("<a:b>",)])]
    ['# of: ?cell\\nCONSTRUCT { ?cell a ?kind } WHERE { VALUES (?cell) { (<a:b>) } ?cell a ?kind }']
    """
    told = " ".join(f"({' '.join(row)})" for row in rows)
    if told:
        for way in ways(rule):
            yield with_values(rule, way, f"VALUES ({' '.join(way)}) {{ {told} }}")


def with_values(query: str, variables: Sequence[str], values: str) -> str:
    """The query with a block of values for these variables wherever a pattern begins that hands them on.

    >>> with_values("SELECT ?a WHERE { { SELECT ?b WHERE { ?b ?c ?d } } }", ["?a"], "VALUES ?a { 1 }")
    'SELECT ?a WHERE { VALUES ?a { 1 } { SELECT ?b WHERE { ?b ?c ?d } } }'
    """

    def start(found: re.Match[str]) -> str:
        handed = found["handed"]
        inside = handed is None or set(variables) <= set(_COMPUTED.sub("", handed).split())
        return f"{found[0]} {values}" if inside else found[0]

    return _START.sub(start, query)
