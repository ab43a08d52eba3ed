"""What axioms say of a class or property, in the words of the Manchester syntax, each name leading to its page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import SDO
from rdflib.term import Node

from kg.names import TERMS, curie
from kg.ontology import directly_above
from kg.pages.library import Library
from kg.pages.model import Inline, Link, Mark, listed

#: What is told here and so not once more among the other facts.
TOLD = {
    "rdfs:subClassOf", "rdfs:subPropertyOf", "rdfs:domain", "rdfs:range", "owl:equivalentClass", "owl:disjointWith",
    "owl:inverseOf", "owl:propertyChainAxiom", "https://schema.org/domainIncludes", "https://schema.org/rangeIncludes",
    "rdf:type",
}  # fmt: skip
_JOINED = ((OWL.intersectionOf, " and "), (OWL.unionOf, " or "))
_RESTRICTED = (
    (OWL.someValuesFrom, "some"), (OWL.allValuesFrom, "only"), (OWL.hasValue, "value"), (OWL.minCardinality, "min"),
    (OWL.maxCardinality, "max"), (OWL.cardinality, "exactly"),
)  # fmt: skip
_CHARACTERISTICS = {
    OWL.FunctionalProperty: "functional",
    OWL.InverseFunctionalProperty: "inverse functional",
    OWL.TransitiveProperty: "transitive",
    OWL.SymmetricProperty: "symmetric",
    OWL.AsymmetricProperty: "asymmetric",
    OWL.ReflexiveProperty: "reflexive",
    OWL.IrreflexiveProperty: "irreflexive",
}
Said = Iterator[tuple[str, Inline]]


def of_class(library: Library, iri: str) -> Said:
    """What the axioms say of a class, and in which others it is used."""
    axioms, cls = library.axioms, URIRef(iri)
    yield "Is exactly", _each(library, axioms.objects(cls, OWL.equivalentClass), expression)
    yield "Is a kind of", _each(library, axioms.objects(cls, RDFS.subClassOf), expression)
    yield "Kinds of it", _named(library, (each for each in axioms.subjects(RDF.type, OWL.Class)
                                          if cls in directly_above(each, axioms)))  # fmt: skip
    yield "Excludes", _named(library, _disjoint(axioms, cls))
    yield "Has", _named(library, _leading(axioms, cls, RDFS.domain, SDO.domainIncludes))
    yield "Is led to by", _named(library, _leading(axioms, cls, RDFS.range, SDO.rangeIncludes))
    yield "Used in the definition of", _named(library, _users(axioms, cls))


def of_property(library: Library, iri: str) -> Said:
    """What the axioms say of a property, and where it is used."""
    axioms, each = library.axioms, URIRef(iri)
    kinds = set(axioms.objects(each, RDF.type))
    yield "Characteristics", ", ".join(word for kind, word in _CHARACTERISTICS.items() if kind in kinds)
    for name, stated, included in (("From", RDFS.domain, SDO.domainIncludes), ("To", RDFS.range, SDO.rangeIncludes)):
        yield from _end(library, each, name, stated, included)
    yield "Inverse of", _named(library, {*axioms.objects(each, OWL.inverseOf), *axioms.subjects(OWL.inverseOf, each)})
    yield "Implies", _named(library, axioms.objects(each, RDFS.subPropertyOf))
    yield "Implied by", _named(library, axioms.subjects(RDFS.subPropertyOf, each))
    yield "Follows from", _each(library, axioms.objects(each, OWL.propertyChainAxiom), _chain)
    yield "Used in the definition of", _named(library, _users(axioms, each))


def _end(library: Library, each: URIRef, name: str, stated: URIRef, included: URIRef) -> Said:
    """The domain or range of a property: its own, what it includes, or that of the nearest property above it."""
    axioms = library.axioms
    for above in filter(None, axioms.transitive_objects(each, RDFS.subPropertyOf)):  # itself first
        own, told = list(axioms.objects(above, stated)), list(axioms.objects(above, included))
        if own or told:
            said = _each(library, own, expression, " and ") if own else _named(library, told)
            how = () if own else (Mark(" (nothing is inferred from it)", "quiet"),)
            yield name, (*said, *how, *(() if above == each else (", as ", _name(library, above))))
            return


def expression(library: Library, node: Node) -> Inline:
    """A class, named or not, in the Manchester syntax.

    What joins several stands in brackets where it stands within another.
    """
    axioms = library.axioms
    if not isinstance(node, URIRef):
        for property, word in _JOINED:
            if (members := axioms.value(node, property)) is not None:
                return listed((_within(library, each) for each in Collection(axioms, members)), word)
        if (negated := axioms.value(node, OWL.complementOf)) is not None:
            return ("not ", _within(library, negated))
        return _restriction(library, node)
    return _name(library, node)


def _restriction(library: Library, node: Node) -> Inline:
    axioms = library.axioms
    along = axioms.value(node, OWL.onProperty)
    start = _property(library, along) if along is not None else "?"
    if axioms.value(node, OWL.hasSelf) is not None:
        return (start, " Self")
    for property, word in _RESTRICTED:
        if (filler := axioms.value(node, property)) is not None:
            return (start, f" {word} ", _within(library, filler))
    return (start,)


def _within(library: Library, node: Node) -> Inline:
    if isinstance(node, URIRef) or (node, None, None) not in library.axioms:
        return _name(library, node)
    return ("(", expression(library, node), ")")


def _property(library: Library, node: Node) -> Inline:
    inverse = library.axioms.value(node, OWL.inverseOf)
    if isinstance(node, URIRef) or inverse is None:
        return _name(library, node)
    return ("inverse ", _name(library, inverse))


def _chain(library: Library, chain: Node) -> Inline:
    return listed((_property(library, each) for each in Collection(library.axioms, chain)), " o ")


def _name(library: Library, node: Node) -> Inline:
    """A term as the syntax writes it: ours without a prefix."""
    if not isinstance(node, URIRef):
        return str(node)
    words = curie(str(node)).removeprefix("ca:")
    shown = library.link(node, words)
    return shown if isinstance(shown, Link) else words


def _each(
    library: Library, nodes: Iterable[Node], told: Callable[[Library, Node], Inline], between: str = "; "
) -> tuple[Inline, ...]:
    """Each node in words, what is nameless last and in the order of its words: its own name changes from run to run."""
    shown = sorted(((not isinstance(node, URIRef), told(library, node)) for node in nodes), key=repr)
    return listed((words for _, words in shown), between)


def _named(library: Library, found: Iterable[Node]) -> tuple[Inline, ...]:
    return listed(_name(library, each) for each in sorted({each for each in found if isinstance(each, URIRef)}))


def _disjoint(axioms: Graph, cls: URIRef) -> Iterator[Node]:
    yield from axioms.objects(cls, OWL.disjointWith)
    yield from axioms.subjects(OWL.disjointWith, cls)
    for group in axioms.subjects(RDF.type, OWL.AllDisjointClasses):
        members = list(Collection(axioms, axioms.value(group, OWL.members)))  # type: ignore[arg-type]
        if cls in members:
            yield from (each for each in members if each != cls)


def _leading(axioms: Graph, cls: URIRef, stated: URIRef, included: URIRef) -> Iterator[Node]:
    """The properties whose domain or range is a class, or one of several with it."""
    for property in (stated, included):
        yield from axioms.subjects(property, cls)
    for union in _holding(axioms, cls):
        yield from axioms.subjects(stated, union)


def _users(axioms: Graph, term: URIRef) -> Iterator[Node]:
    """The named classes in whose definition or restriction a term stands."""
    waiting, seen = [term, *_holding(axioms, term)], set[Node]()
    while waiting:
        node = waiting.pop()
        for subject, predicate in axioms.subject_predicates(node):
            if isinstance(subject, URIRef):
                if (
                    predicate in (OWL.equivalentClass, RDFS.subClassOf)
                    and node != term
                    and str(subject).startswith(TERMS)
                ):
                    yield subject
            elif subject not in seen:
                seen.add(subject)
                waiting.append(subject)


def _holding(axioms: Graph, cls: URIRef) -> Iterator[Node]:
    """The nameless classes that join a class with others."""
    for cell in axioms.subjects(RDF.first, cls):
        start = cell
        while (before := axioms.value(None, RDF.rest, start)) is not None:
            start = before
        for property, _ in _JOINED:
            yield from axioms.subjects(property, start)
