"""Links that follow: typed edges between constructs, and what the links of rows say by wider and inverse properties."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.bulk.classes import Classes
from kg.bulk.facts import Facts
from kg.bulk.frames import layer
from kg.bulk.rows import frame
from kg.bulk.triples import Part, full, individual, together, triples
from kg.cells import Ref
from kg.names import expand

if TYPE_CHECKING:
    import ibis.expr.types as ir

_EDGE = ("start", "edge", "end")


def parts(found: Classes, facts: Facts) -> Iterator[Part]:
    """Every link that follows from the rows of a model, but for edges between constructs."""
    yield from _wider_links(found, facts)
    yield from _turned_links(found, facts)


# --- edges between constructs ----------------------------------------------------------------


def typed_edges(found: Classes, facts: Facts) -> ir.Table:
    """What rules 30-typed-edges, 40-superproperties and 50-inverses-and-symmetry say of constructs, each edge once."""
    asserted = _asserted(found, facts)
    wider = _replaced(asserted, [(edge, wide) for edge, above in facts.above.items() for wide in above])
    both = together([asserted, wider.anti_join(facts.said, _EDGE)]).distinct()
    turned = _replaced(both, [(edge, other) for edge, others in facts.turned.items() for other in others])
    turned = turned.select(start="end", edge="edge", end="start").anti_join(facts.said, _EDGE)
    return together([both, turned]).distinct().cache()


def _asserted(found: Classes, facts: Facts) -> ir.Table:
    """Rule 30: the edges that classes assert, by the roles from which and to which they lead."""
    roles = {expand(mark.predicate): name for name, mark in found.model.marks().items()}
    wanted: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for code, those in found.every.items():
        for name, edge, start, end in facts.edges:
            if name in those:
                wanted.setdefault((roles[start], roles[end]), []).append((code, edge))
    return together(_between(found.rows, *ends, pairs) for ends, pairs in wanted.items()).distinct().cache()


def _between(rows: ir.Table, start: str, end: str, edges: list[tuple[str, str]]) -> ir.Table:
    ends = rows.select("code", start=start, end=end).filter(lambda row: row.start.notnull() & row.end.notnull())
    return ends.distinct().join(frame({"code": "string", "edge": "string"}, edges), "code").select(*_EDGE).distinct()


def _replaced(edges: ir.Table, pairs: list[tuple[str, str]]) -> ir.Table:
    """The edges with each property replaced by another one, as pairs of properties say."""
    by = frame({"edge": "string", "other": "string"}, pairs)
    return edges.join(by, "edge").select(start="start", edge="other", end="end")


def part_of_typed_edges(edges: ir.Table) -> Part:
    """Typed edges as triples."""
    subject, target = individual("construct", edges.start), individual("construct", edges.end)
    return Part("inferred", "30-typed-edges", triples(edges, subject, full(edges.edge), target))


# --- links of rows ---------------------------------------------------------------------------


def _wider_links(found: Classes, facts: Facts) -> Iterator[Part]:
    """Rule 40-superproperties: what rows say by a property they say by those above it, each once."""
    columns: dict[str, list[str]] = {}
    for name, mark in _links(found):
        for wide in facts.above.get(str(expand(mark.predicate)), ()):
            columns.setdefault(wide, []).append(name)
    marks = dict(_links(found))
    for wide, names in columns.items():
        told = together(_linked(found.rows, name, marks[name].kind) for name in names)
        told = told.distinct() if len(names) > 1 else told
        subject = individual(found.model.prefix, told.id)
        yield Part("inferred", "40-superproperties", triples(told, subject, layer().literal(f"<{wide}>"), told.target))


def _turned_links(found: Classes, facts: Facts) -> Iterator[Part]:
    """Rule 50-inverses-and-symmetry, of the links of rows; what was said both ways already is not said again."""
    for name, mark in _links(found):
        for other in facts.turned.get(str(expand(mark.predicate)), ()):
            told = _linked(found.rows, name, mark.kind)
            told = told.select(id=individual(found.model.prefix, told.id), target="target")
            if other == expand(mark.predicate):
                told = told.anti_join(told.select(id="target", target="id"), ["id", "target"])
            yield Part(
                "inferred",
                "50-inverses-and-symmetry",
                triples(told, told.target, layer().literal(f"<{other}>"), told.id),
            )


def _links(found: Classes) -> Iterator[tuple[str, Ref]]:
    """The columns of a model that name other individuals."""
    for name, mark in found.model.marks().items():
        if isinstance(mark, Ref) and mark.kind != "class":
            yield name, mark


def _linked(rows: ir.Table, name: str, kind: str) -> ir.Table:
    """The rows that name something in a column, and what they name, a row each."""
    many = rows[name].type().is_array()
    told = rows.select("id", name=rows[name].unnest() if many else rows[name]).filter(lambda row: row.name.notnull())
    return told.select("id", target=individual(kind, told["name"]))
