"""The dataset that an audit is about: one that ships with the graph, or a folder of somebody's own."""

from __future__ import annotations

from pathlib import Path

from kg.corpus import Dataset, read_corpus
from kg.errors import KgError, ProblemsFound, UnknownName
from kg.resources import Rooms


def find_dataset(rooms: Rooms, named: str) -> Dataset:
    """The dataset of this name, or in this folder; UnknownName where there is none.

    ProblemsFound where its tables cannot be read.
    """
    ours = {folder.name: folder for folder in rooms.datasets()}
    folder = ours.get(named, Path(named))
    if not (folder / "dataset.toml").exists():
        message = f"--dataset {named}: no such dataset, and no folder with a dataset.toml"
        raise UnknownName(f"{message}; use one of {', '.join(ours)}, or a folder of your own", list(ours))
    corpus = read_corpus(rooms, [folder])
    info = rooms.shown(folder / "dataset.toml")
    if problems := [each for each in corpus.problems if Path(each.path).is_relative_to(Path(info).parent)]:
        raise ProblemsFound(problems)
    return next(each for each in corpus.datasets if each.info.path == info)


def source_of(dataset: Dataset, publication: str | None) -> str:
    """The citation key of the source: the one that is named, or the only one; KgError where that is none of it."""
    keys = {row.record.reported_in for row in dataset.rows() if getattr(row.record, "reported_in", None)}
    key = publication or dataset.info.record.source
    if key is None:
        some = ", ".join(sorted(keys)[:3])
        raise KgError(f"{dataset.id} was read in {len(keys)} sources; say which by --publication, such as {some}, …")
    if key not in keys:
        raise KgError(f"--publication {key}: no row of {dataset.id} was read in it; see its column reported_in")
    return key
