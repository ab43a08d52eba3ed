"""The rows of evidence that were read as records, as tables typed like those of ``kg.bulk.frames``.

Each row has the ``dataset`` it is in; the parts of a list come as the list alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.bulk.columns import Column, Sort, columns_of
from kg.bulk.engines import Engine
from kg.bulk.frames import layer
from kg.corpus import Corpus
from kg.records import Finding, Record, Sample, Study

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa


@dataclass(frozen=True)
class Evidence:
    """The findings, samples and studies from which everything here follows."""

    findings: ir.Table
    samples: ir.Table
    studies: ir.Table


def evidence_of(engine: Engine, corpus: Corpus) -> Evidence:
    """The evidence of datasets that were read as records, as tables of ``engine``."""

    def table(model: type[Record]) -> ir.Table:
        rows = [
            (dataset.id, row.record) for dataset in corpus.datasets for row in getattr(dataset, model.table)
        ]  # what is not told in one dataset may be told in another
        return engine.small(typed(model, rows))

    return Evidence(table(Finding), table(Sample), table(Study))


def typed(model: type[Record], rows: Sequence[tuple[str, Record]]) -> pa.Table:
    """Records, each with the dataset it is of, as typed columns."""
    import pyarrow as pa

    columns: dict[str, pa.Array] = {"dataset": pa.array([dataset for dataset, _ in rows], pa.string())}
    for column in columns_of(model):
        values = [getattr(record, column.name) for _, record in rows]
        columns |= {each: pa.array(cells, kind) for each, kind, cells in _cells(column, values)}
    return pa.table(columns)


def _cells(column: Column, values: Sequence[Any]) -> Iterable[tuple[str, pa.DataType, list[Any]]]:
    """The columns that one column of records becomes: name, type, cells."""
    import pyarrow as pa

    name, written = column.name, [None if value is None else str(value) for value in values]
    match column.sort:
        case Sort.P:
            yield f"{name}_operator", pa.string(), [value.operator if value else None for value in values]
            yield name, pa.float64(), [float(value.number) if value else None for value in values]
            yield f"{name}_text", pa.string(), written
        case Sort.NUMBER:
            yield name, pa.float64(), [None if value is None else float(value) for value in values]
            yield f"{name}_text", pa.string(), written
        case Sort.COUNT:
            yield name, pa.int64(), list(values)
        case Sort.SHARES:
            yield name, pa.string(), ["; ".join(map(str, value)) or None for value in values]
        case Sort.MANY:
            yield name, pa.list_(pa.string()), [list(map(str, value)) for value in values]
        case _:
            yield name, pa.string(), written


def frame(columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> ir.Table:
    """A few rows of Python as a table that joins with those of any engine: column -> type, and the rows."""
    import pyarrow as pa

    kinds = {"string": pa.string(), "int64": pa.int64()}
    cells = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [pa.array(list(each), kinds[kind]) for each, kind in zip(cells, columns.values(), strict=True)]
    return layer().memtable(pa.table(arrays, names=list(columns)))
