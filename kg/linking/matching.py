"""Terms of another ontology that may mean what ours do: found in several ways, scored together, with the reasons.

Names come first; definitions that name the other term, or say much the same, and what stands above and below add
to them. Each way of looking hands on its best, so that none crowds out the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import nsmallest

from kg.linking.above import MatchesAbove
from kg.linking.definitions import Definitions
from kg.linking.matches import ABOVE, Match, order, together
from kg.linking.meanings import matches_by_meaning
from kg.linking.names import Names
from kg.linking.subjects import Subject
from kg.linking.terms import Ontology

#: A match must be so good, and so near, to be inherited by what is below.
_FIT_TO_INHERIT = 0.6
_FAR = 2
#: So many matches are handed down a step, for so much of their score.
_HANDED_DOWN = 2
_INHERITED = 0.65


def find_matches(subjects: Sequence[Subject], ontology: Ontology, most: int, by_meaning: bool = False) -> list[Match]:
    """At most ``most`` matches a subject, best first; equal ones in the order of their IRIs.

    ``by_meaning`` also looks for terms that share no word with ours; it needs the extra ``embed``.
    """
    terms = list(ontology.terms.values())
    names = Names(subjects, terms)
    definitions = Definitions(subjects, terms, names)
    by_name = {owner: shortlist.best() for owner, shortlist in names.matches().items()}
    by_definition = {owner: shortlist.best() for owner, shortlist in definitions.matches().items()}
    meant = matches_by_meaning(subjects, terms) if by_meaning else {}
    settling = _Settling(subjects, ontology, definitions, (match for found in by_name.values() for match in found))
    found: dict[str, list[Match]] = {}
    for owner, subject in enumerate(subjects):
        several = _of_the_same((*by_name.get(owner, ()), *by_definition.get(owner, ()), *meant.get(owner, ())))
        found[subject.iri] = [settling.settled(together(each)) for each in several]
    inherited = _inherited(subjects, found)
    for subject in subjects:
        several = _of_the_same((*found[subject.iri], *inherited.get(subject.iri, ())))
        found[subject.iri] = [_rounded(together(each)) for each in several]
    return [match for subject in subjects for match in nsmallest(most, found[subject.iri], key=order)]


def _rounded(match: Match) -> Match:
    return replace(match, score=round(match.score, 3))


def _of_the_same(matches: Iterable[Match]) -> Iterable[list[Match]]:
    """The matches with one term elsewhere, whatever way they were found, together."""
    by_term: dict[str, list[Match]] = defaultdict(list)
    for match in matches:
        by_term[match.term.iri].append(match)
    return by_term.values()


class _Settling:
    """What definitions and surroundings add to a match."""

    def __init__(
        self, subjects: Sequence[Subject], ontology: Ontology, definitions: Definitions, by_name: Iterable[Match]
    ) -> None:
        self.definitions = definitions
        self.above = MatchesAbove(subjects, ontology, by_name)

    def settled(self, match: Match) -> Match:
        """The match with its last score."""
        shared, likeness = self.definitions.likeness(match.subject.definition, match.term.definition)
        above = self.above.label(match)
        reasons = [match.reason]
        if shared:
            reasons.append(f"definitions share {', '.join(shared)}")
        if above:
            reasons.append(f"what stands above matches too ('{above}')")
        score = 0.9 * match.score + 0.07 * likeness + (0.03 if above else 0.0)
        return replace(match, score=score, reason="; ".join(reasons))


# --- what a term has from the one above it -------------------------------------------------------


def _inherited(subjects: Sequence[Subject], found: Mapping[str, list[Match]]) -> dict[str, list[Match]]:
    """What a term of ours may be a kind of, because what stands above it matches that."""
    best = {iri: nsmallest(_HANDED_DOWN, matches, key=order) for iri, matches in found.items()}
    by_iri = {subject.iri: subject for subject in subjects}
    inherited: dict[str, dict[str, Match]] = defaultdict(dict)
    for subject in subjects:
        for distance, above in _levels(subject, by_iri):
            for match in best[above.iri]:
                if match.score >= _FIT_TO_INHERIT:
                    reason = f"ours is a kind of '{above.label}', which matches it ({match.reason})"
                    score = match.score * _INHERITED**distance
                    new = replace(
                        match, subject=subject, score=score, reason=reason, relation="broad", justification=ABOVE
                    )
                    inherited[subject.iri].setdefault(match.term.iri, new)
    return {iri: list(matches.values()) for iri, matches in inherited.items()}


def _levels(subject: Subject, by_iri: Mapping[str, Subject]) -> Iterator[tuple[int, Subject]]:
    """What stands above one of our terms, the nearest first, with its distance, however it goes in circles."""
    seen = {subject.iri}
    level = [subject]
    for distance in range(1, _FAR + 1):
        parents = dict.fromkeys(parent for each in level for parent in each.parents if parent not in seen)
        seen.update(parents)
        level = [by_iri[parent] for parent in parents if parent in by_iri]
        yield from ((distance, each) for each in level)
