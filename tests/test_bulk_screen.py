"""The screen of large tables says what the record models say, word for word, and lets nothing pass that they refuse."""

import csv
from dataclasses import replace

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from kg import corpus as corpora
from kg.bulk.columns import Sort, columns_of
from kg.bulk.engines import OnThisMachine
from kg.bulk.screen import opened, screened
from kg.bulk.sources import LARGE, sources
from kg.errors import ProblemsFound
from kg.generating.folders import generate
from kg.ontology import superclasses
from kg.references import ids_used_twice, unknown_references

TABLES = {model.table: model for model in LARGE}

#: What may be written into any cell: right here, wrong there.
ANY = ["", "x", "0", "1", "-0.5", "0.05", "101", "12345678901234567890", "\u00a0a", "a\u2003", "made-up-1", "made-up-1-01", "a;b", ";",
       "mediation", "association", "significant", "not-significant", "none", "positive", "negative", "pearson-r", "f", "=1+1"]  # fmt: skip
#: What may be written into the cells of one column.
OF_COLUMN = {
    "id": ["made-up-1", "made-up-1-01", "made-up-1-02", "made-up-2-sample", "amari-2022", "A b", "barnes-2020-01"],
    "value": [".38", "+0.2", "1.0", "1.01", "-1", "-1.00000000000000000001", "0,5", "−0.3", "٣", "1e3", "5.", "nan"],
    "ci_low": ["0.1", "-1.2", "0.10000000000000000001", "2"],
    "ci_high": ["0.2", "1.2", "-2", "0.1"],
    "p": ["<.05", "< .05", ".2", ">= .3", "=.0009", "<.001", "<.0009", "1", "1.001", "<\u00a0.05", "p", "n.s.", "0.10"],
    "n": ["0", "1", "-1", "1.5", "10000000001", "٣", "99999999999999999999"],
    "percent_female": ["100", "100.0001", "-1", "0", "50 %"],
    "mean_age": ["", "121", "20"],
    "sd_age": ["5", "200"],
    "ethnicity": ["White 80; Black 19", "White 80; Black 40", "White", "White 5; white 6", "é 5", "A 5, B 6"],
    "statistic": ["pearson-r", "f", "chi-square", "odds-ratio", "standardised-beta", "unknown-one", ""],
    "direction": ["positive", "negative", "none", "up"],
    "support": ["supported", "not-supported", "partial", "maybe"],
    "same_result_as": ["made-up-1-01", "made-up-1-01; made-up-1-02", "nowhere", " ; made-up-1-03 ;; "],
    "df": ["12", "0", "-3", "10000001", "2000000"],
    "df_effect": ["1", "0"],
    "se": ["0.1", "0"],
    "first_n": ["12"],
    "second_n": ["13"],
    "countries": ["Canada;\u00a0Japan", "Canada;Japan"],
    "measures": ["scs", "scs, rq", "made-up-measure-1;nowhere"],
    "kind": ["mediation", "moderation", "group-difference", "asociation"],
    "mediator": ["made-up-construct-1", "nowhere"],
}


class Trial:
    """A small generated dataset that is written over, and what either way says of it."""

    def __init__(self, rooms, corpus, axioms, root):
        self.rooms, self.corpus, self.above = rooms, corpus, superclasses(axioms)
        self.folder, self.work = root / "made-up", root / "work"
        generate(self.folder, 40, seed=1, constructs=6, format="csv")
        self.rows = {
            name: list(csv.DictReader((self.folder / f"{name}.csv").read_text().splitlines())) for name in TABLES
        }
        self.work.mkdir()
        self.engine = OnThisMachine(self.work)

    def __repr__(self):
        return "trial"

    def write(self, faults):
        broken = {name: [dict(row) for row in table] for name, table in self.rows.items()}
        for table, row, column, cell in faults:
            broken[table][row % len(broken[table])][column] = cell
        for name, model in TABLES.items():
            with (self.folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, model.columns(), lineterminator="\n")
                writer.writeheader()
                writer.writerows(broken[name])

    def corpus_without(self, unread):
        """The corpus of the repository with the dataset, some of whose tables are left out."""
        lists = {
            name: list(getattr(self.corpus, name)) for name in ("constructs", "measures", "publications", "datasets")
        }
        mine = replace(self.corpus, **lists, problems=[], broken=set(), lost=set())
        corpora._add_publications(mine, self.rooms, self.folder / "references.bib")
        corpora._read_dataset(mine, self.rooms, self.folder, {**corpora.DATASET_TABLES, **corpora.TERM_TABLES}, unread)
        return mine

    def by_records(self):
        mine = self.corpus_without(())
        return {*mine.problems, *ids_used_twice(mine), *unknown_references(mine, self.above)}

    def by_screen(self):
        try:
            tables = opened(self.engine, sources(self.rooms, self.folder, self.work), self.work)
            screened(self.engine, tables, self.corpus_without(LARGE), self.above)
        except ProblemsFound as found:
            return set(found.problems)
        return set()


@pytest.fixture(scope="module")
def trial(read, rooms, tmp_path_factory):
    return Trial(rooms, *read, tmp_path_factory.mktemp("trial"))


@st.composite
def faults(draw):
    """Cells that are written over: table, row, column, what is written."""
    found = []
    for _ in range(draw(st.integers(5, 25))):
        table = draw(st.sampled_from(["findings", "findings", "findings", "samples", "studies"]))
        column = draw(st.sampled_from(TABLES[table].columns()))
        cell = draw(st.sampled_from(OF_COLUMN.get(column, []) + ANY))
        found.append((table, draw(st.integers(0, 39)), column, cell))
    return found


@settings(max_examples=4, phases=[Phase.explicit, Phase.generate])
@given(faults=faults())
@example(faults=[("studies", 0, "id", "")])  # a name that is missing among those that rows name
def test_the_screen_tells_what_the_records_tell(faults, trial):
    """Whatever is wrong in the rows, both ways give the same problems, to the last word."""
    trial.write(faults)
    assert trial.by_screen() == trial.by_records()


@pytest.mark.parametrize("model", LARGE)
def test_no_column_of_a_large_table_is_of_a_type_that_the_screen_does_not_know(model):
    """Each filled cell of such a column would send its row to the record models, one by one."""
    assert [column.name for column in columns_of(model) if column.sort is Sort.OTHER] == []


def test_no_generated_row_is_in_doubt(trial, monkeypatch):
    """What is written as rows should be needs no record model."""
    read = []
    monkeypatch.setattr("kg.bulk.screen.read_records", lambda *asked: read.append(asked))
    trial.write([])
    assert trial.by_screen() == set()
    assert read == []
