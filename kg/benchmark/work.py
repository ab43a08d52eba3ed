"""What commands take: a build, an update, pages; each in a process of its own."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from kg.benchmark.asked import chosen
from kg.benchmark.one_study import write_study
from kg.errors import KgError
from kg.generating.folders import generate
from kg.names import local_name
from kg.pages.addresses import pair_path
from kg.serve.measuring import PATIENCE, got, server
from kg.store import Store

#: A graph of any size has as many findings for each construct as metaBUS has (a million on some 5,000), so that what is
#: told of a construct is as long in all: what a question takes more in a larger graph is not for a longer answer.
_FINDINGS_OF_A_CONSTRUCT = 200
_FEWEST_CONSTRUCTS = 20


@dataclass(frozen=True)
class Took:
    """What a command took: seconds, seconds of processors, the most memory of one of its processes (GiB)."""

    seconds: float
    processors: float
    memory: float


def _ran(arguments: Sequence[str]) -> Took:
    """What Python takes with these arguments; it keeps bytecode, as an installed package does."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begun = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, *arguments], stdout=subprocess.DEVNULL, env=environment
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise KgError(f"python {' '.join(arguments)} failed; run it by itself to see why")
    return Took(time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20)


def built(findings: int, place: Path) -> tuple[Path, dict[str, Took]]:
    """A build with so many made-up findings below ``place``, and what it took to build it and to change one study: of
    three changes the one that took neither least nor longest.
    """
    folder, build, study = place / f"made-up-{findings}", place / f"build-{findings}", place / "one-study"
    if not folder.exists():
        generate(folder, findings, constructs=max(_FEWEST_CONSTRUCTS, findings // _FINDINGS_OF_A_CONSTRUCT))
    build_it = ["-m", "kg", "build", "--reasoner", "rules", "-o", *map(str, (build, folder, study))]
    shutil.rmtree(build, ignore_errors=True)  # what is up to date would not be built
    works = []
    for people in (200, 210, 220, 230):
        write_study(study, people)
        works.append(_ran(build_it))
    whole, *changes = works
    return build, {"kg build": whole, "kg build, one study changed": sorted(changes, key=lambda took: took.seconds)[1]}


def pages(build: Path, store: Store) -> dict[str, float]:
    """Seconds for a page that nobody asked for before, by kind; of several of a kind the median.

    A kind takes for ever where the server refuses one of it after its time limit.
    """
    with server("--store", str(build)) as (host, port, _):
        connection = HTTPConnection(host, port, timeout=PATIENCE)
        return {kind: _median(connection, paths) for kind, paths in _pages(store).items() if paths}


def _pages(store: Store) -> Mapping[str, Sequence[str]]:
    """Addresses of pages by kind, about what is studied more often than nine in ten."""
    pairs = list(chosen(store, 5))
    ends = [local_name(pair[end]) for pair in pairs for end in ("first", "second")]
    return {
        "home": ["/"],
        "gap map": ["/gaps"],
        "conflicts": ["/conflicts"],
        "findings, first page": ["/finding"],
        "pair": [pair_path(local_name(pair["first"]), local_name(pair["second"])) for pair in pairs],
        "construct": [f"/construct/{name}" for name in dict.fromkeys(ends)],
        "finding": [f"/finding/{local_name(pair['finding'])}" for pair in pairs],
        "network": [f"/network?around={name}" for name in dict.fromkeys(ends)],
    }


def _median(connection: HTTPConnection, paths: Sequence[str]) -> float:
    times: list[float] = []
    while len(times) < len(paths) and math.inf not in times:
        times.append(_seconds(connection, paths[len(times)]))
    return math.inf if math.inf in times else median(times)


def _seconds(connection: HTTPConnection, path: str) -> float:
    begun = time.perf_counter()
    try:
        got(connection, path)
    except KgError:
        return math.inf
    return time.perf_counter() - begun


def cold(build: Path) -> dict[str, float]:
    """Seconds of processors that commands take from nothing: the median of nine."""
    store = ("--store", str(build))
    commands = {
        "python -c pass": ("-c", "pass"),
        "kg --help": ("-m", "kg", "--help"),
        "kg ask participants": ("-m", "kg", *store, "ask", "participants"),
    }
    return {what: median(_ran(command).processors for _ in range(9)) for what, command in commands.items()}
