"""CURIEs for the IRIs of any ontology: by the prefixes known here, or by the shape of the IRI."""

from __future__ import annotations

import re

from kg.mappings.slots import BUILT_IN
from kg.names import PREFIXES, curie

#: The OBO way: a namespace that ends in the prefix and an underscore, and digits behind it.
_NUMBERED = re.compile(r"(.*[/#]([A-Za-z][A-Za-z0-9]*)_)(\w+)")
_NAMED = re.compile(r"(.*[/#]|urn:.+:)([^/#]+)")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]+")
#: Pieces of addresses that name nothing.
_HOSTS = frozenset(["http", "https", "www", "org", "com", "net", "edu", "purl", "w3id", "id", "ns", "ontology"])


class Curies:
    """Shortens IRIs, and remembers the prefixes that it needed."""

    def __init__(self) -> None:
        self.prefixes: dict[str, str] = {}

    def shorten(self, iri: str) -> str | None:
        """The CURIE of an IRI; None where it has no local part to shorten it to."""
        short = curie(iri)
        if short != iri and not short.startswith("obo:"):  # each OBO ontology has a prefix of its own
            prefix = short.partition(":")[0]
            self.prefixes.setdefault(prefix, PREFIXES[prefix])
            return short
        found = _NUMBERED.fullmatch(iri)
        if found:
            namespace, prefix, local = found.groups()
        elif named := _NAMED.fullmatch(iri):
            namespace, local = named.groups()
            prefix = _prefix_for(namespace)
        else:
            return None
        return f"{self._declared(prefix, namespace)}:{local}"

    def _declared(self, prefix: str, namespace: str) -> str:
        """The prefix, or the prefix with a number, where it stands for another namespace already."""
        taken = BUILT_IN | PREFIXES | self.prefixes
        known = next((each for each, iri in self.prefixes.items() if iri == namespace), None)
        if known:
            return known
        number, free = 1, prefix
        while free in taken:
            number += 1
            free = f"{prefix}{number}"
        self.prefixes[free] = namespace
        return free


def _prefix_for(namespace: str) -> str:
    """A name for a namespace, made from its last telling piece.

    >>> _prefix_for("http://id.nlm.nih.gov/mesh/")
    'mesh'
    """
    pieces = [piece for piece in _WORD.findall(namespace) if piece.lower() not in _HOSTS]
    return pieces[-1].lower() if pieces else "ns"
