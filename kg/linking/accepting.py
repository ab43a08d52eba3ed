"""Reviewed candidates into the sets of accepted and rejected mappings: all of them or none, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kg.errors import NothingFound, Problem, ProblemsFound
from kg.files import write_text
from kg.linking.proposing import LICENCE
from kg.mappings import (
    Candidate,
    Mapping,
    MappingSet,
    SetHead,
    accepted_sets,
    as_text,
    read_set,
    rejected_sets,
    write_set,
)
from kg.mappings.reading import PlacedMapping
from kg.mappings.sets import set_path
from kg.mappings.slots import BUILT_IN, NO_TERM, prefix_of
from kg.names import BASE
from kg.resources import Rooms

_FOLDERS = {"accept": "accepted", "reject": "rejected"}
_Key = tuple[str, str, str]


@dataclass(frozen=True)
class Moved:
    """What was moved: how many rows were accepted and rejected, how many wait, and the sets that changed."""

    accepted: int
    rejected: int
    waiting: int
    changed: list[Path]


def accept(rooms: Rooms, path: Path, reviewer: str) -> Moved:
    """Move the reviewed rows of the candidates at ``path``; the others stay.

    Everything is checked before anything is written, and the candidates are written last: whatever
    interrupts it, no decision is lost, and running it again ends what was begun.
    """
    candidates = read_set(path, str(path), Candidate)
    reviewed = [each for each in candidates.rows if each.record.decision]
    if not reviewed:
        raise NothingFound(f"{path}: no row is reviewed; write accept or reject into the column decision")
    sets = _Sets(rooms)
    problems = [problem for each in reviewed for problem in sets.objections(each, candidates.head)]
    problems += _contradictions(reviewed, candidates.head)
    if problems:
        raise ProblemsFound(problems)
    for each in reviewed:
        sets.add(each.record, candidates.head, reviewer)
    changed = sets.write()
    waiting = [each.record for each in candidates.rows if not each.record.decision]
    write_set(path, candidates.head, waiting)
    accepted = sum(each.record.decision == "accept" for each in reviewed)
    return Moved(accepted, len(reviewed) - accepted, len(waiting), changed)


class _Sets:
    """The accepted and rejected sets, as they are and as they will be."""

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms
        self.sets: dict[Path, MappingSet[Mapping]] = {
            path: read_set(path, rooms.shown(path), Mapping) for path in (*accepted_sets(rooms), *rejected_sets(rooms))
        }
        self.known = {
            folder: {
                key: path for path, known in self.sets.items() if path.parent.name == folder for key in _keys(known)
            }
            for folder in _FOLDERS.values()
        }
        #: How the accepted pairs relate.
        self.predicates: dict[_Key, set[str]] = {}
        for _, accepted in self._of("accepted"):
            for each in accepted.mappings:
                self.predicates.setdefault(_key(each, accepted.head), set()).add(each.predicate_id)
        self.added: dict[Path, tuple[SetHead, list[Mapping]]] = {}

    def _of(self, folder: str) -> list[tuple[Path, MappingSet[Mapping]]]:
        return [(path, known) for path, known in self.sets.items() if path.parent.name == folder]

    def objections(self, each: PlacedMapping[Candidate], head: SetHead) -> Iterator[Problem]:
        """What a decision contradicts."""
        other = "rejected" if each.record.decision == "accept" else "accepted"
        key = _key(each.record, head)
        if place := self.known[other].get(key):
            what = f"the pair already stands in {self.rooms.shown(place)}"
            yield each.problem("decision", what, "take it out there first, or empty this decision")
        known = self.predicates.get(key)
        if known and each.record.decision == "accept" and each.record.predicate_id not in known:
            what = f"the pair already stands in {self.rooms.shown(self.known['accepted'][key])} as {min(known)}"
            yield each.problem("predicate_id", what, "correct it there, or empty this decision")

    def add(self, candidate: Candidate, head: SetHead, reviewer: str) -> None:
        """Take a reviewed row into the set of its target; a row that stands there already is not repeated."""
        folder = _FOLDERS[candidate.decision or ""]
        if _key(candidate, head) in self.known[folder]:
            return
        path = self._path(folder, head, prefix_of(_target(candidate)))
        known_head, rows = self.added.get(path) or self._opened(path, folder)
        renamed = {prefix: _same_or_new(prefix, iri, known_head) for prefix, iri in (BUILT_IN | head.curie_map).items()}
        prefixes = {renamed[prefix]: iri for prefix, iri in head.curie_map.items()}
        row = _renamed(_decided(candidate, reviewer), renamed)
        known_head = known_head.model_copy(update={"curie_map": prefixes | known_head.curie_map})
        self.added[path] = known_head, [*rows, row]

    def write(self) -> list[Path]:
        """Write the sets that change: first all as text, so that what cannot be told is not half written."""
        texts = {path: as_text(head, rows) for path, (head, rows) in self.added.items()}
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, text)
        return sorted(texts)

    def _path(self, folder: str, head: SetHead, prefix: str) -> Path:
        """The set that holds most mappings to this namespace; a new one, by the name of the prefix, where none does."""
        namespace = (BUILT_IN | head.curie_map)[prefix]
        counts = {
            path: sum(known.head.expand(_target(each)).startswith(namespace) for each in known.mappings)
            for path, known in self._of(folder)
        }
        best = max(counts, key=lambda path: (counts[path], path.name), default=None)
        return best if best and counts[best] else set_path(self.rooms, folder, prefix.lower())

    def _opened(self, path: Path, folder: str) -> tuple[SetHead, list[Mapping]]:
        if known := self.sets.get(path):
            return known.head, known.mappings
        name = path.name.partition(".")[0]
        return SetHead(mapping_set_id=f"{BASE}mappings/{folder}/{name}", license=LICENCE), []


def _keys(known: MappingSet[Mapping]) -> Iterable[_Key]:
    return (_key(each, known.head) for each in known.mappings)


def _key(mapping: Mapping, head: SetHead) -> _Key:
    """The pair; where a term was looked for and not found, also where."""
    return head.expand(mapping.subject_id), head.expand(mapping.object_id), head.expand(_target(mapping))


def _target(mapping: Mapping) -> str:
    """What says to which ontology a mapping leads: the term or, where none was found, where it was looked for."""
    return (mapping.object_source if mapping.object_id == NO_TERM else None) or mapping.object_id


def _contradictions(reviewed: Iterable[PlacedMapping[Candidate]], head: SetHead) -> Iterator[Problem]:
    """Decisions of one file that cannot both be right: a pair accepted and rejected, or accepted as two things."""
    first: dict[_Key, PlacedMapping[Candidate]] = {}
    for each in reviewed:
        earlier = first.setdefault(_key(each.record, head), each)
        if each.record.decision != earlier.record.decision:
            what = f"row {earlier.row} says {earlier.record.decision} of the same pair"
            yield each.problem("decision", what, "empty one of the two decisions")
        elif each.record.decision == "accept" and each.record.predicate_id != earlier.record.predicate_id:
            what = f"row {earlier.row} accepts the same pair as {earlier.record.predicate_id}"
            yield each.problem("predicate_id", what, "empty one of the two decisions")


def _decided(candidate: Candidate, reviewer: str) -> Mapping:
    """The row as a curator leaves it: who reviewed it and when; a rejected one says what is not so."""
    update: dict[str, object] = {
        "reviewer_label": candidate.reviewer_label or (reviewer,),
        "review_date": candidate.review_date or date.today(),  # noqa: DTZ011 (the curator's day)
    }
    if candidate.decision == "reject":
        update["predicate_modifier"] = "Not"
    return candidate.reviewed().model_copy(update=update)


def _same_or_new(prefix: str, namespace: str, head: SetHead) -> str:
    """The prefix under which a set knows a namespace; a free one, where its own is taken there."""
    known = next((each for each, iri in (BUILT_IN | head.curie_map).items() if iri == namespace), None)
    if known:
        return known
    while prefix in head.curie_map:
        prefix += "_"
    return prefix


def _renamed(mapping: Mapping, prefixes: dict[str, str]) -> Mapping:
    """The mapping with its CURIEs written in the prefixes of another set."""
    update: dict[str, object] = {}
    for column, curies in mapping.curies().items():
        renamed = tuple(f"{prefixes[prefix_of(each)]}:{each.partition(':')[2]}" for each in curies)
        update[column] = renamed[0] if isinstance(getattr(mapping, column), str) else renamed
    return mapping.model_copy(update=update)
