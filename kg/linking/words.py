"""Words of names, brought to one form: spelling, plural, hyphens; and their stems.

Both sides of a comparison go through the same door, so a rule may be rough as long as it treats both alike.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

from kg.errors import MissingPart

_WORD = re.compile(r"[a-z0-9]+")
_LETTERS = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"['\N{RIGHT SINGLE QUOTATION MARK}]s\b")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_ACRONYM = re.compile(r"[A-Z][A-Za-z0-9]*[A-Z][A-Za-z0-9-]*|[A-Z]{2,}[A-Za-z0-9-]*")

#: Words that tell nothing of what a term is about.
EMPTY_WORDS = frozenset(
    "a an and as at by for from in into of on or s the to toward with within".split()  # noqa: SIM905 (reads as words)
)

#: What stands between a word and what says more of it: the kind of thing is told before.
_PREPOSITIONS = frozenset("about as at by for from in of on to toward with within".split())  # noqa: SIM905 (as above)

#: British endings and letters -> American ones.
_SPELLINGS = tuple(
    (re.compile(pattern), into)
    for pattern, into in (
        (r"(?<=[a-z]{3})is(e|ed|er|es|ing|ation|ations)$", r"iz\1"),
        (r"(?<=[a-z]{2})ys(e|ed|er|es|ing)$", r"yz\1"),
        (r"(?<=[a-z]{2}[bcdhilnptv])our(?=$|s$|al|ed$|ing$|able|ite|ful|ism)", "or"),
        (r"(?<=[a-z])ll(ed|ing|er|or)$", r"l\1"),
        (r"(?<=[a-z]{2})tre$", "ter"),
        (r"(?<=[a-z]{2})ence$", "ense"),
        (r"judgement", "judgment"),
        (r"acknowledgement", "acknowledgment"),
        (r"programme", "program"),
        (r"paed(?=o|i)", "ped"),
        (r"^ana(?=em)|aem", "em"),
        (r"oestr", "estr"),
        (r"orthopaed", "orthoped"),
    )
)


def plain(text: str) -> str:
    """A name in small letters, without accents."""
    if text.isascii():  # most names are, and need no looking at letter by letter
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()


def words(name: str) -> tuple[str, ...]:
    """The words of a name: one spelling, no plural, no hyphen.

    >>> words("Self-compassionate Behaviours")
    ('self', 'compassionate', 'behavior')
    >>> words("Cohen's d")
    ('cohen', 'd')
    """
    return tuple(_word(each) for each in _WORD.findall(_POSSESSIVE.sub("", plain(name))))


def telling(name_words: tuple[str, ...]) -> tuple[str, ...]:
    """The words that say what a term is about; all, where none does."""
    return tuple(word for word in name_words if word not in EMPTY_WORDS) or name_words


def head(name_words: tuple[str, ...]) -> str:
    """The word that says what kind of thing a name stands for.

    >>> head(words("fear of compassion")), head(words("parental warmth"))
    ('fear', 'warmth')
    """
    for index, word in enumerate(name_words):
        if index and word in _PREPOSITIONS:
            return name_words[index - 1]
    return name_words[-1]


def without_brackets(name: str) -> str:
    """A name without what it says in brackets.

    >>> without_brackets("regression coefficient (standardised)")
    'regression coefficient'
    """
    return " ".join(_BRACKETS.sub(" ", name).split()) or name


def is_acronym(name: str) -> bool:
    """Whether a name is written as an acronym: ``SCS``, ``ECR-R``, ``PTSD``."""
    return bool(_ACRONYM.fullmatch(name))


@cache
def _word(word: str) -> str:
    for pattern, into in _SPELLINGS:
        word = pattern.sub(into, word)
    return _singular(word)


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is", "sis")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1]


@cache
def stem(word: str) -> str:
    """The stem of a word, by Snowball's rules for English.

    >>> stem("emotional") == stem("emotion")
    True
    >>> stem("empathy") == stem("empathising")
    True
    """
    return str(_stemmer().stemWord(word)).rstrip("i") or word


@cache
def _stemmer() -> Any:
    try:
        import snowballstemmer
    except ImportError as error:
        raise MissingPart("linking needs snowballstemmer; pip install 'compassion-attachment-kg[link]'") from error
    return snowballstemmer.stemmer("english")


def stems(name: str) -> tuple[str, ...]:
    """The stems of the telling words of a name."""
    return tuple(stem(word) for word in telling(words(name)))


@lru_cache(maxsize=4_096)
def as_told(text: str) -> dict[str, str]:
    """The stems of a text, each with the first word that it stands for, as that is written.

    >>> list(as_told("Behaviour of others").values())
    ['Behaviour', 'of', 'others']
    """
    told: dict[str, str] = {}
    for word in _LETTERS.findall(text):
        for each in words(word):
            told.setdefault(stem(each), word)
    return told
