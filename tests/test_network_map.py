"""The network: one edge a finding, the same on every reload, nothing from outside."""

import json
import re
from decimal import Decimal

import pytest

from kg.export.findings import all_findings
from kg.maps import draw
from kg.network import busiest, ego, network
from kg.views.encoding import OUTCOMES, line_width, outcome_of
from kg.views.network_map import Caption, page, positions, table_rows


@pytest.fixture(scope="module")
def whole(store):
    return network(all_findings(store))


@pytest.fixture(scope="module")
def ego_page(store):
    return draw(store, "self-compassion", everything=False, limit=20).html


def drawn(html, what):
    """The nodes or edges that the page hands to the drawing library."""
    return json.loads(re.search(rf"const {what} = new vis\.DataSet\((\[.*?\])\);\n", html, re.DOTALL)[1])


def rows_below(html):
    return re.findall(r'<tr id="([^"]+)">', html)


def test_the_network_has_one_edge_a_finding(whole, store):
    """No finding is lost, and none is drawn twice."""
    assert sorted(data["finding"] for _, _, data in whole.edges(data=True)) == sorted(
        all_findings(store).column("finding")
    )


@pytest.mark.parametrize("everything", [True, False])
def test_drawn_edges_and_table_rows_are_the_same_findings(store, everything):
    """What is drawn and what the table lists are equal."""
    html = draw(store, None, everything=everything, limit=20).html
    assert sorted(edge["id"] for edge in drawn(html, "edges")) == rows_below(html)


def test_the_whole_map_draws_every_finding(store):
    """--all leaves nothing out."""
    html = draw(store, None, everything=True, limit=20).html
    assert len(drawn(html, "edges")) == len(all_findings(store))


def test_an_ego_view_has_at_most_twenty_constructs_by_default(ego_page):
    """More than that is not legible."""
    assert len(drawn(ego_page, "nodes")) <= 20


def test_what_an_ego_view_leaves_out_is_said(store):
    """The summary counts the constructs that were left out."""
    drawn_map = draw(store, "self-compassion", everything=False, limit=5)
    assert len(drawn(drawn_map.html, "nodes")) == 5
    assert re.search(r"\d+ more constructs have findings with it", drawn_map.summary)


def test_the_middle_is_the_construct_with_the_most_findings(whole):
    """Without a wish, the busiest construct is shown."""
    assert busiest(whole) == "self-compassion"


def test_an_ego_view_keeps_only_findings_at_its_centre(whole):
    """Every edge touches the centre."""
    chosen, _ = ego(whole, "attachment-avoidance", 20)
    assert all("attachment-avoidance" in edge[:2] for edge in chosen.edges())


def test_positions_are_the_same_every_time_and_apart(whole):
    """A reload shows the same picture, and no two boxes share a place."""
    once, again = (positions(list(whole.nodes), whole, "self-compassion") for _ in range(2))
    assert once == again
    assert len(set(once.values())) == len(whole)


def test_the_same_page_is_the_same_bytes(store):
    """Drawing twice gives one page."""
    assert draw(store, None, everything=True, limit=20).html == draw(store, None, everything=True, limit=20).html


def test_parallel_findings_have_curves_of_their_own(ego_page):
    """Several findings on one pair never coincide."""
    curves = {}
    for edge in drawn(ego_page, "edges"):
        smooth = edge["smooth"]
        forwards = edge["from"] < edge["to"]
        bend = (
            0
            if not smooth["enabled"]
            else smooth["roundness"] * (1 if (smooth["type"] == "curvedCW") == forwards else -1)
        )
        curves.setdefault(frozenset((edge["from"], edge["to"])), []).append(bend)
    assert any(len(bends) > 1 for bends in curves.values())
    assert all(len(bends) == len(set(bends)) for bends in curves.values())


def test_a_page_names_no_address_that_a_browser_would_fetch(ego_page):
    """No script, style, image or font comes from elsewhere."""
    assert not re.findall(r"""(?:src|href)\s*=\s*["'](?:https?:)?//""", ego_page)
    assert not re.findall(r"@import|url\(\s*['\"]?https?:", ego_page)


def test_every_sign_is_also_text(ego_page):
    """Colour is never alone: each edge carries a sign, a word or a number."""
    assert all(edge["label"].strip() for edge in drawn(ego_page, "edges"))


def test_the_legend_explains_every_outcome_on_the_map(ego_page, store):
    """What is drawn is explained below."""
    legend = ego_page.split('<ul class="legend">')[1].split("</ul>")[0]
    for row in all_findings(store):
        if "self-compassion" in (row["subject"], row["object"]) and not row["third"]:
            assert outcome_of(row).meaning in legend


def test_the_page_has_title_language_version_and_question(ego_page):
    """Title, lang, version and the question behind it are on the page."""
    assert '<html lang="en">' in ego_page
    assert "<title>What was found about self-compassion</title>" in ego_page
    assert "queries/findings.rq" in ego_page
    assert re.search(r"version \d+\.\d+", ego_page)


HOSTILE = '</script><script>alert("x")</script><img src=x onerror=alert(1)>'


def test_hostile_labels_stay_text(whole):
    """Markup in data never becomes markup of the page."""
    graph = whole.copy()
    for _, data in graph.nodes(data=True):
        data["label"] = HOSTILE
    for *_, data in graph.edges(data=True):
        data.update(statement=HOSTILE, printed=HOSTILE, study=HOSTILE)
    html = page(graph, Caption(HOSTILE, HOSTILE, HOSTILE, "1"), "self-compassion")
    assert "<script>alert" not in html
    assert "<img" not in html
    assert len(drawn(html, "nodes")) == len(graph)


@pytest.mark.parametrize(
    ("support", "significance", "direction", "name"),
    [
        (None, "significant", "positive", "positive"),
        (None, "significant", "negative", "negative"),
        (None, "not-significant", "negative", "null"),
        (None, "not-reported", "negative", "negative-unclear"),
        (None, "not-reported", "positive", "positive-unclear"),
        (None, "significant", "not-reported", "unclear"),
        ("complete", "not-reported", "not-reported", "supported"),
        ("not-supported", "not-reported", "not-reported", "null"),
    ],
)
def test_an_outcome_is_drawn_as_what_it_is(support, significance, direction, name):
    """A null looks like a null, whatever its sign."""
    assert outcome_of({"support": support, "significance": significance, "direction": direction}) is OUTCOMES[name]


def test_stronger_correlations_have_wider_lines():
    """Width is 1.5 plus ten times the size of r; no number gives the thinnest line."""
    assert [line_width(value) for value in (None, Decimal("0.5"), Decimal("-0.5"))] == [1.5, 6.5, 6.5]


def test_the_table_tells_every_finding_in_words(whole):
    """Statement, place in the source and certainty stand in each row."""
    assert all(row["statement"] and row["locator"] and row["certainty"] for row in table_rows(whole))
