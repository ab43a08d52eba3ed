"""The build of a graph with more findings than records can hold: screen, quads, bulk load, what follows.

Studies, samples and findings of large datasets never are records; everything else is read as ever. A build that is
killed leaves the graph before it answering, and starts again from the tables: parts of a build that did not end are
not taken over, since to write them anew takes less time than to load them.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

from rdflib import Graph

from kg import check, reason
from kg.build import (
    Progress,
    load_of_terms,
    load_said,
    metadata,
    prove,
    where_pooling_is_installed,
)
from kg.bulk.derived import RULES_AFTER, RULES_BEFORE, Derived
from kg.bulk.engines import Engine, running
from kg.bulk.facts import Facts
from kg.bulk.filled import Filled
from kg.bulk.frames import layer
from kg.bulk.pools import pairs_of, rows_to_pool
from kg.bulk.quads import quads_of
from kg.bulk.rows import Evidence, evidence_of
from kg.bulk.screen import Large, opened, screened
from kg.bulk.sources import LARGE, Source, sources
from kg.bulk.suspects import suspects
from kg.corpus import Corpus, read_corpus
from kg.errors import ProblemsFound
from kg.manifests import Written, pieces, write_manifest
from kg.mapping_triples import unknown_subjects
from kg.names import BASE, PREFIXES, graph_iri, mint
from kg.ontology import read_axioms, superclasses
from kg.placed import Placed
from kg.plausibility import lopsided, triples_of_lopsided
from kg.pooled import ntriples_of_pool
from kg.pooled_pairs import pooled_pairs
from kg.records import Construct, Finding, Sample, Study
from kg.references import beyond_rules
from kg.resources import Rooms
from kg.steps import steps
from kg.store.embedded import Embedded
from kg.tables import read_records
from kg.triples import as_ntriples, named_graphs

#: What rows of findings name beside studies and samples.
_LABELS = """SELECT ?iri ?label WHERE {
  VALUES ?kind { ca:Construct ca:Measure ca:Publication } ?iri a ?kind ; rdfs:label ?label }"""


def stream(
    work: Path,
    rooms: Rooms,
    reasoner: str,
    progress: Progress,
    beside: Sequence[Path],
    large: Sequence[Path],
    spark: str | None = None,
) -> dict[str, int]:
    """Write store, parts and manifest into ``work``; gives the size of each named graph."""
    made_of = pieces(rooms, beside)
    spill = work / "spill"
    spill.mkdir()
    with running(spill, spark) as engine:
        progress("reading tables")
        corpus, tables, axioms = _read(engine, rooms, beside, large, progress, spill)
        if reasoner == "rules" and (beyond := [*beyond_rules(corpus)]):
            raise ProblemsFound(beyond)
        said = named_graphs(corpus, axioms, labels_of(engine, tables))
        places = Places(corpus, [each.source for each in tables])
        rows, others = apart(said)
        terms = _of_terms(others, said, corpus, rooms, reasoner, progress, places)
        found = Derived(_evidence(engine, tables, corpus), Facts(terms), rooms)
        filled = Filled(work)
        filled.take_all("terms", terms)
        progress("what follows from findings")
        for graph, path in write_derived(engine, found, filled.parts):
            filled.take(graph, path)
        filled.take_all("rows-of-small-tables", _in_memory(rows))
        load(filled, write_parts(engine, tables, corpus, filled.parts), engine, tables, progress)
        filled.take_lines("pooled", "pooled", pooled(engine, found, terms, progress))
        suspected = _suspected(engine, found)
    progress("putting the store in order")
    filled.store.finish()
    _conclude(filled, rooms, progress)
    filled.take_lines("metadata", "metadata", [metadata(rooms.digest(beside))])
    progress("checks")
    prove(filled.store, rooms, check.without(check.read_shapes(rooms), check.ROWS), places, suspects=suspected)
    filled.store.flush()
    counts = filled.counts([f"evidence/{folder.name}" for folder in large])
    filled.store.close()
    written = Written(filled.files(), counts, large=[folder.name for folder in large])
    write_manifest(work, made_of, beside, reasoner, written)
    shutil.rmtree(spill)
    return counts


def _read(
    engine: Engine, rooms: Rooms, beside: Sequence[Path], large: Sequence[Path], progress: Progress, spill: Path
) -> tuple[Corpus, list[Large], Graph]:
    """What is read as records, the large tables, and the ontology: all of it right."""
    axioms = read_axioms(rooms)
    corpus = read_corpus(rooms, beside, dict.fromkeys(large, LARGE))
    corpus.problems += unknown_subjects(corpus, axioms)
    progress("screening large tables")
    return corpus, screen(engine, rooms, corpus, superclasses(axioms), large, spill), axioms


def _of_terms(
    others: Mapping[str, Graph],
    said: Mapping[str, Graph],
    corpus: Corpus,
    rooms: Rooms,
    reasoner: str,
    progress: Progress,
    places: Places,
) -> Embedded:
    """What is said of anything but rows of evidence, and what follows from that, in memory: small, and read often."""
    store = _in_memory(others)
    store.load(as_ntriples(triples_of_lopsided(lopsided(corpus))), graph_iri("arithmetic"))
    load_of_terms(store, said, corpus, rooms, reasoner, progress, places)
    reason.apply_rules(store, rooms, progress, RULES_BEFORE)
    return store


def _in_memory(said: Mapping[str, Graph]) -> Embedded:
    store = Embedded.in_memory()
    load_said(store, said)
    return store


def _suspected(engine: Engine, found: Derived) -> dict[str, list[str]]:
    """Check -> the findings, by IRI, that it may be about."""
    return {
        check: [mint("finding", row[0]) for row in engine.rows(rows.distinct())]
        for check, rows in suspects(found).items()
    }


def _conclude(filled: Filled, rooms: Rooms, progress: Progress) -> None:
    """Add what the last rules conclude from what is there."""
    for name in RULES_AFTER:
        progress(f"rule {name}")
        text, target = reason.read_rule(rooms, name)
        filled.take_lines(f"concluded-{name}", target, [filled.store.graph(text)])


def screen(
    engine: Engine, rooms: Rooms, corpus: Corpus, above: Mapping[str, set[str]], large: Iterable[Path], work: Path
) -> list[Large]:
    """The large tables, every row of them right."""
    try:
        found = [source for folder in large for source in sources(rooms, folder, work)]
    except ProblemsFound as wrong:
        raise ProblemsFound([*corpus.problems, *wrong.problems]) from wrong
    return screened(engine, opened(engine, found, work), corpus, above)


def labels_of(engine: Engine, tables: Iterable[Large]) -> dict[str, str]:
    """IRI -> label, of the rows of large tables that rows of small ones may name."""
    return {
        mint(each.model.prefix, row[0]): row[1]
        for each in tables
        if each.model in (Study, Sample)
        for row in engine.rows(each.table.select("id", "label"))
    }


# --- parts -----------------------------------------------------------------------------------


def write_parts(engine: Engine, tables: Sequence[Large], corpus: Corpus, place: Path) -> Iterator[Path]:
    """Write the rows of large tables as N-Quads, part by part; gives each part when it is whole."""
    for each in tables:
        labels = _labels_for(engine, corpus, tables, each) if each.model is Finding else {}
        for number, lines in enumerate(quads_of(each.table, each.model, each.source.dataset, labels)):
            name = f"{each.source.dataset}-{each.model.table}-{number}"
            yield from engine.write(lines, place / name)


def _labels_for(engine: Engine, corpus: Corpus, tables: Iterable[Large], findings: Large) -> dict[str, Any]:
    """Labels of what findings name: constructs, and studies of their dataset (checks would tell of another's)."""
    rows = [row.record for row in corpus.rows() if isinstance(row.record, Construct)]
    constructs = engine.table({"id": [row.id for row in rows], "label": [row.label for row in rows]})
    own = (each for each in tables if each.model is Study and each.source.dataset == findings.source.dataset)
    return {"construct": constructs, "study": next(own).table.select("id", "label")}


def write_derived(engine: Engine, found: Derived, place: Path) -> Iterator[tuple[str, Path]]:
    """Write what follows from all findings, samples and studies, part by part; gives the graph and the file of each."""
    for number, part in enumerate(found.parts()):
        lines = part.lines()
        name = f"derived-{number:03}-{part.rule}"
        for path in engine.write(lines.select(line=lines.line + "\n"), place / name):
            yield part.graph, path


def pooled(engine: Engine, found: Derived, terms: Embedded, progress: Progress) -> Iterator[str]:
    """What can be pooled, pooled, as N-Triples."""
    labels = {str(row["iri"]): str(row["label"]) for row in terms.select(_LABELS)}
    pairs = pairs_of(engine.each_row(rows_to_pool(found)), labels)
    return where_pooling_is_installed(map(ntriples_of_pool, pooled_pairs(pairs)), progress)


def _evidence(engine: Engine, tables: Iterable[Large], corpus: Corpus) -> Evidence:
    """The rows of large tables, and those that were read as records."""
    small = evidence_of(engine, corpus)
    whole = {Finding: small.findings, Sample: small.samples, Study: small.studies}
    for each in tables:
        beside = whole[each.model]
        rows = each.table.mutate(dataset=layer().literal(each.source.dataset))
        whole[each.model] = beside.union(rows.select(*beside.columns))
    return Evidence(whole[Finding], whole[Sample], whole[Study])


#: What is made of evidence as dataframes, and so comes into the store when facts about terms were read from it.
_ROWS = tuple(PREFIXES[model.prefix] for model in LARGE)


def apart(said: Mapping[str, Graph]) -> tuple[dict[str, Graph], dict[str, Graph]]:
    """What was said of findings, samples and studies, and what was said of anything else."""
    rows, others = ({name: Graph() for name in said} for _ in range(2))
    for name, graph in said.items():
        for triple in graph:
            (rows if str(triple[0]).startswith(_ROWS) else others)[name].add(triple)
    return rows, others


def load(filled: Filled, parts: Iterable[Path], engine: Engine, tables: Iterable[Large], progress: Progress) -> None:
    """Load the rows of large tables part by part, as they are written."""
    findings = sum(engine.rows(each.table.count().as_table())[0][0] for each in tables if each.model is Finding)
    with steps("loading findings", findings, progress) as advance:
        for path in parts:
            filled.store.load_quads(path)
            advance(_findings_in(path))


def _findings_in(path: Path) -> int:
    """How many findings a part tells: each has one subject."""
    mark = f"> <{PREFIXES['ca']}subject> <".encode()
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as text:
        return sum(1 for _ in re.finditer(re.escape(mark), text))


# --- rows, where they are asked for ----------------------------------------------------------


class Places(Mapping[str, Placed[Any]]):
    """IRI -> the row that describes it; a row of a large table is looked up in its file when it is asked for."""

    def __init__(self, corpus: Corpus, large: Sequence[Source]) -> None:
        self._known = corpus.places()
        self._large = large

    def __getitem__(self, iri: str) -> Placed[Any]:
        if iri not in self._known:
            kind, _, name = iri.removeprefix(BASE).partition("/")
            for source in self._large:
                if source.model.prefix == kind:
                    found = read_records(source.path, source.shown, source.model, {name})
                    self._known.update((row.record.iri, row) for row in found.records)
        return self._known[iri]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)
