"""The rows of evidence as tables of a dataframe engine: typed columns, by the names of the record models.

Text is text, missing where the cell is empty; a number is a double under the column's name, and as it was written under
``<name>_text``; ``p`` comes with ``p_operator``; a count is an integer; a cell that holds many is a list of texts, but
for the shares of ethnic groups, which stand as they were written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_args

from kg.cells import EthnicityShare, PValue
from kg.corpus import Corpus
from kg.errors import MissingPart
from kg.records import Finding, Record, Sample, Study

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
    import pyarrow as pa


@dataclass(frozen=True)
class Evidence:
    """The findings, samples and studies from which everything here follows."""

    findings: ir.Table
    samples: ir.Table
    studies: ir.Table


def layer() -> Any:
    """The library of tables. Raises MissingPart without it."""
    try:
        import ibis
    except ImportError as error:
        raise MissingPart("evidence by the million needs Ibis: pip install 'compassion-attachment-kg[bulk]'") from error
    return ibis


def evidence_of(engine: ibis.BaseBackend, corpus: Corpus) -> Evidence:
    """The evidence of datasets that were read as records, as tables of ``engine``."""

    def table(model: type[Record]) -> ir.Table:
        rows = [
            (dataset.id, row.record) for dataset in corpus.datasets for row in getattr(dataset, model.table)
        ]  # what is not told in one dataset may be told in another
        return engine.create_table(layer().util.gen_name(model.table), typed(model, rows), temp=True)

    return Evidence(table(Finding), table(Sample), table(Study))


def typed(model: type[Record], rows: Sequence[tuple[str, Record]]) -> pa.Table:
    """Records, each with the dataset it is of, as typed columns."""
    import pyarrow as pa

    columns: dict[str, pa.Array] = {"dataset": pa.array([dataset for dataset, _ in rows], pa.string())}
    for name in model.columns():
        values = [getattr(record, name) for _, record in rows]
        columns |= {each: pa.array(cells, kind) for each, kind, cells in _columns(model, name, values)}
    return pa.table(columns)


def _columns(model: type[Record], name: str, values: Sequence[Any]) -> Iterable[tuple[str, pa.DataType, list[Any]]]:
    """The columns that one column of records becomes: name, type, cells."""
    import pyarrow as pa

    held = model.model_fields[name].annotation
    kinds = {getattr(each, "__origin__", each) for each in (held, *get_args(held))}
    written = [None if value is None else str(value) for value in values]
    if PValue in kinds:
        yield "p_operator", pa.string(), [value.operator if value else None for value in values]
        yield "p", pa.float64(), [float(value.number) if value else None for value in values]
        yield "p_text", pa.string(), written
    elif Decimal in kinds:
        yield name, pa.float64(), [None if value is None else float(value) for value in values]
        yield f"{name}_text", pa.string(), written
    elif int in kinds:
        yield name, pa.int64(), list(values)
    elif EthnicityShare in (kind for each in get_args(held) for kind in (each, *get_args(each))):
        yield name, pa.string(), ["; ".join(map(str, value)) or None for value in values]
    elif tuple in kinds:
        yield name, pa.list_(pa.string()), [list(map(str, value)) for value in values]
    else:
        yield name, pa.string(), written


def frame(columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> ir.Table:
    """A few rows of Python as a table that joins with those of any engine: column -> type, and the rows."""
    import pyarrow as pa

    kinds = {"string": pa.string(), "int64": pa.int64()}
    cells = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [pa.array(list(each), kinds[kind]) for each, kind in zip(cells, columns.values(), strict=True)]
    return layer().memtable(pa.table(arrays, names=list(columns)))
