"""The explorer frozen to files: the same pages, no dead link, nothing of others lost."""

import contextlib
import os
import posixpath
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.errors import KgError, MissingPart
from kg.export.graphs import whole_graph
from kg.names import BASE
from kg.pages.atlas import Atlas
from kg.site import folder as site_folder
from kg.site import oxigraph
from kg.site.addresses import Address, Links, relative
from kg.site.folder import LIST, replaced
from kg.site.freezing import freeze
from kg.site.making import POLICY
from kg.views.policies import policy_of

PAGES = [
    "/",
    "/gaps",
    "/network",
    "/theory",
    "/conflicts",
    "/questions",
    "/questions/findings-between",
    "/ontology",
    "/ontology/Finding",
    "/construct",
    "/construct/self-compassion",
    "/pair/attachment-avoidance/self-compassion",
    "/finding/mackintosh-2018-01",
    "/study/mackintosh-2018",
    "/measure/scs",
    "/therapy/attachment-based-therapy",
    "/dataset/amari-2022",
    "/publication/mackintosh2018",
]
CHOSEN = [Address("/network", "around", "self-compassion"), Address("/theory", "verdict", "untested")]


#: Kinds of which the little world keeps only what begins so.
KEPT = {
    "study": ("mackintosh",),
    "sample": ("mackintosh",),
    "publication": ("mackintosh", "amari"),
    "measure": ("scs", "ecr"),
    "finding": ("mackintosh-2018-01", "mackintosh-2018-02"),
    **dict.fromkeys(("proposition", "technique", "goal", "application", "limitation", "pooled-estimate"), ("p-s",)),
    **dict.fromkeys(("rolled-up", "cell"), ("attachment-avoidance--self-compassion",)),
    **dict.fromkeys(("review", "review-step", "cited-result", "therapy-claim", "risk-of-bias"), ("amari",)),
}


@pytest.fixture(scope="module")
def little(review):
    """Two findings of the review with all that they are about: every kind of page, and few of each."""
    rows = review.store.select(
        "SELECT DISTINCT ?near { ?finding ca:study study:mackintosh-2018 ; ca:aboutConstruct/ca:within ?near }"
    )
    near = {*map(str, rows.column("near")), f"{BASE}construct/compassion", f"{BASE}construct/attachment"}

    def gone(iri):
        kind, _, slug = iri.removeprefix(BASE).partition("/")
        if not iri.startswith(BASE) or not slug:
            return False
        return iri not in near if kind == "construct" else not slug.startswith(KEPT.get(kind, ""))

    def unnamed(iri, predicate):
        """Properties of the ontology lose their labels, and so their pages: they are many."""
        name = iri.removeprefix(f"{BASE}ontology/")
        return name != iri and name[:1].islower() and predicate.endswith("#label")

    return review.store.part(lambda s, p, o, g: not gone(s) and not gone(o) and not unnamed(s, p))


@pytest.fixture(scope="module")
def site(little, tmp_path_factory):
    """A site below a folder that is no part of it; without an engine, which is fetched from afar."""
    folder = tmp_path_factory.mktemp("host") / "below" / "atlas"
    freeze(little, folder, None, lambda step: None)
    return folder


@pytest.fixture(scope="module")
def live(little):
    return Atlas(little)


def tree(path):
    return ET.fromstring(path.read_text(encoding="utf-8"))


def leads(page):
    """What a page links to, loads or shows, as written; with what others may not follow left out."""
    for each in page.iter():
        for name in ("href", "src", "action"):
            if (found := each.get(name)) and each.get("rel") != "canonical":
                yield found


def words(page):
    """The text of a page, but for controls that a site of files cannot have and what it says instead."""
    for parent in page.iter():
        for child in list(parent):
            controls = child.tag == "form" and child.get("class") == "choices"
            instead = child.get("class") == "note" and "kg serve" in "".join(child.itertext())
            if controls or instead:
                parent.remove(child)
    return " ".join(" ".join(page.itertext()).split())


@pytest.mark.parametrize("address", [*map(Address, PAGES), *CHOSEN], ids=lambda address: address.file)
def test_a_frozen_page_says_what_the_live_one_says(site, live, address):
    """Word for word, version and how to cite included."""
    page = live.page(address.path, address.query)
    assert page.status == 200
    assert words(tree(site / address.file)) == words(ET.fromstring(page.html))


@pytest.mark.parametrize("path", [*PAGES, "/search", "/sparql"])
def test_a_frozen_page_has_as_many_links_as_the_live_one(site, live, path):
    """No way on is lost, but for what the forms of the live page lead to."""
    frozen, served = tree(site / Address(path).file), ET.fromstring(live.page(path).html)
    assert len(list(frozen.iter("a"))) >= len(list(served.iter("a"))) > 10


def test_every_link_of_every_page_leads_to_a_file(site):
    """A crawl of the whole site: no dead link, none that leaves the site's folder, every anchor there."""
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    dead = set()
    for name in sorted(
        each for each in files if each.endswith(".html") and each != "404.html" and "free-form" not in each
    ):
        for link in leads(tree(site / name)):
            parts = urlsplit(link)
            if parts.scheme or link.startswith("#"):
                continue
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path)))
            target = f"{target}/index.html" if parts.path.endswith("/") else target
            if posixpath.normpath(target) not in files:
                dead.add((name, link))
    assert sorted(dead)[:5] == []


def test_every_link_is_relative(site):
    """So that the site works wherever it stands."""
    for path in PAGES:
        assert not [link for link in leads(tree(site / Address(path).file)) if link.startswith("/")]


def test_no_page_of_the_site_is_an_error(site):
    """Nothing was frozen that the served atlas refuses."""
    wrong = [
        path.parent.relative_to(site).as_posix()
        for path in site.rglob("index.html")
        if re.search(r'<p class="kind">Error \d', path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_a_choice_with_its_own_page_is_linked_to(site):
    """From theory, the claims of a verdict; from a construct, its own network."""
    lines = list(leads(tree(site / "network/index.html")))
    assert "pair=attachment-avoidance--self-compassion/" in lines
    assert any(link.startswith("verdict=") for link in leads(tree(site / "theory/index.html")))
    assert "../../network/around=self-compassion/" in set(leads(tree(site / "construct/self-compassion/index.html")))


@pytest.mark.parametrize(
    "name", ["construct.csv", "construct.ttl", "network.svg", "pair/attachment-avoidance/self-compassion.svg"]
)
def test_the_data_beside_a_page_are_those_of_the_live_one(site, live, name):
    """Tables and figures, byte for byte."""
    assert (site / name).read_bytes() == live.file(f"/{name}").content


@pytest.mark.parametrize("ending", ["ttl", "jsonld", "rdf", "nt"])
def test_the_document_of_a_thing_lies_beside_its_page(site, little, ending):
    """Every triple in which it is the subject."""
    import pyoxigraph as ox

    form = {
        "ttl": ox.RdfFormat.TURTLE,
        "jsonld": ox.RdfFormat.JSON_LD,
        "rdf": ox.RdfFormat.RDF_XML,
        "nt": ox.RdfFormat.N_TRIPLES,
    }[ending]
    frozen = {quad.triple for quad in ox.parse(path=str(site / f"construct/self-compassion.{ending}"), format=form)}
    said = little.graph(
        "CONSTRUCT { construct:self-compassion ?p ?o } WHERE { construct:self-compassion ?p ?o FILTER(!ISBLANK(?o)) }"
    )
    assert {quad.triple for quad in ox.parse(said, format=ox.RdfFormat.N_TRIPLES)} <= frozen


def test_the_whole_graph_is_in_the_site(site, little):
    """As N-Quads, by named graph."""
    assert (site / "kg.nq").read_text(encoding="utf-8") == whole_graph(little, "nq")


def test_every_page_tells_the_browser_what_it_may_do(site):
    """The policy of the served atlas, as far as a page can tell it, and WebAssembly."""
    for path in PAGES:
        policy = tree(site / Address(path).file).find("./head/meta[@http-equiv='Content-Security-Policy']")
        assert policy.get("content") == POLICY
    assert "unsafe-inline" not in POLICY
    assert "unsafe-eval'" not in POLICY.replace("'wasm-unsafe-eval'", "")


def test_every_label_and_synonym_stands_in_the_list_of_names(site, live):
    """Search for who has no scripts."""
    listed = words(tree(site / "names/index.html"))
    library = live.library
    called = [library.label(iri) for iri in library.of_kind("measure")]
    assert [
        name for name in [*called, *library.synonyms[f"{BASE}construct/self-compassion"]] if name not in listed
    ] == []


def test_the_free_form_network_is_guarded_as_a_file_too(site):
    """By a policy in its head, which names the scripts that it brings."""
    assert "script-src 'sha256-" in policy_of((site / "network/free-form/index.html").read_text(encoding="utf-8"))


def test_without_the_engine_the_sparql_page_says_so(site):
    """And offers the graph as files."""
    page = tree(site / "sparql/index.html")
    assert "made without an engine" in words(page)
    assert {"../kg.nq", "../kg.ttl"} <= set(leads(page))
    assert page.find(".//form//button[@type='submit']") is not None


def test_links_are_remembered_by_what_they_lead_to():
    """A choice without a page of its own leads to the page as it stands first."""
    links = Links()
    links.here = Address("/construct/shame")
    assert links("/finding", {"direction": "none"}) == "../../finding/"
    assert links("/sparql", {"query": "ASK { }"}) == "../../sparql/?query=ASK+%7B+%7D"
    assert list(links.wanted) == [Address("/finding"), Address("/sparql")]


@pytest.mark.parametrize("value", ["../../x", "a/b", "", ".."])
def test_no_choice_leads_out_of_its_folder(value):
    """What data say becomes no path."""
    links = Links()
    assert links("/network", {"around": value}) == "network/"
    assert relative(links.here, next(iter(links.wanted))) == "network/"


# --- the folder ------------------------------------------------------------------------------


def written(folder, **files):
    with replaced(folder) as writer:
        for name, content in files.items():
            writer.write(name, content)


def test_a_new_site_takes_the_place_of_the_old_one(tmp_path):
    """Pages that are no more are gone."""
    folder = tmp_path / "site"
    written(folder, one=b"1", two=b"2")
    written(folder, one=b"new")
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.name != LIST} == {"one": b"new"}


def test_what_others_put_into_the_folder_stays(tmp_path):
    """The repository that publishes it, a domain's name, a note deep inside."""
    folder = tmp_path / "site"
    written(folder, **{"construct/shame/index.html": b"1"})
    (folder / ".git" / "refs").mkdir(parents=True)
    (folder / "CNAME").write_text("example.org")
    (folder / "construct" / "shame" / "note.txt").write_text("mine")
    written(folder, **{"index.html": b"2"})
    kept = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    assert kept == {
        ".git", ".git/refs", "CNAME", "construct", "construct/shame", "construct/shame/note.txt", "index.html", LIST,
    }  # fmt: skip


def test_a_site_that_fails_leaves_the_old_one(tmp_path):
    """Whole, with nothing beside it; here because an address would lead out of it."""
    folder = tmp_path / "site"
    written(folder, one=b"1")
    with pytest.raises(KgError):
        written(folder, **{"one": b"half", "../two": b"out"})
    assert (folder / "one").read_bytes() == b"1"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_a_run_that_was_killed_while_it_swapped_loses_nothing(tmp_path, monkeypatch, moved):
    """Before the new site was in its place, while things of others moved, and while the old one was cleared away."""
    folder = tmp_path / "site"
    written(folder, one=b"1", two=b"2")
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("main")

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        rename = Path.rename
        patch.setattr(site_folder.shutil, "rmtree", lambda *_, **__: None)  # nobody tidies up after a kill
        if moved == 0:
            patch.setattr(Path, "rename", lambda path, to: killed() if ".new-" in path.name else rename(path, to))
        if moved == 1:
            patch.setattr(site_folder, "_keep", killed)
        with contextlib.suppress(KeyboardInterrupt):
            written(folder, one=b"half")
    for left in list(tmp_path.glob(".site.*")):
        left.rename(left.with_name(re.sub(r"\d+$", "4194399", left.name)))  # of a process that is no more
    written(folder, one=b"new")
    assert {path.name for path in tmp_path.iterdir()} == {"site"}
    assert {path.name for path in folder.iterdir()} == {".git", "one", LIST}
    assert (folder / "one").read_bytes() == b"new"
    assert (folder / ".git" / "HEAD").read_text() == "main"


def test_what_a_running_site_has_begun_is_left_alone(tmp_path):
    """Its folder bears the number of a process that lives."""
    begun = tmp_path / f".site.new-{os.getppid()}"
    begun.mkdir()
    written(tmp_path / "site", one=b"1")
    assert begun.is_dir()


def test_a_folder_with_other_things_is_refused(tmp_path, built_review):
    """One line, exit code 2, and everything is still there."""
    (tmp_path / "thesis.txt").write_text("years of work")
    result = CliRunner().invoke(main, ["--store", str(built_review), "site", str(tmp_path), "--without-sparql"])
    assert (result.exit_code, result.output.count("\n")) == (2, 1)
    assert "kg site did not make" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_missing_engine_is_told_before_any_work(tmp_path, built_review, monkeypatch):
    """With both options that help."""
    monkeypatch.setattr(oxigraph, "place", lambda: tmp_path / "nowhere")
    result = CliRunner().invoke(main, ["--store", str(built_review), "site", str(tmp_path / "site")])
    assert (result.exit_code, result.output.count("\n")) == (2, 1)
    assert "--fetch-oxigraph" in result.output
    assert "--without-sparql" in result.output
    assert not (tmp_path / "site").exists()


def test_another_engine_than_the_chosen_one_is_not_used(tmp_path, monkeypatch):
    """The hash is that of the version that was tried."""
    (tmp_path / "other.tgz").write_bytes(b"something else")
    monkeypatch.setattr(oxigraph, "place", lambda: tmp_path / "kept")
    monkeypatch.setattr(oxigraph.shutil, "which", lambda name: name)
    monkeypatch.setattr(oxigraph, "_packed", lambda work: tmp_path / "other.tgz")
    with pytest.raises(MissingPart, match="not used"):
        oxigraph.fetch()
    assert not (tmp_path / "kept").exists()


def test_a_pair_that_nobody_studied_leads_to_the_gap_map():
    """Its page would take long to make, and tell no more."""
    links = Links()
    links.studied = frozenset({"/pair/empathy/shame"})
    assert links("/pair/empathy/guilt", {}) == "gaps/"
    assert links("/pair/empathy/shame.svg", {"layer": "review"}) == "pair/empathy/shame.svg"


def test_what_is_not_there_is_told_by_a_page_that_stands_by_itself(site):
    """Hosts show it at any depth: it needs no other file, and leads one level up."""
    page = (site / "404.html").read_text(encoding="utf-8")
    ET.fromstring(page.replace("<!DOCTYPE html>", ""))
    assert re.findall(r'(?:href|src)="([^"]*)"', page) == ["../"]
