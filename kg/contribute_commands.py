"""The commands for who codes studies: ``kg template`` and ``kg agree``."""

from __future__ import annotations

from pathlib import Path

import click

from kg.command_parts import ROW_FORMATS, output_option, print_rows
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

    if output.suffix == ".xlsx" and output.exists():
        stop(f"-o {output}: is there already, and somebody may have coded in it; choose another name, or take it away")
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


@click.command()
@click.argument("first", type=click.Path(path_type=Path, exists=True))
@click.argument("second", type=click.Path(path_type=Path, exists=True))
@click.option("--disagreements", is_flag=True, help="As rows: every disagreement, and every row of one coder alone.")
@click.option("--format", "format", type=click.Choice(("text", *ROW_FORMATS)), default="text", show_default=True,
              help="Text tells everything; the others give rows, of the agreement in each field.")  # fmt: skip
def agree(first: Path, second: Path, disagreements: bool, format: str) -> None:
    """Compare two codings of one source: agreement in each field, Cohen's kappa, and what the coders disagree on.

    FIRST and SECOND are workbooks of kg template, or dataset folders. Rows are paired by what they are about: studies
    by id, samples by study, findings by study, kind and constructs (those left, by study and statistic as printed),
    claims by their constructs, risk of bias by tool, studies and domain. Own words are not compared.

    Where a row has several candidates, those are paired that agree most, so kappa leans upward. Rows that both left
    empty in a field are left out of its kappa.
    """
    from kg.agreement import compare
    from kg.errors import NothingFound
    from kg.resources import shipped
    from kg.views.agreement import text
    from kg.workbooks.folders import read_dataset

    codings = [read_dataset(shipped(), path)[1] for path in (first, second)]
    found = compare(*codings)
    if not any(found.paired.values()):
        raise NothingFound(f"{first} and {second} have no study in common; give a study the same id in both")
    if disagreements:
        print_rows(found.disagreement_rows(), "table" if format == "text" else format)
    elif format == "text":
        click.echo(text(found, str(first), str(second)), nl=False)
    else:
        print_rows(found.field_rows(), format)
