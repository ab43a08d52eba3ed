"""The map in a real Chromium: nothing from outside, no error, legible. Run by .ci/run."""

import pytest
from browsing import watched

from kg.figures import plotted
from kg.flows import Flow, Tally
from kg.gap_maps import gaps, written
from kg.maps import draw
from kg.views import flow

pytestmark = pytest.mark.browser


@pytest.fixture(params=[(1440, 1000), (390, 844)], ids=["desktop", "phone"])
def load(request, chromium, tmp_path):
    """Opens a page, as a desktop and as a phone do; with what it asked for and complained of."""
    width, height = request.param
    page = watched(chromium.new_page(viewport={"width": width, "height": height}))

    def loaded(html):
        file = tmp_path / "page.html"
        file.write_text(html, encoding="utf-8")
        page.goto(file.as_uri())
        return page

    yield loaded
    page.close()


@pytest.fixture(scope="module")
def ego_map(store):
    return draw(store, "self-compassion", everything=False, limit=None).html


@pytest.fixture
def opened(load, ego_map):
    """The ego map, drawn."""
    page = load(ego_map)
    page.wait_for_timeout(500)
    return page


def test_the_page_asks_for_nothing_but_itself(opened):
    """One request: the file."""
    assert [url for url in opened.asked if not url.startswith("data:")] == [opened.url]


def test_the_page_has_no_complaint(opened):
    """No error and no warning in the console."""
    assert opened.complaints == []


def test_every_finding_is_drawn_and_listed(opened):
    """The drawing library holds the findings that the table has as rows."""
    listed = opened.evaluate("[...document.querySelectorAll('tbody tr')].map(row => row.id)")
    assert sorted(set(opened.evaluate("edges.get().flatMap(edge => edge.findings)"))) == listed != []


def test_boxes_do_not_overlap(opened):
    """Every construct can be read: no two boxes cover each other."""
    boxes = opened.evaluate("nodes.getIds().map(id => network.getBoundingBox(id))")
    for index, one in enumerate(boxes):
        for other in boxes[index + 1 :]:
            apart = (
                one["right"] <= other["left"]
                or other["right"] <= one["left"]
                or one["bottom"] <= other["top"]
                or other["bottom"] <= one["top"]
            )
            assert apart, (one, other)


def test_a_reload_shows_the_same_picture(opened):
    """Positions do not move."""
    before = opened.evaluate("network.getPositions()")
    opened.reload()
    opened.wait_for_timeout(300)
    assert opened.evaluate("network.getPositions()") == before


def test_the_picture_is_not_blank(opened):
    """The canvas has more than one colour."""
    colours = opened.evaluate(
        """() => { const c = document.querySelector('canvas'); const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
             const seen = new Set(); for (let i = 0; i < d.length; i += 64) seen.add(d[i] + ',' + d[i+1] + ',' + d[i+2]); return seen.size; }"""
    )
    assert colours > 5


def test_the_whole_drawing_is_in_sight(opened):
    """Every box lies within the canvas, on a phone too, and the page is no wider than the screen."""
    outside = opened.evaluate(
        """() => nodes.getIds().filter(id => { const b = network.getBoundingBox(id);
             const [one, other] = [{x: b.left, y: b.top}, {x: b.right, y: b.bottom}].map(p => network.canvasToDOM(p));
             return one.x < 0 || one.y < 0 || other.x > place.clientWidth || other.y > place.clientHeight; })"""
    )
    assert outside == []
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_wheel_scrolls_the_page_and_zooms_only_with_ctrl(opened):
    """The drawing does not trap who only reads on."""
    scale = opened.evaluate("network.getScale()")
    opened.locator("#mynetwork").hover()
    opened.mouse.wheel(0, 200)
    opened.wait_for_timeout(300)
    assert (opened.evaluate("network.getScale()"), opened.evaluate("scrollY > 0")) == (scale, True)
    opened.keyboard.down("Control")
    opened.mouse.wheel(0, -100)
    opened.keyboard.up("Control")
    opened.wait_for_timeout(300)
    assert opened.evaluate("network.getScale()") > scale


def test_buttons_zoom_and_bring_everything_back(opened):
    """Plus, minus and Reset are buttons that a keyboard reaches."""
    scale = opened.evaluate("network.getScale()")
    opened.get_by_role("button", name="Zoom in").press("Enter")
    assert opened.evaluate("network.getScale()") > scale
    opened.get_by_role("button", name="Reset").press("Enter")
    assert opened.evaluate("network.getScale()") == pytest.approx(scale)


def test_a_finding_chosen_in_the_table_is_shown_on_the_map(opened):
    """A row marks itself and its line, and its words stand under the drawing."""
    row = opened.locator("tbody tr").first
    finding = row.get_attribute("id")
    row.get_by_role("link").click()
    assert finding in opened.evaluate("network.getSelectedEdges().flatMap(id => edges.get(id).findings)")
    assert "lit" in row.get_attribute("class")
    assert "read in" in opened.locator("#chosen").inner_text()


# --- the gap map -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def gap_page(store):
    return written(store, gaps(store), ".html")


@pytest.fixture
def gap_map(load, gap_page):
    """The gap map."""
    return load(gap_page)


def test_the_gap_map_asks_for_nothing_but_itself_and_complains_of_nothing(gap_map):
    """One request, no message."""
    assert (gap_map.asked, gap_map.complaints) == ([gap_map.url], [])


def test_a_cell_of_the_gap_map_leads_to_its_findings(gap_map):
    """One click: the heading of the pair is in sight."""
    gap_map.click("a[href='#self-compassion--attachment-avoidance']")
    assert gap_map.locator("#self-compassion--attachment-avoidance").is_visible()
    top = gap_map.evaluate(
        "document.getElementById('self-compassion--attachment-avoidance').getBoundingClientRect().top"
    )
    assert -1 <= top < 800


def test_the_gap_map_does_not_scroll_sideways_as_a_whole(gap_map):
    """The matrix scrolls in its own frame; the page stays put."""
    assert gap_map.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def violations(page):
    """What axe-core finds against WCAG 2.2, levels A and AA."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    levels = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = axe.run(page, options={"runOnly": {"type": "tag", "values": levels}})
    return found.generate_report() if found.violations_count else ""


def test_axe_finds_no_violation_on_the_network_map(opened):
    """The map and its table."""
    assert violations(opened) == ""


def test_axe_finds_no_violation_on_the_gap_map(gap_map):
    """The matrix and its findings."""
    assert violations(gap_map) == ""


# --- figures ---------------------------------------------------------------------------------

KINDS = ["effect-direction", "harvest", "albatross", "funnel", "flow"]
#: Two texts that share more than a hair's breadth, and texts that stand out of the figure.
COLLISIONS = """() => {
  const svg = document.querySelector('svg'), frame = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll('text')].filter(each => each.textContent.trim());
  const boxes = texts.map(each => [each.textContent.trim(), each.getBoundingClientRect()]);
  const found = boxes.filter(([, b]) => b.left < frame.left - 1 || b.top < frame.top - 1 || b.right > frame.right + 1
    || b.bottom > frame.bottom + 1).map(([text]) => 'out: ' + text);
  boxes.forEach(([one, a], index) => boxes.slice(index + 1).forEach(([other, b]) => {
    if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3)
      found.push(one + ' | ' + other);
  }));
  return found;
}"""


@pytest.fixture(scope="module", params=KINDS)
def figure_page(request, store):
    """Each kind of figure, in a page of its own."""
    if request.param == "flow":
        told = Flow("Oak (1901)", (Tally("identified-databases", 900, ""), Tally("screened", 700, "")))
        svg = flow.figure(told, "review-flow", "0").svg
    elif request.param == "funnel":
        pytest.importorskip("meta_analyze")
        mixed = {"mix_measures": True, "mix_constructs": True}
        svg, _ = plotted(store, "funnel", "fear-of-compassion", "insecure-attachment", ".svg", mixed)
    else:
        svg, _ = plotted(store, request.param, "self-compassion", "attachment-avoidance", ".svg", {})
    return (
        f"<!doctype html><html lang='en'><meta name='viewport' content='width=device-width'><title>A figure</title>"
        f"<main><h1>A figure</h1>{svg}</main></html>"
    )


@pytest.fixture
def figure(load, figure_page):
    return load(figure_page)


def test_no_text_of_a_figure_covers_another_or_is_cut_off(figure):
    """Every word can be read."""
    assert figure.evaluate(COLLISIONS) == []


def test_axe_finds_no_violation_on_a_figure(figure):
    """Names, contrast and roles."""
    assert violations(figure) == ""
