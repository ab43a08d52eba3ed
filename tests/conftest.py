"""What many tests share: the repository's graph, read, built and reasoned over once a run."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace

import made_up
import pytest
from browsing import browser
from hypothesis import settings
from rdflib import Graph
from worlds import THE_OVERVIEW, copy_rooms, with_what_they_name

from kg import build, reason
from kg.corpus import Corpus, Dataset
from kg.graph import KnowledgeGraph
from kg.resources import Rooms, shipped
from kg.store.embedded import Embedded
from kg.triples import as_ntriples, merged, named_graphs

#: How long an example takes says how busy the machine is: no test is about time.
settings.register_profile("kg", deadline=None)
settings.load_profile("kg")


#: The files that take longest come first, so that of several workers none is left alone with one at the end.
LONGEST = ("test_stores.py", "test_reason.py", "test_site_in_browser.py")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.fixture
def ask_r(tmp_path):
    """What R, with metafor, prints for a script. The test is skipped where there is no R."""
    if not shutil.which("Rscript"):
        pytest.skip("no Rscript here (Debian: r-cran-metafor)")

    def ask(script):
        path = tmp_path / "script.R"
        path.write_text("suppressMessages(library(metafor));" + script)
        return subprocess.run(["Rscript", str(path)], capture_output=True, text=True, check=True, timeout=300).stdout

    return ask


@pytest.fixture(scope="module")
def chromium():
    with browser() as running:
        yield running


@pytest.fixture(scope="session")
def rooms() -> Rooms:
    return shipped()


@pytest.fixture(scope="session")
def read(rooms) -> tuple[Corpus, Graph]:
    return build.read(rooms)


@pytest.fixture(scope="session")
def corpus(read) -> Corpus:
    return read[0]


@pytest.fixture(scope="session")
def built(rooms, tmp_path_factory):
    """The folder of a build by the rules, which need no Java."""
    folder = tmp_path_factory.mktemp("built")
    build.build(rooms, folder, "rules")
    return folder


@pytest.fixture(scope="session")
def store(built) -> Embedded:
    return Embedded.open(built)


@pytest.fixture(scope="session")
def graph(store) -> KnowledgeGraph:
    return KnowledgeGraph(store)


@pytest.fixture(scope="session")
def review_rooms(rooms, tmp_path_factory) -> Rooms:
    """The rooms with the review and the overview alone; not to be changed (``copy_rooms`` makes some that may be)."""
    return copy_rooms(rooms, tmp_path_factory.mktemp("review"))


@pytest.fixture(scope="session")
def built_review(review_rooms, tmp_path_factory):
    """The folder of a build of the review and the overview alone."""
    folder = tmp_path_factory.mktemp("built-review")
    build.build(review_rooms, folder, "rules")
    return folder


@pytest.fixture(scope="session")
def review(built_review) -> KnowledgeGraph:
    """The graph of the review and the overview alone, small enough to be checked against the review's own pages."""
    return KnowledgeGraph(Embedded.open(built_review))


@pytest.fixture(scope="session")
def overview_rooms(rooms, tmp_path_factory) -> Rooms:
    """The rooms with the overview alone; not to be changed."""
    return copy_rooms(rooms, tmp_path_factory.mktemp("overview"), THE_OVERVIEW)


@pytest.fixture(scope="session")
def built_overview(overview_rooms, tmp_path_factory):
    """The folder of a build of the overview alone: terms, and a few claims."""
    folder = tmp_path_factory.mktemp("built-overview")
    build.build(overview_rooms, folder, "rules")
    return folder


@pytest.fixture(scope="session")
def vocabulary(read) -> Graph:
    """The terms as triples."""
    return named_graphs(*read)["vocabulary"]


@pytest.fixture(scope="session")
def said(read) -> Graph:
    """Everything that people wrote, as one rdflib graph."""
    return merged(named_graphs(*read))


@pytest.fixture(scope="session")
def hermits(read) -> Graph:
    """Everything that HermiT infers about the terms."""
    corpus, axioms = read
    return reason.infer(merged(named_graphs(replace(corpus, datasets=[]), axioms)), corpus.places())


@pytest.fixture(scope="session")
def few_terms(read) -> Corpus:
    """The constructs of made-up rows, and what these name, without any dataset."""
    corpus, _ = read
    named = Dataset(corpus.datasets[0].info, samples=[], findings=made_up.named())
    return replace(with_what_they_name(replace(corpus, datasets=[named])), datasets=[])


@pytest.fixture(scope="session")
def words(read, few_terms, rooms):
    """The ontology, the references, the few constructs of the made-up rows and what HermiT infers of them, by graph."""
    axioms = read[1]
    said, whole = named_graphs(few_terms, axioms), named_graphs(*read)
    there = set(said["vocabulary"].subjects())
    shipped = Graph().parse(data=reason.read_inferences(rooms, whole["vocabulary"]), format="nt")
    inferred = as_ntriples(triple for triple in shipped if triple[0] in there)
    graphs = {"ontology": axioms, "vocabulary": said["vocabulary"], "references": whole["references"]}
    return {"inferred": inferred, **{name: graph.serialize(format="nt") for name, graph in graphs.items()}}
