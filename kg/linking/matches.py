"""A match of one of our terms and a term elsewhere, as each way of looking finds it, and the best of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from heapq import nsmallest

from kg.linking.subjects import Subject
from kg.linking.terms import Term

#: How SSSOM calls a match by a name, by names or texts that are only alike, and by what stands above.
SAME_NAME = "semapv:LexicalMatching"
ALIKE = "semapv:LexicalSimilarityThresholdMatching"
BY_MEANING = "semapv:SemanticSimilarityThresholdMatching"
ABOVE = "semapv:StructuralMatching"

#: Candidates of one of our terms that one way of looking hands on.
_LOOKED_AT = 25
#: How much a second reason adds to a first one: they often rest on the same words.
_ADDS = 0.5


@dataclass(frozen=True)
class Match:
    """One of our terms and a term elsewhere: how well they fit, by what, and why, in words."""

    subject: Subject
    term: Term
    score: float
    text: str  # what is the same on both sides
    reason: str
    relation: str = "close"  # close, broad (theirs is broader), narrow, related
    justification: str = SAME_NAME


@dataclass(slots=True)
class Shortlist:
    """The best matches of one of our terms so far, one a term elsewhere, however many come.

    What falls behind ``_LOOKED_AT`` others is dropped now and then; ``floor`` is the score below which a match is late.
    """

    matches: dict[str, Match] = field(default_factory=dict)
    floor: float = 0.0

    def add(self, match: Match) -> None:
        """Take a match in, if it is better than what is known of its term and not too late."""
        known = self.matches.get(match.term.iri)
        if match.score >= self.floor and (known is None or match.score > known.score):
            self.matches[match.term.iri] = match
            if len(self.matches) >= 2 * _LOOKED_AT:
                best = self.best()
                self.floor = best[-1].score
                self.matches = {each.term.iri: each for each in best}

    def best(self) -> list[Match]:
        """Those that are looked at, best first."""
        return nsmallest(_LOOKED_AT, self.matches.values(), key=order)


def order(match: Match) -> tuple[float, str]:
    """What matches are ranked by: the best score first, of equal scores the smaller IRI."""
    return -match.score, match.term.iri


def together(matches: Sequence[Match]) -> Match:
    """What several ways of looking say of the same two terms: the best of them, and a little for each other one."""
    best, *others = sorted(matches, key=lambda each: -each.score)
    if not others:
        return best
    missing = 1.0
    for each in others:
        missing *= 1 - _ADDS * each.score
    score = 1 - (1 - best.score) * missing
    return replace(best, score=score, reason="; ".join((best.reason, *(each.reason for each in others))))
