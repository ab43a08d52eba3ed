"""Files that people edit, read whole or refused with a reason."""

from __future__ import annotations

from pathlib import Path

from kg.errors import Problem, ProblemsFound


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
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        what = "not UTF-8 text (a letter from another encoding)"
        raise ProblemsFound([Problem(shown, line, "", what, "save the file as UTF-8")]) from error
