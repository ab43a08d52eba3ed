"""An answer that is put in order here stands as the engine would have put it."""

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.store.embedded import Embedded, rows_of
from kg.store.ordering import ordered, unordered

XSD = "http://www.w3.org/2001/XMLSchema#"
WORDS = st.text("aAzé😀 ~", max_size=3)
IRIS = WORDS.map(lambda word: f"<https://example.org/{word.replace(' ', '_')}>")
TEXTS = st.one_of(WORDS.map('"{}"'.format), WORDS.map('"{}"@en'.format))
EXACT = st.one_of(st.integers(-20, 20).map(str), st.decimals(-2, 2, places=2).map(lambda number: f"{number:f}"))
DOUBLES = st.floats(-2, 2, allow_nan=False).map(lambda number: f'"{number!r}"^^<{XSD}double>')
INTEGERS_ILL_WRITTEN = st.sampled_from(["abc", "1_0", "1.5", " 3", "1e3", "", "9" * 30]).map(
    lambda text: f'"{text}"^^<{XSD}integer>'
)
MIXTURES = [st.one_of(IRIS, TEXTS, EXACT), st.one_of(EXACT, DOUBLES), st.one_of(EXACT, INTEGERS_ILL_WRITTEN)]
COLUMN = st.sampled_from([IRIS, TEXTS, EXACT, DOUBLES, *MIXTURES])


@st.composite
def tables(draw):
    """Rows of two columns, each of one kind of value or of several, some without a value."""
    cells = [st.one_of(st.just("UNDEF"), draw(COLUMN)) for _ in range(2)]
    return draw(st.lists(st.tuples(*cells), max_size=12))


def asked(rows, order):
    values = " ".join(f"({one} {other})" for one, other in rows)
    return f"SELECT ?one ?other WHERE {{ VALUES (?one ?other) {{ {values} }} }} {order}"


@given(rows=tables(), order=st.sampled_from(["?one ?other", "DESC(?one) ?other", "ASC(?other) DESC(?one)"]))
def test_rows_stand_as_the_engine_puts_them(rows, order):
    """By one column or both, upwards or downwards, whatever stands in them."""
    query = asked(rows, f"ORDER BY {order}")
    told = ox.Store().query(query)
    assert unordered(query)
    assert Embedded.in_memory().select(query) == rows_of(told)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?a WHERE { ?a ?b ?c } ORDER BY ?a LIMIT 3",
        "SELECT ?a WHERE { ?a ?b ?c } ORDER BY STR(?a)",
        "SELECT ?a WHERE { ?a ?b ?c } ORDER BY ?a STR(?b)",
        "SELECT ?a WHERE { { SELECT ?a WHERE { ?a ?b ?c } ORDER BY ?a } }",
        'SELECT ?a WHERE { ?a ?b "} ORDER BY ?a" }',
        "SELECT ?a WHERE { ?a ?b ?c } # ORDER BY ?a",
        "SELECT ?a WHERE { ?a ?b ?c }",
        "SELECT ?pvalues WHERE { ?a ?b ?pvalues } ORDER BY ?pvalues LIMIT 2",
        "CONSTRUCT WHERE { ?a ?b ?c } ORDER BY ?a",
        "ASK { ?a ?b ?c } ORDER BY ?a",
    ],
)
def test_an_order_that_decides_more_than_the_order_is_the_engines(query):
    """A number of rows, computed keys, groups within; strings and comments are no clauses."""
    assert unordered(query) is None


def test_badly_written_numbers_are_the_engines():
    """What is no number, or none of its kind, has no place that we know."""
    for written in ("abc", "1.5"):
        bad = ox.Literal(written, datatype=ox.NamedNode(XSD + "integer"))
        assert ordered([(bad,)], ["a"], [("a", False)]) is None


def test_rows_are_read_no_further_than_it_takes_to_know_that_their_order_is_the_engines():
    """The rest would be read twice."""
    rows = iter([(ox.Literal("b"),), (ox.BlankNode("b"),), (ox.Literal("c"),)])
    assert ordered(rows, ["a"], [("a", False)]) is None
    assert len(list(rows)) == 1


def test_values_after_the_order_stay():
    """They narrow the answer."""
    told = unordered("SELECT ?a WHERE { ?a ?b ?c } ORDER BY DESC( ?a ) $b\nVALUES ?a { 1 }")
    assert told.query == "SELECT ?a WHERE { ?a ?b ?c } VALUES ?a { 1 }"
    assert told.keys == [("a", True), ("b", False)]


def test_text_beside_numbers_is_left_to_the_engine():
    """What comes first of them the standard does not say."""
    rows = [(ox.Literal("1", datatype=ox.NamedNode(XSD + "integer")),), (ox.Literal("b"),)]
    assert ordered(rows, ["a"], [("a", False)]) is None


def test_an_order_by_what_is_not_told_is_the_engines():
    """The rows do not have it."""
    query = "SELECT ?a WHERE { VALUES (?a ?b) { (1 2) (3 1) } } ORDER BY ?b"
    assert Embedded.in_memory().select(query).column("a") == [3, 1]
