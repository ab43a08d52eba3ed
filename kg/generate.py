"""Writes a dataset folder of made-up evidence of any size: ``scripts/generate FOLDER --findings 1000000``."""

from __future__ import annotations

from pathlib import Path

import click

from kg.doors import guarded
from kg.generating.folders import FORMATS, generate


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--findings", type=click.IntRange(1, 100_000_000), default=1_000, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Same seed, same bytes.")
@click.option("--constructs", type=click.IntRange(4), help="Default: grows with the root of the findings, up to 5,000.")
@click.option("--format", "format", type=click.Choice(FORMATS), default=FORMATS[0], show_default=True)
def main(folder: Path, findings: int, seed: int, constructs: int | None, format: str) -> None:
    """Write made-up evidence into FOLDER, as a dataset that kg build takes: kg build FOLDER."""
    guarded(lambda: generate(folder, findings, seed, constructs, format))
    click.echo(f"{folder}: {findings:,} made-up findings")


if __name__ == "__main__":
    main()
