"""What the findings on many pairs of constructs give, pair by pair, as the graph says it.

By the default plan; where no two numbers of other people were got by the same measures, different ones are mixed, and
that is told. Takes rows of the question ``effects-between`` and gives records; nothing here knows a store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import tee
from typing import NamedTuple

from kg.effects import Effect
from kg.poolable import Choice, LeftOut, choose, of_several_samples
from kg.pooling import Pooled, pool_each
from kg.store import Row


class Pair(NamedTuple):
    """Two constructs by their IRIs and labels, and the findings on this very pair: rows of ``effects-between``."""

    constructs: tuple[str, str]
    labels: tuple[str, str]
    rows: Sequence[Row]


@dataclass(frozen=True)
class PooledPair:
    """What the findings on two constructs give together; ``mixed`` tells that they were got by different measures."""

    constructs: tuple[str, str]
    labels: tuple[str, str]
    mixed: bool
    left_out: tuple[LeftOut, ...]
    pooled: Pooled[Effect]


class _Chosen(NamedTuple):
    """What of the findings on a pair is pooled."""

    pair: Pair
    mixed: bool
    choice: Choice


def pooled_pairs(pairs: Iterable[Pair]) -> Iterator[PooledPair]:
    """Every pair on which something can be pooled, in the order of ``pairs``, with what it gives."""
    chosen, again = tee(choice for pair in pairs if (choice := _chosen(pair)))
    pooled = pool_each(each.choice.effects for each in again)
    for each, together in zip(chosen, pooled, strict=True):
        yield PooledPair(each.pair.constructs, each.pair.labels, each.mixed, each.choice.left_out, together)


def _chosen(pair: Pair) -> _Chosen | None:
    for mixed in (False, True):
        choice = choose(pair.rows, mix_measures=mixed)
        if of_several_samples(choice.effects):
            return _Chosen(pair._replace(rows=()), mixed, choice)
    return None
