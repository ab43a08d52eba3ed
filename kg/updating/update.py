"""A build that starts from the one before: studies, samples and findings that came, went or changed, and what follows.

The store before is copied by hard links, changed in the copy, and checked there; the copy becomes current as any build
does, so what is killed on the way leaves the old graph answering. Only what changed is read and checked, beside however
many findings. The graph is the one that a build from nothing gives: where that cannot be said beforehand, ``Anew`` is
raised, and everything is built anew.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg import check
from kg.build import Progress, metadata, pooled
from kg.bulk.sources import LARGE, unstaged
from kg.corpus import Corpus, read_corpus
from kg.errors import Problem, ProblemsFound
from kg.manifests import Written, write_manifest
from kg.names import PREFIXES, graph_iri, kind_of, mint
from kg.placed import Placed
from kg.pooled import pooled_iri
from kg.resources import Rooms
from kg.store.embedded import Embedded, plain
from kg.triples import as_ntriples, dataset_as_triples, told_labels, triples_of
from kg.updating.following import Ends, Following
from kg.updating.journal import Journal, as_quads
from kg.updating.reading import Anew, Changed, findings_of, labels_named, read_changed, what_changed
from kg.updating.rechecking import Elsewhere, Rechecking, check_of
from kg.updating.shapes import Shapes
from kg.updating.text import write_changed

__all__ = ["Anew", "update"]

#: The kinds of rows of which is known what follows from them.
_FOLLOWED = {"dataset", "publication", "study", "sample", "finding", "risk-of-bias"}
_LABEL = PREFIXES["rdfs"] + "label"


def update(
    work: Path, before: Path, rooms: Rooms, progress: Progress, beside: Sequence[Path], made_of: Mapping[str, str]
) -> dict[str, int]:
    """Write store, files and manifest into ``work``, from the generation ``before``; gives the size of each graph.

    ``made_of`` are the pieces of which the graph is made by now.
    """
    manifest = json.loads((before / "manifest.json").read_text(encoding="utf-8"))
    changed = what_changed(rooms, manifest["made_of"], made_of)
    progress(f"updating: {', '.join(sorted(changed.names)) or 'no dataset'}")
    if were_large := changed.names & {*manifest["large"]}:
        raise Anew(f"{min(were_large)} changed, of which graphs are built set-wise")
    with closing(Embedded.at(before / "store")) as earlier, closing(earlier.copied_to(work / "store")) as store:
        journal = Journal(store)
        corpus = read_changed(rooms, changed, store)
        follow(journal, earlier, rooms, corpus, changed, findings_of(changed.others, store), progress)
        progress("checks")
        places = _Places(rooms, beside, manifest["large"])
        if problems := [*wrong(journal, rooms, changed, places, manifest["large"])]:
            raise ProblemsFound(problems)
        _replace(journal, "metadata", metadata(rooms.digest(beside)))
        progress("writing files")
        counts = _sizes(manifest["counts"], journal)
        written = Written(manifest["files"], counts, manifest["gone"], manifest["large"])
        written = write_changed(work, before, written, journal)
        store.flush()
    write_manifest(work, made_of, beside, "rules", written)
    return counts


def _sizes(before: Mapping[str, int], journal: Journal) -> dict[str, int]:
    growth = journal.growth()
    sizes = {name: before.get(name, 0) + growth[name] for name in {*before, *growth}}
    return {name: size for name, size in sorted(sizes.items()) if size}


# --- what changed ----------------------------------------------------------------------------


def _said(corpus: Corpus, changed: Changed, store: Embedded) -> set[ox.Quad]:
    """What is said by now in the graphs that may have changed."""
    label_of = {**labels_named(corpus, store), **told_labels(corpus)}
    graphs = {f"evidence/{each.id}": as_ntriples(dataset_as_triples(each, label_of)) for each in corpus.datasets}
    if changed.publications:
        told = (triple for row in corpus.publications for triple in triples_of(row.record))
        graphs["references"] = as_ntriples(told)
    return as_quads(graphs.items())


def _refuse_the_unknown(store: Embedded, changed: Changed, gone: set[ox.Quad], new: set[ox.Quad]) -> None:
    """Raise Anew where rows changed of which is not known what follows from them."""
    before, now = ({plain(quad.subject) for quad in quads} for quads in (gone, new))
    if strange := {kind_of(row) for row in before | now} - _FOLLOWED:
        raise Anew(f"rows of other kinds changed ({', '.join(sorted(strange))})")
    publications = {row for row in before | now if kind_of(row) == "publication"}
    if any(any(store.about(row)) and _stays(store, row, gone, new) for row in publications):
        raise Anew("a publication changed")
    named_anew = before & now & {plain(quad.subject) for quad in gone if plain(quad.predicate) == _LABEL}
    if any(_is_named_elsewhere(store, row, changed) for row in named_anew):
        raise Anew("another dataset names a row whose label changed")
    if any(_is_named_elsewhere(store, row, changed) for row in before if not _stays(store, row, gone, new)):
        raise Anew("another dataset names a row that went")


def _stays(store: Embedded, row: str, gone: set[ox.Quad], new: set[ox.Quad]) -> bool:
    """Whether rows tell anything of an individual by now."""
    graphs = {quad.graph_name for quad in gone}
    kept = (quad for quad in store.about(row) if quad.graph_name in graphs and quad not in gone)
    return any(kept) or any(plain(quad.subject) == row for quad in new)


def _is_named_elsewhere(store: Embedded, row: str, changed: Changed) -> bool:
    """Whether a dataset names a row that did not change itself, or a term does."""
    own, said = set(map(graph_iri, changed.graphs)), (graph_iri("evidence/"), graph_iri("vocabulary"))
    graphs = (plain(quad.graph_name) for quad in store.leading_to(row))
    return any(graph.startswith(said) and graph not in own for graph in graphs)


# --- what follows ----------------------------------------------------------------------------


def follow(
    journal: Journal,
    earlier: Embedded,
    rooms: Rooms,
    corpus: Corpus,
    changed: Changed,
    elsewhere: Elsewhere,
    progress: Progress,
) -> None:
    """Bring what was said up to date, and what follows from it; ``earlier`` is the store as it was.

    ``elsewhere`` has the findings of other datasets.
    """
    store = journal.store
    now = _said(corpus, changed, store)
    graphs = [*changed.graphs, *(["references"] if changed.publications else [])]
    before = {quad for name in graphs for quad in store.quads_of(graph_iri(name))}
    gone, new = before - now, now - before
    _refuse_the_unknown(store, changed, gone, new)
    following = Following(journal, earlier, rooms, {plain(quad.subject) for quad in gone | new})
    journal.take(gone)
    journal.put(new)
    progress("what follows from it")
    checks = _recheck(journal, Rechecking(store, corpus, elsewhere), following.checked())
    _pool(journal, following.again(checks), progress)


def _recheck(journal: Journal, rechecking: Rechecking, findings: set[str]) -> set[str]:
    """Bring the arithmetic of findings up to date; gives the individuals of which something else is said."""
    graph = graph_iri("arithmetic")
    before = {quad for each in findings for quad in journal.store.about(check_of(each), graph)}
    now = as_quads([("arithmetic", rechecking.ntriples(findings))])
    journal.take(before - now)
    journal.put(now - before)
    return {plain(quad.subject) for quad in before ^ now}


def _pool(journal: Journal, ends: Ends, progress: Progress) -> None:
    """Pool anew what these pairs of constructs pool."""
    pooled_before = {pooled_iri(pair) for pair in ends}
    told = {quad for name in pooled_before for quad in journal.store.about(name, graph_iri("pooled"))}
    parts = {plain(quad.object) for quad in told if plain(quad.object).startswith(PREFIXES["pooled"])}
    journal.forget(pooled_before | parts, "pooled")
    journal.put(as_quads([("pooled", pooled(journal.store, progress, set(map(frozenset, ends))))]))


def _replace(journal: Journal, graph: str, ntriples: str) -> None:
    journal.take(list(journal.store.quads_of(graph_iri(graph))))
    journal.put(as_quads([(graph, ntriples)]))


# --- is it right? ----------------------------------------------------------------------------


def wrong(
    journal: Journal, rooms: Rooms, changed: Changed, places: check.Places, large: Collection[str] = ()
) -> Iterator[Problem]:
    """What checks and shapes find wrong with whatever changed; with the rest nothing was wrong before.

    Beside ``large`` datasets no shape is held against rows, as in a build from nothing.
    """
    store, datasets = journal.store, {mint("dataset", name) for name in changed.names}
    rows = {row for row in journal.subjects() if kind_of(row) in _FOLLOWED} | datasets
    yield from check.violations(store, rooms, places, only=rows)
    aside = check.ROWS if large else ()
    held = Shapes(rooms, {PREFIXES["ca"] + name for name in aside})
    if doubted := held.in_doubt(store, held.touched(journal.gone | journal.new)):
        shapes = check.without(check.read_shapes(rooms), aside)
        seen = check.what_shapes_see(store, shapes, doubted)
        yield from check.shape_violations(seen, shapes, places, doubted)


class _Places(Mapping[str, Placed[Any]]):
    """IRI -> the row that describes it: the tables are read when something is to be told of a row."""

    def __init__(self, rooms: Rooms, beside: Sequence[Path], large: Collection[str]) -> None:
        self._rooms, self._beside = rooms, beside
        self._large = [folder for folder in beside if folder.name in large]
        self._known: Mapping[str, Placed[Any]] | None = None

    def __getitem__(self, iri: str) -> Placed[Any]:
        return self._places()[iri]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places())

    def __len__(self) -> int:
        return len(self._places())

    def _places(self) -> Mapping[str, Placed[Any]]:
        if self._known is None:
            from kg.streaming import Places

            corpus = read_corpus(self._rooms, self._beside, dict.fromkeys(self._large, LARGE))
            self._known = Places(corpus, [each for folder in self._large for each in unstaged(self._rooms, folder)])
        return self._known
