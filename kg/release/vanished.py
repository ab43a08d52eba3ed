"""No released IRI ever disappears: each is still there, or says what took its place and why.

Only names that people gave are promised: terms, studies, findings and the like. What is computed, such as an evidence
cell, is there as long as what it is computed from.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from kg.errors import Problem
from kg.names import BASE, ONTOLOGY, PREFIXES, TERMS, curie
from kg.release.versions import Version

_EVERYTHING = ("ontology", "vocabulary", "references", "evidence", "obsolete")
_AXIOMS, _TABLE = "ontology/compassion-attachment.ttl", "ontology/terms/obsolete.tsv"
_DEPRECATED = ox.NamedNode(PREFIXES["owl"] + "deprecated")
_REPLACED = ox.NamedNode(PREFIXES["dcterms"] + "isReplacedBy")
_IN_PLACE = "keep it, with owl:deprecated true and dcterms:isReplacedBy the term that takes its place"


def vanished(old: Version, new: Version) -> list[Problem]:
    """Each IRI of ``old`` that ``new`` says nothing of, and each class or property that gave way to nothing."""
    return sorted([*_gone(old, new), *_without_replacement(new)])


def _gone(old: Version, new: Version) -> Iterator[Problem]:
    for iri in _named(old) - _named(new):
        what = f"{curie(iri)} was released and is gone"
        if iri.startswith(TERMS):
            yield Problem(_AXIOMS, 0, "", what, _IN_PLACE)
        else:
            kind, _, name = iri.removeprefix(BASE).partition("/")
            yield Problem(_TABLE, 0, "", what, f"add a row: kind {kind}, id {name}, what takes its place, and why")


def _without_replacement(new: Version) -> Iterator[Problem]:
    """Deprecated classes and properties; of the rows of the table, the check of tables has said so."""
    replaced = {quad.subject for quad in new.of("ontology") if quad.predicate == _REPLACED}
    for quad in new.of("ontology"):
        if quad.predicate == _DEPRECATED and quad.subject not in replaced and isinstance(quad.subject, ox.NamedNode):
            what = f"{curie(quad.subject.value)} is deprecated and gives way to nothing"
            yield Problem(_AXIOMS, 0, "", what, "add dcterms:isReplacedBy and the term that takes its place")


def _named(version: Version) -> set[str]:
    """The IRIs of which something is stated; what lies below another's, such as a share, is that one's."""
    subjects = {quad.subject.value for quad in version.of(*_EVERYTHING) if isinstance(quad.subject, ox.NamedNode)}
    return {iri for iri in subjects if iri.startswith(BASE) and iri != ONTOLOGY and iri.count("/") <= TERMS.count("/")}
