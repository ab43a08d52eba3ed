"""The map in a real Chromium: nothing from outside, no error, legible. Run by .ci/run."""

import pytest

from kg.maps import draw

pytestmark = pytest.mark.browser
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def chromium():
    api = pytest.importorskip("playwright.sync_api", reason="pip install 'compassion-attachment-kg[browser]'")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=[(1440, 1000), (390, 844)], ids=["desktop", "phone"])
def opened(request, chromium, store, tmp_path):
    """The ego map, loaded; with what it asked for and complained of."""
    file = tmp_path / "map.html"
    file.write_text(draw(store, "self-compassion", everything=False, limit=20).html, encoding="utf-8")
    width, height = request.param
    page = chromium.new_page(viewport={"width": width, "height": height})
    page.asked, page.complaints = [], []
    page.on("request", lambda asked: page.asked.append(asked.url))
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(file.as_uri())
    page.wait_for_timeout(500)
    yield page
    page.close()


def test_the_page_asks_for_nothing_but_itself(opened):
    """One request: the file."""
    assert [url for url in opened.asked if not url.startswith("data:")] == [opened.url]


def test_the_page_has_no_complaint(opened):
    """No error and no warning in the console."""
    assert opened.complaints == []


def test_every_finding_is_drawn_and_listed(opened):
    """The drawing library holds as many edges as the table has rows."""
    assert opened.evaluate("edges.length") == opened.locator("tbody tr").count() > 0


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
