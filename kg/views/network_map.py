"""The interactive network: pyvis over a networkx MultiDiGraph, as one page that needs nothing else.

pyvis 0.3.2 leaves things to mend: its page asks a CDN for Bootstrap, does not escape its heading, has
no legend, title or language, and parallel edges coincide. So it renders a template of ours (the
drawing library still comes from pyvis), edges get curves of their own, and positions are computed
here, so that a page looks the same on every reload.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import networkx as nx

from kg.names import local_name
from kg.network import rows_of
from kg.store import Row
from kg.views.encoding import MINUS, OUTCOMES, line_width, outcome_of, short_number

#: Columns of the table below the map, with their headings.
TABLE = {
    "finding": "Finding",
    "study": "Study",
    "kind": "Kind",
    "subject": "Subject",
    "object": "Object",
    "third": "Mediator or moderator",
    "outcome": "Outcome",
    "printed": "As printed",
    "statement": "In words",
    "locator": "Place in the source",
    "certainty": "Coder’s certainty",
}
#: Kinds of findings in which order matters: drawn with an arrowhead.
_DIRECTED = {"prediction", "mediation", "moderation", "factor composition", "intervention effect"}
_LIT = {"background": "#fff6d6", "border": "#000000"}
_BOX = {"background": "#ffffff", "border": "#404040", "highlight": _LIT, "hover": _LIT}
_OPTIONS = """{
  "physics": {"enabled": false},
  "interaction": {"hover": true, "navigationButtons": false, "keyboard": {"enabled": true, "bindToWindow": false}},
  "nodes": {"shape": "box", "margin": 10, "borderWidth": 1.5, "shapeProperties": {"borderRadius": 8},
            "widthConstraint": {"maximum": 170},
            "font": {"face": "system-ui, sans-serif", "size": 16, "color": "#1a1a1a"}},
  "edges": {"font": {"face": "system-ui, sans-serif", "size": 15, "strokeWidth": 0, "background": "#ffffff", "align": "horizontal"},
            "selectionWidth": 2, "hoverWidth": 1}
}"""


@dataclass(frozen=True)
class Caption:
    """The words around a map."""

    title: str
    summary: str
    question: str
    version: str


def page(graph: nx.MultiDiGraph, caption: Caption, centre: str | None = None) -> str:
    """A complete HTML page: the map, its legend, and the same findings as a table.

    ``centre`` is drawn in the middle, everything else on a ring around it.
    """
    import pyvis
    from jinja2 import Environment, FileSystemLoader
    from pyvis.network import Network

    drawing = Network(directed=True, cdn_resources="in_line", height="720px", width="100%")
    places = positions(list(graph.nodes), graph, centre)
    for node, data in sorted(graph.nodes(data=True)):
        x, y = places[node]
        emphasis = {"borderWidth": 3, "font": {"size": 20, "bold": True}} if node == centre else {}
        drawing.add_node(node, label=data["label"], title=data["iri"], x=x, y=y, shape="box", color=_BOX, **emphasis)
    for edge in _edges(graph):
        drawing.add_edge(edge.pop("from"), edge.pop("to"), **edge)
    drawing.set_options(_OPTIONS)
    drawing.templateEnv = Environment(
        loader=FileSystemLoader([Path(__file__).parent / "templates", Path(pyvis.__file__).parent / "templates"]),
        autoescape=True,
    )
    drawing.path = "network_map.html"
    drawing.templateEnv.globals.update(
        caption=caption, columns=TABLE, rows=table_rows(graph), legend=_legend(graph), node_count=len(graph)
    )
    return str(drawing.generate_html())


def positions(nodes: Sequence[str], graph: nx.MultiDiGraph, centre: str | None) -> dict[str, tuple[int, int]]:
    """Node -> (x, y) in pixels: a ring in order of name, wide enough that boxes do not overlap."""
    ring = sorted((node for node in nodes if node != centre), key=lambda node: graph.nodes[node]["label"].casefold())
    radius_x, radius_y = max(480, 35 * len(ring)), max(330, 19 * len(ring))
    places = {}
    for index, node in enumerate(ring):
        angle = 2 * math.pi * index / max(1, len(ring)) - math.pi / 2
        places[node] = (round(radius_x * math.cos(angle)), round(radius_y * math.sin(angle)))
    if centre is not None:
        places[centre] = (0, 0)
    return places


def _edges(graph: nx.MultiDiGraph) -> list[dict[str, Any]]:
    """One drawn edge a finding; edges between the same two constructs fan out."""
    fan = Counter(frozenset((start, end)) for start, end in graph.edges())
    drawn: Counter[frozenset[str]] = Counter()
    edges = []
    for start, end, key, row in sorted(graph.edges(keys=True, data=True), key=lambda edge: edge[2]):
        pair = frozenset((start, end))
        outcome = outcome_of(row)
        edges.append(
            {
                "from": start,
                "to": end,
                "id": key,
                "label": edge_label(row),
                "title": _tooltip(row),
                "color": outcome.colour,
                "font": {"color": outcome.colour},
                "width": line_width(row["value"]),
                "dashes": list(outcome.dashes) or False,
                "arrows": "to" if row["kind"] in _DIRECTED else "",
                "smooth": _curve(drawn[pair], fan[pair], start < end),
            }
        )
        drawn[pair] += 1
    return edges


def _curve(index: int, of: int, forwards: bool) -> dict[str, Any]:
    """The bend of one of several parallel edges: symmetric about the straight line, none twice."""
    bend = (index - (of - 1) / 2) * 0.18
    if bend == 0:
        return {"enabled": False}
    clockwise = (bend > 0) == forwards
    return {"enabled": True, "type": "curvedCW" if clockwise else "curvedCCW", "roundness": round(abs(bend), 3)}


def edge_label(row: Row) -> str:
    """What is written on an edge: the sign, and the number where there is one."""
    sign = outcome_of(row).sign
    if row["third"]:
        verb = {"mediation": "mediates", "moderation": "moderates"}[str(row["kind"])]
        return f"{verb}: {'no' if sign == 'n.s.' else sign}"
    if row["value"] is None:
        return sign
    number = short_number(row["value"])  # type: ignore[arg-type]
    return number if sign in ("+", MINUS) else f"{sign} {number}"


def _tooltip(row: Row) -> str:
    parts = [row["statement"], row["printed"], f"{row['study']}, {row['locator']}", f"certainty: {row['certainty']}"]
    return "\n".join(str(part) for part in parts if part)


def table_rows(graph: nx.MultiDiGraph) -> list[dict[str, str]]:
    """The findings drawn, as the cells of the table below the map."""
    rows = []
    for row in rows_of(graph):
        cells = {column: str(row.get(column) or "") for column in TABLE}
        cells["finding"] = local_name(cells["finding"])
        cells["outcome"] = outcome_of(row).meaning
        rows.append(cells)
    return rows


def _legend(graph: nx.MultiDiGraph) -> list[dict[str, str]]:
    """An entry for each outcome that is on the map, in the order of the visual language."""
    present = {outcome_of(row).name for row in rows_of(graph)}
    return [
        {
            "sign": outcome.sign,
            "colour": outcome.colour,
            "dashes": " ".join(map(str, outcome.dashes)),
            "meaning": outcome.meaning,
        }
        for outcome in OUTCOMES.values()
        if outcome.name in present
    ]
