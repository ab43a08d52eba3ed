"""The command of ``kg`` that freezes the explorer to files."""

from __future__ import annotations

from pathlib import Path

import click

from kg.command_parts import opened, progress
from kg.doors import stop


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--fetch-oxigraph", is_flag=True, help="Get, by npm, what answers SPARQL in a browser; once is enough.")
@click.option("--without-sparql", is_flag=True, help="Make the site without an engine for SPARQL in the browser.")
@click.pass_context
def site(context: click.Context, folder: Path, fetch_oxigraph: bool, without_sparql: bool) -> None:
    """Freeze the explorer into DIR, for any host of files: all pages, their data, search, SPARQL in the browser.

    A site that is there is replaced at the end, at once; what else lies in its folder (.git, CNAME) stays.
    """
    if fetch_oxigraph and without_sparql:
        stop("--fetch-oxigraph and --without-sparql exclude each other; choose one")
    try:
        from kg.site import oxigraph
        from kg.site.freezing import freeze
    except ImportError:
        stop("kg site needs starlette: pip install 'compassion-attachment-kg[serve]'")
    engine = None
    if not without_sparql:
        engine = oxigraph.fetch() if fetch_oxigraph else oxigraph.fetched()
    written = freeze(opened(context), folder, engine, progress)
    progress(f"{folder}: {written:,} files; look at them with: python -m http.server --directory {folder}")
