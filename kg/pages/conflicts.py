"""Conflicts: pairs on which findings disagree, side by side, what differs, and whether chance may explain it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from kg.conflicts import RULE, Conflict
from kg.conflicts import conflicts as together
from kg.names import local_name
from kg.pages.addresses import pair_path
from kg.pages.library import Library
from kg.pages.model import Behind, Block, Choice, Content, Facts, Form, Link, Listing, Only, Printed, Prose, Section
from kg.pages.pairs import LAYERS, chosen, told_by
from kg.pages.words import counted, findings_table
from kg.store import Row, Rows
from kg.views.conflicts import judgement

READS = ("layer", "pair")


def content(library: Library, query: Mapping[str, str]) -> Content:
    """The page of all conflicts, or of one pair."""
    layer = chosen(query, "layer", LAYERS)
    told = library.layer(layer)
    every = _one_a_finding(told.ask("conflicts"))
    pairs = tuple(dict.fromkeys((_pair(row), f"{row['first']} × {row['second']}") for row in every))
    pair = chosen(query, "pair", (("", "all pairs"), *pairs))
    behind = _behind(library, pair)
    answered = told.answer(behind)
    rows = _one_a_finding(answered)
    if len(rows) < len(answered):
        behind = replace(behind, afterwards="Of a finding that stands in several rows, the page shows the first.")
    found = together(rows)
    state = {"pair": pair, "layer": layer if layer != "all" else ""}
    form = Form(
        "/conflicts",
        (Choice("pair", "Pair", pair, (("", "all pairs"), *pairs)), Choice("layer", "Who tells it", layer, LAYERS)),
        "Show",
    )
    return Content(
        title="Conflicts",
        path="/conflicts",
        query={key: value for key, value in state.items() if value},
        lead=(
            f"{counted(len(found), 'pair')} of constructs on which findings disagree, in sign or in significance; "
            "what differs between the studies, and whether chance may explain it."
        ),
        sections=(
            Section("", (form,)),
            *(_section(told, each, rows, index) for index, each in enumerate(found)),
            *(() if found else (Section("", (Prose("No findings disagree here.", "none"),)),)),
            Section("How chance is judged", (Printed(RULE, "The rule by which chance is judged"),), "rule"),
        ),
        behind=(told_by(behind, layer),),
        rows=rows,
        wide=True,
    )


def _behind(library: Library, pair: str) -> Behind:
    """The question of all conflicts, or of those on one pair, named by two slugs."""
    behind = library.behind("conflicts")
    if not pair:
        return behind
    ends = tuple(f"<{library.known('construct', slug)}>" for slug in pair.split("--"))
    return replace(behind, only=Only(("firstIri", "secondIri"), (ends,)))


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


def _section(library: Library, conflict: Conflict, rows: Rows, index: int) -> Section:
    first = conflict.findings[0]
    slugs = local_name(str(first["firstIri"])), local_name(str(first["secondIri"]))
    own = rows.where(lambda row: _pair(row) == "--".join(slugs))
    caption = f"Findings on {conflict.first} and {conflict.second}"
    return Section(
        f"{conflict.first} × {conflict.second}",
        (
            Prose((Link("Everything on this pair", pair_path(*slugs)), ".")),
            findings_table(library, own, caption, "", f"findings-{index}"),
            *_differences(conflict),
        ),
        "--".join(slugs),
    )


def _differences(conflict: Conflict) -> Iterator[Block]:
    if conflict.differs:
        yield Prose("What differs between them:")
        yield Facts(tuple((word, " | ".join(values)) for word, values in conflict.differs.items()))
    if conflict.judgements:
        yield Prose("May it be chance?")
        yield Listing(tuple(judgement(each) for each in conflict.judgements))
