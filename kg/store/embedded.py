"""The embedded store: pyoxigraph, on disk or in memory."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from kg.errors import BadQuestion, StoreError
from kg.generations import current_generation
from kg.names import PREFIXES
from kg.sparql_tokens import refuse_services
from kg.store.ordering import Keys, ordered, unordered
from kg.store.planning import planned
from kg.store.rows import Iri, Rows, Stream, Value, literal


class Embedded:
    """A pyoxigraph store. Queries see the union of all named graphs."""

    def __init__(self, store: ox.Store, location: Path | None = None) -> None:
        self._open: ox.Store | None = store
        #: Where a finished store lies on disk; None for one in memory, or still being filled.
        self.location = location

    @classmethod
    def in_memory(cls) -> Embedded:
        return cls(ox.Store())

    @classmethod
    def create(cls, path: Path) -> Embedded:
        """A new store on disk, to be filled."""
        return cls(ox.Store(str(path)))

    @classmethod
    def open(cls, folder: Path) -> Embedded:
        """The finished store of the build in ``folder``, read-only."""
        try:
            return cls.at(current_generation(folder) / "store")
        except (OSError, RuntimeError, ValueError) as error:
            raise StoreError(
                f"{folder}: the store cannot be opened ({error}); build it again: kg build -o {folder}"
            ) from error

    @classmethod
    def at(cls, location: Path) -> Embedded:
        """The finished store that lies there; another process may have it open as well."""
        return cls(ox.Store.read_only(str(location)), location)

    def select(self, query: str) -> Rows:
        if (apart := unordered(query)) and (rows := self._ordered_here(*apart)) is not None:
            return rows
        with _refusals_told():
            answer = self._run(query)
            try:
                if isinstance(answer, ox.QueryBoolean):
                    return Rows(("ask",), ((bool(answer),),))
                if not isinstance(answer, ox.QuerySolutions):
                    raise BadQuestion("this query builds a graph, not rows; ask for it with an RDF format")
                return rows_of(answer)
            finally:
                del answer  # only the thread that asked may drop it, and an error would keep it

    def _ordered_here(self, query: str, keys: Keys) -> Rows | None:
        """The rows of a query in the order of these keys; None where only the engine can say what comes first."""
        with _refusals_told():
            answer = self._run(query)
            try:
                if not isinstance(answer, ox.QuerySolutions):
                    return None
                columns = tuple(variable.value for variable in answer.variables)
                if not all(name in columns for name, _ in keys):
                    return None
                solutions = ordered(map(tuple, answer), columns, keys)
                if solutions is None:
                    return None
                return Rows(columns, tuple(tuple(map(value_of, solution)) for solution in solutions))
            finally:
                del answer  # as above

    def stream(self, query: str) -> Stream:
        values = self._each_solution(query)
        return Stream(tuple(map(str, next(values))), values)

    def _each_solution(self, query: str) -> Iterator[tuple[Value, ...]]:
        """The columns, then row by row."""
        with _refusals_told():
            answer = self._run(query)
            if not isinstance(answer, ox.QuerySolutions):
                raise BadQuestion("only SELECT gives rows one by one")
            columns = tuple(variable.value for variable in answer.variables)
            yield columns
            for solution in answer:
                yield tuple(value_of(solution[name]) for name in columns)

    def graph(self, query: str) -> str:
        with _refusals_told():
            answer = self._run(query)
            try:
                if not isinstance(answer, ox.QueryTriples):
                    raise BadQuestion("this query gives rows, not a graph; ask for it with a table format")
                return _ntriples(answer)
            finally:
                del answer  # as above

    def close(self) -> None:
        """Pyoxigraph closes with the last reference."""
        self._open = None

    # --- what the build needs besides ---

    def copied_to(self, path: Path) -> Embedded:
        """A copy of a finished store, to be changed: what stays the same lies on the disk once, by hard links."""
        self._store.backup(str(path))
        return Embedded(ox.Store(str(path)))

    def about(self, iri: str, graph: str | None = None) -> Iterator[ox.Quad]:
        """The quads with this subject, of one named graph or of all."""
        return self._store.quads_for_pattern(ox.NamedNode(iri), None, None, ox.NamedNode(graph) if graph else None)

    def values(self, iri: str, predicate: str, graph: str | None = None) -> Iterator[ox.Quad]:
        """The quads with this subject and predicate, of one named graph or of all."""
        within = ox.NamedNode(graph) if graph else None
        return self._store.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(predicate), None, within)

    def leading_to(self, iri: str, graph: str | None = None) -> Iterator[ox.Quad]:
        """The quads with this object, of one named graph or of all."""
        return self._store.quads_for_pattern(None, None, ox.NamedNode(iri), ox.NamedNode(graph) if graph else None)

    def naming(self, iri: str, graph: str | None = None) -> Iterator[ox.Quad]:
        """The quads with this subject or object, of one named graph or of all."""
        yield from self.about(iri, graph)
        yield from self.leading_to(iri, graph)

    def between(self, start: str, end: str) -> Iterator[ox.Quad]:
        """The quads from one individual to another."""
        return self._store.quads_for_pattern(ox.NamedNode(start), None, ox.NamedNode(end), None)

    def quads_of(self, graph: str) -> Iterator[ox.Quad]:
        """The quads of a named graph."""
        return self._store.quads_for_pattern(None, None, None, ox.NamedNode(graph))

    def has(self, quad: ox.Quad) -> bool:
        return quad in self._store

    def add(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads, all or none."""
        self._store.extend(quads)

    def remove(self, quads: Iterable[ox.Quad]) -> None:
        """Take quads away, one by one."""
        for quad in quads:
            self._store.remove(quad)

    def load(self, ntriples: str, graph: str) -> None:
        """Add N-Triples to the named graph ``graph``."""
        data = io.BytesIO(ntriples.encode())
        self._store.bulk_load(data, format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(graph))

    def load_triples(self, path: Path, graph: str) -> None:
        """Add a file of N-Triples, however large, to the named graph ``graph``."""
        self._store.bulk_load(path=str(path), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(graph))

    def load_quads(self, path: Path) -> None:
        """Add a file of N-Quads, however large."""
        self._store.bulk_load(path=str(path), format=ox.RdfFormat.N_QUADS)

    def count(self, graph: str) -> int:
        """How many quads a named graph has."""
        rows = self.select(f"SELECT (COUNT(*) AS ?quads) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")
        return int(str(next(iter(rows))["quads"]))

    def write_quads(self, graphs: Iterable[str], path: Path) -> None:
        """Write these named graphs as N-Quads, in the order of the store."""
        quads = (self._store.quads_for_pattern(None, None, None, ox.NamedNode(graph)) for graph in graphs)
        ox.serialize(chain.from_iterable(quads), str(path), format=ox.RdfFormat.N_QUADS)

    def quads(self) -> Iterable[ox.Quad]:
        return self._store.quads_for_pattern(None, None, None, None)

    def triples(self, graph: str) -> str:
        """A named graph as N-Triples."""
        return _ntriples(self.each(graph))

    def nquads(self) -> str:
        """Everything, as N-Quads in no order."""
        text: bytes = self._store.dump(format=ox.RdfFormat.N_QUADS)  # type: ignore[assignment]
        return text.decode()

    def graphs(self) -> list[str]:
        """The IRIs of all named graphs, in order."""
        return sorted(plain(name) for name in self._store.named_graphs())

    def each(self, graph: str) -> Iterator[ox.Triple]:
        """The triples of a named graph one by one, those of a subject together, in the same order each time."""
        return (quad.triple for quad in self._store.quads_for_pattern(None, None, None, ox.NamedNode(graph)))

    def part(self, keeps: Callable[[str, str, str, str], bool]) -> Embedded:
        """A copy in memory of the quads that are kept, as subject, predicate, object and graph say."""
        kept = (quad for quad in self.quads() if keeps(*map(plain, quad)))
        copy = ox.Store()
        copy.bulk_extend(kept)
        return Embedded(copy)

    def __len__(self) -> int:
        return len(self._store)

    def finish(self) -> None:
        """Put on disk, compacted: look-ups after a large load are slow without it."""
        self._store.optimize()
        self.flush()

    def flush(self) -> None:
        """Put on disk what was changed."""
        self._store.flush()

    @property
    def _store(self) -> ox.Store:
        if self._open is None:
            raise StoreError("the store is closed; open it again to ask more")
        return self._open

    def _run(self, query: str) -> ox.QueryBoolean | ox.QuerySolutions | ox.QueryTriples:
        refuse_services(query)
        return self._store.query(planned(query), use_default_graph_as_union=True, prefixes=PREFIXES)


@contextmanager
def _refusals_told() -> Iterator[None]:
    """What pyoxigraph raises, also while it hands out the answer, as errors of ours.

    The traceback of what it raised is let go: its frames hold the answer.
    """
    try:
        yield
    except SyntaxError as error:
        raise BadQuestion(f"not SPARQL: {error}") from error.with_traceback(None)
    except (ValueError, OSError, RuntimeError) as error:
        raise StoreError(f"the store refused the query: {error}") from error.with_traceback(None)


def _ntriples(triples: Iterable[ox.Triple]) -> str:
    text: bytes = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)  # type: ignore[assignment]
    return text.decode()


def plain(term: object) -> str:
    """An IRI, the text of a literal or the name of a blank node; nothing for the default graph."""
    return str(getattr(term, "value", ""))


def rows_of(answer: ox.QuerySolutions) -> Rows:
    """The whole of what pyoxigraph hands out."""
    columns = tuple(variable.value for variable in answer.variables)
    return Rows(columns, tuple(tuple(map(value_of, solution)) for solution in answer))


def value_of(term: object) -> Value:
    """A term of pyoxigraph as it stands in rows."""
    if isinstance(term, ox.NamedNode):
        return Iri(term.value)
    if isinstance(term, ox.Literal):
        return literal(term.value, term.datatype.value)
    return None if term is None else str(term)
