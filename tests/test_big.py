"""Tests of pages, lists and exports over a graph in which everything is many: nothing is held or sent whole."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import xml.etree.ElementTree as ET

import pytest
from big import DISAGREEING, FINDINGS, PAIRS, big, construct

from kg.export.tables import separated
from kg.names import PREFIXES
from kg.pages import conflicts, leaves, lists, pairs
from kg.pages.atlas import Atlas
from kg.pages.leaves import FEW, SIZE, counting
from kg.pages.library import Library
from kg.questions import answer
from kg.serve.flowing import flowing
from kg.site import making
from kg.site.addresses import Address, address
from kg.store import Rows
from kg.store.embedded import Embedded

#: No page is larger than so many bytes.
MOST_BYTES = 320_000

SOME, OTHER = construct("compassion", 3), construct("attachment", 3)
PAGES = [
    ("/", {}),
    ("/finding", {}),
    ("/finding", {"page": "53"}),
    ("/finding", {"direction": "negative", "certainty": "high", "layer": "review", "kind": "association"}),
    ("/construct", {}),
    ("/construct", {"page": "2"}),
    ("/measure", {}),
    ("/study", {}),
    ("/theory", {}),
    ("/network", {}),
    ("/network", {"around": SOME}),
    ("/network", {"around": "compassion"}),
    ("/gaps", {}),
    ("/gaps", {"show": "all"}),
    ("/gaps", {"rows": SOME, "columns": OTHER}),
    ("/conflicts", {}),
    ("/search", {"q": "many"}),
    ("/search", {"q": "finding many 003 04"}),
    ("/sparql", {}),
    ("/mappings", {}),
    ("/ontology", {}),
    ("/ontology/Finding", {}),
    ("/ontology/Construct", {}),
    ("/questions/findings", {}),
    ("/questions/findings", {"page": "2"}),
    ("/questions/pairs-studied", {}),
    ("/construct/compassion", {}),
    (f"/construct/{SOME}", {}),
    (f"/finding/{SOME.removesuffix('compassion-003')}003-04", {}),
    ("/study/many", {}),
    (f"/pair/{OTHER}/{SOME}", {}),
    ("/publication/amari2022", {}),
    ("/certainty/high", {}),
]


@pytest.fixture(scope="module")
def many(review):
    return big(review.store)


@pytest.fixture(scope="module")
def atlas(many):
    return Atlas(many)


def read(atlas, path, query=None):
    page = atlas.page(path, query or {})
    assert page.status == 200, page.html
    return ET.fromstring(page.html)


def text(tree):
    return " ".join(" ".join(tree.itertext()).split())


def lines(tree, name):
    found = tree.find(f".//table[@id='{name}']")
    return [] if found is None else found.findall("./tbody/tr")


def ways(tree):
    """Words -> where they lead, of the way to other pages."""
    return {link.text: link.get("href") for link in tree.find(".//nav[@class='pages']").iter("a")}


@pytest.mark.parametrize(("path", "query"), PAGES, ids=str)
def test_no_page_is_large(atlas, path, query):
    """A page stays small, whatever the graph holds."""
    page = atlas.page(path, query)
    assert page.status == 200
    assert len(page.html.encode()) < MOST_BYTES


@pytest.mark.parametrize("path", ["/finding", "/questions/findings", "/network", "/gaps", "/search"])
def test_no_page_holds_a_long_answer(many, monkeypatch, path):
    """A page asks the store for as much as it shows and chooses from, not for all there is."""
    sizes = []

    select = type(many).select

    def counted(self, query):
        rows = select(self, query)
        sizes.append(len(rows))
        return rows

    monkeypatch.setattr(type(many), "select", counted)
    Atlas(many).page(path, {"q": "many"} if path == "/search" else {})
    assert FEW < FINDINGS
    assert max(sizes) <= FEW + 1  # the one more tells that there are too many


def test_a_long_list_tells_its_total_and_leads_on(atlas):
    """The first page says which rows it shows, of how many, and leads to the next and the last."""
    tree = read(atlas, "/finding")
    total = FINDINGS + 66
    assert f"1–{SIZE} of {total:,} findings" in text(tree)
    assert len(lines(tree, "findings")) == SIZE
    assert ways(tree) == {"Next": "/finding?page=2", "Last": f"/finding?page={-(-total // SIZE)}"}


def test_the_last_page_of_a_list_has_what_is_left(atlas):
    """It leads back, and its rows are the rest."""
    total = FINDINGS + 66
    last = -(-total // SIZE)
    tree = read(atlas, "/finding", {"page": str(last)})
    assert len(lines(tree, "findings")) == total - (last - 1) * SIZE
    assert ways(tree) == {"First": "/finding", "Previous": f"/finding?page={last - 1}"}


@pytest.mark.parametrize("page", ["0", "99", "x", "-1", "1e3", "²"])
def test_a_page_that_a_list_has_not_is_told(atlas, page):
    """A number beyond the list, or none, gets a page that says so."""
    told = atlas.page("/finding", {"page": page})
    assert told.status == 404
    assert f"page={page}" in told.html.replace("Page=", "page=")


def test_the_pages_of_a_filtered_list_keep_its_filter(atlas):
    """What is chosen stands in the address of the next page."""
    filtered = read(atlas, "/finding", {"direction": "negative"})
    assert ways(filtered)["Next"] == "/finding?direction=negative&page=2"


def test_pages_of_findings_have_each_finding_once(atlas, many):
    """In whatever order: three pages share none, and none has what the question has not."""
    told = {str(row["finding"]).rpartition("/")[2] for row in answer(many, "findings")}
    shown = []
    for page in (1, 30, 53):
        tree = read(atlas, "/finding", {"page": str(page)})
        shown += [line.find("./td[2]/a").get("href").rpartition("/")[2] for line in lines(tree, "findings")]
    assert len(set(shown)) == len(shown) == 3 * SIZE
    assert set(shown) <= told


def test_the_csv_of_a_long_list_has_every_row(atlas):
    """Whichever page one stands on, its CSV has all rows, and they are those of the question."""
    file = atlas.file("/finding.csv", {"page": "2"})
    rows = list(csv.reader(io.StringIO(file.whole.decode())))
    total = atlas.library.select(counting(atlas.library.behind("findings"))).values[0][0]
    assert len(rows) == 1 + total > FEW


def test_the_gap_map_shows_the_busiest_and_says_how_many_more(atlas):
    """Where a side has too many constructs, those with most findings are shown, and the rest is counted."""
    tree = read(atlas, "/gaps")
    assert "Shown are the 20 rows and 20 columns with the most findings, narrower ones included; " in text(tree)
    assert len(tree.findall(".//table[@class='gaps']/tbody/tr")) <= 20


def test_a_branch_of_the_gap_map_opens(atlas):
    """What is left out stands in the map of its branch, to which the whole one leads."""
    hrefs = [link.get("href") for link in read(atlas, "/gaps").iter("a")]
    assert "/gaps?columns=attachment" in hrefs


def test_the_network_draws_the_busiest_pairs_and_says_how_many_more(atlas):
    """The overview is as full as can be read, and counts what is left out."""
    tree = read(atlas, "/network")
    assert len(lines(tree, "pairs")) == 60
    assert f"Drawn are the 60 with the most findings, and {PAIRS - 60 + _bridges_of_the_review(atlas)} more" in text(
        tree
    )


def _bridges_of_the_review(atlas):
    own = "?cell a ca:EvidenceCell ; ca:pairMember ?one , ?other . ?one ca:within construct:{} . ?other ca:within construct:{}"
    roots = ("compassion", "fear-of-compassion", "uncompassionate-self-responding")
    cells = {
        row["cell"]
        for root in roots
        for row in atlas.library.select(f"SELECT ?cell WHERE {{ {own.format(root, 'attachment')} }}")
    }
    return len(cells) - PAIRS


def test_an_ego_network_stays_legible(atlas):
    """However many findings are around a construct, few are drawn."""
    tree = read(atlas, "/network", {"around": "compassion"})
    assert 0 < len(lines(tree, "findings")) <= 100


def test_the_conflicts_of_a_large_graph_come_page_by_page(atlas):
    """Pairs are counted, and few stand on a page."""
    assert f"of {DISAGREEING + len(_disagreeing(atlas))} pairs" in text(read(atlas, "/conflicts"))


def _disagreeing(atlas):
    cells = atlas.library.select("SELECT ?cell WHERE { ?cell a ca:EvidenceCell ; ca:disagrees true }").column("cell")
    return [each for each in cells if "many" not in str(each)]


def test_a_finding_is_found_though_nobody_holds_its_name(atlas):
    """The store itself looks through the names of findings."""
    assert "/finding/many-003-04" in [
        link.get("href") for link in read(atlas, "/search", {"q": "many 003 04"}).iter("a")
    ]
    assert not any("/finding/" in iri for iri in atlas.library.labels)


def test_too_many_to_choose_from_is_a_field(atlas):
    """A form offers no list of a thousand constructs, and takes a name instead of an address."""
    tree = read(atlas, "/network", {"around": construct("compassion", 3).replace("-", " ")})
    assert tree.find(".//input[@id='choice-around']").get("value") == SOME


def test_findings_by_their_iris_are_the_rows_of_the_question(graph):
    """What a page is told of some findings is what the question tells of all, but for the year."""
    library = Library(graph.store)
    rows = {}
    for row in library.ask("findings"):
        rows.setdefault(str(row["finding"]), {name: value for name, value in row.items() if name != "year"})
    assert {iri: dict(told.row) for iri, told in library.findings(rows).items()} == rows


def test_csv_is_written_as_rows_come():
    """The first part is there before the last row is."""
    given = []

    def rows():
        for number in range(10_000):
            given.append(number)
            yield (number,)

    parts = separated(("n",), rows(), "csv")
    assert next(parts) == "n\n"
    assert given == []
    next(parts)
    assert len(given) == 1_000
    assert Rows(("n",), ()).columns == ("n",)


def test_a_reader_who_leaves_ends_the_writing():
    """Nothing goes on being made for somebody who has gone."""
    made = []

    def parts():
        for number in range(1_000):
            made.append(number)
            yield b"x"

    async def read_some():
        flow = flowing(parts)
        first = [part async for part in _few(flow, 3)]
        await flow.aclose()
        await asyncio.sleep(0.1)
        return first

    assert asyncio.run(read_some()) == [b"x"] * 3
    assert len(made) < 20


async def _few(flow, count):
    async for part in flow:
        yield part
        count -= 1
        if not count:
            return


def test_a_reader_slower_than_the_store_is_told_of_the_end():
    """The end waits for its turn behind the parts that nobody has read yet."""

    async def read_slowly():
        read = []
        async for part in flowing(lambda: iter([b"x"] * 12)):
            read.append(part)
            await asyncio.sleep(0.05)
        return read

    assert asyncio.run(asyncio.wait_for(read_slowly(), 20)) == [b"x"] * 12


def test_parts_that_cannot_be_made_break_off():
    """An error on the way is not taken for the end."""

    def parts():
        yield b"x"
        raise ValueError("lost")

    async def read_all():
        return [part async for part in flowing(parts)]

    with pytest.raises(ValueError, match="lost"):
        asyncio.run(read_all())


def test_a_page_of_conflicts_has_the_first_findings_of_each_and_says_what_all_judgements_come_to(atlas, monkeypatch):
    """Judgements grow with the square of the findings: a page with all of them would be endless."""
    monkeypatch.setattr("kg.pages.conflicts._MOST", 1)
    page = text(read(atlas, "/conflicts"))
    assert re.search(r"The first 1 of \d+ findings stand here\. This pair by itself has more\.", page)
    sums = re.search(r"Of (\d+) times .* may explain (\d+), may not explain (\d+), and for (\d+) cannot", page)
    assert int(sums[1]) == sum(map(int, sums.groups()[1:])) > 1


@pytest.fixture(scope="module")
def field(graph):
    """The whole field, of which little is many."""
    return Atlas(graph.store)


@pytest.mark.parametrize("ends", [("compassion", "attachment"), ("self-compassion", "attachment-avoidance")])
def test_the_conflicts_of_a_pair_are_the_same_where_a_graph_has_too_many_to_hold(field, ends, monkeypatch):
    """Asked for through the pair's own cells, or picked out of all."""
    iris = [field.library.known("construct", slug) for slug in ends]
    told = [(each.first, each.second, len(each.findings)) for each in pairs._conflicts_between(field.library, *iris)]
    monkeypatch.setattr(pairs, "_MOST_HELD", -1)
    assert [
        (each.first, each.second, len(each.findings)) for each in pairs._conflicts_between(field.library, *iris)
    ] == told
    assert told


NESTED = """
PREFIX ca: <https://w3id.org/compassion-attachment/ontology/>
PREFIX construct: <https://w3id.org/compassion-attachment/construct/>
PREFIX cell: <https://w3id.org/compassion-attachment/cell/>
INSERT DATA {
  construct:calm ca:within construct:calm , construct:mood . construct:worry ca:within construct:worry , construct:mood .
  construct:mood ca:within construct:mood .
  cell:calm--worry a ca:EvidenceCell ; ca:disagrees true ; ca:pairMember construct:calm , construct:worry }"""


def test_a_pair_of_a_whole_and_its_part_has_the_conflicts_of_what_is_narrower():
    """No cell rolls these up: worry is in conflict with calm, which is mood."""
    store = Embedded.in_memory()
    store._store.update(NESTED)
    whole, part = (PREFIXES["construct"] + name for name in ("mood", "worry"))
    for ends in ((whole, part), (part, whole)):
        found = store.select(pairs._BETWEEN % (pairs._CELLS_OF_NESTED % ends))
        assert [str(row["firstIri"]).rpartition("/")[2] for row in found] == ["calm"]


def test_pages_of_many_conflicts_have_all_pairs_as_the_store_has_them(atlas, monkeypatch):
    """None stands on two pages, and none on none; a name is written, not chosen."""
    told = {name for name, _ in conflicts._pairs(atlas.library)}
    monkeypatch.setattr(conflicts, "MOST_OPTIONS", 1)
    pages = [conflicts._page(atlas.library, number, ()) for number in range(1, len(told) // 10 + 2)]
    assert sorted(name for page in pages for name in page) == sorted(told)
    assert len(pages) > 2
    assert f"Pair (a name, of {len(told)})" in text(read(atlas, "/conflicts", {"page": "2"}))


@pytest.mark.parametrize(
    "path", ["/finding/mackintosh-2018-01", "/study/mackintosh-2018", "/study/naismith-2019", "/finding/dudley-2018-05"]
)
def test_a_page_is_the_same_where_its_kinds_are_too_many_to_hold(field, path, monkeypatch):
    """What belongs to a thing is asked of it alone, or picked out of what belongs to all."""
    told = text(read(field, path))
    monkeypatch.setattr(Library, "are_few", lambda library, kind: False)
    assert text(read(Atlas(field.library.store), path)) == told


def test_a_list_of_constructs_counts_by_their_cells_where_findings_are_many(field, monkeypatch):
    """Of self-compassion what its pairs count; of what no pair has, nothing."""
    monkeypatch.setattr(Library, "are_few", lambda library, kind: False)
    pages = range(1, len(field.library.of_kind("construct")) // SIZE + 2)
    rows = [row for page in pages for row in lists.content(field.library, "construct", {"page": str(page)}).rows]
    counts = {str(row["label"]): row["findings"] for row in rows}
    every = field.library.ask("pairs-studied")
    own = [row["findings"] for row in every if "self-compassion" in (row["firstLabel"], row["secondLabel"])]
    assert counts["self-compassion"] == sum(own) > 100
    assert len(rows) == len(field.library.of_kind("construct"))
    assert 0 in counts.values()


def test_a_list_counts_the_findings_of_those_on_the_page_alone_where_findings_are_many(field, monkeypatch):
    """The same measures, by name, with the same counts."""
    one_by_one = {row["measure"]: row for row in lists.content(field.library, "measure", {}).rows}
    monkeypatch.setattr(Library, "are_few", lambda library, kind: False)
    monkeypatch.setattr(leaves, "SIZE", 20)
    pages = range(1, len(one_by_one) // 20 + 2)
    rows = [row for page in pages for row in lists.content(field.library, "measure", {"page": str(page)}).rows]
    assert {row["measure"]: row for row in rows} == one_by_one
    names = [field.library.label(row["measure"]).casefold() for row in rows]
    assert len(names) == len(one_by_one)
    assert names == sorted(names)


def test_a_search_says_what_it_did_not_look_through(atlas, monkeypatch):
    """Names of a million findings are not looked through for each letter; the page says so."""
    monkeypatch.setattr("kg.pages.searching._MOST_SEARCHED", 1_000)
    page = "".join(read(atlas, "/search", {"q": "finding many 003 04"}).itertext())
    assert "Not searched" in page
    assert "findings, which are too many" in page


def test_a_site_leaves_out_pages_by_the_thousand_and_links_to_their_list(many, monkeypatch):
    """Beyond a size, findings stand in their list and in the files of the whole graph, and no link is dead."""
    monkeypatch.setattr("kg.pages.atlas._MOST_PAGES", 1_000)
    maker = making.Maker(many, asks=False)
    assert maker.left_out == {"finding": FINDINGS + 66}
    assert not [each for each in maker.start() if each.path.startswith("/finding/")]
    maker.links.here = Address("/study/many")
    assert maker.links("/finding/many-000-00", {}) == "../../finding/"


def test_a_site_has_a_file_for_each_page_of_a_list():
    """The page of a list is a choice of its own, also beside another."""
    assert address("/finding", {"page": "2"}).file == "finding/page=2/index.html"
    assert address("/theory", {"verdict": "mixed", "page": "3"}).file == "theory/verdict=mixed/page=3/index.html"
    assert address("/finding", {"page": "../x"}) == Address("/finding")
    assert address("/finding", {"direction": "none", "page": "2"}) == Address("/finding")
