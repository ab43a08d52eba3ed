"""The SPARQL endpoint: what the protocol says, what is refused, and that nobody can stop the others."""

import asyncio
import contextlib
import json
import shutil
import socket
import subprocess
import threading
import time
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pandas
import pytest
import uvicorn
from rdflib import Graph
from SPARQLWrapper import SPARQLWrapper
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from kg.generations import current_generation
from kg.names import PREFIXES, graph_iri
from kg.serve import sparql
from kg.serve.app import application
from kg.serve.descriptions import Descriptions
from kg.serve.engine import Asked, Limits, LocalEngine
from kg.serve.refusals import Refusal
from kg.serve.remote_engine import RemoteEngine
from kg.serve.sparql_text import DEEPEST, LARGEST, read_query
from kg.store.embedded import Embedded
from kg.store.remote import Remote

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
LABELS = "SELECT ?s ?label WHERE { ?s a ca:Construct ; rdfs:label ?label } ORDER BY ?s LIMIT 5"
BUILD = "CONSTRUCT { ?s a ca:Construct } WHERE { ?s a ca:Construct } LIMIT 5"
RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?f && ?f != ?i) }"
FORM = "application/x-www-form-urlencoded"
JSON = "application/sparql-results+json"


async def page(request, exchange):
    told = exchange.refusal or exchange.rows or exchange.triples
    return PlainTextResponse(f"page of {exchange.text!r}: {told}", media_type="text/html")


@pytest.fixture(scope="module")
def engine(built_review):
    engine = LocalEngine(current_generation(built_review) / "store", Limits(seconds=20))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def hasty(built_review):
    """An engine whose patience is short, and that gives little."""
    engine = LocalEngine(current_generation(built_review) / "store", Limits(seconds=1, bytes=20_000, at_once=2))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def descriptions(review):
    return Descriptions(review.store)


@pytest.fixture(scope="module")
def client(engine, descriptions):
    with TestClient(Starlette(routes=sparql.routes(engine, descriptions))) as client:
        yield client


@pytest.fixture(scope="module")
def paged(engine, descriptions):
    with TestClient(Starlette(routes=sparql.routes(engine, descriptions, page))) as client:
        yield client


def rows(response):
    return response.json()["results"]["bindings"]


def counted(response):
    return int(rows(response)[0]["n"]["value"])


def run(engine, text, form="json"):
    """What an engine answers, as bytes."""

    async def asked():
        with await engine.answer(Asked(read_query(text), form)) as answer:
            return answer.read()

    return asyncio.run(asked())


# --- three ways to ask ----------------------------------------------------------------------


def test_three_ways_of_asking_have_one_answer(client, review):
    """GET, a form and the query by itself give the number of triples in the union of all graphs."""
    got = client.get("/sparql", params={"query": COUNT})
    form = client.post("/sparql", data={"query": COUNT})
    alone = client.post("/sparql", content=COUNT, headers={"Content-Type": "application/sparql-query; charset=UTF-8"})
    expected = next(iter(review.query(COUNT)))["n"]
    assert [counted(each) for each in (got, form, alone)] == [expected] * 3


def test_head_has_the_headers_of_get_without_its_body(client):
    """HEAD tells type and length only."""
    got, head = (client.request(method, "/sparql", params={"query": LABELS}) for method in ("GET", "HEAD"))
    assert head.headers["content-length"] == got.headers["content-length"] == str(len(got.content))


def test_the_answer_may_be_read_from_other_sites(client):
    """Any page may ask, also after a preflight."""
    preflight = client.options("/sparql", headers={"Origin": "https://e.org", "Access-Control-Request-Method": "POST"})
    assert preflight.status_code == 204
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert client.get("/sparql", params={"query": COUNT}).headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("default", "named", "found"),
    [
        (["metadata"], [], (True, False)),
        ([], ["metadata"], (False, True)),
        (["metadata"], ["vocabulary"], (True, True)),
    ],
    ids=["default", "named", "both"],
)
def test_the_dataset_is_what_the_request_says(client, default, named, found):
    """With graphs named in the request, the default graph is theirs alone, and so are the named graphs."""
    query = "SELECT (EXISTS { ?s ?p ?o } AS ?plain) (EXISTS { GRAPH ?g { ?x ?y ?z } } AS ?named) WHERE {}"
    dataset = {
        "default-graph-uri": [graph_iri(each) for each in default],
        "named-graph-uri": [graph_iri(each) for each in named],
    }
    (row,) = rows(client.post("/sparql", data={"query": query, **dataset}))
    assert (row["plain"]["value"] == "true", row["named"]["value"] == "true") == found


def test_the_dataset_of_the_request_wins_over_that_of_the_query(client, review):
    """As the protocol says."""
    query = f"SELECT (COUNT(*) AS ?n) FROM <{graph_iri('none')}> WHERE {{ ?s ?p ?o }}"
    inside = counted(client.get("/sparql", params={"query": query}))
    beside = counted(client.get("/sparql", params={"query": query, "default-graph-uri": graph_iri("metadata")}))
    assert (inside, beside > 0) == (0, True)


# --- forms of answers -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, JSON),
        ("*/*", JSON),
        (JSON, JSON),
        ("application/json", "application/json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/csv;q=0.2, text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
    ],
)
def test_rows_come_in_the_form_that_is_accepted(client, accept, content_type):
    """Four forms of rows, JSON for whoever takes anything."""
    response = client.get("/sparql", params={"query": LABELS}, headers={"Accept": accept} if accept else None)
    assert response.headers["content-type"] == content_type
    assert "accept" in response.headers["vary"].lower()


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph")
@pytest.mark.parametrize(
    ("accept", "format"),
    [
        ("*/*", "turtle"),
        ("text/turtle", "turtle"),
        ("application/rdf+xml", "xml"),
        ("application/n-triples", "nt"),
        ("application/ld+json", "json-ld"),
    ],
)
def test_graphs_come_in_the_form_that_is_accepted(client, accept, format):
    """Every form holds the same triples."""
    response = client.get("/sparql", params={"query": BUILD}, headers={"Accept": accept})
    assert len(Graph().parse(data=response.text, format=format)) == 5


def test_a_link_can_say_the_format(client):
    """format=csv needs no header."""
    response = client.get("/sparql", params={"query": LABELS, "format": "csv"})
    assert response.text.splitlines()[0] == "s,label"


def test_ask_has_an_answer_in_every_form_of_rows(client):
    """A truth value, as JSON."""
    assert client.get("/sparql", params={"query": "ASK { ?s a ca:Finding }"}).json()["boolean"] is True


@pytest.mark.parametrize(
    ("accept", "query"), [("image/png", COUNT), ("text/turtle", COUNT), ("text/csv", BUILD), ("text/csv;q=0", COUNT)]
)
def test_a_form_that_is_not_there_is_406(client, accept, query):
    """The refusal names the forms that are."""
    response = client.get("/sparql", params={"query": query}, headers={"Accept": accept})
    assert response.status_code == 406
    assert "ask for one of" in response.json()["error"]["message"]


def test_a_browser_gets_the_page(paged):
    """With the query and its rows."""
    response = paged.get("/sparql", params={"query": COUNT}, headers={"Accept": "text/html,*/*;q=0.8"})
    assert response.text.startswith(f"page of {COUNT!r}")
    assert "bindings" in response.text


def test_a_browser_gets_its_refusals_as_a_page(paged):
    """And the text that was refused stays in the form."""
    response = paged.get("/sparql", params={"query": "SELECT nothing"}, headers={"Accept": "text/html"})
    assert "page of 'SELECT nothing'" in response.text
    assert "not SPARQL" in response.text


# --- descriptions ---------------------------------------------------------------------------


def test_without_a_query_the_service_describes_itself(client, descriptions):
    """With its endpoint, its language, and each named graph."""
    text = client.get("/sparql", headers={"Accept": "text/turtle"}).text
    graph = Graph().parse(data=text, format="turtle")
    sd = "http://www.w3.org/ns/sparql-service-description#"
    query = f"SELECT ?end ?name {{ ?s a <{sd}Service> ; <{sd}endpoint> ?end ; <{sd}defaultDataset>/<{sd}namedGraph>/<{sd}name> ?name }}"
    found = {(str(end), str(name)) for end, name in graph.query(query)}
    assert found == {("http://testserver/sparql", name) for name in descriptions.graphs}


def test_a_forged_host_gets_into_no_iri(client):
    """An address that is none is replaced by the project's own."""
    text = client.get("/sparql", headers={"Accept": "text/turtle", "Host": "e.org>evil<"}).text
    assert "evil" not in text
    assert "sd:endpoint <http" in text.replace(
        "<http://www.w3.org/ns/sparql-service-description#endpoint>", "sd:endpoint"
    )


def test_void_counts_what_the_store_counts(client, review):
    """The triples of every named graph."""
    graph = Graph().parse(data=client.get("/.well-known/void").text, format="turtle")
    void = "http://rdfs.org/ns/void#"
    told = {str(g): int(n) for g, n in graph.query(f"SELECT ?g ?n {{ ?d <{void}subset> ?g . ?g <{void}triples> ?n }}")}
    asked = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    assert told == {str(row["g"]): row["n"] for row in review.query(asked)}


# --- refusals -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "arguments", "status"),
    [
        ("GET", {"params": {"query": "SELECT ?x WHERE {"}}, 400),
        ("GET", {"params": {"query": "hello"}}, 400),
        ("GET", {"params": {"query": COUNT, "default-graph-uri": "not absolute"}}, 400),
        ("GET", {"params": [("query", COUNT), ("query", COUNT)]}, 400),
        ("GET", {"params": {"query": COUNT, "format": "pdf"}}, 400),
        ("GET", {"params": {"query": BUILD, "format": "csv"}}, 400),
        ("GET", {"params": {"update": "CLEAR ALL"}}, 400),
        ("GET", {"params": {"query": COUNT}, "headers": {"Accept": "text/csv," * 2000}}, 400),
        ("POST", {"data": {"nothing": "x"}}, 400),
        ("POST", {"data": {"update": "CLEAR ALL"}}, 400),
        ("POST", {"content": b"query=%ff", "headers": {"Content-Type": FORM}}, 400),
        ("POST", {"content": b"\xff\xfe", "headers": {"Content-Type": "application/sparql-query"}}, 400),
        ("POST", {"content": "CLEAR ALL", "headers": {"Content-Type": "application/sparql-update"}}, 415),
        ("POST", {"content": COUNT, "headers": {"Content-Type": "text/plain"}}, 415),
        ("POST", {"content": COUNT}, 415),
        ("POST", {"content": COUNT, "headers": {"Content-Type": "application/sparql-query; charset=utf-16"}}, 415),
        ("POST", {"data": {"query": "#" + "x" * LARGEST}}, 413),
        ("POST", {"content": "#" + "x" * LARGEST, "headers": {"Content-Type": "application/sparql-query"}}, 413),
        ("PUT", {"content": COUNT}, 405),
        ("DELETE", {}, 405),
    ],
)
def test_every_refusal_has_one_shape(client, method, arguments, status):
    """Status and a sentence that says what to do, in JSON."""
    response = client.request(method, "/sparql", **arguments)
    told = response.json()["error"]
    assert (response.status_code, told["status"], set(response.json())) == (status, status, {"error"})
    assert "\n" not in told["message"]


def test_a_refused_method_is_told_which_are_not(client):
    """Allow names them."""
    assert client.put("/sparql").headers["allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize(
    "word", ["INSERT DATA { ca:a ca:b ca:c }", "LOAD <http://e.org/x>", "DROP ALL", "WITH ca:g DELETE {} WHERE {}"]
)
def test_what_changes_something_is_refused(client, word):
    """As a query, too, with the reason."""
    response = client.post("/sparql", data={"query": f"PREFIX x: <http://e.org/> {word}"})
    assert response.status_code == 400
    assert "read-only" in response.json()["error"]["message"]


ELSEWHERE = [
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { service silent<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "SELECT * { VALUES ?e { <http://127.0.0.1:9/> } SERVICE ?e { ?s ?p ?o } }",
    "SELECT * { ?s ?p trueSERVICE <http://127.0.0.1:9/> { ?a ?b ?c } }",
    "SELECT * { ?s ?p 1e5SERVICE <http://127.0.0.1:9/> { ?a ?b ?c } }",
    "PREFIX : <http://127.0.0.1:9/> SELECT * { ?s ?p <http://e.org/x>SERVICE:x { ?a ?b ?c } }",
    "SELECT * { # }\r SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { ?s ?p '\\'', \"'\" . SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { ?s ?p '''it''s''' SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "PREFIX x: <http://e.org/> SELECT * { ?s ?p x:a\\# . SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "PREFIX x: <http://e.org/> SELECT * { ?s ?p x:a\\' . SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } #'\n}",
    "SELECT * { FILTER(1 < 2) SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } FILTER(2 > 1) }",
    "SELECT * { \\u0053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { # \\u000A SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
]


@pytest.mark.parametrize("query", ELSEWHERE)
def test_no_query_asks_another_server(query):
    """However SERVICE is written or hidden."""
    with pytest.raises(Refusal, match="SERVICE is refused"):
        read_query(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s rdfs:label 'SERVICE <http://e.org/> {' }",
        'SELECT * { ?s rdfs:label """in "SERVICE" of""" }',
        "SELECT * { ?s ?p <http://e.org/SERVICE> }",
        "SELECT ?service { ?service ?p ?o } # SERVICE <http://e.org/> {}",
        "SELECT * { ?s ca:service ?o }",
        "SELECT * { ?s rdfs:label 'x'@en-service . FILTER(?s<?o&&?o>?s) }",
        "SELECT * { ?s ca:insert 'DROP ALL' }",
    ],
)
def test_the_letters_of_a_keyword_are_no_keyword(query):
    """In strings, comments, IRIs, names and variables they may stand."""
    assert read_query(query).text == query


def test_a_string_without_an_end_hides_nothing():
    """Some parsers would take its quotes for two strings and read on."""
    with pytest.raises(Refusal, match="does not end"):
        read_query("SELECT * { VALUES ?x { '''a' } SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")


@pytest.mark.parametrize("unit", ["a.-", "'''\n\\", "\\'", "<", "a:", "@a-", "{}", "\\u0041"])
def test_reading_takes_a_time_that_grows_with_the_text(unit):
    """A long text made to be slow is read in seconds, not in hours."""
    text = f"SELECT {unit * (60_000 // len(unit))} # FROM SERVICE"
    started = time.thread_time()
    with contextlib.suppress(Refusal):
        read_query(text)
    assert time.thread_time() - started < 10


def test_line_ends_are_made_alike():
    """No engine and no reader may differ in where a comment ends."""
    assert read_query("ASK { # a comment\r ?s ?p ?o }\r\n").text == "ASK { # a comment\n ?s ?p ?o }\n"


@pytest.mark.parametrize("brackets", ["{}", "()", "[]"])
def test_brackets_nested_beyond_measure_are_refused(brackets):
    """But not those in a string."""
    opening, closing = brackets
    with pytest.raises(Refusal, match="nests more than"):
        read_query(f"SELECT * {{ {opening * DEEPEST}{closing * DEEPEST} }}")
    read_query(f"SELECT ('{opening * 1000}' AS ?x) {{}}")


# --- limits ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        RUNAWAY,
        "SELECT (COUNT(*) AS ?n) WHERE { ?a (!ca:x|^!ca:x)* ?b . ?b (!ca:x|^!ca:x)* ?c . ?c (!ca:x|^!ca:x)* ?d }",
    ],
    ids=["join", "path"],
)
def test_a_runaway_query_is_stopped(hasty, query):
    """When its time is up, with 503."""
    started = time.monotonic()
    with pytest.raises(Refusal, match="stopped after 1 s") as caught:
        run(hasty, query)
    assert (caught.value.status, time.monotonic() - started < 10) == (503, True)


def test_a_query_that_breaks_a_parser_breaks_nothing_else(engine):
    """A sum of very many ones ends the process that parses it, and the next query is answered."""
    with pytest.raises(Refusal, match="nested deeper") as caught:
        run(engine, "SELECT (" + "1+" * 400_000 + "1 AS ?x) {}")
    assert caught.value.status == 400
    assert json.loads(run(engine, "ASK {}"))["boolean"] is True


def test_what_is_wrong_is_told_of_the_text_as_it_was_written(engine):
    """Not of what the engine is asked so that it looks up row by row."""
    query = "SELECT * WHERE { ?a ca:value ?b OPTIONAL { ?a ca:pValue ?c } } LIMIT x"
    with pytest.raises(Refusal, match=f"not SPARQL: .* 1:{query.index('x') + 1}"):
        run(engine, query)


def test_a_string_without_an_end_is_told(engine):
    """It is anybody's slip: no fault of ours, and no traceback."""
    with pytest.raises(Refusal, match="not SPARQL") as caught:
        run(engine, 'SELECT * WHERE { ?s ?p "x OPTIONAL { ?s ?q ?r } }')
    assert caught.value.status == 400


def test_an_answer_that_is_too_large_is_an_error_not_a_part(hasty):
    """Never half an answer."""
    with pytest.raises(Refusal, match="larger than 20,000 bytes") as caught:
        run(hasty, "SELECT * WHERE { ?s ?p ?o }")
    assert caught.value.status == 400


def test_a_query_is_answered_while_another_runs_away(hasty):
    """The runaway holds up nobody."""

    async def both():
        runaway = asyncio.create_task(hasty.answer(Asked(read_query(RUNAWAY), "json")))
        await asyncio.sleep(0.1)
        with await hasty.answer(Asked(read_query("ASK {}"), "json")) as answer:
            done_first = not runaway.done()
            assert b"true" in answer.read()
        with pytest.raises(Refusal):
            await runaway
        return done_first

    assert asyncio.run(both()) is True


def test_runaways_of_one_client_hold_up_nobody_else(built_review):
    """Eight at once of one address; somebody else is answered before any of them is done, and all of them end."""
    engine = LocalEngine(current_generation(built_review) / "store", Limits(seconds=3))

    async def ended(asking):
        with pytest.raises(Refusal) as caught:
            await asking
        return caught.value.status

    async def nine():
        runaways = [
            asyncio.create_task(ended(engine.answer(Asked(read_query(RUNAWAY), "json"), "1.1.1.1"))) for _ in range(8)
        ]
        await asyncio.sleep(0.3)
        with await engine.answer(Asked(read_query("ASK {}"), "json"), "2.2.2.2") as answer:
            answered = answer.read()
        return answered, [each.done() for each in runaways], await asyncio.gather(*runaways)

    started = time.monotonic()
    with contextlib.closing(engine):
        answered, done, statuses = asyncio.run(nine())
    assert b"true" in answered
    assert done == [False] * 8
    assert statuses == [503] * 8
    assert time.monotonic() - started < 10


def test_waiting_counts_as_time(built_review):
    """Whoever waits behind runaways is told so when the time for one query is over, not for two."""
    limits = Limits(seconds=1, at_once=1, each=1)
    engine = LocalEngine(current_generation(built_review) / "store", limits)

    async def two():
        first = asyncio.create_task(engine.answer(Asked(read_query(RUNAWAY), "json")))
        await asyncio.sleep(0.5)
        second = asyncio.create_task(engine.answer(Asked(read_query(RUNAWAY), "json")))
        started = time.monotonic()
        outcomes = await asyncio.gather(first, second, return_exceptions=True)
        return outcomes, time.monotonic() - started

    with contextlib.closing(engine):
        (_, second), seconds = asyncio.run(two())
    assert second.status == 503
    assert seconds < 1.5


def test_a_query_that_takes_too_much_memory_is_stopped(built_review):
    """A text that is doubled until it fills a gigabyte ends its own process, and the next query is answered."""
    doubled = " ".join(f"BIND(CONCAT(?t{each}, ?t{each}) AS ?t{each + 1})" for each in range(26))
    bomb = f"SELECT (STRLEN(?t26) AS ?n) {{ BIND('{'x' * 16}' AS ?t0) {doubled} }}"
    engine = LocalEngine(current_generation(built_review) / "store", Limits(seconds=20, memory=1_000_000_000))
    with contextlib.closing(engine):
        with pytest.raises(Refusal, match="needs more memory") as caught:
            run(engine, bomb)
        assert caught.value.status == 400
        assert json.loads(run(engine, "ASK {}"))["boolean"] is True


def test_what_the_open_store_takes_is_not_counted_as_a_query_s(built_review):
    """With little memory for each query a small one is answered, however much the store's threads reserve."""
    engine = LocalEngine(current_generation(built_review) / "store", Limits(memory=100_000_000))
    with contextlib.closing(engine):
        assert json.loads(run(engine, "ASK {}"))["boolean"] is True


def test_those_who_would_wait_too_long_are_told_so(built_review):
    """With 503 and when to come back."""
    limits = Limits(seconds=1, at_once=1, waiting=0)
    engine = LocalEngine(current_generation(built_review) / "store", limits)

    async def two():
        first = asyncio.create_task(engine.answer(Asked(read_query(RUNAWAY), "json")))
        await asyncio.sleep(0.05)
        with pytest.raises(Refusal, match="too many") as caught:
            await engine.answer(Asked(read_query("ASK {}"), "json"))
        with pytest.raises(Refusal):
            await first
        return caught.value

    with contextlib.closing(engine):
        refusal = asyncio.run(two())
    assert (refusal.status, refusal.headers) == (503, {"Retry-After": "5"})


def test_nobody_works_for_a_client_that_has_left(built_review):
    """The process is killed, long before its time is up."""
    engine = LocalEngine(current_generation(built_review) / "store", Limits(seconds=60, at_once=1))

    async def leave():
        asking = asyncio.create_task(engine.answer(Asked(read_query(RUNAWAY), "json")))
        await asyncio.sleep(0.5)
        asking.cancel()
        with await engine.answer(Asked(read_query("ASK {}"), "json")) as answer:
            return answer.read()

    started = time.monotonic()
    with contextlib.closing(engine):
        assert b"true" in asyncio.run(leave())
    assert time.monotonic() - started < 20


def test_closing_stops_what_runs(built_review):
    """At once, not when its time is up."""
    engine = LocalEngine(current_generation(built_review) / "store", Limits(seconds=60))
    asking = threading.Thread(target=_refused, args=(engine,))
    asking.start()
    time.sleep(0.3)
    started = time.monotonic()
    engine.close()
    asking.join()
    assert time.monotonic() - started < 10


def _refused(engine):
    with pytest.raises(Refusal):
        run(engine, RUNAWAY)


# --- real clients over real HTTP ---------------------------------------------------------------


@pytest.fixture(scope="module")
def address(built_review):
    """The address of the explorer's endpoint, served as kg serve does."""
    app = application(Embedded.open(built_review))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/sparql"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def afar(address):
    """An engine over that endpoint."""
    engine = RemoteEngine(address, Limits(seconds=5, bytes=100_000))
    yield engine
    engine.close()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparqlwrapper_reads_the_endpoint(address, review, method):
    """Rows, in both ways that it asks."""
    asking = SPARQLWrapper(address, returnFormat="json")
    asking.setMethod(method)
    asking.setQuery(COUNT)
    (row,) = asking.queryAndConvert()["results"]["bindings"]
    assert int(row["n"]["value"]) == next(iter(review.query(COUNT)))["n"]


def test_sparqlwrapper_reads_graphs(address):
    """A CONSTRUCT becomes a graph of rdflib."""
    asking = SPARQLWrapper(address, returnFormat="turtle")
    asking.setQuery(f"PREFIX ca: <{PREFIXES['ca']}> {BUILD}")
    assert len(Graph().parse(data=asking.query().convert(), format="turtle")) == 5


def test_pandas_reads_csv_from_a_link(address):
    """With nothing but the address."""
    frame = pandas.read_csv(f"{address}?{urlencode({'query': LABELS, 'format': 'csv'})}")
    assert (list(frame.columns), len(frame)) == (["s", "label"], 5)


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl here")
def test_curl_asks_as_the_readme_says(address):
    """A form with a header."""
    command = ["curl", "-sS", address, "-H", "Accept: text/csv", "--data-urlencode", f"query={LABELS}"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    assert printed.splitlines()[0] == "s,label"


def test_a_page_asks_for_no_more_rows_than_it_shows(engine, afar):
    """Here and elsewhere: as many as were wanted, with types and languages as in the whole answer."""
    query = read_query("SELECT ?s ?p ?o ?none { ?s a ca:Construct ; ?p ?o } ORDER BY ?s ?p ?o LIMIT 100")

    async def asked(engine, first):
        with await engine.answer(Asked(query, "json", first=first)) as answer:
            return json.loads(answer.read())

    whole = asyncio.run(asked(engine, None))
    for each in (engine, afar):
        first = asyncio.run(asked(each, 60))
        assert first["head"] == whole["head"]
        assert list(map(_plain, first["results"]["bindings"])) == list(map(_plain, whole["results"]["bindings"][:60]))


def _plain(row):
    """A row without the type that every plain text has."""
    text = "http://www.w3.org/2001/XMLSchema#string"
    return {name: {key: each for key, each in value.items() if each != text} for name, value in row.items()}


def test_a_graph_for_a_page_is_cut_too(engine):
    """As many triples as are shown."""

    async def asked():
        query = read_query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")
        with await engine.answer(Asked(query, "nt", first=7)) as answer:
            return answer.read().splitlines()

    assert len(asyncio.run(asked())) == 7


def test_a_large_answer_is_cut_on_the_page_and_said_to_be(address):
    """Everything there is: a page with the first rows, in no more bytes than a page has."""
    query = urlencode({"query": "SELECT * { ?s ?p ?o }"})
    with urlopen(Request(f"{address}?{query}", headers={"Accept": "text/html"})) as response:
        page = response.read().decode()
    assert "The first 1,500 rows; there are more." in page
    assert page.count("<tr>") == 1_501


def test_a_row_too_large_for_a_page_is_an_error(engine):
    """Texts of five million letters are not shown; as CSV they come."""
    doubled = " ".join(f"BIND(CONCAT(?t{each}, ?t{each}) AS ?t{each + 1})" for each in range(19))
    query = read_query(f"SELECT ?t19 {{ BIND('{'x' * 10}' AS ?t0) {doubled} }}")

    async def asked(form, first):
        with await engine.answer(Asked(query, form, first=first)) as answer:
            return len(answer.read())

    with pytest.raises(Refusal, match="larger than 4,000,000 bytes"):
        asyncio.run(asked("json", 10))
    assert asyncio.run(asked("csv", None)) > 5_000_000


def test_an_endpoint_elsewhere_is_let_go_when_its_client_leaves(address):
    """The line is cut at once: the only thread is free again long before time is up."""

    async def leave(engine):
        asking = asyncio.create_task(engine.answer(Asked(read_query(RUNAWAY), "json")))
        await asyncio.sleep(0.5)
        asking.cancel()
        started = time.monotonic()
        with await engine.answer(Asked(read_query("ASK {}"), "json")) as answer:
            return answer.read(), time.monotonic() - started

    with contextlib.closing(RemoteEngine(address, Limits(seconds=25, at_once=1))) as engine:
        answered, seconds = asyncio.run(leave(engine))
    assert b"true" in answered
    assert seconds < 15


def test_a_store_by_url_is_a_remote_store(address, review):
    """What kg asks of an endpoint, it can ask of this one."""
    assert Remote(address).select(COUNT) == review.query(COUNT)


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_an_endpoint_elsewhere_gives_the_same_rows(engine, afar, form):
    """In every form, whatever form it was asked for there."""
    first, second = (run(each, LABELS, form) for each in (engine, afar))
    read = {"json": json.loads, "xml": lambda text: text}.get(form, bytes.splitlines)
    assert read(first) == read(second)


def test_an_endpoint_elsewhere_gives_the_same_graph(engine, afar):
    """As Turtle."""
    assert sorted(run(engine, BUILD, "nt").splitlines()) == sorted(run(afar, BUILD, "nt").splitlines())


def test_what_an_endpoint_elsewhere_refuses_is_refused(afar):
    """With its words, as 400."""
    with pytest.raises(Refusal, match=r"behind this one refused .*not SPARQL") as caught:
        run(afar, "SELECT ?x WHERE {")
    assert caught.value.status == 400


def test_an_endpoint_elsewhere_has_the_same_limit_of_size(afar):
    """Never half an answer."""
    with pytest.raises(Refusal, match="larger than 100,000 bytes"):
        run(afar, "SELECT * WHERE { ?s ?p ?o }")


def test_an_endpoint_elsewhere_has_the_same_limit_of_time(address):
    """The connection is cut."""
    with (
        contextlib.closing(RemoteEngine(address, Limits(seconds=1))) as engine,
        pytest.raises(Refusal, match="stopped after 1 s") as caught,
    ):
        run(engine, RUNAWAY)
    assert caught.value.status == 503


def test_an_endpoint_that_is_not_there_is_told():
    """503, without its inside."""
    with (
        contextlib.closing(RemoteEngine("http://127.0.0.1:9/sparql")) as engine,
        pytest.raises(Refusal, match="does not answer") as caught,
    ):
        run(engine, COUNT)
    assert caught.value.status == 503


def test_the_page_of_the_endpoint_shows_the_rows(address):
    """A browser gets the number as a page."""
    query = urlencode({"query": COUNT})
    request = Request(f"{address}?{query}", headers={"Accept": "text/html"})
    with urlopen(request) as response:
        assert response.headers["content-type"].startswith("text/html")
        assert "The answer" in response.read().decode()
