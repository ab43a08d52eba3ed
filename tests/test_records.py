"""Records: what a row may say, and that it comes back from RDF as it went in."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from rdflib import Graph

from kg.cells import EthnicityShare, PValue
from kg.corpus import DATASET_TABLES
from kg.records import (
    CORRELATIONS,
    SIGNED,
    Construct,
    Contradictory,
    Finding,
    FindingKind,
    Measure,
    OverlapDecision,
)
from kg.triples import record_of, triples_of

REQUIRED = {
    "id": "made-up-01",
    "study": "made-up",
    "sample": "made-up-sample",
    "kind": "association",
    "subject": "self-compassion",
    "object": "attachment-avoidance",
    "direction": "negative",
    "significance": "significant",
    "statement": "More of one went with less of the other.",
    "reported_in": "amari2022",
    "reading": "review",
    "locator": "Table 2",
    "certainty": "high",
}


def finding(**changes):
    return Finding.model_validate({**REQUIRED, **changes})


def contradictions_of(**changes):
    with pytest.raises(ValidationError) as caught:
        finding(**changes)
    cause = caught.value.errors()[0]["ctx"]["error"]
    assert isinstance(cause, Contradictory)
    return {each.column for each in cause.contradictions}


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"object": "self-compassion"}, "object"),
        ({"kind": "mediation", "support": "complete"}, "mediator"),
        ({"moderator": "mindfulness"}, "moderator"),
        ({"kind": "mediation", "mediator": "mindfulness"}, "support"),
        ({"support": "complete"}, "support"),
        ({"kind": "mediation", "mediator": "self-compassion", "support": "partial"}, "mediator"),
        ({"third_measure": "scs"}, "third_measure"),
        ({"value": "-0.3", "printed": "r = -.3"}, "statistic"),
        ({"value": "-0.3", "statistic": "r"}, "printed"),
        ({"value": "-0.3", "statistic": "r", "printed": "r = -.24, p < .01"}, "value"),
        ({"value": "-1.3", "statistic": "r", "printed": "r = -1.3"}, "value"),
        ({"value": "0.3", "statistic": "r", "printed": "r = .3"}, "direction"),
        ({"value": "1.2", "statistic": "odds-ratio", "printed": "OR = 1.2"}, "direction"),
        ({"ci_low": "-0.5"}, "ci_high"),
        ({"ci_low": "-0.1", "ci_high": "-0.5"}, "ci_low"),
        ({"value": "-0.3", "statistic": "r", "printed": "r = -.3", "ci_low": "-0.2", "ci_high": "-0.1"}, "value"),
        ({"direction": "none"}, "direction"),
        (
            {"kind": "mediation", "mediator": "mindfulness", "support": "supported", "significance": "not-significant"},
            "support",
        ),
        ({"same_result_as": "made-up-01"}, "same_result_as"),
    ],
)
def test_a_row_that_contradicts_itself_names_the_column_to_mend(changes, column):
    """Each contradiction is found, and at the right cell."""
    assert column in contradictions_of(**changes)


def test_several_contradictions_of_one_row_are_told_at_once():
    """A row with two faults gives both."""
    assert contradictions_of(support="complete", ci_low="0.1") == {"support", "ci_high"}


def test_an_odds_ratio_turns_at_one():
    """An odds ratio of 0.8 is a negative relation."""
    assert finding(value="0.8", statistic="odds-ratio", printed="OR = 0.8").value == Decimal("0.8")


def test_a_finding_cannot_be_changed():
    """Records are frozen."""
    with pytest.raises(ValidationError, match="frozen"):
        finding().direction = "positive"


@pytest.mark.parametrize(
    ("cell", "operator", "number"), [(".033", "=", ".033"), ("<.05", "<", ".05"), ("<= 0.01", "<=", "0.01")]
)
def test_a_p_value_knows_its_operator(cell, operator, number):
    """P cells are parsed into operator and number."""
    assert PValue.parse(cell) == (operator, Decimal(number))


@pytest.mark.parametrize("p", ["<.001", ".0009", "<=.0005", "0"])
def test_a_p_below_every_alpha_cannot_be_not_significant(p):
    """Below .001 no study would call it not significant."""
    assert contradictions_of(significance="not-significant", p=p) == {"significance"}


@pytest.mark.parametrize("p", [".001", "<=.001", "<.003", ".033", ">.0001", "<.05"])
def test_a_study_may_be_stricter_than_five_per_cent(p):
    """A p that a corrected alpha rejects is not significant, and so is a bound that leaves it open."""
    assert finding(significance="not-significant", p=p).p == PValue.parse(p)


def test_an_ethnicity_share_keeps_the_words_of_the_source():
    """The group may have several words."""
    assert EthnicityShare.parse("Latin Hispanic 2.3") == ("Latin Hispanic", Decimal("2.3"))


def test_correlations_are_signed_statistics():
    """Every statistic bounded by one also carries the direction in its sign."""
    assert CORRELATIONS <= SIGNED


# --- round trips -----------------------------------------------------------------------------

slugs = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,5})?", fullmatch=True)
words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp"), exclude_characters=";"),
    min_size=1,
    max_size=30,
)
numbers = st.decimals("-1", "1", places=3, allow_nan=False)
p_values = st.builds(
    lambda operator, number: f"{operator}{number}",
    st.sampled_from(["", "<", ">", "<=", ">="]),
    st.decimals("0", "1", places=4),
)


@st.composite
def findings(draw):
    kind = draw(st.sampled_from(list(FindingKind)))
    subject, object, third = draw(st.lists(slugs, min_size=3, max_size=3, unique=True))
    cells = {**REQUIRED, "kind": kind.value, "subject": subject, "object": object, "statement": draw(words)}
    cells["direction"] = draw(st.sampled_from(["positive", "negative", "not-reported"]))
    cells["significance"] = draw(st.sampled_from(["not-significant", "not-reported"]))
    if kind in (FindingKind.MEDIATION, FindingKind.MODERATION):
        cells["mediator" if kind is FindingKind.MEDIATION else "moderator"] = third
        cells["support"] = draw(st.sampled_from(["complete", "partial", "not-supported"]))
        if cells["support"] != "not-supported":
            cells["significance"] = "not-reported"
    if draw(st.booleans()):
        value = draw(numbers)
        sign = {True: "positive", False: "negative"}
        cells.update(statistic="r", value=str(value), printed=f"{draw(words)} {value:f}", p=draw(p_values))
        cells["direction"] = sign[value > 0] if value else "not-reported"
        if PValue.parse(cells["p"]).is_below(Decimal("0.001")):
            cells["significance"] = "not-reported"
    if draw(st.booleans()):
        cells["n"] = str(draw(st.integers(1, 10**7)))
        cells["coder_note"] = draw(words)
    return Finding.model_validate(cells)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(findings())
def test_a_finding_comes_back_from_its_triples(record):
    """Record -> triples -> record loses nothing."""
    graph = Graph()
    for triple in triples_of(record):
        graph.add(triple)
    assert record_of(graph, record.iri, Finding) == record


@settings(deadline=None)
@given(findings())
def test_a_finding_comes_back_from_its_row(record):
    """Record -> cells -> record loses nothing."""
    cells = {column: cell for column, cell in record.cells().items() if cell}
    assert Finding.model_validate(cells) == record


@pytest.mark.parametrize(
    ("attribute", "model"),
    [
        ("constructs", None),
        ("codes", None),
        ("measures", Measure),
        ("therapies", None),
        ("therapy_parts", None),
        *((name, model) for name, model in DATASET_TABLES.items() if model is not OverlapDecision),
    ],
)
def test_every_row_of_the_repository_comes_back_from_its_triples(corpus, attribute, model):
    """Real rows survive the way to RDF and back, but for the order within a list."""
    rows = getattr(corpus, attribute, None) or [
        row for dataset in corpus.datasets for row in getattr(dataset, attribute)
    ]
    assert rows
    for row in rows:
        graph = Graph()
        for triple in triples_of(row.record):
            graph.add(triple)
        back = record_of(graph, row.record.iri, model or type(row.record))
        assert sorted_lists(back) == sorted_lists(row.record)


def test_a_construct_of_no_narrower_class_comes_back_from_its_triples():
    """Its class is that of all constructs, and is not lost on the way."""
    cells = {"id": "age", "label": "age", "type": "Construct", "definition": "Made up.", "definition_source": "project"}
    record = Construct.model_validate(cells)
    graph = Graph()
    for triple in triples_of(record):
        graph.add(triple)
    assert record_of(graph, record.iri, Construct) == record


def sorted_lists(record):
    return {name: tuple(sorted(map(str, value))) if isinstance(value, tuple) else value for name, value in record}
