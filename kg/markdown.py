"""Text in a table of Markdown."""

from __future__ import annotations


def in_cell(text: str) -> str:
    """Text as a cell: in one line, and nothing in it ends the cell or is taken for HTML.

    >>> in_cell("n < 5 | x")
    'n &lt; 5 \\\\| x'
    """
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
