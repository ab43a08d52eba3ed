"""The folder of a site: written beside, then renamed; what somebody else put there stays."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import KgError
from kg.resources import software_version

#: The file that says which files of a folder are the site's.
LIST = "site.json"


class Writer:
    """Writes the files of a site into a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written: list[str] = []

    def write(self, name: str, content: bytes) -> None:
        """Write one file, by its path from the root of the site."""
        path = self._folder / name
        if ".." in Path(name).parts or Path(name).is_absolute():
            raise KgError(f"{name}: an address that leads out of the site; rename what has it")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self._written.append(name)

    def finish(self) -> None:
        """Write the list of what was written."""
        told = {"madeBy": "kg site", "version": software_version(), "files": sorted([*self._written, LIST])}
        (self._folder / LIST).write_text(json.dumps(told, indent=0), encoding="utf-8")


@contextmanager
def replaced(folder: Path) -> Iterator[Writer]:
    """A writer into a folder beside ``folder``, which takes its place at the end; left as it was where work fails.

    Files that the last site did not write, such as ``.git`` or ``CNAME``, move into the new one. What a run that was
    ended in between left beside it is put right first. KgError, before any work, where ``folder`` is no site and not
    empty.
    """
    folder = Path(os.path.realpath(folder))
    try:
        _recover(folder)
    except OSError as error:
        raise KgError(f"{error.filename or folder}: cannot be put right ({error.strerror}); see who owns it") from error
    old = _files_of(folder)
    beside = folder.with_name(f".{folder.name}.new-{os.getpid()}")
    try:
        beside.mkdir(parents=True)
        writer = Writer(beside)
        yield writer
        writer.finish()
        _swap(folder, beside, old)
    except OSError as error:
        raise KgError(
            f"{error.filename or folder}: cannot be written ({error.strerror}); choose another place"
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _recover(folder: Path) -> None:
    """Bring back what ended runs had moved aside, and clear away what they had begun."""
    for aside in _left_behind(folder, "old"):
        if not folder.exists():
            aside.rename(folder)
            continue
        if (aside / LIST).exists():  # else it was being cleared away, and all that is to be kept had moved
            _keep(aside, folder, _files_of(aside), "")
        shutil.rmtree(aside)
    for beside in _left_behind(folder, "new"):
        shutil.rmtree(beside)


def _left_behind(folder: Path, what: str) -> list[Path]:
    """The folders beside ``folder`` of runs that are no more."""
    start = f".{folder.name}.{what}-"
    beside = folder.parent.iterdir() if folder.parent.is_dir() else iter(())
    return sorted(path for path in beside if path.name.startswith(start) and _is_over(path.name.removeprefix(start)))


def _is_over(process: str) -> bool:
    """Whether no other process of that number runs."""
    if not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return int(process) == os.getpid()


def _swap(folder: Path, beside: Path, old: set[str]) -> None:
    aside = folder.with_name(f".{folder.name}.old-{os.getpid()}")
    if not folder.exists():
        beside.rename(folder)
        return
    beside.chmod(folder.stat().st_mode)
    folder.rename(aside)
    beside.rename(folder)
    _keep(aside, folder, old, "")
    shutil.rmtree(aside)


def _keep(aside: Path, folder: Path, old: set[str], below: str) -> None:
    """Move what is not in the list of the old site from ``aside`` to ``folder``, whole folders at once."""
    for path in sorted(aside.iterdir()):
        name = f"{below}{path.name}"
        target = folder / path.name
        if path.is_dir() and not path.is_symlink() and (target.exists() or _holds(old, name)):
            if not target.exists():
                target.mkdir()
            _keep(path, target, old, f"{name}/")
            if not any(target.iterdir()):
                target.rmdir()
        elif name not in old:
            path.rename(target if not target.exists() else target.with_name(f"{target.name}.kept"))


def _holds(old: set[str], name: str) -> bool:
    return any(each.startswith(f"{name}/") for each in old)


def _files_of(folder: Path) -> set[str]:
    """The files of the site that lies there; none where the folder is absent or empty."""
    if folder.exists() and not folder.is_dir():
        raise KgError(f"{folder}: a file stands there; name a folder")
    if not folder.exists() or not any(folder.iterdir()):
        return set()
    try:
        told = json.loads((folder / LIST).read_text(encoding="utf-8"))
        if told["madeBy"] == "kg site":
            return set(map(str, told["files"]))
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise KgError(f"{folder}: holds things that kg site did not make; name an empty folder, or a new one")
