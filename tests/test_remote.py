"""Answers of an endpoint that are not what was asked: one line that names the endpoint and what it sent."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from engines import PASSWORD, USER, misbehaving

import kg
from kg.cli import main
from kg.errors import StoreError
from kg.export.graphs import whole_graph
from kg.names import PREFIXES
from kg.store import Rows, open_store
from kg.store.remote import Remote
from kg.store.signing import Login

JSON = "application/sparql-results+json"
NTRIPLES = "application/n-triples"
SELECT = "SELECT ?s WHERE { ?s ?p ?o }"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
ROW = b'{"head": {"vars": ["s"]}, "results": {"bindings": [{"s": {"type": "literal", "value": "told"}}]}}'
TRIPLE = b"<http://e.org/a> <http://e.org/b> <http://e.org/c> .\n"


@pytest.fixture
def answering():
    """A server on loopback that gives one answer to everything, and the store that asks it."""
    with contextlib.ExitStack() as running:

        def start(kind, body, status=200, length=None):
            queries = []

            class Answer(BaseHTTPRequestHandler):
                accepted = None
                asked = queries

                def do_POST(self):
                    Answer.accepted = self.headers["Accept"]
                    form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                    Answer.asked.append(form["query"][0])
                    self.send_response(status)
                    if kind:
                        self.send_header("Content-Type", kind)
                    self.send_header("Content-Length", str(len(body) if length is None else length))
                    self.end_headers()
                    self.wfile.write(body)

                def log_message(self, *args):
                    """Quiet."""

            server = HTTPServer(("127.0.0.1", 0), Answer)
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            running.callback(server.server_close)
            running.callback(thread.join)
            running.callback(server.shutdown)
            store = Remote(f"http://127.0.0.1:{server.server_port}/sparql")
            return store, Answer

        yield start


@pytest.mark.parametrize(
    ("kind", "body", "length"),
    [
        ("application/sparql-results+xml", b"<sparql/>", None),
        ("text/html; charset=utf-8", b"<html>Welcome</html>", None),
        ("text/turtle", TRIPLE, None),
        (JSON, b"<html>", None),
        (JSON, b"{}", None),
        (JSON, b"[]", None),
        (JSON, b'{"head": {"vars": ["s"]}, "results": {"bindings": [1]}}', None),
        (JSON, ROW[:40], None),
        (JSON, ROW, len(ROW) + 10),
        (JSON, b"\xff\xfe", None),
    ],
    ids=["xml", "html", "turtle", "no-json", "empty", "list", "no-row", "cut", "incomplete", "no-utf8"],
)
def test_rows_that_cannot_be_read_are_told(answering, kind, body, length):
    """The endpoint and the content type it sent are named, whatever is wrong with its rows."""
    store, _ = answering(kind, body, length=length)
    with pytest.raises(StoreError, match=r"127\.0\.0\.1.*/sparql answered with") as caught:
        store.select(SELECT)
    assert kind in str(caught.value)
    assert ";" in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "body", "length"),
    [
        (JSON, ROW, None),
        ("application/rdf+xml", b"<rdf/>", None),
        ("text/html", b"<html>Welcome</html>", None),
        (NTRIPLES, b"@prefix e: <http://e.org/> . e:a e:b e:c .", None),
        (NTRIPLES, TRIPLE[:30], None),
        (NTRIPLES, TRIPLE, len(TRIPLE) + 10),
        (NTRIPLES, b"\xff\xfe", None),
        ("text/turtle", b"<html>", None),
    ],
    ids=["json", "rdfxml", "html", "turtle-as-nt", "cut", "incomplete", "no-utf8", "no-turtle"],
)
def test_a_graph_that_cannot_be_read_is_told(answering, kind, body, length):
    """The endpoint and the content type it sent are named, whatever is wrong with its triples."""
    store, _ = answering(kind, body, length=length)
    with pytest.raises(StoreError, match=r"127\.0\.0\.1.*/sparql answered with") as caught:
        store.graph(CONSTRUCT)
    assert kind in str(caught.value)


@pytest.mark.parametrize(
    ("limit", "told"), [("_MOST_BYTES", "answered with more than 0 bytes"), ("_SECONDS_OF_ALL", "not whole in time")]
)
def test_an_answer_without_an_end_is_told(answering, monkeypatch, limit, told):
    """Neither its size nor its time is for the endpoint to choose."""
    store, _ = answering(JSON, ROW)
    monkeypatch.setattr(f"kg.store.remote.{limit}", 0)
    with pytest.raises(StoreError, match=rf"/sparql .*{told}.*; ask for less \(LIMIT\)"):
        store.select(SELECT)


@pytest.mark.parametrize("address", ["http://localhost:x/sparql", "http://", "https://e.org/a b"])
def test_an_address_that_is_none_is_told(address):
    """Before anybody is asked."""
    with pytest.raises(StoreError, match=r"is no http\(s\):// address; give that of a SPARQL endpoint"):
        open_store(address)


def test_an_answer_without_content_type_is_told(answering):
    """An endpoint that does not say what it sends is told so."""
    with pytest.raises(StoreError, match="answered with no content type"):
        answering(None, ROW)[0].select(SELECT)


@pytest.mark.parametrize("status", [400, 401, 404, 406, 414, 500, 502, 503])
def test_a_status_of_error_is_a_refusal(answering, status):
    """4xx and 5xx: the endpoint runs and refuses."""
    store, _ = answering("text/html", b"<html>No</html>", status=status)
    with pytest.raises(StoreError, match=r"127\.0\.0\.1.*/sparql refused the query"):
        store.select(SELECT)


def test_each_form_asks_for_its_own_content_type(answering):
    """Rows are asked for as JSON, graphs as N-Triples, never both at once."""
    store, asked = answering(JSON, ROW)
    store.select(SELECT)
    assert asked.accepted.startswith(JSON)
    assert NTRIPLES not in asked.accepted
    store, asked = answering(NTRIPLES, TRIPLE)
    store.graph(CONSTRUCT)
    assert asked.accepted.startswith(NTRIPLES)
    assert "json" not in asked.accepted


ONE = b'{"head": {"vars": ["other"]}, "results": {"bindings": [{"other": {"type": "literal", "value": "1", "datatype": "%s"}}]}}'


@pytest.mark.parametrize(
    ("body", "is_looked_up"), [(ONE % (PREFIXES["xsd"] + "integer").encode(), True), (ROW, False)], ids=["known", "not"]
)
def test_an_engine_that_knows_lateral_is_asked_by_it(answering, body, is_looked_up):
    """It is found out once; other engines are asked in plain SPARQL 1.1."""
    store, engine = answering(JSON, body)
    for _ in range(2):
        store.select("SELECT * WHERE { ?a ca:value ?b OPTIONAL { ?a ca:pValue ?c } }")
    assert ["LATERAL" in query for query in engine.asked] == [True, is_looked_up, is_looked_up]


def test_an_engine_that_refuses_lateral_is_asked_in_plain_sparql(answering):
    """And what it refuses besides is told of the query itself."""
    store, engine = answering("text/html", b"<html>No</html>", status=400)
    with pytest.raises(StoreError, match="refused the query"):
        store.select("SELECT * WHERE { ?a ca:value ?b OPTIONAL { ?a ca:pValue ?c } }")
    assert ["LATERAL" in query for query in engine.asked] == [True, False]


def test_what_an_engine_refuses_of_a_look_up_is_asked_as_it_was_written(answering, monkeypatch):
    """So that it is told of the text that somebody wrote, and a look-up that fails loses no answer."""
    store, engine = answering("text/html", b"<html>No</html>", status=400)
    monkeypatch.setattr(store, "_knows_lateral", True)
    with pytest.raises(StoreError, match="refused the query"):
        store.select("SELECT * WHERE { ?a ca:value ?b OPTIONAL { ?a ca:pValue ?c } }")
    assert ["LATERAL" in query for query in engine.asked] == [True, False]


def test_an_engine_that_is_not_up_yet_is_tried_again(answering):
    """That it did not answer says nothing of what it knows."""
    store, engine = answering("text/html", b"<html>Starting</html>", status=503)
    for _ in range(2):
        with pytest.raises(StoreError, match="503"):
            store.select("SELECT * WHERE { ?a ca:value ?b OPTIONAL { ?a ca:pValue ?c } }")
    assert ["LATERAL" in query for query in engine.asked] == [True, True]


@pytest.mark.parametrize("is_whole", [True, False])
def test_an_endpoint_that_says_of_no_build_that_it_holds_it_is_told_of(answering, is_whole):
    """A push takes that away first and brings it last: until then answers may be incomplete."""
    store, _ = answering(JSON, b'{"head": {}, "boolean": %s}' % str(is_whole).lower().encode())
    answer = CliRunner().invoke(main, ["--store", store.endpoint, "query", "-"], input="ASK { ?s ?p ?o }")
    assert ("does not say that it holds a whole graph" in answer.stderr) is not is_whole


@pytest.fixture
def closed():
    """An engine that answers nobody whom it does not know."""
    with misbehaving() as engine:
        engine.asks_for, engine.reading_asks_too = "digest", True
        engine.store.add(ox.Quad(*[ox.NamedNode("http://e.org/a")] * 4))
        yield engine


@pytest.mark.parametrize("scheme", ["basic", "digest", "either"])
def test_who_asks_is_told_to_an_endpoint_that_wants_to_know(closed, scheme):
    """By Basic or Digest, once asked, and from then on at once."""
    closed.asks_for = scheme
    store = open_store(f"{closed.address}/sparql", Login(USER, PASSWORD))
    assert [len(store.select(SELECT)) for _ in range(3)] == [1, 1, 1]
    assert [signed for *_, signed in closed.seen] == [False, True, True, True]


def test_many_who_ask_at_once_are_all_answered(closed):
    """Whichever of them is the first to be asked who it is."""
    store = open_store(f"{closed.address}/sparql", Login(USER, PASSWORD))
    with ThreadPoolExecutor(8) as threads:
        assert [len(rows) for rows in threads.map(store.select, [SELECT] * 40)] == [1] * 40


@pytest.mark.parametrize(
    ("login", "told", "requests"),
    [(Login(USER, "wrong"), "user editor or the password is wrong", 2), (None, "it asks who you are; give --user", 1)],
)
def test_who_is_not_known_to_an_endpoint_is_told_so(closed, login, told, requests):
    """Once, so that no account is locked."""
    with pytest.raises(StoreError, match=told):
        open_store(f"{closed.address}/sparql", login).select(SELECT)
    assert len(closed.seen) == requests


def test_an_endpoint_elsewhere_is_told_no_password_openly(closed, monkeypatch):
    """By Basic over http, anybody on the way could read it."""
    monkeypatch.setattr("kg.store.signing._is_private", lambda url: False)
    closed.asks_for = "basic"
    with pytest.raises(StoreError, match="asks for the password by Basic, and over http"):
        open_store(f"{closed.address}/sparql", Login(USER, PASSWORD)).select(SELECT)
    assert not any(signed for *_, signed in closed.seen)


def test_where_an_endpoint_sends_on_to_learns_no_password(closed):
    """The user named one address, and no other."""
    closed.asks_for = "basic"
    store = open_store(f"{closed.address}/sparql", Login(USER, PASSWORD))
    store.select(SELECT)
    with misbehaving() as other:
        closed.query_answer = (302, {"Location": f"{other.address}/sparql"}, "")
        with pytest.raises(StoreError):
            store.select(SELECT)
    assert [signed for *_, signed in other.seen] == [False]


def test_the_command_asks_an_endpoint_as_a_user(closed):
    """With the password of the environment, which is told nowhere."""
    command = ["--store", f"{closed.address}/sparql", "--user", USER, "query", "-"]
    answer = CliRunner().invoke(main, command, input=SELECT, env={"KG_PASSWORD": PASSWORD})
    assert answer.exit_code == 0, answer.output
    assert "http://e.org/a" in answer.stdout
    assert PASSWORD not in answer.output


def test_the_library_asks_an_endpoint_as_a_user(closed, monkeypatch):
    """Named in the call, or in the environment; without a password it says so."""
    with kg.open(f"{closed.address}/sparql", user=USER, password=PASSWORD) as graph:
        assert len(graph.query(SELECT)) == 1
    monkeypatch.setenv("KG_USER", USER)
    with pytest.raises(StoreError, match="user editor: no password"):
        kg.open(f"{closed.address}/sparql")
    monkeypatch.setenv("KG_PASSWORD", PASSWORD)
    with kg.open(f"{closed.address}/sparql") as graph:
        assert len(graph.query(SELECT)) == 1


def test_a_user_of_a_graph_on_this_machine_is_refused(built):
    """It is read without; but what the environment says for endpoints does no harm."""
    answer = CliRunner().invoke(main, ["--store", str(built), "--user", USER, "ask", "participants"])
    assert (answer.exit_code, "--user: a graph on this machine" in answer.stderr) == (2, True)
    answer = CliRunner().invoke(main, ["--store", str(built), "ask", "participants"], env={"KG_USER": USER})
    assert answer.exit_code == 0, answer.output


@pytest.mark.parametrize("address", ["ftp://e.org/sparql", "htp://e.org", "http://me:word@e.org/sparql"])
def test_an_address_of_another_kind_is_told_and_not_taken_for_a_folder(address):
    """What is wrong with it, in words."""
    with pytest.raises(StoreError, match=r"no http\(s\)|no user or password"):
        open_store(address)


def test_turtle_is_read_as_turtle(answering):
    """An endpoint that only has Turtle gives the same triples."""
    store, _ = answering("text/turtle", b"@prefix e: <http://e.org/> . e:a e:b e:c .")
    assert store.graph(CONSTRUCT).encode() == TRIPLE


@pytest.mark.parametrize(("value", "truth"), [(b"1", True), (b"0", False)])
def test_virtuosos_row_is_an_answer_to_ask(answering, value, truth):
    """Virtuoso answers ASK with a row of 1 or 0."""
    body = b'{"head": {"vars": ["__ASK_RETVAL"]}, "results": {"bindings": [{"__ASK_RETVAL": {"type": "typed-literal", "value": "%s"}}]}}'
    assert answering(JSON, body % value)[0].select("ASK { }") == Rows(("ask",), ((truth,),))


def test_comments_and_prefixes_do_not_hide_the_form(answering):
    """What stands before the first word of a query is not mistaken for it."""
    head = "# SELECT nothing\nBASE <http://e.org/>\nPREFIX select: # here\n <http://e.org/select#>\n"
    assert answering(NTRIPLES, TRIPLE)[0].graph(head + CONSTRUCT.lower()).encode() == TRIPLE


class TwoGraphs:
    """A store whose answers about two graphs use the same label for two blank nodes."""

    def select(self, query):
        return Rows(("g",), (("http://e.org/one",), ("http://e.org/two",)))

    def graph(self, query):
        name = "one" if "<http://e.org/one>" in query else "two"
        return f'_:b0 <http://e.org/name> "{name}" .\n'


def test_blank_nodes_of_two_graphs_stay_two():
    """An export never merges what only shares a label."""
    lines = whole_graph(TwoGraphs(), "nq").splitlines()
    assert len({line.split()[0] for line in lines}) == 2
