"""The documentation: followed word by word, every page can be reached, and everything is described."""

import re
import sys
import threading
from html.parser import HTMLParser
from urllib.parse import urljoin

import click
import pytest
import uvicorn
from click.testing import CliRunner
from documents import ROOT, Reader, blocks
from starlette.testclient import TestClient
from worlds import copy_rooms

from kg import cli
from kg.codebook import columns
from kg.errors import KgError, MissingPart, ProblemsFound
from kg.graph import open_graph
from kg.manual import contents, making, questions
from kg.manual.__main__ import main
from kg.manual.making import make
from kg.questions import list_questions
from kg.resources import Rooms
from kg.serve.app import application

DOCS = sorted((ROOT / "docs").rglob("*.md"))


def named(path):
    return path.relative_to(ROOT).as_posix()


# --- followed --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(store):
    """The address of a server over the whole field."""
    server = uvicorn.Server(uvicorn.Config(application(store), port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


#: Pages whose commands cost what the graph holds: they are followed over the review alone.
OF_ANY_GRAPH = {"docs/how-to/take-away.md", "docs/how-to/whole-field.md"}


@pytest.mark.parametrize("document", DOCS, ids=named)
def test_a_reader_who_follows_a_page_gets_what_it_shows(
    document, graph, built, built_review, served, rooms, tmp_path, monkeypatch
):
    """Every command and every piece of code of the page, in order, in one empty folder."""
    own = copy_rooms(rooms, tmp_path / "rooms")
    (tmp_path / "reader").mkdir()
    monkeypatch.chdir(tmp_path / "reader")
    monkeypatch.setattr("kg.open", lambda store=None: open_graph(store or built))
    monkeypatch.setattr("kg.resources.shipped", lambda: own)
    monkeypatch.setattr("kg.resources.is_checkout", lambda: True)
    monkeypatch.setattr("kg.default_graph.default_folder", lambda: tmp_path / "reader" / "build")
    store = built_review if named(document) in OF_ANY_GRAPH else built
    Reader(tmp_path / "reader", graph, store, served).follow(document)


GUIDES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "ENGINES.md", "evidence/README.md")]


def commands_of(group, above=""):
    """The names of all commands, with the groups that they stand in."""
    for name, command in group.commands.items():
        whole = f"{above} {name}".strip()
        yield from commands_of(command, whole) if isinstance(command, click.Group) and name != "ask" else [whole]


def test_every_command_stands_in_a_line_to_copy():
    """In a block of the README, a page or a guide; but for the one that an assistant starts."""
    lines = "\n".join(block.text for path in (*DOCS, *GUIDES) for block in blocks(path))
    shown = {name for name in commands_of(cli.main) if re.search(rf"^(\$ )?kg {name}\b", lines, re.MULTILINE)}
    assert set(commands_of(cli.main)) - shown == {"mcp"}


def test_the_help_of_push_shows_lines_of_the_guide_to_engines():
    """What is shown as an example is what is tried against that engine."""
    shown = CliRunner().invoke(cli.main, ["push", "--help"]).stdout
    lines = [line.strip() for line in shown.splitlines() if "127.0.0.1" in line]
    guide = (ROOT / "ENGINES.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert set(lines) <= set(guide)


class Page(HTMLParser):
    """What a reader sees of a page: its text, and its links by what they say."""

    def __init__(self, html):
        super().__init__()
        self.links, self.text, self._into = [], "", None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        if tag == "a":
            self._into = [dict(attributes).get("href", ""), ""]

    def handle_endtag(self, tag):
        if tag == "a" and self._into:
            self.links.append((self._into[0], " ".join(self._into[1].split())))
            self._into = None

    def handle_data(self, data):
        self.text += f" {data}"
        if self._into:
            self._into[1] += f" {data}"


def steps(document):
    """The numbered steps of a tutorial, each on one line."""
    for step in re.findall(r"^\d+\. (.*?)(?=^\d+\. |^#|^$)", document.read_text(), re.DOTALL | re.MULTILINE):
        yield " ".join(step.split())


class Clicker:
    """Does what a step says: clicks **links**, looks for "words" on the page, compares the `/address`."""

    def __init__(self, store):
        self._reader = TestClient(application(store))
        self._pages = {}
        self._address, self._ahead = "/", {"/"}

    def do(self, step):
        for link, words, address in re.findall(r'\*\*(.+?)\*\*|"(.+?)"|`(/.*?)`', step):
            if link:
                self._click(link)
            elif words:
                assert words in " ".join(self._page().text.split()), f"“{words}” is not on {self._address}"
            else:
                self._arrive(address, "Go to" in step)

    def _click(self, told):
        pattern = ".*".join(map(re.escape, re.split(" ?…", told)))
        found = [href for href, said in self._page().links if re.fullmatch(pattern, said)]
        assert found, f"no link “{told}” on {self._address}"
        self._ahead = {urljoin(self._address, href).partition("#")[0] for href in found}
        self._address = min(self._ahead) if len(self._ahead) == 1 else self._address

    def _arrive(self, address, by_hand):
        assert by_hand or address in self._ahead
        self._address, self._ahead = address, {address}

    def _page(self):
        if self._address not in self._pages:
            answer = self._reader.get(self._address, headers={"Accept": "text/html"})
            assert answer.status_code == 200, self._address
            self._pages[self._address] = Page(answer.text) if "html" in answer.headers["Content-Type"] else None
        return self._pages[self._address]


def test_the_clicks_of_the_tutorial_for_theorists_lead_where_it_says(store):
    """Each link that it names is on the page; the address and the words are those that it tells."""
    clicker, followed = Clicker(store), 0
    for step in steps(ROOT / "docs" / "tutorials" / "theorists.md"):
        clicker.do(step)
        followed += 1
    assert followed > 20


# --- the site --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(rooms, tmp_path_factory):
    """The documentation as a site."""
    folder = tmp_path_factory.mktemp("documentation")
    make(rooms, folder, lambda step: None)
    return folder


def test_the_site_asks_no_other_machine_for_anything(site):
    """No page loads a script, a style, a picture or a font from elsewhere."""
    loaded = {
        target
        for page in site.rglob("*.html")
        for target in re.findall(r'<(?:script|img|iframe|link)\b[^>]*?(?:src|href)="([^"]*)"', page.read_text())
    }
    styles = "".join(path.read_text() for path in site.rglob("*.css"))
    assert [target for target in loaded if "//" in target] == []
    assert re.findall(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", styles) == []


def test_the_site_is_searched_without_a_server(site):
    """The index is a script beside the pages, and knows every page."""
    index = (site / "searchindex.js").read_text()
    assert index.startswith("Search.setIndex(")
    assert [page for page in DOCS if named(page).removesuffix(".md") not in index] == []


def test_the_site_opens_at_its_first_page(site):
    """Its index leads to the page that lists the others."""
    target = re.search(r"url=([^\"]+)", (site / "index.html").read_text())[1]
    assert "Tutorials" in (site / target).read_text()


def test_every_page_is_listed(rooms):
    """docs/README.md leads to each page of docs/."""
    listed = contents.links(contents.FRONT, (ROOT / contents.FRONT).read_text(), rooms.root)
    assert {named(page) for page in DOCS} - {contents.FRONT} <= set(listed)


def test_a_dead_link_is_told(tmp_path):
    """Which page leads nowhere, and where to."""
    with pytest.raises(
        KgError, match=r"^docs/a\.md: leads to docs/b\.md, and there is no such file; correct the link$"
    ):
        contents.links("docs/a.md", "[b](b.md)", tmp_path)


def test_a_link_to_a_part_that_is_not_there_is_told(tmp_path, monkeypatch):
    """What Sphinx warns of is an error, in one line that names the page."""
    lone = {"docs/README.md": "# Lone\n\n[no such part](#nowhere)\n"}
    monkeypatch.setattr(making, "assemble", lambda rooms, folder: written(folder, lone))
    with pytest.raises(KgError, match=r"^the documentation has a fault: docs/README\.md:3: .*nowhere.*; correct it$"):
        make(Rooms(ROOT), tmp_path / "site", lambda step: None)


def written(folder, pages):
    for name, text in pages.items():
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text)


def test_without_sphinx_one_line_says_what_to_install(tmp_path, monkeypatch):
    """The extra is named."""
    monkeypatch.setitem(sys.modules, "sphinx.application", None)
    monkeypatch.setattr(making, "assemble", lambda rooms, folder: None)
    with pytest.raises(MissingPart, match=r"pip install 'compassion-attachment-kg\[docs\]'"):
        make(Rooms(ROOT), tmp_path / "site", lambda step: None)


def test_an_installed_wheel_says_where_the_documentation_is_made(monkeypatch):
    """It has no docs/; a checkout has."""
    monkeypatch.setattr("kg.manual.__main__.is_checkout", lambda: False)
    told = CliRunner().invoke(main, ["site"])
    assert (told.exit_code, len(told.stderr.splitlines())) == (2, 1)


# --- the reference ---------------------------------------------------------------------------


def every_command(command=cli.main, name="kg"):
    yield name, command
    if isinstance(command, click.Group) and name != "kg ask":
        for each, below in command.commands.items():
            yield from every_command(below, f"{name} {each}")


@pytest.mark.parametrize(("name", "command"), list(every_command()), ids=str)
def test_every_command_and_option_is_described(name, command):
    """So --help and the reference tell what each is for."""
    options = [each for each in command.params if isinstance(each, click.Option)]
    assert command.help
    assert [option.opts for option in options if not option.help] == []


def test_every_column_of_a_table_is_described():
    """The record model says what it is."""
    assert [f"{each.table}.{each.name}" for each in columns() if not each.meaning] == []


@pytest.mark.parametrize("question", list_questions(Rooms(ROOT)), ids=lambda question: question.name)
def test_every_option_of_a_question_is_described(question):
    """The header says what each parameter stands for."""
    assert [each.name for each in question.parameters if not each.label] == []


def test_every_column_of_an_answer_is_described(rooms):
    """queries/columns.tsv has a meaning for it; the page cannot be made without."""
    page = questions.page(rooms)
    assert [each.name for each in list_questions(rooms) if f"kg ask {each.name}\n" not in page] == []


def test_a_column_without_a_meaning_is_told(rooms, tmp_path):
    """Which column of which question, and where to write it."""
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "columns.tsv").write_text("column\tquestions\tmeaning\nstyle\t\tThe style\n")
    (tmp_path / "queries" / "lone.rq").write_text(
        "# title: T\n# category: findings\n# question: Q?\n\nSELECT ?style ?odd WHERE { ?style ?p ?odd }\n"
    )
    with pytest.raises(
        ProblemsFound, match=r"^queries/columns\.tsv: no meaning of the column 'odd' of the question lone"
    ):
        questions.page(Rooms(tmp_path))


def test_no_meaning_is_left_over(rooms):
    """Each row of queries/columns.tsv is used by some question."""
    asked = {(name, each.name) for each in list_questions(rooms) for name in questions.answer_columns(each)}
    rows = [line.split("\t") for line in (rooms.queries / "columns.tsv").read_text().splitlines()[1:]]
    special = {(name, question) for name, of, _ in rows for question in of.split()}
    general = {name for name, of, _ in rows if not of}
    assert special <= asked
    assert general <= {name for name, question in asked if (name, question) not in special}
