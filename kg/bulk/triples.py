"""Triples as tables: subject, predicate and object as N-Triples writes them, and what they are put together from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

from kg.bulk.frames import layer
from kg.names import BASE, PREFIXES, expand, graph_iri

if TYPE_CHECKING:
    import ibis.expr.types as ir

_INTEGER = f'"^^<{PREFIXES["xsd"]}integer>'
_BOOLEAN = f'"^^<{PREFIXES["xsd"]}boolean>'


@dataclass(frozen=True)
class Part:
    """Triples that follow by one rule, and the name of the graph where they stand."""

    graph: str
    rule: str
    triples: ir.Table

    def lines(self) -> ir.Table:
        """The same as lines of N-Quads, in one column ``line``."""
        each = self.triples
        end = layer().literal(f" <{graph_iri(self.graph)}> .")
        return each.select(line=each.subject + " " + each.predicate + " " + each.object + end)


def triples(rows: ir.Table, subject: Any, predicate: Any, object: Any) -> ir.Table:
    """A triple for each row."""
    return rows.select(subject=subject, predicate=predicate, object=object)


def term(curie: str) -> Any:
    """A CURIE with a known prefix, as it stands in a triple."""
    return layer().literal(f"<{expand(curie)}>")


def individual(kind: str, name: Any) -> Any:
    """The individuals of a kind that a column names."""
    return f"<{PREFIXES[kind]}" + name + ">"


def below_base(path: Any) -> Any:
    """What a column names by its whole path below the base, such as ``cell/calm--worry``."""
    return f"<{BASE}" + path + ">"


def full(iri: Any) -> Any:
    """A column of IRIs, as they stand in triples."""
    return "<" + iri + ">"


def integer(number: Any) -> Any:
    """A column of whole numbers."""
    return '"' + number.cast("int64").cast("string") + _INTEGER


def boolean(truth: Any) -> Any:
    """A column of yes and no."""
    return layer().ifelse(truth, '"true' + _BOOLEAN, '"false' + _BOOLEAN)


def together(tables: Iterable[ir.Table]) -> ir.Table:
    """The rows of all tables."""
    return reduce(lambda one, other: one.union(other), tables)


def double(number: Any) -> Any:
    """A column of numbers written as text."""
    return '"' + number + f'"^^<{PREFIXES["xsd"]}double>'
