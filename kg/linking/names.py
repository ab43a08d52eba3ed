"""Names compared: by their words (one spelling, no plural), then by stems weighted by how rare they are.

Our side is small and is indexed; the other side, however large, is walked once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.errors import MissingPart
from kg.linking.matches import ALIKE, SAME_NAME, Match, Shortlist
from kg.linking.subjects import Subject
from kg.linking.terms import Term
from kg.linking.weights import Weights
from kg.linking.words import as_told, head, is_acronym, plain, stem, telling, without_brackets, words

#: How well names must fit by shared stems to be looked at: the weight they share in the weight of all.
_SHARED = 0.26
#: What it adds that a word stands in the same place of both names.
_SAME_PLACE = 0.03
#: Up to this score names are only alike.
_ALIKE = 0.85
#: What a name counts by what it is, on either side.
_ROLES = {"label": 1.0, "synonym": 0.97}


@dataclass(frozen=True, slots=True)
class Name:
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
    head: str = ""
    is_acronym: bool = False


def names_of(terms: Sequence[Subject | Term]) -> list[Name]:
    """The names of terms, each once a term: its label first, and what it is called without what stands in brackets."""
    return [name for index, term in enumerate(terms) for name in _names(term, index)]


def _names(term: Subject | Term, owner: int) -> Iterator[Name]:
    seen: set[str] = set()
    given = [("label", term.label), *(("synonym", each) for each in term.synonyms)]
    for role, text in (*given, *(("synonym", without_brackets(text)) for _, text in given)):
        if text not in seen and (name_words := words(text)):
            seen.add(text)
            yield _name(text, role, owner, name_words)


def _name(text: str, role: str, owner: int, name_words: tuple[str, ...]) -> Name:
    said = telling(name_words)
    name_stems = tuple(map(stem, said))
    return Name(
        text,
        role,
        owner,
        plain(text),
        name_words,
        name_stems,
        frozenset(name_stems),
        tuple(sorted(said)),
        tuple(sorted(name_stems)),
        stem(head(name_words)),
        is_acronym(text),
    )


class Names:
    """The names of both sides, and which of them fit."""

    def __init__(self, subjects: Sequence[Subject], terms: Sequence[Term]) -> None:
        self.subjects = subjects
        self.terms = terms
        self.ours = names_of(subjects)
        self.theirs = names_of(terms)
        # Only theirs: half of ours are about attachment or compassion, and there these words tell most.
        self.weights = Weights([name.stems for name in self.theirs])
        self.index: dict[str, list[Name]] = defaultdict(list)
        for name in self.ours:
            for each in self._heavy(name.stems):
                self.index[each].append(name)
        self.compact: dict[str, list[Name]] = defaultdict(list)
        for name in self.ours:
            self.compact["".join(name.words)].append(name)
        self.acronyms = {name.text: name for name in self.ours if name.is_acronym}
        self.whole = {id(name): self.weights.of(name.different) for name in self.ours}
        self.found: dict[int, Shortlist] = defaultdict(Shortlist)
        try:
            from rapidfuzz.fuzz import ratio
        except ImportError as error:
            raise MissingPart("linking needs rapidfuzz; pip install 'compassion-attachment-kg[link]'") from error
        self.ratio = ratio

    def matches(self) -> Mapping[int, Shortlist]:
        """The pairs whose names fit best, each with the score of those names, by the number of our term."""
        for theirs in self.theirs:
            near: dict[int, Name] = {}
            for each in self._heavy(theirs.stems):
                near.update({id(ours): ours for ours in self.index.get(each, ())})
            weight = self.weights.of(theirs.different)
            for ours in near.values():
                if match := self._compared(ours, theirs, weight):
                    self.found[ours.owner].add(match)
            for ours in self.compact.get("".join(theirs.words), ()):
                if ours.words != theirs.words:
                    how = "the same name but for a hyphen or a space"
                    self.found[ours.owner].add(self._match(ours, theirs, 0.95, " ".join(ours.words), how))
            if (same := self.acronyms.get(theirs.text)) and same.stems != theirs.stems:
                self.found[same.owner].add(self._match(same, theirs, 0.75, same.text, "the same acronym"))
        return self.found

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

    def _compared(self, ours: Name, theirs: Name, weight: float) -> Match | None:
        if ours.is_acronym or theirs.is_acronym:
            return self._match(ours, theirs, 0.8, ours.text, "the same acronym") if ours.text == theirs.text else None
        if ours.plain == theirs.plain:
            return self._match(ours, theirs, 1.0, ours.plain, "the same name")
        if ours.words == theirs.words:
            return self._match(ours, theirs, 0.98, " ".join(ours.words), "the same name but for spelling or plural")
        if ours.sorted_words == theirs.sorted_words:
            return self._match(ours, theirs, 0.94, " ".join(ours.words), "the same words in another order")
        if ours.sorted_stems == theirs.sorted_stems:
            # One word alone may be another one that only begins alike: construct and construction.
            score = 0.88 if len(ours.stems) > 1 else 0.75
            return self._match(ours, theirs, score, " ".join(ours.words), "the same words in another form")
        return self._partly(ours, theirs, weight)

    def _partly(self, ours: Name, theirs: Name, whole: float) -> Match | None:
        """Names that share some words, or are spelt almost alike; ``whole`` is what theirs weighs."""
        left, right = ours.different, theirs.different
        both = left & right
        shared_weight = self.weights.of(both)
        weight = shared_weight / (self.whole[id(ours)] + whole - shared_weight)
        if weight < _SHARED:
            return None
        likeness = self.ratio(" ".join(ours.words), " ".join(theirs.words)) / 100
        if likeness >= 0.9 and len(ours.stems) > 1:
            return self._match(ours, theirs, 0.85 * likeness, " ".join(ours.words), "almost the same spelling")
        contained = shared_weight / min(self.whole[id(ours)], whole)
        same_head = ours.head == theirs.head
        is_kind = same_head and (left < right or right < left)
        if is_kind:
            rarity = min(1.0, shared_weight / self.weights.rarest)
            weight = (weight + contained * rarity) / 2
        elif left < right and " ".join(ours.stems) in " ".join(theirs.stems):  # theirs says ours, and more
            weight = (2 * weight + contained) / 3
        score = 0.3 + 0.45 * weight + (0.05 if is_kind else 0)
        if not same_head and both - {ours.head, theirs.head}:  # they say more of the same, as in threat system
            score += _SAME_PLACE
        if set(ours.words).isdisjoint(theirs.words):  # person and personality have one stem
            score *= 0.85
        if score * _ROLES[ours.role] * _ROLES[theirs.role] < self.found[ours.owner].floor:
            return None
        shared = " ".join(word for each, word in as_told(ours.text).items() if each in both)
        reason = f"shares '{shared}'" + (", which is what both are kinds of" if same_head else "")
        relation = ("broad" if right < left else "narrow") if is_kind else "related"
        return self._match(ours, theirs, score, shared, reason, relation)

    def _match(self, ours: Name, theirs: Name, score: float, text: str, how: str, relation: str = "close") -> Match:
        reason = f"our {ours.role} '{ours.text}' and its {theirs.role} '{theirs.text}': {how}"
        fair = score * _ROLES[ours.role] * _ROLES[theirs.role]
        justification = SAME_NAME if score > _ALIKE else ALIKE
        subject, term = self.subjects[ours.owner], self.terms[theirs.owner]
        return Match(subject, term, fair, text, reason, relation, justification)
