"""The files of a bundle: written once, each with what it is, and listed for every catalogue card."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

#: How a file ends -> its media type.
_MEDIA = {
    ".cff": "application/yaml",
    ".csv": "text/csv",
    ".gz": "application/gzip",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".md": "text/markdown",
    ".nq": "application/n-quads",
    ".owl": "application/rdf+xml",
    ".trig": "application/trig",
    ".tsv": "text/tab-separated-values",
    ".ttl": "text/turtle",
    ".whl": "application/zip",
    ".zip": "application/zip",
}


#: The frozen explorer: thousands of files, and so one.
SITE = "site.zip"
#: The software.
PACKAGES = "packages/"


@dataclass(frozen=True)
class Part:
    """A file of the bundle: its path, what it is, its size in bytes and its SHA-256."""

    path: str
    what: str
    size: int
    digest: str

    @property
    def media_type(self) -> str:
        return _MEDIA.get(Path(self.path).suffix, "text/plain")

    @property
    def is_data(self) -> bool:
        """Whether it is a form of the dataset or a part of it, and neither software nor a text about the release."""
        return self.path.startswith(("ontology/", "data/", "tables/", "mappings/")) or self.path == SITE


class Parts:
    """The files of a bundle, in the order in which they were added."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._parts: dict[str, Part] = {}

    def __iter__(self) -> Iterator[Part]:
        return iter(self._parts.values())

    def add(self, path: str, content: str | bytes, what: str) -> None:
        """Write a file of the bundle and say what it is."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        self.listed(path, what)

    def take(self, source: Path, path: str, what: str) -> None:
        """Copy a file into the bundle and say what it is."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        self.listed(path, what)

    def checksums(self) -> str:
        """A line a file, as ``sha256sum -c`` reads them."""
        return "".join(f"{part.digest}  {part.path}\n" for part in sorted(self, key=lambda part: part.path))

    def listed(self, path: str, what: str) -> None:
        """Say what a file is that lies there already."""
        target = self.folder / path
        with target.open("rb") as content:
            whole = sha256()
            while block := content.read(1 << 20):
                whole.update(block)
        self._parts[path] = Part(path, what, target.stat().st_size, whole.hexdigest())


def pack(folder: Path, archive: Path, time: datetime, inside: str = "") -> None:
    """Put all files below ``folder`` into a .zip, below ``inside``: the same bytes from the same files."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            member = zipfile.ZipInfo(f"{inside}{path.relative_to(folder).as_posix()}", time.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3  # as on Unix, wherever it is made
            member.external_attr = 0o100644 << 16
            zipped.writestr(member, path.read_bytes())
