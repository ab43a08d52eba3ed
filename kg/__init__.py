"""The compassion × attachment knowledge graph, as a library.

    import kg

    graph = kg.open()
    for row in graph.ask("findings-between", subject="self-compassion", object="attachment-avoidance"):
        print(row["study"], row["significance"], row["printed"])

Importing is cheap: whatever is heavy is imported where it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.errors import KgError

if TYPE_CHECKING:
    from pathlib import Path

    from kg.graph import KnowledgeGraph

__all__ = ["KgError", "open"]


def open(store: str | Path | None = None, user: str | None = None, password: str | None = None) -> KnowledgeGraph:
    """The graph at ``store``: the folder of a build, or the URL of a SPARQL endpoint.

    Without an argument that of the environment variable KG_STORE; where it is not set, the default graph, built on
    first use. An endpoint that wants to know who asks is told of ``user`` and ``password``, or what the variables
    KG_USER and KG_PASSWORD hold. Raises StoreError where there is none.
    """
    from kg.graph import open_graph

    return open_graph(store, user, password)
