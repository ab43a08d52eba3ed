"""The interactive network: pyvis over a networkx MultiDiGraph, as one page that needs nothing else.

pyvis 0.3.2 leaves things to mend: its page asks a CDN for Bootstrap, does not escape its heading, has
no legend, title or language, and parallel edges coincide. So it renders a template of ours (the
drawing library still comes from pyvis), edges get curves of their own, and positions are computed
here, so that a page looks the same on every reload.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import networkx as nx

from kg.names import local_name
from kg.network import roles, rows_of
from kg.store import Row
from kg.views.encoding import MINUS, OUTCOMES, line_width, outcome_of, short_number
from kg.views.pages import TEMPLATES, Caption
from kg.views.ring import SHAPES, Place, free, places, size
from kg.views.words import read_in

#: Columns of the table below the map, with their headings.
TABLE = {
    "finding": "Finding",
    "statement": "In words",
    "outcome": "Outcome",
    "printed": "As printed",
    "study": "Study",
    "sampleSize": "n",
    "source": "Where it was read",
    "toldAlso": "Told also in",
    "subject": "Subject: its measure",
    "object": "Object: its measure",
    "third": "Mediator or moderator",
    "kind": "Kind",
    "certainty": "Coder’s certainty",
    "note": "Coder’s note",
}
#: Kinds of findings in which order matters: drawn with an arrowhead.
_DIRECTED = {"prediction", "mediation", "moderation", "factor composition", "intervention effect"}
_LIT = {"background": "#fff6d6", "border": "#000000"}
_BOX = {"background": "#ffffff", "border": "#404040", "highlight": _LIT, "hover": _LIT}
_DOT_FONT = {"size": 17, "background": "#ffffff"}
_OPTIONS = """{
  "physics": {"enabled": false},
  "interaction": {"hover": true, "navigationButtons": false, "keyboard": {"enabled": true, "bindToWindow": false}},
  "nodes": {"shape": "box", "margin": 8, "borderWidth": 1.5, "shapeProperties": {"borderRadius": 8},
            "widthConstraint": {"maximum": 176},
            "font": {"face": "system-ui, sans-serif", "size": 18, "color": "#1a1a1a"}},
  "edges": {"font": {"face": "system-ui, sans-serif", "size": 17, "strokeWidth": 0, "background": "#ffffff", "align": "horizontal"},
            "selectionWidth": 2, "hoverWidth": 1}
}"""


def page(graph: nx.MultiDiGraph, caption: Caption, centres: Collection[str]) -> str:
    """A complete HTML page: the map, its legend, and the same findings as a table.

    ``centres`` are drawn in the middle, everything else on a ring around them.
    """
    import pyvis
    from jinja2 import Environment, FileSystemLoader
    from pyvis.network import Network

    drawing = Network(directed=True, cdn_resources="in_line", height="720px", width="100%")
    layouts = positions(graph, centres)
    for node, data in sorted(graph.nodes(data=True)):
        emphasis = {"borderWidth": 3, "font": {"size": 22, "bold": True}} if node in centres else {}
        drawing.add_node(node, label=data["label"], title=data["iri"], shape="box", color=_BOX, **emphasis)
    for row in rows_of(graph):
        if row["third"]:
            colour = outcome_of(row).colour
            look: dict[str, Any] = {"size": 5, "color": colour, "font": {**_DOT_FONT, "color": colour}}
            drawing.add_node(junction(row), label=edge_label(row), title=_tooltip(row), shape="dot", **look)
    for edge in _edges(graph):
        drawing.add_edge(edge.pop("from"), edge.pop("to"), **edge)
    drawing.set_options(_OPTIONS)
    drawing.templateEnv = Environment(
        loader=FileSystemLoader([TEMPLATES, Path(pyvis.__file__).parent / "templates"]),
        autoescape=True,
    )
    drawing.path = "network_map.html"
    drawing.templateEnv.globals.update(
        caption=caption,
        columns=TABLE,
        rows=table_rows(graph),
        legend=_legend(graph),
        node_count=len(graph),
        layouts={name: {"places": places, "size": size(places)} for name, places in layouts.items()},
    )
    return str(drawing.generate_html())


def positions(graph: nx.MultiDiGraph, centres: Collection[str]) -> dict[str, dict[str, Place]]:
    """Shape of screen (wide, tall) -> node -> (x, y) in pixels, junctions of three-way findings included."""
    in_order = sorted(graph.nodes, key=lambda node: graph.nodes[node]["label"].casefold())
    middle = [node for node in in_order if node in centres]
    around = [node for node in in_order if node not in centres]
    layouts = {name: places(middle, around, name) for name in SHAPES}
    for where in layouts.values():
        for row in rows_of(graph):
            if row["third"]:
                where[junction(row)] = _between(where, row)
    return layouts


def junction(row: Row) -> str:
    """The id of the dot at which the three constructs of a mediation or moderation meet."""
    return f"finding/{local_name(str(row['finding']))}"


#: How much subject, object and third construct may draw the dot between them, the most even first.
_PULLS = sorted(
    ((one / 20, two / 20, (20 - one - two) / 20) for one in range(1, 19) for two in range(1, 20 - one)),
    key=lambda pulls: (abs(pulls[0] - 0.35) + abs(pulls[1] - 0.35), pulls),
)


def _between(where: Mapping[str, Place], row: Row) -> Place:
    """A place between the three constructs of a finding, or from there towards the middle, not under a box."""
    ends = [where[node] for node in roles(row).values()]
    spots = [
        (
            round(sum(part * x for part, (x, _) in zip(pulls, ends, strict=True))),
            round(sum(part * y for part, (_, y) in zip(pulls, ends, strict=True))),
        )
        for pulls in _PULLS
    ]
    x, y = spots[0]
    inwards = [(round(x * part / 20), y + step) for step in (0, 80, -80, 160, -160) for part in range(20, -1, -1)]
    return next((spot for spot in spots + inwards if free(spot, where)), spots[0])


def _edges(graph: nx.MultiDiGraph) -> list[dict[str, Any]]:
    """The drawn edges: one a finding, or three that meet in a dot where it has three constructs."""
    rows = rows_of(graph)
    fan = Counter(_pair(row) for row in rows if not row["third"])
    drawn: Counter[frozenset[str]] = Counter()
    edges = []
    for row in rows:
        if row["third"]:
            edges += _spokes(row)
        else:
            start, end = roles(row)["subject"], roles(row)["object"]
            pair = _pair(row)
            bend = _curve(drawn[pair], fan[pair], start < end)
            edges.append({**_edge(row, "", start, end), "label": edge_label(row), "smooth": bend})
            drawn[pair] += 1
    return edges


def _pair(row: Row) -> frozenset[str]:
    return frozenset(roles(row).values())


def _spokes(row: Row) -> list[dict[str, Any]]:
    """From what is linked, and from what mediates or moderates, to the dot; and on to what it is linked with."""
    named, dot = roles(row), junction(row)
    return [
        {**_edge(row, "/subject", named["subject"], dot), "arrows": ""},
        {**_edge(row, "/third", named["third"], dot), "arrows": ""},
        _edge(row, "/object", dot, named["object"]),
    ]


def _edge(row: Row, part: str, start: str, end: str) -> dict[str, Any]:
    finding, outcome = local_name(str(row["finding"])), outcome_of(row)
    return {
        "from": start,
        "to": end,
        "id": finding + part,
        "finding": finding,
        "title": _tooltip(row),
        "color": outcome.colour,
        "font": {"color": outcome.colour},
        "width": line_width(row["value"]),
        "dashes": list(outcome.dashes) or False,
        "arrows": "to" if row["kind"] in _DIRECTED else "",
        "smooth": {"enabled": False},
    }


def _curve(index: int, of: int, forwards: bool) -> dict[str, Any]:
    """The bend of one of several parallel edges: symmetric about the straight line, none twice, none far afield."""
    bend = (index - (of - 1) / 2) * min(0.18, 1.3 / of)
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
    parts = [
        row["statement"],
        row["printed"],
        f"{row['study']}{_people(row, ', n = ')}",
        "; ".join(_measured(row, role) for role in ("subject", "object") if row[f"{role}Measure"]),
        f"{read_in(row)} (coder’s certainty: {row['certainty']})",
        row["toldAlso"] and f"told also in {row['toldAlso']}",
        row["note"] and f"Coder’s note: {row['note']}",
    ]
    return "\n".join(str(part) for part in parts if part)


def _people(row: Row, before: str) -> str:
    return f"{before}{row['sampleSize']:,}" if row["sampleSize"] else ""


def _measured(row: Row, role: str) -> str:
    """A construct with the measure that stands for it in the finding, where one is told."""
    measure = row[f"{role}Measure"]
    return f"{row[role]}: {measure}" if measure else str(row[role])


def table_rows(graph: nx.MultiDiGraph) -> list[dict[str, str]]:
    """The findings drawn, as the cells of the table below the map."""
    rows = []
    for row in rows_of(graph):
        cells = {column: str(row.get(column) or "") for column in TABLE}
        told = {
            "finding": local_name(str(row["finding"])),
            "subject": _measured(row, "subject"),
            "object": _measured(row, "object"),
            "outcome": outcome_of(row).meaning,
            "sampleSize": _people(row, ""),
            "source": read_in(row),
        }
        rows.append(cells | told)
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
