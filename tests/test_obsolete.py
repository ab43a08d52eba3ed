"""What was released once and is no more: still there to be looked up, and nowhere else."""

import pytest
from rdflib import DCTERMS, OWL, RDF, Graph, Literal, URIRef

from kg.errors import UnknownName
from kg.lookup import resolve
from kg.names import BASE, graph_iri
from kg.pages.atlas import Atlas
from kg.records import Obsolete
from kg.triples import record_of, triples_of

EASE = Obsolete(
    kind="construct",
    id="ease",
    label="ease",
    replaced_by=("construct:self-compassion",),
    reason="Nobody told it apart.",
)
RETRACTED = Obsolete(kind="finding", id="nobody-2001-01", label="a finding", reason="It had the wrong number.")


@pytest.fixture(scope="module")
def stated():
    """What the rows say, as triples."""
    graph = Graph()
    for record in (EASE, RETRACTED):
        for triple in triples_of(record):
            graph.add(triple)
    return graph


@pytest.fixture(scope="module")
def atlas(review, stated):
    """The vocabulary of the review with two things that are no more."""
    rooms = tuple(map(graph_iri, ("ontology", "vocabulary", "inferred", "metadata")))
    store = review.store.part(lambda s, p, o, g: g in rooms)
    store.load(stated.serialize(format="nt"), graph_iri("obsolete"))
    return Atlas(store)


def test_what_is_no_more_is_deprecated_and_says_what_took_its_place(stated):
    """And is of no class, so that no question finds it among what there is."""
    ease = URIRef(BASE + "construct/ease")
    assert (ease, OWL.deprecated, Literal(True)) in stated
    assert (ease, DCTERMS.isReplacedBy, URIRef(BASE + "construct/self-compassion")) in stated
    assert (None, RDF.type, None) not in stated


def test_a_row_comes_back_from_rdf_as_it_went_in(stated):
    """Kind, replacement and reason."""
    assert record_of(stated, EASE.iri, Obsolete) == EASE


@pytest.mark.parametrize("record", [EASE, RETRACTED], ids=lambda record: record.kind)
def test_the_page_of_what_is_no_more_says_so_and_why(atlas, record):
    """Not the page of its kind, which would tell what was found on it."""
    page = atlas.page(f"/{record.kind}/{record.id}").html
    assert "No longer in use" in page
    assert record.reason in page
    assert ("Replaced by" in page) == bool(record.replaced_by)
    assert "What it was studied with" not in page


def test_what_is_no_more_is_not_counted_among_what_there_is(atlas):
    """It keeps its page, but no list, form or count has it."""
    library = atlas.library
    assert EASE.iri in set(library.ever_of_kind("construct")) - set(library.of_kind("construct"))
    assert "/construct/ease" in atlas.paths()
    assert "construct, no longer in use" in atlas.page("/search", {"q": "ease"}).html


@pytest.mark.parametrize("name", ["ease", "Ease", "construct:ease"])
def test_who_asks_about_what_is_no_more_is_told_what_took_its_place(atlas, name):
    """Not the nearest name."""
    with pytest.raises(UnknownName, match="is obsolete; use construct:self-compassion"):
        resolve(atlas.library.store, name, "construct")
