"""The core pattern of the ontology: its main classes, and the properties that lead from one to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from kg.names import local_name
from kg.store import Row, Rows
from kg.views.frame import WIDTH, Figure, framed
from kg.views.pages import Caption

#: Class -> the middle of its box, in pixels: findings between what they are about and where they come from.
_PLACES = {
    "Sample": (112, 100),
    "Proposition": (480, 100),
    "Finding": (480, 310),
    "Construct": (812, 310),
    "Study": (112, 520),
    "Measure": (480, 520),
}
#: The height of a box's heading and of a line, in pixels; the width of a letter, and of a bold one.
_HEADING, _LINE, _LETTER, _BOLD = 34, 17, 6.6, 7.4
#: No box is narrower than twice this.
_LEAST = 64
#: Above all boxes runs what would cross them.
_OVER = 22, {("Sample", "Construct")}
#: So many properties below one are named instead of it; of more it is told how many there are.
_FEW = 5


@dataclass(frozen=True)
class _Name:
    """A property, or one with how many stand below it; ``edge`` where it follows from findings."""

    text: str
    edge: bool


@dataclass(frozen=True)
class _Box:
    """A class with what leads from one thing of it to another; lengths in pixels."""

    name: str
    x: float
    y: float
    names: tuple[_Name, ...]

    @property
    def half_width(self) -> float:
        return max(_LEAST, _widest(self.names) / 2 + 12)

    @property
    def half_height(self) -> float:
        return (_HEADING + _LINE * len(self.names) + (8 if self.names else 0)) / 2


@dataclass(frozen=True)
class _Arrow:
    """What leads from one class to another: its way, and the label on it."""

    way: str
    x: float
    y: float
    names: tuple[_Name, ...]

    @property
    def half_width(self) -> float:
        return _widest(self.names) / 2 + 6

    @property
    def half_height(self) -> float:
        return _LINE * len(self.names) / 2 + 3


def _widest(names: tuple[_Name, ...]) -> float:
    return max((len(each.text) * (_BOLD if each.edge else _LETTER) for each in names), default=0)


def figure(rows: Rows, question: str, version: str) -> Figure:
    """The pattern, from the rows of the question ``core-pattern``."""
    led = {ends: tuple(_names(list(found))) for ends, found in groupby(sorted(rows, key=_key), _ends)}
    boxes = {name: _Box(name, *_PLACES[name], led.get((name, name), ())) for name in _PLACES}
    arrows = [_arrow(boxes[start], boxes[end], names) for (start, end), names in led.items() if start != end]
    told = f"{len(boxes)} classes, {len({str(row['property']) for row in rows})} properties"
    caption = Caption("The core pattern of the ontology", _summary(led), question, version)
    bottom = max(box.y + box.half_height for box in boxes.values())
    svg = framed(
        "core_pattern.svg", caption, _notes(), bottom + 14, boxes=list(boxes.values()), arrows=arrows, line=_LINE,
        heading=_HEADING, right=WIDTH,
    )  # fmt: skip
    return Figure(svg, rows, told)


def _key(row: Row) -> tuple[str, str, str]:
    return (*_ends(row), str(row["property"]))


def _ends(row: Row) -> tuple[str, str]:
    return local_name(str(row["from"])), local_name(str(row["to"]))


def _names(rows: Sequence[Row]) -> Iterator[_Name]:
    """The properties between two classes: those at the top, or the few that stand below one."""
    above: dict[str, set[str]] = {}
    for row in rows:
        above.setdefault(local_name(str(row["property"])), set()).add(local_name(str(row["above"] or "")))
    edges = {local_name(str(row["property"])) for row in rows if row["edge"] == "yes"}
    for top in (name for name, higher in above.items() if not higher & above.keys()):
        below = _below(top, above)
        if not below:
            yield _Name(top, top in edges)
        elif len(below) <= _FEW and above[below[0]] == {top} and not edges & set(below):
            yield from (_Name(each, False) for each in below)
        else:
            yield _Name(f"{top} and {len(below)} below it", bool(edges & {top, *below}))


def _below(top: str, above: dict[str, set[str]]) -> list[str]:
    found = [name for name, higher in above.items() if top in higher]
    return found + [each for name in found for each in _below(name, above) if each not in found]


def _arrow(start: _Box, end: _Box, names: tuple[_Name, ...]) -> _Arrow:
    over, pairs = _OVER
    if (start.name, end.name) in pairs:
        top, down = start.y - start.half_height, end.y - end.half_height
        return _Arrow(f"M{start.x} {top}V{over}H{end.x}V{down}", (start.x + end.x) / 2, over, names)
    x, y = _edge_of(start, end)
    to_x, to_y = _edge_of(end, start)
    return _Arrow(f"M{x:.1f} {y:.1f}L{to_x:.1f} {to_y:.1f}", (x + to_x) / 2, (y + to_y) / 2, names)


def _edge_of(box: _Box, other: _Box) -> tuple[float, float]:
    """Where the line from the middle of a box to that of another leaves the box."""
    across, down = other.x - box.x, other.y - box.y
    reach = min(box.half_width / abs(across) if across else 9, box.half_height / abs(down) if down else 9)
    return box.x + across * reach, box.y + down * reach


def _summary(led: dict[tuple[str, str], tuple[_Name, ...]]) -> str:
    told = (f"{start} to {end}: {', '.join(name.text for name in names)}" for (start, end), names in led.items())
    return ". ".join(told) + "."


def _notes() -> Iterable[str]:
    yield "An arrow leads from the domain of a property to its range; a box holds what leads to another of its kind."
    yield "Bold: typed edges, which follow from findings by a property chain. What has an inverse is drawn once."
