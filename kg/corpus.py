"""Everything that people wrote, read: terms, references and datasets, with the place of every row.

Reading never stops at the first problem; what one row says of another is ``kg.references``' to check.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from kg.bibliography import read_publications
from kg.errors import Problem, ProblemsFound
from kg.files import is_left_behind, read_text
from kg.placed import KEYS, Placed, R, Reading, explain, suggestion
from kg.records import (
    CitedResult,
    Code,
    Construct,
    DatabaseSearch,
    DatasetInfo,
    EligibilityCriterion,
    Finding,
    Limitation,
    Measure,
    Member,
    Obsolete,
    OverlapDecision,
    Proposition,
    Publication,
    PublishedPooledEstimate,
    Record,
    ReviewMethod,
    ReviewStep,
    RiskOfBias,
    Sample,
    Study,
    Therapy,
    TherapyClaim,
    TherapyPart,
    Uncoded,
)
from kg.resources import Rooms
from kg.tables import SUFFIXES, find_tables, read_records

if TYPE_CHECKING:
    from kg.mappings.kept import KeptSet

_DESCRIBE = "describe the dataset in it; of a table of results, kg import makes a dataset"


@dataclass
class Dataset:
    """What was coded from one source."""

    info: Placed[DatasetInfo]
    studies: list[Placed[Study]] = field(default_factory=list)
    samples: list[Placed[Sample]] = field(default_factory=list)
    risk_of_bias: list[Placed[RiskOfBias]] = field(default_factory=list)
    findings: list[Placed[Finding]] = field(default_factory=list)
    propositions: list[Placed[Proposition]] = field(default_factory=list)
    overlaps: list[Placed[OverlapDecision]] = field(default_factory=list)
    therapy_claims: list[Placed[TherapyClaim]] = field(default_factory=list)
    limitations: list[Placed[Limitation]] = field(default_factory=list)
    reviews: list[Placed[ReviewMethod]] = field(default_factory=list)
    review_steps: list[Placed[ReviewStep]] = field(default_factory=list)
    database_searches: list[Placed[DatabaseSearch]] = field(default_factory=list)
    eligibility: list[Placed[EligibilityCriterion]] = field(default_factory=list)
    cited_results: list[Placed[CitedResult]] = field(default_factory=list)
    pooled_estimates: list[Placed[PublishedPooledEstimate]] = field(default_factory=list)
    constructs: list[Placed[Construct]] = field(default_factory=list)
    measures: list[Placed[Measure]] = field(default_factory=list)
    uncoded: list[Placed[Uncoded]] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.info.record.id

    def terms(self) -> Iterator[Placed[Any]]:
        """The constructs and measures that a folder from elsewhere brings."""
        yield from self.constructs
        yield from self.measures

    def rows(self) -> Iterator[Placed[Any]]:
        for table in DATASET_TABLES:
            yield from getattr(self, table)


#: The tables of a dataset: attribute of ``Dataset`` -> record class.
DATASET_TABLES: dict[str, type[Record]] = {
    model.table: model
    for model in (
        Study,
        Sample,
        RiskOfBias,
        Finding,
        Proposition,
        OverlapDecision,
        TherapyClaim,
        Limitation,
        ReviewMethod,
        ReviewStep,
        DatabaseSearch,
        EligibilityCriterion,
        CitedResult,
        PublishedPooledEstimate,
    )
}
#: What a dataset folder from elsewhere may bring of the vocabulary; ours stands in ontology/terms.
TERM_TABLES: dict[str, type[Record]] = {model.table: model for model in (Construct, Measure)}
#: What an import leaves beside the tables of a dataset, for people to read; no build reads it.
LEFT_BY_IMPORT = ("not-understood", "waiting", "kept-columns", "proposed-constructs", "proposed-measures")
#: What a dataset says of its source for audits: checked as all tables are, and in no graph.
AUDIT_TABLES: dict[str, type[Record]] = {Uncoded.table: Uncoded}
#: All that a dataset of ours may hold, and all that one from elsewhere may.
OWN_TABLES = {**DATASET_TABLES, **AUDIT_TABLES}
TABLES_FROM_ELSEWHERE = {**OWN_TABLES, **TERM_TABLES}
#: What a dataset with evidence cannot be without; one of theory, syntheses or terms alone has only what tells that.
EVIDENCE_TABLES = ("studies", "samples", "findings")
TABLES_THAT_STAND_ALONE = ("propositions", "therapy_claims", "pooled_estimates")


@dataclass
class Corpus:
    """All records, and every problem met while reading them."""

    constructs: list[Placed[Construct]] = field(default_factory=list)
    measures: list[Placed[Measure]] = field(default_factory=list)
    codes: list[Placed[Code]] = field(default_factory=list)
    therapies: list[Placed[Therapy]] = field(default_factory=list)
    therapy_parts: list[Placed[TherapyPart]] = field(default_factory=list)
    publications: list[Placed[Publication]] = field(default_factory=list)
    #: What was released once and is no more.
    obsolete: list[Placed[Obsolete]] = field(default_factory=list)
    datasets: list[Dataset] = field(default_factory=list)
    #: What our terms correspond to in other ontologies.
    mapping_sets: list[KeptSet] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    #: Ids of rows that could not be read: a reference to one is not a second mistake.
    broken: set[str] = field(default_factory=set)
    #: Kinds of which rows may be lost with a file: nor is a reference to one of those.
    lost: set[str] = field(default_factory=set)

    def terms(self) -> Iterator[Placed[Any]]:
        rows: tuple[Placed[Any], ...] = (
            *self.constructs,
            *self.measures,
            *self.codes,
            *self.therapies,
            *self.therapy_parts,
        )
        yield from rows

    def rows(self) -> Iterator[Placed[Any]]:
        """Every placed record of what there is; not of what is obsolete."""
        yield from self.terms()
        yield from self.publications
        for dataset in self.datasets:
            yield dataset.info
            yield from dataset.terms()
            yield from dataset.rows()

    def uncoded(self) -> Iterator[Placed[Uncoded]]:
        """What datasets say that nobody coded: in no graph, but checked."""
        for dataset in self.datasets:
            yield from dataset.uncoded

    def take(self, reading: Reading[R], kinds: Iterable[str]) -> list[Placed[R]]:
        """Keep what is wrong with a file that was read; give its records."""
        self.problems += reading.problems
        self.broken |= reading.broken
        if reading.lost:
            self.lost.update(kinds)
        return reading.records

    def places(self) -> dict[str, Placed[Any]]:
        """IRI -> the row that describes it."""
        rows: dict[str, Any] = {row.record.iri: row for row in self.rows()}
        for kept in self.mapping_sets:
            rows.update(kept.placed())
        return rows


def read_corpus(
    rooms: Rooms, extra: Iterable[Path] = (), left_out: Mapping[Path, Collection[type[Record]]] | None = None
) -> Corpus:
    """Read all tables below ``rooms`` and the dataset folders ``extra``.

    These may bring publications, constructs and measures of their own. ``left_out`` names, by folder, the tables that
    are there and not read here.
    """
    from kg.mappings.kept import read_kept

    corpus = Corpus()
    terms = rooms.ontology / "terms"
    corpus.constructs = _table(corpus, rooms, terms, Construct)
    corpus.measures = _table(corpus, rooms, terms, Measure)
    corpus.codes = _table(corpus, rooms, terms, Code)
    corpus.therapies = _table(corpus, rooms, terms, Therapy)
    corpus.therapy_parts = _table(corpus, rooms, terms, TherapyPart)
    corpus.obsolete = _table(corpus, rooms, terms, Obsolete, optional=True)
    of_terms = (Construct, Measure, Code, Therapy, TherapyPart, Obsolete)
    _name_strangers(corpus, rooms, terms, [model.table for model in of_terms])
    corpus.mapping_sets, wrong = read_kept(rooms)
    corpus.problems += wrong
    own = rooms.datasets()
    others = [folder for folder in extra if folder.resolve() not in {each.resolve() for each in own}]
    read_all_publications(corpus, rooms, others)
    for folder in own:
        _read_dataset(corpus, rooms, folder, OWN_TABLES)
    for folder in others:
        _read_dataset(corpus, rooms, folder, TABLES_FROM_ELSEWHERE, (left_out or {}).get(folder, ()))
    return corpus


def read_all_publications(corpus: Corpus, rooms: Rooms, extra: Iterable[Path]) -> None:
    """Add the publications of everybody, and those that datasets bring, ``extra`` ones included."""
    shown = rooms.shown(rooms.publications)
    corpus.publications = corpus.take(read_publications(rooms.publications, shown), ["publication"])
    for folder in (*rooms.datasets(), *extra):
        _add_publications(corpus, rooms, folder / rooms.publications.name)


def read_datasets(rooms: Rooms, folders: Iterable[Path]) -> Corpus:
    """The datasets in these folders and nothing else, not even the publications that they bring."""
    corpus, own = Corpus(), set(rooms.datasets())
    for folder in folders:
        _read_dataset(corpus, rooms, folder, OWN_TABLES if folder in own else TABLES_FROM_ELSEWHERE)
    return corpus


def _add_publications(corpus: Corpus, rooms: Rooms, bib: Path) -> None:
    """Add the publications that a dataset folder brings; under a key that is taken it must be the same one."""
    if not bib.exists():
        return
    taken = {row.record.id: row for row in corpus.publications}
    for row in corpus.take(read_publications(bib, rooms.shown(bib)), ["publication"]):
        earlier = taken.get(row.record.id)
        if earlier is None:
            corpus.publications.append(row)
        elif earlier.record != row.record:
            what = f"'{row.record.id}' is told otherwise in {earlier.path}, row {earlier.row}"
            corpus.problems.append(row.problem("", what, "take that entry over, or give this one another key"))


def _table(
    corpus: Corpus, rooms: Rooms, folder: Path, model: type[R], optional: bool = False, unread: bool = False
) -> list[Placed[R]]:
    kinds = model.kinds if issubclass(model, Member) else (model.prefix,)
    paths = find_tables(folder, model.table)
    if not paths:
        if not optional:
            wanted = " or ".join(f"{model.table}{suffix}" for suffix in SUFFIXES)
            corpus.problems.append(Problem(rooms.shown(folder), 0, "", f"no table {model.table}", f"add {wanted}"))
            corpus.lost.update(kinds)
        return []
    if len(paths) > 1:
        what = f"the same table in {len(paths)} formats ({', '.join(path.name for path in paths)})"
        corpus.problems.append(Problem(rooms.shown(folder), 0, "", what, "keep one of them"))
    return [] if unread else corpus.take(read_records(paths[0], rooms.shown(paths[0]), model), kinds)


def _name_strangers(
    corpus: Corpus, rooms: Rooms, folder: Path, tables: Iterable[str], unread: Iterable[str] = ()
) -> None:
    """Say which tables of the folder nobody reads: a misspelt name must not lose a table in silence."""
    known = list(tables)
    for path in sorted(folder.glob("*")):
        strange = path.stem not in (*known, *unread)
        if path.suffix in SUFFIXES and strange and not is_left_behind(path.name):
            advice = suggestion(path.stem, known, f"name it {', '.join(known)}, or move it elsewhere")
            corpus.problems.append(Problem(rooms.shown(path), 0, "", "an unknown table", advice))


def _read_dataset(
    corpus: Corpus,
    rooms: Rooms,
    folder: Path,
    models: Mapping[str, type[Record]],
    unread: Collection[type[Record]] = (),
) -> None:
    path = folder / "dataset.toml"
    info = _dataset_info(corpus, path, rooms.shown(path))
    if info is None and not path.exists():
        corpus.lost.update(model.prefix for model in models.values())
        return
    required = _required_tables(folder)
    tables = {
        name: _table(corpus, rooms, folder, model, name not in required, model in unread)
        for name, model in models.items()
    }
    _name_strangers(corpus, rooms, folder, models, LEFT_BY_IMPORT)
    if info is None:
        corpus.lost.update(model.prefix for model in models.values())
        return
    if info.record.id != folder.name:
        what = f"'{info.record.id}' is not the name of its folder"
        corpus.problems.append(info.problem("id", what, f"use '{folder.name}'"))
    corpus.datasets.append(Dataset(info, **tables))  # type: ignore[arg-type]


def _required_tables(folder: Path) -> tuple[str, ...]:
    alone, evidence, terms, import_is_begun = (
        any(find_tables(folder, name) for name in tables)
        for tables in (TABLES_THAT_STAND_ALONE, EVIDENCE_TABLES, TERM_TABLES, LEFT_BY_IMPORT)
    )
    # beside what an import has left terms are not alone: their results wait to be imported again
    return () if (alone or (terms and not import_is_begun)) and not evidence else EVIDENCE_TABLES


def _dataset_info(corpus: Corpus, path: Path, shown: str) -> Placed[DatasetInfo] | None:
    try:
        return Placed(DatasetInfo.model_validate(tomllib.loads(read_text(path, shown))), shown, 0)
    except ProblemsFound as found:
        gone = not path.exists()
        corpus.problems += [Problem(shown, 0, "", "no such file", _DESCRIBE)] if gone else found.problems
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        corpus.problems.append(Problem(shown, int(line[1]) if line else 0, "", f"not TOML ({error})", "mend the line"))
    except ValidationError as error:
        corpus.problems += explain(shown, 0, error, DatasetInfo, KEYS)
    return None
