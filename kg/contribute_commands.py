"""The commands for who codes studies: ``kg template`` and ``kg agree``."""

from __future__ import annotations

from pathlib import Path

import click

from kg.command_parts import output_option
from kg.doors import stop


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@output_option(required=True, help="The workbook to write (.xlsx), or the codebook (.md).")
def template(folder: Path | None, output: Path) -> None:
    """Write a workbook to code a source in: drop-downs, and the codebook's words at each heading.

    With the FOLDER of a dataset, its rows stand in it. A name that ends in .md gives the codebook itself. Then:
    kg check FILE.xlsx, and kg import FILE.xlsx --as DATASET.
    """
    from kg.files import write_bytes, write_text

    if output.suffix == ".md" and folder is None:
        write_text(output, _codebook())
    elif output.suffix == ".xlsx":
        write_bytes(output, _workbook(folder))
    else:
        other = "" if folder else ", or .md for the codebook"
        stop(f"-o {output}: a workbook is written to a file that ends in .xlsx{other}")
    click.echo(f"{output} written", err=True)


def _codebook() -> str:
    from kg.codebook import markdown
    from kg.corpus import read_corpus
    from kg.resources import shipped

    return markdown(read_corpus(shipped()))


def _workbook(folder: Path | None) -> bytes:
    from kg.corpus import read_corpus
    from kg.resources import shipped
    from kg.workbooks.folders import read_dataset
    from kg.workbooks.writing import workbook

    if folder is None:
        return workbook(read_corpus(shipped()))
    return workbook(*read_dataset(shipped(), folder))
