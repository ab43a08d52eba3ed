"""The graph as text by now: of a small graph the two files, with lines taken out and put in where they belong; of one
that was built set-wise the same parts as before, with what is gone from them and what is new beside them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, NamedTuple

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
    _write(work / trig, _by_subjects(before / trig, journal))
    return written


def _write(path: Path, pieces: Iterable[bytes | str]) -> None:
    with path.open("wb") as file:
        file.writelines(each if isinstance(each, bytes) else each.encode() for each in pieces)


def _nquads(quads: Iterable[ox.Quad]) -> list[str]:
    text: Any = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
    return lines_of(text.decode())


# --- N-Quads, in order of lines --------------------------------------------------------------


def _by_lines(path: Path, gone: Sequence[str], new: Sequence[str]) -> Iterator[bytes]:
    """A file of sorted lines without some and with others. Anew where it is cut off, or what is gone is not in it."""
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as text:
        _refuse_what_is_cut_off(path, text, b"\n")
        came = [(_place(text, line), line) for line in (f"{each}\n".encode() for each in new)]
        went = [(_place(text, line), line) for line in (f"{each}\n".encode() for each in gone)]
        if any(text[at : at + len(line)] != line for at, line in went):
            raise Anew(f"{path} is not what was built")
        edits = [*(_Edit(at, at, line) for at, line in came), *(_Edit(at, at + len(line), b"") for at, line in went)]
        yield from _edited(text, sorted(edits))


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


def _refuse_what_is_cut_off(path: Path, text: mmap, end: bytes) -> None:
    if text[-len(end) :] != end:
        raise Anew(f"{path} is not what was built")


class _Edit(NamedTuple):
    """What stands in a text from ``start`` to ``end`` by now."""

    start: int
    end: int
    now: bytes


def _edited(text: mmap, edits: Iterable[_Edit]) -> Iterator[bytes]:
    """A text with edits, one behind the other."""
    begun = 0
    for start, end, now in edits:
        yield text[begun:start]
        yield now
        begun = end
    yield text[begun:]


# --- TriG, in order of graphs and subjects ---------------------------------------------------

#: Graph -> the line that opens it, and subject -> the lines that say everything of it; both as N-Quads name them.
_Told = dict[str, tuple[str, dict[str, list[str]]]]
#: How each graph ends.
_CLOSED = b"\n}\n"


def _by_subjects(path: Path, journal: Journal) -> Iterator[bytes]:
    """A TriG file, as pyoxigraph writes it, with everything that is said of changed individuals written anew.

    Anew where it is cut off.
    """
    changed = {(quad.graph_name, quad.subject) for quad in journal.gone | journal.new}
    quads = {quad for graph, subject in changed for quad in journal.store.about(subject.value, graph.value)}  # type: ignore[union-attr]
    in_order = sorted(quads, key=lambda quad: (plain(quad.graph_name), str(quad)))
    now: Any = ox.serialize(in_order, format=ox.RdfFormat.TRIG, prefixes=PREFIXES)
    told = _parsed(now.decode())
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as text:
        _refuse_what_is_cut_off(path, text, _CLOSED)
        graphs = _graphs(text)
        edits: list[_Edit] = []
        for name in sorted({str(graph) for graph, _ in changed}):
            subjects = sorted({str(subject) for graph, subject in changed if str(graph) == name})
            if name in graphs:
                edits += _in_graph(text, graphs[name], subjects, told[name][1] if name in told else {})
            else:
                edits.append(_of_graph(text, graphs, name, *told[name]))
        yield from _edited(text, sorted(edits, key=lambda edit: edit.start))


def _parsed(text: str) -> _Told:
    """What a TriG file tells."""
    told: _Told = {}
    lines: list[str] = []
    subjects: dict[str, list[str]] = {}
    for line in text.split("\n"):
        if line.startswith("\t\t"):
            lines.append(line)
        elif line.startswith("\t"):
            lines = subjects[_in_full(line[1:].partition(" ")[0])] = [line]
        elif line.endswith(" {"):
            subjects = {}
            told[_in_full(line.removesuffix(" {"))] = line, subjects
    return told


def _in_full(name: str) -> str:
    """What TriG names, as N-Quads names it.

    >>> _in_full("graph:inferred")
    '<https://w3id.org/compassion-attachment/graph/inferred>'
    """
    if name.startswith(("<", "_:")):
        return name
    prefix, _, local = name.replace("\\", "").partition(":")
    return f"<{PREFIXES[prefix]}{local}>"


def _lines_as_bytes(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _graphs(text: mmap) -> dict[str, tuple[int, int]]:
    """Where each graph stands: from the line that opens it to the one behind the line that closes it."""
    graphs: dict[str, tuple[int, int]] = {}
    begun = text.rfind(b"\n", 0, text.find(b" {\n")) + 1
    while begun < len(text):
        end = text.find(_CLOSED, begun) + len(_CLOSED)
        graphs[_in_full(text[begun : text.find(b" ", begun)].decode())] = begun, end
        begun = end
    return graphs


def _of_graph(
    text: mmap, graphs: Mapping[str, tuple[int, int]], name: str, opened: str, subjects: Mapping[str, Sequence[str]]
) -> _Edit:
    """A graph that comes: graphs stand in order of their IRIs, without the brackets."""
    at = min((start for other, (start, _) in graphs.items() if other[1:-1] > name[1:-1]), default=len(text))
    lines = (line for told in subjects.values() for line in told)
    return _Edit(at, at, _lines_as_bytes([opened, *lines, "}"]))


def _in_graph(
    text: mmap, place: tuple[int, int], subjects: Iterable[str], told: Mapping[str, Sequence[str]]
) -> Sequence[_Edit]:
    """What changes in a graph; where nothing is left of it, it goes as a whole."""
    low, high = text.find(b"\n", place[0]) + 1, place[1] - len(b"}\n")
    edits = [_Edit(*_place_of(text, each, low, high), _lines_as_bytes(told.get(each, ()))) for each in subjects]
    left = high - low + sum(len(edit.now) - (edit.end - edit.start) for edit in edits)
    return edits if left else [_Edit(*place, b"")]


def _place_of(text: mmap, subject: str, low: int, high: int) -> tuple[int, int]:
    """From where to where something is said of a subject, among sorted ones; nothing, where it would stand."""
    while low < high:
        start = _begin(text, (low + high) // 2, low)
        end = _end(text, start, high)
        found = _in_full(text[start + 1 : text.find(b" ", start)].decode())
        if found == subject:
            return start, end
        if found < subject:
            low = end
        else:
            high = start
    return low, low


def _begin(text: mmap, at: int, low: int) -> int:
    """Where the lines of a subject begin that stand at a place: the first has one tab, the others two."""
    start = text.rfind(b"\n\t", low - 1, at + 2) + 1
    while text[start + 1 : start + 2] == b"\t":
        start = text.rfind(b"\n\t", low - 1, start) + 1
    return start


def _end(text: mmap, start: int, high: int) -> int:
    """Where they end."""
    end = text.find(b"\n\t", start, high)
    while text[end + 2 : end + 3] == b"\t" and end >= 0:
        end = text.find(b"\n\t", end + 1, high)
    return end + 1 if end >= 0 else high


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
