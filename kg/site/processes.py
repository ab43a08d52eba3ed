"""Who makes the files of a site: this process alone, or several beside it, each with the store open."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

from kg.errors import KgError
from kg.site.addresses import Address
from kg.site.making import Bundle, Maker
from kg.store import Store
from kg.store.embedded import Embedded

#: Addresses -> a page, with the files beside it, of each.
Make = Callable[[Sequence[Address]], Iterator[Bundle]]

#: For fewer pages, other processes would take longer to begin than to make them.
_FEW = 200
#: So many pages at a time are handed to a process.
_AT_ONCE = 8
#: The maker of a process that was begun here.
_own: list[Maker] = []


def processes_for(store: Store, pages: int) -> int:
    """How many processes are worth while; one where no other can open the store."""
    return os.cpu_count() or 1 if isinstance(store, Embedded) and store.location and pages >= _FEW else 1


@contextmanager
def makers(store: Store, maker: Maker, processes: int) -> Iterator[Make]:
    """What makes pages, by ``maker`` or by several processes; they end with the context."""
    if processes == 1 or not isinstance(store, Embedded) or store.location is None:
        yield lambda addresses: map(maker.bundle, addresses)
        return
    # Spawned: a copy of a process that has a store open may hang.
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _begin, (store.location, maker.asks))
    try:
        yield lambda addresses: pool.map(_bundle, addresses, chunksize=_AT_ONCE)
    except BrokenProcessPool as error:
        raise KgError("a process that made pages was ended, perhaps for want of memory; try again") from error
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(location: Path, asks: bool) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who began it ends it
    _own.append(Maker(Embedded.at(location), asks))


def _bundle(address: Address) -> Bundle:
    try:
        return _own[0].bundle(address)
    except KgError as error:
        raise KgError(str(error)) from None  # not every error of ours can be handed from process to process
