"""The ontology and the vocabulary for other tools: OWL, SKOS, and OBO Graphs JSON."""

from __future__ import annotations

import json
from typing import Any

from kg.export.graphs import graph_answer
from kg.names import ONTOLOGY, PREFIXES
from kg.questions import export_query
from kg.resources import shipped
from kg.store import Store

_RDFS, _SKOS = PREFIXES["rdfs"], PREFIXES["skos"]
#: OBO Graphs has words of its own for what it draws most often.
_EDGES = {_RDFS + "subClassOf": "is_a", PREFIXES["rdf"] + "type": "type"}


def ontology(store: Store) -> str:
    """Turtle: every class, property and term, as Protégé and ROBOT read it."""
    return graph_answer(store.graph(export_query(shipped(), "ontology", {})), "ttl")


def skos(store: Store) -> str:
    """Turtle: every concept with its names, definition, hierarchy and matches."""
    return graph_answer(store.graph(export_query(shipped(), "skos", {})), "ttl")


def obographs(store: Store) -> str:
    """OBO Graphs JSON: classes, constructs and measures as nodes, what stands under what as edges."""
    nodes: dict[str, dict[str, Any]] = {}
    for row in store.select(export_query(shipped(), "obograph-nodes", {})):
        kind = "CLASS" if row["isClass"] == "yes" else "INDIVIDUAL"
        node = nodes.setdefault(str(row["node"]), {"id": str(row["node"]), "type": kind})
        _tell(node, str(row["property"]), str(row["value"]))
    edges = [
        {"sub": str(row["from"]), "pred": _EDGES.get(str(row["property"]), str(row["property"])), "obj": str(row["to"])}
        for row in store.select(export_query(shipped(), "obograph-edges", {}))
    ]
    graph = {"id": ONTOLOGY, "nodes": list(nodes.values()), "edges": edges}
    return json.dumps({"graphs": [graph]}, ensure_ascii=False, indent=2) + "\n"


def _tell(node: dict[str, Any], told: str, value: str) -> None:
    """Add to a node what one row tells of it."""
    if told == _RDFS + "label":
        node["lbl"] = value
        return
    meta = node.setdefault("meta", {})
    if told == _SKOS + "definition":
        meta["definition"] = {"val": value}
    elif told == _SKOS + "altLabel":
        meta.setdefault("synonyms", []).append({"pred": "hasExactSynonym", "val": value})
    else:
        meta.setdefault("basicPropertyValues", []).append({"pred": told, "val": value})
