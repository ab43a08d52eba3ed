"""A network map of a store: which findings to draw, and what to say above them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

import networkx as nx

from kg.errors import NothingFound
from kg.export.findings import all_findings
from kg.lookup import resolve, within
from kg.names import local_name
from kg.network import at, busiest, ego, legible_limit, network
from kg.resources import software_version
from kg.store import Store
from kg.views.network_map import page
from kg.views.pages import Caption
from kg.views.words import told_by

_QUESTION = "What are all the findings, with their numbers and sources? (queries/findings.rq)"


@dataclass(frozen=True)
class DrawnMap:
    """A page, and what it says of itself: how much is on it, what is included and what is left out."""

    html: str = field(repr=False)
    summary: str

    def _repr_html_(self) -> str:
        """What Jupyter shows: the page in a frame of its own."""
        return (
            f'<iframe srcdoc="{escape(self.html)}" title="{escape(self.summary)}" width="100%" height="700"></iframe>'
        )


def draw(store: Store, around: str | None, everything: bool, limit: int | None, layer: str = "all") -> DrawnMap:
    """The findings around a construct and all narrower ones (default: the busiest), or all of them, as a page.

    ``limit`` says how many constructs there may be; None, as many as can be read. ``layer`` says which findings the
    store has. Raises NothingFound where there is nothing to draw.
    """
    whole = network(all_findings(store))
    if not len(whole):
        raise NothingFound("this graph has no finding, so there is nothing to draw")
    only = "" if layer == "all" else f", as {told_by(layer)}"
    if everything:
        return _drawn(whole, [], f"All findings{only}", _size(whole))
    iri = resolve(store, around, "construct") if around else str(whole.nodes[busiest(whole)]["iri"])
    labels = within(store, iri)
    centres = [local_name(each) for each in labels if local_name(each) in whole]
    if not centres:
        raise NothingFound(f"nothing was found about {labels[iri]} or anything narrower; no map was written")
    chosen, left_out = ego(whole, centres, limit or legible_limit(whole, centres))
    drawn = [node for node in centres if node in chosen]
    summary = _size(chosen) + _narrower(chosen, drawn, local_name(iri))
    if left_out:
        findings = len(list(at(whole, centres))) - chosen.number_of_edges()
        summary += (
            f" {_counted(left_out, 'more construct')} with {_counted(findings, 'result')} about it are left out,"
            " for legibility (kg map --limit)."
        )
    return _drawn(chosen, drawn, f"What was found about {labels[iri]}{only}", summary)


def _drawn(graph: nx.MultiDiGraph, centres: list[str], title: str, summary: str) -> DrawnMap:
    caption = Caption(title, summary, _QUESTION, software_version())
    return DrawnMap(page(graph, caption, centres), summary)


def _size(graph: nx.MultiDiGraph) -> str:
    return f"{_counted(graph.number_of_edges(), 'result')} between {_counted(len(graph), 'construct')}."


def _narrower(graph: nx.MultiDiGraph, centres: list[str], middle: str) -> str:
    """Which narrower constructs the map includes, where there are any."""
    labels = sorted(graph.nodes[node]["label"] for node in centres if node != middle)
    return f" Narrower constructs are included: {', '.join(labels)}." if labels else ""


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
