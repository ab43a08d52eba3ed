"""Questions: everything that can be asked by name, a form for each, and the answer as a table."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from functools import lru_cache

from kg.lookup import TERM_KINDS
from kg.names import curie, expand, local_name
from kg.pages.addresses import named
from kg.pages.choosing import choice
from kg.pages.leaves import PAGE, state
from kg.pages.leaves import leaf as leaf_of
from kg.pages.library import Library, question
from kg.pages.model import Behind, Choice, Content, Form, Inline, Link, Mark, Printed, Prose, Section, Table
from kg.pages.words import counted, heading
from kg.questions import CATEGORIES, Parameter, Question, list_questions, term
from kg.resources import shipped
from kg.store import Iri, Rows, Value


@lru_cache
def every() -> tuple[Question, ...]:
    """Every question, by category and name."""
    return tuple(list_questions(shipped()))


def read_by(name: str) -> tuple[str, ...]:
    """The parameters of the question of that name, and the page of its answer."""
    return (*(each.name for asked in every() if asked.name == name for each in asked.parameters), PAGE)


def contents(library: Library, query: Mapping[str, str]) -> Content:
    """The page that lists every question."""
    rows = Rows(
        ("question", "category", "title", "asks"),
        tuple((each.name, each.category, each.title, each.question) for each in every()),
    )
    return Content(
        title="Questions",
        path="/questions",
        lead=(
            f"{len(every())} questions, each a SPARQL query with a name: the same here, in the shell, in Python and "
            "on any other engine."
        ),
        sections=tuple(
            Section(
                category.capitalize(), (_listed([each for each in every() if each.category == category]),), category
            )
            for category in CATEGORIES
        ),
        rows=rows,
    )


def _listed(questions: list[Question]) -> Table:
    return Table(
        f"{counted(len(questions), 'question')}",
        ("Title", "Question"),
        tuple((Link(each.title, f"/questions/{each.name}"), each.question) for each in questions),
        anchor=f"about-{questions[0].category}",
    )


def content(library: Library, name: str, query: Mapping[str, str]) -> Content:
    """The page of a question with its answer."""
    asked = question(name)
    given = {each.name: value for each in asked.parameters if (value := query.get(each.name, "").strip())}
    behind = Behind(
        name,
        given,
        {each.name: _terms(library, each, given[each.name]) for each in asked.parameters if each.name in given},
    )
    leaf = leaf_of(library, behind, query)
    pager = leaf.pager(f"/questions/{name}", given)
    forms = (_form(library, asked, given),) if asked.parameters else ()
    return Content(
        title=asked.title,
        path=f"/questions/{name}",
        query={**given, **state(leaf.number)},
        kind=f"Question: {asked.category}",
        lead=asked.question,
        crumbs=(Link("Questions", "/questions"),),
        sections=(
            *((Section("", forms),) if forms else ()),
            Section(
                "The answer", (*pager, answer_table(library, leaf.rows, counted(leaf.total, "row")), *pager), "answer"
            ),
            Section(
                "Ask it elsewhere",
                (
                    Printed(_command(asked, given), "The same on the command line"),
                    Prose((Link("Open it in the SPARQL page", "/sparql", {"query": asked.bind(behind.terms)}), ".")),
                ),
                "elsewhere",
            ),
        ),
        behind=(behind,),
        rows=leaf.data,
        streamed=leaf.streamed(library, behind),
        wide=True,
    )


def answer_table(library: Library, rows: Rows, caption: str) -> Table:
    """Any rows as a table: things by their names, with links."""
    from decimal import Decimal

    library.called(value for row in rows.values for value in row if isinstance(value, Iri))

    numeric = frozenset(
        index
        for index in range(len(rows.columns))
        if rows.values
        and all(
            isinstance(row[index], int | Decimal | float | None) and not isinstance(row[index], bool)
            for row in rows.values
        )
    )
    return Table(
        caption,
        tuple(map(heading, rows.columns)),
        tuple(tuple(_cell(library, value) for value in row) for row in rows.values),
        numeric=numeric,
        anchor="rows",
        empty="No rows: nothing in the graph fits.",
    )


def _cell(library: Library, value: Value) -> Inline:
    """A value as a reader sees it; a thing by its name, with the CURIE by which a query names it beside."""
    if not isinstance(value, Iri) or library.label(value) == curie(value):
        return library.shown(value)
    return (library.link(value), " ", Mark(curie(value), "curie"))


def _terms(library: Library, parameter: Parameter, words: str) -> tuple[str, ...]:
    """What a reader wrote as terms: several names with spaces or commas between where each is a slug, else one name."""
    if parameter.type in ("text", "decimal", "class"):
        return (term(library.store, words, parameter.type),)
    parts = named(parameter.name, words)
    known = [_known(library, parameter.type, part) for part in parts]
    if parts and all(known):
        return tuple(f"<{iri}>" for iri in known)
    return (term(library.store, words, parameter.type),)


def _known(library: Library, type: str, word: str) -> str | None:
    """The IRI of what a slug means, or for any term the CURIE of what is no construct."""
    if type == "term" and (iri := expand(word)) and library.has_name(iri):
        return iri
    return library.known("construct" if type == "term" else type, word)


def _form(library: Library, asked: Question, given: Mapping[str, str]) -> Form:
    return Form(
        f"/questions/{asked.name}",
        tuple(_choice(library, each, given.get(each.name, "")) for each in asked.parameters),
        "Ask",
    )


def _choice(library: Library, parameter: Parameter, value: str) -> Choice:
    """A list of what there is where it is short enough to choose from, else a field."""
    default = parameter.default_word
    if parameter.type in ("construct", "measure", "study", "therapy", "dataset", "proposition", "area", "term"):
        options = tuple(_options(library, parameter.type))
        usual = ", ".join(_word(library, word) for word in parameter.default.split())
        several = (("", f"{usual} (as it stands)"),)
        known = value in dict(options) or not value
        return choice(
            parameter.name, parameter.label, value, (*several, *options, *(() if known else ((value, value),)))
        )
    return Choice(parameter.name, parameter.label, value or default)


def _options(library: Library, type: str) -> Iterator[tuple[str, str]]:
    """What may be chosen: the word that stands for it, and what it is called."""
    for iri in library.of_kind("construct" if type == "term" else type):
        yield local_name(iri), library.label(iri)
    if type == "term":
        for kind in TERM_KINDS[1:]:
            yield from (
                (curie(iri), f"{library.label(iri)} ({kind.replace('-', ' ')})") for iri in library.of_kind(kind)
            )


def _word(library: Library, curie: str) -> str:
    iri = expand(curie)
    return library.called([iri]).get(iri, local_name(iri)) if iri else curie


def _command(asked: Question, given: Mapping[str, str]) -> str:
    options = "".join(f" --{name} {shlex.quote(value)}" for name, value in given.items())
    return f"kg ask {asked.name}{options}"
