"""Where the expressions of the dataframe layer are run: DuckDB on this machine, or a Spark cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from kg.bulk.frames import Table
from kg.errors import MissingPart

#: DuckDB spills to disk beyond this; the store and Python have the rest of the four GiB that a build may take.
_MEMORY = "1000MB"
#: Bytes of a part: small enough to see it go on, large enough to load at full speed.
_PART = 128 * 1024 * 1024
#: Texts in hand at a time, each all that is said of a row.
_TEXTS = 10_000
_INSTALL = "pip install 'compassion-attachment-kg[bulk]'"


class Engine(Protocol):
    """What runs expressions and holds what they read."""

    def read(self, path: Path) -> Table:
        """The Parquet file at ``path``."""
        ...

    def table(self, columns: Mapping[str, Sequence[Any]]) -> Table:
        """A small table of these columns, all text."""
        ...

    def small(self, rows: Any) -> Table:
        """A small table of Arrow."""
        ...

    def kept(self, table: Table, place: Path) -> Table:
        """A table that is reckoned once and read back from ``place``, where it is asked often."""
        ...

    def rows(self, table: Table) -> list[tuple[Any, ...]]:
        """Every row of a table that is small."""
        ...

    def each_row(self, table: Table) -> Iterator[dict[str, Any]]:
        """The rows of a table that may be large, one by one, in its order."""
        ...

    def write(self, lines: Table, place: Path) -> Iterator[Path]:
        """Write the texts of the column ``line`` end to end, into one file or several named after ``place``.

        Each is given when it is whole.
        """
        ...


@contextmanager
def running(folder: Path, spark: str | None) -> Iterator[Engine]:
    """The engine of a build that spills into ``folder``: on the Spark cluster of this master, or on this machine."""
    if not spark:
        yield OnThisMachine(folder)
        return
    from kg.bulk.spark import OnCluster

    cluster = OnCluster(spark)
    try:
        yield cluster
    finally:
        cluster.close()


class OnThisMachine:
    """DuckDB, with bounded memory; what does not fit spills into ``folder``."""

    def __init__(self, folder: Path) -> None:
        try:
            import ibis

            self.connection = ibis.duckdb.connect(memory_limit=_MEMORY, temp_directory=str(folder))
        except ImportError as error:
            raise MissingPart(f"so many findings need Ibis and DuckDB: {_INSTALL}") from error
        self._tables = 0

    def read(self, path: Path) -> Table:
        return self.connection.read_parquet(str(path))

    def table(self, columns: Mapping[str, Sequence[Any]]) -> Table:
        return self.small(arrow(columns))

    def small(self, rows: Any) -> Table:
        self._tables += 1
        return self.connection.create_table(f"small_{self._tables}", rows, temp=True)

    def kept(self, table: Table, place: Path) -> Table:
        self.connection.raw_sql(f"COPY ({self._sql(table)}) TO '{_quoted(place)}' (FORMAT parquet)")
        return self.read(place)

    def rows(self, table: Table) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.connection.raw_sql(self._sql(table)).fetchall()]

    def each_row(self, table: Table) -> Iterator[dict[str, Any]]:
        for batch in self._batches(table):
            yield from batch.to_pylist()

    def write(self, lines: Table, place: Path) -> Iterator[Path]:
        return in_parts(_laid_end_to_end(self._batches(lines)), place)

    def _batches(self, table: Table) -> Iterator[Any]:
        return iter(self.connection.con.sql(self._sql(table)).to_arrow_reader(_TEXTS))

    def _sql(self, table: Table) -> str:
        self.connection._run_pre_execute_hooks(table)  # noqa: SLF001  # small tables of Python become known to DuckDB
        return str(self.connection.compile(table))


def in_parts(texts: Iterable[bytes | memoryview], place: Path) -> Iterator[Path]:
    """Write texts into files, ``place`` with a number each, none much larger than a part; gives each that is whole."""
    left = iter(texts)
    for number in count():
        path = place.with_name(f"{place.name}-{number:04}.nq")
        with path.open("wb") as file:
            written = 0
            for text in left:
                written += file.write(text)
                if written > _PART:
                    break
        if not written:
            path.unlink()
            return
        yield path


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _laid_end_to_end(batches: Iterable[Any]) -> Iterator[memoryview]:
    """The texts of batches of one column, as they lie in memory: end to end already."""
    import pyarrow

    for batch in batches:
        texts = batch.column(0).cast(pyarrow.large_string())
        ends = memoryview(texts.buffers()[1]).cast("q")
        yield memoryview(texts.buffers()[2])[ends[texts.offset] : ends[texts.offset + len(texts)]]


def arrow(columns: Mapping[str, Sequence[Any]]) -> Any:
    """A table in memory, all text."""
    import pyarrow

    return pyarrow.table({name: pyarrow.array(values, pyarrow.string()) for name, values in columns.items()})
