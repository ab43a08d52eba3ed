"""The interactive network: pyvis over a networkx MultiDiGraph, as one page that needs nothing else.

pyvis 0.3.2 leaves things to mend: its page asks a CDN for Bootstrap, does not escape its heading, has
no legend, title or language, and parallel edges coincide. So it renders a template of ours (the
drawing library still comes from pyvis), edges get curves of their own, and positions are computed
here, so that a page looks the same on every reload.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any

import networkx as nx

from kg.names import local_name
from kg.network import roles, rows_of
from kg.store import Row, Value
from kg.views.encoding import MINUS, NEUTRAL, OUTCOMES, line_width, outcome_of, short_number
from kg.views.pages import TEMPLATES, Caption
from kg.views.policies import guarded
from kg.views.ring import SHAPES, Place, crowd, places, room_around, size
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
#: So many letters stand on a line of a box, and so many lines in it; the tooltip has the whole name.
_LETTERS, _LINES = 18, 3
#: With more constructs than this, only so many have a box with their name in large letters; the others are points
#: that show their names, as lines do their signs, on hover and once one zooms in.
_CROWD, _NAMED = 40, 20
_NAMED_LOOK: dict[str, Any] = {"font": {"size": 27}, "margin": 12, "scaling": {"label": {"drawThreshold": 4}}}
_ZOOMED_IN = {"scaling": {"label": {"drawThreshold": 13}}}
#: How far a line of a fan may bend from the straight one, in pixels.
_FARTHEST = 170
_OPTIONS = """{
  "physics": {"enabled": false},
  "interaction": {"hover": true, "navigationButtons": false, "keyboard": {"enabled": true, "bindToWindow": false}},
  "nodes": {"shape": "box", "margin": 8, "borderWidth": 1.5, "shapeProperties": {"borderRadius": 8},
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
    boxes = named(graph, centres)
    crowded = len(boxes) < len(graph)
    for node, data in sorted(graph.nodes(data=True)):
        look = _look(node in boxes, node in centres, crowded)
        drawing.add_node(node, label=_wrapped(data["label"]), title=f"{data['label']}\n{data['iri']}", **look)
    for dot, rows in junctions(graph).items():
        drawing.add_node(dot, label=junction_label(rows), title=_tooltips(rows), **_junction_look(rows, crowded))
    for edge in _edges(graph, layouts, crowded):
        drawing.add_edge(edge.pop("from"), edge.pop("to"), **edge)
    drawing.set_options(_OPTIONS)
    drawing.templateEnv = Environment(
        loader=FileSystemLoader([TEMPLATES, Path(pyvis.__file__).parent / "templates"]),
        autoescape=True,
    )
    scripts: list[str] = []

    def brought(script: str) -> str:
        """A script of the template, remembered: nothing else that stands on the page may run."""
        scripts.append(script)
        return script

    drawing.templateEnv.filters["brought"] = brought
    drawing.path = "network_map.html"
    drawing.templateEnv.globals.update(
        caption=caption,
        columns=TABLE,
        rows=table_rows(graph),
        crowded=crowded,
        legend=_legend(graph),
        node_count=len(graph),
        layouts={name: {"places": places, "size": size(places)} for name, places in layouts.items()},
    )
    return guarded(str(drawing.generate_html()), scripts)


def positions(graph: nx.MultiDiGraph, centres: Collection[str]) -> dict[str, dict[str, Place]]:
    """Shape of screen (wide, tall) -> node -> (x, y) in pixels, junctions of three-way findings included."""
    in_order = sorted(graph.nodes, key=lambda node: graph.nodes[node]["label"].casefold())
    boxes = named(graph, centres)
    arrange, inner = (crowd, boxes) if len(boxes) < len(graph) else (places, set(centres))
    middle = [node for node in in_order if node in inner]
    around = [node for node in in_order if node not in inner]
    layouts = {name: arrange(middle, around, name) for name in SHAPES}
    for where in layouts.values():
        dots: dict[str, Place] = {}
        for dot, rows in junctions(graph).items():
            dots[dot] = _between(where, list(dots.values()), rows[0])
        where.update(dots)
    return layouts


def named(graph: nx.MultiDiGraph, centres: Collection[str]) -> set[str]:
    """The constructs that are drawn as boxes with their names: all, or of a crowd the ones with the most findings."""
    if centres or len(graph) <= _CROWD:
        return set(graph)
    findings = Counter(node for row in rows_of(graph) for node in set(roles(row).values()))
    return set(sorted(graph, key=lambda node: (-findings[node], node))[:_NAMED])


def junctions(graph: nx.MultiDiGraph) -> dict[str, list[Row]]:
    """Id of a dot -> the mediations, or moderations, of the one triple of constructs that meet in it."""
    triples: dict[tuple[Value, ...], list[Row]] = {}
    for row in rows_of(graph):
        if row["third"]:
            triples.setdefault((row["kind"], row["subjectIri"], row["objectIri"], row["thirdIri"]), []).append(row)
    return {f"finding/{_slug(rows[0])}": rows for rows in triples.values()}


def _slug(row: Row) -> str:
    return local_name(str(row["finding"]))


def _wrapped(label: str) -> str:
    """A name on a few short lines, broken between words."""
    lines = wrap(label, _LETTERS, break_long_words=False)
    return "\n".join(lines if len(lines) <= _LINES else [*lines[: _LINES - 1], f"{lines[_LINES - 1]} …"])


def _look(box: bool, centre: bool, crowded: bool) -> dict[str, Any]:
    """How a construct is drawn."""
    if not box:
        return {"shape": "dot", "size": 8, "color": {**_BOX, "background": "#d9d9d9"}, **_ZOOMED_IN}
    emphasis = {"borderWidth": 3, "font": {"size": 22, "bold": True}} if centre else {}
    return {"shape": "box", "color": _BOX, **emphasis, **(_NAMED_LOOK if crowded else {})}


def _junction_look(rows: Sequence[Row], crowded: bool) -> dict[str, Any]:
    """A dot for a mediation, a diamond for a moderation."""
    shape, colour = {"mediation": "dot", "moderation": "diamond"}[str(rows[0]["kind"])], _colour(rows)
    return {
        "shape": shape, "size": 5 if shape == "dot" else 7, "color": colour, "font": {**_DOT_FONT, "color": colour},
        **(_ZOOMED_IN if crowded else {}),
    }  # fmt: skip


def _colour(rows: Sequence[Row]) -> str:
    colours = {outcome_of(row).colour for row in rows}
    return colours.pop() if len(colours) == 1 else NEUTRAL


def junction_label(rows: Sequence[Row]) -> str:
    """What is written at a dot: whether the mediation or moderation is borne out, and how often, where it was tried often.

    >>> junction_label([{"support": "complete"}, {"support": "partial"}, {"support": "not-supported"}])
    'yes 2, no 1'
    """
    verdicts = Counter({"n.s.": "no"}.get(sign := outcome_of(row).sign, sign) for row in rows)
    if len(rows) == 1:
        return next(iter(verdicts))
    return ", ".join(f"{verdict} {count}" for verdict, count in verdicts.most_common())


#: How much subject, object and third construct may draw the dot between them, the most even first.
_PULLS = sorted(
    ((one / 20, two / 20, (20 - one - two) / 20) for one in range(1, 19) for two in range(1, 20 - one)),
    key=lambda pulls: (abs(pulls[0] - 0.35) + abs(pulls[1] - 0.35), pulls),
)


def _between(where: Mapping[str, Place], dots: Sequence[Place], row: Row) -> Place:
    """A place between the three constructs of a finding, or from there towards the middle, apart from boxes and dots."""
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
    best, room = spots[0], 0.0
    for spot in spots + inwards:
        here = room_around(spot, where, dots)
        if here >= 1:
            return spot
        if here > room:
            best, room = spot, here
    return best


def _edges(
    graph: nx.MultiDiGraph, layouts: Mapping[str, Mapping[str, Place]], crowded: bool = False
) -> list[dict[str, Any]]:
    """The drawn edges: one a result, or three that meet in a dot where it has three constructs."""
    rows = [row for row in rows_of(graph) if not row["third"]]
    fan = Counter(_pair(row) for row in rows)
    drawn: Counter[frozenset[str]] = Counter()
    edges = [spoke for dot, behind in junctions(graph).items() for spoke in _spokes(dot, behind)]
    for row in rows:
        start, end = roles(row)["subject"], roles(row)["object"]
        pair = _pair(row)
        length = max(math.dist(where[start], where[end]) for where in layouts.values())
        bend = _curve(drawn[pair], fan[pair], start < end, length)
        edge = {**_edge([row], "", start, end), "label": edge_label(row), "smooth": bend}
        edges.append({**edge, **(_ZOOMED_IN if crowded else {})})
        drawn[pair] += 1
    return edges


def _pair(row: Row) -> frozenset[str]:
    return frozenset(roles(row).values())


def _spokes(dot: str, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """From what is linked, and from what mediates or moderates, to the dot; and on to what it is linked with."""
    ends = roles(rows[0])
    return [
        {**_edge(rows, "/subject", ends["subject"], dot), "arrows": ""},
        {**_edge(rows, "/third", ends["third"], dot), "arrows": ""},
        _edge(rows, "/object", dot, ends["object"]),
    ]


def _edge(rows: Sequence[Row], part: str, start: str, end: str) -> dict[str, Any]:
    """A line for results that are drawn as one: dashed where all of them are."""
    dashes, colour = {outcome_of(row).dashes for row in rows}, _colour(rows)
    return {
        "from": start,
        "to": end,
        "id": _slug(rows[0]) + part,
        "findings": [_slug(row) for row in rows],
        "title": _tooltips(rows),
        "color": colour,
        "font": {"color": colour},
        "width": line_width(rows[0]["value"] if len(rows) == 1 else None),
        "dashes": list(dashes.pop()) or False if len(dashes) == 1 else False,
        "arrows": "to" if rows[0]["kind"] in _DIRECTED else "",
        "smooth": {"enabled": False},
    }


def _curve(index: int, of: int, forwards: bool, length: float) -> dict[str, Any]:
    """The bend of one of several parallel edges: symmetric about the straight line, none twice, none far afield."""
    bend = (index - (of - 1) / 2) * min(0.18, 1.3 / of, 4 * _FARTHEST / (of * max(length, 1)))
    if bend == 0:
        return {"enabled": False}
    clockwise = (bend > 0) == forwards
    return {"enabled": True, "type": "curvedCW" if clockwise else "curvedCCW", "roundness": round(abs(bend), 3)}


def edge_label(row: Row) -> str:
    """What is written on an edge: the sign, and the number where there is one."""
    sign = outcome_of(row).sign
    if row["value"] is None:
        return sign
    number = short_number(row["value"])  # type: ignore[arg-type]
    return number if sign in ("+", MINUS) else f"{sign} {number}"


def _tooltips(rows: Sequence[Row]) -> str:
    return "\n\n".join(map(_tooltip, rows))


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
