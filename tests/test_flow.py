"""kg flow: the way of records into a review, as far as the review tells it, with sums that nobody mends."""

import csv
import io
import xml.etree.ElementTree as ET

import pytest
from click.testing import CliRunner
from worlds import copy_rooms

from kg import build, cli
from kg.export.tables import ROW_FORMATS
from kg.flows import Flow, Tally
from kg.views.flow import figure

SVG = "{http://www.w3.org/2000/svg}"
#: A way on which every number is told, and adds up.
WHOLE = {
    "identified-databases": 900, "identified-registers": 60, "identified-other": 40, "removed-duplicates": 280,
    "removed-otherwise": 20, "screened": 700, "excluded-screening": 600, "sought": 100, "not-retrieved": 4,
    "assessed": 96, "excluded-assessed": 76, "included-reports": 20, "included-studies": 18,
}  # fmt: skip


def way(**changes):
    """The whole way with other numbers; None takes one out."""
    told = WHOLE | {key.replace("_", "-"): n for key, n in changes.items()}
    return Flow("Oak (1901)", tuple(Tally(name, n, f"As told of {name}.") for name, n in told.items() if n is not None))


def boxes(flow):
    """Heading -> lines of each box of the figure, and whether its frame is dashed."""
    root = ET.fromstring(figure(flow, "asked so", "9.9").svg)
    groups = [each for each in root.iter(f"{SVG}g") if each.get("class") == "mark"]
    return {
        each.findall(f"{SVG}text")[0].text: (
            [line.text for line in each.findall(f"{SVG}text")[1:]],
            each.find(f"{SVG}rect").get("stroke-dasharray") is not None,
        )
        for each in groups
    }


def test_every_number_told_stands_in_its_box():
    """Nine boxes, with the parts of those that add up several numbers."""
    drawn = boxes(way())
    assert list(drawn) == [
        "Records identified (n = 1,000)", "Taken out before screening (n = 300)", "Records screened (n = 700)",
        "Records excluded (n = 600)", "Reports sought (n = 100)", "Reports not retrieved (n = 4)",
        "Reports assessed for eligibility (n = 96)", "Reports excluded (n = 76)", "Included in the review",
    ]  # fmt: skip
    assert drawn["Records identified (n = 1,000)"][0] == [
        "from databases: 900",
        "from registers: 60",
        "by other ways: 40",
    ]
    assert drawn["Included in the review"][0] == ["studies: 18", "reports of these: 20"]


def test_sums_that_hold_are_told_nothing_of():
    """The whole way adds up."""
    assert list(way().discrepancies()) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"screened": 701}, "1,000 identified less 300 taken out leave 700, and 701 screened are told"),
        ({"sought": 99}, "700 screened less 600 taken out leave 100, and 99 sought are told"),
        ({"not_retrieved": 5}, "100 sought less 5 taken out leave 95, and 96 assessed are told"),
        ({"excluded_assessed": 75}, "96 assessed less 75 taken out leave 21, and 20 included are told"),
    ],
)
def test_numbers_that_do_not_add_up_are_told_and_left_as_they_are(changes, said):
    """In the figure, in its description and in its table; the boxes keep what was told."""
    flow = way(**changes)
    drawn = figure(flow, "asked so", "9.9")
    root = ET.fromstring(drawn.svg)
    assert said in root.find(f"{SVG}desc").text
    assert f"Does not add up: {said}" in " ".join(each.text or "" for each in root.iter(f"{SVG}text"))
    assert said in next(row["what"] for row in drawn.table if row["role"] == "does not add up")
    ((name, count),) = changes.items()
    assert any(f"{count:,}" in heading for heading in boxes(flow)), name


def test_studies_stand_for_reports_only_with_a_word_on_it():
    """Where reports are not counted, a mismatch may be studies with several reports."""
    (said,) = way(included_reports=None).discrepancies()
    assert said.endswith("18 included are told, if each study is one report")


def test_what_is_not_told_stays_open_and_is_not_reckoned():
    """A dashed box without a number, though the others would give it."""
    drawn = boxes(way(sought=None))
    assert drawn["Reports sought"] == (["not told"], True)


def test_reasons_of_exclusion_are_counted_each():
    """Two steps at one point: their sum, and both in the coder's words, as text."""
    flow = Flow("Oak & <Elm>", (
        Tally("screened", 90, ""), Tally("assessed", 50, ""),
        Tally("excluded-assessed", 30, "No <measure> of attachment."), Tally("excluded-assessed", 5, "No data."),
    ))  # fmt: skip
    assert boxes(flow)["Reports excluded (n = 35)"][0] == ["No <measure> of attachment: 30", "No data: 5"]


def test_the_table_holds_every_number_of_the_figure():
    """One row each, in order."""
    rows = csv.DictReader(io.StringIO(ROW_FORMATS["csv"](figure(way(), "", "").table)))
    assert [(row["at"], int(row["count"])) for row in rows] == list(WHOLE.items())


# --- the command -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def counted(rooms, tmp_path_factory):
    """A build of a world whose review tells its whole way, but for one number that does not fit."""
    world = copy_rooms(rooms, tmp_path_factory.mktemp("world"))
    steps = world.evidence / "amari-2022" / "review_steps.tsv"
    header = steps.read_text(encoding="utf-8").splitlines()[0].split("\t")
    told = (WHOLE | {"screened": 690}).items()
    rows = [
        {"id": f"amari-2022-step-{90 + place}", "review": "amari-2022-review", "stage": "selection", "tally": name,
         "count": str(count), "statement": "Made up.", "reported_in": "amari2022", "locator": "made up"}
        for place, (name, count) in enumerate(told)
    ]  # fmt: skip
    lines = ["\t".join(header), *("\t".join(row.get(column, "") for column in header) for row in rows)]
    steps.write_text("\n".join(lines) + "\n", encoding="utf-8")
    folder = tmp_path_factory.mktemp("counted")
    build.build(world, folder, "rules")
    return folder


def test_what_a_table_tells_is_drawn(counted, tmp_path):
    """From review_steps.tsv to the figure; what does not add up is said on stderr too; the same on every run."""
    for name in ("one.svg", "other.svg"):
        result = CliRunner().invoke(
            cli.main, ["--store", str(counted), "flow", "amari-2022", "-o", str(tmp_path / name)]
        )
        assert result.exit_code == 0, result.output
    assert "does not add up: 1,000 identified less 300 taken out leave 700, and 690 screened are told" in result.stderr
    svg = (tmp_path / "one.svg").read_text(encoding="utf-8")
    assert "review-flow: dataset = amari-2022" in svg
    assert "Records screened (n = 690)" in svg
    assert svg == (tmp_path / "other.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("dataset", "code", "said"),
    [
        ("amari-2022", 1, "amari-2022 tells no way from records to studies, only included-studies 7"),
        ("attachment-based-therapy", 1, "tells no counts of records, reports or studies"),
        ("no-such-review", 2, "no dataset is called 'no-such-review'"),
    ],
)
def test_a_review_without_counts_is_refused(built, tmp_path, dataset, code, said):
    """One line, and no file."""
    result = CliRunner().invoke(cli.main, ["--store", str(built), "flow", dataset, "-o", str(tmp_path / "f.svg")])
    assert (result.exit_code, said in result.stderr.splitlines()[-1]) == (code, True), result.stderr
    assert list(tmp_path.iterdir()) == []
