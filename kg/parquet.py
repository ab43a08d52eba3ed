"""Tables in Parquet: cells are text, as in any other table, so that a number stays as it was printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from kg.errors import MissingPart, Problem, ProblemsFound

#: Rows in hand at a time.
_BATCH = 20_000


def parquet_rows(path: Path, shown: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a Parquet file, numbered as a spreadsheet would: the header is row 1."""
    file = open_parquet(path, shown)
    header = file.schema_arrow.names
    yield 1, [name.strip() for name in header]
    row = 1
    with reading_parquet(shown):
        for batch in file.iter_batches(_BATCH):
            for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                row += 1
                yield row, ["" if cell is None else str(cell).strip() for cell in cells]


def open_parquet(path: Path, shown: str) -> Any:
    """A Parquet file whose columns all hold text or whole numbers; ProblemsFound where it is none."""
    with reading_parquet(shown) as parquet:
        file = parquet.ParquetFile(path)
    if wrong := [Problem(shown, 0, field.name, *_TYPED) for field in file.schema_arrow if not _keeps(field.type)]:
        raise ProblemsFound(wrong)
    return file


@contextmanager
def reading_parquet(shown: str) -> Iterator[Any]:
    """The library that reads Parquet; ProblemsFound where, with it, a file turns out to be damaged, also half-way."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        install = "pip install 'compassion-attachment-kg[parquet]'"
        raise MissingPart(f"{shown}: reading .parquet needs pyarrow: {install}, or save it as .csv") from error
    try:
        yield pyarrow.parquet
    except (pyarrow.ArrowException, OSError) as error:
        raise ProblemsFound(
            [Problem(shown, 0, "", "not a readable .parquet file", "save it again, or as .csv")]
        ) from error


_TYPED = ("a column that is neither text nor whole numbers loses how its cells were printed", "save it as text")


def _keeps(type: Any) -> bool:
    """Whether cells of this type read as somebody wrote them; a column without any cell is no matter."""
    from pyarrow import types

    text = types.is_string(type) or types.is_large_string(type) or types.is_string_view(type)
    if types.is_dictionary(type):
        return _keeps(type.value_type)
    return bool(text or types.is_integer(type) or types.is_null(type))


def write_parquet(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write rows of text, batch by batch; an empty cell is a missing value."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        install = "pip install 'compassion-attachment-kg[parquet]'"
        raise MissingPart(f"{path.name}: writing .parquet needs pyarrow: {install}, or ask for csv") from error
    schema = pyarrow.schema([(column, pyarrow.string()) for column in columns])
    left = iter(rows)
    with pyarrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while batch := list(islice(left, _BATCH)):
            columnwise = zip(*batch, strict=True)
            arrays = [pyarrow.array([cell or None for cell in column], pyarrow.string()) for column in columnwise]
            writer.write_batch(pyarrow.RecordBatch.from_arrays(arrays, schema=schema))
