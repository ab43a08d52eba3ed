"""What primary reports tell beside a review: linked where they tell the same result, and counted once; and each layer
of the evidence by itself.
"""

from collections import Counter
from dataclasses import replace

import pytest
from click.testing import CliRunner
from pydantic import ValidationError
from rdflib import Graph

from kg import cli
from kg import layers as layers_of
from kg.command_parts import CONTESTED
from kg.errors import BadQuestion
from kg.figures import plotted
from kg.gap_maps import gaps
from kg.layers import of_layer
from kg.maps import draw
from kg.names import graph_iri, local_name, mint
from kg.pages.atlas import Atlas
from kg.poolable import choose
from kg.pools import effects_between
from kg.reason import apply_rules
from kg.records import Code, Finding
from kg.store.embedded import Embedded
from kg.store.remote import Remote
from kg.triples import triples_of

REVIEW, PRIMARY = "amari-2022", "primary-of-review"


@pytest.fixture
def told_twice(corpus) -> list[tuple[Finding, Finding]]:
    """Each primary finding with the finding of the review that tells the same result."""
    of = {dataset.id: {row.record.id: row.record for row in dataset.findings} for dataset in corpus.datasets}
    return [(primary, of[REVIEW][name]) for primary in of[PRIMARY].values() for name in primary.same_result_as]


def test_a_result_of_review_and_abstract_is_about_the_same_people_and_constructs(told_twice):
    """Study, sample, kind and constructs agree; otherwise it would not be one result."""
    assert len(told_twice) >= 14
    for primary, review in told_twice:
        assert (primary.study, primary.sample, primary.kind) == (review.study, review.sample, review.kind), primary.id
        ends = {primary.subject, primary.object}, primary.mediator
        assert ends == ({review.subject, review.object}, review.mediator), primary.id


def test_a_result_of_review_and_abstract_is_never_told_with_opposite_signs(told_twice):
    """The abstract settles signs that the scan lost; none of them was restored wrongly."""
    for primary, review in told_twice:
        assert {primary.direction, review.direction} != {"positive", "negative"}, primary.id


def test_a_result_of_review_and_abstract_counts_once(graph, told_twice):
    """Of each pair one finding is counted with the other, or both with a third that tells more."""
    counted = graph.query("SELECT ?finding ?better WHERE { ?finding ca:countedWith ?better }").values
    pairs = {tuple(map(str, pair)) for pair in counted}
    with_another = {finding for finding, _ in pairs}
    for primary, review in told_twice:
        names = mint("finding", primary.id), mint("finding", review.id)
        assert (names in pairs) != (names[::-1] in pairs), primary.id
        assert with_another & set(names), primary.id


def test_a_study_is_coded_in_one_folder_only(corpus):
    """A second folder names the study and the sample of the first."""
    own = {row.record.id for dataset in corpus.datasets if dataset.id == REVIEW for row in dataset.studies}
    again = {row.record.study for dataset in corpus.datasets if dataset.id == PRIMARY for row in dataset.findings}
    coded = {row.record.id for dataset in corpus.datasets if dataset.id == PRIMARY for row in dataset.studies}
    assert len(own & again) >= 5
    assert not own & coded


# --- one layer by itself ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def layers(store):
    return {"all": store, **{layer: of_layer(store, layer) for layer in ("review", "primary")}}


@pytest.fixture(scope="module")
def results(corpus):
    """Finding -> the name of its result: findings that are linked, in however many steps, have one."""
    findings = [row.record for dataset in corpus.datasets for row in dataset.findings]
    name = {finding.id: finding.id for finding in findings}
    links = [(finding.id, other) for finding in findings for other in finding.same_result_as]
    assert len(links) >= 15
    for one, other in links * 2:
        both = {name[one], name[other]}
        name = {each: min(both) if called in both else called for each, called in name.items()}
    return name


@pytest.mark.parametrize("layer", ["all", "primary", "review"])
def test_no_result_counts_twice_in_a_cell(layers, results, layer):
    """With and without the review: a cell counts at most as many findings as there are results behind it."""
    rows = layers[layer].select(
        "SELECT DISTINCT ?cell ?count ?finding "
        "{ ?cell ca:findingCount ?count ; (ca:cellFinding|ca:rollsUp/ca:cellFinding) ?finding }"
    )
    behind = {}
    for row in rows:
        behind.setdefault((row["cell"], row["count"]), set()).add(results[local_name(row["finding"])])
    assert len(behind) > 50
    assert [cell for (cell, count), told in behind.items() if count > len(told)] == []


@pytest.mark.parametrize("layer", ["all", "primary", "review"])
def test_no_result_is_two_lines_of_evidence_of_a_claim(layers, results, layer):
    """With and without the review: of the findings that tell one result, a verdict rests on one."""
    rows = layers[layer].select("SELECT DISTINCT ?claim ?finding { ?claim ca:evidenceLine ?finding }")
    lines = Counter((row["claim"], results[local_name(row["finding"])]) for row in rows)
    assert len(lines) > 50
    assert [line for line, count in lines.items() if count > 1] == []


@pytest.mark.parametrize("layer", ["all", "primary", "review"])
def test_no_result_is_pooled_twice(graph, corpus, layers, results, layer):
    """With and without the review: on every pair that a linked finding is about, whatever may be mixed."""
    linked = [row.record for dataset in corpus.datasets for row in dataset.findings if row.record.same_result_as]
    for subject, object in {(finding.subject, finding.object) for finding in linked}:
        found = layers[layer].select(
            f"ASK {{ ?f a ca:Finding ; ca:subject|ca:object construct:{subject} , construct:{object} }}"
        )
        if not found.column("ask")[0]:
            continue
        rows, *_ = effects_between(layers[layer], subject, object)
        chosen = choose(rows, mix_measures=True, mix_constructs=True, convert=CONTESTED, dependent="three-level")
        pooled = [results[local_name(each.finding)] for each in chosen.effects]
        assert len(pooled) == len(set(pooled)), (subject, object)


def test_a_result_comes_back_where_its_twin_is_left_out(layers, corpus):
    """Every primary finding that is counted with one of the review counts by itself once the review is left out."""
    twins = "SELECT DISTINCT ?finding { ?finding (ca:countedWith|^ca:countedWith)/ca:readThrough/ca:layer layer:review ; ca:readThrough/ca:layer layer:primary }"
    assert len(layers["all"].select(twins)) >= 14
    assert len(layers["primary"].select(twins)) == 0


@pytest.fixture(scope="module")
def matrices(layers):
    """The gap map of each layer."""
    return {name: gaps(layer).matrix for name, layer in layers.items()}


@pytest.mark.parametrize("layer", ["review", "primary"])
def test_a_cell_says_how_much_each_layer_tells(matrices, layer):
    """What the whole matrix counts of a layer is what the matrix of that layer counts."""
    whole, alone = matrices["all"].cells, matrices[layer].cells
    assert {pair: getattr(cell, layer) for pair, cell in whole.items()} == {
        pair: cell.findings for pair, cell in alone.items()
    }


def test_the_layer_of_the_review_is_what_a_graph_of_the_review_alone_holds(layers, matrices, review):
    """Cells, conflicts and verdicts are reached anew, by the rules of the build."""
    alone, built = matrices["review"], gaps(review.store).matrix
    assert {pair: replace(cell, published=0) for pair, cell in alone.cells.items()} == dict(built.cells)
    claims = "SELECT ?claim ?verdict { ?a ca:ofProposition ?claim ; ca:verdict ?verdict } ORDER BY ?claim"
    verdicts = dict(layers["review"].select(claims).values)
    assert {claim: verdicts[claim] for claim, _ in review.store.select(claims).values} == dict(
        review.store.select(claims).values
    )


def told(number, reading, **more):
    return Finding.model_validate({
        "id": f"made-up-{number}", "study": "made-up", "sample": "made-up-sample", "kind": "association",
        "subject": "calm", "object": "worry", "direction": "negative", "significance": "significant",
        "statement": "Made up.", "reported_in": "amari2022", "reading": reading, "locator": "made up",
        "certainty": "high", **more,
    })  # fmt: skip


@pytest.fixture
def made_up(rooms, read, vocabulary):
    """A graph of made-up findings, reasoned over."""

    def graph_of(*findings):
        said = Graph()
        for finding in findings:
            for triple in triples_of(finding):
                said.add(triple)
        store = Embedded.in_memory()
        for name, graph in (("ontology", read[1]), ("vocabulary", vocabulary), ("evidence/made-up", said)):
            store.load(graph.serialize(format="nt"), graph_iri(name))
        apply_rules(store, rooms, lambda step: None)
        return store

    return graph_of


COUNT = "SELECT ?count { ?cell a ca:EvidenceCell ; ca:findingCount ?count }"


def test_two_primary_reports_that_only_the_review_links_still_count_once(made_up):
    """The link outlives the finding that made it."""
    linked = [told(1, "primary-abstract"), told(2, "review", same_result_as="made-up-1")]
    store = made_up(*linked, told(3, "primary-abstract", same_result_as="made-up-2"))
    assert store.select(COUNT).column("count") == of_layer(store, "primary").select(COUNT).column("count") == [1]


COUNTED = (
    "SELECT ?negative ?unclear { ?cell a ca:EvidenceCell ; ca:negativeCount ?negative ; ca:unclearCount ?unclear }"
)
UNTOLD = {"direction": "not-reported", "significance": "not-reported"}
NUMBER = {"statistic": "r", "value": "-0.3", "printed": "r = -.3"}


def test_a_cell_takes_what_the_better_telling_says(made_up):
    """A review loses the sign, the primary report tells it: one negative result, not one unclear."""
    store = made_up(told(1, "review", **UNTOLD), told(2, "primary-abstract", same_result_as="made-up-1"))
    assert [*store.select(COUNTED).values] == [(1, 0)]


@pytest.mark.parametrize(
    ("one", "better"),
    [
        (("primary-full-text", {**UNTOLD}), ("review", {"certainty": "low"})),
        (("primary-full-text", {"significance": "not-reported"}), ("review", {})),
        (("primary-full-text", {}), ("review", NUMBER)),
        (("review", {}), ("primary-abstract", {"certainty": "low"})),
        (("primary-abstract", {}), ("primary-full-text", {"certainty": "low"})),
        (("second-hand", {}), ("review", {"certainty": "low"})),
        (("review", {"certainty": "medium"}), ("review", {})),
    ],
)
def test_of_two_tellings_the_one_that_tells_more_counts(made_up, one, better):
    """Sign and significance before a number, that before what was read, that before certainty, that before the name."""
    store = made_up(told(1, one[0], **one[1]), told(2, better[0], same_result_as="made-up-1", **better[1]))
    counted = store.select("SELECT ?finding ?better { ?finding ca:countedWith ?better }").values
    assert [tuple(map(local_name, pair)) for pair in counted] == [("made-up-1", "made-up-2")]


def test_of_two_tellings_alike_the_first_counts(made_up):
    """By name."""
    store = made_up(told(1, "review"), told(2, "review", same_result_as="made-up-1"))
    counted = store.select("SELECT ?finding ?better { ?finding ca:countedWith ?better }").values
    assert [tuple(map(local_name, pair)) for pair in counted] == [("made-up-2", "made-up-1")]


def test_what_others_pooled_is_never_counted_with_findings(made_up):
    """A finding that was read as a pooled result is in no cell."""
    assert made_up(told(1, "review"), told(2, "synthesis")).select(COUNT).column("count") == [1]


def test_a_layer_that_has_no_findings_is_refused(store):
    """In one sentence, also from Python."""
    with pytest.raises(BadQuestion, match="review or primary"):
        of_layer(store, "secondary")


def test_an_endpoint_has_no_layer_by_itself():
    """It would have to hand over all it holds."""
    with pytest.raises(BadQuestion, match="not an endpoint"):
        of_layer(Remote("http://127.0.0.1:9/sparql"), "review")


def test_a_layer_of_a_large_graph_is_refused_with_a_way_to_have_it(store, monkeypatch):
    """It would be reached in memory, for minutes."""
    monkeypatch.setattr(layers_of, "MOST", 10)
    with pytest.raises(BadQuestion, match=r"up to 10 findings.*kg build"):
        of_layer(store, "review")


def test_pages_of_a_large_graph_offer_no_layer(store, monkeypatch):
    """As it would be refused."""
    assert 'name="layer"' in Atlas(store).page("/gaps", {}).html
    monkeypatch.setattr(layers_of, "MOST", 10)
    for path in ("/gaps", "/conflicts", "/theory"):
        assert 'name="layer"' not in Atlas(store).page(path, {}).html


@pytest.mark.parametrize(
    "command", [["theory"], ["gaps"], ["map", "-o", "m.html"], ["plot", "harvest", "a", "b", "-o", "p.svg"]]
)
def test_what_others_pooled_is_no_finding_to_be_counted_or_drawn(built, command):
    """Refused, not faked, and not offered by --help."""
    result = CliRunner().invoke(cli.main, ["--store", str(built), *command, "--layer", "secondary"])
    assert result.exit_code == 2
    assert "'secondary' is not one of 'all', 'review', 'primary'" in result.stderr
    assert "others pooled" not in CliRunner().invoke(cli.main, [command[0], "--help"]).stdout


def test_what_others_pooled_is_told_beside_our_own_number_and_by_itself(built):
    """``kg pool`` ends with it; of the layer secondary it shows nothing else; of another layer, nothing of it."""
    pool = ["--store", str(built), "pool", "self-compassion", "anxious attachment"]
    line = "  self-compassion × anxious attachment: r = -0.282 [-0.329, -0.233], k = 37 (of the whole review); Hill et al. (2025), Abstract"
    whole, alone, primary = (
        CliRunner().invoke(cli.main, [*pool, *more]).stdout.splitlines()
        for more in ([], ["--layer", "secondary"], ["--layer", "primary"])
    )
    assert line in whole
    assert line in alone
    assert alone == whole[-len(alone) :]
    assert not any(each.startswith("published") for each in primary)
    assert "Only what was told by primary reports." in primary


def test_syntheses_that_disagree_are_the_conflicts_of_their_layer(built):
    """As rows, with the pair that was asked about."""
    asked = ["conflicts", "--layer", "secondary", "--about", "self-compassion", "--format", "csv"]
    result = CliRunner().invoke(cli.main, ["--store", str(built), *asked])
    assert result.exit_code == 0
    assert "Hill et al. (2025)" in result.stdout
    assert "and depression" not in result.stdout


def test_a_figure_of_one_layer_says_so(layers, review):
    """In its title, whichever figure."""
    asked = "effect-direction", "self-compassion", "attachment-avoidance", ".svg"
    svg, _ = plotted(review.store, *asked, {"layer": "review"})
    assert "told by a review" in svg
    page = draw(layers["review"], "self-compassion", everything=False, limit=None, layer="review").html
    assert "as told by a review" in page


def test_every_reading_belongs_to_a_layer_and_nothing_else_does():
    """A code without its layer, or with one it cannot have, names the column."""
    code = {"id": "made-up", "label": "made up", "definition": "Made up.", "definition_source": "project"}
    for more in ({"kind": "reading"}, {"kind": "certainty", "layer": "review"}):
        with pytest.raises(ValidationError) as caught:
            Code.model_validate({**code, **more})
        assert {each.column for each in caught.value.errors()[0]["ctx"]["error"].contradictions} == {"layer"}


def test_a_cell_says_how_many_samples_do_not_tell_their_size(graph, corpus):
    """And adds up the others: none is lost because another is silent."""
    sizes = {sample.record.id: sample.record.n for dataset in corpus.datasets for sample in dataset.samples}
    rows = graph.query(
        "SELECT DISTINCT ?cell ?people ?untold ?sample { ?cell ca:participantCount ?people ; "
        "ca:untoldSampleCount ?untold ; (ca:cellFinding|ca:rollsUp/ca:cellFinding)/ca:sample/ca:countedAs ?sample }"
    )
    behind = {}
    for row in rows:
        behind.setdefault((row["cell"], row["people"], row["untold"]), set()).add(local_name(row["sample"]))
    assert any(untold and people for _, people, untold in behind)
    for (cell, people, untold), samples in behind.items():
        told_sizes = [sizes[name] for name in samples if sizes[name] is not None]
        assert (people, untold) == (sum(told_sizes), len(samples) - len(told_sizes)), cell


def test_a_question_about_sources_or_pooling_has_no_layer(built):
    """Said in one line, with what to do; questions about findings take one."""
    result = CliRunner().invoke(cli.main, ["--store", str(built), "ask", "published-syntheses", "--layer", "review"])
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "leave --layer out" in result.stderr
    assert "--layer" in CliRunner().invoke(cli.main, ["ask", "by-measure", "--help"]).stdout
