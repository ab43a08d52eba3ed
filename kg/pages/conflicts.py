"""Conflicts: pairs on which findings disagree, side by side, what differs, and whether chance may explain it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from kg.conflicts import RULE, Conflict
from kg.conflicts import conflicts as together
from kg.names import local_name
from kg.pages.addresses import pair_path
from kg.pages.choosing import MOST_OPTIONS, chosen, field
from kg.pages.drawing import pair_name
from kg.pages.layers import LAYERS, layer_choices, told_by
from kg.pages.leaves import PAGE, check, last_page, number_of
from kg.pages.leaves import state as at
from kg.pages.leaves import told as which
from kg.pages.library import Library, query_of
from kg.pages.model import (
    Block,
    Choice,
    Content,
    Facts,
    Form,
    Inline,
    Link,
    Listing,
    Pager,
    Printed,
    Prose,
    Section,
)
from kg.pages.pairs import conflicts_on
from kg.pages.words import counted, findings_table
from kg.store import Row, Rows
from kg.views.conflicts import judgement, summary

READS = ("layer", "pair", PAGE)
#: So many pairs stand on a page, each with so many of its findings, of the values that differ, and of the judgements on
#: chance, which grow with the square of the findings; and so many of each where a pair stands alone.
_AT_ONCE, _MOST, _MOST_ALONE = 10, 20, 400
#: Name and label of pairs.
Named = tuple[tuple[str, str], ...]


def content(library: Library, query: Mapping[str, str]) -> Content:
    """The page of all conflicts, or of one pair."""
    layer = chosen(query, "layer", LAYERS)
    told = library.layer(layer)
    total, number = int(str(told.select(_COUNT).values[0][0])), number_of(query)
    check(number, total, _AT_ONCE)
    pairs = _pairs(told) if total <= MOST_OPTIONS else ()
    asked = _choice(query, total, pairs)
    pair = asked.value
    whole = conflicts_on(library, [pair] if pair else [])
    behind = whole
    paged = not pair and total > _AT_ONCE
    answered = told.answer(conflicts_on(told, _page(told, number, pairs)) if paged else behind)
    rows = _one_a_finding(answered)
    if len(rows) < len(answered):
        behind = replace(behind, afterwards="Of a finding that stands in several rows, the page shows the first.")
    found = together(rows)
    state = {"pair": pair, "layer": layer if layer != "all" else ""}
    state = {key: value for key, value in state.items() if value}
    shown = which(number, total, "pairs", _AT_ONCE)
    on = total if paged else len(found)
    pager = (Pager("/conflicts", state, number, last_page(total, _AT_ONCE), shown),) if paged else ()
    form = Form(
        "/conflicts",
        (asked, *layer_choices(library, layer)),
        "Show",
    )
    return Content(
        title="Conflicts",
        path="/conflicts",
        query={**state, **at(number)} if paged else state,
        lead=(
            f"{counted(on, 'pair')} of constructs on which findings disagree, in sign or in significance; what"
            " differs between the studies, and whether chance may explain it."
        ),
        sections=(
            Section("", (form, *pager)),
            *(_section(told, each, rows, index, _MOST_ALONE if pair else _MOST) for index, each in enumerate(found)),
            *(() if found else (Section("", (Prose("No findings disagree here.", "none"),)),)),
            Section("How chance is judged", (Printed(RULE, "The rule by which chance is judged"),), "rule"),
        ),
        behind=(told_by(whole if paged else behind, layer),),
        rows=rows,
        streamed=partial(told.stream, query_of(whole)) if paged else None,
        wide=True,
    )


def _choice(query: Mapping[str, str], total: int, pairs: Named) -> Choice:
    """The pair that the address names, and those to choose from; none of too many."""
    if total > MOST_OPTIONS:
        return field("pair", "Pair", query.get("pair", ""), total)
    options = (("", "all pairs"), *pairs)
    return Choice("pair", "Pair", chosen(query, "pair", options), options)


def _page(library: Library, number: int, pairs: Named) -> list[str]:
    """The names of the pairs on a page: by label, but of too many as the store has them, as in any long list."""
    start = (number - 1) * _AT_ONCE
    if not pairs:
        return [pair_name(row) for row in library.select(_ON % f"LIMIT {_AT_ONCE} OFFSET {start}")]
    return [name for name, _ in pairs[start : start + _AT_ONCE]]


def _pairs(library: Library) -> Named:
    """The name and the label of each pair on which findings disagree, by label."""
    rows = library.select(_ON % "")
    named = ((pair_name(row), tuple(library.label(str(row[end])) for end in _ENDS)) for row in rows)
    return tuple((name, " × ".join(labels)) for name, labels in sorted(named, key=lambda each: (each[1], each[0])))


def _pair(row: Row) -> str:
    return f"{local_name(str(row['firstIri']))}--{local_name(str(row['secondIri']))}"


def _one_a_finding(rows: Rows) -> Rows:
    """A finding of which something is told twice stands in several rows; one is enough to show it."""
    seen: set[tuple[str, str]] = set()

    def is_new(row: Row) -> bool:
        key = _pair(row), str(row["finding"])
        fresh = key not in seen
        seen.add(key)
        return fresh

    return rows.where(is_new)


def _section(library: Library, conflict: Conflict, rows: Rows, index: int, most: int) -> Section:
    first = conflict.findings[0]
    slugs = local_name(str(first["firstIri"])), local_name(str(first["secondIri"]))
    own = rows.where(lambda row: _pair(row) == "--".join(slugs))
    shown = Rows(own.columns, own.values[:most])
    caption = f"Findings on {conflict.first} and {conflict.second}"
    return Section(
        f"{conflict.first} × {conflict.second}",
        (
            Prose((Link("Everything on this pair", pair_path(*slugs)), ".", *_left(own, "--".join(slugs), most))),
            findings_table(library, shown, caption, "", f"findings-{index}"),
            *_differences(conflict, most),
        ),
        "--".join(slugs),
    )


def _left(findings: Rows, pair: str, most: int) -> tuple[Inline, ...]:
    """That not all stands here, where that is so, and where more of it stands."""
    if len(findings) <= most:
        return ()
    alone = (" ", Link("This pair by itself", "/conflicts", {"pair": pair}), " has more.") if most < _MOST_ALONE else ()
    return (f" The first {most} of {len(findings):,} findings stand here.", *alone)


def _differences(conflict: Conflict, most: int) -> Iterator[Block]:
    if conflict.differs:
        yield Prose("What differs between them:")
        yield Facts(tuple((word, _some(values, most)) for word, values in conflict.differs.items()))
    if conflict.judgements:
        yield Prose(f"May it be chance? {_summed(conflict, most)}".rstrip())
        yield Listing(tuple(judgement(each) for each in conflict.judgements[:most]))


def _some(values: Sequence[str], most: int) -> str:
    left = len(values) - most
    return " | ".join(values[:most]) + (f" and {left:,} more" if left > 0 else "")


def _summed(conflict: Conflict, most: int) -> str:
    told = summary(conflict.judgements, most)
    return f"{told}; the first {most}:" if told else ""


_ENDS = ("first", "second")
#: Each along one index, then one with the other: to look up each of many cells by itself takes seconds.
_COUNT = """
SELECT (COUNT(*) AS ?cells) WHERE {
  { SELECT DISTINCT ?cell WHERE { ?cell a ca:EvidenceCell } }
  { SELECT DISTINCT ?cell WHERE { ?cell ca:disagrees true } }
}"""
_ON = """
SELECT DISTINCT ?first ?second WHERE {
  { SELECT DISTINCT ?cell WHERE { ?cell a ca:EvidenceCell ; ca:disagrees true } %s }
  ?cell ca:pairMember ?first , ?second .
  FILTER(STR(?first) < STR(?second))
}"""
