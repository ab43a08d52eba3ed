"""The large tables of a dataset folder, where they lie and as Parquet, which engines read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from kg.errors import ProblemsFound
from kg.files import count_lines
from kg.parquet import open_parquet
from kg.records import Finding, Record, Sample, Study
from kg.resources import Rooms
from kg.tables import RawTable, check_header, filled_rows, find_tables

#: The tables that are read as dataframes, in the order in which they name each other.
LARGE = (Study, Sample, Finding)
#: More findings than this are not read one by one.
ONE_BY_ONE = 20_000
_BATCH = 20_000


@dataclass(frozen=True)
class Source:
    """One large table of a dataset: its file, how that is named in problems, and its rows as Parquet."""

    dataset: str
    model: type[Record]
    path: Path
    shown: str
    parquet: Path


def is_large(folder: Path) -> bool:
    """Whether a dataset folder has more findings than are read one by one."""
    return any(_rows_at_most(path) > ONE_BY_ONE for path in find_tables(folder, Finding.table)[:1])


def _rows_at_most(path: Path) -> int:
    """At least as many as the table has rows; nothing for a workbook, which holds no more than a program opens."""
    if path.suffix == ".xlsx":
        return 0
    if path.suffix == ".parquet":
        try:
            return int(open_parquet(path, path.name).metadata.num_rows)
        except ProblemsFound:  # to be told by who reads the table
            return 0
    return count_lines(path)


def sources(rooms: Rooms, folder: Path, work: Path) -> Iterator[Source]:
    """The large tables of a folder; those that are no Parquet are written as such below ``work``.

    Raises ProblemsFound where a file cannot be read as a table or its header is wrong.
    """
    for model in LARGE:
        for path in find_tables(folder, model.table)[:1]:
            shown = rooms.shown(path)
            table = RawTable(shown)
            place = path if path.suffix == ".parquet" else work / f"{folder.name}-{model.table}.parquet"
            _check(path, table, model)
            if place != path:
                _stage(path, table, place)
            yield Source(folder.name, model, path, shown, place)


def unstaged(rooms: Rooms, folder: Path) -> Iterator[Source]:
    """The same, where they lie, to read single rows of them."""
    for model in LARGE:
        for path in find_tables(folder, model.table)[:1]:
            yield Source(folder.name, model, path, rooms.shown(path), path)


def _check(path: Path, table: RawTable, model: type[Record]) -> None:
    (_, header), *_ = islice(filled_rows(path, table), 1) or [(0, [])]
    table.header = [name.strip() for name in header]
    check_header(table, model)
    if table.problems:
        raise ProblemsFound(table.problems)


def _stage(path: Path, table: RawTable, place: Path) -> None:
    """Write the rows of a table of text as Parquet, each cell as the record models would read it."""
    import pyarrow
    import pyarrow.parquet

    schema = pyarrow.schema([(name, pyarrow.string()) for name in table.header])
    rows = filled_rows(path, table)
    next(rows)
    with pyarrow.parquet.ParquetWriter(place, schema, compression="zstd") as writer:
        while batch := list(islice(rows, _BATCH)):
            writer.write_batch(_columns(table, batch, schema))
    if table.problems:
        raise ProblemsFound(table.problems)


def _columns(table: RawTable, rows: list[tuple[int, list[str]]], schema: Any) -> Any:
    import pyarrow

    width = len(schema)
    for row, cells in rows:
        if any(cells[width:]):
            table.problem(row, "", f"{len(cells)} cells for {width} columns", "look for a stray tab or comma")
    padded = ([*cells, *[""] * width][:width] for _, cells in rows)
    columns = [pyarrow.array(each, pyarrow.string()) for each in zip(*padded, strict=True)]
    return pyarrow.RecordBatch.from_arrays(columns, schema=schema)
