"""Pooling: the numbers are metafor's, and no order, name, sign or copy can bend them.

Reference values are metafor's (3.8 from Debian, with control = list(tol = 1e-14, threshold = 1e-14)); the test marked
``engine`` computes them anew where R is. Its prediction interval is another convention, so that of Higgins, Thompson &
Spiegelhalter was computed in R from metafor's tau² and standard error.
"""

import math
import sys
from importlib.util import find_spec
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from published import DATA, Made, correlation

from kg.errors import MissingPart, NothingFound
from kg.pooling import ESTIMATORS, INTERVALS, Interval, leave_one_out, pool

library = pytest.mark.skipif(
    find_spec("meta_analyze") is None,
    reason="needs pymetaanalysis (the extra 'pool')",
)


METAFORS_WORD = {"knapp-hartung": "knha", "wald": "z"}

#: estimate, standard error, interval, tau², I², H², Q, prediction (HTS), tau² by Q-profile, upper I² by Q-profile.
METAFOR = {
    ("bcg", "reml", "wald"): (-0.71453234, 0.17978152, -1.06689764, -0.36216705, 0.31324326, 0.92221385, 12.85575824, 152.23300808, -2.00837591, 0.57931122, 0.11971836, 1.11147908, 0.97678075),
    ("bcg", "reml", "knapp-hartung"): (-0.71453234, 0.18079174, -1.10844371, -0.32062097, 0.31324326, 0.92221385, 12.85575824, 152.23300808, -2.00905765, 0.57999297, 0.11971836, 1.11147908, 0.97678075),
    ("bcg", "dl", "wald"): (-0.71411722, 0.17874209, -1.06444528, -0.36378916, 0.30876026, 0.92117347, 12.68608401, 152.23300808, -1.99883850, 0.57060405, 0.11971836, 1.11147908, 0.97678075),
    ("bcg", "dl", "knapp-hartung"): (-0.71411722, 0.18069663, -1.10782135, -0.32041309, 0.30876026, 0.92117347, 12.68608401, 152.23300808, -2.00016235, 0.57192791, 0.11971836, 1.11147908, 0.97678075),
    ("bcg", "pm", "wald"): (-0.71496815, 0.18089219, -1.06951033, -0.36042597, 0.31806845, 0.92330338, 13.03838414, 152.23300808, -2.01855805, 0.58862175, 0.11971836, 1.11147908, 0.97678075),
    ("bcg", "pm", "knapp-hartung"): (-0.71496815, 0.18089219, -1.10909838, -0.32083793, 0.31806845, 0.92330338, 13.03838414, 152.23300808, -2.01855805, 0.58862175, 0.11971836, 1.11147908, 0.97678075),
    ("bcg", "ml", "wald"): (-0.71119914, 0.17189681, -1.04811069, -0.37428758, 0.28002814, 0.91378284, 11.59861883, 152.23300808, -1.93581875, 0.51342048, 0.11971836, 1.11147908, 0.97678075),
    ("bcg", "ml", "knapp-hartung"): (-0.71119914, 0.18004222, -1.10347744, -0.31892083, 0.28002814, 0.91378284, 11.59861883, 152.23300808, -1.94147570, 0.51907742, 0.11971836, 1.11147908, 0.97678075),
    ("bcg", "fixed", "wald"): (-0.43028516, 0.04049875, -0.50966126, -0.35090907, 0, 0.92117347, 12.68608401, 152.23300808),
    ("molloy", "reml", "wald"): (0.14991715, 0.03155996, 0.08806076, 0.21177353, 0.00810956, 0.61729655, 2.61298923, 38.15951542, -0.05474531, 0.35457961, 0.00169517, 0.03777090, 0.88252736),
    ("molloy", "reml", "knapp-hartung"): (0.14991715, 0.03276977, 0.08007003, 0.21976426, 0.00810956, 0.61729655, 2.61298923, 38.15951542, -0.05561809, 0.35545239, 0.00169517, 0.03777090, 0.88252736),
    ("molloy", "dl", "wald"): (0.14959835, 0.03116127, 0.08852339, 0.21067331, 0.00776254, 0.60691325, 2.54396769, 38.15951542, -0.05083961, 0.35003631, 0.00169517, 0.03777090, 0.88252736),
    ("molloy", "dl", "knapp-hartung"): (0.14959835, 0.03268518, 0.07993153, 0.21926517, 0.00776254, 0.60691325, 2.54396769, 38.15951542, -0.05195301, 0.35114971, 0.00169517, 0.03777090, 0.88252736),
    ("molloy", "pm", "wald"): (0.15100681, 0.03306518, 0.08620025, 0.21581338, 0.00947929, 0.65343105, 2.88542869, 38.15951542, -0.06952691, 0.37154053, 0.00169517, 0.03777090, 0.88252736),
    ("molloy", "pm", "knapp-hartung"): (0.15100681, 0.03306518, 0.08053004, 0.22148358, 0.00947929, 0.65343105, 2.88542869, 38.15951542, -0.06952691, 0.37154053, 0.00169517, 0.03777090, 0.88252736),
    ("molloy", "ml", "wald"): (0.14874196, 0.03016684, 0.08961603, 0.20786789, 0.00692634, 0.57941627, 2.37764787, 38.15951542, -0.04112174, 0.33860566, 0.00169517, 0.03777090, 0.88252736),
    ("molloy", "ml", "knapp-hartung"): (0.14874196, 0.03246153, 0.07955184, 0.21793208, 0.00692634, 0.57941627, 2.37764787, 38.15951542, -0.04285480, 0.34033872, 0.00169517, 0.03777090, 0.88252736),
    ("molloy", "fixed", "wald"): (0.12517666, 0.01699805, 0.09186109, 0.15849224, 0, 0.60691325, 2.54396769, 38.15951542),
    ("cohen", "reml", "wald"): (0.38117724, 0.04835318, 0.28640674, 0.47594773, 0.00523313, 0.11642986, 1.13177206, 20.97444539, 0.19837090, 0.56398357, 0, 0.06318090, 0.61403618),
    ("cohen", "reml", "knapp-hartung"): (0.38117724, 0.04779336, 0.28114458, 0.48120989, 0.00523313, 0.11642986, 1.13177206, 20.97444539, 0.19902186, 0.56333261, 0, 0.06318090, 0.61403618),
    ("cohen", "dl", "wald"): (0.38083866, 0.04743419, 0.28786937, 0.47380796, 0.00412696, 0.09413576, 1.10391818, 20.97444539, 0.21306772, 0.54860961, 0, 0.06318090, 0.61403618),
    ("cohen", "dl", "knapp-hartung"): (0.38083866, 0.04744908, 0.28152659, 0.48015074, 0.00412696, 0.09413576, 1.10391818, 20.97444539, 0.21304912, 0.54862821, 0, 0.06318090, 0.61403618),
    ("cohen", "pm", "wald"): (0.38084719, 0.04745852, 0.28783021, 0.47386417, 0.00415549, 0.09472501, 1.10463673, 20.97444539, 0.21267098, 0.54902340, 0, 0.06318090, 0.61403618),
    ("cohen", "pm", "knapp-hartung"): (0.38084719, 0.04745852, 0.28151537, 0.48017901, 0.00415549, 0.09472501, 1.10463673, 20.97444539, 0.21267098, 0.54902340, 0, 0.06318090, 0.61403618),
    ("cohen", "ml", "wald"): (0.38008144, 0.04469766, 0.29247563, 0.46768725, 0.00118073, 0.02887265, 1.02973106, 20.97444539, 0.26163329, 0.49852960, 0, 0.06318090, 0.61403618),
    ("cohen", "ml", "knapp-hartung"): (0.38008144, 0.04626854, 0.28324028, 0.47692260, 0.00118073, 0.02887265, 1.02973106, 20.97444539, 0.25900010, 0.50116279, 0, 0.06318090, 0.61403618),
    ("cohen", "fixed", "wald"): (0.37990821, 0.04343722, 0.29477281, 0.46504360, 0, 0.09413576, 1.10391818, 20.97444539),
    ("craft", "reml", "wald"): (-0.04032311, 0.13269178, -0.30039422, 0.21974799, 0.14778361, 0.89363307, 9.40141784, 90.88785889, -0.97813481, 0.89748858, 0.05633430, 0.56026791, 0.96955946),
    ("craft", "reml", "knapp-hartung"): (-0.04032311, 0.13240976, -0.33985479, 0.25920856, 0.14778361, 0.89363307, 9.40141784, 90.88785889, -0.97792282, 0.89727659, 0.05633430, 0.56026791, 0.96955946),
    ("craft", "dl", "wald"): (-0.03996996, 0.13730950, -0.30909165, 0.22915172, 0.16004816, 0.90097687, 10.09865099, 90.88785889, -1.01533628, 0.93539636, 0.05633430, 0.56026791, 0.96955946),
    ("craft", "dl", "knapp-hartung"): (-0.03996996, 0.13247593, -0.33965133, 0.25971140, 0.16004816, 0.90097687, 10.09865099, 90.88785889, -1.01177503, 0.93183510, 0.05633430, 0.56026791, 0.96955946),
    ("craft", "pm", "wald"): (-0.04034634, 0.13240546, -0.29985626, 0.21916359, 0.14703774, 0.89315116, 9.35901558, 90.88785889, -0.97582530, 0.89513262, 0.05633430, 0.56026791, 0.96955946),
    ("craft", "pm", "knapp-hartung"): (-0.04034634, 0.13240546, -0.33986829, 0.25917561, 0.14703774, 0.89315116, 9.35901558, 90.88785889, -0.97582530, 0.89513262, 0.05633430, 0.56026791, 0.96955946),
    ("craft", "ml", "wald"): (-0.04093210, 0.12578361, -0.28746344, 0.20559924, 0.13026447, 0.88102977, 8.40546433, 90.88785889, -0.92231447, 0.84045027, 0.05633430, 0.56026791, 0.96955946),
    ("craft", "ml", "knapp-hartung"): (-0.04093210, 0.13229896, -0.34021313, 0.25834893, 0.13026447, 0.88102977, 8.40546433, 90.88785889, -0.92737246, 0.84550826, 0.05633430, 0.56026791, 0.96955946),
    ("craft", "fixed", "wald"): (-0.09211337, 0.04072315, -0.17192927, -0.01229746, 0.00000000, 0.90097687, 10.09865099, 90.88785889),
}  # fmt: skip


def numbers(pooled):
    """The numbers of a result in the order of the reference values."""
    told = [
        pooled.estimate, pooled.standard_error, pooled.confidence.low, pooled.confidence.high,
        pooled.tau2.value, pooled.i2.value, pooled.h2.value, pooled.q,
    ]  # fmt: skip
    if pooled.prediction:
        told += [pooled.prediction.low, pooled.prediction.high]
        told += [pooled.tau2.interval.low, pooled.tau2.interval.high, pooled.i2.interval.high]
    return tuple(told)


@library
@pytest.mark.parametrize(("data", "estimator", "interval"), METAFOR)
def test_the_numbers_are_those_of_metafor(data, estimator, interval):
    """Thirteen numbers by each model on four published data sets, three of correlations, to the eighth decimal or nearly so."""
    pooled = pool(DATA[data], estimator, interval)
    assert numbers(pooled) == pytest.approx(METAFOR[data, estimator, interval], abs=2e-8, rel=1e-8)


@library
def test_the_bcg_trials_give_the_published_numbers():
    """Viechtbauer (2010), section 5: -0.7145 (0.1798), tau² = 0.3132, I² = 92.22 %, Q = 152.2330."""
    pooled = pool(DATA["bcg"], "reml", "wald")
    told = (pooled.estimate, pooled.standard_error, pooled.tau2.value, 100 * pooled.i2.value, pooled.q)
    assert tuple(round(each, digits) for each, digits in zip(told, (4, 4, 4, 2, 4), strict=True)) == (
        -0.7145, 0.1798, 0.3132, 92.22, 152.2330,
    )  # fmt: skip


@library
def test_leaving_one_out_gives_what_metafor_gives():
    """leave1out() of the sixteen correlations, by REML."""
    told = [rest.estimate for _, rest in leave_one_out(pool(DATA["molloy"]))]
    assert told == pytest.approx([
        0.14834729, 0.15002350, 0.14181160, 0.13794311, 0.14410834, 0.15664858, 0.14894269, 0.15990099, 0.14550614,
        0.16471153, 0.15859727, 0.13529078, 0.15916849, 0.15137401, 0.14315609, 0.15520173,
    ], abs=2e-8)  # fmt: skip


@pytest.mark.engine
@library
def test_the_numbers_are_those_of_metafor_itself(ask_r):
    """R computes the same from the same effects, now."""
    said = ask_r("".join(metafors(*model) for model in METAFOR))
    for (data, *model), line in zip(METAFOR, said.splitlines(), strict=True):
        ours = numbers(pool(DATA[data], *model))[:8]
        assert ours == pytest.approx(tuple(map(float, line.split())), abs=1e-9), (data, model)


def metafors(data, estimator, interval):
    """R that prints the first eight numbers of a model."""
    vectors = ["c(" + ",".join(repr(getattr(each, name)) for each in DATA[data]) + ")" for name in ("z", "variance")]
    method = "EE" if estimator == "fixed" else estimator.upper()
    return (
        f"f <- rma({vectors[0]}, {vectors[1]}, method='{method}', test='{METAFORS_WORD[interval]}',"
        "control=list(tol=1e-14, threshold=1e-14, maxiter=10000));"
        "cat(sprintf('%.12f', c(f$b, f$se, f$ci.lb, f$ci.ub, f$tau2, f$I2 / 100, f$H2, f$QE)), '\\n');"
    )


# --- edges -----------------------------------------------------------------------------------


@library
def test_two_effects_have_no_prediction():
    """K = 2: metafor's numbers, t with one degree of freedom, no prediction interval, and a caution."""
    pooled = pool([Made(0.1, 0.02), Made(0.5, 0.01)])
    told = (pooled.estimate, pooled.standard_error, pooled.confidence.low, pooled.confidence.high, pooled.tau2.value)
    assert told == pytest.approx((0.31250000, 0.19960899, -2.22377273, 2.84877273, 0.06500000), abs=2e-8)
    assert pooled.prediction is None
    assert "2 effects tell very little" in pooled.cautions[0]


@library
def test_effects_without_scatter_are_told_to_look_too_sure():
    """Ties: tau² is zero, Knapp and Hartung's interval has no width, and a caution says so."""
    pooled = pool([Made(0.2, 0.01), Made(0.2, 0.02), Made(0.2, 0.03)])
    assert (pooled.estimate, pooled.tau2.value, pooled.q) == pytest.approx((0.2, 0, 0))
    assert pooled.confidence == Interval(pytest.approx(0.2), pytest.approx(0.2))
    assert any("narrower than Wald's" in caution for caution in pooled.cautions)
    assert any("its Q-profile interval is empty" in caution for caution in pooled.cautions)


@library
def test_effects_with_scatter_bring_no_such_caution():
    """Sixteen correlations that differ: nothing to warn of."""
    assert pool(DATA["molloy"]).cautions == ()


@library
@pytest.mark.parametrize("estimator", ["reml", "dl", "pm", "ml"])
def test_huge_heterogeneity_is_no_trouble(estimator):
    """Effects two thousand standard errors apart: tau² is their own variance, by ML that of all three."""
    pooled = pool([Made(-2, 0.001), Made(0, 0.001), Made(2, 0.001)], estimator)
    assert pooled.tau2.value == pytest.approx(8 / 3 - 0.001 if estimator == "ml" else 3.999)
    assert pooled.i2.value > 0.999


@library
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_correlations_near_one_are_pooled(estimator):
    """R = .9999 of four people beside .999 and -.99: numbers, an interval around them, and back below one as r."""
    pooled = pool([correlation(4, 0.9999), correlation(100, 0.999), correlation(5000, -0.99)], estimator)
    assert pooled.confidence.low < pooled.estimate < pooled.confidence.high
    assert abs(math.tanh(pooled.estimate)) < 1


@library
def test_ties_beside_another_effect_are_metafors():
    """rma(c(.2, .2, .5), c(.01, .01, .02), test = "knha"): Q and the estimate of three, two of them alike."""
    pooled = pool([Made(0.2, 0.01), Made(0.2, 0.01), Made(0.5, 0.02)])
    assert (pooled.estimate, pooled.standard_error, pooled.tau2.value, pooled.q) == pytest.approx(
        (0.27384168, 0.09137809, 0.00881917, 3.60000000), abs=2e-8
    )


@library
def test_the_interval_of_a_fixed_effect_is_walds():
    """A fixed effect knows no spread: whatever was asked for, the result says what it has."""
    pooled = pool(DATA["molloy"], "fixed", "knapp-hartung")
    assert (pooled.interval_method, pooled.prediction, pooled.tau2.interval) == ("wald", None, None)


@pytest.mark.parametrize("effects", [[], [Made(0.1, 0.01)]])
def test_fewer_than_two_effects_are_not_pooled(effects):
    """One number is no synthesis."""
    with pytest.raises(NothingFound, match="it takes two or more"):
        pool(effects)


def test_without_its_library_pooling_says_what_to_install(monkeypatch):
    """A missing part is named, with the words that bring it."""
    monkeypatch.setitem(sys.modules, "meta_analyze", None)
    with pytest.raises(MissingPart, match=r"pip install 'compassion-attachment-kg\[pool\]'"):
        pool(DATA["molloy"])


# --- properties ------------------------------------------------------------------------------

MODELS = list(product(ESTIMATORS, INTERVALS))
some_effects = st.lists(
    st.builds(correlation, st.integers(4, 5000), st.floats(-0.95, 0.95).map(lambda r: round(r, 3))),
    min_size=2,
    max_size=12,
)


@library
@settings(max_examples=30, deadline=None)
@given(some_effects, st.randoms(), st.sampled_from(MODELS))
def test_the_order_of_effects_changes_nothing(effects, random, model):
    """Rows may come in any order."""
    shuffled = random.sample(effects, len(effects))
    assert numbers(pool(shuffled, *model)) == pytest.approx(numbers(pool(effects, *model)), abs=1e-7, rel=1e-6)


@library
@settings(max_examples=30, deadline=None)
@given(some_effects, st.sampled_from(MODELS))
def test_turning_all_signs_mirrors_the_result(effects, model):
    """The estimate and both intervals change sides; spread stays."""
    told = pool(effects, *model)
    turned = pool([Made(-each.z, each.variance) for each in effects], *model)
    assert turned.estimate == pytest.approx(-told.estimate, abs=1e-9)
    assert (turned.confidence.low, turned.confidence.high) == pytest.approx(
        (-told.confidence.high, -told.confidence.low), abs=1e-7
    )
    assert turned.tau2.value == pytest.approx(told.tau2.value, abs=1e-9)
    if told.prediction:
        assert turned.prediction.low == pytest.approx(-told.prediction.high, abs=1e-7)


@library
@settings(max_examples=30, deadline=None)
@given(some_effects, st.sampled_from(MODELS))
def test_a_result_lies_among_its_effects_and_its_parts_fit(effects, model):
    """Weights add up to one; estimate within the effects; the interval around it, the prediction around that of Wald."""
    told = pool(effects, *model)
    assert math.fsum(told.weights) == pytest.approx(1)
    assert min(each.z for each in effects) - 1e-9 <= told.estimate <= max(each.z for each in effects) + 1e-9
    assert told.confidence.low <= told.estimate <= told.confidence.high
    assert 0 <= told.i2.value <= 1
    if told.prediction:
        assert told.prediction.low <= told.estimate <= told.prediction.high


@library
@pytest.mark.parametrize(
    ("variances", "rs", "tau2", "z"),
    [
        ((1 / 4372, 1 / 17, 1 / 17, 1 / 22), (0.25, 0.75, -0.4, 0.1), 0.1677, 0.2268),
        ((1 / 99997, 1 / 17, 1 / 17, 1 / 22), (0.25, 0.8, -0.6, 0.1), 0.3254, 0.1923),
    ],
)
def test_of_two_maxima_of_the_likelihood_the_higher_one_is_taken(variances, rs, tau2, z):
    """One large study beside small scattered ones: metafor's ML, where the slope at zero leads down first."""
    made = [Made(math.atanh(r), variance) for r, variance in zip(rs, variances, strict=True)]
    pooled = pool(made, "ml")
    assert (pooled.tau2.value, pooled.estimate) == (pytest.approx(tau2, abs=5e-5), pytest.approx(z, abs=5e-5))
    assert pooled.tau2.interval.low <= pooled.tau2.value <= pooled.tau2.interval.high
