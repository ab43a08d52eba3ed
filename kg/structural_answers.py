"""The graph as a graph, of a store: its ties and domains, asked for once, and what can be seen in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from kg.effects import Effect
from kg.errors import BadQuestion, NothingFound
from kg.lookup import resolve, within
from kg.names import local_name
from kg.pools import synthesis
from kg.questions import answer
from kg.store import Store
from kg.structure.centrality import Standing, centrality
from kg.structure.communities import Division, communities
from kg.structure.domains import Bridge, Domains, bridges, domains_of
from kg.structure.implied import Correlation, Implied, Part, correlation, implied, wanted
from kg.structure.links import Link, links, together
from kg.structure.paths import Path, paths
from kg.structure.ties import Tie, ties
from kg.structure.triads import Triad, triads
from kg.synthesis import Plan, Synthesis


@dataclass(frozen=True)
class Ends:
    """Two constructs, each with all that is narrower: slug -> label, the construct itself first."""

    firsts: dict[str, str]
    seconds: dict[str, str]


class Structure:
    """The ties of a graph, and what networkx sees in them. Made by ``KnowledgeGraph.structure``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @cached_property
    def ties(self) -> tuple[Tie, ...]:
        """What all findings on each pair of constructs say together."""
        return ties(answer(self._store, "findings-by-pair"))

    @cached_property
    def domains(self) -> Domains:
        """Construct -> its domains."""
        return domains_of(answer(self._store, "domains"))

    @cached_property
    def labels(self) -> dict[str, str]:
        """Construct -> what it is called."""
        rows = answer(self._store, "domains")
        return {local_name(str(row["construct"])): str(row["label"]) for row in rows}

    def centrality(self) -> tuple[Standing, ...]:
        """How much is known about each construct, and how much passes through it."""
        return centrality(self.ties, self.domains)

    def bridges(self) -> tuple[Bridge, ...]:
        """The ties between domains."""
        return bridges(self.ties, self.domains)

    def communities(self) -> Division:
        """Constructs that are more often tied to one another than to the rest."""
        return communities(self.ties)

    def triads(self) -> tuple[Triad, ...]:
        """Triangles of constructs: whether their signs, and their correlations, can all hold."""
        return triads(self.ties)

    def paths(self, subject: str, object: str, *, most: int = 1, nulls: bool = False) -> tuple[Path, ...]:
        """The ``most`` shortest chains of ties between two constructs, each or a narrower one."""
        ends = self.ends(subject, object)
        return paths(self.ties, ends.firsts, ends.seconds, most=most, nulls=nulls)

    def links(self, subject: str, object: str) -> tuple[Link, ...]:
        """The constructs that both, each or a narrower one, were studied with."""
        ends = self.ends(subject, object)
        return links(self.ties, list(ends.firsts), list(ends.seconds))

    def measured_together(self, subject: str, object: str) -> tuple[Tie, ...]:
        """The ties of the two themselves, narrower constructs included."""
        ends = self.ends(subject, object)
        return together(self.ties, ends.firsts, ends.seconds)

    def implied(
        self, subject: str, object: str, through: Sequence[str], *, single: bool = False, mix_measures: bool = False
    ) -> Implied:
        """The correlation that a path model over ``through`` implies, from the very constructs' pooled correlations.

        ``single`` takes a correlation of one sample where there is no second. NothingFound says what is missing.
        """
        first, second, *chain = (
            local_name(resolve(self._store, name, "construct")) for name in (subject, object, *through)
        )
        if len({first, second, *chain}) < 2 + len(chain):
            raise BadQuestion("the two constructs and those between them must all be different; name each once")
        matrix: dict[frozenset[str], Correlation] = {}
        reasons = []
        plan = Plan(interval="wald", mix_measures=mix_measures)
        for pair in wanted(first, second, chain):
            try:
                matrix[frozenset(pair)] = _correlation(synthesis(self._store, *pair, plan), single)
            except NothingFound as reason:
                reasons.append(f"{' and '.join(pair)} ({reason})")
        if reasons:
            raise NothingFound(
                f"nothing is implied, the matrix of pooled correlations is not full: {'; '.join(reasons)}"
            )
        return implied(matrix | self._measured(first, second, plan, single), first, second, chain)

    def ends(self, subject: str, object: str) -> Ends:
        """Two constructs by any name; BadQuestion where one is part of the other."""
        first, second = (
            {
                local_name(iri): label
                for iri, label in within(self._store, resolve(self._store, name, "construct")).items()
            }
            for name in (subject, object)
        )
        if not first.keys().isdisjoint(second):
            raise BadQuestion(f"'{subject}' and '{object}' are one construct, or share narrower ones; name two apart")
        return Ends(first, second)

    def _measured(self, first: str, second: str, plan: Plan, single: bool) -> dict[frozenset[str], Correlation]:
        """The pooled correlation of the two ends, where there is one after all."""
        try:
            return {frozenset((first, second)): _correlation(synthesis(self._store, first, second, plan), single)}
        except NothingFound:
            return {}


def _correlation(found: Synthesis, single: bool) -> Correlation:
    """The pooled correlation of two constructs; NothingFound, with what to do, where there is none."""
    effects = found.choice.effects
    if found.pooled is not None:
        z, error, weights = found.pooled.estimate, found.pooled.standard_error, found.pooled.weights
    elif effects and single:
        z, error, weights = effects[0].z, effects[0].variance ** 0.5, (1.0,)
    elif effects:
        raise NothingFound("one correlation only, which is not pooled (--single takes it)")
    else:
        told = [f"{local_name(each.finding)}: {each.reason}" for each in found.choice.left_out]
        raise NothingFound(", ".join(told) or "no correlation")
    parts = {each.people: Part(weight, _known(each)) for each, weight in zip(effects, weights, strict=True)}
    return correlation(z, error, parts, [local_name(each.finding) for each in effects], _measures(found))


def _known(effect: Effect) -> int:
    if effect.n is None:
        raise NothingFound(f"{local_name(effect.finding)}: how many people it is about is not told")
    return effect.n


def _measures(found: Synthesis) -> dict[str, frozenset[str]]:
    """Construct -> by which questionnaires it was measured in the effects."""
    sides = zip((found.subject, found.object), (0, 1), strict=True)
    return {label: frozenset(each.measures[side] for each in found.choice.effects) for label, side in sides}
