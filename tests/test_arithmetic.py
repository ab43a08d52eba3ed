"""Reported statistics against arithmetic: what cannot be is flagged, what rounding allows is not."""

import math
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kg.arithmetic import _beta, p_of_r, p_range, people_that_would_fit, rounded, smallest_significant_r
from kg.conflicts import confidence_interval
from kg.plausibility import check
from kg.records import Finding


def finding(**told):
    good = {
        "id": "made-up-01", "study": "made-up", "sample": "made-up", "kind": "association", "subject": "a", "object": "b",
        "direction": "not-reported", "significance": "not-reported", "statement": "Made up.", "reported_in": "x",
        "reading": "review", "locator": "made up", "certainty": "high",
    }  # fmt: skip
    if "value" in told:
        good["printed"] = "made up"
    return Finding.model_validate({**good, **told})


@pytest.mark.parametrize(
    ("statistic", "value", "df_effect", "df", "p"),
    [
        ("t", "2.086", None, "20", 0.05),
        ("t", "1.725", None, "20", 0.10),
        ("f", "4.35", "1", "20", 0.05),
        ("f", "3.49", "2", "20", 0.05),
        ("chi-square", "3.841", None, "1", 0.05),
        ("chi-square", "18.307", None, "10", 0.05),
        ("z", "1.960", None, None, 0.05),
    ],
)
def test_p_is_that_of_the_printed_tables(statistic, value, df_effect, df, p):
    """Critical values of t, F, chi-square and the normal, as any table of a textbook has them."""
    low, high = p_range(statistic, Decimal(value), None, df and Decimal(df), df_effect and Decimal(df_effect))
    assert low <= p <= high
    assert high - low < 0.002


@given(a=st.floats(0.5, 5e4), b=st.floats(0.5, 500), x=st.floats(0, 1))
def test_the_incomplete_beta_function_is_scipys(a, b, x):
    """To nine digits, over all degrees of freedom that studies have."""
    special = pytest.importorskip("scipy.special")
    assert _beta(a, b, x) == pytest.approx(float(special.betainc(a, b, x)), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("n", "critical"), [(12, 0.576), (22, 0.423), (52, 0.273), (102, 0.195)])
def test_the_smallest_significant_r_is_that_of_the_printed_tables(n, critical):
    """Critical values of r for 10, 20, 50 and 100 degrees of freedom, two-sided at .05."""
    assert smallest_significant_r(n) == pytest.approx(critical, abs=0.0006)


def test_a_rounded_number_stands_for_all_that_round_to_it():
    """Two decimals, half a hundredth to each side."""
    assert rounded(Decimal("-0.25")) == (-0.255, -0.245)


def test_the_known_example_is_flagged_with_both_numbers_and_what_would_fit():
    """Mackintosh et al.: r = -.247 of 74 people gives p = .034, and .040 is printed; some 69 people would fit."""
    found = check(finding(statistic="r", value="-0.247", p=".040", direction="negative"), 74)
    assert found.arithmetic == "inconsistent"
    assert found.note == "r = -0.247 of 74 people gives p = 0.034, printed is p = 0.040; it would fit 69 to 70 people"


def test_rounding_alone_is_no_inconsistency():
    """A correlation r = -.25 of 74 people stands for p from .029 to .035, so .033 fits."""
    assert check(finding(statistic="r", value="-0.25", p=".033", direction="negative"), 74).arithmetic == "consistent"


def test_a_decision_on_the_wrong_side_is_flagged_as_such():
    """A correlation r = .10 of 50 people is far from significant."""
    found = check(finding(statistic="r", value="0.10", p="<.05", significance="significant"), 50)
    assert found.arithmetic == "decision-inconsistent"


def test_a_word_on_significance_is_held_against_the_number():
    """Not significant is told, and r = .60 of 100 people cannot be that."""
    assert (
        check(finding(statistic="r", value="0.60", significance="not-significant"), 100).arithmetic
        == "decision-inconsistent"
    )


def test_a_test_of_one_side_is_named_as_a_reading_that_would_fit():
    """A correlation r = .22 of 74 people: p = .060 with two sides, .030 with one."""
    found = check(finding(statistic="r", value="0.220", p=".030", direction="positive"), 74)
    assert "it would fit a test of one side" in found.note


def test_nothing_is_said_of_a_number_without_its_degrees_of_freedom():
    """A t alone has no p."""
    assert check(finding(statistic="t", value="2.5", p=".020"), 40).arithmetic is None


@given(
    r=st.floats(-0.95, 0.95),
    n=st.integers(5, 5000),
    digits=st.integers(2, 4),
    p_digits=st.integers(2, 4),
    bound=st.booleans(),
)
def test_no_consistent_result_is_flagged(r, n, digits, p_digits, bound):
    """Whatever is printed by rounding a true r and its true p is consistent, whichever digits are kept."""
    p = p_of_r(r, n)
    printed = Decimal(f"{p:.{p_digits}f}")
    assume(0 < printed < 1)
    told = (
        next((f"<{limit}" for limit in (".001", ".01", ".05") if p < float(limit)), str(printed))
        if bound
        else str(printed)
    )
    significance = "significant" if p < 0.05 else "not-significant"
    assume(
        not (significance == "significant" and float(printed) > 0.10)
        and not (significance != "significant" and p < 0.001)
    )
    value = f"{r:.{digits}f}"
    assert check(finding(statistic="r", value=value, p=told), n).arithmetic == "consistent"


@given(r=st.floats(0.05, 0.9), n=st.integers(6, 400))
def test_the_people_that_would_fit_include_those_that_were(r, n):
    """From a printed r and its printed p the number of people is found again, within rounding."""
    printed_r, printed_p = Decimal(f"{r:.3f}"), Decimal(f"{p_of_r(r, n):.4f}")
    assume(printed_p > 0)
    first, last = people_that_would_fit(printed_r, rounded(printed_p))
    assert first <= n <= last


@given(r=st.floats(0.01, 0.99), n=st.integers(4, 100_000))
def test_an_r_is_significant_exactly_above_the_smallest_one(r, n):
    """The limit and the p tell the same."""
    assume(abs(r - smallest_significant_r(n)) > 1e-9)
    assert (p_of_r(r, n) < 0.05) == (r > smallest_significant_r(n))


def test_a_null_of_few_people_is_uninformative_and_says_what_it_rules_out():
    """53 people: anything up to .27 could have been missed."""
    found = check(finding(significance="not-significant"), 53)
    assert (found.reach, found.note) == ("uninformative", "rules out only |r| above 0.27")


def test_a_null_of_enough_people_is_informative():
    """300 people would have shown any |r| above .11."""
    assert check(finding(significance="not-significant"), 300).reach == "informative"


def test_a_null_without_a_number_from_thousands_is_doubtful():
    """4,375 people: any |r| above .03 would have been significant."""
    found = check(finding(significance="not-significant"), 4375)
    assert found.reach == "doubtful"
    assert "any |r| above 0.03 would be significant" in found.note


def test_a_null_with_a_number_is_judged_by_what_is_compatible_with_it():
    """A correlation r = .15 of 120 people is compatible with more than a small relation."""
    found = check(finding(significance="not-significant", statistic="r", value="0.15", direction="positive"), 120)
    assert found.reach == "uninformative"
    assert found.compatible == confidence_interval(0.15, 120)
    assert found.compatible[1] > 0.2


def test_the_interval_that_is_compatible_is_fishers():
    """A correlation r = .50 of 28 people: .16 to .74 (Fisher's z of .549, standard error .2)."""
    assert [round(end, 3) for end in confidence_interval(0.5, 28)] == [
        round(math.tanh(0.549306 + side * 0.391993), 3) for side in (-1, 1)
    ]


@pytest.mark.parametrize("kind", ["mediation", "moderation"])
def test_a_null_on_three_constructs_is_no_small_correlation(kind):
    """A mediation that was not supported says nothing about the size of a correlation."""
    third = {"mediation": "mediator", "moderation": "moderator"}[kind]
    told = {third: "c", "support": "not-supported", "kind": kind}
    assert check(finding(significance="not-significant", **told), 300).reach is None
