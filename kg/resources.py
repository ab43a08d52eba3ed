"""Where the other rooms are: ``ontology/``, ``evidence/`` and ``queries/``.

In a checkout they stand beside ``kg/``; in an installed wheel they are inside the package, under
``kg/rooms/``. Everything that opens one of their files finds it through here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path

from kg.files import is_left_behind, same_everywhere

DISTRIBUTION = "compassion-attachment-kg"
_PACKAGE = Path(__file__).resolve().parent

#: Questions whose answers go into the graph: those from which effects are pooled.
ASKED_BY_BUILDS = ("effects-between", "pairs-with-numbers")


@dataclass(frozen=True)
class Rooms:
    """The three rooms of data, below one root."""

    root: Path
    left_out: frozenset[str] = frozenset()

    def without(self, datasets: Iterable[str]) -> Rooms:
        """These rooms as if they did not hold datasets of these names."""
        return replace(self, left_out=frozenset(datasets))

    @property
    def ontology(self) -> Path:
        return self.root / "ontology"

    @property
    def evidence(self) -> Path:
        return self.root / "evidence"

    @property
    def publications(self) -> Path:
        """What everybody may cite; a dataset may bring a file of this name with what only it cites."""
        return self.evidence / "references.bib"

    @property
    def queries(self) -> Path:
        return self.root / "queries"

    @property
    def axioms(self) -> Path:
        """The hand-written ontology."""
        return self.ontology / "compassion-attachment.ttl"

    @property
    def inferences(self) -> Path:
        """What HermiT infers about the terms, committed, so that asking needs no Java."""
        return self.ontology / "inferred.nt"

    def datasets(self) -> list[Path]:
        """The folders of evidence, one a source, in order of name."""
        return sorted(
            path
            for path in self.evidence.iterdir()
            if path.is_dir() and "." not in path.name and path.name not in self.left_out
        )

    def shown(self, path: Path) -> str:
        """``path`` as a person would name it: relative to the root where it lies below it."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)

    def digest(self, extra: Iterable[Path] = ()) -> str:
        """SHA-256 over every file that a build reads, with those of the dataset folders ``extra``."""
        beside = [(path, folder.parent) for folder in extra for path in _files(folder)]
        return _digest([*((path, self.root) for path in self._inputs()), *beside])

    def pieces(self, extra: Iterable[Path] = ()) -> dict[str, str]:
        """SHA-256 of each dataset folder that a build reads, of the publications that it brings, and, under no name, of
        every other file.
        """
        folders = [*self.datasets(), *(each for each in extra if not each.is_relative_to(self.evidence))]
        rest = [path for path in self._inputs() if not any(map(path.is_relative_to, folders))]
        pieces = {self.shown(folder): _digest((path, folder) for path in _files(folder)) for folder in folders}
        brought = [folder / self.publications.name for folder in folders if (folder / self.publications.name).is_file()]
        pieces |= {self.shown(bib): _digest([(bib, bib.parent)]) for bib in brought}
        return {"": _digest((path, self.root) for path in rest), **pieces}

    def _inputs(self) -> Iterator[Path]:
        """Ontology, evidence, and of the queries those that build and check; guides and other questions change none."""
        for room in (self.ontology, self.evidence, self.queries / "checks", self.queries / "rules"):
            yield from _files(room)
        yield from (self.queries / f"{name}.rq" for name in ASKED_BY_BUILDS)


def _digest(files: Iterable[tuple[Path, Path]]) -> str:
    """SHA-256 over files, each told with the folder from which it is named."""
    whole = hashlib.sha256()
    for path, root in files:
        whole.update(path.relative_to(root).as_posix().encode() + b"\0")
        told = path.stat()
        whole.update(_digest_of(path, told.st_mtime_ns, told.st_size))
    return whole.hexdigest()


@cache
def _digest_of(path: Path, changed: int, size: int) -> bytes:
    """SHA-256 of a file: a build tells of each twice, and large ones are long to read."""
    return hashlib.sha256(same_everywhere(path)).digest()


def _files(room: Path) -> list[Path]:
    return sorted(path for path in room.rglob("*") if path.is_file() and _is_input(path.relative_to(room)))


def _is_input(path: Path) -> bool:
    return path.suffix != ".md" and not any(map(is_left_behind, path.parts))


def shipped() -> Rooms:
    """The rooms that came with this installation."""
    beside = Rooms(_PACKAGE.parent)
    return beside if beside.axioms.exists() else Rooms(_PACKAGE / "rooms")


@lru_cache
def software_version() -> str:
    """The version of this installation."""
    return version(DISTRIBUTION)


def is_checkout() -> bool:
    """Whether this is a checkout of the repository rather than an installed wheel."""
    return shipped().root == _PACKAGE.parent
