"""The compassion × attachment knowledge graph, as a library.

    import kg

    graph = kg.open()
    for row in graph.ask("findings-between", subject="self-compassion", object="attachment-avoidance"):
        print(row["study"], row["significance"], row["printed"])

Importing is cheap: whatever is heavy is imported where it is used.
"""

from __future__ import annotations

from kg.errors import KgError
from kg.graph import KnowledgeGraph, open

__all__ = ["KgError", "KnowledgeGraph", "open"]
