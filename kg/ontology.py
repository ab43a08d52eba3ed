"""The hand-written ontology, parsed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.paths import ZeroOrMore
from rdflib.plugins.parsers.notation3 import BadSyntax
from rdflib.term import Node

from kg.errors import Problem, ProblemsFound
from kg.files import read_text
from kg.names import TERMS
from kg.resources import Rooms


def read_turtle(path: Path, shown: str) -> Graph:
    """The graph in a Turtle file, or ``ProblemsFound`` with the line where it stops being Turtle."""
    try:
        return Graph().parse(data=read_text(path, shown), format="turtle")
    except BadSyntax as error:
        problem = Problem(shown, error.lines + 1, "", f"not Turtle ({error._why})", "mend the syntax there")  # noqa: SLF001
        raise ProblemsFound([problem]) from error


def read_axioms(rooms: Rooms) -> Graph:
    """The ontology of these rooms."""
    return read_turtle(rooms.axioms, rooms.shown(rooms.axioms))


def superclasses(axioms: Graph) -> dict[str, set[str]]:
    """Each class that the ontology defines -> the named classes above it, itself included; local names.

    A class defined as an intersection is below the named classes that it intersects.
    """
    classes = [each for each in axioms.subjects(RDF.type, OWL.Class) if str(each).startswith(TERMS)]
    return {_local(each): {_local(above) for above in axioms.transitiveClosure(directly_above, each)} | {_local(each)}
            for each in classes}  # fmt: skip


def directly_above(cls: Node, axioms: Graph) -> Iterator[URIRef]:
    """The named classes of which a class is said to be a kind, or that its definition intersects."""
    members = RDF.rest * ZeroOrMore / RDF.first  # type: ignore[operator]
    definitions = axioms.objects(cls, OWL.equivalentClass / OWL.intersectionOf / members)
    for above in (*axioms.objects(cls, RDFS.subClassOf), *definitions):
        if isinstance(above, URIRef):
            yield above


def _local(node: Node) -> str:
    return str(node).removeprefix(TERMS)
