"""Effects: what becomes a correlation, by which formula, and what is refused."""

import math
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.conversions import CONTESTED, CONVERSIONS, NoEffect, correlation_of_d
from kg.effects import effect_of


def row(**changes):
    """A row of ``effects-between``: a negative correlation of a hundred people."""
    told = {
        "finding": "finding/alder-01", "study": "Alder 1901", "people": "sample/alder", "kind": "association",
        "asAsked": "yes", "polesGathered": "no", "firstFound": "calm", "firstMeasure": "Calm Scale",
        "secondFound": "worry", "secondMeasure": "Worry Scale", "third": None, "sample": "sample/alder",
        "analysed": 100, "recruited": 120, "direction": "negative", "significance": "significant", "statistic": "r",
        "value": -0.3, "p": None, "printed": "r = -.30", "repeats": None, "reading": "primary-full-text", "certainty": "high",
        "source": "Alder (1901)", "locator": "p. 1",
    }  # fmt: skip
    return told | changes


def test_a_correlation_becomes_fishers_z():
    """Fisher (1921): atanh(r), with the variance 1 / (n - 3)."""
    effect = effect_of(row())
    assert (effect.r, effect.z, effect.variance) == (-0.3, math.atanh(-0.3), 1 / 97)


def test_fishers_z_is_that_of_the_textbook():
    """Borenstein et al. (2009), chapter 6: r = .50 of 100 people gives z = 0.5493, variance 0.0103."""
    effect = effect_of(row(value=0.5, direction="positive"))
    assert (round(effect.z, 4), round(effect.variance, 4)) == (0.5493, 0.0103)


def test_ranks_have_a_larger_variance():
    """Fieller, Hartley & Pearson (1957): 1.06 / (n - 3)."""
    assert effect_of(row(statistic="spearman-rho")).variance == pytest.approx(1.06 / 97)


def test_a_t_of_two_variables_is_their_correlation():
    """R = .30 of 100 people has t = .30 * sqrt(98 / (1 - .09)) = 3.1132, and back."""
    effect = effect_of(row(statistic="t", value=-3.1132, df=98))
    assert effect.r == pytest.approx(-0.3, abs=1e-4)
    assert effect.variance == 1 / 97


def test_a_d_becomes_the_correlation_of_the_textbook():
    """Borenstein et al. (2009), chapter 7: d = .50 with variance .0205 gives r = .2425 with variance .0043."""
    r, variance = correlation_of_d(0.5, 0.0205, 60, 60)
    assert (round(r, 4), round(variance, 4)) == (0.2425, 0.0043)


def test_a_d_of_unequal_groups_knows_their_sizes():
    """D = .5 of 30 and 70 people: a = 100² / 2100, so r = .2234."""
    effect = effect_of(row(statistic="cohens-d", value=0.5, direction="positive", firstGroup=30, secondGroup=70))
    assert effect.r == pytest.approx(0.5 / math.sqrt(0.25 + 10000 / 2100))
    assert effect.converted_from == "cohens-d"


def test_degrees_of_freedom_may_be_decimals():
    """The graph gives them so: a t of a built graph is converted as one of a table."""
    assert effect_of(row(statistic="t", value=Decimal("-3.1132"), df=Decimal(98))).r == pytest.approx(-0.3, abs=1e-4)


def test_fishers_z_is_taken_as_it_is():
    """A z of -.3095 is r = -.30; its variance is that of the people."""
    effect = effect_of(row(statistic="fisher-z", value=-0.3095))
    assert (effect.z, effect.variance) == (pytest.approx(-0.3095), 1 / 97)
    assert effect.r == pytest.approx(-0.3, abs=1e-4)


def test_fishers_z_with_a_standard_error_needs_no_people():
    """The variance is the square of what is reported, and n stays untold."""
    effect = effect_of(row(statistic="fisher-z", value=-0.3, se=0.2, analysed=None, recruited=None))
    assert (effect.variance, effect.n, effect.n_of) == (pytest.approx(0.04), None, "not told")


def test_a_g_is_a_d_corrected_for_small_samples():
    """Hedges (1981): J = 1 - 3 / (4 * 98 - 1), so that g = .5 is d = .5039."""
    groups = {"direction": "positive", "firstGroup": 50, "secondGroup": 50}
    g = effect_of(row(statistic="hedges-g", value=0.5, **groups))
    d = effect_of(row(statistic="cohens-d", value=0.5 / (1 - 3 / 391), **groups))
    assert (g.z, g.variance) == (d.z, d.variance)


ODDS = {"statistic": "odds-ratio", "direction": "positive", "firstGroup": 50, "secondGroup": 50}


def test_an_odds_ratio_becomes_the_d_of_the_textbook():
    """Borenstein et al. (2009), chapter 7: ln OR = 0.9069 with variance 0.0676 is d = .5000, variance .0205; r = .2425."""
    effect = effect_of(row(**ODDS, value=math.exp(0.9069), se=math.sqrt(0.0676)))
    assert effect.r == pytest.approx(0.2425, abs=1e-4)
    assert effect.variance * (1 - effect.r**2) ** 2 == pytest.approx(0.0043, abs=5e-5)


def test_an_odds_ratio_may_have_its_variance_from_its_interval():
    """A 95 % interval is 2 * 1.96 standard errors of the logarithm wide."""
    reach = 1.959963984540054 * 0.26
    by_interval = effect_of(row(**ODDS, value=2, ciLow=2 * math.exp(-reach), ciHigh=2 * math.exp(reach)))
    assert by_interval.variance == pytest.approx(effect_of(row(**ODDS, value=2, se=0.26)).variance)


def test_an_odds_ratio_below_one_is_negative():
    """Half and double the odds are as far from none."""
    half, double = (
        effect_of(row(**ODDS | {"direction": "negative"}, value=0.5, se=0.3)),
        effect_of(row(**ODDS, value=2, se=0.3)),
    )
    assert half.z == pytest.approx(-double.z)


@pytest.mark.parametrize(("direction", "sign"), [("positive", 1), ("negative", -1)])
def test_an_f_of_two_groups_is_the_square_of_a_t(direction, sign):
    """F(1, 98) = 3.1132² is r = ±.30, its sign the coded direction."""
    effect = effect_of(row(statistic="f", value=3.1132**2, dfEffect=1, df=98, direction=direction))
    assert effect.r == pytest.approx(sign * 0.3, abs=1e-4)


# --- contested -------------------------------------------------------------------------------


@pytest.mark.parametrize(("beta", "r"), [(0.3, 0.35), (0, 0.05), (-0.3, -0.3)])
def test_a_beta_is_converted_only_by_name(beta, r):
    """Peterson & Brown (2005): r = beta + .05 where beta is not negative."""
    told = row(statistic="standardised-beta", value=beta, direction="not-reported")
    with pytest.raises(NoEffect, match=r"--convert standardised-beta takes it"):
        effect_of(told)
    effect = effect_of(told, convert=("standardised-beta",))
    assert effect.r == pytest.approx(r)
    assert "Peterson & Brown 2005" in effect.converted_with


def test_a_partial_r_counts_its_covariates():
    """Fisher (1924): 1 / (n - 3 - 2) with two covariates, which its degrees of freedom tell."""
    effect = effect_of(row(statistic="partial-r", df=96), convert=("partial-r",))
    assert effect.variance == pytest.approx(1 / 95)


def test_a_chi_square_of_two_by_two_is_phi():
    """Chi-square = 9 of 100 people is phi = .30."""
    effect = effect_of(row(statistic="chi-square", value=9, df=1), convert=("chi-square",))
    assert effect.r == pytest.approx(-0.3)


def test_a_p_with_n_is_the_r_that_has_it():
    """R = .30 of 100 people has t = 3.1132, two-sided p = .00243, and back."""
    pytest.importorskip("scipy")
    told = row(statistic=None, value=None, p="0.00243")
    with pytest.raises(NoEffect, match="--convert p takes it where it is exact"):
        effect_of(told)
    effect = effect_of(told, convert=("p",))
    assert effect.r == pytest.approx(-0.3, abs=1e-4)
    assert effect.converted_from == "p"


# --- turned signs ----------------------------------------------------------------------------


def test_a_measure_that_counts_the_other_way_round_turns_the_sign_and_says_so():
    """--flip: as far from zero on the other side, as sure, and recorded."""
    plain, turned = effect_of(row()), effect_of(row(), flip=("Worry Scale",))
    assert (turned.r, turned.z, turned.variance) == (-plain.r, -plain.z, plain.variance)
    assert "sign turned, as asked: as if Worry Scale counted the other way round" in turned.converted_with


def test_two_flipped_measures_undo_each_other():
    """Both ends turned: the sign stays, and nothing is said to have been turned."""
    assert effect_of(row(), flip=("Worry Scale", "Calm Scale")) == effect_of(row())


def test_a_measure_that_found_nothing_here_turns_nothing():
    """Only what it found turns."""
    assert effect_of(row(), flip=("Dread Scale",)) == effect_of(row())


@pytest.mark.parametrize("statistic", [*CONVERSIONS, *CONTESTED])
def test_every_conversion_is_named_and_cited(statistic):
    """What an effect was and how it was converted stand on it."""
    pytest.importorskip("scipy")
    of_p = {"value": None, "p": "0.01"} if statistic == "p" else {}
    value = -0.3 if statistic not in ("f", "chi-square", "odds-ratio") else 0.3
    df = 1 if statistic == "chi-square" else 98
    told = row(statistic=statistic, value=value, df=df, dfEffect=1, firstGroup=50, secondGroup=50) | of_p
    effect = effect_of(told | ({"se": 0.2} if statistic == "odds-ratio" else {}), convert=CONTESTED)
    assert effect.converted_from == statistic
    assert any(year in effect.converted_with for year in ("1921", "1924", "1957", "1991", "2009"))


def test_the_people_of_the_analysis_come_before_those_of_the_sample():
    """Where the analysis tells no n, the sample's is taken, and the effect says so."""
    assert (effect_of(row()).n, effect_of(row()).n_of) == (100, "the analysis")
    effect = effect_of(row(analysed=None))
    assert (effect.n, effect.n_of) == (120, "the whole sample")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"value": None}, "no number is reported"),
        ({"analysed": None, "recruited": None}, "how many people it is about is not told"),
        ({"analysed": 3}, "n = 3 is too few"),
        ({"value": -1}, "r = -1 has no finite Fisher's z"),
        ({"value": 1, "direction": "positive"}, "r = 1 has no finite Fisher's z"),
        ({"statistic": "standardised-beta"}, r"\(standardised beta\) is no correlation"),
        ({"statistic": "partial-r"}, r"\(partial r\) is no correlation"),
        ({"statistic": "unstandardised-b"}, r"\(unstandardised b\) is no correlation and is not made one$"),
        ({"statistic": "t", "df": Decimal("97.3")}, "a t without its degrees of freedom"),
        ({"statistic": "fisher-z", "value": -30, "se": 0.1}, "is the correlation 1 to every decimal"),
        ({"statistic": "f", "value": 9, "df": 98}, "an F without the degrees of freedom of its effect"),
        ({"statistic": "f", "value": 9, "df": 97, "dfEffect": 2}, "an F with 2 and 97 degrees of freedom"),
        ({"statistic": "f", "value": -9, "df": 98, "dfEffect": 1}, "an F of -9 cannot be"),
        ({"statistic": "f", "value": 9, "df": 98, "dfEffect": 1, "direction": "not-reported"}, "an F has no sign"),
        ({"statistic": "hedges-g"}, "a g without the size of its first group"),
        ({**ODDS, "value": 0}, "an odds ratio of 0 has no logarithm"),
        ({**ODDS, "value": 2}, "an odds ratio without its standard error or its interval has no variance"),
        ({**ODDS, "value": 2, "ciLow": 0, "ciHigh": 3}, "cannot have an interval that begins at 0"),
        ({"statistic": "odds-ratio", "value": 2, "se": 0.3}, "an odds ratio without the size of its first group"),
        ({"statistic": "t"}, "a t without its degrees of freedom"),
        ({"statistic": "t", "df": 90}, "is not of two variables by themselves"),
        ({"statistic": "cohens-d"}, "a d without the size of its first group"),
        ({"statistic": "cohens-d", "firstGroup": 40, "secondGroup": 40}, "groups of 40 and 40 are not its 100 people"),
        ({"value": 0.3}, "do not agree"),
    ],
)
def test_what_gives_no_effect_says_why(changes, reason):
    """Nothing is guessed: a reason in words."""
    with pytest.raises(NoEffect, match=reason):
        effect_of(row(**changes))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"statistic": "standardised-beta", "value": -0.51}, "beyond ±.5"),
        ({"statistic": "partial-r"}, "a partial r without its degrees of freedom"),
        ({"statistic": "partial-r", "df": 99}, "cannot have 99 degrees of freedom"),
        ({"statistic": "chi-square", "value": 9, "df": 2}, "is not of a table of two by two"),
        ({"value": None, "p": "<0.05"}, "a p that is only a bound, <0.05"),
        ({"value": None, "p": "0"}, "a p of 0 gives no t"),
        ({"value": None, "p": "0.03", "direction": "none"}, "a p has no sign"),
        ({"value": None, "p": "0.03", "kind": "prediction"}, "may be that of one predictor among others"),
        ({"value": None}, "no number is reported$"),
    ],
)
def test_what_even_an_assumption_does_not_convert_says_why(changes, reason):
    """--convert names a statistic; it does not make one up."""
    pytest.importorskip("scipy")
    with pytest.raises(NoEffect, match=reason):
        effect_of(row(**changes), convert=CONTESTED)


@settings(deadline=None)
@given(
    st.sampled_from(["r", "pearson-r", "spearman-rho", "fisher-z", "t", "cohens-d", "hedges-g"]), st.floats(0.01, 0.99)
)
def test_a_sign_is_never_changed(statistic, size):
    """A negative number gives a negative effect, as far from zero as the positive one."""
    minus, plus = (
        effect_of(row(statistic=statistic, value=value, direction="not-reported", df=98, firstGroup=50, secondGroup=50))
        for value in (-size, size)
    )
    assert minus.z < 0 < plus.z
    assert (minus.z, minus.variance) == pytest.approx((-plus.z, plus.variance))
