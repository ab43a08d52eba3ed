"""Links to other ontologies: the curated sets, what the graph makes of them, and what follows from them."""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, Graph, URIRef

from kg import reason
from kg.export import vocabularies
from kg.mapping_chains import ChainingRule, Link, derived, read_rules, stated_links
from kg.mapping_triples import elsewhere_path
from kg.mappings.slots import NO_TERM
from kg.names import BASE
from kg.targets import extract

#: Real ontologies, where a developer has them; nothing in the product needs them.
FILES = Path(__file__).parent.parent.parent / "shared" / "external"
READ = {"mf": "MF.owl", "mfoem": "MFOEM.owl", "bcio": "bcio.owl", "stato": "stato.owl"}


@pytest.fixture(scope="module")
def accepted(corpus):
    """Name of a set -> its accepted mappings."""
    return {kept.iri.rpartition("/")[2]: kept for kept in corpus.mapping_sets if kept.accepted}


@pytest.fixture(scope="module")
def ontologies():
    """The real ontologies, by name of the set that links to them."""
    if not FILES.is_dir():
        pytest.skip("the real ontologies are not here")
    return {name: Graph().parse(FILES / file, format="xml") for name, file in READ.items()}


# --- the sets --------------------------------------------------------------------------------


def test_every_construct_measure_and_statistic_is_mapped_or_recorded_as_not_found(corpus):
    """None of them has been passed over."""
    expand = {kept.iri: kept.found.head.expand for kept in corpus.mapping_sets}
    told = {expand[kept.iri](each.subject_id) for kept in corpus.mapping_sets for each in kept.found.mappings}
    statistics = [row for row in corpus.codes if row.record.kind in ("statistic", "estimator", "interval-method")]
    assert {row.record.iri for row in (*corpus.constructs, *corpus.measures, *statistics)} - told == set()


def test_every_set_tells_its_licence_and_every_mapping_how_and_how_surely(corpus):
    """Justification and confidence stand in every row."""
    for kept in corpus.mapping_sets:
        assert kept.found.head.license == "https://creativecommons.org/licenses/by/4.0/"
        assert all(each.mapping_justification and each.confidence is not None for each in kept.found.mappings)


def test_every_attachment_style_has_only_wider_terms_elsewhere(accepted):
    """Nobody defines one: the hole that this vocabulary fills."""
    links = [
        each for kept in accepted.values() for each in kept.links() if each.subject_id == "construct:fearful-attachment"
    ]
    assert {each.predicate_id for each in links} == {"skos:broadMatch"}


def test_attachment_anxiety_is_linked_to_no_anxiety(corpus):
    """Worry about being left is neither the emotion, nor a mood, nor a disorder."""
    links = [
        each
        for kept in corpus.mapping_sets
        for each in kept.links()
        if each.subject_id == "construct:attachment-anxiety"
    ]
    assert links == []


def test_a_secondary_source_makes_no_exact_match(accepted):
    """What was read about an ontology, and not in it, is at most close."""
    exact = {name for name, kept in accepted.items() for each in kept.links() if each.predicate_id == "skos:exactMatch"}
    assert exact <= set(READ)


def complaints(path):
    """What SSSOM's own validator finds in a set."""
    from sssom.constants import SchemaValidationType
    from sssom.parsers import parse_sssom_table
    from sssom.validators import validate

    kinds = [SchemaValidationType.JsonSchema, SchemaValidationType.PrefixMapCompleteness]
    return [result.message for report in validate(parse_sssom_table(path), kinds).values() for result in report.results]


@pytest.mark.filterwarnings("ignore")  # of what the validator itself imports
def test_a_set_is_valid_by_sssom(rooms):
    """SSSOM's own validator finds nothing in it."""
    assert complaints(rooms.ontology / "mappings/accepted/mesh.sssom.tsv") == []


@pytest.mark.engine
@pytest.mark.filterwarnings("ignore")
def test_every_set_is_valid_by_sssom(rooms):
    """SSSOM's own validator finds nothing in any set: it takes a second or more for each."""
    paths = sorted((rooms.ontology / "mappings").glob("*/*.sssom.tsv"))
    assert {path.name: found for path in paths if (found := complaints(path))} == {}


# --- against the real files ------------------------------------------------------------------


@pytest.mark.parametrize("name", READ)
def test_every_target_is_in_the_real_file_with_that_label(name, accepted, ontologies):
    """It exists, is not obsolete, and is called so there."""
    kept, ontology = accepted[name], ontologies[name]
    for each in kept.links():
        target = URIRef(kept.found.head.expand(each.object_id))
        assert each.object_label in set(map(str, ontology.objects(target, RDFS.label))), each.object_id
        assert (target, OWL.deprecated, None) not in ontology, each.object_id


@pytest.mark.parametrize("name", READ)
def test_the_set_tells_the_version_of_the_real_file(name, accepted, ontologies):
    """The version in its head is that of the file."""
    told = accepted[name].found.head.object_source_version
    iris = " ".join(
        map(str, [*ontologies[name].objects(None, OWL.versionIRI), *ontologies[name].objects(None, OWL.versionInfo)])
    )
    assert told in iris


def folded(text):
    """A name without case, hyphens, British spelling and plural."""
    words = re.findall(r"[a-z]+", text.lower().replace("behavior", "behaviour"))
    return " ".join(word.removesuffix("s") for word in words)


@pytest.mark.parametrize("name", READ)
def test_no_term_of_the_same_name_was_missed(name, corpus, accepted, ontologies):
    """Where no term is said to be found, none has that very name, unless it is told to be a false friend."""
    names = {row.record.iri: row.record.label for row in corpus.terms()}
    labels = {folded(str(label)) for label in ontologies[name].objects(None, RDFS.label)}
    missing = [each.subject_id for each in accepted[name].found.mappings if each.object_id == NO_TERM]
    assert [each for each in missing if folded(names.get(accepted[name].found.head.expand(each), "?")) in labels] == []


def test_what_the_graph_says_of_other_ontologies_is_what_they_say(rooms, ontologies):
    """The extract is that of the real files, by the list of accepted mappings."""
    told = Graph().parse(elsewhere_path(rooms))
    assert set(extract(rooms, [ontologies[name] for name in sorted(READ, key=lambda name: READ[name])])) == set(told)


# --- in the graph ----------------------------------------------------------------------------


def test_an_accepted_mapping_is_a_link_and_an_individual(store):
    """The SKOS link itself, and beside it who says so and how surely."""
    rows = store.select("""SELECT ?confidence WHERE {
      construct:shame skos:closeMatch obo:MFOEM_000055 .
      ?mapping owl:annotatedSource construct:shame ; owl:annotatedTarget obo:MFOEM_000055 ; sssom:confidence ?confidence }""")
    assert rows.column("confidence") == [Decimal("0.8")]


def test_a_false_friend_is_no_link(store):
    """What is denied is an individual only."""
    denied = "?mapping owl:annotatedSource construct:attachment-anxiety ; owl:annotatedTarget obo:MFOEM_000028 ; sssom:predicate_modifier ?no"
    assert len(store.select(f"SELECT ?mapping WHERE {{ {denied} }}")) == 1
    assert len(store.select("SELECT ?p WHERE { construct:attachment-anxiety ?p obo:MFOEM_000028 }")) == 0


def test_a_term_that_was_not_found_is_the_end_of_no_link(store):
    """No path leads over it from one construct to the next."""
    assert len(store.select("SELECT ?s WHERE { ?s skos:exactMatch sssom:NoTermFound }")) == 0


def test_a_link_that_follows_says_from_what_and_by_which_rule(store):
    """The exact match and the superclass there give a wider term, by a rule of SSSOM."""
    rows = store.select("""SELECT ?rule ?how ?from WHERE {
      ?link owl:annotatedSource construct:self-harm ; owl:annotatedTarget bcio:BCIO_036075 ; sssom:curation_rule_text ?rule ;
        rdfs:comment ?how ; prov:wasDerivedFrom ?from }""")
    (row,) = rows
    assert row["rule"] == "RCE1"
    assert "rdfs:subClassOf" in row["how"]
    assert row["from"] == f"{BASE}mapping/construct-self-harm.exactMatch.BCIO-036014"


# --- what follows ----------------------------------------------------------------------------


RULES = [
    ChainingRule(
        id="a", first="skos:exactMatch", second="skos:broadMatch", gives="skos:broadMatch", rule="RCE1", source="x"
    ),
    ChainingRule(
        id="b", first="skos:broadMatch", second="skos:broadMatch", gives="skos:broadMatch", rule="T1", source="x"
    ),
    ChainingRule(id="c", first="skos:broadMatch", gives="skos:narrowMatch", rule="RI2", source="x"),
]
OURS, THEIRS, ABOVE = f"{BASE}construct/a", "http://e.org/a", "http://e.org/above"


def link(subject, predicate, object, confidence="1", mapping="m"):
    return Link(subject, f"skos:{predicate}", object, Decimal(confidence), (mapping,), "told")


def test_two_links_in_a_row_are_as_sure_as_both_together():
    """0.9 and 0.8 are .72."""
    (found,) = derived([link(OURS, "exactMatch", THEIRS, "0.9")], [link(THEIRS, "broadMatch", ABOVE, "0.8")], RULES)
    assert (found.predicate, found.object, found.confidence) == ("skos:broadMatch", ABOVE, Decimal("0.72"))


def test_a_close_match_joins_with_nothing_wider():
    """What is only close to something is not within what that is within."""
    assert derived([link(OURS, "closeMatch", THEIRS)], [link(THEIRS, "broadMatch", ABOVE)], RULES) == []


def test_a_wider_term_read_backwards_is_narrower():
    """The inverse leads from their term to ours."""
    found = derived([link(OURS, "broadMatch", THEIRS)], [], RULES)
    assert [(each.subject, each.predicate, each.object) for each in found] == [(THEIRS, "skos:narrowMatch", OURS)]


def test_what_is_stated_does_not_follow_again():
    """A link that a curator made is not derived beside it."""
    stated = [link(OURS, "exactMatch", THEIRS), link(OURS, "relatedMatch", ABOVE)]
    assert derived(stated, [link(THEIRS, "broadMatch", ABOVE)], RULES) == []


def test_of_two_ways_the_surest_is_kept():
    """One link follows, with the evidence of the better way."""
    other = "http://e.org/other"
    stated = [link(OURS, "exactMatch", THEIRS, "0.5", "weak"), link(OURS, "broadMatch", other, "0.9", "strong")]
    above = [link(THEIRS, "broadMatch", ABOVE), link(other, "broadMatch", ABOVE)]
    (found,) = [each for each in derived(stated, above, RULES) if each.subject == OURS]
    assert found.mappings[0] == "strong"


def test_the_rules_join_neither_close_with_close_nor_related_with_related(rooms):
    """As SSSOM has it: these are not transitive."""
    loose = {"skos:closeMatch", "skos:relatedMatch"}
    assert [each.id for each in read_rules(rooms) if each.first in loose and each.second in loose] == []


def test_every_mapping_can_be_read_backwards(corpus, rooms):
    """There is an inverse for each, so that one may start from their term."""
    stated = stated_links(corpus.mapping_sets)
    backwards = {each.ends for each in derived(stated, [], read_rules(rooms)) if not each.subject.startswith(BASE)}
    assert {(each.object, each.subject) for each in stated} == backwards


# --- under upper ontologies ------------------------------------------------------------------


@pytest.fixture(scope="module")
def aligned(rooms, read):
    """The ontology under the upper terms, with something in every class that is placed, so that none can be empty."""
    upper = Graph().parse(rooms.ontology / "alignment" / "upper.ttl")
    whole = read[1] + upper
    for each in set(upper.subjects(RDFS.subClassOf)):
        whole.add((URIRef(f"{each}-example"), RDF.type, each))
    return whole


def test_the_alignment_names_only_what_it_uses(rooms):
    """Every upper term stands above a class of ours, directly or over others; nothing is imported."""
    upper = Graph().parse(rooms.ontology / "alignment" / "upper.ttl")
    ours = {each for each in upper.subjects(RDFS.subClassOf) if str(each).startswith(BASE)}
    used = {above for each in ours for above in upper.transitive_objects(each, RDFS.subClassOf)}
    assert set(upper.subjects(RDF.type, OWL.Class)) == used - ours
    assert (None, OWL.imports, None) not in upper


def test_every_aligned_class_is_one_of_ours(rooms, read):
    """No class of ours is placed that the ontology does not define."""
    upper = Graph().parse(rooms.ontology / "alignment" / "upper.ttl")
    ours = {each for each in upper.subjects(RDFS.subClassOf) if str(each).startswith(BASE)}
    assert [each for each in ours if (each, RDF.type, OWL.Class) not in read[1]] == []


def test_what_stands_under_sepio_is_mapped_to_it(rooms, corpus):
    """No class is placed under a term of SEPIO that the accepted set does not link it to."""
    upper = Graph().parse(rooms.ontology / "alignment" / "upper.ttl")
    placed = {(str(ours), str(above)) for ours, above in upper.subject_objects(RDFS.subClassOf) if "SEPIO_" in above}
    linked = {each.ends for each in stated_links(corpus.mapping_sets)}
    ours = {pair for pair in placed if pair[0].startswith(BASE)}
    assert ours
    assert ours <= linked


@pytest.mark.parametrize("name", ["mf", "stato", "bcio"])
def test_the_upper_terms_are_called_as_in_the_real_files(name, rooms, ontologies):
    """Label and superclass are those of the ontologies that use them."""
    upper, real = Graph().parse(rooms.ontology / "alignment" / "upper.ttl"), ontologies[name]
    for term in (each for each in upper.subjects(RDF.type, OWL.Class) if (each, RDFS.label, None) in real):
        assert str(upper.value(term, RDFS.label)) in set(map(str, real.objects(term, RDFS.label)))
        assert set(upper.objects(term, RDFS.subClassOf)) <= set(real.objects(term, RDFS.subClassOf))


def test_the_alignment_can_be_true_with_our_terms(aligned):
    """HermiT finds nothing that contradicts itself."""
    assert reason._can_be_true(aligned)


def test_an_alignment_that_makes_a_study_information_cannot_be_true(aligned):
    """The upper terms exclude each other, so the test above can fail."""
    wrong = Graph().parse(
        data="""@prefix ca: <https://w3id.org/compassion-attachment/ontology/> .
      @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
      ca:Construct rdfs:subClassOf <http://purl.obolibrary.org/obo/BFO_0000015> ."""
    )
    assert not reason._can_be_true(aligned + wrong)


@pytest.mark.engine
def test_the_alignment_can_be_true_with_the_mental_functioning_and_emotion_ontologies(aligned, ontologies):
    """HermiT finds nothing that contradicts itself in all of them together."""
    together = aligned + ontologies["mf"] + ontologies["mfoem"]
    together.remove((None, OWL.imports, None))
    assert reason._can_be_true(together)


# --- out the other way -----------------------------------------------------------------------


def test_skos_has_every_concept_with_its_matches(store, corpus):
    """Names, hierarchy and links elsewhere, and nothing of the evidence."""
    from rdflib import SKOS

    written = Graph().parse(data=vocabularies.skos(store), format="turtle")
    concepts = set(written.subjects(RDF.type, SKOS.Concept))
    assert {URIRef(row.record.iri) for row in corpus.constructs} <= concepts
    assert (
        URIRef(f"{BASE}construct/shame"),
        SKOS.closeMatch,
        URIRef("http://purl.obolibrary.org/obo/MFOEM_000055"),
    ) in written
    assert not [each for each in written.subjects() if "/finding/" in str(each)]


def test_obographs_have_nodes_for_both_ends_of_every_edge(store):
    """Each has a name, and no edge leads out of the graph."""
    (graph,) = json.loads(vocabularies.obographs(store))["graphs"]
    named = {node["id"] for node in graph["nodes"] if node["lbl"]}
    assert {end for edge in graph["edges"] for end in (edge["sub"], edge["obj"])} - named == set()
    shame = next(node for node in graph["nodes"] if node["id"] == f"{BASE}construct/shame")
    assert {"MFOEM_000055", "SIO_000865"} <= {
        each["val"].rpartition("/")[2] for each in shame["meta"]["basicPropertyValues"]
    }
