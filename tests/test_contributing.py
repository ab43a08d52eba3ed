"""CONTRIBUTING adds a study in fifteen minutes: what it shows is typed into a workbook, and its commands are run."""

import re
import shlex
import shutil
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from worlds import copy_rooms

from kg.cli import main
from kg.resources import Rooms

GUIDE = (Path(__file__).parent.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
SECTION = GUIDE.split("## Add a study in fifteen minutes")[1].split("\n## ")[0]
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", SECTION, re.DOTALL) for line in block.splitlines()]
#: What leaves Java out, and keeps the graph of the test where the test is.
HERE = {"check": ["--no-owl"], "build": ["--reasoner", "rules", "-o", "build"]}


def typed():
    """The rows that the guide shows: sheet, and its cells by column."""
    block = re.search(r"```text\n(.*?)```", SECTION, re.DOTALL)[1]
    for row in re.sub(r"\n {13}", "  ", block).splitlines():
        sheet, _, cells = row.partition(" ")
        yield sheet, dict(re.findall(r"(\w+)=(.*?)(?=  \w+=|$)", cells.strip()))


def fill_in(path):
    """Type what the guide shows into a workbook."""
    book = openpyxl.load_workbook(path)
    for sheet, cells in typed():
        worksheet = book[sheet]
        if sheet == "dataset":
            keys = {row[0].value: row[1] for row in worksheet.iter_rows(min_row=2)}
            for key, cell in cells.items():
                keys[key].value = cell
        else:
            header = [cell.value for cell in worksheet[1]]
            row = next(number for number in range(2, 99) if worksheet.cell(number, 1).value is None)
            for column, cell in cells.items():
                worksheet.cell(row, header.index(column) + 1).value = cell
    book.save(path)


@pytest.fixture(scope="module")
def walked(rooms, tmp_path_factory):
    """What each command of the section gave, run one after the other in a checkout of the review."""
    place = tmp_path_factory.mktemp("checkout")
    copy_rooms(rooms, place)
    results = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.setattr("kg.resources.shipped", lambda: Rooms(place))
        for command in COMMANDS:
            name, *arguments = shlex.split(command)[1:]
            store = ["--store", "build"] if name == "ask" else []
            results[name] = CliRunner().invoke(main, [*store, name, *arguments, *HERE.get(name, [])])
            if name == "template":
                fill_in(place / "jones-2026.xlsx")
                shutil.copy(place / "jones-2026.xlsx", place / "jones-2026-second.xlsx")
    return results


def test_the_section_shows_each_step(walked):
    """A workbook, a check, an import, a build, a question, a second coder."""
    assert list(walked) == ["template", "check", "import", "build", "ask", "agree"]


@pytest.mark.parametrize("name", ["template", "check", "import", "build", "ask", "agree"])
def test_each_command_of_the_section_works(walked, name):
    """Exit code 0, as the guide stands."""
    assert (walked[name].exit_code, walked[name].output) == (0, walked[name].output)


def test_the_study_can_be_asked_for(walked):
    """Both findings are in the graph, with the statistic as it was typed."""
    told = walked["ask"].stdout
    assert "r = -.31, p < .001" in told
    assert "jones-2026-02" in told
