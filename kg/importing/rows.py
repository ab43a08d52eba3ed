"""A row of a table, seen through its mapping: what each of its cells holds, and what is remarked of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from kg.importing.cells import count
from kg.importing.mapping import ColumnMapping
from kg.importing.reading import Source
from kg.importing.remarks import FILLED, WITHOUT, Remark, Unclear

T = TypeVar("T")


class LeftOut(Exception):
    """The row gives no finding; ``role`` is what the cell at fault holds."""

    def __init__(self, role: str, what: str, do: str) -> None:
        self.role, self.what, self.do = role, what, do
        super().__init__(what)


@dataclass
class MappedRow:
    """One row: its number, its cells by role and by column, and what is remarked."""

    number: int
    cells: dict[str, str]
    columns: dict[str, str]
    by_column: dict[str, str]
    remarks: list[Remark] = field(default_factory=list)
    filled: tuple[str, ...] = ()
    n_above: str = ""

    def cell(self, role: str) -> str:
        return self.cells.get(role, "")

    def remark(self, role: str, what: str, do: str, outcome: str) -> None:
        """Say something of the cell that holds ``role``, under the name of its column."""
        self.remarks.append(Remark(self.number, self.columns.get(role, role), self.cell(role), what, do, outcome))

    def read(self, role: str, reader: Callable[[str], T | None]) -> T | None:
        """What a cell says; None, with a remark, where it cannot be read."""
        try:
            return reader(self.cell(role))
        except Unclear as unclear:
            self.remark(role, unclear.what, unclear.do, WITHOUT)
            return None

    def tell_filled(self) -> None:
        """Say which cells were taken from above. Raises LeftOut where n speaks against one and the same study."""
        if not self.filled:
            return
        n = _number_of_people(self.cell("n"))
        if n and self.n_above and n != self.n_above:
            what = f"the cell is empty, and n is {n} but {self.n_above} in the row above: it may be another study"
            raise LeftOut(self.filled[0], what, "write down whose row it is")
        for role in self.filled:
            what = f"the cell is empty; '{self.cell(role)}' was taken from above"
            self.remark(role, what, "fill it in where that is wrong", FILLED)


def mapped_rows(source: Source, mapping: ColumnMapping) -> Iterator[MappedRow]:
    """Every row of the table by what its cells hold; merged cells filled down where the mapping says so."""
    above: dict[str, str] = {}
    n_above = ""
    for number, cells in source.rows:
        whole = above = _filled_down(cells, above, mapping)
        told = {role: whole[name] for role, name in mapping.columns.items()}
        constant = {role: cell for role, cell in mapping.cells.items() if not told.get(role)}
        filled = tuple(role for role, name in mapping.columns.items() if whole[name] and not cells[name])
        row = MappedRow(number, {**told, **constant}, dict(mapping.columns), whole, [], filled, n_above)
        yield row
        n = _number_of_people(row.cell("n"))
        n_above = n if n or not filled else n_above


def _filled_down(cells: Mapping[str, str], above: Mapping[str, str], mapping: ColumnMapping) -> dict[str, str]:
    """A row with what was merged down to it; a year only beside the author to whom it belongs."""
    whole = {name: cell or (above.get(name, "") if name in mapping.fill_down else "") for name, cell in cells.items()}
    author, year = (mapping.columns.get(role, "") for role in ("author", "year"))
    if year in whole and whole.get(author) != above.get(author):
        whole[year] = cells[year]
    return whole


def _number_of_people(cell: str) -> str:
    """How many people a cell tells, written in one way; nothing where it cannot be read, which is told elsewhere."""
    try:
        return str(count(cell) or "")
    except Unclear:
        return ""
