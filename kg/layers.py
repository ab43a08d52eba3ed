"""One layer of the evidence by itself: the graph as it were if nothing else had been told.

A result that was counted with its twin of another layer comes back, and cells, conflicts and verdicts are reached
anew by the rules of the build.
"""

from __future__ import annotations

from kg.errors import BadQuestion
from kg.names import BASE, TERMS, graph_iri
from kg.reason import apply_rules
from kg.resources import shipped
from kg.store import Store
from kg.store.embedded import Embedded

#: What each layer holds. Published pooled estimates, the third, are no findings, and nothing is counted of them.
FINDINGS = ("review", "primary")
PUBLISHED = "secondary"

#: Of more findings no layer is told by itself: it is reached in memory, a minute and a gigabyte for so many.
MOST = 25_000
_BEYOND = "SELECT ?finding WHERE { ?finding a ca:Finding } OFFSET %d LIMIT 1"

_TOLD_ELSEWHERE = """
SELECT DISTINCT ?told WHERE {
  { ?told ca:readThrough ?reading } UNION { ?told ca:checksFinding ?finding . ?finding ca:readThrough ?reading }
  ?reading ca:layer ?layer .
  FILTER NOT EXISTS { ?told a ca:PublishedPooledEstimate }
}
VALUES ?layer { %s }"""
_EDGES = "SELECT DISTINCT ?edge WHERE { ?edge rdfs:subPropertyOf+ ca:empiricallyLinkedTo }"
_TWINS = "SELECT DISTINCT ?finding ?twin WHERE { ?finding ca:reportsSameResultAs+ ?twin FILTER(?finding != ?twin) }"
_SAME = f"<{TERMS}reportsSameResultAs>"


def of_layer(store: Store, layer: str) -> Store:
    """The store itself for ``all``; for a layer of ``FINDINGS`` a graph of its findings and what follows from them."""
    if layer == "all":
        return store
    if layer not in FINDINGS:
        raise BadQuestion(f"layer: findings are told in {' or '.join(FINDINGS)}, not in '{layer}'")
    if not isinstance(store, Embedded):
        raise BadQuestion("one layer by itself needs a graph built on this machine, not an endpoint; leave --store out")
    if not has_layers(store):
        raise BadQuestion(
            f"one layer by itself is told of up to {MOST:,} findings, and this graph has more; build the folders of"
            " that layer by themselves (kg build -o BUILD FOLDER…), and ask that: kg --store BUILD"
        )
    return _alone(store, layer)


def has_layers(store: Store) -> bool:
    """Whether a layer can be told by itself: of a graph that is here, and no larger than memory holds in a moment."""
    return isinstance(store, Embedded) and not store.select(_BEYOND % MOST)


def _alone(store: Embedded, layer: str) -> Embedded:
    others = " ".join(f"<{BASE}layer/{other}>" for other in (*FINDINGS, PUBLISHED) if other != layer)
    gone = set(map(str, store.select(_TOLD_ELSEWHERE % others).column("told")))
    edges = {f"{TERMS}empiricallyLinkedTo", *map(str, store.select(_EDGES).column("edge"))}
    derived, inferred = graph_iri("synthesis"), graph_iri("inferred")
    part = store.part(
        lambda subject, predicate, value, graph: (
            graph != derived
            and subject not in gone
            and value not in gone
            and not (graph == inferred and predicate in edges)
        )
    )
    part.load(_twins(store, gone), inferred)
    apply_rules(part, shipped(), lambda step: None)
    return part


def _twins(store: Embedded, gone: set[str]) -> str:
    """The links between findings that tell one result, also where only a finding of another layer linked them."""
    pairs = ((str(row["finding"]), str(row["twin"])) for row in store.select(_TWINS))
    return "".join(f"<{one}> {_SAME} <{other}> .\n" for one, other in pairs if gone.isdisjoint((one, other)))
