"""Matches above: which terms elsewhere stand below one that matches what stands above ours.

An ontology may be deep, and go in circles of any length, so no pair walks upwards by itself: circles are found once,
and from the top downwards each term takes over what stands above its parents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import networkx as nx

from kg.linking.matches import Match
from kg.linking.subjects import Subject
from kg.linking.terms import Ontology

#: From this score on, two names match so well that their terms speak for what stands below them.
_STRONG = 0.85


class MatchesAbove:
    """What stands above our terms and matches well, and which of it stands above a term elsewhere."""

    def __init__(self, subjects: Sequence[Subject], ontology: Ontology, by_name: Iterable[Match]) -> None:
        strong: dict[str, set[str]] = defaultdict(set)
        for match in by_name:
            if match.score >= _STRONG:
                strong[match.subject.iri].add(match.term.iri)
        self._terms = ontology.terms
        self._tops = sorted({each for several in strong.values() for each in several})
        self._bits = {iri: 1 << number for number, iri in enumerate(self._tops)}
        parents = {subject.iri: subject.parents for subject in subjects}
        self._above_ours = {
            subject.iri: self._together(strong[each] for each in _above(subject.iri, parents)) for subject in subjects
        }
        self._above_theirs = self._marked(ontology) if any(self._above_ours.values()) else {}

    def label(self, match: Match) -> str | None:
        """The label of a term above theirs that matches one above ours."""
        ours, theirs = self._above_ours[match.subject.iri], self._above_theirs.get(match.term.iri, 0)
        both = ours & theirs & ~self._bits.get(match.term.iri, 0)
        return self._terms[self._tops[(both & -both).bit_length() - 1]].label if both else None

    def _together(self, several: Iterable[Iterable[str]]) -> int:
        bits = 0
        for iris in several:
            for iri in iris:
                bits |= self._bits[iri]
        return bits

    def _marked(self, ontology: Ontology) -> dict[str, int]:
        """Each term elsewhere with the terms above it that match something well, a bit for each of them."""
        graph = nx.DiGraph((term.iri, parent) for term in ontology.terms.values() for parent in term.parents)
        marked: dict[str, int] = {}
        for circle in nx.strongly_connected_components(graph):  # each after everything that stands above it
            bits = 0
            for iri in circle:
                for parent in graph[iri]:
                    bits |= marked.get(parent, 0) | self._bits.get(parent, 0)
            marked |= dict.fromkeys(circle, bits)
        return marked


def _above(iri: str, parents: Mapping[str, tuple[str, ...]]) -> set[str]:
    """What stands above one of our terms, however it goes in circles."""
    seen: set[str] = set()
    waiting = [*parents.get(iri, ())]
    while waiting:
        each = waiting.pop()
        if each not in seen and each != iri:
            seen.add(each)
            waiting.extend(parents.get(each, ()))
    return seen
