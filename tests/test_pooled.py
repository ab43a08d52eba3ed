"""Pooled effects in the graph: the numbers are metafor's, each leads to its findings, and all doors tell the same digits."""

import csv
import io
import math

import pytest
from published import MOLLOY
from worlds import add_correlations, copy_rooms

from kg import build
from kg.errors import MissingPart
from kg.graph import open_graph
from kg.names import local_name
from kg.pooled import told
from kg.pooling import ESTIMATORS, INTERVALS
from kg.pools import written

PAIR = ("qualities-of-compassion", "anxiety-over-relationships")
MEASURES = ("qc", "raas-anxious")


@pytest.fixture(scope="module")
def world(rooms, tmp_path_factory):
    """The repository's rooms, with the correlations of Molloy et al. (2014) under another name."""
    world = copy_rooms(rooms, tmp_path_factory.mktemp("pooled") / "world")
    add_correlations(world, MOLLOY, *PAIR, *MEASURES)
    return world


@pytest.fixture(scope="module")
def pooled_graph(world, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pooled-build")
    build.build(world, folder, "rules")
    return open_graph(folder)


@pytest.fixture(scope="module")
def row(pooled_graph):
    (row,) = (
        row for row in pooled_graph.ask("pooled-effects") if local_name(str(row["pooled"])) == "--".join(sorted(PAIR))
    )
    return row


def test_the_numbers_in_the_graph_are_metafors(row):
    """Molloy, O'Carroll & Ferguson (2014) by REML with Knapp and Hartung's interval, as metafor's dat.molloy2014 gives it."""
    assert math.atanh(row["r"]) == pytest.approx(0.1499, abs=5e-5)
    assert (row["k"], row["people"]) == (16, sum(n for n, _ in MOLLOY))
    assert row["tauSquared"] == pytest.approx(0.0081, abs=5e-5)
    assert row["iSquared"] == pytest.approx(0.6173, abs=5e-5)
    assert row["q"] == pytest.approx(38.1595, abs=5e-5)


def test_the_graph_the_library_and_the_table_tell_the_same_digits(row, pooled_graph):
    """One result, three doors."""
    found = pooled_graph.pool(*PAIR)
    (line,) = (
        line for line in csv.DictReader(io.StringIO(written(found, found.pooled, ".csv"))) if line["role"] == "pooled"
    )
    from_table = [float(line[name]) for name in ("r", "rLow", "rHigh")]
    from_library = [
        math.tanh(number)
        for number in (found.pooled.estimate, found.pooled.confidence.low, found.pooled.confidence.high)
    ]
    in_graph = [row[name] for name in ("r", "rLow", "rHigh")]
    assert from_table == [told(number) for number in from_library] == in_graph


def test_every_pooled_effect_leads_to_its_findings(row, pooled_graph):
    """prov:wasDerivedFrom names each finding that was pooled, and no other."""
    sources = pooled_graph.query(f"SELECT ?finding WHERE {{ <{row['pooled']}> prov:wasDerivedFrom ?finding }}")
    assert {local_name(str(iri)) for iri in sources.column("finding")} == {
        f"made-up-{number:02}-01" for number in range(16)
    }


def test_the_weights_of_what_was_pooled_add_up_to_one(pooled_graph):
    """The question on one pooled effect gives every contribution with its conversion."""
    parts = [
        part for part in pooled_graph.ask("pooled-from", subject=PAIR[0], object=PAIR[1]) if part["role"] == "pooled"
    ]
    assert sum(part["weight"] for part in parts) == pytest.approx(1)
    assert {part["convertedWith"] for part in parts} == {"Fisher's z, variance 1 / (n - 3) (Fisher 1921)"}


def test_a_changed_finding_changes_the_pooled_effect(world, row, tmp_path):
    """What is derived follows what it was derived from."""
    changed = [(n, 0.9 if index == 0 else r) for index, (n, r) in enumerate(MOLLOY)]
    add_correlations(world, changed, *PAIR, *MEASURES)
    try:
        build.build(world, tmp_path, "rules")
    finally:
        add_correlations(world, MOLLOY, *PAIR, *MEASURES)
    numbers = open_graph(tmp_path).query(f"SELECT ?r WHERE {{ <{row['pooled']}> ca:pooledCorrelation ?r }}").column("r")
    assert numbers != (row["r"],)
    assert len(numbers) == 1


def test_the_models_are_called_in_the_vocabulary_what_the_command_calls_them(corpus):
    """One name for one model."""
    labels = {(row.record.kind, row.record.id): row.record.label for row in corpus.codes}
    models = {("estimator", word): name for word, name in ESTIMATORS.items()}
    models |= {("interval-method", word): name for word, name in INTERVALS.items()}
    assert {key: label for key, label in labels.items() if key[0] in ("estimator", "interval-method")} == models


def test_without_the_library_the_layer_is_left_out_and_that_is_said(world, monkeypatch, tmp_path):
    """Asking needs no SciPy; nobody is left to think that nothing could be pooled."""

    def missing(*arguments):
        raise MissingPart("pooling needs pymetaanalysis")

    monkeypatch.setattr("kg.pooled_pairs.pool_each", missing)
    steps = []
    built = build.build(world, tmp_path, "rules", steps.append)
    assert "pooled" not in built.counts
    assert "note: the graph gets no pooled effects: pooling needs pymetaanalysis" in steps
