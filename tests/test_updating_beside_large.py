"""A graph with a large dataset is brought up to date beside it: as if all of it had been built set-wise anew."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from worlds import add_correlations

from kg import build, manifests
from kg.benchmark.contestants import _Raw, whole_files
from kg.bulk import sources
from kg.files import count_lines
from kg.generating.folders import generate
from kg.generations import current_generation
from kg.names import graph_iri
from kg.release.versions import read_version
from kg.store.embedded import Embedded

ROOT = Path(__file__).parent.parent
#: So many findings are many here: the made-up studies have fewer.
MANY = 30


@pytest.fixture(scope="module", autouse=True)
def many():
    """Large is whatever has more findings than a few."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "ONE_BY_ONE", MANY)
        yield


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A large dataset."""
    folder = tmp_path_factory.mktemp("base") / "base"
    generate(folder, 60, seed=5, constructs=8)
    return folder


def rows_of(folder, table):
    """The rows of a table, whichever way it is written."""
    import pyarrow.parquet

    path = folder / f"{table}.parquet"
    if path.exists():
        return [
            {key: value or "" for key, value in row.items()} for row in pyarrow.parquet.read_table(path).to_pylist()
        ]
    with (folder / f"{table}.tsv").open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def write_study(place, base, correlations):
    """A small dataset of results on pairs of the large one: of each its n and r, a finding that names the pair, and
    whether it is the same result told again.
    """
    told = rows_of(base, "findings")
    pair = told[correlations[0][2] % len(told)]
    ends = [pair[name] for name in ("subject", "object", "subject_measure", "object_measure")]
    place.mkdir(exist_ok=True)
    add_correlations(SimpleNamespace(evidence=place), [(n, r) for n, r, _, _ in correlations], *ends)
    path = place / "made-up" / "findings.tsv"
    header, *rows = path.read_text().splitlines()
    same = [told[which % len(told)]["id"] if again else "" for _, _, which, again in correlations]
    lines = [f"{header}\tsame_result_as", *(f"{row}\t{name}" for row, name in zip(rows, same, strict=True))]
    path.write_text("\n".join(lines) + "\n")
    return place / "made-up"


def canonical(quads):
    """Quads, whatever their blank nodes are called."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


def as_stored(out):
    """The quads of the store of a build."""
    return canonical(Embedded.open(out).quads())


def same(mine, others):
    """Whether quads are the others; what is not is told."""
    assert (sorted(mine - others), sorted(others - mine)) == ([], [])
    return True


def as_text(out):
    """The quads of the files of a build, without those that are gone from it."""
    store = ox.Store()
    for path in manifests.files_of(out):
        store.bulk_load(path=str(path), format=ox.RdfFormat.N_QUADS)
    gone = manifests.gone_from(out)
    for quad in ox.parse(path=str(gone), format=ox.RdfFormat.N_QUADS) if gone else ():
        assert quad in store
        store.remove(quad)
    return canonical(store)


@pytest.fixture(scope="module")
def built(review_rooms, base, tmp_path_factory):
    """The review and the large dataset."""
    out = tmp_path_factory.mktemp("large")
    build.build(review_rooms, out, "rules", extra=[base])
    return out


def sizes(base):
    """How many people the samples of the large dataset have."""
    return sorted({int(row["n"]) for row in rows_of(base, "samples") if row["n"]})


@pytest.fixture(scope="module")
def results(base):
    """Results of a small dataset: of as many people as a sample of the large one, or of others."""
    people = st.sampled_from([*sizes(base), 53, 120])
    number = st.decimals("-0.6", "0.6", places=2).map(str).map(float)
    return st.lists(st.tuples(people, number, st.integers(0, 59), st.booleans()), min_size=1, max_size=4)


@settings(max_examples=2, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(data=st.data())
def test_a_small_dataset_beside_a_large_one_comes_changes_and_goes(
    built, results, review_rooms, base, tmp_path_factory, data
):
    """Each time the graph is the one that is built anew, and its files together are the graph."""
    place, before, said = tmp_path_factory.mktemp("study"), as_stored(built), []
    for correlations in (data.draw(results), data.draw(results)):
        beside = [base, write_study(place, base, correlations)]
        build.build(review_rooms, built, "rules", said.append, beside)
        assert same(as_text(built), as_stored(built))
    whole = tmp_path_factory.mktemp("whole")
    build.build(review_rooms, whole, "rules", extra=beside)
    assert same(as_stored(built), as_stored(whole))
    assert manifests.read_manifest(built)["counts"] == manifests.read_manifest(whole)["counts"]
    build.build(review_rooms, built, "rules", said.append, [base])
    assert same(as_stored(built), before)
    assert manifests.gone_from(built) is None
    assert not any(step.startswith("building anew") for step in said)


def test_a_build_that_lost_a_file_of_what_changed_is_due_again(built, review_rooms, base, tmp_path):
    """Parts and changes belong to the build, and so does each file of its store."""
    folder = write_study(tmp_path, base, [(53, 0.3, 3, False)])
    out = built
    build.build(review_rooms, out, "rules", extra=[base, folder])
    assert manifests.is_whole(out)
    generation = current_generation(out)
    lost = generation / "changes" / "new.nq"
    lost.rename(generation / "aside")
    assert not manifests.is_whole(out)
    (generation / "aside").rename(lost)
    assert manifests.is_whole(out)


def test_other_engines_are_given_what_the_files_say_by_now(built, review_rooms, base, tmp_path):
    """The bare engine and rdflib hold as much as the store: what is gone from the parts is gone from them."""
    build.build(review_rooms, built, "rules", extra=[base, write_study(tmp_path, base, [(53, 0.3, 3, False)])])
    everything = "SELECT ?g ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } }"
    assert manifests.gone_from(built)
    files = whole_files(built, tmp_path)
    assert len(_Raw(files, tmp_path).select(everything)) == len(Embedded.open(built))
    assert sum(map(count_lines, files)) == len(Embedded.open(built))


def test_what_people_stated_is_read_from_what_the_files_say_by_now(built):
    """To tell two versions apart, what is gone from the parts of one is not in it."""
    graphs = [graph_iri(f"evidence/{name}") for name in ("made-up", "base")]
    stated = {quad for quad in read_version(built).of("evidence") if quad.graph_name.value in graphs}
    store = Embedded.open(built)
    assert stated == {quad for graph in graphs for quad in store.quads_of(graph)}


def test_an_update_beside_a_large_dataset_that_is_killed_loses_nothing(built, review_rooms, base, tmp_path):
    """SIGKILL at random moments (KG_KILLS of them): the graph of before or the one of after, whole, in store and files."""
    build.build(review_rooms, built, "rules", extra=[base])
    shutil.copytree(built, tmp_path / "out")
    folder, times = write_study(tmp_path, base, [(53, 0.3, 3, True)]), os.environ.get("KG_KILLS", "2")
    words = ["-m", "tests.killing", review_rooms.root, tmp_path / "out", folder, times, base, MANY]
    run = subprocess.run([sys.executable, *map(str, words)], capture_output=True, text=True, cwd=ROOT, check=False)
    assert run.returncode == 0, run.stderr
    assert sum(json.loads(run.stdout).values()) == int(times)


def test_a_large_dataset_that_changed_is_built_anew_and_told(built, review_rooms, base, tmp_path):
    """Only beside large datasets is a graph brought up to date."""
    said = []
    (tmp_path / "work").mkdir()
    assert not build._updated(
        tmp_path / "work", built, review_rooms, "rules", said.append, [], manifests.pieces(review_rooms)
    )
    assert said[-1] == "building anew: base changed, of which graphs are built set-wise"
    assert json.loads((current_generation(built) / "manifest.json").read_text())["large"] == ["base"]
