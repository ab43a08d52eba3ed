"""What people stated in one version of the graph, read from a build, a release, or a file of either."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.errors import KgError
from kg.generations import CURRENT
from kg.manifests import files_of, gone_from
from kg.names import graph_iri

#: Where the graph lies in a release.
QUADS = "data/kg.nq"
#: What the standard library raises for an archive that is damaged, encrypted, or packed in a way that it does not know.
_UNREADABLE = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError)
#: No graph of ours comes near this many bytes; unpacked, it is held in memory.
MOST = 2**30
_FORMATS = {".nq": ox.RdfFormat.N_QUADS, ".trig": ox.RdfFormat.TRIG}
_STATED = ("ontology", "vocabulary", "references", "evidence", "obsolete")


@dataclass(frozen=True)
class Version:
    """The quads that people stated, by the first part of the name of their graph; nothing that was inferred."""

    quads: dict[str, frozenset[ox.Quad]]

    def of(self, *rooms: str) -> frozenset[ox.Quad]:
        """The quads of these graphs."""
        return frozenset().union(*(self.quads.get(room, frozenset()) for room in rooms))


def read_version(place: Path) -> Version:
    """The version at ``place``: the folder of a build or of a release, its archive, or a file ``.nq`` or ``.trig``."""
    try:
        gone = _gone(place)
        quads = (quad for name, text, format in _texts(place) for quad in _parsed(name, text, format))
        version = _version(quad for quad in quads if quad not in gone)
    except (OSError, *_UNREADABLE) as error:
        raise KgError(f"{place}: cannot be read ({error}); give a build, a release, or its kg.nq") from error
    if not any(version.quads.values()):
        raise KgError(f"{place}: has none of the graphs that people state; give a build, a release, or its kg.nq")
    return version


def _version(quads: Iterator[ox.Quad]) -> Version:
    start = graph_iri("")
    rooms: dict[str, set[ox.Quad]] = {room: set() for room in _STATED}
    for quad in quads:
        name = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
        if name.startswith(start) and (room := name.removeprefix(start).partition("/")[0]) in rooms:
            rooms[room].add(quad)
    return Version({room: frozenset(found) for room, found in rooms.items()})


def _texts(place: Path) -> Iterator[tuple[str, bytes, ox.RdfFormat]]:
    """Each file that has the graph of this version: its name, its content, its format."""
    if place.is_file() and place.suffix == ".zip":
        yield _member(place)
        return
    for path in _files(place):
        yield str(path), path.read_bytes(), _FORMATS[path.suffix]


def _files(place: Path) -> list[Path]:
    if place.suffix in _FORMATS and place.is_file():
        return [place]
    if (place / CURRENT).is_file():
        return files_of(place)
    if (place / QUADS).is_file():
        return [place / QUADS]
    if not place.exists():
        raise KgError(f"{place}: nothing is there; give a build, a release, or its kg.nq")
    raise KgError(f"{place}: neither a build nor a release nor a file .nq or .trig; give one of these")


def _gone(place: Path) -> set[ox.Quad]:
    """What stands in the files of a build and is no longer in its graph."""
    path = gone_from(place) if (place / CURRENT).is_file() else None
    return set(_parsed(str(path), path.read_bytes(), ox.RdfFormat.N_QUADS)) if path else set()


def _member(archive: Path) -> tuple[str, bytes, ox.RdfFormat]:
    with zipfile.ZipFile(archive) as zipped:
        found = [name for name in zipped.namelist() if name == QUADS or name.endswith(f"/{QUADS}")]
        if len(found) != 1:
            raise KgError(f"{archive}: no archive of a release ({QUADS} is not in it); give one that is")
        if zipped.getinfo(found[0]).file_size > MOST:
            raise KgError(f"{archive}: {QUADS} in it is larger than {MOST >> 20:,} MiB; unpack it and give the file")
        return f"{archive}/{found[0]}", zipped.read(found[0]), ox.RdfFormat.N_QUADS


def _parsed(name: str, text: bytes, format: ox.RdfFormat) -> Iterator[ox.Quad]:
    try:
        yield from ox.parse(text, format=format)
    except (SyntaxError, ValueError) as error:
        raise KgError(f"{name}: not {format.name} ({error}); get the file anew") from error
