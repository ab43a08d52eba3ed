"""The gap map: every cell counts what the records say, every gap is of the right kind, and all its forms agree."""

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections import Counter
from itertools import pairwise, product

import pytest
from click.testing import CliRunner

from kg import cli
from kg.gap_maps import gaps, written
from kg.gaps import GAPS
from kg.names import local_name
from kg.null_reach import is_null


@pytest.fixture(scope="module")
def chosen(store):
    return gaps(store)


@pytest.fixture(scope="module")
def html(store, chosen):
    return written(store, chosen, ".html")


@pytest.fixture(scope="module")
def svg(store, chosen):
    return written(store, chosen, ".svg")


class Recount:
    """Cells counted again in Python, from the records alone."""

    def __init__(self, corpus):
        self.broader = {row.record.id: row.record.broader for row in corpus.constructs}
        self.measured = {name for row in corpus.measures for name in row.record.measures}
        self.findings = {
            f.record.id: f.record for dataset in corpus.datasets for f in dataset.findings
            if not (f.record.mediator or f.record.moderator)
        }  # fmt: skip
        self.difficulties = {
            s.record.id: frozenset(s.record.difficulties) for dataset in corpus.datasets for s in dataset.samples
        }

    def within(self, name, above):
        return name == above or any(self.within(each, above) for each in self.broader[name])

    def repeated(self, finding):
        """Whether an earlier finding on the same pair is linked as the same result."""
        ends = {finding.subject, finding.object}
        return any(
            other.id < finding.id and {other.subject, other.object} == ends
            and (other.id in finding.same_result_as or finding.id in other.same_result_as)
            for other in self.findings.values()
        )  # fmt: skip

    def cell(self, row, column):
        return [
            finding for finding in self.findings.values()
            if any(
                self.within(one, row) and self.within(other, column)
                for one, other in ((finding.subject, finding.object), (finding.object, finding.subject))
            )
        ]  # fmt: skip

    def is_measured(self, construct):
        return any(self.within(name, construct) for name in self.measured)


def test_every_cell_counts_what_the_records_say(chosen, corpus):
    """625 cells, recounted without the graph: findings, outcomes, numbers."""
    recount = Recount(corpus)
    for (row, column), cell in chosen.matrix.cells.items():
        counted = [finding for finding in recount.cell(row, column) if not recount.repeated(finding)]
        outcomes = Counter(
            "null" if is_null(f)
            else f.direction if f.significance == "significant" and f.direction in ("positive", "negative")
            else "unclear"
            for f in counted
        )  # fmt: skip
        assert cell.findings == len(counted), (row, column)
        assert {name: getattr(cell, name) for name in ("positive", "negative", "null", "unclear")} == {
            name: outcomes[name] for name in ("positive", "negative", "null", "unclear")
        }, (row, column)


def test_every_gap_is_of_the_kind_that_the_records_show(chosen, corpus):
    """Never studied, no measure, no number, one population: each recounted without the graph."""
    recount = Recount(corpus)
    for (row, column), cell in chosen.matrix.cells.items():
        findings = recount.cell(row, column)
        measurable = recount.is_measured(row) and recount.is_measured(column)
        expected = set() if measurable else {"no measure"}
        if not findings and measurable:
            expected = {"never studied"}
        if findings and all(finding.value is None for finding in findings):
            expected.add("no number reported")
        if len({recount.difficulties[finding.sample] for finding in findings}) == 1:
            expected.add("one population only")
        assert set(cell.gaps) == expected, (row, column)


def test_all_four_kinds_of_gaps_are_there(chosen):
    """The review leaves gaps of every kind."""
    assert set(chosen.matrix.tally()) == set(GAPS)


def test_no_cell_relates_a_whole_to_its_part(store, corpus):
    """Where both sides are the same tree, a construct does not meet itself or what is within it."""
    recount = Recount(corpus)
    same = gaps(store, ["self-compassion"], ["compassion"]).matrix
    assert same.cells
    for row, column in same.cells:
        assert not recount.within(row, column)
        assert not recount.within(column, row)


def test_headings_stand_in_the_order_of_the_tree(chosen):
    """Each heading is at most one step deeper than the one before it, and the first is a root."""
    for side in (chosen.matrix.rows, chosen.matrix.columns):
        depths = [heading.depth for heading in side]
        assert depths[0] == 0
        assert all(after <= before + 1 for before, after in pairwise(depths))
        assert len({heading.name for heading in side}) == len(side)


def test_overlapping_samples_are_counted_once(review):
    """The two Naismith samples are one sample of 53 people wherever both have findings."""
    matrix = gaps(review.store, ["compassion"], ["attachment-anxiety"]).matrix
    cell = matrix.cells["compassion", "attachment-anxiety"]
    assert (cell.samples, cell.participants) == (3, 4375 + 74 + 53)


def test_a_cell_that_gathers_opposite_poles_is_mixed_only_where_findings_on_one_pair_disagree(store, chosen):
    """Fear of compassion with attachment holds both signs, which is no disagreement; a conflict below it would be."""
    assert chosen.matrix.cells["fear-of-compassion", "attachment"].outcome == "poles"
    assert chosen.matrix.cells["self-compassion", "attachment"].outcome == "mixed"
    assert chosen.matrix.cells["self-compassion", "attachment-avoidance"].outcome == "mixed"


# --- its forms -------------------------------------------------------------------------------


def test_the_page_is_a_table_with_headings_on_both_sides(html, chosen):
    """A real table: a caption, a heading a row and a column, and a cell for every pair."""
    rows, columns = len(chosen.matrix.rows), len(chosen.matrix.columns)
    assert html.count('<th scope="row"') == rows
    assert html.count('<th scope="col"') == columns + 1
    assert html.count("<td") == rows * columns
    assert "<caption" in html


def test_every_cell_of_the_page_leads_to_its_findings(html, chosen):
    """Each link has its target, and each target lists as many findings as stand behind the cell, with their source."""
    links = set(re.findall(r'href="#([^"]+)"', html))
    targets = set(re.findall(r'<h3 id="([^"]+)"', html))
    assert (
        links == targets == {f"{row}--{column}" for (row, column), cell in chosen.matrix.cells.items() if cell.findings}
    )
    section = html.split('<h3 id="self-compassion--attachment-avoidance"')[1].split("</section>")[0]
    cell = chosen.matrix.cells["self-compassion", "attachment-avoidance"]
    assert section.count("<li>") == section.count("read in ") >= cell.findings
    assert section.count("read in Amari et al. (2022), ") == 3


def test_the_page_asks_nothing_of_anybody(html):
    """No script, no request."""
    assert "<script" not in html
    assert not re.search(r'(src|href)="(?!#)', html)


def test_the_figure_is_svg_with_title_legend_and_version(svg):
    """Well-formed, titled, and every cell says in words what it shows."""
    from importlib.metadata import version

    root = ET.fromstring(svg)
    assert root.find("{http://www.w3.org/2000/svg}title").text.startswith("What has been studied")
    assert version("compassion-attachment-kg") in svg
    assert "self-compassion × attachment avoidance: mixed" in svg


def test_the_csv_is_the_answer_of_the_question(store, chosen, graph):
    """One row a pair (and a parent)."""
    rows = list(csv.DictReader(io.StringIO(written(store, chosen, ".csv"))))
    assert len(rows) == len(graph.ask("gap-matrix"))
    assert {(local_name(row["row"]), local_name(row["column"])) for row in rows} == set(chosen.matrix.cells)


def test_the_text_has_a_line_a_row_and_a_key(built):
    """Kg gaps on a terminal."""
    result = CliRunner().invoke(cli.main, ["--store", str(built), "gaps", "--rows", "fear of compassion", "--columns", "secure attachment", "--columns", "insecure attachment"])  # fmt: skip
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[1].startswith("fear of compassion ")
    assert "never studied" in result.stdout


@pytest.mark.parametrize("suffix", [".html", ".svg", ".csv"])
def test_what_is_written_can_be_written_again_the_same(review, suffix):
    """No order depends on chance."""
    once, again = (written(review.store, gaps(review.store), suffix) for _ in range(2))
    assert once == again


def test_another_kind_of_file_is_refused(built, tmp_path):
    """-o says which files it writes."""
    result = CliRunner().invoke(cli.main, ["--store", str(built), "gaps", "-o", str(tmp_path / "gaps.pdf")])
    assert result.exit_code == 2
    assert ".html, .svg, .png, .csv" in result.stderr


def test_two_sides_that_are_part_of_each_other_are_refused(built):
    """Self-kindness within self-compassion leaves no pair."""
    result = CliRunner().invoke(cli.main, ["--store", str(built), "gaps", "--rows", "self-kindness", "--columns", "self-kindness"])  # fmt: skip
    assert result.exit_code == 2
    assert "no pairs here" in result.stderr


def test_every_pair_of_the_two_sides_has_a_cell(chosen):
    """Nothing is left out but wholes and parts, of which these sides have none."""
    names = product((row.name for row in chosen.matrix.rows), (column.name for column in chosen.matrix.columns))
    assert set(names) == set(chosen.matrix.cells)


def test_hostile_labels_stay_text(chosen):
    """Markup and control letters in a label are shown, not run, and leave the SVG well-formed."""
    from dataclasses import replace

    from kg.views import gap_map
    from kg.views.pages import Caption

    evil = '<script>alert(1)</script>\x0b"'
    rows = (replace(chosen.matrix.rows[0], label=evil), *chosen.matrix.rows[1:])
    matrix = replace(chosen.matrix, rows=rows)
    caption = Caption(evil, evil, "q", "0")
    for text in (gap_map.page(matrix, {}, caption), gap_map.figure(matrix, caption)):
        assert "<script>alert" not in text
    ET.fromstring(gap_map.figure(matrix, caption))


def test_constructs_without_findings_are_counted_and_named_but_not_drawn(store, chosen):
    """Unless asked for; what was found or pooled stays, and the gaps are still those of the whole matrix."""
    brief = gaps(store, everything=False)
    assert chosen.shown == chosen.matrix == brief.matrix
    shown = brief.shown
    told = [pair for pair, cell in chosen.matrix.cells.items() if cell.findings or cell.published]
    assert {row.name for row in shown.rows} == {row for row, _ in told}
    assert {column.name for column in shown.columns} == {column for _, column in told}
    assert {*shown.rows, *shown.hidden_rows} == set(chosen.matrix.rows)
    assert shown.tally() == chosen.matrix.tally()
    page = written(store, brief, ".html")
    assert f"{len(shown.hidden_rows)} rows and {len(shown.hidden_columns)} columns without any finding" in page
    assert all(heading.label in page for heading in shown.hidden_columns)


def test_where_nothing_was_found_all_constructs_are_drawn(store):
    """Else there would be no matrix to show the gaps in."""
    found = gaps(store, ["compassion-imagery-response"], ["fearful-attachment"], everything=False)
    assert found.shown == found.matrix


def test_counts_fit_the_cells_of_the_figure(svg):
    """Each line of counts is short enough for the width of a cell, in at most two lines."""
    lines = [
        each.text
        for each in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
        if each.get("font-size") == "8.5"
    ]
    assert len(lines) > 100
    assert max(map(len, lines)) <= 21


def test_published_estimates_are_told_beside_a_cell(html, chosen):
    """In words of the page, by a mark of the text, and never in the count."""
    cell = chosen.matrix.cells["self-compassion", "anxious-attachment"]
    assert cell.published
    assert f"beside it {cell.published} published pooled estimates, not counted" in html
    assert cell.findings == cell.positive + cell.negative + cell.null + cell.unclear
