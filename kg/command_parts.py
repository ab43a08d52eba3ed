"""What the commands of ``kg`` share: their options, the store they ask, and how they print."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from kg.doors import stop

if TYPE_CHECKING:
    from kg.store import Rows, Store, Stream, Value
    from kg.store.signing import Login

#: Where a password is read from.
PASSWORD = "KG_PASSWORD"  # noqa: S105 - the name of a variable

#: Named here so that --help needs no writer; a test compares them with the registries.
ROW_FORMATS = ("table", "csv", "tsv", "json", "markdown")
RDF_FORMATS = ("ttl", "nt", "trig", "nq", "jsonld", "rdfxml")
ESTIMATORS = ("reml", "dl", "pm", "ml", "fixed")
INTERVALS = ("knapp-hartung", "wald")
DEPENDENT = ("choose", "three-level")
MODERATORS = ("measure", "design", "population", "recruitment", "age", "female", "year", "risk-of-bias")
CONTESTED = ("standardised-beta", "partial-r", "chi-square", "p")
PLOTS = ("forest", "funnel", "effect-direction", "albatross", "harvest")
ENCODINGS = ("utf-8", "latin-1", "cp1252", "utf-16")
EXPORT_FORMATS = (
    *(*RDF_FORMATS, "ttl12"),
    *("csv", "parquet", "graphml", "results", "metafor", "nanopub"),
    *("ontology", "skos", "obographs"),
)

format_option = click.option(
    "--format", "format", type=click.Choice(ROW_FORMATS), default="table", show_default=True, help="How to print rows."
)


#: What --layer can name; the last is no finding, and only some commands show it.
LAYERS = ("all", "review", "primary", "secondary")

#: Of a command that counts or draws findings.
layer_option = click.option(
    "--layer", type=click.Choice(LAYERS[:-1]), default="all", show_default=True,
    help="Only what a review tells, or only what primary reports tell; counted anew.",
)  # fmt: skip

#: Of a command that also shows what others pooled.
any_layer_option = click.option(
    "--layer", type=click.Choice(LAYERS), default="all", show_default=True,
    help="Only what a review tells, only what primary reports tell, or only what others pooled.",
)  # fmt: skip


services_option = click.option(
    "--service", "services", multiple=True, metavar="NAME=URL",
    help="An endpoint that the query may ask, as SERVICE service:NAME { … }. May be given more than once.",
)  # fmt: skip


def output_option(required: bool, help: str) -> Callable[[Any], Any]:
    """The option -o, for a file."""
    return click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=required, help=help)


def save(path: Path, text: str) -> None:
    """Write what a figure is to a file: as it is, or, where the file is to be a ``.png``, as pixels."""
    from kg.files import write_bytes, write_text

    if path.suffix == ".png":
        from kg.views.pixels import png

        write_bytes(path, png(text))
    else:
        write_text(path, text)


def progress(step: str) -> None:
    """A step of long work, on stderr."""
    click.echo(step, err=True)


def opened(context: click.Context, layer: str = "all") -> Store:
    """The store that --store names, or the default one; of its findings those of a layer, counted anew."""
    if layer == "all":
        return _opened(context)
    from kg.layers import of_layer

    announce(layer)
    return of_layer(_opened(context), layer)


def announce(layer: str) -> None:
    """Say that a layer is counted anew, which takes a while."""
    if layer != "all":
        progress(f"counting what layer {layer} tells by itself")


def login_of(user: str | None) -> Login | None:
    """Who asks or writes, with the password from the environment or the terminal."""
    if user is None:
        return None
    from kg.store.signing import Login

    password = os.environ.get(PASSWORD)
    if password is None:
        if not sys.stdin.isatty():
            stop(f"--user {user}: no password; put it into the environment variable {PASSWORD}, or ask in a terminal")
        password = click.prompt(f"Password of {user}", hide_input=True, err=True)
    return Login(user, str(password))


def _opened(context: click.Context) -> Store:
    from kg.store import is_endpoint

    root = context.find_root()
    place, user = root.obj, root.params.get("user")
    if place and is_endpoint(place):
        return _asked_there(place, user)
    if root.get_parameter_source("user") is ParameterSource.COMMANDLINE:
        stop("--user: a graph on this machine is read without; name an endpoint with --store, or leave --user out")
    if place:
        return _named(place)
    from kg.default_graph import default_store

    return default_store(progress)


def _asked_there(endpoint: str, user: str | None) -> Store:
    """An endpoint, with a word where it holds no whole graph: what says so, a push takes away first and brings last."""
    from kg.names import BASE
    from kg.store import open_store

    store = open_store(endpoint, login_of(user))
    if store.select(f"ASK {{ <{BASE}dataset> dcterms:identifier ?digest }}").values != ((True,),):
        unsure = f"{endpoint} does not say that it holds a whole graph"
        progress(f"note: {unsure}; was a push into it stopped? Start it again")
    return store


def _named(folder: str) -> Store:
    """The build in a folder, with a word where another version built it: questions may read what it lacks."""
    from kg.manifests import made_by
    from kg.resources import software_version
    from kg.store import open_store

    store = open_store(folder)
    theirs, ours = made_by(Path(folder)), software_version()
    if theirs not in ("", ours):
        progress(f"note: {folder} was built by version {theirs}, and this is {ours}; build it again")
    return store


def with_services(store: Store, named: tuple[str, ...]) -> Store:
    """The store, whose queries may ask the endpoints that --service names."""
    if not named:
        return store
    from kg.store.federated import Federated

    services: dict[str, str] = {}
    for given in named:
        name, equals, url = given.partition("=")
        if not equals or name in services:
            wrong = f"'{name}' is named twice" if equals else "is no NAME=URL"
            stop(f"--service {given}: {wrong}; write a name, = and the address of an endpoint, each name once")
        services[name] = url
    return Federated(store, services)


def print_rows(rows: Rows, format: str) -> None:
    """An answer on stdout, in one of ``ROW_FORMATS``."""
    from kg.export import tables

    click.echo(tables.ROW_FORMATS[format](rows), nl=False)


def print_stream(stream: Stream, format: str) -> bool:
    """An answer on stdout row by row, as csv or tsv; whether there was any row."""
    from kg.export.tables import separated

    count = 0

    def counted() -> Iterator[tuple[Value, ...]]:
        nonlocal count
        for count, row in enumerate(stream.values, start=1):  # noqa: B007 - told afterwards
            yield row

    for part in separated(stream.columns, counted(), format):
        click.echo(part, nl=False)
    return count > 0


def print_rules_behind(rows: Rows) -> None:
    """The rules behind a verdict or an evidence line, on stderr: no verdict is shown without its rule."""
    from kg.questions import rules_behind
    from kg.resources import shipped

    for name, text in rules_behind(shipped(), rows).items():
        click.echo(f"\nThe rule (queries/rules/{name}.rq):\n{text}", err=True)
