"""The command ``kg import``: somebody's table of results to a dataset folder, with a report row by row."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.command_parts import ENCODINGS
from kg.doors import stop

if TYPE_CHECKING:
    from kg.importing.coding import Imported
    from kg.importing.mapping import ColumnMapping
    from kg.importing.reading import Source

#: So many remarks are told on the terminal; the folder has all of them.
_TOLD = 20


@click.command(name="import")
@click.argument("table", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--as", "dataset", required=True, metavar="DATASET", help="Name of the dataset, and of its folder.")
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), default=Path(),
              help="Where to make the folder DATASET. Default: here.")  # fmt: skip
@click.option("--mapping", "mapping_file", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="Which column holds what (TOML). Default: that of an earlier import, else a guess.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Take the guessed columns without asking.")
@click.option("--dry-run", is_flag=True, help="Print the mapping (to save and edit) and the report; write nothing.")
@click.option("--encoding", type=click.Choice(ENCODINGS), default="utf-8", show_default=True,
              help="How a text table was saved.")  # fmt: skip
@click.option("--reading", type=click.Choice(("review", "primary-abstract", "primary-full-text", "synthesis")),
              help="Through what the numbers were read.")  # fmt: skip
@click.option("--certainty", type=click.Choice(("high", "medium", "low")),
              help="How sure you are that the sources say so.")  # fmt: skip
@click.option("--design", help="The design of the studies whose design no cell tells, such as cross-sectional.")
def import_table(
    table: Path,
    dataset: str,
    output: Path,
    mapping_file: Path | None,
    yes: bool,
    dry_run: bool,
    encoding: str,
    reading: str | None,
    certainty: str | None,
    design: str | None,
) -> None:
    """Import a TABLE of results (.csv, .tsv, .xlsx, .parquet) as a dataset folder of your own.

    A workbook of kg template goes in whole, once every cell is understood, and needs --as alone. Of any other table,
    what is not understood is told by row and column and left out; names that are not in the vocabulary are proposed
    for review, and their rows wait. Exits 1 where a row waits or is left out. Then: kg build DATASET.
    """
    from kg.importing.coding import code
    from kg.importing.mapping import fits, suffices, unread
    from kg.importing.matching import read_vocabulary
    from kg.importing.reading import read_source
    from kg.importing.writing import files_of, write_folder
    from kg.resources import shipped
    from kg.workbooks.reading import is_workbook

    folder = _folder_for(dataset, output)
    if is_workbook(table):
        _refuse_what_a_workbook_tells(mapping_file, reading, certainty, design)
        _import_workbook(table, folder, dry_run)
        return
    source = read_source(table, encoding)
    found, guessed = _mapping(source, folder, mapping_file)
    mapping = _completed(found, folder, reading, certainty, design)
    fits(mapping, source, str(mapping_file or folder / "import.toml"))
    if dry_run:
        click.echo(mapping.toml(source.name), nl=False)
    elif guessed and not yes:
        _confirm(source, mapping)
    if left := unread(mapping, source):
        click.echo(f"not read, kept beside the findings (kept-columns.tsv): {', '.join(left)}", err=True)
    suffices(mapping, source)
    untold = _untold(mapping)
    if untold and not dry_run:
        stop(untold[0])
    vocabulary = read_vocabulary(shipped(), folder)
    if design and vocabulary.designs.called(design) is None:
        stop(f"--design {design}: not known here; use one of {', '.join(vocabulary.known_designs())}")
    done = code(source, mapping, vocabulary, dataset)
    if untold:
        click.echo("\n".join(("rows are reported once this is told, here or in the mapping:", *untold)), err=True)
        _report_names(done, err=True)
        return
    files = files_of(source, mapping, done, dataset)
    nothing = not (done.findings or done.waiting)
    changed = None if dry_run or nothing else write_folder(folder, files)
    _report(source, done, folder, changed)
    if nothing:
        click.echo(f"nothing was imported, and {folder} is as it was: mend the table or the mapping", err=True)
    if done.waiting or done.left_out:
        raise click.exceptions.Exit(1)


def _folder_for(dataset: str, output: Path) -> Path:
    """Where a dataset of this name goes; stops where it is no name, or that of one that ships."""
    from kg.names import SLUG
    from kg.resources import shipped

    if not SLUG.fullmatch(dataset):
        stop(f"--as {dataset}: not an id; use lower-case letters, digits and single hyphens")
    folder = output / dataset
    if any(each.name == dataset and each != folder.resolve() for each in shipped().datasets()):
        stop(f"--as {dataset}: a dataset of that name ships with the graph; choose another name")
    return folder


def _refuse_what_a_workbook_tells(*given: object) -> None:
    """Of a workbook, every row says for itself what these options would say for all."""
    names = ("--mapping", "--reading", "--certainty", "--design")
    if needless := [name for name, value in zip(names, given, strict=True) if value]:
        stop(f"{', '.join(needless)}: a workbook of kg template tells that itself; leave it out")


def _import_workbook(path: Path, folder: Path, dry_run: bool) -> None:
    """Write the dataset folder that a workbook stands for, where every name in it leads somewhere."""
    from kg.build import read
    from kg.errors import ProblemsFound
    from kg.importing.writing import write_folder
    from kg.resources import shipped
    from kg.workbooks.folders import UNNAMED, as_folder, wrong_name

    with as_folder(path) as coded:
        if coded.name not in (folder.name, UNNAMED):  # of one without a name, reading tells all that is to be filled in
            raise ProblemsFound([wrong_name(coded, folder.name)])
        read(shipped().without([coded.name]), [coded])
        files = {each.name: each.read_text(encoding="utf-8") for each in sorted(coded.iterdir())}
    if dry_run:
        click.echo(f"{path}: nothing is wrong with its names and numbers; nothing was written")
        return
    _say_written(folder, write_folder(folder, files))


def _say_written(folder: Path, changed: list[str]) -> None:
    written = f"{', '.join(changed)} written" if changed else "nothing changed"
    click.echo(f"{folder}: {written}; next: kg build {folder}")


def _mapping(source: Source, folder: Path, mapping_file: Path | None) -> tuple[ColumnMapping, bool]:
    """The mapping that was given, that of an earlier import, or a guess; and whether it is one."""
    from kg.importing.mapping import guess, read_mapping
    from kg.importing.writing import MAPPING

    kept = mapping_file or folder / MAPPING
    if mapping_file is None and kept.exists():
        click.echo(f"using the mapping of {kept}; remove it to guess anew", err=True)
    return (read_mapping(kept, str(kept)), False) if kept.exists() else (guess(source), True)


def _completed(
    mapping: ColumnMapping, folder: Path, reading: str | None, certainty: str | None, design: str | None
) -> ColumnMapping:
    """The mapping with what the command line tells, and the day of the first import."""
    from datetime import UTC, datetime

    from kg.importing.mapping import read_mapping
    from kg.importing.writing import MAPPING

    first = folder / MAPPING
    earlier = read_mapping(first, str(first)).constants.coded_on if first.exists() else None
    day = mapping.constants.coded_on or earlier or datetime.now(UTC).date()
    return mapping.with_told(reading=reading, certainty=certainty, design=design, coded_on=day)


def _confirm(source: Source, mapping: ColumnMapping) -> None:
    """Show the guess and ask; stop where nobody can answer."""
    import sys

    click.echo(mapping.toml(source.name), nl=False)
    if not sys.stdin.isatty():
        stop("the columns were guessed (above): confirm with --yes, or save and edit them and give --mapping FILE")
    click.confirm("Read the columns so?", abort=True, err=True)


def _untold(mapping: ColumnMapping) -> list[str]:
    """What a person has still to say, by option: no reading, no certainty and no design is ever made up."""
    wanted = []
    if mapping.constants.reading is None:
        wanted.append("--reading: say by what they were read: review, primary-abstract, primary-full-text or synthesis")
    if mapping.constants.certainty is None:
        wanted.append("--certainty: say how sure you are that the sources say so: high, medium or low")
    if "design" not in {*mapping.columns, *mapping.cells}:
        wanted.append("--design: no column tells the design of the studies; say it, such as cross-sectional")
    return wanted


def _report(source: Source, done: Imported, folder: Path, changed: list[str] | None) -> None:
    """What became of every row: the sum on stdout (on stderr where stdout is the mapping), the remarks on stderr."""
    dry = changed is None
    for remark in done.remarks[:_TOLD] if changed is not None else done.remarks:
        click.echo(str(remark.problem(source.name)), err=True)
    if changed is not None and len(done.remarks) > _TOLD:
        click.echo(f"… and {len(done.remarks) - _TOLD} more in {folder / 'not-understood.tsv'}", err=True)
    rows = len(done.findings) + len(done.waiting) + done.left_out
    studies = f"{len(done.findings)} findings of {len(done.studies)} studies"
    click.echo(f"{source.name}: {rows} rows: {studies}, {len(done.waiting)} wait, {done.left_out} left out", err=dry)
    _report_names(done, err=dry)
    if done.waiting and changed is not None:
        click.echo(f"complete the rows of {folder}/proposed-*.tsv and put them into constructs.tsv and measures.tsv")
        click.echo("there, or write known names into the table; then import again")
    if changed is not None and done.findings:
        _say_written(folder, changed)


def _report_names(done: Imported, err: bool) -> None:
    """The names that wait for review, with near ones of the vocabulary."""
    for kind, proposals in (("construct", done.constructs), ("measure", done.measures)):
        for each in sorted(proposals.values(), key=lambda proposal: proposal.id):
            near = f"; near: {', '.join(each.near)}" if each.near else ""
            click.echo(f"  to review: {kind} '{each.name}' ({len(each.rows)} rows{near})", err=err)
