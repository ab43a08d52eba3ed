"""A change that bears on rows of another dataset, which did not change: the graph is the one that is built from nothing."""

import shutil
from types import SimpleNamespace

import pytest
from worlds import add_correlations

from kg import build, manifests
from kg.errors import ProblemsFound
from kg.generations import current_generation
from kg.names import mint
from kg.store.embedded import Embedded

ENDS = ("self-compassion", "attachment-avoidance", "scs", "ecr-r-avoidance")
#: So many people, and what was found: of studies that say the same of both, two resemble one another.
TWO_ALIKE = [(53, 0.3), (53, 0.3)]


def dataset(place, name, correlations, **cells):
    """A made-up dataset, with a column more for each of ``cells``: a table and a column, and what stands in its rows."""
    add_correlations(SimpleNamespace(evidence=place), correlations, *ENDS, name=name)
    for where, told in cells.items():
        table, _, column = where.partition("_")
        path = place / name / f"{table}.tsv"
        rows = zip(path.read_text().splitlines(), [column, *told], strict=True)
        path.write_text("".join(f"{row}\t{cell}\n" for row, cell in rows))
    return place / name


def cite(folder, key, **fields):
    """Let a dataset bring a publication, and the studies of the dataset be published in it."""
    told = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    (folder / "references.bib").write_text(f"@article{{{key},\n{told}}}\n")
    path = folder / "studies.tsv"
    path.write_text(path.read_text().replace("\tamari2022\tcross", f"\t{key}\tcross"))


def files(out):
    return {name: (current_generation(out) / name).read_bytes() for name in build.WRITTEN}


def steps(rooms, out, folders):
    """Build, and give what was said of it."""
    said = []
    build.build(rooms, out, "rules", said.append, folders)
    return said


def see_that_it_is_what_is_built_from_nothing(rooms, out, folders):
    whole = out.parent / "whole"
    build.build(rooms, whole, "rules", extra=folders)
    assert files(out) == files(whole)


# --- results told with others ----------------------------------------------------------------


def counted_with(out):
    """Which finding is counted with which."""
    rows = Embedded.open(out).select("SELECT ?one ?other WHERE { ?one ca:countedWith ?other }")
    return {(str(row["one"]), str(row["other"])) for row in rows}


def test_what_is_counted_with_a_result_that_a_changed_study_tells_too_stays_so(overview_rooms, tmp_path):
    """One got the same from the same people as another, which a third dataset tells again and then codes otherwise.

    Its name begins like that of another: of two such graphs, too, each keeps its place in the files.
    """
    twice = dataset(tmp_path, "twice", TWO_ALIKE)
    (twice / "overlaps.tsv").write_text(
        "id\tsample\tother\tstatus\treason\tdecided_by\tdecided_on\n"
        "the-same\ttwice-00-sample\ttwice-01-sample\tconfirmed\tMade up.\tNobody\t2026-11-22\n"
    )
    out, pair = tmp_path / "out", tuple(mint("finding", f"twice-0{number}-01") for number in (1, 0))
    build.build(overview_rooms, out, "rules", extra=[twice])
    for people in (74, 75):
        again = dataset(tmp_path, "twice-again", [(people, 0.3)], findings_same_result_as=["twice-00-01"])
        said = steps(overview_rooms, out, [again, twice])
        assert "updating: twice-again" in said
        assert not any(step.startswith("building anew") for step in said)
        assert pair in counted_with(out)
    see_that_it_is_what_is_built_from_nothing(overview_rooms, out, [again, twice])


# --- publications that gain or lose ----------------------------------------------------------

GRAY = {"title": "One study", "author": "Gray, Ann and Brown, Bo", "journal": "Nowhere", "year": "2020"}


@pytest.fixture(scope="module")
def cited(overview_rooms, tmp_path_factory):
    """A build with two datasets whose samples agree in all that is told; each brings a publication by the same authors."""
    place = tmp_path_factory.mktemp("cited")
    alike = {"samples_percent_female": ["50"], "samples_mean_age": ["30"]}
    folders = [dataset(place, name, TWO_ALIKE[:1], **alike) for name in ("mine", "yours")]
    cite(folders[0], "gray2020", **GRAY)
    cite(folders[1], "brown2020", **GRAY | {"note": "Retracted."})
    build.build(overview_rooms, place / "out", "rules", extra=folders)
    return place / "out", folders


@pytest.mark.parametrize(
    "now",
    [
        GRAY,
        {"note": "Retracted, and put back."},
        {"note": "Retracted.", "publisher": "Nobody"},
        {"note": "Retracted.", "year": "2021"},
        {"note": "Retracted.", "author": "Gray, Ann and Brown, Bo and White, Cy"},
    ],
    ids=["loses", "tells-otherwise", "gains", "another-year", "another-author"],
)
def test_a_publication_that_gains_or_loses_is_no_update(cited, overview_rooms, tmp_path, now):
    """What of the graph rests on it is not followed."""
    out, folders = cited
    cite(folders[1], "brown2020", **GRAY | now)
    said = []
    made_of = manifests.pieces(overview_rooms, folders)
    assert not build._updated(tmp_path, out, overview_rooms, "rules", said.append, folders, made_of)
    assert said[-1] == "building anew: a publication changed"


def test_samples_whose_publications_have_authors_no_longer_in_common_are_told_apart(cited, overview_rooms, tmp_path):
    """They are those of a study that did not change: two authors in common were the fourth reason to suspect one."""
    out, folders = tmp_path / "out", cited[1]
    shutil.copytree(cited[0], out)
    overlaps = "SELECT ?pair WHERE { ?pair a ca:SampleOverlap }"
    assert len(Embedded.open(out).select(overlaps)) == 1
    cite(folders[1], "brown2020", **GRAY | {"author": "Black, Di"})
    build.build(overview_rooms, out, "rules", extra=folders)
    assert len(Embedded.open(out).select(overlaps)) == 0
    see_that_it_is_what_is_built_from_nothing(overview_rooms, out, folders)


# --- publications that go --------------------------------------------------------------------


def a_finding(folder):
    path = folder / "findings.tsv"
    path.write_text(path.read_text().replace("\tamari2022\tprimary", "\tgray2020\tprimary"))


def a_term(folder):
    (folder / "constructs.tsv").write_text(
        "id\tlabel\ttype\tdefinition\tdefinition_source\nawe\tawe\tPsychologicalProcess\tMade up.\tgray2020\n"
    )


def what_nobody_coded(folder):
    (folder / "uncoded.tsv").write_text("id\tfigures\treason\treported_in\nmade-up\t12\tMade up.\tgray2020\n")


@pytest.mark.parametrize("citing", [a_finding, a_term, what_nobody_coded], ids=lambda citing: citing.__name__)
def test_a_publication_that_another_dataset_cites_cannot_go(overview_rooms, tmp_path, citing):
    """Whoever brought it goes: that is refused in the words of a build from nothing, and the graph of before stays."""
    brings, cites = (dataset(tmp_path, name, TWO_ALIKE[:1]) for name in ("brings", "cites"))
    cite(brings, "gray2020", **GRAY)
    citing(cites)
    out = tmp_path / "out"
    build.build(overview_rooms, out, "rules", extra=[brings, cites])
    before = files(out)
    shutil.rmtree(brings)
    refusals = []
    for place in (out, tmp_path / "whole"):
        with pytest.raises(ProblemsFound) as refused:
            build.build(overview_rooms, place, "rules", extra=[cites])
        refusals.append([*map(str, refused.value.problems)])
    assert refusals[0] == refusals[1]
    assert "gray2020" in refusals[0][0]
    assert files(out) == before
    assert manifests.is_whole(out)
