"""The command of ``kg`` that serves the explorer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import click

from kg.command_parts import opened
from kg.doors import stop

if TYPE_CHECKING:
    import socket


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
        prepare(store.location, app.state.making.kept, partial(click.echo, err=True))
    else:
        _warm(app.state.atlas.warm)
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


def _warm(work: Callable[[], None]) -> None:
    """Do ``work`` beside serving; what fails there fails again, and is told, where a reader asks for it."""
    threading.Thread(target=work, daemon=True).start()
