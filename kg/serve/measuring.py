"""How the explorer holds under many readers at once: failures, and how much slower a page is than for one alone."""

from __future__ import annotations

import csv
import http.client
import io
import random
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import IO
from urllib.parse import urlencode

from kg.errors import KgError
from kg.names import local_name
from kg.pages.addresses import pair_path
from kg.serve.preparing import READY

CLIENTS = 50
#: Seconds for which a reader looks at a page before the next: none reads faster, most read longer.
_LOOKS = 0.5, 1.5
#: Seconds for which one reader alone is measured, and after which a page counts as failed.
_ALONE, PATIENCE = 15, 60
#: Every way to join five triples of the graph: it never ends.
_RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o }"
_SEED = 20


@dataclass
class Tally:
    """Seconds of the pages that came, and what became of the others."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def main(arguments: Sequence[str]) -> None:
    """Print what one reader alone sees, and what fifty see beside queries that never end.

    Alike in both: on servers that just started, which make each page when it is asked for, then on one where every
    page is ready.
    """
    seconds = _seconds(arguments)
    print(f"{CLIENTS} readers, each {_LOOKS[0]} to {_LOOKS[1]} s on a page, and a query that never ends")
    with server() as (host, port, _):
        usual = _alone(host, port, "just started")
    with server() as (host, port, _):
        _together(host, port, "just started", seconds, usual)
    with server() as (host, port, told):
        _until_ready(told)
        usual = _alone(host, port, "all pages ready")
        _together(host, port, "all pages ready", seconds, usual)


def _alone(host: str, port: int, when: str) -> float:
    """The median of one reader's seconds."""
    tally = _asked(host, port, _pages(host, port), 1, _ALONE)
    usual = median(tally.seconds)
    print(f"{when:16} alone   {len(tally.seconds):6,} pages  median {usual * 1000:7.1f} ms", flush=True)
    return usual


def _together(host: str, port: int, when: str, seconds: float, usual: float) -> None:
    pages = _pages(host, port)
    stopped = threading.Event()
    threading.Thread(target=_run_away, args=(host, port, stopped), daemon=True).start()
    print(f"{when:16} {_line(_asked(host, port, pages, CLIENTS, seconds), usual)}", flush=True)
    stopped.set()


def _until_ready(told: IO[str]) -> None:
    """Wait until the server tells that every page is ready."""
    for line in told:
        if READY in line:
            return
    raise KgError("kg serve ended before all pages were ready; run it by itself to see why")


def _seconds(arguments: Sequence[str]) -> float:
    match list(arguments):
        case []:
            return 60
        case ["--seconds", number] if re.fullmatch(r"[1-9]\d{0,3}", number):
            return float(number)
    raise KgError("give nothing, or --seconds and a whole number from 1 to 9999")


def _line(told: Tally, usual: float) -> str:
    late = quantiles(told.seconds, n=20)[-1]
    middle = median(told.seconds)
    failed = f"{len(told.failures)} failed{': ' + told.failures[0] if told.failures else ''}"
    return (
        f"at once {len(told.seconds):6,} pages  median {middle / usual:5.2f} ×  p95 {late / usual:5.2f} × alone"
        f" ({late * 1000:.1f} ms)  {failed}"
    )


@contextmanager
def server(*options: str) -> Iterator[tuple[str, int, IO[str]]]:
    """``kg serve``, by default over the default graph, in a process of its own: host, port, and what it tells."""
    command = [sys.executable, "-m", "kg", *options, "serve", "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)  # noqa: S603 - our own command
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if found := re.match(r"http://([^:/]+):(\d+)/", line):
                _await(found[1], int(found[2]))
                yield found[1], int(found[2]), process.stderr
                return
        raise KgError("kg serve did not start; run it by itself to see why")
    finally:
        process.terminate()
        process.wait()


def _await(host: str, port: int) -> None:
    """Wait until the server listens, which is a moment after it tells its address."""
    for _ in range(PATIENCE):
        try:
            socket.create_connection((host, port), 1).close()
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise KgError(f"kg serve does not answer at {host}:{port}")


def _pages(host: str, port: int) -> list[str]:
    """The gap map, and every construct, finding and studied pair."""
    connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    constructs, findings, pairs = (
        list(csv.DictReader(io.StringIO(got(connection, path).decode())))
        for path in ("/construct.csv", "/finding.csv", "/questions/pairs-studied.csv")
    )
    return [
        "/gaps",
        *(f"/construct/{local_name(row['construct'])}" for row in constructs),
        *dict.fromkeys(f"/finding/{local_name(row['finding'])}" for row in findings),
        *(pair_path(local_name(row["first"]), local_name(row["second"])) for row in pairs),
    ]


def got(connection: http.client.HTTPConnection, path: str) -> bytes:
    """A page of a server. KgError where it does not come."""
    connection.request("GET", path, headers={"Accept": "text/html"})
    response = connection.getresponse()
    content = response.read()
    if response.status != 200:
        raise KgError(f"{path}: status {response.status}")
    return content


def _asked(host: str, port: int, pages: Sequence[str], clients: int, seconds: float) -> Tally:
    tally = Tally()
    until = time.monotonic() + seconds
    looks = _LOOKS if clients > 1 else (0.05, 0.15)
    readers = []
    for number in range(clients):
        chance = random.Random(f"{_SEED} {clients} {number}")  # noqa: S311 - the same pages each time
        readers.append(threading.Thread(target=_read, args=(host, port, pages, until, looks, tally, chance)))
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    if not tally.seconds:
        raise KgError(f"no page came: {tally.failures[0] if tally.failures else 'too little time'}")
    return tally


def _read(
    host: str,
    port: int,
    pages: Sequence[str],
    until: float,
    looks: tuple[float, float],
    tally: Tally,
    chance: random.Random,
) -> None:
    """One reader: a page, a look at it, the next."""
    connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    time.sleep(chance.uniform(0, looks[0]))
    while time.monotonic() < until:
        started = time.monotonic()
        try:
            got(connection, "/gaps" if chance.random() < 0.1 else chance.choice(pages))
            tally.seconds.append(time.monotonic() - started)
        except (OSError, http.client.HTTPException, KgError) as error:
            tally.failures.append(str(error) or type(error).__name__)
            connection.close()
        time.sleep(chance.uniform(*looks))


def _run_away(host: str, port: int, stopped: threading.Event) -> None:
    """Ask, one after another, what never ends; the endpoint stops each when its time is up."""
    while not stopped.is_set():
        connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
        try:
            connection.request("GET", f"/sparql?{urlencode({'query': _RUNAWAY})}", headers={"Accept": "text/csv"})
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            time.sleep(1)
        finally:
            connection.close()
