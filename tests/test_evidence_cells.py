"""Evidence cells: the counts of a pair of constructs are those of its findings, each counted once and in one place."""

from collections import Counter, defaultdict

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Graph
from recount import is_null, telling

from kg import reason
from kg.names import graph_iri, local_name
from kg.records import Finding, FindingKind
from kg.store.embedded import Embedded
from kg.triples import triples_of

COUNTS = ("positive", "negative", "null", "unclear")
CELLS = """SELECT ?first ?second ?findings ?positive ?negative ?null ?unclear ?disagrees WHERE {
  ?cell a ca:EvidenceCell ; ca:pairMember ?first , ?second ; ca:findingCount ?findings ; ca:positiveCount ?positive ;
    ca:negativeCount ?negative ; ca:nullCount ?null ; ca:unclearCount ?unclear ; ca:disagrees ?disagrees .
  FILTER(STR(?first) < STR(?second)) }"""
OUTCOMES = [
    ("positive", "significant"),
    ("negative", "significant"),
    ("not-reported", "significant"),
    ("positive", "not-significant"),
    ("not-reported", "not-significant"),
    ("none", "not-significant"),
    ("negative", "not-reported"),
    ("not-reported", "not-reported"),
    ("none", "not-reported"),
]


def cells_of(store):
    """Pair of constructs -> its row, from the graph."""
    return {frozenset(map(local_name, (row["first"], row["second"]))): row for row in store.select(CELLS)}


def recounted(findings):
    """Pair of constructs -> how many of its findings are which, from the records alone."""
    links = nx.Graph()
    links.add_nodes_from(finding.id for finding in findings)
    links.add_edges_from((finding.id, other) for finding in findings for other in finding.same_result_as)
    groups = {name: same for same in nx.connected_components(links) for name in same}
    best = {}
    for finding in findings:
        if not (finding.mediator or finding.moderator):
            pair = frozenset((finding.subject, finding.object))
            result = pair, frozenset(groups[finding.id])
            best[result] = min(finding, best.get(result, finding), key=telling)
    cells = defaultdict(Counter)
    for (pair, _), finding in best.items():
        cells[pair][outcome(finding)] += 1
    return cells


def outcome(finding):
    if is_null(finding):
        return "null"
    counted = finding.significance == "significant" and finding.direction in ("positive", "negative")
    return finding.direction if counted else "unclear"


def agree(store, findings):
    """Assert that graph and records give every cell the same counts, and that these add up."""
    told, expected = cells_of(store), recounted(findings)
    assert told.keys() == expected.keys()
    for pair, row in told.items():
        assert {name: row[name] for name in COUNTS} == {name: expected[pair][name] for name in COUNTS}
        assert row["findings"] == sum(row[name] for name in COUNTS)
        kinds = sum(expected[pair][name] > 0 for name in ("positive", "negative", "null"))
        assert row["disagrees"] == (kinds > 1)


def test_every_cell_of_the_repository_adds_up(store, corpus):
    """Over the real evidence."""
    findings = [row.record for dataset in corpus.datasets for row in dataset.findings]
    assert len(cells_of(store)) > 20
    agree(store, findings)


@pytest.fixture(scope="module")
def axioms(read):
    return read[1].serialize(format="nt")


@st.composite
def made_up(draw):
    """Findings on a few constructs, in either order, some of which tell the result of an earlier one."""
    findings = []
    for number in range(draw(st.integers(1, 8))):
        subject, object, third = draw(st.permutations(["calm", "peace", "quiet"]))
        direction, significance = draw(st.sampled_from(OUTCOMES))
        kind = draw(st.sampled_from([FindingKind.ASSOCIATION, FindingKind.PREDICTION, FindingKind.MODERATION]))
        moderated = kind is FindingKind.MODERATION
        pair = {subject, object}
        like = [each.id for each in findings if {each.subject, each.object} == pair and not each.moderator]
        findings.append(
            Finding(
                id=f"made-up-{number:02}", study="made-up", sample="made-up-sample", kind=kind, subject=subject,
                object=object, moderator=third if moderated else None, direction=direction, significance=significance,
                support={"significant": "supported"}.get(significance, "not-supported") if moderated else None,
                statement="Made up.", reported_in="amari2022", reading="review", locator="made up", certainty="high",
                same_result_as=tuple(draw(st.lists(st.sampled_from(like), max_size=1))) if like and not moderated else (),
            )
        )  # fmt: skip
    return findings


@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
@given(findings=made_up())
def test_every_cell_of_any_evidence_adds_up(rooms, axioms, findings):
    """Over evidence that nobody found: positive + negative + null + unclear = findings, as the records have it."""
    store = Embedded.in_memory()
    store.load(axioms, graph_iri("ontology"))
    said = Graph()
    for finding in findings:
        for triple in triples_of(finding):
            said.add(triple)
    store.load(said.serialize(format="nt"), graph_iri("evidence/made-up"))
    reason.apply_rules(store, rooms, lambda step: None)
    agree(store, findings)


def test_a_sample_whose_size_is_not_told_adds_nobody_and_hides_nothing(graph, corpus):
    """Every cell counts its people, although some samples tell no number: none drops out of the gap map."""
    assert any(sample.record.n is None for dataset in corpus.datasets for sample in dataset.samples)
    counted = "SELECT ?cell WHERE { ?cell ca:pairMember ?one ; ca:sampleCount ?n FILTER NOT EXISTS { ?cell ca:participantCount ?people } }"
    assert len(graph.query(counted)) == 0
