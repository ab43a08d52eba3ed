"""Theory against evidence: every verdict follows from the listed findings by the printed rule."""

import shutil

import pytest
from click.testing import CliRunner
from recount import Recount, consistent_only
from worlds import copy_rooms

from kg import build, cli
from kg.names import local_name
from kg.questions import rule_text
from kg.reason import apply_rules


def claims(corpus):
    return [row.record for dataset in corpus.datasets for row in dataset.propositions]


@pytest.fixture(scope="module")
def recount(corpus):
    return Recount(corpus)


def test_at_least_45_claims_are_coded(corpus):
    """Review, overview and the theory of the field are there."""
    assert len(claims(corpus)) >= 45
    claiming = {dataset.id for dataset in corpus.datasets if dataset.propositions}
    assert claiming >= {"amari-2022", "attachment-based-therapy", "field-theory"}


def test_every_verdict_follows_from_the_records_by_the_rule(graph, corpus, recount):
    """The graph and an independent recount over the records agree on each claim."""
    by_graph = {local_name(str(row["proposition"])): row["verdict"] for row in graph.ask("verdicts")}
    assert by_graph == {claim.id: recount.verdict(claim) for claim in claims(corpus)}


def test_every_evidence_line_follows_from_the_records(graph, corpus, recount):
    """Which finding supports, disputes or leaves open which claim: the same both ways."""
    words = {"supports": "supports", "disputes": "disputes", "leaves open": "open"}
    rows = graph.ask("evidence-for", proposition=[claim.id for claim in claims(corpus)])
    by_graph = {
        (local_name(str(row["proposition"])), local_name(str(row["finding"]))): words[str(row["line"])] for row in rows
    }
    by_records = {
        (claim.id, finding): line for claim in claims(corpus) for finding, line in recount.lines(claim).items()
    }
    assert by_graph == by_records
    assert len(by_graph) > 50


def test_a_causal_claim_met_only_by_associations_says_so(graph, corpus, recount):
    """ConsistentOnly is told of causal claims of which no finding is a test, and of no other."""
    by_graph = {local_name(str(row["proposition"])): row["consistentOnly"] for row in graph.ask("verdicts")}
    assert by_graph == {claim.id: consistent_only(recount, claim) for claim in claims(corpus)}
    assert any(by_graph.values())


@pytest.mark.parametrize("system", ["threat-system", "drive-system", "soothing-system"])
def test_each_affect_system_has_claims_and_an_honest_verdict(graph, system):
    """No measure in the graph yields a system, so no signed claim about one can be tested here."""
    verdicts = set(graph.ask("theory-about", construct=system).column("verdict"))
    assert verdicts
    assert verdicts <= {"untestable here", "no sign predicted"}


def test_every_assessment_points_at_what_it_was_derived_from(graph):
    """prov:wasDerivedFrom leads to the claim and to each of its evidence lines."""
    missing = graph.query(
        """SELECT ?assessment WHERE { ?assessment a ca:Assessment ; ca:ofProposition ?claim .
           OPTIONAL { ?claim ca:evidenceLine ?finding }
           FILTER(!EXISTS { ?assessment prov:wasDerivedFrom ?claim } || (BOUND(?finding) && !EXISTS { ?assessment prov:wasDerivedFrom ?finding })) }"""
    )
    assert len(missing) == 0


def test_the_command_prints_the_rule_beside_the_verdicts(built):
    """Kg theory: rows on stdout, the rule on stderr."""
    result = CliRunner().invoke(
        cli.main, ["--store", str(built), "theory", "--about", "soothing-system", "--format", "csv"]
    )
    assert result.exit_code == 0
    assert "untestable here" in result.stdout
    assert "untestable here       no finding bears on it" in result.stderr


def test_a_rule_is_printed_without_comment_marks(rooms):
    """What people read is prose."""
    assert "#" not in rule_text(rooms, "92-verdicts")


def test_one_more_finding_changes_exactly_the_verdicts_that_it_should(rooms, tmp_path, review):
    """A made-up dataset with one finding on the soothing system changes the claims about that pair, and no other verdict."""
    world = copy_rooms(rooms, tmp_path)
    shutil.copytree(rooms.root / "tests" / "bad" / "base" / "evidence" / "mini", world.evidence / "mini")
    build.build(world, tmp_path / "out", "rules")
    from kg.graph import open_graph

    def verdicts(of):
        return {
            local_name(str(row["proposition"])): (row["verdict"], row["supporting"], row["disputing"], row["open"])
            for row in of.ask("verdicts")
        }

    changed = {name for name, told in verdicts(open_graph(tmp_path / "out")).items() if told != verdicts(review)[name]}
    lines = open_graph(tmp_path / "out").query(
        "SELECT DISTINCT ?claim WHERE { ?claim ca:evidenceLine ?finding . ?finding ca:inDataset dataset:mini }"
    )
    assert changed == {local_name(str(claim)) for claim in lines.column("claim")}


def test_rules_can_be_applied_to_an_empty_graph(rooms):
    """No rule needs data to run."""
    from kg.store.embedded import Embedded

    store = Embedded.in_memory()
    apply_rules(store, rooms, lambda step: None)
    assert len(store) == 0
