"""The page of a construct: what it means, how it is measured, what it was studied with, what theory says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from kg.names import local_name
from kg.pages import elsewhere
from kg.pages.addresses import pair_path
from kg.pages.leaves import first
from kg.pages.library import Library
from kg.pages.model import Block, Content, Facts, Inline, Link, Listing, Prose, Section, Table, few
from kg.pages.telling import Stated
from kg.pages.words import claims_table, counted, people, sides
from kg.store import Row, Rows

#: The two sides of the field: what a construct of one was never studied with is looked for in the other.
COMPASSION = ("compassion", "fear-of-compassion", "uncompassionate-self-responding")
ATTACHMENT = ("attachment",)


def content(library: Library, iri: str, query: Mapping[str, str]) -> Content:
    """The page of a construct."""
    slug, label = local_name(iri), library.label(iri)
    stated = library.stated(iri)
    behind = [library.behind(name, construct=iri) for name in ("studied-with", "measures-of", "theory-about")]
    studied, measures, claims = map(library.answer, behind)
    told, more = zip(*map(partial(first, library), behind, (studied, measures, claims)), strict=True)
    return Content(
        title=label,
        path=f"/construct/{slug}",
        kind="Construct",
        lead=stated.text("skos:definition"),
        iri=iri,
        crumbs=(Link("Constructs", "/construct"),),
        sections=(
            Section("", (_facts(library, stated), *_ways(slug, studied))),
            Section("What it was studied with", (*more[0], *_studied(library, slug, told[0])), "studied"),
            Section("How it is measured", (*more[1], _measures(library, told[1])), "measured"),
            Section(
                "What theory says",
                (
                    *more[2],
                    claims_table(library, told[2], f"Claims about {label} and anything narrower", "No claim is coded."),
                ),
                "theory",
            ),
            Section("What was never studied", tuple(_never(library, iri, studied)), "never"),
            elsewhere.section(library, iri),
        ),
        behind=(
            *behind,
            *elsewhere.behind(library, iri),
        ),
        rows=studied,
    )


def _facts(library: Library, stated: Stated) -> Facts:
    return Facts(
        (
            ("Also called", ", ".join(map(str, stated.all("skos:altLabel")))),
            ("Kind", library.links([each for each in stated.all("rdf:type") if "/ontology/" in str(each)])),
            ("Part of", library.links(stated.all("skos:broader"))),
            ("Covers", library.links(stated.all("skos:narrower"))),
            ("Opposite of", library.links(stated.all("ca:oppositeOf"))),
            ("Note", stated.text("skos:editorialNote")),
            ("Defined after", library.links(stated.all("dcterms:source"))),
        )
    )


def _ways(slug: str, studied: Rows) -> Iterator[Prose]:
    """The way to the network, where there is one to draw."""
    if studied:
        yield Prose((Link("See it in the network of findings", "/network", {"around": slug}), "."))


def _studied(library: Library, slug: str, studied: Rows) -> tuple[Block, ...]:
    said = (
        "Counts include narrower constructs on either side, so a broad construct counts again what stands below "
        "it. Choose a pair to read its findings."
    )
    return (
        *((Prose(said, "quiet"),) if studied else ()),
        Table(
            "Pairs with findings",
            ("Studied with", "Findings", "By outcome", "Do they agree?", "Samples", "People"),
            tuple(_pair(slug, row) for row in studied),
            numeric=frozenset({1, 4, 5}),
            anchor="pairs",
            empty="No finding relates it to another construct.",
        ),
    )


def _pair(slug: str, row: Row) -> tuple[Inline, ...]:
    other = local_name(str(row["with"]))
    return (
        Link(str(row["label"]), pair_path(slug, other)),
        str(row["findings"]),
        sides(row),
        "they disagree" if row["disagrees"] == "yes" else "",
        str(row["samples"]),
        people(row["participants"], row["samplesWithoutN"]),
    )


def _measures(library: Library, measures: Rows) -> Table:
    return Table(
        "Instruments that yield it, or something narrower",
        ("Measure", "Measures", "Part of", "Kind", "Items", "Developed in"),
        tuple(
            (
                library.link(row["measure"]),
                str(row["measured"]),
                library.shown(row["partOf"]),
                str(row["administration"]),
                library.shown(row["items"]),
                library.shown(row["developedIn"]),
            )
            for row in measures
        ),
        numeric=frozenset({4}),
        anchor="measures",
        empty="No instrument in this graph measures it, nor anything narrower.",
    )


def _never(library: Library, iri: str, studied: Rows) -> Iterator[Block]:
    """What of the other side of the field it was never studied with; what cannot be studied for want of a measure."""
    sides = {"compassion": side_of(library, COMPASSION), "attachment": side_of(library, ATTACHMENT)}
    own = next((side for side, members in sides.items() if iri in members), None)
    if own is None:
        yield Prose("It stands outside compassion and attachment; what it was studied with is told above.", "quiet")
        return
    other = "attachment" if own == "compassion" else "compassion"
    seen = {str(row["with"]) for row in studied} | side_of(library, (local_name(iri),))
    unmeasured = set(map(str, library.ask("unmeasured-constructs").column("construct")))
    blank = [each for each in sides[other] if each not in seen]
    slug = local_name(iri)
    open_pairs = [each for each in sorted(blank, key=library.label) if each not in unmeasured]
    closed = [each for each in sorted(blank, key=library.label) if each in unmeasured]
    if not blank:
        yield Prose(f"It was studied with every construct of {other} in this graph.")
        return
    links = few(Link(library.label(each), pair_path(slug, local_name(each))) for each in open_pairs)
    if links:
        counted_pairs = counted(len(open_pairs), f"construct of {other}", f"constructs of {other}")
        yield Prose((f"With {counted_pairs} that can be measured: ", links, "."))
    if closed:
        yield Prose(
            (
                f"With {len(closed)} more that no instrument here measures: ",
                few(library.link(each) for each in closed),
                ".",
            ),
            "quiet",
        )
    if iri in unmeasured:
        yield Listing(("No instrument in this graph measures it, so none of these pairs could be studied yet.",))


def side_of(library: Library, roots: tuple[str, ...]) -> set[str]:
    """Constructs and everything narrower, as far as the graph has them."""
    known = [iri for root in roots if (iri := library.known("construct", root))]
    narrower = library.ask("narrower-constructs", construct=known).column("narrower") if known else []
    return {*known, *map(str, narrower)}
