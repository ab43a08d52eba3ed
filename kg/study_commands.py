"""The commands of ``kg`` that study: theory against evidence, conflicts, gaps, audits, pooling."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.command_parts import (
    CONTESTED,
    DEPENDENT,
    ESTIMATORS,
    INTERVALS,
    MODERATORS,
    ROW_FORMATS,
    announce,
    any_layer_option,
    format_option,
    layer_option,
    opened,
    output_option,
    print_rows,
    print_rules_behind,
    print_stream,
    save,
)
from kg.doors import stop

if TYPE_CHECKING:
    from kg.store import Rows, Store


@click.command()
@click.option("--about", metavar="CONSTRUCT", help="Only claims about this construct, narrower ones included.")
@layer_option
@format_option
@click.pass_context
def theory(context: click.Context, about: str | None, layer: str, format: str) -> None:
    """Set theory against evidence: every claim with its verdict, and the rule by which verdicts are reached."""
    from kg.questions import answer

    name, arguments = ("theory-about", {"construct": [about]}) if about else ("verdicts", {})
    rows = answer(opened(context, layer), name, arguments)
    print_rows(rows, format)
    print_rules_behind(rows)


def _sides(name: str, where: str) -> Callable[[Any], Any]:
    """The option for one side of the matrix."""
    help = f"A construct {where}, narrower ones included. May be given more than once."
    return click.option(f"--{name}", metavar="CONSTRUCT", multiple=True, help=help)


@click.command()
@_sides("rows", "down the side (default: compassion, its fear, its absence)")
@_sides("columns", "along the top (default: attachment)")
@click.option("--all", "everything", is_flag=True, help="Also constructs without any finding on the other side.")
@layer_option
@output_option(required=False, help="The file to write: .html, .svg, .png or .csv. Default: text, on stdout.")
@click.pass_context
def gaps(
    context: click.Context,
    rows: tuple[str, ...],
    columns: tuple[str, ...],
    everything: bool,
    layer: str,
    output: Path | None,
) -> None:
    """Show which pairs of constructs were studied, with what outcome, and four kinds of gaps between them."""
    from kg.gap_maps import SUFFIXES, written
    from kg.gap_maps import gaps as find_gaps
    from kg.views.gap_map import text

    if output and output.suffix not in SUFFIXES:
        stop(f"-o {output}: a gap map is written to a file that ends in {', '.join(SUFFIXES)}")
    store = opened(context, layer)
    chosen = find_gaps(store, rows, columns, layer, everything)
    if output is None:
        click.echo(text(chosen.shown), nl=False)
    else:
        save(output, written(store, chosen, output.suffix))
        click.echo(f"{output}: {len(chosen.shown.rows)} × {len(chosen.shown.columns)} constructs", err=True)


@click.command()
@click.option("--about", metavar="CONSTRUCT", help="Only pairs with this construct, or with a narrower one.")
@any_layer_option
@click.option("--rolled-up", is_flag=True, help="Also pairs whose disagreement shows only among narrower constructs.")
@click.option("--format", "format", type=click.Choice(("text", *ROW_FORMATS)), default="text", show_default=True,
              help="Text tells each conflict with its judgement; the others give the findings as rows.")  # fmt: skip
@click.pass_context
def conflicts(context: click.Context, about: str | None, layer: str, rolled_up: bool, format: str) -> None:
    """Show pairs on which findings disagree: what differs between the studies, and whether chance may explain it.

    Of the layer secondary: pairs on which published syntheses disagree, as rows.
    """
    from kg.conflicts import RULE
    from kg.conflicts import conflicts as find_conflicts
    from kg.store import Rows, Stream
    from kg.views.conflicts import text

    if layer == "secondary":
        _between_syntheses(opened(context), about, format)
        return
    store = opened(context, layer)
    parts = _disagreeing(store, about, "RolledUpCell" if rolled_up else "EvidenceCell")
    if format != "text":
        first = next(parts)
        values = chain(first.values, (row for part in parts for row in part.values))
        if format in ("csv", "tsv"):
            print_stream(Stream(first.columns, values), format)
        else:
            print_rows(Rows(first.columns, tuple(values)), format)
        return
    told = 0
    for told, conflict in enumerate((each for rows in parts for each in find_conflicts(rows)), start=1):
        click.echo(("\n" if told > 1 else "") + text(conflict))
    if not told:
        click.echo("no findings disagree here")
        return
    click.echo(f"\nThe rule on chance:\n{RULE}", err=True)
    click.echo("Mediations and moderations are not among these: see kg ask mediators-and-moderators", err=True)


#: So many pairs are asked about in one query.
_AT_ONCE = 10
_DISAGREEING = """
SELECT DISTINCT ?firstIri ?secondIri ?first ?second WHERE {
  %s?cell a ca:%s ; ca:disagrees true ; ca:pairMember ?firstIri , ?secondIri .
  FILTER(STR(?firstIri) < STR(?secondIri))
  ?firstIri rdfs:label ?first . ?secondIri rdfs:label ?second .
} ORDER BY ?first ?second ?firstIri ?secondIri"""


def _disagreeing(store: Store, about: str | None, level: str) -> Iterator[Rows]:
    """The question ``conflicts``, some pairs at a time, by label: of all pairs that disagree, or of those with a
    construct, or a narrower one, only. At least one part, if an empty one.

    What is told of the first stands there while the next are asked for.
    """
    from kg.lookup import resolve, within
    from kg.narrowed import batched, narrowed_by
    from kg.questions import find_question, terms_of
    from kg.resources import shipped

    question = find_question(shipped(), "conflicts")
    query = question.bind(terms_of(store, question, {"level": [level]}))
    chosen = ""
    if about:
        named = " ".join(f"<{iri}>" for iri in within(store, resolve(store, about, "construct")))
        chosen = f"VALUES ?about {{ {named} }} ?cell ca:pairMember ?about . "
    pairs = [(f"<{first}>", f"<{second}>") for first, second, *_ in store.select(_DISAGREEING % (chosen, level)).values]
    for some in batched(pairs, _AT_ONCE) if pairs else [[]]:
        yield store.select(narrowed_by(query, ("?firstIri", "?secondIri"), some))


def _between_syntheses(store: Store, about: str | None, format: str) -> None:
    """The pairs on which what others pooled disagrees."""
    from kg.lookup import resolve, within
    from kg.questions import answer

    rows = answer(store, "conflicts-between-syntheses")
    if about:
        labels = set(within(store, resolve(store, about, "construct")).values())
        rows = rows.where(lambda row: not labels.isdisjoint((str(row["subject"]), str(row["object"]))))
    print_rows(rows, "table" if format == "text" else format)


@click.command(name="audit-review")
@click.argument("dataset", metavar="[DATASET]", default="amari-2022")
@click.option("--format", "format", type=click.Choice(("text", *ROW_FORMATS)), default="text", show_default=True,
              help="Text also tells which citations are not carried; the others give the results as rows.")  # fmt: skip
@click.pass_context
def audit_review(context: click.Context, dataset: str, format: str) -> None:
    """Hold the review in DATASET (default: amari-2022) against what its studies report themselves.

    Tells result by result where it agrees, contradicts, loses a sign or a significance, omits, and what it adds to
    what was read of the primary reports.
    """
    from kg.audits import QUESTIONS, audit, not_carried
    from kg.errors import NothingFound
    from kg.questions import answer
    from kg.views.audit import text

    store, asked = opened(context), {"dataset": [dataset]}
    results = audit([answer(store, name, asked) for name in QUESTIONS])
    if not results:
        raise NothingFound(f"{dataset}: holds no finding read through a review, so there is nothing to audit")
    if format == "text":
        click.echo(text(results, not_carried(answer(store, "citations-against-abstracts", asked))), nl=False)
    else:
        print_rows(results, format)


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dataset", required=True, metavar="DATASET",
              help="What was coded from it: the name of a dataset, or a folder of your own.")  # fmt: skip
@click.option("--publication", metavar="KEY",
              help="The citation key of the source. Default: the one source of the dataset.")  # fmt: skip
@click.option("--format", "format", type=click.Choice(("text", *ROW_FORMATS)), default="text", show_default=True,
              help="Text shows rows beside their passages; the others give the same as rows.")  # fmt: skip
@click.pass_context
def audit(context: click.Context, source: Path, dataset: str, publication: str | None, format: str) -> None:
    """Hold a dataset against the text of its SOURCE (plain text), number by number.

    Finds the passage of each coded row by its numbers, whatever a scan made of signs and decimal points, and shows it
    beside the row; then tells which numbers of the source are coded nowhere. The table uncoded of the dataset says why,
    where that is right. Exits 1 where a number is missed or not explained.
    """
    from kg.passages.audit import audit as hold
    from kg.passages.datasets import find_dataset, source_of
    from kg.passages.sources import read_source
    from kg.resources import shipped
    from kg.views.passages import text

    found = find_dataset(shipped(), dataset)
    result = hold(read_source(source), found, source_of(found, publication))
    if format == "text":
        click.echo(text(result), nl=False)
    else:
        print_rows(result.rows, format)
    if result.unexplained:
        advice = "correct them, code them, or say why not in the table uncoded of the dataset"
        if result.is_hardly_the_source:
            advice = "hardly any row is found in it: is it the text that the dataset was coded from?"
        click.echo(f"{source}: {result.unexplained} not explained; {advice}", err=True)
        context.exit(1)


@click.command()
@click.argument("subject", metavar="SUBJECT")
@click.argument("object", metavar="OBJECT")
@click.option("--estimator", type=click.Choice(ESTIMATORS), default="reml", show_default=True,
              help="How the variance between studies is estimated; fixed takes it to be none.")  # fmt: skip
@click.option("--interval", type=click.Choice(INTERVALS), default="knapp-hartung", show_default=True,
              help="The confidence interval of random effects; a fixed effect has Wald's.")  # fmt: skip
@click.option("--dependent", type=click.Choice(DEPENDENT), default="choose", show_default=True,
              help="Of effects of the same people, choose one by the rule, or model all in three levels.")  # fmt: skip
@click.option("--rho", type=click.FloatRange(0, 1, max_open=True), default=0.6, show_default=True,
              help="How far sampling errors of the same people are taken to correlate, in three levels.")  # fmt: skip
@click.option("--mix-measures", is_flag=True, help="Pool what different questionnaires found.")
@click.option("--mix-constructs", is_flag=True, help="Pool what was found on narrower constructs, too.")
@click.option("--convert", type=click.Choice(CONTESTED), multiple=True,
              help="Also convert this statistic, on assumptions that are told; may be repeated.")  # fmt: skip
@click.option("--flip", metavar="MEASURE", multiple=True,
              help="Turn the sign of what this measure found; may be repeated.")  # fmt: skip
@click.option("--moderator", type=click.Choice(MODERATORS), multiple=True,
              help="Regress the effects on what studies differ in; may be repeated: all at once.")  # fmt: skip
@click.option("--small-studies", is_flag=True, help="Check whether small studies find more: Egger, trim-and-fill.")
@any_layer_option
@output_option(required=False, help="The file to write: .svg or .png (forest plot), or .csv (the table behind it).")
@click.pass_context
def pool(context: click.Context, /, subject: str, object: str, layer: str, output: Path | None, **plan: Any) -> None:
    """Pool the correlations on two constructs: what is left out and why, the numbers, and a forest plot.

    Where fewer than two effects are left, tells the directions of effect instead, and exits 1. What others pooled is
    told below, and never pooled again.
    """
    from kg.errors import NothingFound
    from kg.poolable import RULE
    from kg.pools import SUFFIXES, published_between, synthesis, written
    from kg.synthesis import Plan
    from kg.views import published
    from kg.views.forest import text

    if output and output.suffix not in SUFFIXES:
        stop(f"-o {output}: a forest plot is written to a file that ends in {', '.join(SUFFIXES)}")
    plan["moderator"] = tuple(dict.fromkeys(plan["moderator"]))
    others = "\n".join(published.lines(published_between(opened(context), subject, object)))
    if layer == "secondary":
        _only_published(others, output)
        return
    announce(layer)
    found = synthesis(opened(context), subject, object, Plan(layer=layer, **plan))
    click.echo(text(found), nl=False)
    if others and layer == "all":
        click.echo(others)
    click.echo(f"\nThe rule of choice:\n{RULE}", err=True)
    if found.pooled is None:
        raise NothingFound("nothing was pooled; the reasons are above")
    if output:
        save(output, written(found, found.pooled, output.suffix))
        click.echo(f"{output}: {found.pooled.k} effects", err=True)


def _only_published(others: str, output: Path | None) -> None:
    """What others pooled on two constructs, by itself: nothing that could be drawn as ours."""
    from kg.errors import NothingFound

    if output:
        stop(f"-o {output}: what others pooled is not drawn; leave -o out, or ask kg ask published-syntheses-between")
    if not others:
        raise NothingFound("nobody has published a pooled estimate on these two constructs, as far as this graph knows")
    click.echo(others)
