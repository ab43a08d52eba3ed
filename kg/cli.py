"""The command ``kg``: reads arguments, calls the library, prints.

Exit codes: 0 fine, 1 it ran and found problems, 2 it could not run. Answers go to stdout, everything
else to stderr.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.doors import guarded, stop

if TYPE_CHECKING:
    from kg.questions import Parameter, Question
    from kg.store import Rows, Store

#: Named here so that --help needs no writer; a test compares them with the registries.
ROW_FORMATS = ("table", "csv", "tsv", "json", "markdown")
RDF_FORMATS = ("ttl", "nt", "trig", "nq", "jsonld", "rdfxml")
ESTIMATORS = ("reml", "dl", "pm", "ml", "fixed")
INTERVALS = ("knapp-hartung", "wald")
EXPORT_FORMATS = (*RDF_FORMATS, "ttl12", "csv", "graphml")

format_option = click.option(
    "--format", "format", type=click.Choice(ROW_FORMATS), default="table", show_default=True, help="How to print rows."
)


def output_option(required: bool, help: str) -> Callable[[Any], Any]:
    """The option -o, for a file."""
    return click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=required, help=help)


class Door(click.Group):
    """Turns every error that a user can mend into one line and an exit code."""

    def main(self, *args: Any, **extra: Any) -> Any:
        return guarded(lambda: super(Door, self).main(*args, **extra))  # --help prints before a command is invoked

    def invoke(self, context: click.Context) -> Any:
        return guarded(lambda: super(Door, self).invoke(context))


def progress(step: str) -> None:
    """A step of long work, on stderr."""
    click.echo(step, err=True)


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--store",
    envvar="KG_STORE",
    metavar="PLACE",
    help="Folder of a build, or http(s)://…/sparql. Default: the built graph.",
)
@click.version_option(package_name="compassion-attachment-kg", prog_name="kg")
@click.pass_context
def main(context: click.Context, store: str | None) -> None:
    """The compassion × attachment knowledge graph: what theory says and what was found."""
    context.obj = store


def _opened(context: click.Context) -> Store:
    """The store that --store names, or the default one."""
    place = context.find_root().obj
    if place:
        from kg.store import open_store

        return open_store(place)
    from kg.build import default_store

    return default_store(progress)


# --- build and check -------------------------------------------------------------------------


@main.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to build into. Default: build/ (or the user's cache).",
)
@click.option("--reasoner", type=click.Choice(("hermit", "rules")), default="hermit", show_default=True,
              help="hermit proves consistency and needs Java; rules need none. Both give the same graph.")  # fmt: skip
def build(output: Path | None, reasoner: str) -> None:
    """Build the graph: tables to a checked, reasoned store, with TriG and N-Quads beside it."""
    from kg.build import build as build_graph
    from kg.build import default_folder
    from kg.resources import shipped

    built = build_graph(shipped(), output or default_folder(), reasoner, progress)
    total = sum(built.counts.values())
    click.echo(f"{'built' if built.fresh else 'up to date'}: {built.folder} ({total:,} quads)")
    for name, count in sorted(built.counts.items()):
        click.echo(f"  {name:24} {count:>8,}")


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--no-owl", is_flag=True, help="Leave out HermiT (and Java): tables, shapes and checks only.")
def check(paths: tuple[Path, ...], no_owl: bool) -> None:
    """Check everything, or also the dataset folders at PATHS, against the ontology.

    Prints every problem as file:row:column and exits 1 where there is one.
    """
    from kg.build import check_all
    from kg.resources import shipped

    folders = sorted({path if path.is_dir() else path.parent for path in paths})
    corpus = check_all(shipped(), folders, not no_owl, progress)
    findings = sum(len(dataset.findings) for dataset in corpus.datasets)
    owl = "not checked for consistency (--no-owl)" if no_owl else "consistent by HermiT"
    read = f"{len(corpus.constructs)} constructs, {len(corpus.measures)} measures, {findings} findings"
    click.echo(f"no problems: {read}, {owl}")


# --- asking ----------------------------------------------------------------------------------


@main.command()
@click.option("--category", help="Only one category.")
def questions(category: str | None) -> None:
    """List what can be asked, by category. Options in brackets are optional and shown with their defaults."""
    from kg.questions import CATEGORIES, list_questions
    from kg.resources import shipped

    if category is not None and category not in CATEGORIES:
        stop(f"--category: no category '{category}'; use one of {', '.join(CATEGORIES)}")
    shown = None
    for question in list_questions(shipped()):
        if category in (None, question.category):
            if question.category != shown:
                click.echo(f"{'' if shown is None else chr(10)}{question.category}")
                shown = question.category
            options = "".join(f" [--{each.name} {each.default_word}]" for each in question.parameters)
            click.echo(f"  kg ask {question.name}{options}\n      {question.question}")


class Questions(click.Group):
    """One command a file of queries/, made from its header when it is called."""

    def list_commands(self, context: click.Context) -> list[str]:
        from kg.questions import list_questions
        from kg.resources import shipped

        return [question.name for question in list_questions(shipped())]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        from kg.questions import find_question
        from kg.resources import shipped

        return _question_command(find_question(shipped(), name))


def _question_command(question: Question) -> click.Command:
    options: list[click.Parameter] = [_question_option(parameter) for parameter in question.parameters]

    @click.pass_context
    def run(context: click.Context, /, format: str, **arguments: tuple[str, ...]) -> None:
        from kg.questions import ask as ask_question

        store = _opened(context)
        rows = ask_question(store, question, arguments)
        asked = question.as_asked(arguments)
        if not rows:
            click.echo(f"no rows: nothing in this graph answers {asked}", err=True)
        elif question.parameters:
            click.echo(asked, err=True)
        _say_what_is_left_out(store, question, arguments)
        _print_rows(rows, format)
        _print_rules_behind(rows)

    command = click.Command(question.name, params=options, callback=run, help=question.question)
    return format_option(command)


#: Column of an answer -> the rules by which what stands in it was reached.
_RULES_BEHIND = {
    "line": ("90-evidence-lines", "91-evidence-lines-of-thirds"),
    "verdict": ("90-evidence-lines", "91-evidence-lines-of-thirds", "92-verdicts"),
}


def _print_rules_behind(rows: Rows) -> None:
    """The rules behind a verdict or an evidence line, on stderr: no verdict is shown without its rule."""
    from kg.questions import rule_text
    from kg.resources import shipped

    names = next((names for column, names in _RULES_BEHIND.items() if column in rows.columns), ())
    for name in names:
        click.echo(f"\nThe rule (queries/rules/{name}.rq):\n{rule_text(shipped(), name)}", err=True)


def _say_what_is_left_out(store: Store, question: Question, arguments: Mapping[str, tuple[str, ...]]) -> None:
    """A word on stderr where findings on a construct's neighbours, under one umbrella, are not in the answer."""
    from kg.lookup import beside

    if question.category in ("findings", "theory"):
        constructs = (each.name for each in question.parameters if each.type == "construct")
        for name in (value for parameter in constructs for value in arguments.get(parameter, ())):
            for sentence in beside(store, name):
                click.echo(sentence, err=True)


def _question_option(parameter: Parameter) -> click.Option:
    default = f"Optional, default: {parameter.default_word}."
    what = f"{parameter.label}: a {parameter.type}. {default} May be given more than once."
    return click.Option([f"--{parameter.name}"], multiple=True, metavar=parameter.type.upper(), help=what)


@main.command(cls=Questions)
def ask() -> None:
    """Ask a question by name. kg questions lists them; kg ask NAME --help tells its options.

    Every option is optional: what is left out keeps its default, and stderr says what was asked.
    """


@main.command()
@click.option("--about", metavar="CONSTRUCT", help="Only claims about this construct, narrower ones included.")
@format_option
@click.pass_context
def theory(context: click.Context, about: str | None, format: str) -> None:
    """Set theory against evidence: every claim with its verdict, and the rule by which verdicts are reached."""
    from kg.questions import ask as ask_question
    from kg.questions import find_question
    from kg.resources import shipped

    name, arguments = ("theory-about", {"construct": [about]}) if about else ("verdicts", {})
    rows = ask_question(_opened(context), find_question(shipped(), name), arguments)
    _print_rows(rows, format)
    _print_rules_behind(rows)


@main.command()
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option(
    "--format", "format", type=click.Choice((*ROW_FORMATS, *RDF_FORMATS)), help="Rows: table, csv, … Graphs: ttl, nt, …"
)
@click.pass_context
def query(context: click.Context, file: Any, format: str | None) -> None:
    """Run the SPARQL in FILE (- for standard input).

    SELECT and ASK give rows; CONSTRUCT and DESCRIBE give a graph and need an RDF format.
    """
    try:
        text = file.read()
    except UnicodeDecodeError:
        stop(f"{file.name}: not UTF-8 text; save the query as UTF-8")
    store = _opened(context)
    if format in RDF_FORMATS:
        from kg.export.graphs import graph_answer

        click.echo(graph_answer(store.graph(text), format), nl=False)
    else:
        _print_rows(store.select(text), format or "table")


def _print_rows(rows: Any, format: str) -> None:
    from kg.export import tables

    click.echo(tables.ROW_FORMATS[format](rows), nl=False)


# --- pictures and files ----------------------------------------------------------------------


@main.command(name="map")
@click.option(
    "--around", metavar="CONSTRUCT", help="The construct in the middle. Default: the one with the most findings."
)
@click.option("--all", "everything", is_flag=True, help="Every construct with a finding, on one ring.")
@click.option(
    "--limit",
    type=click.IntRange(2),
    default=20,
    show_default=True,
    help="At most so many constructs around the middle.",
)
@output_option(required=True, help="The HTML file to write.")
@click.pass_context
def network_map(context: click.Context, around: str | None, everything: bool, limit: int, output: Path) -> None:
    """Draw the findings as an interactive network, in one HTML file that needs nothing else."""
    if around and everything:
        stop("--around and --all exclude each other; choose one")
    if output.suffix not in (".html", ".htm", ""):
        stop(f"-o {output}: a map is written to a file that ends in .html")
    from kg.files import write_text
    from kg.maps import draw

    drawn = draw(_opened(context), around, everything, limit)
    write_text(output, drawn.html)
    click.echo(f"{output}: {drawn.summary}", err=True)


def _sides(name: str, where: str) -> Callable[[Any], Any]:
    """The option for one side of the matrix."""
    help = f"A construct {where}, narrower ones included. May be given more than once."
    return click.option(f"--{name}", metavar="CONSTRUCT", multiple=True, help=help)


@main.command()
@_sides("rows", "down the side (default: compassion, its fear, its absence)")
@_sides("columns", "along the top (default: attachment)")
@output_option(required=False, help="The file to write: .html, .svg or .csv. Default: the matrix as text, on stdout.")
@click.pass_context
def gaps(context: click.Context, rows: tuple[str, ...], columns: tuple[str, ...], output: Path | None) -> None:
    """Show which pairs of constructs were studied, with what outcome, and four kinds of gaps between them."""
    from kg.files import write_text
    from kg.gap_maps import SUFFIXES, written
    from kg.gap_maps import gaps as find_gaps
    from kg.views.gap_map import text

    if output and output.suffix not in SUFFIXES:
        stop(f"-o {output}: a gap map is written to a file that ends in {', '.join(SUFFIXES)}")
    store = _opened(context)
    chosen = find_gaps(store, rows, columns)
    if output is None:
        click.echo(text(chosen.matrix), nl=False)
    else:
        write_text(output, written(store, chosen, rows, columns, output.suffix))
        click.echo(f"{output}: {len(chosen.matrix.rows)} × {len(chosen.matrix.columns)} constructs", err=True)


@main.command()
@click.option("--about", metavar="CONSTRUCT", help="Only pairs with this construct, or with a narrower one.")
@click.option("--rolled-up", is_flag=True, help="Also pairs whose disagreement shows only among narrower constructs.")
@click.option("--format", "format", type=click.Choice(("text", *ROW_FORMATS)), default="text", show_default=True,
              help="Text tells each conflict with its judgement; the others give the findings as rows.")  # fmt: skip
@click.pass_context
def conflicts(context: click.Context, about: str | None, rolled_up: bool, format: str) -> None:
    """Show pairs on which findings disagree: what differs between the studies, and whether chance may explain it."""
    from kg.conflicts import RULE
    from kg.conflicts import conflicts as find_conflicts
    from kg.questions import ask as ask_question
    from kg.questions import find_question
    from kg.resources import shipped
    from kg.views.conflicts import text

    arguments = {"construct": [about] if about else [], "level": ["RolledUpCell"] if rolled_up else []}
    rows = ask_question(_opened(context), find_question(shipped(), "conflicts"), arguments)
    if format == "text":
        click.echo(text(find_conflicts(rows)), nl=False)
        click.echo(f"\nThe rule on chance:\n{RULE}", err=True)
    else:
        _print_rows(rows, format)


@main.command()
@click.argument("subject", metavar="SUBJECT")
@click.argument("object", metavar="OBJECT")
@click.option("--estimator", type=click.Choice(ESTIMATORS), default="reml", show_default=True,
              help="How the variance between studies is estimated; fixed takes it to be none.")  # fmt: skip
@click.option("--interval", type=click.Choice(INTERVALS), default="knapp-hartung", show_default=True,
              help="The confidence interval of random effects; a fixed effect has Wald's.")  # fmt: skip
@click.option("--mix-measures", is_flag=True, help="Pool what different questionnaires found.")
@click.option("--mix-constructs", is_flag=True, help="Pool what was found on narrower constructs, too.")
@output_option(required=False, help="The file to write: .svg (forest plot) or .csv (the table behind it).")
@click.pass_context
def pool(
    context: click.Context,
    subject: str,
    object: str,
    estimator: str,
    interval: str,
    mix_measures: bool,
    mix_constructs: bool,
    output: Path | None,
) -> None:
    """Pool the correlations on two constructs: what is left out and why, the numbers, and a forest plot.

    Where fewer than two effects are left, tells the directions of effect instead, and exits 1.
    """
    from kg.errors import NothingFound
    from kg.files import write_text
    from kg.poolable import RULE
    from kg.pools import SUFFIXES, synthesis, written
    from kg.synthesis import Plan
    from kg.views.forest import text

    if output and output.suffix not in SUFFIXES:
        stop(f"-o {output}: a forest plot is written to a file that ends in {', '.join(SUFFIXES)}")
    found = synthesis(_opened(context), subject, object, Plan(estimator, interval, mix_measures, mix_constructs))
    click.echo(text(found), nl=False)
    click.echo(f"\nThe rule of choice:\n{RULE}", err=True)
    if found.pooled is None:
        raise NothingFound("nothing was pooled; the reasons are above")
    if output:
        write_text(output, written(found, found.pooled, output.suffix))
        click.echo(f"{output}: {found.pooled.k} effects", err=True)


@main.command()
@click.argument("format", type=click.Choice(EXPORT_FORMATS))
@output_option(required=False, help="The file to write. Default: standard output.")
@click.pass_context
def export(context: click.Context, format: str, output: Path | None) -> None:
    """Write the whole graph (RDF), or its findings (csv, graphml)."""
    from kg.export.findings import csv, graphml
    from kg.export.graphs import EXPORTERS
    from kg.files import write_text

    text = {**EXPORTERS, "csv": csv, "graphml": graphml}[format](_opened(context))
    if output is None:
        click.echo(text, nl=False)
    else:
        write_text(output, text)
        click.echo(f"{output}: {len(text.encode()):,} bytes", err=True)
