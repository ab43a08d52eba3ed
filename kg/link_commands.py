"""The command ``kg link``: links to another ontology, proposed to a curator and, once reviewed, kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.command_parts import output_option, progress
from kg.doors import stop

if TYPE_CHECKING:
    from kg.linking.proposing import Proposal


@click.command()
@click.argument("ontology", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@output_option(required=False, help="The file of candidates to write: an SSSOM table, for a spreadsheet.")
@click.option("--most", type=click.IntRange(1, 20), default=5, show_default=True, help="So many candidates a term.")
@click.option("--at-least", type=click.FloatRange(0, 1), default=0.4, show_default=True, help="The lowest score.")
@click.option("--accept", "reviewed", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="Move the reviewed rows of these candidates into the accepted and rejected sets.")  # fmt: skip
@click.option("--reviewer", metavar="NAME", help="Who reviewed them; stands in every row that is moved.")
def link(
    ontology: Path | None, output: Path | None, most: int, at_least: float, reviewed: Path | None, reviewer: str | None
) -> None:
    """Propose links to ONTOLOGY (OWL in RDF/XML, Turtle or functional syntax; OBO; SKOS), ranked, each with its reason.

    Nothing is accepted by itself: write accept or reject into the column decision, correct the
    predicate, and give the file to --accept.
    """
    if reviewed and not ontology:
        _accept(reviewed, reviewer)
    elif ontology and output and not reviewed:
        _propose(ontology, output, most, at_least)
    else:
        stop("give an ONTOLOGY and -o FILE to propose links, or --accept FILE and --reviewer NAME to keep them")


def _propose(ontology: Path, output: Path, most: int, at_least: float) -> None:
    from kg.linking.proposing import propose
    from kg.mappings import write_set
    from kg.resources import shipped

    if output.exists() and output.resolve() == ontology.resolve():
        stop(f"-o {output}: that is the ontology itself; choose another file")
    _keep_reviews(output)
    progress(f"reading {ontology} and comparing its terms with ours")
    done = propose(shipped(), ontology, most, at_least)
    write_set(output, done.head, done.candidates)
    click.echo(f"{output}: {_told(done)}")


def _keep_reviews(output: Path) -> None:
    """Refuse to write over candidates of which some were reviewed and not yet moved."""
    from kg.errors import ProblemsFound
    from kg.mappings import Candidate, read_set

    if not output.is_file():
        return
    try:
        earlier = read_set(output, str(output), Candidate).mappings
    except ProblemsFound:
        stop(f"-o {output}: it is there and holds something else than candidates; choose another file")
    if any(each.decision for each in earlier):
        stop(f"-o {output}: it holds decisions that were not moved; run kg link --accept {output} first")


def _told(done: Proposal) -> str:
    subjects = len({each.subject_id for each in done.candidates})
    left_out = [
        _counted(count, one, many)
        for count, one, many in (
            (done.obsolete, "obsolete term", "obsolete terms"),
            (done.decided, "pair decided before", "pairs decided before"),
            (done.forbidden, "pair that a caution forbids", "pairs that a caution forbids"),
            (done.nameless, "pair with an IRI that no table can name", "pairs with an IRI that no table can name"),
        )
        if count
    ]
    without = f"; left out: {', '.join(left_out)}" if left_out else ""
    candidates, terms = _counted(len(done.candidates), "candidate", "candidates"), _counted(done.terms, "term", "terms")
    return f"{candidates} for {subjects} of our terms, from {terms}{without}"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _accept(reviewed: Path, reviewer: str | None) -> None:
    from kg.linking.accepting import accept
    from kg.mappings.slots import NO_TERM
    from kg.resources import is_checkout, shipped

    if not reviewer:
        stop("--accept needs --reviewer NAME: a mapping says who stands for it")
    if not is_checkout():
        stop("--accept changes ontology/mappings/, which only a checkout of the repository has; run it there")
    rooms = shipped()
    done = accept(rooms, reviewed, reviewer)
    for path in done.changed:
        click.echo(rooms.shown(path))
    if done.found_after_all:
        rows = _counted(done.found_after_all, "row", "rows")
        click.echo(f"{rows} taken out: 'not found' ({NO_TERM}) of terms that now have a link there")
    waiting = _counted(done.waiting, "waits", "wait")
    click.echo(f"{done.accepted} accepted, {done.rejected} rejected, {waiting} in {reviewed}")
