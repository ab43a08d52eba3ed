"""The doors: whatever goes wrong leaves by one line and an exit code."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg import cli, demo, infer, reason
from kg.doors import guarded
from kg.errors import Problem, ProblemsFound
from kg.resources import Rooms


@pytest.fixture
def world(rooms, tmp_path, monkeypatch):
    """A copy of the rooms, which every door takes for the shipped ones."""
    for room in ("ontology", "evidence", "queries"):
        shutil.copytree(rooms.root / room, tmp_path / room)
    for door in ("kg.resources", "kg.infer", "kg.demo", "kg.default_graph"):
        monkeypatch.setattr(f"{door}.shipped", lambda: Rooms(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def leaves(capsys):
    """Goes through a door; gives the exit code and the lines on stderr."""

    def go(main):
        with pytest.raises(SystemExit) as left:
            guarded(main)
        return left.value.code, capsys.readouterr().err.splitlines()

    return go


def locked(monkeypatch, name, method):
    """Let the system refuse ``method`` (``read_bytes``, ``write_text``, …) to every file of this name."""
    allowed = getattr(Path, method)

    def refuse(path, *arguments, **extra):
        if path.name == name:
            raise PermissionError(13, "Permission denied", str(path))
        return allowed(path, *arguments, **extra)

    monkeypatch.setattr(Path, method, refuse)


@pytest.mark.parametrize("door", [infer.main, demo.main], ids=["infer", "demo"])
def test_a_typo_in_a_table_is_told_at_its_cell(world, leaves, door):
    """The line that kg check would print, and the count."""
    measures = world / "ontology" / "terms" / "measures.tsv"
    text = measures.read_text(encoding="utf-8")
    measures.write_text(text.replace("\tself-report\t", "\tself-raport\t", 1), encoding="utf-8")
    code, told = leaves(door)
    assert code == 1
    assert [line for line in told if line.startswith("ontology/terms/measures.tsv:")]
    assert told[-1].startswith("1 problem; more may show")


def test_inferences_that_cannot_be_written_are_one_line(world, leaves, monkeypatch):
    """A read-only inferred.nt, after all the reasoning."""
    monkeypatch.setattr(reason, "infer", lambda graph, places: graph)
    locked(monkeypatch, "inferred.nt", "write_text")
    what = "kg: ontology/inferred.nt: cannot be written (Permission denied); make it writable, then try again"
    assert leaves(infer.main) == (2, [what])


def test_a_file_in_the_place_of_the_demo_is_one_line(built, leaves, monkeypatch, tmp_path):
    """The folder that the demo writes to is a file already."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "demo").write_text("a file", encoding="utf-8")
    monkeypatch.setattr("kg.demo.build", lambda *_: type("Built", (), {"counts": {}, "fresh": False}))
    monkeypatch.setattr("kg.demo.default_folder", lambda: built)
    assert leaves(demo.main) == (2, ["kg: demo: no folder can be made here (File exists); run it elsewhere"])


def test_a_question_that_may_not_be_read_is_one_line(built, monkeypatch):
    """Kg ask names the file and what the system says."""
    locked(monkeypatch, "studies.rq", "read_bytes")
    result = CliRunner().invoke(cli.main, ["--store", str(built), "ask", "studies"])
    assert (result.exit_code, result.stderr) == (
        2,
        "kg: queries/studies.rq: cannot be read (Permission denied); close it elsewhere, or save it again\n",
    )


def test_a_build_that_may_not_be_read_is_one_line(built, monkeypatch):
    """It is there: building it again is not what helps."""
    locked(monkeypatch, "CURRENT", "read_text")
    result = CliRunner().invoke(cli.main, ["--store", str(built), "ask", "studies"])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"kg: {built}/CURRENT: cannot be read (Permission denied)")
    assert len(result.stderr.splitlines()) == 1


def test_whatever_else_the_system_refuses_is_one_line(world, monkeypatch):
    """A table that may not be read while kg ask looks whether the build is up to date."""
    monkeypatch.setattr("kg.default_graph.default_folder", lambda: world / "build")
    (world / "build").mkdir()
    (world / "build" / "CURRENT").write_text("graph-1", encoding="utf-8")
    locked(monkeypatch, "findings.tsv", "read_bytes")
    result = CliRunner().invoke(cli.main, ["ask", "studies"])
    assert result.exit_code == 2
    assert "findings.tsv: cannot be read or written (Permission denied); see that" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    "arguments", ["--help", "questions", "ask studies --format csv", "ask studies --help", "export nq"]
)
def test_a_full_disk_behind_standard_output_is_one_line(built, arguments):
    """Kg … > /dev/full says so and exits with 2."""
    command = f"{sys.executable} -m kg --store {built} {arguments} > /dev/full"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        2,
        "kg: standard output cannot be written (No space left on device); send it elsewhere, or free some space\n",
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_what_is_printed_last_may_fail_too():
    """Output that waits in a buffer until the end is written before the door closes."""
    command = f"{sys.executable} -c 'from kg.doors import guarded; guarded(lambda: print(1))' > /dev/full"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_problems_are_told_and_counted(leaves):
    """Exit code 1, a line a problem, and how many there are."""

    def work():
        raise ProblemsFound(
            [Problem("a.tsv", 2, "id", "wrong", "mend it"), Problem("a.tsv", 3, "id", "wrong", "mend it")]
        )

    more = "2 problems; more may show once these are mended: what cannot be read cannot be checked"
    assert leaves(work) == (1, ["a.tsv:2:id: wrong; mend it", "a.tsv:3:id: wrong; mend it", more])
