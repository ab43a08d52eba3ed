"""The gap map: which pairs of constructs were studied, with what outcome, and which kind of gap is left elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from kg.errors import BadQuestion
from kg.gap_maps import GapMap, caption_of
from kg.gaps import GAPS, matrix
from kg.names import local_name, mint
from kg.narrowed import Only
from kg.pages import choosing
from kg.pages.addresses import named, pair_path
from kg.pages.choosing import choice, chosen
from kg.pages.constructs import ATTACHMENT, COMPASSION, side_of
from kg.pages.layers import LAYERS, layer_choices, told_by
from kg.pages.library import Library, question
from kg.pages.model import (
    Behind,
    Choice,
    Content,
    Form,
    Inline,
    Link,
    Mark,
    Prose,
    Section,
    Table,
    Template,
    listed,
)
from kg.store import Row, Rows
from kg.views import gap_map as view
from kg.views.encoding import NEGATIVE, NEUTRAL, POSITIVE
from kg.widest import headings, left_out_of, widest

_QUESTION = "gap-matrix"
READS = ("rows", "columns", "layer", "measure", "show")
_SHOWN = (("studied", "with findings"), ("all", "all"))
#: What is drawn of each outcome: name of the cell's look.
_LOOKS = {
    "positive": "positive",
    "negative": "negative",
    "not significant": "null",
    "mixed": "mixed",
    "opposite poles": "poles",
    "not told": "unclear",
}


def content(library: Library, query: Mapping[str, str]) -> Content:
    """The gap map, of the rows, columns, layer and measure that the address names."""
    layer, shown = chosen(query, "layer", LAYERS), chosen(query, "show", _SHOWN)
    rows, columns = (_named(library, side, query.get(side, "")) for side in ("rows", "columns"))
    measure = query.get("measure", "")
    behind = _behind(library, rows, columns)
    sides = widest(library.layer(layer), {**question(_QUESTION).usual, **behind.terms})
    behind = replace(behind, among=headings(sides))
    found = library.layer(layer).answer(behind)
    if not found:
        raise BadQuestion("no pairs here: one side is part of the other; choose other rows or columns")
    every = found
    if measure:
        found = _measured(library, found, measure)
    asked = {
        "rows": query.get("rows", ""),
        "columns": query.get("columns", ""),
        "layer": layer,
        "show": shown,
        "measure": measure,
    }
    defaults = {"layer": "all", "show": "studied"}
    state = {key: value for key, value in asked.items() if value and defaults.get(key) != value}
    chosen_map = GapMap(layer, {}, found, matrix(found), everything=shown == "all", left_out=left_out_of(sides))
    drawn = chosen_map.shown
    cells = {(row.name, column.name) for row in drawn.rows for column in drawn.columns}
    listed = found.where(lambda row: _pair(row) in cells)
    return Content(
        title="Gap map",
        path="/gaps",
        query=state,
        lead=caption_of(chosen_map).summary.replace(": kg gaps --all draws them", "; “show all” draws them"),
        sections=(
            Section("", (_form(library, asked), Template("gap_map.html", _words(chosen_map)))),
            *_branches(library, chosen_map, state),
            Section("The gaps in it", (_gaps(chosen_map),), "gaps"),
            Section(
                "The same as a list",
                (
                    Prose(
                        "Every pair of the map that has a cell, so that it can be sorted and read row by row.", "quiet"
                    ),
                    _list(listed),
                ),
                "list",
            ),
        ),
        behind=(told_by(_narrowed(behind, every, listed), layer),),
        rows=listed,
        figure=lambda: view.figure(drawn, caption_of(chosen_map)),
        wide=True,
    )


def _branches(library: Library, chosen_map: GapMap, state: Mapping[str, str]) -> Iterator[Section]:
    """The ways into what is left out for want of room."""
    if chosen_map.left_out:
        broad = set(map(str, library.select(_BROAD).column("construct")))
        for name, members in (("rows", chosen_map.shown.rows), ("columns", chosen_map.shown.columns)):
            opened = [each for each in members if mint("construct", each.name) in broad]
            if opened:
                links = listed(Link(each.label, "/gaps", {**state, name: each.name}) for each in opened)
                yield Section(f"Open a branch as {name}", (Prose(links),), f"branches-{name}")


def pairs(library: Library) -> set[tuple[str, str]]:
    """Every pair of slugs that has a cell in the whole map."""
    return {_pair(row) for row in library.ask(_QUESTION)}


def _pair(row: Row) -> tuple[str, str]:
    return local_name(str(row["row"])), local_name(str(row["column"]))


def _named(library: Library, side: str, words: str) -> tuple[str, ...]:
    """The IRIs of constructs named in an address, by slugs with commas between, or of one by any name that it has."""
    slugs = list(dict.fromkeys(named(side, words)))
    known = [library.known("construct", slug) for slug in slugs]
    if len(slugs) > 1 and not any(known):
        return (choosing.named(library, "construct", words.strip()),)
    return tuple(iri or choosing.named(library, "construct", slug) for slug, iri in zip(slugs, known, strict=True))


def _behind(library: Library, rows: tuple[str, ...], columns: tuple[str, ...]) -> Behind:
    return library.behind(_QUESTION, **{side: iris for side, iris in (("rows", rows), ("columns", columns)) if iris})


def _narrowed(behind: Behind, every: Rows, listed: Rows) -> Behind:
    """The question with no pairs but those that the page lists."""
    if len(listed) == len(every):
        return behind
    pairs = tuple((f"<{row['row']}>", f"<{row['column']}>") for row in listed)
    return replace(behind, only=Only(("row", "column"), pairs))


def _measured(library: Library, found: Rows, measure: str) -> Rows:
    """Only the pairs on which something was found with a measure, its subscales and short forms included."""
    iri = choosing.named(library, "measure", measure)
    used = {str(row["finding"]) for row in library.ask("findings-by-measure", measure=iri)}
    kept = {_pair(row) for row in library.answer(Behind(f"{_QUESTION}-findings")) if str(row["finding"]) in used}
    left = found.where(lambda row: _pair(row) in kept)
    if not left:
        raise BadQuestion(f"measure={measure}: nothing on these pairs was found with {library.label(iri)}")
    return left


def _form(library: Library, asked: Mapping[str, str]) -> Form:
    def options(roots: tuple[str, ...], every: str) -> tuple[tuple[str, str], ...]:
        within = sorted((library.label(iri), local_name(iri)) for iri in side_of(library, roots))
        return (("", every), *((slug, label) for label, slug in within))

    return Form(
        "/gaps",
        (
            choice("rows", "Down the side", asked["rows"],
                   _with(asked["rows"], options(COMPASSION, "all of compassion"))),
            choice("columns", "Along the top", asked["columns"],
                   _with(asked["columns"], options(ATTACHMENT, "all of attachment"))),
            *layer_choices(library, asked["layer"]),
            _with_measure(library, asked["measure"]),
            Choice("show", "Constructs", asked["show"], _SHOWN),
        ),
        "Draw the map",
    )  # fmt: skip


def _with(value: str, options: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The options, with what the address names where it is none of them."""
    return options if value in dict(options) else (*options, (value, value))


def _words(chosen_map: GapMap) -> dict[str, object]:
    matrix = chosen_map.shown
    state = {} if chosen_map.layer == "all" else {"layer": chosen_map.layer}
    return {
        "matrix": matrix,
        "drawn": view.drawn_cells(matrix),
        "looks": _LOOKS,
        "colours": dict(zip(_BARS, ("negative", "null", "faint", "positive", "untold"), strict=True)),
        "empty": view.EMPTY,
        "pair": pair_path,
        "state": state,
    }


#: The colours of the parts of a bar, as the figure has them.
_BARS = (NEGATIVE, NEUTRAL, "#dedede", POSITIVE, "#c9c9c9")


def _gaps(chosen_map: GapMap) -> Table:
    tally = chosen_map.matrix.tally()
    return Table(
        "Kinds of gaps among the pairs of the constructs with most findings"
        if chosen_map.left_out
        else "Kinds of gaps among all pairs, also those that are not drawn",
        ("Gap", "Pairs", "What would close it"),
        tuple((kind, str(tally[kind]), meaning) for kind, meaning in GAPS.items()),
        numeric=frozenset({1}),
        anchor="kinds",
    )


def _list(rows: Rows) -> Table:
    return Table(
        "Pairs of the map",
        ("Pair", "Findings", "−", "n.s.", "+", "Not told", "Samples", "People", "Gap"),
        tuple(_listed(row) for row in rows),
        numeric=frozenset(range(1, 8)),
        anchor="pairs",
    )


def _listed(row: Row) -> tuple[Inline, ...]:
    names = ("findings", "negative", "null", "positive", "unclear", "samples", "participants")
    counts = (f"{row[name] or 0:,}" for name in names)
    return (
        Link(f"{row['rowLabel']} × {row['columnLabel']}", pair_path(*_pair(row))),
        *counts,
        Mark(str(row["gap"] or ""), "quiet"),
    )


def _with_measure(library: Library, value: str) -> Choice:
    """The measures of findings; of many nobody looks up which have any."""
    if (many := len(library.of_kind("measure"))) > choosing.MOST_OPTIONS:
        return choosing.field("measure", "Found with", value, many)
    used = sorted(map(str, library.select(_USED).column("measure")), key=library.label)
    options = ((local_name(iri), library.label(iri)) for iri in used)
    return Choice("measure", "Found with", value, (("", "any measure"), *options))


_BROAD = """
SELECT DISTINCT ?construct WHERE { ?part skos:broader ?construct } ORDER BY ?construct"""
_USED = """
SELECT DISTINCT ?measure WHERE {
  ?measure a ca:Measure FILTER EXISTS { ?finding ca:subjectMeasure|ca:objectMeasure ?measure }
}"""
