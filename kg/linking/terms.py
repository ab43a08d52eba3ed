"""Terms of an ontology, as far as linking needs them: names, definitions, hierarchy and whether they are obsolete.

A file may tell of one term in a thousand places, so readers say what they come across, in any order, to
``Gathered``, which keeps no more than a term's names, definitions and parents, and never more than fits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kg.errors import KgError

Kind = Literal["owl class", "owl named individual", "skos concept"]

#: What is kept of one text, and of all; beyond that no vocabulary goes, but a file made to fill the memory does.
LONGEST_TEXT = 4_000
MOST_CHARACTERS = 400_000_000
MOST_TERMS = 1_000_000

_OBSOLETE_LABEL = re.compile(r"(obsolete|deprecated)\b[ _:]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Term:
    """A class, individual or concept of an ontology."""

    iri: str
    kind: Kind
    label: str
    synonyms: tuple[str, ...] = ()
    definition: str = ""
    parents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ontology:
    """The terms of an ontology that may be proposed, by IRI; how many are obsolete, and what it says of itself."""

    terms: Mapping[str, Term]
    obsolete: int = 0
    iri: str | None = None
    version: str | None = None


@dataclass(slots=True)
class _Draft:
    kind: Kind | None = None
    label: str = ""
    synonyms: list[str] = field(default_factory=list)
    definition: str = ""
    remark: str = ""
    parents: list[str] = field(default_factory=list)
    obsolete: bool = False


class Gathered:
    """What a reader has come across so far."""

    def __init__(self) -> None:
        self.iri: str | None = None
        self.version: str | None = None
        self._drafts: dict[str, _Draft] = {}
        self._characters = 0

    def kind(self, iri: str, kind: Kind) -> None:
        self._draft(iri).kind = kind

    def label(self, iri: str, text: str, preferred: bool = False) -> None:
        """A label; of several, the preferred one is the term's label and the others are synonyms."""
        draft = self._draft(iri)
        kept = self._kept(text)
        if draft.label and not preferred:
            draft.synonyms.append(kept)
            return
        if draft.label:
            draft.synonyms.append(draft.label)
        draft.label = kept

    def synonym(self, iri: str, text: str) -> None:
        self._draft(iri).synonyms.append(self._kept(text))

    def definition(self, iri: str, text: str) -> None:
        draft = self._draft(iri)
        draft.definition = draft.definition or self._kept(text)

    def remark(self, iri: str, text: str) -> None:
        """A comment, which stands in where a term has no definition."""
        draft = self._draft(iri)
        draft.remark = draft.remark or self._kept(text)

    def parent(self, iri: str, parent: str) -> None:
        self._draft(iri).parents.append(parent)

    def obsolete(self, iri: str) -> None:
        self._draft(iri).obsolete = True

    def ontology(self) -> Ontology:
        """The terms that have a kind and a name and are not obsolete."""
        named = {iri: draft for iri, draft in self._drafts.items() if draft.kind and draft.label}
        gone = {iri for iri, draft in named.items() if draft.obsolete or _OBSOLETE_LABEL.match(draft.label)}
        terms = {iri: _term(iri, draft) for iri, draft in named.items() if iri not in gone}
        return Ontology(terms, len(gone), self.iri, self.version)

    def _draft(self, iri: str) -> _Draft:
        draft = self._drafts.get(iri)
        if draft is None:
            if len(self._drafts) >= MOST_TERMS:
                raise KgError(f"the ontology has more than {MOST_TERMS:,} terms; give a part of it, such as one branch")
            draft = self._drafts[iri] = _Draft()
        return draft

    def _kept(self, text: str) -> str:
        kept = " ".join(text[:LONGEST_TEXT].split())
        self._characters += len(kept)
        if self._characters > MOST_CHARACTERS:
            raise KgError(f"the ontology's names and definitions exceed {MOST_CHARACTERS:,} letters; give a part of it")
        return kept


def _term(iri: str, draft: _Draft) -> Term:
    synonyms = tuple(dict.fromkeys(each for each in draft.synonyms if each and each != draft.label))
    parents = tuple(dict.fromkeys(draft.parents))
    return Term(iri, draft.kind or "owl class", draft.label, synonyms, draft.definition or draft.remark, parents)
