"""The order of an answer, made outside the embedded engine.

On disk Oxigraph keeps names apart from the rows that name them, and looks two of them up whenever it compares two rows:
to order ten thousand rows takes it longer than to find them. Here each row has its names already.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg.names import PREFIXES
from kg.sparql_tokens import tokenized

_CLAUSE = re.compile(
    r"ORDER\s+BY(?P<keys>(?:\s+[?$]\w++|\s+(?:ASC|DESC)\s*\(\s*[?$]\w+\s*\))+)\s*(?=$|VALUES\b)", re.IGNORECASE
)
_KEY = re.compile(r"(?:(?P<way>ASC|DESC)\s*\(\s*)?[?$](?P<name>\w+)", re.IGNORECASE)

_FORMS = ("SELECT", "CONSTRUCT", "DESCRIBE", "ASK")
_XSD = PREFIXES["xsd"]
#: Numbers as we read them just as the engine does: of as many digits as it holds, and well written.
_INTEGER = re.compile(r"[+-]?[0-9]{1,15}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})")
_DOUBLE = re.compile(r"[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|INF)")
_TEXTS = (_XSD + "string", PREFIXES["rdf"] + "langString")


class _Kind(NamedTuple):
    """Terms that can be compared, and how each is read for it."""

    name: str
    read: Callable[[str], Any]


#: Datatype -> how a number of it is written, and its kind: those of one kind are compared with each other.
_NUMBERS = {
    _XSD + "integer": (_INTEGER, _Kind("exact", Decimal)),
    _XSD + "decimal": (_DECIMAL, _Kind("exact", Decimal)),
    _XSD + "double": (_DOUBLE, _Kind("double", float)),
}

#: Variables to order by, the first one first, each with whether the highest value comes first.
Keys = Sequence[tuple[str, bool]]


class Unordered(NamedTuple):
    """A query without its order, and that order."""

    query: str
    keys: Keys


def unordered(query: str) -> Unordered | None:
    """A SELECT and its order apart; None where it has none, or one that is not of variables alone or that a number of
    rows depends on.
    """
    if not _CLAUSE.search(query):  # such need not be read token by token
        return None
    depth = 0
    form = None
    for token in tokenized(query):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth != 0 or token.kind != "word":
            continue
        if form is None and token.text.upper() in _FORMS:
            form = token.text.upper()
        if form == "SELECT" and (clause := _CLAUSE.match(query, token.start)):
            keys = [(key["name"], (key["way"] or "").upper() == "DESC") for key in _KEY.finditer(clause["keys"])]
            return Unordered(query[: clause.start()] + query[clause.end() :], keys)
    return None


def ordered(solutions: Iterable[Sequence[Any]], columns: Sequence[str], keys: Keys) -> list[Sequence[Any]] | None:
    """The solutions in that order (SPARQL 1.1, section 15.1); None, as soon as that is known, where it is not for us to
    say what comes first, as between text and numbers.
    """
    places = [columns.index(name) for name, _ in keys]
    kinds: list[set[_Kind | None]] = [set() for _ in keys]
    rows: list[Sequence[Any]] = []
    for solution in solutions:
        for place, found in zip(places, kinds, strict=True):
            if (term := solution[place]) is not None:
                found.add(_kind(term))
                if len(found) > 1 or None in found:
                    return None
        rows.append(solution)
    for place, found, (_, descending) in reversed([*zip(places, kinds, keys, strict=True)]):
        rows.sort(key=partial(_compared, place, _reading(found)), reverse=descending)
    return rows


def _reading(kinds: Iterable[_Kind | None]) -> Callable[[str], Any]:
    return next((kind.read for kind in kinds if kind), str)


def _compared(place: int, read: Callable[[str], Any], solution: Sequence[Any]) -> Any:
    """What stands for a solution where it is compared by one of its terms; what has no value comes first."""
    term = solution[place]
    return (False,) if term is None else (True, read(term.value))


def _kind(term: Any) -> _Kind | None:
    """The kind of an IRI, of text in one language or in none, of an exact number or one that is not; None of any other
    term, and of numbers that are not written as such.
    """
    if isinstance(term, ox.NamedNode):
        return _Kind("IRI", str)
    if not isinstance(term, ox.Literal):
        return None
    datatype = term.datatype.value
    if datatype in _TEXTS:
        return _Kind(f"text@{term.language}", str)
    written, kind = _NUMBERS.get(datatype, (None, None))
    return kind if written and written.fullmatch(term.value) else None
