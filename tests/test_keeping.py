"""Answers that a server keeps, and how those are made that it does not."""

import asyncio
import contextlib
import threading
import time

import pytest

from kg.serve.keeping import Answer, Asked, Kept
from kg.serve.making import Making, Patience
from kg.serve.refusals import Refusal

A, B, C = (Asked(f"/{name}") for name in "abc")
ROOM = 1_000_000


def answer(content=b"page", status=200):
    return Answer(content, "text/html", status)


def never():
    pytest.fail("made again")


def had(making, asked, make):
    """What one reader gets."""
    return asyncio.run(making.answer(asked, make))


def test_what_was_made_once_is_not_made_again():
    """The second reader gets what the first got."""
    making = Making(Kept(ROOM))
    assert had(making, A, answer) is had(making, A, never)


def test_the_order_of_parameters_makes_no_other_page():
    """One page has one name."""
    assert Asked.of("/a", {"x": "1", "y": "2"}) == Asked.of("/a", {"y": "2", "x": "1"})


def test_what_many_ask_for_at_once_is_made_once():
    """The others wait for the one who makes it."""
    making, made, begun = Making(Kept(ROOM)), [], threading.Event()

    def slow():
        begun.wait(5)
        made.append(1)
        return answer()

    async def eight():
        asked = [asyncio.create_task(making.answer(A, slow)) for _ in range(8)]
        await asyncio.sleep(0)
        begun.set()
        return {each.content for each in await asyncio.gather(*asked)}

    assert asyncio.run(eight()) == {b"page"}
    assert len(made) == 1


def test_who_comes_after_what_went_wrong_makes_it_anew():
    """One failure is not the failure of all."""
    making = Making(Kept(ROOM))
    with pytest.raises(ZeroDivisionError):
        had(making, A, lambda: 1 / 0)
    assert had(making, A, answer).content == b"page"


def test_the_longest_unasked_goes_first_where_room_is_short():
    """Three pages of ten thousand bytes do not fit 25,000."""
    kept = Kept(25_000)
    for asked in (A, B):
        kept.keep(asked, answer(b"x" * 10_000))
    kept.known(A)
    kept.keep(C, answer(b"x" * 10_000))
    assert [kept.known(each) is not None for each in (A, B, C)] == [True, False, True]


def test_long_addresses_take_room_too():
    """Small pages under ten thousand letters each push one another out."""
    kept = Kept(100_000)
    many = [Asked.of("/search", {"q": f"{number}{'x' * 10_000}"}) for number in range(20)]
    for asked in many:
        kept.keep(asked, answer())
    assert sum(kept.known(asked) is not None for asked in many) == 2


def test_very_many_small_answers_do_not_take_all_memory():
    """Each counts for more than its bytes."""
    kept = Kept(100_000)
    many = [Asked(f"/{number}") for number in range(1_000)]
    for asked in many:
        kept.keep(asked, answer(b""))
    assert 50 < sum(kept.known(asked) is not None for asked in many) < 101


def test_what_went_wrong_is_not_kept():
    """A page that could not be made may be made the next time."""
    making = Making(Kept(ROOM))
    had(making, A, lambda: answer(b"no", 503))
    assert had(making, A, answer).status == 200


def test_nothing_is_kept_where_there_is_no_room():
    """Over a store that may change every page is made anew."""
    making = Making(Kept(0))
    had(making, A, lambda: answer(b"old"))
    assert had(making, A, lambda: answer(b"new")).content == b"new"


@pytest.fixture
def stuck():
    """What makes a page for as long as the test lasts."""
    over = threading.Event()

    def make():
        over.wait(30)
        return answer(b"late")

    yield make
    over.set()


def test_a_page_that_takes_too_long_is_put_off(stuck):
    """503, and when to come back."""
    with pytest.raises(Refusal, match=r"not made within 0.05 s; ask again") as caught:
        had(Making(Kept(ROOM), Patience(seconds=0.05)), A, stuck)
    assert (caught.value.status, caught.value.headers) == (503, {"Retry-After": "5"})


def test_a_page_that_was_put_off_is_kept_when_it_is_there():
    """Who comes back gets it."""
    making, over = Making(Kept(ROOM), Patience(seconds=0.5)), threading.Event()

    async def come_back():
        with pytest.raises(Refusal):
            await making.answer(A, lambda: over.wait(30) and answer(b"late"))
        over.set()
        with contextlib.suppress(Refusal):
            await making.answer(A, never)
        return await making.answer(A, never)

    assert asyncio.run(asyncio.wait_for(come_back(), 20)).content == b"late"


def test_what_is_kept_is_had_while_all_threads_make_pages(stuck):
    """Fifty who wait for slow pages hold up nobody who asks for a ready one."""
    making = Making(Kept(ROOM), Patience(seconds=20))
    making.kept.keep(A, answer())

    async def crowded():
        waiting = [asyncio.create_task(making.answer(Asked(f"/{number}"), stuck)) for number in range(50)]
        await asyncio.sleep(0.05)
        ready = await asyncio.wait_for(making.answer(A, never), 1)
        for each in waiting:
            each.cancel()
        return ready

    assert asyncio.run(crowded()).content == b"page"


def test_one_client_leaves_threads_for_the_others(stuck):
    """Whoever asks for many slow pages waits; somebody else's page is made meanwhile."""
    making = Making(Kept(ROOM), Patience(seconds=20))

    async def beside():
        greedy = [asyncio.create_task(making.answer(Asked(f"/{number}"), stuck, "1.1.1.1")) for number in range(9)]
        await asyncio.sleep(0.05)
        other = await asyncio.wait_for(making.answer(A, answer, "2.2.2.2"), 10)
        for each in greedy:
            each.cancel()
        return other

    assert asyncio.run(beside()).content == b"page"


def test_what_nobody_waits_for_any_more_is_not_begun():
    """A reader who left before it was their turn costs nothing."""
    making, over = Making(Kept(ROOM), Patience(seconds=20, at_once=1)), threading.Event()

    async def leave():
        first = asyncio.create_task(making.answer(A, lambda: over.wait(30) and answer()))
        await asyncio.sleep(0.05)
        second = asyncio.create_task(making.answer(B, never))
        await asyncio.sleep(0.05)
        second.cancel()
        over.set()
        await first
        return await making.answer(B, lambda: answer(b"anew"))

    assert asyncio.run(leave()).content == b"anew"


def test_threads_that_make_pages_end_with_the_server(stuck):
    """Nothing waits for a page that nobody gets."""
    started = time.monotonic()
    with pytest.raises(Refusal):
        had(Making(Kept(ROOM), Patience(seconds=0.05)), A, stuck)
    assert [each.daemon for each in threading.enumerate() if each.name == "page"] == [True]
    assert time.monotonic() - started < 10
