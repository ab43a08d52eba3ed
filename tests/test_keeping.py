"""Answers that a server keeps."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from kg.serve.keeping import Answer, Kept


def answer(content=b"page", status=200):
    return Answer(content, "text/html", status)


def never():
    pytest.fail("made again")


def test_what_was_made_once_is_not_made_again():
    """The second reader gets what the first got."""
    kept = Kept(100)
    assert kept.answer("a", answer) is kept.answer("a", never)


def test_what_many_ask_for_at_once_is_made_once():
    """The others wait for the one who makes it."""
    kept, made, begun = Kept(100), [], threading.Event()

    def slow():
        begun.wait(5)
        made.append(1)
        return answer()

    with ThreadPoolExecutor(8) as readers:
        asked = [readers.submit(kept.answer, "a", slow) for _ in range(8)]
        begun.set()
        assert {each.result().content for each in asked} == {b"page"}
    assert len(made) == 1


def test_who_waited_for_what_went_wrong_makes_it_anew():
    """One failure is not the failure of all."""
    kept = Kept(100)
    with pytest.raises(ZeroDivisionError):
        kept.answer("a", lambda: 1 / 0)
    assert kept.answer("a", answer).content == b"page"


def test_the_longest_unasked_goes_first_where_room_is_short():
    """Three pages of forty bytes do not fit a hundred."""
    kept = Kept(100)
    for name in ("a", "b", "a", "c"):
        kept.answer(name, lambda: answer(b"x" * 40))
    kept.answer("a", never)
    kept.answer("c", never)
    assert kept.answer("b", lambda: answer(b"anew")).content == b"anew"


def test_what_went_wrong_is_not_kept():
    """A page that could not be made may be made the next time."""
    kept = Kept(100)
    kept.answer("a", lambda: answer(b"no", 503))
    assert kept.answer("a", answer).status == 200


def test_nothing_is_kept_where_there_is_no_room():
    """Over a store that may change every page is made anew."""
    kept = Kept(0)
    kept.answer("a", lambda: answer(b"old"))
    assert kept.answer("a", lambda: answer(b"new")).content == b"new"
