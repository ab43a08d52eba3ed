"""Files that people edit, read whole or refused with a reason; and files for people, written whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from kg.errors import KgError, Problem, ProblemsFound

#: Files that have no lines.
_NOT_TEXT = (".parquet", ".xlsx")


def same_everywhere(path: Path) -> bytes:
    """The content of a file as a digest may rest on it: a checkout with CRLF line ends gives the same."""
    content = path.read_bytes()
    return content if path.suffix in _NOT_TEXT else content.replace(b"\r\n", b"\n")


def is_left_behind(name: str) -> bool:
    """Whether a file of this name is a program's own, not a person's: the lock of an open table, a hidden file."""
    return name.startswith(("~$", "."))


def read_text(path: Path, shown: str) -> str:
    """The text of a UTF-8 file (a byte order mark is dropped); ProblemsFound, with the line, where it is none."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise ProblemsFound([Problem(shown, 0, "", "no such file", "add it")]) from error
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        raise ProblemsFound([Problem(shown, 0, "", what, "close it elsewhere, or save it again")]) from error
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        what = "not UTF-8 text (a letter from another encoding)"
        raise ProblemsFound([Problem(shown, line, "", what, "save the file as UTF-8")]) from error


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 file whole or not at all; KgError where it cannot be written."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; KgError where it cannot be written.

    A link goes on pointing to the file it names, which is replaced. A device or a pipe has no
    contents to keep whole: it is written to, not replaced.
    """

    def write(place: Path) -> None:
        place.write_bytes(content)

    write_by(write, path)


def write_by(write: Callable[[Path], None], path: Path) -> None:
    """The same of a file that ``write`` writes at the place it is given, part by part."""
    try:
        if path.exists() and not path.is_file():
            write(path)
        else:
            _replace(Path(os.path.realpath(path)), write)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise KgError(f"{path}: cannot be written ({error.strerror}); choose another place") from error


def _replace(path: Path, write: Callable[[Path], None]) -> None:
    """Write beside ``path`` and rename, so that a reader sees the old file or the new one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        write(beside)
        if path.exists():
            shutil.copymode(path, beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def count_lines(path: Path) -> int:
    """How many lines end in a file, however large."""
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
