"""Random effects of many pairs at once: REML by Fisher's scoring, as ``kg.pooling`` does it for one.

Takes effects (Fisher's z with its variance) and the pair that each is of; gives the numbers of every pair. They are
those of pymetaanalysis to the eighth decimal; its Q-profile intervals are not computed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Column = NDArray[Any]
    Places = NDArray[np.int64]

_TOLERANCE = 1e-13
_MOST_STEPS = 1000


@dataclass(frozen=True)
class PooledPairs:
    """What pooling gives of each pair, by its place: on the scale of the effects."""

    k: Places
    estimate: Column
    standard_error: Column
    low: Column
    high: Column
    tau2: Column
    i2: Column
    q: Column


def pool_pairs(z: Column, variance: Column, pair: Places) -> PooledPairs:
    """The effects of each pair as one; ``pair`` numbers the pairs from 0, each with two effects or more."""
    from scipy.stats import t

    k = np.bincount(pair)
    tau2 = reml(z, variance, pair)
    weight = 1 / (variance + tau2[pair])
    total = np.bincount(pair, weight)
    estimate = np.bincount(pair, weight * z) / total
    scatter = np.bincount(pair, weight * (z - estimate[pair]) ** 2)
    error = np.sqrt(scatter / (k - 1) / total)  # Knapp & Hartung 2003
    half = error * t.ppf(0.975, k - 1)
    q, typical = _of_fixed(z, variance, pair, k)
    return PooledPairs(k, estimate, error, estimate - half, estimate + half, tau2, tau2 / (tau2 + typical), q)


def reml(z: Column, variance: Column, pair: Places) -> Column:
    """The variance between the studies of each pair, by restricted maximum likelihood (Viechtbauer 2005)."""
    k = np.bincount(pair).astype(np.float64)
    mean = np.bincount(pair, z) / k
    spread = np.bincount(pair, (z - mean[pair]) ** 2) / (k - 1) - np.bincount(pair, variance) / k
    tau2 = np.maximum(spread, 0.0)
    going = np.ones(len(k), dtype=bool)
    for _ in range(_MOST_STEPS):
        here = going[pair]
        places = (np.cumsum(going) - 1)[pair[here]]
        step = _step(z[here], variance[here], places, tau2[going])
        moved = np.maximum(tau2[going] + step, 0.0)
        done = np.abs(moved - tau2[going]) < _TOLERANCE
        tau2[going] = moved
        going[np.flatnonzero(going)[done]] = False
        if not going.any():
            break
    return tau2


def _step(z: Column, variance: Column, pair: Places, tau2: Column) -> Column:
    """One step of Fisher's scoring, for each pair."""
    weight = 1 / (variance + tau2[pair])
    one, two, three = (np.bincount(pair, weight**power) for power in (1, 2, 3))
    residual = z - (np.bincount(pair, weight * z) / one)[pair]
    trace = one - two / one
    information = two - 2 * three / one + (two / one) ** 2
    step: Column = (np.bincount(pair, (weight * residual) ** 2) - trace) / information
    return step


def _of_fixed(z: Column, variance: Column, pair: Places, k: Places) -> tuple[Column, Column]:
    """Cochran's Q, and the variance of a typical effect (Higgins & Thompson 2002)."""
    weight: Column = 1 / variance
    total: Column = np.bincount(pair, weight)
    mean: Column = np.bincount(pair, weight * z) / total
    q: Column = np.bincount(pair, weight * (z - mean[pair]) ** 2)
    typical: Column = (k - 1) * total / (total**2 - np.bincount(pair, weight**2))
    return q, typical
