"""The harvest plot (Ogilvie et al. 2008): for each pair of constructs, the studies by what they found.

A supermatrix: a row each pair, a column each outcome, a bar each study; its height is its number of people, the letter
above it its risk of bias.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from kg.poolable import LeftOut
from kg.tellings import Telling
from kg.views.directions import LOOKS, by_pair, n_in_words, notes, rows
from kg.views.encoding import MINUS
from kg.views.frame import MARGIN, WIDTH, Figure, framed
from kg.views.numbered import KEY_LINE, key, key_height
from kg.views.pages import Caption

#: Outcome of a study on a pair -> the heading of its column.
_COLUMNS = {
    "negative": f"negative ({MINUS})",
    "not significant": "not significant",
    "positive": "positive (+)",
    "mixed": "mixed (±)",
    "not told": "not told (?)",
}
#: In pixels: where the matrix begins, the width of a column and of the place of a bar, the height of a line of bars.
_SIDE, _COLUMN, _PITCH, _LINE = 240, 140.0, 26.0, 84
#: The height of the bar of ten people or fewer, and of ten thousand or more; between them by the logarithm.
_LOWEST, _HIGHEST = 6.0, 46.0
#: The letter of a study whose risk of bias nobody told.
_UNTOLD = "?"


@dataclass(frozen=True)
class _Bar:
    """One study in one cell; lengths in pixels."""

    left: float
    base: float
    high: float
    fill: str
    colour: str
    dashes: str
    letter: str
    number: int
    spoken: str


def figure(
    told: Sequence[Telling],
    left_out: Sequence[LeftOut],
    risks: Mapping[str, str],
    pair: str,
    question: str,
    version: str,
) -> Figure:
    """The harvest plot; ``risks`` gives the risk of bias of a study, by its label."""
    studies = sorted({each.study for each in told})
    bars: list[_Bar] = []
    lines: list[tuple[float, list[str]]] = []
    top = 24.0
    for name, group in by_pair(told):
        cells = {word: [each for each in group if outcome(each) == word] for word in _COLUMNS}
        high = _LINE * max(1, *(-(-len(cell) // _a_line()) for cell in cells.values()))
        for place, cell in enumerate(cells.values()):
            bars += [_bar(each, risks, studies, place, at, top) for at, each in enumerate(cell)]
        lines.append((top, wrap(name, 32)))
        top += high
    words = f"{len(studies)} stud{'y' if len(studies) == 1 else 'ies'} on {len(lines)} pair{'s' * (len(lines) != 1)}"
    svg = framed(
        "harvest.svg",
        Caption(f"Harvest plot: {pair}", f"{words} of constructs. {_counts(told)}.", question, version),
        [*notes(told, left_out), _letters(studies, risks)],
        top + 46 + key_height(len(studies)) + KEY_LINE,
        bars=bars,
        lines=lines,
        headings=[(_SIDE + _COLUMN * place, heading) for place, heading in enumerate(_COLUMNS.values())],
        bottom=top,
        column=_COLUMN,
        pitch=_PITCH,
        side=_SIDE,
        right=WIDTH - MARGIN,
        key=key([_named(name, told, risks) for name in studies]),
    )
    return Figure(svg, rows(told, left_out, risks), f"{words} of constructs")


def outcome(each: Telling) -> str:
    """The column of a study: its sign, unless what it found is not significant, or not all of one sort."""
    if each.direction == "mixed" or each.significance == "mixed":
        return "mixed"
    if each.significance == "not significant" or each.direction == "none":
        return "not significant"
    return each.direction


def _a_line() -> int:
    """How many bars stand side by side in a cell."""
    return int((_COLUMN - 8) // _PITCH)


def _bar(each: Telling, risks: Mapping[str, str], studies: Sequence[str], place: int, at: int, top: float) -> _Bar:
    colour, _, pattern = LOOKS[each.direction]
    line, across = divmod(at, _a_line())
    found = outcome(each)
    risk = risks.get(each.study, "not told")
    return _Bar(
        left=_SIDE + _COLUMN * place + 6 + _PITCH * across,
        base=top + _LINE * (line + 1) - 20,
        high=_high(each.n),
        fill=f"url(#hatch-{pattern})" if found == "not significant" else "#ffffff" if _unsure(each) else colour,
        colour=colour,
        dashes="3 2" if _unsure(each) else "",
        letter=_UNTOLD if risk == "not told" else risk[0].upper(),
        number=studies.index(each.study) + 1,
        spoken=f"{each.study} ({n_in_words(each.n)}): {each.direction}; significance: {each.significance}; "
        f"risk of bias: {risk}",
    )


def _unsure(each: Telling) -> bool:
    """Whether the significance of what was found is not told."""
    return each.significance == "not told" and each.direction != "none"


def _high(n: int | None) -> float:
    share = 0 if n is None else min(1, max(0, (math.log10(max(1, n)) - 1) / 3))
    return _LOWEST + (_HIGHEST - _LOWEST) * share


def _named(study: str, told: Sequence[Telling], risks: Mapping[str, str]) -> str:
    """A study in the key; a risk that nobody told is said once, below."""
    return ", ".join([study, _people(study, told), *([f"risk of bias: {risks[study]}"] if study in risks else [])])


def _people(study: str, told: Sequence[Telling]) -> str:
    return n_in_words(max((each.n for each in told if each.study == study and each.n is not None), default=None))


def _letters(studies: Sequence[str], risks: Mapping[str, str]) -> str:
    untold = sum(name not in risks for name in studies)
    if not untold:
        return "Letters: risk of bias as judged study by study; the key spells them out."
    return (
        f"Letters: risk of bias. For {untold} of {len(studies)} studies ({_UNTOLD}) no judgement of the study by "
        "itself is told; a judgement over several studies together is no study's own."
    )


def _counts(told: Sequence[Telling]) -> str:
    words = [outcome(each) for each in told]
    return ", ".join(f"{words.count(word)} {word}" for word in _COLUMNS if word in words)
