"""XLSX: what a person sees in a cell is what is read."""

from datetime import date, datetime

import openpyxl

from kg.spreadsheets import read_sheet


def rows_of(path, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return read_sheet(path, path.name)


def test_dates_and_floats_are_read_as_they_are_meant(tmp_path):
    """A date without a time, a float that is a count, a very small p."""
    sheet = rows_of(
        tmp_path / "t.xlsx", ["a", "b", "c", "d"], [date(2020, 1, 2), datetime(2020, 1, 2, tzinfo=None), 3.0, 1e-05]
    )
    assert sheet.rows[1] == (2, ["2020-01-02", "2020-01-02", "3", "0.00001"])


def test_a_formula_in_the_header_is_told_once(tmp_path):
    """Its column has no name, so its number is told."""
    sheet = rows_of(tmp_path / "t.xlsx", ["a", "=1+1"], ["x", "y"])
    assert [str(problem) for problem in sheet.problems] == [
        "t.xlsx:1:column 2: a formula (=1+1); replace it by its value"
    ]


def test_an_entity_bomb_is_refused(tmp_path):
    """XML that declares entities is never parsed."""
    import zipfile

    import pytest

    from kg.errors import ProblemsFound

    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')
    with pytest.raises(ProblemsFound, match="declares XML entities"):
        read_sheet(path, "bomb.xlsx")
