"""Implied relations: what pooled correlations say of two constructs that nobody measured together, under a path model.

Becker & Wu (2007) and Becker (2009): a regression on the pooled matrix, with its standard error by the delta method.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from kg.conversions import REACH_95
from kg.errors import MissingPart, NothingFound

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

#: The model, and what its number is; printed with every implied relation.
RULE = """\
Implied, never measured: the correlation that two constructs would have if they hung together through the linking
ones and in no other way (first -> links -> second, no direct path). It is the sum, over the links, of the first's
correlation with the link times the link's standardised weight in a regression of the second on all links; with one
link, the product of two correlations. The standard error is by the delta method from those of the pooled correlations
(Becker & Wu 2007); where two of them share people, with their covariance (Olkin & Siotani 1976). The interval is by
Fisher's z, at 95 %.
That the pooled correlations are of one population, and that the model holds, is assumed and cannot be seen here."""


@dataclass(frozen=True)
class Part:
    """A sample's share in a pooled correlation: the weight of its effect, and how many people it has."""

    weight: float
    n: int


@dataclass(frozen=True)
class Correlation:
    """A pooled correlation, and what it is from: samples with their parts, findings, questionnaires by construct."""

    r: float
    standard_error: float
    parts: Mapping[str, Part]
    findings: tuple[str, ...]
    measures: Mapping[str, frozenset[str]]


def correlation(
    z: float,
    error: float,
    parts: Mapping[str, Part],
    findings: Sequence[str] = (),
    measures: Mapping[str, frozenset[str]] | None = None,
) -> Correlation:
    """A pooled Fisher's z, with its standard error, as a correlation with its own (by the delta method)."""
    r = math.tanh(z)
    return Correlation(r, error * (1 - r * r), parts, tuple(findings), measures or {})


#: Two constructs, in whatever order, and their pooled correlation.
Matrix = Mapping[frozenset[str], Correlation]


@dataclass(frozen=True)
class Implied:
    """The implied correlation of ``first`` and ``second``, with what each link of ``through`` adds to it.

    ``measured`` is the pooled correlation of the two, where somebody measured them together after all.
    """

    first: str
    second: str
    through: tuple[str, ...]
    r: float
    standard_error: float
    low: float
    high: float
    added: tuple[float, ...]
    matrix: Matrix
    measured: Correlation | None

    @property
    def cautions(self) -> tuple[str, ...]:
        """Each construct that different correlations have by different questionnaires: to the model it is one thing."""
        told: dict[str, set[str]] = {}
        for each in self.matrix.values():
            for construct, measures in each.measures.items():
                told.setdefault(construct, set()).update(measures)
        return tuple(
            f"{construct} is taken for one thing, and was measured by {', '.join(sorted(measures))}"
            for construct, measures in sorted(told.items())
            if len(measures) > 1
        )


def wanted(first: str, second: str, through: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The pairs whose pooled correlations the model needs: all but that of the two ends."""
    yield from ((first, link) for link in through)
    yield from combinations(through, 2)
    yield from ((link, second) for link in through)


def implied(matrix: Matrix, first: str, second: str, through: Sequence[str]) -> Implied:
    """The correlation that ``through`` implies; NothingFound, in words, where the matrix does not allow it."""
    try:
        import numpy as np
    except ImportError as missing:
        raise MissingPart("implied relations need NumPy: pip install 'compassion-attachment-kg[pool]'") from missing
    through = tuple(sorted(through))
    pairs = [frozenset(pair) for pair in wanted(first, second, through)]
    _full(matrix, first, second, through)
    for end in (first, second):
        _definite(matrix, (end, *through))
    links = np.array([[_r(matrix, one, other) for other in through] for one in through])
    to_first, to_second = (np.array([_r(matrix, end, link) for link in through]) for end in (first, second))
    weights_of_first, weights = (np.linalg.solve(links, side) for side in (to_first, to_second))
    r = float(to_first @ weights)
    slopes = np.array(list(_slopes(weights_of_first, weights)))
    known = {**{pair: matrix[pair].r for pair in pairs}, frozenset((first, second)): r}
    covariance = np.array([[_covariance(matrix, one, other, known) for other in pairs] for one in pairs])
    error = math.sqrt(float(slopes @ covariance @ slopes))
    low, high = (math.tanh(math.atanh(r) + side * REACH_95 * error / (1 - r * r)) for side in (-1, 1))
    return Implied(
        first=first,
        second=second,
        through=through,
        r=r,
        standard_error=error,
        low=low,
        high=high,
        added=tuple(float(each) for each in to_first * weights),
        matrix={pair: matrix[pair] for pair in pairs},
        measured=matrix.get(frozenset((first, second))),
    )


def _slopes(weights_of_first: Vector, weights: Vector) -> Iterator[float]:
    """How the implied r moves with each correlation of the matrix, in the order of ``wanted``."""
    yield from map(float, weights)
    for one, other in combinations(range(len(weights)), 2):
        yield float(-(weights_of_first[one] * weights[other] + weights_of_first[other] * weights[one]))
    yield from map(float, weights_of_first)


def _covariance(
    matrix: Matrix, one: frozenset[str], other: frozenset[str], known: Mapping[frozenset[str], float]
) -> float:
    """The covariance of two pooled correlations: what the samples that are in both bring in."""
    if one == other:
        return matrix[one].standard_error ** 2
    shared = matrix[one].parts.keys() & matrix[other].parts.keys()
    parts = [(matrix[one].parts[people], matrix[other].parts[people]) for people in sorted(shared)]
    return _olkin_siotani(sorted(one), sorted(other), known) * math.fsum(
        # People who are in one correlation and not in the other can only make the covariance smaller.
        a.weight * b.weight / (max(a.n, b.n) - 3)
        for a, b in parts
    )


def _olkin_siotani(one: Sequence[str], other: Sequence[str], known: Mapping[frozenset[str], float]) -> float:
    """The covariance, times n, of two correlations of the same n people (Olkin & Siotani 1976; Steiger 1980, eq. 3)."""

    def r(a: str, b: str) -> float:
        return 1.0 if a == b else known[frozenset((a, b))]

    (j, k), (h, m) = one, other
    return (
        r(j, k) * r(h, m) * (r(j, h) ** 2 + r(j, m) ** 2 + r(k, h) ** 2 + r(k, m) ** 2) / 2
        + r(j, h) * r(k, m)
        + r(j, m) * r(k, h)
        - r(j, k) * r(j, h) * r(j, m)
        - r(k, j) * r(k, h) * r(k, m)
        - r(h, j) * r(h, k) * r(h, m)
        - r(m, j) * r(m, k) * r(m, h)
    )


def _full(matrix: Matrix, first: str, second: str, through: Sequence[str]) -> None:
    missing = [pair for pair in wanted(first, second, through) if frozenset(pair) not in matrix]
    if missing:
        listed = "; ".join(" and ".join(pair) for pair in missing)
        raise NothingFound(f"nothing is implied: the matrix is not full, no pooled correlation of {listed}")


def _definite(matrix: Matrix, constructs: Sequence[str]) -> None:
    import numpy as np

    square = np.array([[_r(matrix, one, other) for other in constructs] for one in constructs])
    if float(np.linalg.eigvalsh(square)[0]) < _SMALLEST:
        raise NothingFound(
            f"nothing is implied: the pooled correlations of {', '.join(constructs)} are not a positive definite "
            "matrix, so that no people can have them all; they are of different people, or of different measures"
        )


#: An eigenvalue below this is zero, as far as rounding can tell.
_SMALLEST = 1e-9


def _r(matrix: Matrix, one: str, other: str) -> float:
    return 1.0 if one == other else matrix[frozenset((one, other))].r
