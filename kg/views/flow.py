"""The flow diagram of a review, after PRISMA 2020 (Page et al. 2021): what it found, took out and let in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap

from kg.flows import POINTS, REMOVED, Flow, Tally
from kg.store import Rows, Value
from kg.views.frame import MARGIN, WIDTH, Figure, framed, table
from kg.views.pages import Caption

#: In pixels: left and width of the two columns of boxes, the height of a line, the air within and between boxes.
_MAIN, _SIDE, _BOX, _LINE, _AIR, _GAP = 64, 520, 420, 18, 12, 28
#: So many letters fit into a line of a box.
_LETTERS = 58
#: Point of the way -> heading of its box, of the box beside it, and the phase to which it belongs.
_HEADINGS = {
    "identified": ("Records identified", "Taken out before screening", "Identification"),
    "screened": ("Records screened", "Records excluded", "Screening"),
    "sought": ("Reports sought", "Reports not retrieved", "Screening"),
    "assessed": ("Reports assessed for eligibility", "Reports excluded", "Screening"),
    "included": ("Included in the review", "", "Included"),
}
#: Where a box adds up several numbers: what each of them counts.
_PARTS = {
    "identified-databases": "from databases",
    "identified-registers": "from registers",
    "identified-other": "by other ways",
    "removed-duplicates": "duplicates",
    "removed-otherwise": "for other reasons",
    "included-studies": "studies",
    "included-reports": "reports of these",
}
_UNTOLD = "not told"
_COLUMNS = ("role", "at", "count", "what")


@dataclass(frozen=True)
class _Box:
    """One box; lengths in pixels. ``point`` is empty beside the way."""

    point: str
    left: float
    top: float
    high: float
    told: bool
    heading: str
    lines: tuple[str, ...]


def figure(told: Flow, question: str, version: str) -> Figure:
    """The flow diagram of a review."""
    boxes: list[_Box] = []
    phases: list[tuple[str, float, float]] = []
    top = 0.0
    for point, (heading, beside, phase) in _HEADINGS.items():
        row = [_main(told, point, heading, top)]
        if point in REMOVED:
            row.append(_beside(told, point, beside, top))
        boxes += row
        bottom = top + max(box.high for box in row)
        if phases and phases[-1][0] == phase:
            phases[-1] = (phase, phases[-1][1], bottom)
        else:
            phases.append((phase, top, bottom))
        top = bottom + _GAP
    way = [box for box in boxes if box.point]
    words = f"{len(told.tallies)} numbers of {told.review}"
    svg = framed(
        "flow.svg",
        Caption(f"Flow of records and studies: {told.review}", _summary(told), question, version),
        _notes(told),
        top - _GAP + 14,
        boxes=boxes,
        phases=phases,
        steps=list(pairwise(way)),
        sides=[(box, other) for box, other in pairwise(boxes) if box.point and not other.point],
        box=_BOX,
        line=_LINE,
        right=WIDTH - MARGIN,
    )
    return Figure(svg, _table(told), words)


def _main(told: Flow, point: str, heading: str, top: float) -> _Box:
    names = ("included-studies", "included-reports") if point == "included" else POINTS[point]
    parts = told.at(*names)
    if point == "included":
        return _boxed(point, _MAIN, top, heading, parts, list(_itemised(parts)))
    total = f"{heading} (n = {told.left(point):,})" if parts else heading
    return _boxed(point, _MAIN, top, total, parts, list(_itemised(parts)) if point == "identified" else [])


def _beside(told: Flow, point: str, heading: str, top: float) -> _Box:
    parts = told.at(*REMOVED[point])
    total = told.total(*REMOVED[point])
    itemised = point == "identified" or len(parts) > 1 or (point == "assessed" and bool(parts))
    lines = list(_itemised(parts)) if itemised else []
    return _boxed("", _SIDE, top, heading if total is None else f"{heading} (n = {total:,})", parts, lines)


def _boxed(point: str, left: float, top: float, heading: str, parts: tuple[Tally, ...], items: list[str]) -> _Box:
    lines = [line for item in items for line in wrap(item, _LETTERS, subsequent_indent="  ")] if parts else [_UNTOLD]
    return _Box(point, left, top, 2 * _AIR + _LINE * (1 + len(lines)), bool(parts), heading, tuple(lines))


def _itemised(parts: tuple[Tally, ...]) -> Iterator[str]:
    """Each number with what it counts: the coder's words where several count at one point, or give a reason."""
    names = [each.at for each in parts]
    for each in parts:
        known = each.at in _PARTS and names.count(each.at) == 1
        yield f"{_PARTS[each.at] if known else each.what.rstrip('.')}: {each.count:,}"


def _summary(told: Flow) -> str:
    left = {point: told.left(point) for point in POINTS}
    way = ", ".join(f"{point} {_UNTOLD if n is None else format(n, ',')}" for point, n in left.items())
    return f"{way}. {_sums(told)}"


def _sums(told: Flow) -> str:
    wrong = list(told.discrepancies())
    return f"Does not add up: {'; '.join(wrong)}." if wrong else "Nothing told contradicts the sums."


def _notes(told: Flow) -> Iterator[str]:
    yield _sums(told)
    drawn = (*(told.left(point) for point in POINTS), *(told.total(*names) for names in REMOVED.values()))
    if None in drawn:
        yield "Dashed boxes: the review gives no number, or none could be read; none is reckoned from the others."
    yield "After PRISMA 2020 (Page et al. 2021)."


def _table(told: Flow) -> Rows:
    rows: list[dict[str, Value]] = [
        {"role": "told", "at": each.at, "count": each.count, "what": each.what} for each in told.tallies
    ]
    rows += [{"role": "does not add up", "what": wrong} for wrong in told.discrepancies()]
    return table(_COLUMNS, rows, ())
