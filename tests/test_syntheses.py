"""Published syntheses: what a row may say, that nothing counts them, and where two of them disagree."""

from dataclasses import replace

import pytest
from pydantic import ValidationError
from rdflib import Graph
from worlds import derived

from kg.errors import UnknownName
from kg.names import PREFIXES, graph_iri, local_name
from kg.questions import answer
from kg.reason import apply_rules
from kg.records import PublishedPooledEstimate
from kg.store.embedded import Embedded
from kg.views.published import lines

REQUIRED = {
    "id": "alder-1901-01",
    "review": "alder-1901-review",
    "subject": "self-compassion",
    "object": "depression",
    "direction": "negative",
    "significance": "significant",
    "statement": "More of one went with less of the other.",
    "reported_in": "macbeth2012",
    "reading": "synthesis-abstract",
    "locator": "Abstract",
    "certainty": "high",
}
VALUE = {"statistic": "r", "value": "-0.3", "printed": "-.3"}


def estimate(**changes):
    return PublishedPooledEstimate.model_validate({**REQUIRED, **changes})


def contradictions_of(**changes):
    with pytest.raises(ValidationError) as caught:
        estimate(**changes)
    return {each.column for each in caught.value.errors()[0]["ctx"]["error"].contradictions}


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"object": "self-compassion"}, "object"),
        ({"mediator": "depression"}, "mediator"),
        ({"k": "20"}, "counts_describe"),
        ({"effects": "20"}, "counts_describe"),
        ({"counts_describe": "whole-review"}, "counts_describe"),
        ({"n": "2000"}, "n_describes"),
        ({"n_describes": "whole-review"}, "n_describes"),
        ({"q": "-1"}, "q"),
        ({"tau_squared": "-0.1"}, "tau_squared"),
        ({"moderators_found": "age"}, "moderators_found"),
        ({**VALUE, "printed": ""}, "printed"),
        ({**VALUE, "statistic": ""}, "statistic"),
        ({**VALUE, "value": "-1.3"}, "value"),
        ({**VALUE, "statistic": "rho", "value": "-1.3"}, "value"),
        ({**VALUE, "direction": "positive"}, "direction"),
        ({**VALUE, "statistic": "standardised-indirect-effect", "direction": "positive"}, "direction"),
        ({**VALUE, "ci_low": "-0.2", "ci_high": "-0.1"}, "value"),
        ({**VALUE, "ci_low": "-0.5"}, "ci_high"),
        ({**VALUE, "ci_low": "-0.5", "ci_high": "0.1"}, "significance"),
        ({**VALUE, "ci_low": "-0.5", "ci_high": "-0.1", "significance": "not-significant"}, "significance"),
        ({**VALUE, "p": ".4"}, "significance"),
        ({"direction": "none"}, "direction"),
        ({"reading": "primary-full-text"}, "reading"),
    ],
)
def test_an_estimate_that_contradicts_itself_names_the_column_to_mend(changes, column):
    """Each contradiction is found, and at the right cell."""
    assert column in contradictions_of(**{name: cell for name, cell in changes.items() if cell})


def test_a_positive_value_may_mean_less_of_the_object():
    """A gain in an outcome that went down is no contradiction, once the row says what positive means."""
    assert estimate(
        **{**VALUE, "statistic": "hedges-g", "value": "0.5", "printed": "g = 0.5"}, positive_means="improvement"
    ).value


def test_an_estimate_may_be_told_in_words_alone():
    """What was pooled and told without its number is kept."""
    assert estimate().value is None


# --- a layer of its own ----------------------------------------------------------------------


def test_nothing_that_is_derived_changes_without_the_published_estimates(rooms, read):
    """No edge, evidence cell, count of results or verdict rests on what a synthesis pooled: only how much was pooled does."""
    corpus, axioms = read
    assert any(dataset.pooled_estimates for dataset in corpus.datasets)
    without = replace(corpus, datasets=[replace(dataset, pooled_estimates=[]) for dataset in corpus.datasets])
    changed = derived(rooms, corpus, axioms, "pooled-estimate") ^ derived(rooms, without, axioms, "pooled-estimate")
    assert {line.split()[1] for line in changed} == {f"<{PREFIXES['ca']}publishedEstimateCount>"}


def test_no_published_estimate_is_a_finding_or_about_a_construct(store):
    """Its roles are its own, so that no question about findings meets one."""
    query = """SELECT ?estimate WHERE { ?estimate a ca:PooledEstimate .
      { ?estimate a ca:Finding } UNION { ?estimate ca:aboutConstruct ?c } UNION { ?estimate ca:subject ?c } }"""
    assert store.select(query).values == ()


@pytest.mark.parametrize("question", ["findings", "effects-between", "conflicts", "edges"])
def test_no_answer_about_findings_names_a_published_estimate(graph, question):
    """Findings are asked for without what was pooled from them."""
    assert PREFIXES["pooled-estimate"] not in str(graph.ask(question).values)


def test_forty_published_estimates_have_a_value(graph):
    """The layer is no sample of itself."""
    assert sum(row["value"] is not None for row in graph.ask("published-syntheses")) >= 40


def test_every_published_estimate_leads_to_a_doi_or_to_the_page_that_was_read(store):
    """The publication of each can be looked up."""
    query = """SELECT DISTINCT ?publication WHERE { ?estimate a ca:PublishedPooledEstimate ; ca:reportedIn ?publication .
      FILTER NOT EXISTS { ?publication bibo:doi ?doi }
      FILTER NOT EXISTS { ?publication skos:editorialNote ?note FILTER(CONTAINS(STR(?note), "https://")) } }"""
    assert store.select(query).values == ()


# --- syntheses against each other ------------------------------------------------------------


def test_two_syntheses_of_self_compassion_and_attachment_anxiety_disagree(graph):
    """One value lies outside the other's interval, and the answer says what differs."""
    rows = [row for row in graph.ask("conflicts-between-syntheses") if row["subject"] == "self-compassion"]
    assert [(row["firstReview"], row["secondReview"]) for row in rows] == [("Hill et al. (2025)", "Huang & Wu (2024)")]
    assert rows[0]["disagreement"] == "the second outside the interval of the first"
    assert rows[0]["differs"] == "how narrow the constructs are; population; number of studies; year"


MADE_UP = """
construct:calm a ca:Construct ; rdfs:label "calm"@en .
construct:worry a ca:Construct ; rdfs:label "worry"@en .
construct:peace a ca:Construct , ca:AttachmentDimension ; rdfs:label "peace"@en ; skos:broader construct:calm .
direction:positive a ca:Direction ; rdfs:label "positive"@en .
direction:negative a ca:Direction ; rdfs:label "negative"@en .
publication:alder1901 a ca:Publication ; rdfs:label "Alder (1901)" .
review:alder a ca:ReviewMethod ; rdfs:label "Alder"@en .
review:birch a ca:ReviewMethod ; rdfs:label "Birch"@en .
"""


def told(name, subject="calm", object="worry", direction="negative", more=""):
    return f"""pooled-estimate:{name} a ca:PublishedPooledEstimate ; ca:ofReview review:{name} ;
      ca:estimateSubject construct:{subject} ; ca:estimateObject construct:{object} ;
      ca:direction direction:{direction} ; ca:reportedIn publication:alder1901 {more} ."""


def number(value, low=None, high=None, statistic="r"):
    interval = "" if low is None else f"; ca:ciLow {low} ; ca:ciHigh {high}"
    return f"; ca:statistic statistic:{statistic} ; ca:value {value} {interval}"


def world_of(rooms, *estimates):
    prefixes = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
    made_up = Graph().parse(data=prefixes + MADE_UP + "\n".join(estimates), format="turtle")
    store = Embedded.in_memory()
    store.load(made_up.serialize(format="nt"), graph_iri("evidence/made-up"))
    apply_rules(store, rooms, lambda step: None)
    return store


def disagreements(rooms, *estimates):
    return answer(world_of(rooms, *estimates), "conflicts-between-syntheses").column("disagreement")


@pytest.mark.parametrize(
    ("alder", "birch", "disagreement"),
    [
        (number(-0.3, -0.35, -0.25), number(-0.5, -0.55, -0.45), "intervals that do not overlap"),
        (number(-0.3, -0.35, -0.25), number(-0.5), "the second outside the interval of the first"),
        (number(-0.5), number(-0.3, -0.35, -0.25, "rho"), "the first outside the interval of the second"),
    ],
)
def test_estimates_apart_are_a_conflict(rooms, alder, birch, disagreement):
    """Intervals that do not overlap, or a value outside the only interval."""
    assert list(disagreements(rooms, told("alder", more=alder), told("birch", more=birch))) == [disagreement]


@pytest.mark.parametrize(
    ("alder", "birch"),
    [
        (number(-0.3, -0.35, -0.25), number(-0.4, -0.45, -0.34)),
        (number(-0.3, -0.35, -0.25), number(-0.35)),
        (number(-0.3), number(-0.5)),
        (number(-0.3, -0.35, -0.25), number(0.5, 0.4, 0.7, "odds-ratio")),
        (number(-0.3, -0.35, -0.25), number(-0.5, -0.55, -0.45) + '; ca:positiveMeans "improvement"'),
    ],
    ids=["overlap", "on the bound", "no interval", "another scale", "another sense"],
)
def test_estimates_that_cannot_be_told_apart_are_no_conflict(rooms, alder, birch):
    """Overlap, two values without an interval, or numbers that mean different things."""
    assert list(disagreements(rooms, told("alder", more=alder), told("birch", more=birch))) == []


def test_opposite_signs_are_a_conflict_without_any_number(rooms):
    """A sign told in words is enough."""
    assert list(disagreements(rooms, told("alder"), told("birch", direction="positive"))) == ["opposite signs"]


@pytest.mark.parametrize(
    ("birch", "alike"),
    [
        ({"subject": "worry", "object": "calm"}, 2),
        ({"subject": "peace"}, 2),
        ({"object": "peace"}, 0),
        ({"more": "; ca:estimateMediator construct:peace"}, 0),
    ],
    ids=["the other way round", "a dimension and what is right above it", "another pair", "through a mediator"],
)
def test_which_estimates_are_on_one_pair(rooms, birch, alike):
    """In either order, and a dimension counts as the construct right above it; a path through a mediator does not."""
    world = world_of(rooms, told("alder"), told("birch", **birch))
    assert len(world.select("SELECT * WHERE { ?one ca:poolsSamePairAs ?other }").values) == alike


def test_one_review_is_no_pair_of_syntheses(rooms):
    """What one review pools twice is not set against itself."""
    world = world_of(rooms, told("alder"), told("alder").replace("pooled-estimate:alder", "pooled-estimate:ash"))
    assert world.select("SELECT * WHERE { ?one ca:poolsSamePairAs ?other }").values == ()


def test_reviews_that_tell_the_same_study_share_it(rooms):
    """Shared studies are told where both reviews tell what they took in."""
    study = 'study:oak a ca:Study ; rdfs:label "Oak"@en . review:alder ca:includesStudy study:oak . review:birch ca:includesStudy study:oak .'
    rows = answer(world_of(rooms, study), "syntheses-sharing-studies")
    assert [(row["first"], row["second"], row["sharedStudy"]) for row in rows] == [("Alder", "Birch", "Oak")]


# --- beside primary findings -----------------------------------------------------------------


def test_published_estimates_stand_beside_the_counts_of_primary_findings(graph, store):
    """The counts are those of the evidence cell of the very pair, though the size of a sample be untold."""
    cells = store.select("""SELECT ?first ?second ?findings WHERE { ?cell a ca:RolledUpCell ; ca:findingCount ?findings ;
      ca:pairMember ?one , ?other . ?one rdfs:label ?first . ?other rdfs:label ?second }""")
    counted = {(row["first"], row["second"]): row["findings"] for row in cells}
    rows = list(graph.ask("beside-published"))
    assert any(row["findings"] for row in rows)
    for row in rows:
        assert row["findings"] == counted.get((row["first"], row["second"]), 0)


def test_published_estimates_between_two_constructs_are_those_asked_for(graph):
    """Either order, narrower constructs included."""
    asked = graph.ask("published-syntheses-between", subject="attachment", object="self-compassion")
    names = {local_name(str(row["estimate"])) for row in asked}
    assert {"hill-2025-01", "huangwu-2024-01", "huangwu-2024-08"} & names == {"hill-2025-01", "huangwu-2024-01"}


def test_a_wider_estimate_is_shown_and_marked(graph):
    """Who asks about a dimension of attachment sees what is pooled on the style right above it, too."""
    rows = graph.ask("published-syntheses-between", subject="self-compassion", object="attachment-anxiety")
    told = {local_name(str(row["estimate"])): row["howWide"] for row in rows}
    assert told == {"huangwu-2024-01": "as asked", "hill-2025-02": "one step wider"}


def test_our_own_pooled_value_stands_beside_the_published_one(graph):
    """Wherever the graph has one on the very pair, with its interval and how many effects it rests on."""
    own = {frozenset((row["first"], row["second"])): row for row in graph.ask("pooled-effects")}
    assert own
    beside = list(graph.ask("beside-published"))
    for row in beside:
        pooled = own.get(frozenset((row["first"], row["second"])))
        assert row["ownR"] == (pooled["r"] if pooled else None)
        assert row["ownK"] == (pooled["k"] if pooled else None)
    assert any(row["ownR"] is not None for row in beside)


def test_a_value_whose_sign_is_not_told_is_never_shown_as_signed(graph):
    """In the question beside our findings, and in the line that ends kg pool."""
    row = next(row for row in graph.ask("beside-published") if row["signTold"] == "no" and "0." in row["published"])
    assert row["published"].endswith("(sign not told)")
    (line,) = (
        line
        for line in lines(graph.ask("published-syntheses-between", subject=row["first"], object=row["second"]))
        if line.startswith(f"  {row['first']} × {row['second']}:")
    )
    assert "(sign not told)" in line


@pytest.mark.parametrize(("r", "conflict"), [("0.31", True), ("0.11", False), ("0.03", True)])
def test_an_r_is_compared_with_a_d_on_one_scale(rooms, r, conflict):
    """An interval of d from .08 to .33 is one of r from .04 to .16."""
    d = told("alder", direction="positive", more=number("0.21", "0.08", "0.33", statistic="cohens-d"))
    found = disagreements(rooms, d, told("birch", direction="positive", more=number(r)))
    assert any("d turned into r" in each for each in found) == conflict


def test_a_pooled_estimate_leads_to_its_place(graph):
    """Who takes its id for a finding's is told what it is."""
    row = next(iter(graph.ask("provenance-of-estimate", estimate="huangwu-2024-01")))
    assert (row["readIn"], row["locator"]) == ("Huang & Wu (2024)", "Abstract")
    with pytest.raises(UnknownName, match="a pooled-estimate is: huangwu-2024-01"):
        graph.ask("provenance", finding="huangwu-2024-01")


def test_a_claim_leads_to_those_who_state_it(graph):
    """A row for each publication; lists name the first and count the others."""
    claims = {row["proposition"]: row for row in graph.ask("verdicts")}
    name = next(name for name, row in claims.items() if row["stated"].endswith(" and 1 more"))
    rows = list(graph.ask("provenance-of-claim", proposition=str(name)))
    assert len(rows) == 2
    assert claims[name]["stated"] == f"{min(row['statedIn'] for row in rows)} and 1 more"
    assert {row["locator"] for row in rows} == {claims[name]["locator"]}
