"""Checks of a whole graph: SHACL shapes and violation queries, told as problems of rows and columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from rdflib import RDF, SH, Graph, URIRef

from kg.errors import KgError, Problem
from kg.files import read_text
from kg.names import curie, local_name
from kg.narrowed import narrowed, narrowed_by
from kg.ontology import read_turtle
from kg.placed import Placed
from kg.resources import Rooms
from kg.store import Row, Store
from kg.triples import term

Places = Mapping[str, Placed[Any]]


def violations(
    store: Store,
    rooms: Rooms,
    places: Places,
    suspects: Mapping[str, Collection[str]] = MappingProxyType({}),
    only: Collection[str] | None = None,
) -> Iterator[Problem]:
    """Every row of every query below ``queries/checks/``. Line 1 of a query is the rule, then what to do.

    A query gives ``?focus`` (whose row it is) and ``?detail``; a line ``# column:``, or ``?column``,
    names the column. A check with ``suspects`` by its name is asked about these alone: of others it has nothing to say.

    A line ``# of:`` names the variables that lead to what is judged (``kg.narrowed``): where ``only`` these individuals
    have changed, the check is asked for them. Without that line it is about terms alone, and is not asked then.
    """
    for path in sorted((rooms.queries / "checks").rglob("*.rq")):
        text = read_text(path, rooms.shown(path))
        rule, _, advice = text.splitlines()[0].removeprefix("# ").rstrip(".").partition("; ")
        if not advice:
            raise KgError(f"{rooms.shown(path)}: line 1 must read '# The rule; what to do.'")
        column = re.search(r"^# column: (\w+)$", text, re.MULTILINE)
        default = column[1] if column else ""
        for row in _found(store, text, suspects.get(path.stem), only):
            what = f"{row['detail']} (rule: {rule[0].lower()}{rule[1:]})"
            yield _problem(str(row["focus"]), str(row.get("column") or default), what, advice, places)


def _found(store: Store, check: str, suspects: Collection[str] | None, only: Collection[str] | None) -> Iterator[Row]:
    """What a check says of its suspects, of what leads from ``only`` these individuals, or of all."""
    queries: Iterable[str] = [check]
    if suspects is not None:
        queries = [narrowed_by(check, ("?focus",), _rows_of(suspects))] if suspects else []
    elif only is not None:
        queries = narrowed(check, _rows_of(only))
    told = set()
    for query in queries:
        for row in store.select(query):
            if (known := tuple(row.items())) not in told:
                told.add(known)
                yield row


def _rows_of(individuals: Iterable[str]) -> list[tuple[str]]:
    return [(f"<{each}>",) for each in sorted(individuals)]


def shape_violations(
    data: Graph, shapes: Graph, places: Places, only: Collection[str] | None = None
) -> Iterator[Problem]:
    """Every result of validating ``data`` against ``shapes``, of all individuals or ``only`` of these.

    Messages read 'what is wrong; what to do'.
    """
    import pyshacl

    nodes: list[str | URIRef] | None = None if only is None else [*map(URIRef, sorted(only))]
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none", advanced=False, focus_nodes=nodes)
    for result in report.subjects(RDF.type, SH.ValidationResult):
        focus = str(report.value(result, SH.focusNode))
        what, _, advice = str(report.value(result, SH.resultMessage)).partition("; ")
        property_path = report.value(result, SH.resultPath)
        column = _column(str(property_path), places.get(focus)) if property_path is not None else ""
        yield _problem(focus, column, what, advice or "mend it", places)


def what_shapes_see(store: Store, shapes: Graph, only: Collection[str] | None = None) -> Graph:
    """What shapes can look at in ``store``: of the classes that they target the properties that they name, and what
    is in any class that they name; or, of ``only`` these individuals, these properties and where they lead.

    The rest, most of a graph, need not be turned into an rdflib graph.
    """
    seen = _of_classes(shapes) if only is None else _of_individuals(shapes, only)
    return Graph().parse(data=store.graph(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {seen} }}"), format="nt")


def _of_classes(shapes: Graph) -> str:
    told = " UNION ".join(
        # a filter behind: the engine would start from all that has the property, not from the few of the class
        f"{{ ?s a <{target}> ; ?p ?o . FILTER(?p IN ({', '.join(_in_angles(paths).split())})) }}"
        for target, paths in _targets(shapes)
    )
    classes = {*shapes.objects(None, SH.targetClass)}
    for shape in shapes.subjects(SH.targetClass):
        below = shapes.transitive_objects(shape, None)
        classes |= {name for node in below for name in shapes.objects(node, SH["class"]) if isinstance(name, URIRef)}
    return f"{told} UNION {{ VALUES ?o {{ {_in_angles(classes)} }} BIND(rdf:type AS ?p) ?s ?p ?o }}"


def _of_individuals(shapes: Graph, only: Collection[str]) -> str:
    these, paths = _in_angles(only), {RDF.type}.union(*(paths for _, paths in _targets(shapes)))
    told = f"VALUES ?s {{ {these} }} ?s ?p ?o . FILTER(?p IN ({', '.join(_in_angles(paths).split())}))"
    ends = f"VALUES ?near {{ {these} }} ?near ?leads ?s . ?s ?p ?o . FILTER(?p = rdf:type)"
    return f"{{ {told} }} UNION {{ {ends} }}"


def _targets(shapes: Graph) -> Iterator[tuple[str, set[Any]]]:
    """Each class that shapes target, with every property that is named anywhere below its shape."""
    for shape, target in shapes.subject_objects(SH.targetClass):
        below = set(shapes.transitive_objects(shape, None))
        yield str(target), {name for node in below for name in shapes.objects(node) if isinstance(name, URIRef)}


def _in_angles(names: Iterable[Any]) -> str:
    return " ".join(f"<{name}>" for name in sorted(map(str, names)))


def read_shapes(rooms: Rooms) -> Graph:
    """All of ``ontology/shapes/`` as one graph."""
    shapes = Graph()
    paths = sorted((rooms.ontology / "shapes").glob("*.ttl"))
    if not paths:
        raise KgError(f"{rooms.shown(rooms.ontology / 'shapes')}: no shapes here; restore the folder")
    for path in paths:
        shapes += read_turtle(path, rooms.shown(path))
    return shapes


#: What is made of rows of tables: shapes say nothing of it that record models and rules do not hold already.
ROWS = ("Finding", "Sample", "Study", "EvidenceCell", "PooledEffect")


def without(shapes: Graph, classes: Iterable[str]) -> Graph:
    """The shapes, but for those of some classes, by local name."""
    for name in classes:
        shapes.remove((None, SH.targetClass, term(f"ca:{name}")))
    return shapes


def _column(property_iri: str, place: Placed[Any] | None) -> str:
    """The column that carries a property; ``id`` where no column of the row does; else the property."""
    if place is None:
        return curie(property_iri)
    columns = (column for column, mark in place.record.marks().items() if str(term(mark.predicate)) == property_iri)
    return next(columns, "id")


def _problem(focus: str, column: str, what: str, advice: str, places: Places) -> Problem:
    if focus in places:
        return places[focus].problem(column, what, advice)
    return Problem("ontology/compassion-attachment.ttl", 0, local_name(focus), what, advice)
