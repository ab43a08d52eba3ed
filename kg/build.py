"""The pipe: tables -> records -> named graphs -> inferences -> checks -> store and files.

A build is written beside what is there and becomes current by one atomic rename, so that a build
killed at any moment leaves the old graph answering.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import MappingProxyType

import pyoxigraph as ox
from rdflib import Graph

from kg import check, reason
from kg.bulk.sources import ONE_BY_ONE, is_large
from kg.corpus import Corpus, read_corpus
from kg.errors import BadQuestion, KgError, MissingPart, Problem, ProblemsFound
from kg.generations import alone_in, current_generation, publish, workbench
from kg.manifests import Written, is_whole, pieces, read_manifest, up_to_date, write_manifest
from kg.names import LICENCES, ONTOLOGY, PREFIXES, TITLE, graph_iri
from kg.ontology import read_axioms, superclasses
from kg.references import beyond_rules, ids_used_twice, unknown_references
from kg.resources import Rooms, software_version
from kg.store.embedded import Embedded
from kg.triples import as_ntriples, lines_of, named_graphs

Progress = Callable[[str], None]
#: The files that have a graph as text, each canonical: the same bytes from the same graph.
WRITTEN = ("kg.nq", "kg.trig")
#: What people wrote, by name of graph.
Said = Mapping[str, Graph]


@dataclass(frozen=True)
class Built:
    """What a build gave: its folder, whether it was new, and how many quads each named graph has."""

    folder: Path
    fresh: bool
    counts: dict[str, int]


# --- assembling: everything but the writing --------------------------------------------------


def read(rooms: Rooms, extra: Iterable[Path] = ()) -> tuple[Corpus, Graph]:
    """All tables and the ontology; ``ProblemsFound`` with every problem in them."""
    from kg.mapping_triples import unknown_subjects

    axioms = read_axioms(rooms)
    corpus = read_corpus(rooms, extra)
    problems = [
        *corpus.problems,
        *ids_used_twice(corpus),
        *unknown_references(corpus, superclasses(axioms)),
        *unknown_subjects(corpus, axioms),
    ]
    if problems:
        raise ProblemsFound(problems)
    return corpus, axioms


def assemble(store: Embedded, said: Said, corpus: Corpus, rooms: Rooms, reasoner: str, progress: Progress) -> None:
    """Fill ``store`` with what was said and what follows from it, then check the whole.

    The rows of ``corpus`` are named where something is wrong.
    ``reasoner`` is ``hermit``, ``rules`` (with the shipped inferences about the terms), or ``none`` (without).
    Raises Inconsistent where HermiT finds a contradiction, ProblemsFound where a check does.
    """
    places = corpus.places()
    load_said(store, said)
    store.load(arithmetic_layer(corpus), graph_iri("arithmetic"))
    load_of_terms(store, said, corpus, rooms, reasoner, progress, places)
    reason.apply_rules(store, rooms, progress)
    store.load(pooled(store, progress), graph_iri("pooled"))
    progress("checks")
    prove(store, rooms, check.read_shapes(rooms), places)


def load_said(store: Embedded, said: Said) -> None:
    """Fill ``store`` with what was said."""
    for name, graph in said.items():
        store.load(graph.serialize(format="nt"), graph_iri(name))


def load_of_terms(
    store: Embedded, said: Said, corpus: Corpus, rooms: Rooms, reasoner: str, progress: Progress, places: check.Places
) -> None:
    """Add what terms correspond to elsewhere, and what is inferred of them; see ``assemble``."""
    for name, triples in links_elsewhere(corpus, rooms).items():
        store.load(triples, graph_iri(name))
    if reasoner == "hermit":
        progress("HermiT: is everything consistent, and what follows of the terms?")
        reason.prove_consistent(said, places)
        store.load(reason.term_inferences(rooms, said, places), graph_iri("inferred"))
    elif reasoner == "rules":
        store.load(reason.read_inferences(rooms, said["vocabulary"]), graph_iri("inferred"))


def prove(
    store: Embedded,
    rooms: Rooms,
    shapes: Graph,
    places: check.Places,
    suspects: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> None:
    """Raise ProblemsFound where a check or one of ``shapes`` finds something wrong.

    Both look at the whole, but for checks that have ``suspects``.
    """
    seen = check.what_shapes_see(store, shapes)
    problems = [*check.violations(store, rooms, places, suspects), *check.shape_violations(seen, shapes, places)]
    if problems:
        raise ProblemsFound(problems)


def arithmetic_layer(corpus: Corpus) -> str:
    """What arithmetic says of the reported results, as N-Triples."""
    from kg.plausibility import checks, lopsided, triples_of_checks, triples_of_lopsided

    return as_ntriples(chain(triples_of_checks(checks(corpus)), triples_of_lopsided(lopsided(corpus))))


def links_elsewhere(corpus: Corpus, rooms: Rooms) -> dict[str, str]:
    """What our terms correspond to in other ontologies, as N-Triples by name of graph: the mappings, what these
    ontologies say of their terms, and the links that follow.
    """
    from kg.mapping_chains import derived, hierarchy, read_rules, stated_links, triples_of_links
    from kg.mapping_triples import read_elsewhere, triples_of_sets

    elsewhere = read_elsewhere(rooms)
    chained = derived(stated_links(corpus.mapping_sets), hierarchy(corpus, elsewhere), read_rules(rooms))
    return {
        "mappings": as_ntriples(triples_of_sets(corpus.mapping_sets)),
        "elsewhere": elsewhere.serialize(format="nt"),
        "mappings-derived": as_ntriples(triples_of_links(chained)),
    }


def pooled(store: Embedded, progress: Progress, only: Collection[frozenset[str]] | None = None) -> str:
    """What can be pooled, of all pairs of constructs or ``only`` of these, pooled, as N-Triples."""
    from kg.pairs_to_pool import every_pair
    from kg.pooled import ntriples_of_pool
    from kg.pooled_pairs import pooled_pairs

    texts = map(ntriples_of_pool, pooled_pairs(every_pair(store, only)))
    return "".join(where_pooling_is_installed(texts, progress))


def where_pooling_is_installed(texts: Iterable[str], progress: Progress) -> Iterator[str]:
    """What is pooled, pair by pair. Without pymetaanalysis this layer is left out, and that is said."""
    progress("pooling")
    try:
        yield from texts
    except MissingPart as missing:
        progress(f"note: the graph gets no pooled effects: {missing}")


# --- building --------------------------------------------------------------------------------


def build(
    rooms: Rooms,
    folder: Path,
    reasoner: str = "hermit",
    progress: Progress = lambda step: None,
    extra: Iterable[Path] = (),
    spark: str | None = None,
) -> Built:
    """Build the graph of ``rooms`` into ``folder``; does nothing where it is up to date already.

    ``extra`` are dataset folders from elsewhere that go into the graph as well. ``reasoner`` is ``hermit`` (needs
    Java; proves consistency) or ``rules`` (needs none; takes the shipped inferences about the terms). Both give the
    same graph. ``spark`` is the master of a Spark cluster, where what is done set-wise is done; the rest is done here.
    """
    beside = sorted({each.resolve() for each in extra})
    if spark and not any(map(is_large, beside)):
        raise BadQuestion(f"--spark is for datasets of more than {ONE_BY_ONE:,} findings; here is none: leave it out")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with alone_in(folder, progress):
            made_of = pieces(rooms, beside)
            if counts := up_to_date(folder, made_of, reasoner, beside):
                return Built(current_generation(folder), False, counts)
            with workbench(folder) as work:
                updated = _updated(work, folder, rooms, reasoner, progress, beside, made_of)
                counts = updated or _build_into(work, rooms, reasoner, progress, beside, spark)
                return Built(publish(folder, work), True, counts)
    except OSError as error:
        raise KgError(
            f"{folder}: the build cannot be written ({error}); mend that, or choose another with -o"
        ) from error


def _updated(
    work: Path,
    folder: Path,
    rooms: Rooms,
    reasoner: str,
    progress: Progress,
    beside: Sequence[Path],
    made_of: Mapping[str, str],
) -> dict[str, int]:
    """Write into ``work`` what the build in ``folder`` is, brought up to date; nothing where it is to be built anew."""
    by_rules = reasoner == "rules" == read_manifest(folder).get("reasoner")
    if not by_rules or not is_whole(folder):
        return {}
    from kg.updating.update import Anew, update

    try:
        return update(work, current_generation(folder), rooms, progress, beside, made_of)
    except Anew as reason:
        told = str(reason)
    progress(f"building anew: {told}")  # by now nothing holds the store that was begun: its files stay as they are
    for begun in work.iterdir():
        if begun.is_dir():
            shutil.rmtree(begun)
        else:
            begun.unlink()
    return {}


def _build_into(
    work: Path, rooms: Rooms, reasoner: str, progress: Progress, beside: Sequence[Path], spark: str | None
) -> dict[str, int]:
    """Write store, files and manifest into ``work``; gives the size of each named graph."""
    if large := [folder for folder in beside if is_large(folder)]:
        from kg.streaming import stream

        return stream(work, rooms, reasoner, progress, beside, large, spark)
    made_of = pieces(rooms, beside)
    progress("reading tables")
    corpus, axioms = read(rooms, beside)
    if reasoner == "rules" and (beyond := [*beyond_rules(corpus)]):
        raise ProblemsFound(beyond)
    store = Embedded.in_memory()  # rules run several times faster than in one on disk
    assemble(store, named_graphs(corpus, axioms), corpus, rooms, reasoner, progress)
    store.load(metadata(rooms.digest(beside)), graph_iri("metadata"))
    progress("writing files")
    counts = _write_files(store, work)
    on_disk = Embedded.create(work / "store")
    on_disk.load_quads(work / "kg.nq")
    on_disk.finish()
    on_disk.close()
    write_manifest(work, made_of, beside, reasoner, Written(WRITTEN, counts))
    return counts


def metadata(digest: str) -> str:
    """What the graph says of itself, as N-Triples."""
    from rdflib import DCTERMS, OWL, RDF, VOID, Literal, URIRef

    about = Graph()
    whole = URIRef(ONTOLOGY.removesuffix("ontology") + "dataset")
    about.add((VOID.Dataset, RDF.type, OWL.Class))
    about.add((whole, RDF.type, VOID.Dataset))
    about.add((whole, RDF.type, OWL.NamedIndividual))
    about.add((whole, DCTERMS.title, Literal(TITLE, lang="en")))
    about.add((whole, DCTERMS.license, URIRef(LICENCES["CC BY 4.0"])))
    about.add((whole, OWL.versionInfo, Literal(software_version())))
    about.add((whole, DCTERMS.identifier, Literal(f"sha256:{digest}")))
    return about.serialize(format="nt")


def _write_files(store: Embedded, folder: Path) -> dict[str, int]:
    """The store as text; gives the size of each named graph."""
    return write_text(sorted(_with_canonical_names(lines_of(store.nquads()))), folder)


def write_text(lines: Sequence[str], folder: Path) -> dict[str, int]:
    """``kg.nq`` and ``kg.trig``, the same bytes from the same graph; gives the size of each named graph."""
    text = "\n".join(lines) + "\n"
    (folder / "kg.nq").write_text(text, encoding="utf-8", newline="\n")
    quads = ox.parse(text, format=ox.RdfFormat.N_QUADS)
    by_graph = sorted(quads, key=lambda quad: quad.graph_name.value)
    ox.serialize(by_graph, str(folder / "kg.trig"), format=ox.RdfFormat.TRIG, prefixes=PREFIXES)
    sizes = Counter(quad.graph_name.value for quad in by_graph)
    return {name.removeprefix(PREFIXES["graph"]): size for name, size in sizes.items()}


def _with_canonical_names(lines: Iterable[str]) -> Iterator[str]:
    """N-Quads whose blank nodes are named by RDFC-1.0; quads that have none do not bear on these names."""
    nameless: list[str] = []
    for line in lines:
        if "_:" in line:
            nameless.append(line)
        else:
            yield line
    named = ox.Dataset(ox.parse("\n".join(nameless), format=ox.RdfFormat.N_QUADS))
    named.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    yield from (f"{quad} ." for quad in named)


# --- checking --------------------------------------------------------------------------------


def check_all(rooms: Rooms, extra: Iterable[Path], owl: bool, progress: Progress) -> Corpus:
    """Check everything without writing anything; ``ProblemsFound`` where something is wrong.

    ``extra`` are dataset folders from elsewhere. With ``owl``, HermiT judges consistency (needs
    Java). Gives what was read. Shipped inferences that are stale are told last, when nothing else is
    wrong: they can be made anew only then.
    """
    progress("reading tables")
    corpus, axioms = read(rooms, extra)
    said, places = named_graphs(corpus, axioms), corpus.places()
    if owl:
        progress("HermiT: is everything consistent?")
        reason.prove_consistent(said, places)
    assemble(Embedded.in_memory(), said, corpus, rooms, "none", progress)
    if wrong := reason.staleness(rooms, said["vocabulary"]):
        raise ProblemsFound([Problem(rooms.shown(rooms.inferences), 0, "", wrong, "run scripts/infer and commit it")])
    return corpus
