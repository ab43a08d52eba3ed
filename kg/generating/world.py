"""The made-up world behind made-up evidence: constructs, measures, and what is true of each pair.

Constructs stand in a hierarchy, few pairs are studied often and most seldom, a quarter of the pairs are not
related at all, and what is true differs from study to study.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

Rng = Any
Array = Any

#: Pairs of constructs that anybody studies, for each construct.
_PAIRS_A_CONSTRUCT = 8
#: How much rarer the next pair is studied than the one before: the exponent of Zipf's law.
_SKEW = 0.9
_WITHOUT_RELATION = 0.25


@dataclass(frozen=True)
class World:
    """What is true: of each construct its parent (-1 for none) and its measures, of each pair its ends and effect.

    ``first_measure[c]`` to ``first_measure[c + 1]`` are the measures of construct ``c``. ``z`` and ``tau`` are, on
    Fisher's scale, the mean of a pair's effects and how far studies scatter around it.
    """

    parent: Array
    first_measure: Array
    pairs: Array
    popularity: Array
    z: Array
    tau: Array

    @property
    def constructs(self) -> int:
        return len(self.parent)

    def measured(self, constructs: Array, rng: Rng) -> Array:
        """One of its measures for each of these constructs."""
        first = self.first_measure[constructs]
        return first + rng.integers(0, self.first_measure[constructs + 1] - first)


def usual_constructs(findings: int) -> int:
    """How many constructs a base of so many findings has where nobody says it."""
    return max(12, min(5_000, round(2 * sqrt(findings))))


def make_world(constructs: int, rng: Rng) -> World:
    """A world of so many constructs."""
    import numpy as np

    number = np.arange(constructs)
    roots = max(3, constructs // 25)
    parent = np.where(number < roots, -1, (rng.random(constructs) * np.maximum(number // 3, roots)).astype(int))
    measures = rng.integers(1, 4, constructs)
    pairs = _pairs(constructs, rng)
    related = rng.random(len(pairs)) >= _WITHOUT_RELATION
    return World(
        parent=parent,
        first_measure=np.concatenate([[0], np.cumsum(measures)]),
        pairs=pairs,
        popularity=np.cumsum(_zipf(len(pairs), _SKEW)),
        z=np.where(related, rng.normal(0, 0.28, len(pairs)), 0.0),
        tau=np.abs(rng.normal(0, 0.12, len(pairs))),
    )


def _pairs(constructs: int, rng: Rng) -> Array:
    """Different pairs of different constructs, those of popular constructs first."""
    import numpy as np

    wanted = min(constructs * _PAIRS_A_CONSTRUCT, constructs * (constructs - 1) // 2)
    one, other = np.triu_indices(constructs, 1) if constructs < 200 else _many_pairs(constructs, 3 * wanted, rng)
    order = np.argsort((one + other) * rng.random(len(one)), kind="stable")
    return np.stack([one, other], axis=1)[order[:wanted]]


def _many_pairs(constructs: int, wanted: int, rng: Rng) -> tuple[Array, Array]:
    """Pairs at random where all of them would be too many, each once."""
    import numpy as np

    ends = np.sort(rng.integers(0, constructs, (wanted, 2)), axis=1)
    ends = np.unique(ends[ends[:, 0] != ends[:, 1]], axis=0)
    return ends[:, 0], ends[:, 1]


def _zipf(count: int, exponent: float) -> Array:
    import numpy as np

    weights = 1.0 / np.arange(1, count + 1) ** exponent
    return weights / weights.sum()
