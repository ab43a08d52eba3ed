"""The order of an answer, made outside the embedded engine.

On disk Oxigraph keeps names apart from the rows that name them, and looks two of them up whenever it compares two rows:
to order ten thousand rows takes it longer than to find them. Here each row has its names already.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg.names import PREFIXES
from kg.sparql_tokens import tokenized

_CLAUSE = re.compile(
    r"ORDER\s+BY(?P<keys>(?:\s+[?$]\w+|\s+(?:ASC|DESC)\s*\(\s*[?$]\w+\s*\))+)\s*(?=$|VALUES\b)", re.IGNORECASE
)
_KEY = re.compile(r"(?:(?P<way>ASC|DESC)\s*\(\s*)?[?$](?P<name>\w+)", re.IGNORECASE)

_XSD = PREFIXES["xsd"]
#: Datatype -> how a number of it is read to be compared; those that are read alike are compared with each other.
_NUMBERS: dict[str, Callable[[str], Any]] = {
    _XSD + "integer": Decimal,
    _XSD + "decimal": Decimal,
    _XSD + "double": float,
}
_TEXTS = (_XSD + "string", PREFIXES["rdf"] + "langString")

#: Variables to order by, the first one first, each with whether the highest value comes first.
Keys = Sequence[tuple[str, bool]]


class Unordered(NamedTuple):
    """A query without its order, and that order."""

    query: str
    keys: Keys


def unordered(query: str) -> Unordered | None:
    """The query and its order apart; None where it has none, or one that is not of variables alone or that a number
    of rows depends on.
    """
    if not _CLAUSE.search(query):  # such need not be read token by token
        return None
    depth = 0
    for token in tokenized(query):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth == 0 and token.kind == "word" and (clause := _CLAUSE.match(query, token.start)):
            keys = [(key["name"], (key["way"] or "").upper() == "DESC") for key in _KEY.finditer(clause["keys"])]
            return Unordered(query[: clause.start()] + query[clause.end() :], keys)
    return None


def ordered(solutions: list[tuple[Any, ...]], columns: Sequence[str], keys: Keys) -> list[tuple[Any, ...]] | None:
    """The solutions in that order (SPARQL 1.1, section 15.1); None where it is not for us to say what comes first, as
    between text and numbers.
    """
    for name, descending in reversed(keys):
        place = columns.index(name)
        key = _comparable(solution[place] for solution in solutions)
        if key is None:
            return None
        solutions = sorted(solutions, key=lambda solution: key(solution[place]), reverse=descending)
    return solutions


def _comparable(terms: Iterable[Any]) -> Callable[[Any], Any] | None:
    """What stands for a term where it is compared with these; what has no value comes first."""
    kinds = {_kind(term) for term in terms if term is not None}
    if len(kinds) > 1 or None in kinds:
        return None
    read = next((kind.read for kind in kinds if kind), str)
    return lambda term: (False,) if term is None else (True, read(term.value))


class _Kind(NamedTuple):
    """Terms that can be compared, and how each is read for it."""

    name: str
    read: Callable[[str], Any]


def _kind(term: Any) -> _Kind | None:
    """The kind of an IRI, of text in one language or in none, of a number; None of any other term."""
    if isinstance(term, ox.NamedNode):
        return _Kind("IRI", str)
    if not isinstance(term, ox.Literal):
        return None
    datatype = term.datatype.value
    if datatype in _TEXTS:
        return _Kind(f"text@{term.language}", str)
    read = _NUMBERS.get(datatype)
    return _Kind("number", read) if read and term.value != "NaN" else None
