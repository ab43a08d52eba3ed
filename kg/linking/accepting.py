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
from kg.mappings.kept import is_link
from kg.mappings.reading import PlacedMapping
from kg.mappings.sets import set_path
from kg.mappings.slots import BUILT_IN, NO_TERM, prefix_of
from kg.names import BASE, slug
from kg.resources import Rooms

_FOLDERS = {"accept": "accepted", "reject": "rejected"}
_Key = tuple[str, str, str]


@dataclass(frozen=True)
class Moved:
    """What was moved: how many rows were accepted and rejected, how many wait, and the sets that changed; and how
    many rows were taken out that said of an accepted term that it was not found.
    """

    accepted: int
    rejected: int
    waiting: int
    changed: list[Path]
    found_after_all: int


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
    return Moved(accepted, len(reviewed) - accepted, len(waiting), changed, sets.found_after_all)


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
        self.found_after_all = 0

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
        if each.record.decision == "accept" and each.record.predicate_id == "skos:exactMatch":
            yield from self._without_version(each, head)

    def _without_version(self, each: PlacedMapping[Candidate], head: SetHead) -> Iterator[Problem]:
        """What kg check would say of an exact match, whose ontology must be told in a version."""
        known = self.sets.get(self._path("accepted", head, each.record))
        if not each.record.object_source_version and not (known and known.head.object_source_version):
            what = f"of the ontology of '{each.record.object_label or each.record.object_id}' no version is told"
            yield each.problem("predicate_id", what, "tell it in object_source_version, or make it a close match")

    def add(self, candidate: Candidate, head: SetHead, reviewer: str) -> None:
        """Take a reviewed row into the set of its target; a row that stands there already is not repeated."""
        folder = _FOLDERS[candidate.decision or ""]
        known = self.known[folder].get(_key(candidate, head))
        path = known or self._path(folder, head, candidate)
        if folder == "accepted" and is_link(candidate):
            self._take_out_not_found(candidate, head, path)
        if known:
            return
        known_head, rows = self.added.get(path) or self._opened(path, folder, candidate)
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

    def _take_out_not_found(self, candidate: Candidate, head: SetHead, path: Path) -> None:
        """Take out what says that the term was not found in the ontology that was linked, or in that of the set."""
        subject, sources = head.expand(candidate.subject_id), {_source(candidate, head)}
        if known := self.sets.get(path):
            sources.add(_source(known.head, known.head))
        for place, known in self._of("accepted"):
            known_head, rows = self.added.get(place) or (known.head, known.mappings)
            denied = [each for each in rows if _is_not_found(each, known_head, subject, sources)]
            if denied:
                self.added[place] = known_head, [each for each in rows if each not in denied]
                self.found_after_all += len(denied)

    def _path(self, folder: str, head: SetHead, candidate: Candidate) -> Path:
        """The set that holds most mappings to this namespace, so that a term which another ontology only imports
        stands with its own; else the set of the ontology that was linked; else a new one, named after it.
        """
        prefix, linked = prefix_of(candidate.object_id), _source(candidate, head)
        namespace = (BUILT_IN | head.curie_map).get(prefix, "")
        worth = {
            path: (sum(_namespace(each, known.head) == namespace for each in known.mappings), _is_of(linked, known))
            for path, known in self._of(folder)
        }
        best = max(worth, key=lambda path: (worth[path], path.name), default=None)
        return best if best and any(worth[best]) else set_path(self.rooms, folder, _named(linked) or prefix.lower())

    def _opened(self, path: Path, folder: str, candidate: Candidate) -> tuple[SetHead, list[Mapping]]:
        if known := self.sets.get(path):
            return known.head, known.mappings
        name = path.name.partition(".")[0]
        head = SetHead(
            mapping_set_id=f"{BASE}mappings/{folder}/{name}",
            license=LICENCE,
            object_source=candidate.object_source,
            object_source_version=candidate.object_source_version,
        )
        return head, []


def _source(told: Mapping | SetHead, head: SetHead) -> str:
    """The IRI of the ontology in which a term stands, where it is told."""
    return head.expand(told.object_source) if told.object_source else ""


def _is_of(ontology: str, known: MappingSet[Mapping]) -> bool:
    return bool(ontology) and _source(known.head, known.head) == ontology


def _namespace(mapping: Mapping, head: SetHead) -> str:
    return head.expand(f"{prefix_of(mapping.object_id)}:")


def _is_not_found(mapping: Mapping, head: SetHead, subject: str, sources: set[str]) -> bool:
    """Whether a row says of a term of ours that it was looked for in one of these ontologies and not found."""
    of_it = mapping.object_id == NO_TERM and head.expand(mapping.subject_id) == subject
    return of_it and _source(mapping, head) in sources


def _named(ontology: str) -> str:
    """The name of a set for an ontology, from the end of its IRI.

    >>> _named("http://purl.obolibrary.org/obo/MFOEM.owl")
    'mfoem'
    """
    return slug(ontology.rstrip("/#").rpartition("/")[2].partition(".")[0])


def _keys(known: MappingSet[Mapping]) -> Iterable[_Key]:
    return (_key(each, known.head) for each in known.mappings)


def _key(mapping: Mapping, head: SetHead) -> _Key:
    """The pair; where a term was looked for and not found, also where."""
    found = _source(mapping, head) if mapping.object_id == NO_TERM else ""
    return head.expand(mapping.subject_id), head.expand(mapping.object_id), found


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
