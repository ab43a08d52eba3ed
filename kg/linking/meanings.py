"""Terms that mean alike though they share no word, by vectors of what is said of them.

The vectors are wordllama's: a table of words, averaged, that lies inside its wheel (extra ``embed``). Nothing is
downloaded, and where the extra is not installed, links are found without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kg.errors import MissingPart
from kg.linking.matches import BY_MEANING, Match
from kg.linking.subjects import Subject
from kg.linking.terms import Term

#: So many terms elsewhere that are nearest to one of ours are looked at, if they are so near.
_NEAREST = 10
_NEAR = 0.3
#: What nearness counts, and the most that it may.
_COUNTS, _MOST = 0.6, 0.5
#: Of more terms elsewhere, meanings would take longer than all the rest.
_MOST_TERMS = 50_000
#: Terms elsewhere that are compared at once: memory is bounded by it.
_PIECE = 4_096


def can_compare_meanings(terms: int) -> bool:
    """Whether the model is installed, and the terms elsewhere are few enough for it."""
    return terms <= _MOST_TERMS and find_spec("wordllama") is not None


def matches_by_meaning(subjects: Sequence[Subject], terms: Sequence[Term]) -> dict[int, list[Match]]:
    """The matches with the terms elsewhere that are nearest to ours, by the number of our term."""
    import numpy

    embed = _model().embed
    labels, texts = (embed(some, norm=True) for some in _told(subjects))
    nearest: list[list[tuple[float, int]]] = [[] for _ in subjects]
    for start in range(0, len(terms), _PIECE):
        their_labels, their_texts = (embed(some, norm=True) for some in _told(terms[start : start + _PIECE]))
        near = (labels @ their_labels.T + texts @ their_texts.T) / 2
        for owner in range(len(subjects)):
            best = numpy.argpartition(-near[owner], min(_NEAREST, near.shape[1] - 1))[:_NEAREST]
            several = [*nearest[owner], *((float(near[owner][each]), start + int(each)) for each in best)]
            nearest[owner] = sorted(several, key=lambda each: (-each[0], each[1]))[:_NEAREST]
    return {
        owner: [_match(subjects[owner], terms[index], nearness) for nearness, index in several if nearness >= _NEAR]
        for owner, several in enumerate(nearest)
    }


def _match(subject: Subject, term: Term, nearness: float) -> Match:
    reason = f"a language model finds what both mean alike ({nearness:.2f})"
    return Match(subject, term, min(_MOST, _COUNTS * nearness), subject.label, reason, "related", BY_MEANING)


def _told(terms: Sequence[Subject | Term]) -> tuple[list[str], list[str]]:
    """The labels of terms, and all that is said of them."""
    texts = [". ".join(filter(None, (each.label, *each.synonyms, each.definition))) for each in terms]
    return [each.label for each in terms], texts


def _model() -> Any:
    try:
        import wordllama

        # Its own search looks for the tokenizer under another name than its wheel has, and would then ask the network.
        return wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)
    except (ImportError, FileNotFoundError) as error:
        what = "comparing meanings needs wordllama with its model"
        raise MissingPart(f"{what}; pip install --force-reinstall 'compassion-attachment-kg[embed]'") from error
