"""What pages keep of the store's answers."""

from kg.pages import library as library_module
from kg.pages.library import Library
from kg.store import Rows


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
