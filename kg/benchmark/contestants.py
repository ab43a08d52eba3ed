"""Engines that hold the same graph, each in a process of its own: what loading took, what a question takes, memory."""

from __future__ import annotations

import math
import multiprocessing
import resource
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any, NoReturn, Protocol

import pyoxigraph as ox

from kg.errors import KgError
from kg.manifests import files_of, gone_from
from kg.store import Rows, Value
from kg.store.embedded import Embedded, rows_of
from kg.store.remote import Remote
from kg.store.rows import Iri, literal

#: The engines that need nothing but the build and run in this process; others are asked at their addresses.
HERE = ("this product", "raw pyoxigraph", "rdflib")
#: Times that a question is asked after a first time that does not count, as long as they take no longer than this.
_TIMES, _LONG_ENOUGH = 5, 5.0
#: Seconds after the limit in which an engine that is written in Python stops by itself and keeps what it has loaded.
_GRACE = 1.0
_NUMBERS = (int, float, Decimal)


@dataclass(frozen=True)
class Timed:
    """What a question took (median, seconds) and what it gave; ``wrong`` says why there is neither."""

    seconds: float = 0
    rows: Rows | None = None
    wrong: str = ""


class Answers(Protocol):
    """An engine as it is asked here."""

    def select(self, query: str) -> Rows: ...


class Contestant:
    """An engine in a process of its own, which is ended where a question takes too long and started again.

    Of one with an ``address`` the process is who asks; the server that answers is not its own. This product opens
    ``build``, the others load ``files``.
    """

    def __init__(self, name: str, address: str, build: Path, files: Sequence[Path], limit: float) -> None:
        self.name = name
        self._place = tempfile.TemporaryDirectory()
        self._about = name, address, build, files, Path(self._place.name), limit
        self._limit = limit
        #: What opening or loading took, seconds.
        self.loaded = self._start()

    def ask(self, query: str) -> Timed:
        """Ask a question several times, unless the first time takes longer than the limit."""
        self._pipe.send(query)
        if not self._pipe.poll(self._limit + _GRACE):
            self._end()
            self._start()
            return Timed(wrong=_given_up(self._limit))
        told: Timed = self._received()
        return told if told.rows is None else replace(told, seconds=self._received())

    def memory(self) -> float:
        """The most memory that the process held, in GiB; of an engine that is asked over HTTP, nothing is known."""
        self._pipe.send(None)
        return float(self._received())

    def close(self) -> None:
        self._end()
        self._place.cleanup()

    def _start(self) -> float:
        context = multiprocessing.get_context("spawn")
        self._pipe, there = context.Pipe()
        self._process = context.Process(target=_answer, args=(there, *self._about), daemon=True)
        self._process.start()
        there.close()
        return float(self._received())

    def _received(self) -> Any:
        try:
            received = self._pipe.recv()
        except EOFError as error:
            raise KgError(f"{self.name}: the engine ended, perhaps for want of memory; try a smaller graph") from error
        if isinstance(received, KgError):
            raise received
        return received

    def _end(self) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()


def _answer(
    pipe: Connection, name: str, address: str, build: Path, files: Sequence[Path], place: Path, limit: float
) -> None:
    """Open an engine, say how long that took, then answer what comes: the first time a question is asked, all times."""
    signal.signal(signal.SIGALRM, _alarm)
    begun = time.perf_counter()
    try:
        engine = _opened(name, address, build, files, place)
        pipe.send(time.perf_counter() - begun)
        while (query := pipe.recv()) is not None:
            first = _first(engine, query, limit)
            pipe.send(first)
            if first.rows is not None:
                pipe.send(_again(engine, query, first.seconds))
        pipe.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)
    except EOFError:
        return
    except KgError as error:
        pipe.send(error)


class _TooLong(BaseException):
    """A question takes longer than the limit. No Exception, which a store would take for a refusal of its own."""


def _alarm(*_: object) -> NoReturn:
    raise _TooLong


def _first(engine: Answers, query: str, limit: float) -> Timed:
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        rows, took = _once(engine, query)
        return Timed(took, rows)
    except _TooLong:
        return Timed(wrong=_given_up(limit))
    except Exception as error:  # noqa: BLE001  # whatever an engine makes of a query is what is told of it
        return Timed(wrong=next(iter(str(error).splitlines()), type(error).__name__)[:60])
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _given_up(limit: float) -> str:
    return f"> {limit:g} s"


def _again(engine: Answers, query: str, first: float) -> float:
    """The median of more times, unless the first was long enough to count by itself."""
    times = [first] if first > _LONG_ENOUGH else []
    while len(times) < _TIMES and sum(times) < _LONG_ENOUGH:
        times.append(_once(engine, query)[1])
    return median(times)


def _once(engine: Answers, query: str) -> tuple[Rows, float]:
    begun = time.perf_counter()
    rows = engine.select(query)
    return rows, time.perf_counter() - begun


def _opened(name: str, address: str, build: Path, files: Sequence[Path], place: Path) -> Answers:
    if address:
        return Remote(address)
    if name == "this product":
        return Embedded.open(build)
    if name == "rdflib":
        return _InRdflib(files)
    return _Raw(files, place)


def whole_files(build: Path, place: Path) -> list[Path]:
    """Files that are the graph of a build and nothing more: its own, but in ``place`` those of which some is gone.

    KgError where a quad that is gone stands in none of them.
    """
    there = gone_from(build)
    gone = set(_lines(there)) if there else set()
    files, missing = [], set(gone)
    for number, path in enumerate(files_of(build)):
        found = gone.intersection(_lines(path)) if gone else set()
        missing -= found
        files.append(_without(path, found, place / f"{number:04}.nq") if found else path)
    if missing:
        raise KgError(f"{there}: {len(missing)} of its quads stand in no file of the build; build into an empty folder")
    return files


def _without(path: Path, gone: set[bytes], place: Path) -> Path:
    with place.open("wb") as left:
        left.writelines(line for line in _lines(path) if line not in gone)
    return place


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as lines:
        yield from lines


class _Raw:
    """The embedded engine by itself: bulk load, optimise, queries as they are written; started again, it opens that."""

    def __init__(self, files: Sequence[Path], place: Path) -> None:
        is_new = not (place / "store").exists()
        self._store = ox.Store(str(place / "store"))
        if is_new:
            for path in files:
                self._store.bulk_load(path=str(path), format=ox.RdfFormat.N_QUADS)
            self._store.optimize()

    def select(self, query: str) -> Rows:
        answer: Any = self._store.query(query, use_default_graph_as_union=True)
        return rows_of(answer)


class _InRdflib:
    """The same in rdflib, in memory."""

    def __init__(self, files: Sequence[Path]) -> None:
        from rdflib import Dataset

        self._graph = Dataset(default_union=True)
        for path in files:
            self._graph.parse(path, format="nquads")

    def select(self, query: str) -> Rows:
        answer: Any = self._graph.query(query)
        columns = tuple(map(str, answer.vars))
        return Rows(columns, tuple(tuple(_value(row[name]) for name in columns) for row in answer))


def _value(term: Any) -> Value:
    from rdflib import Literal, URIRef

    if isinstance(term, URIRef):
        return Iri(term)
    if isinstance(term, Literal):
        return literal(str(term), str(term.datatype or ""))
    return None if term is None else str(term)


def same(one: Rows, other: Rows) -> bool:
    """Whether two answers are one: the same values in the same order, numbers to a hundred-thousandth of each."""
    if one.columns != other.columns or len(one) != len(other):
        return False
    rows = zip(one.values, other.values, strict=True)
    return all(_is_one(*values) for row in rows for values in zip(*row, strict=True))


def _is_one(value: Value, other: Value) -> bool:
    """Whether two values are one: counts to the last digit, other numbers as far as engines print them."""
    if bool in (type(value), type(other)) or int is type(value) is type(other):
        return type(value) is type(other) and value == other
    if isinstance(value, _NUMBERS) and isinstance(other, _NUMBERS):
        return math.isclose(float(value), float(other), rel_tol=1e-5, abs_tol=1e-12)
    return value == other
