"""What follows from evidence set-wise is what the rules make of it: on the real evidence, and on any."""

import re
from types import SimpleNamespace

import ibis
import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg import build, reason
from kg.bulk.derived import RULES_AFTER, RULES_BEFORE, RULES_SET_WISE, derived
from kg.bulk.facts import Facts
from kg.bulk.rows import evidence_of
from kg.files import read_text
from kg.names import PREFIXES, graph_iri
from kg.plausibility import lopsided, triples_of_lopsided
from kg.records import Finding, FindingKind, OverlapDecision, Proposition, Sample, Study
from kg.store.embedded import Embedded
from kg.triples import as_ntriples, named_graphs, triples_of

#: What is made of evidence as dataframes, and so left out of the store from which facts are read.
SET_WISE = tuple(PREFIXES[kind] for kind in ("finding", "sample", "study"))
FOLLOWS = ("inferred", "synthesis", "arithmetic")
#: Everything but what HermiT infers of terms and what is told of other ontologies.
MADE_OF_OTHERS = (f"<{PREFIXES['mapping']}", "<https://w3id.org/compassion-attachment/mappings/")


def run(store, rooms, names):
    """Run these rules over a store, in order of name."""
    for name in names:
        text = read_text(rooms.queries / "rules" / f"{name}.rq", name)
        store.load(store.graph(text), graph_iri(re.search(r"^# graph: (\S+)$", text, re.MULTILINE)[1]))


def quads(store):
    """The quads that follow."""
    graphs = tuple(f"<{graph_iri(name)}>" for name in FOLLOWS)
    return {line for line in map(str, store.quads()) if line.endswith(graphs) and not line.startswith(MADE_OF_OTHERS)}


def without_rows(graph):
    for subject in {each for each in graph.subjects() if str(each).startswith(SET_WISE)}:
        graph.remove((subject, None, None))
    return graph


@pytest.fixture(scope="module")
def graphs(read):
    """Everything that people wrote, but findings, samples and studies, as N-Triples by name of graph."""
    return {name: without_rows(graph).serialize(format="nt") for name, graph in named_graphs(*read).items()}


def lines_of(evidence, facts, rooms):
    """Every line of every part."""
    return [line for part in derived(evidence, facts, rooms) for line in part.lines().to_pyarrow()["line"].to_pylist()]


def set_wise(said, corpus, rooms):
    """The store that the build of many findings makes: what was said, the rules before, the parts, the rules after."""
    store = Embedded.in_memory()
    for name, ntriples in said.items():
        store.load(ntriples, graph_iri(name))
    run(store, rooms, RULES_BEFORE)
    engine = ibis.duckdb.connect()
    lines = lines_of(evidence_of(engine, corpus), Facts(store), rooms)
    engine.disconnect()
    store._store.bulk_load("\n".join(lines).encode(), format=ox.RdfFormat.N_QUADS)
    return store, lines


@pytest.fixture(scope="module")
def real(graphs, corpus, rooms, read):
    """What follows from the real evidence, set-wise, and the lines as they came."""
    shipped = reason.read_inferences(rooms, named_graphs(*read)["vocabulary"])
    of_estimates = as_ntriples(triples_of_lopsided(lopsided(corpus)))
    store, lines = set_wise({**graphs, "inferred": shipped, "arithmetic": of_estimates}, corpus, rooms)
    large = (row.record for row in corpus.rows() if isinstance(row.record, Finding | Sample | Study))
    store.load(as_ntriples(triple for record in large for triple in triples_of(record)), graph_iri("evidence/rows"))
    run(store, rooms, RULES_AFTER)
    return store, lines


@pytest.mark.parametrize("name", FOLLOWS)
def test_what_follows_from_the_real_evidence_is_what_the_rules_make(name, real, store):
    """Inferences, syntheses and arithmetic: the same quads both ways."""
    end = f"<{graph_iri(name)}>"
    by_rules, mine = ({line for line in quads(each) if line.endswith(end)} for each in (store, real[0]))
    assert sorted(by_rules - mine) == []
    assert sorted(mine - by_rules) == []


def test_no_triple_is_made_twice(real):
    """So many lines are so many quads: what a build counts is true."""
    _, lines = real
    assert len(lines) == len(set(lines))


def test_every_rule_is_run_before_or_after_or_made_set_wise(rooms):
    """A new rule must be told to the build of many findings."""
    rules = {path.stem for path in (rooms.queries / "rules").glob("*.rq")}
    made = set(RULES_SET_WISE)
    assert rules == made | set(RULES_BEFORE) | set(RULES_AFTER)
