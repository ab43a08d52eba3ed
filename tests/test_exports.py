"""What leaves the graph, read by the programs of others."""

import csv
import io
import xml.etree.ElementTree as ET

import pyoxigraph as ox
import pytest
from rdflib import DC, DCTERMS, RDFS, SKOS, Graph, Literal, URIRef

from kg import build
from kg.export import findings, graphs
from kg.names import BASE, mint
from kg.questions import export_query, list_questions
from kg.resources import shipped


@pytest.fixture(scope="module")
def turtle(store):
    return Graph().parse(data=graphs.whole_graph(store, "nt"), format="nt")


@pytest.mark.parametrize(("format", "known_as"), [("nt", "ntriples"), ("rdfxml", "rdfxml")])
def test_an_ontology_editor_lists_every_individual(store, format, known_as):
    """Owlready2, like Protégé, shows what is declared an owl:NamedIndividual: all instances of all classes."""
    owlready2 = pytest.importorskip("owlready2", reason="pip install 'compassion-attachment-kg[reason]'")
    world = owlready2.World()
    text = graphs.whole_graph(store, format).encode()
    world.get_ontology(BASE + "ontology").load(fileobj=io.BytesIO(text), format=known_as)
    query = "SELECT DISTINCT ?one WHERE { ?one a ?class . ?class a owl:Class . FILTER(isIRI(?one)) }"
    instances = {str(iri) for iri in store.select(query).column("one")}
    assert {each.iri for each in world.individuals()} == instances
    assert {mint("construct", "self-compassion"), mint("finding", "dudley-2018-01")} < instances


def test_what_dcterms_says_of_a_thing_is_a_thing(turtle):
    """Creator, publisher, part and licence lead to resources in DCTERMS; names of them stand in DC and PRISM."""
    wants = (DCTERMS.creator, DCTERMS.publisher, DCTERMS.isPartOf, DCTERMS.license)
    assert [(s, p, o) for p in wants for s, _, o in turtle.triples((None, p, None)) if isinstance(o, Literal)] == []
    for names in (DC.creator, DC.publisher, URIRef("http://prismstandard.org/namespaces/basic/2.0/publicationName")):
        assert (None, names, None) in turtle


def test_a_dataset_under_a_known_licence_links_to_it(turtle):
    """CC BY 4.0 is said in words and as the address of the licence."""
    dataset = URIRef(mint("dataset", "amari-2022"))
    assert turtle.value(dataset, DC.rights) == Literal("CC BY 4.0")
    assert turtle.value(dataset, DCTERMS.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")


def test_terms_have_a_preferred_label_for_users_of_skos(turtle):
    """Constructs, measures and codes say their label in SKOS too."""
    for kind, name in (("construct", "self-compassion"), ("measure", "scs"), ("direction", "positive")):
        term = URIRef(mint(kind, name))
        assert turtle.value(term, SKOS.prefLabel) == turtle.value(term, RDFS.label) is not None


@pytest.mark.parametrize("format", ["trig", "nq"])
def test_an_export_of_quads_keeps_every_quad_in_its_named_graph(store, built, format):
    """What was said, inferred and synthesised stays apart: the export is the quads of the build's own file."""
    exported = ox.Dataset(ox.parse(graphs.whole_graph(store, format), format=graphs.RDF_FORMATS[format]))
    file = build.current_generation(built) / "kg.nq"
    written = ox.Dataset(ox.parse(path=str(file), format=ox.RdfFormat.N_QUADS))
    for dataset in (exported, written):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert exported == written


def test_graphml_says_of_a_finding_what_the_table_says(store):
    """Ends and values of an edge are those of the finding; a number is a number, and what is missing is left out."""
    space = "{http://graphml.graphdrawing.org/xmlns}"
    root = ET.fromstring(findings.graphml(store))
    names = {key.get("id"): (key.get("attr.name"), key.get("attr.type")) for key in root.findall(f"{space}key")}
    edge = next(each for each in root.iter(f"{space}edge") if each.get("id") == "mackintosh-2018-01")
    told = {names[data.get("key")][0]: data.text for data in edge.findall(f"{space}data")}
    rows = csv.DictReader(io.StringIO("".join(findings.csv(store))))
    row = next(row for row in rows if row["finding"] == mint("finding", "mackintosh-2018-01"))
    expected = {name: cell for name, cell in row.items() if cell}
    assert {name: text.lstrip("'") for name, text in told.items()} == {
        name: cell.lstrip("'") for name, cell in expected.items()
    }
    assert (float(told["value"]), ("value", "double") in names.values()) == (-0.25, True)
    assert {edge.get("source"), edge.get("target")} == {
        row[f"{role}Iri"].rsplit("/", 1)[1] for role in ("subject", "object")
    }


def test_queries_of_exports_run_and_are_no_questions(store):
    """They are files like all queries, but not listed: nobody asks them by name."""
    names = {path.stem for path in (shipped().queries / "exports").glob("*.rq")}
    assert {"findings-as-stated", "reified-edges", "results", "left-out-of-results"} <= names
    assert names.isdisjoint(question.name for question in list_questions(shipped()))
    assert len(store.select(export_query(shipped(), "reified-edges", {}))) > 50
    assert len(store.select(export_query(shipped(), "results", {}))) > 300
    assert store.graph(export_query(shipped(), "findings-as-stated", {}))
