"""Two versions of the graph compared: what was added, changed, retracted, and what must not have gone."""

import zipfile

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from worlds import copy_rooms

from kg import build
from kg.cli import main
from kg.errors import KgError
from kg.names import ONTOLOGY, PREFIXES
from kg.release import versions as versions_of
from kg.release.changes import changes, summary
from kg.release.vanished import vanished
from kg.release.versions import QUADS, Version, read_version
from kg.store.embedded import Embedded
from kg.triples import named_graphs

FEAR = ox.NamedNode(PREFIXES["ca"] + "FearOfCompassion")


def written(rooms, path):
    """What people state in these rooms, as N-Quads."""
    store = Embedded.in_memory()
    build.load_said(store, named_graphs(*build.read(rooms)))
    path.write_text(store.nquads(), encoding="utf-8")
    return path


def edit(path, *edits):
    """Replace texts that stand in a table once."""
    text = path.read_text(encoding="utf-8")
    for old, new in edits:
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def versions(review_rooms, tmp_path_factory):
    """Two versions as files: in the second, a change of each kind was made in the tables."""
    folder = tmp_path_factory.mktemp("versions")
    old = written(review_rooms, folder / "old.nq")
    rooms = copy_rooms(review_rooms, folder / "rooms")
    findings = rooms.evidence / "amari-2022" / "findings.tsv"
    lines = findings.read_text(encoding="utf-8").splitlines()
    (first,) = [line for line in lines if line.startswith("mackintosh-2018-01\t")]
    (second,) = [line for line in lines if line.startswith("mackintosh-2018-02\t")]
    edit(findings, (first + "\n", first.replace("mackintosh-2018-01", "mackintosh-2018-99") + "\n"))
    edit(findings, (second, second.replace("\thigh", "\tlow")))
    edit(rooms.ontology / "terms" / "constructs.tsv", ("mindfulness\tmindfulness\t", "mindfulness\tbeing mindful\t"))
    (rooms.ontology / "terms" / "obsolete.tsv").write_text(
        "kind\tid\tlabel\treplaced_by\treason\n"
        "finding\tmackintosh-2018-01\tsome finding\tfinding:mackintosh-2018-99\tIt had the wrong number.\n"
    )
    return old, written(rooms, folder / "new.nq")


@pytest.fixture(scope="module")
def known(versions):
    """The two versions, read."""
    return tuple(map(read_version, versions))


@pytest.fixture(scope="module")
def found(known):
    return changes(*known)


def of(found, name):
    return [(each.change, each.column, each.before, each.after) for each in found if each.thing.endswith(f"/{name}")]


def test_a_finding_that_is_new_is_added(found):
    """Once, however many cells it has."""
    assert of(found, "mackintosh-2018-99") == [("added", "", "", "")]


def test_a_finding_that_was_changed_tells_the_cell_before_and_after(found):
    """By the name of its column, and no other cell."""
    assert of(found, "mackintosh-2018-02") == [("changed", "certainty", "certainty:high", "certainty:low")]


def test_a_finding_that_was_retracted_tells_why(found):
    """With the reason of its editors and what took its place."""
    (gone,) = [each for each in found if each.thing.endswith("/mackintosh-2018-01")]
    assert (gone.change, gone.reason) == (
        "retracted",
        "It had the wrong number.; replaced by finding:mackintosh-2018-99",
    )


def test_a_term_with_another_name_is_one_change_of_the_term(found):
    """Findings on it, whose labels are made of its name, were not changed."""
    assert of(found, "mindfulness") == [("changed", "label", "mindfulness", "being mindful")]
    assert len({each.thing for each in found if each.kind == "finding"}) == 3


def test_findings_come_first_and_are_counted_by_what_became_of_them(found):
    """One each."""
    assert summary(found) == ["finding: 1 added, 1 changed, 1 retracted", "construct: 1 changed"]


def test_a_version_does_not_differ_from_itself(known):
    """Nothing is told."""
    assert changes(known[0], known[0]) == []


def test_a_class_that_was_deleted_is_told(known):
    """Classes are terms as well, and what is nowhere any more was retracted."""
    kept = [quad for quad in known[0].of("ontology") if quad.subject != FEAR]
    (gone,) = [each for each in changes(known[0], with_ontology(known[0], kept)) if each.thing == FEAR.value]
    assert (gone.change, gone.kind, gone.label) == ("retracted", "ontology", "fear of compassion")


def test_an_axiom_that_was_changed_is_told_in_words(known):
    """Also where it is an expression, which has no name: here the restrictions lose what they restrict to."""
    some = PREFIXES["owl"] + "someValuesFrom"
    kept = [quad for quad in known[0].of("ontology") if quad.predicate.value != some]
    before = [each.before for each in changes(known[0], with_ontology(known[0], kept))]
    assert before
    assert all("[owl:onProperty ca:" in each and "owl:someValuesFrom" in each for each in before)


def test_classes_that_are_disjoint_no_more_are_told(known):
    """The axiom belongs to no class, so it is the ontology's."""
    apart = ox.NamedNode(PREFIXES["owl"] + "AllDisjointClasses")
    kept = [quad for quad in known[0].of("ontology") if quad.object != apart]
    (change,) = changes(known[0], with_ontology(known[0], kept))
    assert (change.thing, change.column, change.after) == (ONTOLOGY, "owl:AllDisjointClasses", "")
    assert "owl:members (ca:Association " in change.before


def test_the_command_says_what_it_does_not_compare(versions):
    """Where nothing differs, whoever reads that knows of what it is said."""
    done = CliRunner().invoke(main, ["changes", str(versions[0]), str(versions[0])])
    assert done.stderr.splitlines() == [
        "no evidence, term or axiom differs",
        "links to other ontologies are not compared",
    ]


def test_the_command_tells_changes_as_rows(versions):
    """As a table of any format, with the counts on standard error."""
    done = CliRunner().invoke(main, ["changes", *map(str, versions), "--format", "csv"])
    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) == 5
    assert done.stderr.splitlines()[0] == "finding: 1 added, 1 changed, 1 retracted"


def test_what_is_no_version_is_told_in_one_line(tmp_path):
    """Exit code 2, and what to give instead."""
    done = CliRunner().invoke(main, ["changes", str(tmp_path), str(tmp_path)])
    assert done.exit_code == 2
    assert done.stderr == f"kg: {tmp_path}: neither a build nor a release nor a file .nq or .trig; give one of these\n"


def test_a_damaged_file_is_told_in_one_line(versions, tmp_path):
    """By its name."""
    broken = tmp_path / "kg.nq"
    broken.write_bytes(versions[0].read_bytes()[:-20])
    with pytest.raises(KgError, match=r"kg\.nq: not N-Quads"):
        read_version(broken)


def test_a_file_of_another_graph_is_no_version(tmp_path):
    """Compared with it, everything would be new, and nothing of a release would be missed."""
    other = tmp_path / "kg.nq"
    other.write_text("<http://example.org/a> <http://example.org/b> <http://example.org/c> .\n")
    with pytest.raises(KgError, match=r"kg\.nq: has none of the graphs that people state; give a build"):
        read_version(other)


def test_an_archive_of_a_release_is_a_version(known, versions, tmp_path):
    """By the one file in it that has the graph."""
    archive = tmp_path / "release.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.write(versions[0], f"kg-1.0/{QUADS}")
    assert read_version(archive) == known[0]


@pytest.fixture
def archive(tmp_path):
    """An archive of a release with one quad, packed."""
    path = tmp_path / "release.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr(f"kg-1.0/{QUADS}", "<http://example.org/a> <http://example.org/b> <http://example.org/c> .\n")
    return path


@pytest.mark.parametrize(
    ("marked", "offset", "value"),
    [(b"PK\x01\x02", 8, 1), (b"PK\x01\x02", 10, 77), (QUADS.encode(), len(QUADS), 0xFF)],
    ids=["encrypted", "packed-otherwise", "damaged"],
)
def test_an_archive_that_cannot_be_unpacked_is_told_in_one_line(archive, marked, offset, value):
    """Whatever the standard library makes of it."""
    data = bytearray(archive.read_bytes())
    data[data.index(marked) + offset] = value
    archive.write_bytes(data)
    with pytest.raises(KgError, match=r"release\.zip: cannot be read \(.+\); give a build, a release, or its kg\.nq"):
        read_version(archive)


def test_an_archive_that_would_fill_the_memory_is_not_unpacked(archive, monkeypatch):
    """What it says of its size is enough."""
    monkeypatch.setattr(versions_of, "MOST", 10)
    with pytest.raises(KgError, match=r"release\.zip: data/kg\.nq in it is larger than"):
        read_version(archive)


# --- no released IRI ever disappears ----------------------------------------------------------


def with_ontology(version, quads):
    """The version with these quads as its ontology."""
    return Version({**version.quads, "ontology": frozenset(quads)})


def test_what_gave_way_with_a_word_has_not_vanished(known):
    """A row in the table of obsolete things is enough."""
    assert vanished(*known) == []


def test_what_is_gone_without_a_word_is_named_with_what_to_do(known):
    """Seen from the later version, the earlier one lacks the finding that was added."""
    (problem,) = vanished(*reversed(known))
    assert str(problem) == (
        "ontology/terms/obsolete.tsv: finding:mackintosh-2018-99 was released and is gone; "
        "add a row: kind finding, id mackintosh-2018-99, what takes its place, and why"
    )


def test_a_class_that_is_gone_is_to_be_deprecated_in_place(known):
    """In the ontology, with what takes its place."""
    kept = [quad for quad in known[0].of("ontology") if quad.subject != FEAR]
    (problem,) = vanished(known[0], with_ontology(known[0], kept))
    told = "ontology/compassion-attachment.ttl: ca:FearOfCompassion was released and is gone; keep it"
    assert str(problem).startswith(told)


def test_a_class_that_is_deprecated_must_give_way_to_another(known):
    """Deprecated alone is not enough."""
    deprecated = ox.Quad(FEAR, ox.NamedNode(PREFIXES["owl"] + "deprecated"), ox.Literal(True), ox.DefaultGraph())
    (problem,) = vanished(known[0], with_ontology(known[0], {*known[0].of("ontology"), deprecated}))
    assert "ca:FearOfCompassion is deprecated and gives way to nothing" in str(problem)
