"""The page of a measure: what it yields, its parts and forms, and what was found with it."""

from __future__ import annotations

from collections.abc import Mapping

from kg.names import local_name
from kg.pages import elsewhere
from kg.pages.leaves import first
from kg.pages.library import Library
from kg.pages.model import Content, Facts, Link, Section
from kg.pages.words import findings_table


def content(library: Library, iri: str, query: Mapping[str, str]) -> Content:
    """The page of a measure."""
    stated, label = library.stated(iri), library.label(iri)
    behind = library.behind("findings-by-measure", measure=iri)
    found = library.answer(behind)
    shown, more = first(library, behind, found)
    acronym = stated.text("ca:acronym")
    return Content(
        title=f"{label} ({acronym})" if acronym and acronym != label else label,
        path=f"/measure/{local_name(iri)}",
        kind="Measure",
        lead=stated.text("skos:definition"),
        iri=iri,
        crumbs=(Link("Measures", "/measure"),),
        sections=(
            Section(
                "",
                (
                    Facts(
                        (
                            ("Also called", ", ".join(map(str, stated.all("skos:altLabel")))),
                            ("Measures", library.links(stated.all("ca:measures"))),
                            ("Its parts also yield", library.links([
                                each for each in stated.all("ca:yields") if each not in stated.all("ca:measures")])),
                            ("Kind", library.links(stated.all("ca:administration"))),
                            ("Items", stated.text("ca:itemCount")),
                            ("Subscales", library.links(stated.all("ca:hasSubscale"))),
                            ("Subscale of", library.links(stated.all("ca:subscaleOf"))),
                            ("Short forms", library.links(stated.all("ca:hasShortForm"))),
                            ("Short form of", library.links(stated.all("ca:shortFormOf"))),
                            ("Revision of", library.links(stated.all("ca:revisionOf"))),
                            ("Developed in", library.links(stated.all("ca:developedIn"))),
                            ("Note", stated.text("skos:editorialNote")),
                        )
                    ),
                ),
            ),
            Section(
                "What was found with it",
                (*more, findings_table(library, shown, "Findings with it, its subscales, short forms and revisions",
                                "No finding in this graph was got with it.")),
                "found",
            ),
            elsewhere.section(library, iri),
        ),
        behind=(behind, *elsewhere.behind(library, iri)),
        rows=found,
        wide=True,
    )  # fmt: skip
