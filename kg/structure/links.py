"""Links: the constructs that two constructs are both tied to, above all where nobody measured these two together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from kg.structure.ties import Tie, between, network_of
from kg.structure.triads import allowed

#: What a link is; printed with every list of them.
RULE = """\
A linking construct was studied with both. First come those with the most behind their weaker side: samples that relate
it, then samples, then people. Nothing is concluded from two signs: where both sides have an r, the limits say within
which the correlation of the two must lie if all were of the same people (Stanley & Wang 1969)."""


@dataclass(frozen=True)
class Link:
    """A construct that is tied to both; ``limits`` are those of the ends' correlation, where both ties have an r."""

    first: str
    via: str
    second: str
    ties: tuple[Tie, Tie]
    limits: tuple[float, float] | None


def links(found: Iterable[Tie], firsts: Collection[str], seconds: Collection[str]) -> tuple[Link, ...]:
    """What links one of ``firsts`` to one of ``seconds``; what is itself one of them links nothing."""
    return tuple(sorted(_links(list(found), firsts, seconds), key=_most_behind))


def together(found: Iterable[Tie], firsts: Collection[str], seconds: Collection[str]) -> tuple[Tie, ...]:
    """The ties of ``firsts`` and ``seconds`` themselves: where there are some, the two were measured together."""
    return tuple(between(found, firsts, seconds))


def _links(found: list[Tie], firsts: Collection[str], seconds: Collection[str]) -> Iterator[Link]:
    graph = network_of(found, nulls=True)
    ends = {*firsts, *seconds}
    for first in (node for node in firsts if node in graph):
        for via in (node for node in graph[first] if node not in ends):
            for second in (node for node in graph[via] if node in set(seconds)):
                yield _link(first, via, second, (graph[first][via]["tie"], graph[via][second]["tie"]))


def _link(first: str, via: str, second: str, ties: tuple[Tie, Tie]) -> Link:
    a, b = (tie.r for tie in ties)
    return Link(first, via, second, ties, None if a is None or b is None else allowed(a, b))


def _most_behind(link: Link) -> tuple[int, int, int, str, str, str]:
    related = min(len(tie.people) if tie.relates else 0 for tie in link.ties)
    samples = min(len(tie.people) for tie in link.ties)
    people = min(sum(tie.people.values()) for tie in link.ties)
    return -related, -samples, -people, link.via, link.first, link.second
