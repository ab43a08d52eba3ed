"""Long files as they are made: one thread makes the parts, since the store lets no other read an answer it began."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from queue import Full, Queue

#: So many parts wait for a reader who is slower than the store, who is looked after so often, in seconds.
_AHEAD, _LOOK = 4, 1.0


async def flowing(parts: Callable[[], Iterator[bytes]]) -> AsyncIterator[bytes]:
    """The parts as they come. The thread ends where the reader leaves."""
    made: Queue[bytes | Exception | None] = Queue(_AHEAD)
    left = threading.Event()

    def put(part: bytes | Exception | None) -> None:
        while not left.is_set():
            with suppress(Full):
                made.put(part, timeout=_LOOK)
                return

    def make() -> None:
        try:
            for part in parts():
                if left.is_set():
                    return
                put(part)
        except Exception as error:  # noqa: BLE001 - told to who waits, by breaking off what was begun
            put(error)
        finally:
            put(None)  # after all that wait: without it, whoever reads slowly waits for ever
            with suppress(Full):  # where the reader left: ends the thread that still waits for a part, if one does
                made.put_nowait(None)

    threading.Thread(target=make, name="parts", daemon=True).start()
    try:
        while (part := await asyncio.to_thread(made.get)) is not None:
            if isinstance(part, Exception):
                raise part
            yield part
    finally:
        left.set()
