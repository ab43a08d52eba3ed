"""Both sources in full: therapies and what is claimed of them, limitations, the method of a review, cited results."""

from dataclasses import replace

import pytest
from worlds import derived

from kg.corpus import DATASET_TABLES
from kg.names import KINDS, TERMS, local_name
from kg.records import OverlapDecision
from kg.triples import term


def names(rows, column):
    return {local_name(str(value)) for value in rows.column(column)}


# --- every individual ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["therapy", "goal", "technique", "application"])
def test_every_therapy_and_part_has_label_definition_and_source(vocabulary, kind):
    """What the tables of terms describe can be read by people and traced to its source."""
    members = set(vocabulary.subjects(term("rdf:type"), term(f"ca:{KINDS[kind]}")))
    assert members
    for member in members:
        for property in ("rdfs:label", "skos:definition", "dcterms:source", "ca:locator"):
            assert (member, term(property), None) in vocabulary, (member, property)


#: No curator has decided on an overlap yet; tests/test_overlaps.py makes decisions up.
CODED = [model for model in DATASET_TABLES.values() if model is not OverlapDecision]


@pytest.mark.parametrize("model", CODED, ids=lambda model: model.table)
def test_every_coded_row_has_one_label(store, model):
    """No individual of evidence is a bare address in a list."""
    query = f"""SELECT ?row (COUNT(DISTINCT ?label) AS ?labels) WHERE {{
      ?row a <{TERMS}{KINDS[model.prefix]}> . OPTIONAL {{ ?row rdfs:label ?label }} }} GROUP BY ?row"""
    counted = store.select(query)
    assert len(counted.values) > 0
    assert set(counted.column("labels")) == {1}


# --- therapies -------------------------------------------------------------------------------


def test_a_family_of_therapies_includes_its_members(graph):
    """Asking for attachment-informed interventions gives the claims about attachment-based therapy, EFT and ABCT too."""
    rows = graph.ask("what-a-therapy-does", therapy="attachment-informed-interventions")
    assert set(rows.column("name")) >= {
        "attachment-based therapy",
        "emotionally focused therapy",
        "attachment-based compassion therapy",
    }


def test_a_therapy_answers_to_its_acronym(graph):
    """EFT is emotionally focused therapy."""
    by_acronym = graph.ask("what-a-therapy-does", therapy="EFT")
    assert by_acronym == graph.ask("what-a-therapy-does", therapy="emotionally-focused-therapy")
    assert by_acronym.values


def test_both_sources_claim_something_of_therapies(corpus):
    """The review and the overview each bring claims."""
    claiming = {dataset.id for dataset in corpus.datasets if dataset.therapy_claims}
    assert claiming >= {"amari-2022", "attachment-based-therapy"}


def test_the_concepts_of_attachment_based_therapy_are_told(graph):
    """The overview rests the therapy on early bonds, working models, security and insecurity."""
    concepts = {
        row["what"] for row in graph.ask("therapies") if row["said"] == "rests on" and "based therapy" in row["name"]
    }
    assert concepts >= {"attachment bond", "internal working models", "secure attachment", "insecure attachment"}


# --- limitations -----------------------------------------------------------------------------


def test_limitations_are_about_samples_measures_studies_designs_and_constructs(corpus):
    """One column takes individuals of any kind."""
    about = {
        name.partition(":")[0]
        for dataset in corpus.datasets
        for row in dataset.limitations
        for name in row.record.about
    }
    assert about == {"sample", "measure", "study", "design", "construct", "dataset"}


def test_a_diversity_statement_is_inferred_from_its_area(said, graph):
    """No table says diversity twice: the class follows from the area."""
    assert list(said.subjects(term("rdf:type"), term("ca:DiversityStatement"))) == []
    assert len(names(graph.ask("diversity"), "limitation")) == 4


# --- the method of the review ----------------------------------------------------------------


def test_the_review_searched_nine_databases_by_november_2021(graph):
    """Databases, date and register entry are those that the source prints."""
    told = {}
    for row in graph.ask("review-method"):
        told.setdefault(row["part"], set()).add(row["what"])
    assert len(told["database"]) == 9
    assert told["last searched on"] == {"2021-11-09"}
    assert told["registration"] == {"PROSPERO CRD42021296279"}
    assert told["search term"] == {"compassion", "attachment"}


def test_the_domains_of_a_tool_add_up_to_its_maximum(graph):
    """Newcastle-Ottawa 5 + 3 + 2 = 10, Downs and Black 11 + 3 + 7 + 6 + 1 = 28."""
    maximum = {(row["tool"], row["part"]): row["maximum"] for row in graph.ask("risk-of-bias-tools")}
    for tool in ("Newcastle-Ottawa Scale", "Downs and Black Checklist"):
        parts = sum(value for (name, part), value in maximum.items() if name == tool and part != "overall")
        assert parts == maximum[tool, "overall"]


# --- cited results ---------------------------------------------------------------------------


def test_nothing_that_is_derived_changes_without_the_cited_results(rooms, read):
    """No edge, evidence cell, evidence line, count or verdict rests on a result from outside the reviewed studies."""
    corpus, axioms = read
    assert any(dataset.cited_results for dataset in corpus.datasets)
    without = replace(corpus, datasets=[replace(dataset, cited_results=[]) for dataset in corpus.datasets])
    assert derived(rooms, corpus, axioms, "cited-result") == derived(rooms, without, axioms, "cited-result")


def test_no_cited_result_is_a_finding_or_about_a_construct(store):
    """Its roles are its own, so that no question about findings meets one."""
    query = """SELECT ?result WHERE { ?result a ca:CitedResult .
      { ?result a ca:Finding } UNION { ?result ca:aboutConstruct ?c } UNION { ?result ca:subject ?c } }"""
    assert store.select(query).values == ()


def test_the_network_has_no_cited_result(graph):
    """Its edges are findings and nothing else."""
    edges = {key for *_, key in graph.network().edges(keys=True)}
    assert edges
    assert not edges & names(graph.ask("cited-results"), "result")


# --- theory ----------------------------------------------------------------------------------


def test_a_claim_of_mediation_names_where_its_path_starts(graph):
    """The third construct is a link, shown beside the claim and found when asked about."""
    rows = {
        local_name(str(row["proposition"])): row
        for row in graph.ask("theory-about", construct="disrupted-early-caregiving")
    }
    row = rows["p-threat-system-carries-early-care-to-compassion"]
    assert row["third"] == "disrupted early caregiving"
    assert row["claim"] == "threat system mediates the link of disrupted early caregiving with compassion"


def test_no_affect_system_is_measured_here_and_the_answer_says_so(graph):
    """Threat, drive and soothing each have claims, and an honest word on measures."""
    rows = graph.ask("affect-systems")
    assert {"threat system", "drive system", "soothing system"} <= set(rows.column("system"))
    assert set(rows.column("measuredBy")) == {"no measure in this graph"}
    assert all(row["proposition"] for row in rows)
