"""Making: pages are made in threads, a few at once, each once however many ask for it, and within a deadline.

A thread cannot be stopped. So what one page may cost is limited by the page (how many names it takes); here it is
limited how many are made together, and how long anybody waits. Nobody who waits holds a thread, so a page that is
kept is had at once, whatever is being made. The threads end with the server, not the server with them.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from kg.serve.keeping import Answer, Asked, Kept
from kg.serve.turns import Turns, busy


@dataclass(frozen=True)
class Patience:
    """How long a reader waits for a page, and how many pages are made and waited for."""

    seconds: float = 30
    at_once: int = 3
    each: int = 2
    waiting: int = 256


@dataclass(eq=False)
class _Work:
    task: asyncio.Task[Answer]
    begun: asyncio.Event
    readers: int = 0


class Making:
    """Answers that are made where they are not kept."""

    def __init__(self, kept: Kept, patience: Patience | None = None) -> None:
        self.kept = kept
        self._patience = patience or Patience()
        self._turns = Turns(self._patience.at_once, self._patience.each, self._patience.waiting)
        self._works: dict[Asked, _Work] = {}

    async def answer(self, asked: Asked, make: Callable[[], Answer], client: str = "") -> Answer:
        """What is kept, or what ``make`` gives now. A Refusal where that takes too long; it is kept once it is there.

        Who asks for what is being made waits for it, rather than making it beside.
        """
        if known := self.kept.known(asked):
            return known
        work = self._works.get(asked) or self._begin(asked, make, client)
        work.readers += 1
        try:
            done, _ = await asyncio.wait({work.task}, timeout=self._patience.seconds)
        finally:
            work.readers -= 1
            if not work.readers and not work.begun.is_set():
                self._forget(asked, work)
                work.task.cancel()
        if not done:
            raise busy(f"this page was not made within {self._patience.seconds:g} s")
        return work.task.result()

    def _begin(self, asked: Asked, make: Callable[[], Answer], client: str) -> _Work:
        begun = asyncio.Event()
        work = self._works[asked] = _Work(asyncio.ensure_future(self._made(asked, make, client, begun)), begun)

        def end(task: asyncio.Task[Answer]) -> None:
            self._forget(asked, work)
            if not task.cancelled():
                task.exception()  # seen, even where every reader has gone away meanwhile

        work.task.add_done_callback(end)
        return work

    def _forget(self, asked: Asked, work: _Work) -> None:
        if self._works.get(asked) is work:
            del self._works[asked]

    async def _made(self, asked: Asked, make: Callable[[], Answer], client: str, begun: asyncio.Event) -> Answer:
        await self._turns.take(client, self._patience.seconds)
        begun.set()
        try:
            answer = await _in_a_thread(make)
        finally:
            self._turns.give_back(client)
        self.kept.keep(asked, answer)
        return answer


async def _in_a_thread(make: Callable[[], Answer]) -> Answer:
    """What ``make`` gives, from a thread that ends with the process."""
    done: Future[Answer] = Future()
    done.set_running_or_notify_cancel()

    def run() -> None:
        try:
            done.set_result(make())
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told to who waits
            done.set_exception(error)

    threading.Thread(target=run, name="page", daemon=True).start()
    return await asyncio.wrap_future(done)
