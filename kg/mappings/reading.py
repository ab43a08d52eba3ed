"""Mapping sets from SSSOM tables: a head in YAML behind number signs, and below it a row a mapping.

Rows are numbered as a spreadsheet numbers them when it opens the whole file: line 1 is row 1. Every
problem of a set is told at once. What the head states once holds for every mapping.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml
from pydantic import ValidationError

from kg.errors import Problem, ProblemsFound
from kg.files import read_text
from kg.formulas import as_meant
from kg.mappings.records import Mapping, SetHead
from kg.mappings.slots import BUILT_IN, prefix_of
from kg.placed import KEYS, explain, suggestion

M = TypeVar("M", bound=Mapping)


@dataclass(frozen=True)
class PlacedMapping(Generic[M]):
    """A mapping and the row it was read from."""

    record: M
    path: str
    row: int

    def problem(self, column: str, what: str, do: str) -> Problem:
        """A problem of this row."""
        return Problem(self.path, self.row, column, what, do)


@dataclass(frozen=True)
class MappingSet(Generic[M]):
    """A set as read: what it says of itself, and its mappings with their places."""

    head: SetHead
    rows: list[PlacedMapping[M]] = field(default_factory=list)

    @property
    def mappings(self) -> list[M]:
        """The mappings, with what the head states for all of them."""
        return [each.record for each in self.rows]


def read_set(path: Path, shown: str, model: type[M]) -> MappingSet[M]:
    """The set at ``path``, its rows read as ``model``; ProblemsFound, with every problem of it, where it is wrong.

    ``shown`` is how the file is named in problems.
    """
    text = read_text(path, shown)
    head_text, table_text = _parted(text)
    reader = _SetReader(shown, model)
    head = reader.head(head_text)
    rows = reader.rows(table_text, head, head_text.count("\n"))
    if reader.problems or head is None:
        raise ProblemsFound(reader.problems)
    return MappingSet(head, rows)


def _parted(text: str) -> tuple[str, str]:
    """The lines of the head, without their number signs, and the table below them."""
    lines = text.splitlines(keepends=True)
    end = next((index for index, line in enumerate(lines) if not line.startswith(("#", '"#'))), len(lines))
    # A spreadsheet that saved the file may have filled up the lines of the head with empty cells.
    head = "".join(_unquoted(line)[1:].rstrip("\t\r\n") + "\n" for line in lines[:end])
    return head, "".join(lines[end:])


def _unquoted(line: str) -> str:
    """A line of the head without the quotes in which a spreadsheet puts a cell that holds commas or quotes."""
    return next(csv.reader([line], delimiter="\t"))[0] if line.startswith('"') else line


class _SetReader(Generic[M]):
    def __init__(self, shown: str, model: type[M]) -> None:
        self.shown = shown
        self.model = model
        self.problems: list[Problem] = []

    def problem(self, row: int, column: str, what: str, do: str) -> None:
        self.problems.append(Problem(self.shown, row, column, what, do))

    # --- the head --------------------------------------------------------------------------------

    def head(self, text: str) -> SetHead | None:
        if not text.strip():
            do = "start it with '# mapping_set_id: …', '# license: …' and '# curie_map:', one a line"
            self.problem(1, "", "the set has no head", do)
            return None
        given = self._keys(text)
        if given is None:
            return None
        values, places = given
        try:
            head = SetHead.model_validate(values)
        except ValidationError as error:
            for each in explain(self.shown, 0, error, SetHead, KEYS):
                self.problem(places.get(each.column, 0), each.column, each.what, each.do)
            return None
        for prefix in sorted(BUILT_IN.keys() & head.curie_map):
            if head.curie_map[prefix] != BUILT_IN[prefix]:
                what = f"the prefix '{prefix}' stands for {BUILT_IN[prefix]} in every set"
                self.problem(places["curie_map"], "curie_map", what, "give yours another name")
        return head

    def _keys(self, text: str) -> tuple[dict[str, Any], dict[str, int]] | None:
        """The keys of the head with their values, and with the rows they stand in."""
        try:
            # The plainest loader: every value stays the text that stands there.
            if any(isinstance(each, yaml.AliasEvent) for each in yaml.parse(text, Loader=yaml.BaseLoader)):
                self.problem(0, "", "the head repeats itself by reference (*name)", "write every value where it stands")
                return None
            values = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 (makes nothing but text, lists and maps)
            node = yaml.compose(text, Loader=yaml.BaseLoader)
        except (yaml.YAMLError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            self.problem(mark.line + 1 if mark else 0, "", "the head is not YAML", "write '# key: value', one a line")
            return None
        if not isinstance(values, dict):
            self.problem(1, "", "the head holds no keys", "write '# key: value', one a line")
            return None
        places = {str(key.value): key.start_mark.line + 1 for key, _ in node.value}
        filled = {key: value for key, value in values.items() if value not in ("", None)}
        return filled, places

    # --- the table -------------------------------------------------------------------------------

    def rows(self, text: str, head: SetHead | None, above: int) -> list[PlacedMapping[M]]:
        lines = self._lines(text, above)
        if not lines:
            if not self.problems:
                self.problem(0, "", "the set has no header below its head", "add the names of the columns")
            return []
        (header_row, header), *rows = lines
        columns = self._columns(header_row, header, head)
        if columns is None:
            return []
        stated = {name: value for name, value in head.stated_once().items() if name not in columns} if head else {}
        placed = [each for row, cells in rows if (each := self._mapping(row, cells, columns, stated))]
        self._check(placed, head)
        return placed

    def _lines(self, text: str, above: int) -> list[tuple[int, list[str]]]:
        if "\0" in text:
            self.problem(0, "", "not a text table (it holds NUL bytes)", "save it as UTF-8 text with tabs")
            return []
        reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t", strict=True)
        rows: list[tuple[int, list[str]]] = []
        try:
            for number, cells in enumerate(reader, start=above + 1):
                meant = [as_meant(cell.strip()) for cell in cells]
                if any(meant):
                    rows.append((number, meant))
        except csv.Error as error:
            if "limit" in str(error):
                what, do = "a cell is longer than 131,072 characters", "shorten it"
            else:
                what = "a quotation mark that opens a cell is never closed, or text follows the closing one"
                do = 'remove the mark or double it inside a quoted cell ("")'
            self.problem(above + reader.line_num, "", what, do)
        return rows

    def _columns(self, row: int, header: list[str], head: SetHead | None) -> list[str] | None:
        known = self.model.columns()
        extensions = {each.slot_name for each in head.extension_definitions} if head else set()
        while header and not header[-1]:
            header.pop()
        if len(header) == 1 and "," in header[0]:
            self.problem(row, "", "the cells are separated by commas", "save it with tabs")
            return None
        for name in sorted({name for name in header if header.count(name) > 1}):
            self.problem(row, name, "the column stands there twice", "keep one of the two")
        for name in header:
            if name not in known and name not in extensions:
                do = suggestion(name, known, "declare it in extension_definitions, or remove it")
                self.problem(row, name, "an unknown column", do)
        missing = [name for name, slot in self.model.model_fields.items() if slot.is_required() and name not in header]
        for name in missing:
            self.problem(row, name, "a required column is missing", "add it")
        return None if missing else header

    def _mapping(
        self, row: int, cells: list[str], columns: list[str], stated: dict[str, object]
    ) -> PlacedMapping[M] | None:
        if any(cells[len(columns) :]):
            self.problem(row, "", f"{len(cells)} cells for {len(columns)} columns", "look for a stray tab")
            return None
        fields = self.model.model_fields
        values = {name: cell for name, cell in zip(columns, cells, strict=False) if cell and name in fields}
        try:
            return PlacedMapping(self.model.model_validate(stated | values), self.shown, row)
        except ValidationError as error:
            self.problems.extend(explain(self.shown, row, error, self.model))
            return None

    def _check(self, placed: list[PlacedMapping[M]], head: SetHead | None) -> None:
        first: dict[tuple[str | None, ...], PlacedMapping[M]] = {}
        for each in placed:
            if head:
                self.problems.extend(_undeclared(each, head))
            earlier = first.setdefault(each.record.key, each)
            if earlier is not each:
                self.problem(each.row, "object_id", f"row {earlier.row} says the same", "keep one of the two")


def _undeclared(each: PlacedMapping[M], head: SetHead) -> Iterator[Problem]:
    for column, curies in each.record.curies().items():
        for curie in curies:
            if not head.knows(curie):
                what = f"the prefix of '{curie}' is not declared"
                yield each.problem(column, what, f"add '{prefix_of(curie)}' to curie_map in the set's head")
