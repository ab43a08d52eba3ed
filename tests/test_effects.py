"""Effects: what becomes a correlation, by which formula, and what is refused."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.effects import CONVERSIONS, NoEffect, correlation_of_d, effect_of


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


@pytest.mark.parametrize("statistic", CONVERSIONS)
def test_every_conversion_is_named_and_cited(statistic):
    """What an effect was and how it was converted stand on it."""
    effect = effect_of(row(statistic=statistic, df=98, firstGroup=50, secondGroup=50))
    assert effect.converted_from == statistic
    assert any(year in effect.converted_with for year in ("1921", "1957", "1991", "2009"))


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
        ({"statistic": "odds-ratio"}, r"\(odds ratio\) is no correlation"),
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


@settings(deadline=None)
@given(st.sampled_from(["r", "pearson-r", "spearman-rho", "t", "cohens-d"]), st.floats(0.01, 0.99))
def test_a_sign_is_never_changed(statistic, size):
    """A negative number gives a negative effect, as far from zero as the positive one."""
    minus, plus = (
        effect_of(row(statistic=statistic, value=value, direction="not-reported", df=98, firstGroup=50, secondGroup=50))
        for value in (-size, size)
    )
    assert minus.z < 0 < plus.z
    assert (minus.z, minus.variance) == pytest.approx((-plus.z, plus.variance))
