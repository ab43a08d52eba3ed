"""Federation: a query joins our findings with what another endpoint knows, and asks no other than was named."""

import contextlib
import shutil
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from endpoints import free_port, oxigraph
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import build, cli
from kg.errors import BadQuestion, StoreError
from kg.graph import KnowledgeGraph
from kg.mapping_triples import triples_of_sets
from kg.names import graph_iri
from kg.resources import shipped
from kg.store.embedded import Embedded, value_of
from kg.store.federated import Federated, first_block
from kg.store.remote import Remote
from kg.triples import as_ntriples

EXTERNAL = Path(__file__).parent.parent.parent / "shared" / "external"
JSON = "application/sparql-results+json"

#: Constructs with findings, what they correspond to, and what the Emotion Ontology says that is a kind of.
QUERY = """
PREFIX obo: <http://purl.obolibrary.org/obo/>
SELECT ?construct ?term ?kind (COUNT(DISTINCT ?finding) AS ?findings) WHERE {
  ?finding a ca:Finding ; ca:subject|ca:object ?construct .
  ?construct skos:exactMatch|skos:closeMatch ?term .
  SERVICE service:emotion { ?term rdfs:subClassOf ?above . ?above rdfs:label ?kind }
} GROUP BY ?construct ?term ?kind ORDER BY ?construct ?term ?kind"""


@pytest.fixture(scope="module")
def emotion(tmp_path_factory):
    """A server that holds the Emotion Ontology: its own file or, where that is not at hand, what we took of it."""
    place = tmp_path_factory.mktemp("emotion") / "store"
    whole = EXTERNAL / "MFOEM.owl"
    taken = shipped().ontology / "alignment" / "targets.ttl"
    source, form = (whole, ox.RdfFormat.RDF_XML) if whole.exists() else (taken, ox.RdfFormat.TURTLE)
    fill(place, source.read_bytes(), form)
    with oxigraph(place) as address:
        yield address


def fill(place, text, form):
    """A store on disk, closed again so that a server can open it."""
    store = ox.Store(str(place))
    store.bulk_load(text, format=form, base_iri="http://e.org/", to_graph=ox.NamedNode("http://e.org/graph"))
    store.flush()


@pytest.fixture(scope="module")
def built_linked(built_review, corpus, tmp_path_factory):
    """The build of the review, which has no links elsewhere, with those to the Emotion Ontology."""
    folder = tmp_path_factory.mktemp("linked")
    shutil.copytree(built_review, folder, dirs_exist_ok=True)
    sets = [kept for kept in corpus.mapping_sets if kept.iri.endswith("/mfoem")]
    store = ox.Store(str(build.current_generation(folder) / "store"))
    store.load(as_ntriples(triples_of_sets(sets)), ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(graph_iri("mappings")))
    store.flush()
    return folder


@pytest.fixture(scope="module")
def linked(built_linked):
    return KnowledgeGraph(Embedded.open(built_linked))


@pytest.fixture(scope="module")
def findings(built_linked, tmp_path_factory):
    """A second server, which holds our graph."""
    place = tmp_path_factory.mktemp("findings") / "store"
    shutil.copytree(build.current_generation(built_linked) / "store", place)
    with oxigraph(place) as address:
        yield address


@pytest.fixture
def answering():
    """Starts servers on loopback that do one thing with every query; gives address and what was asked."""
    with contextlib.ExitStack() as running:

        def start(answer):
            asked = []

            class Answer(BaseHTTPRequestHandler):
                def do_POST(self):
                    asked.append(self.rfile.read(int(self.headers["Content-Length"] or 0)))
                    with contextlib.suppress(OSError):
                        answer(self)

                def log_message(self, *args):
                    """Quiet."""

            server = HTTPServer(("127.0.0.1", 0), Answer)
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            running.callback(server.server_close)
            running.callback(thread.join)
            running.callback(server.shutdown)
            return f"http://127.0.0.1:{server.server_port}/sparql", asked

        yield start


def says(body, status=200, kind=JSON, length=None, **headers):
    def answer(request):
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return answer


def row(type="uri", value="http://e.org/x"):
    text = '{"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "%s", "value": "%s"}}]}}'
    return (text % (type, value)).encode()


ASK_IT = "SELECT * WHERE { SERVICE service:it { ?x a ?y } }"


def refusal(address, query=ASK_IT, seconds=5.0):
    with pytest.raises((StoreError, BadQuestion)) as caught:
        Federated(Embedded.in_memory(), {"it": address}, seconds).select(query)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# --- two servers -------------------------------------------------------------------------------


def test_findings_are_joined_with_what_another_server_knows(linked, emotion):
    """Anxiety has findings here; that it is a kind of emotion process is known only there."""
    rows = linked.query(QUERY, services={"emotion": emotion})
    told = {(row["construct"].rsplit("/", 1)[1], row["kind"]) for row in rows}
    assert ("anxiety", "emotion process") in told
    assert all(row["findings"] > 0 for row in rows)


def test_two_servers_give_what_one_store_gives(linked, findings, emotion):
    """Our graph at an endpoint, or in a folder: the same answer."""
    remote = KnowledgeGraph(Remote(findings))
    rows = remote.query(QUERY, {"emotion": emotion})
    assert rows
    assert rows == linked.query(QUERY, {"emotion": emotion})


def test_the_command_joins_too(built_linked, emotion, tmp_path):
    """--service names the endpoint; the answer comes as any other."""
    file = tmp_path / "joined.rq"
    file.write_text(QUERY)
    options = ["--store", str(built_linked), "query", "--service", f"emotion={emotion}", "--format", "csv", str(file)]
    done = CliRunner().invoke(cli.main, options)
    assert done.exit_code == 0
    assert "emotion process" in done.stdout


def test_a_service_may_be_called_by_its_address(linked, emotion):
    """So the file runs as it is in an engine that speaks SERVICE."""
    query = QUERY.replace("service:emotion", f"<{emotion}>")
    rows = linked.query(query, {"e": emotion})
    assert rows
    assert rows == linked.query(QUERY, {"emotion": emotion})


def test_a_graph_is_built_from_both(linked, emotion):
    """CONSTRUCT joins as SELECT does."""
    made = Federated(linked.store, {"emotion": emotion}).graph(
        "CONSTRUCT { ?c rdfs:comment ?name } WHERE"
        " { ?c skos:closeMatch|skos:exactMatch ?t . SERVICE service:emotion { ?t rdfs:label ?name } }"
    )
    assert '"shame"' in made


def test_what_cannot_join_is_not_asked_for(linked, answering):
    """The terms that are known here go along with the query."""
    empty = b'{"head": {"vars": ["term", "kind"]}, "results": {"bindings": []}}'
    address, asked = answering(says(empty))
    linked.query(QUERY, {"emotion": address})
    assert b"MFOEM_000028" in asked[0]


# --- the same as the engine's own SERVICE ------------------------------------------------------

LEFT = """<urn:a> <urn:p> <urn:1> .
<urn:b> <urn:p> <urn:2> .
<urn:a> <urn:q> <urn:b> .
<urn:c> <urn:p> "3"^^<http://www.w3.org/2001/XMLSchema#integer> .
"""
RIGHT = r"""<urn:1> <urn:r> "x"@en . <urn:2> <urn:r> 0.10 . <urn:2> <urn:s> <urn:a> . <urn:9> <urn:r> "\"{\\" ."""
BLOCKS = (
    "{ ?y <urn:r> ?z }",
    "{ ?y <urn:s> ?x }",
    "{ ?n <urn:r> ?z . FILTER(!BOUND(?x)) }",
    "{ }",
    "{ ?y <urn:r> ?z OPTIONAL { ?y <urn:s> ?x } }",
    "{ SELECT (COUNT(*) AS ?z) { ?y ?p ?w } }",
)
AROUND = (
    "?x <urn:p> ?y . %s",
    "%s ?x <urn:p> ?y",
    "?x <urn:p> ?y OPTIONAL { %s }",
    "{ ?x <urn:p> ?y } UNION { %s }",
    "?x <urn:p> ?y FILTER(BOUND(?z)) %s",
    "?x <urn:p> ?y . FILTER EXISTS { ?y ?p ?any } %s FILTER(?x != <urn:b>)",
    "OPTIONAL { ?x <urn:q> ?y } %s",
    "?x <urn:p> ?y MINUS { %s }",
    "{ SELECT ?y { ?x <urn:p> ?y . %s } }",
    "VALUES ?y { <urn:1> <urn:none> } %s",
    "?x <urn:none> ?y . %s",
)


@pytest.fixture(scope="module")
def two_sides(tmp_path_factory):
    """A small store here, and a server with another."""
    here = Embedded.in_memory()
    here.load(LEFT, "urn:here")
    place = tmp_path_factory.mktemp("there") / "store"
    fill(place, RIGHT.encode(), ox.RdfFormat.TURTLE)
    with oxigraph(place) as address:
        yield here, address


@given(block=st.sampled_from(BLOCKS), around=st.sampled_from(AROUND))
@settings(max_examples=72)
def test_an_answer_is_that_of_sparql(two_sides, block, around):
    """It is what the embedded engine gives when it is let near the network."""
    here, address = two_sides
    query = f"SELECT ?x ?y ?z {{ {around % f'SERVICE service:it {block}'} }}"
    ours = Federated(here, {"it": address}).select(query)
    theirs = here._store.query(query.replace("service:it", f"<{address}>"), use_default_graph_as_union=True)
    expected = [tuple(value_of(solution[name]) for name in ("x", "y", "z")) for solution in theirs]
    assert sorted(map(repr, ours.values)) == sorted(map(repr, expected))


def test_a_block_within_a_graph_is_joined(two_sides):
    """The graph is ours, the block the service's. (The embedded engine finds nothing here.)"""
    here, address = two_sides
    query = "SELECT ?g ?z { GRAPH ?g { ?x <urn:p> ?y SERVICE service:it { ?y <urn:r> ?z } } }"
    rows = Federated(here, {"it": address}).select(query)
    assert sorted(map(str, rows.column("z"))) == ["0.1", "x"]
    assert set(rows.column("g")) == {"urn:here"}


def test_a_block_ends_where_its_brace_closes():
    """Braces in strings and comments close nothing."""
    text = "SELECT * { SERVICE service:a { ?s ?p '}' # }\n . ?s ?p \"}\" } ?x ?y ?z }"
    assert text[first_block(text).end :] == " ?x ?y ?z }"


# --- who may be asked --------------------------------------------------------------------------


@pytest.mark.parametrize("store", ["memory", "remote"])
def test_no_store_asks_another_server_by_itself(answering, store):
    """Without services a query with SERVICE is refused, and nobody is asked."""
    address, asked = answering(says(row()))
    stores = {"memory": Embedded.in_memory, "remote": lambda: Remote(address)}
    with pytest.raises(BadQuestion, match="--service NAME=URL"):
        stores[store]().select(f"SELECT * {{ SERVICE <{address}> {{ ?x a ?y }} }}")
    assert not asked


@pytest.mark.parametrize(
    "block",
    [
        "SERVICE service:other { ?x a ?y }",
        "SERVICE <%s> { ?x a ?y }",
        "SERVICE SILENT service:it { ?x a ?y }",
        "VALUES ?e { <%s> } SERVICE ?e { ?x a ?y }",
        "SERVICE service:it { SERVICE <%s> { ?x a ?y } }",
        "SERVICE service:it { \\u0053ERVICE <%s> { ?x a ?y } }",
        "\\u0053ERVICE <%s> { ?x a ?y }",
        "SERVICE",
    ],
)
def test_only_what_was_named_is_asked(answering, block):
    """However another address is written."""
    named, _ = answering(says(row()))
    other, asked = answering(says(row()))
    refusal(named, f"SELECT * {{ {block.replace('%s', other)} }}")
    assert not asked


def test_a_service_that_sends_on_is_not_followed(answering):
    """The address that was named is the only place that is asked."""
    other, asked = answering(says(row()))
    address, _ = answering(says(b"", status=307, Location=other))
    assert f"sends on to {other}" in refusal(address)
    assert not asked


# --- what goes wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (says(b"<html>Not here</html>", status=404, kind="text/html"), "refused the query: HTTP 404"),
        (says(b"line 1: no prefix", status=400, kind="text/plain"), "HTTP 400 Bad Request: line 1: no prefix"),
        (says(b"<html>Welcome</html>", kind="text/html"), "answered with text/html"),
        (says(row()[:60]), "cut off or malformed"),
        (says(row(), length=len(row()) + 9), "cut off or malformed"),
        (says(b"[]"), "cut off or malformed"),
        (says(b'{"head": {}, "boolean": true}'), "cut off or malformed"),
        (says(b"\xff\xfe"), "cut off or malformed"),
        (says(row(), status=206), "in part only"),
        (says(row(), X_SPARQL_MaxRows="1"), "in part only"),
        (says(row(), X_SQL_State="S1TAT"), "in part only"),
        (says(row("bnode", "b0")), "blank nodes"),
    ],
)
def test_an_answer_that_is_none_is_told_in_one_line(answering, answer, told):
    """The service is named with its address, and half an answer never counts as a whole one."""
    address, _ = answering(answer)
    message = refusal(address)
    assert told in message
    assert message.startswith(f"service it ({address})")


def test_a_dead_endpoint_is_told():
    """Nobody listens there."""
    assert "does not answer" in refusal(f"http://127.0.0.1:{free_port()}/sparql")


def test_an_endpoint_that_keeps_silent_is_left(answering):
    """Its time is up whether it says nothing or drips."""

    def drips(request):
        says(b"", length=10_000)(request)
        for _ in range(500):
            request.wfile.write(b" ")
            request.wfile.flush()
            time.sleep(0.02)

    assert "within 0.2 s" in refusal(answering(lambda request: time.sleep(0.6))[0], seconds=0.2)
    began = time.monotonic()
    assert "within 0.2 s" in refusal(answering(drips)[0], seconds=0.2)
    assert time.monotonic() - began < 5


def test_a_query_has_time_for_so_many_requests(answering):
    """Each may be answered in time; together they take no longer than five of them."""
    address, asked = answering(lambda request: (time.sleep(0.15), says(row())(request)))
    query = f"SELECT * WHERE {{ {'SERVICE service:it { ?x a ?y } ' * 40} }}"
    assert "all requests of the query took more than 3 s" in refusal(address, query, seconds=0.6)
    assert len(asked) < 40


def test_a_query_has_room_for_so_many_rows(answering, monkeypatch):
    """However they are spread over its requests."""
    monkeypatch.setattr("kg.store.federated._MOST_ROWS", 2)
    address, asked = answering(says(row()))
    query = f"SELECT * WHERE {{ {'SERVICE service:it { ?x a ?y } ' * 5} }}"
    assert "all services of the query answered with more than 2 rows" in refusal(address, query)
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("emotion", "is no NAME=URL"),
        ("a b=http://e.org/", "a name is a letter"),
        ("a=file:///etc/passwd", "is no http(s):// address"),
        ("a=http://", "is no http(s):// address"),
        ("a=http://e.org/> { } #", "is no http(s):// address"),
    ],
)
def test_a_service_that_is_none_is_told(built_review, named, told):
    """One line, exit code 2."""
    arguments = ["--store", str(built_review), "query", "--service", named, "-"]
    done = CliRunner().invoke(cli.main, arguments, input="ASK { }")
    assert done.exit_code == 2
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1
