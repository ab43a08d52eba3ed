"""The command of ``kg`` that an assistant starts."""

from __future__ import annotations

import signal
import sys

import click

from kg.command_parts import opened
from kg.doors import stop


@click.command()
@click.pass_context
def mcp(context: click.Context) -> None:
    """Offer every question as a tool to an assistant (Model Context Protocol), over standard input and output.

    An assistant starts it by itself, from a line of its configuration (see the README). It only reads, listens on no
    network, and ends with its input.
    """
    try:
        import anyio
        from mcp.server.stdio import stdio_server

        from kg.assistants.server import server
        from kg.serve.app import engine_over
    except ImportError:
        stop("kg mcp needs the library mcp: pip install 'compassion-attachment-kg[mcp]'")
    from kg.resources import shipped

    store = opened(context)
    store.select("ASK { }")  # an endpoint that is not there is told now, not to the assistant at its first question
    engine = engine_over(store)
    if engine is None:
        stop("kg mcp answers over a build on disk or an endpoint; name one with --store")
    offered = server(store, engine, shipped())

    async def serve() -> None:
        async with stdio_server() as (incoming, outgoing):
            await offered.run(incoming, outgoing, offered.create_initialization_options())

    # A thread waits for the next line, and an end that waits for the thread would never come.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.stdin.isatty():
        click.echo(
            "kg mcp speaks with an assistant, which starts it by itself (see the README); Ctrl+D ends it", err=True
        )
    anyio.run(serve)
