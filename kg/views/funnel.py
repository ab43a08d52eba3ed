"""The funnel plot: each effect by its size and its standard error, around what they give together.

The limits are pseudo confidence limits (Sterne & Egger 2001): where 95 % of effects would lie if all were of one size.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from kg.conversions import REACH_95
from kg.effects import Effect
from kg.names import local_name
from kg.pooling import ESTIMATORS, Pooled
from kg.small_studies import ENOUGH
from kg.store import Rows, Value
from kg.synthesis import Synthesis
from kg.views.encoding import NEGATIVE, NEUTRAL, POSITIVE
from kg.views.frame import Figure, framed, left_out_note, table
from kg.views.numbered import KeyEntry, beside, key, key_height
from kg.views.pages import Caption
from kg.views.words import people

#: Of the plot, in pixels.
_LEFT, _RIGHT, _TOP, _BOTTOM = 116, 930, 10, 380
_COLUMNS = ("role", "number", "finding", "study", "n", "r", "z", "standardError", "limitLow", "limitHigh", "reason")


@dataclass(frozen=True)
class _Mark:
    """One effect as the figure draws it; lengths in pixels."""

    x: float
    y: float
    colour: str
    label: tuple[float, float] | None
    spoken: str


@dataclass(frozen=True)
class _Scale:
    """Fisher's z from ``low`` to ``high`` across, the standard error from 0 downwards to ``deepest``."""

    low: float
    high: float
    deepest: float

    def x(self, z: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (z - self.low) / (self.high - self.low)

    def y(self, error: float) -> float:
        return _TOP + (_BOTTOM - _TOP) * error / self.deepest


def figure(found: Synthesis, pooled: Pooled[Effect], question: str, version: str) -> Figure:
    """The funnel plot of effects that were pooled, around their pooled estimate."""
    scale = _scale(pooled)
    title = f"Funnel plot: {found.subject} × {found.object}"
    told = f"{pooled.k} effects around {_number(pooled.estimate)} ({ESTIMATORS[pooled.estimator]})"
    reach = REACH_95 * scale.deepest
    svg = framed(
        "funnel.svg",
        Caption(title, f"{told}. {_outside(pooled)} outside the pseudo 95 % limits.", question, version),
        _notes(found, pooled),
        _BOTTOM + 92 + key_height(pooled.k),
        marks=_marks(pooled, scale),
        funnel=[
            (scale.x(pooled.estimate - reach), scale.y(scale.deepest)),
            (scale.x(pooled.estimate), scale.y(0)),
            (scale.x(pooled.estimate + reach), scale.y(scale.deepest)),
        ],
        across=[(scale.x(z), _number(z), _number(math.tanh(z))) for z in _ticks(scale.low, scale.high)],
        rungs=[(scale.y(error), f"{error:.2f}") for error in _ticks(0, scale.deepest)],
        key=_key(pooled),
        left=_LEFT, right=_RIGHT, upper=_TOP, lower=_BOTTOM,
    )  # fmt: skip
    return Figure(svg, _table(found, pooled), told)


def _scale(pooled: Pooled[Effect]) -> _Scale:
    """What holds every effect and the whole funnel, and zero."""
    deepest = 1.08 * max(_error(each) for each in pooled.effects)
    reach = REACH_95 * deepest
    sizes = [0.0, *(each.z for each in pooled.effects), pooled.estimate - reach, pooled.estimate + reach]
    air = 0.04 * (max(sizes) - min(sizes))
    return _Scale(min(sizes) - air, max(sizes) + air, deepest)


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers from ``low`` to ``high``, four to nine of them."""
    rough = (high - low) / 5
    size = 10 ** math.floor(math.log10(rough))
    step = size * max(factor for factor in (1, 2, 5) if factor * size <= rough)
    return [round(step * each, 6) for each in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _marks(pooled: Pooled[Effect], scale: _Scale) -> list[_Mark]:
    places = [(scale.x(each.z), scale.y(_error(each))) for each in pooled.effects]
    return [
        _Mark(x, y, _colour(each.z), label, _spoken(each))
        for each, (x, y), label in zip(pooled.effects, places, beside(places), strict=True)
    ]


def _colour(z: float) -> str:
    return NEUTRAL if z == 0 else POSITIVE if z > 0 else NEGATIVE


def _error(effect: Effect) -> float:
    return math.sqrt(effect.variance)


def _number(value: float) -> str:
    """Two decimals with a true minus, and a sign where they show one."""
    rounded = round(value, 2)
    return f"{rounded:+.2f}".replace("-", "−") if rounded else "0.00"


def _spoken(effect: Effect) -> str:
    return f"{effect.study} ({people(effect.n)}): r = {_number(effect.r)}, SE {_error(effect):.3f}"


def _key(pooled: Pooled[Effect]) -> list[KeyEntry]:
    return key([_spoken(each) for each in pooled.effects])


def _outside(pooled: Pooled[Effect]) -> str:
    count = sum(abs(each.z - pooled.estimate) > REACH_95 * _error(each) for each in pooled.effects)
    return f"{count or 'None'} of {pooled.k} {'lies' if count <= 1 else 'lie'}"


def _notes(found: Synthesis, pooled: Pooled[Effect]) -> Iterator[str]:
    yield (
        f"Centre: {_number(pooled.estimate)} in Fisher's z (r = {_number(math.tanh(pooled.estimate))}), "
        f"{ESTIMATORS[pooled.estimator]}. {_outside(pooled)} outside the pseudo 95 % limits, which know no variance "
        "between studies."
    )
    if pooled.k < ENOUGH:
        yield (
            f"Caution: with fewer than {ENOUGH} effects the shape of a funnel cannot be told from chance "
            "(Sterne et al. 2011)."
        )
    yield "An uneven funnel may come of unpublished results, of real differences between studies, or of chance."
    yield left_out_note(found.choice.left_out)


def _table(found: Synthesis, pooled: Pooled[Effect]) -> Rows:
    rows: list[dict[str, Value]] = [
        {
            "role": "effect",
            "number": number,
            "finding": local_name(each.finding),
            "study": each.study,
            "n": each.n,
            "r": each.r,
            "z": each.z,
            "standardError": _error(each),
            "limitLow": pooled.estimate - REACH_95 * _error(each),
            "limitHigh": pooled.estimate + REACH_95 * _error(each),
        }
        for number, each in enumerate(pooled.effects, 1)
    ]
    centre: dict[str, Value] = {
        "role": f"centre: {ESTIMATORS[pooled.estimator]}",
        "r": math.tanh(pooled.estimate),
        "z": pooled.estimate,
        "standardError": pooled.standard_error,
    }
    return table(_COLUMNS, [*rows, centre], found.choice.left_out)
