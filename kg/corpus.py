"""Everything that people wrote, read: terms, references and datasets, with the place of every row.

Reading never stops at the first problem. What one row says of another is checked here, because no
table can know it alone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from kg.bibliography import read_publications
from kg.cells import Ref
from kg.errors import Problem
from kg.names import BASE
from kg.records import (
    Code,
    Construct,
    DatasetInfo,
    Finding,
    Measure,
    Publication,
    Record,
    RiskOfBias,
    Sample,
    Study,
)
from kg.resources import Rooms
from kg.tables import SUFFIXES, Placed, find_table, read_records, rival_tables, suggestion

R = TypeVar("R", bound=Record)

#: The definition source of definitions that are our own.
PROJECT_SOURCE = "project"


@dataclass
class Dataset:
    """What was coded from one source."""

    info: Placed[DatasetInfo]
    studies: list[Placed[Study]] = field(default_factory=list)
    samples: list[Placed[Sample]] = field(default_factory=list)
    risk_of_bias: list[Placed[RiskOfBias]] = field(default_factory=list)
    findings: list[Placed[Finding]] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.info.record.id

    def rows(self) -> Iterator[Placed[Any]]:
        rows: tuple[Placed[Any], ...] = (*self.studies, *self.samples, *self.risk_of_bias, *self.findings)
        yield from rows


#: The tables of a dataset: attribute of ``Dataset`` -> record class. Studies, samples and findings are its heart.
DATASET_TABLES: dict[str, type[Record]] = {
    "studies": Study,
    "samples": Sample,
    "risk_of_bias": RiskOfBias,
    "findings": Finding,
}
OPTIONAL_TABLES = {"risk_of_bias"}


@dataclass
class Corpus:
    """All records, and every problem met while reading them."""

    constructs: list[Placed[Construct]] = field(default_factory=list)
    measures: list[Placed[Measure]] = field(default_factory=list)
    codes: list[Placed[Code]] = field(default_factory=list)
    publications: list[Placed[Publication]] = field(default_factory=list)
    datasets: list[Dataset] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    #: Ids of rows that could not be read: a reference to one is not a second mistake.
    broken: set[str] = field(default_factory=set)

    def terms(self) -> Iterator[Placed[Any]]:
        rows: tuple[Placed[Any], ...] = (*self.constructs, *self.measures, *self.codes)
        yield from rows

    def rows(self) -> Iterator[Placed[Any]]:
        """Every placed record there is."""
        yield from self.terms()
        yield from self.publications
        for dataset in self.datasets:
            yield dataset.info
            yield from dataset.rows()

    def places(self) -> dict[str, Placed[Any]]:
        """IRI -> the row that describes it."""
        return {row.record.iri: row for row in self.rows()}


def read_corpus(rooms: Rooms, class_names: Collection[str], extra: Iterable[Path] = ()) -> Corpus:
    """Read all tables below ``rooms`` and the dataset folders ``extra``.

    ``class_names`` are the local names of the ontology's classes, for the ``type`` columns.
    """
    corpus = Corpus()
    terms = rooms.ontology / "terms"
    corpus.constructs = _table(corpus, rooms, terms, Construct)
    corpus.measures = _table(corpus, rooms, terms, Measure)
    corpus.codes = _table(corpus, rooms, terms, Code)
    references = rooms.evidence / "references.bib"
    corpus.publications, problems = read_publications(references, rooms.shown(references))
    corpus.problems += problems
    for folder in (*rooms.datasets(), *extra):
        _read_dataset(corpus, rooms, folder)
    corpus.problems += _ids_used_twice(corpus)
    corpus.problems += _unknown_references(corpus, class_names)
    return corpus


def _table(corpus: Corpus, rooms: Rooms, folder: Path, model: type[R], optional: bool = False) -> list[Placed[R]]:
    path = find_table(folder, model.table)
    if path is None:
        if not optional:
            wanted = " or ".join(f"{model.table}{suffix}" for suffix in SUFFIXES)
            corpus.problems.append(Problem(rooms.shown(folder), 0, "", f"no table {model.table}", f"add {wanted}"))
        return []
    rivals = [rival.name for rival in rival_tables(folder, model.table)]
    if len(rivals) > 1:
        what = f"the same table in {len(rivals)} formats ({', '.join(rivals)})"
        corpus.problems.append(Problem(rooms.shown(folder), 0, "", what, "keep one of them"))
    reading = read_records(path, rooms.shown(path), model)
    corpus.problems += reading.problems
    corpus.broken |= reading.broken
    return reading.records


def _read_dataset(corpus: Corpus, rooms: Rooms, folder: Path) -> None:
    path = folder / "dataset.toml"
    info = _dataset_info(corpus, path, rooms.shown(path))
    tables = {
        name: _table(corpus, rooms, folder, model, optional=name in OPTIONAL_TABLES)
        for name, model in DATASET_TABLES.items()
    }
    if info is None:
        return
    if info.record.id != folder.name:
        corpus.problems.append(
            info.problem("id", f"'{info.record.id}' is not the name of its folder", f"use '{folder.name}'")
        )
    corpus.datasets.append(Dataset(info, **tables))  # type: ignore[arg-type]


def _dataset_info(corpus: Corpus, path: Path, shown: str) -> Placed[DatasetInfo] | None:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        return Placed(DatasetInfo.model_validate(values), shown, 0)
    except FileNotFoundError:
        corpus.problems.append(Problem(shown, 0, "", "no such file", "describe the dataset in it"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        corpus.problems.append(Problem(shown, 0, "", f"not TOML ({error})", "mend the file"))
    except ValidationError as error:
        corpus.problems += [
            Problem(shown, 0, ".".join(map(str, each["loc"])), each["msg"].lower(), "correct the entry")
            for each in error.errors()
        ]
    return None


def _ids_used_twice(corpus: Corpus) -> Iterator[Problem]:
    """Ids used again in another file; within one table ``kg.tables`` has said so already."""
    first: dict[str, Placed[Any]] = {}
    for row in corpus.rows():
        earlier = first.setdefault(row.record.iri, row)
        if earlier is not row and earlier.path != row.path:
            where = f"{earlier.path}, row {earlier.row}"
            yield row.problem("id", f"'{row.record.id}' is already used in {where}", "give it another id")


def _unknown_references(corpus: Corpus, class_names: Collection[str]) -> Iterator[Problem]:
    known: dict[str, set[str]] = {"class": set(class_names)}
    for row in corpus.rows():
        kind = row.record.iri.removeprefix(BASE).partition("/")[0]
        known.setdefault(kind, set()).add(row.record.id)
    for row in corpus.rows():
        for column, mark in row.record.marks().items():
            # A kind of which nothing is known has lost its whole table, which has been said already.
            if not isinstance(mark, Ref) or mark.kind not in known:
                continue
            for name in referenced(row.record, column):
                if name not in known[mark.kind] and name not in corpus.broken:
                    yield _unknown(row, column, mark, name, known[mark.kind])


def referenced(record: Record, column: str) -> tuple[str, ...]:
    """The ids that a reference cell names, less the word for the project itself."""
    value = getattr(record, column)
    names = value if isinstance(value, tuple) else (value,) if value else ()
    if column == "kind":
        return tuple(name.class_name for name in names)
    return tuple(name for name in names if not (column == "definition_source" and name == PROJECT_SOURCE))


_WHERE_TO_ADD = {
    "construct": "add it to ontology/terms/constructs.tsv",
    "measure": "add it to ontology/terms/measures.tsv",
    "publication": "add it to evidence/references.bib",
    "study": "add it to studies",
    "sample": "add it to samples",
    "finding": "name a finding that exists",
    "class": "use a class of the ontology",
}


def _unknown(row: Placed[Any], column: str, mark: Ref, name: str, known: set[str]) -> Problem:
    options = (
        f"use one of {', '.join(sorted(known))}" if 0 < len(known) <= 15 else "use one of ontology/terms/codes.tsv"
    )
    otherwise = _WHERE_TO_ADD.get(mark.kind, options)
    return row.problem(column, f"unknown {mark.kind} '{name}'", suggestion(name, known, otherwise))
