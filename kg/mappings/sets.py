"""Where the mapping sets lie: accepted and rejected ones in folders of their own, one set a target ontology."""

from __future__ import annotations

from pathlib import Path

from kg.resources import Rooms

SUFFIX = ".sssom.tsv"


def accepted_sets(rooms: Rooms) -> list[Path]:
    """The sets of mappings that curators hold for right."""
    return _sets(rooms, "accepted")


def rejected_sets(rooms: Rooms) -> list[Path]:
    """The sets of mappings that curators hold for wrong; none is proposed again."""
    return _sets(rooms, "rejected")


def set_path(rooms: Rooms, folder: str, name: str) -> Path:
    """The file of the set ``name`` among the ``accepted`` or ``rejected`` ones."""
    return rooms.ontology / "mappings" / folder / f"{name}{SUFFIX}"


def _sets(rooms: Rooms, folder: str) -> list[Path]:
    return sorted((rooms.ontology / "mappings" / folder).glob(f"*{SUFFIX}"))
