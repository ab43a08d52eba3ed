"""The commands of ``kg`` that draw: what was found on two constructs, and how a review came to its studies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kg.command_parts import ESTIMATORS, PLOTS, announce, layer_option, opened, output_option, save
from kg.doors import stop

_FILE = "The file to write: .svg, .png, or .csv (the table behind it)."


@click.command()
@click.argument("kind", metavar="KIND", type=click.Choice(PLOTS))
@click.argument("subject", metavar="SUBJECT")
@click.argument("object", metavar="OBJECT")
@click.option("--estimator", type=click.Choice(ESTIMATORS),
              help="Forest and funnel: how the variance between studies is estimated. Default: reml.")  # fmt: skip
@click.option("--mix-measures", is_flag=True, help="Forest and funnel: also what different questionnaires found.")
@click.option("--mix-constructs", is_flag=True, help="Forest, funnel, albatross: also what is on narrower constructs.")
@layer_option
@output_option(required=True, help=_FILE)
@click.pass_context
def plot(
    context: click.Context, /, kind: str, subject: str, object: str, layer: str, output: Path, **given: Any
) -> None:
    """Draw what was found on two constructs, as a figure of KIND.

    \b
    forest            effects with their intervals, and what they give together
    funnel            effects by size and standard error
    effect-direction  one row a study: direction, significance and size, no numbers needed
    albatross         p values against numbers of people, with contours of correlations
    harvest           studies by outcome, with their size and risk of bias
    """
    from kg.figures import OPTIONS, plotted

    _fits(output)
    announce(layer)
    options = {name: value for name, value in given.items() if value} | {"layer": layer}
    for name in options:
        if name not in OPTIONS[kind]:
            stop(f"--{name.replace('_', '-')}: has no meaning for the kind {kind}; leave it out")
    text, told = plotted(opened(context), kind, subject, object, output.suffix, options)
    save(output, text)
    click.echo(f"{output}: {told}", err=True)


@click.command()
@click.argument("dataset", metavar="DATASET")
@output_option(required=True, help=_FILE)
@click.pass_context
def flow(context: click.Context, dataset: str, output: Path) -> None:
    """Draw how a review came from records to studies, after PRISMA 2020: the counts that DATASET tells.

    What is not told stays open, and numbers that do not add up are told, not mended.
    """
    from kg.figures import flow_of

    _fits(output)
    text, wrong = flow_of(opened(context), dataset, output.suffix)
    save(output, text)
    click.echo(f"{output}: the flow of {dataset}", err=True)
    for each in wrong:
        click.echo(f"does not add up: {each}", err=True)


def _fits(output: Path) -> None:
    from kg.figures import SUFFIXES

    if output.suffix not in SUFFIXES:
        stop(f"-o {output}: a figure is written to a file that ends in {', '.join(SUFFIXES)}")
