"""Which individuals a shape might object to, without the validator, whose start alone takes longer than an update.

Counts, classes and bounds are compared here; where one does not hold, or a shape asks for anything else, there is
doubt, and whatever is in doubt is validated as ever. So nothing is told here, and the words stay those of the shapes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.names import PREFIXES
from kg.resources import Rooms
from kg.store.embedded import Embedded, plain

_SH = PREFIXES["sh"]
_TYPE = PREFIXES["rdf"] + "type"
#: What is compared here; the others bear on no individual.
_COMPARED = {"path", "minCount", "maxCount", "class", "minInclusive", "maxInclusive", "message"}
_OF_NODES = {"targetClass", "property", "message"}


@dataclass(frozen=True)
class _Asked:
    """What a shape asks of the values of one property; ``told`` by the local name of the SHACL term."""

    path: str
    told: Mapping[str, str]


class Shapes:
    """The shapes of ``ontology/shapes/``, as far as they can be compared, without those of the classes ``aside``."""

    def __init__(self, rooms: Rooms, aside: Collection[str] = ()) -> None:
        graph = ox.Store()
        for path in sorted((rooms.ontology / "shapes").glob("*.ttl")):
            graph.load(path=str(path), format=ox.RdfFormat.TURTLE)
        paths = graph.quads_for_pattern(None, ox.NamedNode(_SH + "path"), None, None)
        self._paths = {_TYPE, *(plain(quad.object) for quad in paths)}
        self._of_class: dict[str, list[_Asked] | None] = {}
        for quad in graph.quads_for_pattern(None, ox.NamedNode(_SH + "targetClass"), None, None):
            if plain(quad.object) not in aside:
                self._of_class[plain(quad.object)] = _asked(graph, quad.subject)

    def touched(self, quads: Iterable[ox.Quad]) -> set[str]:
        """The individuals of which these quads say something that a shape looks at."""
        return {plain(quad.subject) for quad in quads if plain(quad.predicate) in self._paths}

    def in_doubt(self, store: Embedded, individuals: Iterable[str]) -> set[str]:
        """Those of the individuals that might not be as a shape wants them."""
        return {each for each in individuals if self._doubts(store, each)}

    def _doubts(self, store: Embedded, individual: str) -> bool:
        kinds = {plain(quad.object) for quad in store.values(individual, _TYPE)}
        asked = [self._of_class[kind] for kind in kinds & self._of_class.keys()]
        return any(each is None or any(_is_doubtful(store, individual, one) for one in each) for each in asked)


def _asked(graph: ox.Store, shape: object) -> list[_Asked] | None:
    """What a shape asks; None where that is more than is compared here."""
    terms = list(graph.quads_for_pattern(shape, None, None, None))  # type: ignore[arg-type]
    properties = [dict(_terms(graph, quad.object)) for quad in terms if plain(quad.predicate) == _SH + "property"]
    names = {plain(quad.predicate).removeprefix(_SH) for quad in terms if plain(quad.predicate).startswith(_SH)}
    if not names <= _OF_NODES or any(not each.keys() <= _COMPARED for each in properties):
        return None
    return [_Asked(each.pop("path"), each) for each in properties]


def _terms(graph: ox.Store, node: object) -> Iterator[tuple[str, str]]:
    for quad in graph.quads_for_pattern(node, None, None, None):  # type: ignore[arg-type]
        yield plain(quad.predicate).removeprefix(_SH), plain(quad.object)


def _is_doubtful(store: Embedded, individual: str, asked: _Asked) -> bool:
    """Whether values of a property are too few, too many, of another class or out of bounds, as far as can be seen."""
    values, told = {quad.object for quad in store.values(individual, asked.path)}, asked.told
    if not int(told.get("minCount", 0)) <= len(values) <= int(told.get("maxCount", len(values))):
        return True
    if "class" in told and not all(_is_a(store, each, told["class"]) for each in values):
        return True
    bounded = told.keys() & {"minInclusive", "maxInclusive"}
    return bool(bounded) and not all(_is_within(plain(each), told) for each in values)


def _is_a(store: Embedded, value: object, kind: str) -> bool:
    return any(plain(quad.object) == kind for quad in store.values(plain(value), _TYPE))


def _is_within(number: str, asked: Mapping[str, str]) -> bool:
    try:
        value = float(number)
    except ValueError:
        return False
    return float(asked.get("minInclusive", "-inf")) <= value <= float(asked.get("maxInclusive", "inf"))
