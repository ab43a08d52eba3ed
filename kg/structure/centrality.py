"""What stands in the middle: how much is known about each construct, and how much passes through it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import networkx as nx

from kg.structure.domains import Domains, separated
from kg.structure.ties import Tie, network_of, people_of

#: What the columns count; printed with them.
RULE = """\
Findings, samples and people count every tie of a construct, null ones included; each result and each person once.
Strength adds up the sizes of the correlations of its ties, as far as these have one (numbered says how many).
Betweenness is the share of shortest paths between other constructs that pass through it; closeness is how near it is to
those that it reaches, times the share of constructs that it reaches (Freeman 1979; Wasserman & Faust 1994). Both walk
the ties that relate, by the length of a step. Separates names the domains that only this construct holds together."""


@dataclass(frozen=True)
class Standing:
    """One construct in the graph of ties. ``separates`` are the pairs of domains that fall apart without it."""

    construct: str
    label: str
    domains: tuple[str, ...]
    findings: int
    samples: int
    participants: int
    ties: int
    related: int
    numbered: int
    strength: float
    betweenness: float
    closeness: float
    separates: tuple[tuple[str, str], ...]


def centrality(found: Iterable[Tie], domains: Domains) -> tuple[Standing, ...]:
    """Every construct with a finding; those with the most findings first, then by name."""
    found = sorted(found, key=lambda tie: tie.pair)
    graph = network_of(found)
    between = nx.betweenness_centrality(graph, weight="length")
    apart = separated(graph, domains)
    near = nx.closeness_centrality(graph, distance="length")
    standings = [
        _standing(node, [tie for tie in found if node in tie.pair], domains, between[node], near[node], apart[node])
        for node in graph
    ]
    return tuple(sorted(standings, key=lambda each: (-each.findings, -each.participants, each.construct)))


def _standing(
    construct: str,
    own: list[Tie],
    domains: Domains,
    betweenness: float,
    closeness: float,
    separates: tuple[tuple[str, str], ...],
) -> Standing:
    people = people_of(each for tie in own for each in tie.findings)
    strengths = [abs(tie.r) for tie in own if tie.r is not None]
    return Standing(
        construct=construct,
        label=own[0].label(construct),
        domains=tuple(sorted(domains.get(construct, ()))),
        findings=sum(len(tie.findings) for tie in own),
        samples=len(people),
        participants=sum(people.values()),
        ties=len(own),
        related=sum(tie.relates for tie in own),
        numbered=len(strengths),
        strength=sum(strengths),
        betweenness=betweenness,
        closeness=closeness,
        separates=separates,
    )
