"""Results out and in again: what `kg export results` writes, `kg import` reads as the same findings."""

import csv
import io
import math
from dataclasses import replace
from decimal import Decimal

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Graph

from kg.cells import PValue
from kg.cli import main
from kg.corpus import read_corpus
from kg.export.findings import csv as findings
from kg.export.results import METAFOR, RESULTS, metafor, results
from kg.importing.coding import code
from kg.importing.mapping import Constants, guess
from kg.importing.matching import read_vocabulary
from kg.importing.reading import read_source
from kg.importing.writing import files_of, write_folder
from kg.names import graph_iri
from kg.store.embedded import Embedded
from kg.triples import merged, named_graphs

#: What of a finding is the table's, and not the place where it stood in it.
SAME = ("kind", "subject", "object", "subject_measure", "object_measure", "direction", "significance", "statistic",
        "value", "p", "n", "ci_low", "ci_high")  # fmt: skip
CONSTANTS = {"reading": "primary-full-text", "certainty": "high"}


@pytest.fixture(scope="module")
def vocabulary(rooms, tmp_path_factory):
    return read_vocabulary(rooms, tmp_path_factory.mktemp("none"))


def through(text, folder, vocabulary):
    """The findings of a table, imported into a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "t.csv").write_text(text, encoding="utf-8")
    source = read_source(folder / "t.csv")
    told = {"constants": Constants(**CONSTANTS, coded_on="2026-11-22"), "cells": {"design": "longitudinal"}}
    mapping = guess(source).model_copy(update=told)
    done = code(source, mapping, vocabulary, "mine")
    write_folder(folder / "mine", files_of(source, mapping, done, "mine"))
    return done


class World:
    """What every example needs, made once: our rooms, vocabulary and corpus, and its terms as N-Triples."""

    def __init__(self, rooms, read, vocabulary):
        self.rooms, self.vocabulary = rooms, vocabulary
        self.corpus = replace(read[0], datasets=[])
        graphs = named_graphs(self.corpus, read[1])
        self.terms = merged({name: graphs[name] for name in ("ontology", "vocabulary")}).serialize(format="nt")


@pytest.fixture(scope="module")
def world(rooms, read, vocabulary):
    return World(rooms, read, vocabulary)


def exported(folder, world):
    """The export of what the folder says, and of nothing else."""
    return results(stored(folder, world))


def stored(folder, world):
    """A store of what the folder says, and of nothing else."""
    read = read_corpus(world.rooms, [folder / "mine"])
    assert read.problems == []
    datasets = [dataset for dataset in read.datasets if dataset.id == "mine"]
    few = replace(world.corpus, constructs=[], measures=[], codes=[], publications=read.publications, datasets=datasets)
    store = Embedded.in_memory()
    store.load(world.terms, graph_iri("terms"))
    store.load(merged(named_graphs(few, Graph())).serialize(format="nt"), graph_iri("said"))
    return store


rows = st.lists(
    st.tuples(
        st.sampled_from(["Li", "Smith & Jones", "Okafor et al.", "van der Berg, A. & Ito, B."]),
        st.integers(1980, 2020),
        st.sampled_from(["self-compassion", "Mindfulness", "attachment anxiety"]),
        st.sampled_from(["depression", "anxiety", "resilience"]),
        st.integers(4, 5000),
        st.one_of(st.decimals(-1, 1, places=2).map(str), st.just("n.s.")),
        st.sampled_from(["", "<.001", ".2", "0.03", "n.s."]),
        st.sampled_from(["r", "fisher-z", "t", "cohens-d", "f", "chi-square", "odds-ratio"]),
        st.decimals("0.01", 9, places=2).map(str),
        st.sampled_from(["", "positive", "negative"]),
    ),
    min_size=1,
    max_size=4,
)


def as_cells(author, year, first, second, n, r, p, statistic, value, direction):
    """The cells of a row: a correlation in its own column, all else under its name and with its direction."""
    if statistic == "r":
        return author, year, first, second, n, r, p, "", "", ""
    return author, year, first, second, n, "", p, statistic, value, direction


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows)
def test_a_table_comes_back_as_it_was_imported(rows, world, tmp_path_factory):
    """Import, export, import: the same findings of the same studies; and the second export is the first."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Author", "Year", "Construct 1", "Construct 2", "N", "r", "p", "Statistic", "Value",
                     "Direction"])  # fmt: skip
    writer.writerows(as_cells(*row) for row in rows)
    one, two = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")
    first = through(out.getvalue(), one, world.vocabulary)
    text = exported(one, world)
    second = through(text, two, world.vocabulary)
    assert told(second) == told(first)
    assert without_printed(exported(two, world)) == without_printed(text)


def told(done):
    """What the findings say, by study, in an order of its own; numbers by their value: the store writes 0.10 as 0.1."""
    return sorted((finding.study, *(same(getattr(finding, name)) for name in SAME)) for finding, _ in done.findings)


def same(value):
    if isinstance(value, PValue):
        return f"{value.operator}{same(value.number)}"
    return str(value.normalize() + 0 if isinstance(value, Decimal) else value)


def without_printed(text):
    """The export without what was printed, and by what the second import calls a finding."""
    return sorted(
        tuple(row[name] for name in RESULTS if name != "printed") for row in csv.DictReader(io.StringIO(text))
    )


def test_the_direction_of_an_f_goes_out_and_in(world, tmp_path):
    """An F has no sign, so the word goes with it."""
    text = "Author,Year,Construct 1,Construct 2,N,Statistic,Value,Direction\nLi,2001,self-compassion,depression,99,f,4.2,negative\n"
    through(text, tmp_path / "one", world.vocabulary)
    ((finding, _),) = through(exported(tmp_path / "one", world), tmp_path / "two", world.vocabulary).findings
    assert (finding.statistic, finding.direction) == ("f", "negative")


def test_what_pooling_needs_goes_out_and_in(world, tmp_path):
    """Degrees of freedom and the sizes of groups are those of the table."""
    header = "Author,Year,Construct 1,Construct 2,N,Statistic,Value,Direction,df effect,df,n1,n2\n"
    text = header + "Li,2001,self-compassion,depression,99,f,4.2,negative,1,97,50,49\n"
    through(text, tmp_path / "one", world.vocabulary)
    ((finding, _),) = through(exported(tmp_path / "one", world), tmp_path / "two", world.vocabulary).findings
    assert (finding.df_effect, finding.df, finding.first_n, finding.second_n) == (1, 97, 50, 49)


def exported_effects(rows, folder, world):
    """What metafor gets of rows of any statistic, and how many it does not get."""
    header = "Author,Year,Construct 1,Construct 2,N,Statistic,Value,Direction,df effect,df\n"
    through(header + rows, folder, world.vocabulary)
    text, without = metafor(stored(folder, world))
    return list(csv.DictReader(io.StringIO(text))), without


@pytest.mark.parametrize(
    ("cells", "z", "variance"),
    [
        ("103,r,0.5,,,", math.atanh(0.5), 0.01),
        ("103,spearman-rho,0.5,,,", math.atanh(0.5), 0.0106),
        ("103,f,4,negative,1,101", -math.atanh(math.sqrt(4 / 105)), 0.01),
    ],
)
def test_metafor_gets_the_effects_that_are_pooled(world, tmp_path, cells, z, variance):
    """Yi and vi are those of `kg pool`: ranks have a wider variance, and an F takes its sign from the direction."""
    ((row,), without) = exported_effects(f"Li,2001,self-compassion,depression,{cells}\n", tmp_path, world)
    assert (float(row["yi"]), float(row["vi"]), without) == (pytest.approx(z), pytest.approx(variance), 0)


def test_metafor_does_not_get_what_cannot_be_pooled(world, tmp_path):
    """A partial r is left out and counted."""
    found, without = exported_effects("Li,2001,self-compassion,depression,99,partial-r,0.5,,,\n", tmp_path, world)
    assert (found, without) == ([], 1)


def test_what_metafor_does_not_get_is_counted_on_stderr(built, tmp_path):
    """The file holds effects only, and the command says how many findings have none."""
    arguments = ["--store", str(built), "export", "metafor", "-o", str(tmp_path / "m.csv")]
    answer = CliRunner().invoke(main, arguments, catch_exceptions=False)
    found = list(csv.DictReader((tmp_path / "m.csv").read_text(encoding="utf-8").splitlines()))
    assert tuple(found[0]) == METAFOR
    assert all(row["yi"] and row["vi"] for row in found)
    assert "findings left out" in answer.stderr


def test_what_the_table_of_results_leaves_out_is_counted(built, store):
    """Mediations and moderations have a third construct, for which there is no column."""
    answer = CliRunner().invoke(main, ["--store", str(built), "export", "results"], catch_exceptions=False)
    rows = len(list(csv.DictReader(io.StringIO(answer.stdout))))
    everything = len(list(csv.DictReader(io.StringIO("".join(findings(store))))))
    assert f"{everything - rows} mediations and moderations are left out; " in answer.stderr
    assert everything > rows


def test_the_share_of_women_in_a_metafor_table_is_recognised(tmp_path):
    """`female` is how the export for metafor heads it."""
    (tmp_path / "t.csv").write_text("slab,x,y,ri,female\nLi 2001,a,b,.1,60\n")
    assert guess(read_source(tmp_path / "t.csv")).columns["percent_female"] == "female"


def test_the_results_of_the_graph_are_read_back(built, tmp_path):
    """`kg import` recognises every column of `kg export results`."""
    arguments = ["--store", str(built), "export", "results", "-o", str(tmp_path / "r.csv")]
    assert CliRunner().invoke(main, arguments, catch_exceptions=False).exit_code == 0
    source = read_source(tmp_path / "r.csv")
    assert set(RESULTS) - set(guess(source).columns.values()) == {"dataset", "printed"}
