"""Ties: what all findings on two constructs say together, counted once, and the graph that ties make."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TypeGuard

import networkx as nx

from kg.conversions import NoEffect
from kg.effects import Effect, effect_of
from kg.names import local_name
from kg.store import Row
from kg.tellings import tells_no_relation

#: How findings become a tie; printed wherever the graph is studied as a graph.
RULE = """\
A tie is all findings on two constructs by themselves: the very constructs that were coded, never what is narrower or
broader, and no mediation or moderation. A result told twice counts once, and so do people whom two samples share.
  positive, negative   significant findings of that sign, none of the other, and none that is not significant
  mixed                significant findings of both signs, or of one beside one that is not significant
  null                 only findings that are not significant
  untold               related, or looked at, but the sign or the significance is not told
Signs stay as they were found: no scale is turned, so a high "secure" and a low "avoidance" are two constructs."""

#: How much a tie weighs; printed with every number that rests on it.
WEIGHT = """\
The weight of a tie is the size of its r, times the coder's certainty (high 1, medium 2/3, low 1/3; the lowest of the
findings behind r), times the share of its findings that bear out the sign of r, each sample having one voice. The r is
the mean, by Fisher's z weighted by its inverse variance, of one correlation a sample, whatever the questionnaires: it
puts ties in order and is no estimate (kg pool is). A tie without a correlation weighs 0: nothing is put in its place.
The length of a step is 2 less its weight: 1 for a perfect and sure relation, 2 where no strength is known."""

_CERTAINTY = {"high": 1.0, "medium": 2 / 3, "low": 1 / 3}
_SIGNED = ("positive", "negative")
#: Kinds of findings whose correlation is one of the two constructs by themselves.
_OF_TWO = ("association", "prediction", "group difference")


@dataclass(frozen=True)
class Told:
    """What one finding tells of a pair. ``people`` is None where it holds the people of other studies (a synthesis).

    ``outcome`` is ``positive``, ``negative``, ``null``, ``related`` (sign or significance not told) or ``untold``.
    """

    finding: str
    study: str
    people: str | None
    size: int
    outcome: str
    direction: str
    effect: Effect | None


@dataclass(frozen=True)
class Tie:
    """Two constructs (slugs, in order of name) and what their findings, each counted once, say together."""

    pair: tuple[str, str]
    labels: tuple[str, str]
    findings: tuple[Told, ...]

    @property
    def word(self) -> str:
        """``positive``, ``negative``, ``mixed``, ``null`` or ``untold``, by ``RULE``."""
        outcomes = {each.outcome for each in self.findings}
        signs = outcomes & set(_SIGNED)
        if len(signs) == 2 or (signs and "null" in outcomes):
            return "mixed"
        if signs:
            return signs.pop()
        return "null" if "null" in outcomes and "related" not in outcomes else "untold"

    @property
    def relates(self) -> bool:
        """Whether some finding tells that the two are related."""
        return any(each.outcome in (*_SIGNED, "related") for each in self.findings)

    @property
    def people(self) -> dict[str, int]:
        """The samples behind the tie, each with its size: those that share people are one."""
        return people_of(self.findings)

    @cached_property
    def r(self) -> float | None:
        """The mean correlation, by ``WEIGHT``; None where no finding tells one."""
        effects = self._effects()
        if not effects:
            return None
        inverse = [1 / each.variance for each in effects]
        total = math.fsum(weight * each.z for weight, each in zip(inverse, effects, strict=True))
        return math.tanh(total / math.fsum(inverse))

    @property
    def certainty(self) -> float:
        """How sure the coders were of what is behind ``r``, from 0 to 1; 0 where there is no r."""
        return min((_CERTAINTY[each.certainty] for each in self._effects()), default=0.0)

    @property
    def agreement(self) -> float:
        """The share of findings that bear out the sign of ``r``, each sample with one voice; 0 where there is no r."""
        if self.r is None:
            return 0.0
        sign = "positive" if self.r > 0 else "negative"
        telling = [each for each in self.findings if each.people and (each.outcome == "null" or _signed(each))]
        voices = [
            _share([each.outcome != "null" and each.direction == sign for each in told])
            for _, told in groupby(sorted(telling, key=_people), key=_people)
        ]
        return math.fsum(voices) / len(voices) if voices else 0.0

    @property
    def weight(self) -> float:
        """From 0 to 1, by ``WEIGHT``."""
        return abs(self.r or 0.0) * self.certainty * self.agreement

    @property
    def length(self) -> float:
        """From 1 to 2, by ``WEIGHT``."""
        return 2 - self.weight

    def label(self, construct: str) -> str:
        """What one of the two is called."""
        return self.labels[self.pair.index(construct)]

    def _effects(self) -> list[Effect]:
        """One effect of the same people: that of the most people, and of equals the first by name of its finding."""
        chosen: dict[str, Effect] = {}
        effects = [each.effect for each in self.findings if each.effect]
        for each in sorted(effects, key=lambda effect: (-(effect.n or 0), effect.finding)):
            chosen.setdefault(each.people, each)
        return [chosen[people] for people in sorted(chosen)]


def ties(rows: Iterable[Row]) -> tuple[Tie, ...]:
    """The ties in an answer of ``findings-by-pair``, in order of pair, whatever the order of the rows."""
    by_pair = groupby(sorted(rows, key=lambda row: (*_pair(row), str(row["finding"]))), key=_pair)
    return tuple(_tie(pair, list(found)) for pair, found in by_pair if pair[0] != pair[1])


def people_of(findings: Iterable[Told]) -> dict[str, int]:
    """Sample -> how many people it has, of the samples behind findings; a size that nobody tells is 0."""
    sizes: dict[str, int] = {}
    for each in findings:
        if each.people:
            sizes[each.people] = max(each.size, sizes.get(each.people, 0))
    return sizes


def network_of(found: Iterable[Tie], *, nulls: bool = False) -> nx.Graph:
    """Constructs as nodes (``label``) and, as edges (``tie``, ``length``, ``samples``), the ties that relate.

    ``nulls`` lets in every other tie.
    """
    graph = nx.Graph()
    for tie in sorted(found, key=lambda tie: tie.pair):
        for node, label in zip(tie.pair, tie.labels, strict=True):
            graph.add_node(node, label=label)
        if nulls or tie.relates:
            graph.add_edge(*tie.pair, tie=tie, length=tie.length, samples=len(tie.people))
    return graph


def _pair(row: Row) -> tuple[str, str]:
    first, second = sorted(local_name(str(row[end])) for end in ("firstIri", "secondIri"))
    return first, second


def _tie(pair: tuple[str, str], rows: list[Row]) -> Tie:
    labels = {local_name(str(row[f"{end}Iri"])): str(row[f"{end}Found"]) for row in rows for end in ("first", "second")}
    here = {row["finding"] for row in rows}
    again = {row["finding"] for row in rows if row["repeats"] in here}
    by_finding = {str(row["finding"]): row for row in reversed(rows) if row["finding"] not in again}
    told = tuple(_told(by_finding[name]) for name in sorted(by_finding))
    return Tie(pair, (labels[pair[0]], labels[pair[1]]), told)


def _told(row: Row) -> Told:
    primary = row["reading"] != "synthesis"
    sizes = [row[column] for column in ("recruited", "analysed")]
    return Told(
        finding=local_name(str(row["finding"])),
        study=str(row["study"]),
        people=str(row["people"]) if primary else None,
        size=max(filter(_is_count, sizes), default=0),
        outcome=_outcome(row),
        direction=str(row["direction"]),
        effect=_effect(row) if primary else None,
    )


def _is_count(size: object) -> TypeGuard[int]:
    return isinstance(size, int)


def _outcome(row: Row) -> str:
    if tells_no_relation(row):
        return "null"
    if row["direction"] in _SIGNED:
        return str(row["direction"]) if row["significance"] == "significant" else "related"
    part = row["kind"] == "factor composition"
    return "related" if part or row["significance"] == "significant" else "untold"


def _effect(row: Row) -> Effect | None:
    if row["kind"] not in _OF_TWO:
        return None
    try:
        return effect_of(row)
    except NoEffect:
        return None


def _signed(told: Told) -> bool:
    return told.direction in _SIGNED and told.outcome != "untold"


def _people(told: Told) -> str:
    return str(told.people)


def _share(agreeing: list[bool]) -> float:
    return sum(agreeing) / len(agreeing)


def findings_named(found: Iterable[Told]) -> str:
    """The names of findings, for one cell of a table."""
    return "; ".join(each.finding for each in found)


def by_pair(found: Iterable[Tie]) -> Mapping[frozenset[str], Tie]:
    """Ties by their two constructs, in whatever order these are named."""
    return {frozenset(tie.pair): tie for tie in found}


def between(found: Iterable[Tie], some: Iterable[str], others: Iterable[str]) -> Iterator[Tie]:
    """The ties that join one of ``some`` to one of ``others``."""
    some, others = set(some), set(others)
    for tie in found:
        first, second = tie.pair
        if (first in some and second in others) or (first in others and second in some):
            yield tie
