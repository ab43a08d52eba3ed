"""What the embedded store writes into a query so that it looks up row by row: the answer stays as it was."""

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.store.planning import planned

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


def grouped(inner):
    """Groups of triples with an OPTIONAL, a filter, a group or a value told within."""
    return st.builds(
        "{} {} {}".format,
        plain,
        st.one_of(inner.map("OPTIONAL {{ {} }}".format), inner.map("{{ {} }}".format), st.just("")),
        st.one_of(filters, inner.map("FILTER NOT EXISTS {{ {} }}".format), st.just("")),
    )


optionals = st.builds(
    "{} {}".format, st.recursive(plain, grouped, max_leaves=3), st.one_of(filters, binds, st.just(""))
)


@settings(max_examples=300, deadline=None)
@given(before=plain, within=optionals, after=st.one_of(optionals.map("OPTIONAL {{ {} }}".format), filters, triples))
def test_the_answer_of_any_query_stays_as_it_was(small, before, within, after):
    """Whatever stands before an OPTIONAL, in it and after it."""
    query = f"SELECT ?a ?b ?c ?d WHERE {{ {before} OPTIONAL {{ {within} }} {after} }}"
    assert rows(small, planned(query)) == rows(small, query)


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
        "SELECT ?b (COUNT(*) AS ?n) WHERE { ?b <x:p1> ?c } GROUP BY ?b",
    ],
    ids=["nothing-shared", "filter", "bind", "group", "sub-query"],
)
def test_an_optional_that_would_see_more_is_left_alone(within):
    """Where a look-up would let what is within see a variable that it does not see by SPARQL, or sees otherwise."""
    query = f"SELECT * WHERE {{ ?a <x:p0> ?b OPTIONAL {{ {within} }} }}"
    assert planned(query) == query


def test_the_word_in_a_string_or_a_comment_is_no_optional():
    """Only tokens tell a keyword from its letters."""
    query = 'SELECT * WHERE { ?a <x:p0> "OPTIONAL { ?a" # OPTIONAL { ?a <x:p1> ?b }\n }'
    assert planned(query) == query


@pytest.mark.parametrize("broken", ["OPTIONAL ) }", "OPTIONAL", "OPTIONAL ?x {", "OPTIONAL { ?a ( }"])
def test_what_is_not_sparql_is_left_to_the_engine_to_refuse(broken):
    """A query with brackets that do not fit is no traceback."""
    assert planned(f"SELECT * WHERE {{ ?a <x:p0> ?b {broken}")
