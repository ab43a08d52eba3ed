"""Cells that a spreadsheet program would run: written harmless, read back as they were."""

from __future__ import annotations

import re

#: A spreadsheet program takes a cell that starts like this for a formula.
FORMULA_STARTS = ("=", "+", "-", "@")
#: What it takes for a number; ``-inf`` would be a formula that names something.
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")


def harmless(cell: str) -> str:
    """``cell`` as it may be written to a file that a spreadsheet opens: never run as a formula.

    Numbers keep their sign; text that starts like a formula gets a leading apostrophe, and so does text that starts
    with one which ``as_meant`` would take away.
    """
    if as_meant(cell) != cell:
        return "'" + cell
    if not cell.startswith((*FORMULA_STARTS, "\t", "\r")):
        return cell
    return cell if _NUMBER.fullmatch(cell) else "'" + cell


def as_meant(cell: str) -> str:
    """Undo ``harmless``: the cell without the apostrophe that kept it from running."""
    return cell[1:] if cell.startswith("'") and harmless(cell[1:]) == cell else cell
