"""Dependent effects: three levels and robust errors are metafor's, and copies of people make nothing surer.

Reference values are those of metafor's rma.mv() and robust(adjust = TRUE) (3.8, optimizer = "optim", Nelder-Mead, reltol =
1e-16); the test marked ``engine`` computes them anew where R is.
"""

import math
from dataclasses import replace
from importlib.util import find_spec

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from published import NESTED, Nested

from kg.dependence import leave_one_sample_out, pool_dependent
from kg.errors import BadQuestion, NothingFound
from kg.poolable import choose
from kg.pooling import pool
from kg.synthesis import Plan, synthesise

library = pytest.mark.skipif(find_spec("meta_analyze") is None, reason="needs pymetaanalysis (the extra 'pool')")

#: estimate, its error by the model, variance between and within; robust error, interval, prediction; QE.
METAFOR = {
    ("konstantopoulos", 0): (0.1847132, 0.0845559, 0.0650619, 0.0327365, 0.0845022, -0.0035695, 0.3729958, -0.5370769, 0.9065032, 578.8640180),
    ("konstantopoulos", 0.6): (0.1910110, 0.0864001, 0.0563301, 0.0480739, 0.0861926, -0.0010381, 0.3830601, -0.5541112, 0.9361332, 614.1212764),
    ("craft", 0): (-0.0574626, 0.1077734, 0.0994175, 0.0044120, 0.1077081, -0.3011152, 0.1861900, -0.8260320, 0.7111068, 139.0494384),
    ("craft", 0.6): (-0.0614766, 0.1078475, 0.0826606, 0.0230321, 0.1077025, -0.3051166, 0.1821635, -0.8362200, 0.7132669, 113.1655086),
}  # fmt: skip


def numbers(pooled):
    """The numbers of a result in the order of the reference values."""
    levels, predicted = pooled.levels, pooled.prediction
    return (
        pooled.estimate, levels.model_error, levels.between, levels.within, pooled.standard_error,
        pooled.confidence.low, pooled.confidence.high, predicted.low, predicted.high, pooled.q,
    )  # fmt: skip


@library
@pytest.mark.parametrize(("data", "rho"), METAFOR)
def test_the_numbers_are_those_of_metafor(data, rho):
    """Ten numbers on two published data sets, with and without correlated errors, to the seventh decimal."""
    assert numbers(pool_dependent(NESTED[data], rho)) == pytest.approx(METAFOR[data, rho], abs=2e-7)


@library
def test_the_school_calendars_give_the_published_numbers():
    """Konstantopoulos (2011), as metafor's documentation has it: 0.1847 (0.0846), variances 0.0651 and 0.0327."""
    pooled = pool_dependent(NESTED["konstantopoulos"], 0)
    told = (pooled.estimate, pooled.levels.model_error, pooled.levels.between, pooled.levels.within)
    assert tuple(round(each, 4) for each in told) == (0.1847, 0.0846, 0.0651, 0.0327)


@library
def test_a_variance_between_samples_of_zero_is_found():
    """Metafor on anxiety and confidence at once: 0.04351 (0.07053), nothing between studies, 0.11783 within, robust 0.06293."""
    pooled = pool_dependent(NESTED["craft with confidence"], 0)
    assert numbers(pooled)[:5] == pytest.approx((0.04351122, 0.07052639, 0, 0.11783254, 0.06292650), abs=2e-8)


@library
def test_how_much_is_more_than_chance_is_metafors():
    """Its documentation's I² for such models: 100 * sum(sigma2) / (sum(sigma2) + (k - p) / tr(P))."""
    assert pool_dependent(NESTED["konstantopoulos"], 0).i2.value == pytest.approx(0.9518731, abs=2e-7)


@pytest.mark.engine
@library
def test_the_numbers_are_those_of_metafor_itself(ask_r):
    """R computes the same from the same effects, now, as far as its optimizer goes."""
    said = ask_r("".join(metafors(*model) for model in METAFOR))
    for model, line in zip(METAFOR, said.splitlines(), strict=True):
        ours = numbers(pool_dependent(NESTED[model[0]], model[1]))
        assert ours == pytest.approx(tuple(map(float, line.split())), abs=1e-6), model


def metafors(data, rho):
    """R that prints the numbers of a model."""
    z, v, whose = (
        "c("
        + ",".join(getattr(each, name) if name == "people" else repr(getattr(each, name)) for each in NESTED[data])
        + ")"
        for name in ("z", "variance", "people")
    )
    return (
        f"z <- {z}; v <- {v}; w <- {whose}; id <- seq_along(z);"
        f"V <- sqrt(outer(v, v)) * ({rho} * outer(w, w, '==') + (1 - {rho}) * diag(length(z)));"
        "f <- rma.mv(z, V, random=~1|w/id, control=list(optimizer='optim', optmethod='Nelder-Mead', reltol=1e-16, maxit=50000));"
        "r <- robust(f, cluster=w, adjust=TRUE); p <- predict(r);"
        "cat(sprintf('%.10f', c(f$b, f$se, f$sigma2, r$se, r$ci.lb, r$ci.ub, p$pi.lb, p$pi.ub, f$QE)), '\\n');"
    )


# --- edges -----------------------------------------------------------------------------------


@library
def test_where_no_people_have_two_effects_there_is_one_level_less():
    """The same number as without levels, and a caution that says so."""
    effects = NESTED["craft"][::2]
    told = pool_dependent(effects)
    assert (told.estimate, told.levels) == (pool(effects).estimate, None)
    assert told.cautions[-1] == "no people have two effects: pooled as independent ones"


@pytest.mark.parametrize("count", [0, 1, 3])
def test_effects_of_one_sample_are_not_pooled(count):
    """One group of people is no synthesis, however much was found on it."""
    pytest.importorskip("meta_analyze")
    with pytest.raises(NothingFound):
        pool_dependent([Nested(0.1 * number, 0.01, "the same") for number in range(count)])


@library
def test_two_samples_are_pooled_without_prediction():
    """One degree of freedom, and a caution on few samples."""
    effects = [Nested(0.1, 0.01, "a"), Nested(0.2, 0.01, "a"), Nested(0.5, 0.01, "b")]
    told = pool_dependent(effects)
    assert told.prediction is None
    assert any("2 samples are few for cluster-robust errors" in each for each in told.cautions)


@library
@pytest.mark.parametrize("spread", [0, 1e-6, 2])
def test_ties_and_huge_heterogeneity_are_no_trouble(spread):
    """Equal effects have no variance; effects hundreds of standard errors apart have theirs."""
    effects = [Nested(spread * sign, 0.0001, whose) for whose, sign in zip("aabbcc", (-1, -1, 0, 0, 1, 1), strict=True)]
    told = pool_dependent(effects)
    assert told.estimate == pytest.approx(0, abs=1e-9)
    assert told.tau2.value == pytest.approx(spread**2, abs=1e-4)


@library
def test_the_assumed_correlation_is_told():
    """No reader takes an assumption for a finding."""
    assert "correlate by 0.6 is assumed, not known (--rho)" in pool_dependent(NESTED["craft"]).cautions[0]


@library
def test_each_sample_is_left_out_with_all_its_effects():
    """Ten studies, ten results of nine, of eighteen effects each."""
    left = leave_one_sample_out(pool_dependent(NESTED["craft"]))
    assert [rest.k for _, rest in left] == [18] * 10
    assert left[0][1].estimate == pytest.approx(
        pool_dependent([e for e in NESTED["craft"] if e.people != "1"]).estimate
    )


# --- properties ------------------------------------------------------------------------------

some_nested = st.lists(
    st.builds(Nested, st.floats(-2, 2).map(lambda z: round(z, 3)), st.floats(0.001, 0.2), st.sampled_from("abcde")),
    min_size=3,
    max_size=10,
).filter(lambda effects: 1 < len({each.people for each in effects}) < len(effects))


@library
@settings(max_examples=10, deadline=None)
@given(some_nested, st.randoms())
def test_the_order_of_effects_changes_nothing(effects, random):
    """Rows may come in any order."""
    one, other = pool_dependent(effects), pool_dependent(random.sample(effects, len(effects)))
    assert other.estimate == pytest.approx(one.estimate, abs=1e-5)
    assert other.standard_error == pytest.approx(one.standard_error, abs=1e-5)


@library
@settings(max_examples=10, deadline=None)
@given(some_nested)
def test_turning_all_signs_mirrors_the_result(effects):
    """The estimate and both intervals change sides; spread stays."""
    told, turned = pool_dependent(effects), pool_dependent([replace(each, z=-each.z) for each in effects])
    assert turned.estimate == pytest.approx(-told.estimate, abs=1e-6)
    assert turned.confidence.low == pytest.approx(-told.confidence.high, abs=1e-5)
    assert math.fsum(told.weights) == pytest.approx(1)


# --- in a synthesis --------------------------------------------------------------------------


def told(name, r, **changes):
    """A row of ``effects-between``."""
    return {
        "finding": f"finding/{name}", "study": name.title(), "people": f"sample/{name}", "kind": "association",
        "asAsked": "yes", "polesGathered": "no", "firstFound": "calm", "firstMeasure": "Calm Scale",
        "secondFound": "worry", "secondMeasure": "Worry Scale", "third": None, "analysed": 100, "recruited": 120,
        "direction": "not-reported", "statistic": "r", "value": r, "p": None, "repeats": None, "reading": "review",
        "certainty": "high", "source": "Oak (1901)",
    } | changes  # fmt: skip


ROWS = [told("alder", -0.3), told("birch", -0.2, people="sample/alder"), told("cedar", -0.1), told("dogwood", 0.1)]


@library
def test_all_effects_of_the_same_people_are_taken_when_asked():
    """Four effects of three samples, of which the default takes three."""
    levels = synthesise(ROWS, "calm", "worry", Plan(dependent="three-level")).pooled
    assert (levels.k, levels.levels.samples) == (4, 3)
    assert synthesise(ROWS, "calm", "worry", Plan()).pooled.k == 3


def test_one_result_told_twice_counts_once():
    """Same people, same measures, same number: a copy under another name adds no effect, and is told."""
    rows = [*ROWS, told("alder-again", -0.3, people="sample/alder")]
    choice = choose(rows, dependent="three-level")
    assert len(choice.effects) == 4
    assert [each.reason for each in choice.left_out] == ["its people, measures and number are those of alder"]


@library
def test_a_study_under_the_name_of_other_people_is_told():
    """What the graph takes for other people, with the same n and r to the digit, raises a question."""
    rows = [*ROWS, told("alias", -0.1)]
    cautions = synthesise(rows, "calm", "worry", Plan()).pooled.cautions
    assert "alias and cedar have the same n and the same number: are they one study under two names?" in cautions


def test_several_effects_of_one_sample_are_no_synthesis():
    """Two effects, one group of people: directions, no number."""
    assert synthesise(ROWS[:2], "calm", "worry", Plan(dependent="three-level")).pooled is None


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        (Plan(dependent="three-level", estimator="dl"), "three levels are estimated by reml, not by dl"),
        (Plan(dependent="three-level", moderator=("age",)), "moderators are not modelled in three levels"),
    ],
)
def test_what_three_levels_do_not_do_is_refused(plan, reason):
    """One line, before anything is computed."""
    with pytest.raises(BadQuestion, match=reason):
        synthesise(ROWS, "calm", "worry", plan)
