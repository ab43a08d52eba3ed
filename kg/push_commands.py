"""The command ``kg push``: the graph, loaded into another engine."""

from __future__ import annotations

import click

from kg.command_parts import PASSWORD, login_of, opened, progress
from kg.doors import stop
from kg.errors import StoreError

_STOPPED = "what was written stays there, and answers may be incomplete until the same command has run to its end"


@click.command()
@click.argument("endpoint")
@click.option("--update", metavar="URL", help="Write by SPARQL Update, to this address of the engine.")
@click.option("--graph-store", metavar="URL", help="Write by the Graph Store Protocol, to this address of the engine.")
@click.option("--user", metavar="NAME", help=f"Who writes. The password is read from {PASSWORD}, or asked for.")
@click.pass_context
def push(context: click.Context, endpoint: str, update: str | None, graph_store: str | None, user: str | None) -> None:
    """Load every named graph into another engine, read it back, and see that it is the same.

    ENDPOINT is where the engine answers SPARQL queries; how it is written to, say --update or --graph-store. What is
    there already stays, a push that was stopped goes on, and graphs of ours that this store has not are removed; all
    others are let alone. For example, to Oxigraph's server on this machine, which takes no user:

    \b
      oxigraph serve --location oxigraph-data --bind 127.0.0.1:7878 --union-default-graph
      kg push http://127.0.0.1:7878/query --update http://127.0.0.1:7878/update

    ENGINES.md has such a line for every engine that was tried.
    """
    addresses = {"ENDPOINT": endpoint, "--update": update, "--graph-store": graph_store}
    if (update is None) == (graph_store is None):
        stop("say how the engine is written to: --update URL or --graph-store URL, one of them")
    for option, url in addresses.items():
        if url is not None:
            _see_to(option, url)

    from kg.push.engines import Engine, GraphStore, Updates
    from kg.push.pushing import Push
    from kg.push.wire import Wire
    from kg.store.embedded import Embedded
    from kg.store.service import is_web_address

    store = opened(context) if not is_web_address(context.find_root().obj or "") else None
    if not isinstance(store, Embedded):
        stop("--store: what is pushed is a graph built on this machine, not an endpoint; give the folder of a build")
    wire = Wire(login_of(user))
    engine = Engine(endpoint, wire)
    writer = Updates(update, wire) if update else GraphStore(graph_store or "", wire)
    pushing = Push(store, engine, writer, progress)
    try:
        done = pushing.run()
    except KeyboardInterrupt:
        stop(f"interrupted; {_STOPPED}" if pushing.begun else "interrupted")
    except StoreError:
        if pushing.begun:
            progress(_STOPPED)
        raise
    if not engine.has_union():
        progress("note: its default graph is not the union of all graphs, so kg --store cannot ask it; set it up so")
    click.echo(f"{endpoint}: {sum(each.triples for each in done):,} triples in {len(done)} graphs, found equal")
    for each in done:
        click.echo(f"  {each.name:32} {each.triples:>10,}  {each.checksum[:16]}  {each.how}")


def _see_to(option: str, url: str) -> None:
    from kg.store.service import has_password, is_web_address

    if not is_web_address(url):
        stop(f"{option}: '{url}' is no http(s):// address")
    if has_password(url):
        stop(f"{option}: no user or password in an address, where others may read it; give --user and {PASSWORD}")
