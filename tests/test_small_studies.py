"""Small-study checks: Egger's test and trim-and-fill are metafor's, and too few effects are told.

Reference values are those of metafor's regtest(model = "lm"), regtest() and trimfill() (3.8, REML, Wald, control = list(tol = 1e-14,
threshold = 1e-14), also within trimfill()).
"""

import math
from importlib.util import find_spec

import pytest
from published import DATA, NESTED, Made

from kg.dependence import pool_dependent
from kg.pooling import pool
from kg.small_studies import check_small_studies

pytestmark = pytest.mark.skipif(find_spec("meta_analyze") is None, reason="needs pymetaanalysis (the extra 'pool')")

#: t, p, limit and its interval by Egger; z and p of the meta-regression.
EGGER = {
    "bcg": (-1.40128200, 0.18870700, -0.19092864, -0.67533235, 0.29347507, -0.80332919, 0.42178449),
    "molloy": (1.34503443, 0.19999872, 0.05789616, -0.06342293, 0.17921526, 1.02172743, 0.30690993),
    "cohen": (0.48682329, 0.63225860, 0.32607881, 0.07400020, 0.57815743, 0.56013927, 0.57538445),
    "craft": (0.57304406, 0.58235924, -0.29012952, -1.14523002, 0.56497099, 0.34376572, 0.73102248),
}
#: side, how many, its error, estimate, interval and tau² with the mirrored ones.
TRIMFILL = {
    "bcg": ("right", 1, 2.45279864, -0.65708278, -1.00699198, -0.30717359, 0.33128763),
    "molloy": ("left", 2, 2.71179421, 0.12881274, 0.06345861, 0.19416687, 0.01124484),
    "cohen": ("left", 2, 2.99131838, 0.35730626, 0.25953967, 0.45507286, 0.00924617),
    "craft": ("left", 0, 2.08513021, -0.04032311, -0.30039422, 0.21974799, 0.14778361),
}
#: The same of ``cohen`` by other estimators.
COHEN = {
    "dl": (2, 0.35742354, 0.00941070),
    "ml": (2, 0.35772444, 0.00537139),
    "pm": (2, 0.35740217, 0.01019799),
}


def checked(data, estimator="reml", interval="wald"):
    return check_small_studies(pool(DATA[data], estimator, interval))


@pytest.mark.parametrize("data", EGGER)
def test_the_regressions_are_metafors(data):
    """Seven numbers on four published data sets."""
    told = checked(data)
    egger, slope = told.egger, told.slope
    ours = (
        egger.t,
        egger.p,
        egger.limit,
        egger.limit_interval.low,
        egger.limit_interval.high,
        slope.statistic,
        slope.p,
    )
    assert ours == pytest.approx(EGGER[data], abs=2e-7)


@pytest.mark.parametrize("data", TRIMFILL)
def test_trim_and_fill_is_metafors(data):
    """The side, how many are missing, and the result with them."""
    fill = checked(data).fill
    whole = fill.pooled
    ours = (fill.standard_error, whole.estimate, whole.confidence.low, whole.confidence.high, whole.tau2.value)
    assert (fill.side, fill.missing) == TRIMFILL[data][:2]
    assert ours == pytest.approx(TRIMFILL[data][2:], abs=2e-8)


@pytest.mark.parametrize("estimator", COHEN)
def test_every_estimator_trims_and_fills_as_in_metafor(estimator):
    """Maximum likelihood, too, which the library does not have."""
    fill = checked("cohen", estimator, "knapp-hartung").fill
    missing, estimate, tau2 = COHEN[estimator]
    assert fill.missing == missing
    assert (fill.pooled.estimate, fill.pooled.tau2.value) == pytest.approx((estimate, tau2), abs=2e-8)


def test_a_mirrored_effect_names_the_one_that_it_mirrors():
    """What a funnel plot draws hollow: the two largest of Cohen's, on the other side, as sure."""
    filled = checked("cohen").fill.filled
    assert sorted(round(math.tanh(each.mirrors.z), 2) for each in filled) == [0.64, 0.68]
    assert [each.variance for each in filled] == [each.mirrors.variance for each in filled]
    assert sorted(round(each.z, 3) for each in checked("cohen", "dl").fill.filled) == [-0.110, -0.039]


def test_turning_all_signs_changes_the_side_and_nothing_else():
    """What was missing on the left is missing on the right."""
    plain, turned = (check_small_studies(pool(effects, "reml", "wald")).fill for effects in (
        DATA["cohen"], [Made(-each.z, each.variance) for each in DATA["cohen"]]))  # fmt: skip
    assert (plain.side, turned.side, plain.missing) == ("left", "right", turned.missing)
    assert turned.pooled.estimate == pytest.approx(-plain.pooled.estimate)


def test_fewer_than_ten_effects_are_cautioned():
    """Told, not refused; ten pass."""
    assert "9 effects are too few to tell bias from chance" in check_small_studies(pool(DATA["cohen"][:9])).cautions[0]
    assert checked("craft").cautions == ()


@pytest.mark.parametrize(
    ("effects", "reason"),
    [
        ([Made(0.1, 0.01), Made(0.2, 0.02)], "2 effects cannot give 2 coefficients"),
        ([Made(0.1, 0.01), Made(0.2, 0.01), Made(0.4, 0.01)], "standard error is 0.1 in all 3 effects"),
    ],
)
def test_what_cannot_be_checked_is_refused_in_words(effects, reason):
    """Too few effects, or all of one size: no small studies, no large ones."""
    told = check_small_studies(pool(effects))
    assert reason in told.refusal
    assert (told.egger, told.fill) == (None, None)


def test_effects_of_the_same_people_are_not_checked():
    """Egger's test takes effects to be independent."""
    assert "take effects to be independent" in check_small_studies(pool_dependent(NESTED["craft"])).refusal
