"""Turns: work for strangers is done a few pieces at a time, of one stranger fewer, and nobody waits for ever."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import ClientDisconnect, Request

from kg.serve.refusals import Refusal

#: Seconds between looks at whether a client still waits.
_GLANCE = 0.5
#: A client has at most one place in so many of those where clients wait.
_SHARE = 4

T = TypeVar("T")


@dataclass(eq=False)
class _Waiting:
    client: str
    turn: asyncio.Future[None]


class Turns:
    """``at_once`` pieces of work together, ``each`` of one client, while ``waiting`` others wait.

    Who waits is served in order, but whoever already has as many pieces running as one client may is passed over.
    """

    def __init__(self, at_once: int, each: int, waiting: int) -> None:
        self._at_once = at_once
        self._each = each
        self._most_waiting = waiting
        self._running: Counter[str] = Counter()
        self._waiting: list[_Waiting] = []

    async def take(self, client: str, seconds: float) -> None:
        """Wait for a turn, at most so many seconds; a Refusal where there is none. Whoever has one gives it back."""
        if self._may_run(client):
            self._running[client] += 1
            return
        self._refuse_crowds(client)
        waiting = _Waiting(client, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        try:
            done, _ = await asyncio.wait({waiting.turn}, timeout=seconds)
        except asyncio.CancelledError:
            self._leave(waiting)
            raise
        if not done:
            self._leave(waiting)
            raise busy("its turn did not come in time")

    def give_back(self, client: str) -> None:
        """The work is done: the next may begin."""
        self._running[client] -= 1
        if not self._running[client]:
            del self._running[client]
        self._begin_next()

    def _may_run(self, client: str) -> bool:
        return self._running.total() < self._at_once and self._running[client] < self._each

    def _refuse_crowds(self, client: str) -> None:
        own = sum(each.client == client for each in self._waiting)
        if len(self._waiting) >= self._most_waiting:
            raise busy("too many others are waiting")
        if own >= max(1, self._most_waiting // _SHARE):
            raise busy("too many of your own requests are waiting")

    def _leave(self, waiting: _Waiting) -> None:
        if waiting in self._waiting:
            self._waiting.remove(waiting)
        elif waiting.turn.done():
            self.give_back(waiting.client)

    def _begin_next(self) -> None:
        for waiting in tuple(self._waiting):
            if self._may_run(waiting.client):
                self._waiting.remove(waiting)
                self._running[waiting.client] += 1
                waiting.turn.set_result(None)


def busy(why: str) -> Refusal:
    """The server has other work to do first."""
    return Refusal(503, f"the server is busy: {why}; ask again in a moment", {"Retry-After": "5"})


def client_of(request: Request) -> str:
    """Who asks, as far as the connection tells."""
    return request.client.host if request.client else ""


async def while_there(request: Request, work: Awaitable[T]) -> T:
    """What comes of the work; it is cancelled, by ClientDisconnect, when the client has gone away."""
    task = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait({task}, timeout=_GLANCE))[0]:
            if await request.is_disconnected():
                raise ClientDisconnect
        return task.result()
    finally:
        task.cancel()
