"""XLSX: what a person sees in a cell is what is read."""

import re
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from kg import spreadsheets
from kg.errors import MissingPart, ProblemsFound
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


def rewritten(path, part, change):
    """A good workbook whose ``part`` was changed: bytes to bytes."""
    good = path.with_name("good.xlsx")
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.save(good)
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, change(content) if name == part else content)
    return path


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'


def body(content):
    """XML text without its declaration."""
    return re.sub(r"^<\?xml.*?\?>", "", content.decode("utf-8"))


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"])
@pytest.mark.parametrize(
    "change",
    [
        lambda content: (ENTITIES + body(content)).encode(),
        lambda content: (f"<!--{' ' * 5000}-->{ENTITIES}{body(content)}").encode(),
        lambda content: (ENTITIES + body(content)).encode("utf-16"),
    ],
    ids=["plain", "behind-a-long-comment", "utf-16"],
)
def test_xml_that_declares_entities_is_refused(tmp_path, part, change):
    """Wherever the declaration stands and in whatever encoding."""
    path = rewritten(tmp_path / "bomb.xlsx", part, change)
    with pytest.raises(ProblemsFound, match=r"bomb\.xlsx: an \.xlsx file that declares XML entities; save"):
        read_sheet(path, "bomb.xlsx")


def test_entities_are_refused_by_the_parser_or_nothing_is_read(tmp_path, monkeypatch):
    """Where openpyxl was told to do without defusedxml, no XLSX is opened."""
    monkeypatch.setattr(openpyxl, "DEFUSEDXML", False)
    with pytest.raises(MissingPart, match="OPENPYXL_DEFUSEDXML"):
        rows_of(tmp_path / "t.xlsx", ["a"])


def test_what_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    """The limit is on the unpacked size, and it is told."""
    monkeypatch.setattr(spreadsheets, "UNPACKED_LIMIT", 3_000_000)
    book = openpyxl.Workbook()
    book.active.append(["a" * 30_000])
    book.save(tmp_path / "small.xlsx")
    assert read_sheet(tmp_path / "small.xlsx", "small.xlsx").rows
    with zipfile.ZipFile(tmp_path / "small.xlsx", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/filler.xml", " " * 3_000_000)
    with pytest.raises(ProblemsFound, match="unpacks to more than 3 MB"):
        read_sheet(tmp_path / "small.xlsx", "small.xlsx")


def sheet_with(path, row, coordinate, dimension):
    """A sheet that says its size is ``dimension`` and has one value at ``coordinate``, in ``row``."""
    cell = f'<row r="{row}"><c r="{coordinate}" t="inlineStr"><is><t>x</t></is></c></row>'

    def change(content):
        text = re.sub(r'<dimension ref="[^"]*"', f'<dimension ref="{dimension}"', content.decode())
        return text.replace("</sheetData>", f"{cell}</sheetData>").encode()

    return rewritten(path, "xl/worksheets/sheet1.xml", change)


def test_a_value_far_out_costs_nothing(tmp_path):
    """One value in the last column of row 2000 is found where it stands, and the 32 million empty cells are not made."""
    path = sheet_with(tmp_path / "far.xlsx", 2000, "XFD2000", "A1:XFD2000")
    rows = read_sheet(path, "far.xlsx").rows
    assert [(number, len(cells)) for number, cells in rows] == [(1, 2), (2000, 16384)]


@pytest.mark.parametrize("dimension", ["A1:B1", "A1:XFD1048576"])
def test_a_sheet_that_spans_too_many_cells_is_refused(tmp_path, monkeypatch, dimension):
    """Whatever size it says it has, its cells are counted."""
    monkeypatch.setattr(spreadsheets, "CELL_LIMIT", 10_000)
    path = sheet_with(tmp_path / "far.xlsx", 3, "XFD3", dimension)
    with pytest.raises(ProblemsFound, match="spans more than 10,000 cells; delete"):
        read_sheet(path, "far.xlsx")


def test_a_row_far_down_is_refused(tmp_path):
    """Empty rows count as well: a row number beyond all spreadsheets ends quickly."""
    path = sheet_with(tmp_path / "deep.xlsx", 999_999_999, "A999999999", "A1:B2")
    with pytest.raises(ProblemsFound, match="spans more than 5,000,000 cells"):
        read_sheet(path, "deep.xlsx")


def test_merged_cells_are_not_spread_out(tmp_path):
    """A merge over the whole sheet is one tag in the file, and stays one."""

    def change(content):
        return content.replace(
            b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
        )

    path = rewritten(tmp_path / "merged.xlsx", "xl/worksheets/sheet1.xml", change)
    assert read_sheet(path, "merged.xlsx").rows == [(1, ["a", "b"])]
