"""Words about a finding that pages, figures and texts share."""

from __future__ import annotations

from kg.store import Row, Value


def read_in(finding: Row) -> str:
    """Where the coder read it: a review tells of a study, and the locator is a place in the review."""
    return f"read in {finding['source']}, {finding['locator']}"


def told_by(layer: str) -> str:
    """Who told what a layer holds."""
    return {"review": "told by a review", "primary": "told by primary reports"}[layer]


def people(n: Value) -> str:
    """How many people a finding is about."""
    return "n not told" if n is None else f"n = {n:,}"


def measures(finding: Row, *columns: str) -> str:
    """The measures in the columns, as far as told."""
    return " and ".join(str(finding[column]) for column in columns if finding[column])


def p_value(p: float) -> str:
    """A computed p in three decimals.

    >>> p_value(0.0004), p_value(0.25)
    ('p < .001', 'p = 0.250')
    """
    return "p < .001" if p < 0.001 else f"p = {p:.3f}"
