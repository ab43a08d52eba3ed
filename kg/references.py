"""What one row says of another: every name must lead somewhere, and every id be used once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kg.cells import Ref
from kg.corpus import Corpus
from kg.errors import Problem
from kg.names import CODE_KINDS, KINDS, PART_KINDS, kind_of
from kg.placed import Placed, suggestion
from kg.records import Code, Construct, Measure, Obsolete, Record
from kg.spellings import Names

#: The definition source of definitions that are our own.
PROJECT_SOURCE = "project"

_WHERE_TO_ADD = {
    "construct": "add it to ontology/terms/constructs.tsv, or to constructs.tsv in a folder of your own",
    "measure": "add it to ontology/terms/measures.tsv, or to measures.tsv in a folder of your own",
    "publication": "add it to evidence/references.bib",
    "study": "add it to studies",
    "sample": "add it to samples",
    "finding": "name a finding that exists",
    "review": "add it to reviews",
    "therapy": "add it to ontology/terms/therapies.tsv",
    **dict.fromkeys(PART_KINDS, "add it to ontology/terms/therapy_parts.tsv"),
    "class": "use a class of the ontology",
}


def kind_of_row(row: Placed[Any]) -> str:
    """The kind of the individual that a row describes: the prefix of its IRI."""
    return kind_of(str(row.record.iri))


#: Columns of terms of their own from which more follows than the rules find.
_FOR_HERMIT: dict[type[Record], tuple[str, ...]] = {
    Construct: ("flow", "fear_of", "model_of_self", "model_of_others", "strategy"),
    Measure: ("subscale_of",),
}


def beyond_rules(corpus: Corpus) -> Iterator[Problem]:
    """Cells of a dataset's own terms from which only a reasoner draws what follows; for ours that is shipped."""
    install = "build with --reasoner hermit (pip install 'compassion-attachment-kg[reason]'), or empty the cell"
    for row in (each for dataset in corpus.datasets for each in dataset.terms()):
        for column in _FOR_HERMIT[type(row.record)]:
            if getattr(row.record, column):
                yield row.problem(column, "what follows from this cell, only HermiT infers (it needs Java)", install)
        if "AttachmentStyle" in getattr(row.record, "type", ()):
            yield row.problem(
                "type", "what follows of an attachment style, only HermiT infers (it needs Java)", install
            )


def ids_used_twice(corpus: Corpus) -> Iterator[Problem]:
    """Ids used again in another file; within one table ``kg.tables`` has said so already."""
    first: dict[str, Placed[Any]] = {}
    for row in (*corpus.rows(), *corpus.obsolete):
        earlier = first.setdefault(row.record.iri, row)
        if earlier is not row and earlier.path != row.path:
            what = f"'{row.record.id}' is already used in {earlier.path}, row {earlier.row}"
            yield row.problem("id", what, _apart(row.record, earlier.record))


def _apart(record: Record, earlier: Record) -> str:
    """What to do about an id that is used twice: two folders may bring one and the same new term."""
    if isinstance(record, Obsolete):
        return "delete one of the two rows: what is still there is not obsolete"
    terms = Construct | Measure
    if isinstance(record, terms) and isinstance(earlier, terms) and record.label == earlier.label:
        kind = record.table.removesuffix("s")
        return f"delete the row in one of the two where both mean one {kind}, else give it another id and label"
    return "give it another id"


def known_names(corpus: Corpus, superclasses: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The ids that a cell may name, by kind."""
    known: dict[str, set[str]] = {"class": set(superclasses)}
    for row in corpus.rows():
        known.setdefault(kind_of_row(row), set()).add(row.record.id)
    return known


def unknown_references(
    corpus: Corpus, superclasses: Mapping[str, set[str]], besides: Mapping[str, set[str]] | None = None
) -> Iterator[Problem]:
    """Names that lead nowhere, less those whose row or file was told to be broken already.

    ``besides`` are ids that may be named though the corpus does not hold their rows, by kind.
    """
    known = known_names(corpus, superclasses)
    for kind, names in (besides or {}).items():
        known.setdefault(kind, set()).update(names)
    called = _called(corpus)
    gone = {(row.record.kind, row.record.id): row.record for row in corpus.obsolete}
    for row in (*corpus.rows(), *corpus.uncoded(), *corpus.obsolete):
        for column, mark in row.record.marks().items():
            if isinstance(mark, Ref):
                for kind, name in targets(row.record, column, mark):
                    if kind in corpus.lost:
                        continue
                    names = known.get(kind, set())
                    if (kind, name) in gone and name not in names:
                        yield _obsolete(row, column, gone[kind, name])
                    elif name not in names and name not in corpus.broken:
                        yield _unknown(row, column, kind, name, names, called.get(kind, Names()))
                    elif kind == "class":
                        yield from _of_another_kind(row, column, name, superclasses)


def wrong_types(constructs: Iterable[Placed[Construct]], superclasses: Mapping[str, set[str]]) -> list[Problem]:
    """The types of these constructs that are no class of constructs, each with the classes that are."""
    wanted = KINDS["construct"]
    known = sorted(name for name, above in superclasses.items() if wanted in above)
    return [
        row.problem(
            "type", f"'{name}' is not a class of constructs", suggestion(name, known, f"use one of {', '.join(known)}")
        )
        for row in constructs
        for name in row.record.type
        if name not in known
    ]


def targets(record: Record, column: str, mark: Ref) -> Iterator[tuple[str, str]]:
    """Kind and id of each record that a reference cell names."""
    for name in referenced(record, column):
        if mark.kind == "any":
            kind, _, local = name.partition(":")
            yield kind, local
        else:
            yield mark.kind, name


def referenced(record: Record, column: str) -> tuple[str, ...]:
    """The ids that a reference cell names, less the word for the project itself."""
    value = getattr(record, column)
    names = value if isinstance(value, tuple) else (value,) if value else ()
    if column == "kind":
        return tuple(name.class_name for name in names)
    return tuple(name for name in names if not (column == "definition_source" and name == PROJECT_SOURCE))


def _of_another_kind(
    row: Placed[Any], column: str, name: str, superclasses: Mapping[str, set[str]]
) -> Iterator[Problem]:
    """A type that exists, but not for things of this kind."""
    wanted = KINDS[kind_of_row(row)]
    if wanted not in superclasses.get(name, {wanted}):
        what = "codes of this list" if isinstance(row.record, Code) else row.record.table
        yield row.problem(column, f"'{name}' is not a class of {what}", f"use one below {wanted}")


def _obsolete(row: Placed[Any], column: str, gone: Obsolete) -> Problem:
    do = f"use {' or '.join(gone.replaced_by)}" if gone.replaced_by else f"leave it out ({gone.reason})"
    return row.problem(column, f"'{gone.id}' is obsolete", do)


def _called(corpus: Corpus) -> dict[str, Names]:
    """What constructs and measures are called besides their ids, for whom writes that into a cell."""
    constructs, measures = Names(), Names()
    for construct in (row.record for row in corpus.constructs):
        constructs.add(construct.id, (construct.label, *construct.alt_labels))
    for measure in (row.record for row in corpus.measures):
        measures.add(measure.id, (measure.label, measure.acronym, *measure.alt_labels))
    return {"construct": constructs, "measure": measures}


def _unknown(row: Placed[Any], column: str, kind: str, name: str, known: set[str], called: Names) -> Problem:
    listed = f"use one of {', '.join(sorted(known))}" if 0 < len(known) <= 15 else None
    many = "use one of ontology/terms/codes.tsv" if kind in CODE_KINDS else f"name a {kind} that exists"
    if "," in name and isinstance(getattr(row.record, column), tuple):
        return row.problem(column, f"unknown {kind} '{name}'", "separate several by semicolons, not by commas")
    if id := called.called(name):
        return row.problem(column, f"unknown {kind} '{name}'", f"write {id}, which is the id of what is called so")
    near = [f"'{each}'" for each in called.near(name)]
    otherwise = f"did you mean {' or '.join(near)}?" if near else _WHERE_TO_ADD.get(kind, listed or many)
    return row.problem(column, f"unknown {kind} '{name}'", suggestion(name, known, otherwise))
