"""kg plot: every figure draws what its question answers, where it belongs, and says what it cannot draw."""

import csv
import io
import math
import re
import sys
import xml.etree.ElementTree as ET
from importlib.metadata import version
from itertools import pairwise

import pytest
from click.testing import CliRunner

from kg import cli, command_parts
from kg.export.tables import ROW_FORMATS
from kg.figures import OPTIONS, plotted
from kg.p_values import n_of_contour, p_values
from kg.synthesis import Plan, synthesise
from kg.tellings import tellings
from kg.views import albatross, effect_direction, funnel, harvest

SVG = "{http://www.w3.org/2000/svg}"
PAIR = ("self-compassion", "attachment-avoidance")
MIXED = ("fear-of-compassion", "insecure-attachment", "--mix-measures", "--mix-constructs")


def finding(name, direction="negative", significance="significant", **changes):
    """A row of ``effects-between`` on calm and worry."""
    return {
        "finding": f"finding/{name}", "study": name.split("-")[0].title(), "people": f"sample/{name.split('-')[0]}",
        "kind": "association", "asAsked": "yes", "polesGathered": "no", "firstFound": "calm", "firstMeasure": None,
        "secondFound": "worry", "secondMeasure": None, "third": None, "analysed": 100, "recruited": 120,
        "direction": direction, "significance": significance, "statistic": None, "value": None, "p": None,
        "repeats": None, "reading": "review", "certainty": "high", "source": "Oak (1901)", "locator": "p. 1",
    } | changes  # fmt: skip


def effect(name, r, n):
    """A row with a correlation."""
    sign = "positive" if r > 0 else "negative"
    return finding(name, sign, statistic="r", value=r, analysed=n)


TOLD = [
    finding("alder", "positive", analysed=400), finding("birch", "negative", "not-significant", analysed=60),
    finding("cedar-1", "positive"), finding("cedar-2", "negative"), finding("dogwood", "none", "not-reported", analysed=20),
    finding("elm", "not-reported", "not-reported", analysed=None, recruited=None),
    finding("fir", "negative", secondFound="dread", asAsked="no"),
]  # fmt: skip
P = [
    finding("alder", "positive", p="0.01", analysed=50), finding("birch", "negative", p="0.1", analysed=500),
    finding("cedar", "positive", p="<0.05", analysed=80), finding("dogwood", "negative", p=">0.05", analysed=30),
]  # fmt: skip
EFFECTS = [
    effect("alder", -0.4, 403),
    effect("birch <b>", -0.2, 103),
    effect("cedar", 0.1, 28),
    effect("fir", -0.3, 19),
]


def marks(svg):
    """The groups of the figure that stand for something."""
    return [each for each in ET.fromstring(svg).iter(f"{SVG}g") if each.get("class") == "mark"]


def words(svg):
    """Every text of the figure."""
    return " ".join("".join(each.itertext()) for each in ET.fromstring(svg).iter(f"{SVG}text"))


def drawn_table(figure):
    """The rows of the table that were drawn, as CSV gives them."""
    rows = csv.DictReader(io.StringIO(ROW_FORMATS["csv"](figure.table)))
    return [row for row in rows if row["role"] != "left out" and not row["role"].startswith("centre")]


def directions(rows=TOLD):
    return effect_direction.figure(*tellings(rows), "calm × worry", "asked so", "9.9")


def harvested(rows=TOLD, **risks):
    return harvest.figure(*tellings(rows), risks, "calm × worry", "asked so", "9.9")


def albatrosses(rows=P, **options):
    return albatross.figure(*p_values(rows, **options), "calm × worry", "asked so", "9.9")


def funnels(rows=EFFECTS, estimator="reml"):
    pytest.importorskip("meta_analyze")
    found = synthesise(rows, "calm", "worry", Plan(estimator=estimator, mix_measures=True))
    return found.pooled, funnel.figure(found, found.pooled, "asked so", "9.9")


@pytest.fixture(params=["effect-direction", "harvest", "albatross", "funnel"])
def figure(request):
    """Each kind of figure over rows that suit it."""
    makers = {"effect-direction": directions, "harvest": harvested, "albatross": albatrosses, "funnel": funnels}
    made = makers[request.param]()
    return made[1] if request.param == "funnel" else made


# --- what all figures have -------------------------------------------------------------------


def test_a_figure_has_a_name_and_a_description_for_who_cannot_see_it(figure):
    """One image to assistive technology, named by its title and described."""
    root = ET.fromstring(figure.svg)
    ids = {each.get("id") for each in root.iter()}
    assert (root.get("role"), set(root.get("aria-labelledby").split()) <= ids) == ("img", True)
    assert all(root.find(f"{SVG}{tag}").text.strip() for tag in ("title", "desc"))


def test_a_figure_tells_its_version_and_the_question_behind_it(figure):
    """Both stand below the drawing."""
    assert "version 9.9" in words(figure.svg)
    assert "Asked (queries/): asked so." in words(figure.svg)


def test_a_figure_has_one_mark_for_each_row_of_its_table(figure):
    """As many marks as rows that are not left out."""
    assert len(marks(figure.svg)) == len(drawn_table(figure)) > 1


def test_every_mark_says_in_words_which_study_it_is(figure):
    """The studies of the table, each as often."""
    titles = [each.find(f"{SVG}title").text.split(" (")[0] for each in marks(figure.svg)]
    assert sorted(titles) == sorted(row["study"] for row in drawn_table(figure))


def test_nothing_of_the_data_is_markup():
    """A study named like a tag is text."""
    hostile = [finding(f"<script>alert({n})</script>&", p="0.02") for n in (1, 2)]
    for svg in (directions(hostile).svg, harvested(hostile).svg, albatrosses(hostile).svg, funnels()[1].svg):
        assert not [each for each in ET.fromstring(svg).iter() if each.tag in (f"{SVG}script", f"{SVG}b")]
        assert "Script&gt;" in svg or "&lt;B&gt;" in svg


# --- effect direction ------------------------------------------------------------------------


def test_arrows_point_as_the_findings_say():
    """Positive up, negative down, both signs both ways."""
    paths = {
        each.find(f"{SVG}title").text.split(" (")[0]: each.find(f"{SVG}path").get("d")
        for each in marks(directions().svg)
    }
    first, peak = (re.findall(r"-?[\d.]+,(-?[\d.]+)", paths["Alder"])[at] for at in (0, 1))
    assert float(peak) < float(first)
    first, peak = (re.findall(r"-?[\d.]+,(-?[\d.]+)", paths["Birch"])[at] for at in (0, 1))
    assert float(peak) > float(first)
    assert paths["Cedar"].count("Z") == 2


def test_a_study_that_found_both_signs_is_mixed():
    """Two findings, one row."""
    row = next(row for row in drawn_table(directions()) if row["study"] == "Cedar")
    assert (row["direction"], row["findings"]) == ("mixed", "cedar-1; cedar-2")


def test_an_arrow_is_as_large_as_its_class_of_size():
    """More than 300, 50 to 300, fewer: three sizes."""
    told = directions([finding("alder", analysed=301), finding("birch", analysed=300), finding("cedar", analysed=49)])
    widths = [abs(float(each.find(f"{SVG}path").get("d")[1:].split(",")[0])) for each in marks(told.svg)]
    assert widths == [12.0, 9.0, 6.0]


def test_what_is_not_significant_is_dashed_empty_and_says_so():
    """Never by colour alone."""
    birch = next(each for each in marks(directions().svg) if "Birch" in each.find(f"{SVG}title").text)
    assert (birch.find(f"{SVG}path").get("fill"), birch.find(f"{SVG}path").get("stroke-dasharray")) == (
        "#ffffff",
        "4 3",
    )
    assert [each.text for each in birch.findall(f"{SVG}text")][2:4] == ["negative (−)", "n.s."]


def test_each_pair_of_constructs_has_a_section_of_its_own():
    """A sign on another construct is another sign: it stands under its own heading, lower."""
    svg = directions().svg
    assert "calm × dread" in words(svg)
    fir = next(each for each in marks(svg) if "Fir" in each.find(f"{SVG}title").text)
    alder = next(each for each in marks(svg) if "Alder" in each.find(f"{SVG}title").text)
    assert float(fir.find(f"{SVG}text").get("y")) < float(alder.find(f"{SVG}text").get("y"))


def test_the_heading_of_a_pair_has_the_line_to_itself():
    """However long the names of constructs are, no heading of a column stands beside them."""
    texts = ET.fromstring(directions().svg).iter(f"{SVG}text")
    lines = {(each.text or "").strip(): float(each.get("y")) for each in texts}
    assert lines["calm × dread"] - lines["direction"] >= 16


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"reading": "synthesis"}, "it is itself pooled"),
        ({"third": "hope", "kind": "mediation"}, "it is a mediation"),
        ({"kind": "factor composition"}, "it is a factor composition"),
        ({"repeats": "finding/alder"}, "it tells again what alder tells"),
    ],
)
def test_what_is_no_word_of_a_study_on_the_two_is_left_out_with_its_reason(changes, reason):
    """Told in the table, and counted below the figure."""
    figure = directions([finding("alder"), finding("oak", **changes)])
    (row,) = [row for row in csv.DictReader(io.StringIO(ROW_FORMATS["csv"](figure.table))) if row["role"] == "left out"]
    assert row["reason"].startswith(reason)
    assert "1 finding on the pair not drawn" in words(figure.svg)


def test_studies_of_the_same_people_are_named():
    """Two studies that may be about the same people are two marks, and a warning."""
    figure = directions([finding("alder"), finding("birch", people="sample/alder")])
    assert "The same people, or maybe so, stand behind Alder and Birch." in words(figure.svg)


# --- harvest ---------------------------------------------------------------------------------


def columns(svg):
    """Study -> heading of the column in which its bar stands."""
    heads = {each.text: float(each.get("x")) for each in ET.fromstring(svg).iter(f"{SVG}text")
             if each.get("y") == "14" and each.get("text-anchor") == "middle"}  # fmt: skip
    bars = {
        each.find(f"{SVG}title").text.split(" (")[0]: float(each.find(f"{SVG}rect").get("x")) for each in marks(svg)
    }
    return {study: min(heads, key=lambda head: abs(heads[head] - x)) for study, x in bars.items()}


def test_a_bar_stands_under_what_its_study_found():
    """Sign, none significant, mixed or not told."""
    assert columns(harvested().svg) == {
        "Alder": "positive (+)", "Birch": "not significant", "Cedar": "mixed (±)", "Dogwood": "not significant",
        "Elm": "not told (?)", "Fir": "negative (−)",
    }  # fmt: skip


def test_a_bar_is_higher_the_more_people():
    """Equal steps for equal factors; ten thousand and more are as high as can be."""
    rows = [finding(name, analysed=n) for name, n in (("a", 10), ("b", 100), ("c", 1000), ("d", 10_000), ("e", 90_000))]
    high = [float(each.find(f"{SVG}rect").get("height")) for each in marks(harvested(rows).svg)]
    steps = [after - before for before, after in pairwise(high)]
    assert steps == pytest.approx([steps[0], steps[0], steps[0], 0], abs=0.02)


def test_the_letter_above_a_bar_is_its_studys_own_risk_of_bias():
    """A question mark where nobody judged the study by itself, and the key spells it out."""
    svg = harvested(Alder="high").svg
    letters = {each.find(f"{SVG}title").text.split(" (")[0]: each.find(f"{SVG}text").text for each in marks(svg)}
    assert (letters["Alder"], letters["Birch"]) == ("H", "?")
    assert "1  Alder, n = 400, risk of bias: high" in words(svg)


def test_a_judgement_over_several_studies_is_no_studys_own(store):
    """The review prints means of quality over five studies, which say nothing of one."""
    text, _ = plotted(store, "harvest", *PAIR, ".csv", {})
    assert {row["riskOfBias"] for row in csv.DictReader(io.StringIO(text))} == {""}


# --- albatross -------------------------------------------------------------------------------


def places(svg):
    """Study -> the circle or the first line of its mark."""
    found = {}
    for each in marks(svg):
        shape = each.find(f"{SVG}circle")
        study = each.find(f"{SVG}title").text.split(" (")[0]
        found[study] = shape if shape is not None else each.find(f"{SVG}line")
    return found


def test_an_exact_p_is_a_point_where_its_p_and_its_people_are():
    """Positive right, negative left of the middle; equal steps a power of ten; more people higher."""
    at = places(albatrosses().svg)
    alder, birch = ((float(at[name].get("cx")) - 510, float(at[name].get("cy"))) for name in ("Alder", "Birch"))
    assert alder[0] > 0 > birch[0]
    assert alder[0] / -birch[0] == pytest.approx(2, abs=0.01)
    assert birch[1] < alder[1]


def test_a_bound_is_a_bar_and_never_a_point():
    """Below a bound: outwards. Above one: to the middle, where p is 1."""
    at = places(albatrosses().svg)
    below, above = at["Cedar"], at["Dogwood"]
    assert (below.tag, above.tag) == (f"{SVG}line", f"{SVG}line")
    assert float(below.get("x2")) > float(below.get("x1")) > 510
    assert float(above.get("x1")) < float(above.get("x2")) == 510


def test_a_contour_joins_what_one_correlation_would_give():
    """Each point of r = .3 lies where Fisher's z says."""
    svg = albatrosses([finding("alder", p="0.01", analysed=10), finding("birch", p="0.001", analysed=1000)]).svg
    sizes = [each.text for each in ET.fromstring(svg).iter(f"{SVG}text") if each.text.startswith("r = ")]
    lines = [each.get("points").split() for each in ET.fromstring(svg).iter(f"{SVG}polyline")]
    curve = [tuple(map(float, pair.split(","))) for pair in dict(zip(sizes, lines, strict=True))["r = +.3"]]
    alder, birch = (places(svg)[name] for name in ("Alder", "Birch"))
    power = (float(birch.get("cx")) - float(alder.get("cx"))) / -1  # one power of ten, leftwards
    decade = (float(alder.get("cy")) - float(birch.get("cy"))) / 2
    for x, y in curve[::10]:
        p = 10 ** -((x - 510) / power)
        n = 10 ** (1 + (float(alder.get("cy")) - y) / decade)
        assert n == pytest.approx(n_of_contour(0.3, min(p, 0.999999)), rel=0.02)


def test_the_contour_is_fishers():
    """How many people make r = .5 reach p = .05, reckoned by hand: (1.959964 / 0.549306)² + 3."""
    assert n_of_contour(0.5, 0.05) == pytest.approx((1.959964 / math.atanh(0.5)) ** 2 + 3, abs=1e-4)


def test_a_p_too_small_for_ordinary_numbers_is_drawn():
    """P = 1e-40 has a place."""
    figure = albatrosses([finding("alder", p=f"0.{'0' * 39}1")])
    assert len(marks(figure.svg)) == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"p": None}, "no p value is told"),
        ({"direction": "not-reported"}, "no direction is told"),
        ({"p": "0"}, "p = 0 has no place"),
        ({"analysed": None, "recruited": None}, "how many people it is about is not told"),
        ({"asAsked": "no"}, "it is not on the two constructs by themselves"),
    ],
)
def test_a_p_without_its_side_its_people_or_its_place_is_left_out(changes, reason):
    """With the reason, in the table."""
    _, left_out = p_values([finding("oak", **({"p": "0.02"} | changes))])
    assert [each.reason.startswith(reason) for each in left_out] == [True]


def test_the_table_has_the_one_sided_p():
    """Half of what is printed."""
    assert [float(row["oneSidedP"]) for row in drawn_table(albatrosses())] == [0.005, 0.05, 0.025, 0.025]


# --- funnel ----------------------------------------------------------------------------------


def test_an_effect_lies_at_its_size_and_its_standard_error():
    """Both axes are linear: Fisher's z across, the standard error downwards from zero."""
    pooled, figure = funnels()
    circles = [each.find(f"{SVG}circle") for each in marks(figure.svg)]
    across = [(float(one.get("cx")) - float(circles[0].get("cx"))) for one in circles[1:]]
    sizes = [each.z - pooled.effects[0].z for each in pooled.effects[1:]]
    assert [x / across[0] for x in across] == pytest.approx([z / sizes[0] for z in sizes], abs=1e-3)
    down = [float(each.get("cy")) - 10 for each in circles]
    assert [y / down[0] for y in down] == pytest.approx(
        [math.sqrt(each.variance / pooled.effects[0].variance) for each in pooled.effects], abs=1e-2
    )


def test_the_funnel_reaches_196_standard_errors_to_each_side():
    """The limits at the depth of the smallest study, against the distance of two effects."""
    pooled, figure = funnels()
    polygon = ET.fromstring(figure.svg).find(f".//{SVG}polygon")
    (left, bottom), (_, top), (right, _) = [
        tuple(map(float, pair.split(","))) for pair in polygon.get("points").split()
    ]
    circles = [each.find(f"{SVG}circle") for each in marks(figure.svg)]
    scale = (float(circles[2].get("cx")) - float(circles[0].get("cx"))) / (pooled.effects[2].z - pooled.effects[0].z)
    deepest = (bottom - top) / (float(circles[3].get("cy")) - top) * math.sqrt(pooled.effects[3].variance)
    assert (right - left) / scale == pytest.approx(2 * 1.959964 * deepest, rel=1e-3)


@pytest.mark.parametrize(("estimator", "name"), [("reml", "Viechtbauer 2005"), ("fixed", "fixed effect")])
def test_the_centre_of_the_funnel_is_named(estimator, name):
    """Whose estimate it is stands below the figure and in the table."""
    pooled, figure = funnels(estimator=estimator)
    assert name in words(figure.svg)
    centre = next(row for row in figure.table if str(row["role"]).startswith("centre"))
    assert name in str(centre["role"])
    assert centre["z"] == pooled.estimate


def test_few_effects_are_cautioned_against():
    """Below ten, the shape tells nothing."""
    assert "fewer than 10 effects" in words(funnels()[1].svg)
    many = [effect(f"s{number}", 0.1 + number / 50, 40 + 7 * number) for number in range(10)]
    assert "fewer than 10 effects" not in words(funnels(many)[1].svg)


def test_numbers_of_crowded_marks_do_not_cover_each_other():
    """Forty effects: every number that is written is apart from all others."""
    crowd = [effect(f"s{number:02}", -0.3 + (number % 7) / 50, 60 + 9 * (number % 11)) for number in range(40)]
    labels = [each.find(f"{SVG}text") for each in marks(funnels(crowd)[1].svg)]
    spots = [(float(each.get("x")), float(each.get("y")), len(each.text)) for each in labels if each is not None]
    assert len(spots) > 20
    for index, (x, y, size) in enumerate(spots):
        for other_x, other_y, other_size in spots[index + 1 :]:
            assert abs(y - other_y) >= 10 or abs(x - other_x) >= 3.5 * (size + other_size)


# --- the command -----------------------------------------------------------------------------


@pytest.fixture
def kg(built):
    def run(*arguments):
        return CliRunner().invoke(cli.main, ["--store", str(built), *map(str, arguments)])

    return run


def test_every_kind_is_offered():
    """The command and the library know the same kinds."""
    assert set(command_parts.PLOTS) == set(OPTIONS)


@pytest.mark.parametrize("kind", ["effect-direction", "harvest", "albatross"])
def test_a_figure_needs_no_number_and_is_the_same_on_every_run(kg, tmp_path, kind):
    """Self-compassion and attachment avoidance, of which only one r is printed: drawn twice, byte for byte."""
    for name in ("one.svg", "other.svg"):
        result = kg("plot", kind, *PAIR, "-o", tmp_path / name)
        assert result.exit_code == 0, result.output
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "other.svg").read_bytes()
    svg = (tmp_path / "one.svg").read_text(encoding="utf-8")
    assert "effects-between: subject = self-compassion, object = attachment-avoidance" in svg
    assert version("compassion-attachment-kg") in svg


def test_the_effect_directions_are_those_of_the_evidence(built_review, tmp_path):
    """Three studies, as the review tells them."""
    output = str(tmp_path / "f.csv")
    CliRunner().invoke(cli.main, ["--store", str(built_review), "plot", "effect-direction", *PAIR, "-o", output])
    rows = list(csv.DictReader(io.StringIO((tmp_path / "f.csv").read_text(encoding="utf-8"))))
    assert [(row["study"], row["direction"], row["significance"], row["n"]) for row in rows] == [
        ("Barnes & Mongrain 2020", "negative", "not significant", "4375"),
        ("Mackintosh et al. 2018", "negative", "significant", "74"),
        ("Naismith et al. 2019", "not told", "not significant", "53"),
    ]


def test_a_forest_plot_is_the_one_of_kg_pool(kg, tmp_path):
    """One view, two doors."""
    pytest.importorskip("meta_analyze")
    assert kg("plot", "forest", *MIXED, "-o", tmp_path / "plot.svg").exit_code == 0
    assert kg("pool", *MIXED, "-o", tmp_path / "pool.svg").exit_code == 0
    assert (tmp_path / "plot.svg").read_bytes() == (tmp_path / "pool.svg").read_bytes()


def test_a_funnel_is_drawn_around_the_estimate_asked_for(kg, tmp_path):
    """--estimator reaches the figure."""
    pytest.importorskip("meta_analyze")
    assert kg("plot", "funnel", *MIXED, "--estimator", "dl", "-o", tmp_path / "f.svg").exit_code == 0
    assert "DerSimonian" in (tmp_path / "f.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("funnel", *PAIR, "-o", "f.svg"), 1, "a funnel plot takes two effects or more, and 1 of self-compassion"),
        (("forest", *PAIR, "-o", "f.svg"), 1, "kg plot effect-direction draws what is there"),
        (("albatross", "fear-of-compassion", "attachment", "-o", "f.svg"), 1, "there is nothing to draw"),
        (("harvest", "drive-system", "mindfulness-of-voices", "-o", "f.svg"), 1, "no finding is on drive system"),
        (("harvest", *PAIR, "-o", "f.pdf"), 2, "-o f.pdf: a figure is written to a file that ends in .svg, .png, .csv"),
        (("harvest", *PAIR, "--estimator", "dl", "-o", "f.svg"), 2, "--estimator: has no meaning for the kind harvest"),
        (("albatross", *PAIR, "--mix-measures", "-o", "f.svg"), 2, "--mix-measures: has no meaning"),
        (("pie", *PAIR, "-o", "f.svg"), 2, "'pie' is not one of"),
    ],
)
def test_what_cannot_be_drawn_is_one_line_and_no_file(kg, tmp_path, monkeypatch, arguments, code, said):
    """What is wrong, and what to do."""
    monkeypatch.chdir(tmp_path)
    result = kg("plot", *arguments)
    assert (result.exit_code, said in result.stderr.splitlines()[-1]) == (code, True), result.stderr
    assert list(tmp_path.iterdir()) == []


# --- pixels ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [("plot", "harvest", *PAIR), ("gaps", "--rows", PAIR[0], "--columns", PAIR[1]), ("pool", *MIXED)],
    ids=lambda arguments: arguments[0],
)
def test_a_png_is_twice_as_wide_as_its_svg(kg, tmp_path, arguments):
    """Real pixels, sharp in print."""
    pixels = pytest.importorskip("resvg_py")
    if arguments[0] == "pool":
        pytest.importorskip("meta_analyze")
    for suffix in ("svg", "png"):
        result = kg(*arguments, "-o", tmp_path / f"f.{suffix}")
        if "needs a font" in result.stderr:
            pytest.skip("no font on this machine")
        assert result.exit_code == 0, result.output
    content = (tmp_path / "f.png").read_bytes()
    assert content.startswith(b"\x89PNG")
    wide = float(ET.fromstring((tmp_path / "f.svg").read_text(encoding="utf-8")).get("width"))
    assert int.from_bytes(content[16:20], "big") == 2 * wide, pixels.__version__


def test_a_missing_converter_is_one_line(kg, tmp_path, monkeypatch):
    """Without the extra: what to install; no file, no traceback."""
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    result = kg("plot", "harvest", *PAIR, "-o", tmp_path / "f.png")
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1].startswith("kg: a .png needs resvg-py: pip install")
    assert list(tmp_path.iterdir()) == []


def test_a_machine_without_fonts_is_told(kg, tmp_path, monkeypatch):
    """A figure without its words is no figure."""
    pixels = pytest.importorskip("resvg_py")
    real = pixels.svg_to_bytes
    monkeypatch.setattr(pixels, "svg_to_bytes", lambda **words: real(**words, skip_system_fonts=True))
    result = kg("plot", "harvest", *PAIR, "-o", tmp_path / "f.png")
    assert (result.exit_code, "needs a font" in result.stderr.splitlines()[-1]) == (2, True)
