"""In a notebook: answers, records, pools and figures show themselves, and the example notebook shows what it says."""

import html
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import kg
from kg.errors import BadQuestion
from kg.store import Iri, Rows
from kg.synthesis import Plan

ROOT = Path(__file__).parent.parent
NOTEBOOK = ROOT / "docs" / "notebook.ipynb"
PAIR = ("self-compassion", "attachment-avoidance")


def shown(*rows, columns=("thing",)):
    return Rows(columns, rows)._repr_html_()


def test_an_answer_is_a_table(review):
    """Its columns are the head, and it has a line for each row."""
    rows = review.ask("participants")
    table = ET.fromstring(f"<div>{rows._repr_html_()}</div>")
    assert [each.text for each in table.iter("th")] == list(rows.columns)
    assert len(list(table.iter("tr"))) == len(rows) + 1


def test_what_an_answer_names_is_a_link():
    """An IRI is called by its CURIE and leads to itself."""
    assert '<a href="https://w3id.org/compassion-attachment/construct/calm">construct:calm</a>' in shown(
        (Iri("https://w3id.org/compassion-attachment/construct/calm"),)
    )


def test_only_the_web_is_linked_to():
    """An IRI of another scheme runs nothing when it is clicked."""
    assert "<a" not in shown((Iri("javascript:alert(1)"),))


@pytest.mark.parametrize("value", ["<script>alert(1)</script>", Iri('https://example.org/"><script>alert(1)</script>')])
def test_what_comes_from_data_is_escaped(value):
    """No value of an answer becomes a tag."""
    assert "<script>" not in shown((value,))


def test_a_dollar_sign_begins_no_formula():
    """Tables are kept from MathJax."""
    assert "mathjax_ignore" in shown(("$5 and $6",))


def test_a_long_answer_is_cut_and_says_so():
    """The first rows are shown, the others counted."""
    text = shown(*((f"row {number}",) for number in range(25)))
    assert (text.count("<td"), "… and 5 more" in text) == (20, True)


def test_only_what_is_shown_of_a_long_answer_is_made(monkeypatch):
    """A million rows are shown as fast as twenty."""
    made = []
    monkeypatch.setattr("kg.store.rows._linked", lambda value: made.append(value) or value)
    shown(*((f"row {number}",) for number in range(25)))
    assert len(made) == 20


def test_an_empty_answer_says_so():
    """There is no table without a word."""
    assert "no rows" in shown()


def test_columns_that_hold_nothing_are_left_out():
    """As in a terminal."""
    assert "moderator" not in shown(("calm", None), columns=("subject", "moderator"))


def test_the_text_of_an_answer_is_short(review):
    """Beside the table Jupyter keeps the text; that of a thousand rows is one line."""
    assert repr(review.ask("participants")) == "Rows(1 × dataset, samples, participants, withOverlapsOnce)"


def test_a_finding_shows_what_its_row_holds(review):
    """Each filled column, and what it names as links."""
    finding = review.findings(around="self-compassion")[0]
    text = finding._repr_html_()
    assert re.findall(r"<tr><td [^>]*>(\w+)</td>", text) == [name for name, cell in finding.cells().items() if cell]
    assert f'construct/{finding.subject}">{finding.subject}</a>' in text


def test_a_graph_shows_how_much_is_in_it(review):
    """Findings are counted."""
    assert re.search(r"<td [^>]*>finding</td><td [^>]*>66</td>", review._repr_html_())


def test_a_pool_shows_its_effects_and_why_others_are_left_out(graph):
    """What kg pool says: the effects, the pooled value, and each reason."""
    found = graph.pool(*PAIR, Plan(mix_measures=True))
    text = found._repr_html_()
    assert text.count("/finding/") == found.pooled.k
    assert f"pooled r = -0.321 [-0.728, +0.254] by {found.plan.estimator}" in text
    assert text.count("<li>") == len(found.choice.left_out)


def test_a_pool_of_nothing_says_so(review):
    """Where one effect is left there is no pooled value."""
    assert "1 effect, nothing to pool" in review.pool(*PAIR)._repr_html_()


@pytest.mark.parametrize("kind", ["forest", "funnel", "effect-direction", "albatross", "harvest"])
def test_every_plot_shows_itself(graph, kind):
    """A figure is an SVG, with the table behind it."""
    options = {"mix_measures": True} if kind in ("forest", "funnel") else {}
    figure = graph.plot(kind, *PAIR, **options)
    assert ET.fromstring(figure._repr_svg_()).tag == "{http://www.w3.org/2000/svg}svg"
    assert len(figure.table)


@pytest.mark.parametrize(("kind", "options"), [("pie", {}), ("harvest", {"estimator": "dl"})])
def test_a_plot_that_there_is_not_is_refused(review, kind, options):
    """The kinds, or the options of the kind, are told."""
    with pytest.raises(BadQuestion, match=r"there are forest, funnel|harvest, which has layer"):
        review.plot(kind, *PAIR, **options)


def test_a_gap_map_shows_itself(review):
    """It is the figure of kg gaps."""
    svg = review.gaps(rows="self-compassion", columns="insecure-attachment")._repr_svg_()
    assert "What has been studied: self-compassion × insecure attachment" in svg


def test_a_network_shows_itself_in_a_frame(review):
    """The page is whole, and nothing of it leaves its frame."""
    drawn = review.map(around="self-compassion")
    assert html.unescape(re.search(r'srcdoc="([^"]*)"', drawn._repr_html_())[1]) == drawn.html


def test_a_graph_is_opened_where_the_environment_says(built_review, monkeypatch):
    """KG_STORE is for notebooks what it is for the command."""
    monkeypatch.setenv("KG_STORE", str(built_review))
    with kg.open() as graph:
        assert len(graph.findings()) == 66


# --- the example -----------------------------------------------------------------------------


def outputs(notebook):
    """What each cell of code shows: its source, and text, tables and figures by kind."""
    return [
        (cell.source, [each.get("text") or dict(each.data) for each in cell.outputs])
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


@pytest.fixture(scope="module")
def committed():
    return nbformat.read(NOTEBOOK, as_version=4)


def test_the_example_notebook_shows_what_it_shows(committed, built, monkeypatch):
    """Executed anew over the built graph, every cell gives what stands there (scripts/answers writes it)."""
    monkeypatch.setenv("KG_STORE", str(built))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    executed = NotebookClient(nbformat.from_dict(committed), timeout=120).execute()
    assert outputs(executed) == outputs(committed)


def test_the_example_notebook_shows_tables_and_figures(committed):
    """There are both, and no output is an error."""
    kinds = [kind for _, shown in outputs(committed) for each in shown if isinstance(each, dict) for kind in each]
    assert kinds.count("text/html") >= 5
    assert kinds.count("image/svg+xml") >= 3
    assert not [each for cell in committed.cells for each in cell.get("outputs", []) if each.output_type == "error"]
