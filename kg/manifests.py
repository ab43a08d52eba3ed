"""What a build says of itself: what it is made of, its files, the sizes of its graphs; and whether one is due."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kg.errors import StoreError
from kg.generations import current_generation
from kg.resources import Rooms, software_version
from kg.store.embedded import Embedded

#: The name of the piece that is no dataset.
THE_REST = ""


@dataclass(frozen=True)
class Written:
    """What a build wrote beside its store: ``files`` with its graph as text, of which the quads in ``gone`` are taken
    away; and how many quads each named graph has. ``large`` are the datasets of which rows are in no small file.
    """

    files: Sequence[str]
    counts: Mapping[str, int]
    gone: str = ""
    large: Sequence[str] = field(default=())


def pieces(rooms: Rooms, beside: Iterable[Path] = ()) -> dict[str, str]:
    """SHA-256 of all that a graph is made from: of each dataset folder by its name, and of the rest: the other files of
    the rooms, this software, the library that pools, and the store that holds the graph.
    """
    package = Path(__file__).parent
    digests = rooms.pieces(beside)
    rest = sha256(digests[THE_REST].encode())
    for path in sorted(package.rglob("*.py")):
        rest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    rest.update(f"{version('pyoxigraph')} {find_spec('meta_analyze') is not None}".encode())
    return {**digests, THE_REST: rest.hexdigest()}


def write_manifest(
    work: Path, made_of: Mapping[str, str], beside: Sequence[Path], reasoner: str, written: Written
) -> None:
    """Say what the build in ``work`` is made of, and which files have it as text. Its store must be closed by now."""
    manifest = {
        "made_of": made_of,
        "with": list(map(str, beside)),
        "reasoner": reasoner,
        "version": software_version(),
        "counts": written.counts,
        "files": list(written.files),
        "gone": written.gone,
        "large": list(written.large),
        "store": _tables_of(work),
    }
    (work / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    """What the build in ``folder`` says of itself; nothing where none is there."""
    try:
        return dict(json.loads((current_generation(folder) / "manifest.json").read_text(encoding="utf-8")))
    except (StoreError, OSError, ValueError):
        return {}


def built_with(folder: Path) -> list[Path]:
    """The dataset folders from elsewhere that the build in ``folder`` holds."""
    return [Path(each) for each in read_manifest(folder).get("with", ())]


def files_of(folder: Path) -> list[Path]:
    """The files that have the build in ``folder`` as N-Quads, all of it once; see ``gone_from``."""
    names = read_manifest(folder).get("files", ())
    return [current_generation(folder) / name for name in names if name.endswith(".nq")]


def gone_from(folder: Path) -> Path | None:
    """The N-Quads that stand in these files and are no longer in the graph, where there are any."""
    name = read_manifest(folder).get("gone")
    return current_generation(folder) / name if name else None


def is_current(rooms: Rooms, folder: Path) -> bool:
    """Whether the build in ``folder`` was made from these very files, by this very software."""
    return bool(read_manifest(folder).get("made_of") == pieces(rooms, built_with(folder)))


def made_by(folder: Path) -> str:
    """The version of this software that made the build in ``folder``; nothing where its manifest does not tell."""
    return str(read_manifest(folder).get("version", ""))


def up_to_date(folder: Path, made_of: Mapping[str, str], reasoner: str, beside: Sequence[Path] = ()) -> dict[str, int]:
    """The sizes of the named graphs of a build that needs no renewal; nothing where one is due.

    ``made_of`` are the ``pieces`` of what is asked for.
    """
    manifest = read_manifest(folder)
    as_proven = manifest.get("reasoner") == "hermit" or reasoner == "rules"
    same = as_proven and built_with(folder) == list(beside) and manifest.get("made_of") == made_of
    return dict(manifest["counts"]) if same and is_whole(folder) else {}


def is_whole(folder: Path) -> bool:
    """Whether store and files of the current build are there, each file of the store as large as its manifest says.

    To count what the store holds would take seconds where that is millions of quads.
    """
    manifest = read_manifest(folder)
    try:
        generation = current_generation(folder)
        Embedded.open(folder)
    except (StoreError, OSError, RuntimeError):
        return False
    names = [*manifest.get("files", ()), *filter(None, [manifest.get("gone")])]
    files = all((generation / name).is_file() for name in names)
    return files and manifest.get("store") == _tables_of(generation)


def _tables_of(generation: Path) -> dict[str, int]:
    """The files that hold the quads of a closed store, which nobody changes, with their sizes."""
    return {path.name: path.stat().st_size for path in sorted((generation / "store").glob("*.sst"))}
