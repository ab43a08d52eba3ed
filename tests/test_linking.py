"""Linking: files of every kind are read, candidates come with a score and a reason, curators decide."""

import re
import shutil
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from kg import cli
from kg.errors import KgError, MissingPart, NothingFound, ProblemsFound
from kg.linking.above import MatchesAbove
from kg.linking.accepting import accept
from kg.linking.cautions import read_cautions
from kg.linking.curies import Curies
from kg.linking.matches import ALIKE, SAME_NAME, Match, Shortlist
from kg.linking.matching import find_matches
from kg.linking.meanings import can_compare_meanings
from kg.linking.measuring import score
from kg.linking.proposing import decided_pairs, propose
from kg.linking.reading import read_ontology
from kg.linking.subjects import Subject, read_subjects
from kg.linking.terms import Ontology, Term
from kg.linking.words import words
from kg.mappings import Candidate, Mapping, accepted_sets, as_text, read_set, rejected_sets, write_set
from kg.resources import Rooms

EXTERNAL = Path(__file__).parent.parent.parent / "shared" / "external"

TURTLE = """@prefix : <http://example.org/X_> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix obo: <http://purl.obolibrary.org/obo/> .
<http://example.org/x.owl> a owl:Ontology ; owl:versionIRI <http://example.org/2/x.owl> .
:1 a owl:Class ; rdfs:label "self-compassion"@en , "Selbstmitgefühl"@de ; obo:IAO_0000118 "kindness to oneself" ;
  obo:IAO_0000115 "Warmth towards one's own pain." ; rdfs:subClassOf :2 .
:2 a owl:Class ; rdfs:label "disposition" ; rdfs:subClassOf :1 .
:3 a owl:Class ; rdfs:label "compassion" ; owl:deprecated true .
:4 a owl:Class ; rdfs:label "anxiety" .
:5 a owl:Class ; rdfs:label "attachment anxiety" .
"""

OBO = """format-version: 1.2
data-version: 2
ontology: x

[Term]
id: X:1
name: self-compassion
def: "Warmth towards one's own pain." []
synonym: "kindness to oneself" EXACT []
is_a: X:2

[Term]
id: X:2
name: disposition

[Term]
id: X:3
name: compassion
is_obsolete: true
"""

FUNCTIONAL = """Prefix(:=<http://example.org/X_>)
Prefix(rdfs:=<http://www.w3.org/2000/01/rdf-schema#>) # a remark with "a quotation mark
Prefix(owl:=<http://www.w3.org/2002/07/owl#>)
Ontology(<http://example.org/x.owl> <http://example.org/2/x.owl>
Annotation(rdfs:comment "Says (something) in brackets")
Declaration(Class(:1)) Declaration(Class(:2)) Declaration(Class(:3))
AnnotationAssertion(Annotation(rdfs:comment "why") rdfs:label :1 "self-compassion"@en)
AnnotationAssertion(rdfs:label :1 "Selbstmitgefühl"@de)
AnnotationAssertion(<http://purl.obolibrary.org/obo/IAO_0000118> :1 "kindness to oneself")
AnnotationAssertion(<http://purl.obolibrary.org/obo/IAO_0000115> :1 "Warmth towards one's own pain.")
SubClassOf(:1 ObjectSomeValuesFrom(:p :2))
SubClassOf(:1 :2)
AnnotationAssertion(rdfs:label :2 "disposition")
AnnotationAssertion(rdfs:label :3 "compassion")
AnnotationAssertion(owl:deprecated :3 "true"^^<http://www.w3.org/2001/XMLSchema#boolean>)
)
"""

SKOS = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix : <http://example.org/X_> .
:1 a skos:Concept ; skos:prefLabel "self-compassion"@en ; skos:altLabel "kindness to oneself"@en ;
  skos:definition "Warmth towards one's own pain."@en .
:2 a skos:Concept ; skos:prefLabel "disposition"@en ; skos:narrower :1 .
"""

RDF_XML = """<?xml version="1.0"?>
<!DOCTYPE rdf:RDF [ <!ENTITY ex "http://example.org/"> ]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:owl="http://www.w3.org/2002/07/owl#"
  xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" xmlns:obo="http://purl.obolibrary.org/obo/">
<owl:Class rdf:about="&ex;X_1"><rdfs:label>self-compassion</rdfs:label>
<obo:IAO_0000118>kindness to oneself</obo:IAO_0000118>
<obo:IAO_0000115>Warmth towards one's own pain.</obo:IAO_0000115><rdfs:subClassOf rdf:resource="&ex;X_2"/></owl:Class>
<owl:Class rdf:about="&ex;X_2"><rdfs:label>disposition</rdfs:label></owl:Class>
</rdf:RDF>
"""


@pytest.fixture
def write(tmp_path):
    """Writes an ontology file and gives its path."""

    def written(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


@pytest.fixture
def own_rooms(rooms, tmp_path):
    """Rooms with our terms and no mapping set yet."""
    shutil.copytree(rooms.ontology, tmp_path / "ontology", ignore=shutil.ignore_patterns("accepted", "rejected"))
    return Rooms(tmp_path)


@pytest.fixture(scope="module")
def proposed(rooms, tmp_path_factory):
    """The candidates from the small ontology, as text, proposed once."""
    root = tmp_path_factory.mktemp("proposed")
    shutil.copytree(rooms.ontology, root / "ontology", ignore=shutil.ignore_patterns("accepted", "rejected"))
    (root / "x.ttl").write_text(TURTLE, encoding="utf-8")
    done = propose(Rooms(root), root / "x.ttl", 3, 0.5)
    return as_text(done.head, done.candidates)


@pytest.fixture
def candidates(proposed, tmp_path):
    """A file of those candidates, for a curator."""
    path = tmp_path / "candidates.sssom.tsv"
    path.write_text(proposed, encoding="utf-8")
    return path


def decide(path, **decisions):
    """Write decisions about pairs into the file, as a curator would."""
    read = read_set(path, path.name, Candidate)
    rows = [row.model_copy(update={"decision": decisions.get(row.object_id.replace(":", ""))}) for row in read.mappings]
    write_set(path, read.head, rows)


# --- reading ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [("x.ttl", TURTLE), ("x.obo", OBO), ("x.ofn", FUNCTIONAL), ("x.skos", SKOS), ("x.owl", RDF_XML)],
)
def test_every_kind_of_file_gives_the_same_term(write, name, content):
    """Label, synonym, definition and parent come out of each format alike."""
    terms = read_ontology(write(name, content)).terms.values()
    term = next(term for term in terms if term.label == "self-compassion")
    parent = next(term for term in terms if term.label == "disposition")
    assert (term.synonyms, term.definition, term.parents) == (
        ("kindness to oneself",),
        "Warmth towards one's own pain.",
        (parent.iri,),
    )


@pytest.mark.parametrize(("name", "content"), [("x.ttl", TURTLE), ("x.obo", OBO), ("x.ofn", FUNCTIONAL)])
def test_an_obsolete_term_is_left_out_and_counted(write, name, content):
    """What an ontology has given up is never proposed."""
    ontology = read_ontology(write(name, content))
    assert ontology.obsolete == 1
    assert "compassion" not in {term.label for term in ontology.terms.values()}


@pytest.mark.parametrize(("name", "content"), [("x.ttl", TURTLE), ("x.ofn", FUNCTIONAL)])
def test_an_ontology_says_what_it_is(write, name, content):
    """Its IRI and that of its version are known."""
    ontology = read_ontology(write(name, content))
    assert (ontology.iri, ontology.version) == ("http://example.org/x.owl", "http://example.org/2/x.owl")


ENTITY = '<!ENTITY ex "http://example.org/">'
BOMB = RDF_XML.replace(ENTITY, '<!ENTITY a "aaaa:"><!ENTITY ex "&a;&a;&a;">')
LATE_BOMB = BOMB.replace("<!DOCTYPE", f"<!-- <rdf:RDF xmlns=''> {' ' * 1_100_000} --><!DOCTYPE")
OUTSIDE = RDF_XML.replace(ENTITY, '<!ENTITY ex SYSTEM "file:///etc/passwd">')
PARAMETER = RDF_XML.replace(ENTITY, f'<!ENTITY % p "http://example.org/">{ENTITY}')
LONG = RDF_XML.replace("example.org/", f"example.org/{'a' * 200}")
HIDDEN = RDF_XML.replace(ENTITY, f'<!-- <!ENTITY ex "{"a" * 900}"> -->{ENTITY}')
IN_THE_BODY = RDF_XML.replace("</rdf:RDF>", f'<!doctype rdf:RDF [ <!ENTITY z "{"a" * 900}"> ]></rdf:RDF>')
QUADRATIC = RDF_XML.replace("<rdfs:label>self", f"<rdfs:label>{'&ex;' * 300_000}self")
NOT_SAFE = "declares XML entities that hold others, are no IRI, are long, or come from elsewhere"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.owl", b"%PDF-1.7\n%\xe2\xe3", "a PDF, not an ontology; give OWL, OBO or SKOS as UTF-8 text"),
        ("x.owl", b"PK\x03\x04rest", "a ZIP archive or an office document"),
        ("x.owl", b"", "the file is empty"),
        ("x.owl", b"a\0b", "it holds NUL bytes"),
        ("x.owl", RDF_XML[:600], "not RDF/XML"),
        ("x.owl", RDF_XML.partition("one's")[0], "it ends before its root element is closed, so a part is missing"),
        ("x.owl", RDF_XML.replace("one's", "jalousie \xe9").encode("latin-1"), "not RDF/XML"),
        ("x.owl", RDF_XML.replace('"1.0"', '"1.0" encoding="ISO-8859-1"'), "its encoding is ISO-8859-1"),
        ("x.owl", BOMB, NOT_SAFE),
        ("x.owl", LATE_BOMB, NOT_SAFE),
        ("x.owl", OUTSIDE, NOT_SAFE),
        ("x.owl", PARAMETER, NOT_SAFE),
        ("x.owl", RDF_XML.replace(ENTITY, '<!ENTITY ex "no address">'), NOT_SAFE),
        ("x.owl", LONG, NOT_SAFE),
        ("x.owl", HIDDEN, NOT_SAFE),
        ("x.owl", IN_THE_BODY, NOT_SAFE),
        ("x.owl", QUADRATIC.replace("http://example", f"http://{'a' * 160}.example"), "unfold into more than"),
        ("x.owl", RDF_XML.replace("<!DOCTYPE", "<!DOCTYPE a><!DOCTYPE"), "line 2: not RDF/XML"),
        ("x.owl", "<?xml version='1.0'?><Ontology/>", "OWL/XML is not read here"),
        ("x.html", "<!DOCTYPE html><html><body>no</body></html>", "XML that is no RDF (its root is <html>)"),
        ("x.ttl", TURTLE[:300], "not Turtle"),
        ("x.ttl", "just words", "not Turtle"),
        ("x.ttl", TURTLE.encode("latin-1"), "not Turtle"),
        ("x.ttl", "<http://a.example/> <http://a.example/b> 'c' .", "names no class and no concept in English"),
        ("x.obo", "format-version: 1.2\n\n[Term]\nname name", "not OBO"),
        ("x.obo", OBO.replace("warmth", "\xe9").replace("pain", "p\xe9").encode("latin-1"), "not OBO"),
        ("x.ofn", FUNCTIONAL[:-3], "it ends before its brackets are closed"),
        ("x.ofn", FUNCTIONAL.replace('"why"', '"why'), "not OWL functional syntax"),
        ("x.ofn", FUNCTIONAL.encode("latin-1"), "not UTF-8 text"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 100 else "content",
)
def test_what_is_no_ontology_is_refused_with_one_line(write, name, content, message):
    """The message names the file and says what is wrong."""
    path = write(name, content)
    with pytest.raises(KgError) as raised:
        read_ontology(path)
    assert message in str(raised.value)
    assert str(raised.value).startswith(str(path))
    assert "\n" not in str(raised.value)


def test_an_ontology_of_too_many_terms_is_refused(write, monkeypatch):
    """Memory is bounded by a limit that no vocabulary reaches."""
    monkeypatch.setattr("kg.linking.terms.MOST_TERMS", 3)
    with pytest.raises(KgError, match="more than 3 terms"):
        read_ontology(write("x.ttl", TURTLE))


def test_an_ontology_of_too_long_texts_is_refused(write, monkeypatch):
    """Nor does what is kept of texts grow without end."""
    monkeypatch.setattr("kg.linking.terms.MOST_CHARACTERS", 30)
    with pytest.raises(KgError, match="exceed 30 letters"):
        read_ontology(write("x.ttl", TURTLE))


# --- matching --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "theirs", "how"),
    [
        ("compassion", "Compassion", "the same name"),
        ("prosocial behaviours", "prosocial behavior", "but for spelling or plural"),
        ("randomised trial", "Randomized Trials", "but for spelling or plural"),
        ("self-compassion", "self compassion", "but for spelling or plural"),
        ("prosocial behaviour", "pro-social behavior", "but for a hyphen or a space"),
        ("regulation of emotion", "emotion regulation", "the same words in another order"),
        ("emotional regulation", "emotion regulation", "the same words in another form"),
        ("SCS", "SCS", "the same acronym"),
        ("DerSimonian & Laird method", "DerSimonian & Leard method", "almost the same spelling"),
        ("social anxiety", "anxiety", "which is what both are kinds of"),
    ],
)
def test_a_match_says_how_names_fit(ours, theirs, how):
    """The reason names what is the same, in words."""
    other = [Term(f"http://example.org/{name}", "owl class", name) for name in (theirs, "mood", "wing", "cell death")]
    matches = find_matches([Subject("urn:ours", ours)], Ontology({each.iri: each for each in other}), 1)
    assert [(match.term.label, how in match.reason) for match in matches] == [(theirs, True)]


def test_a_better_name_has_a_better_score():
    """Equal names are above equal words, those above equal stems, those above a shared head; all lie in [0, 1]."""
    names = ["emotion regulation", "regulation of emotions", "emotional regulating", "interpersonal emotion regulation"]
    other = {name: Term(name, "owl class", name) for name in names}
    matches = find_matches([Subject("urn:ours", "emotion regulation")], Ontology(other), 4)
    assert [match.term.label for match in matches] == names
    assert 1 >= matches[0].score > matches[1].score > matches[2].score > matches[3].score >= 0


def test_definitions_decide_between_equal_names():
    """Of two terms with our name the one with our definition comes first."""
    wrong = Term("urn:a", "owl class", "attachment", definition="How the wing of an insect holds to its body.")
    right = Term("urn:b", "owl class", "attachment", definition="A bond of closeness and comfort with a caregiver.")
    ours = Subject("urn:ours", "attachment", definition="The bond that seeks comfort and closeness.")
    matches = find_matches([ours], Ontology({each.iri: each for each in (wrong, right)}), 2)
    assert [match.term.iri for match in matches] == ["urn:b", "urn:a"]


def test_what_stands_above_decides_between_equal_names():
    """Of two terms with our name the one below a term like our parent comes first, and the reason says so."""
    above = Term("urn:emotion", "owl class", "emotion")
    wrong = Term("urn:a", "owl class", "fear")
    right = Term("urn:b", "owl class", "fear", parents=("urn:emotion",))
    ours = [Subject("urn:ours-emotion", "emotion"), Subject("urn:ours", "fear", parents=("urn:ours-emotion",))]
    matches = find_matches(ours, Ontology({each.iri: each for each in (above, wrong, right)}), 1)
    assert matches[1].term.iri == "urn:b"
    assert "what stands above matches too ('emotion')" in matches[1].reason


@pytest.mark.parametrize(
    ("ours", "theirs", "relation"),
    [("fear of compassion", "fear", "broad"), ("fear of compassion", "compassion", "related")],
)
def test_what_a_name_is_a_kind_of_stands_before_its_preposition(ours, theirs, relation):
    """Fear of compassion is a fear, and no compassion."""
    other = [Term(f"urn:{name}", "owl class", name) for name in (theirs, "mood", "wing")]
    matches = find_matches([Subject("urn:ours", ours)], Ontology({each.iri: each for each in other}), 1)
    assert (matches[0].term.label, matches[0].relation) == (theirs, relation)


def test_a_definition_leads_to_what_it_starts_from():
    """Where no name is alike, ours is a kind of what our definition begins with."""
    ours = Subject("urn:ours", "beta", definition="A regression coefficient in standard deviation units.")
    other = [Term(f"urn:{name}", "owl class", name) for name in ("regression coefficient", "wing", "coefficient")]
    (match,) = find_matches([ours], Ontology({each.iri: each for each in other}), 1)
    assert (match.term.label, match.relation) == ("regression coefficient", "broad")
    assert match.reason == "our definition starts from its label 'regression coefficient'"


def test_a_definition_leads_to_what_it_speaks_of():
    """A name inside our definition makes a candidate, and no kind."""
    ours = Subject("urn:ours", "soothing", definition="What brings calm and a sense of safeness.")
    other = [Term(f"urn:{name}", "owl class", name) for name in ("calm", "wing", "mood")]
    (match,) = find_matches([ours], Ontology({each.iri: each for each in other}), 1)
    assert (match.term.label, match.relation) == ("calm", "related")


def test_definitions_that_say_the_same_make_a_candidate():
    """Where neither names the other, the words of both definitions are the reason."""
    ours = Subject("urn:ours", "child abuse", definition="Physical, sexual or emotional mistreatment of the young.")
    right = Term("urn:a", "owl class", "maltreatment", definition="Harm of a physical, sexual or emotional nature.")
    wrong = Term("urn:b", "owl class", "wing", definition="A limb with which an insect flies.")
    (match,) = find_matches([ours], Ontology({each.iri: each for each in (wrong, right)}), 1)
    assert match.term.iri == "urn:a"
    assert match.reason.startswith("of both is said: ")


def test_several_reasons_count_more_than_one():
    """A name that our definition speaks of as well is above one that is as much alike and not spoken of."""
    ours = Subject("urn:ours", "threat system", definition="It detects danger, and runs a threat appraisal.")
    other = [Term(f"urn:{name}", "owl class", name) for name in ("threat response", "threat appraisal")]
    matches = find_matches([ours], Ontology({each.iri: each for each in other}), 2)
    assert [match.term.label for match in matches] == ["threat appraisal", "threat response"]


def test_the_reason_shows_words_as_they_are_written():
    """What two names share is told in our spelling."""
    ours = [Subject("urn:ours", "adverse experience")]
    other = [Term(f"urn:{name}", "owl class", name) for name in ("experience sampling", "wing")]
    (match,) = find_matches(ours, Ontology({each.iri: each for each in other}), 1)
    assert "shares 'experience'" in match.reason


def test_a_model_finds_what_shares_no_word():
    """With the extra embed, meanings alone make a candidate, and the reason says who says so."""
    pytest.importorskip("wordllama", reason="the extra embed is not installed")
    ours = [Subject("urn:ours", "doctor", definition="Somebody who heals people.")]
    other = [Term(f"urn:{name}", "owl class", name) for name in ("physician", "wing", "parabola")]
    ontology = Ontology({each.iri: each for each in other})
    (match,) = find_matches(ours, ontology, 1, by_meaning=True)
    assert (match.term.label, match.justification) == ("physician", "semapv:SemanticSimilarityThresholdMatching")
    assert "a language model" in match.reason
    assert not find_matches(ours, ontology, 1)


def test_meanings_of_very_many_terms_are_not_compared():
    """What would take longer than all the rest is left out."""
    assert not can_compare_meanings(50_001)


def test_without_the_model_its_extra_is_named(monkeypatch):
    """Asked for meanings without the model, it says what to install."""
    monkeypatch.setitem(sys.modules, "wordllama", None)
    ontology = Ontology({"urn:a": Term("urn:a", "owl class", "fear")})
    with pytest.raises(MissingPart, match=r"compassion-attachment-kg\[embed\]"):
        find_matches([Subject("urn:ours", "fear")], ontology, 1, by_meaning=True)


def test_a_term_inherits_what_the_one_above_it_matches():
    """Where a name finds nothing, the match of the broader term is proposed as broader."""
    ours = [Subject("urn:bond", "attachment"), Subject("urn:secure", "felt security", parents=("urn:bond",))]
    matches = find_matches(ours, Ontology({"urn:a": Term("urn:a", "owl class", "attachment")}), 1)
    assert (matches[1].term.iri, matches[1].relation) == ("urn:a", "broad")
    assert matches[1].score < matches[0].score


def circle(size):
    """Terms of the name of ours, each below the next, in one circle, and what has our parent's name in it."""
    names = ["anxiety"] + ["fear"] * (size - 1)
    iris = [f"urn:{number}" for number in range(size)]
    return {iri: Term(iri, "owl class", names[at], parents=(iris[at - 1],)) for at, iri in enumerate(iris)}


@pytest.mark.parametrize("size", [2, 20_000])
def test_an_ontology_may_go_in_circles_of_any_length(size):
    """Each term of the circle stands below what matches our parent, and finding that takes seconds."""
    ours = [Subject("urn:fear", "fear", parents=("urn:anxiety",)), Subject("urn:anxiety", "anxiety")]
    found = find_matches(ours, Ontology(circle(size)), 20)
    reasons = [match.reason for match in found if match.subject.label == match.term.label == "fear"]
    assert len(reasons) == min(size - 1, 20)
    assert all("above matches too ('anxiety')" in reason for reason in reasons)


def test_what_matches_does_not_stand_above_itself():
    """A term that matches our parent, and goes round to itself, is not below such a one."""
    ours = [Subject("urn:fear", "state", parents=("urn:anxiety",)), Subject("urn:anxiety", "state")]
    found = find_matches(ours, Ontology({"urn:1": Term("urn:1", "owl class", "state", parents=("urn:1",))}), 1)
    assert "above" not in found[0].reason


def test_a_deep_and_large_hierarchy_takes_no_time():
    """Of two hundred thousand terms in one line, the last stands below the first."""
    iris = [f"urn:{number}" for number in range(200_000)]
    terms = {iri: Term(iri, "owl class", "fear", parents=(iris[at - 1],)) for at, iri in enumerate(iris) if at}
    terms[iris[0]] = Term(iris[0], "owl class", "anxiety")
    ours = [Subject("urn:fear", "fear", parents=("urn:anxiety",)), Subject("urn:anxiety", "anxiety")]
    first, last = (Match(ours[at == 0], terms[iris[at]], 1.0, "", "") for at in (0, -1))
    above = MatchesAbove(ours, Ontology(terms), [first])
    assert [above.label(each) for each in (first, last)] == [None, "anxiety"]


def test_our_own_circles_do_no_harm():
    """Two of our terms above each other are matched like others."""
    ours = [Subject("urn:a", "fear", parents=("urn:b",)), Subject("urn:b", "anger", parents=("urn:a",))]
    matches = find_matches(ours, Ontology({"urn:x": Term("urn:x", "owl class", "fear")}), 1)
    assert matches[0].score > 0.8


def test_British_and_American_words_are_one():  # noqa: N802 (names of peoples)
    """Spelling does not part words; nor do plural, possessive and accents."""
    assert words("Behavioural programme centre analyses judgements") == words(
        "behavioral program center analyzes judgments"
    )
    assert words("Cohen's naïve categories") == words("cohen naive category")


def test_our_terms_are_those_of_every_table(rooms):
    """Constructs, measures, therapies, statistics and classes can be linked; codes that only we use cannot."""
    curies = {subject.curie for subject in read_subjects(rooms)}
    assert {"construct:self-compassion", "measure:scs", "statistic:odds-ratio", "ca:Finding"} <= curies
    assert "certainty:high" not in curies


# --- proposing -------------------------------------------------------------------------------


def test_attachment_anxiety_is_no_anxiety(candidates):
    """No attachment construct is proposed for a term without attachment in its names."""
    found = {(row.subject_id, row.object_id) for row in read_set(candidates, "c", Candidate).mappings}
    assert ("construct:attachment-anxiety", "X:5") in found
    assert ("construct:attachment-anxiety", "X:4") not in found
    assert ("construct:anxiety", "X:4") in found


@pytest.mark.parametrize(
    ("measure", "name", "relation", "how", "warned"),
    [
        ("ecr-anxiety", "anxiety", "broad", ALIKE, True),
        ("ecr-anxiety", "attachment anxiety", "broad", ALIKE, False),
        ("ecr", "Experiences in Close Relationships", "close", SAME_NAME, False),
        ("scs-self-kindness", "kindness", "broad", ALIKE, False),
    ],
)
def test_what_yields_attachment_anxiety_measures_no_anxiety(rooms, measure, name, relation, how, warned):
    """A caution holds for measures of what it is about, but for an instrument of the same name."""
    subject = next(each for each in read_subjects(rooms) if each.curie == f"measure:{measure}")
    match = Match(subject, Term("http://example.org/X_4", "owl class", name), 0.8, name, "", relation, how)
    assert any(caution.forbids(match) for caution in read_cautions(rooms)) == warned


def test_a_name_alone_makes_no_exact_match(candidates):
    """Whether two terms mean exactly the same is for a curator to say; nothing is decided."""
    rows = read_set(candidates, "c", Candidate).mappings
    assert "skos:exactMatch" not in {row.predicate_id for row in rows}
    assert {row.decision for row in rows} == {None}


def test_candidates_are_sssom(candidates):
    """Justification, confidence, what matched and why stand where SSSOM wants them."""
    row = next(row for row in read_set(candidates, "c", Candidate).mappings if row.object_id == "X:1")
    assert (row.mapping_justification, row.match_string, row.object_label) == (
        "semapv:LexicalMatching",
        ("self-compassion",),
        "self-compassion",
    )
    assert row.comment.startswith("our label 'self-compassion' and its label 'self-compassion': the same name")
    assert 0.9 < row.confidence <= 1


def test_nothing_alike_is_said_so(own_rooms, write):
    """An ontology of other things gives no file and one line."""
    other = TURTLE.split(":1 a owl:Class", maxsplit=1)[0] + ':9 a owl:Class ; rdfs:label "zinc xylophone" .'
    with pytest.raises(NothingFound, match="none is like one of ours"):
        propose(own_rooms, write("x.ttl", other), 3, 0.5)


def test_what_no_table_can_name_is_counted(own_rooms, write):
    """A pair is never dropped in silence."""
    other = TURTLE.split(":1 a owl:Class", maxsplit=1)[0] + '<urn:nothing> a owl:Class ; rdfs:label "shame" .'
    done = propose(own_rooms, write("x.ttl", other), 3, 0.9)
    assert (done.candidates, done.nameless) == ([], 1)


@pytest.mark.parametrize(
    ("iri", "short"),
    [
        ("http://purl.obolibrary.org/obo/MFOEM_000026", "MFOEM:000026"),
        ("http://id.nlm.nih.gov/mesh/D000087342", "mesh:D000087342"),
        ("https://w3id.org/compassion-attachment/construct/fear", "construct:fear"),
        ("urn:example:thing:12", "thing:12"),
        ("urn:nothing", None),
    ],
)
def test_an_iri_is_shortened_as_its_community_does(iri, short):
    """OBO identifiers keep their prefix; other namespaces get one from their address."""
    assert Curies().shorten(iri) == short


def test_one_prefix_stands_for_one_namespace():
    """Two namespaces that would have the same prefix get two."""
    curies = Curies()
    found = [curies.shorten(f"http://{host}.example/X_1") for host in ("a", "b")]
    assert found == ["X:1", "X2:1"]


# --- accepting -------------------------------------------------------------------------------


def test_reviewed_rows_move_and_the_others_stay(own_rooms, candidates):
    """What was accepted and rejected stands in the sets, with who decided; what was not stays."""
    before = len(read_set(candidates, "c", Candidate).mappings)
    decide(candidates, X1="accept", X4="reject")
    moved = accept(own_rooms, candidates, "A. Curator")
    (accepted,) = (read_set(path, "a", Mapping) for path in accepted_sets(own_rooms))
    (rejected,) = (read_set(path, "r", Mapping) for path in rejected_sets(own_rooms))
    assert {row.object_id for row in accepted.mappings} == {"X:1"}
    assert {(row.object_id, row.predicate_modifier) for row in rejected.mappings} == {("X:4", "Not")}
    assert {row.reviewer_label for row in accepted.mappings} == {("A. Curator",)}
    assert moved.waiting == before - moved.accepted - moved.rejected
    assert len(read_set(candidates, "c", Candidate).mappings) == moved.waiting


def test_what_was_decided_is_not_proposed_again(own_rooms, candidates, write):
    """Neither an accepted nor a rejected pair comes back."""
    decide(candidates, X1="accept", X4="reject")
    accept(own_rooms, candidates, "A. Curator")
    done = propose(own_rooms, write("x.ttl", TURTLE), 3, 0.5)
    again = {(done.head.expand(row.subject_id), done.head.expand(row.object_id)) for row in done.candidates}
    assert decided_pairs(own_rooms)
    assert not again & decided_pairs(own_rooms)


def test_accepting_twice_changes_nothing(own_rooms, candidates):
    """A run that was interrupted before the candidates were written can be run again."""
    decide(candidates, X1="accept")
    reviewed = candidates.read_text()
    accept(own_rooms, candidates, "A. Curator")
    sets = [path.read_text() for path in accepted_sets(own_rooms)]
    candidates.write_text(reviewed)
    accept(own_rooms, candidates, "A. Curator")
    assert [path.read_text() for path in accepted_sets(own_rooms)] == sets


def test_a_decision_against_an_earlier_one_is_a_problem_and_nothing_moves(own_rooms, candidates):
    """What was rejected cannot be accepted behind the curator's back; no file changes."""
    decide(candidates, X1="reject")
    reviewed = candidates.read_text()
    accept(own_rooms, candidates, "A. Curator")
    candidates.write_text(re.sub(r"(?m)^reject\t", "accept\t", reviewed))
    before = candidates.read_text()
    with pytest.raises(ProblemsFound, match="the pair already stands in ontology/mappings/rejected/x"):
        accept(own_rooms, candidates, "A. Curator")
    assert candidates.read_text() == before
    assert accepted_sets(own_rooms) == []


def repeated(path, decision, predicate):
    """Write the first row of the file, decided, once more below the last, with another decision and predicate."""
    read = read_set(path, path.name, Candidate)
    first, *rest = read.mappings
    once = first.model_copy(update={"decision": "accept", "predicate_id": "skos:closeMatch"})
    again = first.model_copy(update={"decision": decision, "predicate_id": predicate})
    write_set(path, read.head, [once, *rest, again])


@pytest.mark.parametrize(
    ("decision", "predicate", "told"),
    [
        ("reject", "skos:broadMatch", r"decision: row \d+ says accept of the same pair"),
        ("accept", "skos:exactMatch", r"predicate_id: row \d+ accepts the same pair as skos:closeMatch"),
    ],
)
def test_two_decisions_on_one_pair_are_a_problem_and_nothing_moves(own_rooms, candidates, decision, predicate, told):
    """A pair is accepted or rejected, and is one thing."""
    repeated(candidates, decision, predicate)
    with pytest.raises(ProblemsFound, match=told):
        accept(own_rooms, candidates, "A. Curator")
    assert accepted_sets(own_rooms) == []


def test_an_accepted_pair_is_not_accepted_as_something_else(own_rooms, candidates):
    """The first decision is corrected where it stands, and the second one is not lost in silence."""
    decide(candidates, X1="accept")
    reviewed = candidates.read_text()
    accept(own_rooms, candidates, "A. Curator")
    candidates.write_text(re.sub(r"(?m)^(accept\t.*)skos:\w+", r"\1skos:relatedMatch", reviewed))
    with pytest.raises(ProblemsFound, match=r"already stands in ontology/mappings/accepted/x\S* as skos:"):
        accept(own_rooms, candidates, "A. Curator")


def test_a_predicate_that_does_not_exist_is_a_problem(own_rooms, candidates):
    """What a curator mistyped is told with what was meant."""
    decide(candidates, X1="accept")
    candidates.write_text(candidates.read_text().replace("skos:closeMatch", "skos:closMatch"))
    with pytest.raises(ProblemsFound, match="'skos:closMatch' is no predicate of a mapping; did you mean 'skos:closeM"):
        accept(own_rooms, candidates, "A. Curator")


def test_a_prefix_that_is_taken_in_the_set_gets_another_name(own_rooms, candidates):
    """Where a set has the prefix for another namespace, the row keeps its own IRI under a new prefix."""
    path = own_rooms.ontology / "mappings" / "accepted" / "x.sssom.tsv"
    path.parent.mkdir(parents=True)
    path.write_text(
        "# mapping_set_id: https://e.org/x\n# license: https://e.org/licence\n# curie_map:\n"
        "#   X: http://example.org/\n#   construct: https://w3id.org/compassion-attachment/construct/\n"
        "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
        "construct:shame\tskos:closeMatch\tX:X_9\tsemapv:ManualMappingCuration\n"
    )
    decide(candidates, X1="accept")
    accept(own_rooms, candidates, "A. Curator")
    known = read_set(path, path.name, Mapping)
    assert {known.head.expand(row.object_id) for row in known.mappings} == {
        "http://example.org/X_1",
        "http://example.org/X_9",
    }


def test_a_term_of_the_vocabularies_of_sssom_stays_with_the_ontology_that_was_linked(own_rooms, candidates):
    """A prefix that no set declares is a namespace like others, and not that of the largest set."""
    decide(candidates, X1="accept")
    accept(own_rooms, candidates, "A. Curator")
    candidates.write_text(re.sub(r"(?m)^\t(.*?)X:4", r"accept\t\1skos:Concept", candidates.read_text(), count=1))
    accept(own_rooms, candidates, "A. Curator")
    assert [path.name for path in accepted_sets(own_rooms)] == ["x.sssom.tsv"]


def test_candidates_say_whether_meanings_were_compared(own_rooms, write, monkeypatch):
    """With the extra, other candidates are found: the head and every row tell what found them."""
    monkeypatch.setattr("kg.linking.proposing.can_compare_meanings", lambda terms: True)
    monkeypatch.setattr("kg.linking.matching.matches_by_meaning", lambda subjects, terms: {})
    monkeypatch.setattr("kg.linking.proposing.version", lambda name: "1.2")
    done = propose(own_rooms, write("x.ttl", TURTLE), 3, 0.5)
    assert {done.head.mapping_tool, *(each.mapping_tool for each in done.candidates)} == {
        "kg link, with meanings by wordllama 1.2"
    }


def with_set(own_rooms, rows):
    """Write an accepted set of the ontology that the candidates come from."""
    path = own_rooms.ontology / "mappings" / "accepted" / "other.sssom.tsv"
    path.parent.mkdir(parents=True)
    path.write_text(
        "# mapping_set_id: https://e.org/x\n# license: https://e.org/licence\n# curie_map:\n#   e: http://example.org/\n"
        "#   construct: https://w3id.org/compassion-attachment/construct/\n"
        "# object_source: e:x.owl\nsubject_id\tpredicate_id\tobject_id\tmapping_justification\n" + rows
    )
    return path


def test_what_was_not_found_is_taken_out_once_it_is_accepted(own_rooms, candidates):
    """The graph does not say of one term that it was found and not found; other terms stay not found."""
    rows = [f"construct:{name}\tskos:exactMatch\tsssom:NoTermFound\tsemapv:LexicalMatching\n" for name in
            ("self-compassion", "zeal")]  # fmt: skip
    path = with_set(own_rooms, "".join(rows))
    decide(candidates, X1="accept")
    moved = accept(own_rooms, candidates, "A. Curator")
    found = {(row.subject_id, row.object_id) for row in read_set(path, "a", Mapping).mappings}
    assert moved.found_after_all == 1
    assert ("construct:zeal", "sssom:NoTermFound") in found
    assert ("construct:self-compassion", "sssom:NoTermFound") not in found


def test_what_is_accepted_stands_in_the_set_of_the_ontology_that_was_linked(own_rooms, candidates):
    """However the ontology writes the IRI of the term."""
    with_set(own_rooms, "")
    decide(candidates, X1="accept")
    accept(own_rooms, candidates, "A. Curator")
    assert [path.name for path in accepted_sets(own_rooms)] == ["other.sssom.tsv"]


def test_a_new_set_tells_its_ontology_and_the_version(own_rooms, candidates):
    """It is named after the ontology, not by a prefix."""
    text = candidates.read_text().replace("X:", "obo3:")
    candidates.write_text(text)
    decide(candidates, obo31="accept")
    accept(own_rooms, candidates, "A. Curator")
    (path,) = accepted_sets(own_rooms)
    head = read_set(path, "a", Mapping).head
    assert (path.name, head.expand(head.object_source)) == ("x.sssom.tsv", "http://example.org/x.owl")
    assert head.object_source_version == "http://example.org/2/x.owl"


def test_an_exact_match_needs_a_version_when_it_is_accepted(own_rooms, candidates):
    """What kg check would refuse is not accepted before."""
    text = re.sub(r"(?m)^# object_source_version:.*\n", "", candidates.read_text())
    candidates.write_text(text.replace("skos:closeMatch", "skos:exactMatch"))
    decide(candidates, X1="accept")
    with pytest.raises(ProblemsFound, match="predicate_id: of the ontology of 'self-compassion' no version is told"):
        accept(own_rooms, candidates, "A. Curator")


def test_without_a_decision_nothing_is_accepted(own_rooms, candidates):
    """A file that nobody reviewed says so."""
    with pytest.raises(NothingFound, match="no row is reviewed"):
        accept(own_rooms, candidates, "A. Curator")


# --- the command -----------------------------------------------------------------------------


def run(*arguments):
    return CliRunner().invoke(cli.main, ["link", *map(str, arguments)])


def test_the_command_writes_candidates(write, tmp_path):
    """One line says how many, and the file is a set of candidates."""
    output = tmp_path / "out.sssom.tsv"
    done = run(write("x.ttl", TURTLE), "-o", output)
    assert done.exit_code == 0
    assert re.search(r"candidates for \d+ of our terms, from 4 terms; left out: 1 obsolete term\b", done.output)
    assert read_set(output, "out", Candidate).mappings


def test_the_command_never_writes_over_decisions(write, candidates):
    """Candidates that were reviewed and not moved are kept."""
    decide(candidates, X1="accept")
    done = run(write("x.ttl", TURTLE), "-o", candidates)
    assert (done.exit_code, "it holds decisions that were not moved" in done.output) == (2, True)


@pytest.mark.parametrize("arguments", [[], ["--accept", "FILE"], ["FILE"]])
def test_the_command_says_what_it_needs(arguments, write):
    """Half a command line gives one line of advice."""
    path = write("x.ttl", TURTLE)
    done = run(*[path if each == "FILE" else each for each in arguments])
    assert done.exit_code == 2
    assert done.output.startswith("kg: ")
    assert done.output.count("\n") == 1


# --- however many there are -------------------------------------------------------------------


@given(scores=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 20)), max_size=600))
def test_a_shortlist_keeps_the_best_of_any_number(scores):
    """Each term once with its best score, and none of the best is lost on the way."""
    subject = Subject("http://example.org/s", "s")
    every = [Match(subject, Term(f"http://example.org/{n:03}", "owl class", "t"), at / 20, "", "") for n, at in scores]
    shortlist = Shortlist()
    best: dict[str, float] = {}
    for match in every:
        shortlist.add(match)
        best[match.term.iri] = max(match.score, best.get(match.term.iri, 0.0))
    expected = sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))[: len(shortlist.best())]
    assert [(match.term.iri, match.score) for match in shortlist.best()] == expected
    assert len(expected) == min(len(best), 25)
    assert len(shortlist.matches) < 50


# --- measuring -------------------------------------------------------------------------------


def test_a_chosen_term_behind_another_chosen_one_is_not_late():
    """Of two chosen terms both may come first; a wrong one before them counts."""
    done = score({"a": ["x", "y"], "b": ["wrong", "z"]}, {"a": {"x", "y"}, "b": {"z"}, "c": {"w"}})
    assert (done.pairs, done.first, done.second, done.precision) == (4, 0.5, 0.75, 0.5)


def test_a_part_of_what_was_chosen_is_measured_by_itself():
    """What curators chose otherwise does not stand in the way of that part, and a first one of it is right."""
    done = score({"a": ["other", "x"]}, {"a": {"x"}}, {"a": {"x", "other"}})
    assert (done.pairs, done.first, done.precision) == (1, 1.0, 1.0)


@pytest.mark.skipif(not EXTERNAL.is_dir(), reason="no ontologies at hand to measure on")
@pytest.mark.parametrize("name", ["MF", "MFOEM", "bcio", "stato"])
def test_the_curated_target_comes_first_or_second(rooms, name):
    """For nearly all terms of the table of targets, on a real ontology."""
    from kg.linking.measuring import chosen_in_table, linked

    path = EXTERNAL / f"{name}.owl"
    ontology = read_ontology(path)
    asked, gold = chosen_in_table(EXTERNAL / "mapping_targets.tsv", read_subjects(rooms), ontology)
    assert score(linked(asked, ontology, path), gold).second >= 0.9
