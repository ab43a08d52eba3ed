"""Tables: TSV, CSV and XLSX read alike."""

import csv
import io
import re
from itertools import chain

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.export.tables import ROW_FORMATS
from kg.formulas import FORMULA_STARTS, as_meant, harmless
from kg.records import Study
from kg.store import Rows
from kg.tables import read_records, suggestion

ROW = {
    "id": "made-up-1999",
    "label": "Made-Up 1999",
    "publication": "amari2022",
    "countries": "Canada; United Kingdom",
    "design": "cross-sectional",
    "setting": "online",
    "reported_in": "amari2022",
    "locator": "Table 2",
}


def write(folder, suffix, rows=(ROW,)):
    path = folder / f"studies{suffix}"
    header = list(rows[0])
    if suffix == ".xlsx":
        book = openpyxl.Workbook()
        for cells in (header, *(list(row.values()) for row in rows)):
            book.active.append(cells)
        book.save(path)
    else:
        out = io.StringIO()
        writer = csv.writer(out, delimiter="\t" if suffix == ".tsv" else ",")
        writer.writerows([header, *(row.values() for row in rows)])
        path.write_text(out.getvalue(), encoding="utf-8")
    return path


@pytest.mark.parametrize("suffix", [".tsv", ".csv", ".xlsx"])
def test_the_three_formats_give_the_same_record(tmp_path, suffix):
    """One row, three formats, one record."""
    path = write(tmp_path, suffix)
    reading = read_records(path, path.name, Study)
    assert reading.problems == []
    assert [placed.record for placed in reading.records] == [Study.model_validate(ROW)]
    assert reading.records[0].row == 2


def test_a_byte_order_mark_and_blank_rows_do_not_matter(tmp_path):
    """Excel's UTF-8 mark is dropped, and empty rows keep the numbers of those below."""
    path = tmp_path / "studies.csv"
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([ROW.keys(), [""] * len(ROW), ROW.values()])
    path.write_bytes(b"\xef\xbb\xbf" + out.getvalue().encode())
    reading = read_records(path, "studies.csv", Study)
    assert (reading.problems, [placed.row for placed in reading.records]) == ([], [3])


def test_a_cell_of_two_lines_is_the_same_with_either_line_end(tmp_path):
    """What a cell says does not hang on the system it was saved on."""
    cells = {**ROW, "description": "one\ntwo"}
    path = write(tmp_path, ".csv", [cells])
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    assert read_records(path, "studies.csv", Study).records[0].record.description == "one\ntwo"


def test_columns_may_stand_in_any_order(tmp_path):
    """The header decides, not the position."""
    path = write(tmp_path, ".tsv", [dict(reversed(ROW.items()))])
    assert read_records(path, "studies.tsv", Study).records[0].record.id == "made-up-1999"


def test_every_problem_of_a_table_is_told_at_once(tmp_path):
    """Two broken rows give two problems, each with its row and column."""
    path = write(tmp_path, ".tsv", [{**ROW, "design": ""}, {**ROW, "id": "Not An Id"}])
    told = [str(problem) for problem in read_records(path, "studies.tsv", Study).problems]
    assert told == [
        "studies.tsv:2:design: a required cell is empty; fill it",
        "studies.tsv:3:id: 'Not An Id' is not an id; use lower-case letters, digits and single hyphens",
    ]


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r\n\t"), max_size=20).map(str.strip))
def test_a_harmless_cell_reads_back_as_it_was(text):
    """What is written so that no spreadsheet runs it is read again as it was, and never starts like a formula."""
    written = harmless(text)
    assert not written.startswith(FORMULA_STARTS) or written.replace(".", "").lstrip("+-").isalnum() or written == text
    assert as_meant(written) == text


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("-inf", "'-inf"),
        ("+1e-5", "+1e-5"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("@cmd", "'@cmd"),
        ("-0.25", "-0.25"),
        ("- note", "'- note"),
        ("r = .3", "r = .3"),
    ],
)
def test_formulas_are_disarmed_and_numbers_are_not(cell, safe):
    """Only text that a spreadsheet would run gets the apostrophe."""
    assert harmless(cell) == safe


#: Values of an answer, with many that a spreadsheet would run.
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals("-1", "1", places=3),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=10),
    st.builds("{}{}".format, st.sampled_from([*FORMULA_STARTS, "\t", "\r"]), st.text(max_size=6)),
)


@pytest.mark.parametrize(("format", "delimiter"), [("csv", ","), ("tsv", "\t")])
@given(rows=st.lists(st.tuples(values, values), max_size=4))
def test_no_cell_of_an_answer_runs_in_a_spreadsheet(format, delimiter, rows):
    """Whatever an answer holds, CSV and TSV give it back, and only numbers start like a formula."""
    written = ROW_FORMATS[format](Rows(("a", "b"), tuple(rows)))
    header, *read = csv.reader(io.StringIO(written, newline=""), delimiter=delimiter)
    assert header == ["a", "b"]
    assert len(read) == len(rows)
    for cell, value in zip(chain(*read), chain(*rows), strict=True):
        text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        assert cell.removeprefix("'") == re.sub("\r\n?", "\n", text).removeprefix("'")
        assert not cell.startswith((*FORMULA_STARTS, "\t", "\r")) or re.fullmatch(
            r"[-+][0-9.]+([eE][-+]?[0-9]+)?", cell
        )


def test_a_suggestion_names_the_nearest_known_word():
    """A typo is answered with what was probably meant."""
    assert (
        suggestion("self-compasion", ["compassion", "self-compassion"], "add it") == "did you mean 'self-compassion'?"
    )


def test_nothing_near_falls_back_to_the_other_advice():
    """A word like no other gets the general advice."""
    assert suggestion("zzz", ["self-compassion"], "add it") == "add it"


def test_any_bytes_are_read_or_refused_but_never_crash(tmp_path_factory):
    """Random bytes under each suffix give problems, not tracebacks."""

    @given(st.binary(max_size=400))
    def survives(content):
        folder = tmp_path_factory.mktemp("bytes")
        for suffix in (".tsv", ".csv", ".xlsx"):
            path = folder / f"studies{suffix}"
            path.write_bytes(content)
            assert read_records(path, path.name, Study).problems

    survives()
