"""Theory against evidence: every verdict follows from the listed findings by the printed rule."""

import shutil

import pytest
from click.testing import CliRunner

from kg import build, cli
from kg.names import local_name
from kg.questions import rule_text
from kg.reason import apply_rules
from kg.records import FindingKind
from kg.resources import Rooms

#: Kinds of findings that are evidence for or against the association of two constructs.
BEARING = {
    FindingKind.ASSOCIATION,
    FindingKind.PREDICTION,
    FindingKind.INTERVENTION_EFFECT,
    FindingKind.GROUP_DIFFERENCE,
}
CAUSAL = {
    "increases",
    "decreases",
    "activates",
    "inhibits",
    "origin-of",
    "precondition-of",
    "protects-against",
    "mediates",
    "moderates",
    "targets",
}
PREDICTED = {"positive": 1, "negative": -1, "none": 0}
SIGN = {"positive": 1, "negative": -1}


class Recount:
    """The verdicts reached again in Python, from the records alone: no SPARQL, no inference of the graph."""

    def __init__(self, corpus):
        self.constructs = {row.record.id: row.record for row in corpus.constructs}
        self.opposites = {name: set() for name in self.constructs}
        for record in self.constructs.values():
            for other in record.opposite_of:
                self.opposites[record.id].add(other)
                self.opposites[other].add(record.id)
        self.measured = {name for row in corpus.measures for name in row.record.measures}
        self.findings = [row.record for dataset in corpus.datasets for row in dataset.findings]
        self.told_before = {f.id for f in self.findings if any(other < f.id for other in self.told_with(f))}

    def told_with(self, finding):
        return {*finding.same_result_as, *(f.id for f in self.findings if finding.id in f.same_result_as)}

    def within(self, name, above):
        return name == above or any(self.within(each, above) for each in self.constructs[name].broader)

    def pole(self, name, claimed):
        """1 where a construct is the claimed one or narrower, -1 at the opposite pole, else 0."""
        if self.within(name, claimed):
            return 1
        return -1 if any(self.within(name, other) for other in self.opposites[claimed]) else 0

    def lines(self, claim):
        """Finding id -> supports, disputes or open."""
        found = {}
        for finding in self.findings:
            if finding.kind not in BEARING or finding.id in self.told_before:
                continue
            for one, other in ((finding.subject, finding.object), (finding.object, finding.subject)):
                turn = self.pole(one, claim.subject) * self.pole(other, claim.object)
                if turn:
                    found[finding.id] = self.line(claim, finding, turn)
        return found

    @staticmethod
    def line(claim, finding, turn):
        if claim.predicted_sign not in PREDICTED:
            return "open"
        predicted = PREDICTED[claim.predicted_sign]
        if finding.significance == "not-significant":
            return "supports" if predicted == 0 else "open"
        if finding.direction not in SIGN:
            return "open"
        return "supports" if SIGN[finding.direction] * turn == predicted else "disputes"

    def verdict(self, claim):
        if claim.predicted_sign not in PREDICTED:
            return "no sign predicted"
        lines = self.lines(claim)
        kinds = set(lines.values())
        if not lines:
            measurable = all(
                any(self.pole(name, end) for name in self.measured) for end in (claim.subject, claim.object)
            )
            return "untested" if measurable else "untestable here"
        if kinds == {"open"}:
            return "inconclusive"
        null = any(lines.get(f.id) == "open" and f.significance == "not-significant" for f in self.findings)
        if kinds >= {"supports", "disputes"} or null:
            return "mixed"
        return "supported" if "supports" in kinds else "contradicted"


def claims(corpus):
    return [row.record for dataset in corpus.datasets for row in dataset.propositions]


@pytest.fixture(scope="module")
def recount(corpus):
    return Recount(corpus)


def test_at_least_45_claims_are_coded(corpus):
    """Both sources are there."""
    assert len(claims(corpus)) >= 45
    assert all(dataset.propositions for dataset in corpus.datasets)


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


def test_a_causal_claim_met_only_by_associations_says_so(graph, corpus):
    """ConsistentOnly is told of causal claims with evidence, and of no other."""
    relation = {claim.id: claim.relation for claim in claims(corpus)}
    for row in graph.ask("verdicts"):
        told = row["supporting"] + row["disputing"] > 0 and relation[local_name(str(row["proposition"]))] in CAUSAL
        assert row["consistentOnly"] == told, row["proposition"]


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
    assert "untestable     no finding bears on it" in result.stderr


def test_a_rule_is_printed_without_comment_marks(rooms):
    """What people read is prose."""
    assert "#" not in rule_text(rooms, "91-verdicts")


def test_one_more_finding_changes_exactly_the_verdicts_that_it_should(rooms, tmp_path, graph):
    """A made-up dataset with one finding on the soothing system changes the claims about that pair, and no other verdict."""
    for room in ("ontology", "evidence", "queries"):
        shutil.copytree(rooms.root / room, tmp_path / room)
    world = Rooms(tmp_path)
    shutil.copytree(rooms.root / "tests" / "bad" / "base" / "evidence" / "mini", world.evidence / "mini")
    build.build(world, tmp_path / "out", "rules")
    from kg.graph import open_graph

    def verdicts(of):
        return {
            local_name(str(row["proposition"])): (row["verdict"], row["supporting"], row["disputing"], row["open"])
            for row in of.ask("verdicts")
        }

    changed = {name for name, told in verdicts(open_graph(tmp_path / "out")).items() if told != verdicts(graph)[name]}
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
