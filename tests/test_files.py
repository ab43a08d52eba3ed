"""Files for people: whole or not at all, and never in the place of something that is no file."""

import os
import threading

import pytest

from kg.errors import KgError
from kg.files import write_text


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path):
    """A reader at the other end of a FIFO gets the text; the FIFO is not replaced by a file."""
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()), daemon=True)
    reader.start()
    write_text(pipe, "what was found")
    reader.join(5)
    assert (got, pipe.is_fifo()) == (["what was found"], True)


def test_a_link_goes_on_pointing_to_the_file_it_names(tmp_path):
    """The file behind a symbolic link is replaced, not the link."""
    (tmp_path / "elsewhere").mkdir()
    link, target = tmp_path / "map.html", tmp_path / "elsewhere" / "map.html"
    link.symlink_to(target)
    write_text(link, "new")
    assert (link.is_symlink(), target.read_text()) == (True, "new")


def test_a_file_keeps_who_may_read_it(tmp_path):
    """Replacing a file leaves its permissions."""
    path = tmp_path / "kg.nt"
    path.write_text("old")
    path.chmod(0o640)
    write_text(path, "new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o640)


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    """Text that cannot be encoded (or a full disk) costs nothing that was there."""
    path = tmp_path / "kg.nt"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "\ud800")
    assert (path.read_text(), list(tmp_path.iterdir())) == ("old", [path])


def test_a_place_that_cannot_be_written_is_one_line(tmp_path):
    """The reason and what to do, as an error that doors print."""
    with pytest.raises(KgError, match=r"cannot be written \(No such file or directory\); choose another place"):
        write_text(tmp_path / "no" / "such" / "file", "")
