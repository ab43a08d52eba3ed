"""Conflicts: what differs between findings that disagree, and what chance may explain."""

import csv
import math
from decimal import Decimal

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from kg import cli
from kg.conflicts import COMPARED, confidence_interval, conflicts, correlation, judge
from kg.lookup import within
from kg.names import expand, local_name
from kg.null_reach import reach_of
from kg.records import Finding


def told(name, people="sample:a", **changes):
    """A row of the question ``conflicts``, of a negative and significant correlation."""
    row = dict.fromkeys(COMPARED) | {
        "first": "calm", "second": "worry", "finding": name, "study": name.title(), "people": people,
        "direction": "negative", "significance": "significant", "statistic": "r", "value": Decimal("-0.3"),
        "sampleSize": 100, "population": "people", "printed": None, "source": "Alder (1901)", "locator": "p. 1", "certainty": "high", "note": None,
    }  # fmt: skip
    return row | changes


def null(name, people="sample:b", kind="association", **changes):
    """A null without a number, with what the build says of its reach."""
    row = told(name, people, **{"significance": "not-significant", "value": None, "statistic": None, **changes})
    record = Finding.model_validate({
        "id": f"{name}-01", "study": name, "sample": name, "kind": kind, "subject": "calm", "object": "worry",
        "direction": "negative", "significance": "not-significant", "statement": "Made up.", "reported_in": "x",
        "reading": "review", "locator": "made up", "certainty": "high",
    })  # fmt: skip
    reach = reach_of(record, row["sampleSize"])
    numbers = {"smallestSignificantR": None, "compatibleHigh": None}
    if reach.compatible:
        numbers = {"smallestSignificantR": reach.compatible.smallest_r, "compatibleHigh": reach.compatible.r[1]}
    label = "null not judged" if reach.word == "not-judged" else f"{reach.word} null"
    return row | {"reach": label, "reachNote": reach.note} | numbers


# --- statistics ------------------------------------------------------------------------------


@given(st.floats(-0.99, 0.99), st.integers(4, 10_000))
def test_an_interval_holds_its_correlation_and_turns_with_its_sign(r, n):
    """Fisher's interval contains r, stays within -1 and 1, and mirrors with the sign."""
    low, high = confidence_interval(r, n)
    assert -1 <= low < r < high <= 1
    assert confidence_interval(-r, n) == pytest.approx((-high, -low))


def test_an_interval_has_the_width_of_fishers_formula():
    """1.959964 / sqrt(n - 3) to each side in Fisher's z; around r = 0 it shows bare."""
    assert confidence_interval(0, 103) == pytest.approx((math.tanh(-0.195996), math.tanh(0.195996)), abs=1e-5)


# --- judgements ------------------------------------------------------------------------------


def test_a_null_of_a_small_sample_may_be_chance():
    """With twenty people a true r of -.30 is well compatible with a null, and the judgement says how far that goes."""
    judgement = judge(told("alder"), null("birch", sampleSize=20))
    assert judgement.chance == "yes"
    assert "true correlations from -0.74 to 0.74 are compatible (whatever r was)" in judgement.why


def test_a_null_of_a_large_sample_is_hardly_chance():
    """A thousand people do not miss an r = -.30 that four hundred people found."""
    assert judge(null("birch", sampleSize=1000), told("alder", sampleSize=400)).chance == "no"


def test_an_r_of_few_people_may_be_chance_itself():
    """R = -.25 of 74 people is within 1.96 standard errors of the largest r that 1,000 people leave not significant."""
    judgement = judge(told("alder", value=Decimal("-0.25"), sampleSize=74), null("birch", sampleSize=1000))
    assert judgement.chance == "yes"
    assert "1.57 standard errors beyond 0.06" in judgement.why


@pytest.mark.parametrize(
    ("more", "words"), [({"sampleSize": 4375}, "doubtful"), ({"kind": "prediction"}, "not judged")]
)
def test_a_null_that_is_doubtful_or_not_judged_is_no_ground_for_a_judgement(more, words):
    """It may be significant after all, or be no correlation of two: the reason is told."""
    judgement = judge(told("alder"), null("birch", **more))
    assert (judgement.chance, words in judgement.why) == ("unknown", True)


def test_opposite_correlations_of_large_samples_are_not_chance():
    """R = -.3 and r = .3 in a hundred people each lie far apart."""
    assert judge(told("alder"), told("birch", "sample:b", direction="positive", value=Decimal("0.3"))).chance == "no"


def test_opposite_correlations_of_tiny_samples_may_be_chance():
    """Five people tell little."""
    other = told("birch", "sample:b", direction="positive", value=Decimal("0.3"), sampleSize=5)
    assert judge(told("alder", sampleSize=5), other).chance == "yes"


def test_an_r_without_n_is_not_judged():
    """How sure an r is, its n tells."""
    assert judge(told("alder", sampleSize=None), null("birch")).chance == "unknown"


@pytest.mark.parametrize(
    "other", [null("birch", sampleSize=None), null("birch", people="sample:a"), null("birch", sampleSize=3)]
)
def test_what_numbers_do_not_tell_is_not_judged(other):
    """No n, too small an n, or the same people: cannot be told."""
    assert judge(told("alder"), other).chance == "unknown"


@pytest.mark.parametrize("statistic", ["standardised-beta", "partial-r", "spearman-rho", "odds-ratio"])
def test_only_zero_order_correlations_are_judged(statistic):
    """Fisher's z with 1 / (n - 3) is for correlations of two variables by themselves."""
    assert correlation(told("alder", statistic=statistic)) is None


def test_only_what_differs_is_told():
    """Design is the same in both, population is not."""
    (conflict,) = conflicts([told("alder", design="cohort"), null("birch", design="cohort", population="others")])
    assert conflict.differs == {"population": ("people", "others")}


def test_findings_that_agree_are_not_judged():
    """Two nulls against one sign: two judgements, not three."""
    (conflict,) = conflicts([told("alder"), null("birch"), null("cedar", "sample:c")])
    assert {(each.finding, each.against) for each in conflict.judgements} == {("alder", "birch"), ("alder", "cedar")}


# --- the repository's graph ------------------------------------------------------------------


def test_the_review_holds_two_conflicts(review):
    """Self-compassion with attachment anxiety, and with attachment avoidance."""
    found = {(each.first, each.second) for each in conflicts(review.ask("conflicts"))}
    assert found == {("attachment anxiety", "self-compassion"), ("attachment avoidance", "self-compassion")}


@pytest.fixture(scope="module")
def found(graph):
    """The conflicts of the whole field: on pairs themselves, and with what is narrower."""
    levels = "EvidenceCell", "RolledUpCell"
    return {level: conflicts(graph.ask("conflicts", level=level)) for level in levels}


def test_every_conflict_is_a_disagreement_and_every_disagreement_a_conflict(graph, found):
    """The cells that disagree, the question ``disagreements`` and the conflicts are the same pairs."""
    from_cells = {frozenset((row["first"], row["second"])) for row in graph.ask("disagreements")}
    assert {frozenset((each.first, each.second)) for each in found["EvidenceCell"]} == from_cells


def test_every_conflict_holds_findings_that_contradict_each_other(found):
    """By the codes of the findings themselves, at both levels."""
    for level in found.values():
        for each in level:
            significant = {row["direction"] for row in each.findings if row["significance"] == "significant"}
            nulls = any(row["significance"] == "not-significant" or row["direction"] == "none" for row in each.findings)
            assert {"positive", "negative"} <= significant or (nulls and significant & {"positive", "negative"}), each


def test_what_gathers_opposite_poles_is_a_conflict_only_where_a_pair_below_it_is(found):
    """Fear of compassion with attachment holds both signs by its poles alone."""
    pairs = {(each.first, each.second) for each in found["RolledUpCell"]}
    assert ("attachment", "self-compassion") in pairs
    assert ("attachment", "fear of compassion") not in pairs


def test_a_conflict_about_a_construct_names_it_or_a_narrower_one(built):
    """--about filters by the hierarchy."""
    result = CliRunner().invoke(cli.main, ["--store", str(built), "conflicts", "--about", "avoidant attachment"])
    assert "attachment avoidance × self-compassion" in result.stdout
    assert "attachment anxiety × self-compassion" not in result.stdout


@pytest.mark.parametrize("level", [(), ("--rolled-up",)], ids=["the-very-pair", "rolled-up"])
def test_conflicts_about_a_construct_are_those_of_all_that_name_it(built, graph, level):
    """Asked for by themselves, so that a large graph is not gone through."""
    command = ["--store", str(built), "conflicts", "--format", "csv", *level]
    some = list(
        csv.reader(CliRunner().invoke(cli.main, [*command, "--about", "attachment-avoidance"]).stdout.splitlines())
    )
    columns, *rows = csv.reader(CliRunner().invoke(cli.main, command).stdout.splitlines())
    named = set(within(graph.store, expand("construct:attachment-avoidance")))
    sides = [columns.index(side) for side in ("firstIri", "secondIri")]
    assert len(rows) > len(some) > 1
    assert some == [columns, *(row for row in rows if named & {expand(row[side]) for side in sides})]


def test_the_command_tells_the_judgement_and_the_rule(built):
    """Kg conflicts: findings, what differs and chance on stdout, the rule on stderr."""
    result = CliRunner().invoke(cli.main, ["--store", str(built), "conflicts", "--about", "attachment-avoidance"])
    assert result.exit_code == 0
    assert "mackintosh-2018-01 against naismith-2019-03: chance may explain it" in result.stdout
    assert "barnes-2020-01 against mackintosh-2018-01: whether chance explains it cannot be told" in result.stdout
    assert "doubtful null: so many people would find even a negligible relation" in result.stdout
    assert "Table 2, row Mackintosh et al. 2018" in result.stdout
    assert "a null not judged" in result.stderr


def test_where_nothing_disagrees_it_says_so(built):
    """An answer without conflicts is a sentence."""
    result = CliRunner().invoke(cli.main, ["--store", str(built), "conflicts", "--about", "drive-system"])
    assert (result.exit_code, result.stdout) == (0, "no findings disagree here\n")


def test_conflicts_are_rows_for_programs(built_review, review):
    """--format csv gives the answer of the question."""
    result = CliRunner().invoke(cli.main, ["--store", str(built_review), "conflicts", "--format", "csv"])
    assert len(result.stdout.splitlines()) == 1 + len(review.ask("conflicts"))


def test_the_conflicts_of_the_review_are_between_three_groups_of_people(review):
    """The two samples of Naismith are counted as one."""
    assert {local_name(str(iri)) for iri in review.ask("conflicts").column("people")} == {
        "barnes-2020-sample", "mackintosh-2018-sample", "naismith-2018-sample",
    }  # fmt: skip
