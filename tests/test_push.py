"""Pushing: what an engine may do to a graph on its way, and what is told of it."""

import gc
import json
import sys
import threading

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from engines import PASSWORD, USER, misbehaving
from hypothesis import given
from hypothesis import strategies as st

from kg import cli
from kg.errors import ProblemsFound, StoreError
from kg.generations import publish, workbench
from kg.names import graph_iri
from kg.push.contents import Contents, canonical, tangled_lines
from kg.push.engines import Engine, GraphStore, Updates
from kg.push.pushing import Push, incoming
from kg.push.wire import Wire
from kg.store.embedded import Embedded
from kg.store.signing import Login

ONE, TWO, LAST = graph_iri("evidence/one"), graph_iri("terms"), graph_iri("metadata")
XSD = "http://www.w3.org/2001/XMLSchema#"
GROUND = "".join(f'<http://e.org/{n // 3}> <http://e.org/says{n % 3}> "{n}.50"^^<{XSD}decimal> .\n' for n in range(60))
TANGLED = "".join(
    f"<http://e.org/{n}> <http://e.org/has> _:a{n} .\n_:a{n} <http://e.org/is> _:b{n} .\n_:b{n} <http://e.org/no> <http://e.org/{n}> .\n"
    for n in range(4)
)
WAYS = ["update", "graph-store"]


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A store on disk with three graphs: one without blank nodes, one with knots of them, and the metadata."""
    store = Embedded.create(tmp_path_factory.mktemp("source") / "store")
    store.load(GROUND, ONE)
    store.load(TANGLED + '<http://e.org/x> <http://e.org/label> "täglich \\"so\\"\\n"@en .\n', TWO)
    store.load("<http://e.org/> <http://e.org/made> <http://e.org/now> .\n", LAST)
    store.finish()
    return store


@pytest.fixture
def engine():
    with misbehaving() as running:
        yield running


@pytest.fixture(params=WAYS)
def way(request):
    return request.param


class Pushing:
    """A push in parts of ten triples, and what it said and how long it waited."""

    def __init__(self, engine, way, source, login=None, seconds=5):
        self.said, self.slept = [], []
        wire = Wire(login, seconds, sleep=self.slept.append)
        kind, path = {"update": (Updates, "/update"), "graph-store": (GraphStore, "/data")}[way]
        writer = kind(engine.address + path, wire)
        writer.most = 10
        self.push = Push(source, Engine(engine.address + "/sparql", wire), writer, self.said.append)

    def run(self):
        return {each.name: each.how for each in self.push.run()}


ALL_LOADED = {"evidence/one": "loaded", "terms": "loaded", "metadata": "loaded"}


def is_as(engine, source):
    """Whether an engine holds all graphs of the source, and nothing else, whatever blank nodes are called."""
    held = {}
    for name in engine.lines():
        triples = [quad.triple for quad in engine.store.quads_for_pattern(None, None, None, ox.NamedNode(name))]
        held[name] = tangled_lines(triples)
    return held == {name: tangled_lines(source.each(name)) for name in source.graphs()}


# --- what arrives ----------------------------------------------------------------------------


def test_everything_arrives(engine, way, source):
    """Every named graph is there afterwards, blank nodes and all, and nothing besides."""
    assert Pushing(engine, way, source).run() == ALL_LOADED
    assert is_as(engine, source)


def test_a_large_graph_travels_in_parts(engine, way, source):
    """No request holds more than the most: sixty triples come in six parts."""
    Pushing(engine, way, source).run()
    assert max(size for _, _, size, _ in engine.writes) < 2000
    assert len(engine.writes) >= 6


def test_metadata_come_last(engine, way, source):
    """What says of which build the graphs are comes when they are there."""
    pushing = Pushing(engine, way, source)
    pushing.run()
    assert [each.split(":")[0] for each in pushing.said if "loading" in each] == ["evidence/one", "terms", "metadata"]


def test_metadata_do_not_come_where_another_graph_is_wrong(engine, way, source):
    """Nothing says that the graphs are of this build where they are not."""
    engine.spoils = lambda text: text.replace('"4.5"', '"4.6"')
    with pytest.raises(ProblemsFound):
        Pushing(engine, way, source).run()
    assert engine.lines(TWO)
    assert not engine.lines(LAST)


def test_an_engine_says_of_no_build_that_it_holds_it_while_a_push_goes_on(engine, way, source):
    """What says so goes before anything is written: a push that does not end leaves an engine that says nothing."""
    Pushing(engine, way, source).run()
    engine.store.remove_graph(ox.NamedNode(ONE))
    engine.spoils = lambda text: text.replace('"4.5"', '"4.6"')
    with pytest.raises(ProblemsFound):
        Pushing(engine, way, source).run()
    assert not engine.lines(LAST)


def test_what_is_there_stays(engine, way, source):
    """A second push compares and sends nothing of a graph."""
    Pushing(engine, way, source).run()
    engine.seen.clear()
    assert set(Pushing(engine, way, source).run().values()) == {"was there"}
    assert len(engine.writes) == 1  # whether one may write


def test_a_graph_that_changed_is_replaced(engine, way, source):
    """What somebody changed there comes to be as it is here."""
    Pushing(engine, way, source).run()
    engine.store.remove(ox.Quad(*next(iter(source.each(ONE))), ox.NamedNode(ONE)))
    assert Pushing(engine, way, source).run() == {**ALL_LOADED, "terms": "was there"}
    assert is_as(engine, source)


def test_one_triple_exchanged_for_another_is_noticed(engine, way, source):
    """Counts alone would not tell."""
    Pushing(engine, way, source).run()
    triple = next(iter(source.each(ONE)))
    engine.store.remove(ox.Quad(*triple, ox.NamedNode(ONE)))
    engine.store.add(ox.Quad(triple.subject, triple.predicate, ox.Literal("9"), ox.NamedNode(ONE)))
    assert Pushing(engine, way, source).run()["evidence/one"] == "loaded"
    assert is_as(engine, source)


def test_only_graphs_of_ours_are_removed_and_that_is_said(engine, way, source):
    """A graph that we have not any more goes; those of other people are let alone."""
    add = "INSERT DATA {{ GRAPH <{}> {{ <http://e.org/a> <http://e.org/b> <http://e.org/c> }} }}"
    for name in (graph_iri("evidence/gone"), "http://e.org/theirs"):
        engine.store.update(add.format(name))
    pushing = Pushing(engine, way, source)
    pushing.run()
    assert set(engine.lines()) == {ONE, TWO, LAST, "http://e.org/theirs"}
    assert "evidence/gone: removed, not in this store any more" in pushing.said


# --- stopped, and gone on --------------------------------------------------------------------


DISK_IS_FULL = (500, {}, "No space left on device")


@pytest.mark.parametrize("done", range(2, 9))
def test_a_push_that_was_stopped_goes_on(engine, way, source, done):
    """Wherever it was stopped, the next one ends with the whole, and sends no part again that is there."""
    engine.faults = [None] * done + [DISK_IS_FULL]
    with pytest.raises(StoreError, match="disk is full"):
        Pushing(engine, way, source).run()
    engine.seen.clear()
    again = Pushing(engine, way, source).run()
    assert is_as(engine, source)
    if done in (4, 5):
        assert again["evidence/one"] == "continued"
        assert sum(size for _, _, size, _ in engine.writes) < len(GROUND)


def test_half_a_graph_never_looks_whole(engine, way, source):
    """Until all of it is there, the old one stands in its place, or a mark that it is being loaded."""
    engine.store.update(f"INSERT DATA {{ GRAPH <{ONE}> {{ <http://e.org/old> <http://e.org/b> 1 }} }}")
    engine.faults = [None] * 5 + [DISK_IS_FULL]
    with pytest.raises(StoreError):
        Pushing(engine, way, source).run()
    mark = incoming(Contents(source, ONE))
    assert mark in engine.lines()
    assert (len(engine.lines(ONE)) == 1) == (way == "update")


def test_what_a_stopped_push_left_of_another_graph_is_removed(engine, way, source):
    """Half a graph that is no longer wanted does not lie about."""
    stale = f"{ONE}/incoming/0123456789abcdef"
    engine.store.update(f"INSERT DATA {{ GRAPH <{stale}> {{ <http://e.org/old> <http://e.org/b> 1 }} }}")
    pushing = Pushing(engine, way, source)
    pushing.run()
    assert is_as(engine, source)
    assert any("left by a push that was stopped" in each for each in pushing.said)


# --- bad days --------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [(429, {}, ""), (502, {}, ""), (503, {}, ""), "reset"])
def test_what_does_no_harm_twice_is_tried_again(engine, way, source, fault):
    """A busy engine and a connection that breaks off cost time, not the push."""
    engine.faults = [fault, fault]
    pushing = Pushing(engine, way, source)
    assert pushing.run() == ALL_LOADED
    assert pushing.slept == [1.0, 2.0]


@pytest.mark.parametrize(("told", "seconds"), [("7", 7.0), ("9" * 400, 60.0), ("\xb2", 1.0), ("soon", 1.0)])
def test_an_engine_says_how_long_to_wait(engine, way, source, told, seconds):
    """Retry-After is heeded, as far as it is a number of seconds and not many."""
    engine.faults = [(503, {"Retry-After": told}, "")]
    pushing = Pushing(engine, way, source)
    pushing.run()
    assert pushing.slept == [seconds]


def test_what_may_do_harm_twice_is_not(engine, way, source):
    """A part with blank nodes that was added, and not answered, would be there twice: the next push looks instead."""
    Pushing(engine, way, source).run()
    engine.store.remove_graph(ox.NamedNode(TWO))
    engine.after = [None] * (3 if way == "update" else 4) + ["reset"]
    pushing = Pushing(engine, way, source)
    with pytest.raises(StoreError, match="broke off"):
        pushing.run()
    assert pushing.slept == []
    assert Pushing(engine, way, source).run()["terms"] == "continued"
    assert is_as(engine, source)


def test_a_reply_without_an_end_is_told(engine, way, source, monkeypatch):
    """What is longer than anything that was asked for is left, and the address named."""
    monkeypatch.setattr("kg.push.wire._MOST_BYTES", 1000)
    engine.query_answer = (200, {"Content-Type": "application/sparql-results+json"}, " " * 5000)
    with pytest.raises(StoreError, match="/sparql: answered with more than 1,000 bytes"):
        Pushing(engine, way, source).run()


def test_a_graph_is_not_put_in_its_place_twice(engine, source):
    """A second MOVE would put what is no more in the place of what just came: after a break the next push looks."""
    engine.after = [None] * 7 + ["reset"]
    pushing = Pushing(engine, "update", source)
    with pytest.raises(StoreError, match="broke off"):
        pushing.run()
    assert pushing.slept == []
    assert len(engine.lines(ONE)) == 60
    assert Pushing(engine, "update", source).run()["evidence/one"] == "was there"


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ((401, {"WWW-Authenticate": "Negotiate"}, ""), r"HTTP 401 .*it asks who you are; give --user NAME"),
        ((403, {}, "not yours"), r"HTTP 403 Forbidden: not yours; .*give a --user who may"),
        ((404, {}, ""), r"HTTP 404 .*compare the addresses"),
        ((405, {}, ""), r"HTTP 405 .*it is read-only"),
        ((413, {}, ""), r"HTTP 413 "),
        ((500, {}, "No space left on device"), r"HTTP 500 .*No space left on device; .*disk is full"),
        ((507, {}, ""), r"HTTP 507 .*disk is full"),
        ((307, {"Location": "http://elsewhere/"}, ""), r"HTTP 307 .*sends on to http://elsewhere/; give that"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_refusal_is_one_line_that_says_what_to_do(engine, way, source, fault, told):
    """The address, the status, what the engine said of it, and the way out."""
    engine.faults = [None, fault] if fault[0] != 401 else [fault]
    with pytest.raises(StoreError, match=rf"^http://127\.0\.0\.1:\d+/\w+: {told}") as caught:
        Pushing(engine, way, source).run()
    assert "\n" not in str(caught.value)


def test_an_engine_that_stays_busy_is_given_up(engine, way, source):
    """After the fourth pause the push ends, and says that it can go on."""
    engine.faults = [(503, {}, "")] * 5
    pushing = Pushing(engine, way, source)
    with pytest.raises(StoreError, match=r"HTTP 503 .*push again"):
        pushing.run()
    assert pushing.slept == [1.0, 2.0, 4.0, 8.0]


def test_an_engine_that_does_not_answer_in_time_is_told(engine, way, source):
    """No wait without an end."""
    engine.faults = ["hang"]
    with pytest.raises(StoreError, match=r"no answer within 0\.2 s"):
        Pushing(engine, way, source, seconds=0.2).run()


@pytest.mark.parametrize(
    "answer",
    [
        (200, {"Content-Type": "text/html"}, "<html>Welcome</html>"),
        (200, {"Content-Type": "application/sparql-results+json"}, '{"head": {"va'),
        (200, {"Content-Type": "application/sparql-results+json"}, "[]"),
    ],
    ids=["a page", "cut off", "no rows"],
)
def test_what_is_no_sparql_endpoint_is_told(engine, way, source, answer):
    """Before anything is written there."""
    engine.query_answer = answer
    with pytest.raises(StoreError, match=r"/sparql: answered with"):
        Pushing(engine, way, source).run()
    assert engine.writes == []


def rows(names, *bindings):
    """Rows in SPARQL JSON; a value is the text of a term and its type."""
    told = [{name: {"type": kind, "value": value} for name, (kind, value) in each.items()} for each in bindings]
    body = json.dumps({"head": {"vars": names}, "results": {"bindings": told}})
    return 200, {"Content-Type": "application/sparql-results+json"}, body


@pytest.mark.parametrize(
    "answer",
    [
        rows(["g", "n"], {"g": ("uri", ONE)}),
        rows(["g", "n"], {"g": ("uri", ONE), "n": ("literal", "many")}),
        rows(["g", "n", "m"], {"g": ("uri", ONE)}),
        rows(["g", "n"], {"g": ("uri", f"{ONE}> {{ }} ; DROP ALL #"), "n": ("literal", "1")}),
        (200, {"Content-Type": "application/sparql-results+json"}, "[" * 100_000),
    ],
    ids=["unbound", "no number", "more columns", "no IRI", "deep"],
)
def test_an_odd_list_of_graphs_is_told(engine, way, source, answer):
    """Rows that are none of those asked for are an answer that cannot be read, and nothing is written."""
    engine.query_answer = answer
    with pytest.raises(StoreError, match=r"/sparql: answered with what is cut off or malformed"):
        Pushing(engine, way, source).run()
    assert engine.writes == []


@pytest.mark.parametrize("answer", [rows(["n"]), rows(["n"], {}), rows([], {})], ids=["none", "unbound", "no columns"])
def test_an_odd_count_is_told(engine, answer):
    """So is a count that is none, and a yes or no without a word."""
    engine.query_answer = answer
    asked = Engine(f"{engine.address}/sparql", Wire())
    with pytest.raises(StoreError, match="cut off or malformed"):
        asked.count(ONE)
    if not json.loads(answer[2])["results"]["bindings"]:
        with pytest.raises(StoreError, match="cut off or malformed"):
            asked.has_union()


def test_what_reads_the_store_is_let_go_where_it_read(engine, way, source, monkeypatch):
    """A refusal, kept and dropped by another thread, holds nothing of the store: pyoxigraph would complain."""
    complaints = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    engine.faults = [None, None, None, DISK_IS_FULL]
    kept = []
    try:
        Pushing(engine, way, source).run()
    except StoreError as error:
        kept.append(error)
    assert kept
    dropping = threading.Thread(target=lambda: (kept.clear(), gc.collect()))
    dropping.start()
    dropping.join()
    assert complaints == []


def test_a_graph_without_triples_is_not_sent(engine, way, source):
    """An engine need not keep one; where one stands in the store, the others arrive."""
    store = ox.Store()
    store.extend(ox.Quad(*triple, ox.NamedNode(ONE)) for triple in source.each(ONE))
    store.add_graph(ox.NamedNode(TWO))
    assert Pushing(engine, way, Embedded(store)).run() == {"evidence/one": "loaded"}


def test_an_empty_store_removes_nothing(engine, way, source):
    """It would leave nothing there of what an earlier push brought."""
    Pushing(engine, way, source).run()
    with pytest.raises(StoreError, match="holds no triple"):
        Pushing(engine, way, Embedded.in_memory()).run()
    assert is_as(engine, source)


@pytest.mark.parametrize("scheme", ["basic", "digest", "either"])
def test_the_user_is_told_to_who_asks(engine, way, source, scheme):
    """By Basic or Digest, once asked; a large body is never sent in vain, and the endpoint for queries hears nothing."""
    engine.asks_for = scheme
    assert Pushing(engine, way, source, Login(USER, PASSWORD)).run() == ALL_LOADED
    unsigned = [size for _, _, size, signed in engine.writes if not signed]
    assert len(unsigned) == 1
    assert unsigned[0] < 200
    assert not any(signed for _, path, _, signed in engine.seen if path == "/sparql")


def test_a_password_does_not_travel_openly(engine, way, source, monkeypatch):
    """By Basic, over http, to another machine: the push is refused before the password is sent."""
    monkeypatch.setattr("kg.store.signing._is_private", lambda url: False)
    engine.asks_for = "basic"
    with pytest.raises(StoreError, match="asks for the password by Basic, and over http"):
        Pushing(engine, way, source, Login(USER, PASSWORD)).run()
    assert not any(signed for *_, signed in engine.seen)


@pytest.mark.parametrize("scheme", ["basic", "digest"])
def test_a_wrong_password_is_told_and_not_tried_again(engine, way, source, scheme):
    """An account is not locked by a push, and the message does not tell the password."""
    engine.asks_for = scheme
    with pytest.raises(StoreError, match="user editor or the password is wrong") as caught:
        Pushing(engine, way, source, Login(USER, "wrong")).run()
    assert len(engine.writes) == 2
    assert "'wrong'" not in f"{caught.value} {Login(USER, 'wrong')!r}"


def test_an_engine_that_changes_what_it_is_given_is_found_out(engine, way, source):
    """The graph is named, with a triple that is not the same; where the old one stood, it stands."""
    engine.store.update(f"INSERT DATA {{ GRAPH <{ONE}> {{ <http://e.org/old> <http://e.org/b> 1 }} }}")
    engine.spoils = lambda text: text.replace('"4.5"', '"4.6"')
    with pytest.raises(ProblemsFound, match=r"/sparql: evidence/one: .* it lacks .*4\.5.* and it has .*4\.6"):
        Pushing(engine, way, source).run()
    assert (len(engine.lines(ONE)) == 1) == (way == "update")


def test_an_engine_that_changes_what_hangs_on_blank_nodes_is_found_out(engine, way, source):
    """As many triples as before are not the same triples."""
    engine.spoils = lambda text: text.replace("<http://e.org/is>", "<http://e.org/was>")
    with pytest.raises(ProblemsFound, match=r"terms: .* its 12 triples with blank nodes are not the same"):
        Pushing(engine, way, source).run()


def test_an_engine_that_drops_what_it_is_given_is_found_out(engine, way, source):
    """An address that says yes to everything and keeps nothing is no engine."""
    engine.spoils = lambda text: "" if way == "graph-store" else "CLEAR ALL"
    with pytest.raises(ProblemsFound, match="it holds 0 triples of 60"):
        Pushing(engine, way, source).run()


def test_an_engine_that_cannot_rename_is_found_out(engine, source):
    """A graph that was loaded well and never took its place is not told as pushed."""
    engine.spoils = lambda text: "" if text.startswith("MOVE") else text
    with pytest.raises(ProblemsFound, match=r"evidence/one: .* in its place it holds 0 triples"):
        Pushing(engine, "update", source).run()


# --- the one form of a graph -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "datatype"),
    [
        ("0.0000129313", "1.29313e-05", "double"),
        ("1.23456789", "1.23457", "double"),
        ("0.10", "0.1", "decimal"),
        ("100", "100.0", "decimal"),
        ("+7", "7", "integer"),
        ("1", "true", "boolean"),
    ],
)
def test_forms_of_a_number_are_one(one, other, datatype):
    """What engines write differently counts as the same."""
    about = ox.NamedNode("http://e.org/a")
    lines = [
        canonical(ox.Triple(about, about, ox.Literal(text, datatype=ox.NamedNode(XSD + datatype))))
        for text in (one, other)
    ]
    assert lines[0] == lines[1]


@pytest.mark.parametrize("text", ["INF", "NaN", "", "one", "1e400", "1e999999999"])
def test_what_is_no_number_stays_as_it_is(text):
    """A literal that has no value of its type is compared as written."""
    about = ox.NamedNode("http://e.org/a")
    for datatype in ("double", "decimal", "integer"):
        assert canonical(ox.Triple(about, about, ox.Literal(text, datatype=ox.NamedNode(XSD + datatype))))


@given(order=st.permutations((TANGLED + GROUND).splitlines()), prefix=st.sampled_from(["_:a", "_:zz", "_:q1"]))
def test_the_checksum_knows_no_order_and_no_names_of_blank_nodes(order, prefix):
    """The same triples have one checksum; one triple less has another."""
    store = Embedded.in_memory()
    store.load(TANGLED + GROUND, ONE)
    store.load("\n".join(order).replace("_:a", prefix), TWO)
    store.load("\n".join(order[1:]), LAST)
    one, two, less = (Contents(store, name).checksum for name in (ONE, TWO, LAST))
    assert one == two
    assert one != less


# --- the command -----------------------------------------------------------------------------


@pytest.fixture
def kg(source, tmp_path, monkeypatch):
    """Run ``kg push`` on a build that holds the three graphs."""
    monkeypatch.delenv("KG_PASSWORD", raising=False)
    with workbench(tmp_path) as work:
        store = Embedded.create(work / "store")
        for name in source.graphs():
            store.load(source.triples(name), name)
        store.finish()
        del store
        publish(tmp_path, work)

    def run(*arguments, **environment):
        return CliRunner().invoke(cli.main, ["--store", str(tmp_path), "push", *arguments], env=environment)

    return run


def test_the_command_tells_what_is_there_now(kg, engine):
    """Stdout has a line for each graph with its triples and checksum, stderr the steps."""
    where = engine.address
    engine.asks_for = "digest"
    result = kg(f"{where}/sparql", "--graph-store", f"{where}/data", "--user", USER, KG_PASSWORD=PASSWORD)
    assert result.exit_code == 0, result.output
    head, *lines = result.stdout.splitlines()
    assert head == f"{where}/sparql: 74 triples in 3 graphs, found equal"
    assert [line.split()[:2] for line in lines] == [["evidence/one", "60"], ["terms", "13"], ["metadata", "1"]]
    assert "evidence/one: loading 60 triples" in result.stderr
    assert PASSWORD not in result.output


def test_an_engine_without_a_union_is_told(kg, engine):
    """Where a query without GRAPH sees nothing, no question could be asked, and the command says so."""
    result = kg(f"{engine.address}/sparql", "--update", f"{engine.address}/update")
    assert "not the union of all graphs" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "--update URL or --graph-store URL, one of them"),
        (["--update", "http://e.org/u", "--graph-store", "http://e.org/d"], "one of them"),
        (["--update", "ftp://e.org/u"], "--update: 'ftp://e.org/u' is no http"),
        (["--update", "http://e.org:x/u"], "--update: 'http://e.org:x/u' is no http"),
        (["--update", "http://me:secret@e.org/u"], "no user or password in an address"),
        (["--update", "http://e.org/u", "--user", "me"], "put it into the environment variable KG_PASSWORD"),
    ],
    ids=["no way", "two ways", "no address", "no port", "password", "no password"],
)
def test_an_option_that_is_wrong_is_one_line(kg, arguments, told):
    """It names the option and what to do; the exit code is 2, and no password is shown."""
    result = kg("http://127.0.0.1:9/sparql", *arguments)
    assert result.exit_code == 2
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert "secret" not in result.output


def test_an_endpoint_is_not_pushed():
    """What is pushed lies on this machine."""
    arguments = [
        "--store",
        "http://127.0.0.1:9/sparql",
        "push",
        "http://127.0.0.1:9/x",
        "--update",
        "http://127.0.0.1:9/u",
    ]
    result = CliRunner().invoke(cli.main, arguments)
    assert result.exit_code == 2
    assert "the folder of a build" in result.stderr


def test_what_is_not_the_same_there_is_a_problem(kg, engine):
    """Exit code 1: it ran, and found problems."""
    engine.spoils = lambda text: text.replace("http://e.org/says", "http://e.org/said")
    result = kg(f"{engine.address}/sparql", "--update", f"{engine.address}/update")
    assert result.exit_code == 1
    assert "read back, and is not the same" in result.stderr
