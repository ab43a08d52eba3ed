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
from kg.serve.keeping import Asked, Kept
from kg.store.embedded import Embedded

#: What is told when all pages are there, or why they are not.
READY = "every page is ready"
FULL = "not every page is made beforehand: there is no room to keep them all; the others are made when asked for"
ENDED = "not every page is made beforehand: the process that makes them ended; the others are made when asked for"
#: How far the process steps back: behind those who serve, before the queries of strangers.
_BEHIND = 10


def prepare(location: Path, kept: Kept, tell: Callable[[str], None]) -> None:
    """Begin to make every page over the store at ``location``, keep each while there is room, and ``tell`` how it ends.

    The process ends with this one, and where there is no more room.
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
    """Keep what comes, until the word that all is there, until it is too much, or until the process ends early."""
    with receiving:
        try:
            while made_there := receiving.recv():
                if isinstance(made_there, str):
                    tell(made_there)
                elif not kept.fill(Asked(made_there[0]), made_there[1]):
                    tell(FULL)
                    return
        except (EOFError, OSError):
            tell(ENDED)
            return
    tell(READY)


def _end_with_the_server() -> None:
    """Over a large graph a page may take longer to make than the server lives."""
    if server := multiprocessing.parent_process():
        server.join()
        os._exit(0)


def _make(location: Path, sending: Connection) -> None:
    """Make page after page, then the figures on those of pairs."""
    if hasattr(os, "nice"):
        os.nice(_BEHIND)
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    # The other end is closed where the server has ended, or has no room; then there is nobody to make anything for.
    with suppress(BrokenPipeError, ConnectionResetError):
        try:
            atlas = Atlas(Embedded.at(location))
            paths = atlas.paths()
        except (KgError, OSError) as error:
            sending.send(f"no page is made beforehand: {error}")
            return
        for path in paths:
            _send(sending, atlas, path)
        for path in paths:
            if path.startswith("/pair/") and _has_figure(atlas, path):
                _send(sending, atlas, f"{path}.svg")
        sending.send(None)


def _has_figure(atlas: Atlas, path: str) -> bool:
    """Whether a page shows a figure of its own."""
    try:
        return atlas.content(path, {}).figure is not None
    except Exception:  # noqa: BLE001 - told when the page itself was made
        return False


def _send(sending: Connection, atlas: Atlas, path: str) -> None:
    """Make a page and send it; what is wrong with one page is told, and the others are made."""
    try:
        answer = made(atlas, path, {})
    except Exception as error:  # noqa: BLE001 - one page's fault is not that of the others
        sending.send(f"{path} could not be made beforehand: {type(error).__name__}")
        return
    if answer.status < 400:
        sending.send((path, answer))
