"""The page of a named graph: how much it holds, of which kinds."""

from __future__ import annotations

from kg.names import BASE, local_name
from kg.pages.library import Library
from kg.pages.model import Content, Link, Section, Table, Written
from kg.pages.words import counted


def content(library: Library, iri: str) -> Content | None:
    """The page of a named graph of ours; None where the store has no such graph."""
    triples = library.select(f"SELECT (COUNT(*) AS ?triples) WHERE {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}").values[0][0]
    if not triples:
        return None
    behind = Written(
        "Things of the graph by kind",
        f"SELECT ?kind (COUNT(DISTINCT ?thing) AS ?things) WHERE {{ GRAPH <{iri}> {{ ?thing a ?kind }} }}"
        " GROUP BY ?kind ORDER BY DESC(?things) ?kind",
    )
    rows = library.answer(behind)
    kinds = tuple((library.link(row["kind"], _named(library, row["kind"])), str(row["things"])) for row in rows)
    name = iri.removeprefix(f"{BASE}graph/")
    return Content(
        title=f"Graph: {name}",
        path=f"/graph/{name}",
        kind="Named graph",
        lead=f"{counted(int(str(triples)), 'triple')}. What was said, inferred and synthesised lies in graphs apart.",
        iri=iri,
        crumbs=(Link("Datasets and method", "/dataset"),),
        sections=(
            Section(
                "What is in it",
                (
                    Table(
                        "Things by kind",
                        ("Kind", "Things"),
                        kinds,
                        numeric=frozenset({1}),
                        anchor="kinds",
                        empty="Statements about things of other graphs only.",
                    ),
                ),
                "holds",
            ),
        ),
        behind=(behind,),
        rows=rows,
    )


def _named(library: Library, kind: object) -> str:
    return library.labels.get(str(kind)) or local_name(str(kind))
