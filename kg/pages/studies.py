"""The page of a study: its design, its people, what it found, and what limits it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kg.names import local_name
from kg.pages.leaves import about, first
from kg.pages.library import Library
from kg.pages.model import Content, Facts, Link, Listing, Section, Table
from kg.pages.words import findings_table, people
from kg.store import Row


def content(library: Library, iri: str, query: Mapping[str, str]) -> Content:
    """The page of a study."""
    stated, label = library.stated(iri), library.label(iri)
    behind = library.behind("findings-of-study", study=iri)
    found = library.answer(behind)
    shown, more = first(library, behind, found)
    publications = [citation for each in stated.all("ca:publishedIn")
                    if (citation := library.stated(str(each)).text("dcterms:bibliographicCitation"))]  # fmt: skip
    return Content(
        title=label,
        path=f"/study/{local_name(iri)}",
        kind="Study",
        lead=stated.text("dcterms:description") or " ".join(publications),
        iri=iri,
        crumbs=(Link("Studies", "/study"),),
        sections=(
            Section(
                "",
                (
                    Facts(
                        (
                            ("Published in", library.links(stated.all("ca:publishedIn"))),
                            ("Design", library.links(stated.all("ca:design"))),
                            ("Setting", library.links(stated.all("ca:setting"))),
                            ("Citation", " ".join(publications) if stated.text("dcterms:description") else ""),
                            ("Country", ", ".join(map(str, stated.all("ca:country")))),
                            ("Coder’s note", stated.text("ca:coderNote")),
                            ("In", library.links(stated.all("ca:inDataset"))),
                        )
                    ),
                ),
            ),
            Section("The people", (_samples(library, set(map(str, stated.all("ca:hasSample")))),), "people"),
            Section(
                "What it found",
                (*more, findings_table(library, shown, f"Findings of {label}", "No finding is coded.")),
                "found",
            ),
            *_overlaps(library, set(map(str, stated.all("ca:hasSample")))),
            Section("What limits it", (_limits(library, iri),), "limits"),
        ),
        behind=(behind, library.behind("limitations-of-study", study=iri)),
        rows=found,
        wide=True,
    )


def _samples(library: Library, samples: set[str]) -> Table:
    told = about(library, "samples", "sample", samples) if samples else ()
    by_sample: dict[str, list[Row]] = {}
    for row in told:
        by_sample.setdefault(str(row["sample"]), []).append(row)
    return Table(
        "Samples",
        ("Sample", "People", "Women, %", "Mean age", "Difficulty", "Established by"),
        tuple(
            (
                library.link(rows[0]["sample"]),
                people(rows[0]["participants"]),
                library.shown(rows[0]["percentFemale"]),
                library.shown(rows[0]["meanAge"]),
                "; ".join(dict.fromkeys(str(row["difficulty"]) for row in rows if row["difficulty"])),
                library.shown(rows[0]["establishedBy"]),
            )
            for rows in by_sample.values()
        ),
        numeric=frozenset({1, 2, 3}),
        anchor="samples",
        empty="No sample is told.",
    )


def _overlaps(library: Library, samples: set[str]) -> Iterator[Section]:
    found = (about(library, "overlapping-samples", side, samples) for side in ("sample", "other") if samples)
    rows = sorted({tuple(row.items()): row for rows in found for row in rows}.values(), key=_pair)
    points = tuple(
        (library.link(row["sample"]), " and ", library.link(row["other"]), f": {row['reason']} ({row['status']})")
        for row in rows
    )
    if points:
        yield Section("Perhaps the same people", (Listing(points),), "overlaps")


def _pair(row: Row) -> tuple[str, str]:
    return str(row["sample"]), str(row["other"])


def _limits(library: Library, iri: str) -> Table:
    rows = library.ask("limitations-of-study", study=iri)
    return Table(
        "Limitations that authors tell of it, its samples, measures or design",
        ("Limitation", "Bears on", "Place"),
        tuple(
            (
                Link(str(row["statement"]), f"/limitation/{local_name(str(row['limitation']))}"),
                str(row["bearsOn"]),
                str(row["locator"]),
            )
            for row in rows
        ),
        anchor="limitations",
        empty="None is coded.",
    )
