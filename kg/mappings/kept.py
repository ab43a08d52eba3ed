"""The sets that are kept beside the terms: every accepted and rejected mapping, read, with the place of its row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.errors import Problem, ProblemsFound
from kg.mappings.reading import MappingSet, PlacedMapping, read_set
from kg.mappings.records import Mapping
from kg.mappings.sets import SUFFIX, accepted_sets, rejected_sets
from kg.mappings.slots import NO_TERM
from kg.names import PREFIXES
from kg.resources import Rooms


@dataclass(frozen=True)
class KeptSet:
    """A set, and whether curators hold its mappings for right."""

    found: MappingSet[Mapping]
    accepted: bool

    @property
    def iri(self) -> str:
        return self.found.head.mapping_set_id

    def links(self) -> Iterator[Mapping]:
        """The mappings that lead to a term and are held for right."""
        if self.accepted:
            yield from (each for each in self.found.mappings if is_link(each))

    def iri_of(self, mapping: Mapping) -> str:
        """The IRI of the individual that says how two terms correspond, or that none was found."""
        parts = [mapping.subject_id, mapping.predicate_id.partition(":")[2], mapping.object_id]
        if mapping.object_id == NO_TERM:
            parts.append(mapping.object_source or "")
        if mapping.predicate_modifier or not self.accepted:
            parts.append("not")
        return PREFIXES["mapping"] + ".".join(re.sub(r"[^A-Za-z0-9]+", "-", part) for part in parts if part)

    def placed(self) -> Iterator[tuple[str, PlacedMapping[Mapping]]]:
        """IRI of a mapping and its row."""
        return ((self.iri_of(row.record), row) for row in self.found.rows)


def is_link(mapping: Mapping) -> bool:
    """Whether a mapping leads to a term: it is not denied, and a term was found."""
    return mapping.predicate_modifier is None and mapping.object_id != NO_TERM


def read_kept(rooms: Rooms) -> tuple[list[KeptSet], list[Problem]]:
    """All sets of ``ontology/mappings/``, and every problem in them."""
    sets: list[KeptSet] = []
    problems: list[Problem] = []
    paths: list[tuple[Path, bool]] = [(path, True) for path in accepted_sets(rooms)]
    paths += [(path, False) for path in rejected_sets(rooms)]
    for path, accepted in paths:
        try:
            sets.append(KeptSet(read_set(path, rooms.shown(path), Mapping), accepted))
        except ProblemsFound as found:
            problems += found.problems
    return sets, [*problems, *_strangers(rooms, {path for path, _ in paths})]


def _strangers(rooms: Rooms, known: set[Path]) -> Iterator[Problem]:
    """Files beside the sets that nobody reads: a misspelt name must not lose a set in silence."""
    for folder in ("accepted", "rejected"):
        for path in sorted((rooms.ontology / "mappings" / folder).glob("*.tsv")):
            if path not in known:
                yield Problem(rooms.shown(path), 0, "", "no mapping set by its name", f"let it end in {SUFFIX}")
