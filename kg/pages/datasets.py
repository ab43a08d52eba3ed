"""The page of a dataset: what it holds, how its review was made, its flow, and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kg.errors import KgError
from kg.figures import flow_of
from kg.names import local_name
from kg.pages.individuals import facts
from kg.pages.library import Library
from kg.pages.model import Content, Facts, Inline, Link, Picture, Prose, Section, Table, Written
from kg.pages.words import heading
from kg.store import Rows


def content(library: Library, iri: str, query: Mapping[str, str]) -> Content:
    """The page of a dataset."""
    stated = library.stated(iri)
    slug = local_name(iri)
    path = f"/dataset/{slug}"
    counts = Written("What is coded from it", _HELD % iri)
    held = library.answer(counts)
    reviews = set(library.select(_REVIEWS % iri).column("label"))
    flow, drawn = _flow(library, slug, path)
    method = library.ask("review-method").where(lambda row: row["review"] in reviews)
    return Content(
        title=library.label(iri),
        path=path,
        kind="Dataset and method",
        lead=stated.text("dcterms:description"),
        iri=iri,
        crumbs=(Link("Datasets", "/dataset"),),
        sections=(
            Section(
                "", (Facts(tuple(facts(library, stated, library.label(iri), stated.text("dcterms:description")))),)
            ),
            Section("What it holds", (_held(library, held),), "holds"),
            *_method(library, method),
            flow,
            *_audit(slug),
        ),
        behind=(counts, library.behind("review-method"), library.behind("review-flow", dataset=iri)),
        rows=held,
        figure=(lambda: drawn) if drawn else None,
    )


def _held(library: Library, held: Rows) -> Table:
    return Table(
        "Kinds of statements",
        ("Kind", "How many"),
        tuple((library.link(row["kind"]), str(row["count"])) for row in held),
        numeric=frozenset({1}),
        anchor="holds-table",
        empty="Nothing is coded from it yet.",
    )


def _method(library: Library, method: Rows) -> Iterator[Section]:
    if method:
        yield Section(
            "How the review was made",
            (
                Table(
                    "Its method, as it tells it",
                    tuple(heading(column).capitalize() for column in method.columns),
                    tuple(tuple(library.shown(value) for value in row) for row in method.values),
                    anchor="method-table",
                ),
            ),
            "method",
        )


def _flow(library: Library, slug: str, path: str) -> tuple[Section, str]:
    """The flow from records to studies as far as it is told, and its drawing; no drawing where nothing is."""
    title = "From records to studies"
    try:
        drawn, wrong = flow_of(library, slug, ".svg")
    except KgError as nothing:
        return Section(title, (Prose(f"{str(nothing)[:1].upper()}{str(nothing)[1:]}.", "none"),), "flow"), ""
    alt = "The flow of records, reports and studies, with the count at each step."
    caption: Inline = tuple(f"Does not add up: {each}. " for each in wrong)
    return Section(title, (Picture(f"{path}.svg", {}, alt, caption),), "flow"), drawn


def _audit(slug: str) -> Iterator[Section]:
    links = (
        ("review-against-primary", "Where review and primary report tell one result"),
        ("omitted-by-review", "What primary reports tell that the review does not"),
        ("not-visible-in-primary", "What is not visible in what was read of the primary reports"),
    )
    yield Section(
        "Does it tell what its sources tell?",
        tuple(Prose((Link(text, f"/questions/{name}", {"dataset": slug}), ".")) for name, text in links),
        "audit",
    )


_HELD = """\
SELECT ?kind (COUNT(DISTINCT ?thing) AS ?count) WHERE {
  ?thing ca:inDataset <%s> ; a ?kind . ?kind a owl:Class
  FILTER(?kind IN (ca:Study, ca:Sample, ca:Finding, ca:Proposition, ca:PublishedPooledEstimate,
    ca:RiskOfBiasAssessment, ca:Limitation, ca:TherapyClaim, ca:CitedResult))
} GROUP BY ?kind ORDER BY DESC(?count) ?kind"""

_REVIEWS = (
    "SELECT DISTINCT ?label WHERE { ?review a ca:ReviewMethod ; ca:inDataset <%s> ; rdfs:label ?label } ORDER BY ?label"
)
