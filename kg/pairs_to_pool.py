"""What a store tells of pairs of constructs that could be pooled: by the questions that anyone may ask."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from kg.narrowed import narrowed_by
from kg.pooled_pairs import Pair
from kg.questions import find_question
from kg.resources import shipped
from kg.store import Store

#: The question that gives the findings on two constructs.
EFFECTS = "effects-between"


def every_pair(store: Store, only: Collection[frozenset[str]] | None = None) -> Iterator[Pair]:
    """Every pair of constructs with two or more numbers, or ``only`` of these (IRIs), and the findings on that very
    pair.
    """
    pairs, effects = (find_question(shipped(), name) for name in ("pairs-with-numbers", EFFECTS))
    query = pairs.text if only is None else _on(pairs.text, ("?first", "?second"), map(sorted, only))
    for pair in store.select(query):
        first, second = str(pair["first"]), str(pair["second"])
        asked = effects.bind({"subject": [f"<{first}>"], "object": [f"<{second}>"]})
        rows = store.select(_on(asked, ("?one", "?other"), [[first, second]]))
        yield Pair((first, second), (str(pair["firstLabel"]), str(pair["secondLabel"])), [*rows])


def _on(query: str, variables: Sequence[str], pairs: Iterable[Sequence[str]]) -> str:
    """A query for these pairs of constructs only, without those below them."""
    return narrowed_by(query, variables, [(f"<{pair[0]}>", f"<{pair[-1]}>") for pair in pairs])
