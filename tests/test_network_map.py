"""The network: one edge a finding, the same on every reload, nothing from outside."""

import base64
import hashlib
import json
import re
from decimal import Decimal

import pytest

from kg.errors import NothingFound
from kg.export.findings import all_findings
from kg.maps import draw
from kg.names import local_name
from kg.nearby import in_the_middle, nearby
from kg.network import bundled, ego, legible_limit, network, once, roles, rows_of
from kg.views.encoding import OUTCOMES, line_width, outcome_of
from kg.views.network_map import named, page, positions, table_rows
from kg.views.pages import Caption
from kg.views.policies import guarded, policy_of


@pytest.fixture(scope="module")
def whole(store):
    return network(all_findings(store))


@pytest.fixture(scope="module")
def whole_page(whole):
    """Everything, drawn."""
    return page(whole, Caption("t", "s", "q", "1"), [])


@pytest.fixture(scope="module")
def ego_page(store):
    return draw(store, "self-compassion", everything=False, limit=None).html


def drawn(html, what):
    """The nodes or edges that the page hands to the drawing library."""
    return json.loads(re.search(rf"const {what} = new vis\.DataSet\((\[.*?\])\);\n", html, re.DOTALL)[1])


def constructs(html):
    """The boxes of a page, without the dots at which three constructs meet."""
    return [node for node in drawn(html, "nodes") if node["shape"] == "box"]


def findings_of(html):
    """The findings that are drawn, each once, however many lines it takes."""
    return sorted({finding for edge in drawn(html, "edges") for finding in edge["findings"]})


def rows_below(html):
    return re.findall(r'<tr id="([^"]+)">', html)


def legible(whole, centres):
    """As much around centres as can be read."""
    return ego(whole, centres, legible_limit(bundled(rows_of(whole)), centres))[0]


@pytest.fixture(scope="module")
def results(store):
    """Each result as the finding that stands for it."""
    return once(all_findings(store))


def test_the_network_has_one_edge_a_result(whole, results):
    """No result is lost, and none is drawn twice."""
    assert sorted(data["finding"] for _, _, data in whole.edges(data=True)) == [row["finding"] for row in results]


def test_a_finding_that_tells_a_result_again_is_named_where_the_result_is_drawn(whole, whole_page, store):
    """Of every linked pair one line is drawn, and its tooltip and row tell of the other."""
    pairs = {(row["finding"], row["repeats"]) for row in all_findings(store) if row["repeats"]}
    assert len(pairs) >= 15
    lines = drawn(whole_page, "edges")
    tooltips = {finding: edge["title"] for edge in lines for finding in edge["findings"]}
    cells = {row["finding"]: row["toldAlso"] for row in table_rows(whole)}
    for again, first in ((local_name(one), local_name(other)) for one, other in pairs):
        assert again not in tooltips
        assert again in tooltips[first].partition("told also in ")[2]
        assert again in cells[first]


def test_drawn_edges_and_table_rows_are_the_same_findings(whole_page, ego_page):
    """What is drawn and what the table lists are equal."""
    for html in (whole_page, ego_page):
        assert findings_of(html) == rows_below(html) != []


def test_the_whole_map_draws_every_result(review):
    """--all leaves nothing out, and says how many there are."""
    whole = draw(review.store, None, everything=True, limit=20)
    results = once(all_findings(review.store))
    assert len(findings_of(whole.html)) == len(results)
    assert whole.summary.startswith(f"{len(results)} results between ")


def test_an_ego_view_has_at_most_twenty_constructs_by_default(ego_page):
    """More than that is not legible."""
    assert len(constructs(ego_page)) <= 20


def test_what_an_ego_view_leaves_out_is_said(store):
    """The summary counts the constructs that were left out."""
    drawn_map = draw(store, "attachment-avoidance", everything=False, limit=5)
    assert len(constructs(drawn_map.html)) == 5
    assert re.search(r"\d+ more constructs with \d+ results about it are left out", drawn_map.summary)


def test_the_middle_is_the_construct_with_the_most_findings(store):
    """Without a wish, the busiest construct is shown."""
    assert in_the_middle(store) == "self-compassion"


def test_what_is_near_is_chosen_from_counts_as_from_the_findings_themselves(whole, store):
    """Cells count what a reader of all findings would, retellings, mediations and narrower constructs included."""
    for iri in store.select("SELECT DISTINCT ?construct WHERE { ?construct a ca:Construct }").column("construct"):
        below = store.select(f"SELECT DISTINCT ?each WHERE {{ ?each ca:within <{iri}> }}").column("each")
        centres = {local_name(str(each)) for each in below} & set(whole)
        chosen, left_out = ego(whole, centres, legible_limit(bundled(rows_of(whole)), centres))
        near = nearby(store, str(iri))
        assert near.findings == tuple(str(row["finding"]) for row in rows_of(chosen))
        assert (near.left_out, near.more) == (left_out, 0)


def test_no_more_lines_are_drawn_than_can_be_told_apart(store, monkeypatch):
    """Some of each pair are drawn; the rest on these constructs, and constructs that are not drawn, are counted."""
    attachment = "https://w3id.org/compassion-attachment/construct/attachment"
    whole = nearby(store, attachment)
    monkeypatch.setattr("kg.nearby.MOST_LINES", 10)
    cut = nearby(store, attachment)
    assert len(cut.findings) == 10
    assert set(cut.findings) < set(whole.findings)
    on = {str(row["finding"]): set(roles(row).values()) for row in all_findings(store)}
    boxes, more = (set().union(*(on[each] for each in near.findings)) for near in (whole, cut))
    assert cut.left_out == whole.left_out + len(boxes - more)
    assert cut.more == sum(on[each] <= more for each in set(whole.findings) - set(cut.findings))


@pytest.mark.parametrize("centre", ["mindfulness-of-voices", "severity-of-voices", "self-compassion"])
def test_an_ego_view_keeps_exactly_the_findings_in_which_its_centre_has_a_role(whole, centre):
    """Subject, object, mediator or moderator: no role loses a finding, and no other finding comes in."""
    chosen, _ = ego(whole, [centre], len(whole))
    assert rows_of(chosen) == [row for row in rows_of(whole) if centre in roles(row).values()]


def test_what_is_linked_through_a_mediator_is_there_around_either_end(graph):
    """The subject of a mediation finds it on its map, though the edge runs from the mediator."""
    mediation = "dudley-2018-p07"  # mindfulness of voices, through self-compassion, to severity of voices
    for end in ("mindfulness-of-voices", "severity-of-voices", "self-compassion"):
        assert mediation in {key for *_, key in graph.network(around=end).edges(keys=True)}
        assert mediation in findings_of(draw(graph.store, end, everything=False, limit=100).html)


def test_three_lines_of_a_mediation_meet_in_a_dot_that_says_so(store):
    """All three constructs of a mediation or moderation are joined, and the outcome stands at the dot."""
    html = draw(store, "severity-of-voices", everything=False, limit=20).html
    lines = [edge for edge in drawn(html, "edges") if "dudley-2018-p07" in edge["findings"]]
    dot = next(node for node in drawn(html, "nodes") if node["id"] == "finding/dudley-2018-p07")
    assert {(line["from"], line["to"]) for line in lines} == {
        ("mindfulness-of-voices", dot["id"]),
        ("self-compassion", dot["id"]),
        (dot["id"], "severity-of-voices"),
    }
    assert dot["label"] == "yes"


def test_mediations_of_one_triple_share_a_dot_that_counts_their_verdicts(store):
    """What some find and others do not is one mark that says both, and no mark lies on another."""
    html = draw(store, "attachment-avoidance", everything=False, limit=None).html
    dots = [node for node in drawn(html, "nodes") if node["id"].startswith("finding/")]
    ends = {}
    for edge in drawn(html, "edges"):
        for dot in {edge["from"], edge["to"]} & {node["id"] for node in dots}:
            ends.setdefault(dot, []).append(({edge["from"], edge["to"]} - {dot}).pop())
    lines = [edge for edge in drawn(html, "edges") if len(edge["findings"]) > 1]
    contrary = [dot for dot in dots if re.fullmatch(r"yes \d+, no \d+", dot["label"])]
    assert contrary
    assert lines
    assert len({tuple(each) for each in ends.values()}) == len(dots)


def test_no_two_dots_lie_on_each_other(whole):
    """Around the busiest construct, on a wide screen and on a tall one."""
    chosen = legible(whole, ["attachment-avoidance"])
    for where in positions(chosen, ["attachment-avoidance"]).values():
        dots = [place for node, place in where.items() if node not in chosen]
        assert len(dots) > 5
        assert all(
            abs(x - u) > 40 or abs(y - v) > 20 for index, (x, y) in enumerate(dots) for u, v in dots[index + 1 :]
        )


def test_a_name_is_broken_between_words_only():
    """A word that is longer than a line stands on a line of its own."""
    from kg.views.network_map import _wrapped

    assert _wrapped("obsessive-compulsive symptoms").split("\n") == ["obsessive-", "compulsive", "symptoms"]
    assert _wrapped("one two three four five six seven eight nine ten eleven twelve thirteen").endswith(" …")


def test_a_crowd_shows_the_names_of_its_busiest_constructs(whole, whole_page):
    """The others are points, and the tooltip has every name in full."""
    nodes = [node for node in drawn(whole_page, "nodes") if not node["id"].startswith("finding/")]
    boxes = {node["id"] for node in nodes if node["shape"] == "box"}
    assert len(nodes) == len(whole) > 100
    assert len(boxes) == 20
    assert {"self-compassion", "attachment-avoidance", "depression"} < boxes
    assert all(node["title"].startswith(whole.nodes[node["id"]]["label"]) for node in nodes)


# --- around an umbrella ----------------------------------------------------------------------


def test_an_umbrella_includes_the_findings_of_what_is_narrower(graph):
    """Map, network and records around insecure attachment hold the results about attachment avoidance."""
    narrower = {key for *_, key in graph.network(around="attachment-avoidance").edges(keys=True)}
    drawn_map = draw(graph.store, "insecure-attachment", everything=False, limit=100)
    for around in (
        {record.id for record in graph.findings(around="insecure-attachment")},
        {key for *_, key in graph.network(around="insecure-attachment").edges(keys=True)},
        set(findings_of(drawn_map.html)),
    ):
        assert narrower < around


@pytest.mark.parametrize("around", ["insecure-attachment", "self-compassion", "severity-of-voices", "attachment"])
def test_records_and_network_around_a_construct_are_the_same_findings(graph, around):
    """Two ways to ask one thing give one answer: a record that is no edge is told at the edge of the same result."""
    records = {record.id for record in graph.findings(around=around)}
    edges = list(graph.network(around=around).edges(keys=True, data="toldAlso"))
    told_also = {each.split(" ", 1)[0] for *_, others in edges for each in (others or "").split("; ") if each}
    assert edges
    assert records == {key for _, _, key, _ in edges} | (told_also & records)
    assert not told_also & {key for _, _, key, _ in edges}


def test_the_page_names_the_narrower_constructs_that_it_includes(store):
    """What was rolled up is said on the page."""
    drawn_map = draw(store, "insecure-attachment", everything=False, limit=20)
    assert "Narrower constructs are included: anxiety over relationships, anxious attachment" in drawn_map.summary
    assert drawn_map.summary in drawn_map.html


def test_a_title_is_a_label_even_where_the_construct_itself_has_no_finding(store):
    """The umbrella is called by its label, not by its slug."""
    html = draw(store, "attachment", everything=False, limit=20).html
    assert "<title>What was found about attachment</title>" in html


def test_nothing_found_is_an_error_and_not_an_empty_page(store):
    """Around a construct without findings there is nothing to draw."""
    with pytest.raises(NothingFound, match="nothing was found about soothing system or anything narrower"):
        draw(store, "soothing-system", everything=False, limit=20)


@pytest.mark.parametrize("around", [[], ["self-compassion"], ["attachment-anxiety", "attachment-avoidance", "anxiety"]])
def test_no_box_touches_another(whole, around):
    """On a wide screen and on a tall one."""
    drawn_map = legible(whole, around) if around else whole
    for where in positions(drawn_map, around).values():
        boxes = named(drawn_map, around)
        places = sorted(((where[node], node in boxes) for node in drawn_map.nodes), key=lambda place: not place[1])
        for index, ((x, y), box) in enumerate(places):
            for (u, v), other in places[index + 1 :]:
                wide, high = (176, 70) if box and other else (100, 45) if box else (30, 20)
                assert abs(x - u) > wide or abs(y - v) > high


def test_the_dots_of_mediations_lie_under_no_box(whole):
    """A dot that a box hides would hide a finding."""
    chosen, _ = ego(whole, ["self-compassion"], 20)
    for where in positions(chosen, ["self-compassion"]).values():
        for dot, (x, y) in where.items():
            if dot not in chosen:
                assert all(abs(x - where[node][0]) > 90 or abs(y - where[node][1]) > 40 for node in chosen.nodes)


def test_the_same_page_is_the_same_bytes(store, ego_page, review):
    """Drawing twice gives one page, around a construct and of everything: a reload shows the same picture."""
    assert draw(store, "self-compassion", everything=False, limit=None).html == ego_page
    once, again = (draw(review.store, None, everything=True, limit=20).html for _ in range(2))
    assert once == again


def test_parallel_findings_have_curves_of_their_own(ego_page):
    """Several findings on one pair never coincide."""
    curves = {}
    for edge in drawn(ego_page, "edges"):
        if edge["id"] not in edge["findings"]:
            continue  # a line to a dot, of which each finding has its own
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
    dots = {node["id"] for node in drawn(ego_page, "nodes") if node["label"].strip()}
    told = {
        finding
        for edge in drawn(ego_page, "edges")
        if edge.get("label", "").strip() or {edge["from"], edge["to"]} & {dot for dot in dots if "/" in dot}
        for finding in edge["findings"]
    }
    assert told.issuperset(findings_of(ego_page))


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
        data.update(statement=HOSTILE, printed=HOSTILE, study=HOSTILE, note=HOSTILE, source=HOSTILE)
    html = page(graph, Caption(HOSTILE, HOSTILE, HOSTILE, "1"), ["self-compassion"])
    assert "<script>alert" not in html
    assert "<img" not in html
    assert len(constructs(html)) == len(graph)


@pytest.mark.parametrize(
    ("support", "significance", "direction", "name"),
    [
        (None, "significant", "positive", "positive"),
        (None, "significant", "negative", "negative"),
        (None, "not-significant", "negative", "null"),
        (None, "not-reported", "negative", "negative-unclear"),
        (None, "not-reported", "positive", "positive-unclear"),
        (None, "significant", "not-reported", "unsigned"),
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
    """Statement, where it was read and certainty stand in each row."""
    assert all(row["statement"] and row["source"] and row["certainty"] for row in table_rows(whole))


def test_table_and_tooltip_name_what_was_read_and_how_it_was_measured(whole, whole_page):
    """A locator is a place in the review: both tell the review, the measures, the sample size and the note."""
    row = next(
        row for row in rows_of(whole) if row["note"] and row["subjectMeasure"] and row["sampleSize"] and row["value"]
    )
    key = str(row["finding"]).rsplit("/", 1)[1]
    cells = next(cells for cells in table_rows(whole) if cells["finding"] == key)
    tooltip = next(edge["title"] for edge in drawn(whole_page, "edges") if key in edge["findings"])
    for told in (
        f"read in {row['source']}, {row['locator']}",
        f"{row['subject']}: {row['subjectMeasure']}",
        f"{row['sampleSize']:,}",
        str(row["note"]),
    ):
        assert told in tooltip
        assert any(told in cell for cell in cells.values())


def test_a_map_of_the_busiest_construct_can_be_read(whole):
    """At most 60 findings, and never fewer than five constructs."""
    chosen = legible(whole, ["self-compassion"])
    assert len(chosen) >= 5
    assert chosen.number_of_edges() <= 60 < ego(whole, ["self-compassion"], 20)[0].number_of_edges()


def test_a_number_in_the_units_of_a_questionnaire_makes_no_thick_line():
    """Beyond 1 it is no correlation, and its size says nothing."""
    assert line_width(Decimal("-2.04")) == line_width(None) < line_width(Decimal("-0.3"))


def test_no_edge_of_a_wide_fan_goes_far_afield():
    """However many findings there are on one pair, the outermost bends no more than its neighbours of a small fan."""
    from kg.views.network_map import _curve

    assert max(_curve(index, 30, True, 400)["roundness"] for index in range(30)) < 0.7
    assert max(_curve(index, 30, True, 4000)["roundness"] for index in range(30)) * 4000 / 2 < 200


def hashed(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_page_lets_its_own_scripts_run(ego_page):
    """Both that it brings, by their hashes, in its head: as a file it is guarded too."""
    scripts = re.findall(r"<script>(.*?)</script>", ego_page, re.DOTALL)
    told = policy_of(ego_page).partition("script-src ")[2].partition(";")[0].split()
    assert told == [hashed(script) for script in scripts]
    assert len(told) == 2


def test_a_script_that_the_page_did_not_bring_does_not_run():
    """Whatever stands in the body, the policy names what was handed in and no more."""
    html = '<head>\n<meta charset="utf-8">\n<title>x</title></head><script>alert(1)</script><script>own()</script>'
    policy = policy_of(guarded(html, ["own()"]))
    assert hashed("own()") in policy
    assert hashed("alert(1)") not in policy
