"""Worlds of their own for tests that change the rooms."""

import shutil

from kg.resources import Rooms


def copy_rooms(rooms, root):
    """The repository's rooms, copied below ``root``."""
    for room in ("ontology", "evidence", "queries"):
        shutil.copytree(rooms.root / room, root / room)
    return Rooms(root)
