"""Numbered marks: where the number of each mark can stand without covering another, and the key below the plot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from kg.views.frame import MARGIN, WIDTH

#: The height of a line of the key, in pixels, and how many letters of it fit into half the width.
KEY_LINE, _KEY_LETTERS = 18, 68
#: Half the width of a digit and of a number's height, and of a mark with the air around it, in pixels.
_DIGIT, _LETTER, _MARK = 3.5, 5.0, 6.0

Place = tuple[float, float]
#: A middle, half a width and half a height.
Area = tuple[float, float, float, float]


@dataclass(frozen=True)
class KeyEntry:
    """What a number stands for, and where that is told; pixels from the top of the key."""

    left: float
    top: float
    text: str


def beside(marks: Sequence[Place], taken: Sequence[Area] = ()) -> list[Place | None]:
    """The middle of the number of each mark, near to it; None where it would cover a mark or what is taken."""
    areas = [*taken, *((x, y, _MARK, _MARK) for x, y in marks)]
    places: list[Place | None] = []
    for number, mark in enumerate(marks, 1):
        half = _DIGIT * len(str(number))
        free = next((each for each in _around(mark, half) if not _covers(areas, *each, half)), None)
        places.append(free)
        if free:
            areas.append((*free, half, _LETTER))
    return places


def _around(mark: Place, half: float) -> Iterator[Place]:
    """Places near a mark, the best first: its right, its left, above, below, and then farther away."""
    x, y = mark
    for step, (across, up) in product((1, 2.2), ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1))):
        yield x + across * step * (_MARK + half + 1), y + up * step * (_MARK + _LETTER + 1)


def _covers(taken: Sequence[Area], x: float, y: float, half: float) -> bool:
    return any(
        abs(x - other_x) < half + wide + 2 and abs(y - other_y) < _LETTER + high
        for other_x, other_y, wide, high in taken
    )


def key(words: Sequence[str]) -> list[KeyEntry]:
    """The key: number and words, in two columns, downwards."""
    rows = -(-len(words) // 2)
    half = (WIDTH - 2 * MARGIN) / 2
    return [
        KeyEntry(MARGIN + half * (index // rows), KEY_LINE * (index % rows), _cut(f"{index + 1}  {text}"))
        for index, text in enumerate(words)
    ]


def key_height(count: int) -> float:
    """How high the key of so many marks is."""
    return KEY_LINE * -(-count // 2)


def _cut(text: str) -> str:
    return text if len(text) <= _KEY_LETTERS else f"{text[: _KEY_LETTERS - 1]}…"
