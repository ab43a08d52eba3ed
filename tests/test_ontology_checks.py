"""Checks of the ontology itself, after the pitfalls of OOPS! and the tests of FOOPS!, and ROBOT's judgement."""

import shutil
import subprocess
from pathlib import Path

import pytest
from rdflib import DC, DCTERMS, OWL, PROV, RDF, RDFS, SKOS, VANN, Graph, URIRef

from kg.check import violations
from kg.export.vocabularies import ontology
from kg.names import PREFIXES, TERMS, graph_iri
from kg.ontology import read_axioms
from kg.store.embedded import Embedded
from kg.triples import term

ROOT = Path(__file__).parent.parent
PREFIX_LINES = "".join(
    f"@prefix {prefix}: <{namespace}> .\n"
    for prefix, namespace in {**PREFIXES, "schema": "https://schema.org/"}.items()
)

#: Check -> what is added to the ontology, and what is then told of it.
PITFALLS = {
    "chain-of-one": ("ca:pours owl:propertyChainAxiom ( ca:study ) .", "pours"),
    "class-defined-by-itself": (
        "ca:Tea a owl:Class ; owl:equivalentClass [ owl:unionOf ( ca:Measure [ owl:intersectionOf ( ca:Tea ) ] ) ] .",
        "Tea",
    ),
    "class-of-two-concepts": ("ca:TeaAndCoffee a owl:Class .", "TeaAndCoffee"),
    "class-told-apart-from-none": ("ca:Tea a owl:Class .", "Tea"),
    "definition-repeats-the-label": ('ca:Tea rdfs:label "tea"@en ; skos:definition "The tea."@en .', "Tea"),
    "header-without-metadata": ("<https://w3id.org/compassion-attachment/tea> a owl:Ontology .", "no licence"),
    "inverse-of-itself": ("ca:oppositeOf owl:inverseOf ca:pours .", "oppositeOf"),
    "inverse-with-other-ends": (
        "ca:pours owl:inverseOf ca:sampleOf ; rdfs:domain ca:Measure .",
        "sampleOf ends at Study, not at Measure",
    ),
    "property-with-two-domains": ("ca:sampleOf rdfs:domain ca:Study .", "two domains"),
    "property-without-ends": ("ca:pours a owl:ObjectProperty ; rdfs:range ca:Measure .", "no domain"),
    "symmetric-with-different-ends": ("ca:sampleOf a owl:SymmetricProperty .", "sampleOf"),
    "term-against-the-naming": ("ca:Pours a owl:ObjectProperty .", "Pours"),
    "term-not-declared": ("ca:sampleOf rdfs:domain ca:Tea .", f"{TERMS}Tea is declared as no class"),
    "term-outside-the-namespace": (
        "construct:tea a owl:Class .",
        "https://w3id.org/compassion-attachment/construct/tea is not below",
    ),
    "class-without-a-place": ("ca:Tea a owl:Class .", "Tea"),
    "term-without-definition": (
        'ca:Tea a owl:Class ; skos:definition "A drink."@en ; dcterms:source ca:x .',
        "no label",
    ),
    "terms-in-a-circle": ("ca:Construct rdfs:subClassOf ca:AttachmentStyle .", "Construct"),
    "two-terms-for-one-thing": ("ca:Tea owl:equivalentClass ca:Measure .", "the same as Measure"),
    "two-terms-with-one-label": ('ca:Tea rdfs:label "study"@en .', "'study' is also Study"),
}
#: The namespaces from which the ontology borrows and of which rdflib knows every word.
KNOWN = (SKOS, PROV, DCTERMS, DC, VANN, OWL, RDF, RDFS)


@pytest.fixture(scope="module")
def axioms(rooms):
    return read_axioms(rooms)


@pytest.fixture(scope="module")
def turtle(axioms):
    return axioms.serialize(format="nt")


def test_the_ontology_passes_all(turtle, rooms):
    """What the pitfalls are laid over has none by itself."""
    assert list(violations(with_axioms(turtle), rooms, {})) == []


@pytest.mark.parametrize("check", sorted(PITFALLS))
def test_a_check_finds_its_pitfall(check, turtle, rooms):
    """The query tells what was laid over the ontology."""
    added, detail = PITFALLS[check]
    store = with_axioms(turtle + Graph().parse(data=PREFIX_LINES + added, format="turtle").serialize(format="nt"))
    told = store.select((rooms.queries / "checks" / "ontology" / f"{check}.rq").read_text(encoding="utf-8"))
    assert any(str(each).startswith(detail) for each in told.column("detail"))


def with_axioms(ntriples):
    store = Embedded.in_memory()
    store.load(ntriples, graph_iri("ontology"))
    return store


def test_every_check_of_the_ontology_has_its_pitfall_here(rooms):
    """No check is without a bad example."""
    assert {path.stem for path in (rooms.queries / "checks" / "ontology").glob("*.rq")} == set(PITFALLS)


def test_every_check_of_the_ontology_names_its_pitfall_and_stands_in_the_guide(rooms):
    """The rule says after which pitfall it is, and the guide leads from the pitfall to the check."""
    guide = (rooms.ontology / "README.md").read_text(encoding="utf-8")
    for path in (rooms.queries / "checks" / "ontology").glob("*.rq"):
        rule = path.read_text(encoding="utf-8").splitlines()[0]
        assert "OOPS!" in rule
        assert f"`{path.stem}`" in guide


def test_borrowed_words_exist_where_they_are_borrowed(axioms):
    """No word is put into a namespace of other people (OOPS! P40)."""
    named = {each for triple in axioms for each in triple if isinstance(each, URIRef)}
    borrowed = [(each.removeprefix(str(space)), space) for space in KNOWN for each in named if each.startswith(space)]
    assert [word for word, space in borrowed if word and word not in space] == []


def test_every_word_of_ours_in_the_graph_is_declared(store):
    """No class and no property is used that the ontology has not."""
    used = store.select(
        "SELECT DISTINCT ?word WHERE { { ?a ?word ?b } UNION { ?a a ?word } FILTER(STRSTARTS(STR(?word), STR(ca:))) }"
    )
    declared = store.select(
        "SELECT DISTINCT ?word WHERE { GRAPH graph:ontology { ?word a ?kind ; rdfs:label ?label } }"
    )
    assert set(used.column("word")) <= set(declared.column("word"))


@pytest.fixture(scope="module")
def exported(store, tmp_path_factory):
    """What ``kg export ontology`` writes."""
    path = tmp_path_factory.mktemp("exported") / "ontology.ttl"
    path.write_text(ontology(store), encoding="utf-8")
    return path


def test_the_exported_ontology_has_each_definition_by_both_names(exported):
    """Tools of the OBO Foundry look for IAO:0000115, the others for skos:definition."""
    graph = Graph().parse(exported)
    by_both = [set(graph.subject_objects(each)) for each in (SKOS.definition, term("obo:IAO_0000115"))]
    assert by_both[0] == by_both[1]
    assert (term("ca:Finding"), RDF.type, OWL.Class) in graph
    assert (term("construct:self-compassion"), SKOS.definition, None) in graph


@pytest.mark.engine
@pytest.mark.parametrize(
    "command",
    [
        ["report", "--profile", "ontology/robot/profile.txt", "--fail-on", "WARN", "--print", "20"],
        ["validate-profile", "--profile", "DL"],
    ],
    ids=lambda command: command[0],
)
def test_robot_finds_nothing_wrong(command, exported, tmp_path):
    """No ERROR and no WARN in the report, and the profile is OWL 2 DL."""
    robot = [ROOT / "scripts" / "robot", *command, "--input", exported, "--output", tmp_path / "report.txt"]
    if not shutil.which("mvn"):
        pytest.skip("no mvn here, by which scripts/robot fetches ROBOT")
    run = subprocess.run(robot, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
