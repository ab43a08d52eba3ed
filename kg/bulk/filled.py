"""A store that is filled from files of N-Quads, which stay beside it: together they are its graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from kg.bulk.engines import in_parts
from kg.files import count_lines
from kg.names import PREFIXES, graph_iri
from kg.store.embedded import Embedded
from kg.triples import lines_of


class Filled:
    """A store in ``work``, and in ``parts`` the files that it was filled from."""

    def __init__(self, work: Path) -> None:
        self.parts = work / "parts"
        self.parts.mkdir()
        self.store = Embedded.create(work / "store")
        self._work = work
        self._sizes: Counter[str] = Counter()

    def take(self, graph: str, path: Path) -> None:
        """Load a file whose lines are all of one named graph, none of them twice or in another file."""
        self.store.load_quads(path)
        self._sizes[graph] += count_lines(path)

    def take_all(self, name: str, small: Embedded) -> None:
        """Load everything in a small store, by way of a file of this name."""
        path = self.parts / f"{name}.nq"
        small.write_quads(small.graphs(), path)
        self.store.load_quads(path)
        for graph in small.graphs():
            self._sizes[graph.removeprefix(PREFIXES["graph"])] += small.count(graph)

    def take_lines(self, name: str, graph: str, texts: Iterable[str]) -> None:
        """Load N-Triples of one named graph, piece by piece, by way of files of this name: many lines at once take much
        memory. Each line of a piece is taken once.
        """
        end = f" <{graph_iri(graph)}> .\n"
        for path in in_parts((_as_quads(text, end) for text in texts), self.parts / name):
            self.take(graph, path)

    def counts(self, told_twice: Iterable[str]) -> dict[str, int]:
        """How many quads each named graph has; those ``told_twice``, whose lines may repeat, are counted."""
        counted = {graph: self.store.count(graph_iri(graph)) for graph in told_twice}
        return dict(sorted({**self._sizes, **counted}.items()))

    def files(self) -> list[str]:
        """The files, from the folder of the store."""
        return sorted(path.relative_to(self._work).as_posix() for path in self.parts.iterdir() if path.stat().st_size)


def _as_quads(ntriples: str, end: str) -> bytes:
    return "".join(f"{line.removesuffix(' .')}{end}" for line in dict.fromkeys(lines_of(ntriples))).encode()
