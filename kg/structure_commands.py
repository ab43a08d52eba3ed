"""``kg structure``: the graph as a graph. Rows on stdout, the rules by which they were got on stderr."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from kg.command_parts import format_option, opened, print_rows

if TYPE_CHECKING:
    from kg.store import Rows
    from kg.structural_answers import Structure


@click.group()
def structure() -> None:
    """See the findings as a graph: what is central, falls apart, contradicts itself, or is only implied."""


def _of(context: click.Context) -> Structure:
    from kg.structural_answers import Structure

    return Structure(opened(context))


def _print(rows: Rows, format: str, *rules: str) -> None:
    print_rows(rows, format)
    for rule in rules:
        click.echo(f"\n{rule}", err=True)


def _pair(command: Callable[..., Any]) -> Callable[..., Any]:
    """The two constructs that a command is about."""
    return click.argument("subject", metavar="SUBJECT")(click.argument("object", metavar="OBJECT")(command))


@structure.command()
@format_option
@click.pass_context
def centrality(context: click.Context, format: str) -> None:
    """Rank constructs by findings, samples, people, strength, betweenness, closeness, and what they hold together."""
    from kg.export.structure import centrality as rows_of
    from kg.structure.centrality import RULE
    from kg.structure.ties import RULE as TIES
    from kg.structure.ties import WEIGHT

    _print(rows_of(_of(context).centrality()), format, TIES, WEIGHT, RULE)


@structure.command()
@format_option
@click.pass_context
def bridges(context: click.Context, format: str) -> None:
    """List the ties between domains, such as compassion and attachment, and which of them are the only way across."""
    from kg.export.structure import bridges as rows_of
    from kg.structure.domains import RULE
    from kg.structure.ties import RULE as TIES

    _print(rows_of(_of(context).bridges()), format, TIES, RULE)


@structure.command()
@format_option
@click.pass_context
def communities(context: click.Context, format: str) -> None:
    """Find constructs that are more often tied to one another than to the rest, with the modularity of the division."""
    from kg.export.structure import communities as rows_of
    from kg.structure.communities import RULE
    from kg.structure.ties import RULE as TIES

    seen = _of(context)
    _print(rows_of(seen.communities(), seen.domains), format, TIES, RULE)


@structure.command()
@format_option
@click.pass_context
def triads(context: click.Context, format: str) -> None:
    """Judge triangles of constructs: signs that cannot all hold, and correlations that can or cannot."""
    from kg.export.structure import triads as rows_of
    from kg.structure.ties import RULE as TIES
    from kg.structure.triads import RULE

    _print(rows_of(_of(context).triads()), format, TIES, RULE)


@structure.command()
@_pair
@click.option(
    "--most", type=click.IntRange(1, 100), default=1, show_default=True, help="At most so many paths, up to 100."
)
@click.option("--nulls", is_flag=True, help="Walk also ties that no finding bears out.")
@format_option
@click.pass_context
def path(context: click.Context, subject: str, object: str, most: int, nulls: bool, format: str) -> None:
    """Find the shortest chains of findings between two constructs; strong and sure steps are the short ones."""
    from kg.errors import NothingFound
    from kg.export.structure import paths as rows_of
    from kg.structure.paths import RULE
    from kg.structure.ties import RULE as TIES
    from kg.structure.ties import WEIGHT

    found = _of(context).paths(subject, object, most=most, nulls=nulls)
    if not found:
        more = "" if nulls else "; --nulls walks what was looked at and not borne out"
        raise NothingFound(f"no chain of findings joins {subject} and {object}, narrower constructs included{more}")
    _print(rows_of(found), format, TIES, WEIGHT, RULE)


@structure.command()
@_pair
@format_option
@click.pass_context
def links(context: click.Context, subject: str, object: str, format: str) -> None:
    """List the constructs that two others were both studied with, such as two that nobody measured together."""
    from kg.errors import NothingFound
    from kg.export.structure import links as rows_of
    from kg.structure.links import RULE
    from kg.structure.ties import RULE as TIES

    seen = _of(context)
    found = seen.links(subject, object)
    together = sum(len(tie.findings) for tie in seen.measured_together(subject, object))
    told = (
        f"{together} findings (kg ask findings-between)"
        if together
        else "no finding: they were never measured together"
    )
    click.echo(f"{subject} and {object} themselves, narrower constructs included: {told}", err=True)
    if not found:
        raise NothingFound(f"no construct was studied with both {subject} and {object}, narrower constructs included")
    _print(rows_of(found), format, TIES, RULE)


@structure.command()
@_pair
@click.option(
    "--through", metavar="CONSTRUCT", multiple=True, required=True, help="What links the two. May be repeated."
)
@click.option("--single", is_flag=True, help="Take a correlation of one sample where there is none to pool it with.")
@click.option("--mix-measures", is_flag=True, help="Pool what different questionnaires found.")
@format_option
@click.pass_context
def implied(
    context: click.Context,
    subject: str,
    object: str,
    through: tuple[str, ...],
    single: bool,
    mix_measures: bool,
    format: str,
) -> None:
    """Compute the correlation that a path model over pooled correlations implies: implied, never measured.

    Refuses, saying why, where a correlation is missing or where no people could have all of them.
    """
    from kg.export.structure import implied as rows_of
    from kg.structure.implied import RULE

    seen = _of(context)
    found = seen.implied(subject, object, through, single=single, mix_measures=mix_measures)
    for caution in found.cautions:
        click.echo(f"caution: {caution}", err=True)
    _print(rows_of(found, seen.labels), format, RULE)
