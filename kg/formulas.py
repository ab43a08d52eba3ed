"""Cells that a spreadsheet program would run: written harmless, read back as they were."""

from __future__ import annotations

#: A spreadsheet program takes a cell that starts like this for a formula.
FORMULA_STARTS = ("=", "+", "-", "@")


def harmless(cell: str) -> str:
    """``cell`` as it may be written to a file that a spreadsheet opens: never run as a formula.

    Numbers keep their sign; text that starts like a formula gets a leading apostrophe.
    """
    if not cell.startswith((*FORMULA_STARTS, "\t", "\r")):
        return cell
    try:
        float(cell)
    except ValueError:
        return "'" + cell
    return cell


def as_meant(cell: str) -> str:
    """Undo ``harmless``: the cell without the apostrophe that kept it from running."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell
