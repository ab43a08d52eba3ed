"""What pages pick out of answers about everything is what the question of the pair gives."""

import random

import pytest

from kg.names import BASE
from kg.pages import between
from kg.pages import library as library_module
from kg.pages.library import Library
from kg.store import Rows

PAIRS = [("compassion", "attachment"), ("self-compassion", "self-compassion"), ("fear-of-compassion", "compassion")]


@pytest.fixture(scope="module")
def library(review):
    return Library(review.store)


@pytest.fixture(scope="module")
def pairs(library):
    """Some pairs, broad ones, one within the other, and any."""
    slugs = [iri.removeprefix(f"{BASE}construct/") for iri in library.of_kind("construct")]
    chance = random.Random(6)
    return [*PAIRS, *(tuple(chance.sample(slugs, 2)) for _ in range(12)), ("attachment-avoidance", "self-compassion")]


@pytest.mark.parametrize("name", ["findings-between", "theory-between"])
def test_the_rows_of_a_pair_are_those_that_its_question_gives(library, pairs, name):
    """The same rows in the same order, whichever construct is named first."""
    found = 0
    for one, other in pairs:
        ends = f"{BASE}construct/{one}", f"{BASE}construct/{other}"
        rows = library.ask(name, subject=ends[0], object=ends[1])
        assert between.between(library, name, *ends) == rows == between.between(library, name, *reversed(ends))
        found += len(rows)
    assert found > 0


def test_the_claims_about_a_construct_are_those_that_its_question_gives(library):
    """The same rows in the same order, for every construct."""
    found = 0
    for iri in random.Random(7).sample(library.of_kind("construct"), 25):
        rows = library.ask("theory-about", construct=iri)
        assert between.theory_about(library, iri) == rows
        found += len(rows)
    assert found > 0


def test_what_others_pooled_is_asked_wherever_there_may_be_any(library, pairs):
    """Nothing is missing where the question is not asked."""
    for one, other in pairs:
        ends = f"{BASE}construct/{one}", f"{BASE}construct/{other}"
        rows = library.ask("published-syntheses-between", subject=ends[0], object=ends[1])
        assert between.pooled_between(library, *ends) == tuple(rows)


class _Counting:
    """A store that counts how often it is asked."""

    def __init__(self):
        self.asked = []

    def select(self, query):
        self.asked.append(query)
        return Rows(("one", "two"), ((1, 2),) * 50)


def test_answers_that_are_kept_are_bounded_by_their_values(monkeypatch):
    """Of answers of a hundred values each, two and a bit fit 250; the oldest goes first."""
    monkeypatch.setattr(library_module, "_MOST_VALUES", 250)
    store = _Counting()
    library = Library(store)
    for query in ("a", "b", "c", "c", "b", "a"):
        library.select(query)
    assert store.asked == ["a", "b", "c", "a"]
