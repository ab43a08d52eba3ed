"""Where boxes stand: on rings around the middle, computed, so that a page looks the same on every reload.

A ring is a rounded rectangle; neighbours on it are so far apart that boxes do not touch, in width
where the ring runs level and in height where it runs upright, so that it is no larger than it must be.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Place = tuple[int, int]

#: What a box of the widest label takes, with air around it, in pixels.
_BOX = _BOX_WIDTH, _BOX_HEIGHT = (212, 92)
#: The same among a crowd: of a box whose letters are larger, and of a point that has no name until one zooms in.
_LARGE_BOX, _POINT = (310, 140), (46, 34)
_STEPS = 2880


@dataclass(frozen=True)
class Shape:
    """How a ring grows with the number of boxes on it: from its smallest half-axes, by a factor for each."""

    least: tuple[float, float]
    growth: tuple[float, float]
    roundness: float = 0.75  # 1 is an ellipse, towards 0 a rectangle, with more room along its sides


#: For a wide screen, and for one that is held upright: three boxes wide, as high as it needs to be.
SHAPES = {"wide": Shape((560, 380), (1.03, 1.03)), "tall": Shape((225, 460), (1.0, 1.03))}
#: Where nothing stands in the middle, lines run along the ring: on an ellipse no box stands in their way. Held upright,
#: it grows a little in width, too, lest the boxes at its tips touch where there are many.
_EMPTY = {"wide": Shape((500, 300), (1.03, 1.03), 1.0), "tall": Shape((250, 420), (1.02, 1.03), 1.0)}


def places(middle: Sequence[str], around: Sequence[str], screen: str) -> dict[str, Place]:
    """Node -> (x, y) in pixels: ``around`` on a ring, in order, with ``middle`` inside it."""
    if not middle:
        return _ring(around, _EMPTY[screen])
    shape = SHAPES[screen]
    if len(middle) == 1:
        return {**_ring(around, shape), **dict.fromkeys(middle, (0, 0))}
    upright = shape.growth[0] == 1
    inner = _column(middle) if upright else _ring(middle, Shape((190, 140), shape.growth))
    reach_x, reach_y = _extent(inner)
    least = (reach_x + (1.05 if upright else 1.7) * _BOX_WIDTH, reach_y + (1.2 if upright else 1.8) * _BOX_HEIGHT)
    return {
        **_ring(around, Shape((max(shape.least[0], least[0]), max(shape.least[1], least[1])), shape.growth)),
        **inner,
    }


def crowd(named: Sequence[str], points: Sequence[str], screen: str) -> dict[str, Place]:
    """Node -> (x, y) in pixels, where there are too many for a box each: ``points`` on a ring around ``named`` ones."""
    upright = SHAPES[screen].growth[0] == 1
    inner = _column(named, _LARGE_BOX[1]) if upright else _ring(named, Shape((330, 240), (1.03, 1.03)), _LARGE_BOX)
    reach_x, reach_y = _extent(inner)
    outer = Shape((reach_x + 0.8 * _LARGE_BOX[0], reach_y + 1.2 * _LARGE_BOX[1]), (1.03, 1.03))
    return {**_ring(points, outer, _POINT), **inner}


def _column(nodes: Sequence[str], height: float = _BOX_HEIGHT) -> dict[str, Place]:
    """One below the other, to the left and to the right in turn, so that lines between them can be seen."""
    top = -height * (len(nodes) - 1) / 2
    return {node: (36 * (-1) ** index, round(top + height * index)) for index, node in enumerate(nodes)}


def room_around(spot: Place, boxes: Mapping[str, Place], dots: Sequence[Place]) -> float:
    """How far a dot at ``spot``, with a word below it, keeps from boxes and other dots: from 1 on it touches none."""
    of_boxes = (max(abs(x - spot[0]) / 150, abs(y - spot[1]) / 76) for x, y in boxes.values())
    of_dots = (max(abs(x - spot[0]) / 80, abs(y - spot[1]) / 46) for x, y in dots)
    return min([*of_boxes, *of_dots], default=1.0)


def size(where: Mapping[str, Place]) -> Place:
    """Width and height of a picture with boxes at these places."""
    reach_x, reach_y = _extent(where)
    return 2 * reach_x + _BOX_WIDTH, 2 * reach_y + _BOX_HEIGHT


def _extent(where: Mapping[str, Place]) -> Place:
    return max((abs(x) for x, _ in where.values()), default=0), max((abs(y) for _, y in where.values()), default=0)


def _ring(nodes: Sequence[str], shape: Shape, box: Place = _BOX) -> dict[str, Place]:
    if not nodes:
        return {}
    half_width, half_height = shape.least
    while _room(outline := _outline(half_width, half_height, shape.roundness), box) < len(nodes) * 1.04:
        half_width, half_height = half_width * shape.growth[0], half_height * shape.growth[1]
    whole, gone, stops = _room(outline, box), 0.0, iter(nodes)
    where: dict[str, Place] = {}
    for one, other in pairwise(outline):
        if gone >= len(where) * whole / len(nodes) and len(where) < len(nodes):
            where[next(stops)] = (round(one[0]), round(one[1]))
        gone += _step(one, other, box)
    return where


def _outline(half_width: float, half_height: float, roundness: float) -> list[tuple[float, float]]:
    """Points of a rounded rectangle (a superellipse), clockwise from the top, closed."""
    points = []
    for index in range(_STEPS + 1):
        angle = 2 * math.pi * index / _STEPS - math.pi / 2
        points.append(
            (half_width * _power(math.cos(angle), roundness), half_height * _power(math.sin(angle), roundness))
        )
    return points


def _power(number: float, exponent: float) -> float:
    return math.copysign(abs(number) ** exponent, number)


def _room(outline: Sequence[tuple[float, float]], box: Place) -> float:
    """How many boxes fit on an outline."""
    return sum(_step(one, other, box) for one, other in pairwise(outline))


def _step(one: tuple[float, float], other: tuple[float, float], box: Place) -> float:
    """A stretch in boxes: two boxes are apart when they are apart in width or in height."""
    return max(abs(other[0] - one[0]) / box[0], abs(other[1] - one[1]) / box[1])
