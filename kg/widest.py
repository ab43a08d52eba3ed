"""Which constructs a gap map shows where it cannot show all: those with the most findings, narrower ones included.

A broad construct counts what stands below it, so that what is shown rolls up what is not; whoever asks for a branch by
name sees it opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.narrowed import Only, only
from kg.store import Store

#: More rows or columns than this are no map that can be read, and so many are shown of what cannot be.
_MOST, _SHOWN = 40, 20

_WITHIN = """
SELECT (COUNT(DISTINCT ?construct) AS ?constructs) WHERE {{
  VALUES ?whole {{ {own} }} ?construct ca:within ?whole ; a ca:Construct
}}"""
_WIDEST = """
SELECT ?construct (SUM(?told) AS ?findings) WHERE {{
  VALUES ?whole {{ {own} }} VALUES ?facing {{ {facing} }}
  ?construct ca:within ?whole .
  ?cell ca:pairMember ?facing , ?construct ; a ca:RolledUpCell ; ca:findingCount ?told .
  FILTER(?construct != ?facing)
}} GROUP BY ?construct ORDER BY DESC(?findings) ?construct LIMIT {most}"""


@dataclass(frozen=True)
class Side:
    """A side of a map: what is shown of it (terms; all where empty), and of how many constructs."""

    shown: tuple[str, ...]
    constructs: int

    @property
    def left_out(self) -> int:
        """How many constructs of it have no heading for want of room."""
        return self.constructs - len(self.shown) if self.shown else 0


def widest(store: Store, terms: Mapping[str, Sequence[str]]) -> dict[str, Side]:
    """``rows`` and ``columns`` (terms of constructs, narrower ones included) -> what a map shows of each."""
    own = {name: " ".join(terms[name]) for name in ("rows", "columns")}
    facing = {"rows": own["columns"], "columns": own["rows"]}
    return {name: _side(store, own[name], facing[name]) for name in own}


def _side(store: Store, own: str, facing: str) -> Side:
    constructs = int(str(store.select(_WITHIN.format(own=own)).values[0][0]))
    if constructs <= _MOST:
        return Side((), constructs)
    found = store.select(_WIDEST.format(own=own, facing=facing, most=_SHOWN)).column("construct")
    return Side(tuple(f"<{iri}>" for iri in found) or tuple(own.split()), constructs)


def left_out_of(sides: Mapping[str, Side]) -> str:
    """In words, what is not shown for want of room; nothing where all is."""
    cut = {name: side for name, side in sides.items() if side.left_out}
    if not cut:
        return ""
    shown = " and ".join(f"{len(side.shown)} {name}" for name, side in cut.items())
    more = " and ".join(f"{side.left_out:,} more {name}" for name, side in cut.items())
    return (
        f"Shown are the {shown} with the most findings, narrower ones included; {more} are left out: name a branch as "
        "rows or columns to open it. "
    )


def headings(sides: Mapping[str, Side]) -> tuple[Only, ...]:
    """What the question ``gap-matrix`` is narrowed to, where it is."""
    names = {"rows": "row", "columns": "column"}
    return tuple(only(names[name], side.shown) for name, side in sides.items() if side.shown)
