"""Answers kept: a build does not change, so what was made once need not be made again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """The content of a page or file; ``policy`` where a page has a Content-Security-Policy of its own."""

    content: bytes
    media_type: str
    status: int
    policy: str = ""


class Kept:
    """Answers by what was asked, up to ``most`` bytes together; the one that was longest unasked goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes = 0
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._lock = threading.Lock()
        self._making: dict[Hashable, threading.Lock] = {}

    def answer(self, asked: Hashable, make: Callable[[], Answer]) -> Answer:
        """What was answered before, or what ``make`` gives now. What went wrong (a status from 400) is not kept.

        Who asks for what is being made waits for it, rather than making it beside.
        """
        if not self._most:
            return make()
        with self._lock:
            if answer := self._known(asked):
                return answer
            making = self._making.setdefault(asked, threading.Lock())
        with making:
            with self._lock:
                if answer := self._known(asked):
                    return answer
            try:
                made = make()
                if made.status < 400:
                    with self._lock:
                        self._keep(asked, made)
                return made
            finally:
                with self._lock:
                    self._making.pop(asked, None)

    def keep(self, asked: Hashable, made: Answer) -> None:
        """Keep what was made elsewhere, while there is room: it pushes out nothing that somebody asked for."""
        with self._lock:
            if self._bytes + len(made.content) <= self._most:
                self._keep(asked, made)

    def _known(self, asked: Hashable) -> Answer | None:
        if asked in self._answers:
            self._answers.move_to_end(asked)
        return self._answers.get(asked)

    def _keep(self, asked: Hashable, made: Answer) -> None:
        """The lock is held by whoever calls."""
        if asked in self._answers:
            return
        self._answers[asked] = made
        self._bytes += len(made.content)
        while self._bytes > self._most:
            _, gone = self._answers.popitem(last=False)
            self._bytes -= len(gone.content)
