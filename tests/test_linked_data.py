"""Linked data: every IRI of the graph leads to what is said of it, in the form that was asked for."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph, URIRef
from rdflib.compare import isomorphic
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from kg.names import BASE, PREFIXES, graph_iri
from kg.resources import shipped
from kg.serve import linked_data
from kg.serve.negotiation import GRAPH_FORMS, HTML, MOST_LETTERS, ROW_FORMS, TURTLE, choose
from kg.serve.refusals import Refusal
from kg.store.embedded import Embedded

PARSED_AS = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml", "nt": "nt"}
FINDING = "finding/mackintosh-2018-01"
SUFFIXES = [form.suffix for form in GRAPH_FORMS]
TYPES = {form.media_type: form for form in GRAPH_FORMS}

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph")


async def page(request):
    if request.url.path.startswith("/cell/"):
        return None
    status = 404 if "nothing" in request.url.path else 200
    return PlainTextResponse(f"page of {request.url.path}", status, media_type="text/html")


@pytest.fixture(scope="module")
def client(review):
    with TestClient(Starlette(routes=linked_data.routes(review.store)), follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def paged(review):
    with TestClient(Starlette(routes=linked_data.routes(review.store, page)), follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def one_of_each(review):
    """Of every kind of IRI, one that the graph says something of: the path after the base."""
    rows = review.query("SELECT DISTINCT ?s WHERE { ?s ?p ?o FILTER(isIRI(?s)) } ORDER BY ?s")
    locals = [str(iri).removeprefix(BASE) for iri in rows.column("s") if str(iri).startswith(BASE)]
    graphs = ["graph/ontology", "graph/evidence/amari-2022"]
    return sorted({local.partition("/")[0]: local for local in locals if local}.values()) + graphs


@pytest.fixture
def obsolete():
    """A store in which one construct gave way to another."""
    store = Embedded.in_memory()
    old, new = (f"<{BASE}construct/{name}>" for name in ("old", "new"))
    store.load(
        f'{old} <{PREFIXES["owl"]}deprecated> "true" .\n{old} <{PREFIXES["dcterms"]}isReplacedBy> {new} .\n'
        f'{new} <{PREFIXES["rdfs"]}label> "the new one"@en .\n',
        graph_iri("vocabulary"),
    )
    return TestClient(Starlette(routes=linked_data.routes(store, page)), follow_redirects=False)


def parsed(response, suffix):
    return Graph().parse(data=response.text, format=PARSED_AS[suffix])


# --- documents ------------------------------------------------------------------------------


def test_every_kind_of_iri_has_a_sample(one_of_each):
    """The sample below is one of more than fifty kinds."""
    assert len(one_of_each) > 50


def test_all_forms_of_a_document_are_one_graph(client, one_of_each):
    """For one IRI of every kind, Turtle, JSON-LD, RDF/XML and N-Triples are isomorphic, and say something."""
    for local in one_of_each:
        if local == "ontology":
            continue  # large; its triples are counted below
        first, *others = (parsed(client.get(f"/{local}.{suffix}"), suffix) for suffix in SUFFIXES)
        assert len(first) > 0, local
        assert all(isomorphic(first, other) for other in others), local


def test_a_document_holds_all_that_the_store_says_of_its_thing(client, review, one_of_each):
    """Every triple with the IRI as its subject is there, blank nodes aside."""
    for local in one_of_each:
        said = Graph().parse(
            data=review.store.graph(
                f"CONSTRUCT {{ <{BASE}{local}> ?p ?o }} WHERE {{ <{BASE}{local}> ?p ?o FILTER(!isBlank(?o)) }}"
            ),
            format="nt",
        )
        told = parsed(client.get(f"/{local}.nt"), "nt")
        assert set(said) <= set(told), local


def test_a_document_says_nothing_that_the_store_does_not(client, review, one_of_each):
    """But for the descriptions of the dataset and of graphs, which are counted from it."""
    whole = set(Graph().parse(data=review.store.graph("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"), format="nt"))
    for local in one_of_each:
        if local.partition("/")[0] in ("dataset", "graph") and not local.startswith("dataset/"):
            continue
        told = parsed(client.get(f"/{local}.nt"), "nt")
        plain = {triple for triple in told if all(isinstance(term, URIRef) for term in triple)}
        assert plain <= whole, local


@pytest.mark.parametrize("suffix", ["", ".ttl"])
def test_a_pair_is_found_whichever_construct_is_named_first(client, suffix):
    """The one is sent on to the other, in the form that was asked for."""
    sent = client.get(f"/pair/self-compassion/attachment-avoidance{suffix}", headers={"Accept": "text/turtle"})
    assert (sent.status_code, sent.headers["location"]) == (303, f"/pair/attachment-avoidance/self-compassion{suffix}")


@pytest.mark.parametrize("name", ["%E6%BC%A2/a", "z%0D%0AX:y/a", "z%3Fq/a", "z/y/a", "z"])
def test_what_is_no_pair_of_names_is_sent_nowhere(client, name):
    """Only names that may be there come into an address."""
    assert client.get(f"/pair/{name}.ttl").status_code == 404


def test_a_finding_brings_its_edge(client):
    """Between the two constructs that it is about."""
    edge = [
        URIRef(BASE + each)
        for each in ("construct/self-compassion", "ontology/negativelyAssociatedWith", "construct/attachment-avoidance")
    ]
    assert tuple(edge) in parsed(client.get(f"/{FINDING}.ttl"), "ttl")


def test_a_construct_brings_what_points_at_it(client):
    """Its findings can be followed."""
    graph = parsed(client.get("/construct/self-compassion.ttl"), "ttl")
    assert (
        URIRef(BASE + FINDING),
        URIRef(BASE + "ontology/subject"),
        URIRef(BASE + "construct/self-compassion"),
    ) in graph


def test_a_word_of_a_closed_list_does_not_bring_half_the_graph(client):
    """Who wants everything negative asks the endpoint."""
    graph = parsed(client.get("/direction/negative.ttl"), "ttl")
    assert set(graph.subjects(URIRef(BASE + "ontology/direction"))) == set()


def test_whatever_is_named_has_its_label(client):
    """A document can be read without another."""
    graph = parsed(client.get(f"/{FINDING}.ttl"), "ttl")
    label = URIRef(PREFIXES["rdfs"] + "label")
    assert str(graph.value(URIRef(BASE + "construct/attachment-avoidance"), label)) == "attachment avoidance"


def test_a_class_spells_out_its_definition(client):
    """The restrictions that define it come with it, to the last."""
    graph = parsed(client.get("/ontology/PositiveAssociation.ttl"), "ttl")
    assert (None, URIRef(PREFIXES["owl"] + "hasValue"), URIRef(BASE + "direction/positive")) in graph


def test_the_ontology_is_the_whole_ontology(client, review):
    """Also by the IRI of its version."""
    count = review.query(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph_iri('ontology')}> {{ ?s ?p ?o }} }}")
    (version,) = review.query(f"SELECT ?v WHERE {{ <{BASE}ontology> owl:versionIRI ?v }}").column("v")
    lengths = {len(parsed(client.get(f"/{each}.nt"), "nt")) for each in ("ontology", version.removeprefix(BASE))}
    assert lengths == set(count.column("n"))


# --- negotiation ----------------------------------------------------------------------------


@pytest.mark.parametrize("form", GRAPH_FORMS, ids=SUFFIXES)
def test_the_accepted_form_is_the_suffixed_one(paged, form):
    """By Accept and by suffix, the same bytes, and the address of the form is told."""
    negotiated = paged.get(f"/{FINDING}", headers={"Accept": form.media_type})
    assert negotiated.content == paged.get(f"/{FINDING}.{form.suffix}").content
    assert negotiated.headers["content-location"] == f"/{FINDING}.{form.suffix}"
    assert negotiated.headers["vary"] == "Accept"


@pytest.mark.parametrize(
    "accept", [None, "*/*", "text/html,application/xhtml+xml,*/*;q=0.8", "text/turtle;q=0.5,text/html"]
)
def test_a_reader_gets_the_page(paged, accept):
    """Whoever takes anything, too."""
    response = paged.get("/construct/self-compassion", headers={"Accept": accept} if accept else None)
    assert response.text == "page of /construct/self-compassion"
    assert response.headers["vary"] == "Accept"


def test_pages_and_documents_name_their_other_forms(paged):
    """In Link, each with its type."""
    for path, others in (
        ("/construct/self-compassion", {"ttl", "jsonld", "rdf", "nt"}),
        ("/construct/self-compassion.ttl", {"", "jsonld", "rdf", "nt"}),
    ):
        links = re.findall(r'<([^>]+)>; rel="alternate"; type="([^"]+)"', paged.get(path).headers["link"])
        assert {target.partition(".")[2] for target, _ in links} == others
        assert all(paged.get(target).headers["content-type"].startswith(kind) for target, kind in links)


def test_a_pair_that_nobody_studied_has_a_page_and_no_data(paged):
    """Its page names no other forms: there are none."""
    page = paged.get("/pair/affect-regulation/theory-of-mind", headers={"accept": "text/html"})
    assert (page.status_code, page.headers.get("Link")) == (200, None)
    assert paged.get("/pair/affect-regulation/theory-of-mind", headers={"accept": "text/turtle"}).status_code == 404


def test_a_thing_without_a_page_answers_with_its_data(paged, one_of_each):
    """A browser gets Turtle of it."""
    (cell,) = (local for local in one_of_each if local.startswith("cell/"))
    response = paged.get(f"/{cell}", headers={"Accept": "text/html,*/*;q=0.8"})
    assert response.headers["content-type"] == "text/turtle; charset=utf-8"


def test_files_beside_pages_are_the_pages_matter(paged):
    """A table of a page is asked of whoever makes pages."""
    assert (
        paged.get("/construct/self-compassion.csv", headers={"Accept": "text/csv"}).text
        == "page of /construct/self-compassion.csv"
    )


def test_a_form_that_is_not_there_is_406(paged):
    """The refusal names those that are."""
    response = paged.get(f"/{FINDING}", headers={"Accept": "image/png"})
    assert (response.status_code, "text/turtle" in response.json()["error"]["message"]) == (406, True)


def test_the_project_is_told_of_by_its_dataset(paged):
    """303, as the project is not a document; readers get the home page."""
    response = paged.get("/", headers={"Accept": "text/turtle"})
    assert (response.status_code, response.headers["location"]) == (303, "/dataset")
    assert paged.get("/", headers={"Accept": "text/html"}).text == "page of /"


# --- what is not there, and what was ---------------------------------------------------------


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_nothing_is_told_in_the_form_that_was_asked_for(client, suffix):
    """404, as a graph without a triple."""
    response = client.get(f"/construct/nothing.{suffix}")
    assert (response.status_code, len(parsed(response, suffix))) == (404, 0)
    assert response.headers["content-type"].startswith(
        next(form.media_type for form in GRAPH_FORMS if form.suffix == suffix)
    )


def test_a_reader_is_told_of_nothing_by_a_page(paged):
    """404 with the page's own words, and no other forms."""
    response = paged.get("/construct/nothing", headers={"Accept": "text/html"})
    assert (response.status_code, response.text, "link" in response.headers) == (
        404,
        "page of /construct/nothing",
        False,
    )


@pytest.mark.parametrize(
    "path",
    [
        "/construct/%0d%0aX-Evil:1",
        "/construct/a%3E%20%7D%20DROP",
        "/construct/%22%3E",
        "/construct/..%2f..%2fetc",
        "/construct/" + "a" * 5000,
        "/construct/%C3%A9",
        "/graph/--%3E%3Cx.rdf",
    ],
)
def test_a_name_that_is_none_is_not_there_and_gets_nowhere(client, path):
    """Neither into a query, nor into a header."""
    response = client.get(path, headers={"Accept": "text/turtle"})
    assert response.status_code == 404
    assert "x-evil" not in response.headers
    assert "link" not in response.headers


def test_an_obsolete_thing_answers_with_its_replacement(obsolete):
    """What it was, that it gave way, and what is said of its replacement."""
    response = obsolete.get("/construct/old.ttl")
    graph = parsed(response, "ttl")
    assert (
        URIRef(BASE + "construct/old"),
        URIRef(PREFIXES["dcterms"] + "isReplacedBy"),
        URIRef(BASE + "construct/new"),
    ) in graph
    assert "the new one" in {str(each) for each in graph.objects(URIRef(BASE + "construct/new"))}
    assert f'<{BASE}construct/new>; rel="successor-version"' in response.headers["link"]


def test_a_reader_of_an_obsolete_thing_is_shown_its_replacement(obsolete):
    """By 303."""
    response = obsolete.get("/construct/old", headers={"Accept": "text/html"})
    assert (response.status_code, response.headers["location"]) == (303, "/construct/new")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_documents_are_only_read(client, method):
    """405, with what is allowed."""
    response = client.request(method, f"/{FINDING}.ttl")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


# --- what a client has already ---------------------------------------------------------------


def test_what_a_client_has_is_not_sent_again(client):
    """304 for the tag of the same bytes, alone or among others; the tag is strong."""
    response = client.get(f"/{FINDING}.ttl")
    tag = response.headers["etag"]
    assert tag.startswith('"')
    for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = client.get(f"/{FINDING}.ttl", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(f"/{FINDING}.ttl", headers={"If-None-Match": '"other"'}).status_code == 200


def test_every_form_has_a_tag_of_its_own(client):
    """A strong tag stands for bytes."""
    assert len({client.get(f"/{FINDING}.{suffix}").headers["etag"] for suffix in SUFFIXES}) == 4


def test_the_tag_changes_with_the_graph_and_not_with_time():
    """Two stores with the same triples have one tag; one more triple gives another."""
    label = f'<{BASE}construct/x> <{PREFIXES["rdfs"]}label> "x"@en .\n'
    more = f'<{BASE}construct/x> <{PREFIXES["rdfs"]}label> "ix"@de .\n'

    def tag(triples):
        store = Embedded.in_memory()
        store.load(triples, graph_iri("vocabulary"))
        return TestClient(Starlette(routes=linked_data.routes(store))).get("/construct/x.ttl").headers["etag"]

    assert tag(label) == tag(label)
    assert tag(label) != tag(label + more)


def test_head_is_get_without_its_body(client):
    """The same headers."""
    got, head = client.get(f"/{FINDING}.ttl"), client.head(f"/{FINDING}.ttl")
    assert (head.status_code, dict(head.headers)) == (200, dict(got.headers))


# --- reading Accept ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        ("text/turtle", "ttl"),
        ("TEXT/Turtle", "ttl"),
        ("application/ld+json;q=0.9, application/rdf+xml", "rdf"),
        ("application/*;q=0.9, text/turtle;q=0.1", "jsonld"),
        ("*/*;q=0.1, application/n-triples;q=0.2", "nt"),
        ("text/*, text/turtle;q=0, text/html;q=0, */*;q=0.1", "jsonld"),
        ('application/ld+json;profile="a,b;q=0"', "jsonld"),
        ("nonsense, text/turtle;q=2, application/n-triples;q=0.5", "nt"),
        ("image/png", None),
        ("text/turtle;q=0", None),
        ("*/turtle", None),
    ],
)
def test_the_heaviest_of_the_nearest_ranges_wins(accept, suffix):
    """As RFC 9110 has it; malformed ranges are passed over."""
    form = choose(accept, GRAPH_FORMS)
    assert (form and form.suffix) == suffix


@given(st.dictionaries(st.sampled_from(sorted(TYPES)), st.integers(0, 1000), min_size=1))
@settings(max_examples=40)
def test_the_form_with_the_largest_weight_is_chosen(weights):
    """Whatever the weights; none where all are zero."""
    accept = ", ".join(f"{name};q={weight / 1000:.3f}" for name, weight in weights.items())
    form = choose(accept, GRAPH_FORMS)
    assert (weights[form.media_type] if form else 0) == max(weights.values())


@given(st.text(st.characters(max_codepoint=255), max_size=100))
@settings(max_examples=60)
def test_no_accept_header_breaks_anything(accept):
    """Any text gives a form or none."""
    assert choose(accept, (HTML, *GRAPH_FORMS, *ROW_FORMS)) in (None, HTML, *GRAPH_FORMS, *ROW_FORMS)


def test_an_accept_header_without_end_is_refused():
    """It is not even read."""
    with pytest.raises(Refusal, match="longer than") as caught:
        choose("a/b," * MOST_LETTERS, (TURTLE,))
    assert caught.value.status == 400


# --- w3id.org ---------------------------------------------------------------------------------


def redirected(local, accept):
    """Where the rules for w3id.org lead: status and path on the host (as Apache's mod_rewrite reads them)."""
    conditions = []
    for line in (shipped().ontology / "w3id" / ".htaccess").read_text(encoding="utf-8").splitlines():
        match line.split():
            case ["RewriteCond", "%{HTTP_ACCEPT}", pattern]:
                conditions.append(bool(re.search(pattern.removeprefix("!"), accept)) != pattern.startswith("!"))
            case ["RewriteRule", pattern, target, flags]:
                found = re.search(pattern, local)
                if found and all(conditions):
                    path = found.expand(target.replace("$", "\\")).removeprefix("https://kg.example.org")
                    return int(re.search(r"R=(\d+)", flags)[1]), path
                conditions = []
    return None


@pytest.mark.parametrize("form", GRAPH_FORMS, ids=SUFFIXES)
def test_every_iri_leads_through_w3id_to_its_document(paged, one_of_each, form):
    """For one IRI of every kind and each form of RDF, by 303."""
    for local in one_of_each:
        if local == "ontology" and form is not TURTLE:
            continue  # large
        status, path = redirected(local, f"{form.media_type}, */*;q=0.1")
        response = paged.get(path)
        assert (status, response.status_code) == (303, 200), local
        assert response.headers["content-type"].startswith(form.media_type)


def test_every_iri_leads_a_reader_through_w3id_to_its_page(one_of_each):
    """The path is that of the IRI."""
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert [redirected(local, browser) for local in one_of_each] == [(303, f"/{local}") for local in one_of_each]


@pytest.mark.parametrize(
    ("local", "accept", "leads"),
    [
        ("", "text/html", (303, "/")),
        ("", "text/turtle", (303, "/dataset")),
        ("sparql", "application/sparql-results+json", (307, "/sparql")),
        ("construct/x.ttl", "text/html", (303, "/construct/x.ttl")),
        ("construct/x.csv", "*/*", (303, "/construct/x.csv")),
        ("construct/x", "text/html, text/turtle", (303, "/construct/x")),
        ("ontology/", "application/rdf+xml", (303, "/ontology.rdf")),
    ],
)
def test_other_addresses_lead_through_w3id_as_well(local, accept, leads):
    """The project, the endpoint (which keeps the method), suffixes."""
    assert redirected(local, accept) == leads
