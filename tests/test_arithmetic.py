"""Reported statistics against arithmetic: what cannot be is flagged, what rounding allows is not."""

import math
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from kg.arithmetic import (
    _beta,
    critical_t,
    is_symmetric,
    p_of_r,
    p_range,
    people_that_would_fit,
    rounded,
    smallest_significant_r,
)
from kg.plausibility import check
from kg.records import Finding


def finding(**told):
    good = {
        "id": "made-up-01", "study": "made-up", "sample": "made-up", "kind": "association", "subject": "a", "object": "b",
        "direction": "not-reported", "significance": "not-reported", "statement": "Made up.", "reported_in": "x",
        "reading": "review", "locator": "made up", "certainty": "high",
    }  # fmt: skip
    if "value" in told:
        good["printed"] = f"made up: {told['value']}"
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


@pytest.mark.parametrize("df", [1, 5, 20, 120])
def test_the_critical_t_is_that_of_the_printed_tables(df):
    """By way of the critical r."""
    assert critical_t(df) == pytest.approx({1: 12.706, 5: 2.571, 20: 2.086, 120: 1.980}[df], abs=0.0006)


# --- simulated results of other statistics ----------------------------------------------------


def true_p(statistic, value, df_effect, df):
    """The two-sided p by SciPy, which the software does without."""
    stats = pytest.importorskip("scipy.stats")
    return float(
        {
            "t": lambda: 2 * stats.t.sf(abs(value), df),
            "z": lambda: 2 * stats.norm.sf(abs(value)),
            "f": lambda: stats.f.sf(value, df_effect, df),
            "chi-square": lambda: stats.chi2.sf(value, df),
        }[statistic]()
    )


@st.composite
def printed_results(draw):
    """A true result as it is printed: rounded value, degrees of freedom, and p rounded (also to .000) or as a bound."""
    statistic = draw(st.sampled_from(["t", "z", "f", "chi-square"]))
    df, df_effect = draw(st.integers(1, 3000)), draw(st.integers(1, 12))
    if statistic == "chi-square":
        df = draw(st.integers(1, 60))
    most = {"t": 9, "z": 9, "f": 30, "chi-square": 4 * df}[statistic]
    value = draw(st.floats(0, most)) * (draw(st.sampled_from([-1, 1])) if statistic in ("t", "z") else 1)
    p = true_p(statistic, value, df_effect, df)
    told = f"{p:.{draw(st.integers(2, 4))}f}"
    if draw(st.booleans()):
        told = next((f"<{limit}" for limit in (".001", ".01", ".05") if p < float(limit)), told)
    significance = "significant" if p < 0.05 else "not-significant"
    assume(not (significance == "significant" and told == "0.1"))
    more = {"f": {"df": str(df), "df_effect": str(df_effect)}, "z": {}}.get(statistic, {"df": str(df)})
    return statistic, f"{value:.{draw(st.integers(2, 3))}f}", told, significance, more


@settings(max_examples=50)
@given(printed_results())
def test_no_consistent_t_z_f_or_chi_square_is_flagged(printed):
    """Whatever is printed by rounding a true statistic and its true p is consistent, whichever digits are kept."""
    statistic, value, p, significance, more = printed
    found = check(finding(statistic=statistic, value=value, p=p, significance=significance, **more), None)
    assert found.arithmetic == "consistent", found.note


@settings(
    max_examples=50, suppress_health_check=[HealthCheck.filter_too_much]
)  # most true p are too small or too large
@given(printed_results())
def test_a_p_far_off_is_flagged_whatever_the_statistic(printed):
    """Ten times the true p, and not rounded away."""
    statistic, value, _, _, more = printed
    ranges = p_range(
        statistic,
        Decimal(value),
        None,
        *(Decimal(more[name]) if name in more else None for name in ("df", "df_effect")),
    )
    assume(ranges[0] > 0.0005 and 10 * ranges[1] < 0.9)
    told = f"{10 * ranges[1]:.4f}"
    assert check(finding(statistic=statistic, value=value, p=told, **more), None).arithmetic in {"inconsistent", "decision-inconsistent"}  # fmt: skip


@pytest.mark.parametrize("printed", [".000", "0.00", ".0000"])
def test_a_p_printed_as_zero_stands_for_what_rounds_to_it(printed):
    """T = 6 with 200 degrees of freedom is far below; t = 1 is not."""
    told = {"statistic": "t", "df": "200", "p": printed}
    assert check(finding(value="6.00", **told), None).arithmetic == "consistent"
    assert check(finding(value="1.00", **told), None).arithmetic == "decision-inconsistent"


@pytest.mark.parametrize(("statistic", "df_effect"), [("chi-square", None), ("f", "3"), ("t", None)])
def test_a_mistyped_df_takes_no_time(statistic, df_effect):
    """300,000,000 degrees of freedom end as soon as 30 do."""
    low, high = p_range(statistic, Decimal("2.00"), None, Decimal(300_000_000), df_effect and Decimal(df_effect))
    assert 0 <= low <= high <= 1


@pytest.mark.parametrize("sd", [-2, -1, 0, 1, 2])
def test_a_chi_square_of_very_many_degrees_of_freedom_is_scipys(sd):
    """From 100,001 on by an approximation: to four digits after the point."""
    df = 100_001
    value = Decimal(f"{df + sd * math.sqrt(2 * df):.6f}")
    low, high = p_range("chi-square", value, None, Decimal(df), None)
    assert low == pytest.approx(high, abs=1e-6) == pytest.approx(true_p("chi-square", float(value), None, df), abs=1e-4)


@pytest.mark.parametrize(
    ("told", "column", "words"),
    [
        ({"statistic": "f", "value": "-3.2", "df": "20", "df_effect": "1"}, "value", "an F of -3.2 is below zero"),
        ({"statistic": "chi-square", "value": "-3.2", "df": "2"}, "value", "a chi-square of -3.2 is below zero"),
        ({"statistic": "t", "value": "3.2", "df": "300000000"}, "df", "more than any study has people"),
        ({"statistic": "f", "value": "3.2", "df": "20", "df_effect": "300000000"}, "df_effect", "more than any study"),
    ],
)
def test_a_record_refuses_what_no_study_can_print(told, column, words):
    """With the column and what is wrong."""
    with pytest.raises(ValidationError) as caught:
        finding(**told)
    (contradiction,) = caught.value.errors()[0]["ctx"]["error"].contradictions
    assert contradiction.column == column
    assert words in contradiction.what


# --- intervals of published estimates --------------------------------------------------------


@pytest.mark.parametrize(
    ("statistic", "value", "low", "high", "symmetric"),
    [
        ("cohens-d", "0.47", "0.19", "0.56", False),
        ("cohens-d", "0.49", "0.30", "0.68", True),
        ("cohens-d", "0.21", "0.08", "0.33", True),
        ("r", "-.282", "-.329", "-.233", True),
        ("r", "-.28", "-.32", "-.24", True),
        ("r", "-.28", "-.32", "-.10", False),
        ("odds-ratio", "2.00", "1.00", "4.00", True),
        ("odds-ratio", "2.00", "1.00", "3.00", False),
        ("standardised-indirect-effect", "0.10", "0.01", "0.40", True),
        ("r", "0.999", "0.90", "1.00", True),
    ],
)
def test_a_value_is_the_middle_of_its_interval_on_its_scale(statistic, value, low, high, symmetric):
    """As it is for differences; in Fisher's z, or as it is, for r; in logarithms for odds; not asked of a bootstrap."""
    assert is_symmetric(statistic, Decimal(value), Decimal(low), Decimal(high)) is symmetric


@given(z=st.floats(-1.5, 1.5), half=st.floats(0.001, 0.5), digits=st.integers(1, 4))
def test_no_true_interval_of_a_correlation_is_flagged_however_it_is_rounded(z, half, digits):
    """Fisher's interval of any r, with any number of digits."""
    told = (Decimal(f"{math.tanh(z + side * half):.{digits}f}") for side in (0, -1, 1))
    assert is_symmetric("r", *told)


def test_the_known_lopsided_interval_is_listed_with_its_numbers(graph):
    """Kirby 2017: d = 0.47 [0.19, 0.56], as an estimate and not as a finding."""
    flagged = {str(row["estimate"]).rsplit("/", 1)[1]: row for row in graph.ask("arithmetic") if row["estimate"]}
    assert "0.28 below it and 0.09 above" in flagged["kirby-2017-06"]["what"]
    assert all(row["finding"] is None and row["flag"] == "interval not symmetric" for row in flagged.values())
