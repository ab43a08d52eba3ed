"""Many pairs of constructs pooled at once: each as `kg pool` pools it, and the same rows set-wise as by questions."""

import pytest
from test_poolable import told

from kg.bulk.derived import Derived
from kg.bulk.engines import OnThisMachine
from kg.bulk.facts import Facts
from kg.bulk.rows import evidence_of
from kg.pairs_to_pool import every_pair
from kg.pooled import ntriples_of_pool
from kg.pooled_pairs import Pair, pooled_pairs
from kg.streaming import pooled
from kg.synthesis import Plan, synthesise

pytest.importorskip("meta_analyze")


def pair(name, *rows):
    return Pair((f"construct/{name}", "construct/worry"), (name, "worry"), rows)


ALIKE = pair("calm", told("alder", -0.3), told("birch", -0.5), told("cedar", -0.2, value=None))
OTHER_MEASURES = pair("warmth", told("alder", 0.3, firstMeasure="Warm Scale"), told("birch", 0.5))
ONE = pair("ease", told("alder"), told("birch", -0.5, people="sample/alder"))


def test_a_pair_gives_what_the_command_gives():
    """The effects, the numbers and what was left out, by the default plan."""
    (found,) = pooled_pairs([ALIKE])
    by_itself = synthesise(ALIKE.rows, "calm", "worry", Plan())
    assert (found.mixed, found.pooled) == (False, by_itself.pooled)
    assert found.left_out == by_itself.choice.left_out != ()


def test_where_no_two_are_by_the_same_measures_they_are_mixed_and_that_is_told():
    """As with --mix-measures."""
    (found,) = pooled_pairs([OTHER_MEASURES])
    by_itself = synthesise(OTHER_MEASURES.rows, "warmth", "worry", Plan(mix_measures=True))
    assert (found.mixed, found.pooled) == (True, by_itself.pooled)
    assert "different measures are mixed" in ntriples_of_pool(found)


def test_effects_of_the_same_people_alone_are_not_pooled():
    """Two numbers of one sample are no two samples."""
    assert list(pooled_pairs([ONE])) == []


@pytest.mark.parametrize("at_once", [1, 4, 1000])
def test_it_does_not_matter_how_many_pairs_are_pooled_at_once(at_once, monkeypatch):
    """The same results in the order of the pairs."""
    monkeypatch.setattr("kg.pooling._AT_ONCE", at_once)
    found = list(pooled_pairs([ALIKE, ONE, OTHER_MEASURES, ALIKE]))
    assert found == [next(pooled_pairs([each])) for each in (ALIKE, OTHER_MEASURES, ALIKE)]


def test_the_real_evidence_pools_set_wise_as_question_by_question(store, corpus, rooms, tmp_path):
    """The same pairs with the same triples: numbers, conversions, and every reason why something was left out."""
    engine = OnThisMachine(tmp_path)
    found = Derived(evidence_of(engine, corpus), Facts(store), rooms)
    set_wise = list(pooled(engine, found, store, lambda step: None))
    by_questions = map(ntriples_of_pool, pooled_pairs(every_pair(store)))
    assert [sorted(each.splitlines()) for each in set_wise] == [sorted(each.splitlines()) for each in by_questions]
    assert len(set_wise) == len(store.select("SELECT ?pooled { ?pooled a ca:PooledEffect }"))
