"""A spreadsheet of 1,000 correlations among 40 constructs, messy as real ones are: all named, nothing lost."""

import csv
import random
import time
from collections import Counter

import openpyxl
import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.importing.coding import code
from kg.importing.mapping import Constants, guess
from kg.importing.matching import read_vocabulary
from kg.importing.reading import read_source

HOW_MANY = 1_000
UNKNOWN = ("gratitude", "zest", "grit", "self-compasion", "humility")
#: Ways to write an r: read without a word, read and named, or left out and named.
TIDY = [
    lambda r: f"{r:.2f}",
    lambda r: f"{r:.2f}".replace("0.", ".", 1),
    lambda r: f"{r:.2f}".replace(".", ","),
    lambda r: f"{r:.2f}".replace("-", "\N{MINUS SIGN}"),
    lambda r: f"{r:.2f}**",
    lambda r: "n.s.",
    lambda r: f"{r:.2f} n.s.",
]
DOUBTFUL = [lambda r: f"{r:.2f}a", lambda r: f"{r:.2f}†"]
WRONG = [lambda r: str(round(abs(r) * 100) + 2), lambda r: "see text", lambda r: "2020-03-01"]
HEADS = (
    ["Study", None, "Construct 1", None, "Construct 2", None, "Sample", None, "Effect", None, "Lab"],
    ["Author", "Year", "Name", "Measure", "Name", "Measure", "N", "% female", "r", "p", None],
)


def messy(vocabulary, path, seed=2026):
    """Write the spreadsheet; gives what was put where: row -> kind, and the cells that must be named."""
    dice = random.Random(seed)
    known = sorted(id for id in vocabulary.constructs if not vocabulary.is_neutral(id))
    names = [*dice.sample(known, 40 - len(UNKNOWN)), *UNKNOWN]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Table 7. Correlations of everything with everything"])
    for head in HEADS:
        sheet.append(head)
    sheet.merge_cells("C2:D2")
    kinds, named, written = {}, set(), 0
    kinds[1] = "left out"
    while written < HOW_MANY:
        row = sheet.max_row + 1
        if dice.random() < 0.03:
            row += 1  # a blank row
        if dice.random() < 0.02:
            put(sheet, row, HEADS[1])
            kinds[row], row = "left out", row + 1
        if dice.random() < 0.01:
            put(sheet, row, ["Total", None, None, None, None, None, 999])
            kinds[row], row = "left out", row + 1
        first, second = dice.sample(names, 2)
        r = dice.choice((-1, 1)) * dice.uniform(0.02, 0.9)
        kind = dice.choices(("tidy", "doubtful", "wrong"), (90, 6, 4))[0]
        cell = dice.choice({"tidy": TIDY, "doubtful": DOUBTFUL, "wrong": WRONG}[kind])(r)
        p = dice.choice(["<.001", ".03", "n.s.", None, "0,04"]) if "n.s." not in cell else None
        female = dice.choice([None, "61,5%", "0.6"]) if written % 50 == 0 else None
        label = vocabulary.constructs[first].label if first in vocabulary.constructs else first
        put(sheet, row, [f"Author {written}", 1980 + written % 40, label, None, second, None, f"{100 + written:,}", female,
                         cell, p, f"lab {written}"])  # fmt: skip
        waits = {first, second} & set(UNKNOWN)
        kinds[row] = "left out" if kind == "wrong" else "waits" if waits else "finding"
        if kind != "tidy":
            named.add((row, "Effect: r"))
        if "**" in cell and p == "n.s.":
            named.add((row, "Effect: p"))
        if female == "0.6" and kinds[row] == "finding":
            named.add((row, "Sample: % female"))
        written += 1
    put(sheet, sheet.max_row + 1, ["* p < .05, ** p < .01"])
    kinds[sheet.max_row] = "left out"
    book.save(path)
    return kinds, named


def put(sheet, row, cells):
    for column, cell in enumerate(cells, start=1):
        if cell is not None:
            sheet.cell(row, column, cell)


@pytest.fixture(scope="module")
def imported(rooms, tmp_path_factory):
    """What was written, and what the import made of it, and in how many seconds."""
    folder = tmp_path_factory.mktemp("messy")
    vocabulary = read_vocabulary(rooms, folder / "none")
    kinds, named = messy(vocabulary, folder / "messy.xlsx")
    start = time.perf_counter()
    source = read_source(folder / "messy.xlsx")
    constants = Constants(reading="review", certainty="medium")
    mapping = guess(source).model_copy(update={"constants": constants, "cells": {"design": "cross-sectional"}})
    done = code(source, mapping, vocabulary, "messy")
    return kinds, named, done, time.perf_counter() - start, folder


def test_nothing_is_lost(imported):
    """Every row is a finding, waits, or is left out, and is what it was made to be."""
    kinds, _, done, _, _ = imported
    became = {row.number: "finding" for _, row in done.findings} | {row.number: "waits" for row, _ in done.waiting}
    became |= {row: "left out" for row in kinds if row not in became}
    assert became == kinds
    assert done.left_out == Counter(kinds.values())["left out"]
    assert len(done.findings) + len(done.waiting) + done.left_out == len(kinds) > HOW_MANY


def test_every_doubtful_cell_is_named(imported):
    """By row and column, and no tidy cell is."""
    _, named, done, _, _ = imported
    told = {(each.row, each.column) for each in done.remarks if each.column}
    assert told == named


def test_every_row_left_out_is_named(imported):
    """Repeated headers, totals and notes as well."""
    kinds, _, done, _, _ = imported
    told = {each.row for each in done.remarks if each.outcome == "the row is left out"}
    assert told == {row for row, kind in kinds.items() if kind == "left out"}


def test_unknown_constructs_are_proposed_with_all_their_rows(imported):
    """Each of them once."""
    _, _, done, _, _ = imported
    assert {each.name for each in done.constructs.values()} == set(UNKNOWN)
    assert {row for each in done.constructs.values() for row in each.rows} == {row.number for row, _ in done.waiting}


def test_the_command_writes_what_the_graph_takes(imported, rooms, tmp_path):
    """The folder of the messy table has no problem that `kg check` knows."""
    folder = imported[4]
    told = ("--yes", "--reading", "review", "--certainty", "medium", "--design", "cross-sectional", "-o", tmp_path)
    answer = CliRunner().invoke(main, ["import", str(folder / "messy.xlsx"), "--as", "messy", *map(str, told)])
    assert answer.exit_code == 1, answer.output
    with (tmp_path / "messy/findings.tsv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file, delimiter="\t"))) == len(imported[2].findings)
    checked = CliRunner().invoke(main, ["check", "--no-owl", str(tmp_path / "messy")])
    assert checked.exit_code == 0, checked.output[-2000:]
