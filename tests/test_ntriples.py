"""N-Triples written as text are what an RDF library reads and writes."""

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef

from kg.ntriples import full, line, named, number, text


def written_by_rdflib(value):
    """The object of a triple as rdflib writes it."""
    graph = Graph().add((URIRef("s:s"), URIRef("s:p"), value))
    return graph.serialize(format="nt").strip().removeprefix("<s:s> <s:p> ").removesuffix(" .")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_words_come_back_as_they_were(words):
    """Quotes, backslashes, line ends and any other sign."""
    (quad,) = ox.parse(line(full("s:s"), full("s:p"), text(words, "en")), ox.RdfFormat.N_TRIPLES)
    assert quad.object == ox.Literal(words, language="en")


@pytest.mark.parametrize("words", ["calm", 'a "calm" one', "back\\slash", "two\nlines\r", "τ² × r"])
def test_words_are_written_as_rdflib_writes_them(words):
    """One text of a graph, by whichever way it is made."""
    assert text(words) == written_by_rdflib(Literal(words))
    assert text(words, "en") == written_by_rdflib(Literal(words, lang="en"))


@given(st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False)))
def test_numbers_are_written_as_the_store_writes_them(value):
    """Whole ones as integers, others as doubles, without an exponent, as short; and they mean what they meant.

    Not digit by digit: of two texts that are as short and as near, 562949953421312.2 and .3, each writer has its own.
    """
    store = ox.Store()
    store.load(line(full("s:s"), full("s:p"), number(value)).encode(), ox.RdfFormat.N_TRIPLES)
    (quad,) = store
    assert type(value)(quad.object.value) == value
    assert (len(str(quad.object)), "e" in quad.object.value.lower()) == (len(number(value)), False)
    assert str(quad.object.datatype) in number(value)


def test_terms_are_named_by_their_curies():
    """A line is a triple."""
    said = line(full("s:s"), named("rdf:type"), named("owl:Class"))
    assert said == "<s:s> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/2002/07/owl#Class> .\n"
