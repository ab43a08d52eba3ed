"""Samples that share their participants: found with reasons, decided by a curator, counted once; and a dataset more or less."""

import shutil

import pytest
from rdflib import Graph, URIRef
from worlds import copy_rooms

from kg import build
from kg.gap_maps import gaps
from kg.graph import open_graph
from kg.names import local_name, mint
from kg.records import OverlapDecision
from kg.triples import term, triples_of

ONE_FINDING = "alder-01"
DECISIONS = "id\tsample\tother\tstatus\treason\tdecided_by\tdecided_on\n"


def decide(world, status):
    """A curator's decision on the two samples of Naismith and colleagues."""
    row = f"naismith\tnaismith-2018-sample\tnaismith-2019-sample\t{status}\tMade up for this test.\tA. Curator\t2026-11-22\n"
    (world.evidence / "amari-2022" / "overlaps.tsv").write_text(DECISIONS + row)


@pytest.fixture
def built_with(rooms, tmp_path):
    """Builds the repository's rooms after a change; gives the graph."""

    def build_it(change):
        world = copy_rooms(rooms, tmp_path / "world")
        change(world)
        build.build(world, tmp_path / "out", "rules")
        return open_graph(tmp_path / "out")

    return build_it


def overlaps(graph):
    return {
        (local_name(str(row["sample"])), local_name(str(row["other"])), row["score"], row["status"])
        for row in graph.ask("overlapping-samples")
    }


def participants_of_the_review(graph):
    """Samples, people, and people with overlaps counted once."""
    (counted,) = (row[1:] for row in graph.ask("participants").values if row[0] == "amari-2022")
    return counted


def test_the_two_naismith_samples_are_suspected_with_eight_reasons(graph):
    """Size, sex, age, its SD, ethnicity, difficulty, country and authors agree; nobody has decided."""
    assert overlaps(graph) == {("naismith-2018-sample", "naismith-2019-sample", 8, "suspected")}
    assert len(graph.ask("overlapping-samples")) == 8


def test_a_suspicion_is_counted_once(graph):
    """4,839 participants as the source counts them, 53 fewer if the same people are counted once."""
    assert participants_of_the_review(graph) == (7, 4839, 4839 - 53)


def test_a_confirmed_overlap_stays_counted_once(built_with):
    """A curator agrees."""
    graph = built_with(lambda world: decide(world, "confirmed"))
    assert {row[3] for row in overlaps(graph)} == {"confirmed"}
    assert participants_of_the_review(graph) == (7, 4839, 4839 - 53)


def test_a_decision_survives_the_way_to_rdf_and_back():
    """Both samples, the status: nothing is lost but which of the two was named first."""
    decision = OverlapDecision.model_validate(
        {"id": "x", "sample": "b-sample", "other": "a-sample", "status": "rejected", "reason": "Other years.",
         "decided_by": "A. Curator", "decided_on": "2026-11-22"}
    )  # fmt: skip
    stated = Graph()
    for triple in triples_of(decision):
        stated.add(triple)
    names = {str(each) for each in stated.objects(URIRef(decision.iri), term("ca:decidedSample"))}
    assert names == {mint("sample", "a-sample"), mint("sample", "b-sample")}
    assert str(stated.value(URIRef(decision.iri), term("ca:overlapStatus"))) == mint("overlap-status", "rejected")


def test_a_rejected_overlap_is_counted_twice(built_with):
    """A curator holds that they are different people; the suspicion and the decision, with its name, stay to be seen."""
    graph = built_with(lambda world: decide(world, "rejected"))
    (label,) = graph.query("SELECT ?label WHERE { ?d a ca:OverlapDecision ; rdfs:label ?label }").column("label")
    assert str(label).endswith(": rejected")
    assert {row[3] for row in overlaps(graph)} == {"rejected"}
    assert set(graph.ask("overlapping-samples").column("decisionReason")) == {"Made up for this test."}
    assert participants_of_the_review(graph) == (7, 4839, 4839)


@pytest.mark.parametrize("column", ["percent_female", "mean_age", "sd_age"])
def test_samples_that_differ_in_what_is_told_are_not_suspected(built_with, column):
    """Another share of women, age or spread: not the same people."""

    def change(world):
        table = world.evidence / "amari-2022" / "samples.tsv"
        header, *rows = table.read_text().splitlines()
        index = header.split("\t").index(column)
        for number, row in enumerate(rows):
            cells = row.split("\t")
            if cells[0] == "naismith-2019-sample":
                cells[index] = "41"
                rows[number] = "\t".join(cells)
        table.write_text("\n".join([header, *rows]) + "\n")

    assert overlaps(built_with(change)) == set()


def test_a_decision_may_name_an_overlap_that_the_data_do_not_show(built_with):
    """A curator knows more than the tables, in which only the country is the same."""

    def change(world):
        row = "other\tdudley-2018-sample\tgilbert-2014-sample\tconfirmed\tMade up for this test.\tA. Curator\t2026-11-22\n"
        (world.evidence / "amari-2022" / "overlaps.tsv").write_text(DECISIONS + row)

    graph = built_with(change)
    assert ("dudley-2018-sample", "gilbert-2014-sample", 1, "confirmed") in overlaps(graph)
    assert participants_of_the_review(graph) == (7, 4839, 4839 - 53 - 52)


def test_the_same_outcome_from_the_same_people_is_no_second_evidence(built_with):
    """A finding of the second Naismith sample told of the first as well adds nothing to the count of its pair."""
    pair = {"rows": ["self-compassion"], "columns": ["attachment-avoidance"]}

    def repeat(world):
        table = world.evidence / "amari-2022" / "findings.tsv"
        header, *rows = table.read_text().splitlines()
        (row,) = (row for row in rows if row.startswith("naismith-2019-03\t"))
        again = row.replace("naismith-2019-03", "naismith-2018-99").replace("naismith-2019", "naismith-2018")
        columns = header.split("\t")
        cells = again.split("\t")
        for name in ("subject_measure", "object_measure"):
            cells[columns.index(name)] = ""
        table.write_text("\n".join([header, *rows, "\t".join(cells)]) + "\n")

    graph = built_with(repeat)
    cell = gaps(graph.store, **pair).matrix.cells["self-compassion", "attachment-avoidance"]
    assert (cell.findings, cell.null, cell.samples) == (4, 2, 3)
    counted = graph.query("SELECT ?earlier WHERE { finding:naismith-2019-03 ca:countedWith ?earlier }")
    assert [local_name(str(iri)) for iri in counted.column("earlier")] == ["naismith-2018-99"]


# --- a third dataset, added and removed ------------------------------------------------------


@pytest.fixture(scope="module")
def worlds(rooms, tmp_path_factory):
    """Before, with a made-up dataset of one finding, and after it was taken out again: folders of three builds."""
    root = tmp_path_factory.mktemp("worlds")
    world = copy_rooms(rooms, root / "world")
    folders = {}
    for state in ("before", "with", "after"):
        mini = world.evidence / "mini"
        if state == "with":
            shutil.copytree(rooms.root / "tests" / "bad" / "base" / "evidence" / "mini", mini)
            table = mini / "findings.tsv"
            header, *rows = table.read_text().splitlines()
            (kept,) = (row for row in rows if row.startswith(ONE_FINDING))
            table.write_text(f"{header}\n{kept}\n")
        elif mini.exists():
            shutil.rmtree(mini)
        folders[state] = build.build(world, root / state, "rules").folder.parent
    return folders


def test_removing_a_dataset_restores_the_graph(worlds):
    """The canonical N-Quads (RDFC-1.0) before and after are the same bytes, and with it they were not."""
    text = {state: (build.current_generation(folder) / "kg.nq").read_bytes() for state, folder in worlds.items()}
    assert text["before"] == text["after"] != text["with"]


def test_one_finding_more_changes_exactly_the_verdicts_on_its_pair(worlds):
    """Every claim whose verdict or counts changed has the finding among its evidence, and the other way round."""

    def told(state):
        rows = open_graph(worlds[state]).ask("verdicts")
        return {
            row["proposition"]: [row[name] for name in ("verdict", "supporting", "disputing", "open")] for row in rows
        }

    before, with_it = told("before"), told("with")
    changed = {claim for claim in before if before[claim] != with_it[claim]}
    query = f"SELECT DISTINCT ?claim WHERE {{ ?claim ca:evidenceLine finding:{ONE_FINDING} }}"
    assert changed == set(open_graph(worlds["with"]).query(query).column("claim"))
    assert changed


def test_one_finding_more_changes_exactly_the_cells_on_its_pair(worlds, corpus):
    """Self-compassion with attachment avoidance, and the pairs above it: no other cell of the matrix."""

    def cells(state):
        return gaps(open_graph(worlds[state]).store).matrix.cells

    before, with_it = cells("before"), cells("with")
    changed = {pair for pair in before if before[pair] != with_it[pair]}
    broader = {row.record.id: row.record.broader for row in corpus.constructs}

    def up(name):
        return {name}.union(*(up(each) for each in broader[name]))

    assert changed == {(row, column) for row in up("self-compassion") for column in up("attachment-avoidance")}
    assert all(with_it[pair].findings == before[pair].findings + 1 for pair in changed)


def test_one_finding_more_joins_exactly_the_conflict_on_its_pair(worlds):
    """The conflicts stay the same pairs; only that of self-compassion and avoidance has one finding more."""

    def findings(state):
        rows = open_graph(worlds[state]).ask("conflicts")
        return {(row["first"], row["second"], local_name(str(row["finding"]))) for row in rows}

    assert findings("with") - findings("before") == {("attachment avoidance", "self-compassion", ONE_FINDING)}
    assert findings("before") <= findings("with")
