"""What a named graph holds, told so that two engines can be compared: canonical lines, their checksum, and parts.

Engines write numbers in forms of their own, so a line has each in one form, and a double to six digits (Virtuoso keeps
no more). Blank nodes have other names everywhere: the triples about them, few and all from OWL, are named by RDFC-1.0
and held in memory. All other triples are read from the store as they are needed, so a graph may be of any size.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from hashlib import sha256
from itertools import groupby
from typing import Any

import pyoxigraph as ox

from kg.names import PREFIXES
from kg.store.embedded import Embedded

_XSD = PREFIXES["xsd"]
_FLOATS = (f"{_XSD}double", f"{_XSD}float")
_MODULUS = 1 << 256


@dataclass(frozen=True)
class Part:
    """Lines of N-Triples that travel together. In a ``tangled`` part blank nodes hold them together."""

    lines: tuple[str, ...]
    tangled: bool


class Contents:
    """A named graph of a store."""

    def __init__(self, store: Embedded, graph: str) -> None:
        self._store = store
        self.graph = graph
        tangled: list[ox.Triple] = []
        total = 0
        self.count = 0
        for triple in store.each(graph):
            self.count += 1
            if is_tangled(triple):
                tangled.append(triple)
            else:
                total += _hash(canonical(triple))
        self.tangled = named_anew(tangled)
        total += sum(map(_hash, self.tangled_lines))
        #: The same for the same triples, in whatever order and by whatever names of blank nodes.
        self.checksum = f"{total % _MODULUS:064x}"

    @cached_property
    def tangled_lines(self) -> frozenset[str]:
        return tangled_lines(self.tangled)

    def subjects(self) -> Iterator[tuple[str, list[ox.Triple]]]:
        """Each subject that is an IRI, with its triples that have no blank node; the same order each time."""
        ground = (each for each in self._store.each(self.graph) if not is_tangled(each))
        for subject, triples in groupby(ground, key=lambda triple: str(triple.subject)):
            yield subject, list(triples)

    def parts(self, most: int) -> Generator[Part, None, None]:
        """The whole graph in parts of at most ``most`` triples; what blank nodes hold together is never parted.

        To be closed by the thread that took them: they hold on to the store, which only that thread may let go.
        """
        knots = ([str(triple) for triple in knot] for knot in _knots(self.tangled))
        yield from (Part(lines, tangled=True) for lines in _packed(knots, most))
        ground = ([str(triple)] for _, triples in self.subjects() for triple in triples)
        yield from (Part(lines, tangled=False) for lines in _packed(ground, most))


def is_tangled(triple: ox.Triple) -> bool:
    """Whether a blank node stands in a triple."""
    return isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode)


def named_anew(triples: Iterable[ox.Triple]) -> tuple[ox.Triple, ...]:
    """Triples with blank nodes that have canonical names, in order."""
    dataset = ox.Dataset(ox.Quad(each.subject, each.predicate, each.object) for each in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return tuple(sorted((quad.triple for quad in dataset), key=str))


def tangled_lines(triples: Iterable[ox.Triple]) -> frozenset[str]:
    """The canonical lines of triples with blank nodes, whatever these are called."""
    in_one_form = (ox.Triple(each.subject, each.predicate, _in_one_form(each.object)) for each in triples)
    return frozenset(map(str, named_anew(in_one_form)))


def canonical(triple: ox.Triple) -> str:
    """A triple without blank nodes as one line, the same from every engine.

    >>> about = ox.NamedNode("urn:a")
    >>> canonical(ox.Triple(about, about, ox.Literal("1.0E1", datatype=ox.NamedNode(_XSD + "double"))))
    '<urn:a> <urn:a> "10"^^<http://www.w3.org/2001/XMLSchema#double>'
    """
    return str(ox.Triple(triple.subject, triple.predicate, _in_one_form(triple.object)))


def _in_one_form(term: Any) -> Any:
    if not isinstance(term, ox.Literal) or term.language or not term.datatype.value.startswith(_XSD):
        return term
    text = _number(term.value, term.datatype.value)
    return term if text == term.value else ox.Literal(text, datatype=term.datatype)


def _number(text: str, datatype: str) -> str:
    """A number or truth value in its one form; anything else as it is."""
    try:
        if datatype in _FLOATS:
            value = float(text)
            return f"{value:.6g}" if math.isfinite(value) else text
        if datatype == f"{_XSD}decimal":
            return format(Decimal(text).normalize() + 0, "f")
        if datatype == f"{_XSD}integer":
            return str(int(text))
    except (ValueError, InvalidOperation):
        return text
    return {"1": "true", "0": "false"}.get(text, text) if datatype == f"{_XSD}boolean" else text


def _hash(line: str) -> int:
    return int.from_bytes(sha256(line.encode()).digest())


def _knots(triples: Iterable[ox.Triple]) -> list[list[ox.Triple]]:
    """Triples by what blank nodes hold together."""
    above: dict[str, str] = {}

    def root(name: str) -> str:
        while (upper := above.setdefault(name, name)) != name:
            above[name] = above[upper]
            name = upper
        return name

    held = [[str(end) for end in (each.subject, each.object) if isinstance(end, ox.BlankNode)] for each in triples]
    for names in held:
        above[root(names[0])] = root(names[-1])
    knots: dict[str, list[ox.Triple]] = {}
    for triple, names in zip(triples, held, strict=True):
        knots.setdefault(root(names[0]), []).append(triple)
    return list(knots.values())


def _packed(groups: Iterable[list[str]], most: int) -> Iterator[tuple[str, ...]]:
    """Groups of lines, put together as long as no more than ``most`` lines come together."""
    packed: list[str] = []
    for group in groups:
        if packed and len(packed) + len(group) > most:
            yield tuple(packed)
            packed = []
        packed += group
    if packed:
        yield tuple(packed)
