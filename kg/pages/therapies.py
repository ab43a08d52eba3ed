"""The page of a therapy: what it is, and what it is said to do, on what evidence."""

from __future__ import annotations

from collections.abc import Mapping

from kg.names import local_name
from kg.pages import elsewhere
from kg.pages.individuals import facts
from kg.pages.library import Library
from kg.pages.model import Content, Facts, Link, Section, Table
from kg.store import Rows


def content(library: Library, iri: str, query: Mapping[str, str]) -> Content:
    """The page of a therapy."""
    stated = library.stated(iri)
    claims = library.ask("what-a-therapy-does", therapy=iri)
    is_linked = elsewhere.is_told(library, iri)
    return Content(
        title=library.label(iri),
        path=f"/therapy/{local_name(iri)}",
        kind="Therapy",
        lead=stated.text("skos:definition"),
        iri=iri,
        crumbs=(Link("Therapies", "/therapy"),),
        sections=(
            Section("", (Facts(tuple(facts(library, stated))),)),
            Section("What it is said to do", (_claims(library, claims),), "claims"),
            *((elsewhere.section(library, iri),) if is_linked else ()),
        ),
        behind=(
            library.behind("what-a-therapy-does", therapy=iri),
            *(elsewhere.behind(library, iri) if is_linked else ()),
        ),
        rows=claims,
    )


def _claims(library: Library, claims: Rows) -> Table:
    columns = (
        "target",
        "technique",
        "goal",
        "application",
        "difficulty",
        "effect",
        "evidence",
        "statedIn",
        "certainty",
    )
    heads = ("Therapy", "On", "By", "To", "For whom", "With", "Effect", "Evidence", "Stated in", "Certainty")
    return Table(
        "Claims about it and narrower therapies",
        heads,
        tuple(
            (
                Link(str(row["name"]), f"/therapy-claim/{local_name(str(row['claim']))}"),
                *(library.shown(row[name]) for name in columns),
            )
            for row in claims
        ),
        anchor="does",
        empty="No claim about what it does is coded.",
    )
