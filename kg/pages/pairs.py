"""The page of a pair of constructs: its figure, its findings, what theory says of it, what others pooled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from kg.conflicts import Conflict, conflicts
from kg.errors import BadQuestion, NothingFound
from kg.figures import OPTIONS
from kg.names import PREFIXES, local_name, paired
from kg.narrowed import Only
from kg.pages import pair_figures
from kg.pages.addresses import pair_path
from kg.pages.choosing import chosen, named
from kg.pages.errors import unknown
from kg.pages.layers import LAYERS, layer_choices, told_by
from kg.pages.leaves import first as first_of
from kg.pages.library import Library
from kg.pages.model import (
    Behind,
    Block,
    Choice,
    Content,
    Form,
    Inline,
    Link,
    Mark,
    Picture,
    Prose,
    Section,
    Table,
)
from kg.pages.words import claims_table, counted, findings_table
from kg.store import Row, Rows
from kg.views.conflicts import judgement

READS = ("layer", "figure")
#: So many judgements of chance stand on the page of a pair, those that can be told first; /conflicts has all.
_JUDGED = 3
_KINDS = tuple((kind, kind.replace("-", " ")) for kind in OPTIONS)


def content(library: Library, one: str, other: str, query: Mapping[str, str]) -> Content:
    """The page of two constructs."""
    first, second = _ends(library, *sorted((one, other)))
    layer = chosen(query, "layer", LAYERS)
    kind = chosen(query, "figure", (("", "the one that fits"), *_KINDS))
    told = library.layer(layer)
    found = told.ask("findings-between", subject=first, object=second)
    behind = library.behind("findings-between", subject=first, object=second)
    shown, more = first_of(library, behind, found)
    path = pair_path(one, other)
    asked = {key: value for key, value in (("layer", layer), ("figure", kind)) if value not in ("all", "")}
    labels = library.label(first), library.label(second)
    return Content(
        title=f"{labels[0]} × {labels[1]}",
        path=path,
        query=asked,
        kind="Pair of constructs",
        lead=_lead(library, first, second, found),
        crumbs=(Link("Gap map", "/gaps"),),
        sections=(
            *_figure(library, path, asked, labels, found, layer, kind),
            Section(
                "Findings",
                (
                    *more,
                    findings_table(
                        told, shown, f"Findings on {labels[0]} and {labels[1]}", "No finding is on this pair."
                    ),
                ),
                "found",
            ),
            Section("Where they disagree", tuple(_disagreements(told, first, second)), "disagree"),
            Section(
                "What theory says",
                (_claims(told, first, second, labels),),
                "theory",
            ),
            Section("What others pooled", (_published(library, first, second),), "published"),
        ),
        behind=(
            told_by(behind, layer),
            told_by(library.behind("theory-between", subject=first, object=second), layer),
            library.behind("published-syntheses-between", subject=first, object=second),
        ),
        rows=found,
        figure=(lambda: pair_figures.svg(told, first, second, kind, layer)) if _can_be_drawn(found) else None,
        iri=_cell(library, one, other),
        wide=True,
    )


def _ends(library: Library, one: str, other: str) -> tuple[str, str]:
    for slug in (one, other):
        if library.known("construct", slug) is None:
            raise unknown(library, "construct", slug)
    if one == other:
        raise NothingFound(f"{one} and {other} are one construct; a pair has two")
    return f"{_iri(library, one)}", f"{_iri(library, other)}"


def _iri(library: Library, slug: str) -> str:
    iri = library.known("construct", slug)
    assert iri is not None
    return iri


def _lead(library: Library, first: str, second: str, found: Rows) -> Inline:
    ends = (library.link(first), " and ", library.link(second))
    count = len({row["finding"] for row in found})
    if not count:
        measured = [
            iri
            for iri in (first, second)
            if iri in set(map(str, library.ask("unmeasured-constructs").column("construct")))
        ]
        gap = (
            ("no instrument in this graph measures ", library.label(measured[0]))
            if measured
            else ("both can be measured; nobody has looked, as far as this graph knows",)
        )
        return ("Nothing was found on ", *ends, ", narrower constructs included: ", *gap, ".")
    studies = len({row["study"] for row in found})
    return (
        f"{counted(count, 'finding')} of {counted(studies, 'study', 'studies')} on ",
        *ends,
        ", narrower constructs included.",
    )


def _cell(library: Library, one: str, other: str) -> str | None:
    """The IRI of the cell that counts the findings on the pair, where there are any."""
    iri = PREFIXES["rolled-up"] + paired(one, other)
    return iri if library.select(f"ASK {{ <{iri}> a ca:RolledUpCell }}").values[0][0] else None


def _can_be_drawn(found: Rows) -> bool:
    """Whether there is a finding on the two alone, without a third."""
    return any(row["mediator"] is None and row["moderator"] is None for row in found)


def _figure(
    library: Library, path: str, asked: Mapping[str, str], labels: tuple[str, str], found: Rows, layer: str, kind: str
) -> Iterator[Section]:
    """The figure, in a file of its own, and what else can be drawn; nothing where there is no finding to draw."""
    form = Form(
        path,
        (
            *layer_choices(library, layer),
            Choice("figure", "Drawn as", kind, (("", "the plot that fits"), *_KINDS)),
        ),
        "Show",
    )
    if not _can_be_drawn(found):
        if found or layer != "all":
            yield Section("", (form,))
        return
    alt = f"A plot of the findings on {labels[0]} and {labels[1]}; the table below tells the same."
    fits = "A forest plot where two or more correlations can be pooled, else direction and significance study by study."
    caption = (
        f"{fits} ",
        Link("The figure by itself", f"{path}.svg", asked),
        ".",
    )
    yield Section("At a glance", (form, Picture(f"{path}.svg", asked, alt, caption)), "figure")


def _disagreements(library: Library, first: str, second: str) -> Iterator[Block]:
    """The conflicts on the very pairs of which this one consists."""
    found = list(_conflicts_between(library, first, second))
    if not found:
        yield Prose("No two findings on one pair of constructs contradict each other here.", "quiet")
    for each in found:
        differs = "; ".join(f"{word}: {' | '.join(values)}" for word, values in each.differs.items())
        ends = [local_name(str(each.findings[0][side])) for side in ("firstIri", "secondIri")]
        yield Prose(
            (
                Link(f"{each.first} × {each.second}", "/conflicts", {"pair": "--".join(ends)}),
                f": {counted(len(each.findings), 'finding')} disagree. ",
                f"What differs: {differs or 'nothing that is told'}.",
            )
        )
        told = sorted(each.judgements, key=lambda one: one.chance == "unknown")
        yield from (Prose(judgement(one), "note small") for one in told[:_JUDGED])
        if (more := len(told) - _JUDGED) > 0:
            way = Link(f"{counted(more, 'more judgement')} of chance", "/conflicts", {"pair": "--".join(ends)})
            yield Prose((way, "."), "note small")


def _within(library: Library, iri: str) -> set[str]:
    return {iri, *map(str, library.ask("narrower-constructs", construct=iri).column("narrower"))}


def _joins(row: Row, one: set[str], other: set[str]) -> bool:
    ends = str(row["firstIri"]), str(row["secondIri"])
    return (ends[0] in one and ends[1] in other) or (ends[1] in one and ends[0] in other)


def conflicts_on(library: Library, pairs: Sequence[str]) -> Behind:
    """The question of all conflicts, or of those on some pairs, each named by two slugs."""
    behind = library.behind("conflicts")
    if not pairs:
        return behind
    ends = [sorted(named(library, "construct", slug) for slug in pair.split("--")) for pair in pairs]
    if any(len(each) != 2 for each in ends):
        raise BadQuestion(f"pair={pairs[0][:60]} is no pair; name two constructs with -- between")
    rows = tuple(tuple(f"<{iri}>" for iri in each) for each in ends)
    return replace(behind, among=(Only(("firstIri", "secondIri"), rows),))


def _conflicts_between(library: Library, first: str, second: str) -> Iterator[Conflict]:
    """The conflicts between two constructs, narrower ones included; where a graph has many, no others are asked for."""
    disagreeing = library.select(_DISAGREEING)
    one, other = (_within(library, iri) for iri in (first, second))
    if len(disagreeing) <= _MOST_HELD:
        found = all_conflicts(library) if any(_joins(row, one, other) for row in disagreeing) else ()
        yield from (each for each in found if _joins(each.findings[0], one, other))
        return
    pair = paired(first, second)
    cells = _CELLS % (PREFIXES["cell"] + pair, PREFIXES["rolled-up"] + pair)
    if first in other or second in one:  # a whole and its part have no cell that rolls up
        cells = _CELLS_OF_NESTED % (first, second)
    if joined := library.select(_BETWEEN % cells):
        ends = ["--".join(local_name(str(row[side])) for side in ("firstIri", "secondIri")) for row in joined]
        yield from conflicts(library.answer(conflicts_on(library, ends)))


@lru_cache(maxsize=8)
def all_conflicts(library: Library) -> tuple[Conflict, ...]:
    """Every conflict on a very pair."""
    return tuple(conflicts(library.ask("conflicts")))


def linked(library: Library) -> set[tuple[str, str]]:
    """The pairs of slugs with findings, or narrower ones with findings, and those that a claim is about."""
    rows = (*library.select(_STUDIED), *library.select(_CLAIMED))
    return {(local_name(str(row["first"])), local_name(str(row["second"]))) for row in rows}


#: Pairs that disagree: up to how many all their findings are held, and how many are told on the page of a broad pair.
_MOST_HELD, _MOST_TOLD = 200, 20
_DISAGREEING = f"""
SELECT DISTINCT ?firstIri ?secondIri WHERE {{
  ?cell a ca:EvidenceCell ; ca:disagrees true ; ca:pairMember ?firstIri , ?secondIri .
  FILTER(STR(?firstIri) < STR(?secondIri))
}} LIMIT {_MOST_HELD + 1}"""
_CELLS = """
  { SELECT ?cell WHERE { VALUES ?cell { <%s> } ?cell a ca:EvidenceCell } }
  UNION
  { SELECT ?cell WHERE { VALUES ?rolled { <%s> } ?rolled ca:rollsUp ?cell } }"""
_CELLS_OF_NESTED = """
  {
    SELECT DISTINCT ?cell WHERE {
      ?one ca:within <%s> . ?cell ca:pairMember ?one , ?other ; a ca:EvidenceCell . ?other ca:within <%s>
      FILTER(?one != ?other)
    }
  }"""
_BETWEEN = f"""
SELECT DISTINCT ?firstIri ?secondIri WHERE {{
  %s
  ?cell ca:disagrees true ; ca:pairMember ?firstIri , ?secondIri .
  FILTER(STR(?firstIri) < STR(?secondIri))
}} ORDER BY ?firstIri ?secondIri LIMIT {_MOST_TOLD}"""
_STUDIED = """
SELECT DISTINCT ?first ?second WHERE {
  ?cell a ?kind ; ca:pairMember ?first , ?second .
  FILTER(STR(?first) < STR(?second))
  VALUES ?kind { ca:EvidenceCell ca:RolledUpCell }
} ORDER BY ?first ?second"""
_CLAIMED = """
SELECT DISTINCT ?first ?second WHERE {
  ?claim a ca:Proposition ; ca:subject ?first ; ca:object ?second . ?first a ca:Construct . ?second a ca:Construct .
  FILTER(?first != ?second)
} ORDER BY ?first ?second"""


def _claims(library: Library, first: str, second: str, labels: tuple[str, str]) -> Table:
    rows = library.ask("theory-between", subject=first, object=second)
    return claims_table(
        library, rows, f"Claims about {labels[0]} and {labels[1]}", "No claim about this pair is coded."
    )


def _published(library: Library, first: str, second: str) -> Table:
    return Table(
        "Published pooled estimates, which are no findings and are not counted",
        ("Review", "On", "Estimate", "k", "n", "Population", "As printed"),
        tuple(
            (
                Link(f"{row['review']}", f"/pooled-estimate/{local_name(str(row['estimate']))}"),
                f"{row['first']} and {row['second']}",
                f"{row['statistic']} = {row['value']}" if row["value"] is not None else str(row["direction"] or ""),
                library.shown(row["k"]),
                library.shown(row["n"]),
                library.shown(row["population"]),
                Mark(str(row["printed"] or ""), "printed"),
            )
            for row in library.ask("published-syntheses-between", subject=first, object=second)
        ),
        numeric=frozenset({3, 4}),
        anchor="estimates",
        empty="No published synthesis of this pair is coded.",
    )
