"""A nanopublication as quads: four graphs under one IRI, written as TriG and read back.

All versions of what is said of one finding share a stem, ``…/nanopub/finding/dudley-2018-01/``; after it stands the
version, a digest of the content or, where the nanopublication is signed, its Trusty artefact. As long as it is being
made it calls itself a draft, in whose place the version is put when it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import pyoxigraph as ox

from kg.errors import KgError
from kg.names import BASE, PREFIXES

NP = "http://www.nanopub.org/nschema#"
NPX = "http://purl.org/nanopub/x/"
SPACE = BASE + "nanopub/"

_PREFIXES = {**PREFIXES, "np": NP, "npx": NPX, "orcid": "https://orcid.org/"}
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_NANOPUB = ox.NamedNode(NP + "Nanopublication")
_SUPERSEDES = ox.NamedNode(NPX + "supersedes")
_RETRACTS = ox.NamedNode(NPX + "retracts")
_PUBLIC_KEY = ox.NamedNode(NPX + "hasPublicKey")
_CREATED = ox.NamedNode(PREFIXES["dcterms"] + "created")
#: Graph -> what links the nanopublication to it.
_PARTS = {
    "assertion": ox.NamedNode(NP + "hasAssertion"),
    "provenance": ox.NamedNode(NP + "hasProvenance"),
    "pubinfo": ox.NamedNode(NP + "hasPublicationInfo"),
}
#: So much of the digest names an unsigned version: enough to tell the versions of one finding apart.
_DIGITS = 16

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


@dataclass(frozen=True)
class Nanopub:
    """One nanopublication. Its triples call it a draft; ``version`` is None as long as it is one.

    ``separator`` stands between its IRI and the names of its graphs.
    """

    stem: str
    assertion: frozenset[ox.Triple]
    provenance: frozenset[ox.Triple]
    pubinfo: frozenset[ox.Triple]
    version: str | None = None
    separator: str = "/"

    @property
    def iri(self) -> str:
        return f"{self.stem}{self.version}" if self.version else draft(self.stem).value

    @property
    def public_key(self) -> str | None:
        """The key that it is signed with; None where it is not."""
        return self._told(_PUBLIC_KEY)

    @property
    def supersedes(self) -> str | None:
        """The IRI of the version before."""
        return self._told(_SUPERSEDES)

    def _told(self, property: ox.NamedNode) -> str | None:
        found = (each.object for each in self.pubinfo if each.predicate == property)
        return next((each.value for each in found if isinstance(each, ox.NamedNode | ox.Literal)), None)

    @property
    def retracts(self) -> bool:
        """Whether it says nothing but that the version before no longer holds."""
        return any(each.predicate == _RETRACTS for each in self.assertion)

    def says(self) -> tuple[frozenset[ox.Triple], ...]:
        """What makes two versions differ: all but their dates, their signatures and what they supersede."""
        signature = part(self.stem, "sig")
        passing = {
            each for each in self.pubinfo if each.predicate in (_SUPERSEDES, _CREATED) or each.subject == signature
        }
        return self.assertion, self.provenance, self.pubinfo - passing

    def superseding(self, former: Nanopub) -> Nanopub:
        """The same as the version after ``former``."""
        told = ox.Triple(draft(self.stem), _SUPERSEDES, ox.NamedNode(former.iri))
        return replace(self, pubinfo=self.pubinfo | {told})

    def with_version(self) -> Nanopub:
        """The draft, named by a digest of what it holds."""
        lines = "\n".join(sorted(map(str, self.quads())))
        return replace(self, version=sha256(lines.encode()).hexdigest()[:_DIGITS])

    def quads(self) -> Iterator[ox.Quad]:
        """Its four graphs, the head first, each in order."""
        graphs = {name: part(self.stem, name) for name in _PARTS}
        head = {ox.Triple(draft(self.stem), link, graphs[name]) for name, link in _PARTS.items()}
        head.add(ox.Triple(draft(self.stem), _TYPE, _NANOPUB))
        contents = {"Head": head, "assertion": self.assertion, "provenance": self.provenance, "pubinfo": self.pubinfo}
        own, written = draft(self.stem).value, self.iri

        def as_written(term: Term) -> Term:
            if not isinstance(term, ox.NamedNode) or not term.value.startswith(own):
                return term
            name = term.value.removeprefix(own)
            return ox.NamedNode(written + (self.separator + name if name else ""))

        for name, triples in contents.items():
            for triple in sorted(triples, key=str):
                terms = (triple.subject, triple.predicate, triple.object, part(self.stem, name))
                yield ox.Quad(*(map(as_written, terms) if self.version else terms))

    def trig(self) -> str:
        """TriG by itself, with the prefixes that it uses."""
        quads = list(self.quads())
        text = "\n".join(map(str, quads))
        own = {"this": self.iri, "sub": f"{self.iri}{self.separator if self.version else ''}"}
        used = {prefix: space for prefix, space in _PREFIXES.items() if f"<{space}" in text}
        written: bytes = ox.serialize(quads, format=ox.RdfFormat.TRIG, prefixes={**own, **used})  # type: ignore[assignment]
        return written.decode()


def draft(stem: str) -> ox.NamedNode:
    """What a nanopublication calls itself before it has a version."""
    return ox.NamedNode(stem + "draft#")


def part(stem: str, name: str) -> ox.NamedNode:
    """What belongs to a nanopublication, such as its graph ``assertion``, before it has a version."""
    return ox.NamedNode(draft(stem).value + name)


def read_trig(content: bytes, shown: str) -> list[Nanopub]:
    """The nanopublications in TriG that was written here; KgError where anything else is in it."""
    mend = "give a file that kg export nanopub wrote"
    try:
        quads = list(ox.parse(content, format=ox.RdfFormat.TRIG))
    except (SyntaxError, ValueError) as error:
        raise KgError(f"{shown}: is no TriG ({str(error).splitlines()[0]}); {mend}") from error
    return from_quads(quads, shown)


def from_quads(quads: Sequence[ox.Quad], shown: str) -> list[Nanopub]:
    """The nanopublications that quads are, in order of IRI; KgError where one lacks something."""
    graphs: dict[str, set[ox.Triple]] = {}
    for quad in quads:
        graphs.setdefault(_name_of(quad.graph_name), set()).add(quad.triple)
    heads = [quad for quad in quads if quad.predicate == _TYPE and quad.object == _NANOPUB]
    if not heads:
        raise KgError(f"{shown}: holds no nanopublication; give a file that kg export nanopub wrote")
    return sorted((_read(head, graphs, shown) for head in heads), key=lambda each: each.iri)


def _read(head: ox.Quad, graphs: dict[str, set[ox.Triple]], shown: str) -> Nanopub:
    iri = _name_of(head.subject)
    stem, _, version = iri.rpartition("/")
    if not stem.startswith(SPACE) or not version:
        raise KgError(f"{shown}: <{iri}> is no nanopublication of this graph; give a file that kg export nanopub wrote")
    links = {each.predicate: _name_of(each.object) for each in graphs[_name_of(head.graph_name)]}
    missing = [name for name, link in _PARTS.items() if link not in links or not graphs.get(links[link])]
    if missing:
        raise KgError(
            f"{shown}: <{iri}> has no {' and no '.join(missing)}; the file is cut off or changed, export it anew"
        )
    separator = _name_of(head.graph_name).removeprefix(iri)[:1]
    triples = {
        name: frozenset(_as_draft(each, iri, stem + "/", separator) for each in graphs[links[link]])
        for name, link in _PARTS.items()
    }
    return Nanopub(f"{stem}/", **triples, version=version, separator=separator)


def _as_draft(triple: ox.Triple, iri: str, stem: str, separator: str) -> ox.Triple:
    def renamed(term: Term) -> Term:
        name = _name_of(term)
        if name != iri and not name.startswith(iri + separator):
            return term
        return part(stem, name.removeprefix(iri).removeprefix(separator))

    return ox.Triple(*map(renamed, (triple.subject, triple.predicate, triple.object)))  # type: ignore[arg-type]


def _name_of(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""


def write_trig(nanopubs: Iterable[Nanopub]) -> str:
    """All of them in one file, each with its own prefixes: any may be cut out and used by itself."""
    return "\n".join(each.trig() for each in nanopubs)
