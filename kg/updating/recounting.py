"""What is counted of constructs, followed by difference: findings of a broad one are too many to be counted anew.

The rule is run for the findings that a change may bear on, over the graph before it and after it: what they added to
the counts is taken off, and what they add by now is put on.
"""

from __future__ import annotations

from collections import Counter

import pyoxigraph as ox

from kg.names import graph_iri
from kg.narrowed import narrowed
from kg.reason import read_rule
from kg.resources import Rooms
from kg.store.embedded import Embedded, plain
from kg.updating.journal import Journal

RULE = "87-what-is-told-of-constructs"

#: Construct and what is counted of it -> how many.
Counts = Counter[tuple[str, str]]


def recount(journal: Journal, before: Embedded, rooms: Rooms, findings: set[str]) -> None:
    """Bring the counts up to date, of a graph that was ``before``.

    ``findings`` are all that may count differently: those that a change reaches, and what was or is counted with them.
    """
    rule, target = read_rule(rooms, RULE)
    more = _counts(journal.store, rule, findings)
    more.subtract(_counts(before, rule, findings))
    for (construct, counted), difference in more.items():
        if difference:
            _add(journal, construct, counted, difference, graph_iri(target))


def _counts(store: Embedded, rule: str, findings: set[str]) -> Counts:
    """What these findings add to the counts."""
    counts: Counts = Counter()
    for query in narrowed(rule, [(f"<{finding}>",) for finding in sorted(findings)]):
        for quad in ox.parse(store.graph(query), format=ox.RdfFormat.N_TRIPLES):
            counts[plain(quad.subject), quad.predicate.value] += int(plain(quad.object))
    return counts


def _add(journal: Journal, construct: str, counted: str, difference: int, graph: str) -> None:
    """Add to a count, or take away; nothing is said where nothing is left to count."""
    before = [*journal.store.values(construct, counted, graph)]
    journal.take(before)
    if many := sum(int(plain(quad.object)) for quad in before) + difference:
        journal.put([ox.Quad(ox.NamedNode(construct), ox.NamedNode(counted), ox.Literal(many), ox.NamedNode(graph))])
