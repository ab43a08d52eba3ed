"""Makes the documentation as a site: ``scripts/docs DIR``."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from kg.doors import guarded, stop
from kg.manual.making import make
from kg.resources import is_checkout, shipped


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
def main(folder: Path) -> None:
    """Make the documentation into DIR: a site of files that needs no server and no network."""
    if not is_checkout():
        stop("the documentation is made from a checkout of the repository, which has docs/; run scripts/docs there")
    guarded(lambda: make(shipped(), folder, partial(click.echo, err=True)))


if __name__ == "__main__":
    main()
