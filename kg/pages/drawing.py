"""Networks as drawings: where boxes and lines stand. Takes rows and gives shapes; the template draws them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import mul
from textwrap import wrap

from kg.names import local_name, paired
from kg.network import roles
from kg.store import Row
from kg.views.encoding import MINUS, NEGATIVE, NEUTRAL, POSITIVE, line_width, outcome_of
from kg.views.ring import places, size

#: Half the size of a box, in pixels, and how many letters fit a line of it, and how many lines.
_HALF_WIDTH, _HALF_HEIGHT, _LETTERS, _LINES = 92, 30, 24, 3
#: How far parallel lines bend away from each other, in pixels.
_BEND = 34
#: How far the outermost lines of an expanded pair bend, at most, and where on them their signs stand, by turns.
_SPREAD, _TURNS = 130, (0.42, 0.58)
#: Where on the line of a pair its sign stands: nearer to its end, where lines lie farther apart.
_APART = 0.7
#: Of the overview: the height of a row, where the two columns stand, and the whole width.
_ROW, _LEFT, _RIGHT, _WIDTH = 30, 330, 670, 1000
#: Of the overview: what stands on a line, so that its colour is never alone.
_SIGNS = {"positive": "+", "negative": MINUS, "mixed": "±"}
_LOOKS = {
    "positive": ("positive", POSITIVE),
    "negative": ("negative", NEGATIVE),
    "null": ("null", NEUTRAL),
    "positive-unclear": ("positive untold", POSITIVE),
    "negative-unclear": ("negative untold", NEGATIVE),
    "supported": ("mixed", NEUTRAL),
    "unsigned": ("mixed", NEUTRAL),
    "unclear": ("unclear", NEUTRAL),
    "mixed": ("mixed", "#1d1c1a"),
}


@dataclass(frozen=True)
class Box:
    """A construct: its slug, the lines of its name, its middle, and half its size."""

    name: str
    lines: tuple[str, ...]
    x: float
    y: float
    half_width: float = _HALF_WIDTH
    half_height: float = _HALF_HEIGHT
    middle: bool = False


@dataclass(frozen=True)
class Line:
    """A finding or a pair: where it leads, its look, where its sign stands, and what it says."""

    path: str
    ends: str
    way: str
    look: str
    colour: str
    width: float
    dashes: str
    sign: str
    x: float
    y: float
    spoken: str
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Drawing:
    """Boxes and lines, in a frame."""

    left: float
    top: float
    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def around(rows: Sequence[Row], labels: Mapping[str, str], centres: Sequence[str]) -> Drawing:
    """Findings (rows of the question ``findings``) around centres, one line a finding."""
    seen = Counter(node for row in rows for node in set(roles(row).values()))
    middle = [each for each in centres if each in seen]
    rest = sorted(seen.keys() - set(middle), key=lambda node: (labels[node].casefold(), node))
    where = places(middle, rest, "wide")
    width, height = size(where)
    boxes = tuple(_box(node, labels[node], *where[node], node in middle) for node in (*middle, *rest))
    return Drawing(-width / 2 - 10, -height / 2 - 10, width + 20, height + 20, boxes, tuple(_lines(rows, where)))


def _box(name: str, label: str, x: float, y: float, middle: bool) -> Box:
    return Box(name, _wrapped(label), x, y, middle=middle)


def _wrapped(label: str) -> tuple[str, ...]:
    lines = wrap(label, _LETTERS, max_lines=_LINES, placeholder="…")
    return tuple(lines)


def _lines(rows: Sequence[Row], where: Mapping[str, tuple[int, int]]) -> Iterable[Line]:
    pairs: Counter[tuple[str, str]] = Counter(_ends(row) for row in rows)
    drawn: Counter[tuple[str, str]] = Counter()
    for row in sorted(rows, key=lambda row: str(row["finding"])):
        ends = _ends(row)
        step = drawn[ends] - (pairs[ends] - 1) / 2
        drawn[ends] += 1
        way, x, y = _curve(where[ends[0]], where[ends[1]], step * _BEND)
        yield _finding_line(row, " ".join(dict.fromkeys(ends)), way, x, y)


def _finding_line(row: Row, ends: str, way: str, x: float, y: float) -> Line:
    outcome = outcome_of(row)
    look, colour = _LOOKS[outcome.name]
    return Line(
        f"/finding/{local_name(str(row['finding']))}",
        ends,
        way,
        look,
        colour,
        line_width(row["value"]),
        " ".join(map(str, outcome.dashes)),
        outcome.sign,
        x,
        y,
        f"{row['study']}: {row['subject']} and {row['object']}, {outcome.meaning}",
    )


def _ends(row: Row) -> tuple[str, str]:
    """The two constructs that a finding's line joins: those that it is about, in order of name."""
    named = roles(row)
    one, other = sorted((named.get("third", named["subject"]), named["object"]))
    return one, other


def _curve(one: tuple[float, float], other: tuple[float, float], bend: float) -> tuple[str, float, float]:
    """A path from one to the other that bends to the side, and the middle of it."""
    (x, y), (to_x, to_y) = one, other
    if one == other:  # a relation of a construct with itself stands as a loop above its box
        lift = 60 + abs(bend) * 2
        top = y - _HALF_HEIGHT
        return (
            f"M{x - 24:g} {top:g}C{x - 60:g} {top - lift:g} {x + 60:g} {top - lift:g} {x + 24:g} {top:g}",
            x,
            top - lift * 0.75,
        )
    middle_x, middle_y = (x + to_x) / 2, (y + to_y) / 2
    length = ((to_x - x) ** 2 + (to_y - y) ** 2) ** 0.5
    across_x, across_y = -(to_y - y) / length, (to_x - x) / length
    control = middle_x + 2 * bend * across_x, middle_y + 2 * bend * across_y
    way = f"M{x:g} {y:g}Q{control[0]:.1f} {control[1]:.1f} {to_x:g} {to_y:g}"
    return way, middle_x + bend * across_x, middle_y + bend * across_y


def overview(pairs: Sequence[Row], lefts: set[str], expanded: Mapping[str, Sequence[Row]]) -> Drawing:
    """Pairs (rows of the question ``pairs-studied``) of two sides as two columns, one line a pair.

    A pair that is ``expanded`` has one line a finding (rows of the question ``findings``) instead, by its two slugs.
    """
    turned = [_sides(row, lefts) for row in pairs]
    columns = _ordered([(left, right) for left, right, _ in turned])
    labels = {str(row[side]): str(row[f"{side}Label"]) for row in pairs for side in ("first", "second")}
    height = max(map(len, columns), default=1) * _ROW + 20
    where: dict[str, tuple[float, float]] = {}
    boxes = []
    for column, x, sign in ((columns[0], _LEFT, -1), (columns[1], _RIGHT, 1)):
        gap = (height - 20) / max(len(column), 1)
        for index, iri in enumerate(column):
            y = 10 + gap * (index + 0.5)
            where[iri] = (x, y)
            label = labels[iri] if len(labels[iri]) <= 40 else f"{labels[iri][:39]}…"
            boxes.append(Box(local_name(iri), (label,), x + sign * 155, y, 150, 12))
    whole: list[Line] = []
    parts: list[Line] = []
    for left, right, row in turned:
        findings = expanded.get(pair_name(row))
        if findings is None:
            line = _pair(left, right, row, where)
            whole.append(replace(line, look=f"{line.look} apart") if expanded else line)
        else:
            parts += _parallel(left, right, findings, where)
    room = _SPREAD * 0.75 if parts else 0
    return Drawing(0, -room, _WIDTH, height + 2 * room, tuple(boxes), (*whole, *parts))


def pair_name(row: Row) -> str:
    """What a pair is called in an address: its two slugs, in order."""
    return paired(str(row["first"]), str(row["second"]))


def _parallel(
    left: str, right: str, findings: Sequence[Row], where: Mapping[str, tuple[float, float]]
) -> Iterable[Line]:
    """The findings on one pair, side by side, those of one outcome together."""
    (x, y), (to_x, to_y) = where[left], where[right]
    half, outermost = (x + to_x) / 2, (len(findings) - 1) / 2
    step = min(_BEND, _SPREAD / outermost) if outermost else 0
    for index, row in enumerate(sorted(findings, key=lambda row: outcome_of(row).name)):
        bend = (index - outermost) * step
        way = f"M{x:g} {y:g}C{half:g} {y + bend:g} {half:g} {to_y + bend:g} {to_x:g} {to_y:g}"
        at = _on_curve((x, y), (to_x, to_y), _TURNS[index % 2], bend)
        yield _finding_line(row, f"{local_name(left)} {local_name(right)}", way, *at)


def _sides(row: Row, lefts: set[str]) -> tuple[str, str, Row]:
    first, second = str(row["first"]), str(row["second"])
    return (first, second, row) if first in lefts else (second, first, row)


def _ordered(pairs: Sequence[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """The two columns, each by the mean place of what its members are joined to, so that lines cross less."""
    left, right = sorted({one for one, _ in pairs}), sorted({other for _, other in pairs})
    for _ in range(4):
        left = _by_mean(left, right, [(one, other) for one, other in pairs])
        right = _by_mean(right, left, [(other, one) for one, other in pairs])
    return left, right


def _by_mean(column: list[str], facing: list[str], pairs: Sequence[tuple[str, str]]) -> list[str]:
    place = {iri: index for index, iri in enumerate(facing)}
    joined = {iri: [place[other] for one, other in pairs if one == iri] for iri in column}
    return sorted(column, key=lambda iri: (sum(joined[iri]) / len(joined[iri]), iri))


def _pair(left: str, right: str, row: Row, where: Mapping[str, tuple[float, float]]) -> Line:
    (x, y), (to_x, to_y) = where[left], where[right]
    outcome = pair_outcome(row)
    look, colour = _LOOKS[outcome]
    half = (x + to_x) / 2
    words = {"negative": "negative", "null": "not significant", "positive": "positive", "unclear": "not told"}
    counts = ", ".join(f"{row[name]} {word}" for name, word in words.items())
    return Line(
        "/network",
        f"{local_name(left)} {local_name(right)}",
        f"M{x:g} {y:g}C{half:g} {y:g} {half:g} {to_y:g} {to_x:g} {to_y:g}",
        look,
        colour,
        1.5 + min(float(str(row["findings"])), 12) * 0.7,
        "6 5" if outcome in ("null", "unclear") else "",
        _SIGNS.get(outcome, ""),
        *_on_curve((x, y), (to_x, to_y), _APART),
        f"{row['firstLabel']} and {row['secondLabel']}: {counts}",
        {"pair": pair_name(row)},
    )


def _on_curve(
    one: tuple[float, float], other: tuple[float, float], along: float, bend: float = 0
) -> tuple[float, float]:
    """A place on the curve of a pair, so far along it."""
    half = (one[0] + other[0]) / 2
    back = 1 - along
    weights = back**3, 3 * back**2 * along, 3 * back * along**2, along**3
    xs, ys = (one[0], half, half, other[0]), (one[1], one[1] + bend, other[1] + bend, other[1])
    return sum(map(mul, weights, xs)), sum(map(mul, weights, ys))


def pair_outcome(row: Row) -> str:
    """What all findings on a pair say together: one outcome, ``mixed``, or ``unclear``."""
    told = [name for name in ("positive", "negative", "null") if row[name]]
    return "unclear" if not told else told[0] if len(told) == 1 else "mixed"
