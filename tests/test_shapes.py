"""Shapes and checks against RDF that no table can give, because the records refuse it first."""

from pathlib import Path

import pytest
from rdflib import SH, Graph

from kg.check import read_shapes, shape_violations, violations
from kg.names import PREFIXES, graph_iri
from kg.names import curie as as_curie
from kg.ontology import read_turtle
from kg.store.embedded import Embedded
from kg.triples import term
from kg.updating.shapes import Shapes

BAD = Path(__file__).parent / "bad"
PREFIX_LINES = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())

#: A made-up individual of every kind that has a shape, and nothing wrong with any.
GOOD = """
direction:negative a ca:Direction .
significance:significant a ca:Significance .
certainty:high a ca:Certainty .
design:longitudinal a ca:StudyDesign .
administration:interview a ca:Administration .
publication:alder1901 a ca:Publication .

construct:peace a ca:Construct ; rdfs:label "peace"@en ; skos:definition "Being at peace."@en ; dcterms:source publication:alder1901 .
construct:calm a ca:Construct ; rdfs:label "calm"@en ; skos:definition "Being calm."@en ; dcterms:source publication:alder1901 ;
    skos:broader construct:peace .

measure:tea a ca:Measure ; rdfs:label "Test of Ease and Accord"@en ; ca:measures construct:calm ;
    ca:administration administration:interview ; ca:itemCount 5 .

study:alder a ca:Study ; ca:design design:longitudinal ; ca:publishedIn publication:alder1901 ; ca:hasSample sample:alder .
sample:alder a ca:Sample ; ca:sampleOf study:alder ; ca:sampleSize 100 ; ca:percentFemale 60.5 .

finding:alder a ca:Finding ; ca:subject construct:peace ; ca:object construct:calm ; ca:study study:alder ; ca:sample sample:alder ;
    ca:direction direction:negative ; ca:significance significance:significant ; ca:certainty certainty:high ;
    ca:statement "Peace and calm differ." ; ca:locator "made up" ; ca:reportedIn publication:alder1901 ; ca:pValue 0.03 .

cell:calm--peace a ca:EvidenceCell ; ca:pairMember construct:calm , construct:peace ; prov:wasDerivedFrom finding:alder .

finding:birch a ca:Finding ; ca:subject construct:peace ; ca:object construct:calm ; ca:study study:alder ; ca:sample sample:alder ;
    ca:direction direction:negative ; ca:significance significance:significant ; ca:certainty certainty:high ;
    ca:statement "Peace and calm differ." ; ca:locator "made up" ; ca:reportedIn publication:alder1901 .
<https://w3id.org/compassion-attachment/pooled/calm--peace/contribution/alder> a ca:Contribution .
<https://w3id.org/compassion-attachment/pooled/calm--peace/contribution/birch> a ca:Contribution .
pooled:calm--peace a ca:PooledEffect ; ca:pooledPair construct:calm , construct:peace ; ca:pooledCorrelation -0.3 ;
    prov:wasDerivedFrom finding:alder , finding:birch ;
    ca:contribution <https://w3id.org/compassion-attachment/pooled/calm--peace/contribution/alder> ,
        <https://w3id.org/compassion-attachment/pooled/calm--peace/contribution/birch> .

therapy:tea-time a ca:Therapy ; rdfs:label "tea time"@en ; skos:definition "Drinking tea together."@en ; ca:restsOn construct:calm .
therapy-claim:alder a ca:TherapyClaim ; ca:ofTherapy therapy:tea-time ; ca:targets construct:calm ; ca:claimedEffect "It calms." ;
    ca:evidenceTold "None given." ; ca:statedIn publication:alder1901 .
area:population a ca:LimitationArea .
limitation:alder a ca:Limitation ; ca:area area:population ; ca:concerns sample:alder ; ca:statement "Few people took part." .
cited-result:alder a ca:CitedResult ; ca:resultOf publication:alder1901 ; ca:resultSubject construct:peace ; ca:resultObject construct:calm .
review:alder a ca:ReviewMethod .
pooled-estimate:alder a ca:PublishedPooledEstimate ; ca:ofReview review:alder ; ca:estimateSubject construct:peace ;
    ca:estimateObject construct:calm ; ca:direction direction:negative ; ca:significance significance:significant ;
    ca:reportedIn publication:alder1901 .
"""

#: Subject, property, what stands there instead of what is right, and what should be told of it.
BROKEN = [
    (
        "pooled:calm--peace",
        "ca:pooledPair",
        "construct:calm",
        "a pooled effect has two constructs; what pools them is wrong",
    ),
    (
        "pooled:calm--peace",
        "ca:contribution",
        None,
        "a pooled effect pools two effects or more; what pools them is wrong",
    ),
    (
        "pooled:calm--peace",
        "prov:wasDerivedFrom",
        "finding:alder",
        "a pooled effect is derived from findings; what pools them is wrong",
    ),
    (
        "pooled:calm--peace",
        "ca:pooledCorrelation",
        "1.2",
        "a pooled correlation runs from -1 to 1; what pools it is wrong",
    ),
    ("construct:calm", "rdfs:label", None, "a construct has one label a language; give it one"),
    ("construct:calm", "rdfs:label", '"calm"@en, "calmness"@en', "a construct has one label a language; give it one"),
    ("construct:calm", "skos:definition", None, "a construct has one definition; write one"),
    ("construct:calm", "skos:definition", '"Calm."@en, "Being calm."@en', "a construct has one definition; write one"),
    ("construct:calm", "dcterms:source", None, "a definition has a source; name a publication, or 'project'"),
    ("construct:calm", "skos:broader", "measure:tea", "broader leads to a construct; name one"),
    ("measure:tea", "rdfs:label", None, "a measure has a label; give it one"),
    ("measure:tea", "ca:measures", None, "a measure measures a construct; name it"),
    ("measure:tea", "ca:measures", "measure:tea", "a measure measures a construct; name it"),
    ("measure:tea", "ca:administration", None, "a measure is taken in one way; say which"),
    ("measure:tea", "ca:administration", "construct:calm", "a measure is taken in one way; say which"),
    ("measure:tea", "ca:itemCount", "0", "a measure has at least one item; correct the count"),
    ("study:alder", "ca:design", None, "a study has a design; name it"),
    ("study:alder", "ca:design", "construct:calm", "a study has a design; name it"),
    ("study:alder", "ca:publishedIn", None, "a study is published somewhere; name the publication"),
    ("study:alder", "ca:publishedIn", "study:alder", "a study is published somewhere; name the publication"),
    ("sample:alder", "ca:sampleOf", None, "a sample belongs to one study; name it"),
    ("sample:alder", "ca:sampleOf", "construct:calm", "a sample belongs to one study; name it"),
    ("sample:alder", "ca:sampleSize", "0", "a sample has one size of at least 1; correct it"),
    ("sample:alder", "ca:sampleSize", "100, 101", "a sample has one size of at least 1; correct it"),
    ("sample:alder", "ca:percentFemale", "-1", "a percentage runs from 0 to 100; correct it"),
    ("sample:alder", "ca:percentFemale", "100.5", "a percentage runs from 0 to 100; correct it"),
    ("finding:alder", "ca:subject", None, "a finding has one subject, a construct; name it"),
    (
        "finding:alder",
        "ca:subject",
        "construct:peace, construct:calm",
        "a finding has one subject, a construct; name it",
    ),
    ("finding:alder", "ca:object", None, "a finding has one object, a construct; name it"),
    ("finding:alder", "ca:object", "measure:tea", "a finding has one object, a construct; name it"),
    ("finding:alder", "ca:study", None, "a finding comes from one study; name it"),
    ("finding:alder", "ca:study", "sample:alder", "a finding comes from one study; name it"),
    ("finding:alder", "ca:sample", None, "a finding comes from one sample; name it"),
    ("finding:alder", "ca:sample", "study:alder", "a finding comes from one sample; name it"),
    ("finding:alder", "ca:direction", None, "a finding has one direction; name it, or not-reported"),
    ("finding:alder", "ca:direction", "certainty:high", "a finding has one direction; name it, or not-reported"),
    ("finding:alder", "ca:significance", None, "a finding has one significance; name it, or not-reported"),
    ("finding:alder", "ca:significance", "certainty:high", "a finding has one significance; name it, or not-reported"),
    ("finding:alder", "ca:statement", None, "a finding is told in the coder's words; write a statement"),
    ("finding:alder", "ca:locator", None, "a finding stands somewhere; give the place in the source"),
    ("finding:alder", "ca:reportedIn", None, "a finding was read somewhere; name the publication"),
    ("finding:alder", "ca:reportedIn", "study:alder", "a finding was read somewhere; name the publication"),
    ("finding:alder", "ca:certainty", None, "a coder is certain to some degree; say how much"),
    ("finding:alder", "ca:certainty", "direction:negative", "a coder is certain to some degree; say how much"),
    ("finding:alder", "ca:pValue", "1.5", "p runs from 0 to 1; correct it"),
    (
        "cell:calm--peace",
        "ca:pairMember",
        "construct:calm",
        "an evidence cell has two constructs; the rule that makes cells is wrong",
    ),
    (
        "cell:calm--peace",
        "prov:wasDerivedFrom",
        None,
        "an evidence cell is derived from findings; the rule that makes cells is wrong",
    ),
    ("therapy:tea-time", "rdfs:label", None, "a therapy has a label; give it one"),
    ("therapy:tea-time", "skos:definition", None, "a therapy has one definition; write one"),
    ("therapy:tea-time", "ca:restsOn", "measure:tea", "a therapy rests on constructs; name one"),
    ("therapy-claim:alder", "ca:ofTherapy", None, "a therapy claim is about one therapy; name it"),
    ("therapy-claim:alder", "ca:ofTherapy", "measure:tea", "a therapy claim is about one therapy; name it"),
    ("therapy-claim:alder", "ca:targets", "measure:tea", "a therapy targets constructs; name one"),
    ("therapy-claim:alder", "ca:claimedEffect", None, "a therapy claim tells an effect; write it down"),
    (
        "therapy-claim:alder",
        "ca:evidenceTold",
        None,
        "a therapy claim tells its evidence, or that there is none; write it down",
    ),
    ("therapy-claim:alder", "ca:statedIn", None, "somebody states a therapy claim; name the publication"),
    ("limitation:alder", "ca:area", None, "a limitation has one area; name it"),
    ("limitation:alder", "ca:concerns", None, "a limitation is about something; name it"),
    ("limitation:alder", "ca:statement", None, "a limitation is told in the coder's words; write a statement"),
    ("cited-result:alder", "ca:resultOf", None, "a cited result comes from one work; name the publication"),
    ("cited-result:alder", "ca:resultSubject", None, "a cited result has one subject, a construct; name it"),
    ("cited-result:alder", "ca:resultSubject", "measure:tea", "a cited result has one subject, a construct; name it"),
    ("cited-result:alder", "ca:resultObject", None, "a cited result has one object, a construct; name it"),
    ("cited-result:alder", "ca:resultObject", "measure:tea", "a cited result has one object, a construct; name it"),
    *(
        ("pooled-estimate:alder", property, instead, message)
        for property, message in (
            ("ca:ofReview", "a published pooled estimate comes from one review; name it"),
            ("ca:estimateSubject", "a pooled estimate has one subject, a construct; name it"),
            ("ca:estimateObject", "a pooled estimate has one object, a construct; name it"),
            ("ca:direction", "a pooled estimate has one direction; name it, or not-reported"),
            ("ca:significance", "a pooled estimate has one significance; name it, or not-reported"),
            ("ca:reportedIn", "a pooled estimate was read somewhere; name the publication"),
        )
        for instead in (None, "measure:tea")
    ),
]

#: What tables can break, and so tests/bad does.
BY_TABLES = {
    "a synonym repeats the label; remove it",
    "a study has a sample; add it to samples",
    "an attachment style has both working models or a strategy; fill model_of_self and model_of_others, or strategy",
}


def turtle(text):
    return Graph().parse(data=PREFIX_LINES + text, format="turtle")


def broken(subject, property, instead):
    """The good graph with one thing changed."""
    graph = turtle(GOOD)
    graph.remove((term(subject), term(property), None))
    return graph + turtle(f"{subject} {property} {instead} ." if instead else "")


def told(problems):
    return {f"{problem.what}; {problem.do}" for problem in problems}


@pytest.fixture(scope="module")
def shapes(rooms):
    return read_shapes(rooms)


def test_the_good_graph_fits_every_shape(shapes):
    """What is broken below is right by itself."""
    assert told(shape_violations(turtle(GOOD), shapes, {})) == set()


@pytest.mark.parametrize(("subject", "property", "instead", "message"), BROKEN)
def test_one_wrong_property_is_told_in_the_words_of_its_shape(subject, property, instead, message, shapes):
    """The shape tells its own message and no other speaks."""
    assert told(shape_violations(broken(subject, property, instead), shapes, {})) == {message}


def in_doubt(graph, rooms):
    """The individuals of a graph of which an update leaves it to the validator whether they are right."""
    store = Embedded.in_memory()
    store.load(graph.serialize(format="nt"), graph_iri("evidence/made-up"))
    return Shapes(rooms).in_doubt(store, map(str, set(graph.subjects())))


@pytest.mark.parametrize(("subject", "property", "instead", "message"), BROKEN)
def test_what_a_shape_objects_to_is_in_doubt(subject, property, instead, message, rooms):
    """So an update that validates only what is in doubt misses nothing."""
    assert str(term(subject)) in in_doubt(broken(subject, property, instead), rooms)


def test_of_what_is_right_only_constructs_and_styles_are_in_doubt(rooms):
    """Their shapes ask for more than counts, classes and bounds; what an update changes has no such shape."""
    kinds = {curie.partition(":")[0] for curie in map(as_curie, in_doubt(turtle(GOOD), rooms))}
    assert kinds == {"construct"}


def test_every_message_of_the_shapes_is_told(rooms):
    """Each message is told here or of a broken table."""
    shapes = [read_turtle(path, path.name) for path in (rooms.ontology / "shapes").glob("*.ttl")]
    messages = {str(message) for graph in shapes for message in graph.objects(None, SH.message)}
    assert messages == {message for *_, message in BROKEN} | BY_TABLES


@pytest.mark.parametrize("message", sorted(BY_TABLES))
def test_what_tables_can_break_stands_in_a_case(message):
    """A folder of tests/bad is told the message."""
    assert any(message in path.read_text(encoding="utf-8") for path in BAD.glob("*/expected.txt"))


@pytest.mark.parametrize(
    ("check", "text", "detail"),
    [
        (
            "finding-without-an-edge",
            "finding:alder a ca:Finding ; ca:subject construct:peace ; ca:object construct:calm .",
            "alder",
        ),
    ],
)
def test_a_check_that_no_table_can_break_finds_it_in_rdf(check, text, detail, rooms):
    """The query tells its rule, and what to do, of a graph that breaks it."""
    rule, advice = rule_of(rooms, check)
    store = Embedded.in_memory()
    store.load(turtle(text).serialize(format="nt"), graph_iri("evidence/made-up"))
    assert told(violations(store, rooms, {})) == {f"{detail} (rule: {rule[0].lower()}{rule[1:]}); {advice}"}


def rule_of(rooms, check):
    """The rule of a check, and what to do where it is broken: its first line."""
    first, _ = (rooms.queries / "checks" / f"{check}.rq").read_text(encoding="utf-8").split("\n", 1)
    return first.removeprefix("# ").removesuffix(".").split("; ", 1)
