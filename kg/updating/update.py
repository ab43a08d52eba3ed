"""A build that starts from the one before: studies, samples and findings that came, went or changed, and what follows.

The store before is copied by hard links, changed in the copy, and checked there; the copy becomes current as any build
does, so what is killed on the way leaves the old graph answering. The graph is the one that a build from nothing gives:
where that cannot be said beforehand, ``Anew`` is raised, and everything is built anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg import check
from kg.build import WRITTEN, Progress, arithmetic_layer, metadata, pooled, prove, read, write_text
from kg.bulk.sources import is_large
from kg.corpus import Corpus
from kg.errors import ProblemsFound
from kg.manifests import THE_REST, pieces, write_manifest
from kg.names import PREFIXES, graph_iri, kind_of
from kg.pooled import pooled_iri
from kg.references import beyond_rules
from kg.resources import Rooms
from kg.store.embedded import Embedded, plain
from kg.triples import as_ntriples, dataset_as_triples, lines_of, told_labels, triples_of
from kg.updating.following import Ends, Following
from kg.updating.journal import Journal, as_quads

#: The kinds of rows of which is known what follows from them.
_FOLLOWED = {"dataset", "publication", "study", "sample", "finding", "risk-of-bias", "arithmetic-check"}
_LABEL = PREFIXES["rdfs"] + "label"


class Anew(Exception):
    """Why a graph cannot be brought up to date, but must be built from nothing."""


def update(work: Path, before: Path, rooms: Rooms, progress: Progress, beside: Sequence[Path]) -> dict[str, int]:
    """Write store, files and manifest into ``work``, from the generation ``before``; gives the size of each graph."""
    manifest = json.loads((before / "manifest.json").read_text(encoding="utf-8"))
    if manifest["files"] != list(WRITTEN) or any(map(is_large, beside)):
        raise Anew("a dataset has, or had, so many findings that graphs are built set-wise")
    made_of = pieces(rooms, beside)
    changed = _changed(manifest.get("made_of", {}), made_of)
    progress(f"updating: {', '.join(sorted(changed)) or 'no dataset'}")
    corpus, _ = read(rooms, beside)
    if beyond := [*beyond_rules(corpus)]:
        raise ProblemsFound(beyond)
    journal = Journal(Embedded.at(before / "store").copied_to(work / "store"))
    follow(journal, rooms, corpus, changed, progress)
    progress("checks")
    prove(journal.store, rooms, check.read_shapes(rooms), corpus.places(), journal.subjects())
    _replace(journal, "metadata", metadata(rooms.digest(beside)))
    progress("writing files")
    write_text(_lines(before / WRITTEN[0], journal), work)
    journal.store.flush()
    growth = journal.growth()
    sizes = {name: manifest["counts"].get(name, 0) + growth[name] for name in {*manifest["counts"], *growth}}
    counts = {name: size for name, size in sorted(sizes.items()) if size}
    write_manifest(work, made_of, beside, "rules", counts, WRITTEN)
    return counts


# --- what changed ----------------------------------------------------------------------------


def _changed(before: dict[str, str], now: dict[str, str]) -> set[str]:
    """The datasets that came, went or changed."""
    if before.get(THE_REST) != now[THE_REST]:
        raise Anew("ontology, publications, rules or software changed")
    return {Path(name).name for name in {*before, *now} if before.get(name) != now.get(name)}


def _said(corpus: Corpus, changed: set[str]) -> set[ox.Quad]:
    """What is said by now in the graphs that may have changed."""
    label_of = told_labels(corpus)
    datasets = [each for each in corpus.datasets if each.id in changed]
    for dataset in datasets:
        if any(dataset.terms()):
            raise Anew(f"{dataset.id} brings terms")
    references = as_ntriples(triple for row in corpus.publications for triple in triples_of(row.record))
    evidence = {f"evidence/{each.id}": as_ntriples(dataset_as_triples(each, label_of)) for each in datasets}
    return as_quads({"references": references, "arithmetic": arithmetic_layer(corpus), **evidence}.items())


def _graphs(changed: set[str]) -> list[str]:
    return ["references", "arithmetic", *(f"evidence/{name}" for name in sorted(changed))]


def _refuse_the_unknown(store: Embedded, changed: set[str], gone: set[ox.Quad], new: set[ox.Quad]) -> None:
    """Raise Anew where rows changed of which is not known what follows from them."""
    if held := set(map(graph_iri, (f"vocabulary/{name}" for name in changed))) & {*store.graphs()}:
        raise Anew(f"{min(held).rpartition('/')[2]} brought terms")
    before, now = ({plain(quad.subject) for quad in quads} for quads in (gone, new))
    if strange := {kind_of(row) for row in before | now} - _FOLLOWED:
        raise Anew(f"rows of other kinds changed ({', '.join(sorted(strange))})")
    if any(kind_of(row) == "publication" for row in before & now):
        raise Anew("a publication changed")
    named_anew = before & now & {plain(quad.subject) for quad in gone if plain(quad.predicate) == _LABEL}
    own = set(map(graph_iri, _graphs(changed)))
    if {plain(quad.graph_name) for row in named_anew for quad in store.naming(row) if _is_evidence(quad)} - own:
        raise Anew("another dataset names a row whose label changed")


def _is_evidence(quad: ox.Quad) -> bool:
    return plain(quad.graph_name).startswith(graph_iri("evidence/"))


# --- what follows ----------------------------------------------------------------------------


def follow(journal: Journal, rooms: Rooms, corpus: Corpus, changed: set[str], progress: Progress) -> None:
    """Bring what was said up to date, and what follows from it."""
    now = _said(corpus, changed)
    before = {quad for name in _graphs(changed) for quad in journal.store.quads_of(graph_iri(name))}
    gone, new = before - now, now - before
    _refuse_the_unknown(journal.store, changed, gone, new)
    following = Following(journal, rooms, {plain(quad.subject) for quad in gone | new})
    journal.take(gone)
    journal.put(new)
    progress("what follows from it")
    _pool(journal, following.again(), progress)


def _pool(journal: Journal, ends: Ends, progress: Progress) -> None:
    """Pool anew what these pairs of constructs pool."""
    pooled_before = {pooled_iri(pair) for pair in ends}
    told = {quad for name in pooled_before for quad in journal.store.naming(name, graph_iri("pooled"))}
    parts = {plain(quad.object) for quad in told if plain(quad.object).startswith(PREFIXES["pooled"])}
    journal.forget(pooled_before | parts, "pooled")
    journal.put(as_quads([("pooled", pooled(journal.store, progress, set(map(frozenset, ends))))]))


def _replace(journal: Journal, graph: str, ntriples: str) -> None:
    journal.take(list(journal.store.quads_of(graph_iri(graph))))
    journal.put(as_quads([(graph, ntriples)]))


# --- the graph as text -----------------------------------------------------------------------


def _lines(before: Path, journal: Journal) -> list[str]:
    """The lines of ``kg.nq`` by now: those of before, but for those that went, and those that came."""
    lines = set(lines_of(before.read_text(encoding="utf-8")))
    gone = set(_nquads(journal.gone))
    if not gone <= lines:
        raise Anew(f"{before} is not what was built")
    return sorted(lines - gone | set(_nquads(journal.new)))


def _nquads(quads: Iterable[ox.Quad]) -> list[str]:
    text: Any = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
    return lines_of(text.decode())
