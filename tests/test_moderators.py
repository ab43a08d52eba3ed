"""Moderators: coefficients, tests and what is left over are metafor's; what cannot be estimated is refused in words.

Reference values are metafor's (3.8, control = list(tol = 1e-14, threshold = 1e-14)); the test marked ``engine`` computes
them anew where R is.
"""

import math
from importlib.util import find_spec

import pytest
from published import BCG_ALLOCATION, BCG_LATITUDE, DATA, MOLLOY_AGE, MOLLOY_DESIGN, Made

from kg.effects import effect_of
from kg.errors import NothingFound
from kg.moderators import MODERATORS, moderate
from kg.regression import Covariate, regress

library = pytest.mark.skipif(find_spec("meta_analyze") is None, reason="needs pymetaanalysis (the extra 'pool')")

COVARIATES = {
    "latitude": [Covariate("latitude", BCG_LATITUDE)],
    "allocation": [Covariate("allocation", BCG_ALLOCATION)],
    "design and age": [Covariate("design", MOLLOY_DESIGN), Covariate("age", MOLLOY_AGE)],
}
#: Coefficients, their standard errors, their p; QM or F and its p; QE and its p; tau², I², R².
METAFOR = {
    ("bcg", "latitude", "reml", "knapp-hartung"): (0.25146821, -0.02910173, 0.28392528, 0.00820142, 0.39473707, 0.00456505, 12.59098288, 0.00456505, 30.73309001, 0.00121429, 0.07634796, 0.68391225, 0.75626622),
    ("bcg", "allocation", "reml", "knapp-hartung"): (-0.51795578, -0.44781840, 0.08903822, 0.42194706, 0.49331857, 0.53560366, 0.24773256, 0.38535485, 0.87128196, 0.96622084, 0.41338375, 132.36763826, 0.00000000, 0.36150366, 0.88770904, 0.00000000),
    ("molloy", "design and age", "reml", "knapp-hartung"): (0.27320285, -0.00099002, -0.00235878, 0.12137139, 0.07735334, 0.00244354, 0.04233188, 0.98998274, 0.35200296, 0.55458093, 0.58731878, 30.43517867, 0.00407461, 0.00877739, 0.58860041, 0.00000000),
    ("bcg", "latitude", "reml", "wald"): (0.25146821, -0.02910173, 0.24909540, 0.00719533, 0.31272257, 0.00005243, 16.35823215, 0.00005243, 30.73309001, 0.00121429, 0.07634796, 0.68391225, 0.75626622),
    ("bcg", "allocation", "reml", "wald"): (-0.51795578, -0.44781840, 0.08903822, 0.44119446, 0.51582163, 0.56003559, 0.24040094, 0.38530389, 0.87367934, 1.76751140, 0.41322803, 132.36763826, 0.00000000, 0.36150366, 0.88770904, 0.00000000),
    ("molloy", "design and age", "reml", "wald"): (0.27320285, -0.00099002, -0.00235878, 0.11551608, 0.07362159, 0.00232566, 0.01802699, 0.98927083, 0.31046670, 1.22445457, 0.54214202, 30.43517867, 0.00407461, 0.00877739, 0.58860041, 0.00000000),
    ("bcg", "latitude", "dl", "knapp-hartung"): (0.25954371, -0.02922874, 0.27387450, 0.00793776, 0.36364998, 0.00361167, 13.55890709, 0.00361167, 30.73309001, 0.00121429, 0.06330050, 0.64207960, 0.79498494),
    ("bcg", "allocation", "dl", "knapp-hartung"): (-0.51253016, -0.47799534, 0.10423081, 0.43214633, 0.50104745, 0.54382912, 0.26303296, 0.36257885, 0.85184356, 1.12908891, 0.36130204, 132.36763826, 0.00000000, 0.55956875, 0.92445283, 0.00000000),
    ("molloy", "design and age", "dl", "knapp-hartung"): (0.27348804, -0.00150968, -0.00236237, 0.12085661, 0.07697961, 0.00242914, 0.04140764, 0.98465119, 0.34854404, 0.56611493, 0.58111527, 30.43517867, 0.00407461, 0.00822795, 0.57286270, 0.00000000),
    ("bcg", "latitude", "dl", "wald"): (0.25954371, -0.02922874, 0.23230747, 0.00673301, 0.26389078, 0.00001418, 18.84523354, 0.00001418, 30.73309001, 0.00121429, 0.06330050, 0.64207960, 0.79498494),
    ("bcg", "allocation", "dl", "wald"): (-0.51253016, -0.47799534, 0.10423081, 0.54212221, 0.62855780, 0.68222688, 0.34444734, 0.44697751, 0.87857155, 1.43491245, 0.48799202, 132.36763826, 0.00000000, 0.55956875, 0.92445283, 0.00000000),
    ("molloy", "design and age", "dl", "wald"): (0.27348804, -0.00150968, -0.00236237, 0.11336216, 0.07220602, 0.00227851, 0.01584283, 0.98331912, 0.29982608, 1.28688343, 0.52548075, 30.43517867, 0.00407461, 0.00822795, 0.57286270, 0.00000000),
    ("bcg", "latitude", "ml", "knapp-hartung"): (0.28210717, -0.02950934, 0.24248474, 0.00710899, 0.26928221, 0.00161375, 17.23072650, 0.00161375, 30.73309001, 0.00121429, 0.03435144, 0.49328850, 0.87732860),
    ("bcg", "allocation", "ml", "knapp-hartung"): (-0.52381571, -0.41789897, 0.08032299, 0.41302436, 0.48655932, 0.52831904, 0.23344058, 0.41051875, 0.88218295, 0.83461113, 0.46215796, 132.36763826, 0.00000000, 0.25739897, 0.84914435, 0.08081032),
    ("molloy", "design and age", "ml", "knapp-hartung"): (0.27631583, -0.00718302, -0.00239368, 0.11585331, 0.07329280, 0.00228782, 0.03299506, 0.92342371, 0.31450147, 0.70060271, 0.51409017, 30.43517867, 0.00407461, 0.00439454, 0.41735693, 0.36553202),
    ("bcg", "latitude", "ml", "wald"): (0.28210717, -0.02950934, 0.18718456, 0.00548774, 0.13178321, 0.00000008, 28.91561190, 0.00000008, 30.73309001, 0.00121429, 0.03435144, 0.49328850, 0.87732860),
    ("bcg", "allocation", "ml", "wald"): (-0.52381571, -0.41789897, 0.08032299, 0.37732200, 0.44450051, 0.48265046, 0.16506219, 0.34713853, 0.86782595, 2.00005176, 0.36786992, 132.36763826, 0.00000000, 0.25739897, 0.84914435, 0.08081032),
    ("molloy", "design and age", "ml", "wald"): (0.27631583, -0.00718302, -0.00239368, 0.09634886, 0.06095362, 0.00190266, 0.00413248, 0.90619120, 0.20836603, 2.02593508, 0.36313975, 30.43517867, 0.00407461, 0.00439454, 0.41735693, 0.36553202),
    ("bcg", "latitude", "pm", "knapp-hartung"): (0.22191596, -0.02856453, 0.31747370, 0.00907019, 0.49906169, 0.00925412, 9.91793777, 0.00925412, 30.73309001, 0.00121429, 0.14213194, 0.80111284, 0.55314040),
    ("bcg", "allocation", "pm", "knapp-hartung"): (-0.51968548, -0.43872497, 0.08580910, 0.41912566, 0.49118388, 0.53330548, 0.24330913, 0.39273850, 0.87537588, 0.92356360, 0.42848413, 132.36763826, 0.00000000, 0.32366598, 0.87620689, 0.00000000),
    ("molloy", "design and age", "pm", "knapp-hartung"): (0.27229899, 0.00055907, -0.00234673, 0.12299189, 0.07852735, 0.00248857, 0.04531976, 0.99442766, 0.36287513, 0.52049975, 0.60610049, 30.43517867, 0.00407461, 0.01079161, 0.63755612, 0.00000000),
    ("bcg", "latitude", "pm", "wald"): (0.22191596, -0.02856453, 0.31747370, 0.00907019, 0.48454839, 0.00163676, 9.91793777, 0.00163676, 30.73309001, 0.00121429, 0.14213194, 0.80111284, 0.55314040),
    ("bcg", "allocation", "pm", "wald"): (-0.51968548, -0.43872497, 0.08580910, 0.41912566, 0.49118388, 0.53330548, 0.21500217, 0.37175059, 0.87217179, 1.84712721, 0.39710140, 132.36763826, 0.00000000, 0.32366598, 0.87620689, 0.00000000),
    ("molloy", "design and age", "pm", "wald"): (0.27229899, 0.00055907, -0.00234673, 0.12299189, 0.07852735, 0.00248857, 0.02683161, 0.99431957, 0.34567921, 1.04099949, 0.59422351, 30.43517867, 0.00407461, 0.01079161, 0.63755612, 0.00000000),
}  # fmt: skip


def numbers(fit):
    """The numbers of a result in the order of the reference values."""
    each = [(one.estimate, one.standard_error, one.p) for one in fit.coefficients]
    told = [number for column in zip(*each, strict=True) for number in column]
    return (*told, fit.test.statistic, fit.test.p, fit.qe, fit.qe_p, fit.tau2, fit.i2, fit.r2)


@library
@pytest.mark.parametrize(("data", "covariates", "estimator", "interval"), METAFOR)
def test_the_numbers_are_those_of_metafor(data, covariates, estimator, interval):
    """A number, categories, and both at once, by each model, to the seventh decimal."""
    fit = regress(DATA[data], COVARIATES[covariates], estimator, interval)
    expected = METAFOR[data, covariates, estimator, interval]
    assert numbers(fit) == pytest.approx(expected, abs=2e-8, rel=1e-7)


@library
def test_latitude_and_the_vaccine_are_those_published():
    """What metafor's own documentation prints, by REML and Wald: -0.0291 (0.0072), R² = 75.6 %."""
    fit = regress(DATA["bcg"], COVARIATES["latitude"], "reml", "wald")
    latitude = fit.coefficients[1]
    assert (round(latitude.estimate, 4), round(latitude.standard_error, 4), round(100 * fit.r2, 1)) == (
        -0.0291,
        0.0072,
        75.6,
    )


@library
def test_a_fixed_effect_has_walds_test_and_leaves_no_variance():
    """Whatever interval was asked for; metafor's rma(method = "EE"): QM = 121.4999."""
    fit = regress(DATA["bcg"], COVARIATES["latitude"], "fixed", "knapp-hartung")
    assert (fit.interval_method, fit.test.name, fit.tau2, fit.r2) == ("wald", "QM", 0, None)
    assert (fit.test.statistic, fit.i2) == pytest.approx((121.49991807, 0.64207960), abs=2e-8)


@library
def test_each_moderator_has_a_test_of_its_own():
    """anova(f, btt = 2:3) of allocation beside latitude: QM = 1.2850, p = .5260."""
    fit = regress(DATA["bcg"], [*COVARIATES["allocation"], *COVARIATES["latitude"]], "reml", "wald")
    name, test = fit.tests[0]
    assert (name, test.df, round(test.statistic, 4), round(test.p, 4)) == ("allocation", 2, 1.2850, 0.5260)


@pytest.mark.engine
@library
def test_the_numbers_are_those_of_metafor_itself(ask_r):
    """R computes the same from the same effects, now."""
    said = ask_r("".join(metafors(*model) for model in METAFOR))
    for (data, covariates, *model), line in zip(METAFOR, said.splitlines(), strict=True):
        ours = numbers(regress(DATA[data], COVARIATES[covariates], *model))
        assert ours == pytest.approx(tuple(map(float, line.split())), abs=1e-9, rel=1e-8), (data, covariates, model)


def metafors(data, covariates, estimator, interval):
    """R that prints the numbers of a model."""
    vectors = ["c(" + ",".join(repr(getattr(each, name)) for each in DATA[data]) + ")" for name in ("z", "variance")]
    columns = [column for each in COVARIATES[covariates] for _, column in each.columns()]
    design = "cbind(" + ",".join("c(" + ",".join(map(repr, column)) + ")" for column in columns) + ")"
    test = {"knapp-hartung": "knha", "wald": "z"}[interval]
    return (
        f"f <- rma({vectors[0]}, {vectors[1]}, mods={design}, method='{estimator.upper()}', test='{test}',"
        "control=list(tol=1e-14, threshold=1e-14, maxiter=10000));"
        "cat(sprintf('%.12f', c(f$b, f$se, f$pval, f$QM, f$QMp, f$QE, f$QEp, f$tau2, f$I2/100, f$R2/100)), '\\n');"
    )


# --- edges -----------------------------------------------------------------------------------


def made(*numbers):
    return [Made(number, 0.01) for number in numbers]


@pytest.mark.parametrize(
    ("effects", "covariates", "reason"),
    [
        (made(0.1, 0.2), [Covariate("age", (20, 30))], "2 effects cannot give 2 coefficients; it takes 3 or more"),
        (made(0.1, 0.2, 0.4), [Covariate("design", ("a", "b", "c"))], "3 effects cannot give 3 coefficients"),
        (made(0.1, 0.2, 0.4), [Covariate("design", ("a", "a", "a"))], "design is a in all 3 effects"),
        (made(0.1, 0.2, 0.4), [Covariate("age", (30, 30, 30))], "age is 30 in all 3 effects"),
        (
            made(0.1, 0.2, 0.4, 0.5),
            [Covariate("age", (20, 30, 40, 50)), Covariate("year", (2020, 2030, 2040, 2050))],
            "age and year cannot be told apart in these 4 effects",
        ),
        ([], [Covariate("age", ())], "0 effects cannot give 2 coefficients"),
    ],
)
def test_what_cannot_be_estimated_is_refused_in_words(effects, covariates, reason):
    """Too few effects, nothing that differs, or two things that differ together."""
    pytest.importorskip("scipy")
    with pytest.raises(NothingFound, match=reason):
        regress(effects, covariates)


@library
def test_effects_on_a_line_have_no_knapp_hartung_error():
    """Without scatter there is nothing to make an error of; Wald's is there."""
    effects, age = made(0.1, 0.2, 0.3, 0.4), [Covariate("age", (20, 30, 40, 50))]
    with pytest.raises(NothingFound, match="no scatter is left"):
        regress(effects, age)
    assert regress(effects, age, "reml", "wald").coefficients[1].estimate == pytest.approx(0.01)


@library
def test_fewer_than_ten_effects_a_covariate_are_cautioned():
    """The Cochrane Handbook's rule: thirteen trials for one covariate pass, for three columns they do not."""
    assert regress(DATA["bcg"], COVARIATES["latitude"]).cautions == ()
    both = regress(DATA["bcg"], [*COVARIATES["allocation"], *COVARIATES["latitude"]])
    assert "13 effects for 3 coefficients beside the intercept: below 10 each" in both.cautions[0]


@library
def test_the_unit_of_a_covariate_only_scales_its_coefficient():
    """Ages in months: a twelfth of the coefficient, the same test and the same rest."""
    years = regress(DATA["molloy"], [Covariate("age", MOLLOY_AGE)])
    months = regress(DATA["molloy"], [Covariate("age", tuple(12 * age for age in MOLLOY_AGE))])
    assert 12 * months.coefficients[1].estimate == pytest.approx(years.coefficients[1].estimate)
    assert (months.test.p, months.tau2) == pytest.approx((years.test.p, years.tau2))


@library
def test_turning_all_signs_turns_all_coefficients():
    """The tests and the variance that is left stay."""
    plain = regress(DATA["molloy"], COVARIATES["design and age"])
    turned = regress([Made(-each.z, each.variance) for each in DATA["molloy"]], COVARIATES["design and age"])
    assert [each.estimate for each in turned.coefficients] == pytest.approx(
        [-each.estimate for each in plain.coefficients]
    )
    assert (turned.test.p, turned.tau2) == pytest.approx((plain.test.p, plain.tau2))


# --- what the graph knows --------------------------------------------------------------------


def row(number, **changes):
    """A row of ``effects-between`` with everything that moderators read."""
    return {
        "finding": f"finding/{number:02}", "study": f"Study {number}", "people": f"sample/{number}", "kind": "association",
        "asAsked": "yes", "polesGathered": "no", "firstFound": "calm", "firstMeasure": "Calm Scale", "secondFound": "worry",
        "secondMeasure": "Worry Scale" if number % 2 else "Dread Scale", "third": None, "analysed": 100 + number, "recruited": None,
        "direction": "not-reported", "statistic": "r", "value": math.sin(number) / 3, "p": None, "repeats": None, "reading": "review",
        "certainty": "high", "source": "Oak (1901)", "year": 1990 + number, "design": ("cross-sectional", "trial")[number % 2],
        "establishedByProfessional": ("yes", "no")[number % 2], "recruitment": ("community", "not reported", "self-selected")[number % 3],
        "meanAge": 20 + number, "percentFemale": 50 + number % 7, "riskOfBias": number % 5, "riskOfBiasTool": "Tool",
    } | changes  # fmt: skip


ROWS = [row(number) for number in range(12)]


def moderation(rows, *names):
    return moderate(rows, [effect_of(each) for each in rows], names, "reml", "knapp-hartung")


@library
@pytest.mark.parametrize("name", MODERATORS)
def test_every_moderator_is_read_from_the_rows(name):
    """Each gives a regression with a coefficient of its own name."""
    told = moderation(ROWS, name)
    assert told.refusal is None
    assert told.regression.coefficients[1].term.startswith(MODERATORS[name].label)


@library
def test_an_effect_whose_moderator_is_untold_is_left_out_and_named():
    """A recruitment that is not reported is no category of its own."""
    told = moderation(ROWS, "recruitment", "age")
    assert [each.finding for each in told.left_out] == ["finding/01", "finding/04", "finding/07", "finding/10"]
    assert told.left_out[0].reason == "not told: recruitment"
    assert told.regression.k == 8


@library
def test_scores_of_two_tools_are_not_set_side_by_side():
    """A point of the one is not a point of the other."""
    told = moderation([*ROWS[1:], row(0, riskOfBiasTool="Other tool")], "risk-of-bias")
    assert told.regression is None
    assert told.refusal == "scores of risk of bias by Other tool and Tool cannot be compared"


def test_a_refusal_is_a_sentence_not_an_error():
    """Where nothing differs, pooling goes on without moderators."""
    pytest.importorskip("scipy")
    told = moderation([row(number, design="trial") for number in range(4)], "design")
    assert (told.regression, told.refusal) == (None, "design is trial in all 4 effects")
