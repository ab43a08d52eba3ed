"""What the site is made from: the pages of ``docs/``, whatever they lead to, and the reference."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from pathlib import Path

from kg.errors import KgError
from kg.files import write_bytes
from kg.manual import columns, commands, errors, questions
from kg.resources import Rooms

#: Pages of the reference, by name, in the order in which they are listed.
REFERENCE: dict[str, Callable[[Rooms], str]] = {
    "commands": lambda _: commands.page(),
    "questions": questions.page,
    "columns": lambda _: columns.page(),
    "errors": errors.page,
}
#: The page that lists the others, under the headings and in the order that the side bar has.
FRONT = "docs/README.md"
_LINK = re.compile(r"(?<=\]\()(?!https?:|#)[^)#\s]+")
_FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_SECTION = re.compile(r"^## (.+?)\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)


def assemble(rooms: Rooms, folder: Path) -> None:
    """Lay out in ``folder`` all that the site is made from, each file where the checkout has it.

    What a page leads to comes along, be it a page or a file, so that no link is dead.
    """
    ahead, reached = [FRONT], {FRONT}
    while ahead:
        name = ahead.pop()
        content = (rooms.root / name).read_bytes()
        _write(folder / name, content)
        new = set(links(name, content.decode(), rooms.root)) - reached if name.endswith(".md") else set()
        ahead += new
        reached |= new
    for name, page in REFERENCE.items():
        _write(folder / f"docs/reference/{name}.md", page(rooms).encode())
    pages = {name for name in reached if name.endswith(".md")}
    _write(folder / FRONT, (rooms.root / FRONT).read_bytes() + _side_bar(rooms, pages).encode())


def links(name: str, text: str, root: Path) -> list[str]:
    """The files that the page ``name`` leads to, as they are named from ``root``; KgError where one is not there."""
    found = [_from_root(name, target) for target in _LINK.findall(_FENCED.sub("", text))]
    for target in found:
        if not (root / target).is_file():
            raise KgError(f"{name}: leads to {target}, and there is no such file; correct the link")
    return found


def _from_root(name: str, target: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), target))


def _side_bar(rooms: Rooms, pages: set[str]) -> str:
    """What makes Sphinx list all pages in the side bar: those of the first page under its headings, then the others."""
    listed = {
        heading: [_from_root(FRONT, target) for target in _LINK.findall(section)]
        for heading, section in _SECTION.findall((rooms.root / FRONT).read_text(encoding="utf-8"))
    }
    listed["Reference"] = [f"docs/reference/{name}.md" for name in REFERENCE]
    listed["Beside these"] = sorted(pages - {FRONT, *(name for names in listed.values() for name in names)})
    return "".join(_listing(heading, names) for heading, names in listed.items())


def _listing(heading: str, names: list[str]) -> str:
    entries = "".join(f"/{name}\n" for name in names)
    return f"\n```{{toctree}}\n:hidden:\n:caption: {heading}\n\n{entries}```\n"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, content)
