"""The explorer over HTTP: what a browser is told besides the pages, and what the server refuses."""

import socket
import subprocess
import sys
import threading

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from kg.cli import main
from kg.names import BASE
from kg.serve.app import POLICY, application
from kg.serve.keeping import Kept
from kg.serve.making import Making, Patience
from kg.store.remote import Remote


@pytest.fixture(scope="module")
def client(review):
    with TestClient(application(review.store), raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize("path", ["/construct/self-compassion", "/static/atlas.css", "/nowhere", "/construct.csv"])
def test_every_response_has_the_strict_policy(client, path):
    """Pages, errors, files and style sheets alike; nothing inline is allowed."""
    headers = client.get(path).headers
    assert headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/construct/self-compassion/", "text/html; charset=utf-8"),
        ("/construct/self-compassion.csv", "text/csv; charset=utf-8"),
        ("/network.svg?around=self-compassion", "image/svg+xml"),
        ("/gaps.svg", "image/svg+xml"),
        ("/pair/attachment-avoidance/self-compassion.svg", "image/svg+xml"),
        ("/static/atlas.js", "text/javascript; charset=utf-8"),
        ("/static/icon.svg", "image/svg+xml"),
    ],
)
def test_what_is_there_comes_as_what_it_is(client, path, media_type):
    """Status, media type, and a tag by which a browser knows it again."""
    response = client.get(path)
    assert (response.status_code, response.headers["content-type"]) == (200, media_type)
    again = client.get(path, headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_head_tells_what_get_would(client):
    """The same headers, no body."""
    head, get = client.head("/measure/scs"), client.get("/measure/scs")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_pages_can_only_be_read(client, method):
    """405, with what is allowed, as a page."""
    response = client.request(method, "/gaps")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD"
    assert "<h1>" in response.text


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2f..%2fapp.py",
        "/static/%2e%2e/%2e%2e/errors.py",
        "/static/",
        "/construct/../../etc/passwd",
        "/%00",
        "/construct/%0d%0aSet-Cookie:%20a=b",
        "/construct/" + "x" * 5_000,
        "/pair/a",
        "/gaps.svg/x",
    ],
)
def test_a_path_that_leads_nowhere_is_told(client, path):
    """No file of the machine, no other host, no header of a stranger: a page with 404."""
    response = client.get(path, follow_redirects=False)
    assert response.status_code == 404
    assert "set-cookie" not in response.headers
    assert "location" not in response.headers


def test_a_query_beyond_reason_is_refused(client):
    """414, before anything is asked."""
    assert client.get("/search?q=" + "x" * 30_000).status_code == 414


def test_a_file_that_cannot_be_made_is_told_like_its_page(client):
    """A bad filter of a CSV is a bad filter."""
    assert client.get("/finding.csv?direction=up").status_code == 400


def test_below_a_mount_all_links_stay_there(review):
    """Behind a proxy that serves it under a path."""
    app = application(review.store, prefix="/atlas")
    page = TestClient(app, root_path="/atlas").get("/atlas/measure/scs").text
    assert 'href="/atlas/construct/self-compassion"' in page
    assert 'href="/construct' not in page


def test_a_fault_of_ours_is_told_without_its_inside(review, monkeypatch):
    """500, no traceback, no path of the machine."""
    app = application(review.store)
    monkeypatch.setattr(app.state.atlas.library, "select", lambda query: 1 / 0)
    response = TestClient(app, raise_server_exceptions=False).get("/construct/shame")
    assert response.status_code == 500
    assert "Traceback" not in response.text
    assert "ZeroDivision" not in response.text
    assert response.headers["content-security-policy"] == POLICY


def test_a_port_that_is_taken_is_told_in_one_line(built_review):
    """Exit code 2, the option, and what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(main, ["--store", str(built_review), "serve", "--port", port])
    assert result.exit_code == 2
    assert result.output.count("\n") == 1
    assert f"--port {port}: cannot listen there" in result.output


def test_the_command_needs_no_server_to_be_described():
    """--help loads neither starlette nor uvicorn."""
    code = (
        "import sys; from kg.cli import main; main(['serve', '--help'], standalone_mode=False);"
        "print(sorted({'starlette', 'uvicorn', 'jinja2'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr.strip() == "[]"


@pytest.fixture(scope="module")
def one_of_each(review):
    """An IRI of every kind that the graph names, graphs and mappings among them."""
    first = "SUBSTR(STR(?thing), 1, STRLEN(STR(?thing)) - STRLEN(REPLACE(STR(?thing), '^.*/', '')))"
    query = f"""SELECT (MIN(STR(?thing)) AS ?one) WHERE {{
      {{ SELECT DISTINCT ?thing WHERE {{ {{ ?thing ?p ?o }} UNION {{ GRAPH ?thing {{ ?s ?p ?o }} }} }} }}
      FILTER(STRSTARTS(STR(?thing), '{BASE}')) BIND({first} AS ?kind)
    }} GROUP BY ?kind ORDER BY ?kind"""
    return [str(iri) for iri in review.store.select(query).column("one")]


def test_every_iri_has_a_page_and_a_document(client, one_of_each):
    """Whatever the graph names under the base, a reader gets HTML and a program gets Turtle."""
    assert len(one_of_each) > 50
    for iri in one_of_each:
        for accept in ("text/html", "text/turtle"):
            answer = client.get("/" + iri.removeprefix(BASE), headers={"Accept": accept}, follow_redirects=True)
            assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, accept), iri


# --- what a stranger may cost -------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/gaps", "/questions/gap-matrix"])
def test_an_address_names_only_so_many_things(client, path):
    """Every construct at once is refused, with what to do, before anything is asked."""
    every = ",".join(iri.rsplit("/", 1)[1] for iri in client.app.state.atlas.library.of_kind("construct"))
    answer = client.get(f"{path}?rows={every}")
    assert answer.status_code == 400
    assert "Rows lists" in answer.text
    assert "at most 12; name something wider" in answer.text


def test_an_address_has_only_so_many_parameters(client):
    """400, before they are read."""
    assert client.get("/gaps?" + "&".join(f"p{number}=1" for number in range(401))).status_code == 400


def test_what_a_page_does_not_read_makes_no_other_page(review):
    """An address with anything else behind it is the page that is kept."""
    app = application(review.store)
    with TestClient(app) as client:
        first = client.get("/measure/scs")
        app.state.atlas.library.store = None  # nothing can be asked any more
        app.state.atlas.library._kept.clear()
        again = client.get("/measure/scs?x=1&" + "y" * 1_000)
    assert (again.status_code, again.content) == (200, first.content)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/finding", "significance=not-significant&certainty=high"),
        ("/finding.csv", "significance=not-significant"),
        ("/theory", "verdict=untested"),
        ("/gaps", "show=all"),
        ("/network", "around=self-compassion"),
        ("/search", "q=shame"),
        ("/questions/findings-between", "subject=shame"),
        ("/pair/attachment-avoidance/self-compassion", "figure=forest"),
        ("/sparql", "example=verdicts"),
    ],
)
def test_what_is_filtered_is_not_what_is_not(client, path, query):
    """A page that is kept without a filter is not given to who filters, nor the other way round."""
    whole, filtered = client.get(path), client.get(f"{path}?{query}")
    again = client.get(path)
    assert filtered.status_code == whole.status_code == 200
    assert filtered.content != whole.content
    assert again.content == whole.content


class _Reading(dict):
    """A query that remembers what is read of it."""

    def __init__(self):
        super().__init__()
        self.names = set()

    def get(self, name, default=None):
        self.names.add(name)
        return super().get(name, default)


@pytest.mark.parametrize("path", ["/search", "/gaps", "/network", "/theory", "/conflicts", "/sparql", "/finding",
                                  "/", "/study", "/construct/shame", "/pair/attachment-avoidance/self-compassion",
                                  "/questions/findings-between"])  # fmt: skip
def test_what_a_page_reads_is_in_the_name_of_what_is_kept(client, path):
    """No parameter makes a difference that the server forgets."""
    atlas, reading = client.app.state.atlas, _Reading()
    atlas.content(path, reading)
    every = dict.fromkeys(reading.names, "x")
    assert set(atlas.read_of(path, every)) == reading.names


_STUCK = """
import socket, sys, time, uvicorn
from pathlib import Path
from kg.serve.app import application
from kg.serve.connections import configured
from kg.store.embedded import Embedded
app = application(Embedded.open(Path(sys.argv[1])))
app.state.atlas.page = lambda path, query: print("begun", flush=True) or time.sleep(300)
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
uvicorn.Server(configured(app)).run(sockets=[listening])
"""


def test_a_server_that_is_told_to_end_ends(built_review):
    """SIGTERM is heard in the midst of a page that takes five minutes."""
    with subprocess.Popen(
        [sys.executable, "-c", _STUCK, str(built_review)], stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            with socket.create_connection(("127.0.0.1", int(server.stdout.readline())), timeout=20) as line:
                line.sendall(b"GET /measure/scs HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n")
                assert server.stdout.readline() == "begun\n"
                server.terminate()
                server.wait(timeout=20)
        finally:
            server.kill()


def test_a_page_that_takes_too_long_is_told_as_a_page(review):
    """503, when to come back, and in the dress of the others."""
    app, over = application(review.store), threading.Event()
    app.state.making = Making(Kept(0), Patience(seconds=0.1))
    app.state.atlas.page = lambda path, query: over.wait(20)
    with TestClient(app) as client:
        answer = client.get("/measure/scs")
        over.set()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "<h1>This cannot be had just now" in answer.text
    assert answer.headers["content-security-policy"] == POLICY


@pytest.mark.parametrize("accept", ["text/html", "text/turtle"])
def test_a_thing_is_told_to_be_away_while_the_engine_behind_is(accept):
    """503, to people and to programs, and no fault of ours."""
    with TestClient(application(Remote("http://127.0.0.1:9/sparql"))) as client:
        response = client.get("/study/bayar-2016", headers={"Accept": accept})
    assert response.status_code == 503
    assert "does not answer" in response.text
