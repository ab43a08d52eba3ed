"""Answers for eyes: legible in a narrow terminal, whole in a pipe."""

import re
from decimal import Decimal

import pytest

from kg.export.tables import ROW_FORMATS, table
from kg.names import curie
from kg.store import Iri, Rows

LONG = "How self-compassionate people were did not change the link between two other constructs"
ROWS = Rows(
    ("finding", "n", "statement"),
    (
        (Iri("https://w3id.org/compassion-attachment/finding/dudley-2018-01"), 128, LONG),
        (Iri("https://w3id.org/compassion-attachment/finding/dudley-2018-02"), None, "short"),
    ),
)


@pytest.mark.parametrize("width", [40, 60, 80, 100])
@pytest.mark.parametrize("question", ["findings", "findings-between", "strongest-effects", "studies", "verdicts"])
def test_no_word_and_no_id_is_ever_split(graph, question, width):
    """Every word of every value stands whole in the text, at any width of a terminal."""
    rows = graph.ask(question)
    words = set(table(rows, width).split())
    values = [value for row in rows.values for value in row if value is not None and not isinstance(value, bool)]
    told = {word for value in values for word in (curie(value) if isinstance(value, Iri) else str(value)).split()}
    assert told - words == set()


@pytest.mark.parametrize("width", [80, 100])
def test_an_answer_fits_the_terminal(graph, width):
    """No line is wider than the terminal, so that it wraps nothing by itself."""
    lines = table(graph.ask("strongest-effects"), width).splitlines()
    assert max(map(len, lines)) <= width


def test_where_columns_do_not_fit_a_row_is_a_block():
    """Name and value, line by line; what is missing is left out; long prose goes on below itself."""
    assert table(ROWS, 44) == (
        "finding    finding:dudley-2018-01\n"
        "n          128\n"
        "statement  How self-compassionate people\n"
        "           were did not change the link\n"
        "           between two other constructs\n"
        "\n"
        "finding    finding:dudley-2018-02\n"
        "statement  short\n"
    )


def test_where_words_fit_the_columns_are_narrowed():
    """Prose wraps in its column before the table is given up."""
    lines = [line for line in table(ROWS, 70).splitlines() if line.strip()]
    assert max(map(len, lines)) <= 70
    assert re.fullmatch(r" finding +n +statement", lines[0])
    assert lines[2].startswith(" finding:dudley-2018-01")


def test_a_pipe_gets_a_line_a_row(graph):
    """Without a terminal nothing is wrapped or left out."""
    rows = graph.ask("findings")
    lines = [line for line in ROW_FORMATS["table"](rows).splitlines() if line.strip()]
    assert len(lines) == len(rows) + 2


def test_numbers_stand_to_the_right():
    """Digits of one value below the same of another."""
    rows = Rows(("what", "value"), (("one", Decimal("0.5")), ("two", 12)))
    assert re.search(r"one +0\.5\n two +12\n", table(rows, None))
