"""What is told between two constructs, picked out of what is told between any two.

A question about a pair takes an engine some fifty milliseconds, most of which it spends on what all pairs share; so it
is asked once of everything, and each page picks its rows. They are the rows that the pair's own question gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from kg.pages.library import Library, question
from kg.store import Row, Rows

#: Question about a pair -> the column of what lies between two constructs.
_THINGS = {"findings-between": "finding", "theory-between": "proposition"}

_WITHIN = "SELECT DISTINCT ?part ?whole WHERE { ?part ca:within ?whole } ORDER BY ?part ?whole"
_ENDS = """
SELECT DISTINCT ?thing ?subject ?object WHERE { ?thing ca:subject ?subject ; ca:object ?object }
ORDER BY ?thing ?subject ?object"""
#: The same of what others pooled. A question about a pair also takes what is told of a construct right above it.
_POOLED = """
SELECT DISTINCT ?thing ?subject ?object WHERE { ?thing ca:estimateSubject ?subject ; ca:estimateObject ?object }
ORDER BY ?thing ?subject ?object"""
_ABOVE = "SELECT DISTINCT ?part ?whole WHERE { ?part skos:broader ?whole } ORDER BY ?part ?whole"


def between(library: Library, name: str, first: str, second: str) -> Rows:
    """The answer of ``findings-between`` or ``theory-between`` about two constructs, by IRI."""
    things = _joining(library, _ENDS, _parts(library, first), _parts(library, second))
    column = _THINGS[name]
    return library.select(question(name).of_everything()).where(lambda row: str(row[column]) in things)


def pooled_between(library: Library, first: str, second: str) -> Sequence[Row]:
    """The answer of ``published-syntheses-between``, which is asked only where others may have pooled anything."""
    one, other = (_parts(library, iri) | _above(library, iri) for iri in (first, second))
    if not _joining(library, _POOLED, one, other):
        return ()
    return tuple(library.ask("published-syntheses-between", subject=first, object=second))


def _joining(library: Library, query: str, one: frozenset[str], other: frozenset[str]) -> set[str]:
    """The things whose ends lie one in each set, whichever comes first."""

    def joins(subject: str, target: str) -> bool:
        return (subject in one and target in other) or (subject in other and target in one)

    return {thing for thing, subject, target in _triples(library, query) if joins(subject, target)}


def _parts(library: Library, iri: str) -> frozenset[str]:
    """A construct and everything narrower."""
    return _grouped(library, _WITHIN, "whole", "part").get(iri, frozenset())


def _above(library: Library, iri: str) -> frozenset[str]:
    """What stands right above a construct."""
    return _grouped(library, _ABOVE, "part", "whole").get(iri, frozenset())


@lru_cache(maxsize=32)
def _triples(library: Library, query: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((str(row["thing"]), str(row["subject"]), str(row["object"])) for row in library.select(query))


@lru_cache(maxsize=32)
def _grouped(library: Library, query: str, key: str, value: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in library.select(query):
        found.setdefault(str(row[key]), set()).add(str(row[value]))
    return {key: frozenset(values) for key, values in found.items()}


def prepare(library: Library) -> None:
    """Ask what is asked once, before somebody waits for it."""
    for name in _THINGS:
        library.select(question(name).of_everything())
