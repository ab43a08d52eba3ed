"""The changelog of evidence: what was added, changed and retracted between two versions, thing by thing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg.codebook import MODELS
from kg.names import BASE, KINDS, ONTOLOGY, PREFIXES, curie, kind_of
from kg.release.versions import Version
from kg.store import Iri, Rows

COLUMNS = ("change", "kind", "thing", "label", "column", "before", "after", "reason")
_ROOMS = ("ontology", "evidence", "vocabulary", "references")
#: Findings come first, then kinds as they are named.
_ORDER = {kind: number for number, kind in enumerate(("finding", *(kind for kind in KINDS if kind != "finding")))}
_LABEL = PREFIXES["rdfs"] + "label"
_REPLACED = PREFIXES["dcterms"] + "isReplacedBy"
_REASON = PREFIXES["skos"] + "editorialNote"
#: What no person writes: it is made from cells that are told anyway.
_MADE = {
    PREFIXES["skos"] + "prefLabel",
    PREFIXES["skos"] + "inScheme",
    PREFIXES["dcterms"] + "bibliographicCitation",
}

_TYPE, _FIRST, _REST = (ox.NamedNode(PREFIXES["rdf"] + name) for name in ("type", "first", "rest"))
#: That all terms of a list differ is made from the tables.
_DIFFERENT = ox.NamedNode(PREFIXES["owl"] + "AllDifferent")

#: What is told of each node that has no name.
_Nameless = dict[ox.BlankNode, list[ox.Quad]]
#: Property -> its values.
Said = dict[str, set[ox.NamedNode | ox.Literal]]


@dataclass(frozen=True)
class Change:
    """One thing that was added or retracted, or one column of it that was changed."""

    change: str
    kind: str
    thing: str
    label: str
    column: str = ""
    before: str = ""
    after: str = ""
    reason: str = ""


def changes(old: Version, new: Version) -> list[Change]:
    """Everything stated otherwise in ``new`` than in ``old``: findings first, each thing's changes together."""
    had, has = (_things(version.of(*_ROOMS)) for version in (old, new))
    gone = _things(new.of("obsolete"))
    found: list[Change] = []
    for thing in {*had, *has}:
        if thing not in had:
            found.append(Change("added", kind_of(thing), thing, _label(has[thing])))
        elif thing not in has:
            found.append(Change("retracted", kind_of(thing), thing, _label(had[thing]), reason=_reason(gone, thing)))
        else:
            found += _changed(thing, had[thing], has[thing])
    return sorted(found, key=lambda each: (_ORDER.get(each.kind, len(_ORDER)), each.thing, each.column))


def as_rows(found: Iterable[Change]) -> Rows:
    """Changes as a table."""
    return Rows(COLUMNS, tuple(_cells(each) for each in found))


def summary(found: Iterable[Change]) -> list[str]:
    """A line for each kind of thing: how many were added, changed and retracted.

    >>> summary([Change("added", "finding", "a", "A"), Change("changed", "finding", "b", "B", "value", "1", "2")])
    ['finding: 1 added, 1 changed']
    """
    things = {each.thing: each for each in found}
    counts = Counter((each.kind, each.change) for each in things.values())
    return [
        f"{kind}: " + ", ".join(f"{number:,} {what}" for (of, what), number in sorted(counts.items()) if of == kind)
        for kind in dict.fromkeys(each.kind for each in things.values())
    ]


def _cells(each: Change) -> tuple[str, ...]:
    told = (each.column, each.before, each.after, each.reason)
    return each.change, each.kind, Iri(each.thing), each.label, *told


def _things(quads: Iterable[ox.Quad]) -> dict[str, Said]:
    """What is said of each thing of ours; what has an IRI below another's, such as a share, is said of that one.

    Expressions of the ontology have no names, so they are spelled out, and axioms without a subject are the ontology's.
    """
    said = list(quads)
    nameless: _Nameless = defaultdict(list)
    for quad in said:
        if isinstance(quad.subject, ox.BlankNode):
            nameless[quad.subject].append(quad)
    things: dict[str, Said] = {}
    for quad in said:
        if not isinstance(quad.subject, ox.NamedNode) or isinstance(quad.object, ox.Triple):
            continue
        if not quad.subject.value.startswith(BASE) or quad.predicate.value in _MADE:
            continue
        kind, _, local = quad.subject.value.removeprefix(BASE).partition("/")
        own, _, below = local.partition("/")
        told = f"{below} {curie(quad.predicate.value)}" if below else quad.predicate.value
        thing = f"{BASE}{kind}/{own}" if own else quad.subject.value
        things.setdefault(thing, {}).setdefault(told, set()).add(_named(quad.object, nameless))
    for kind, axiom in _axioms(said, nameless):
        things.setdefault(ONTOLOGY, {}).setdefault(kind, set()).add(axiom)
    return things


def _axioms(said: Iterable[ox.Quad], nameless: _Nameless) -> Iterator[tuple[str, ox.Literal]]:
    """Kind and words of each axiom that has no subject, such as that classes are disjoint."""
    within = {quad.object for quad in said}
    for node, quads in nameless.items():
        kind = next((each.object for each in quads if each.predicate == _TYPE), None)
        if node not in within and isinstance(kind, ox.NamedNode) and kind != _DIFFERENT:
            yield kind.value, ox.Literal(_spelled(node, nameless))


def _named(value: ox.NamedNode | ox.Literal | ox.BlankNode, nameless: _Nameless) -> ox.NamedNode | ox.Literal:
    return ox.Literal(_spelled(value, nameless)) if isinstance(value, ox.BlankNode) else value


def _spelled(node: ox.BlankNode, nameless: _Nameless) -> str:
    """A node without a name in the words of Turtle, the same whatever its label: lists in their order, else sorted."""
    items: list[str] = []
    rest: Any = node
    while first := next((each.object for each in nameless.get(rest, ()) if each.predicate == _FIRST), None):
        items.append(_word(first, nameless))
        rest = next((each.object for each in nameless[rest] if each.predicate == _REST), None)
    if items:
        return f"({' '.join(items)})"
    told = (f"{curie(each.predicate.value)} {_word(each.object, nameless)}" for each in nameless.get(node, ()))
    return f"[{'; '.join(sorted(told))}]"


def _word(value: Any, nameless: _Nameless) -> str:
    return _spelled(value, nameless) if isinstance(value, ox.BlankNode) else curie(value.value)


def _changed(thing: str, had: Said, has: Said) -> Iterator[Change]:
    kind = kind_of(thing)
    for told in sorted({*had, *has}):
        before, after = had.get(told, set()), has.get(told, set())
        if before != after and not (told == _LABEL and _is_labelled_by_us(kind)):
            if kind == "ontology":  # many axioms of one kind, most of which stand as they were
                before, after = before - after, after - before
            yield Change("changed", kind, thing, _label(has), _column(kind, told), *_shown(before, after))


def _is_labelled_by_us(kind: str) -> bool:
    """Whether the label of such a thing is made of the labels of others, so that a change of it is theirs."""
    return kind in MODELS and "label" not in MODELS[kind].columns()


def _column(kind: str, told: str) -> str:
    """What the table of such a thing calls a property."""
    marks = MODELS[kind].marks() if kind in MODELS else {}
    return next((column for column, mark in marks.items() if mark.predicate == curie(told)), curie(told))


def _shown(before: set[ox.NamedNode | ox.Literal], after: set[ox.NamedNode | ox.Literal]) -> tuple[str, str]:
    """Values as a person would write them; in full where they differ in language or type alone."""
    plain = _listed(before, full=False), _listed(after, full=False)
    return plain if plain[0] != plain[1] else (_listed(before, full=True), _listed(after, full=True))


def _listed(values: Iterable[ox.NamedNode | ox.Literal], *, full: bool) -> str:
    return "; ".join(sorted(str(each) if full else curie(each.value) for each in values))


def _label(said: Said) -> str:
    return min((each.value for each in said.get(_LABEL, ())), default="")


def _reason(gone: dict[str, Said], thing: str) -> str:
    """Why a thing was retracted, and what took its place, as far as its editors told."""
    said = gone.get(thing, {})
    told = [each.value for each in said.get(_REASON, ())]
    told += [f"replaced by {curie(each.value)}" for each in said.get(_REPLACED, ())]
    return "; ".join(sorted(told)) or "no reason is told"
