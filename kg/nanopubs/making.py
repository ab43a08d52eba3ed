"""What a nanopublication says: of a finding its edge and numbers, of a proposition its claim, each with its source.

Everything that people coded is in it: what was found or claimed in the assertion, where and how that was read in the
provenance. So the nanopublications of all findings hold what the graph states of them, and no more.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from kg.errors import NothingFound, StoreError, UnknownName
from kg.lookup import resolve
from kg.names import BASE, PREFIXES, PROJECT, TERMS, curie, expand
from kg.nanopubs.quads import NPX, SPACE, Nanopub, draft, part
from kg.questions import export_query
from kg.resources import shipped
from kg.store import Rows, Store

#: What tells where a row was read, by whom and how surely, not what was found.
_OF_READING = frozenset(
    TERMS + name for name in ("reportedIn", "readThrough", "locator", "certainty", "coderNote", "inDataset")
)
_REPORTED_IN, _IN_DATASET = TERMS + "reportedIn", TERMS + "inDataset"
_LABEL = PREFIXES["rdfs"] + "label"
_CREATED = PREFIXES["dcterms"] + "created"
_CREATOR = PREFIXES["dcterms"] + "creator"
_LICENCES = (PREFIXES["dcterms"] + "license", PREFIXES["dc"] + "rights")
_OF_ITSELF = ("finding", "proposition")

Stated = dict[str, list[ox.Triple]]


def nanopubs(store: Store, about: str | None = None, creator: str = PROJECT) -> list[Nanopub]:
    """A draft for each finding and proposition of the store, or for the one that ``about`` names, in order of IRI.

    ``creator`` is the IRI of who publishes them. Raises NothingFound where there is nothing to publish.
    """
    terms = {"about": [f"<{_resolved(store, about)}>"]} if about else {}
    stated = _by_subject(store.graph(export_query(shipped(), "nanopub-statements", terms)))
    _whole(stated, store.select(export_query(shipped(), "nanopub-statements-counted", terms)))
    if not stated:
        raise NothingFound("this graph has no finding and no proposition, so there is nothing to publish")
    sources = _by_subject(store.graph(export_query(shipped(), "nanopub-sources", {})))
    edges = _edges(store)
    return [_made(iri, stated[iri], edges.get(iri, []), sources, creator) for iri in sorted(stated)]


def latest_date(store: Store) -> ox.Literal | None:
    """The date of the dataset that was coded last: the day of the evidence as it stands."""
    sources = _by_subject(store.graph(export_query(shipped(), "nanopub-sources", {})))
    dates = [each.object for told in sources.values() for each in told if each.predicate.value == _CREATED]
    return max((each for each in dates if isinstance(each, ox.Literal)), key=str, default=None)


def _resolved(store: Store, name: str) -> str:
    """The finding or, where none is called so, the proposition of that name."""
    candidates: list[str] = []
    for kind in _OF_ITSELF:
        try:
            return resolve(store, name, kind)
        except UnknownName as unknown:
            candidates += unknown.candidates
    told = f"; it may mean {' or '.join(candidates)}: say which" if candidates else "; kg ask findings lists them"
    raise UnknownName(f"--about: no finding or proposition is called '{name}'{told}", candidates)


def _whole(stated: Stated, counted: Rows) -> None:
    """Refuse an answer that was cut off: what it lacks would be taken for retracted."""
    (told,), got = counted.column("statements"), sum(map(len, stated.values()))
    if told != got:
        what = f"the endpoint handed out {got:,} of {told:,} statements"
        raise StoreError(f"{what}; raise its limit of rows (ENGINES.md), or export from a build")


def _made(iri: str, stated: list[ox.Triple], edges: list[ox.Triple], sources: Stated, creator: str) -> Nanopub:
    stem = SPACE + iri.removeprefix(BASE) + "/"
    reading = {each for each in stated if each.predicate.value in _OF_READING}
    return Nanopub(
        stem,
        assertion=frozenset({*stated, *edges} - reading),
        provenance=frozenset(reading | set(_provenance(stem, reading, sources))),
        pubinfo=frozenset(_pubinfo(stem, iri, stated, sources, creator)),
    )


def _provenance(stem: str, reading: set[ox.Triple], sources: Stated) -> Iterator[ox.Triple]:
    """The assertion was taken from a publication, by this project; and how the publication is found."""
    assertion = part(stem, "assertion")
    yield _triple(assertion, "prov:wasAttributedTo", ox.NamedNode(PROJECT))
    for publication in _objects(reading, _REPORTED_IN):
        yield _triple(assertion, "prov:wasDerivedFrom", publication)
        yield from sources.get(publication.value, [])


def _pubinfo(stem: str, iri: str, stated: list[ox.Triple], sources: Stated, creator: str) -> Iterator[ox.Triple]:
    """Of the nanopublication itself: what it is about, who made it, from which day's coding, under which licence."""
    this = draft(stem)
    yield ox.Triple(this, ox.NamedNode(NPX + "introduces"), ox.NamedNode(iri))
    yield ox.Triple(this, ox.NamedNode(_CREATOR), ox.NamedNode(creator))
    yield from (ox.Triple(this, each.predicate, each.object) for each in stated if each.predicate.value == _LABEL)
    for dataset in _objects(stated, _IN_DATASET):
        yield from (ox.Triple(this, each.predicate, each.object) for each in sources.get(dataset.value, []))


def retraction(former: Nanopub, on: ox.Literal | None, creator: str) -> Nanopub:
    """A draft that takes ``former`` back: what it was about is no longer in the graph."""
    this, agent = draft(former.stem), ox.NamedNode(creator)
    kept = {each for each in former.pubinfo if each.subject == this and each.predicate.value in _LICENCES}
    label = f"Retraction of {curie(former.stem.replace(SPACE, BASE).rstrip('/'))}"
    dates = {ox.Triple(this, ox.NamedNode(_CREATED), on)} if on else set()
    about = {
        ox.Triple(this, ox.NamedNode(_CREATOR), agent),
        ox.Triple(this, ox.NamedNode(_LABEL), ox.Literal(label)),
    }
    return Nanopub(
        former.stem,
        assertion=frozenset({ox.Triple(agent, ox.NamedNode(NPX + "retracts"), ox.NamedNode(former.iri))}),
        provenance=frozenset({_triple(part(former.stem, "assertion"), "prov:wasAttributedTo", agent)}),
        pubinfo=frozenset(kept | dates | about),
    ).superseding(former)


def _edges(store: Store) -> Stated:
    """Finding -> the typed edges that it entails."""
    found: Stated = {}
    for row in store.select(export_query(shipped(), "reified-edges", {})):
        start, edge, end = (ox.NamedNode(str(row[name])) for name in ("from", "edge", "to"))
        found.setdefault(str(row["finding"]), []).append(ox.Triple(start, edge, end))
    return found


def _by_subject(ntriples: str) -> Stated:
    found: Stated = {}
    for quad in ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES):
        if isinstance(quad.subject, ox.NamedNode):
            found.setdefault(quad.subject.value, []).append(quad.triple)
    return found


def _objects(triples: set[ox.Triple] | list[ox.Triple], predicate: str) -> list[ox.NamedNode]:
    found = (each.object for each in triples if each.predicate.value == predicate)
    return [each for each in found if isinstance(each, ox.NamedNode)]


def _triple(subject: ox.NamedNode, predicate: str, object: ox.NamedNode) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(str(expand(predicate))), object)
