"""Implied relations: the numbers are R's, what is shared counts, and what cannot be is refused in words.

The reference values are from R: the covariances of correlations by metafor's rcalc() (3.8), the slopes by central
differences, so that neither formula of ours is used to check itself.
"""

import math
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kg.errors import NothingFound
from kg.structure.implied import Correlation, Part, correlation, implied, wanted

pytest.importorskip("numpy", reason="needs NumPy (the extra 'pool')")

#: Craft, Magyar, Becker & Feltz (2003), anxiety and performance in sport, as pooled by the multivariate random-effects
#: model of metafor's help on matreg(), after Becker & Aloe (2019): r and its standard error.
CRAFT = {
    ("cognitive", "somatic"): (0.5671449187, 0.0366751512),
    ("cognitive", "confidence"): (-0.4888282034, 0.0508943078),
    ("confidence", "somatic"): (-0.4749916305, 0.0505844940),
    ("performance", "somatic"): (-0.1423398736, 0.0916730525),
    ("confidence", "performance"): (0.3167210538, 0.0846997345),
}
#: One sample of 203 people (R's variance divides by n - 1, that of Fisher's z by n - 3).
SAMPLE = {("a", "m"): 0.5, ("a", "n"): 0.3, ("m", "n"): 0.4, ("b", "m"): 0.35, ("b", "n"): -0.25}


def of(r, people, n=205):
    """A correlation of one sample."""
    return correlation(math.atanh(r), 1 / math.sqrt(n - 3), {people: Part(1.0, n)})


def matrix(numbers, people=lambda pair: "everyone"):
    return {frozenset(pair): of(r, people(pair)) for pair, r in numbers.items()}


def test_one_link_of_one_sample():
    """A - m - b: 0.5 * 0.35, with R's standard error."""
    found = implied(matrix(SAMPLE), "a", "b", ["m"])
    assert (found.r, found.standard_error) == (pytest.approx(0.175), pytest.approx(0.0373346447, abs=1e-9))


def test_one_link_of_two_samples_is_sobels():
    """Independent correlations: the square root of a² var(b) + b² var(a) (Sobel 1982), and R's."""
    found = implied(matrix(SAMPLE, people=str), "a", "b", ["m"])
    sobel = math.hypot(0.5 * (1 - 0.35**2), 0.35 * (1 - 0.5**2)) / math.sqrt(202)
    assert found.standard_error == pytest.approx(sobel)
    assert found.standard_error == pytest.approx(0.0359735748, abs=1e-9)


def test_two_links_of_one_sample():
    """Regression on the matrix, with the covariances of all its correlations, as in R."""
    found = implied(matrix(SAMPLE), "a", "b", ["m", "n"])
    assert (found.r, found.standard_error) == (
        pytest.approx(0.1285714286, abs=1e-9), pytest.approx(0.0473653080, abs=1e-9)
    )  # fmt: skip


def test_two_links_of_five_samples():
    """The same correlations of different people: no covariances, as in R."""
    found = implied(matrix(SAMPLE, people=str), "a", "b", ["m", "n"])
    assert found.standard_error == pytest.approx(0.0509838203, abs=1e-9)


def craft():
    return {
        frozenset(pair): Correlation(r, error, {str(pair): Part(1.0, 100)}, (), {})
        for pair, (r, error) in CRAFT.items()
    }


def test_a_published_matrix():
    """Craft et al. (2003): what somatic anxiety and confidence imply for cognitive anxiety and performance, as in R."""
    found = implied(craft(), "cognitive", "performance", ["somatic", "confidence"])
    assert (found.r, found.standard_error) == (
        pytest.approx(-0.1513185781, abs=1e-9), pytest.approx(0.0496393496, abs=1e-9)
    )  # fmt: skip


def test_what_the_links_add_is_the_whole():
    """The parts by link add up to the implied correlation."""
    found = implied(craft(), "cognitive", "performance", ["somatic", "confidence"])
    assert sum(found.added) == pytest.approx(found.r)


@pytest.mark.engine
def test_the_numbers_are_those_of_r_itself(ask_r):
    """R computes the same from the same correlations, now."""
    said = ask_r("""
        x <- c(a.m = .5, a.n = .3, m.n = .4, b.m = .35, b.n = -.25)
        f <- function(x) { S <- matrix(c(1, x["m.n"], x["m.n"], 1), 2)
                           sum(x[c("a.m", "a.n")] * solve(S, x[c("b.m", "b.n")])) }
        R <- matrix(c(1, .5, .3, f(x), .5, 1, .4, .35, .3, .4, 1, -.25, f(x), .35, -.25, 1), 4,
                    dimnames = rep(list(c("a", "m", "n", "b")), 2))
        V <- rcalc(R, ni = 203)$V
        rownames(V) <- colnames(V) <- sub("m.b", "b.m", sub("n.b", "b.n", rownames(V), fixed = TRUE), fixed = TRUE)
        g <- sapply(seq_along(x), function(i) { h <- replace(0 * x, i, 1e-6); (f(x + h) - f(x - h)) / 2e-6 })
        cat(f(x), sqrt(drop(g %*% V[names(x), names(x)] %*% g)), sep = "\\n")
    """)
    found = implied(matrix(SAMPLE), "a", "b", ["m", "n"])
    assert [found.r, found.standard_error] == pytest.approx([float(line) for line in said.split()], abs=1e-6)


def test_the_matrix_needs_all_pairs_but_that_of_the_ends():
    """Nobody measured these two together: that is the point."""
    assert list(wanted("a", "b", ["m", "n"])) == [("a", "m"), ("a", "n"), ("m", "n"), ("m", "b"), ("n", "b")]


@pytest.mark.parametrize("missing", list(SAMPLE))
def test_a_hole_in_the_matrix_is_named(missing):
    """No number is put in its place."""
    holed = {pair: r for pair, r in SAMPLE.items() if pair != missing}
    with pytest.raises(NothingFound, match="not full") as refused:
        implied(matrix(holed), "a", "b", ["m", "n"])
    assert all(name in str(refused.value) for name in missing)


def test_correlations_that_no_people_can_have_are_refused():
    """0.9, 0.9 and -0.9 are not positive definite."""
    impossible = SAMPLE | {("a", "m"): 0.9, ("a", "n"): 0.9, ("m", "n"): -0.9}
    with pytest.raises(NothingFound, match="a, m, n are not a positive definite matrix"):
        implied(matrix(impossible), "a", "b", ["m", "n"])


def test_a_measured_correlation_stands_beside_the_implied_one():
    """It is told, and changes nothing."""
    measured = matrix(SAMPLE | {("a", "b"): 0.8})
    found = implied(measured, "a", "b", ["m"])
    assert (found.r, found.measured) == (pytest.approx(0.175), measured[frozenset("ab")])


def test_a_link_measured_by_two_questionnaires_is_a_caution():
    """The model takes it for one thing."""
    by_scale = {
        frozenset(pair): correlation(
            0.3, 0.1, {pair: Part(1.0, 103)}, (), {"m": frozenset({scale}), pair[0]: frozenset({"S"})}
        )
        for pair, scale in (("am", "Calm Scale"), ("bm", "Ease Scale"))
    }
    assert implied(by_scale, "a", "b", ["m"]).cautions == (
        "m is taken for one thing, and was measured by Calm Scale, Ease Scale",
    )


_R = st.floats(-0.6, 0.6).map(lambda r: round(r, 3))


@given(numbers=st.lists(_R, min_size=5, max_size=5), shared=st.booleans())
def test_swapping_the_ends_changes_nothing(numbers, shared):
    """A correlation has no direction, whatever the model says of causes."""
    told = matrix(dict(zip(SAMPLE, numbers, strict=True)), (lambda pair: "everyone") if shared else str)
    forth, back = _implied_or_none(told, "a", "b"), _implied_or_none(told, "b", "a")
    assert forth == pytest.approx(back)


@given(numbers=st.lists(_R, min_size=5, max_size=5), turned=st.sampled_from("amnb"))
def test_turning_a_scale_turns_the_implied_sign_only_at_the_ends(numbers, turned):
    """A link may be scored either way; an end turns the sign; the standard error stays."""
    told = dict(zip(SAMPLE, numbers, strict=True))
    other = {pair: -r if turned in pair else r for pair, r in told.items()}
    before, after = (_implied_or_none(matrix(each), "a", "b") for each in (told, other))
    assume(before is not None)
    sign = -1 if turned in "ab" else 1
    assert after == pytest.approx([sign * before[0], before[1]])


@given(numbers=st.lists(_R, min_size=5, max_size=5))
def test_the_interval_holds_the_implied_correlation_and_stays_possible(numbers):
    """Fisher's z keeps it between -1 and 1."""
    told = matrix(dict(zip(SAMPLE, numbers, strict=True)))
    assume(_implied_or_none(told, "a", "b") is not None)
    found = implied(told, "a", "b", ["m", "n"])
    assert -1 < found.low <= found.r <= found.high < 1


def _implied_or_none(told, first, second):
    try:
        found = implied(told, first, second, ["m", "n"])
    except NothingFound:
        return None
    return [found.r, found.standard_error]


def test_every_pair_of_a_chain_is_wanted_once():
    """Three links: three on either side, three between."""
    pairs = [frozenset(pair) for pair in wanted("a", "b", "mno")]
    assert len(pairs) == len(set(pairs)) == 9
    assert {frozenset(pair) for pair in combinations("mno", 2)} < set(pairs)
