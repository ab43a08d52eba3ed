"""Real SPARQL servers on loopback, for tests that need one."""

import contextlib
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address):
    """Until a server answers, at most half a minute."""
    for _ in range(300):
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=1):
            return
        time.sleep(0.1)
    pytest.fail(f"{address} does not answer")


@contextlib.contextmanager
def oxigraph(location):
    """The address of an Oxigraph that serves a store of its own; its default graph is the union of all."""
    program = str(Path(sys.executable).with_name("oxigraph"))
    where = f"127.0.0.1:{free_port()}"
    process = subprocess.Popen(
        [program, "serve-read-only", "--location", str(location), "--bind", where, "--union-default-graph"],
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://{where}/")
        yield f"http://{where}/query"
    finally:
        process.terminate()
        process.wait()
