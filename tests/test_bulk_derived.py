"""What follows from evidence set-wise is what the rules make of it: on the real evidence, and on any."""

import tempfile
from pathlib import Path
from types import SimpleNamespace

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from made_up import DECISIONS, STUDIES, claims, findings, samples

from kg import build, reason
from kg.bulk.derived import RULES_AFTER, RULES_BEFORE, RULES_SET_WISE, Derived
from kg.bulk.engines import OnThisMachine
from kg.bulk.facts import Facts
from kg.bulk.rows import evidence_of
from kg.names import PREFIXES, graph_iri
from kg.plausibility import lopsided, triples_of_lopsided
from kg.records import Finding, Sample, Study
from kg.store.embedded import Embedded
from kg.streaming import apart
from kg.triples import as_ntriples, named_graphs, triples_of

FOLLOWS = ("inferred", "synthesis", "arithmetic")
#: Everything but what HermiT infers of terms and what is told of other ontologies.
MADE_OF_OTHERS = (f"<{PREFIXES['mapping']}", "<https://w3id.org/compassion-attachment/mappings/")


def quads(store):
    """The quads that follow."""
    graphs = tuple(f"<{graph_iri(name)}>" for name in FOLLOWS)
    return {line for line in map(str, store.quads()) if line.endswith(graphs) and not line.startswith(MADE_OF_OTHERS)}


@pytest.fixture(scope="module")
def graphs(read):
    """Everything that people wrote, but findings, samples and studies, as N-Triples by name of graph."""
    _, others = apart(named_graphs(*read))
    return {name: graph.serialize(format="nt") for name, graph in others.items()}


def lines_of(evidence, facts, rooms):
    """Every line of every part."""
    return [
        line
        for part in Derived(evidence, facts, rooms).parts()
        for line in part.lines().to_pyarrow()["line"].to_pylist()
    ]


def set_wise(said, corpus, rooms):
    """The store that the build of many findings makes: what was said, the rules before, the parts, the rules after."""
    store = Embedded.in_memory()
    for name, ntriples in said.items():
        store.load(ntriples, graph_iri(name))
    reason.apply_rules(store, rooms, lambda step: None, RULES_BEFORE)
    with tempfile.TemporaryDirectory() as spill:
        lines = lines_of(evidence_of(OnThisMachine(Path(spill)), corpus), Facts(store), rooms)
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
    reason.apply_rules(store, rooms, lambda step: None, RULES_AFTER)
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


# --- any evidence ----------------------------------------------------------------------------


def corpus_of(findings, samples, decisions):
    """Made-up rows as a corpus of one dataset."""
    rows = {"findings": findings, "samples": samples, "studies": STUDIES, "overlaps": decisions, "pooled_estimates": []}
    placed = {name: [SimpleNamespace(record=each) for each in records] for name, records in rows.items()}
    return SimpleNamespace(datasets=[SimpleNamespace(id="made-up", **placed)])


@pytest.fixture(scope="module")
def both_ways(rooms, words):
    """What follows from rows set-wise, the lines as they came, and what all rules make of the same."""

    def follow(findings, samples, claims, decisions):
        made = corpus_of(findings, samples, decisions)
        of_claims = as_ntriples(triple for each in (*claims, *decisions) for triple in triples_of(each))
        mine, lines = set_wise({**words, "evidence/claims": of_claims}, made, rooms)
        store = Embedded.in_memory()
        for name, ntriples in {
            **words,
            "evidence/claims": of_claims,
            "arithmetic": build.arithmetic_layer(made),
        }.items():
            store.load(ntriples, graph_iri(name))
        rows = (triple for each in (*findings, *samples, *STUDIES) for triple in triples_of(each))
        said = as_ntriples(rows)
        for each, names in ((mine, RULES_AFTER), (store, sorted((*RULES_BEFORE, *RULES_SET_WISE, *RULES_AFTER)))):
            each.load(said, graph_iri("evidence/rows"))
            reason.apply_rules(each, rooms, lambda step: None, names)
        return quads(mine), lines, quads(store)

    return follow


@settings(
    max_examples=3,
    suppress_health_check=list(HealthCheck),
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    findings=findings(),
    samples=samples(),
    claims=claims(),
    decisions=st.sampled_from([[], *([each] for each in DECISIONS)]),
)
def test_what_follows_from_any_evidence_is_what_the_rules_make(both_ways, findings, samples, claims, decisions):
    """Hierarchies, results told or got twice, overlaps, mediations, nulls, missing numbers: the same quads both ways."""
    set_by_set, lines, by_rules = both_ways(findings, samples, claims, decisions)
    assert sorted(by_rules - set_by_set) == []
    assert sorted(set_by_set - by_rules) == []
    assert len(lines) == len(set(lines))
