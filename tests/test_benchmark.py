"""The benchmark of engines: who is asked what, and when a time is believed."""

import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg import build, measured_engines
from kg.benchmark.asked import OF_EVERYTHING, asked
from kg.benchmark.contestants import Contestant, Timed, same, whole_files
from kg.benchmark.one_study import write_study
from kg.benchmark.report import Measured, chart, markdown
from kg.benchmark.servers import SERVERS
from kg.benchmark.work import Took
from kg.errors import KgError
from kg.generating.folders import generate
from kg.manifests import files_of
from kg.names import PREFIXES
from kg.store import Rows
from kg.store.embedded import Embedded
from kg.store.remote import Remote

ROOT = Path(__file__).parent.parent
ROWS = Rows(("pair", "r"), (("calm", 0.30000004), ("worry", None)))
#: How the rows of a few questions begin.
STARTS = ("| conflicts ", "| findings-between ", "| pairs-studied ")
#: Three questions, of which the engines differ in one and one engine gives up another.
GRAPH = Measured(
    "small",
    1000,
    {"this product": 0.1, "other": 2.0},
    {"this product": 0.2, "other": 0},
    {
        "this product": {"a": Timed(0.001, ROWS), "b": Timed(0.002, ROWS), "c": Timed(0.003, ROWS)},
        "other": {"a": Timed(0.01, ROWS), "b": Timed(0.02, Rows(("pair", "r"), ())), "c": Timed(wrong="> 60 s")},
    },
)


def test_answers_are_the_same_where_numbers_differ_beyond_the_sixth_digit():
    """Engines write doubles to different digits."""
    assert same(ROWS, Rows(("pair", "r"), (("calm", 0.3), ("worry", None))))
    assert same(Rows(("r",), ((0.1373649,),)), Rows(("r",), ((0.1373651,),))), "neither is cut off before they meet"


@pytest.mark.parametrize(
    "values", [(("calm", 0.31), ("worry", None)), (("worry", None), ("calm", 0.3)), (("calm", 0.3),)]
)
def test_answers_are_not_the_same_where_a_value_the_order_or_a_row_differs(values):
    """Questions have an order, so it is part of the answer."""
    assert not same(ROWS, Rows(("pair", "r"), values))


@pytest.mark.parametrize(("one", "other"), [(True, 1), (True, 1.0), (1_000_001, 1_000_000), ("1", 1)])
def test_counts_are_the_same_to_the_last_digit_and_yes_is_no_number(one, other):
    """Only numbers that engines print to different digits may differ."""
    assert not same(Rows(("n",), ((one,),)), Rows(("n",), ((other,),)))


def test_a_sum_that_comes_to_nothing_may_come_to_almost_nothing():
    """Engines add up in different orders."""
    assert same(Rows(("r",), ((0.0,),)), Rows(("r",), ((1e-17,),)))


def test_a_time_stands_only_where_the_answer_is_the_same():
    """Another answer has no time and no ratio; what was given up says after how long."""
    lines = markdown([GRAPH], {"python -c pass": 0.01, "kg --help": 0.04}).splitlines()
    assert "| a | 2 | 1.0 | 10.0 (10.0) |" in lines
    assert "| b | 2 | 2.0 | another answer |" in lines
    assert "| c | 2 | 3.0 | > 60 s |" in lines
    assert "| kg --help | 0.040 | 4.0 |" in lines


def test_growth_is_told_as_an_exponent():
    """Ten times the quads and a hundred times the time is a square."""
    times = {name: replace(told, seconds=100 * told.seconds) for name, told in GRAPH.times["this product"].items()}
    larger = replace(GRAPH, name="large", quads=10_000, times={"this product": times})
    assert "| a | 2 | 1.0 | 2 | 100.0 | 2.00 |" in markdown([GRAPH, larger], {"python -c pass": 0.01}).splitlines()


def test_the_chart_has_a_mark_for_each_time_that_is_believed_and_beside_the_axis_one_for_each_that_is_not():
    """Three of this product, one of the other engine; that gave another answer once, and none once."""
    texts = list(ET.fromstring(chart(GRAPH)).iter("{http://www.w3.org/2000/svg}text"))
    places = {each.text: float(each.get("x")) for each in texts}
    marks = [each for each in texts if each.text in "●■" and float(each.get("y")) > 50]
    aside = [each.text for each in marks if float(each.get("x")) > places["answer"]]
    assert (sorted(each.text for each in marks), aside) == (["■", "■", "■", "●", "●", "●"], ["■", "■"])


def test_the_chart_says_where_this_product_has_no_time():
    """What was given up is not left out in silence."""
    times = {"this product": {"a": Timed(0.001, ROWS), "b": Timed(wrong="> 60 s")}}
    drawn = ET.fromstring(chart(replace(GRAPH, times=times)))
    assert "> 60 s" in [each.text for each in drawn.iter("{http://www.w3.org/2000/svg}text")]


def test_the_questions_are_those_about_a_pair_and_what_was_found_there(review):
    """Every one that takes constructs, a finding, a study or a measure, and those of everything that are not mere lists."""
    questions = dict(asked(review.store))
    assert {"findings-between", "path-between", "findings-of-study", "by-measure", "provenance"} <= questions.keys()
    assert set(OF_EVERYTHING) <= questions.keys()
    assert "arithmetic" not in questions
    assert (
        2
        <= len(review.store.select(questions["conflicts of a pair"]))
        < len(review.store.select(questions["conflicts"]))
    )


def test_the_engines_are_compared_over_a_build(built_review, tmp_path, monkeypatch):
    """The bare engine and a server give the same answers; the report and a chart are written."""
    few = [start.strip("| ") for start in STARTS]
    monkeypatch.setattr(measured_engines, "asked", lambda store: [each for each in asked(store) if each[0] in few])
    monkeypatch.setattr(measured_engines, "cold", lambda build: {"python -c pass": 0.01})
    monkeypatch.setattr(measured_engines, "pages", lambda build, store: {"home": 0.005})
    besides = ["--engine", "raw pyoxigraph", "--engine", "oxigraph server"]
    done = CliRunner().invoke(measured_engines.main, [str(built_review), "-o", str(tmp_path), *besides])
    assert done.exit_code == 0, done.output
    lines = (tmp_path / "benchmark.md").read_text().splitlines()
    assert [line.count("(") for line in lines if line.startswith(STARTS)] == [2, 2, 2]
    assert "| home | 5.0 |" in lines
    assert ET.parse(tmp_path / f"{built_review.name}.svg")


def test_an_engine_that_takes_too_long_is_ended_and_begun_again(built_review):
    """The next question is answered."""
    engine = Contestant("this product", "", built_review, [], 0.5)
    try:
        endless = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        assert engine.ask(endless).wrong == "> 0.5 s"
        engine._limit = 60
        assert engine.ask("SELECT ?x WHERE { VALUES ?x { 1 } }").rows == Rows(("x",), ((1,),))
    finally:
        engine.close()


def test_a_long_answer_that_is_given_up_half_read_is_no_refusal(built_review):
    """Rows come one by one, and between two of them the limit is reached."""
    engine = Contestant("this product", "", built_review, [], 0.5)
    try:
        every = "SELECT ?a ?d WHERE { ?a ?b ?c . ?d ?e ?f }"
        assert engine.ask(every).wrong == engine.ask(f"{every} ORDER BY ?a ?d").wrong == "> 0.5 s"
    finally:
        engine.close()


def test_an_engine_in_python_stops_by_itself_and_keeps_what_it_loaded(built_review):
    """Loading millions of quads anew for each question that is given up would take hours."""
    engine = Contestant("rdflib", "", built_review, files_of(built_review), 0.5)
    try:
        process = engine._process.pid
        assert engine.ask("SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }").wrong == "> 0.5 s"
        assert engine.ask("SELECT ?x WHERE { VALUES ?x { 1 } }").rows == Rows(("x",), ((1,),))
        assert engine._process.pid == process
    finally:
        engine.close()


def test_a_quad_that_is_gone_and_stands_nowhere_is_told(tmp_path, monkeypatch):
    """The other engines would hold another graph than this product."""
    (tmp_path / "all.nq").write_text('<s:1> <p:q> "0.5" <g:1> .\n')
    (tmp_path / "gone.nq").write_text('<s:1> <p:q> "0.4" <g:1> .\n')
    monkeypatch.setattr("kg.benchmark.contestants.gone_from", lambda build: tmp_path / "gone.nq")
    monkeypatch.setattr("kg.benchmark.contestants.files_of", lambda build: [tmp_path / "all.nq"])
    with pytest.raises(KgError, match="1 of its quads stand in no file of the build; build into an empty folder"):
        whole_files(tmp_path, tmp_path)


def test_an_endpoint_without_an_address_is_refused():
    """A name alone says nothing."""
    done = CliRunner().invoke(measured_engines.main, [".", "-o", "x", "--endpoint", "virtuoso"])
    assert "write NAME=URL" in str(done.exception)


def test_a_folder_that_is_not_there_is_told_in_one_line():
    """As every door of the house does."""
    command = [sys.executable, "-m", "kg.measured_engines", "nowhere", "-o", "x"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "nowhere does not exist" in done.stderr


@pytest.mark.engine
def test_virtuoso_is_loaded_with_the_files_of_a_build(built_review, tmp_path):
    """By its own loader; every quad comes."""
    with SERVERS["virtuoso"](files_of(built_review), tmp_path, 60) as server:
        ours = f"STRSTARTS(STR(?g), '{PREFIXES['graph']}')"
        counted = Remote(server.address).select(
            f"SELECT (COUNT(*) AS ?quads) {{ GRAPH ?g {{ ?s ?p ?o }} FILTER({ours}) }}"
        )
        assert counted.column("quads") == [len(Embedded.open(built_review))]
        assert server.memory() > 0


def test_the_study_that_is_changed_is_a_dataset(rooms, tmp_path):
    """It is read without a problem beside the made-up constructs that it names."""
    generate(tmp_path / "made-up", 8)
    write_study(tmp_path / "one-study", 200)
    corpus, _ = build.read(rooms, [tmp_path / "made-up", tmp_path / "one-study"])
    assert [row.record.n for each in corpus.datasets if each.id == "one-study" for row in each.samples] == [200]


def test_what_was_done_is_told_beside_the_bare_loading():
    """A build that takes three times as long as its quads take to load says so."""
    graph = replace(GRAPH, loaded={**GRAPH.loaded, "raw pyoxigraph": 2.0}, works={"kg build": Took(6.0, 7.5, 1.25)})
    assert "| kg build | 6.0 | 7.5 | 1.25 | 3.00 |" in markdown([graph], {"python -c pass": 0.01}).splitlines()


def test_a_page_that_is_refused_has_no_time():
    """A report is written all the same."""
    told = markdown([replace(GRAPH, pages={"home": 0.002, "network": inf})], {"python -c pass": 0.01}).splitlines()
    assert "| home | 2.0 |" in told
    assert "| network | refused (time limit) |" in told
