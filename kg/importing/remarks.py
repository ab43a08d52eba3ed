"""What an import says of single rows and cells: what was not understood, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from kg.errors import Problem

#: What became of a row of which something is remarked.
LEFT_OUT = "the row is left out"
WITHOUT = "imported without this cell"
AS_READ = "imported as read"
FILLED = "imported with the cell above"


@dataclass(frozen=True, order=True)
class Remark:
    """One thing that a person should look at, by the row and column of the table."""

    row: int
    column: str
    cell: str
    what: str
    do: str
    outcome: str

    def problem(self, path: str) -> Problem:
        """The remark as a problem of the table at ``path``."""
        return Problem(path, self.row, self.column, self.what, f"{self.do} ({self.outcome})")


class Unclear(ValueError):
    """A cell that cannot be read as what its column holds: what is wrong, and what to do."""

    def __init__(self, what: str, do: str) -> None:
        self.what, self.do = what, do
        super().__init__(f"{what}; {do}")
