"""A network map of a store: which findings to draw, and what to say above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

import networkx as nx

from kg.errors import BadQuestion, NothingFound
from kg.export.findings import all_findings
from kg.lookup import resolve, within
from kg.names import local_name, mint
from kg.nearby import Nearby, in_the_middle, nearby, told
from kg.network import network, roles, rows_of
from kg.resources import software_version
from kg.store import Store
from kg.views.network_map import page
from kg.views.pages import Caption
from kg.views.words import told_by

#: More findings than this make a page that browsers lay out for minutes.
MOST_DRAWN = 2_000
_EMPTY = "this graph has no finding, so there is nothing to draw"
_HOW_MANY = "SELECT (COUNT(DISTINCT ?finding) AS ?findings) WHERE { ?finding a ca:Finding }"
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
    only = "" if layer == "all" else f", as {told_by(layer)}"
    if everything:
        findings = int(str(store.select(_HOW_MANY).values[0][0]))
        if not findings:
            raise NothingFound(_EMPTY)
        _refuse_a_crowd(findings)
        whole = network(all_findings(store))
        return _drawn(whole, [], f"All findings{only}", _size(whole))
    middle = resolve(store, around, "construct") if around else _in_the_middle(store)
    labels = within(store, middle)
    near = nearby(store, middle, limit)
    if not near.findings:
        raise NothingFound(f"nothing was found about {labels[middle]} or anything narrower; no map was written")
    _refuse_a_crowd(len(near.findings))
    chosen = _network_of(store, near.findings)
    drawn = [local_name(each) for each in labels if local_name(each) in chosen]
    summary = _size(chosen) + _narrower(chosen, drawn, local_name(middle)) + _left_out(near)
    return _drawn(chosen, drawn, f"What was found about {labels[middle]}{only}", summary)


def _in_the_middle(store: Store) -> str:
    """The IRI of the construct with the most results."""
    if middle := in_the_middle(store):
        return mint("construct", middle)
    raise NothingFound(_EMPTY)


def _refuse_a_crowd(findings: int) -> None:
    """Raise BadQuestion where a picture of so many findings would be too large to open, let alone to read."""
    if findings > MOST_DRAWN:
        raise BadQuestion(
            f"{findings:,} findings are too many to draw (at most {MOST_DRAWN:,}); ask for those around a construct"
            " (kg map --around, without --all, with a smaller --limit), or see all pairs by kg ask pairs-studied"
        )


def _network_of(store: Store, findings: Sequence[str]) -> nx.MultiDiGraph:
    """The network of these findings alone, each with what else tells the same."""
    graph = network(told(store, findings))
    wanted = {local_name(each) for each in findings}
    graph.remove_edges_from([edge for edge in graph.edges(keys=True) if edge[2] not in wanted])
    graph.remove_nodes_from(set(graph) - {node for row in rows_of(graph) for node in roles(row).values()})
    return graph


def _left_out(near: Nearby) -> str:
    """What there is besides, where there is any."""
    results = near.results - len(near.findings) - near.more
    constructs = f"{_counted(near.left_out, 'more construct')} with {_counted(results, 'result')} about it"
    more = f"{_counted(near.more, 'more result')} on these"
    left = [*([constructs] if near.left_out else ()), *([more] if near.more else ())]
    return f" {' and '.join(left)} are left out, for legibility (kg map --limit)." if left else ""


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
