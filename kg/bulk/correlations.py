"""The arithmetic of plain correlations, by the column: most of a large base is these, and nothing is wrong with most.

What ``kg.plausibility`` says of one, said of all at once, where it is that p follows, and how far a null reaches. Where
something does not fit, or nearly not, this only says so: such a finding is looked at by itself (``kg.bulk.checks``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from kg.arithmetic import ALPHA, SMALL
from kg.bulk.p_of_r import p_of_r, smallest_significant_r
from kg.conversions import REACH_95
from kg.ntriples import plain
from kg.null_reach import TOLD, Compatible
from kg.plausibility import digits

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Column = NDArray[np.float64]
    Truth = NDArray[np.bool_]

#: What is needed of a correlation: its value and p with their decimal places, how p is bound (``BOUNDS``; 0 where none
#: is told), whether it is told to be significant (1) or not (-1), and whether it is a null (1).
GIVEN = {
    "value": "float64", "places": "int64", "n": "int64", "p": "float64", "p_places": "int64", "bound": "int64",
    "significant": "int64", "is_null": "int64",
}  # fmt: skip
BOUNDS = {"=": 1, "<": 2, "<=": 2, ">": 3, ">=": 3}
#: What is said of it: whether it fits (1), the p that fit, and of a null what is compatible with it. Text is what
#: triples have: numbers too.
SAID = {
    "fits": "int64", "p_low": "string", "p_high": "string",
    "reach": "string", "reach_note": "string", "low": "string", "high": "string", "smallest": "string",
}  # fmt: skip
#: What is nearer to a bound than this is left to be looked at by itself.
_NEAR = 1e-9
#: Below this a power of ten is no longer exact, and numbers are rounded one by one.
_TINY = 1e-15


def said_of(columns: Sequence[pa.Array]) -> pa.StructArray:
    """``SAID`` of correlations whose columns are ``GIVEN``."""
    import pyarrow as pa

    value, places, n, p, p_places, bound, significant, is_null = (each.to_numpy() for each in columns)
    half, size = 0.5 * 10.0**-places, np.abs(value)
    low, high = p_of_r(size + half, n), p_of_r(np.maximum(size - half, 0.0), n)
    null = is_null == 1
    fits = _fit(low, high, _printed(p, 0.5 * 10.0**-p_places, bound), bound > 0, significant)
    fits &= ~null | (high > ALPHA + _NEAR)
    smallest = smallest_significant_r(n)
    z, reach = np.arctanh(value), REACH_95 / np.sqrt(n - 3.0)
    ends = np.tanh(z - reach), np.tanh(z + reach)
    words = np.where(np.maximum(*map(np.abs, ends)) <= SMALL, "informative", "uninformative")
    rows = zip(smallest.tolist(), *(end.tolist() for end in ends), null.tolist(), strict=True)
    notes = [Compatible(least, (start, end), TOLD).told if told else None for least, start, end, told in rows]
    numbers = [_texts(_rounded(each), ~null) for each in (*ends, smallest)]
    ps = [_texts(_rounded(each)) for each in (low, high)]
    reaches = [pa.array(words.astype(object), pa.string(), mask=~null), pa.array(notes, pa.string())]
    said = [pa.array(fits.astype(np.int64)), *ps, *reaches, *numbers]
    return pa.StructArray.from_arrays(said, list(SAID))


def _texts(numbers: Column, left_out: Truth | None = None) -> pa.StringArray:
    """Each number as a store writes it."""
    import pyarrow as pa

    return pa.array(np.array([plain(each) for each in numbers.tolist()], object), pa.string(), mask=left_out)


def _printed(p: Column, half: Column, bound: NDArray[np.int64]) -> tuple[Column, Column]:
    """The p values that printed ones stand for."""
    low = np.where(bound == 1, np.maximum(p - half, 0.0), np.where(bound == 2, 0.0, p))
    high = np.where(bound == 1, np.minimum(p + half, 1.0), np.where(bound == 2, p, 1.0))
    return low, high


def _fit(
    low: Column, high: Column, printed: tuple[Column, Column], told: Truth, significant: NDArray[np.int64]
) -> Truth:
    """Whether the p that follow are those that were printed, and on the side of .05 that is told."""
    least, most = printed
    by_p = np.where(most <= ALPHA, 1, np.where(least > ALPHA, -1, 0))
    decided = np.where(told, by_p, significant)
    side = np.where(decided == 1, low < ALPHA - _NEAR, np.where(decided == -1, high > ALPHA + _NEAR, True))
    meet = (low < most - _NEAR) & ((least == 0) | (least < high - _NEAR))
    fit: Truth = side & (meet | ~told)
    return fit


def _rounded(numbers: Column) -> Column:
    """What ``kg.plausibility.digits`` makes of each number."""
    size = np.abs(numbers)
    large = size >= _TINY
    scale = 10.0 ** (5 - np.floor(np.log10(np.where(large, size, 1.0))))
    told: Column = np.where(large, np.rint(numbers * scale) / scale, numbers)
    tiny = np.flatnonzero(~large & (size > 0))
    told[tiny] = [digits(each) for each in numbers[tiny].tolist()]
    return told
