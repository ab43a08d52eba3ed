"""The effect-direction plot (Thomson & Thomas 2013; Boon & Thomson 2021): what each study says, without its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.poolable import LeftOut
from kg.tellings import Telling
from kg.views.directions import LOOKS, by_pair, n_in_words, notes, rows
from kg.views.frame import Figure, framed
from kg.views.pages import Caption

#: Heights in pixels: of a row, and of the heading of a pair; and the middle of the column of arrows.
_ROW, _HEADING, _MIDDLE = 34, 40, 32
#: At least so many people -> half the side of an arrow in pixels (the classes of Thomson & Thomas 2013).
_SIZES = ((301, 12.0, "more than 300"), (50, 9.0, "50 to 300"), (0, 6.0, "fewer than 50, or not told"))
#: Directions as the legend names them.
_SHAPES = {"positive": "positive", "negative": "negative", "mixed": "both ways", "none": "none", "not told": "not told"}


@dataclass(frozen=True)
class _Drawn:
    """One row of the figure; lengths in pixels."""

    top: float
    study: str
    people: str
    path: str
    fill: str
    colour: str
    dashes: str
    direction: str
    significance: str
    what: str
    spoken: str


def figure(told: Sequence[Telling], left_out: Sequence[LeftOut], pair: str, question: str, version: str) -> Figure:
    """The effect-direction plot: a section each pair of constructs, a row each study."""
    headings, drawn, top = [], [], 0.0
    for name, group in by_pair(told):
        headings.append((top, name))
        drawn += [_row(each, top + _HEADING + _ROW * place) for place, each in enumerate(group)]
        top += _HEADING + _ROW * len(group)
    studies = len({each.study for each in told})
    words = (
        f"{studies} {'study' if studies == 1 else 'studies'} on {len(headings)} "
        f"pair{'s' * (len(headings) != 1)} of constructs"
    )
    svg = framed(
        "effect_direction.svg",
        Caption(f"Effect-direction plot: {pair}", f"{words}. {_counts(told)}.", question, version),
        notes(told, left_out),
        top + 128,
        headings=headings,
        drawn=drawn,
        bottom=top,
        middle=_MIDDLE,
        row=_ROW,
        shapes=[(_arrow(each, _SIZES[1][1]), LOOKS[each][0], word) for each, word in _SHAPES.items()],
        sizes=[(_arrow("positive", half), f"n {text}") for _, half, text in _SIZES],
    )
    return Figure(svg, rows(told, left_out), words)


def _row(each: Telling, top: float) -> _Drawn:
    colour, sign, pattern = LOOKS[each.direction]
    count = len(each.findings)
    findings = f"{count} finding{'s' * (count != 1)}"
    significance = "some significant" if each.significance == "mixed" else each.significance
    return _Drawn(
        top=top,
        study=each.study,
        people=n_in_words(each.n),
        path=_arrow(each.direction, _half(each.n)),
        fill={"significant": colour, "not significant": "#ffffff"}.get(each.significance, f"url(#hatch-{pattern})"),
        colour=colour,
        dashes="4 3" if each.significance == "not significant" else "",
        direction=f"{each.direction} ({sign})",
        significance="n.s." if significance == "not significant" else significance,
        what=findings,
        spoken=f"{each.study} ({n_in_words(each.n)}): {each.direction}; significance: {significance}; {findings}",
    )


def _half(n: int | None) -> float:
    return next(half for least, half, _ in _SIZES if (n or 0) >= least)


def _arrow(direction: str, half: float) -> str:
    """The outline of a sign around the origin: up, down, both ways, a bar for none, a circle for not told."""
    high = half * 1.1
    if direction == "positive":
        return f"M{-half:.1f},{high:.1f} L0,{-high:.1f} L{half:.1f},{high:.1f} Z"
    if direction == "negative":
        return f"M{-half:.1f},{-high:.1f} L0,{high:.1f} L{half:.1f},{-high:.1f} Z"
    if direction == "mixed":
        wide, gap = half * 1.5, 2.0
        left = f"M{-wide:.1f},0 L{-gap:.1f},{-half:.1f} L{-gap:.1f},{half:.1f} Z"
        return f"{left} M{wide:.1f},0 L{gap:.1f},{-half:.1f} L{gap:.1f},{half:.1f} Z"
    if direction == "none":
        return f"M{-half:.1f},-3.5 H{half:.1f} V3.5 H{-half:.1f} Z"
    arc = f"A{half:.1f},{half:.1f} 0 1 0"
    return f"M{-half:.1f},0 {arc} {half:.1f},0 {arc} {-half:.1f},0 Z"


def _counts(told: Sequence[Telling]) -> str:
    words = [each.direction for each in told]
    return ", ".join(f"{words.count(word)} {word}" for word in LOOKS if word in words)
