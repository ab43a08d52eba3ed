"""A build that streams large tables holds what a build holds that reads them row by row."""

import json

import pyoxigraph as ox
import pytest

from kg import build
from kg.bulk import sources
from kg.generating.folders import generate
from kg.generations import current_generation
from kg.store.embedded import Embedded


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


def test_loading_tells_how_far_it_is(streamed):
    """Who looks on sees findings done, rate and time to go."""
    assert any(line.startswith("loading findings: 40 of 40, ") and line.endswith(" 0 s to go") for line in streamed[1])
