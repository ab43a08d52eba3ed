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
    keys = sorted({row.record.reported_in for row in dataset.rows() if getattr(row.record, "reported_in", None)})
    some = f"{', '.join(keys[:3])}{', …' if len(keys) > 3 else ''}"
    if publication:
        if publication not in keys:
            raise KgError(f"--publication {publication}: no row of {dataset.id} was read in it; use one of {some}")
        return publication
    only = dataset.info.record.source if dataset.info.record.source in keys else keys[0] if len(keys) == 1 else None
    if only is None:
        raise KgError(f"{dataset.id} was read in {len(keys)} sources; say in which of them by --publication: {some}")
    return only
