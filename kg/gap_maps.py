"""A gap map of a store: which pairs to show, which findings stand behind them, and what to say above."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kg.errors import BadQuestion
from kg.export.tables import ROW_FORMATS
from kg.gaps import Matrix, matrix
from kg.names import local_name
from kg.narrowed import among
from kg.nearby import told
from kg.network import once
from kg.questions import answer, find_question, terms_of
from kg.resources import shipped, software_version
from kg.store import Row, Rows, Store
from kg.views import gap_map
from kg.views.pages import Caption
from kg.views.words import told_by
from kg.widest import headings, left_out_of, widest

_QUESTION = "gap-matrix"


@dataclass(frozen=True)
class GapMap:
    """A matrix with the answer that it was made of, what was asked, and of which layer."""

    layer: str
    asked: Mapping[str, tuple[str, ...]]
    answer: Rows = field(repr=False)
    matrix: Matrix = field(repr=False)
    everything: bool
    left_out: str = field(default="", repr=False)  # what is not shown for want of room, in words

    def _repr_svg_(self) -> str:
        """What Jupyter shows."""
        return gap_map.figure(self.shown, caption_of(self))

    @property
    def shown(self) -> Matrix:
        """The matrix as it is drawn: all of it, or without the constructs on which nothing was found."""
        return self.matrix if self.everything else self.matrix.studied()


def gaps(
    store: Store,
    rows: Iterable[str] = (),
    columns: Iterable[str] = (),
    layer: str = "all",
    everything: bool = True,
) -> GapMap:
    """The pairs of ``rows`` and ``columns`` (names of constructs; none: the question's defaults), with all narrower.

    ``everything``: draw also constructs on which nothing was found. ``layer`` says which findings the store has: all of
    them, or only those of a layer (``kg.layers``).
    """
    asked = {"rows": tuple(rows), "columns": tuple(columns)}
    question = find_question(shipped(), _QUESTION)
    terms = terms_of(store, question, asked)
    sides = {} if everything else widest(store, {**question.usual, **terms})
    found = store.select(among(question.bind(terms), headings(sides)))
    if not found:
        raise BadQuestion("no pairs here: one side is part of the other; choose other --rows or --columns")
    return GapMap(layer, asked, found, matrix(found), everything, left_out_of(sides))


#: The files that a gap map can be written to.
SUFFIXES = (".html", ".svg", ".png", ".csv")


def written(store: Store, chosen: GapMap, suffix: str) -> str:
    """The gap map as ``.html``, as SVG (also for ``.png``) or as ``.csv``."""
    if suffix == ".csv":
        return ROW_FORMATS["csv"](chosen.answer)
    caption = caption_of(chosen)
    if suffix in (".svg", ".png"):
        return gap_map.figure(chosen.shown, caption)
    return gap_map.page(chosen.shown, _behind(store, chosen), caption)


def _behind(store: Store, chosen: GapMap) -> dict[tuple[str, str], list[Row]]:
    """Cell -> the results that it counts, as rows of the question ``findings``, with where they are told also."""
    counted = [row for row in answer(store, f"{_QUESTION}-findings", chosen.asked) if _cell(row) in chosen.matrix.cells]
    rows = told(store, {str(row["finding"]) for row in counted})
    by_name = {str(row["finding"]): row for row in [*rows, *once(rows)]}
    behind: dict[tuple[str, str], list[Row]] = {}
    for row in counted:
        reach = {name: row[name] for name in ("reach", "reachNote")}
        behind.setdefault(_cell(row), []).append({**by_name[str(row["finding"])], **reach})
    return behind


def _cell(row: Row) -> tuple[str, str]:
    return local_name(str(row["row"])), local_name(str(row["column"]))


def caption_of(chosen: GapMap) -> Caption:
    """What stands above a gap map."""
    matrix = chosen.matrix
    studied = sum(cell.findings > 0 for cell in matrix.cells.values())
    tally = matrix.tally()
    summary = chosen.left_out + (
        f"Of {len(matrix.cells)} pairs, {studied} have findings, their own or those of narrower constructs; "
        f"{tally['never studied']} were never studied though both constructs can be measured, and for "
        f"{tally['no measure']} a measure is missing{matrix.studied_all_the_same()}. "
        f"Of the pairs with findings, {tally['no number reported']} come "
        f"without a number, and {tally['one population only']} rest on one population."
    )
    if hidden := chosen.shown.hidden():
        summary += f" Not drawn{hidden}: kg gaps --all draws them."
    roots = [", ".join(each.label for each in side if each.depth == 0) for side in (matrix.rows, matrix.columns)]
    question = "gap-matrix and gap-matrix-findings (queries/)."
    only = "" if chosen.layer == "all" else f", as {told_by(chosen.layer)}"
    return Caption(f"What has been studied: {roots[0]} × {roots[1]}{only}", summary, question, software_version())
