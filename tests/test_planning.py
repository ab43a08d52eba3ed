"""What the embedded store writes into a query so that it looks up row by row: the answer stays as it was."""

import re
import time

import pyoxigraph as ox
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg.serve.engine import _MOST_PLANNED
from kg.store.embedded import Embedded
from kg.store.planning import _LEFT_ALONE, planned

_NODES = [ox.NamedNode(f"x:n{number}") for number in range(4)]
_LINKS = [ox.NamedNode(f"x:p{number}") for number in range(3)]


@pytest.fixture(scope="module")
def small():
    """A store of few nodes, of which some have what others lack."""
    store = ox.Store()
    for number, subject in enumerate(_NODES):
        for place, link in enumerate(_LINKS):
            if (number + place) % 3:
                store.add(ox.Quad(subject, link, _NODES[(number * 2 + place) % 4]))
    return store


def rows(store, query):
    """The answer, row by row, in no order."""
    answer = store.query(query)
    return sorted(str([solution[variable] for variable in answer.variables]) for solution in answer)


variables = st.sampled_from(["?a", "?b", "?c", "?d"])
triples = st.builds("{} <{}> {} .".format, variables, st.sampled_from([link.value for link in _LINKS]), variables)
filters = st.builds("FILTER(!BOUND({}) || {} != {})".format, variables, variables, variables)
binds = st.builds("BIND(STR({}) AS ?told)".format, variables)
plain = st.lists(triples, min_size=1, max_size=2).map(" ".join)
steps = st.builds("{} <{}>{} {} .".format, variables, st.sampled_from([link.value for link in _LINKS]),
                  st.sampled_from(["*", "?", "+"]), variables)  # fmt: skip


def grouped(inner):
    """Groups of triples with an OPTIONAL, a filter, a group or a value told within."""
    return st.builds(
        "{} {} {}".format,
        plain,
        st.one_of(inner.map("OPTIONAL {{ {} }}".format), inner.map("{{ {} }}".format), st.just("")),
        st.one_of(filters, inner.map("FILTER NOT EXISTS {{ {} }}".format), st.just("")),
    )


optionals = st.builds(
    "{} {} {}".format,
    st.one_of(st.just(""), binds.map(lambda bind: bind.replace("told", "first")), steps),
    st.recursive(plain, grouped, max_leaves=3),
    st.one_of(filters, binds, st.just("")),
)


def _sees_from_outside(before, within):
    """Whether an OPTIONAL names in one of its own what stands before it and not in its first triples.

    Such a query is not well designed (Pérez et al. 2009, section 4); Oxigraph answers it from the outside in, and SPARQL
    from the inside out: of these only what SPARQL says is told.
    """
    first = re.split(r"OPTIONAL|FILTER|BIND|{", within)[0]
    return "OPTIONAL" in within and not _named(before) & _named(within) <= _named(first)


def _named(text):
    return set(re.findall(r"\?\w", text))


@settings(max_examples=300, deadline=None)
@given(before=plain, within=optionals, after=st.one_of(optionals.map("OPTIONAL {{ {} }}".format), filters, triples))
def test_the_answer_of_any_query_stays_as_it_was(small, before, within, after):
    """Whatever stands before an OPTIONAL, in it and after it."""
    assume(not _sees_from_outside(before, within))
    query = f"SELECT ?a ?b ?c ?d WHERE {{ {before} OPTIONAL {{ {within} }} {after} }}"
    assert rows(small, planned(query)) == rows(small, query)


breaks = st.one_of(
    binds,
    triples.map("OPTIONAL {{ {} }}".format),
    st.builds("{{ {} }} UNION {{ {} }}".format, plain, plain),
    triples.map("{{ SELECT DISTINCT ?a ?b WHERE {{ {} }} }}".format),
    st.just("VALUES ?b { <x:n1> <x:n2> }"),
)


@settings(max_examples=300, deadline=None)
@given(before=st.one_of(plain, st.just("")), then=breaks, between=plain, again=st.one_of(breaks, filters), after=plain)
def test_the_answer_of_any_query_whose_triples_stand_apart_stays_as_it_was(small, before, then, between, again, after):
    """Whatever stands between the triples of a group."""
    query = f"SELECT ?a ?b ?c ?d WHERE {{ {before} {then} {between} {again.replace('?told', '?too')} {after} }}"
    assert rows(small, planned(query)) == rows(small, query)


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        (
            "SELECT * WHERE { ?a <x:p0> ?b BIND(STR(?b) AS ?c) ?b <x:p1> ?d ; a ?e . FILTER(?d != ?e) ?d <x:p2> true }",
            (
                "SELECT * WHERE { ?a <x:p0> ?b BIND(STR(?b) AS ?c) LATERAL { ?b <x:p1> ?d ; a ?e } . FILTER(?d != ?e) "
                "LATERAL { ?d <x:p2> true } }"
            ),
        ),
        (
            "SELECT * WHERE { { SELECT ?a WHERE { ?a <x:p0> ?b } } ?a <x:p1> ?c }",
            "SELECT * WHERE { { SELECT ?a WHERE { ?a <x:p0> ?b } } LATERAL { ?a <x:p1> ?c } }",
        ),
        (
            "SELECT * WHERE { { ?a <x:p0> ?b } UNION { ?b <x:p0> ?a } VALUES ?c { 1 } ?a <x:p1> ?c }",
            "SELECT * WHERE { { ?a <x:p0> ?b } UNION { ?b <x:p0> ?a } VALUES ?c { 1 } LATERAL { ?a <x:p1> ?c } }",
        ),
    ],
    ids=["bind", "sub-query", "union"],
)
def test_triples_after_what_is_no_triple_are_looked_up(query, asked):
    """The engine would read all of them, and join."""
    assert planned(query) == asked


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * WHERE { ?a <x:p0> ?b FILTER(?a != ?b) VALUES ?c { <x:n1> } ?b <x:p1> ?c }",
        "SELECT * WHERE { ?a <x:p0> ?b BIND(1 AS ?n) ?c <x:p1> ?d }",
        "SELECT * WHERE { ?a <x:p0> ?b BIND(1 AS ?n) ?b <x:p1> _:c . _:c <x:p2> ?d FILTER(?d != ?a) _:c <x:p0> ?a }",
        "SELECT * WHERE { ?a <x:p0> ?b BIND(1 AS ?n) ?b <x:p1>* ?c }",
        "SELECT * WHERE { ?a <x:p0> ?b BIND(1 AS ?n) ?b <x:p1>? ?c }",
        "SELECT * WHERE { ?a <x:p0> ?b BIND(1 AS ?n) ?e <x:p1> <<( ?a <x:p2> ?b )>> }",
        "SELECT * WHERE { ?a <x:p0> ?b BIND(1 AS ?n) ?a <x:p1> ?b {| <x:p2> ?c |} }",
        "PREFIX x: <x:> SELECT * WHERE { ?a x:p0 ?b BIND(1 AS ?n) ?a x:p.one ?c }",
        'SELECT * WHERE { ?a <x:p0> ?b BIND("\\u0041" AS ?n) ?a <x:p1> ?c }',
    ],
    ids=[
        "triples-only",
        "nothing-shared",
        "blank-node",
        "path-of-no-length",
        "or-none",
        "about-a-triple",
        "annotated",
        "name-with-a-dot",
        "codepoint",
    ],
)
def test_triples_are_left_alone_where_the_engine_plans_them_or_a_look_up_would_say_otherwise(query):
    """What is not cut off from the triples before it, and what would be told of terms that are not in the graph."""
    assert planned(query) == query


def test_an_optional_that_lists_values_of_what_is_bound_is_answered():
    """LATERAL refuses it, SPARQL does not."""
    store = Embedded.in_memory()
    store.load("<x:n1> <x:p0> <x:n2> .\n<x:n2> <x:p1> <x:n3> .\n", "x:g")
    query = "SELECT ?c WHERE { ?a <x:p0> ?b OPTIONAL { VALUES ?b { <x:n2> } ?b <x:p1> ?c } }"
    assert store.select(query).column("c") == ["x:n3"]


def test_no_question_is_written_so_that_its_plan_is_left_alone(rooms):
    """With a letter as a codepoint, or a triple about a triple, a query is handed on as it is: it would read everything."""
    alone = [path.stem for path in rooms.queries.rglob("*.rq") if _LEFT_ALONE.search(path.read_text(encoding="utf-8"))]
    assert alone == []


def test_an_optional_is_looked_up():
    """What shares a variable with the rows before it is looked up for each of them."""
    query = "SELECT * WHERE { ?a <x:p0> ?b OPTIONAL { ?b <x:p1> ?c } }"
    assert planned(query) == "SELECT * WHERE { ?a <x:p0> ?b LATERAL { OPTIONAL { ?b <x:p1> ?c } } }"


@pytest.mark.parametrize(
    "within",
    [
        "?c <x:p1> ?d",
        "?b <x:p1> ?c FILTER(?a != ?c)",
        "?b <x:p1> ?c BIND(?a AS ?d)",
        "?b <x:p1> ?c { ?c <x:p2> ?d FILTER(BOUND(?b)) }",
        "?b <x:p1> ?c FILTER NOT EXISTS { ?c <x:p2> ?a }",
        "?b <x:p1> ?c MINUS { ?c <x:p2> ?b }",
        "BIND(?b AS ?d) ?b <x:p1> ?c",
        "?b <x:p1>* ?c",
        "SELECT ?b (COUNT(*) AS ?n) WHERE { ?b <x:p1> ?c } GROUP BY ?b",
    ],
    ids=[
        "nothing-shared",
        "filter",
        "bind",
        "group",
        "exists",
        "minus",
        "bind-first",
        "path-of-no-length",
        "sub-query",
    ],
)
def test_an_optional_that_would_see_more_is_left_alone(within):
    """Where a look-up would let what is within see a variable that it does not see by SPARQL, or sees otherwise."""
    assert "LATERAL { OPTIONAL" not in planned(f"SELECT * WHERE {{ ?a <x:p0> ?b OPTIONAL {{ {within} }} }}")


def test_a_truth_value_ends_its_triple_with_and_without_a_dot():
    """The tokens of a word hold the dot; a name before a blank holds none."""
    assert "LATERAL" in planned("SELECT * WHERE { ?a x:p0 true OPTIONAL { ?a <x:p1> ?c } }")
    query = "SELECT * WHERE { ?a <x:p0> ?b OPTIONAL { ?b <x:p1> ?c } ?a <x:p2> true. }"
    assert planned(query).endswith("LATERAL { ?a <x:p2> true. } }")


def test_the_word_in_a_string_or_a_comment_is_no_optional():
    """Only tokens tell a keyword from its letters."""
    query = 'SELECT * WHERE { ?a <x:p0> "OPTIONAL { ?a" # OPTIONAL { ?a <x:p1> ?b }\n }'
    assert planned(query) == query


@pytest.mark.parametrize("broken", ['"OPTIONAL }', "OPTIONAL ) }", "OPTIONAL", "OPTIONAL ?x {", "OPTIONAL { ?a ( }"])
def test_what_is_not_sparql_is_left_to_the_engine_to_refuse(broken):
    """A query with brackets that do not fit is no traceback."""
    assert planned(f"SELECT * WHERE {{ ?a <x:p0> ?b {broken}")


@pytest.mark.parametrize(
    "unit", ["OPTIONAL { ?a ?b ?c } ", "?a ?b ?c FILTER(?a) ", "BIND(1 AS ?n) ?a ?b ?c ", "OPTIONAL ", "{} "]
)
def test_reading_takes_a_time_that_grows_with_the_text(unit):
    """A long query made to be slow is read in seconds, not in hours: strangers' queries are read so, too."""
    started = time.thread_time()
    planned(f"SELECT * WHERE {{ ?a ?b ?c OPTIONAL {{ ?a ?b ?d }} {unit * (300_000 // len(unit))} }}")
    assert time.thread_time() - started < 20


def test_reading_what_is_nested_takes_a_time_that_grows_with_the_depth():
    """As deep and as long as a stranger's query may be and still be planned."""
    started = time.thread_time()
    nested = "OPTIONAL { ?a ?b ?c " * 98
    planned(f"SELECT * WHERE {{ ?a ?b ?c {nested} {'?a ' * ((_MOST_PLANNED - len(nested)) // 3)} {'}' * 99}")
    assert time.thread_time() - started < 20
