"""The rows that people wrote, as CSV with a Frictionless data package: what each column holds and where it leads."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kg.cells import Ref
from kg.codebook import TABLES, meaning, types
from kg.corpus import AUDIT_TABLES, DATASET_TABLES, Corpus
from kg.formulas import harmless
from kg.names import CODE_KINDS, SLUG, expand
from kg.records import (
    DatasetInfo,
    Member,
    Publication,
    Record,
)
from kg.release.about import LICENCE_NAMES, About
from kg.release.parts import Parts

_FOLDER = "tables"
#: The column that says from which dataset a row is.
_DATASET = "dataset"
_TYPES: dict[Any, str] = {int: "integer", Decimal: "number", date: "date"}
_SEVERAL = "Several are separated by '; '."


@dataclass(frozen=True)
class Table:
    """A table of the package: its rows, each with the dataset that it is from, if it is from one."""

    model: type[Record]
    rows: tuple[tuple[str, Record], ...]
    of_datasets: bool = False

    @property
    def name(self) -> str:
        return self.model.table


def add_tables(parts: Parts, corpus: Corpus, told: About) -> None:
    """Write every table as CSV, and the package that describes them."""
    tables = [table for table in _tables(corpus) if table.rows]
    codes = {kind: sorted(row.record.id for row in corpus.codes if row.record.kind == kind) for kind in CODE_KINDS}
    resources = []
    for table in tables:
        what = (table.model.__doc__ or "").split("\n\n")[0].rstrip(".").replace("\n    ", " ").replace("`", "")
        parts.add(f"{_FOLDER}/{table.name}.csv", _csv(table), f"Table: {what[0].lower()}{what[1:]}")
        resources.append(
            {
                "name": table.name.replace("_", "-"),
                "path": f"{table.name}.csv",
                "profile": "tabular-data-resource",
                "title": what,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": schema(table, tables, codes),
            }
        )
    package = {"profile": "tabular-data-package", **_card(told), "resources": resources}
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    parts.add(f"{_FOLDER}/datapackage.json", text, "What each column of the tables holds (Frictionless Data Package)")


def schema(table: Table, tables: Iterable[Table], codes: Mapping[str, list[str]]) -> dict[str, Any]:
    """The Table Schema of a table, from its record class."""
    model = table.model
    marks = model.marks()
    known = {other.model.prefix: other for other in tables if not issubclass(other.model, Member)}
    fields = [_field(model, name, marks.get(name), codes) for name in model.columns()]
    foreign = [
        _foreign(name, known[mark.kind].name, table)
        for name, mark in marks.items()
        if isinstance(mark, Ref)
        and mark.kind in known
        and tuple not in types(model, name)
        and name != "definition_source"
    ]
    if table.of_datasets:
        fields = [{"name": _DATASET, "type": "string", "constraints": {"required": True}}, *fields]
        foreign = [_foreign(_DATASET, DatasetInfo.table, table), *foreign]
    key = ["kind", "id"] if issubclass(model, Member) else ["id"]
    return {"fields": fields, "missingValues": [""], "primaryKey": key, **({"foreignKeys": foreign} if foreign else {})}


def _tables(corpus: Corpus) -> Iterator[Table]:
    """Every table that a person fills in, but for those that are for audits alone."""
    shared: dict[str, list[tuple[str, Record]]] = {}
    for row in (*corpus.rows(), *corpus.obsolete):
        shared.setdefault(row.record.table, []).append(("", row.record))
    for name, model in TABLES.items():
        if name in DATASET_TABLES:
            rows = ((dataset.id, row.record) for dataset in corpus.datasets for row in getattr(dataset, name))
            yield Table(model, tuple(rows), of_datasets=True)
        elif name not in AUDIT_TABLES:
            yield Table(model, tuple(shared.get(name, ())))


def _csv(table: Table) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    before = [_DATASET] if table.of_datasets else []
    writer.writerow([*before, *table.model.columns()])
    for dataset, record in table.rows:
        cells = [harmless(cell) for cell in record.cells().values()]
        writer.writerow([*([dataset] if table.of_datasets else []), *cells])
    return out.getvalue()


def _field(model: type[Record], name: str, mark: Any, codes: Mapping[str, list[str]]) -> dict[str, Any]:
    """A column: its type, the property that carries it in the graph, and what it may hold."""
    found = types(model, name)
    several = tuple in found
    constraints: dict[str, Any] = {"required": True} if name in model.required() else {}
    if name == "id":
        constraints["pattern"] = SLUG.pattern if not issubclass(model, Publication) else ".+"
    elif isinstance(mark, Ref) and mark.kind in CODE_KINDS and not several:
        constraints["enum"] = codes[mark.kind]
    field: dict[str, Any] = {
        "name": name,
        "type": "string" if several else next((word for kind, word in _TYPES.items() if kind in found), "string"),
        "description": " ".join([meaning(model, name).replace("`", ""), *([_SEVERAL] if several else ())]),
    }
    if mark is not None:
        field["rdfType"] = expand(mark.predicate)
    return {**field, "constraints": constraints} if constraints else field


def _foreign(column: str, table: str, here: Table) -> dict[str, Any]:
    """A reference of a column to the ids of a table; within one table the standard wants no name."""
    resource = "" if table == here.name else table.replace("_", "-")
    return {"fields": [column], "reference": {"resource": resource, "fields": ["id"]}}


def _card(told: About) -> dict[str, Any]:
    return {
        "name": told.name.removesuffix(f"-{told.version}"),
        "title": told.title,
        "description": told.description,
        "version": told.version,
        "created": f"{told.commit.time.isoformat()}",
        "keywords": list(told.keywords),
        "licenses": [{"name": LICENCE_NAMES[told.licence], "path": told.licence}],
        "contributors": [{"title": name, "role": "author"} for name in told.creators],
    }
