"""The command of ``kg`` that serves the explorer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.command_parts import opened
from kg.doors import stop
from kg.errors import StoreError
from kg.generations import current_generation, held

if TYPE_CHECKING:
    import socket

#: Seconds between two looks for a newer build.
_PATIENCE = 2.0


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address to listen on; 0.0.0.0: all of this machine's."
)
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The port; 0: any that is free."
)
@click.pass_context
def serve(context: click.Context, host: str, port: int) -> None:
    """Open the explorer: an atlas of pages over the graph, read-only, for a browser."""
    try:
        import uvicorn

        from kg.serve.app import application
        from kg.serve.connections import configured
        from kg.serve.preparing import prepare
        from kg.store.embedded import Embedded
    except ImportError:
        stop("kg serve needs starlette and uvicorn: pip install 'compassion-attachment-kg[serve]'")
    listening = _socket(host, port)
    store = opened(context)
    app = application(store)
    if isinstance(store, Embedded) and store.location:
        generation = store.location.parent
        app.state.held = held(generation)
        prepare(store.location, app.state.making.kept, partial(click.echo, err=True))
        _beside(partial(_tell_of_newer, generation))
    else:
        _beside(app.state.atlas.warm)
    click.echo(f"http://{host}:{listening.getsockname()[1]}/ (Ctrl+C stops it)", err=True)
    uvicorn.Server(configured(app)).run(sockets=[listening])


def _socket(host: str, port: int) -> socket.socket:
    """A socket that listens there; one line where it cannot."""
    import socket

    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        stop(f"--host {host}: is no address of this machine ({error.strerror or error}); choose another host")
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as error:
        listening.close()
        stop(
            f"--host {host} --port {port}: cannot listen there ({error.strerror or error}); choose another port or host"
        )
    return listening


def _tell_of_newer(generation: Path) -> None:
    """Say so once another graph has taken the place of this one, which is served on."""
    with suppress(StoreError):  # a folder that is gone
        while current_generation(generation.parent) == generation:
            time.sleep(_PATIENCE)
        click.echo("a newer build is there, and this one is served on: stop and start kg serve to show it", err=True)


def _beside(work: Callable[[], None]) -> None:
    """Do ``work`` beside serving; what fails there fails again, and is told, where a reader asks for it."""
    threading.Thread(target=work, daemon=True).start()
