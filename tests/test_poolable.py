"""What can be pooled: every refusal has its reason, people count once, and nothing is flipped, doubled or mixed unasked."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.poolable import choose, directions, sign_test
from kg.synthesis import Plan, synthesise


def told(name, r=-0.3, **changes):
    """A row of ``effects-between``: a correlation of a hundred people of their own."""
    row = {
        "finding": f"finding/{name}", "study": name.title(), "people": f"sample/{name}", "kind": "association",
        "asAsked": "yes", "polesGathered": "no", "firstFound": "calm", "firstMeasure": "Calm Scale",
        "secondFound": "worry", "secondMeasure": "Worry Scale", "third": None, "sample": f"sample/{name}",
        "analysed": 100, "recruited": 120, "direction": "negative" if r < 0 else "positive",
        "significance": "significant", "statistic": "r", "value": r, "p": None, "printed": None, "repeats": None,
        "reading": "primary-full-text", "certainty": "high", "source": "Alder (1901)", "locator": "p. 1",
    }  # fmt: skip
    return row | changes


def chosen(rows, **mixed):
    """The names of the findings that may be pooled."""
    return [each.finding.removeprefix("finding/") for each in choose(rows, **mixed).effects]


def reasons(rows, **mixed):
    return {each.finding.removeprefix("finding/"): each.reason for each in choose(rows, **mixed).left_out}


def test_comparable_correlations_are_all_chosen():
    """Same constructs, same measures, different people: nothing is left out."""
    rows = [told("alder"), told("birch"), told("cedar")]
    assert (chosen(rows), reasons(rows)) == (["alder", "birch", "cedar"], {})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"value": None}, "no number is reported"),
        ({"reading": "synthesis"}, "it is itself pooled"),
        ({"third": "sleep", "kind": "mediation"}, "it is a mediation with sleep"),
        ({"kind": "factor composition"}, "it is a factor composition"),
        ({"asAsked": "no", "secondFound": "dread"}, "it is on calm and dread, narrower than what was asked"),
        ({"secondMeasure": "Dread Scale", "analysed": 50}, "by other measures, Calm Scale and Dread Scale"),
        ({"firstMeasure": None}, "by which measures it was got is not told"),
        ({"people": "sample/alder", "analysed": 50}, "its people are, or may be, those of alder"),
        ({"repeats": "finding/alder"}, "it tells again what alder tells"),
    ],
)
def test_what_cannot_be_pooled_says_why(changes, reason):
    """Each reason in words, and the comparable one stays."""
    rows = [told("alder"), told("birch", **changes)]
    assert chosen(rows) == ["alder"]
    assert reason in reasons(rows)["birch"]


def test_measures_are_mixed_when_asked():
    """--mix-measures takes other questionnaires, and untold ones."""
    rows = [told("alder"), told("birch", secondMeasure="Dread Scale"), told("cedar", firstMeasure=None)]
    assert chosen(rows, mix_measures=True) == ["alder", "birch", "cedar"]


def test_contested_numbers_are_converted_when_asked():
    """--convert takes a standardised beta, and nothing else with it."""
    rows = [told("alder"), told("birch", statistic="standardised-beta"), told("cedar", statistic="partial-r", df=97)]
    assert chosen(rows) == ["alder"]
    assert chosen(rows, convert=("standardised-beta",)) == ["alder", "birch"]


def test_an_effect_without_people_told_is_chosen_last():
    """A Fisher's z with a standard error counts, but never before an effect whose n is known."""
    alone = {"statistic": "fisher-z", "se": 0.1, "analysed": None, "recruited": None}
    assert chosen([told("alder", **alone), told("birch")]) == ["alder", "birch"]
    assert chosen([told("alder", **alone), told("birch", people="sample/alder")]) == ["birch"]


def test_constructs_are_mixed_when_asked():
    """--mix-constructs takes narrower constructs."""
    rows = [told("alder"), told("birch", asAsked="no", secondFound="dread")]
    assert chosen(rows, mix_constructs=True) == ["alder", "birch"]


def test_opposite_poles_are_never_mixed():
    """What stands below an umbrella of both poles is refused even then: a high security is no low avoidance."""
    rows = [told("alder", asAsked="no", polesGathered="yes", secondFound="secure attachment")]
    assert chosen(rows, mix_constructs=True) == []
    assert "gathers opposite poles" in reasons(rows, mix_constructs=True)["alder"]


def test_the_measures_of_the_most_samples_are_chosen():
    """Two samples come before a larger one, which could not be pooled by itself."""
    rows = [told("alder"), told("birch"), told("cedar", secondMeasure="Dread Scale", analysed=500)]
    assert chosen(rows) == ["alder", "birch"]


def test_of_as_many_samples_those_of_the_most_people_are_chosen():
    """A sample counts once, however many of its effects are told."""
    rows = [told("alder"), told("cedar", secondMeasure="Dread Scale", analysed=500)]
    rows += [told(f"dogwood-{number}", people="sample/alder", analysed=99) for number in range(9)]
    assert chosen(rows) == ["cedar"]


def test_a_repeat_of_what_has_no_number_is_chosen():
    """The review gives no number, the paper does: the paper's is taken."""
    rows = [told("alder", value=None), told("birch", people="sample/alder", repeats="finding/alder")]
    assert chosen(rows) == ["birch"]


def test_of_the_same_people_the_effect_of_the_most_is_chosen():
    """Of equals, the first by name."""
    rows = [told("alder", people="p", analysed=90), told("birch", people="p"), told("cedar", people="p")]
    assert chosen(rows) == ["birch"]


def test_a_finding_that_fits_twice_is_one_effect():
    """A finding on two constructs that lie within each other comes in two rows: that on the pair as asked counts."""
    rows = [told("alder", asAsked="no", firstFound="worry", secondFound="calm"), told("alder")]
    assert [each.constructs for each in choose(rows).effects] == [("calm", "worry")]


# --- properties ------------------------------------------------------------------------------

names = st.sampled_from(["alder", "birch", "cedar", "dogwood", "elm"])
many = st.lists(
    st.builds(
        told, names, st.floats(-0.9, 0.9).filter(bool), people=st.sampled_from(["p", "q", "r"]),
        secondMeasure=st.sampled_from(["Worry Scale", "Dread Scale", None]), analysed=st.integers(1, 500),
    ),
    unique_by=lambda row: row["finding"],
)  # fmt: skip
mixes = st.fixed_dictionaries({"mix_measures": st.booleans(), "mix_constructs": st.booleans()})


def turned(row):
    """The same finding, asked from the other side."""
    ends = {"firstFound": "secondFound", "firstMeasure": "secondMeasure"}
    return row | {one: row[other] for one, other in (ends | {b: a for a, b in ends.items()}).items()}


@settings(deadline=None)
@given(many, mixes)
def test_every_finding_is_chosen_or_left_out_once(rows, mix):
    """Nothing vanishes and nothing is doubled."""
    choice = choose(rows, **mix)
    told_of = sorted(each.finding for each in (*choice.effects, *choice.left_out))
    assert told_of == sorted(row["finding"] for row in rows)


@settings(deadline=None)
@given(many, mixes)
def test_no_people_are_chosen_twice(rows, mix):
    """Independence is never pretended."""
    people = [each.people for each in choose(rows, **mix).effects]
    assert len(people) == len(set(people))


@settings(deadline=None)
@given(many, mixes, st.randoms())
def test_the_order_of_rows_changes_no_choice(rows, mix, random):
    """An answer may come in any order."""
    assert choose(random.sample(rows, len(rows)), **mix) == choose(rows, **mix)


@settings(deadline=None)
@given(many, mixes)
def test_swapping_the_pair_changes_nothing(rows, mix):
    """Asked from either side, the same effects with the same signs."""
    one, other = (choose(each, **mix).effects for each in (rows, list(map(turned, rows))))
    assert [(each.finding, each.z) for each in one] == [(each.finding, each.z) for each in other]


@settings(deadline=None)
@given(many, mixes)
def test_flipping_every_second_measure_mirrors_the_effects(rows, mix):
    """Each effect that was got by a flipped measure changes sides; choice and variances stay."""
    flip = ("Worry Scale", "Dread Scale")
    plain, mirrored = (choose(rows, **mix, flip=each).effects for each in ((), flip))
    turns = [-1 if each.measures[1] in flip else 1 for each in plain]
    assert [(each.finding, each.z, each.variance) for each in mirrored] == [
        (each.finding, turn * each.z, each.variance) for each, turn in zip(plain, turns, strict=True)
    ]


@settings(deadline=None)
@given(many, mixes)
def test_a_study_under_another_name_of_the_same_people_adds_nothing(rows, mix):
    """A copy is left out, whatever it is called."""
    copies = [row | {"finding": f"{row['finding']}-copy", "study": "Another"} for row in rows]
    assert choose([*rows, *copies], **mix).effects == choose(rows, **mix).effects


# --- directions ------------------------------------------------------------------------------


def test_people_have_one_voice():
    """Two findings on the same people count once; where they disagree, not at all."""
    rows = [
        told("alder"), told("birch", people="sample/alder"), told("cedar", 0.3), told("dogwood"),
        told("elm", 0.2, people="sample/dogwood"), told("fir", direction="not-reported"),
    ]  # fmt: skip
    assert {each.people: each.direction for each in directions(rows)} == {
        "sample/alder": "negative", "sample/cedar": "positive", "sample/dogwood": "mixed", "sample/fir": "not told",
    }  # fmt: skip


def test_directions_need_no_numbers():
    """A finding without a number has a voice; one on something narrower has none."""
    rows = [told("alder", value=None), told("birch", asAsked="no")]
    assert [each.people for each in directions(rows)] == ["sample/alder"]


@pytest.mark.parametrize(("positive", "negative", "p"), [(0, 6, 0.03125), (7, 1, 0.0703125), (2, 2, 1.0), (1, 0, 1.0)])
def test_the_sign_test_is_that_of_the_binomial_table(positive, negative, p):
    """Two-sided, exact: 7 of 8 gives 2 (1 + 8) / 256."""
    rows = [told(f"plus-{n}", 0.3) for n in range(positive)] + [told(f"minus-{n}") for n in range(negative)]
    assert sign_test(directions(rows)) == (positive, negative, pytest.approx(p))


def test_a_flipped_measure_turns_directions_as_it_turns_numbers():
    """What is flipped for pooling is flipped for counting."""
    rows = [told("alder"), told("birch", 0.2, secondMeasure="Dread Scale"), told("cedar", direction="none")]
    assert [each.direction for each in directions(rows, flip=("Worry Scale",))] == ["positive", "positive", "not told"]


def test_without_directions_there_is_no_test():
    """Nothing to count, no p."""
    assert sign_test(directions([told("alder", direction="not-reported")])) == (0, 0, None)


# --- synthesis -------------------------------------------------------------------------------


def test_one_effect_is_no_synthesis():
    """K = 1: no pooled number, but directions."""
    found = synthesise([told("alder")], "calm", "worry", Plan())
    assert found.pooled is None
    assert len(found.directions) == 1


def test_what_is_chosen_is_what_is_pooled():
    """The result holds the effects that it was made of."""
    pytest.importorskip("meta_analyze")
    found = synthesise([told("alder"), told("birch"), told("cedar", value=None)], "calm", "worry", Plan())
    assert found.pooled.effects == found.choice.effects
    assert math.tanh(found.pooled.estimate) == pytest.approx(-0.3)
