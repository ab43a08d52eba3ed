"""The pages of the atlas: well-formed, linked, true to their questions, safe from what data say."""

import csv
import io
import random
import re
import xml.etree.ElementTree as ET
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.names import BASE
from kg.pages import leaves, library
from kg.pages.addresses import pair_path, path_of, served
from kg.pages.atlas import Atlas
from kg.pages.library import Library
from kg.pages.pairs import conflicts_on
from kg.pages.rendering import STATIC
from kg.store import Iri, Rows
from kg.store.embedded import Embedded

SVG = "{http://www.w3.org/2000/svg}"
PAIR = "/pair/attachment-avoidance/self-compassion"
#: One page of each type, all in the review.
TYPES = {
    "home": "/",
    "search": "/search?q=scs",
    "gap map": "/gaps",
    "network": "/network",
    "network around": "/network?around=self-compassion",
    "network expanded": "/network?pair=attachment-avoidance--self-compassion",
    "theory": "/theory",
    "conflicts": "/conflicts",
    "questions": "/questions",
    "question": "/questions/findings-between",
    "sparql": "/sparql",
    "ontology": "/ontology",
    "class": "/ontology/Finding",
    "property": "/ontology/associatedWith",
    "mappings": "/mappings",
    "constructs": "/construct",
    "construct": "/construct/self-compassion",
    "pair": PAIR,
    "finding": "/finding/mackintosh-2018-01",
    "findings": "/finding",
    "study": "/study/mackintosh-2018",
    "measure": "/measure/scs",
    "therapy": "/therapy/attachment-based-therapy",
    "claim": "/proposition/p-secure-attachment-goes-with-self-compassion",
    "dataset": "/dataset/amari-2022",
    "publication": "/publication/neff2003",
    "sample": "/sample/mackintosh-2018-sample",
    "graph": "/graph/inferred",
    "therapy claim": "/therapy-claim/tc-abct-conveys-attachment-styles",
    "cell": "/cell/attachment-avoidance--self-compassion",
    "limitation": "/limitation/amari-2022-lim-01",
    "error": "/construct/self-compasion",
}


def split(address):
    parts = urlsplit(address)
    return unquote(parts.path), dict(parse_qsl(parts.query))


def read(atlas, address):
    """A page as a tree; it must be well-formed XML."""
    return ET.fromstring(atlas.page(*split(address)).html)


def links(tree):
    return [each.get("href") for each in tree.iter("a")]


def table(tree, name):
    """The rows of the table called so."""
    found = tree.find(f".//table[@id='{name}']")
    return [] if found is None else found.findall("./tbody/tr")


def all_rows(atlas, path, query, name):
    """The rows of the table called so, of all pages of a list."""
    tree = ET.fromstring(atlas.page(path, query).html)
    rows = table(tree, name)
    while (following := tree.find(".//nav[@class='pages']//a[@rel='next']")) is not None:
        tree = read(atlas, following.get("href"))
        rows += table(tree, name)
    return rows


def rows_of(atlas, address):
    """The rows of a page's CSV."""
    path, query = split(address)
    return list(csv.DictReader(io.StringIO(atlas.file(f"{path}.csv", query).content.decode())))


@pytest.fixture(scope="module")
def atlas(review):
    return Atlas(review.store)


@pytest.fixture(scope="module")
def field(graph):
    return Atlas(graph.store)


# --- every page --------------------------------------------------------------------------------


@pytest.mark.parametrize("address", TYPES.values(), ids=TYPES)
def test_a_page_is_well_formed_and_has_one_heading(atlas, address):
    """It parses as XML, names its language, and says in one h1 what it is."""
    tree = read(atlas, address)
    assert tree.get("lang") == "en"
    assert len(list(tree.iter("h1"))) == 1


@pytest.mark.parametrize("address", TYPES.values(), ids=TYPES)
def test_no_id_stands_twice_on_a_page(atlas, address):
    """Anchors and labels mean one thing, and every link within the page leads somewhere."""
    tree = read(atlas, address)
    ids = [each.get("id") for each in tree.iter() if each.get("id") is not None]
    assert len(ids) == len(set(ids))
    within = {each.get("href") for each in tree.iter("a") if str(each.get("href")).startswith("#")}
    assert within <= {f"#{each}" for each in ids if each}


@pytest.mark.parametrize("address", TYPES.values(), ids=TYPES)
def test_a_page_needs_nothing_that_a_strict_policy_forbids(atlas, address):
    """No inline script or style, no handler, nothing fetched from elsewhere."""
    for each in read(atlas, address).iter():
        assert not [name for name in each.attrib if name == "style" or name.startswith("on")]
        assert each.tag != "style"
        assert each.tag != "script" or (each.get("src", "").startswith("/static/") and not each.text)
        assert each.tag not in ("img", "link") or each.get("src", each.get("href", "")).startswith(("/", BASE))


@pytest.mark.parametrize("name", [name for name in TYPES if name != "error"])
def test_a_page_tells_its_address_its_version_and_how_to_cite_it(atlas, name):
    """The last part of every page."""
    source = read(atlas, TYPES[name]).find(".//aside")
    told = " ".join(source.itertext())
    path, _ = split(TYPES[name])
    assert f"{BASE.rstrip('/')}{path}" in told
    assert "How to cite" in told
    assert "Version" in told


def test_a_page_shows_the_query_behind_it(atlas):
    """The SPARQL stands there with what was asked about, and the question is linked to with its arguments."""
    tree = read(atlas, PAIR)
    assert "VALUES ?subject { <https://w3id.org/compassion-attachment/construct/attachment-avoidance> }" in "".join(
        tree.find(".//aside//pre").itertext()
    )
    assert "/questions/findings-between?subject=attachment-avoidance&object=self-compassion" in links(tree)


def test_a_page_of_an_individual_links_to_its_turtle_and_json_ld(atlas):
    """Both stand beside the page and in its head."""
    tree = read(atlas, "/construct/self-compassion")
    assert {"/construct/self-compassion.ttl", "/construct/self-compassion.jsonld"} <= set(links(tree))
    alternates = {each.get("type") for each in tree.iter("link") if each.get("rel") == "alternate"}
    assert alternates == {"text/turtle", "application/ld+json"}


def test_all_links_are_made_by_one_function(atlas):
    """A site below another path, or of files, needs to replace nothing else."""
    below = Atlas(atlas.library, served("/below"))
    for address in TYPES.values():
        tree = read(below, address)
        local = [each for each in links(tree) if not each.startswith(("#", "https://", "http://"))]
        assert [each for each in local if not each.startswith("/below/")] == []
        assert all(each.get("action").startswith("/below/") for each in tree.iter("form"))


def test_links_lead_somewhere(atlas):
    """What a page of each type and a few others link to is a page, a file beside one, or a part of the page."""
    paths = atlas.paths()
    known = set(paths)
    for address in [*TYPES.values(), *random.Random(1).sample(paths, 25)]:
        assert atlas.page(*split(address)).status == (404 if address == TYPES["error"] else 200)
        tree = read(atlas, address)
        ids = {each.get("id") for each in tree.iter()}
        for link in links(tree):
            path = unquote(urlsplit(link).path)
            if link.startswith("#"):
                assert link[1:] in ids, (address, link)
            elif not link.startswith("http"):
                assert re.sub(r"\.(csv|svg|ttl|jsonld)$", "", path) in known | {"/network/free-form"} or (
                    path.startswith(("/rolled-up/", "/graph/", "/cell/"))
                ), (address, link)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/pooled-estimate/beasley-2019-01", "ca:asPrinted"),
        ("/mapping/ca-AttachmentStyle.broadMatch.BCIO-050747", "rdfs:comment"),
    ],
)
def test_what_only_the_whole_field_has_has_a_page_too(field, path, told):
    """Well-formed, with what is stated of it and its own data."""
    tree = read(field, path)
    assert {f"{path}.ttl", f"{path}.jsonld"} <= set(links(tree))
    stated = field.library.stated(f"{BASE.rstrip('/')}{path}").text(told)
    assert stated
    assert stated in "".join(tree.itertext())


@pytest.mark.parametrize(
    "address",
    ["/finding?direction=negative", "/gaps", "/network", "/theory", "/conflicts", "/questions/verdicts", "/measure"],
)
def test_a_page_of_rows_offers_what_they_name_as_rdf(atlas, address):
    """As Turtle and JSON-LD, linked on the page and in its head: the same triples, about everything in its rows."""
    path, query = split(address)
    tree = read(atlas, address)
    told = []
    for ending, form in ((".ttl", ox.RdfFormat.TURTLE), (".jsonld", ox.RdfFormat.JSON_LD)):
        link = served()(path + ending, query)
        assert link in links(tree)
        assert link in [each.get("href") for each in tree.iter("link") if each.get("rel") == "alternate"]
        told.append({quad.triple for quad in ox.parse(atlas.file(path + ending, query).content, format=form)})
    assert told[0] == told[1]
    first = atlas.content(path, query).rows.values[0]
    assert {value for value in first if str(value).startswith(BASE)} <= {each.subject.value for each in told[0]}


def test_the_list_of_datasets_leads_to_the_description_of_the_whole(atlas):
    """Which is what the server hands out there."""
    assert {"/dataset.ttl", "/dataset.jsonld"} <= set(links(read(atlas, "/dataset")))


# --- counts ------------------------------------------------------------------------------------


def test_every_cell_of_the_gap_map_has_the_count_of_its_question(atlas):
    """Each cell leads to its pair and counts what the question counts."""
    counts = {
        pair_path(*(str(row[side]).rsplit("/", 1)[1] for side in ("row", "column"))): row["findings"]
        for row in atlas.library.ask("gap-matrix")
        if row["findings"]
    }
    cells = read(atlas, "/gaps").findall(".//table[@class='gaps']/tbody/tr/td/a")
    shown = {each.get("href"): int(each.find("b").text.split()[0]) for each in cells if each.find("b") is not None}
    assert shown == counts


def test_from_a_cell_to_the_printed_statistic_in_two_clicks(atlas):
    """Cell, pair, finding: the statistic stands there as printed."""
    assert PAIR in links(read(atlas, "/gaps"))
    assert "/finding/mackintosh-2018-01" in links(read(atlas, PAIR))
    assert "r = -0.25, p = 0.033" in "".join(read(atlas, "/finding/mackintosh-2018-01").itertext())


def test_a_line_of_the_overview_expands_into_the_findings_that_its_cell_counts(field):
    """Each line names its pair; opened, it is as many lines to findings as it counts, and the table lists them."""
    whole = [
        line.get("href") for line in read(field, "/network").iter(f"{SVG}a") if line.get("data-expands") is not None
    ]
    address = "/network?pair=attachment-avoidance--self-compassion"
    assert address in whole
    tree = read(field, address)
    lines = [line.get("href") for line in tree.iter(f"{SVG}a")]
    counted = next(
        row["findings"]
        for row in rows_of(field, "/network")
        if pair_path(*(row[end].rsplit("/", 1)[1] for end in ("first", "second"))) == PAIR
    )
    findings = {line for line in lines if line.startswith("/finding/")}
    assert (len(findings), address in lines) == (int(counted), False)
    table = next(each for each in tree.iter("table") if each.get("id") == "opened")
    assert findings == {link.get("href") for link in table.iter("a") if link.get("href").startswith("/finding/")}


def test_a_pair_that_is_not_drawn_cannot_be_expanded(field):
    """What the address names is told back, and what to do."""
    assert "choose a line of the network" in "".join(read(field, "/network?pair=shame--guilt").itertext())


@pytest.mark.parametrize("address", ["/network", "/network?around=self-compassion", "/network?around=shame"])
def test_drawn_lines_are_the_findings_or_pairs_of_the_question(field, address):
    """One line a row, each with a link; the table below has the same rows."""
    tree = read(field, address)
    lines = [each for each in tree.iter() if each.get("class", "").startswith("line ")]
    assert len(lines) == len(rows_of(field, address)) > 0


@pytest.mark.parametrize("slug", ["shame", "attachment-anxiety"])
def test_every_line_of_an_ego_network_leads_to_a_finding_of_its_own(field, slug):
    """The addresses of the lines are those of the findings in the table."""
    tree = read(field, f"/network?around={slug}")
    lines = [each for each in tree.iter(f"{SVG}a") if each.find(f"{SVG}g").get("class").startswith("line ")]
    assert sorted(each.get("href") for each in lines) == sorted(
        path_of(row["finding"]) for row in rows_of(field, f"/network?around={slug}")
    )


def test_an_ego_network_that_leaves_nothing_out_draws_every_finding(field, graph):
    """As many as the graph has about the construct or anything narrower."""
    tree = read(field, "/network?around=shame")
    assert "Left out" not in "".join(tree.itertext())
    rows = graph.query(
        "SELECT DISTINCT ?finding { ?finding a ca:Finding ; ca:aboutConstruct/ca:within construct:shame }"
    )
    drawn = {each.get("href") for each in tree.iter(f"{SVG}a")}
    assert {path_of(str(row["finding"])) for row in rows} <= drawn
    assert len(rows) > 5


def test_a_crowded_ego_network_is_as_full_as_can_be_read(field):
    """Twenty boxes where more could be drawn and their findings are few enough."""
    tree = read(field, "/network?around=depression")
    assert "Left out" in "".join(tree.itertext())
    assert len([each for each in tree.iter() if each.get("class", "").startswith("box")]) == 20


def test_the_overview_says_that_narrower_constructs_are_not_in_it(field):
    """Beside its own count stands that of the gap map, which leads to the pair that counts alike."""
    tree = read(field, "/network")
    assert "without narrower constructs" in tree.find(".//table[@id='pairs']/caption").text
    counts = {
        frozenset((str(row["row"]), str(row["column"]))): row["findings"] for row in field.library.ask("gap-matrix")
    }
    for row, line in zip(rows_of(field, "/network"), table(tree, "pairs"), strict=True):
        link = list(line)[4].find("a")
        assert int(link.text.split()[0]) == counts[frozenset((row["first"], row["second"]))] >= int(row["findings"])
        assert link.get("href") == next(iter(line)).find("a").get("href")


def test_a_long_answer_shows_as_many_rows_as_it_says(atlas, monkeypatch):
    """What is cut is told with its number, and that many rows stand there."""
    monkeypatch.setattr(leaves, "SIZE", 20)
    tree = read(atlas, "/questions/findings")
    assert "1–20 of 66 rows" in "".join(tree.itertext())
    assert len(table(tree, "rows")) == 20


def test_a_network_is_drawn_alike_every_time(review):
    """Places are computed, not thrown."""
    drawn = {Atlas(review.store).file("/network.svg", {"around": "self-compassion"}).content for _ in range(2)}
    assert len(drawn) == 1


def test_an_ego_network_can_be_read(field):
    """At most twenty boxes, whichever construct stands in the middle."""
    for slug in ("self-compassion", "attachment-anxiety", "depression"):
        boxes = [
            each for each in read(field, f"/network?around={slug}").iter() if each.get("class", "").startswith("box")
        ]
        assert 1 < len(boxes) <= 20


def test_a_construct_tells_what_it_was_never_studied_with(atlas):
    """What the gap map shows as never studied is named, and nothing that was studied."""
    tree = read(atlas, "/construct/self-compassion")
    section = tree.find(".//section[@aria-labelledby='never']")
    assert pair_path("self-compassion", "disorganised-attachment") in links(section)
    assert PAIR not in links(section)


# --- other ontologies --------------------------------------------------------------------------


def elsewhere(tree):
    return tree.find(".//section[@aria-labelledby='elsewhere']")


def test_a_construct_tells_what_it_corresponds_to(field):
    """The term with its address, its ontology, how it stands to ours, how anybody knows and how surely."""
    rows = table(elsewhere(read(field, "/construct/shame")), "corresponding")
    told = [" | ".join(" ".join(cell.itertext()).strip() for cell in row) for row in rows]
    assert any(
        line.startswith("shame | Emotion Ontology | nearly the same | a curator’s judgement | 0.8") for line in told
    )
    assert "http://purl.obolibrary.org/obo/MFOEM_000055" in [link for row in rows for link in links(row)]


def test_a_construct_tells_what_lies_beyond(field):
    """One step further: what the term is a kind of there, and which other construct of ours leads there."""
    part = elsewhere(read(field, "/construct/internal-shame"))
    told = [" | ".join(" ".join(cell.itertext()).strip() for cell in row) for row in table(part, "further")]
    assert any(line.startswith("shame | is a kind of | emotion process") for line in told)
    assert "/construct/external-shame" in links(part)


def test_a_construct_tells_its_false_friends_and_where_it_is_not(field):
    """What only looks alike, with the reason; and the ontologies in which nothing was found."""
    told = " ".join(elsewhere(read(field, "/construct/anxious-attachment")).itertext())
    assert "Attachment anxiety is no mood." in told
    told = " ".join(elsewhere(read(field, "/construct/self-compassion")).itertext())
    assert re.search(r"Looked for and not found in:.*Mental Functioning Ontology \(2022-07-19\)", told)


def test_a_measure_tells_where_it_was_looked_for(field):
    """The same part stands on the page of a measure."""
    told = " ".join(elsewhere(read(field, "/measure/aas")).itertext())
    assert "Statistics Ontology" in told
    assert "No term of another ontology is known" in told


@pytest.mark.parametrize("path", ["/construct/shame", "/measure/aas", "/statistic/odds-ratio", "/ontology/StudyDesign"])
def test_every_term_shows_the_query_behind_its_links(field, path):
    """Construct, measure, statistic and class alike; the link to the question asks for that very term."""
    asked = [split(link) for link in links(read(field, path)) if link.startswith("/questions/mappings?")]
    assert len(asked) == 1
    answer = table(read(field, "/questions/mappings?" + urlencode(asked[0][1])), "rows")
    shown = table(elsewhere(read(field, path)), "corresponding")
    assert len(answer) == len(shown)


def test_what_nobody_else_defines_is_told_by_what_there_is_instead(field):
    """Attachment styles have a wider term only; every construct without a near one stands there once."""
    part = read(field, "/mappings").find(".//section[@aria-labelledby='alone']")
    assert "Only a wider term" in " ".join(part.itertext())
    named = [link for link in links(part) if link.startswith("/construct/")]
    assert "/construct/secure-attachment" in named
    assert len(named) == len(set(named)) == len(field.library.ask("constructs-without-a-term"))


def test_every_link_of_a_set_is_counted(field):
    """The page of the sets adds up to what its question counts."""
    rows = table(read(field, "/mappings"), "sets")
    shown = sum(int(" ".join(cell.itertext())) for row in rows for cell in list(row)[1:])
    assert shown == sum(row["mappings"] for row in field.library.ask("mapped-ontologies"))


# --- filters -----------------------------------------------------------------------------------

CHOICES = {
    ("/finding", "findings"): {
        "direction": ["positive", "negative", "none", "not-reported"],
        "significance": ["significant", "not-significant", "not-reported"],
        "layer": ["review", "primary"],
        "certainty": ["high", "medium", "low"],
        "kind": ["association", "mediation", "prediction"],
    },
    ("/gaps", "pairs"): {
        "rows": ["self-compassion", "fear-of-compassion", "compassion,fear-of-compassion"],
        "columns": ["insecure-attachment", "attachment-avoidance"],
        "show": ["all"],
        "layer": ["review", "primary"],
        "measure": ["scs", "ecr-r"],
    },
    ("/theory", "claims"): {
        "verdict": ["supported", "contradicted", "mixed", "untested"],
        "about": ["self-compassion", "soothing-system"],
        "genre": ["theory", "hypothesis"],
    },
    ("/network", "findings"): {"around": ["self-compassion", "attachment-avoidance"]},
}


@st.composite
def filters(draw):
    where = draw(st.sampled_from(list(CHOICES)))
    chosen = draw(st.fixed_dictionaries({}, optional={k: st.sampled_from(v) for k, v in CHOICES[where].items()}))
    return where, chosen or ({"around": "attachment-anxiety"} if where[0] == "/network" else {})


@given(asked=filters())
@settings(max_examples=15)
def test_the_rows_of_the_csv_are_those_of_the_page(atlas, asked):
    """Whatever is filtered, the table on the page has a row for each of the CSV, and in the same order."""
    (path, name), query = asked
    page = atlas.page(path, query)
    if page.status != 200:
        return
    shown = all_rows(atlas, path, query, name)
    told = list(csv.DictReader(io.StringIO(atlas.file(f"{path}.csv", query).content.decode())))
    assert len(shown) == len(told)
    keys = {"findings": "finding", "claims": "proposition"}
    if name in keys:
        assert [{path_of(row[keys[name]])} & set(links(line)) for row, line in zip(told, shown, strict=True)] == [
            {path_of(row[keys[name]])} for row in told
        ]


def test_the_state_of_a_filtered_view_stands_in_its_address(atlas):
    """The permalink of a view gives the same rows to a fresh atlas."""
    tree = read(atlas, "/finding?direction=negative&significance=significant&utm=x")
    link = next(each.get("href") for each in tree.iter("a") if each.get("class") == "permalink")
    fresh = read(Atlas(atlas.library.store), link)
    assert [links(row) for row in table(fresh, "findings")] == [links(row) for row in table(tree, "findings")]
    assert link == "/finding?direction=negative&significance=significant"


def test_address_citation_and_canonical_name_the_very_view(atlas):
    """A filtered view is told by the address that gives it, everywhere on its page."""
    tree = read(atlas, "/finding?direction=negative&certainty=high")
    view = f"{BASE}finding?direction=negative&certainty=high"
    assert next(each.get("href") for each in tree.iter("link") if each.get("rel") == "canonical") == view
    facts = [" ".join(each.itertext()) for each in tree.findall(".//aside/dl/dd")]
    assert [view in told for told in facts].count(True) == 2
    assert tree.find(".//input[@class='copied']").get("value") == view


VIEWS = (
    "/",
    "/finding?direction=negative",
    "/finding?kind=association&layer=review&certainty=high",
    "/network",
    "/network?around=self-compassion",
    "/gaps",
    "/gaps?measure=scs",
    "/gaps?rows=self-compassion&show=all",
    "/theory?verdict=mixed",
    "/theory?about=self-compassion&genre=theory",
    "/conflicts",
    "/measure",
    "/proposition",
    "/therapy",
    "/graph/inferred",
    "/dataset/amari-2022",
    PAIR,
)


@pytest.mark.parametrize("address", VIEWS)
def test_the_query_behind_a_view_gives_its_rows(atlas, review, address):
    """As it stands there, filter included: who runs it gets the CSV of the page."""
    content = atlas.content(*split(address))
    printed = [each.text for each in read(atlas, address).findall(".//aside//pre")]
    assert list(content.rows) in [list(review.store.select(query)) for query in printed]


def test_conflicts_of_a_pair_are_the_same_in_either_order(review):
    """Where pairs are too many to choose from, whoever types one need not know in which order the graph has it."""
    library = Library(review.store)
    found = [library.answer(conflicts_on(library, [pair])) for pair in
             ("attachment-anxiety--self-compassion", "self-compassion--attachment-anxiety")]  # fmt: skip
    assert list(found[0]) == list(found[1]) != []


@pytest.mark.parametrize("pair", ["anxiety--anxiety-factor", "anxiety-factor--anxiety"])
def test_a_pair_is_asked_for_in_the_order_of_iris_where_one_name_begins_the_other(review, pair):
    """The order is that of the IRIs themselves, as the question compares them."""
    (only,) = conflicts_on(Library(review.store), [pair]).among
    assert only.rows == ((f"<{BASE}construct/anxiety>", f"<{BASE}construct/anxiety-factor>"),)


@pytest.mark.parametrize("address", ["/theory?layer=review", "/gaps?layer=review", f"{PAIR}?layer=review"])
def test_a_view_of_one_layer_says_what_its_query_cannot(atlas, address):
    """A layer by itself is a graph of its own, and the page names the command that asks it."""
    told = " ".join(" ".join(each.itertext()) for each in read(atlas, address).findall(".//aside//p"))
    assert "if only the layer “review” had been told" in told
    assert "--layer review" in told


def test_a_gap_map_of_a_measure_has_the_cells_that_count_a_finding_with_it(atlas, review):
    """Those and no others, whichever measure is chosen."""
    for measure in ("scs", "ecr-r"):
        rows = review.query(
            "SELECT DISTINCT ?one ?other { ?cell a ca:RolledUpCell ; ca:pairMember ?one , ?other ; "
            "ca:countsFinding/(ca:subjectMeasure|ca:objectMeasure|ca:thirdMeasure)/"
            f"(ca:subscaleOf|ca:shortFormOf|ca:revisionOf)* measure:{measure} }}"
        )
        used = {(str(row["one"]), str(row["other"])) for row in rows}
        every = {(row["row"], row["column"]) for row in rows_of(atlas, "/gaps")}
        shown = {(row["row"], row["column"]) for row in rows_of(atlas, f"/gaps?measure={measure}")}
        assert 0 < len(shown) < len(every)
        assert shown == every & used


# --- what goes wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("/construct/self-compasion", 404, "/construct/self-compassion"),
        ("/nowhere", 404, "no page /nowhere"),
        ("/ontology/Nothing", 404, "no term"),
        ("/pair/self-compassion/self-compassion", 404, "one construct"),
        ("/pair/self-compassion/attachment-avoidence", 404, "/construct/attachment-avoidance"),
        ("/gaps?rows=nothing", 404, "no construct"),
        ("/gaps?layer=third", 400, "layer=third"),
        ("/gaps?rows=common-humanity&columns=common-humanity", 400, "no pairs"),
        ("/finding?direction=up", 400, "direction=up"),
        ("/questions/findng", 404, "findings"),
        ("/questions/strongest-effects?least=many", 400, "is not a number"),
        ("/questions/names?class=Nothing", 404, "no class"),
        ("/sparql?make=1&about=self-compasion", 404, "/construct/self-compassion"),
        ("/network?around=disorganised-attachment", 404, "nothing was found"),
    ],
)
def test_what_is_wrong_with_an_address_is_told_in_a_page(atlas, address, status, told):
    """The status, the reason, and a way on."""
    page = atlas.page(*split(address))
    assert page.status == status
    assert told in page.html.casefold()
    assert "/search" in links(ET.fromstring(page.html))


def test_a_search_finds_synonyms_and_acronyms(atlas):
    """By whatever name people know a thing."""
    assert "/measure/scs" in links(read(atlas, "/search?q=SCS"))
    assert "/construct/self-compassion" in links(read(atlas, "/search?q=compassion for oneself"))


def test_a_search_that_finds_nothing_names_what_is_near(atlas):
    """A slip of the pen is no dead end."""
    assert "/construct/self-compassion" in links(read(atlas, "/search?q=self-compasion"))


def test_the_form_of_the_sparql_page_shows_the_query_it_makes(atlas, review):
    """The query stands in the field, and it runs."""
    tree = read(atlas, "/sparql?make=1&about=self-compassion&direction=negative&significance=significant")
    made = tree.find(".//textarea").text
    assert "construct:self-compassion" in made
    assert len(review.query(made)) > 0


def test_an_answer_of_the_sparql_page_has_names_beside_iris(atlas, review):
    """A reader sees labels that lead on."""
    query = "SELECT ?construct WHERE { ?construct a ca:AttachmentStyle } ORDER BY ?construct"
    page = atlas.sparql_page(query, review.query(query))
    assert "/construct/secure-attachment" in links(ET.fromstring(page.html))
    assert atlas.sparql_page("SELEC", error="not SPARQL").status == 400


class Changing:
    """A store of somebody else's, whose only construct takes another name."""

    def __init__(self, names):
        self.names, self.asked = list(names), 0

    def select(self, query):
        self.asked += 1
        return Rows(("iri", "label"), ((Iri(f"{BASE}construct/shame"), self.names[0]),))


def test_over_another_engine_what_was_answered_is_asked_again_after_a_while(monkeypatch):
    """Within a minute an answer is kept; then pages show what has changed."""
    store = Changing(["shame"])
    changing = Atlas(store)
    assert changing.library.label(f"{BASE}construct/shame") == "shame"
    store.names = ["guilt"]
    assert changing.library.label(f"{BASE}construct/shame") == "shame"
    monkeypatch.setattr(library, "_FRESH", -1)
    assert changing.library.label(f"{BASE}construct/shame") == "guilt"


def test_large_answers_give_way_to_later_ones(monkeypatch):
    """What is kept is limited by its size, not only by its number."""
    monkeypatch.setattr(library, "_MOST_VALUES", 4)
    store = Changing(["shame"])
    kept = library.Library(store)
    for query in ("a", "b", "c", "c", "a"):
        kept.select(query)
    assert store.asked == 4


# --- hostile data ------------------------------------------------------------------------------

HOSTILE = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror='alert(1)'>",
    "'; DROP GRAPH <x>; --",
    "\u202eesrever \u2066isolated",
    "{{ 7 * 7 }} {% include 'x' %}",
    "]]></script><!-- &amp; &lt; &#x0;",
    "\U0001f9e1\U0001f469\u200d\U0001f469\u200d\U0001f467 zalgơ̷̖",
    "javascript:alert(1)",
    "\x01\x0b\x1f\ufffe control",
    "=cmd|' /C calc'!A0",
    "x" * 10_000,
)
_TEXT = {"label", "prefLabel", "altLabel", "definition", "statement", "asPrinted", "locator", "coderNote", "title",
         "description", "condition", "editorialNote", "acronym", "doi", "bibliographicCitation", "country"}  # fmt: skip


@pytest.fixture(scope="module")
def hostile(review):
    """The review's graph, in which every text is hostile."""
    copy = ox.Store()

    def turned(number, quad):
        name = re.split("[/#]", quad.predicate.value)[-1]
        if isinstance(quad.object, ox.Literal) and name in _TEXT:
            ours = quad.subject.value.startswith(BASE) and "/ontology" not in quad.subject.value
            if ours:
                return ox.Quad(
                    quad.subject, quad.predicate, ox.Literal(HOSTILE[number % len(HOSTILE)]), quad.graph_name
                )
        return quad

    copy.bulk_extend(turned(number, quad) for number, quad in enumerate(review.store.quads()))
    return Atlas(Embedded(copy))


@pytest.mark.parametrize("address", TYPES.values(), ids=TYPES)
def test_hostile_data_stay_text(hostile, address):
    """Whatever data say, a page is well-formed, runs no script but ours, and links only to pages and the web."""
    tree = read(hostile, address)
    assert [each.get("src") for each in tree.iter("script")] == ["/static/atlas.js"]
    for each in tree.iter():
        assert not [name for name in each.attrib if name.startswith("on")]
        assert each.tag != "img" or each.get("src").startswith("/")
    assert all(link.startswith(("/", "#", "https://", "http://")) for link in links(tree))


def test_hostile_names_are_shown_as_they_are(hostile):
    """Nothing is lost by escaping: the script tag can be read."""
    told = "".join("".join(read(hostile, address).itertext()) for address in ("/construct", "/finding", "/proposition"))
    assert "<script>alert(1)</script>" in told
    assert "{{ 7 * 7 }}" in told
    assert "\u202eesrever" in told


def test_a_hostile_csv_holds_no_formula(hostile):
    """A spreadsheet program computes nothing of it."""
    cells = [cell for row in rows_of(hostile, "/proposition") for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


@pytest.mark.parametrize("query", ["<script>", '"><b>', "\u202e", "x" * 5_000, "\x00\x1f", "%s %% {x}", "🧡"])
def test_a_hostile_search_stays_text(atlas, query):
    """What a reader writes is shown as it was written, as far as XML can hold it."""
    page = atlas.page("/search", {"q": query})
    assert page.status == 200
    ET.fromstring(page.html)


# --- what pages are dressed in -----------------------------------------------------------------


def test_nothing_that_pages_are_dressed_in_names_another_host():
    """Style sheets and scripts ask for nothing outside."""
    for path in STATIC.iterdir():
        text = path.read_text(encoding="utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert not re.search(r"https?://|@import|url\(|eval\(|innerHTML", text), path.name
