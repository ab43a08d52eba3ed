"""kg pool: what it prints, what it writes, and how it leaves."""

import csv
import io
import math
import re
import sys
import xml.etree.ElementTree as ET
from importlib.metadata import version

import pytest
from click.testing import CliRunner

from kg import cli
from kg.names import local_name
from kg.pools import written
from kg.synthesis import Plan, synthesise
from kg.views.forest import figure, text

SVG = "{http://www.w3.org/2000/svg}"
PAIR = ("pool", "self-compassion", "attachment-avoidance")
MIXED = ("pool", "fear-of-compassion", "insecure-attachment", "--mix-measures", "--mix-constructs")


def effect(name, r, n, **changes):
    """A row of ``effects-between`` on calm and worry."""
    return {
        "finding": f"finding/{name}", "study": name.title(), "people": f"sample/{name}", "kind": "association",
        "asAsked": "yes", "polesGathered": "no", "firstFound": "calm", "firstMeasure": "Calm Scale",
        "secondFound": "worry", "secondMeasure": "Worry <Scale>", "third": None, "sample": f"sample/{name}",
        "analysed": n, "recruited": n, "direction": "not-reported", "significance": "not-reported", "statistic": "r",
        "value": r, "p": None, "printed": None, "repeats": None, "reading": "review", "certainty": "high", "source": "Oak (1901)",
        "locator": "p. 1",
    } | changes  # fmt: skip


ROWS = [
    effect("alder", -0.4, 400), effect("birch & co", -0.2, 100), effect("cedar", 0.1, 103), effect("fir", 0, 50),
    effect("dogwood", None, 80),
]  # fmt: skip


@pytest.fixture
def kg(built_review):
    def run(*arguments):
        return CliRunner().invoke(cli.main, ["--store", str(built_review), *map(str, arguments)])

    return run


@pytest.fixture
def found():
    pytest.importorskip("meta_analyze")
    return synthesise(ROWS, "calm", "worry", Plan())


# --- the figure ------------------------------------------------------------------------------


def test_the_figure_tells_everything_it_must(found):
    """Title, k, tau² and I² with their intervals, model and estimator, what was left out, version and question."""
    svg = figure(found, found.pooled, "9.9")
    root = ET.fromstring(svg)
    words = " ".join(each.text or "" for each in root.iter(f"{SVG}text"))
    assert root.find(f"{SVG}title").text == "Forest plot: calm × worry"
    for part in ("k = 4", "τ² = ", "I² = ", "restricted maximum likelihood", "Knapp & Hartung", "prediction interval",
                 "1 finding on the pair left out", "version 9.9", "effects-between", "diamond: pooled r"):  # fmt: skip
        assert part in words


def test_the_area_of_a_square_is_its_weight(found):
    """Twice the weight, twice the area."""
    squares = [
        each.find(f"{SVG}rect") for each in ET.fromstring(figure(found, found.pooled, "")).iter(f"{SVG}g")
        if each.find(f"{SVG}rect") is not None and each.find(f"{SVG}line") is not None
    ]  # fmt: skip
    areas = [float(square.get("width")) * float(square.get("height")) for square in squares]
    shares = [area / sum(areas) for area in areas]
    assert shares == pytest.approx(found.pooled.weights, abs=2e-3)


def test_an_effect_lies_where_its_number_is(found):
    """Squares are in the order of their correlations, from left to right."""
    rows = ET.fromstring(figure(found, found.pooled, "")).iter(f"{SVG}g")
    drawn = [each for each in rows if each.find(f"{SVG}rect") is not None and each.find(f"{SVG}line") is not None]
    middles = [
        float(each.find(f"{SVG}rect").get("x")) + float(each.find(f"{SVG}rect").get("width")) / 2 for each in drawn
    ]
    alder, birch, cedar, fir = middles
    assert alder < birch < fir < cedar
    assert (fir - alder) / (fir - birch) == pytest.approx(2, abs=0.01)


def test_a_sign_is_text_and_a_colour(found):
    """Negative: minus and vermillion; positive: plus and blue; zero: neither."""
    svg = figure(found, found.pooled, "")
    assert ("−0.400 [" in svg, "+0.100 [" in svg, ">0.000 [" in svg) == (True, True, True)
    assert all(colour in svg for colour in ("#B84A00", "#0072B2", "#595959"))


def test_a_doubtful_coding_is_told():
    """What the coder is not sure of is named below the figure, and beside the effect in the text."""
    pytest.importorskip("meta_analyze")
    found = synthesise([*ROWS, effect("elm", 0.2, 60, certainty="low")], "calm", "worry", Plan())
    assert "Coded with low certainty: Elm." in figure(found, found.pooled, "")
    assert text(found).count("certainty of the coding: low") == 1


def test_nothing_of_the_data_is_markup(found):
    """Names with signs of XML are text."""
    assert "Worry &lt;Scale&gt;" in figure(found, found.pooled, "")


def test_two_effects_are_drawn_without_a_prediction():
    """K = 2 has no prediction interval, in numbers or in the legend."""
    pytest.importorskip("meta_analyze")
    found = synthesise(ROWS[:2], "calm", "worry", Plan())
    assert "prediction interval" not in figure(found, found.pooled, "")


def test_the_same_digits_stand_in_text_figure_and_table(found):
    """Estimate and both intervals, in three decimals, everywhere."""
    table = {row["role"]: row for row in csv.DictReader(io.StringIO(written(found, found.pooled, ".csv")))}
    digits = [f"{float(table['pooled'][column]):+.3f}" for column in ("r", "rLow", "rHigh")]
    predicted = [f"{float(table['prediction'][column]):+.3f}" for column in ("rLow", "rHigh")]
    assert f"pooled r = {digits[0]} [{digits[1]}, {digits[2]}]" in text(found)
    assert f"[{predicted[0]}, {predicted[1]}]" in text(found)
    svg = figure(found, found.pooled, "").replace("−", "-")
    assert f">{digits[0]} [{digits[1]}, {digits[2]}]<" in svg
    assert f">[{predicted[0]}, {predicted[1]}]<" in svg


def test_the_table_holds_effects_results_and_what_was_left_out(found):
    """One row each, with how it was converted or why it is not there."""
    rows = list(csv.DictReader(io.StringIO(written(found, found.pooled, ".csv"))))
    assert [row["role"] for row in rows] == [
        *["effect"] * 4, "pooled", "prediction", "effects", "tau squared", "I squared", "H squared", "Cochran's Q", "left out",
    ]  # fmt: skip
    assert math.fsum(float(row["weight"]) for row in rows[:4]) == pytest.approx(1)
    assert rows[0]["convertedWith"].startswith("Fisher's z")
    assert rows[-1]["reason"] == "no number is reported"


def test_moderators_are_told_in_text_and_table():
    """The coefficient of an age, in four decimals, with what is left; the same digits in the table."""
    pytest.importorskip("meta_analyze")
    rows = [each | {"meanAge": 20 + 10 * place + place**2} for place, each in enumerate(ROWS[:4])]
    found = synthesise(rows, "calm", "worry", Plan(moderator=("age",)))
    table = {row["role"]: row for row in csv.DictReader(io.StringIO(written(found, found.pooled, ".csv")))}
    row = table["coefficient of mean age, by a year"]
    digits = [f"{float(row[column]):+.4f}" for column in ("z", "zLow", "zHigh")]
    assert f"mean age, by a year: {digits[0]} [{digits[1]}, {digits[2]}]" in text(found)
    assert "caution: 4 effects for 1 coefficient beside the intercept: below 10 each" in text(found)
    assert "left between effects: τ² = " in text(found)


def test_moderators_that_cannot_be_estimated_are_refused_beside_the_numbers():
    """The pooled r stays; the regression says why there is none, and who is left out of it."""
    pytest.importorskip("meta_analyze")
    rows = [each | {"design": "trial"} for each in ROWS[:3]] + [ROWS[3] | {"design": None}]
    told = text(synthesise(rows, "calm", "worry", Plan(moderator=("design",))))
    assert "pooled r = " in told
    assert "no regression: design is trial in all 3 effects" in told
    assert "fir, Fir: not told: design" in told


def test_small_studies_are_told_in_text_and_table():
    """Both regressions, how many are missing and what they would change; the table has a row for each mirrored effect."""
    pytest.importorskip("meta_analyze")
    rows = [
        effect(name, r, n)
        for name, r, n in (("a", 0.1, 900), ("b", 0.12, 500), ("c", 0.3, 90), ("d", 0.5, 40), ("e", 0.6, 30))
    ]
    found = synthesise(rows, "calm", "worry", Plan(small_studies=True))
    told = text(found)
    missing = int(re.search(r"L0 \(Duval & Tweedie 2000\): (\d) missing on the left", told)[1])
    table = list(csv.DictReader(io.StringIO(written(found, found.pooled, ".csv"))))
    assert [row["role"] for row in table].count("mirrored") == missing > 0
    filled = next(row for row in table if row["role"] == "pooled with the mirrored")
    digits = [f"{float(filled[column]):+.3f}" for column in ("r", "rLow", "rHigh")]
    assert f"with {'it' if missing == 1 else 'them'}: r = {digits[0]} [{digits[1]}, {digits[2]}]" in told
    assert "caution: 5 effects are too few to tell bias from chance" in told


# --- the command -----------------------------------------------------------------------------


def test_one_number_is_not_pooled_but_told_with_directions(kg):
    """Self-compassion and attachment avoidance: one r; the reasons, the directions, their caveat; exit 1."""
    result = kg(*PAIR)
    assert result.exit_code == 1
    assert "barnes-2020-01, Barnes & Mongrain 2020: no number is reported" in result.stdout
    assert "cannot be pooled: 1 effect left" in result.stdout
    assert "0 positive, 2 negative; sign test, two-sided: p = 0.500" in result.stdout
    assert "says nothing of how strong" in result.stdout
    assert "The rule of choice:" in result.stderr
    assert "kg: nothing was pooled" in result.stderr


def test_the_one_effect_that_is_left_is_shown_with_where_it_comes_from(kg):
    """K = 1: its r with its interval, how it was converted, and where it was read."""
    told = kg(*PAIR).stdout
    assert "mackintosh-2018-01 (n = 74 of the whole sample): r = -0.250 [-0.453, -0.023]" in told
    assert "from r: Fisher's z, variance 1 / (n - 3) (Fisher 1921)" in told
    assert "read in Amari et al. (2022); certainty of the coding: high" in told


def test_several_effects_of_one_sample_are_not_called_too_few():
    """Two effects are left, and it is the people that are too few."""
    rows = [effect("alder", -0.4, 400), effect("birch", -0.2, 100, people="sample/alder")]
    told = text(synthesise(rows, "calm", "worry", Plan(dependent="three-level")))
    assert "cannot be pooled: 2 effects left, all of the same people" in told


def test_a_refusal_writes_no_file(kg, tmp_path):
    """Nothing pooled, nothing drawn."""
    assert kg(*PAIR, "-o", tmp_path / "forest.svg").exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_mixed_effects_are_pooled_when_asked(kg, tmp_path):
    """Two correlations of fear of compassion with insecure attachment; the figure says that different things are mixed."""
    pytest.importorskip("meta_analyze")
    result = kg(*MIXED, "-o", tmp_path / "forest.svg")
    assert result.exit_code == 0, result.output
    assert re.search(r"pooled r = \+0\.438 \[-0\.705, \+0\.948\]", result.stdout)
    assert "gilbert-2014-04, Gilbert et al. 2014: its people are, or may be, those of gilbert-2014-03" in result.stdout
    svg = (tmp_path / "forest.svg").read_text(encoding="utf-8")
    assert "Different measures and constructs may be mixed, as was asked." in svg
    assert version("compassion-attachment-kg") in svg
    assert "Different measures and constructs may be mixed, as was asked." in result.stdout


@pytest.mark.parametrize("left_out", ["--mix-measures", "--mix-constructs"])
def test_nothing_is_mixed_unasked(kg, left_out):
    """Each of the two options is needed for these effects."""
    arguments = [each for each in MIXED if each != left_out]
    result = kg(*arguments)
    assert result.exit_code == 1
    assert f"({left_out} takes it)" in result.stdout


def test_security_and_avoidance_are_not_pooled_as_attachment(kg):
    """An umbrella of opposite poles is refused whatever is mixed."""
    result = kg("pool", "self-compassion", "attachment", "--mix-measures", "--mix-constructs")
    assert result.exit_code == 1
    assert "gathers opposite poles" in result.stdout


def test_a_flipped_scale_mirrors_the_result_and_is_told():
    """Estimate and interval change sides, in the text and in the figure, which both say what was turned."""
    pytest.importorskip("meta_analyze")
    plain, turned = (synthesise(ROWS, "calm", "worry", Plan(flip=flip)) for flip in ((), ("Worry <Scale>",)))
    assert turned.pooled.estimate == pytest.approx(-plain.pooled.estimate)
    assert turned.pooled.confidence.low == pytest.approx(-plain.pooled.confidence.high)
    told = "Signs turned, as was asked, of what was found by Worry "
    assert told in text(turned)
    assert told in figure(turned, turned.pooled, "")


def test_a_contested_conversion_is_told():
    """The text names what was converted, and by which paper."""
    pytest.importorskip("meta_analyze")
    rows = [*ROWS, effect("elm", 0.2, 60, statistic="standardised-beta")]
    told = text(synthesise(rows, "calm", "worry", Plan(convert=("standardised-beta",))))
    assert "Converted, as was asked, though it rests on assumptions: standardised beta." in told
    assert "from standardised-beta: r = beta + .05" in told


def test_a_scale_is_flipped_by_any_of_its_names(kg):
    """The one r of fear of compassion with the Adult Attachment Scale turns its sign."""
    plain, turned = kg(*MIXED), kg(*MIXED, "--flip", "aas-anxious")
    r = re.compile(r"pooled r = ([+-][.\d]+)")
    assert float(r.search(turned.stdout)[1]) != float(r.search(plain.stdout)[1])
    assert "sign turned, as asked: as if Adult Attachment Scale: anxious counted the other way round" in turned.stdout


@pytest.mark.parametrize("estimator", ["dl", "pm", "ml", "fixed"])
def test_the_model_is_the_one_asked_for(kg, estimator):
    """--estimator and --interval; the fixed effect has Wald's interval."""
    pytest.importorskip("meta_analyze")
    result = kg(*MIXED, "--estimator", estimator, "--interval", "wald")
    assert result.exit_code == 0
    assert "interval of Wald, normal" in result.stdout
    names = {"dl": "DerSimonian", "pm": "Paule", "ml": ", maximum likelihood", "fixed": "fixed effect"}
    assert names[estimator] in result.stdout


def test_a_moderator_is_asked_for_by_name(kg):
    """Two effects are too few: the number is given, and the refusal beside it."""
    pytest.importorskip("meta_analyze")
    result = kg(*MIXED, "--moderator", "age")
    assert result.exit_code == 0, result.output
    assert "no regression: 2 effects cannot give 2 coefficients; it takes 3 or more" in result.stdout


def test_three_levels_are_told_with_their_assumption(kg):
    """All three effects of two samples; the model, the correlation that it assumes, and both variances."""
    pytest.importorskip("meta_analyze")
    result = kg(*MIXED, "--dependent", "three-level", "--rho", "0.4")
    assert result.exit_code == 0, result.output
    assert "effects (3)" in result.stdout
    assert "of one sample correlated by 0.4; cluster-robust interval, CR1, t with 2 samples - 1" in result.stdout
    assert re.search(r"τ² = [\d.]+ between 2 samples, [\d.]+ within", result.stdout)


def test_small_studies_are_checked_when_asked(kg):
    """Two effects are too few for any line, which is said; the pooled number stays."""
    pytest.importorskip("meta_analyze")
    result = kg(*MIXED, "--small-studies")
    assert result.exit_code == 0, result.output
    assert "no check: 2 effects cannot give 2 coefficients; it takes 3 or more" in result.stdout
    assert "pooled r = " in result.stdout


def test_a_pair_may_be_asked_from_either_side(graph):
    """The same findings, with the ends exchanged."""
    one = graph.ask("effects-between", subject="fear-of-compassion", object="insecure-attachment")
    other = graph.ask("effects-between", subject="insecure-attachment", object="fear-of-compassion")
    ends = [{(local_name(str(row["finding"])), row[f], row[s]) for row in rows}
            for rows, f, s in ((one, "firstFound", "secondFound"), (other, "secondFound", "firstFound"))]  # fmt: skip
    assert ends[0] == ends[1]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("pool", "self-compassion", "self-compassion"), 2, "are one construct; name two"),
        (("pool", "self-compassion", "no-such-thing"), 2, "no construct is called 'no-such-thing'"),
        (
            ("pool", "drive-system", "mindfulness-of-voices"),
            1,
            "no finding is on drive system and mindfulness of voices",
        ),
        (
            (*PAIR, "-o", "forest.pdf"),
            2,
            "-o forest.pdf: a forest plot is written to a file that ends in .svg, .png, .csv",
        ),
        ((*PAIR, "--estimator", "bayes"), 2, "'bayes' is not one of"),
        (
            (*MIXED, "--dependent", "three-level", "--estimator", "dl"),
            2,
            "three levels are estimated by reml, not by dl",
        ),
        ((*PAIR, "--rho", "1"), 2, "Invalid value for '--rho'"),
        ((*PAIR, "--convert", "r"), 2, "'r' is not one of"),
        ((*PAIR, "--flip", "no-such-scale"), 2, "no measure is called 'no-such-scale'"),
        ((*PAIR, "--flip", "fcs"), 2, "--flip: nothing was found here by Fears of Compassion Scales; measures here: "),
    ],
)
def test_what_cannot_be_done_is_one_line(kg, arguments, code, words):
    """What is wrong, and what to do."""
    result = kg(*arguments)
    assert result.exit_code == code
    assert words in result.stderr.splitlines()[-1]


def test_without_the_library_the_command_says_what_to_install(kg, monkeypatch):
    """The extra 'pool' is named; exit 2."""
    monkeypatch.setitem(sys.modules, "meta_analyze", None)
    result = kg(*MIXED)
    assert result.exit_code == 2
    assert "pip install 'compassion-attachment-kg[pool]'" in result.stderr


def test_a_refusal_needs_no_library(kg, monkeypatch):
    """Reasons and directions come without the extra."""
    monkeypatch.setitem(sys.modules, "meta_analyze", None)
    assert kg(*PAIR).exit_code == 1
