"""The albatross plot (Harrison et al. 2017): p values against numbers of people, where effects are not printed.

The contours show which size of correlation would give such a p with so many people.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.names import local_name
from kg.p_values import PValue, n_of_contour, p_of_contour
from kg.poolable import LeftOut
from kg.store import Rows, Value
from kg.views.encoding import MINUS, NEGATIVE, POSITIVE
from kg.views.frame import Figure, framed, left_out_note, table
from kg.views.numbered import beside, key, key_height
from kg.views.pages import Caption

#: Of the plot, in pixels.
_LEFT, _RIGHT, _TOP, _BOTTOM = 90, 930, 14, 400
#: The contours that can be drawn: sizes of a correlation.
_SIZES = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7)
#: A contour that ends nearer to the middle has no room for its label, and is left out; in pixels.
_ROOM = 60
#: How far a bound without another end is drawn: so many powers of ten beyond it.
_BEYOND = 0.6
_COLUMNS = (
    "role", "number", "finding", "study", "people", "direction", "operator", "p", "oneSidedP", "n", "nOf", "reason",
)  # fmt: skip


@dataclass(frozen=True)
class _Mark:
    """One p value as the figure draws it: a point where ``end`` is None, else a bar from ``x`` to ``end``."""

    x: float
    y: float
    end: float | None
    open: bool
    colour: str
    label: tuple[float, float] | None
    spoken: str


@dataclass(frozen=True)
class _Contour:
    """The places of one size of correlation, and where its size is written."""

    points: str
    label: tuple[float, float]
    size: str


@dataclass(frozen=True)
class _Scale:
    """Powers of ten of a two-sided p, to each side; people from ``fewest`` to ``most``, on a log scale."""

    reach: float
    fewest: float
    most: float

    def x(self, power: float) -> float:
        return (_LEFT + _RIGHT) / 2 + (_RIGHT - _LEFT) / 2 * power / self.reach

    def y(self, n: float) -> float:
        share = (math.log10(n) - math.log10(self.fewest)) / (math.log10(self.most) - math.log10(self.fewest))
        return _BOTTOM - (_BOTTOM - _TOP) * share


def figure(told: Sequence[PValue], left_out: Sequence[LeftOut], pair: str, question: str, version: str) -> Figure:
    """The albatross plot of p values."""
    scale = _scale(told)
    exact = sum(each.operator == "=" for each in told)
    words = f"{exact} exact p value{'s' * (exact != 1)} and {len(told) - exact} told as bounds only"
    svg = framed(
        "albatross.svg",
        Caption(f"Albatross plot: {pair}", f"{words}; {_sides(told)}.", question, version),
        _notes(told, left_out),
        _BOTTOM + 92 + key_height(len(told)),
        marks=_marks(told, scale),
        contours=list(_contours(scale)),
        across=list(_across(scale)),
        rungs=[(scale.y(n), f"{n:,}") for n in _round_numbers(scale)],
        key=key([_spoken(each) for each in told]),
        left=_LEFT, right=_RIGHT, upper=_TOP, lower=_BOTTOM,
    )  # fmt: skip
    return Figure(svg, _table(told, left_out), words)


def _scale(told: Sequence[PValue]) -> _Scale:
    farthest = max(-math.log10(each.p) + (_BEYOND if each.operator == "<" else 0) for each in told)
    sizes = [each.n for each in told]
    return _Scale(max(3.0, farthest + 0.3), max(4, min(sizes) / 2), max(sizes) * 2)


def _power(each: PValue) -> float:
    """Where a p lies: powers of ten of the two-sided p, with the sign of its direction."""
    size = -math.log10(each.p)
    return size if each.direction == "positive" else -size


def _marks(told: Sequence[PValue], scale: _Scale) -> list[_Mark]:
    places = [(scale.x(_power(each)), scale.y(each.n)) for each in told]
    ends = [_end(each, scale) for each in told]
    bars = [
        ((x + end) / 2, y, abs(x - end) / 2, 3.0) for (x, y), end in zip(places, ends, strict=True) if end is not None
    ]
    return [
        _Mark(x, y, end, each.operator == "<", _colour(each), label, _spoken(each))
        for each, (x, y), end, label in zip(told, places, ends, beside(places, bars), strict=True)
    ]


def _end(each: PValue, scale: _Scale) -> float | None:
    """Where the other end of a bound lies: outwards for a p below it, at p = 1 for a p above it."""
    if each.operator == "=":
        return None
    return scale.x(_power(each) + math.copysign(_BEYOND, _power(each))) if each.operator == "<" else scale.x(0)


def _colour(each: PValue) -> str:
    return POSITIVE if each.direction == "positive" else NEGATIVE


def _contours(scale: _Scale) -> Iterator[_Contour]:
    """For each size and side, the curve from the middle outwards, as far as it lies within the plot."""
    for size in _SIZES:
        most = min(scale.most, n_of_contour(size, 10**-scale.reach))
        sizes = [scale.fewest * (most / scale.fewest) ** (step / 60) for step in range(61)]
        curve = [(-math.log10(p_of_contour(size, n)), scale.y(n)) for n in sizes]
        if most > scale.fewest and scale.x(curve[-1][0]) - scale.x(0) > _ROOM:
            for side in (-1, 1):
                places = [(scale.x(side * power), y) for power, y in curve]
                text = f"{MINUS if side < 0 else '+'}{size:g}".replace("0.", ".")
                yield _Contour(" ".join(f"{x:.2f},{y:.2f}" for x, y in places), places[-1], text)


def _across(scale: _Scale) -> Iterator[tuple[float, str]]:
    """Place and text of each tick: the one-sided p at every power of ten of the two-sided one."""
    step = max(1, math.ceil(scale.reach / 5))
    for power in range(0, math.floor(scale.reach) + 1, step):
        text = f"{10**-power / 2:.{power + 1}f}".lstrip("0") if power < 5 else f"5e{MINUS}{power + 1}"
        yield from ((scale.x(side * power), text) for side in ((1,) if power == 0 else (-1, 1)))


def _round_numbers(scale: _Scale) -> list[int]:
    """Numbers of people for the ticks: 1, 2 and 5 times powers of ten."""
    candidates = [factor * 10**power for power in range(8) for factor in (1, 2, 5)]
    return [n for n in candidates if scale.fewest <= n <= scale.most]


def _spoken(each: PValue) -> str:
    sign = "+" if each.direction == "positive" else MINUS
    return f"{each.study} (n = {each.n:,}): {sign}, two-sided p {each.operator} {each.p:g}"


def _sides(told: Sequence[PValue]) -> str:
    positive = sum(each.direction == "positive" for each in told)
    return f"{len(told) - positive} negative (left), {positive} positive (right)"


def _notes(told: Sequence[PValue], left_out: Sequence[LeftOut]) -> Iterator[str]:
    yield (
        "Printed p values are taken as two-sided and halved. The contours hold where p tests a plain correlation, by "
        "Fisher's z; a p of a regression fits them roughly."
    )
    if any(each.operator != "=" for each in told):
        yield "A p told as a bound is a bar, never a point: it may lie anywhere along the bar, and beyond its open end."
    people = [each.people for each in told]
    again = sorted({each.study for each in told if people.count(each.people) > 1})
    if again:
        yield f"The same people stand behind more than one mark: {', '.join(again)}."
    yield left_out_note(left_out)


def _table(told: Sequence[PValue], left_out: Sequence[LeftOut]) -> Rows:
    rows: list[dict[str, Value]] = [
        {
            "role": "exact" if each.operator == "=" else "bound",
            "number": number,
            "finding": local_name(each.finding),
            "study": each.study,
            "people": local_name(each.people),
            "direction": each.direction,
            "operator": each.operator,
            "p": each.p,
            "oneSidedP": each.one_sided,
            "n": each.n,
            "nOf": each.n_of,
        }
        for number, each in enumerate(told, 1)
    ]
    return table(_COLUMNS, rows, left_out)
