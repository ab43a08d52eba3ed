"""The command of ``kg`` that compares two versions of the graph."""

from __future__ import annotations

from pathlib import Path

import click

from kg.command_parts import format_option, print_rows, progress


@click.command()
@click.argument("old", type=click.Path(path_type=Path, exists=True))
@click.argument("new", type=click.Path(path_type=Path, exists=True))
@format_option
def changes(old: Path, new: Path, format: str) -> None:
    """Tell what was added, changed and retracted from OLD to NEW: findings first, column by column, with the reason.

    Terms of the ontology and their axioms are compared as well; links to other ontologies are not.

    Each is the folder of a build or of a release, a release's .zip, or its kg.nq or kg.trig.
    """
    from kg.release.changes import as_rows, summary
    from kg.release.changes import changes as between
    from kg.release.versions import read_version

    found = between(read_version(old), read_version(new))
    print_rows(as_rows(found), format)
    for line in summary(found) or ["no evidence, term or axiom differs"]:
        progress(line)
    progress("links to other ontologies are not compared")
