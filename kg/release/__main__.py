"""Makes a release; scripts/release calls it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from kg.command_parts import progress
from kg.doors import guarded


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """What both commands take."""
    folder = click.Path(path_type=Path, file_okay=False)
    command = click.option("-o", "--output", type=folder, default=Path("release"), help="Default: release/.")(command)
    place = click.Path(path_type=Path, exists=True)
    command = click.option("--previous", type=place, help="The last release: its folder, .zip or kg.nq.")(command)
    return click.argument("version")(command)


@click.group()
def main() -> None:
    """Make a release of the repository."""


@main.command()
@_options
def ready(version: str, previous: Path | None, output: Path) -> None:
    """Say what keeps VERSION from being released; nothing where nothing does."""
    from kg.release.making import ready as refuse

    refuse(version, output, previous)


@main.command()
@_options
def make(version: str, previous: Path | None, output: Path) -> None:
    """Check everything and write the bundle of VERSION."""
    from kg.release.making import make as write

    click.echo(write(version, output, previous, progress))


if __name__ == "__main__":
    guarded(lambda: main(standalone_mode=True))
