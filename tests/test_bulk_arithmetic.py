"""Arithmetic by the column gives the numbers that arithmetic one by one gives."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import arithmetic
from kg.bulk.p_of_r import p_of_r, smallest_significant_r
from kg.bulk.pooling import pool_pairs
from kg.pooling import pool


@dataclass(frozen=True)
class Effect:
    z: float
    variance: float


PEOPLE = [4, 5, 20, 74, 377, 4375, 99_999]


def test_the_p_of_many_correlations_is_that_of_each():
    """To the twelfth digit, from none to all, for few people and for many."""
    r = np.linspace(-1, 1, 41)
    pairs = [(each, n) for each in r.tolist() for n in PEOPLE]
    many = p_of_r(np.array([each for each, _ in pairs]), np.array([n for _, n in pairs]))
    assert many.tolist() == pytest.approx([arithmetic.p_of_r(each, n) for each, n in pairs], rel=1e-12)


def test_the_smallest_significant_r_of_many_is_that_of_each():
    """Also where a number of people comes twice."""
    n = np.array([*PEOPLE, 74])
    each = [arithmetic.smallest_significant_r(people) for people in n.tolist()]
    assert smallest_significant_r(n).tolist() == pytest.approx(each, abs=1e-11)


#: A correlation as Fisher's z, and how many people it is of.
EFFECTS = st.tuples(st.integers(-90, 90).map(lambda r: np.arctanh(r / 100)), st.integers(10, 3000))


@settings(max_examples=4)
@given(st.lists(st.lists(EFFECTS, min_size=2, max_size=12), min_size=1, max_size=4))
def test_pooling_many_pairs_at_once_gives_what_pooling_each_gives(pairs):
    """Estimate, error, interval, spread and Q, to the eighth decimal."""
    effects = [[Effect(float(z), 1 / (n - 3)) for z, n in pair] for pair in pairs]
    flat = [(each.z, each.variance, place) for place, pair in enumerate(effects) for each in pair]
    z, variance, place = (np.array(column) for column in zip(*flat, strict=True))
    many = pool_pairs(z, variance, place)
    for number, pair in enumerate(effects):
        one = pool(pair)
        told = [many.estimate, many.standard_error, many.low, many.high, many.tau2, many.i2, many.q]
        alone = [
            one.estimate, one.standard_error, one.confidence.low, one.confidence.high, one.tau2.value, one.i2.value, one.q
        ]  # fmt: skip
        assert [float(column[number]) for column in told] == pytest.approx(alone, abs=1e-8, rel=1e-8)
