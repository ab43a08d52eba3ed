"""What arithmetic says of findings that a change reaches, those of datasets that did not change included."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import chain

import pyoxigraph as ox

from kg.corpus import Corpus
from kg.names import PREFIXES, graph_iri, local_name, mint
from kg.plausibility import Check, check, triples_of_checks
from kg.records import Finding
from kg.store.embedded import Embedded, plain
from kg.triples import as_ntriples

_SAME = PREFIXES["ca"] + "reportsSameResultAs"
_EVIDENCE = graph_iri("evidence/")
_SIZE = PREFIXES["ca"] + "sampleSize"


#: Findings by their IRIs, read from the tables of datasets that did not change.
Elsewhere = Callable[[Collection[str]], Iterable[Finding]]


class Rechecking:
    """The arithmetic of findings, as rows tell them by now: their numbers as printed, which no store keeps."""

    def __init__(self, store: Embedded, corpus: Corpus, elsewhere: Elsewhere) -> None:
        self._store, self._elsewhere = store, elsewhere
        self._read = {row.record.iri: row.record for dataset in corpus.datasets for row in dataset.findings}

    def ntriples(self, findings: Collection[str]) -> str:
        """What the graph says of the checks of these findings, where they are there, as N-Triples."""
        same = {each: self._same(each) for each in findings}
        unread = {*same, *chain.from_iterable(same.values())} - self._read.keys()
        self._read |= {each.iri: each for each in self._elsewhere(unread)}
        return as_ntriples(triples_of_checks(self._checks(same)))

    def _checks(self, same: Mapping[str, Iterable[str]]) -> Iterator[Check]:
        for iri in sorted(same.keys() & self._read.keys()):
            finding = self._read[iri]
            others = [self._read[each] for each in same[iri] if each in self._read]
            found = check(finding, finding.n or self._people(finding), others)
            if found.arithmetic or found.reach:
                yield found

    def _people(self, finding: Finding) -> int | None:
        quads = self._store.about(mint("sample", finding.sample))
        return next((int(plain(quad.object)) for quad in quads if plain(quad.predicate) == _SIZE), None)

    def _same(self, iri: str) -> set[str]:
        """The other findings that tell the same result, by however many links."""
        known, ahead = {iri}, [iri]
        while ahead:
            links = {*self._linked(ahead.pop())} - known
            known |= links
            ahead += links
        return known - {iri}

    def _linked(self, iri: str) -> Iterator[str]:
        """What rows say; what follows from them is not brought up to date yet."""
        yield from (plain(quad.object) for quad in self._store.about(iri) if _links(quad))
        yield from (plain(quad.subject) for quad in self._store.leading_to(iri) if _links(quad))


def _links(quad: ox.Quad) -> bool:
    return plain(quad.predicate) == _SAME and plain(quad.graph_name).startswith(_EVIDENCE)


def check_of(finding: str) -> str:
    """The IRI of what arithmetic says of a finding."""
    return PREFIXES["arithmetic-check"] + local_name(finding)
