"""Broken tables, one a folder of tests/bad: `kg check` names file, row and column, and never ends in a traceback."""

import csv
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.ontology import read_axioms, superclasses
from kg.resources import Rooms

BAD = Path(__file__).parent / "bad"
CASES = sorted(folder for folder in BAD.iterdir() if folder.is_dir() and folder.name != "base")
AT_A_CELL = re.compile(r"[^:]+:\+?\d+:[^:]+: .+; .+")
#: Checks that no table can break; tests/test_shapes.py breaks them.
BEYOND_TABLES = {
    "finding-without-an-edge",  # every finding is of a class that asserts an edge, whatever its codes
}


# --- the good world, and a case laid over it -------------------------------------------------


@pytest.fixture(scope="session")
def axioms(rooms):
    return read_axioms(rooms)


@pytest.fixture(scope="session")
def above(axioms):
    return superclasses(axioms)


@pytest.fixture
def world(rooms, axioms, above, tmp_path, monkeypatch):
    """A good world of its own, which `kg check` takes for the one that was shipped."""
    for room in ("ontology", "queries"):
        # without links to other ontologies: what is wrong with one is told of a set of the case's own; and without
        # the checks of the ontology itself, which no case changes
        left_out = shutil.ignore_patterns("mappings", "alignment", "ontology")
        shutil.copytree(rooms.root / room, tmp_path / room, ignore=left_out)
    shutil.copytree(BAD / "base", tmp_path, dirs_exist_ok=True)
    shutil.copy(rooms.evidence / "references.bib", tmp_path / "evidence")
    monkeypatch.setattr("kg.resources.shipped", lambda: Rooms(tmp_path))
    monkeypatch.setattr("kg.build.read_axioms", lambda _: axioms)  # parsed once: no case changes them
    monkeypatch.setattr("kg.build.superclasses", lambda _: above)
    monkeypatch.setattr("kg.cli.progress", lambda _: None)
    return tmp_path


@pytest.fixture
def check(caplog):
    """Runs `kg check`; gives its exit code and the problems, which are all that it may write beside its answer."""

    def run():
        result = CliRunner().invoke(main, ["check", "--no-owl"], catch_exceptions=False)
        beside = result.stderr + caplog.text  # outside of pytest, what a library logs reaches stderr too
        return result.exit_code, [
            line for line in beside.splitlines() if not re.fullmatch(r"\d+ problems?; more may show.*", line)
        ]

    return run


def lay_over(world, case):
    """Put the files of a case into the world: the repository's own grow, those of the made-up dataset are replaced."""
    places = [path.relative_to(case) for path in case.glob("*/**/*") if path.is_file()]
    for target in (world / place for place in places if not is_the_repositorys(place)):
        for rival in target.parent.glob(f"{target.stem}.*"):
            rival.unlink()
    for place in places:
        if is_the_repositorys(place):
            grow(world / place, case / place)
        else:
            (world / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(case / place, world / place)


def is_the_repositorys(place):
    return place.parts[:2] == ("ontology", "terms") or place.name == "references.bib"


def grow(target, addition):
    """Add the entries or rows of one file to the end of another, which may be the first of its name."""
    if not target.exists():
        shutil.copy(addition, target)
        return
    header = target.read_text(encoding="utf-8").splitlines()[0].split("\t")
    with target.open("a", encoding="utf-8", newline="") as whole, addition.open(encoding="utf-8", newline="") as part:
        if target.suffix == ".bib":
            whole.write(part.read())
        else:
            writer = csv.DictWriter(whole, header, delimiter="\t", lineterminator="\n")
            writer.writerows(csv.DictReader(part, delimiter="\t"))


def told_of(case):
    """The problems of a case as its expected.txt writes them."""
    return (case / "expected.txt").read_text(encoding="utf-8").splitlines()


def expected(case, rooms):
    """The problems of a case, with the rows that are counted from the end of a real file counted from its start."""

    def placed(match):
        lines = (rooms.root / match["path"]).read_text(encoding="utf-8").splitlines()
        return f"{match['path']}:{len(lines) + int(match['row'])}"

    return [re.sub(r"^(?P<path>[^:]+):\+(?P<row>\d+)", placed, line) for line in told_of(case)]


# --- tests -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("world")
def test_the_good_world_has_no_problem(check):
    """What the cases are laid over is right by itself."""
    assert check() == (0, [])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_table_is_told_with_its_place(case, rooms, world, check):
    """Exit code 1, every expected problem, and nothing else: no second problem, no traceback."""
    lay_over(world, case)
    code, told = check()
    assert told == expected(case, rooms)
    assert code == 1


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("evidence/references.bib", "evidence/references.bib: no such file; add it"),
        (
            "evidence/mini/findings.tsv",
            "evidence/mini: no table findings; add findings.tsv or findings.csv or findings.xlsx or findings.parquet",
        ),
        (
            "ontology/terms/constructs.tsv",
            "ontology/terms: no table constructs; add constructs.tsv or constructs.csv or constructs.xlsx or constructs.parquet",
        ),
        (
            "ontology/terms/therapies.tsv",
            "ontology/terms: no table therapies; add therapies.tsv or therapies.csv or therapies.xlsx or therapies.parquet",
        ),
    ],
)
def test_a_missing_file_is_one_problem(path, problem, world, check):
    """What is lost with the file is not told again, row by row."""
    (world / path).unlink()
    assert check() == (1, [problem])


@pytest.mark.parametrize("kept", ["propositions", "therapy_claims"])
def test_a_folder_may_hold_nothing_but_claims(kept, rooms, world, check):
    """A source of theory alone needs no studies, samples and findings."""
    for path in (world / "evidence" / "mini").glob("*.tsv"):
        path.unlink()
    info = world / "evidence" / "mini" / "dataset.toml"
    told = [line for line in info.read_text(encoding="utf-8").splitlines() if not line.startswith("reported_")]
    info.write_text("\n".join(told) + "\n", encoding="utf-8")
    source = rooms.evidence / "attachment-based-therapy" / f"{kept}.tsv"
    shutil.copy(source, world / "evidence" / "mini" / source.name)
    assert check() == (0, [])


@pytest.mark.parametrize(
    "path", ["evidence/mini/findings.tsv", "evidence/mini/dataset.toml", "evidence/references.bib"]
)
def test_a_file_that_the_system_does_not_give_is_a_problem(path, world, check):
    """A folder in its place stands for all that can keep a file from being read."""
    (world / path).unlink()
    (world / path).mkdir()
    assert check() == (1, [f"{path}: cannot be read (Is a directory); close it elsewhere, or save it again"])


@pytest.mark.parametrize("folder", ["evidence/mini", "ontology/terms"])
def test_what_an_open_spreadsheet_leaves_behind_is_no_table(folder, world, check):
    """Lock files and hidden files are neither read nor taken for misspelt tables."""
    for name in ("~$findings.xlsx", "~$constructs.xlsx", "._samples.tsv", ".~lock.samples.csv#"):
        (world / folder / name).write_bytes(b"\0locked by nobody")
    assert check() == (0, [])


def test_a_short_form_of_a_listed_measure_is_in_order(world, check):
    """The study lists the whole scale, and the finding names its short form."""
    findings = world / "evidence/mini/findings.tsv"
    findings.write_text(findings.read_text(encoding="utf-8").replace("\tscs\t", "\tscs-sf\t"), encoding="utf-8")
    assert check() == (0, [])


def test_a_study_that_lists_no_measure_leaves_them_open(world, check):
    """Where the source tells no instruments, a finding may still name its own."""
    studies = world / "evidence/mini/studies.tsv"
    studies.write_text(studies.read_text(encoding="utf-8").replace("scs; ecr-r", ""), encoding="utf-8")
    assert check() == (0, [])


def test_what_was_read_elsewhere_may_name_more_instruments(world, check):
    """Only what was read where the instruments of the study are listed keeps to that list."""
    findings = world / "evidence/mini/findings.tsv"
    header, first, *others = findings.read_text(encoding="utf-8").splitlines()
    elsewhere = first.replace("\tscs\t", "\tceas-self\t").replace(
        "\tamari2022\treview\t", "\tneff2003\tprimary-abstract\t"
    )
    assert elsewhere.count("ceas-self") == elsewhere.count("neff2003") == 1
    findings.write_text("\n".join([header, elsewhere, *others]) + "\n", encoding="utf-8")
    assert check() == (0, [])


def test_a_folder_of_several_sources_names_none(world, check):
    """Without a source of its own, each row of a dataset says where it was read."""
    info = world / "evidence/mini/dataset.toml"
    info.write_text(info.read_text(encoding="utf-8").replace('source = "amari2022"\n', ""), encoding="utf-8")
    assert check() == (0, [])


def test_what_was_read_elsewhere_may_have_another_reading(world, check):
    """Only what comes from the source of the dataset is read as the dataset says."""
    findings = world / "evidence/mini/findings.tsv"
    told = findings.read_text(encoding="utf-8").replace("\tamari2022\treview\t", "\tneff2003\tprimary-abstract\t", 1)
    findings.write_text(told, encoding="utf-8")
    assert check() == (0, [])


NEW_CONSTRUCT = {
    "id": "made-up-care",
    "label": "made-up care",
    "type": "CompassionOrientation",
    "flow": "self",
    "definition": "Made up.",
    "definition_source": "project",
}


def add_construct(world):
    constructs = world / "ontology/terms/constructs.tsv"
    header = constructs.read_text(encoding="utf-8").splitlines()[0].split("\t")
    with constructs.open("a", encoding="utf-8", newline="") as table:
        csv.DictWriter(table, header, delimiter="\t", lineterminator="\n").writerow(NEW_CONSTRUCT)


def test_a_new_construct_wants_new_inferences(world, check):
    """What a build without Java would stop at is told by the check, with what to do."""
    add_construct(world)
    what = "older than the ontology or the links between its terms"
    assert check() == (1, [f"ontology/inferred.nt: {what}; run scripts/infer and commit it"])


def test_missing_inferences_are_told(world, check):
    """A checkout that lost the file is not in order."""
    (world / "ontology/inferred.nt").unlink()
    assert check() == (1, ["ontology/inferred.nt: missing; run scripts/infer and commit it"])


def test_a_change_of_wording_wants_no_new_inferences(world, check):
    """A definition is nothing that HermiT reads."""
    constructs = world / "ontology/terms/constructs.tsv"
    constructs.write_text(constructs.read_text(encoding="utf-8").replace(" the ", " this ", 1), encoding="utf-8")
    assert check() == (0, [])


def test_a_bibliography_without_entries_is_one_problem(world, check):
    """The publications that the tables cite are then lost together, not each a mistake of its row."""
    (world / "evidence/references.bib").write_text("", encoding="utf-8")
    assert check() == (
        1,
        ["evidence/references.bib: the file has no entries; add the publications that the tables cite"],
    )


def test_at_least_25_kinds_of_broken_table_are_told_at_the_cell():
    """Of many cases the problem has file, row and column, what is wrong and what to do."""
    assert len([case for case in CASES if all(map(AT_A_CELL.fullmatch, told_of(case)))]) >= 25


def test_every_check_is_broken_by_a_case(rooms):
    """Each query of queries/checks finds something in some case, but for those that no table can break."""
    told = "\n".join(line for case in CASES for line in told_of(case)).casefold()
    checks = (rooms.queries / "checks").glob("*.rq")
    assert {path.stem for path in checks if f"(rule: {rule_of(path)})".casefold() not in told} == BEYOND_TABLES


def rule_of(path):
    """The rule of a check: its first line, up to what to do."""
    first, _ = path.read_text(encoding="utf-8").split("\n", 1)
    return first.removeprefix("# ").partition("; ")[0]
