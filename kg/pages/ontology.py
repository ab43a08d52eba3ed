"""The reference of the ontology: every class and property, with its place, its meaning and what uses it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.term import Node

from kg.errors import UnknownName
from kg.names import BASE, ONTOLOGY, TERMS, curie, local_name
from kg.ontology import directly_above
from kg.pages import axioms, elsewhere
from kg.pages.individuals import facts, references
from kg.pages.library import Library
from kg.pages.model import Content, Facts, Inline, Link, Picture, Prose, Section, Table, Template, Written, listed
from kg.pages.telling import Stated
from kg.resources import software_version
from kg.store import Row, Rows
from kg.views import core_pattern

_KINDS = ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
_HEADS = {
    "Class": "Classes",
    "ObjectProperty": "Properties between things",
    "DatatypeProperty": "Properties with a value",
    "AnnotationProperty": "Annotations",
}
_PATTERN = "core-pattern"
#: The forms in which the whole ontology is a file.
_FILES = {"ttl": "Turtle", "jsonld": "JSON-LD"}
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
    stated, pattern = library.stated(ONTOLOGY), library.behind(_PATTERN)
    title, description = stated.text("dcterms:title") or "Ontology", stated.text("dcterms:description")
    return Content(
        title=title,
        path="/ontology",
        kind="Ontology",
        lead=description,
        iri=ONTOLOGY,
        sections=(
            Section("", (Facts((*facts(library, stated, title, description), ("As a file", _files()))),)),
            _pattern(),
            Section("Classes, each below what it is a kind of", (_tree(library, "Class"),), "classes"),
            Section("Properties, each below what it implies", (_tree(library, "ObjectProperty"),), "properties"),
            *(_listed(library, kind, [row for row in rows if local_name(str(row["kind"])) == kind]) for kind in _KINDS),
        ),
        behind=(behind, pattern),
        rows=_in_order(rows),
        figure=lambda: core_pattern.figure(library.answer(pattern), _PATTERN, software_version()).svg,
    )


def _files() -> tuple[Inline, ...]:
    return listed(Link(name, f"/ontology.{suffix}") for suffix, name in _FILES.items())


def _pattern() -> Section:
    alt = "Studies, samples, findings, constructs, measures and propositions as boxes, and the properties between them."
    told = Link("The same as a table", f"/questions/{_PATTERN}")
    return Section(
        "The core pattern", (Picture("/ontology.svg", {}, alt, ("Drawn from the axioms. ", told, ".")),), "core-pattern"
    )


@dataclass(frozen=True)
class Branch:
    """A term with those directly below it."""

    name: Inline
    below: tuple[Branch, ...]


def _tree(library: Library, kind: str) -> Template:
    """All classes, or those properties that stand above or below others."""
    ours = {str(each) for each in library.axioms.subjects(RDF.type, OWL[kind]) if str(each).startswith(TERMS)}
    above = {iri: {str(each) for each in _above(library.axioms, iri)} & ours - {iri} for iri in ours}
    roots = [iri for iri in ours if not above[iri]]
    if kind != "Class":
        roots = [iri for iri in roots if any(iri in higher for higher in above.values())]
    return Template("hierarchy.html", {"branches": _branches(library, roots, above, ())})


def _above(graph: Graph, iri: str) -> Iterable[Node]:
    yield from directly_above(URIRef(iri), graph)
    yield from graph.objects(URIRef(iri), RDFS.subPropertyOf)


def _branches(
    library: Library, found: Iterable[str], above: Mapping[str, set[str]], way: tuple[str, ...]
) -> tuple[Branch, ...]:
    """The terms by name, with what stands below each; ``way`` leads to them, lest a circle be walked for ever."""
    return tuple(
        Branch(
            library.link(iri),
            _branches(library, (each for each in above if iri in above[each] and each not in way), above, (*way, iri)),
        )
        for iri in sorted(found, key=lambda iri: (library.label(iri).casefold(), iri))
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
            Section("", (Prose((curie(iri),), "printed"), Facts(_told(library, iri, stated, is_class=is_class)))),
            *((elsewhere.section(library, iri),) if is_linked else ()),
            *(_members(library, iri) if is_class else (*_uses(library, iri), *references(library, iri))),
        ),
        behind=elsewhere.behind(library, iri) if is_linked else (),
    )


def _told(library: Library, iri: str, stated: Stated, *, is_class: bool) -> tuple[tuple[str, Inline], ...]:
    """What axioms say of a term, then everything else."""
    said = axioms.of_class(library, iri) if is_class else axioms.of_property(library, iri)
    rest = Stated({name: values for name, values in stated.values.items() if name not in axioms.TOLD})
    return (*said, *facts(library, rest))


def _members(library: Library, iri: str) -> tuple[Section, ...]:
    rows = library.select(f"SELECT DISTINCT ?thing WHERE {{ ?thing a <{iri}> }} ORDER BY ?thing LIMIT 301")
    names = library.called(map(str, rows.column("thing")))
    named = [row for row in rows if str(row["thing"]) in names]
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
