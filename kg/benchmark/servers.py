"""SPARQL servers on loopback, each loaded with the files of a build by its own loader, and ended after use."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from kg.errors import KgError, MissingPart

#: Seconds that a server has to tell that it is up.
_PATIENCE = 60
_VIRTUOSO = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{port}
NumberOfBuffers = {buffers}
StopCompilerWhenXOverRunTime = 1
DirsAllowed = {folder}
[HTTPServer]
ServerPort = {where}
ServerRoot = {folder}
[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryExecutionTime = {seconds}
"""


@dataclass(frozen=True)
class Server:
    """A server that runs: where it answers, its process, and what loading took (seconds)."""

    address: str
    process: int
    loaded: float

    def memory(self) -> float:
        """The most memory that it held by now, in GiB; nothing where the system does not tell."""
        with suppress(OSError):
            for line in Path(f"/proc/{self.process}/status").read_text(encoding="utf-8").splitlines():
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 2**20
        return 0.0


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: Sequence[str], folder: Path | None, answers: str) -> Iterator[int]:
    """A server of ours, as long as it is wanted, by its process; ``answers`` is where it tells that it is up."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        command, cwd=folder, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        _wait_for(answers)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(address: str) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        with suppress(OSError), urllib.request.urlopen(address, timeout=1):  # noqa: S310 - loopback
            return
        time.sleep(0.1)
    raise KgError(f"{address} does not answer within {_PATIENCE} s; start that server by itself to see why")


def virtuoso_settings(folder: Path, port: int, where: str, rows: int, buffers: int, seconds: int) -> str:
    """``virtuoso.ini`` of a server in ``folder``: its ports, and how many rows, buffers (8 KiB) and seconds it has."""
    return _VIRTUOSO.format(folder=folder, port=port, where=where, rows=rows, buffers=buffers, seconds=seconds)


@contextmanager
def oxigraph(files: Sequence[Path], folder: Path, seconds: int) -> Iterator[Server]:
    """Oxigraph's server, from PyPI's ``oxigraph``."""
    program = _program("oxigraph", "pip install oxigraph", Path(sys.executable).with_name("oxigraph"))
    location = str(folder / "store")
    begun = time.perf_counter()
    _run([program, "load", "--location", location, "--file", *map(str, files)])
    _run([program, "optimize", "--location", location])
    loaded, where = time.perf_counter() - begun, f"127.0.0.1:{free_port()}"
    command = [program, "serve-read-only", "--location", location, "--bind", where, "--union-default-graph"]
    with running([*command, "--timeout-s", str(seconds)], None, f"http://{where}/") as process:
        yield Server(f"http://{where}/query", process, loaded)


@contextmanager
def virtuoso(files: Sequence[Path], folder: Path, seconds: int) -> Iterator[Server]:
    """Virtuoso 7, from Debian's ``virtuoso-opensource``, with three gigabytes of buffers."""
    install = "apt-get install virtuoso-opensource"
    program, isql = _program("virtuoso-t", install), _program("isql-vt", install)
    port, where = free_port(), f"127.0.0.1:{free_port()}"
    settings = virtuoso_settings(folder, port, where, 1_000_000, 340_000, seconds)
    (folder / "virtuoso.ini").write_text(settings, encoding="utf-8")
    (folder / "files").mkdir()
    for number, path in enumerate(files):
        (folder / "files" / f"{number:04}.nq").hardlink_to(path)
    with running([program, "+foreground", "+configfile", "virtuoso.ini"], folder, f"http://{where}/sparql") as process:
        begun = time.perf_counter()
        for statement in (f"ld_dir('{folder}/files', '*.nq', 'urn:default')", "rdf_loader_run()", "checkpoint"):
            _run([isql, str(port), "dba", "dba", f"exec={statement};"])
        yield Server(f"http://{where}/sparql", process, time.perf_counter() - begun)


#: Name of an engine -> how a server of it is started: files of a build, an empty folder, seconds for a query.
SERVERS: Mapping[str, Callable[[Sequence[Path], Path, int], AbstractContextManager[Server]]] = {
    "oxigraph server": oxigraph,
    "virtuoso": virtuoso,
}


def _program(name: str, install: str, beside: Path | None = None) -> str:
    found = str(beside) if beside and beside.exists() else shutil.which(name)
    if not found:
        raise MissingPart(f"{name} is not installed: {install}")
    return found


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    if done.returncode:
        told = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
        raise KgError(f"{Path(command[0]).name} failed: {told[-1]}; run it by itself to see why")
