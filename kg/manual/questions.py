"""The reference of questions: what each asks, its options, and what the columns of its answer say."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from kg.errors import Problem, ProblemsFound
from kg.files import read_text
from kg.manual.markdown import plain, table
from kg.questions import CATEGORIES, Question, list_questions
from kg.resources import Rooms
from kg.store.embedded import Embedded

_LEAD = """\
# Questions

Each is a file of `queries/`, plain SPARQL 1.1 that runs in any tool. `kg ask NAME` asks it; in Python it is
`graph.ask("NAME")`. Every option is optional and may be given more than once.
"""


def page(rooms: Rooms) -> str:
    """Every question, in Markdown, by category."""
    meanings = _Meanings(rooms)
    questions = list_questions(rooms)
    parts = [_LEAD]
    for category in CATEGORIES:
        parts.append(f"\n## {category.capitalize()}\n")
        parts += [_section(each, meanings) for each in questions if each.category == category]
    return "".join(parts)


def _section(question: Question, meanings: _Meanings) -> str:
    """One question."""
    options = [
        (f"`--{each.name}`", plain(each.label), each.type, plain(each.default_word)) for each in question.parameters
    ]
    columns = [(f"`{name}`", plain(meaning)) for name, meaning in meanings.of(question)]
    parts = [
        f"\n### {plain(question.title)}\n\n{plain(question.question)}\n\n    kg ask {question.name}\n",
        f"\n{table(('option', 'what it stands for', 'takes', 'default'), options)}" if options else "",
        f"\n{table(('column', 'what it says'), columns)}",
    ]
    return "".join(parts)


def answer_columns(question: Question) -> tuple[str, ...]:
    """The columns that any answer of a question has."""
    return Embedded.in_memory().select(question.text).columns


class _Meanings:
    """What columns of answers say: ``queries/columns.tsv``, where a row may hold for some questions only."""

    def __init__(self, rooms: Rooms) -> None:
        path = rooms.queries / "columns.tsv"
        self._shown = rooms.shown(path)
        rows = csv.DictReader(read_text(path, self._shown).splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
        self._meanings = {
            (row["column"], question): row["meaning"] for row in rows for question in row["questions"].split() or [""]
        }

    def of(self, question: Question) -> Iterator[tuple[str, str]]:
        """Each column of a question with its meaning; ProblemsFound where one has none."""
        for name in answer_columns(question):
            meaning = self._meanings.get((name, question.name)) or self._meanings.get((name, ""))
            if not meaning:
                what = f"no meaning of the column '{name}' of the question {question.name}"
                raise ProblemsFound([Problem(self._shown, 0, "", what, "add a row")])
            yield name, meaning
