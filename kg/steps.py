"""Long work that can be counted: a bar with rate and remaining time where somebody looks, else a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Seconds between two lines where there is no terminal.
_PAUSE = 10.0


@contextmanager
def steps(what: str, total: int, progress: Callable[[str], None]) -> Iterator[Callable[[int], None]]:
    """A function to be told how many more of ``total`` are done."""
    if sys.stderr.isatty():
        with _bar(what, total) as advance:
            yield advance
    else:
        yield _lines(what, total, progress)


@contextmanager
def _bar(what: str, total: int) -> Iterator[Callable[[int], None]]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    rate = TextColumn("{task.fields[rate]}")
    columns = (TextColumn(what), BarColumn(), TaskProgressColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=total, rate="")

        def advance(more: int) -> None:
            bar.update(task, advance=more)
            speed = bar.tasks[task].speed
            bar.update(task, rate=f"{speed:,.0f}/s" if speed else "")

        yield advance


def _lines(what: str, total: int, progress: Callable[[str], None]) -> Callable[[int], None]:
    start = told = time.monotonic()
    done = 0

    def advance(more: int) -> None:
        nonlocal done, told
        done += more
        now = time.monotonic()
        if done and (now - told >= _PAUSE or done == total):
            told = now
            rate = done / max(now - start, 0.001)
            progress(f"{what}: {done:,} of {total:,}, {rate:,.0f}/s, {(total - done) / rate:.0f} s to go")

    return advance
