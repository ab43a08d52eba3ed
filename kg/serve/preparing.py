"""Pages made beforehand: by a process of its own, which gives way to whoever serves, until every page is there.

A build does not change, so a page that was made is good until the server ends. To make all of them takes a minute
or two; who asks meanwhile for one that is not there yet has it made at once.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path

from kg.errors import KgError
from kg.pages.atlas import Atlas
from kg.serve.answering import made
from kg.serve.keeping import Answer, Kept
from kg.store.embedded import Embedded

#: What is told when all pages are there.
READY = "every page is ready"
#: How far the process steps back: behind those who serve, before the queries of strangers.
_BEHIND = 10


def prepare(location: Path, kept: Kept, tell: Callable[[str], None]) -> None:
    """Begin to make every page over the store at ``location``, keep each, and ``tell`` when all are there.

    The process ends with this one.
    """
    # Spawned: a copy of a process that has a store open and threads running may hang.
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_make, args=(location, sending), daemon=True)
    with _interrupts_ignored():
        process.start()
    sending.close()
    threading.Thread(target=_keep, args=(receiving, kept, tell), daemon=True).start()


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """A process that begins meanwhile does not hear Ctrl+C; it notices when there is nobody to send to."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _keep(receiving: Connection, kept: Kept, tell: Callable[[str], None]) -> None:
    """Keep what comes, until the word that all is there, or until the process ends without it."""
    with suppress(EOFError, OSError):
        while made_there := receiving.recv():
            path, answer = made_there
            kept.keep((path, ()), answer)
        tell(READY)


def _make(location: Path, sending: Connection) -> None:
    """Make page after page, then the figures on those of pairs."""
    if hasattr(os, "nice"):
        os.nice(_BEHIND)
    atlas = Atlas(Embedded.at(location))
    # The other end is closed where the server has ended; then there is nobody to make anything for.
    with suppress(BrokenPipeError):
        paths = atlas.paths()
        for path in paths:
            _send(sending, path, made(atlas, path, {}))
        for path in paths:
            if path.startswith("/pair/") and _has_figure(atlas, path):
                _send(sending, f"{path}.svg", made(atlas, f"{path}.svg", {}))
        sending.send(None)


def _has_figure(atlas: Atlas, path: str) -> bool:
    """Whether a page shows a figure of its own."""
    try:
        return atlas.content(path, {}).figure is not None
    except KgError:
        return False


def _send(sending: Connection, path: str, answer: Answer) -> None:
    if answer.status < 400:
        sending.send((path, answer))
