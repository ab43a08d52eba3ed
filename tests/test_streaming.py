"""A build that streams large tables holds what a build holds that reads them row by row."""

import csv
import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import build
from kg.bulk import sources
from kg.bulk.derived import Derived
from kg.bulk.engines import OnThisMachine
from kg.bulk.facts import Facts
from kg.bulk.rows import evidence_of
from kg.bulk.suspects import suspects
from kg.errors import ProblemsFound
from kg.generating.folders import generate
from kg.generations import current_generation
from kg.names import PREFIXES
from kg.store.embedded import Embedded

CHECKS = Path(__file__).parent.parent / "queries" / "checks"


def canonical(quads):
    """Quads, whatever their blank nodes are called."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("base") / "made-up"
    generate(place, 40, seed=5, constructs=8)
    return place


@pytest.fixture(scope="module")
def streamed(review_rooms, folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("streamed")
    said = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "ONE_BY_ONE", 0)
        build.build(review_rooms, out, "rules", said.append, [folder])
        again = build.build(review_rooms, out, "rules", extra=[folder])
    return out, said, again


def test_a_streamed_graph_is_the_one_that_is_built_row_by_row(streamed, review_rooms, folder, tmp_path):
    """What was said, what follows, cells, arithmetic, pooled effects and verdicts: quad by quad, whichever way it is built."""
    build.build(review_rooms, tmp_path, "rules", extra=[folder])
    row_by_row, mine = (canonical(Embedded.open(each).quads()) for each in (tmp_path, streamed[0]))
    assert sorted(row_by_row - mine) == []
    assert sorted(mine - row_by_row) == []


def test_a_generated_dataset_passes_every_check(streamed):
    """Generated evidence is right by tables, shapes and rules, or there would be no build."""
    counts = json.loads((current_generation(streamed[0]) / "manifest.json").read_text())["counts"]
    assert counts["evidence/made-up"] > 800
    store = Embedded.open(streamed[0])
    assert counts == {graph.removeprefix(PREFIXES["graph"]): store.count(graph) for graph in store.graphs()}


def test_a_streamed_build_is_not_made_twice(streamed):
    """What is up to date stays."""
    assert not streamed[2].fresh


def test_parts_hold_the_whole_graph(streamed):
    """The N-Quads parts beside the store are all of it."""
    generation = current_generation(streamed[0])
    store = ox.Store()
    for name in json.loads((generation / "manifest.json").read_text())["files"]:
        store.bulk_load(path=str(generation / name), format=ox.RdfFormat.N_QUADS)
    assert len(store) == len(Embedded.open(streamed[0]))


def test_parts_write_numbers_as_the_store_does(streamed):
    """A quad of a part is the store's own, 0.5 and not 0.50, so that what is gone from one can be found in the other."""
    generation = current_generation(streamed[0])
    names = json.loads((generation / "manifest.json").read_text())["files"]
    parts = {str(quad) for name in names for quad in ox.parse(path=generation / name)}
    named = {quad for quad in parts if "_:" not in quad}
    assert len(named) > 10_000
    assert sorted(named.difference(map(str, Embedded.open(streamed[0]).quads()))) == []


def test_loading_tells_how_far_it_is(streamed):
    """Who looks on sees findings done, rate and time to go."""
    assert any(line.startswith("loading findings: 40 of 40, ") and line.endswith(" 0 s to go") for line in streamed[1])


# --- checks ----------------------------------------------------------------------------------

#: What is written over in a dataset so that each check of findings has something to say: finding, column, cell.
BROKEN = [
    (0, "subject_measure", "scs"),
    (1, "object_measure", "scs"),
    (2, "reading", "primary-abstract"),
    (3, "n", "100000000"),
]
#: The checks that compare findings one by one, but the one that no table can break (tests/test_shapes.py does).
OF_FINDINGS = {
    "subject-measure-yields-another-construct", "object-measure-yields-another-construct",
    "third-measure-yields-another-construct", "measure-the-study-does-not-list", "reading-against-the-dataset",
    "more-people-analysed-than-sampled", "same-result-coded-twice", "sample-of-another-study",
}  # fmt: skip


@pytest.fixture
def broken(folder, tmp_path):
    """The dataset with something wrong of every kind that only the checks of the whole graph find."""
    place = tmp_path / "broken" / "made-up"
    generate(place, 40, seed=5, constructs=8, format="csv")
    path = place / "findings.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for number, column, cell in BROKEN:
        rows[number][column] = cell
    whole = next(row for row in rows[4:] if row["printed"] and row["subject_measure"] and row["object_measure"])
    rows.append(whole | {"id": "told-again", "same_result_as": ""})
    samples = {row["sample"] for row in rows}
    rows[5]["sample"] = max(samples - {rows[5]["sample"]})
    third = min({row["subject"] for row in rows} - {rows[6]["subject"], rows[6]["object"]})
    rows[6] |= {"kind": "mediation", "mediator": third, "third_measure": "scs", "support": "supported",
                "significance": "not-reported"}  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return place


def problems(rooms, folder, place):
    with pytest.raises(ProblemsFound) as found:
        build.build(rooms, place, "rules", extra=[folder])
    return {str(each) for each in found.value.problems}


def test_checks_of_many_findings_say_what_checks_of_a_few_say(review_rooms, broken, tmp_path, monkeypatch):
    """Whatever is wrong, to the last word, though many findings are not compared one by one."""
    row_by_row = problems(review_rooms, broken, tmp_path / "small")
    rules = {path.stem: path.read_text(encoding="utf-8").splitlines()[0] for path in CHECKS.glob("*.rq")}
    told = {
        name for name in rules for each in row_by_row if rules[name].removeprefix("# ").partition(";")[0][3:] in each
    }
    assert told >= OF_FINDINGS
    monkeypatch.setattr(sources, "ONE_BY_ONE", 0)
    assert problems(review_rooms, broken, tmp_path / "large") == row_by_row


def test_suspects_are_looked_for_by_checks_that_there_are(corpus, store, rooms, tmp_path):
    """A check that is renamed takes its suspects along."""
    found = Derived(evidence_of(OnThisMachine(tmp_path), corpus), Facts(store), rooms)
    assert suspects(found).keys() == OF_FINDINGS | {"finding-without-an-edge"}
    assert suspects(found).keys() <= {path.stem for path in CHECKS.glob("*.rq")}
