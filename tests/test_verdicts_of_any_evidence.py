"""Verdicts over evidence and claims that nobody made: what the rules conclude is what a recount in Python concludes."""

from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Graph
from recount import Recount, consistent_only

from kg import build, reason
from kg.names import graph_iri, local_name
from kg.records import Finding, FindingKind, Proposition, Sample, Study
from kg.store.embedded import Embedded
from kg.triples import named_graphs, triples_of

#: Two of them narrower than a third, two at opposite poles, one that nothing measures.
CONSTRUCTS = [
    "self-compassion",
    "self-kindness",
    "secure-attachment",
    "insecure-attachment",
    "attachment-avoidance",
    "soothing-system",
]
KINDS = [kind for kind in FindingKind if kind is not FindingKind.FACTOR_COMPOSITION]
VERDICTS = """SELECT ?claim ?verdict ?only WHERE {
  ?assessment ca:ofProposition ?claim ; ca:verdict/rdfs:label ?verdict ; ca:consistentOnly ?only }"""
LINES = """SELECT ?claim ?finding ?line WHERE {
  VALUES (?link ?line) { (ca:supportedBy "supports") (ca:disputedBy "disputes") (ca:leftOpenBy "open") }
  ?claim ?link ?finding }"""


def three(draw):
    return draw(st.permutations(CONSTRUCTS))[:3]


@st.composite
def findings(draw):
    made = []
    for number in range(draw(st.integers(0, 6))):
        subject, object, third = three(draw)
        kind = draw(st.sampled_from(KINDS))
        role = {FindingKind.MEDIATION: "mediator", FindingKind.MODERATION: "moderator"}.get(kind)
        significance = draw(st.sampled_from(["significant", "not-significant", "not-reported"]))
        supports = {"significant": ["partial"], "not-significant": ["not-supported"]}.get(
            significance, ["supported", "not-supported"]
        )
        made.append(
            Finding(
                id=f"made-up-{number:02}", study=draw(st.sampled_from(["once", "over-time"])), sample="made-up-sample", kind=kind,
                subject=subject, object=object, direction=draw(st.sampled_from(["positive", "negative", "not-reported"])),
                significance=significance, support=draw(st.sampled_from(supports)) if role else None,
                n=draw(st.sampled_from([None, 40, 376, 377, 5000])), statement="Made up.", reported_in="amari2022", locator="made up",
                reading=draw(st.sampled_from(["review", "primary-abstract", "primary-full-text", "second-hand"])),
                certainty=draw(st.sampled_from(["high", "medium", "low"])),
                same_result_as=tuple(draw(st.lists(st.sampled_from([each.id for each in made]), max_size=1))) if made else (),
                **({role: third} if role else {}),
            )
        )  # fmt: skip
    return made


@st.composite
def claims(draw):
    made = []
    for number in range(draw(st.integers(1, 3))):
        subject, object, third = three(draw)
        relation = draw(st.sampled_from(["associated-with", "increases", "mediates", "moderates"]))
        sign = draw(st.sampled_from(["positive", "negative", "none", "conditional", None]))
        condition = "in the morning" if sign == "conditional" or draw(st.integers(0, 4)) == 0 else None
        made.append(
            Proposition(
                id=f"p-made-up-{number}", subject=subject, relation=relation, object=object, predicted_sign=sign, condition=condition,
                third=third if relation in ("mediates", "moderates") else None, genre="theory", stated_in=("amari2022",),
                reported_in="amari2022", locator="made up", statement="Made up.", certainty="high",
            )
        )  # fmt: skip
    return made


def study(name, design):
    return Study(id=name, label=name, publication="amari2022", design=design, setting="online", reported_in="amari2022", locator="made up")  # fmt: skip


SAMPLE = Sample(
    id="made-up-sample", study="once", label="made up", n=53, recruitment="not-reported", reported_in="amari2022", locator="made up"
)  # fmt: skip
STUDIES = [study("once", "cross-sectional"), study("over-time", "longitudinal")]


@pytest.fixture(scope="module")
def words(read, rooms):
    """The ontology, the terms and what follows from them, by named graph."""
    said = named_graphs(*read)
    shipped = reason.read_inferences(rooms, said["vocabulary"])
    return {**{name: said[name].serialize(format="nt") for name in ("ontology", "vocabulary")}, "inferred": shipped}


@pytest.fixture(scope="module")
def concluded(rooms, corpus, words):
    """What the rules conclude of findings and claims, and the recount over the same."""

    def conclude(findings, claims):
        store = Embedded.in_memory()
        for name, ntriples in words.items():
            store.load(ntriples, graph_iri(name))
        made_up = Graph()
        for record in (*STUDIES, SAMPLE, *findings, *claims):
            for triple in triples_of(record):
                made_up.add(triple)
        store.load(made_up.serialize(format="nt"), graph_iri("evidence/made-up"))
        rows = {"findings": findings, "studies": STUDIES, "samples": [SAMPLE], "pooled_estimates": []}
        dataset = {name: [SimpleNamespace(record=each) for each in records] for name, records in rows.items()}
        made = SimpleNamespace(
            constructs=corpus.constructs, measures=corpus.measures, datasets=[SimpleNamespace(**dataset)]
        )
        store.load(build.arithmetic_layer(made), graph_iri("arithmetic"))
        reason.apply_rules(store, rooms, lambda step: None)
        return store, Recount(made)

    return conclude


@settings(max_examples=20, suppress_health_check=list(HealthCheck), deadline=None)
@given(findings=findings(), claims=claims())
def test_the_rules_and_the_recount_agree_on_any_evidence(concluded, findings, claims):
    """Lines, verdicts, and whether a causal claim was tested: the same both ways."""
    store, recount = concluded(findings, claims)
    lines = {(local_name(row["claim"]), local_name(row["finding"])): row["line"] for row in store.select(LINES)}
    assert lines == {(claim.id, name): line for claim in claims for name, line in recount.lines(claim).items()}
    told = {local_name(row["claim"]): (row["verdict"], row["only"]) for row in store.select(VERDICTS)}
    assert told == {claim.id: (recount.verdict(claim), consistent_only(recount, claim)) for claim in claims}


#: Of a claim that self-compassion and attachment avoidance go in opposite directions.
FOUND = {"direction": "negative", "significance": "significant"}
NULL = {"direction": "not-reported", "significance": "not-significant"}
CARRIED = {
    "kind": "mediation",
    "mediator": "self-kindness",
    "direction": "not-reported",
    "significance": "not-reported",
}
COUNTS = """SELECT ?informative ?uninformative ?doubtful ?notJudged WHERE {
  ?assessment a ca:Assessment ; ca:informativeNullCount ?informative ; ca:uninformativeNullCount ?uninformative ;
    ca:doubtfulNullCount ?doubtful ; ca:notJudgedNullCount ?notJudged }"""


@pytest.mark.parametrize(
    ("told", "verdict", "counts"),
    [
        ([FOUND, {**NULL, "n": 377}], "mixed", (1, 0, 0, 0)),
        ([FOUND, {**NULL, "n": 376}], "supported", (0, 1, 0, 0)),
        ([FOUND, {**NULL, "n": 4375}], "supported", (0, 0, 1, 0)),
        ([FOUND, {**NULL, "n": 377, "kind": "prediction"}], "supported, contrary tests not judged", (0, 0, 0, 1)),
        ([{**FOUND, "direction": "positive"}, {**NULL, "kind": "prediction"}], "contradicted", (0, 0, 0, 1)),
        ([{**NULL, "n": 377}, {**NULL, "n": 40}], "at most a small relation", (1, 1, 0, 0)),
        ([{**NULL, "n": 40}, {**NULL, "n": 4375}], "inconclusive", (0, 1, 1, 0)),
        ([{**NULL, "n": 377}, {**FOUND, "significance": "not-reported"}], "inconclusive", (1, 0, 0, 0)),
        (
            [{**CARRIED, "support": "partial"}, {**CARRIED, "support": "not-supported"}],
            "supported, contrary tests not judged",
            (0, 0, 0, 1),
        ),
        ([{**CARRIED, "support": "not-supported"}], "inconclusive", (0, 0, 0, 1)),
    ],
)
def test_only_an_informative_null_counts_against_a_claim(concluded, told, verdict, counts):
    """Other nulls are set aside and counted; contrary tests that cannot be judged stay visible in the verdict."""
    common = {
        "study": "once", "sample": "made-up-sample", "kind": "association", "subject": "attachment-avoidance",
        "object": "self-compassion", "statement": "Made up.", "reported_in": "amari2022", "reading": "review",
        "locator": "made up", "certainty": "high",
    }  # fmt: skip
    findings = [
        Finding.model_validate({"id": f"made-up-{number}", **common, **more}) for number, more in enumerate(told)
    ]
    role = {"relation": "mediates", "subject": "self-kindness", "third": "attachment-avoidance"}
    pair = {"relation": "associated-with", "subject": "attachment-avoidance", "predicted_sign": "negative"}
    claim = Proposition(
        id="p-made-up", object="self-compassion", genre="theory", stated_in=("amari2022",), reported_in="amari2022",
        locator="made up", statement="Made up.", certainty="high", **(role if "mediator" in told[0] else pair),
    )  # fmt: skip
    store, _ = concluded(findings, [claim])
    assert store.select(VERDICTS).column("verdict") == [verdict]
    assert [*store.select(COUNTS).values] == [counts]
