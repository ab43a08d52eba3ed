"""The page of any individual without a page of its kind: what the graph states of it, and what points at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kg.lookup import TERM_KINDS
from kg.names import BASE, curie, kind_of, local_name
from kg.pages import elsewhere
from kg.pages.library import Library
from kg.pages.lists import LISTED
from kg.pages.model import Content, Facts, Inline, Link, Section, Table
from kg.pages.telling import Stated
from kg.store import Value

#: What is told above the facts, or by them otherwise.
_TOLD = {
    "rdfs:label", "skos:prefLabel", "skos:definition", "skos:inScheme", "skos:broaderTransitive", "ca:statement",
    "ca:within", "prov:wasDerivedFrom",
    "skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch",
}  # fmt: skip
#: What stands at the head of a page, the first that there is.
_LEADS = ("skos:definition", "ca:statement", "dcterms:description", "dcterms:bibliographicCitation")
_PLUMBING = {
    "http://www.w3.org/2002/07/owl#NamedIndividual",
    "http://www.w3.org/ns/prov#Entity",
    "http://www.w3.org/2004/02/skos/core#Concept",
}
_MOST = 300


def content(library: Library, iri: str, query: Mapping[str, str]) -> Content:
    """The page of an individual."""
    stated = library.stated(iri)
    kind = kind_of(iri)
    lead = next(filter(None, map(stated.text, _LEADS)), "")
    is_linked = kind in TERM_KINDS and elsewhere.is_told(library, iri)
    return Content(
        title=library.label(iri),
        path=f"/{iri.removeprefix(BASE)}",
        kind=kind.replace("-", " "),
        lead=lead,
        iri=iri,
        crumbs=(Link(kind.replace("-", " ").capitalize(), f"/{kind}"),) if kind in LISTED else (),
        sections=(
            Section("What is stated", (Facts(tuple(facts(library, stated, lead))),), "stated"),
            *((elsewhere.section(library, iri),) if is_linked else ()),
            *references(library, iri),
        ),
        behind=elsewhere.behind(library, iri) if is_linked else (),
    )


def facts(library: Library, stated: Stated, *told: str) -> Iterator[tuple[str, Inline]]:
    """Every property with its values, in words, but for what is ``told`` already."""
    for name, values in stated.values.items():
        if name not in _TOLD and (shown := [each for each in values if _is_worth(each) and str(each) not in told]):
            yield property_label(library, name), library.links(shown)


def property_label(library: Library, name: str) -> str:
    """What a property is called: by its label, or by its local name."""
    from kg.names import expand

    iri = expand(name) or name
    words = library.labels.get(iri)
    return words[:1].upper() + words[1:] if words else _USUAL.get(name, local_name(name.replace(":", "/")))


_USUAL = {
    "rdf:type": "Is a",
    "dcterms:source": "Source",
    "dcterms:title": "Title",
    "dcterms:date": "Year",
    "dcterms:isReplacedBy": "Replaced by",
    "owl:deprecated": "No longer in use",
    "dcterms:description": "Description",
    "dcterms:bibliographicCitation": "Citation",
    "prov:wasDerivedFrom": "Derived from",
    "skos:broader": "Broader",
    "skos:narrower": "Narrower",
    "skos:inScheme": "In",
    "skos:altLabel": "Also called",
    "skos:editorialNote": "Note",
    "bibo:doi": "DOI",
    "bibo:uri": "read at",
    "dc:creator": "Creators",
    "dcterms:created": "Created",
    "dcterms:issued": "Issued",
    "dcterms:license": "Licence",
    "dc:publisher": "Publisher",
    "owl:versionIRI": "Address of this version",
    "owl:versionInfo": "Version",
    "rdfs:comment": "Comment",
    "vann:preferredNamespacePrefix": "Prefix",
    "vann:preferredNamespaceUri": "Namespace",
}


def _is_worth(value: Value) -> bool:
    return str(value) not in _PLUMBING and not str(value).startswith("_:")


def references(library: Library, iri: str) -> Iterator[Section]:
    """What points at a thing, by property."""
    rows = library.select(
        f"SELECT DISTINCT ?thing ?property WHERE {{ ?thing ?property <{iri}> FILTER(ISIRI(?thing)) }}"
        f" ORDER BY ?property ?thing LIMIT {_MOST}"
    )
    names = library.called(map(str, rows.column("thing")))
    named = [row for row in rows if str(row["thing"]) in names]
    if named:
        yield Section(
            "What refers to it",
            (
                Table(
                    "References" if len(rows) < _MOST else f"The first {_MOST} references",
                    ("What", "Says"),
                    tuple(
                        (library.link(row["thing"]), property_label(library, curie(str(row["property"]))))
                        for row in named
                    ),
                    anchor="references",
                ),
            ),
            "referring",
        )
