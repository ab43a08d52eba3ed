"""Rows of typed tables as N-Quads, by the marks of the record models: what ``kg.triples`` does, for all rows at once.

Each row gives one piece of text, a line for each quad, so that writing needs no more than laying texts end to end.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from kg.bulk.columns import Column, Sort, columns_of
from kg.bulk.frames import P_NUMBER, Expression, Table, layer, parts_of
from kg.cells import Data, Ref
from kg.labels import FINDING_LABEL
from kg.names import PREFIXES, TERMS, expand, graph_iri, mint
from kg.ntriples import ESCAPES
from kg.records import Finding, FindingKind, Record, Sample
from kg.triples import base_types

_TYPED = '"^^<http://www.w3.org/2001/XMLSchema#'


def quads_of(table: Table, model: type[Record], dataset: str, labels: dict[str, Table]) -> Iterator[Table]:
    """Tables with one column ``line``, whose texts end to end are the quads of the rows of a dataset.

    ``labels`` has for each kind of which a made label names a member a table of ``id`` and ``label``.
    """
    graph = f" <{graph_iri(f'evidence/{dataset}')}> .\n"
    if model is Finding:
        table = _with_label(table, labels)
    about = _text("<" + PREFIXES[model.prefix], table.id, "> ")
    yield table.select(line=_text(*_of_row(table, model, dataset, about, graph)))
    if model is Sample:
        yield _shares(table, graph)


def _text(*parts: str | Expression) -> Expression:
    return reduce(
        lambda one, other: one + other, (layer().literal(each) if isinstance(each, str) else each for each in parts)
    )


def _of_row(
    table: Table, model: type[Record], dataset: str, about: Expression, graph: str
) -> Iterator[str | Expression]:
    for each in base_types(model, model.prefix):
        yield from (about, f"<{expand('rdf:type')}> <{each}>{graph}")
    yield from (about, f"<{expand('ca:inDataset')}> <{mint('dataset', dataset)}>{graph}")
    for column in columns_of(model):
        if isinstance(column.mark, Ref):
            yield _reference(table, column, column.mark, about, graph)
        elif isinstance(column.mark, Data) and column.sort is not Sort.SHARES:
            yield from (_data(table, column, mark, about, graph) for mark in _also(column.mark))
    if model is Finding:
        yield _line(table.made_label, about, "rdfs:label", '"', escaped(table.made_label), '"@en', graph)


def _also(mark: Data) -> Iterator[Data]:
    yield mark
    if mark.also:
        yield Data(mark.also, mark.language)


def _line(filled: Expression, about: Expression, predicate: str, *rest: str | Expression) -> Expression:
    """A quad, where ``filled`` is not NULL."""
    return layer().ifelse(filled.isnull(), "", _text(about, f"<{expand(predicate)}> ", *rest))


def _reference(table: Table, column: Column, mark: Ref, about: Expression, graph: str) -> Expression:
    cell = table[column.name]
    if mark.kind == "class":
        names = cell.cases(*((kind.value, kind.class_name) for kind in FindingKind))
        return _line(cell, about, mark.predicate, f"<{TERMS}", names, ">" + graph)
    start, end = f"<{PREFIXES[mark.kind]}", ">" + graph
    if column.sort is Sort.MANY:
        return _lines(table[f"{column.name}_text"], about, mark.predicate, start, end)
    return _line(cell, about, mark.predicate, start, cell, end)


def _lines(parts: Expression, about: Expression, predicate: str, start: str, end: str) -> Expression:
    """A quad for each part of a list, by putting between two parts what ends one quad and starts the next."""
    between = _text(end, about, f"<{expand(predicate)}> {start}")
    return _line(parts, about, predicate, start, parts.replace(";", between), end)


def _data(table: Table, column: Column, mark: Data, about: Expression, graph: str) -> Expression:
    tag = f"@{mark.language}" if mark.language else ""
    cell = table[column.name]
    match column.sort:
        case Sort.NUMBER:
            number = decimal(table[f"{column.name}_text"])
            return _line(number, about, mark.predicate, '"', number, f"{_TYPED}decimal>{graph}")
        case Sort.COUNT:
            return _line(cell, about, mark.predicate, '"', cell.cast("string"), f"{_TYPED}integer>{graph}")
        case Sort.P:
            number = decimal(table[f"{column.name}_text"].re_extract(P_NUMBER, 0).nullif(""))
            operator = table[f"{column.name}_operator"]
            return _line(number, about, mark.predicate, '"', number, f"{_TYPED}decimal>{graph}") + _line(
                number, about, "ca:pOperator", '"', operator, f'"{graph}'
            )
        case Sort.MANY:
            parts = escaped(table[f"{column.name}_text"])
            return _lines(parts, about, mark.predicate, '"', f'"{tag}{graph}')
    return _line(cell, about, mark.predicate, '"', escaped(cell), f'"{tag}{graph}')


def escaped(cell: Expression) -> Expression:
    """A text as it may stand in a literal of N-Quads."""
    return reduce(lambda text, pair: text.replace(*pair), ESCAPES, cell)


def decimal(written: Expression) -> Expression:
    """A number as it was written, as a store writes it: no plus, no needless noughts, digits before a point."""
    digits = written.re_extract("^[-+]?0*([0-9]*([.][0-9]*[1-9])?)", 1)
    whole = layer().ifelse(digits.startswith(".") | (digits == ""), layer().literal("0") + digits, digits)
    return layer().ifelse(written.startswith("-") & (whole != "0"), layer().literal("-") + whole, whole)


def _with_label(table: Table, labels: dict[str, Table]) -> Table:
    """The findings with the label that is made of those of what they name."""
    for part in FINDING_LABEL:
        if not isinstance(part, str):
            kind, column = part
            named = labels[kind].select(**{f"{column}_named": "id", f"{column}_label": "label"})
            table = table.left_join(named, table[column] == named[f"{column}_named"])
    parts = (
        part if isinstance(part, str) else table[f"{part[1]}_label"].fill_null(table[part[1]]) for part in FINDING_LABEL
    )
    return table.mutate(made_label=_text(*parts))


def _shares(table: Table, graph: str) -> Table:
    """The quads of the shares of ethnic groups: each is an individual of its own, named after its sample and group."""
    told = table.filter(table.ethnicity.notnull())
    each = told.select("id", share=parts_of(told.ethnicity).split(";").unnest())
    each = each.mutate(group=each.share.re_replace(" [^ ]*$", ""), percent=each.share.re_extract("[^ ]*$", 0))
    name = each.group.lower().re_replace("[^a-z0-9]+", "-").re_replace("^-|-$", "")
    sample = _text("<" + PREFIXES["sample"], each.id)
    node = _text(sample, "/ethnicity/", name, "> ")
    return each.select(
        line=_text(
            sample, f"> <{expand('ca:ethnicityShare')}> ", node, graph.lstrip(),
            node, f"<{expand('rdf:type')}> <{expand('ca:EthnicityShare')}>{graph}",
            node, f'<{expand("ca:ethnicGroup")}> "', escaped(each.group), f'"{graph}',
            node, f'<{expand("ca:percent")}> "', decimal(each.percent), f"{_TYPED}decimal>{graph}",
        )
    )  # fmt: skip
