"""Arithmetic by the column gives the numbers that arithmetic one by one gives."""

import numpy as np
import pytest

from kg import arithmetic
from kg.bulk.p_of_r import p_of_r, smallest_significant_r

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
