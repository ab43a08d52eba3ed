"""The atlas in a real Chromium: wide and narrow, light and dark, with and without scripts. Run by .ci/run."""

import threading
import time
from pathlib import Path

import pytest
from browsing import watched
from test_pages import PAIR, TYPES

from kg.serve.app import application

pytestmark = pytest.mark.browser
#: Width and height, colours, and whether scripts run.
READERS = {
    "desk": (1440, 900, "light", True),
    "desk without scripts, dark": (1440, 900, "dark", False),
    "phone, dark": (360, 740, "dark", True),
    "phone without scripts": (360, 740, "light", False),
}
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def site(review):
    """Where the atlas of the review is served."""
    uvicorn = pytest.importorskip("uvicorn", reason="pip install 'compassion-attachment-kg[serve]'")
    server = uvicorn.Server(uvicorn.Config(application(review.store), port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def opened(browser, site, address, reader="desk"):
    """A page as a reader sees it, with what it asked for and complained of."""
    width, height, colours, scripts = READERS[reader]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=colours, java_script_enabled=scripts
    )
    page = watched(context.new_page())
    page.goto(site + address)
    return page


def violations(page):
    """What axe-core, which is a script itself, finds against WCAG 2.2, levels A and AA."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page, options={"runOnly": {"type": "tag", "values": LEVELS}})
    return found.generate_report() if found.violations_count else ""


@pytest.fixture(scope="module", params=["desk", "phone, dark", "phone without scripts"])
def reader(request):
    return request.param


@pytest.fixture(scope="module")
def window(chromium, site, reader):
    """The window of a reader, who opens page after page in it."""
    page = opened(chromium, site, "/", reader)
    yield page
    page.context.close()


@pytest.fixture(params=[*TYPES.values(), "/network/free-form"], ids=[*TYPES, "free-form"])
def page(request, site, window):
    """A page of each type, as each reader sees it."""
    window.asked.clear()
    window.complaints.clear()
    window.goto(site + request.param)
    return window


def test_a_page_can_be_read_by_everybody(page, reader, site):
    """It asks for nothing outside, complains of nothing, scrolls only downwards, and axe has nothing against it."""
    complaints = [
        each for each in page.complaints if "404" not in each
    ]  # the error page is a 404, and Chromium says so
    assert complaints == []
    assert [url for url in page.asked if not url.startswith((site, "data:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if READERS[reader][3]:
        assert violations(page) == ""


def test_a_keyboard_reaches_every_finding_of_a_pair(chromium, site):
    """Tab after tab, each link of the table gets the focus, and it can be seen."""
    page = opened(chromium, site, PAIR)
    wanted = set(page.evaluate("[...document.querySelectorAll('#findings a[href^=\"/finding/\"]')].map(a => a.href)"))
    reached = set()
    for _ in range(150):
        page.keyboard.press("Tab")
        told = page.evaluate(
            "() => { const a = document.activeElement; return [a.href, getComputedStyle(a).outlineStyle]; }"
        )
        if told[0] in wanted:
            assert told[1] != "none"
            reached.add(told[0])
    assert reached == wanted != set()
    page.context.close()


def test_the_first_tab_leads_past_the_menu(chromium, site):
    """The skip link comes first, can be seen, and leads to the content."""
    page = opened(chromium, site, PAIR)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.context.close()


def test_a_heading_sorts_its_table(chromium, site):
    """Numbers by size, and the other way round at the second press."""
    page = opened(chromium, site, "/construct/self-compassion")
    heading = page.locator("#pairs thead button", has_text="Findings")
    numbers = "[...document.querySelectorAll('#pairs tbody tr')].map(row => Number(row.cells[1].textContent))"
    heading.press("Enter")
    assert page.evaluate(numbers) == sorted(page.evaluate(numbers))
    heading.press("Enter")
    assert page.evaluate(numbers) == sorted(page.evaluate(numbers), reverse=True)
    page.context.close()


def test_a_filtered_view_is_the_same_in_a_fresh_browser(chromium, site):
    """What was chosen stands in the address, and the address alone gives the same rows."""
    page = opened(chromium, site, "/finding")
    whole = page.locator("#findings tbody tr").all_inner_texts()
    page.select_option("#choice-significance", "not-significant")
    page.select_option("#choice-certainty", "high")
    page.get_by_role("button", name="Filter").click()
    page.wait_for_url("**significance=not-significant**")
    rows = page.locator("#findings tbody tr").all_inner_texts()
    fresh = opened(chromium, site, page.url.removeprefix(site), "phone without scripts")
    assert fresh.locator("#findings tbody tr").all_inner_texts() == rows
    assert 0 < len(rows) < len(whole)
    page.context.close()
    fresh.context.close()


def test_what_is_not_near_steps_back_in_the_network(chromium, site):
    """Where the focus rests on a finding, the others fade."""
    page = opened(chromium, site, "/network?around=self-compassion")
    page.locator("svg.network a[href^='/finding/']").first.focus()
    assert page.locator("svg.network .back").count() > 0
    page.context.close()


def test_a_line_of_the_overview_opens_in_place_and_going_back_closes_it(chromium, site):
    """By keyboard: the page keeps its place, the focus is on the findings, and the address can be shared."""
    page = opened(chromium, site, "/network")
    page.locator("svg.network a[data-expands]").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#expanded:focus")
    address = page.locator("svg.network a[href^='/finding/']").count(), page.url
    page.go_back()
    page.wait_for_selector("#expanded", state="detached")
    assert (address[0] > 0, "pair=" in address[1]) == (True, True)
    page.context.close()


#: What a theorist asks (README) -> where to click, at most four times, and what then stands on the page.
WALKS = {
    "Are more self-compassionate people less avoidant in attachment?": (
        ["header nav >> text=Gap map", "table.gaps td a[href='/pair/attachment-avoidance/self-compassion']",
         "#findings a[href='/finding/mackintosh-2018-01']"],
        "printed as r = -0.25, p = 0.033",
    ),
    "What has nobody studied?": (
        ["header nav >> text=Gap map", "table.gaps td.never a >> nth=0"],
        "nobody has looked, as far as this graph knows",
    ),
    "Which claims does the evidence speak against?": (
        ["header nav >> text=Theory", ".contents >> text=What speaks against them",
         "#contrary a[href^='/finding/'] >> nth=0"],
        "disputes",
    ),
    "Where do studies disagree, and may it be chance?": (
        ["header nav >> text=Conflicts", ".contents a >> nth=0"],
        "May it be chance?",
    ),
    "How is self-compassion measured, and what was it studied with?": (
        ["footer >> text=Constructs", "main a[href='/construct/self-compassion']"],
        "Self-Compassion Scale",
    ),
    "What is a therapy said to do, and on what evidence?": (
        ["footer >> text=Therapies", "main a[href='/therapy/attachment-based-therapy']",
         "main a[href='/therapy-claim/tc-abt-effectiveness-still-studied']"],
        "Attachment-based therapy (n.d.)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("question", WALKS)
def test_a_theorist_finds_the_answer_by_clicks_alone(chromium, site, question):
    """From the first page, without a script or a query, in at most four clicks."""
    clicks, answer = WALKS[question]
    page = opened(chromium, site, "/", "desk without scripts, dark")
    assert len(clicks) <= 4
    for place in clicks:
        page.locator(place).first.click()
    assert answer in page.locator("main").inner_text()
    page.context.close()


def test_the_questions_of_the_walks_are_those_of_the_readme():
    """What is promised is what is walked."""
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    assert [question for question in WALKS if f"| {question} |" not in readme] == []


def test_the_editor_offers_names_and_leaves_by_the_keyboard(chromium, site):
    """Down and Enter take a name; Tab indents, and after Esc it leaves; Ctrl+Enter asks."""
    page = opened(chromium, site, "/sparql")
    page.fill("#query", "")
    page.locator("#query").press_sequentially("ASK { construct:self-compassio")
    page.locator("#editor-offers [role=option]").first.wait_for()
    assert violations(page) == ""
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("#query").press_sequentially(" ?p ?o }")
    page.keyboard.press("Tab")
    assert page.input_value("#query").endswith("?o }  ")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") != "query"
    page.locator("#query").press("Control+Enter")
    page.wait_for_url("**query=ASK**")
    page.context.close()


def test_an_error_of_a_query_is_told_at_its_line(chromium, site):
    """The number of the line is marked, and the cursor stands where the error is."""
    page = opened(chromium, site, "/sparql?query=SELECT+*%0AWHERE+%7B%0A++%3Fa+nonsense%0A%7D")
    assert page.locator(".lines .wrong").inner_text() == "3"
    page.context.close()
