"""Engines: who answers the queries of strangers, within limits that hold.

A query from outside may run for ever, fill the memory, or bring the parser down: a sum of some hundred thousand ones
ends any process that parses it by recursion. So no query runs where pages are made; only its tokens are read there.
``LocalEngine`` gives each to a process of its own (``kg.serve.worker``; a few are kept ready, opening the store takes
milliseconds) and kills the process when its time is up: that stops whatever the query does, and nobody else's.
``oxigraph serve-read-only --timeout-s`` was the other candidate: one process for everybody, that such a sum ends for
everybody, whose time limit the query must notice by itself, and that knows no limit of memory or size.

An endpoint elsewhere is another engine (``kg.serve.remote_engine``) within the same limits.

An answer is kept, on disk if it is large, until it is whole. So a slow reader holds up no process, and an answer that
grows too large or takes too long is an error with its status, never half an answer.
"""

from __future__ import annotations

import asyncio
import json
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from kg.names import PREFIXES
from kg.serve.refusals import Refusal
from kg.serve.sparql_text import Query
from kg.serve.turns import Turns
from kg.store.planning import planned

_WORKER = Path(__file__).with_name("worker.py")
_IN_MEMORY = 1_000_000
#: Letters of a query beyond which nobody reads it here so that it is planned well: reading takes a time.
_MOST_PLANNED = 20_000


@dataclass(frozen=True)
class Limits:
    """How much one query may take, waiting included, and how many may run (``each`` of one client) and wait.

    Whoever asks for the ``first`` rows alone shows them: ``shown`` bytes are more than anybody reads.
    """

    seconds: float = 30
    bytes: int = 64_000_000
    shown: int = 4_000_000
    memory: int = 3_000_000_000
    at_once: int = 4
    each: int = 2
    waiting: int = 64

    def bytes_of(self, asked: Asked) -> int:
        """How large the answer may be."""
        return self.bytes if asked.first is None else self.shown


@dataclass(frozen=True)
class Asked:
    """A query with its dataset and the form of its answer (the suffix of one of the forms of ``negotiation``).

    Of rows as JSON, and of triples, the ``first`` alone may be asked for.
    """

    query: Query
    form: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    first: int | None = None

    @property
    def names_dataset(self) -> bool:
        """Whether it is asked of graphs that are named rather than of the union of all."""
        return bool(self.default_graphs or self.named_graphs or self.query.names_dataset)


class Engine(Protocol):
    """Who answers queries."""

    async def answer(self, asked: Asked, address: str = "") -> IO[bytes]:
        """The whole answer for who asks from an address, at its start; a Refusal where limits allow none."""

    def close(self) -> None:
        """Stop whatever runs."""


class Client:
    """Who waits for an answer until a time, and may leave before it is there."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._lock = threading.Lock()
        self._stop: Callable[[], None] | None = None
        self._gone = False

    @property
    def seconds(self) -> float:
        """How long this client still waits; a moment, where it is none."""
        return max(0.05, self._deadline - time.monotonic())

    def leave(self) -> None:
        """Stop what is done for this client, now or as soon as it is begun."""
        with self._lock:
            self._gone = True
            if self._stop:
                self._stop()

    def served_by(self, stop: Callable[[], None] | None) -> None:
        """From here on, leaving calls ``stop``."""
        with self._lock:
            self._stop = stop
            if self._gone and stop:
                stop()


class Queue:
    """Queries answered by a few threads, one each, while a bounded number waits; nobody has all the threads."""

    def __init__(self, limits: Limits, run: Callable[[Asked, Client], IO[bytes]]) -> None:
        self.limits = limits
        self._run = run
        self._threads = ThreadPoolExecutor(limits.at_once, thread_name_prefix="sparql")
        self._turns = Turns(limits.at_once, limits.each, limits.waiting)

    async def answer(self, asked: Asked, address: str) -> IO[bytes]:
        client = Client(time.monotonic() + self.limits.seconds)
        await self._turns.take(address, self.limits.seconds)
        try:
            work = asyncio.get_running_loop().run_in_executor(self._threads, self._run, asked, client)
        except RuntimeError as error:
            raise Refusal(503, "the endpoint is closing; ask again when it is back") from error

        def end(work: asyncio.Future[IO[bytes]]) -> None:
            self._turns.give_back(address)
            if not work.cancelled():
                work.exception()  # seen, even where the client has gone away meanwhile

        work.add_done_callback(end)
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            client.leave()
            raise

    def close(self) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)


class LocalEngine:
    """Processes over a store on disk."""

    def __init__(self, store: Path, limits: Limits | None = None) -> None:
        self._store = store
        self._limits = limits or Limits()
        self._queue = Queue(self._limits, self._run)
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        self._running: set[_Worker] = set()
        self._closed = False

    async def answer(self, asked: Asked, address: str = "") -> IO[bytes]:
        return await self._queue.answer(asked, address)

    def close(self) -> None:
        self._closed = True
        for worker in tuple(self._running):
            worker.kill()
        self._queue.close()
        with suppress(queue.Empty):
            while True:
                self._idle.get_nowait().stop()

    def _run(self, asked: Asked, client: Client) -> IO[bytes]:
        if self._closed:
            raise Refusal(503, "the endpoint is closing; ask again when it is back")
        worker = self._ready()
        self._running.add(worker)
        client.served_by(worker.kill)
        try:
            return worker.answer(asked, client.seconds)
        finally:
            client.served_by(None)
            self._running.discard(worker)
            if worker.alive and not self._closed:
                self._idle.put(worker)
            else:
                worker.stop()

    def _ready(self) -> _Worker:
        with suppress(queue.Empty):
            while True:
                worker = self._idle.get_nowait()
                if worker.alive:
                    return worker
                worker.stop()
        return _Worker(self._store, self._limits)


class _Worker:
    """One process, and what is said over its pipes."""

    def __init__(self, store: Path, limits: Limits) -> None:
        self._limits = limits
        self._out_of_time = threading.Event()
        # -I: neither the folder it stands in nor the environment brings in modules.
        command = [sys.executable, "-I", str(_WORKER), str(store), json.dumps(PREFIXES), str(limits.memory)]
        self._process = subprocess.Popen(  # noqa: S603 - our own file; the query goes over the pipe
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    @property
    def alive(self) -> bool:
        return not self._out_of_time.is_set() and self._process.poll() is None

    def kill(self) -> None:
        """End the process, whatever it does; whoever reads from it is told by the end of the pipe."""
        self._process.kill()

    def stop(self) -> None:
        """Kill the process and let go of its pipes."""
        self.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]

    def answer(self, asked: Asked, seconds: float) -> IO[bytes]:
        clock = threading.Timer(seconds, self._time_is_up)
        clock.daemon = True
        clock.start()
        answer: IO[bytes] = kept()
        try:
            self._ask(asked, seconds)
            self._receive(asked, answer)
        except BaseException:
            answer.close()
            raise
        finally:
            clock.cancel()
        answer.seek(0)
        return answer

    def _time_is_up(self) -> None:
        self._out_of_time.set()
        self._process.kill()

    def _ask(self, asked: Asked, seconds: float) -> None:
        text = asked.query.text
        question = {
            "text": text,
            "planned": planned(text) if len(text) <= _MOST_PLANNED else text,
            "form": asked.form,
            "default_graphs": asked.default_graphs,
            "named_graphs": asked.named_graphs,
            "union": not asked.names_dataset,
            "first": asked.first,
            "seconds": seconds,
            "bytes": self._limits.bytes_of(asked),
        }
        with suppress(BrokenPipeError):  # it died before it heard; reading will tell
            self._process.stdin.write(json.dumps(question).encode() + b"\n")  # type: ignore[union-attr]
            self._process.stdin.flush()  # type: ignore[union-attr]

    def _receive(self, asked: Asked, answer: IO[bytes]) -> None:
        while True:
            kind, content = self._frame()
            if kind == b"E":
                _refuse_wrong(json.loads(content), self._limits.bytes_of(asked))
                return
            answer.write(content)

    def _frame(self) -> tuple[bytes, bytes]:
        head = self._read(5)
        return head[:1], self._read(int.from_bytes(head[1:], "big"))

    def _read(self, count: int) -> bytes:
        content: bytes = self._process.stdout.read(count)  # type: ignore[union-attr]
        if len(content) == count:
            return content
        self._process.wait()
        raise self._end()

    def _end(self) -> Refusal:
        """Why the process ended in the midst of an answer."""
        if self._out_of_time.is_set():
            return too_slow(self._limits)
        return Refusal(
            400,
            "the query was stopped: it needs more memory, or is nested deeper, than one query may;"
            " ask for less, or write it flatter",
        )


def kept() -> IO[bytes]:
    """A file for an answer: in memory while it is small, then on disk without a name."""
    return tempfile.SpooledTemporaryFile(_IN_MEMORY)


def too_slow(limits: Limits) -> Refusal:
    """Time is up."""
    return Refusal(
        503, f"the query was stopped after {limits.seconds:g} s; ask for less (LIMIT, or a narrower pattern)"
    )


def too_large(most: int) -> Refusal:
    """The answer outgrew its limit."""
    return Refusal(400, f"the answer is larger than {most:,} bytes; ask for less (LIMIT and OFFSET)")


def _refuse_wrong(end: dict[str, Any], most: int) -> None:
    match end.get("wrong"):
        case "size":
            raise too_large(most)
        case "syntax":
            raise Refusal(400, f"not SPARQL: {one_line(end['message'])}")
        case "store":
            raise Refusal(400, f"the store refused the query: {one_line(end['message'])}")


def one_line(message: str) -> str:
    """What an engine said, in one line of bearable length."""
    return " ".join(message.split())[:500]
