"""The graph as text by now: of a small graph the two files, with lines taken out and put in where they belong; of one
that was built set-wise the same parts as before, with what is gone from them and what is new beside them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.build import WRITTEN
from kg.manifests import Written
from kg.names import PREFIXES
from kg.store.embedded import plain
from kg.triples import lines_of
from kg.updating.journal import Journal
from kg.updating.reading import Anew

NEW, GONE = "changes/new.nq", "changes/gone.nq"


def write_changed(work: Path, before: Path, written: Written, journal: Journal) -> Written:
    """Write into ``work`` what ``before`` has as text, brought up to date; gives what is written by now."""
    gone, new = (sorted(_nquads(quads)) for quads in (journal.gone, journal.new))
    if list(written.files) != list(WRITTEN):
        return _beside(work, before, written, set(gone), set(new))
    nquads, trig = WRITTEN
    _write(work / nquads, _by_lines(before / nquads, gone, new))
    _write(work / trig, [_by_subjects((before / trig).read_bytes().decode(), journal)])
    return written


def _write(path: Path, pieces: Iterable[bytes | str]) -> None:
    with path.open("wb") as file:
        file.writelines(each if isinstance(each, bytes) else each.encode() for each in pieces)


def _nquads(quads: Iterable[ox.Quad]) -> list[str]:
    text: Any = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
    return lines_of(text.decode())


# --- N-Quads, in order of lines --------------------------------------------------------------


def _by_lines(path: Path, gone: Sequence[str], new: Sequence[str]) -> Iterator[bytes]:
    """A file of sorted lines without some and with others. Anew where what is gone is not in it."""
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as text:
        came = [(_place(text, line), line) for line in (f"{each}\n".encode() for each in new)]
        went = [(_place(text, line), line) for line in (f"{each}\n".encode() for each in gone)]
        if any(text[at : at + len(line)] != line for at, line in went):
            raise Anew(f"{path} is not what was built")
        begun = 0
        for at, line, comes in sorted([*((*each, True) for each in came), *((*each, False) for each in went)]):
            yield text[begun:at]
            begun = at if comes else at + len(line)
            if comes:
                yield line
        yield text[begun:]


def _place(text: mmap, line: bytes) -> int:
    """Where a line stands among sorted ones, or would stand."""
    low, high = 0, len(text)
    while low < high:
        start = text.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = text.find(b"\n", start) + 1
        if text[start:end] < line:
            low = end
        else:
            high = start
    return low


# --- TriG, in order of graphs and subjects ---------------------------------------------------

#: Graph -> subject, as N-Quads writes them -> the lines that say everything of it.
_Told = dict[str, dict[str, list[str]]]


def _by_subjects(text: str, journal: Journal) -> str:
    """A TriG file with everything that is said of changed individuals written anew."""
    prefixes, told = _parsed(text)
    changed = {(quad.graph_name, quad.subject) for quad in journal.gone | journal.new}
    quads = {quad for graph, subject in changed for quad in journal.store.about(subject.value, graph.value)}  # type: ignore[union-attr]
    in_order = sorted(quads, key=lambda quad: (plain(quad.graph_name), str(quad)))
    now: Any = ox.serialize(in_order, format=ox.RdfFormat.TRIG, prefixes=PREFIXES)
    for graph, subject in changed:
        told.setdefault(str(graph), {}).pop(str(subject), None)
    for name, subjects in _parsed(now.decode())[1].items():
        told[name] |= subjects
    return "\n".join([*prefixes, *(line for graph in sorted(told) for line in _graph(graph, told[graph]))]) + "\n"


def _parsed(text: str) -> tuple[list[str], _Told]:
    """The prefixes of a TriG file as pyoxigraph writes it, and the rest."""
    prefixes: list[str] = []
    told: _Told = {}
    lines: list[str] = []
    subjects: dict[str, list[str]] = {}
    for line in text.split("\n"):
        if line.startswith("\t\t"):
            lines.append(line)
        elif line.startswith("\t"):
            lines = subjects[_in_full(line[1:].partition(" ")[0])] = [line]
        elif line.endswith(" {"):
            subjects = told[_in_full(line.removesuffix(" {"))] = {}
        elif line.startswith("@prefix"):
            prefixes.append(line)
    return prefixes, told


def _in_full(name: str) -> str:
    """What TriG names, as N-Quads names it.

    >>> _in_full("graph:inferred")
    '<https://w3id.org/compassion-attachment/graph/inferred>'
    """
    if name.startswith(("<", "_:")):
        return name
    prefix, _, local = name.replace("\\", "").partition(":")
    return f"<{PREFIXES[prefix]}{local}>"


def _graph(name: str, subjects: dict[str, list[str]]) -> Iterator[str]:
    if subjects:
        yield f"{_short(name)} {{"
        yield from (line for subject in sorted(subjects) for line in subjects[subject])
        yield "}"


def _short(name: str) -> str:
    """The other way round, of a graph.

    >>> _short("<https://w3id.org/compassion-attachment/graph/evidence/amari-2022>")
    'graph:evidence\\\\/amari-2022'
    """
    return "graph:" + name[1:-1].removeprefix(PREFIXES["graph"]).replace("/", "\\/")


# --- parts -----------------------------------------------------------------------------------


def _beside(work: Path, before: Path, written: Written, gone: set[str], new: set[str]) -> Written:
    """The same parts, by hard links, and beside them what is new since they were made, and what is gone."""
    parts = [name for name in written.files if name != NEW]
    for name in parts:
        place = work / name
        place.parent.mkdir(exist_ok=True)
        os.link(before / name, place)
    new_before = _lines(before / NEW) if NEW in written.files else set()
    gone_before = _lines(before / written.gone) if written.gone else set()
    by_now = {NEW: (new_before - gone) | (new - gone_before), GONE: (gone_before - new) | (gone - new_before)}
    for name, lines in by_now.items():
        if lines:
            (work / name).parent.mkdir(exist_ok=True)
            _write(work / name, (f"{line}\n" for line in sorted(lines)))
    files = sorted([*parts, NEW] if by_now[NEW] else parts)
    return Written(files, written.counts, GONE if by_now[GONE] else "", written.large)


def _lines(path: Path) -> set[str]:
    return set(lines_of(path.read_text(encoding="utf-8")))
