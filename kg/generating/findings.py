"""Made-up findings: what a study of so many people finds where something is true, and how much of it is told."""

from __future__ import annotations

from dataclasses import dataclass

from kg.generating.studies import Samples
from kg.generating.world import Array, Rng, World

#: The kinds of findings with how often each occurs.
KINDS = ("association", "prediction", "mediation", "moderation")
_SHARES = (0.88, 0.07, 0.03, 0.02)
#: What is told of a finding: its number and p, its number alone, or only the words on sign and significance.
NUMBER_AND_P, NUMBER, WORDS = 0, 1, 2
_TELLING = (0.75, 0.17, 0.08)
_ALPHA = 0.05
#: No correlation of two questionnaires is higher.
_HIGHEST = 0.95


@dataclass(frozen=True)
class Findings:
    """One row a finding. ``third`` is -1 where the kind has no third construct; ``p`` is that of the rounded ``r``."""

    sample: Array
    subject: Array
    object: Array
    third: Array
    subject_measure: Array
    object_measure: Array
    third_measure: Array
    kind: Array
    n: Array
    r: Array
    p: Array
    told: Array


def make_findings(world: World, samples: Samples, sample: Array, pair: Array, rng: Rng) -> Findings:
    """What each of these samples is found to have on each of these pairs."""
    import numpy as np

    count = len(sample)
    n = np.maximum(samples.n[sample] - rng.poisson(0.02 * samples.n[sample]), 10)
    true = world.z[pair] + world.tau[pair] * rng.normal(size=count)
    r = np.clip(np.tanh(true + rng.normal(size=count) / np.sqrt(n - 3)), -_HIGHEST, _HIGHEST).round(2) + 0.0
    subject, object = _ends(world, pair, rng)
    kind = rng.choice(len(KINDS), count, p=_SHARES)
    third = np.where(kind >= 2, _third(world, subject, object, rng), -1)
    return Findings(
        sample, subject, object, third,
        world.measured(subject, rng), world.measured(object, rng), world.measured(np.maximum(third, 0), rng),
        kind, n, r, p_of(r, n), rng.choice(len(_TELLING), count, p=_TELLING),
    )  # fmt: skip


def _ends(world: World, pair: Array, rng: Rng) -> tuple[Array, Array]:
    """The two constructs of each pair, either first."""
    import numpy as np

    ends = world.pairs[pair]
    turned = rng.random(len(pair)) < 0.5
    return np.where(turned, ends[:, 1], ends[:, 0]), np.where(turned, ends[:, 0], ends[:, 1])


def _third(world: World, subject: Array, object: Array, rng: Rng) -> Array:
    """A construct that is neither of the two: counted among those that are left when both are taken out."""
    import numpy as np

    low, high = np.minimum(subject, object), np.maximum(subject, object)
    third = rng.integers(0, world.constructs - 2, len(subject))
    third = third + (third >= low)
    return third + (third >= high)


def p_of(r: Array, n: Array) -> Array:
    """The two-sided p of correlations, by Wallace's normal approximation of Student's t."""
    import numpy as np

    df = n - 2
    z = (8 * df + 1) / (8 * df + 3) * np.sqrt(-df * np.log1p(-(r**2)))
    return _two_sided(z)


def _two_sided(z: Array) -> Array:
    from math import erfc, sqrt

    import numpy as np

    root = sqrt(2)
    return np.fromiter((erfc(each / root) for each in z), float, len(z))


def is_significant(findings: Findings) -> Array:
    """Whether each finding is called significant."""
    return findings.p < _ALPHA
