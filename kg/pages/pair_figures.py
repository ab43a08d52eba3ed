"""The figure of a pair: the one asked for, or a forest plot where effects can be pooled, else directions of effect."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module

from kg.errors import MissingPart, NothingFound
from kg.figures import drawn
from kg.names import local_name
from kg.pages.library import Library


def svg(library: Library, first: str, second: str, kind: str, layer: str) -> str:
    """The figure as SVG; NothingFound where there is nothing to draw."""
    if kind:
        return _of(library, kind, first, second, layer)
    try:
        return _of(library, "forest", first, second, layer)
    except (NothingFound, MissingPart):  # too few effects, or no library that pools: directions need neither
        return _of(library, "effect-direction", first, second, layer)


def _of(library: Library, kind: str, first: str, second: str, layer: str) -> str:
    ends = local_name(first), local_name(second)
    return drawn(library, kind, *ends, ".svg", {"layer": layer})[0]


def prepare() -> None:
    """Load what pools, which takes seconds, before somebody waits for it."""
    with suppress(ImportError):
        import_module("meta_analyze")
