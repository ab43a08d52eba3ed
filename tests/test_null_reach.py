"""What a null rules out: which true correlations are compatible with it, and why some nulls are not read so."""

import math
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kg.arithmetic import p_of_r, smallest_significant_r
from kg.conflicts import confidence_interval
from kg.null_reach import is_null, reach_of
from kg.records import Finding


def null(**told):
    good = {
        "id": "made-up-01", "study": "made-up", "sample": "made-up", "kind": "association", "subject": "a", "object": "b",
        "direction": "not-reported", "significance": "not-significant", "statement": "Made up.", "reported_in": "x",
        "reading": "review", "locator": "made up", "certainty": "high",
    }  # fmt: skip
    if "value" in told:
        good["printed"] = f"made up: {told['value']}"
    return Finding.model_validate({**good, **told})


# --- compatible correlations -----------------------------------------------------------------


def test_the_interval_that_is_compatible_is_fishers():
    """A correlation r = .50 of 28 people: .16 to .74 (Fisher's z of .549, standard error .2)."""
    assert [round(end, 3) for end in confidence_interval(0.5, 28)] == [
        round(math.tanh(0.549306 + side * 0.391993), 3) for side in (-1, 1)
    ]


def test_a_null_of_few_people_is_uninformative_and_says_what_is_compatible():
    """53 people: an observed .27 may come from a true correlation of .50."""
    found = reach_of(null(), 53)
    assert found.word == "uninformative"
    assert found.note == (
        "an observed |r| above 0.27 would have been significant;"
        " true correlations from -0.50 to 0.50 are compatible (whatever r was)"
    )


def test_a_critical_r_below_20_is_not_enough():
    """128 people: any observed |r| above .17 would have been significant, yet a true correlation of .33 is compatible."""
    found = reach_of(null(), 128)
    assert found.word == "uninformative"
    assert found.compatible.smallest_r == pytest.approx(0.174, abs=0.001)
    assert found.compatible.r[1] == pytest.approx(0.337, abs=0.001)


@pytest.mark.parametrize(("n", "word"), [(376, "uninformative"), (377, "informative")])
def test_without_a_number_some_377_people_are_needed(n, word):
    """The widest interval that a null of so many people can have leaves ±.20 with one fewer."""
    assert reach_of(null(), n).word == word


@given(r=st.floats(-0.3, 0.3), n=st.integers(30, 1500))
def test_telling_r_never_makes_a_null_say_less(r, n):
    """Whatever r that is not significant is told, its interval lies within that of the same null without a number."""
    told = Decimal(f"{r:.3f}")
    assume(abs(told) < smallest_significant_r(n) - 0.001)
    direction = "positive" if told > 0 else "negative" if told < 0 else "not-reported"
    silent, telling = reach_of(null(), n), reach_of(null(statistic="r", value=str(told), direction=direction), n)
    assert silent.compatible.r[0] <= telling.compatible.r[0] <= telling.compatible.r[1] <= silent.compatible.r[1]
    assert (silent.word, telling.word) != ("informative", "uninformative")


@given(rho=st.floats(-0.9, 0.9), n=st.integers(10, 1500))
def test_a_true_correlation_outside_of_the_interval_is_seldom_missed(rho, n):
    """Beyond the widest interval, fewer than 2.5 % of samples leave r not significant (Fisher's z)."""
    most = reach_of(null(), n).compatible.r[1]
    assume(abs(rho) > most)
    missed = (math.atanh(smallest_significant_r(n)) - math.atanh(abs(rho))) * math.sqrt(n - 3)
    assert missed <= -1.9599


def test_a_null_with_a_number_is_judged_by_what_is_compatible_with_it():
    """A correlation r = .15 of 120 people is compatible with more than a small relation."""
    found = reach_of(null(statistic="r", value="0.15", direction="positive"), 120)
    assert found.word == "uninformative"
    assert (found.compatible.r, found.compatible.where) == (confidence_interval(0.15, 120), "r told")


# --- groups ----------------------------------------------------------------------------------


def test_a_difference_of_unequal_groups_is_read_as_of_equal_ones():
    """20 people against 638: critical d = .446, or r = .22; with 1.96 standard errors more, d = .891, or r = .41."""
    found = reach_of(null(kind="group-difference", first_n="20", second_n="638"), 658)
    assert found.word == "uninformative"
    assert found.compatible.smallest_r == pytest.approx(0.218, abs=0.001)
    assert found.compatible.r[1] == pytest.approx(0.407, abs=0.001)


def test_a_difference_of_equal_groups_is_the_correlation_of_as_many_people():
    """200 against 200: as a correlation of 400 people, within the third digit."""
    groups = reach_of(null(kind="group-difference", first_n="200", second_n="200"), 400).compatible
    people = reach_of(null(), 400).compatible
    assert groups.smallest_r == pytest.approx(people.smallest_r, abs=0.001)
    assert groups.r == pytest.approx(people.r, abs=0.002)


def test_a_told_difference_is_the_middle_of_its_interval():
    """D = 0 of 400 against 400: ±.0693 as a correlation (standard error .0707 of d)."""
    told = {"statistic": "cohens-d", "value": "0.00", "first_n": "400", "second_n": "400"}
    found = reach_of(null(kind="group-difference", **told), 800)
    assert found.word == "informative"
    assert found.compatible.r == pytest.approx((-0.0691, 0.0691), abs=0.0001)


# --- what is not judged ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "n", "reason"),
    [
        ({"kind": "mediation", "mediator": "c", "support": "not-supported"}, 300, "a third construct"),
        ({"kind": "moderation", "moderator": "c", "support": "not-supported"}, 300, "a third construct"),
        ({"kind": "prediction"}, 587, "a coefficient that may stand beside other predictors"),
        ({"kind": "intervention-effect"}, 587, "an effect of an intervention"),
        ({"kind": "group-difference"}, 658, "how many people each group holds is not told"),
        ({"statistic": "partial-r", "value": "0.01"}, 587, "a correlation beside other variables"),
        ({"statistic": "t", "value": "0.4", "df": "80"}, 82, "its number is no correlation of two variables"),
        ({}, None, "n not told"),
        ({}, 3, "fewer than four people"),
    ],
)
def test_what_is_no_correlation_of_two_is_not_judged_and_says_why(told, n, reason):
    """A reason in place of numbers."""
    found = reach_of(null(**told), n)
    assert (found.word, found.compatible, found.not_judged) == ("not-judged", None, reason)


def test_a_prediction_that_is_a_bivariate_correlation_is_judged():
    """Its number says so."""
    assert (
        reach_of(null(kind="prediction", statistic="r", value="0.01", direction="positive"), 900).word == "informative"
    )


def test_every_null_of_the_field_has_numbers_or_a_reason(graph, corpus):
    """And stands in the answer, exactly once."""
    rows = list(graph.ask("null-findings"))
    nulls = [row.record.iri for dataset in corpus.datasets for row in dataset.findings if is_null(row.record)]
    assert sorted(str(row["finding"]) for row in rows) == sorted(nulls)
    assert all((row["compatibleLow"] is None) == (row["notJudgedBecause"] is not None) for row in rows)


# --- doubts ----------------------------------------------------------------------------------


def test_a_null_without_a_number_from_thousands_is_doubtful():
    """4,375 people: any observed |r| above .03 would have been significant."""
    found = reach_of(null(), 4375)
    assert found.word == "doubtful"
    assert "an observed |r| above 0.03 would have been significant" in found.note


@pytest.mark.parametrize("told", [{"p": "<.003"}, {"printed": "r=45, p=<.003"}, {"printed": "r = .3 (P < 0.01)"}])
def test_a_null_whose_printed_p_is_significant_is_doubtful(told):
    """Coded, or only printed."""
    found = reach_of(null(**told), 128)
    assert found.word == "doubtful"
    assert "is printed, which is significant" in found.note


@pytest.mark.parametrize("printed", ["r = .10, p > .05", "r = .10, ns", "p = .30; p < .05 for the others", "r = .02"])
def test_a_null_whose_printed_p_is_none_or_not_significant_is_not_doubtful(printed):
    """Also where one of several is significant."""
    if "p = .30" in printed:
        assert reach_of(null(p=".30", printed=printed), 128).word == "uninformative"
    else:
        assert reach_of(null(printed=printed), 128).word == "uninformative"


def test_a_null_whose_number_would_be_significant_is_doubtful():
    """A correlation r = .60 of 100 people."""
    assert p_of_r(0.6, 100) < 0.001
    assert reach_of(null(statistic="r", value="0.60", direction="positive"), 100).word == "doubtful"


@pytest.mark.parametrize(
    ("kind", "other"),
    [
        ({}, {"significance": "significant", "direction": "negative"}),
        (
            {"kind": "mediation", "mediator": "c", "support": "not-supported"},
            {"kind": "mediation", "mediator": "c", "support": "partial", "significance": "not-reported"},
        ),
    ],
)
def test_a_null_that_its_own_study_contradicts_is_doubtful(kind, other):
    """Another report of the same result found something."""
    same = null(**{"id": "made-up-02", **other})
    found = reach_of(null(**kind), 128, [same])
    assert found.word == "doubtful"
    assert "the contrary is told of the same result by made-up-02" in found.note


def test_the_known_doubtful_nulls_are_listed(graph):
    """The nulls of 4,375 people."""
    flagged = {
        str(row["finding"]).rsplit("/", 1)[1] for row in graph.ask("arithmetic") if row["flag"] == "doubtful null"
    }
    assert flagged >= {"barnes-2020-01", "barnes-2020-02"}
