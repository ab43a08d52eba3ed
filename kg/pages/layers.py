"""One layer of the evidence on a page: the choice of it, and what is said of the query behind."""

from __future__ import annotations

from dataclasses import replace

from kg.pages.library import Library
from kg.pages.model import Behind, Choice

LAYERS = (("all", "all layers"), ("review", "told by a review"), ("primary", "told by primary reports"))


def layer_choices(library: Library, layer: str, label: str = "Who tells it") -> tuple[Choice, ...]:
    """The choice of a layer; none in a graph of which no layer can be told by itself."""
    return (Choice("layer", label, layer, LAYERS),) if library.has_layers else ()


def told_by(behind: Behind, layer: str) -> Behind:
    """A question behind a view of one layer, which is asked of a graph that holds no other."""
    if layer == "all":
        return behind
    told = (
        f"Asked of the graph as it were if only the layer “{layer}” had been told, which a query over the whole graph "
        f"cannot do: kg ask {behind.question} --layer {layer}."
    )
    return replace(behind, afterwards=f"{told} {behind.afterwards}".strip())
