"""A row of a table, seen through its mapping: what each of its cells holds, and what is remarked of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from kg.importing.mapping import ColumnMapping
from kg.importing.reading import Source
from kg.importing.remarks import WITHOUT, Remark, Unclear

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


def mapped_rows(source: Source, mapping: ColumnMapping) -> Iterator[MappedRow]:
    """Every row of the table by what its cells hold; merged cells filled down where the mapping says so."""
    above: dict[str, str] = {}
    for number, cells in source.rows:
        whole = {
            name: cell or (above.get(name, "") if name in mapping.fill_down else "") for name, cell in cells.items()
        }
        above = whole
        told = {role: whole[name] for role, name in mapping.columns.items()}
        constant = {role: cell for role, cell in mapping.cells.items() if not told.get(role)}
        yield MappedRow(number, {**told, **constant}, dict(mapping.columns), whole)
