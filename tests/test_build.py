"""The build: atomic, repeatable, and the same by either reasoner."""

import shutil
import signal
import subprocess
import sys
import threading
import time

import pyoxigraph as ox
import pytest
from worlds import THE_OVERVIEW, copy_rooms

from kg import build, manifests
from kg.errors import KgError, ProblemsFound, StoreError
from kg.store import open_store
from kg.store.embedded import Embedded


@pytest.fixture
def hasty(monkeypatch):
    """Builds of what was said alone: for how a build becomes current, not for what it holds."""
    monkeypatch.setattr(build, "assemble", only_what_was_said)


def only_what_was_said(store, said, *others):
    build.load_said(store, said)


COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


def test_a_second_build_of_the_same_files_changes_nothing(review_rooms, built_review):
    """Nothing is written where everything is up to date."""
    before = {path: path.stat().st_mtime_ns for path in built_review.rglob("*")}
    again = build.build(review_rooms, built_review, "rules")
    assert not again.fresh
    assert {path: path.stat().st_mtime_ns for path in built_review.rglob("*")} == before


def test_both_reasoners_build_the_same_graph(review_rooms, built_review, tmp_path):
    """A build by HermiT and a build by the rules write the same N-Quads, byte for byte."""
    by_hermit = build.build(review_rooms, tmp_path, "hermit").folder / "kg.nq"
    by_rules = build.current_generation(built_review) / "kg.nq"
    assert by_hermit.read_bytes() == by_rules.read_bytes()


def test_every_layer_has_a_named_graph_of_its_own(rooms, built):
    """Said, linked, inferred and synthesised never mix; what is pooled is there where the library for it is."""
    counts = manifests.read_manifest(built)["counts"]
    said = {"ontology", "vocabulary", "references", *(f"evidence/{folder.name}" for folder in rooms.datasets())}
    linked = {"mappings", "mappings-derived", "elsewhere"}
    assert counts.keys() - {"pooled"} == said | linked | {"arithmetic", "inferred", "synthesis", "metadata"}
    assert all(counts.values())


def test_trig_and_nquads_say_the_same(built_review):
    """The two files hold the same quads."""
    import pyoxigraph as ox

    folder = build.current_generation(built_review)
    from_trig = ox.Dataset(ox.parse(path=str(folder / "kg.trig"), format=ox.RdfFormat.TRIG))
    from_nq = ox.Dataset(ox.parse(path=str(folder / "kg.nq"), format=ox.RdfFormat.N_QUADS))
    for dataset in (from_trig, from_nq):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert from_trig == from_nq
    assert len(from_nq) == sum(manifests.read_manifest(built_review)["counts"].values())


@pytest.mark.usefixtures("hasty")
def test_a_build_that_fails_leaves_the_old_graph_answering(rooms, tmp_path):
    """A broken table stops the build; the graph that was there still answers, and nothing is left over."""
    world = copy_rooms(rooms, tmp_path / "world", THE_OVERVIEW)
    out = tmp_path / "out"
    build.build(world, out, "rules")
    claims = world.evidence / THE_OVERVIEW[0] / "propositions.tsv"
    claims.write_text(claims.read_text().replace("attachment-bond", "attachment-bnod"))
    before = sorted(path.name for path in out.iterdir())
    with pytest.raises(ProblemsFound):
        build.build(world, out, "rules")
    assert sorted(path.name for path in out.iterdir()) == before
    assert open_store(out).select(COUNT).column("n")[0] > 0


#: Where a build is killed: the call that does it, in words of Python, and whether it was done by then.
KILLED_AT = {
    "before the store is on disk": ("Embedded", "finish", False),
    "before it has its name": ("Path", "rename", False),
    "after it has its name": ("Path", "rename", True),
    "before it becomes current": ("Path", "replace", False),
    "after it became current": ("Path", "replace", True),
    "before older ones are cleared away": ("shutil", "rmtree", False),
    "while older ones are cleared away": ("shutil", "rmtree", True),
}
KILL = """
import os, shutil, signal, sys
from pathlib import Path
from kg import build, manifests
from kg.resources import Rooms
from kg.store.embedded import Embedded

owner, name, done = {place!r}
owner = {{"Path": Path, "shutil": shutil, "Embedded": Embedded}}[owner]
real = getattr(owner, name)

def deadly(*arguments, **more):
    if done:
        real(*arguments, **more)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(owner, name, deadly)
build.assemble = lambda store, said, *others: build.load_said(store, said)
build.build(Rooms(Path({world!r})), Path({out!r}), "rules")
"""


def changed_world(rooms, root):
    """The rooms with one more publication, so that a build of them is due."""
    world = copy_rooms(rooms, root, THE_OVERVIEW)
    with (world.evidence / "references.bib").open("a") as bib:
        bib.write("\n@misc{nobody1999,\n  author = {Nobody, A.},\n  year = {1999}\n}\n")
    return world


@pytest.fixture(scope="module")
def twice_built(rooms, overview_rooms, tmp_path_factory):
    """A folder with a current generation and one before, so that the next build has something to clear away."""
    root = tmp_path_factory.mktemp("built-again")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "assemble", only_what_was_said)
        build.build(changed_world(rooms, root / "world"), root / "out", "rules")
        build.build(overview_rooms, root / "out", "rules")
    return root / "out"


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("place", KILLED_AT.values(), ids=KILLED_AT)
def test_a_build_killed_at_any_step_leaves_a_whole_graph_answering(rooms, twice_built, tmp_path, place):
    """SIGKILL at each step of becoming current: the old graph answers, or the new one; the next build mends the rest."""
    out = tmp_path / "out"
    shutil.copytree(twice_built, out)
    world = changed_world(rooms, tmp_path / "world")
    code = KILL.format(place=place, world=str(world.root), out=str(out))
    killed = subprocess.run([sys.executable, "-c", code], check=False)
    assert killed.returncode == -signal.SIGKILL
    published = place in (("Path", "replace", True), ("shutil", "rmtree", False), ("shutil", "rmtree", True))
    new = open_store(out).select("ASK { publication:nobody1999 a ca:Publication }").values[0][0]
    assert new is published
    assert build.build(world, out, "rules").fresh is not published
    generations = [path for path in out.iterdir() if path.is_dir()]
    assert all(path.name.startswith("graph-") for path in generations) or published


@pytest.mark.usefixtures("hasty")
def test_a_graph_that_a_server_holds_stays_until_it_lets_go(rooms, twice_built, tmp_path):
    """However often is built meanwhile: a server opens the files of its store anew for each process that answers."""
    from kg.generations import current_generation, held

    out = tmp_path / "out"
    shutil.copytree(twice_built, out)
    worlds = [changed_world(rooms, tmp_path / name) for name in ("a", "b", "c")]
    for number, world in enumerate(worlds):
        (world.ontology / "of-this-world.ttl").write_text(f"# {number}\n")
    served = current_generation(out)
    hold = held(served)
    for world in worlds[:2]:
        build.build(world, out, "rules")
    assert served.is_dir()
    hold.release()
    build.build(worlds[2], out, "rules")
    assert not served.is_dir()


@pytest.mark.usefixtures("hasty")
def test_a_build_waits_for_another_in_the_same_folder(overview_rooms, tmp_path):
    """The second of two builds says that it waits, then finds its work done."""
    from kg.generations import alone_in

    said = []
    with alone_in(tmp_path, said.append):
        second = threading.Thread(target=lambda: build.build(overview_rooms, tmp_path, "rules", said.append))
        second.start()
        while not said:
            time.sleep(0.01)
    second.join()
    assert said[0] == "waiting for another build in this folder"
    assert not build.build(overview_rooms, tmp_path, "rules").fresh


@pytest.mark.parametrize("lost", ["kg.nq", "kg.trig", "manifest.json", "store/CURRENT", "sst"])
def test_a_damaged_build_is_not_up_to_date(review_rooms, built_review, tmp_path, lost):
    """A build that lost a file is due again."""
    shutil.copytree(built_review, tmp_path / "out")
    assert manifests.up_to_date(tmp_path / "out", manifests.pieces(review_rooms), "rules")
    folder = build.current_generation(tmp_path / "out")
    for path in (folder / "store").glob("*.sst") if lost == "sst" else [folder / lost]:
        path.unlink()
    assert not manifests.up_to_date(tmp_path / "out", manifests.pieces(review_rooms), "rules")


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: path.write_bytes(b"x" * 50)])
def test_a_damaged_store_is_an_error_of_one_line(rooms, built_review, tmp_path, harm):
    """A store that lost its data says to build it again."""
    shutil.copytree(built_review, tmp_path / "out")
    for path in (build.current_generation(tmp_path / "out") / "store").glob("*.sst"):
        harm(path)
    with pytest.raises(StoreError):
        open_store(tmp_path / "out").select("SELECT * WHERE { ?s ?p ?o }")


@pytest.mark.usefixtures("hasty")
def test_a_build_is_readable_by_whom_the_umask_lets(overview_rooms, tmp_path):
    """The folders of a build have the permissions that new folders have."""
    ordinary = tmp_path / "ordinary"
    ordinary.mkdir()
    assert build.build(overview_rooms, tmp_path / "out", "rules").folder.stat().st_mode == ordinary.stat().st_mode


def test_a_change_of_the_software_makes_a_build_due(review_rooms, built_review, monkeypatch):
    """What was built by another version of the code or the store is built anew."""
    assert manifests.is_current(review_rooms, built_review)
    monkeypatch.setattr(manifests, "version", lambda name: "0.0")
    assert not manifests.is_current(review_rooms, built_review)


def test_a_question_or_a_guide_makes_no_build_due(rooms, tmp_path):
    """Questions and guides are asked and read; they do not change the graph."""
    world = copy_rooms(rooms, tmp_path)
    before = world.digest()
    (world.queries / "studies.rq").unlink()
    (world.evidence / "README.md").unlink()
    assert world.digest() == before
    (world.queries / "rules" / "92-verdicts.rq").unlink()
    assert world.digest() != before


def test_an_unwritable_folder_is_said_in_one_line(review_rooms, tmp_path):
    """No traceback where the folder cannot be written."""
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(KgError, match="cannot be written"):
        build.build(review_rooms, blocked / "out", "rules")


def test_a_store_that_is_not_there_says_how_to_build_one(tmp_path):
    """Opening an empty folder leads to kg build."""
    with pytest.raises(StoreError, match=r"kg build -o"):
        open_store(tmp_path)


def test_a_build_removes_nothing_that_is_not_a_builds(rooms, built_review, tmp_path):
    """A folder with other things in it keeps them, whatever they are called."""
    from kg.generations import publish, workbench

    others = ["graph-theory-notes", ".building-blocks", "graph-1"]
    for name in others:
        (tmp_path / name).mkdir()
    for _ in range(3):
        with workbench(tmp_path) as work:
            (work / "store").mkdir()
            publish(tmp_path, work)
    names = {path.name for path in tmp_path.iterdir()}
    assert set(others) <= names
    assert len(names - set(others)) == 3  # CURRENT, the current generation and the one before


@pytest.mark.usefixtures("hasty")
def test_older_generations_are_cleared_but_the_last_one_stays(rooms, tmp_path):
    """After three builds two generations are left: the current one and the one a server may still read."""
    world = copy_rooms(rooms, tmp_path / "world", THE_OVERVIEW)
    out = tmp_path / "out"
    for number in range(3):
        with (world.evidence / "references.bib").open("a") as bib:
            bib.write(
                f"\n@misc{{nobody{1990 + number},\n  author = {{Nobody, A.}},\n  year = {{{1990 + number}}}\n}}\n"
            )
        build.build(world, out, "rules")
    assert len([path for path in out.iterdir() if path.name.startswith("graph-")]) == 2
    assert (out / "CURRENT").exists()


def test_a_literal_may_hold_what_ends_a_line_elsewhere(tmp_path):
    """U+2028 and U+0085 end a line for Python, and for nobody who reads N-Quads."""
    store = Embedded.in_memory()
    store.load('<http://e.org/s> <http://e.org/p> "one\u2028two\u0085three" .', "http://e.org/g")
    assert build._write_files(store, tmp_path) == {"http://e.org/g": 1}
    assert len(list(ox.parse(path=str(tmp_path / "kg.nq"), format=ox.RdfFormat.N_QUADS))) == 1
