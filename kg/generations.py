"""Generations: the folder of a build, in which a new graph becomes current by one atomic rename.

    build/CURRENT             names the generation in use
    build/graph-18ea…/        store/, kg.nq, kg.trig (or parts/, changes/), manifest.json
    build/.building-…         unfinished; cleared away by the next build

One build at a time works in a folder. The generation before the current one stays, and so does any that a server
holds (``held``).
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import StoreError

if TYPE_CHECKING:
    from filelock import FileLock

CURRENT = "CURRENT"
_GENERATION = "graph-"
_UNFINISHED = ".building-"
_LOCK = ".lock"
_HELD = ".held-"
#: The names that builds give to folders. Whoever builds into a folder with other things in it loses none of them.
_OURS = re.compile(rf"{_GENERATION}[0-9a-f]{{16}}|{re.escape(_UNFINISHED)}\d+-[0-9a-f]{{16}}")


def current_generation(folder: Path) -> Path:
    """The folder of the generation that ``folder`` says is in use; StoreError where there is none."""
    name = _pointed_at(folder)
    if not name and (folder / "dataset.toml").is_file():
        raise StoreError(f"{folder}: this is a dataset, not a built graph; build one with it: kg build {folder}")
    if not name:
        raise StoreError(f"{folder}: no built graph here; build one: kg build -o {folder}")
    if not (folder / name / "store").is_dir():
        raise StoreError(f"{folder / CURRENT} names '{name}', which is not there; build again: kg build -o {folder}")
    return folder / name


@contextmanager
def alone_in(folder: Path, progress: Callable[[str], None]) -> Iterator[None]:
    """Keep every other build out of ``folder``; the lock falls with the process, however it ends."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress("waiting for another build in this folder")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def held(generation: Path) -> FileLock:
    """Keep builds from clearing a generation away, for as long as this process lives and has what this gives.

    Where nobody may write, nobody clears away either.
    """
    from filelock import FileLock

    lock = FileLock(generation / f"{_HELD}{os.getpid()}-{time.time_ns():016x}")
    with suppress(OSError):
        lock.acquire()
    return lock


def _is_held(generation: Path) -> bool:
    from filelock import FileLock, Timeout

    for path in generation.glob(f"{_HELD}*"):
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        lock.release()
    return False


@contextmanager
def workbench(folder: Path) -> Iterator[Path]:
    """A folder beside the old generations to build in; what is left of it at the end is cleared away."""
    work = folder / f"{_UNFINISHED}{os.getpid()}-{time.time_ns():016x}"
    work.mkdir()
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def publish(folder: Path, work: Path) -> Path:
    """Give the finished ``work`` its name, point to it atomically, and clear away what is older than the last one."""
    previous = _pointed_at(folder)
    final = folder / f"{_GENERATION}{time.time_ns():016x}"
    work.rename(final)
    pointer = folder / f"{_UNFINISHED}{CURRENT}"
    pointer.write_text(final.name + "\n", encoding="utf-8")
    pointer.replace(folder / CURRENT)
    _clear_away(folder, keep={final.name, previous})
    return final


def _clear_away(folder: Path, keep: set[str]) -> None:
    """Remove older generations, but for ``keep`` and what is held, and what killed builds left; nothing that is not a
    build's.

    Only the holder of the lock comes here: whatever is unfinished was abandoned.
    """
    (folder / f"{_UNFINISHED}{CURRENT}").unlink(missing_ok=True)
    for path in folder.iterdir():
        if _OURS.fullmatch(path.name) and path.name not in keep and path.is_dir() and not _is_held(path):
            shutil.rmtree(path, ignore_errors=True)


def _pointed_at(folder: Path) -> str:
    """The name of the generation in use; empty where there is none."""
    try:
        return (folder / CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""
    except PermissionError as error:
        what = f"cannot be read ({error.strerror}); see that you may, or build elsewhere"
        raise StoreError(f"{folder / CURRENT}: {what}") from error
    except (OSError, UnicodeDecodeError):
        return ""
