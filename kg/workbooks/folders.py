"""A workbook as a dataset folder for as long as it is looked at, with what is wrong in it told by sheet and cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from kg.corpus import Corpus, Dataset, read_corpus
from kg.errors import Problem, ProblemsFound
from kg.names import SLUG
from kg.resources import Rooms
from kg.workbooks.layout import column_of
from kg.workbooks.reading import Workbook, read_workbook

#: What people are told of files that a workbook has no files for.
_IN_SHEETS = (
    (r"add it to ontology/terms/(\w+)\.tsv, or to \w+\.tsv in a folder of your own",
     r"look it up in the sheet vocabulary, or describe it in the sheet \1"),
    (r"add it to evidence/references\.bib", "describe it in the sheet references"),
    (r"use one of ontology/terms/codes\.tsv", "choose one from the list of the cell"),
    (r"add it to (studies|samples|reviews)$", r"describe it in the sheet \1, or correct the name"),
)  # fmt: skip
_NO_TABLE = re.compile(r"no table (\w+)")
#: What a dataset is called whose workbook tells no name, or none that can be one.
UNNAMED = "unnamed"
_EMPTY = re.compile(r"a required (cell is empty|key is missing)")


def read_dataset(rooms: Rooms, path: Path) -> tuple[Corpus, Dataset]:
    """The dataset at ``path``, a folder or a workbook, with the vocabulary that it is read in.

    ProblemsFound where one of its rows, or of those here, cannot be read. A dataset here of the same name stands back.
    """
    with as_folder(path) if path.is_file() else nullcontext(path) as folder:
        corpus = read_corpus(rooms.without([folder.name]), [folder])
        if corpus.problems:
            raise ProblemsFound(corpus.problems)
        return corpus, corpus.datasets[-1]


@contextmanager
def as_folders(paths: Iterable[Path]) -> Iterator[list[Path]]:
    """The dataset folders that these workbooks stand for."""
    with ExitStack() as stack:
        yield [stack.enter_context(as_folder(path)) for path in paths]


@contextmanager
def as_folder(path: Path) -> Iterator[Path]:
    """The dataset folder that the workbook at ``path`` stands for. ProblemsFound is told by sheet and cell."""
    book = read_workbook(path)
    with TemporaryDirectory() as place:
        folder = Path(place) / (book.id if SLUG.fullmatch(book.id) else UNNAMED)
        folder.mkdir()
        for name, text in book.files.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
        try:
            yield folder
        except ProblemsFound as found:
            already = {each.place for each in book.problems}
            told = [_told(each, book, folder) for each in found.problems]
            raise ProblemsFound([*book.problems, *(each for each in told if each.place not in already)]) from None
    if book.problems:
        raise ProblemsFound(book.problems)


def wrong_name(folder: Path, wanted: str) -> Problem:
    """That a dataset is not called as it should be."""
    what = f"'{folder.name}' is not the name given by --as, '{wanted}'"
    return Problem(str(folder / "dataset.toml"), 0, "id", what, "use one name in both")


def _told(problem: Problem, book: Workbook, folder: Path) -> Problem:
    """A problem of the folder as one of the workbook; any other as it is, but for what it says of the workbook."""
    name = Path(problem.path).name
    what, do = (_in_sheets(text, book, folder, name) for text in (problem.what, problem.do))
    if problem.path == str(folder) and (missing := _NO_TABLE.match(what)):
        return book.problem(missing[1], 0, "", "", "the sheet has no rows", "fill it in")
    if Path(problem.path).parent != folder or name not in book.places:
        return problem._replace(what=what, do=do)
    sheet = book.sheets[name]
    row, letter = book.places[name](problem.row, problem.column)
    column = column_of(sheet, problem.column)
    if column and letter and _EMPTY.match(what):
        what, do = "the cell is empty, and must be filled", f"write: {column.meaning}"
    return book.problem(sheet, row, letter, problem.column, what, do)


def _in_sheets(text: str, book: Workbook, folder: Path, name: str) -> str:
    """What a problem of the file ``name`` says, with sheets for files and their rows."""

    def of_sheet(match: re.Match[str]) -> str:
        row = book.places[match["file"]](int(match["row"] or 0), "")[0]
        return f"sheet {book.sheets[match['file']]} of {book.path}{f', row {row}' if row else ''}"

    def of_row(match: re.Match[str]) -> str:
        return f"of row {book.places[name](int(match[1]), '')[0]}"

    files = "|".join(map(re.escape, book.places))
    text = re.sub(rf"{re.escape(str(folder))}/(?P<file>{files})(?:, row (?P<row>\d+))?", of_sheet, text)
    text = re.sub(r"\bof row (\d+)", of_row, text) if name in book.places else text
    for pattern, instead in _IN_SHEETS:
        text = re.sub(pattern, instead, text)
    return text
