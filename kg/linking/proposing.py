"""Matches to a set of candidates that a curator can review in a spreadsheet. Nothing is accepted here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path

from kg.errors import NothingFound
from kg.linking.cautions import read_cautions
from kg.linking.curies import Curies
from kg.linking.matches import Match
from kg.linking.matching import find_matches
from kg.linking.meanings import can_compare_meanings
from kg.linking.reading import read_ontology
from kg.linking.subjects import read_subjects
from kg.linking.terms import Ontology
from kg.mappings import Candidate, Mapping, SetHead, accepted_sets, read_set, rejected_sets
from kg.mappings.slots import NO_TERM
from kg.names import BASE, LICENCES, slug
from kg.resources import Rooms, software_version

LICENCE = LICENCES["CC BY 4.0"]

#: The predicate that a match suggests. A name alone makes no exact match: that is for the curator to say.
_PREDICATES = {
    "close": "skos:closeMatch",
    "broad": "skos:broadMatch",
    "narrow": "skos:narrowMatch",
    "related": "skos:relatedMatch",
}

#: So many candidates of a term may be left out, being decided or forbidden, without crowding out others.
_TO_SPARE = 20


@dataclass(frozen=True)
class Proposal:
    """Candidates for one ontology, and what was left out: pairs decided before, pairs that a caution forbids, and
    pairs with a term whose IRI has no CURIE.
    """

    head: SetHead
    candidates: list[Candidate]
    terms: int
    obsolete: int
    decided: int
    forbidden: int
    nameless: int


def propose(rooms: Rooms, path: Path, most: int, at_least: float) -> Proposal:
    """At most ``most`` candidates for each of our terms, with a score of ``at_least``; NothingFound where none is.

    Obsolete terms are never proposed, nor is a pair that a curator accepted or rejected before.
    """
    ontology = read_ontology(path)
    decided = decided_pairs(rooms)
    cautions = read_cautions(rooms)
    by_meaning = can_compare_meanings(len(ontology.terms))
    found = find_matches(read_subjects(rooms), ontology, most + _TO_SPARE, by_meaning)
    good = [match for match in found if match.score >= at_least and match.subject.iri != match.term.iri]
    new = [match for match in good if (match.subject.iri, match.term.iri) not in decided]
    allowed = [match for match in new if not any(caution.forbids(match) for caution in cautions)]
    kept = _best(allowed, most)
    if not kept:
        raise NothingFound(f"{path}: of its {len(ontology.terms):,} terms, none is like one of ours and undecided")
    head, candidates = _as_set(path, ontology, kept, _tool(by_meaning))
    left_out = len(good) - len(new), len(new) - len(allowed), len(kept) - len(candidates)
    return Proposal(head, candidates, len(ontology.terms), ontology.obsolete, *left_out)


def decided_pairs(rooms: Rooms) -> set[tuple[str, str]]:
    """Pairs of our IRI and theirs on which a curator has decided, one way or the other."""
    pairs: set[tuple[str, str]] = set()
    for path in (*accepted_sets(rooms), *rejected_sets(rooms)):
        known = read_set(path, rooms.shown(path), Mapping)
        mappings = [each for each in known.mappings if each.object_id != NO_TERM]
        pairs |= {(known.head.expand(each.subject_id), known.head.expand(each.object_id)) for each in mappings}
    return pairs


def _best(matches: Iterable[Match], most: int) -> list[Match]:
    """At most ``most`` a subject; the subjects with the best matches first, each with its matches together."""
    by_subject: dict[str, list[Match]] = {}
    for match in matches:
        by_subject.setdefault(match.subject.iri, []).append(match)
    groups = sorted(by_subject.values(), key=lambda group: (-group[0].score, group[0].subject.iri))
    return [match for group in groups for match in group[:most]]


def _tool(by_meaning: bool) -> str:
    """What found the candidates: the extra ``embed`` finds others than there are without it."""
    return f"kg link, with meanings by wordllama {version('wordllama')}" if by_meaning else "kg link"


def _as_set(path: Path, ontology: Ontology, matches: Sequence[Match], tool: str) -> tuple[SetHead, list[Candidate]]:
    curies = Curies()
    source = curies.shorten(ontology.iri) if ontology.iri else None
    candidates = [each for match in matches if (each := _candidate(match, curies, source))]
    head = SetHead(
        mapping_set_id=f"{BASE}mappings/candidates/{slug(path.stem) or 'ontology'}",
        mapping_set_title=f"Candidates from {path.name}: nobody has accepted them",
        license=LICENCE,
        mapping_tool=tool,
        mapping_tool_version=software_version(),
        mapping_date=date.today(),  # noqa: DTZ011 (the curator's day)
        object_source=source,
        object_source_version=ontology.version,
        curie_map=curies.prefixes,
        comment="Write accept or reject into the column decision, correct predicate_id, and run kg link --accept.",
    )
    shared = {name: getattr(head, name) for name in ("mapping_tool", "mapping_tool_version", "mapping_date")}
    versioned = shared | {"object_source_version": ontology.version}
    return head, [each.model_copy(update=versioned) for each in candidates]


def _candidate(match: Match, curies: Curies, source: str | None) -> Candidate | None:
    subject, object = curies.shorten(match.subject.iri), curies.shorten(match.term.iri)
    if subject is None or object is None:
        return None
    return Candidate(
        subject_id=subject,
        subject_label=match.subject.label,
        predicate_id=_PREDICATES[match.relation],
        object_id=object,
        object_label=match.term.label,
        mapping_justification=match.justification,
        confidence=Decimal(str(match.score)),
        subject_type=match.subject.kind,
        object_type=match.term.kind,
        object_source=source,
        match_string=(match.text,),
        comment=match.reason,
    )
