"""The codebook: what a coder writes into each column, read off the record models."""

import pytest

from kg.codebook import TABLES, allowed, columns, examples, markdown
from kg.records import FindingKind

COLUMNS = {(column.table, column.name): column for column in columns()}


@pytest.mark.parametrize("table", TABLES)
def test_every_column_says_what_to_write(table):
    """No column is left to be guessed."""
    assert [column.name for column in columns([table]) if not column.meaning.endswith((".", "?"))] == []


def test_the_columns_are_those_of_the_record_models():
    """In their order; but for the label of a publication, which nobody writes."""
    told = {table: [column.name for column in columns([table])] for table in TABLES}
    wanted = {table: model.columns() for table, model in TABLES.items()}
    wanted["references"].remove("label")
    assert told == wanted


def test_the_codebook_has_the_tables_that_are_in_no_graph_of_evidence():
    """What nobody coded, and what is no more: people write both."""
    assert {"uncoded", "obsolete"} <= TABLES.keys()


def test_what_is_required_and_what_may_be_several_follows_from_the_model():
    """As the reader of tables has it."""
    finding, study = COLUMNS["findings", "subject"], COLUMNS["studies", "measures"]
    assert (finding.required, finding.several) == (True, False)
    assert (study.required, study.several) == (False, True)


@pytest.mark.parametrize(
    ("place", "form"),
    [
        (("findings", "value"), "a number with a decimal point"),
        (("findings", "n"), "a whole number"),
        (("findings", "p"), "a p value: .033 for equality, <.05 for a bound"),
        (("findings", "kind"), "a word of a closed list"),
        (("findings", "reported_in"), "a citation key"),
        (("samples", "difficulties"), "the id of a construct; several separated by semicolons"),
        (("limitations", "about"), "a kind and an id, like measure:scs; several separated by semicolons"),
        (("dataset", "coded_on"), "a date like 2026-11-21"),
    ],
)
def test_the_form_of_a_cell_is_told(place, form):
    """How to write it, by its type."""
    assert COLUMNS[place].form == form


def test_a_closed_list_is_that_of_the_vocabulary(corpus):
    """Directions are codes; kinds of findings are those of the software; text has no list."""
    assert allowed(COLUMNS["findings", "direction"], corpus.codes) == ["positive", "negative", "none", "not-reported"]
    assert allowed(COLUMNS["findings", "kind"], corpus.codes) == [kind.value for kind in FindingKind]
    assert allowed(COLUMNS["findings", "statement"], corpus.codes) == []


def test_the_example_is_one_study_with_its_sample_and_a_finding(corpus):
    """What is shown together belongs together, and the finding is one of the usual kind."""
    shown = examples(corpus)
    finding = shown["findings"]
    assert (finding["study"], finding["sample"]) == (shown["studies"]["id"], shown["samples"]["id"])
    assert finding["kind"] == "association"


def test_the_codebook_has_a_row_for_every_column(corpus):
    """With what it may hold, and an example of it."""
    text = markdown(corpus)
    assert text.count("\n| `") == len(COLUMNS)
    assert "| `direction` | yes | Whether more of the one goes with more (positive)" in text
    assert "| positive, negative, none, not-reported | " in text
