"""A graph that is brought up to date is the one that is built from nothing."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from made_up import DECISIONS, SAMPLES, STUDIES, claims, findings, samples

from kg import build, reason
from kg.corpus import Dataset
from kg.names import graph_iri
from kg.narrowed import ways
from kg.placed import Placed
from kg.store.embedded import Embedded
from kg.triples import named_graphs
from kg.updating.journal import Journal
from kg.updating.update import _follow


def quiet(step):
    """Say nothing of a step."""


# --- any study -------------------------------------------------------------------------------


@st.composite
def mine(draw):
    """Samples and findings of a second dataset, some by the samples of the first, some the same results told again."""
    own = [each.model_copy(update={"id": f"my-{each.id}"}) for each in draw(samples())]
    names = [*SAMPLES, *(each.id for each in own)]
    told = draw(findings())[: draw(st.integers(1, 6))]
    earlier = [f"made-up-{number:02}" for number in range(8)]
    rows = [
        each.model_copy(
            update={
                "id": f"my-{each.id}",
                "study": "mine",
                "sample": draw(st.sampled_from(names)),
                "same_result_as": tuple(draw(st.lists(st.sampled_from(earlier), max_size=1))),
            }
        )
        for each in told
    ]
    return [STUDIES[1].model_copy(update={"id": "mine", "label": "mine"})], own, rows


@pytest.fixture(scope="module")
def evidence(read, few_terms):
    """Made-up rows as a corpus: a dataset and, where there are any, the rows of a second."""
    info = read[0].datasets[0].info

    def dataset(name, **rows):
        named = Placed(info.record.model_copy(update={"id": name}), "made up", 0)
        return Dataset(named, **{table: [Placed(row, "made up", 1) for row in told] for table, told in rows.items()})

    def corpus(first, second):
        datasets = [dataset("first", **first)]
        if second:
            studies, samples, findings = second
            datasets.append(dataset("second", studies=studies, samples=samples, findings=findings))
        return replace(few_terms, publications=read[0].publications, datasets=datasets)

    return corpus


@pytest.fixture(scope="module")
def from_nothing(read, words, rooms):
    """The store of a corpus, by all the rules."""

    def made(corpus):
        store = Embedded.in_memory()
        store.load(words["inferred"], graph_iri("inferred"))
        build.load_said(store, named_graphs(corpus, read[1]))
        store.load(build.arithmetic_layer(corpus), graph_iri("arithmetic"))
        reason.apply_rules(store, rooms, quiet)
        store.load(build.pooled(store, quiet), graph_iri("pooled"))
        return store

    return made


def told(store):
    """The quads that name no nameless node: these are all of the ontology, which stays."""
    return {line for line in map(str, store.quads()) if "_:" not in line}


@settings(
    max_examples=4,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    first=st.fixed_dictionaries({"findings": findings(), "samples": samples(), "propositions": claims()}),
    decisions=st.sampled_from([[], *([each] for each in DECISIONS)]),
    before=mine(),
    after=mine(),
)
def test_what_is_brought_up_to_date_is_what_all_rules_make(
    evidence, from_nothing, rooms, first, decisions, before, after
):
    """A study that comes, changes and goes, whatever it shares with others: each time the same quads as from nothing."""
    first |= {"studies": STUDIES, "overlaps": decisions}
    store = from_nothing(evidence(first, None))
    for rows in (before, after, None):
        corpus = evidence(first, rows)
        _follow(Journal(store), rooms, corpus, {"second"}, quiet)
        whole = told(from_nothing(corpus))
        mine = told(store)
        assert sorted(whole - mine) == []
        assert sorted(mine - whole) == []


def test_every_rule_says_by_what_it_is_narrowed(rooms):
    """But for those about terms alone, which are not run when evidence changes."""
    rules = {path.stem: path.read_text() for path in (rooms.queries / "rules").glob("*.rq")}
    whole = {name for name, text in rules.items() if not ways(text)}
    assert whole == {
        "60-hierarchy",
        "70-what-measures-yield",
        "86-estimates-of-one-pair",
        "88-unmeasured-constructs-of-claims",
    }
