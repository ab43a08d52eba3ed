"""The reference of columns: what every table that a person fills in has, off the record models."""

from __future__ import annotations

import inspect

from kg.codebook import TABLES, Column, columns
from kg.manual.markdown import plain, table

_LEAD = """\
# Columns

The tables of `evidence/` and `ontology/terms/`, each with its columns in the order of its header. TSV, CSV and XLSX are
read alike. What the columns of an answer say stands with its [question](questions.md).
"""


def page() -> str:
    """Every column of every table, in Markdown."""
    return _LEAD + "".join(_section(name) for name in TABLES)


def _section(name: str) -> str:
    about = plain((inspect.getdoc(TABLES[name]) or "").partition("\n")[0])
    rows = [_row(column) for column in columns([name])]
    return f"\n## {name}\n\n{about}\n\n{table(('column', 'what it is', 'holds', 'must be filled'), rows)}"


def _row(column: Column) -> tuple[str, str, str, str]:
    return f"`{column.name}`", plain(column.meaning), plain(column.form), "yes" if column.required else ""
