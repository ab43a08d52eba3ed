"""Made-up studies with their samples, and which finding is of which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kg.generating.world import Array, Rng, World

#: Findings a study has on average.
_FINDINGS_A_STUDY = 20
#: The share of studies that tell of the people of the study before.
_OVERLAPPING = 0.02
#: The share of samples of which each of share of women, mean age and SD of age is told.
_TOLD = 0.93
#: As often as anybody draws anew a pair that a sample was asked already.
_DRAWS = 40
_FEWEST, _MOST = 20, 20_000


@dataclass(frozen=True)
class Samples:
    """One row a sample, one sample a study; NaN is not told."""

    n: Array
    female: Array
    age: Array
    sd_age: Array
    country: Array
    design: Array


def make_samples(findings: int, rng: Rng) -> tuple[Samples, Array]:
    """So many samples as this many findings come from, and the sample of each finding, in order."""
    import numpy as np

    sizes = rng.geometric(1 / _FINDINGS_A_STUDY, 2 * findings // _FINDINGS_A_STUDY + 40)
    ends = np.cumsum(sizes)
    count = int(np.searchsorted(ends, findings)) + 1
    of_finding = np.repeat(np.arange(count), sizes[:count])[:findings]
    return _samples(count, rng), of_finding


def _samples(count: int, rng: Rng) -> Samples:
    import numpy as np

    told: dict[str, Any] = {
        "n": np.clip(rng.lognormal(5.3, 0.9, count), _FEWEST, _MOST).astype(int),
        "female": _maybe(np.clip(rng.normal(62, 18, count), 0, 100).round(1), rng),
        "age": _maybe(np.clip(rng.normal(33, 11, count), 14, 85).round(1), rng),
        "sd_age": rng.gamma(6, 1.6, count).round(1) + 0.5,
        "country": rng.integers(0, 8, count),
        "design": np.where(rng.random(count) < 0.85, 0, 1),
    }
    told["sd_age"] = np.where(np.isnan(told["age"]), np.nan, _maybe(told["sd_age"], rng))
    again = np.flatnonzero(rng.random(count) < _OVERLAPPING)
    again = again[again > 0]
    for values in told.values():
        values[again] = values[again - 1]
    return Samples(**told)


def _maybe(values: Array, rng: Rng) -> Array:
    import numpy as np

    return np.where(rng.random(len(values)) < _TOLD, values, np.nan)


def pairs_of_findings(world: World, of_finding: Array, rng: Rng) -> Array:
    """Which pair each finding is on: popular ones often, and no sample twice on one pair."""
    import numpy as np

    count = len(world.pairs)
    drawn = np.searchsorted(world.popularity[:-1], rng.random(len(of_finding)), side="right")
    for attempt in range(_DRAWS):
        key = of_finding.astype(np.int64) * count + drawn
        order = np.argsort(key, kind="stable")
        again = order[1:][key[order][1:] == key[order][:-1]]
        if not len(again):
            break
        anew = rng.random(len(again))
        popular = np.searchsorted(world.popularity[:-1], anew, side="right")
        drawn[again] = popular if attempt < _DRAWS // 2 else (anew * count).astype(int)
    return drawn
