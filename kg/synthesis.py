"""A synthesis: the findings on two constructs, what of them can be pooled, and the numbers or, without them, the signs.

Takes rows of the question ``effects-between`` and gives one record; nothing here knows a store.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.effects import Effect
from kg.moderators import Moderation, moderate
from kg.poolable import Choice, Direction, choose, directions
from kg.pooling import Pooled, pool
from kg.store import Row


@dataclass(frozen=True)
class Plan:
    """How to pool: estimator, interval, what may be mixed or converted, whose signs turn, and by what to regress."""

    estimator: str = "reml"
    interval: str = "knapp-hartung"
    mix_measures: bool = False
    mix_constructs: bool = False
    convert: tuple[str, ...] = ()
    flip: tuple[str, ...] = ()
    moderator: tuple[str, ...] = ()


@dataclass(frozen=True)
class Synthesis:
    """What the findings on two constructs give together. ``pooled`` is None where fewer than two effects are left."""

    subject: str
    object: str
    plan: Plan
    choice: Choice
    pooled: Pooled[Effect] | None
    directions: tuple[Direction, ...]
    moderation: Moderation | None


def synthesise(rows: Iterable[Row], subject: str, object: str, plan: Plan) -> Synthesis:
    """The findings in an answer of ``effects-between`` as one, as far as they allow it."""
    rows = list(rows)
    choice = choose(
        rows,
        mix_measures=plan.mix_measures,
        mix_constructs=plan.mix_constructs,
        convert=plan.convert,
        flip=plan.flip,
    )
    pooled = pool(choice.effects, plan.estimator, plan.interval) if len(choice.effects) > 1 else None
    told = directions(rows, mix_constructs=plan.mix_constructs, flip=plan.flip)
    moderation = None
    if pooled and plan.moderator:
        moderation = moderate(rows, choice.effects, plan.moderator, plan.estimator, plan.interval)
    return Synthesis(subject, object, plan, choice, pooled, told, moderation)
