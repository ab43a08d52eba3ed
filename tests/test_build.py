"""The build: atomic, repeatable, and the same by either reasoner."""

import shutil
import signal
import subprocess
import sys
import time

import pytest

from kg import build
from kg.errors import KgError, ProblemsFound, StoreError
from kg.resources import Rooms
from kg.store import open_store

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


def copy_rooms(rooms, root):
    for room in ("ontology", "evidence", "queries"):
        shutil.copytree(rooms.root / room, root / room)
    return Rooms(root)


def test_a_second_build_of_the_same_files_changes_nothing(rooms, built):
    """Nothing is written where everything is up to date."""
    before = {path: path.stat().st_mtime_ns for path in built.rglob("*")}
    again = build.build(rooms, built, "rules")
    assert not again.fresh
    assert {path: path.stat().st_mtime_ns for path in built.rglob("*")} == before


def test_both_reasoners_build_the_same_graph(rooms, built, tmp_path):
    """A build by HermiT and a build by the rules write the same N-Quads, byte for byte."""
    by_hermit = build.build(rooms, tmp_path, "hermit").folder / "kg.nq"
    by_rules = build.current_generation(built) / "kg.nq"
    assert by_hermit.read_bytes() == by_rules.read_bytes()


def test_every_layer_has_a_named_graph_of_its_own(built):
    """Said, inferred and synthesised never mix."""
    counts = build._manifest(built)["counts"]
    assert set(counts) == {
        "ontology",
        "vocabulary",
        "references",
        "evidence/amari-2022",
        "evidence/attachment-based-therapy",
        "inferred",
        "synthesis",
        "metadata",
    }
    assert all(counts.values())


def test_trig_and_nquads_say_the_same(built):
    """The two files hold the same quads."""
    import pyoxigraph as ox

    folder = build.current_generation(built)
    from_trig = ox.Dataset(ox.parse(path=str(folder / "kg.trig"), format=ox.RdfFormat.TRIG))
    from_nq = ox.Dataset(ox.parse(path=str(folder / "kg.nq"), format=ox.RdfFormat.N_QUADS))
    for dataset in (from_trig, from_nq):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert from_trig == from_nq
    assert len(from_nq) == sum(build._manifest(built)["counts"].values())


def test_a_build_that_fails_leaves_the_old_graph_answering(rooms, tmp_path):
    """A broken table stops the build; the graph that was there still answers, and nothing is left over."""
    world = copy_rooms(rooms, tmp_path / "world")
    out = tmp_path / "out"
    build.build(world, out, "rules")
    findings = world.evidence / "amari-2022" / "findings.tsv"
    findings.write_text(findings.read_text().replace("self-compassion", "self-compasion"))
    before = sorted(path.name for path in out.iterdir())
    with pytest.raises(ProblemsFound):
        build.build(world, out, "rules")
    assert sorted(path.name for path in out.iterdir()) == before
    assert open_store(out).select(COUNT).column("n")[0] > 0


@pytest.mark.parametrize("after", [0.3, 0.8, 1.2, 1.6, 2.0])
def test_a_build_killed_at_any_moment_leaves_the_old_graph_answering(rooms, tmp_path, built, after):
    """SIGKILL in the middle of a rebuild: the old store opens and gives its old answer."""
    out = tmp_path / "out"
    shutil.copytree(built, out)
    world = copy_rooms(rooms, tmp_path / "world")
    with (world.evidence / "references.bib").open("a") as bib:
        bib.write("\n@misc{nobody1999,\n  author = {Nobody, A.},\n  year = {1999}\n}\n")
    code = f"from pathlib import Path; from kg import build; from kg.resources import Rooms; build.build(Rooms(Path({str(world.root)!r})), Path({str(out)!r}), 'rules')"
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.wait()
    store = open_store(out)
    assert store.select("SELECT ?f WHERE { ?f a ca:Finding }").values
    assert build.build(world, out, "rules").counts["references"] > 0


def test_an_unwritable_folder_is_said_in_one_line(rooms, tmp_path):
    """No traceback where the folder cannot be written."""
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises((KgError, OSError)) as caught:
        build.build(rooms, blocked / "out", "rules")
    assert isinstance(caught.value, KgError)


def test_a_store_that_is_not_there_says_how_to_build_one(tmp_path):
    """Opening an empty folder leads to kg build."""
    with pytest.raises(StoreError, match=r"kg build -o"):
        open_store(tmp_path)


def test_older_generations_are_cleared_but_the_last_one_stays(rooms, tmp_path):
    """After three builds two generations are left: the current one and the one a server may still read."""
    world = copy_rooms(rooms, tmp_path / "world")
    out = tmp_path / "out"
    for number in range(3):
        (world.queries / f"extra-{number}.rq").write_text((world.queries / "studies.rq").read_text())
        build.build(world, out, "rules")
    assert len([path for path in out.iterdir() if path.name.startswith("graph-")]) == 2
    assert (out / "CURRENT").exists()
