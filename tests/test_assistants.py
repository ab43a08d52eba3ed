"""Assistants: every question is a tool that only reads, within the limits of the endpoint."""

import asyncio
import csv
import io
import json
import shlex
import sys
import time
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from click.testing import CliRunner
from endpoints import free_port, oxigraph
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from kg.assistants.answers import Answers
from kg.assistants.calls import Cut, read_call
from kg.assistants.server import server
from kg.assistants.tools import MOST_ROWS, USUAL_ROWS
from kg.cli import main
from kg.formulas import harmless
from kg.generations import current_generation
from kg.pages.atlas import Atlas
from kg.pages.library import Library
from kg.questions import CATEGORIES, list_questions
from kg.resources import Rooms, shipped
from kg.serve.app import engine_over
from kg.serve.engine import Limits, LocalEngine
from kg.store import Rows, open_store

ANSWERS = Path(__file__).parent / "answers"
QUESTIONS = {question.name: question for question in list_questions(shipped())}


def talk(offered, do):
    """What ``do`` makes of a client of the server."""

    async def talking():
        async with Client(offered) as client:
            return await do(client)

    return asyncio.run(talking())


def over(store):
    return server(store, engine_over(store), shipped())


def results(offered, *calls):
    """The results of some calls, each a tool and its arguments."""

    async def do(client):
        return [await client.call_tool(name, arguments) for name, arguments in calls]

    return talk(offered, do)


def answer(store, tool, **arguments):
    (result,) = results(over(store), (tool, arguments))
    assert not result.is_error, result.content[0].text
    return result.structured_content


def refusal(offered, tool, arguments):
    (result,) = results(offered, (tool, arguments))
    assert result.is_error
    return result.content[0].text


@pytest.fixture(scope="module")
def tools(review):
    async def do(client):
        return {tool.name: tool for tool in (await client.list_tools()).tools}

    return talk(over(review.store), do)


def test_there_is_a_tool_for_each_question_and_search(tools):
    """No more and no fewer."""
    assert set(tools) == {*QUESTIONS, "search"}


def test_a_tool_takes_the_parameters_of_its_question(tools):
    """And how many rows to tell; nothing else."""
    for name, question in QUESTIONS.items():
        schema = tools[name].input_schema
        parameters = [parameter.name for parameter in question.parameters]
        assert (list(schema["properties"]), schema["additionalProperties"]) == ([*parameters, "limit", "offset"], False)


def test_no_question_has_a_parameter_that_says_how_many_rows(tools):
    """The words of every tool are not those of any question."""
    names = {parameter.name for question in QUESTIONS.values() for parameter in question.parameters}
    assert names.isdisjoint({"limit", "offset"})


def test_every_tool_says_that_it_only_reads(tools):
    """Read-only, and closed: it reaches nothing but the graph."""
    hints = [tool.annotations for tool in tools.values()]
    assert all(each.read_only_hint and not each.destructive_hint and not each.open_world_hint for each in hints)


def test_every_tool_answers_its_question(review):
    """With the very rows that kg ask gives, as far as they are told, and their number; the client checks the schema."""
    calls = [(name, {}) for name in QUESTIONS]
    for (name, _), result in zip(calls, results(over(review.store), *calls), strict=True):
        expected = review.ask(name)
        rows = json.loads(
            json.dumps(
                [{key: told for key, told in row.items() if told is not None} for row in expected], default=float
            )
        )
        told = result.structured_content
        assert (told["rows"], told["total"]) == (rows[:USUAL_ROWS], len(rows)), name


OF_EACH_CATEGORY = [
    *("findings-between", "effects-between", "published-syntheses", "theory-about", "what-a-therapy-does"),
    *("narrower-constructs", "measures-of", "studies", "mappings", "provenance"),
]


def test_there_is_one_of_each_category():
    """So that answers of every sort are compared with what was checked by hand."""
    assert {QUESTIONS[name].category for name in OF_EACH_CATEGORY} == set(CATEGORIES)


@pytest.mark.parametrize("name", OF_EACH_CATEGORY)
def test_an_answer_is_the_golden_answer(store, name):
    """Over the whole field, with the defaults of the file, cell by cell."""
    golden = list(csv.DictReader(io.StringIO((ANSWERS / f"{name}.csv").read_text(encoding="utf-8"))))
    told = answer(store, name, limit=MOST_ROWS)
    rows = [{column: row.get(column) for column in told["columns"]} for row in told["rows"]]
    assert [[_as_csv(value) for value in row.values()] for row in rows] == [list(row.values()) for row in golden]


def _as_csv(value):
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return "" if value is None else harmless(text)


def test_what_rows_name_has_its_iri(review):
    """Things that an answer tells by their labels can be asked about."""
    told = answer(review.store, "findings-between")
    iris = {thing["label"]: thing["iri"] for thing in told["things"]}
    assert {row[column] for row in told["rows"] for column in ("study", "first", "second")} <= iris.keys()
    assert iris["self-compassion"] == "https://w3id.org/compassion-attachment/construct/self-compassion"


@pytest.mark.parametrize("name", ["findings", "verdicts", "findings-between", "theory-about", "provenance"])
def test_evidence_and_claims_have_their_sources(review, name):
    """Each is told with a publication, and each publication with its citation."""
    told = answer(review.store, name, limit=100)
    things = [each for each in told["things"] if "/finding/" in each["iri"] or "/proposition/" in each["iri"]]
    cited = {each["iri"] for each in told["sources"] if each["citation"]}
    assert things
    assert [each["iri"] for each in things if not cited & set(each["sources"])] == []


def test_an_answer_says_what_to_cite_and_where_to_see_it(review):
    """The dataset with version and licence, the query, the page and the command."""
    told = answer(review.store, "findings-between", subject="Self compassion")
    assert {"title", "version", "licence", "state", "date"} <= told["dataset"].keys()
    assert "VALUES ?subject { <https://w3id.org/compassion-attachment/construct/self-compassion> }" in told["query"]
    assert told["see"] == {
        "page": "/questions/findings-between?subject=self-compassion",
        "command": "kg ask findings-between --subject self-compassion --format csv",
    }


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("findings-between", {"subject": ["Self compassion", "shame"], "object": "attachment"}),
        ("mappings", {"subject": "odds ratio"}),  # none in the review alone, but the term has a kind
        ("strongest-effects", {"least": 0.5}),
        ("names", {"class": "Measure"}),
    ],
)
def test_page_and_command_show_the_same(review, built_review, tool, arguments):
    """Whoever checks an answer finds all its rows."""
    told = answer(review.store, tool, **arguments)
    path, _, query = told["see"]["page"].partition("?")
    content = Atlas(review.store).content(path, dict(parse_qsl(query)))
    printed = CliRunner().invoke(main, ["--store", str(built_review), *shlex.split(told["see"]["command"])[1:]])
    assert told["total"] == len(content.rows) == len(list(csv.DictReader(io.StringIO(printed.stdout))))


def test_a_verdict_comes_with_its_rule(review):
    """No verdict is shown without."""
    assert any(rule.startswith("The verdict on a proposition") for rule in answer(review.store, "verdicts")["rules"])


def test_a_long_answer_is_cut_and_says_how_to_get_the_rest(review):
    """Page by page it is the whole."""
    first = answer(review.store, "constructs", limit=150)
    rest = answer(review.store, "constructs", limit=150, offset=150)
    assert first["rest"].startswith(f"rows 1 to 150 of {first['total']}; for the next, offset 150; ")
    assert "rest" not in rest
    assert [row["construct"] for row in (*first["rows"], *rest["rows"])] == review.ask("constructs").column("construct")


def test_several_values_widen_a_question(review):
    """As an option that is given twice."""
    both = ["attachment-avoidance", "attachment anxiety"]
    told = answer(review.store, "findings-between", object=both, limit=MOST_ROWS)
    assert told["total"] == len(review.ask("findings-between", object=both))


@pytest.mark.parametrize(
    ("words", "kind", "found"),
    [
        ("self-compassion", None, "construct/self-compassion"),
        ("ECR-R", None, "measure/ecr-r"),
        ("mackintosh", "study", "study/mackintosh-2018"),
        ("self compasion", None, "construct/self-compassion"),
        ("attachement anxiety", "measure", "measure/pai"),
    ],
)
def test_search_finds_what_is_called_so_or_nearly(review, words, kind, found):
    """The first that is told is the one that is meant."""
    told = answer(review.store, "search", words=words, kind=kind)
    assert told["rows"][0]["thing"] == f"https://w3id.org/compassion-attachment/{found}"


def test_an_answer_tells_of_the_dataset_as_it_is_now(review, monkeypatch):
    """Where another engine may have changed, what is cited is asked anew, by questions as by search."""
    monkeypatch.setattr(Library, "is_stale", True)
    answers = Answers(review.store)
    before = answers._library
    answers.search("shame", None, Cut(1, 0))
    searched = answers._library
    answers.of(read_call(review.store, QUESTIONS["disagreements"], {}), Rows((), ()))
    assert len({id(each) for each in (before, searched, answers._library)}) == 3


@pytest.mark.parametrize(
    ("tool", "arguments", "sentence"),
    [
        ("findings-between", {"subject": "self-compasion"}, "no construct is called 'self-compasion'; did you mean 'self-c"),
        ("findings-between", {"subjekt": "shame"}, "no argument 'subjekt'; it has: subject, object, limit, offset"),
        ("findings-between", {"subject": 5}, "subject: 5 is not text"),
        ("findings-between", {"subject": ["shame"] * 13}, "subject: 13 values; give 1 to 12"),
        ("findings-between", {"subject": "x" * 2000}, "subject: 2,000 letters are no name"),
        ("strongest-effects", {"least": "much"}, "'much' is not a number"),
        ("constructs", {"limit": 10_000}, "limit: 10000 is no whole number from 1 to 200"),
        ("constructs", {"offset": True}, "offset: True is no whole number"),
        ("findings-betwen", {}, "did you mean 'findings-between'"),
        ("../checks/x", {}, "no question '../checks/x'"),
        ("search", {}, "words: nothing to search for"),
        ("search", {"words": "shame", "kind": "thing"}, "kind: 'thing' is none; use one of construct, "),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_one_sentence(review, tool, arguments, sentence):
    """In the result of the tool, where the assistant reads it."""
    told = refusal(over(review.store), tool, arguments)
    assert sentence in told
    assert "\n" not in told


def test_a_runaway_is_stopped(review, built_review, tmp_path):
    """When its time is up, as at the endpoint, and the next call is answered."""
    queries = tmp_path / "queries"
    queries.mkdir()
    head = "# title: {0}\n# category: findings\n# question: {0}?\n\n"
    everything = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    (queries / "runaway.rq").write_text(head.format("All") + everything)
    (queries / "quick.rq").write_text(head.format("One") + "SELECT ?n WHERE { VALUES ?n { 1 } }")
    engine = LocalEngine(current_generation(built_review) / "store", Limits(seconds=1))
    began = time.monotonic()
    stopped, quick = results(server(review.store, engine, Rooms(tmp_path)), ("runaway", {}), ("quick", {}))
    assert (stopped.is_error, "stopped after 1 s" in stopped.content[0].text) == (True, True)
    assert quick.structured_content["rows"] == [{"n": 1}]
    assert time.monotonic() - began < 20


def test_a_fault_of_ours_is_a_sentence(review, monkeypatch):
    """Its kind, and no inside."""
    monkeypatch.setattr(Answers, "of", lambda *_: 1 / 0)
    told = refusal(over(review.store), "participants", {})
    assert told == "this could not be answered (ZeroDivisionError), by a fault of ours; please report it"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def test_no_arguments_are_a_fault_of_ours(review):
    """Whatever an assistant makes up gets an answer or a sentence."""
    names = st.sampled_from(["subject", "object", "words", "kind", "least", "limit", "offset"]) | st.text(max_size=5)
    calls = st.tuples(
        st.sampled_from(["findings-between", "strongest-effects", "search"]),
        st.dictionaries(names, JSON | st.sampled_from(["self-compassion", "0.3", '" } UNION { ?s ?p ?o'])),
    )
    made: list = []

    @given(calls)
    @examples(max_examples=30)
    def make(call):
        made.append(call)

    make()
    for call, result in zip(made, results(over(review.store), *made), strict=True):
        assert "fault of ours" not in result.content[0].text, call


def files(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_command_speaks_with_a_client_and_writes_nothing(built_review):
    """Over standard input and output; the build is byte for byte what it was."""
    before = files(built_review)
    command = ["-m", "kg", "--store", str(built_review), "mcp"]
    started = StdioServerParameters(command=sys.executable, args=command, cwd=Path(__file__).parent.parent)

    async def do(client):
        listed = await client.list_tools()
        return len(listed.tools), await client.call_tool("measures-of", {"construct": "shame"})

    count, result = talk(started, do)
    assert (count, result.is_error) == (len(QUESTIONS) + 1, False)
    assert files(built_review) == before


def test_an_endpoint_is_asked_as_a_build_is(review, built_review):
    """With the same answer: kg --store URL mcp."""
    with oxigraph(current_generation(built_review) / "store") as url:
        assert answer(open_store(url), "findings-between") == answer(review.store, "findings-between")


def test_an_endpoint_that_does_not_answer_is_told_before_anybody_asks():
    """One line on stderr, and nothing that an assistant would wait for."""
    result = CliRunner().invoke(main, ["--store", f"http://127.0.0.1:{free_port()}/sparql", "mcp"])
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "does not answer" in result.stderr


def test_a_missing_library_is_told(built_review, monkeypatch):
    """One line that says what to install."""
    monkeypatch.setitem(sys.modules, "mcp.server.stdio", None)
    result = CliRunner().invoke(main, ["--store", str(built_review), "mcp"])
    assert (result.exit_code, result.stderr) == (
        2, "kg: kg mcp needs the library mcp: pip install 'compassion-attachment-kg[mcp]'\n",
    )  # fmt: skip
