"""The screen: large tables are checked as dataframes, and whatever is in doubt is read by the record models.

The engine only says which rows are beyond doubt (``kg.bulk.doubts``, and here ids and names). The others are fetched
from their file and told by the record models and by ``kg.references``: one source of rules and of words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain, islice
from pathlib import Path

from kg.bulk.columns import Column, Sort, columns_of
from kg.bulk.doubts import doubtful
from kg.bulk.engines import Engine
from kg.bulk.frames import Table, typed
from kg.bulk.sources import Source
from kg.cells import Ref
from kg.corpus import Corpus
from kg.errors import Problem, ProblemsFound
from kg.placed import Placed
from kg.records import Record
from kg.references import ids_used_twice, known_names, targets, unknown_references
from kg.tables import read_records

#: So many problems are told; of the others, how many they are.
TOLD = 1_000
#: So many rows of a table may be in doubt.
MOST_IN_DOUBT = 100_000


@dataclass(frozen=True)
class Large:
    """A large table: where it lies, and its rows as columns that can be reckoned with."""

    source: Source
    table: Table

    @property
    def model(self) -> type[Record]:
        return self.source.model


def opened(engine: Engine, found: Iterable[Source], work: Path) -> list[Large]:
    """The large tables, ready to be screened, typed once and kept below ``work``."""
    return [
        Large(source, engine.kept(typed(engine.read(source.parquet), source.model), work / f"typed-{number}.parquet"))
        for number, source in enumerate(found)
    ]


def screened(
    engine: Engine, tables: Sequence[Large], corpus: Corpus, superclasses: Mapping[str, set[str]]
) -> list[Large]:
    """The tables, with each row that was in doubt as its record writes it.

    ``corpus`` has all that is not in the tables. Raises ProblemsFound with what is wrong in the tables or the corpus.
    """
    doubted = _in_doubt(engine, tables, corpus, superclasses)
    rows = _read(tables, doubted, corpus)
    try:
        _tell(engine, tables, corpus, superclasses, doubted)
    finally:
        _set_aside(corpus, rows)
    return [_mended(engine, large, doubted[large.source], rows[large.source]) for large in tables]


# --- which rows are in doubt -----------------------------------------------------------------


def _in_doubt(
    engine: Engine, tables: Sequence[Large], corpus: Corpus, superclasses: Mapping[str, set[str]]
) -> dict[Source, set[str]]:
    """Of each table the ids of the rows in doubt; of a row without an id it is empty."""
    known = known_names(corpus, superclasses)
    names = {kind: _names(engine, kind, tables, known) for kind in _kinds(tables)}
    return {
        large.source: {
            (row[0] or "").strip()
            for doubts in _doubts(engine, large, tables, known, names)
            for row in engine.rows(doubts.distinct().limit(MOST_IN_DOUBT + 1))
        }
        for large in tables
    }


def _kinds(tables: Sequence[Large]) -> set[str]:
    return {column.mark.kind for large in tables for column in _references(large) if isinstance(column.mark, Ref)}


def _references(large: Large) -> list[Column]:
    """The columns that name other records; which classes there are is a matter of the column's type."""
    return [each for each in columns_of(large.model) if isinstance(each.mark, Ref) and each.mark.kind != "class"]


def _names(engine: Engine, kind: str, tables: Sequence[Large], known: Mapping[str, set[str]]) -> Table:
    """Everything of a kind that may be named, in a table with the column ``name``."""
    small = engine.table({"name": sorted(known.get(kind, ()))})
    ids = (each.table.select(name="id") for each in tables if each.model.prefix == kind)
    # An id that is missing, among those that are known, would leave it open whether any other name is known.
    large = [each.filter(each.name.notnull()) for each in ids]
    return reduce(lambda one, other: one.union(other), large, small)


def _doubts(
    engine: Engine, large: Large, tables: Sequence[Large], known: Mapping[str, set[str]], names: Mapping[str, Table]
) -> Iterator[Table]:
    """Tables of ids whose rows are in doubt, each for another reason."""
    table, doubt = large.table, doubtful(large.table, large.model)
    for column in _references(large):
        assert isinstance(column.mark, Ref)
        known_here = names[column.mark.kind].name
        if column.sort is Sort.MANY:
            named = table.select("id", named=table[column.name].unnest())
            yield named.filter(~named.named.isin(known_here)).select("id")
        else:
            doubt = doubt | (table[column.name].notnull() & ~table[column.name].isin(known_here))
    yield table.filter(doubt).select("id")
    yield _repeated(engine, large, tables, known)


def _repeated(engine: Engine, large: Large, tables: Sequence[Large], known: Mapping[str, set[str]]) -> Table:
    """The ids of the table that stand more than once, here or in another file."""
    small = engine.table({"id": sorted(known.get(large.model.prefix, ()))})
    same = [each.table.select("id") for each in tables if each.model is large.model]
    counted = (
        reduce(lambda one, other: one.union(other), same, small).group_by("id").aggregate(times=lambda t: t.count())
    )
    twice = counted.filter(counted.times > 1)
    return large.table.filter(large.table.id.isin(twice.id)).select("id")


# --- what the record models say of them ------------------------------------------------------


def _read(
    tables: Sequence[Large], doubted: Mapping[Source, set[str]], corpus: Corpus
) -> dict[Source, list[Placed[Record]]]:
    """The records of the rows in doubt, put into the corpus with whatever is wrong with them."""
    rows: dict[Source, list[Placed[Record]]] = {}
    for large in tables:
        source = large.source
        rows[source] = []
        if len(doubted[source]) > MOST_IN_DOUBT:
            what = f"more than {MOST_IN_DOUBT:,} rows are not written as rows of this table are"
            corpus.problems.append(Problem(source.shown, 0, "", what, "mend those that are told, then check again"))
        if doubted[source]:
            reading = read_records(source.path, source.shown, large.model, set(islice(doubted[source], MOST_IN_DOUBT)))
            rows[source] = corpus.take(reading, [large.model.prefix])
        _place(corpus, source).extend(rows[source])
    return rows


def _place(corpus: Corpus, source: Source) -> list[Placed[Record]]:
    """Where in the corpus the rows of a large table belong."""
    dataset = next(each for each in corpus.datasets if each.id == source.dataset)
    placed: list[Placed[Record]] = getattr(dataset, source.model.table)
    return placed


def _set_aside(corpus: Corpus, rows: Mapping[Source, list[Placed[Record]]]) -> None:
    """Take the rows of large tables out of the corpus again: they come into the graph with all others of theirs."""
    for source in rows:
        _place(corpus, source).clear()


def _tell(
    engine: Engine,
    tables: Sequence[Large],
    corpus: Corpus,
    superclasses: Mapping[str, set[str]],
    doubted: Mapping[Source, set[str]],
) -> None:
    """Raise what is wrong, the first of it where that is much: to look for near names takes its time."""
    besides = _beyond_doubt(engine, tables, _named_kinds(corpus), doubted)
    found = chain(corpus.problems, ids_used_twice(corpus), unknown_references(corpus, superclasses, besides))
    problems = list(islice(found, TOLD))
    if problems:
        if next(found, None):
            what = (
                f"more than the {TOLD:,} problems that are told; {sum(map(len, doubted.values())):,} rows were in doubt"
            )
            advice = "mend those that are told, then check again"
            problems.append(Problem(tables[-1].source.shown, 0, "", what, advice))
        raise ProblemsFound(problems)


def _named_kinds(corpus: Corpus) -> set[str]:
    """The kinds of which the corpus names members."""
    return {
        kind
        for row in corpus.rows()
        for column, mark in row.record.marks().items()
        if isinstance(mark, Ref)
        for kind, _ in targets(row.record, column, mark)
    }


def _beyond_doubt(
    engine: Engine, tables: Sequence[Large], kinds: set[str], doubted: Mapping[Source, set[str]]
) -> dict[str, set[str]]:
    """The ids of the rows that were not in doubt, by kind, of these kinds; of the others the corpus knows by now."""
    known: dict[str, set[str]] = {}
    for large in tables:
        if large.model.prefix in kinds:
            ids = {row[0] for row in engine.rows(large.table.select("id"))}
            known.setdefault(large.model.prefix, set()).update(ids - doubted[large.source] - {None})
    return known


def _mended(engine: Engine, large: Large, doubted: set[str], rows: Sequence[Placed[Record]]) -> Large:
    """The table with the rows that were in doubt as their records write them."""
    if not rows:
        return large
    cells = [row.record.cells() for row in rows]
    text = engine.table({name: [cell[name] for cell in cells] for name in large.model.columns()})
    kept = large.table.filter(~large.table.id.isin(engine.table({"id": sorted(doubted)}).id))
    return Large(large.source, kept.union(typed(text, large.model)))
