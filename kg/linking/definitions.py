"""What definitions say of how terms correspond: one that names the other term, and two that say much the same."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from kg.linking.matches import ALIKE, Match, Shortlist
from kg.linking.names import Name, Names
from kg.linking.subjects import Subject
from kg.linking.terms import Term
from kg.linking.weights import Weights
from kg.linking.words import EMPTY_WORDS, as_told, stem, stems, words

#: So much of a definition is its opening; so many definitions tell which words are common.
_OPENING = 120
_SAMPLED = 2_000
#: What follows a name that a definition explains.
_IS = frozenset(["is", "are", "was", "be", "refer", "refers", "mean", "means", "denote", "denotes"])
#: How much of a name a definition must hold, by weight, to speak of it.
_NAMED = 0.7
#: What a definition counts that starts from a name, or speaks of it; and what likeness counts.
_STARTS, _SPEAKS, _LIKENESS = 0.62, 0.5, 1.5
#: The most that likeness counts.
_MOST = 0.6
#: A stem that more of our texts hold leads to none of them.
_COMMON = 30
#: Stems of words that join others, and say nothing themselves.
_GLUE = frozenset(
    "an ani anoth are be can do each for from has have how if is it its may more most no non not one other "  # noqa: SIM905
    "some such than that their them then they thi this those through was what when where whether which who with".split()
)
#: So many stems of a text lead to ours: the rarest, which must give this part of the likeness.
_LEADING = 5
_BY_RARE = 0.6
#: How alike texts must be to be looked at.
_ALIKE = 0.12


class Definitions:
    """The definitions of both sides, and which terms they bring together."""

    def __init__(self, subjects: Sequence[Subject], terms: Sequence[Term], names: Names) -> None:
        self.subjects = subjects
        self.terms = terms
        self.names = names
        self.weights = _weights(subjects, terms)
        self.found: dict[int, Shortlist] = defaultdict(Shortlist)

    def matches(self) -> Mapping[int, Shortlist]:
        """The pairs that a definition brings together, the best ones, by the number of our term."""
        self._theirs_explains_our_name()
        self._ours_holds_their_name()
        self._say_the_same()
        return self.found

    def _add(self, owner: int, index: int, score: float, text: str, how: str, relation: str) -> None:
        self.found[owner].add(Match(self.subjects[owner], self.terms[index], score, text, how, relation, ALIKE))

    # --- a definition that names the other term ------------------------------------------------

    def _theirs_explains_our_name(self) -> None:
        """Pairs where their definition begins with one of our names of more than one word."""
        phrases: dict[str, list[Name]] = defaultdict(list)
        for name in self.names.ours:
            if len(name.stems) > 1:
                phrases[name.stems[0]].append(name)
        for index, term in enumerate(self.terms):
            opening = [word for word in words(term.definition[:_OPENING]) if word not in EMPTY_WORDS]
            opening_stems = [stem(word) for word in opening]
            for start, each in enumerate(opening_stems):
                for ours in phrases.get(each, ()):
                    end = start + len(ours.stems)
                    if tuple(opening_stems[start:end]) == ours.stems:
                        self._explained(ours, index, start, opening[end : end + 1])

    def _explained(self, ours: Name, index: int, start: int, follows: list[str]) -> None:
        """What a definition says that begins with our name: it is this, or it is a kind of this."""
        if not start and follows and follows[0] in _IS:
            how, score, relation = "its definition says what our name is", 0.68, "close"
        else:
            how, score, relation = "its definition starts from our name", 0.5, "narrow"
        reason = f"our {ours.role} '{ours.text}': {how}"
        self._add(ours.owner, index, score - 0.02 * start, ours.text, reason, relation)

    def _ours_holds_their_name(self) -> None:
        """Pairs where our definition holds their name: at its start as what ours is a kind of, or elsewhere."""
        told = [stems(subject.definition) for subject in self.subjects]
        holders: dict[str, list[int]] = defaultdict(list)
        for owner, definition in enumerate(told):
            for each in set(definition):
                holders[each].append(owner)
        known = self._stems_of_our_names()
        for name in self.names.theirs:
            if name.is_acronym:
                continue
            whole = self.names.weights.of(name.different)
            heaviest = max(name.different, key=lambda each: (self.names.weights[each], each))
            for owner in holders.get(heaviest, ()):
                share = self.names.weights.of(name.different & set(told[owner])) / whole
                starts = told[owner][: len(name.stems)] == name.stems
                if share >= _NAMED and (starts or not name.different <= known[owner]):
                    self._held(owner, name, share, told[owner].index(heaviest), starts)

    def _stems_of_our_names(self) -> dict[int, set[str]]:
        known: dict[int, set[str]] = defaultdict(set)
        for name in self.names.ours:
            known[name.owner] |= name.different
        return known

    def _held(self, owner: int, name: Name, share: float, place: int, starts: bool) -> None:
        rarity = min(1.0, self.names.weights.of(name.different) / self.names.weights.rarest)
        if starts:
            how, relation, best = f"our definition starts from its {name.role} '{name.text}'", "broad", _STARTS
        else:
            how, relation, best = f"our definition speaks of its {name.role} '{name.text}'", "related", _SPEAKS
        score = best * share * rarity * max(0.5, 1 - 0.02 * place)
        self._add(owner, name.owner, score, name.text, how, relation)

    # --- two definitions that say much the same ------------------------------------------------

    def _say_the_same(self) -> None:
        """Pairs of which much the same is said, beyond what their names share."""
        ours = [_Said(subject) for subject in self.subjects]
        lengths = [math.sqrt(self.weights.squares(said.all)) for said in ours]
        led = self._led_to(ours)
        for index, term in enumerate(self.terms):
            theirs = _Said(term)
            leading = sorted(theirs.all & led.keys(), key=lambda each: (-self.weights[each], each))[:_LEADING]
            near: dict[int, float] = defaultdict(float)
            for one in leading:
                for owner in led[one]:
                    near[owner] += self.weights[one] ** 2
            length = math.sqrt(self.weights.squares(theirs.all)) if near else 0.0
            for owner, shared in near.items():
                both_lengths = lengths[owner] * length
                needed = max(_ALIKE, self.found[owner].floor / _LIKENESS)
                if shared >= _BY_RARE * needed * both_lengths:
                    self._compare(owner, index, ours[owner], theirs, both_lengths)

    def _led_to(self, ours: Sequence[_Said]) -> dict[str, list[int]]:
        """Stem -> those of our terms that it leads to: those that are defined, where they are few."""
        holders: dict[str, list[int]] = defaultdict(list)
        for owner, said in enumerate(ours):
            for one in said.all if self.subjects[owner].definition else ():
                holders[one].append(owner)
        return {one: owners for one, owners in holders.items() if len(owners) <= _COMMON}

    def _compare(self, owner: int, index: int, ours: _Said, theirs: _Said, lengths: float) -> None:
        both = (ours.all & theirs.all) - (ours.names & theirs.names)
        cosine = self.weights.squares(both) / lengths if len(both) > 1 else 0.0
        if cosine >= _ALIKE and min(_MOST, _LIKENESS * cosine) > self.found[owner].floor:
            self._alike(owner, index, both, cosine)

    def _alike(self, owner: int, index: int, both: frozenset[str], cosine: float) -> None:
        subject = self.subjects[owner]
        told = as_told(" ".join((subject.definition, subject.label, *subject.synonyms)))
        rare = sorted(both, key=lambda each: (-self.weights[each], each))[:4]
        shared = ", ".join(told.get(each, each) for each in rare)
        self._add(owner, index, min(_MOST, _LIKENESS * cosine), shared, f"of both is said: {shared}", "related")

    # --- what definitions add to a match -------------------------------------------------------

    def likeness(self, ours: str, theirs: str) -> tuple[list[str], float]:
        """Words that both definitions have, the rarest first, and how much of them is shared; half where one lacks."""
        if not ours or not theirs:
            return [], 0.5
        told = as_told(ours)
        left, right = _stems_of(ours), _stems_of(theirs)
        both = sorted(left & right, key=lambda each: (-self.weights[each], each))
        scale = math.sqrt(self.weights.squares(left) * self.weights.squares(right))
        likeness = min(1.0, 2 * self.weights.squares(both) / scale) if scale else 0.0
        rare = [told[each] for each in both if each in told and self.weights[each] > self.weights.rarest / 3]
        return rare[:4], likeness


def _weights(subjects: Sequence[Subject], terms: Sequence[Term]) -> Weights:
    """Weights by our definitions and as many of theirs as it takes to know common words."""
    step = max(1, len(terms) // _SAMPLED)
    definitions = [*(each.definition for each in subjects), *(each.definition for each in terms[::step])]
    return Weights([stems(each) for each in definitions])


class _Said:
    """The stems of what a term is called, and of all that is said of it."""

    def __init__(self, term: Subject | Term) -> None:
        self.names = frozenset(stems(" ".join((term.label, *term.synonyms)))) - _GLUE
        self.all = self.names | (_stems_of(term.definition) - _GLUE)


@lru_cache(maxsize=65_536)
def _stems_of(definition: str) -> frozenset[str]:
    return frozenset(stems(definition))
