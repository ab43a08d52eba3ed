"""Writes ``ontology/inferred.nt`` anew: what HermiT infers about the terms, for those who have no Java."""

from __future__ import annotations

from kg import build, reason
from kg.doors import guarded
from kg.resources import shipped


def main() -> None:
    """Read, infer, write; say how much."""
    rooms = shipped()
    count = reason.refresh_inferences(rooms, *build.read(rooms))
    print(f"{rooms.shown(rooms.inferences)}: {count} inferences")


if __name__ == "__main__":
    guarded(main)
