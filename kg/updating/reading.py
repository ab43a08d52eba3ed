"""What changed since a graph was built, read without all the rest: datasets that came or changed, row by row.

What their rows name is looked up in the graph. Whatever is wrong, or may bear on rows elsewhere in a way that is not
followed, raises ``Anew``: then everything is read, and told as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.bulk.sources import is_large
from kg.cells import Ref
from kg.corpus import DATASET_TABLES, Corpus, read_all_publications, read_datasets
from kg.manifests import THE_REST
from kg.names import PREFIXES, graph_iri, local_name, mint
from kg.records import DatasetInfo, Finding, Record, Uncoded
from kg.references import ids_used_twice, targets
from kg.resources import Rooms
from kg.store.embedded import Embedded, plain
from kg.tables import find_tables, read_records
from kg.triples import as_ntriples, triples_of
from kg.updating.journal import as_quads, is_named

_LABEL, _TYPE = PREFIXES["rdfs"] + "label", PREFIXES["rdf"] + "type"
_EVIDENCE = graph_iri("evidence/")
#: Where individuals stand that rows may name: these graphs, and those that begin so.
_NAMED = (graph_iri("vocabulary"), graph_iri("references"), _EVIDENCE)
#: The kinds of rows that bring no label; what names one of them calls it by its id.
_MODELS: tuple[type[Record], ...] = (*DATASET_TABLES.values(), DatasetInfo)
_WITHOUT_LABEL = {model.prefix for model in _MODELS if "label" not in model.model_fields}


class Anew(Exception):
    """Why a graph cannot be brought up to date, but must be built from nothing."""


@dataclass(frozen=True)
class Changed:
    """The datasets that came, went or changed, by name; the folders of those that are there; all others' folders; and
    whether datasets brought other publications.
    """

    names: frozenset[str]
    folders: Sequence[Path]
    others: Sequence[Path]
    publications: bool

    @property
    def graphs(self) -> list[str]:
        """The names of the graphs that hold what the datasets say."""
        return [f"evidence/{name}" for name in sorted(self.names)]

    @property
    def of_terms(self) -> list[str]:
        """The names of the graphs that hold the terms that they bring."""
        return [f"vocabulary/{name}" for name in sorted(self.names)]


def what_changed(rooms: Rooms, before: Mapping[str, str], now: Mapping[str, str]) -> Changed:
    """What changed between two builds, by the digests of what they are made of."""
    if before.get(THE_REST) != now[THE_REST]:
        raise Anew("ontology, publications, rules or software changed")
    bib = rooms.publications.name
    pieces = {rooms.root / name for name in {*before, *now} if name and before.get(name) != now.get(name)}
    there = [rooms.root / name for name in now if name and Path(name).name != bib]
    if len({each.name for each in there}) < len(there):
        raise Anew("two folders have one name")
    changed = {each for each in pieces if each.name != bib}
    return Changed(
        frozenset(each.name for each in changed),
        [each for each in there if each in changed],
        [each for each in there if each not in changed],
        pieces != changed,
    )


def read_changed(rooms: Rooms, changed: Changed, store: Embedded) -> Corpus:
    """The rows of the datasets that are there and changed, and all publications where datasets brought others.

    ``store`` holds the graph from before.
    """
    if any(map(is_large, changed.folders)):
        raise Anew("a dataset that changed has so many findings that graphs are built set-wise")
    corpus = read_datasets(rooms, changed.folders)
    if changed.publications:
        elsewhere = {*changed.folders, *changed.others} - {*rooms.datasets()}
        read_all_publications(corpus, rooms, sorted(elsewhere))
    if corpus.problems or any(ids_used_twice(corpus)):
        raise Anew("something is wrong in what changed")
    _refuse_changed_terms(corpus, changed, store)
    _refuse_unknown_names(corpus, changed, store)
    _refuse_lost_publications(corpus, changed, store)
    return corpus


def labels_named(corpus: Corpus, store: Embedded) -> dict[str, str]:
    """IRI -> label, of whatever rows name and the corpus does not hold: as the graph tells it."""
    named = {mint(kind, name) for kind, name in _names(corpus) if kind not in _WITHOUT_LABEL}
    return {
        iri: plain(quad.object)
        for iri in named
        for quad in store.about(iri)
        if quad.predicate.value == _LABEL and plain(quad.graph_name).startswith(_NAMED)
    }


def findings_of(folders: Iterable[Path], store: Embedded) -> Callable[[Collection[str]], Iterator[Finding]]:
    """Where to read single findings of these datasets (by IRI): ``store`` knows which of them holds one."""
    place = {graph_iri(f"evidence/{folder.name}"): folder for folder in folders}

    def read(iris: Collection[str]) -> Iterator[Finding]:
        wanted: dict[Path, set[str]] = {}
        for iri in iris:
            for folder in {place[graph] for quad in store.about(iri) if (graph := plain(quad.graph_name)) in place}:
                wanted.setdefault(folder, set()).add(local_name(iri))
        for folder, names in wanted.items():
            for path in find_tables(folder, Finding.table):
                yield from (row.record for row in read_records(path, path.name, Finding, names).records)

    return read


# --- terms ---------------------------------------------------------------------------------


def _refuse_changed_terms(corpus: Corpus, changed: Changed, store: Embedded) -> None:
    """Raise Anew where datasets bring other terms than before: of terms is not followed what comes of them.

    That terms differ from one another is said of nameless nodes, and follows from which terms there are.
    """
    brought = {each.id: list(each.terms()) for each in corpus.datasets}
    for name in sorted(changed.names):
        graph = graph_iri(f"vocabulary/{name}")
        now = as_ntriples(triple for row in brought.get(name, ()) for triple in triples_of(row.record))
        told = {each.triple for each in store.quads_of(graph) if is_named(each)}
        if told != {each.triple for each in as_quads([(graph, now)])}:
            raise Anew(f"the terms that {name} brings changed")


# --- names -----------------------------------------------------------------------------------


def _names(corpus: Corpus) -> set[tuple[str, str]]:
    """Kind and id of whatever rows name; of classes rows of evidence name none but their own kinds."""
    rows = [row.record for row in (*corpus.rows(), *corpus.uncoded())]
    return {
        named
        for record in rows
        for column, mark in record.marks().items()
        if isinstance(mark, Ref) and mark.kind != "class"
        for named in targets(record, column, mark)
    }


def _refuse_unknown_names(corpus: Corpus, changed: Changed, store: Embedded) -> None:
    """Raise Anew where a name leads nowhere, or an id is used by another dataset as well."""
    own = {row.record.iri for row in corpus.rows()}
    names = [*changed.graphs, *changed.of_terms, *(["references"] if changed.publications else [])]
    stale = set(map(graph_iri, names))
    elsewhere = {iri: set(_told_in(store, iri)) - stale for iri in own | {mint(*each) for each in _names(corpus)}}
    if any(iri not in own and not any(map(_is_nameable, graphs)) for iri, graphs in elsewhere.items()):
        raise Anew("something is wrong in what changed")
    if any(iri in own and graphs for iri, graphs in elsewhere.items()):
        raise Anew("something is wrong in what changed")


def _is_nameable(graph: str) -> bool:
    return graph.startswith(_NAMED)


def _told_in(store: Embedded, iri: str) -> Iterator[str]:
    """The graphs that people wrote and that say something of an individual."""
    for quad in store.about(iri):
        graph = plain(quad.graph_name)
        if graph.startswith((*_NAMED, graph_iri("obsolete"))):
            yield graph


def _refuse_lost_publications(corpus: Corpus, changed: Changed, store: Embedded) -> None:
    """Raise Anew where what nobody coded was read in a publication that is gone: no graph tells of it."""
    if not changed.publications:
        return
    known = {row.record.id for row in corpus.publications}
    rows = (row for folder in changed.others for row in _uncoded(folder))
    if any(row.reported_in not in known for row in rows):
        raise Anew("something is wrong in what changed")


def _uncoded(folder: Path) -> Iterable[Uncoded]:
    for path in find_tables(folder, Uncoded.table):
        yield from (row.record for row in read_records(path, path.name, Uncoded).records)
