"""Answers kept: a build does not change, so what was made once need not be made again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

#: What a kept answer takes besides its content and the letters of its address, roughly.
_BESIDE = 1000
#: A letter takes so many bytes at most.
_LETTER = 4


@dataclass(frozen=True)
class Answer:
    """The content of a page or file; ``policy`` where a page has a Content-Security-Policy of its own.

    What is too long to be had whole has no content, but ``parts``, which give it as one thread makes them.
    """

    content: bytes
    media_type: str
    status: int
    policy: str = ""
    parts: Callable[[], Iterator[bytes]] | None = None


@dataclass(frozen=True)
class Asked:
    """A path, with what of the query its page reads: the same page has one name, whatever else its address says."""

    path: str
    query: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, path: str, query: Mapping[str, str]) -> Asked:
        return cls(path, tuple(sorted(query.items())))


class Kept:
    """Answers by what was asked, up to ``most`` bytes together; the one that was longest unasked goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes = 0
        self._answers: OrderedDict[Asked, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def known(self, asked: Asked) -> Answer | None:
        """What was answered before."""
        with self._lock:
            if asked in self._answers:
                self._answers.move_to_end(asked)
            return self._answers.get(asked)

    def keep(self, asked: Asked, made: Answer) -> None:
        """Keep an answer, in the place of those that were longest unasked. What went wrong (from 400) is not kept."""
        with self._lock:
            if made.status < 400 and asked not in self._answers:
                self._add(asked, made)
                while self._bytes > self._most:
                    self._bytes -= _size(*self._answers.popitem(last=False))

    def fill(self, asked: Asked, made: Answer) -> bool:
        """Keep what nobody asked for yet. False where there is no room: it pushes out nothing."""
        with self._lock:
            if asked in self._answers:
                return True
            if self._bytes + _size(asked, made) > self._most:
                return False
            self._add(asked, made)
            return True

    def _add(self, asked: Asked, made: Answer) -> None:
        """The lock is held by whoever calls."""
        self._answers[asked] = made
        self._bytes += _size(asked, made)


def _size(asked: Asked, made: Answer) -> int:
    letters = len(asked.path) + sum(len(name) + len(value) for name, value in asked.query)
    return len(made.content) + _LETTER * letters + _BESIDE
