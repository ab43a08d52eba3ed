"""Pieces of Markdown that hold what others wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kg.markdown import in_cell


def plain(text: str) -> str:
    """``text`` as prose that is no markup, fit for a cell of a table.

    >>> plain("n < 5 | `x`")
    'n &lt; 5 \\\\| `x`'
    """
    return re.sub(r"([*_\[\]])", r"\\\1", in_cell(text))


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; its cells are Markdown already.

    >>> print(table(("a", "b"), [("1", "2")]))
    | a | b |
    |---|---|
    | 1 | 2 |
    <BLANKLINE>
    """
    lines = [" | ".join(header), "|".join("---" for _ in header), *(" | ".join(row) for row in rows)]
    return "".join(f"|{line}|\n" if index == 1 else f"| {line} |\n" for index, line in enumerate(lines))
