"""Questions: each has a golden answer, runs as plain SPARQL, and binds what users give safely."""

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph, URIRef

from kg.errors import BadQuestion, UnknownName
from kg.export.tables import ROW_FORMATS
from kg.lookup import resolve
from kg.names import BASE, expand, graph_iri, mint
from kg.narrowed import Only, among, only
from kg.pages.library import Library
from kg.questions import ask, find_question, list_questions, quoted, read_question
from kg.resources import Rooms, shipped
from kg.store.embedded import Embedded

ANSWERS = Path(__file__).parent / "answers"
NAMES = [question.name for question in list_questions(shipped())]


def golden(name):
    return (ANSWERS / f"{name}.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_question_gives_its_golden_answer(graph, name):
    """The answer with the defaults of the file is the one that was checked by hand."""
    assert ROW_FORMATS["csv"](graph.ask(name)) == golden(name)


@pytest.mark.parametrize(
    ("name", "headings"),
    [
        ("gap-matrix", {"row": ["compassion", "fear-of-compassion"], "column": ["attachment", "attachment-anxiety"]}),
        ("gap-matrix", {"column": ["attachment-avoidance"]}),
        ("conflicts", {"firstIri": ["attachment-anxiety", "attachment-avoidance"], "secondIri": ["self-compassion"]}),
        ("pairs-studied", {"second": ["self-compassion"]}),
    ],
)
def test_a_question_narrowed_to_values_of_its_columns_gives_the_rows_that_have_them(graph, name, headings):
    """All that is told of these rows, and no other row."""
    question = find_question(shipped(), name)
    terms = {column: [f"<{expand(f'construct:{each}')}>" for each in slugs] for column, slugs in headings.items()}
    narrowings = [only(column, listed) for column, listed in terms.items()]
    some, rows = graph.store.select(among(question.text, narrowings)), graph.store.select(question.text)
    for column, slugs in headings.items():
        rows = rows.among(column, {expand(f"construct:{each}") for each in slugs})
    assert len(some)
    assert some.values == rows.values


def test_a_question_narrowed_to_pairs_gives_the_rows_of_these_very_pairs(graph):
    """Not of one end of the first with the other of the second."""
    whole = graph.store.select(find_question(shipped(), "conflicts").text)
    ends = list(dict.fromkeys((f"<{row['firstIri']}>", f"<{row['secondIri']}>") for row in whole))[::2]
    some = graph.store.select(
        among(find_question(shipped(), "conflicts").text, [Only(("firstIri", "secondIri"), ends)])
    )
    assert len(ends) > 1
    assert some.values == whole.where(lambda row: (f"<{row['firstIri']}>", f"<{row['secondIri']}>") in ends).values


def test_every_golden_answer_belongs_to_a_question():
    """No answer is left behind by a question that was renamed."""
    assert {path.stem for path in ANSWERS.glob("*.csv")} == set(NAMES)


def test_there_are_at_least_fifteen_questions():
    """The library of questions is not a toy."""
    assert len(NAMES) >= 15


@pytest.mark.parametrize("path", sorted(shipped().queries.rglob("*.rq")), ids=lambda path: path.stem)
def test_every_query_is_plain_sparql(path):
    """Every file parses as it is, without prefixes from anywhere else."""
    ox.Store().query(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def declared(rooms):
    """The axioms of the ontology."""
    return Graph().parse(rooms.axioms, format="turtle")


@pytest.mark.parametrize("path", sorted(shipped().queries.rglob("*.rq")), ids=lambda path: path.stem)
def test_every_term_that_a_query_names_is_one_of_the_ontology(path, declared):
    """A slip in a name gives no error in SPARQL: it gives an empty column."""
    named = {expand(name) for name in re.findall(r"\bca:[A-Za-z]+", path.read_text(encoding="utf-8"))}
    assert {name for name in named if (URIRef(name), None, None) not in declared} == set()


@pytest.mark.parametrize("name", NAMES)
def test_the_default_in_the_header_is_the_one_in_the_query(rooms, name):
    """What --help promises as default is what the file asks."""
    question = find_question(rooms, name)
    for parameter in question.parameters:
        default = {"class": f"ca:{parameter.default}"}.get(parameter.type, parameter.default)
        assert f"VALUES ?{parameter.name} {{ {default} }}" in question.text


@pytest.mark.parametrize(
    ("word", "label"),
    [
        ("statistic:odds-ratio", "odds ratio"),
        ("odds ratio", "odds ratio"),
        ("ca:StudyDesign", "study design"),
        ("ci low", "ci low"),
        ("shame", "shame"),
    ],
)
def test_any_term_may_be_asked_for_its_links(graph, word, label):
    """A construct, statistic, class or property, by CURIE or label."""
    assert {row["construct"] for row in graph.ask("mappings", subject=word)} == {label}


def test_an_unknown_term_is_told(graph):
    """What is no term of any kind gets one line."""
    with pytest.raises(UnknownName, match="called 'nonesuch'"):
        graph.ask("mappings", subject="nonesuch")


@pytest.mark.parametrize(
    "word",
    [
        "self-compassion",
        "construct:self-compassion",
        "https://w3id.org/compassion-attachment/construct/self-compassion",
        "Self compassion",
    ],
)
def test_a_construct_may_be_named_in_any_way(graph, word):
    """Slug, CURIE, IRI and label lead to the same answer."""
    assert graph.ask("findings-between", subject=word, object="attachment-avoidance") == graph.ask("findings-between")


def test_a_synonym_leads_to_its_construct(graph):
    """A synonym resolves where it names one thing only."""
    assert graph.ask("measures-of", construct="disorganized attachment") == graph.ask(
        "measures-of", construct="disorganised-attachment"
    )


def test_an_acronym_leads_to_its_measure(graph):
    """Measures answer to their acronyms."""
    assert graph.ask("findings-by-measure", measure="ECR-R") == graph.ask("findings-by-measure")


def test_an_unknown_name_suggests_the_nearest(graph):
    """A typo is answered with candidates."""
    with pytest.raises(UnknownName, match="did you mean 'self-compassion'"):
        graph.ask("measures-of", construct="self-compasion")


def test_an_ambiguous_name_lists_its_candidates():
    """A word that names two constructs resolves to neither; both are told."""
    store = Embedded.in_memory()
    for name in ("warmth-of-others", "warmth-to-others"):
        for predicate, value in (
            ("rdf:type", f"<{expand('ca:Construct')}>"),
            ("rdfs:label", f'"{name}"'),
            ("skos:altLabel", '"warmth"'),
        ):
            store.load(f"<{expand('construct:' + name)}> <{expand(predicate)}> {value} .", BASE)
    with pytest.raises(UnknownName, match="warmth-of-others or warmth-to-others; say which") as caught:
        resolve(store, "Warmth", "construct")
    assert caught.value.candidates == ("warmth-of-others", "warmth-to-others")


def test_several_values_of_one_parameter_widen_the_question(graph):
    """Two constructs give the findings of both."""
    one, other = (
        set(graph.ask("findings-between", object=name).column("finding"))
        for name in ("attachment-avoidance", "attachment-anxiety")
    )
    both = graph.ask("findings-between", object=["attachment-avoidance", "attachment-anxiety"])
    assert set(both.column("finding")) == one | other


def test_narrower_constructs_are_included(graph):
    """Asking for insecure attachment includes its styles and dimensions."""
    wide = set(graph.ask("findings-between", object="insecure-attachment").column("finding"))
    assert set(graph.ask("findings-between", object="attachment-avoidance").column("finding")) < wide


def test_the_order_of_a_pair_does_not_matter(graph):
    """X and Y, Y and X: the same findings."""
    there = graph.ask("findings-between", subject="self-compassion", object="attachment-avoidance")
    back = graph.ask("findings-between", subject="attachment-avoidance", object="self-compassion")
    assert set(there.column("finding")) == set(back.column("finding"))


def test_an_unknown_question_suggests_the_nearest(graph):
    """A misspelt question is answered with candidates."""
    with pytest.raises(UnknownName, match="findings-between"):
        graph.ask("finding-between")


def test_an_unknown_parameter_names_those_there_are(graph):
    """A misspelt parameter is answered with the real ones."""
    with pytest.raises(BadQuestion, match="it has: object, subject"):
        graph.ask("findings-between", first="self-compassion")


@pytest.mark.parametrize("value", [1, None, ["self-compassion", 2], b"self-compassion", 0.5])
def test_a_value_that_is_no_text_is_refused(graph, value):
    """Python gives numbers where names are wanted: that is told, with the name of the parameter."""
    with pytest.raises(BadQuestion, match=r"^subject: .* is not text"):
        graph.ask("findings-between", subject=value)


@pytest.mark.parametrize(("name", "told"), [("Messure", "did you mean 'measure'"), ("Nonsense", "such are Construct")])
def test_an_unknown_class_is_refused(graph, name, told):
    """A class that is not in the ontology has no names; an empty answer would hide the slip."""
    with pytest.raises(UnknownName, match=f"no class is called '{name}'.*{told}"):
        graph.ask("names", **{"class": name})


def test_the_name_of_a_measure_is_no_construct_and_told_so(graph):
    """Who takes a measure for a construct is told which measure it is."""
    with pytest.raises(UnknownName, match="no construct is called 'FCS'; a measure is: fcs"):
        graph.ask("measures-of", construct="FCS")


def test_the_counts_of_by_measure_add_up(graph):
    """Positive, negative, null and unclear findings are all findings."""
    rows = list(graph.ask("by-measure", object="attachment"))
    assert any(row["unclear"] for row in rows)
    for row in rows:
        assert row["findings"] == row["positive"] + row["negative"] + row["null"] + row["unclear"]


def test_by_measure_leaves_mediations_and_moderations_aside(graph):
    """What a third construct does is not a relation of the pair."""
    pair = {"subject": "anxiety-over-relationships", "object": "problematic-sexual-behaviour"}
    simple = [row for row in graph.ask("findings-between", **pair) if not row["mediator"] and not row["moderator"]]
    assert len(simple) < len(graph.ask("findings-between", **pair))
    assert sum(row["findings"] for row in graph.ask("by-measure", **pair)) == len(simple)


@pytest.fixture
def copied(graph):
    """The graph in memory, and a way to say more in it."""
    store = graph.store.part(lambda *_: True)

    def say(*triple):
        store.load(f"{' '.join(triple)} .\n", graph_iri("evidence/made-up"))

    return store, say


@pytest.mark.parametrize("name", ["by-measure", "effects-between"])
def test_a_finding_within_both_constructs_is_told_once(graph, copied, name):
    """Where one lies within the other, either of its constructs may stand for the first."""
    store, say = copied
    compassion, attachment = (mint("construct", each) for each in ("self-compassion", "attachment"))
    for one in store.select(f"SELECT ?one WHERE {{ ?one ca:within <{compassion}> }}").column("one"):
        say(f"<{one}>", f"<{expand('ca:within')}>", f"<{attachment}>")
    told = graph.ask(name, subject=compassion, object=attachment)
    again = ask(store, find_question(shipped(), name), {"subject": [attachment], "object": [attachment]})
    assert sum(row.get("findings", 1) for row in again) == sum(row.get("findings", 1) for row in told) > 1


PEOPLE = ("findings", "findings-between", "null-findings", "null-findings-about", "disagreements", "strongest-effects")


@pytest.mark.parametrize("name", PEOPLE)
def test_people_are_those_of_the_analysis_where_it_tells_them(graph, copied, name):
    """Else those of the sample, who may be more."""
    store, say = copied
    finding = next(row["finding"] for row in graph.ask(name) if row["sampleSize"])
    say(f"<{finding}>", f"<{expand('ca:analysedN')}>", f'"7"^^<{expand("xsd:integer")}>')
    told = {row["sampleSize"] for row in ask(store, find_question(shipped(), name), {}) if row["finding"] == finding}
    assert told == {7} == {Library(store).finding(finding)["sampleSize"]}


def test_by_measure_counts_a_result_that_is_told_twice_once(graph):
    """kotera-2019-02 tells kotera-2019-01 again."""
    pair = {"subject": "self-compassion", "object": "comfort-with-closeness"}
    assert {"kotera-2019-01", "kotera-2019-02"} <= ids(graph.ask("findings-between", **pair))
    assert sum(row["findings"] for row in graph.ask("by-measure", **pair)) == 1


def test_a_result_that_is_told_twice_is_one_strong_effect(graph):
    """The earlier id stands for both."""
    assert "kotera-2019-01" in ids(graph.ask("strongest-effects"))
    assert "kotera-2019-02" not in ids(graph.ask("strongest-effects"))


def test_findings_with_a_measure_include_those_with_its_revision(graph):
    """ECR-R revises ECR."""
    assert ids(graph.ask("findings-by-measure", measure="ecr-r")) <= ids(
        graph.ask("findings-by-measure", measure="ecr")
    )


def test_nulls_about_a_construct_are_its_nulls_and_those_of_narrower_ones(graph):
    """In any role: also where it was tested as a moderator and changed nothing."""
    about = ids(graph.ask("null-findings-about", construct="compassion"))
    assert ids(graph.ask("null-findings-about")) < about < ids(graph.ask("null-findings"))
    assert "kotera-2019-05" in about


def ids(rows):
    return {str(iri).rsplit("/", 1)[-1] for iri in rows.column("finding")}


@given(st.text())
def test_no_text_can_leave_its_place_in_a_query(rooms, text):
    """Whatever a user gives, it stays one string literal."""
    query = f"SELECT ?x WHERE {{ VALUES ?x {{ {quoted(text)} }} }}"
    try:
        rows = list(ox.Store().query(query))
    except SyntaxError:  # SPARQL has no way to write a lone surrogate
        assert any("\ud800" <= letter <= "\udfff" for letter in text)
        return
    assert len(rows) == 1


@pytest.mark.parametrize(
    "attack", ["x> } ?s ?p ?o . { <y", "construct:x } UNION { ?s ?p ?o", "https://e.org/> } #", "construct:{a}"]
)
def test_an_attack_in_a_name_is_an_unknown_name(graph, attack):
    """Nothing of what a user gives becomes SPARQL."""
    with pytest.raises(UnknownName):
        graph.ask("measures-of", construct=attack)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("# title: T\n# category: findings\n\nSELECT * WHERE { }", "no '# question:'"),
        ("# title: T\n# category: cakes\n# question: Q?\n\nSELECT * WHERE { }", "unknown category 'cakes'"),
        (
            "# title: T\n# category: findings\n# question: Q?\n# param: x | construct\n\nSELECT * WHERE { }",
            "is not 'name | type",
        ),
        (
            "# title: T\n# category: findings\n# question: Q?\n# param: x | construct | construct:a | X\n\nSELECT * WHERE { }",
            "has no line VALUES ?x",
        ),
        ("# hello\n\nSELECT * WHERE { }", "is no header line"),
    ],
)
def test_a_header_that_does_not_fit_is_told(tmp_path, text, told):
    """A question with a wrong header says what is wrong."""
    path = tmp_path / "broken.rq"
    path.write_text(text)
    with pytest.raises(BadQuestion, match=told.replace("?", r"\?").replace("|", r"\|")):
        read_question(path, Rooms(tmp_path))


def test_a_header_ends_where_the_query_begins(tmp_path):
    """No blank line is needed between the two."""
    path = tmp_path / "tight.rq"
    path.write_text("# title: T\n# category: findings\n# question: Q?\nSELECT * WHERE { }", encoding="utf-8")
    assert read_question(path, Rooms(tmp_path)).question == "Q?"


def test_a_question_in_another_encoding_is_told_with_its_line(tmp_path):
    """The file and the line, in one line."""
    path = tmp_path / "latin.rq"
    path.write_bytes("# title: T\n# question: Größe?\n".encode("latin-1"))
    with pytest.raises(BadQuestion, match=r"^latin\.rq:2: not UTF-8 text .*; save the file as UTF-8$"):
        read_question(path, Rooms(tmp_path))


def test_a_bound_parameter_changes_nothing_else(rooms):
    """Binding replaces one block and leaves every other line alone."""
    question = find_question(rooms, "findings-between")
    bound = question.bind({"subject": [f"<{expand('construct:compassion')}>"]})
    changed = [(a, b) for a, b in zip(question.text.splitlines(), bound.splitlines(), strict=True) if a != b]
    assert changed == [
        (
            "      VALUES ?subject { construct:self-compassion }",
            "      VALUES ?subject { <https://w3id.org/compassion-attachment/construct/compassion> }",
        )
    ]


def test_asking_a_number_wants_a_number(graph, rooms):
    """A decimal parameter refuses words."""
    with pytest.raises(BadQuestion, match="is not a number"):
        ask(graph.store, find_question(rooms, "strongest-effects"), {"least": ["strong"]})
