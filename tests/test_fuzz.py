"""Whatever strangers send: damaged tables, odd names and odd requests are read or refused, and never break anything."""

import asyncio
import re
from contextlib import suppress

import openpyxl
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from kg.errors import KgError
from kg.importing.reading import read_source
from kg.lookup import resolve
from kg.pages.library import Library
from kg.questions import list_questions, term
from kg.records import Study
from kg.resources import shipped
from kg.serve.app import application
from kg.sparql_tokens import tokenized
from kg.tables import read_records

examples = settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])

# --- readers of tables ------------------------------------------------------------------------

HEADER = ["id", "label", "publication", "design", "reported_in", "locator"]
ROWS = [HEADER, ["brücke-1999", "Brücke 1999; n = 12", "amari2022", "cross-sectional", "amari2022", "Table 2"]]


def table(path, suffix, encoding):
    """A sound table, as bytes."""
    if suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in ROWS:
            book.active.append(row)
        book.save(path)
    elif suffix == ".parquet":
        pyarrow.parquet.write_table(pyarrow.table({name: [cell] for name, cell in zip(*ROWS, strict=True)}), path)
    else:
        separator = "\t" if suffix == ".tsv" else ","
        path.write_bytes("".join(separator.join(row) + "\n" for row in ROWS).encode(encoding))
    return path.read_bytes()


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """Suffix and encoding -> a sound table."""
    folder = tmp_path_factory.mktemp("sound")
    kinds = [(".xlsx", ""), (".parquet", "")]
    kinds += [(suffix, code) for suffix in (".csv", ".tsv") for code in ("utf-8", "utf-8-sig", "utf-16", "latin-1")]
    return {kind: table(folder / f"studies{kind[0]}", *kind) for kind in kinds}


#: What takes the place of some bytes: nothing, a NUL, marks that open, half a letter, a cell beyond measure, anything.
PIECES = st.sampled_from(
    [b"", b"\0", b'"', b"\xff\xfe", b"\xc3", b"\r", b"x" * 140_000, b"<!ENTITY a 'b'>"]
) | st.binary(max_size=8)
DAMAGE = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), PIECES), max_size=4)


@examples
@given(
    kind=st.integers(0, 9),
    damage=DAMAGE,
    end=st.floats(0, 1) | st.just(1.0),
    encoding=st.sampled_from(["utf-8", "utf-16"]),
)
def test_a_damaged_table_is_read_or_told(tables, tmp_path, kind, damage, end, encoding):
    """By the reader of curated tables, which tells each problem in a line, and by that of kg import."""
    suffix, _ = sorted(tables)[kind]
    content = sorted(tables.items())[kind][1]
    for place, length, piece in damage:
        start = int(place * len(content))
        content = content[:start] + piece + content[start + length :]
    path = tmp_path / f"studies{suffix}"
    path.write_bytes(content[: int(end * len(content))])
    assert [each for each in read_records(path, path.name, Study).problems if "\n" in str(each)] == []
    with suppress(KgError):
        read_source(path, encoding)


# --- what is asked about ----------------------------------------------------------------------

BLOCK = re.compile(r"VALUES\s+\?\w+\s*\{[^}]*\}")
ASKED = {
    parameter.type: (question, parameter) for question in list_questions(shipped()) for parameter in question.parameters
}
WORDS = st.text() | st.builds(
    str.__add__,
    st.sampled_from(["self-compassion", "construct:self-compassion", "https://w3id.org/compassion-attachment/", "Construct", "0.3", ""]),
    st.sampled_from(["", "> } ?s ?p ?o . { <", "} UNION { ?s ?p ?o", '" } #', "\\u007d", "1e9", "\n}", "٣", "{construct:x}"]) | st.text(max_size=9),
)  # fmt: skip


@pytest.fixture(scope="module")
def remembering(review):
    """The store, asked for each list of names only once."""
    return Library(review.store)


def shape(text):
    """The kinds of tokens of a query, in order: what makes it ask what it asks."""
    return [token.kind for token in tokenized(text)]


@settings(examples, max_examples=40)
@given(type=st.sampled_from(sorted(ASKED)), word=WORDS)
@example(type="class", word="Construct")
@example(type="decimal", word="0.3")
def test_no_word_changes_what_a_question_asks(remembering, type, word):
    """It is one term in its place, or it is refused; everything else of the query stays as it stands in the file."""
    question, parameter = ASKED[type]
    try:
        bound = question.bind({parameter.name: [term(remembering, word, type)]})
    except KgError:
        return
    one = question.bind({parameter.name: ["0" if type == "decimal" else "<https://e.org/x>"]})
    assert shape(bound) == shape(one)
    assert BLOCK.split(bound) == BLOCK.split(question.text)


@settings(examples, max_examples=40)
@given(word=WORDS)
def test_a_name_means_something_of_the_graph_or_nothing(remembering, constructs, word):
    """No IRI of a stranger's gets into a query as one of ours."""
    with suppress(KgError):
        assert resolve(remembering, word, "construct") in constructs


@pytest.fixture(scope="module")
def constructs(review):
    return {str(iri) for iri in review.ask("names").column("iri")}


# --- HTTP -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(review):
    with TestClient(application(review.store)) as client:
        yield client


async def responded(app, method, path, query, headers, body):
    """Status and headers of what an application answers, without a client that would tidy the request first."""
    told = []
    pieces = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive():
        return pieces.pop() if pieces else await asyncio.Event().wait()

    async def send(message):
        told.append(message)

    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "root_path": ""}
    asked = {"method": method, "path": path, "raw_path": path.encode(errors="replace"), "query_string": query}
    ends = {"client": ("192.0.2.1", 1), "server": ("localhost", 80), "headers": [(b"host", b"localhost"), *headers]}
    await app({**scope, **asked, **ends}, receive, send)
    return told[0]["status"], {name.decode(): value.decode("latin-1") for name, value in told[0]["headers"]}


PATHS = [
    *("/", "/search", "/gaps", "/gaps.svg", "/conflicts", "/theory.csv", "/network", "/questions/findings-between"),
    *("/construct/self-compassion", "/construct/self-compassion.ttl", "/pair/self-compassion/attachment-anxiety", "/sparql"),
    *("/finding", "/finding.jsonld", "/ontology/Finding", "/static/atlas.css", "/.well-known/void", "/graph/vocabulary"),
]  # fmt: skip
NAMES = [
    "q",
    "query",
    "format",
    "subject",
    "object",
    "rows",
    "columns",
    "around",
    "layer",
    "kind",
    "default-graph-uri",
    "update",
]
VALUES = [
    "self-compassion",
    "review",
    "SELECT * {}",
    "ASK {",
    "DROP ALL",
    "<script>",
    "%00",
    "%ff",
    "../..",
    "1e99",
    "%E2%80%AE",
]
HEADERS = [
    "accept",
    "content-type",
    "if-none-match",
    "range",
    "x-forwarded-for",
    "host",
    "origin",
    "content-length",
    "cookie",
]
SAID = [
    "text/html",
    "text/turtle;q=x",
    "*/*;q=0",
    "application/sparql-query",
    "application/x-www-form-urlencoded",
    '"',
    "W/",
]


def either(known, most=0x10FFFF):
    return st.sampled_from(known) | st.text(st.characters(max_codepoint=most), max_size=20)


@settings(examples, max_examples=150)
@given(
    method=st.sampled_from(["GET"] * 12 + ["HEAD", "POST", "POST", "PUT", "OPTIONS", "get", "Ä"]),
    path=st.sampled_from(PATHS * 3) | st.builds(str.__add__, st.sampled_from(PATHS), st.text(max_size=12)),
    pairs=st.lists(st.tuples(either(NAMES), either(VALUES)), max_size=4),
    headers=st.lists(st.tuples(st.sampled_from(HEADERS), either(SAID, 255)), max_size=3),
    body=st.sampled_from([b"", b"query=ASK{}", b"ASK {}", b"\xff\0", b"query=%ff"]) | st.binary(max_size=50),
)  # fmt: skip
def test_any_request_is_answered_or_refused(served, method, path, pairs, headers, body):
    """With 2xx, 3xx or 4xx, and what keeps a browser from doing more than was asked."""
    query = "&".join("=".join(pair) for pair in pairs).encode("utf-8", errors="replace")
    sent = [(name.encode(), value.encode("latin-1", errors="replace")) for name, value in headers]
    status, told = served.portal.call(responded, served.app, method, path, query, sent, body)
    assert 200 <= status < 500
    assert told["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in told["content-security-policy"]
