"""Terms of another ontology that may mean what ours do: found by names and definitions, scored, with the reason.

Our side is small and is indexed; the other side, however large, is walked once. Names are compared by
their words (one spelling, no plural), then by stems weighted by how rare they are. What the definitions
share, and whether what stands above matches too, decides between names that fit equally well.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from heapq import nlargest

from kg.errors import MissingPart
from kg.linking.subjects import Subject
from kg.linking.terms import Ontology, Term
from kg.linking.words import EMPTY_WORDS, is_acronym, plain, stem, stems, telling, without_brackets, words

#: How well names must fit by shared stems to be looked at: the weight they share in the weight of all.
_SHARED = 0.34
#: Candidates of one subject whose definitions and surroundings are looked at.
_LOOKED_AT = 40
#: From this score on, two terms match so well that they speak for what stands below them.
_STRONG = 0.85

#: So much of a definition is its opening; so many definitions tell which words are common.
_OPENING = 120
_SAMPLED = 2_000
#: What follows a name that a definition explains.
_IS = frozenset(["is", "are", "was", "be", "refer", "refers", "mean", "means", "denote", "denotes"])

#: How SSSOM calls a match by a name, and one by names that are only alike; up to this score they are that.
SAME_NAME = "semapv:LexicalMatching"
ALIKE = "semapv:LexicalSimilarityThresholdMatching"
_ALIKE = 0.85
#: The same for a match that follows from another. It must be so good, and so near, to speak for what is below.
ABOVE = "semapv:StructuralMatching"
_FIT_TO_INHERIT = 0.7
_FAR = 2

#: What a name counts by what it is, on either side.
_ROLES = {"label": 1.0, "synonym": 0.97}


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


@dataclass(frozen=True, slots=True)
class _Name:
    """A name, and the forms of it that are compared over and over."""

    text: str
    role: str
    owner: int
    plain: str = ""
    words: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()
    different: frozenset[str] = frozenset()
    sorted_words: tuple[str, ...] = ()
    sorted_stems: tuple[str, ...] = ()
    is_acronym: bool = False


@dataclass(slots=True)
class Shortlist:
    """The best matches of one of our terms so far, one a term elsewhere, however many come.

    What falls behind ``_LOOKED_AT`` others is dropped now and then; ``floor`` is the score below which a match is late.
    """

    matches: dict[str, Match] = field(default_factory=dict)
    floor: float = 0.0

    def add(self, match: Match) -> None:
        known = self.matches.get(match.term.iri)
        if match.score >= self.floor and (known is None or match.score > known.score):
            self.matches[match.term.iri] = match
            if len(self.matches) >= 2 * _LOOKED_AT:
                best = self.best()
                self.floor = best[-1].score
                self.matches = {each.term.iri: each for each in best}

    def best(self) -> list[Match]:
        """Those that are looked at, best first."""
        return nlargest(_LOOKED_AT, self.matches.values(), key=_order)


def find_matches(subjects: Sequence[Subject], ontology: Ontology, most: int) -> list[Match]:
    """At most ``most`` matches a subject, best first; equal ones in the order of their IRIs."""
    matcher = _Matcher(subjects, ontology)
    matcher.by_names()
    for owner, match in matcher.by_definitions():
        if match.term.iri not in matcher.found[owner].matches:
            matcher.found[owner].add(match)
    looked = {owner: found.best() for owner, found in matcher.found.items()}
    strong = {
        (match.subject.iri, match.term.iri) for found in looked.values() for match in found if match.score >= _STRONG
    }
    parents = {subject.iri: subject.parents for subject in subjects}
    settled = (matcher.settled(match, strong, parents) for found in looked.values() for match in found)
    by_subject: dict[str, list[Match]] = defaultdict(list)
    for match in settled:
        by_subject[match.subject.iri].append(match)
    for subject, match in _inherited(subjects, by_subject):
        by_subject[subject].append(match)
    return [match for subject in subjects for match in nlargest(most, by_subject[subject.iri], key=_order)]


def _inherited(subjects: Sequence[Subject], found: Mapping[str, list[Match]]) -> list[tuple[str, Match]]:
    """What a term of ours may be a kind of, because what stands above it matches that."""
    best = {iri: max(matches, key=_order) for iri, matches in found.items() if matches}
    by_iri = {subject.iri: subject for subject in subjects}
    inherited: dict[tuple[str, str], Match] = {}
    for subject in subjects:
        for distance, above in _levels(subject, by_iri):
            match = best.get(above.iri)
            if match and match.score >= _FIT_TO_INHERIT:
                known = {each.term.iri for each in found.get(subject.iri, ())}
                if match.term.iri not in known:
                    reason = f"ours is a kind of '{above.label}', which matches it ({match.reason})"
                    score = round(match.score - 0.2 - 0.1 * distance, 3)
                    new = replace(
                        match, subject=subject, score=score, reason=reason, relation="broad", justification=ABOVE
                    )
                    inherited.setdefault((subject.iri, match.term.iri), new)
    return [(subject, match) for (subject, _), match in inherited.items()]


def _levels(subject: Subject, by_iri: Mapping[str, Subject]) -> Iterator[tuple[int, Subject]]:
    """What stands above one of our terms, the nearest first, with its distance, however it goes in circles."""
    seen = {subject.iri}
    level = [subject]
    for distance in range(1, _FAR + 1):
        parents = dict.fromkeys(parent for each in level for parent in each.parents if parent not in seen)
        seen.update(parents)
        level = [by_iri[parent] for parent in parents if parent in by_iri]
        yield from ((distance, each) for each in level)


def _order(match: Match) -> tuple[float, tuple[int, ...]]:
    # Of equal scores the smaller IRI comes first, though the larger score does.
    return match.score, tuple(-ord(letter) for letter in match.term.iri)


class _Matcher:
    def __init__(self, subjects: Sequence[Subject], ontology: Ontology) -> None:
        self.subjects = subjects
        self.ontology = ontology
        self.ours = [name for index, subject in enumerate(subjects) for name in _names(subject, index)]
        self.terms = list(ontology.terms.values())
        self.theirs = [name for index, term in enumerate(self.terms) for name in _names(term, index)]
        # Only theirs: half of ours are about attachment or compassion, and there these words tell most.
        self.weights = _Weights([name.stems for name in self.theirs])
        self.index: dict[str, list[_Name]] = defaultdict(list)
        for name in self.ours:
            for each in self._heavy(name.stems):
                self.index[each].append(name)
        self.compact: dict[str, list[_Name]] = defaultdict(list)
        for name in self.ours:
            self.compact["".join(name.words)].append(name)
        self.telling = _weights_of_definitions(subjects, self.terms)
        self.acronyms = {name.text: name for name in self.ours if name.is_acronym}
        self.found: dict[int, Shortlist] = defaultdict(Shortlist)
        self.whole = {id(name): self._weight(name.different) for name in self.ours}
        try:
            from rapidfuzz.fuzz import ratio
        except ImportError as error:
            raise MissingPart("linking needs rapidfuzz; pip install 'compassion-attachment-kg[link]'") from error
        self.ratio = ratio

    # --- names ---------------------------------------------------------------------------------

    def by_names(self) -> None:
        """Find the pairs whose names fit best, each with the score of those names."""
        for theirs in self.theirs:
            near: dict[int, _Name] = {}
            for each in self._heavy(theirs.stems):
                near.update({id(ours): ours for ours in self.index.get(each, ())})
            weight = self._weight(theirs.different)
            for ours in near.values():
                if match := self._compared(ours, theirs, weight):
                    self.found[ours.owner].add(match)
            for ours in self.compact.get("".join(theirs.words), ()):
                if ours.words != theirs.words:
                    how = "the same name but for a hyphen or a space"
                    self.found[ours.owner].add(self._match(ours, theirs, 0.95, " ".join(ours.words), how))
            if (same := self.acronyms.get(theirs.text)) and same.stems != theirs.stems:
                self.found[same.owner].add(self._match(same, theirs, 0.75, same.text, "the same acronym"))

    def _heavy(self, name_stems: tuple[str, ...]) -> list[str]:
        """The stems of which two names that fit must share one: all but the lightest, up to what may differ."""
        by_weight = sorted(set(name_stems), key=lambda each: (self.weights[each], each))
        allowed = _SHARED * sum(self.weights[each] for each in by_weight)
        kept = list(by_weight)
        dropped = 0.0
        for each in by_weight:
            dropped += self.weights[each]
            if dropped >= allowed:
                break
            kept.remove(each)
        return kept

    def _compared(self, ours: _Name, theirs: _Name, weight: float) -> Match | None:
        if ours.is_acronym or theirs.is_acronym:
            return self._match(ours, theirs, 0.8, ours.text, "the same acronym") if ours.text == theirs.text else None
        if ours.plain == theirs.plain:
            return self._match(ours, theirs, 1.0, ours.plain, "the same name")
        if ours.words == theirs.words:
            return self._match(ours, theirs, 0.98, " ".join(ours.words), "the same name but for spelling or plural")
        if ours.sorted_words == theirs.sorted_words:
            return self._match(ours, theirs, 0.94, " ".join(ours.words), "the same words in another order")
        if ours.sorted_stems == theirs.sorted_stems:
            return self._match(ours, theirs, 0.88, " ".join(ours.words), "the same words in another form")
        return self._partly(ours, theirs, weight)

    def _partly(self, ours: _Name, theirs: _Name, whole: float) -> Match | None:
        """Names that share some words, or are spelt almost alike; ``whole`` is what theirs weighs."""
        left, right = ours.different, theirs.different
        both = left & right
        same_head = ours.stems[-1] == theirs.stems[-1]
        shared_weight = self._weight(both)
        weight = shared_weight / (self.whole[id(ours)] + whole - shared_weight)
        if weight < _SHARED:
            return None
        likeness = self.ratio(" ".join(ours.words), " ".join(theirs.words)) / 100
        if likeness >= 0.9 and len(ours.stems) > 1:
            return self._match(ours, theirs, 0.85 * likeness, " ".join(ours.words), "almost the same spelling")
        contained = shared_weight / min(self.whole[id(ours)], whole)
        if same_head:  # one may be a kind of the other
            weight = (weight + contained) / 2
        elif left < right:  # theirs says all that ours says, and more
            weight = (2 * weight + contained) / 3
        score = 0.3 + 0.45 * weight + (0.05 if same_head else 0)
        if score * _ROLES[ours.role] * _ROLES[theirs.role] < self.found[ours.owner].floor:
            return None
        shared = [word for word in dict.fromkeys(ours.words) if stems(word)[0] in both]
        relation = "broad" if right < left else "narrow" if left < right else "related"
        reason = f"shares {' '.join(shared)!r}" + (", which is what both are kinds of" if same_head else "")
        match = self._match(ours, theirs, score, " ".join(shared), reason)
        return replace(match, relation=relation if same_head else "related")

    def _weight(self, some: Iterable[str]) -> float:
        # The exact sum: words stand in sets, whose order is another one in each run.
        return math.fsum(self.weights[each] for each in some)

    def _match(self, ours: _Name, theirs: _Name, score: float, text: str, how: str) -> Match:
        reason = f"our {ours.role} '{ours.text}' and its {theirs.role} '{theirs.text}': {how}"
        fair = score * _ROLES[ours.role] * _ROLES[theirs.role]
        justification = SAME_NAME if score > _ALIKE else ALIKE
        subject, term = self.subjects[ours.owner], self.terms[theirs.owner]
        return Match(subject, term, fair, text, reason, justification=justification)

    # --- definitions and surroundings ----------------------------------------------------------

    def by_definitions(self) -> Iterator[tuple[int, Match]]:
        """Pairs where a definition begins with one of our names of more than one word."""
        phrases: dict[str, list[_Name]] = defaultdict(list)
        for name in self.ours:
            if len(name.stems) > 1:
                phrases[name.stems[0]].append(name)
        for index, term in enumerate(self.terms):
            opening = [word for word in words(term.definition[:_OPENING]) if word not in EMPTY_WORDS]
            opening_stems = [stem(word) for word in opening]
            for start, each in enumerate(opening_stems):
                for ours in phrases.get(each, ()):
                    end = start + len(ours.stems)
                    if tuple(opening_stems[start:end]) == ours.stems:
                        yield ours.owner, self._defined(ours, index, start, opening[end : end + 1])

    def _defined(self, ours: _Name, index: int, start: int, follows: list[str]) -> Match:
        """What a definition says that begins with our name: it is this, or it is a kind of this."""
        theirs = _Name(self.terms[index].label, "label", index)
        if not start and follows and follows[0] in _IS:
            how, score, relation = "its definition says what our name is", 0.68, "close"
        else:
            how, score, relation = "its definition starts from our name", 0.5, "narrow"
        return replace(self._match(ours, theirs, score - 0.02 * start, ours.text, how), relation=relation)

    def settled(self, match: Match, strong: set[tuple[str, str]], parents: Mapping[str, tuple[str, ...]]) -> Match:
        """The match with what definitions and surroundings add to its names."""
        shared, likeness = self._definitions(match.subject.definition, match.term.definition)
        above = self._match_above(match, strong, parents)
        reasons = [match.reason]
        if shared:
            reasons.append(f"definitions share {', '.join(shared)}")
        if above:
            reasons.append(f"what stands above matches too ('{above}')")
        score = 0.9 * match.score + 0.07 * likeness + (0.03 if above else 0.0)
        return replace(match, score=round(score, 3), reason="; ".join(reasons))

    def _definitions(self, ours: str, theirs: str) -> tuple[list[str], float]:
        """Stems that both definitions have, the rarest first, and how much of them is shared; half where one lacks."""
        if not ours or not theirs:
            return [], 0.5
        told = _as_told(ours)
        left, right = _stems_of(ours), _stems_of(theirs)
        both = sorted(left & right, key=lambda each: (-self.telling[each], each))
        scale = math.sqrt(self._squares(left) * self._squares(right))
        likeness = min(1.0, 2 * self._squares(both) / scale) if scale else 0.0
        rare = [told[each] for each in both if each in told and self.telling[each] > self.telling.rarest / 3]
        return rare[:4], likeness

    def _squares(self, some: Iterable[str]) -> float:
        return math.fsum(self.telling[each] ** 2 for each in some)

    def _match_above(
        self, match: Match, strong: set[tuple[str, str]], parents: Mapping[str, tuple[str, ...]]
    ) -> str | None:
        """The label of a term above theirs that matches one above ours."""
        above = _above(match.subject.iri, parents)
        for theirs in self.ontology.ancestors(match.term.iri) if above else ():
            if any((ours, theirs) in strong for ours in above):
                return self.ontology.terms[theirs].label
        return None


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


class _Weights(defaultdict[str, float]):
    """How much a stem tells: the more, the fewer texts hold it. One that none holds cannot tell them apart."""

    def __init__(self, texts: Sequence[tuple[str, ...]]) -> None:
        self.rarest = math.log(1 + len(texts))
        super().__init__(lambda: self.rarest / 2)
        counts = Counter(each for text in texts for each in set(text))
        self.update({each: math.log(1 + len(texts) / count) for each, count in counts.items()})


def _weights_of_definitions(subjects: Sequence[Subject], terms: Sequence[Term]) -> _Weights:
    """Weights by our definitions and as many of theirs as it takes to know common words."""
    step = max(1, len(terms) // _SAMPLED)
    definitions = [*(each.definition for each in subjects), *(each.definition for each in terms[::step])]
    return _Weights([stems(each) for each in definitions])


@lru_cache(maxsize=4_096)
def _as_told(definition: str) -> dict[str, str]:
    """The stems of a definition, each with the first word that it stands for."""
    return {stem(plain(word)): word for word in reversed(re.findall(r"[A-Za-z]+", definition))}


@lru_cache(maxsize=65_536)
def _stems_of(definition: str) -> frozenset[str]:
    return frozenset(stems(definition))


def _names(term: Subject | Term, owner: int) -> Iterator[_Name]:
    """The names of a term, each once: its label first, and what it is called without what stands in brackets."""
    seen: set[str] = set()
    given = [("label", term.label), *(("synonym", each) for each in term.synonyms)]
    for role, text in (*given, *(("synonym", without_brackets(text)) for _, text in given)):
        if text not in seen and (name_words := words(text)):
            seen.add(text)
            yield _name(text, role, owner, name_words)


def _name(text: str, role: str, owner: int, name_words: tuple[str, ...]) -> _Name:
    said = telling(name_words)
    name_stems = tuple(map(stem, said))
    return _Name(
        text,
        role,
        owner,
        plain(text),
        name_words,
        name_stems,
        frozenset(name_stems),
        tuple(sorted(said)),
        tuple(sorted(name_stems)),
        is_acronym(text),
    )
