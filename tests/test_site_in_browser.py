"""The frozen site in a real Chromium, below a sub-path of a plain file server. Run by .ci/run."""

import re
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from browsing import watched

from kg.errors import MissingPart
from kg.pages.library import Library
from kg.pages.searching import search
from kg.questions import find_question
from kg.resources import shipped
from kg.site import oxigraph
from kg.site.freezing import freeze
from kg.site.making import Maker

pytestmark = pytest.mark.browser
QUESTION = "findings-between"
SHOWN = ["/", "/search", "/sparql", "/names", "/construct/self-compassion", "/gaps", "/network"]
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


class Quiet(SimpleHTTPRequestHandler):
    """Python's file server, without its log."""

    def log_message(self, *said):
        """Nothing."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """Oxigraph for browsers, fetched by npm unless it is here."""
    if not shutil.which("npm"):
        pytest.skip("no npm here (Debian: npm), which fetches Oxigraph for browsers")
    try:
        return oxigraph.fetched()
    except MissingPart:
        return oxigraph.fetch()


@pytest.fixture(scope="module")
def address(review, engine, tmp_path_factory):
    """Where a few pages of the review's site are served, with all of its graph."""
    host = tmp_path_factory.mktemp("host")
    few = [each for each in Maker(review.store, asks=True).start() if each.path in (*SHOWN, "/kg.nq")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Maker, "start", lambda maker: list(few))
        patch.setattr("kg.site.freezing.follow", lambda address: False)
        freeze(review.store, host / "below" / "atlas", engine, lambda step: None)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(host)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/below/atlas"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(chromium):
    page = watched(chromium.new_page(viewport={"width": 1200, "height": 900}))
    yield page
    page.close()


def ask(page, query):
    page.fill("#query", query)
    page.locator("form button[type=submit]", has_text="Ask").click()


def answered(page):
    """What the page tells once the engine has answered."""
    told(page, re.compile(r"^[^…]+$"))
    return page.locator("#told").inner_text()


def told(page, words):
    from playwright.sync_api import expect

    expect(page.locator("#told")).to_have_text(words, timeout=60_000)


def test_the_engine_in_the_browser_gives_the_rows_of_the_store(page, address, review):
    """A question with its prefixes left out: as many rows, the same statements in the same order."""
    question = find_question(shipped(), QUESTION)
    rows = review.store.select(question.text)
    page.goto(f"{address}/sparql/")
    ask(page, question.text)
    assert answered(page) == f"{len(rows)} rows"
    column = rows.columns.index("study") + 1
    shown = page.locator(f"#answered tbody td:nth-child({column})").all_inner_texts()
    assert shown == [str(each) for each in rows.column("study")]
    assert page.complaints == []
    assert [url for url in page.asked if not url.startswith(address)] == []


def test_a_query_that_never_ends_is_stopped_and_the_next_is_answered(page, address):
    """The page stays alive meanwhile."""
    page.goto(f"{address}/sparql/")
    ask(page, ENDLESS)
    told(page, re.compile("^Asking"))
    page.get_by_role("button", name="Stop").click()
    assert answered(page).startswith("Stopped")
    ask(page, "ASK { construct:self-compassion ?p ?o }")
    assert answered(page) == "1 row"


def test_nothing_can_be_asked_before_the_page_can_answer(page, address):
    """A browser that sent the form itself would lose the question."""
    page.route("**/site-sparql.js", lambda route: route.abort())
    page.goto(f"{address}/sparql/")
    assert page.locator("form button[type=submit]", has_text="Ask").is_disabled()


def test_a_wrong_query_is_told_by_its_own_place(page, address):
    """The prefixes that were put before it are not counted."""
    page.goto(f"{address}/sparql/")
    ask(page, "SELECT nonsense")
    assert answered(page).startswith("Not answered: error at 1:16")


def test_a_query_in_the_address_is_in_the_field(page, address):
    """A link to a query, as other pages have it."""
    from playwright.sync_api import expect

    page.goto(f"{address}/sparql/?query=ASK+%7B+%7D")
    expect(page.locator("#query")).to_have_value("ASK { }")


@pytest.mark.parametrize("words", ["scs", "self-compassion", "anx", "secure attach", "nothing at all"])
def test_search_finds_what_the_served_atlas_finds(page, address, review, words):
    """The same things in the same order."""
    found = [iri for iri, _, _ in search(Library(review.store), words)]
    page.goto(address + "/")
    page.locator("#find").fill(words)
    page.locator("#find").press("Enter")
    page.locator("#found-here").get_by_text(words).first.wait_for()
    links = page.locator("#found-here td a").evaluate_all("found => found.map(each => each.pathname)")
    assert [path.removeprefix("/below/atlas/").strip("/") for path in links] == [
        iri.partition("compassion-attachment/")[2] for iri in found
    ]


@pytest.mark.parametrize("path", SHOWN)
def test_a_page_asks_for_nothing_from_elsewhere_and_complains_of_nothing(page, address, path):
    """Under the policy that stands in its head."""
    page.goto(address + path.rstrip("/") + "/")
    page.wait_for_load_state("networkidle")
    assert [url for url in page.asked if not url.startswith(address)] == []
    assert page.complaints == []


@pytest.mark.parametrize("path", ["/sparql/", "/search/?q=scs"])
def test_axe_finds_no_violation(page, address, path):
    """On the two pages that a site has otherwise than a server; the first with an answer on it."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page.goto(address + path)
    if path == "/sparql/":
        ask(page, "SELECT * { ?study a ca:Study } ORDER BY ?study LIMIT 5")
        answered(page)
    page.wait_for_load_state("networkidle")
    levels = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = axe.run(page, options={"runOnly": {"type": "tag", "values": levels}})
    assert found.violations_count == 0, found.generate_report()
