"""Pages made beforehand: what is kept of them, and what is told where not all of them are."""

import multiprocessing
import os
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest

from kg.errors import BadQuestion
from kg.pages.model import File
from kg.serve import preparing
from kg.serve.keeping import Answer, Asked, Kept
from kg.serve.preparing import ENDED, FULL, READY

PAGE = Answer(b"x" * 5_000, "text/html", 200)


@pytest.fixture
def pipe():
    receiving, sending = multiprocessing.Pipe(duplex=False)
    yield receiving, sending
    receiving.close()
    sending.close()


def kept_of(pipe, messages, room):
    """What is kept of the messages of a process that then ends, and what is told."""
    receiving, sending = pipe
    for each in messages:
        sending.send(each)
    sending.close()
    kept, told = Kept(room), []
    preparing._keep(receiving, kept, told.append)
    return kept, told


def test_what_was_made_is_kept(pipe):
    """Under the name by which readers ask for it, and the end is told."""
    kept, told = kept_of(pipe, [("/a", PAGE), None], 100_000)
    assert kept.known(Asked("/a")) == PAGE
    assert told == [READY]


def test_a_process_that_ends_early_is_told(pipe):
    """Not in silence, and not as if all were there."""
    kept, told = kept_of(pipe, [("/a", PAGE)], 100_000)
    assert kept.known(Asked("/a")) == PAGE
    assert told == [ENDED]


def test_what_is_wrong_with_one_page_is_told(pipe):
    """In the words of the process."""
    _, told = kept_of(pipe, ["/b could not be made", None], 100_000)
    assert told == ["/b could not be made", READY]


def test_no_more_is_made_than_is_kept(pipe):
    """Where there is no room, that is told, nothing is pushed out, and the process has nobody to send to."""
    receiving, sending = pipe
    for name in "abc":
        sending.send((f"/{name}", PAGE))
    kept, told = Kept(13_000), []
    preparing._keep(receiving, kept, told.append)
    assert [kept.known(Asked(f"/{name}")) is not None for name in "abc"] == [True, True, False]
    assert told == [FULL]
    with pytest.raises(OSError, match="pipe"):
        sending.send(("/d", PAGE))


class _Atlas:
    """Three pages, one of which has a fault and one a filter too many."""

    def __init__(self, store):
        pass

    def paths(self):
        return ("/a", "/fault", "/refused", "/pair/a/b")

    def file(self, path, query):
        return File("image/svg+xml", b"<svg/>") if path.endswith(".svg") else None

    def page(self, path, query):
        if path == "/fault":
            raise ZeroDivisionError
        return SimpleNamespace(html=path, status=400 if path == "/refused" else 200)

    def content(self, path, query):
        return SimpleNamespace(figure=True)


@pytest.fixture
def sent(pipe, monkeypatch, tmp_path):
    """Begin to make the pages of an atlas here; all that is sent."""
    monkeypatch.setattr(os, "nice", lambda by: 0)
    monkeypatch.setattr(preparing.Embedded, "at", lambda location: None)

    def messages(atlas):
        monkeypatch.setattr(preparing, "Atlas", atlas)
        receiving, sending = pipe
        preparing._make(tmp_path, sending)
        found = []
        while receiving.poll():
            found.append(receiving.recv())
        return found

    return messages


def test_one_page_with_a_fault_holds_up_no_other(sent):
    """It is named, those that are refused are left out, and figures come last."""
    first, fault, pair, figure, end = sent(_Atlas)
    assert (first[0], pair[0], figure[0], end) == ("/a", "/pair/a/b", "/pair/a/b.svg", None)
    assert fault == "/fault could not be made beforehand: ZeroDivisionError"


def test_a_graph_without_pages_is_told(sent):
    """What was wrong with it, and no word that all is there."""

    class Broken(_Atlas):
        def paths(self):
            raise BadQuestion("no questions here")

    assert sent(Broken) == ["no page is made beforehand: no questions here"]


def test_a_process_tells_of_a_store_that_is_not_there(tmp_path):
    """The whole way: another process begins, fails, and the reader of the terminal knows."""
    told, over = [], threading.Event()

    def tell(message):
        told.append(message)
        if message == ENDED:
            over.set()

    preparing.prepare(tmp_path / "nothing", Kept(100_000), tell)
    assert over.wait(60)
    assert told[0].startswith("no page is made beforehand: ")


SERVER = """
import multiprocessing, os, threading, time
from kg.serve.preparing import _end_with_the_server

def long_page():
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    time.sleep(60)

multiprocessing.get_context("fork").Process(target=long_page).start()
os._exit(0)
"""


def test_a_process_in_the_midst_of_a_page_ends_with_the_server():
    """Its output stays open as long as it lives, and this waits for the end of that."""
    subprocess.run([sys.executable, "-c", SERVER], capture_output=True, timeout=30, check=True)
