"""The command ``kg``: reads arguments, calls the library, prints.

Exit codes: 0 fine, 1 it ran and found problems, 2 it could not run. Answers go to stdout, everything
else to stderr.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from kg.command_parts import (
    EXPORT_FORMATS,
    PASSWORD,
    RDF_FORMATS,
    ROW_FORMATS,
    format_option,
    layer_option,
    opened,
    output_option,
    print_rows,
    print_rules_behind,
    print_stream,
    progress,
    services_option,
    with_services,
)
from kg.commands import Door
from kg.doors import stop
from kg.nanopub_commands import nanopub, nanopub_options, refuse_others

if TYPE_CHECKING:
    from kg.questions import Parameter, Question


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--store",
    envvar="KG_STORE",
    metavar="PLACE",
    help="Folder of a build, or http(s)://…/sparql. Default: the built graph.",
)
@click.option(
    "--user",
    envvar="KG_USER",
    metavar="NAME",
    help=f"Who asks an endpoint that wants to know. The password is read from {PASSWORD}, or asked for.",
)
@click.version_option(package_name="compassion-attachment-kg", prog_name="kg")
@click.pass_context
def main(context: click.Context, store: str | None, user: str | None) -> None:
    """The compassion × attachment knowledge graph: what theory says and what was found."""
    context.obj = store


# --- build and check -------------------------------------------------------------------------


@main.command()
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to build into. Default: build/ (or the user's cache).",
)
@click.option("--reasoner", type=click.Choice(("hermit", "rules")), default="hermit", show_default=True,
              help="hermit proves consistency and needs Java; rules need none. Both give the same graph.")  # fmt: skip
@click.option("--spark", metavar="MASTER",
              help="Do what is done set-wise, of datasets of more than 20,000 findings, on this Spark cluster: "
              "spark://HOST:7077, or local[2] to try it. Its workers see the same folders.")  # fmt: skip
@click.pass_context
def build(
    context: click.Context, folders: tuple[Path, ...], output: Path | None, reasoner: str, spark: str | None
) -> None:
    """Build the graph: tables to a checked, reasoned store, with TriG and N-Quads beside it.

    FOLDERS are datasets of your own: they go into the graph with everything here, and may bring terms of their own.
    """
    _without_store(context, "kg build makes a store; name the folder to build into with -o")
    from kg.build import build as build_graph
    from kg.default_graph import default_folder
    from kg.resources import shipped

    built = build_graph(shipped(), output or default_folder(), reasoner, progress, folders, spark)
    total = sum(built.counts.values())
    click.echo(f"{'built' if built.fresh else 'up to date'}: {built.folder} ({total:,} quads)")
    for name, count in sorted(built.counts.items()):
        click.echo(f"  {name:24} {count:>8,}")


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--no-owl", is_flag=True, help="Leave out HermiT (and Java): tables, shapes and checks only.")
@click.pass_context
def check(context: click.Context, paths: tuple[Path, ...], no_owl: bool) -> None:
    """Check everything, or also the dataset folders and workbooks at PATHS, against the ontology.

    Prints every problem as file:row:column, of a workbook by sheet and cell, and exits 1 where there is one.
    """
    _without_store(context, "kg check reads tables; name their folders after the command")
    from kg.build import check_all
    from kg.resources import is_checkout, shipped
    from kg.workbooks.folders import as_folders
    from kg.workbooks.reading import is_meant_as_workbook

    books = {path for path in paths if is_meant_as_workbook(path)}
    folders = sorted({path if path.is_dir() else path.parent for path in paths if path not in books})
    with as_folders(sorted(books)) as coded:
        rooms = shipped().without(folder.name for folder in coded)
        corpus = check_all(rooms, [*folders, *coded], not no_owl, progress)
    findings = sum(len(dataset.findings) for dataset in corpus.datasets)
    owl = "not checked for consistency (--no-owl)" if no_owl else "consistent by HermiT"
    constructs, measures = (
        len(getattr(corpus, terms)) + sum(len(getattr(dataset, terms)) for dataset in corpus.datasets)
        for terms in ("constructs", "measures")
    )
    read = f"{constructs} constructs, {measures} measures, {findings} findings"
    click.echo(f"no problems: {read}, {owl}")
    for path, folder in zip(sorted(books), coded, strict=True):
        click.echo(f"next: kg import {path} --as {folder.name}{' -o evidence' if is_checkout() else ''}")


def _without_store(context: click.Context, instead: str) -> None:
    """Refuse a store that was named before a command which reads tables; the environment's is for other commands."""
    above = context.find_root()
    if above.get_parameter_source("store") is ParameterSource.COMMANDLINE:
        stop(f"--store: {instead}")


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


#: Categories whose questions are about where things come from, hold layers against each other, or are about pooling.
_OF_ALL_LAYERS = ("sources", "synthesis")


def _question_command(question: Question) -> click.Command:
    options: list[click.Parameter] = [_question_option(parameter) for parameter in question.parameters]

    @click.pass_context
    def run(context: click.Context, /, format: str, layer: str, **arguments: tuple[str, ...]) -> None:
        from kg.lookup import left_out
        from kg.questions import ask as ask_question
        from kg.questions import terms_of
        from kg.store import Rows

        if layer != "all" and question.category in _OF_ALL_LAYERS:
            stop(f"--layer: {question.name} is not about the findings of one layer; leave --layer out")
        store = opened(context, layer)
        asked = question.as_asked(arguments)
        if format in ("csv", "tsv"):  # row by row: an answer may be longer than what can be held
            stream = store.stream(question.bind(terms_of(store, question, arguments)))
            any_rows, columns = print_stream(stream, format), stream.columns
        else:
            rows = ask_question(store, question, arguments)
            any_rows, columns = bool(rows), rows.columns
            print_rows(rows, format)
        if not any_rows:
            click.echo(f"no rows: nothing in this graph answers {asked}", err=True)
        elif question.parameters:
            click.echo(asked, err=True)
        for sentence in left_out(store, question, arguments):
            click.echo(sentence, err=True)
        print_rules_behind(Rows(columns, ()))

    command = click.Command(question.name, params=options, callback=run, help=question.question)
    return layer_option(format_option(command))


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
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option(
    "--format", "format", type=click.Choice((*ROW_FORMATS, *RDF_FORMATS)), help="Rows: table, csv, … Graphs: ttl, nt, …"
)
@services_option
@click.pass_context
def query(context: click.Context, file: Any, format: str | None, services: tuple[str, ...]) -> None:
    """Run the SPARQL in FILE (- for standard input).

    SELECT and ASK give rows; CONSTRUCT and DESCRIBE give a graph and need an RDF format. No query asks another server
    but those that --service names.
    """
    try:
        text = file.read()
    except UnicodeDecodeError:
        stop(f"{file.name}: not UTF-8 text; save the query as UTF-8")
    store = with_services(opened(context), services)
    if format in RDF_FORMATS:
        from kg.export.graphs import graph_answer

        click.echo(graph_answer(store.graph(text), format), nl=False)
    else:
        print_rows(store.select(text), format or "table")


# --- pictures and files ----------------------------------------------------------------------


@main.command(name="map")
@click.option(
    "--around", metavar="CONSTRUCT", help="The construct in the middle. Default: the one with the most findings."
)
@click.option("--all", "everything", is_flag=True, help="Every construct with a finding, on one ring.")
@click.option(
    "--limit",
    type=click.IntRange(2),
    help="At most so many constructs around the middle. Default: up to 20, as long as 60 findings can be read.",
)
@layer_option
@output_option(required=True, help="The HTML file to write.")
@click.pass_context
def network_map(
    context: click.Context, around: str | None, everything: bool, limit: int | None, layer: str, output: Path
) -> None:
    """Draw the findings as an interactive network, in one HTML file that needs nothing else."""
    if around and everything:
        stop("--around and --all exclude each other; choose one")
    if output.suffix not in (".html", ".htm", ""):
        stop(f"-o {output}: a map is written to a file that ends in .html")
    from kg.files import write_text
    from kg.maps import draw

    drawn = draw(opened(context, layer), around, everything, limit, layer)
    write_text(output, drawn.html)
    click.echo(f"{output}: {drawn.summary}", err=True)


@main.command()
@click.argument("format", type=click.Choice(EXPORT_FORMATS))
@output_option(required=False, help="The file to write. Default: standard output.")
@nanopub_options
@click.pass_context
def export(context: click.Context, /, format: str, output: Path | None, **of_nanopubs: Any) -> None:
    """Write the whole graph (RDF), or its findings.

    csv, parquet and graphml have all of them; results is a table as kg import reads it, without mediations and
    moderations, which are no result on two constructs; metafor is the effects that kg pool can take, for metafor and
    JASP. Both say how many they leave out. ontology is every class, property and term in OWL, as Turtle, for Protégé
    and ROBOT (which convert it: robot convert, or rdfpipe -i turtle -o xml, which comes with kg); skos and obographs
    (OBO Graphs JSON) are the vocabulary alone, with what it corresponds to in other ontologies. nanopub is each
    finding and each proposition as a publication of its own (TriG).
    """
    from kg.export.findings import csv, graphml, parquet
    from kg.export.graphs import EXPORTERS
    from kg.export.results import left_out, metafor, results
    from kg.export.vocabularies import obographs, ontology, skos
    from kg.files import write_by, write_text

    refuse_others(format, of_nanopubs)
    if output is not None and output.suffix in (".xlsx", ".ods"):
        stop(f"-o {output}: no export is a workbook; csv opens in any spreadsheet program")
    of_findings = {"graphml": graphml, "results": results}
    if format == "parquet" and output is None:
        stop("parquet is no text; name a file with -o")
    store = opened(context)
    if output is not None and format in ("csv", "parquet"):
        write_by(lambda path: parquet(store, path) if format == "parquet" else _write_parts(csv(store), path), output)
        click.echo(f"{output}: {output.stat().st_size:,} bytes", err=True)
        return
    if format == "csv":
        for part in csv(store):
            click.echo(part, nl=False)
        return
    if format == "nanopub":
        text = nanopub(store, **of_nanopubs)
    elif format == "metafor":
        text, without = metafor(store)
        click.echo(f"{without:,} findings left out: kg pool makes no effect of what they report", err=True)
    else:
        of_vocabulary = {"ontology": ontology, "skos": skos, "obographs": obographs}
        text = {**EXPORTERS, **of_findings, **of_vocabulary}[format](store)
    if format == "results" and (without := left_out(store)):
        click.echo(f"{without} mediations and moderations are left out; kg export csv has them", err=True)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_text(output, text)
        click.echo(f"{output}: {len(text.encode()):,} bytes", err=True)


def _write_parts(parts: Iterable[str], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(parts)
