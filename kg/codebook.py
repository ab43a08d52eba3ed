"""The codebook: what a coder writes into each column of each table, read off the record models."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from textwrap import dedent
from typing import Any, get_args

from kg.cells import EthnicityShare, PValue, Ref
from kg.corpus import AUDIT_TABLES, DATASET_TABLES, TERM_TABLES, Corpus
from kg.markdown import in_cell
from kg.names import CODE_KINDS, PART_KINDS
from kg.placed import Placed
from kg.records import (
    Code,
    DatasetInfo,
    Finding,
    FindingKind,
    Member,
    Obsolete,
    Publication,
    Record,
    Therapy,
    TherapyPart,
)

#: Every table that a person fills in, by name; of the dataset itself, what ``dataset.toml`` holds.
TABLES: dict[str, type[Record]] = {
    DatasetInfo.table: DatasetInfo,
    **DATASET_TABLES,
    **AUDIT_TABLES,
    **TERM_TABLES,
    **{model.table: model for model in (Code, Therapy, TherapyPart, Publication, Obsolete)},
}
#: Kind of individual -> the record that describes its rows.
MODELS: dict[str, type[Record]] = {
    **{model.prefix: model for model in TABLES.values() if not issubclass(model, Member) and model.prefix},
    **dict.fromkeys(CODE_KINDS, Code),
    **dict.fromkeys(PART_KINDS, TherapyPart),
}
#: Made by the software from other columns, so that nobody writes it.
_MADE = {(Publication.table, "label")}
#: The form of a cell that takes one of a few words.
LISTED = "a word of a closed list"
#: Type of a cell -> how it is written. What is none of these is text.
_FORMS: dict[Any, str] = {
    Decimal: "a number with a decimal point",
    int: "a whole number",
    date: "a date like 2026-11-21",
    PValue: "a p value: .033 for equality, <.05 for a bound",
    EthnicityShare: "groups and percentages, like White 87.5; Black 7.6",
    FindingKind: LISTED,
}


@dataclass(frozen=True)
class Column:
    """A column of a table, as a coder needs to know it.

    ``refers_to`` is the kind of what a cell names (``construct``, ``direction``, …), where it names something;
    ``several`` says whether it may name more than one, separated by semicolons.
    """

    table: str
    name: str
    meaning: str
    required: bool
    several: bool
    refers_to: str | None
    form: str


def columns(tables: Iterable[str] = TABLES) -> list[Column]:
    """Every column of these tables, in the order of their headers."""
    return [
        Column(
            table=table,
            name=name,
            meaning=meaning(TABLES[table], name),
            required=field.is_required(),
            several=tuple in types(TABLES[table], name),
            refers_to=_refers_to(TABLES[table], name),
            form=_form(TABLES[table], name),
        )
        for table in tables
        for name, field in TABLES[table].model_fields.items()
        if (table, name) not in _MADE
    ]


def meaning(model: type[Record], name: str) -> str:
    """What to write into a column, as it stands below its field, or with the type of several fields."""
    return _meanings(model).get(name) or " ".join((model.model_fields[name].description or "").split())


@cache
def _meanings(model: type[Record]) -> dict[str, str]:
    """Field -> what stands below it; of a field that is written again in a subclass, there.

    Pydantic would read this off the source whenever the records are imported, for commands that tell nobody.
    """
    told: dict[str, str] = {}
    for each in reversed([each for each in model.mro() if issubclass(each, Record)]):
        (written,) = ast.parse(dedent(inspect.getsource(each))).body
        for field, below in pairwise(written.body if isinstance(written, ast.ClassDef) else ()):
            match field, below:
                case ast.AnnAssign(target=ast.Name(name)), ast.Expr(value=ast.Constant(value=str(words))):
                    told[name] = " ".join(words.split())
    return told


def allowed(column: Column, codes: Iterable[Placed[Code]]) -> list[str]:
    """Everything that a cell may hold, where that is a closed list; ``codes`` are those of the vocabulary."""
    if FindingKind in types(TABLES[column.table], column.name):
        return [kind.value for kind in FindingKind]
    if column.name == "kind":
        model = TABLES[column.table]
        return list(model.kinds) if issubclass(model, Member) else []
    return [row.record.id for row in codes if row.record.kind == column.refers_to]


def examples(corpus: Corpus) -> dict[str, dict[str, str]]:
    """A row of each table that has one: the association that tells most with its study and sample, else the fullest."""
    rows: dict[str, list[Record]] = {}
    for row in (*corpus.rows(), *corpus.uncoded(), *corpus.obsolete):
        rows.setdefault(row.record.table, []).append(row.record)
    shown = {table: max(records, key=_fullness) for table, records in rows.items() if table in TABLES}
    finding = shown.get(Finding.table)
    if isinstance(finding, Finding):
        named = {"studies": finding.study, "samples": finding.sample, "references": finding.reported_in}
        for table, wanted in named.items():
            shown[table] = next((record for record in rows.get(table, ()) if record.id == wanted), shown[table])
    return {table: record.cells() for table, record in shown.items()}


def _fullness(record: Record) -> tuple[bool, int, str]:
    """How many cells are filled; of equals the one whose id comes last, so that the choice never changes."""
    usual = getattr(record, "kind", None) == FindingKind.ASSOCIATION
    return usual, sum(map(bool, record.cells().values())), record.id


def markdown(corpus: Corpus) -> str:
    """The codebook as Markdown: a heading a table, a row a column, with what it may hold and an example."""
    shown = examples(corpus)
    return "\n".join(["# Codebook", "", *(line for table in TABLES for line in _section(table, corpus, shown))])


def _section(table: str, corpus: Corpus, shown: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    yield f"## {table}"
    yield ""
    yield (TABLES[table].__doc__ or "").split("\n")[0]
    yield ""
    yield "| column | required | what to write | how | example |"
    yield "|---|---|---|---|---|"
    for column in columns([table]):
        cells = (column.meaning, how(column, corpus), shown.get(table, {}).get(column.name, ""))
        yield f"| `{column.name}` | {'yes' if column.required else ''} | {' | '.join(map(in_cell, cells))} |"
    yield ""


def how(column: Column, corpus: Corpus) -> str:
    """How a cell is written: what it may hold where that is a closed list, else its form."""
    listed = ", ".join(allowed(column, corpus.codes))
    return f"{listed}; several separated by semicolons" if listed and column.several else listed or column.form


def _refers_to(model: type[Record], name: str) -> str | None:
    mark = model.marks().get(name)
    return mark.kind if isinstance(mark, Ref) and mark.kind not in ("any", "class") else None


def _form(model: type[Record], name: str) -> str:
    found = types(model, name)
    if plain := next((form for kind, form in _FORMS.items() if kind in found), None):
        return plain
    mark = model.marks().get(name)
    if isinstance(mark, Ref):
        named = _named(mark.kind)
    elif name == "kind" and issubclass(model, Member):
        named = LISTED
    else:
        named = "an id" if name == "id" else "text"
    return f"{named}; several separated by semicolons" if tuple in found else named


def _named(kind: str) -> str:
    """How a cell names a record of this kind."""
    if kind in CODE_KINDS:
        return LISTED
    told = {"any": "a kind and an id, like measure:scs", "class": "a class of the ontology"}
    return {**told, "publication": "a citation key"}.get(kind, f"the id of a {kind.replace('-', ' ')}")


def types(model: type[Record], name: str) -> set[Any]:
    """Every class that the annotation of a column names, at whatever depth; ``tuple`` where it takes several."""
    return set(_flat(model.model_fields[name].annotation))


def _flat(annotation: Any) -> Iterator[Any]:
    inner = get_args(annotation)
    if inner and getattr(annotation, "__origin__", None) is tuple:
        yield tuple
    if not inner:
        yield annotation
    for each in inner:
        yield from _flat(each)
