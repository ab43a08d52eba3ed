"""Tables in Parquet are read as any other table."""

import pyarrow
import pyarrow.parquet

from kg.records import Sample
from kg.tables import read_records

CELLS = {"id": "a", "study": "b", "label": "c", "recruitment": "not-reported", "reported_in": "d", "locator": "e"}


def read(path, **columns):
    pyarrow.parquet.write_table(pyarrow.table({**{name: [cell] for name, cell in CELLS.items()}, **columns}), path)
    return read_records(path, path.name, Sample)


def test_whole_numbers_and_text_are_cells(tmp_path):
    """A count may be a number; a number with a point is text."""
    record = read(tmp_path / "samples.parquet", n=[12], mean_age=[" 33.50 "]).records[0].record
    assert (record.n, str(record.mean_age)) == (12, "33.50")


def test_floating_numbers_are_refused(tmp_path):
    """How many digits were printed, a floating number does not say."""
    problem = str(read(tmp_path / "samples.parquet", mean_age=[33.5]).problems[0])
    assert problem.startswith("samples.parquet:mean_age: a column that is neither text nor whole numbers")


def test_what_is_no_parquet_is_told(tmp_path):
    """A text under the name of a Parquet file is one problem."""
    (tmp_path / "samples.parquet").write_text("id,study\n")
    assert [each.what for each in read_records(tmp_path / "samples.parquet", "s", Sample).problems] == [
        "not a readable .parquet file"
    ]


def test_a_file_that_is_damaged_half_way_is_told(tmp_path):
    """It opens, since what it says of itself stands at its end, and its rows cannot be read."""
    path = tmp_path / "samples.parquet"
    many = {name: [f"{cell}-{number}" for number in range(5000)] for name, cell in CELLS.items()}
    pyarrow.parquet.write_table(pyarrow.table(many), path)
    data = bytearray(path.read_bytes())
    data[200:1200] = bytes(1000)
    path.write_bytes(data)
    problems = read_records(path, "s", Sample).problems
    assert [each.what for each in problems if "readable" in each.what] == ["not a readable .parquet file"]
