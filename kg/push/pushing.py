"""A push: every named graph of a store, loaded into another engine, read back and found equal.

No graph that is half loaded looks whole. Where the engine can rename, a graph is loaded beside, under a name that says
what it will hold, and takes its place once it was found equal: until then the old one answers. Where it cannot, a mark
of that name, with one triple in it, stands as long as the graph is not whole. Both tell, at the engine itself, where a
push that was stopped goes on. What the graph says of itself goes before anything is written and comes back last: while
it is not there, whoever asks is told that answers may be incomplete.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass

from kg.errors import Problem, ProblemsFound, StoreError
from kg.names import PREFIXES, graph_iri
from kg.push.contents import Contents, Part, canonical, is_tangled, tangled_lines
from kg.push.engines import Engine, Writer
from kg.store.embedded import Embedded

Progress = Callable[[str], None]

#: What is read back at once: so many subjects, or as many as have so many triples.
_SUBJECTS = 250
_TRIPLES = 5000
#: Seconds between two words on how far a large graph is.
_PATIENCE = 2.0
_INCOMING = "/incoming/"
#: It says of which build the graphs are, so it comes when they are there.
_LAST = graph_iri("metadata")
#: It is never there: who may not write hears so by its removal, before a large body travels.
_NOTHING = graph_iri("nothing")


@dataclass(frozen=True)
class Pushed:
    """A graph that the engine holds as the store does, and what was to be done for that."""

    name: str
    triples: int
    checksum: str
    how: str


class Push:
    """A push of a store into an engine, by one way of writing."""

    def __init__(self, store: Embedded, engine: Engine, writer: Writer, progress: Progress) -> None:
        self._store = store
        self._engine = engine
        self._writer = writer
        self._progress = progress
        self._there: dict[str, int] = {}
        #: Whether anything was written to the engine.
        self.begun = False

    def run(self) -> list[Pushed]:
        """Load what is not there, remove what is no more. ProblemsFound where the engine holds something else."""
        names = sorted(filter(self._holds_any, self._store.graphs()), key=lambda name: (name == _LAST, name))
        if not names:
            raise StoreError("the store holds no triple, so nothing is pushed; build it again: kg build")
        self._there = self._engine.graphs()
        self._writer.drop(_NOTHING)
        done: list[Pushed] = []
        problems: list[Problem] = []
        kept = set(names)
        for name in names:
            if name == _LAST and problems:
                break
            contents = Contents(self._store, name)
            try:
                done.append(self._one(contents))
            except ProblemsFound as found:
                problems += found.problems
                kept |= set() if self._writer.renames else {incoming(contents)}
        self._remove(set(self._engine.graphs()) - kept)
        if problems:
            raise ProblemsFound(problems)
        return done

    def _holds_any(self, graph: str) -> bool:
        """An engine need not keep a graph without triples, so none is sent."""
        return next(self._store.each(graph), None) is not None

    def _one(self, contents: Contents) -> Pushed:
        shown = _shown(contents.graph)
        marked = incoming(contents) in self._there
        if self._there.get(contents.graph) == contents.count and not (marked and not self._writer.renames):
            self._progress(f"{shown}: is there; comparing")
            if self._difference(contents, contents.graph) is None:
                return Pushed(shown, contents.count, contents.checksum, "was there")
        self._begin()
        how = "continued" if marked and self._continued(contents) else "loaded"
        if how == "loaded":
            self._send_all(contents)
            if different := self._difference(contents, self._place(contents)):
                raise ProblemsFound([self._problem(contents, different)])
        self._publish(contents)
        return Pushed(shown, contents.count, contents.checksum, how)

    def _begin(self) -> None:
        """From now on, and until all is there, the engine says of no build that it holds it."""
        self.begun = True
        if self._there.pop(_LAST, None) is not None:
            self._writer.drop(_LAST)

    # --- sending -----------------------------------------------------------------------------

    def _continued(self, contents: Contents) -> bool:
        """Go on with a graph that was begun; whether that made it whole."""
        place = self._place(contents)
        with self._parts(contents) as parts:
            if not _is_passed(parts, self._engine.count(place)):
                return False
            self._progress(f"{_shown(contents.graph)}: was begun; going on")
            self._send(contents, parts, lambda part: self._writer.add(place, part))
        return self._difference(contents, place) is None

    def _send_all(self, contents: Contents) -> None:
        if not self._writer.renames:
            self._writer.replace(incoming(contents), _mark(contents))
        place = self._place(contents)
        with self._parts(contents) as parts:
            self._writer.replace(place, next(parts))
            self._send(contents, parts, lambda part: self._writer.add(place, part))

    def _parts(self, contents: Contents) -> closing[Generator[Part]]:
        """The parts, closed after use: pyoxigraph wants that of the thread that reads, and an error would keep them."""
        return closing(contents.parts(self._writer.most))

    def _send(self, contents: Contents, parts: Iterator[Part], send: Callable[[Part], None]) -> None:
        shown, sent, told = _shown(contents.graph), 0, time.monotonic()
        self._progress(f"{shown}: loading {contents.count:,} triples")
        for part in parts:
            send(part)
            sent += len(part.lines)
            if time.monotonic() - told > _PATIENCE:
                told = time.monotonic()
                self._progress(f"{shown}: {sent:,} more triples are there")

    def _publish(self, contents: Contents) -> None:
        """Make a graph that was found equal look whole."""
        if self._writer.renames:
            self._writer.rename(incoming(contents), contents.graph)
            if (count := self._engine.count(contents.graph)) != contents.count:
                raise ProblemsFound([self._problem(contents, f"in its place it holds {count:,} triples")])
        else:
            self._writer.drop(incoming(contents))

    def _place(self, contents: Contents) -> str:
        """Where a graph is loaded."""
        return incoming(contents) if self._writer.renames else contents.graph

    def _remove(self, graphs: set[str]) -> None:
        for graph in sorted(graphs):
            self._writer.drop(graph)
            what = "left by a push that was stopped" if _INCOMING in graph else "not in this store any more"
            self._progress(f"{_shown(graph)}: removed, {what}")

    # --- comparing ---------------------------------------------------------------------------

    def _difference(self, contents: Contents, place: str) -> str | None:
        """What is not as in the store where a graph lies; None where all of it is."""
        count = self._engine.count(place)
        if count != contents.count:
            return f"it holds {count:,} triples of {contents.count:,}"
        if tangled_lines(self._engine.tangled(place)) != contents.tangled_lines:
            return f"its {len(contents.tangled):,} triples with blank nodes are not the same"
        with closing(_portions(contents)) as portions:  # as above
            for subjects, expected in portions:
                told = self._engine.about(place, subjects)
                found = {canonical(each) for each in told if not is_tangled(each)}
                if found != expected:
                    return _first_difference(expected - found, found - expected)
        return None

    def _problem(self, contents: Contents, different: str) -> Problem:
        what = f"the graph was loaded and read back, and is not the same: {different}"
        do = "see that all addresses are of one engine, and that it hands out and keeps what it is given"
        return Problem(f"{self._engine.endpoint}: {_shown(contents.graph)}", 0, "", what, do)


def incoming(contents: Contents) -> str:
    """The name under which a graph arrives: it says what it will hold, so that another push can go on with it."""
    return f"{contents.graph}{_INCOMING}{contents.checksum[:16]}"


def _shown(graph: str) -> str:
    return graph.removeprefix(PREFIXES["graph"])


def _mark(contents: Contents) -> Part:
    comment = f'<{contents.graph}> <{PREFIXES["rdfs"]}comment> "This graph is being loaded and not whole."'
    return Part((comment,), tangled=False)


def _is_passed(parts: Iterator[Part], there: int) -> bool:
    """Go past the parts that make up so many triples; whether a number of parts, and not none, does."""
    for part in parts if there else ():
        there -= len(part.lines)
        if there <= 0:
            return there == 0
    return False


def _portions(contents: Contents) -> Generator[tuple[list[str], set[str]]]:
    """Subjects, some at a time, with the canonical lines of their triples."""
    subjects: list[str] = []
    lines: set[str] = set()
    for subject, triples in contents.subjects():
        subjects.append(subject)
        lines.update(map(canonical, triples))
        if len(subjects) >= _SUBJECTS or len(lines) >= _TRIPLES:
            yield subjects, lines
            subjects, lines = [], set()
    if subjects:
        yield subjects, lines


def _first_difference(lacking: set[str], added: set[str]) -> str:
    told = [f"{word} {min(lines)}" for word, lines in (("it lacks", lacking), ("it has", added)) if lines]
    return " and ".join(told)
