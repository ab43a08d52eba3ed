"""Files that people edit, read whole or refused with a reason."""

from __future__ import annotations

from pathlib import Path

from kg.errors import Problem, ProblemsFound


def same_everywhere(path: Path) -> bytes:
    """The content of a file as a digest may rest on it: a checkout with CRLF line ends gives the same."""
    return path.read_bytes().replace(b"\r\n", b"\n")


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
