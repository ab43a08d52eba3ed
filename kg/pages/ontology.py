"""The reference of the ontology: every class and property, with its place, its meaning and what uses it."""

from __future__ import annotations

from collections.abc import Mapping

from kg.errors import UnknownName
from kg.names import BASE, ONTOLOGY, TERMS, curie, local_name
from kg.pages import elsewhere
from kg.pages.individuals import facts, references
from kg.pages.library import Library
from kg.pages.model import Content, Facts, Inline, Link, Prose, Section, Table, Written
from kg.store import Iri, Row, Rows

_KINDS = ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
_HEADS = {
    "Class": "Classes",
    "ObjectProperty": "Properties between things",
    "DatatypeProperty": "Properties with a value",
    "AnnotationProperty": "Annotations",
}
_TERMS = f"""
SELECT DISTINCT ?term ?kind ?label ?definition WHERE {{
  VALUES ?kind {{ owl:Class owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty }}
  ?term a ?kind ; rdfs:label ?label . FILTER(STRSTARTS(STR(?term), "{TERMS}"))
  OPTIONAL {{ ?term skos:definition ?definition }}
}} ORDER BY ?kind ?label ?term"""
_HEADER = f"""
SELECT DISTINCT ?property ?value WHERE {{ <{ONTOLOGY}> ?property ?value }} ORDER BY ?property ?value"""


def terms(library: Library) -> list[str]:
    """The IRIs of every class and property."""
    return list(dict.fromkeys(str(row["term"]) for row in library.select(_TERMS)))


def contents(library: Library, query: Mapping[str, str]) -> Content:
    """The page that lists every class and property."""
    behind = Written("Classes and properties", _TERMS.strip())
    rows = library.answer(behind)
    stated = library.stated(ONTOLOGY)
    title, description = stated.text("dcterms:title") or "Ontology", stated.text("dcterms:description")
    return Content(
        title=title,
        path="/ontology",
        kind="Ontology",
        lead=description,
        iri=ONTOLOGY,
        sections=(
            Section("", (Facts(tuple(facts(library, stated, title, description))),)),
            *(_listed(library, kind, [row for row in rows if local_name(str(row["kind"])) == kind]) for kind in _KINDS),
        ),
        behind=(behind,),
        rows=_in_order(rows),
    )


def _in_order(rows: Rows) -> Rows:
    """The rows as the page shows them: classes, then properties."""
    index = rows.columns.index("kind")
    return Rows(rows.columns, tuple(sorted(rows.values, key=lambda row: _KINDS.index(local_name(str(row[index]))))))


def _listed(library: Library, kind: str, rows: list[Row]) -> Section:
    table = Table(
        f"{_HEADS[kind]}: {len(rows)}",
        ("Term", "Name", "Meaning"),
        tuple((library.link(row["term"]), curie(str(row["term"])), library.shown(row["definition"])) for row in rows),
        anchor=f"terms-{kind}",
        empty="None.",
    )
    return Section(_HEADS[kind], (table,), kind.lower())


def content(library: Library, iri: str) -> Content:
    """The page of a class or property."""
    stated = library.stated(iri)
    if not stated.values:
        raise UnknownName(f"the ontology has no term '{local_name(iri)[:80]}'")
    types = {local_name(str(each)) for each in stated.all("rdf:type")}
    is_class, is_linked = "Class" in types, elsewhere.is_told(library, iri)
    return Content(
        title=library.label(iri),
        path="/ontology/" + iri.removeprefix(TERMS),
        kind="Class" if is_class else "Property" if any("Property" in each for each in types) else "Term",
        lead=stated.text("skos:definition"),
        iri=iri,
        crumbs=(Link("Ontology", "/ontology"),),
        sections=(
            Section("", (Prose((curie(iri),), "printed"), Facts((*facts(library, stated), *_around(library, iri))))),
            *((elsewhere.section(library, iri),) if is_linked else ()),
            *(_members(library, iri) if is_class else (*_uses(library, iri), *references(library, iri))),
        ),
        behind=elsewhere.behind(library, iri) if is_linked else (),
    )


def _around(library: Library, iri: str) -> tuple[tuple[str, Inline], ...]:
    below = library.select(
        f"SELECT DISTINCT ?below WHERE {{ ?below rdfs:subClassOf|rdfs:subPropertyOf <{iri}>"
        f" FILTER(STRSTARTS(STR(?below), '{TERMS}') && ?below != <{iri}>) }} ORDER BY ?below"
    )
    return (("Narrower terms", library.links(below.column("below"))),)


def _members(library: Library, iri: str) -> tuple[Section, ...]:
    rows = library.select(f"SELECT DISTINCT ?thing WHERE {{ ?thing a <{iri}> }} ORDER BY ?thing LIMIT 301")
    named = [row for row in rows if isinstance(row["thing"], Iri) and str(row["thing"]) in library.labels]
    if not named:
        return ()
    more = " (the first 300)" if len(rows) > 300 else ""
    table = Table(
        f"Members{more}", ("Name",), tuple((library.link(row["thing"]),) for row in named[:300]), anchor="members"
    )
    return (Section("What is one", (table,), "what-is-one"),)


def _uses(library: Library, iri: str) -> tuple[Section, ...]:
    rows = library.select(
        f"SELECT DISTINCT ?from ?to WHERE {{ ?from <{iri}> ?to FILTER(STRSTARTS(STR(?from), '{BASE}')) }}"
        " ORDER BY ?from ?to LIMIT 101"
    )
    if not rows:
        return ()
    more = " (the first 100)" if len(rows) > 100 else ""
    table = Table(
        f"Statements{more}",
        ("From", "To"),
        tuple((library.link(row["from"]), library.shown(row["to"])) for row in list(rows)[:100]),
        anchor="statements",
    )
    return (Section("What is stated with it", (table,), "stated-with-it"),)
