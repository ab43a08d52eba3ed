"""A synthesis: the findings on two constructs, what of them can be pooled, and the numbers or, without them, the signs.

Takes rows of the question ``effects-between`` and gives one record; nothing here knows a store.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from kg.dependence import ASSUMED_RHO, pool_dependent
from kg.effects import Effect, interval_of_z
from kg.errors import BadQuestion
from kg.moderators import Moderation, moderate
from kg.names import local_name
from kg.notebook import bullets, link, paragraph, table
from kg.poolable import Choice, Direction, choose, directions, of_several_samples
from kg.pooling import Pooled, pool
from kg.small_studies import SmallStudies, check_small_studies
from kg.store import Row


@dataclass(frozen=True)
class Plan:
    """How to pool: estimator, interval, what may be mixed or converted, whose signs turn, by what to regress.

    ``dependent`` is what is done with effects of the same people, ``rho`` how far their sampling errors correlate;
    ``layer`` is all, or the only one whose findings are pooled: review or primary.
    """

    estimator: str = "reml"
    interval: str = "knapp-hartung"
    mix_measures: bool = False
    mix_constructs: bool = False
    convert: tuple[str, ...] = ()
    flip: tuple[str, ...] = ()
    moderator: tuple[str, ...] = ()
    dependent: str = "choose"
    rho: float = ASSUMED_RHO
    small_studies: bool = False
    layer: str = "all"


@dataclass(frozen=True)
class Synthesis:
    """What the findings on two constructs give together. ``pooled`` is None where fewer than two effects are left."""

    subject: str
    object: str
    plan: Plan
    choice: Choice = field(repr=False)
    pooled: Pooled[Effect] | None = field(repr=False)
    directions: tuple[Direction, ...] = field(repr=False)
    moderation: Moderation | None = field(repr=False)
    small_studies: SmallStudies[Effect] | None = field(repr=False)

    def _repr_html_(self) -> str:
        """What Jupyter shows: the effects, what they give together, and what was left out and why."""
        effects = self.choice.effects
        rows = [(each.study, link(each.finding), each.n, _in_r(each.z, *interval_of_z(each.z, each.variance)))
                for each in effects]  # fmt: skip
        caption = f"{self.subject} × {self.object}: {self._sum()}"
        told = table(("study", "finding", "n", "r [95 % interval]"), rows, len(rows), caption)
        cautions = self.pooled.cautions if self.pooled else ()
        left_out = [f"{each.study}, {local_name(each.finding)}: {each.reason}" for each in self.choice.left_out]
        return told + "".join(map(paragraph, cautions)) + bullets(f"left out: {len(left_out)}", left_out)

    def _sum(self) -> str:
        """In words, what the effects give together."""
        if self.pooled is None:
            return f"{len(self.choice.effects) or 'no'} effect{'s' * (len(self.choice.effects) != 1)}, nothing to pool"
        low, high = self.pooled.confidence.low, self.pooled.confidence.high
        return f"{self.pooled.k} effects, pooled r = {_in_r(self.pooled.estimate, low, high)} by {self.plan.estimator}"


def _in_r(z: float, low: float, high: float) -> str:
    """A number with its interval, from Fisher's z to r."""
    return f"{math.tanh(z):+.3f} [{math.tanh(low):+.3f}, {math.tanh(high):+.3f}]"


def synthesise(rows: Iterable[Row], subject: str, object: str, plan: Plan) -> Synthesis:
    """The findings in an answer of ``effects-between`` as one, as far as they allow it."""
    rows = list(rows)
    _possible(plan)
    choice = choose(
        rows,
        mix_measures=plan.mix_measures,
        mix_constructs=plan.mix_constructs,
        convert=plan.convert,
        flip=plan.flip,
        dependent=plan.dependent,
    )
    pooled = _pooled(choice.effects, plan)
    told = directions(rows, mix_constructs=plan.mix_constructs, flip=plan.flip)
    moderation = None
    if pooled and plan.moderator:
        moderation = moderate(rows, choice.effects, plan.moderator, plan.estimator, plan.interval)
    checks = check_small_studies(pooled) if pooled and plan.small_studies else None
    return Synthesis(subject, object, plan, choice, pooled, told, moderation, checks)


def _possible(plan: Plan) -> None:
    """Refuse what a model of three levels does not do here."""
    if plan.dependent == "choose":
        if plan.rho != ASSUMED_RHO:
            raise BadQuestion("rho is for effects of the same people in three levels: add --dependent three-level")
        return
    if plan.interval != "knapp-hartung":
        raise BadQuestion("three levels have cluster-robust intervals: leave the interval out")
    if plan.estimator != "reml":
        raise BadQuestion(f"three levels are estimated by reml, not by {plan.estimator}: leave the estimator out")
    if plan.moderator:
        raise BadQuestion("moderators are not modelled in three levels: leave them out, or let one effect be chosen")


def _pooled(effects: tuple[Effect, ...], plan: Plan) -> Pooled[Effect] | None:
    """The effects as one, with what looks doubtful about them; None where they are of fewer than two samples."""
    if not of_several_samples(effects):
        return None
    three_level = plan.dependent == "three-level"
    pooled = pool_dependent(effects, plan.rho) if three_level else pool(effects, plan.estimator, plan.interval)
    return replace(pooled, cautions=(*pooled.cautions, *_look_alike(effects)))


def _look_alike(effects: tuple[Effect, ...]) -> Iterator[str]:
    """Effects of different samples that are the same to the last digit: perhaps one study under two names."""
    first: dict[tuple[object, ...], Effect] = {}
    for each in effects:
        earlier = first.setdefault((each.n, each.z, each.variance), each)
        if earlier.people != each.people:
            alike = f"{local_name(earlier.finding)} and {local_name(each.finding)}"
            yield f"{alike} have the same n and the same number: are they one study under two names?"
