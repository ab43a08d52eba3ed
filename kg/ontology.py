"""The hand-written ontology, parsed."""

from __future__ import annotations

from pathlib import Path

from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.exceptions import ParserError
from rdflib.plugins.parsers.notation3 import BadSyntax

from kg.errors import Problem, ProblemsFound
from kg.names import TERMS
from kg.resources import Rooms


def read_turtle(path: Path, shown: str) -> Graph:
    """The graph in a Turtle file, or ``ProblemsFound`` with the line where it stops being Turtle."""
    try:
        return Graph().parse(data=path.read_text(encoding="utf-8"), format="turtle")
    except BadSyntax as error:
        problem = Problem(shown, error.lines + 1, "", f"not Turtle: {error.message}", "mend the syntax there")
        raise ProblemsFound([problem]) from error
    except (ParserError, UnicodeDecodeError) as error:
        raise ProblemsFound([Problem(shown, 0, "", f"not Turtle ({error})", "save it as UTF-8 Turtle")]) from error


def read_axioms(rooms: Rooms) -> Graph:
    """The ontology of these rooms."""
    return read_turtle(rooms.axioms, rooms.shown(rooms.axioms))


def class_names(axioms: Graph) -> set[str]:
    """Local names of the classes that the ontology itself defines."""
    classes = (str(each) for each in axioms.subjects(RDF.type, OWL.Class))
    return {iri.removeprefix(TERMS) for iri in classes if iri.startswith(TERMS)}


def superclasses(axioms: Graph, name: str) -> set[str]:
    """Local names of the named classes above ``name``, itself included."""
    above = axioms.transitive_objects(URIRef(TERMS + name), RDFS.subClassOf)
    return {str(each).removeprefix(TERMS) for each in above if isinstance(each, URIRef)}
