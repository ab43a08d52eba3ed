"""A release: what keeps it from being made, and what is in its bundle."""

import json
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox
import pytest
from packaging.requirements import Requirement
from rdflib import DCAT, DCTERMS, VOID, Graph, URIRef

from kg import build
from kg.codebook import meaning
from kg.errors import KgError, ProblemsFound
from kg.names import BASE, ONTOLOGY, PREFIXES
from kg.records import Finding
from kg.release import making
from kg.release import refusals as refusals_of
from kg.release.about import Commit, about, read_project
from kg.release.catalogue import catalogue
from kg.release.crate import FILE, crate
from kg.release.ontologies import add_ontologies, links_among
from kg.release.packages import made_with
from kg.release.parts import Parts, pack
from kg.release.readme import readme
from kg.release.refusals import citation_problems, refusals, well_formed
from kg.release.tables import add_tables
from kg.release.versions import Version
from kg.resources import DISTRIBUTION, Rooms, software_version
from kg.serve.descriptions import DATASET
from kg.triples import named_graphs

ROOT = Path(__file__).parent.parent
VERSION = software_version()
COMMIT = Commit("0" * 40, datetime(2026, 11, 22, 18, 0, tzinfo=UTC))
PRODUCTS = ("base", "full", "reasoned")


@pytest.fixture(scope="module")
def told(read):
    """What the release of the version at hand says of itself."""
    return about(ROOT, VERSION, read[1], COMMIT)


# --- what keeps a release from being made -----------------------------------------------------


@pytest.fixture
def clone(tmp_path, told, monkeypatch):
    """A clone that is ready: the three files that tell the version, committed."""
    monkeypatch.setattr(refusals_of, "software_version", lambda: told.version)
    for name in ("pyproject.toml", "CITATION.cff"):
        shutil.copy(ROOT / name, tmp_path)
    citation = tmp_path / "CITATION.cff"
    citation.write_text(
        re.sub("date-released: .*", f"date-released: {told.date}", citation.read_text(encoding="utf-8"))
    )
    (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n## {told.version} ({told.date})\n")
    for command in ("init --quiet", "add .", "-c user.name=x -c user.email=x@example.org commit --quiet -m x"):
        subprocess.run(["git", *command.split()], cwd=tmp_path, check=True)
    return tmp_path


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def refused(clone, told):
    """What is told, but for the file that is changed and not committed, which every case has."""
    return [str(each) for each in refusals(clone, told) if "the commit" not in each.what]


def test_a_clone_that_is_ready_is_not_refused(clone, told):
    """Nothing is told."""
    assert refusals(clone, told) == []


def test_a_file_that_is_not_committed_is_named(clone, told):
    """Also one that git does not know."""
    (clone / "new.txt").write_text("new")
    assert [str(each) for each in refusals(clone, told)] == [
        "new.txt: is not as the commit has it; commit it, or take it away"
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "line"),
    [
        (
            "pyproject.toml",
            f'"{VERSION}"',
            '"0.3.0"',
            f"pyproject.toml:version: is 0.3.0; write {VERSION}, or release 0.3.0",
        ),
        (
            "CITATION.cff",
            f"version: {VERSION}",
            "version: 0.3.0",
            f"CITATION.cff:version: is '0.3.0'; write '{VERSION}'",
        ),
        ("CITATION.cff", "  - MIT\n", "", "CITATION.cff:license: is ['CC-BY-4.0']; write ['CC-BY-4.0', 'MIT']"),
        ("CHANGELOG.md", f"## {VERSION}", "## Unreleased", f"CHANGELOG.md: has no heading '## {VERSION} ("),
    ],
)
def test_a_file_that_tells_another_version_is_named_with_what_to_write(clone, told, name, old, new, line):
    """One line, and no other."""
    edit(clone / name, old, new)
    (problem,) = refused(clone, told)
    assert problem.startswith(line)


def test_an_ontology_of_another_day_is_named(clone, told):
    """The changelog and the version IRI of the ontology carry one date."""
    edit(clone / "CHANGELOG.md", told.date, "2001-01-01")
    (problem,) = refused(clone, told)
    assert problem.startswith("ontology/compassion-attachment.ttl: owl:versionIRI is dated")


def test_a_version_that_is_not_installed_is_not_released(clone, told, monkeypatch):
    """What is installed would tell its own version in the graph."""
    monkeypatch.setattr(refusals_of, "software_version", lambda: "0.0.1")
    assert refused(clone, told) == [
        f"pyproject.toml:version: says {VERSION}, yet kg 0.0.1 is installed; install this checkout: pip install -e ."
    ]


def test_a_release_that_is_there_is_not_made_again(clone, read, told, tmp_path_factory, monkeypatch):
    """Nothing is overwritten."""
    output = tmp_path_factory.mktemp("output")
    monkeypatch.setattr(making, "shipped", lambda: Rooms(clone))
    monkeypatch.setattr(making, "read_axioms", lambda rooms: read[1])
    assert making.ready(told.version, output, None)[0].name == f"compassion-attachment-kg-{VERSION}"
    (output / f"compassion-attachment-kg-{VERSION}.zip").touch()
    with pytest.raises(KgError, match=rf"kg-{re.escape(VERSION)}\.zip: is there already; take it away"):
        making.ready(told.version, output, None)


def test_a_release_after_another_wants_that_one(clone, read, told, tmp_path_factory, monkeypatch):
    """Else it would be told as the first, and nothing that was released would be kept."""
    monkeypatch.setattr(making, "shipped", lambda: Rooms(clone))
    monkeypatch.setattr(making, "read_axioms", lambda rooms: read[1])
    (clone / "CHANGELOG.md").write_text(f"## {told.version} ({told.date})\n\n## 0.9.0 (2026-11-01)\n")
    with pytest.raises(ProblemsFound, match=r"CHANGELOG\.md: tells of a release before, 0\.9\.0, and --previous"):
        making.ready(told.version, tmp_path_factory.mktemp("output"), None)


def test_a_version_is_three_numbers():
    """A word is refused."""
    with pytest.raises(KgError, match="'next' is not a version"):
        well_formed("next")


def test_the_citation_tells_what_the_ontology_and_the_project_tell(told):
    """Title, authors, licences and version have one source; only the date waits for the release."""
    assert [each for each in citation_problems(ROOT, told) if each.column != "date-released"] == []


# --- what is in a bundle ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def bundle(review_rooms, review, told, tmp_path_factory):
    """The bundle of the review, without software, site and the graph as a whole."""
    return filled(Parts(tmp_path_factory.mktemp("release") / "bundle"), review_rooms, review, told)


def filled(parts, rooms, review, told):
    corpus, axioms = build.read(rooms)
    links = f"<{BASE}construct/self-compassion> <{PREFIXES['skos']}broadMatch> <http://example.org/care> ."
    add_ontologies(parts, named_graphs(corpus, axioms), links_among(links), rooms)
    add_tables(parts, corpus, told)
    parts.add("README.md", readme(told, parts), "What is in which file")
    parts.add("dataset.ttl", catalogue(review.store, told, parts), "The dataset in DCAT and VoID")
    parts.add(FILE, crate(told, parts), "The bundle as an RO-Crate")
    parts.add("SHA256SUMS", parts.checksums(), "Checksums")
    return parts


@pytest.fixture(scope="module")
def ontologies(bundle):
    """The triples of each product, as one reads them from Turtle."""
    turtle = {name: str(bundle.folder / "ontology" / f"{name}.ttl") for name in PRODUCTS}
    return {name: {quad.triple for quad in ox.parse(path=path)} for name, path in turtle.items()}


def names(triples, subject, predicate):
    """What a thing is linked to by a property."""
    return {each.object.value for each in triples if (each.subject.value, each.predicate.value) == (subject, predicate)}


def test_each_ontology_has_a_version_iri_of_its_own(ontologies, told):
    """Two documents must not share one."""
    versions = [names(ontologies[name], ONTOLOGY, PREFIXES["owl"] + "versionIRI") for name in PRODUCTS]
    assert versions == [{f"{ONTOLOGY}/{told.date}/{name}"} for name in PRODUCTS]


def test_base_says_nothing_of_terms_of_others(ontologies):
    """No term of an upper ontology, and no link; full has both."""
    theirs = PREFIXES["obo"] + "BFO_0000015", PREFIXES["rdfs"] + "label"
    link = BASE + "construct/self-compassion", PREFIXES["skos"] + "broadMatch"
    assert [names(ontologies["base"], *told) for told in (theirs, link)] == [set(), set()]
    assert [names(ontologies["full"], *told) for told in (theirs, link)] == [{"process"}, {"http://example.org/care"}]


def test_reasoned_knows_which_styles_are_insecure(ontologies):
    """It is inferred, and stated in neither of the others."""
    insecure = PREFIXES["ca"] + "InsecureAttachmentStyle"
    is_a = BASE + "construct/fearful-attachment", PREFIXES["rdf"] + "type"
    assert [insecure in names(ontologies[name], *is_a) for name in PRODUCTS] == [False, False, True]


def test_obo_graphs_of_base_has_every_construct(bundle, corpus):
    """Also where only its own class is stated, and not that it is a construct."""
    (graph,) = json.loads((bundle.folder / "ontology" / "base.json").read_text(encoding="utf-8"))["graphs"]
    assert {row.record.iri for row in corpus.constructs} <= {node["id"] for node in graph["nodes"]}
    assert graph["meta"]["version"].endswith("/base")


def test_the_tables_are_a_valid_data_package(bundle):
    """By frictionless: types, closed lists, and references from table to table."""
    assert problems_of(bundle.folder / "tables" / "datapackage.json") == []


def test_a_table_that_is_not_as_described_is_no_valid_data_package(bundle, tmp_path):
    """A word of no list, a study that is in no table."""
    shutil.copytree(bundle.folder / "tables", tmp_path / "tables")
    package = tmp_path / "tables" / "datapackage.json"
    told = json.loads(package.read_text(encoding="utf-8"))
    told["resources"] = [each for each in told["resources"] if each["name"] in ("studies", "samples")]
    for each in told["resources"]:
        wanted = [key for key in each["schema"].get("foreignKeys", []) if key["reference"]["resource"] == "studies"]
        each["schema"] = {**each["schema"], "foreignKeys": wanted}
    package.write_text(json.dumps(told), encoding="utf-8")
    edit(tmp_path / "tables" / "samples.csv", ",naismith-2019,", ",nobody-2019,")
    edit(tmp_path / "tables" / "studies.csv", ",cross-sectional,", ",sideways,")
    assert {each for each, _ in problems_of(package)} == {"constraint-error", "foreign-key"}


def problems_of(package):
    frictionless = pytest.importorskip("frictionless", reason="pip install frictionless")
    report = frictionless.validate(str(package))
    return [(error.type, error.message) for task in report.tasks for error in task.errors]


def test_every_column_is_described_in_the_words_of_the_codebook(bundle):
    """None is left to be guessed, and its type is that of its cells."""
    package = json.loads((bundle.folder / "tables" / "datapackage.json").read_text(encoding="utf-8"))
    told = {(each["path"], field["name"]): field for each in package["resources"] for field in each["schema"]["fields"]}
    assert [place for place, field in told.items() if place[1] != "dataset" and not field.get("description")] == []
    assert told["findings.csv", "se"]["description"] == meaning(Finding, "se")
    assert told["findings.csv", "n"]["type"] == "integer"
    assert told["studies.csv", "measures"]["type"] == "string"


def test_machines_are_told_of_every_file_where_it_lies_and_what_it_weighs(bundle):
    """In DCAT, relative to the description, so that the bundle may lie anywhere."""
    card = Graph().parse(bundle.folder / "dataset.ttl", publicID=bundle.folder.as_uri() + "/dataset.ttl")
    seen = {}
    for distribution in card.objects(URIRef(DATASET), DCAT.distribution):
        path = Path(str(card.value(distribution, DCAT.downloadURL)).removeprefix("file://"))
        assert path.stat().st_size == int(card.value(distribution, DCAT.byteSize))
        seen[path] = card.value(distribution, DCTERMS.license)
    assert len(seen) == len([part for part in bundle if part.is_data]) > 20


def test_the_card_of_a_release_names_no_endpoint(bundle):
    """Files are not asked."""
    card = Graph().parse(bundle.folder / "dataset.ttl")
    assert (None, VOID.sparqlEndpoint, None) not in card
    assert int(card.value(URIRef(DATASET), VOID.triples)) > 10_000


def test_the_crate_lists_every_file_but_itself_and_the_checksums(bundle):
    """As the library for RO-Crates reads it."""
    reader = pytest.importorskip("rocrate.rocrate", reason="pip install rocrate")
    files = {path.relative_to(bundle.folder).as_posix() for path in bundle.folder.rglob("*") if path.is_file()}
    crate = reader.ROCrate(str(bundle.folder))
    assert {each.id for each in crate.data_entities} == files - {FILE, "SHA256SUMS"}


def test_the_checksums_are_those_of_the_files(bundle):
    """Of all but the list itself."""
    lines = (bundle.folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(list(bundle)) - 1
    for line in lines:
        digest, _, path = line.partition("  ")
        assert sha256((bundle.folder / path).read_bytes()).hexdigest() == digest


def test_the_readme_tells_how_to_begin_and_names_every_file(bundle):
    """With the date, the licence and what base and full mean."""
    text = (bundle.folder / "README.md").read_text(encoding="utf-8")
    assert [part.path for part in bundle if part.path.startswith("tables/") and f"`{part.path}`" not in text] == []
    assert "`ontology/base` | our own axioms and terms" in text


def test_the_readme_promises_only_names_that_people_gave(bundle):
    """What is computed goes with what it is computed from."""
    text = (bundle.folder / "README.md").read_text(encoding="utf-8")
    assert "No name that people gave to a term or a piece of evidence disappears" in text
    assert "No IRI" not in text


def test_tables_and_cards_made_again_are_the_same_bytes(bundle, review_rooms, review, told, tmp_path):
    """File by file, from another reading of the same tables."""
    again = Parts(tmp_path)
    add_tables(again, build.read(review_rooms)[0], told)
    digests = {part.path: part.digest for part in bundle}
    assert {part.path: part.digest for part in again}.items() <= digests.items()
    written = [part for part in bundle if part.path not in ("dataset.ttl", FILE, "SHA256SUMS")]
    again.add("dataset.ttl", catalogue(review.store, told, written), "")
    assert list(again)[-1].digest == digests["dataset.ttl"]


def test_the_first_release_says_that_it_has_nothing_to_compare(tmp_path):
    """And has a table of changes all the same, without a row."""
    making.add_changes(Parts(tmp_path), None, Version({}))
    assert "This is the first release" in (tmp_path / "evidence-changes.md").read_text(encoding="utf-8")
    assert len((tmp_path / "evidence-changes.csv").read_text(encoding="utf-8").splitlines()) == 1


def test_a_later_release_counts_what_changed_and_lists_it(tmp_path):
    """A study that is new."""
    label = ox.NamedNode(PREFIXES["rdfs"] + "label")
    new = ox.Quad(ox.NamedNode(BASE + "study/new-2026"), label, ox.Literal("New 2026"), ox.DefaultGraph())
    making.add_changes(Parts(tmp_path), Version({}), Version({"evidence": frozenset({new})}))
    text = (tmp_path / "evidence-changes.md").read_text(encoding="utf-8")
    assert "- study: 1 added\n" in text
    assert "| added | study | study:new-2026 | New 2026 |" in text


def test_what_a_bundle_is_made_with_is_told_down_to_what_libraries_need():
    """Numbers that are pooled come from numpy, which only a library of ours names."""
    lines = made_with(ROOT).splitlines()
    assert lines[0].startswith("# Python 3.")
    assert {"rdflib", "pymetaanalysis", "numpy"} <= {line.partition("==")[0] for line in lines[1:]}


def test_what_a_bundle_is_made_with_is_what_the_page_of_licences_has_for_it():
    """What one lists, the other knows the licence of: LICENCES.md says which come with the core and with a release."""
    rows = re.findall(r"^\| (\S+) \| .+ \| (.+) \|$", (ROOT / "LICENCES.md").read_text(encoding="utf-8"), re.MULTILINE)
    ours = next(
        each
        for each in map(Requirement, read_project(ROOT)["optional-dependencies"]["release"])
        if each.name == DISTRIBUTION
    )
    extras = {"core", "release", *ours.extras}
    listed = {library for library, bring in rows if extras & set(bring.split(", "))}
    assert {line.partition("==")[0] for line in made_with(ROOT).splitlines()[1:]} == listed


def test_an_archive_is_the_same_bytes_whenever_its_files_were_written(tmp_path):
    """Members are sorted and dated by the commit."""
    folder = tmp_path / "folder"
    (folder / "below").mkdir(parents=True)
    for number, name in enumerate(("b.txt", "below/a.txt", "a.txt")):
        (folder / name).write_text(name)
        os.utime(folder / name, (number * 1e8, number * 1e8))
    pack(folder, tmp_path / "one.zip", COMMIT.time)
    (folder / "a.txt").touch()
    pack(folder, tmp_path / "two.zip", COMMIT.time)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_turtle_of_the_ontology_is_rdf_that_others_read(bundle):
    """The same triples in each RDF form."""
    sizes = {
        len(list(ox.parse(path=str(bundle.folder / "ontology" / f"full.{suffix}"), format=format)))
        for suffix, format in (("ttl", ox.RdfFormat.TURTLE), ("owl", ox.RdfFormat.RDF_XML))
    }
    assert len(sizes) == 1
