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


THIRDS = {"mediates": FindingKind.MEDIATION, "moderates": FindingKind.MODERATION}
SUPPORTING = {"complete", "partial", "supported"}


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
        self.findings = {row.record.id: row.record for dataset in corpus.datasets for row in dataset.findings}
        self.design = {row.record.id: row.record.design for dataset in corpus.datasets for row in dataset.studies}

    def earlier(self, finding):
        """Findings that tell the same result, by however many links, with an earlier id."""
        reached, ahead = set(), [finding.id]
        while ahead:
            name = ahead.pop()
            reached.add(name)
            linked = {
                *self.findings[name].same_result_as,
                *(f.id for f in self.findings.values() if name in f.same_result_as),
            }
            ahead += linked - reached
        return [self.findings[name] for name in reached if name < finding.id]

    def within(self, name, above):
        return name == above or any(self.within(each, above) for each in self.constructs[name].broader)

    def pole(self, name, claimed):
        """1 where a construct is the claimed one or narrower, -1 at the opposite pole, else 0."""
        if self.within(name, claimed):
            return 1
        return -1 if any(self.within(name, other) for other in self.opposites[claimed]) else 0

    def turn(self, claim, finding):
        """1 or -1 where a finding on a pair bears on the claim, by whether its sign is turned; else 0."""
        if finding.kind not in BEARING:
            return 0
        for one, other in ((finding.subject, finding.object), (finding.object, finding.subject)):
            if turn := self.pole(one, claim.subject) * self.pole(other, claim.object):
                return turn
        return 0

    def tests_third(self, claim, finding):
        """Whether a mediation or moderation has the three constructs of the claim."""
        if finding.kind != THIRDS[claim.relation] or not self.within(finding.object, claim.object):
            return False
        roles = [(finding.mediator or finding.moderator, finding.subject)]
        if claim.relation == "moderates":
            roles.append((finding.subject, finding.moderator))
        return any(self.within(between, claim.subject) and self.within(start, claim.third) for between, start in roles)

    def lines(self, claim):
        """Finding id -> supports, disputes or open."""
        found = {}
        for finding in self.findings.values():
            if claim.third:
                told_before = any(each.mediator or each.moderator for each in self.earlier(finding))
                if self.tests_third(claim, finding) and not told_before:
                    found[finding.id] = "supports" if finding.support in SUPPORTING else "open"
            elif (turn := self.turn(claim, finding)) and not any(
                self.turn(claim, each) for each in self.earlier(finding)
            ):
                found[finding.id] = self.line(claim, finding, turn)
        return found

    @staticmethod
    def line(claim, finding, turn):
        if claim.predicted_sign not in PREDICTED:
            return "open"
        predicted = PREDICTED[claim.predicted_sign]
        if finding.significance == "not-significant":
            return "supports" if predicted == 0 else "open"
        if finding.direction not in SIGN or finding.significance != "significant":
            return "open"
        return "supports" if SIGN[finding.direction] * turn == predicted else "disputes"

    def verdict(self, claim):  # noqa: PLR0911
        lines = self.lines(claim)
        kinds = set(lines.values())
        ends = [end for end in (claim.subject, claim.object, claim.third) if end]
        if not lines and not all(any(self.pole(name, end) for name in self.measured) for end in ends):
            return "untestable here"
        if not claim.predicted_sign and not claim.third:
            return "no sign predicted"
        if not lines:
            return "untested"
        if claim.predicted_sign == "conditional" or claim.condition:
            return "condition not coded"
        if kinds == {"open"}:
            return "inconclusive"
        nulls = [self.findings[name] for name, line in lines.items() if line == "open"]
        if kinds >= {"supports", "disputes"} or any(is_null(finding) for finding in nulls):
            return "mixed"
        return "supported" if "supports" in kinds else "contradicted"

    def is_test(self, claim, finding):
        """Whether a finding tests a claim about causes: an intervention on its subject, or a prediction over time."""
        if not self.pole(finding.subject, claim.subject):
            return False
        over_time = finding.kind is FindingKind.PREDICTION and self.design[finding.study] == "longitudinal"
        return finding.kind is FindingKind.INTERVENTION_EFFECT or over_time


def is_null(finding):
    return finding.significance == "not-significant" or finding.support == "not-supported"


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


def consistent_only(recount, claim):
    told = [recount.findings[name] for name, line in recount.lines(claim).items() if line != "open"]
    return claim.relation in CAUSAL and bool(told) and not any(recount.is_test(claim, each) for each in told)


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
