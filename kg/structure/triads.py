"""Triads: triangles of constructs, whether their signs can all hold, and whether their correlations can."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import networkx as nx

from kg.structure.ties import Tie, network_of

#: What is judged, and how; printed with every judgement.
RULE = """\
Signs (Cartwright & Harary 1956): a triangle is balanced where the product of its three signs is positive, unbalanced
where it is negative. Where a tie is mixed, null or untold it is undecided, and counted as neither.
Correlations: three r can be those of the same people where their matrix is positive semidefinite,
1 + 2abc - a² - b² - c² ≥ 0 (Olkin 1981). An unbalanced triangle can well be possible: signs of weak relations need not
follow from each other. Only impossible numbers cannot all be true of one population; each may be of another one."""

#: Numbers come rounded: a determinant this little below zero is none.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Triad:
    """Three constructs (slugs, by name) with findings on each pair: first-second, first-third, second-third.

    ``balance`` is ``balanced``, ``unbalanced`` or ``undecided``, then with ``why``; ``correlations`` is ``possible``,
    ``impossible`` or ``not all told``.
    """

    constructs: tuple[str, str, str]
    labels: tuple[str, str, str]
    ties: tuple[Tie, Tie, Tie]
    balance: str
    why: str
    correlations: str


def triads(found: Iterable[Tie]) -> tuple[Triad, ...]:
    """Every triangle of ties: unbalanced ones first, then undecided and balanced ones, each in order of name."""
    order = ("unbalanced", "undecided", "balanced")
    return tuple(sorted(_triads(found), key=lambda triad: (order.index(triad.balance), triad.constructs)))


def possible(a: float, b: float, c: float) -> bool:
    """Whether three correlations of three variables with each other can be those of the same people.

    >>> possible(0.6, 0.5, -0.1), possible(0.9, 0.9, -0.9)
    (True, False)
    """
    return 1 + 2 * a * b * c - a * a - b * b - c * c >= -_ROUNDING


def allowed(a: float, b: float) -> tuple[float, float]:
    """From where to where the correlation of two variables can be that correlate by ``a`` and ``b`` with a third.

    Stanley & Wang (1969).

    >>> low, high = allowed(0.6, 0.8)
    >>> round(low, 2), round(high, 2)
    (0.0, 0.96)
    """
    reach = math.sqrt((1 - a * a) * (1 - b * b))
    return a * b - reach, a * b + reach


def _triads(found: Iterable[Tie]) -> Iterator[Triad]:
    graph = network_of(found, nulls=True)
    for first, second in sorted(tuple(sorted(edge)) for edge in graph.edges):
        for third in sorted(node for node in nx.common_neighbors(graph, first, second) if node > second):
            ties = (graph[first][second]["tie"], graph[first][third]["tie"], graph[second][third]["tie"])
            yield _triad((first, second, third), ties)


def _triad(constructs: tuple[str, str, str], ties: tuple[Tie, Tie, Tie]) -> Triad:
    labels = (ties[0].label(constructs[0]), ties[0].label(constructs[1]), ties[2].label(constructs[2]))
    open_ties = [tie for tie in ties if tie.word not in ("positive", "negative")]
    negative = sum(tie.word == "negative" for tie in ties)
    balance = "undecided" if open_ties else "unbalanced" if negative % 2 else "balanced"
    why = "; ".join(f"{' and '.join(tie.labels)}: {tie.word}" for tie in open_ties)
    return Triad(constructs, labels, ties, balance, why, _correlations(ties))


def _correlations(ties: tuple[Tie, Tie, Tie]) -> str:
    a, b, c = (tie.r for tie in ties)
    if a is None or b is None or c is None:
        return "not all told"
    return "possible" if possible(a, b, c) else "impossible"
