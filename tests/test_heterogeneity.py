"""How much effects differ: as pymetaanalysis finds it group by group, and the same digits whatever stands beside a group."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from published import DATA, Made, correlation

from kg.heterogeneity import Profile, by_reml
from kg.pooling import fitted, pool, pool_each

pytest.importorskip("meta_analyze")

#: One large study and a smaller one that agree, and two small ones that do not: the slope changes its sign three times.
TWO_MAXIMA = [correlation(n, r) for n, r in ((1739, 0.11), (5, 0.71), (14, -0.65), (18974, 0.03))]

groups = st.lists(
    st.builds(correlation, st.integers(4, 100_000), st.floats(-0.99, 0.99).map(lambda r: round(r, 3))),
    min_size=2,
    max_size=20,
)


@settings(max_examples=300, deadline=None)
@given(groups)
def test_a_group_differs_as_much_as_pymetaanalysis_says(effects):
    """Tau² by REML, the Q-profile interval and whether it is empty, Q and its p."""
    (found,) = by_reml([effects])
    assume(found)
    fit = fitted(effects, "reml")
    profile = fit.tau2_confidence_interval()
    assert found.tau2 == pytest.approx(fit.tau2, rel=1e-9, abs=1e-11)
    assert found.profile[:2] == pytest.approx((profile.ci_low, profile.ci_high), rel=1e-9, abs=1e-11)
    assert found.profile.empty == profile.is_empty
    assert (found.q, found.q_p) == pytest.approx((fit.q, fit.q_pvalue), rel=1e-9, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(st.lists(groups, max_size=6))
def test_a_group_gives_the_same_digits_whatever_stands_beside_it(several):
    """Not one bit of difference: the graph, the command and the notebook tell one result."""
    assert by_reml(several) == [by_reml([effects])[0] for effects in several]


def test_many_groups_are_pooled_as_each_by_itself():
    """Every number, weight and caution."""
    several = [DATA["molloy"], TWO_MAXIMA, DATA["bcg"], [Made(0.5, 0.01), Made(0.5, 0.02)]]
    assert list(pool_each(several)) == [pool(effects) for effects in several]


def test_where_the_likelihood_has_several_maxima_none_is_chosen():
    """That is left to pymetaanalysis, whose number is then told."""
    assert by_reml([TWO_MAXIMA]) == [None]
    assert pool(TWO_MAXIMA).tau2.value == fitted(TWO_MAXIMA, "reml").tau2 > 0


def test_effects_that_are_the_same_do_not_scatter():
    """To the last digit: Q is no 1e-31. So little scatter fits no variance at all."""
    (found,) = by_reml([[Made(math.atanh(0.3), 1 / n) for n in (17, 29, 80)]])
    assert (found.tau2, found.q, found.q_p, found.profile) == (0, 0, 1, Profile(0, 0, True))


def test_two_effects_differ_by_what_their_errors_do_not_explain():
    """Of two, the restricted likelihood is highest where the squared distance is twice the whole variance of one."""
    (found,) = by_reml([[Made(0.1, 0.01), Made(0.7, 0.01)]])
    assert found.tau2 == pytest.approx(0.6**2 / 2 - 0.01, rel=1e-14)


def test_no_groups_give_nothing():
    """An empty field has nothing to pool."""
    assert by_reml([]) == []
