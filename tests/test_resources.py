"""The rooms: what counts as a file that a build reads, and when two checkouts are the same."""

import pytest
from worlds import copy_rooms

from kg import reason

#: What an open spreadsheet, a file manager or an editor leaves beside a table.
LEFT_BEHIND = [
    "~$findings.xlsx",
    ".~lock.findings.tsv#",
    ".DS_Store",
    "._findings.tsv",
    ".ipynb_checkpoints/findings.tsv",
]


@pytest.fixture
def world(rooms, tmp_path):
    """A copy of the rooms."""
    return copy_rooms(rooms, tmp_path)


def with_crlf(world):
    """The rooms as a checkout with Windows line ends has them."""
    for path in world.root.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    return world


@pytest.mark.parametrize("name", LEFT_BEHIND)
def test_what_programs_leave_behind_makes_no_build_stale(world, name):
    """A lock file in a folder of tables is not part of the graph."""
    before = world.digest()
    path = world.evidence / "amari-2022" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("left behind", encoding="utf-8")
    assert world.digest() == before


def test_a_changed_table_changes_the_digest(world):
    """The digest does see what a build reads."""
    before = world.digest()
    with (world.evidence / "amari-2022" / "findings.tsv").open("a", encoding="utf-8") as table:
        table.write("\n")
    assert world.digest() != before


def test_line_ends_do_not_change_the_digest(world):
    """A build is up to date in a checkout with CRLF as it is in one with LF."""
    before = world.digest()
    assert with_crlf(world).digest() == before


def test_line_ends_do_not_age_the_shipped_inferences(world, vocabulary):
    """The inferences that rest on the axioms are fresh in a checkout with CRLF too."""
    assert reason.read_inferences(with_crlf(world), vocabulary)
