"""The matrix of pairs of constructs, and the gaps in it.

Takes rows of the question ``gap-matrix`` and gives records; nothing here knows a store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from kg.names import local_name
from kg.store import Row

#: The kinds of gaps, as the question ``gap-matrix`` names them, and what would close each.
GAPS = {
    "never studied": "both constructs can be measured; no study has related them",
    "no measure": "no instrument in this graph measures one construct or both, narrower ones included",
    "no number reported": "studied, but no finding comes with a number",
    "one population only": "studied in people with one kind of difficulty only",
}
_COUNTS = (
    "findings", "positive", "negative", "null", "informative", "uninformative", "doubtful", "notJudged", "unclear",
    "review", "primary", "published", "numbers", "samples", "participants", "samplesWithoutN",
)  # fmt: skip


@dataclass(frozen=True)
class Heading:
    """A construct at the head of a row or column: slug, label, and how deep it stands below the one asked for."""

    name: str
    label: str
    depth: int


@dataclass(frozen=True)
class Cell:
    """What was found on one pair, narrower constructs included. ``gaps`` is empty where there is none.

    ``informative`` counts the nulls that rule out all but a small relation. The others are ``uninformative`` (more is
    compatible), ``doubtful`` (perhaps significant after all) or ``not_judged`` (nothing tells); ``review`` and
    ``primary`` count what each layer tells, a result of both in both; ``published`` what others pooled, which is no
    finding; ``untold`` the samples that do not tell how many people they hold.
    """

    findings: int
    positive: int
    negative: int
    null: int
    informative: int
    uninformative: int
    doubtful: int
    not_judged: int
    unclear: int
    review: int
    primary: int
    published: int
    numbers: int
    samples: int
    participants: int
    untold: int
    disagrees: bool
    gaps: tuple[str, ...]

    @property
    def outcome(self) -> str:
        """``positive``, ``negative``, ``null``, ``mixed``, ``poles``, ``unclear``; ``empty`` where nothing was found.

        ``poles``: outcomes differ because one construct gathers opposite poles; that is no disagreement.
        """
        if not self.findings:
            return "empty"
        told = [name for name in ("positive", "negative", "null") if getattr(self, name)]
        if len(told) == 1:
            return told[0]
        if not told:
            return "unclear"
        return "mixed" if self.disagrees else "poles"


@dataclass(frozen=True)
class Matrix:
    """Rows by columns of constructs. A pair of which one is part of the other has no cell."""

    rows: tuple[Heading, ...]
    columns: tuple[Heading, ...]
    cells: Mapping[tuple[str, str], Cell]
    hidden_rows: tuple[Heading, ...] = ()
    hidden_columns: tuple[Heading, ...] = ()

    def studied(self) -> Matrix:
        """The same pairs, with headings only of constructs on which something was found or pooled, if there are any."""
        known = [pair for pair, cell in self.cells.items() if cell.findings or cell.published]
        if not known:
            return self
        down, along = ({pair[side] for pair in known} for side in (0, 1))
        return replace(
            self,
            rows=tuple(each for each in self.rows if each.name in down),
            columns=tuple(each for each in self.columns if each.name in along),
            hidden_rows=tuple(each for each in self.rows if each.name not in down),
            hidden_columns=tuple(each for each in self.columns if each.name not in along),
        )

    def hidden(self) -> str:
        """In words, how many constructs have no heading; nothing where all have."""
        if not (self.hidden_rows or self.hidden_columns):
            return ""
        return f" are {len(self.hidden_rows)} rows and {len(self.hidden_columns)} columns without any finding"

    def studied_all_the_same(self) -> str:
        """How many pairs have findings though a measure is missing, in words; nothing where there is none."""
        both = sum(cell.findings > 0 and "no measure" in cell.gaps for cell in self.cells.values())
        return f" ({both} of these {'has' if both == 1 else 'have'} findings all the same)" if both else ""

    def tally(self) -> Counter[str]:
        """How many cells have each kind of gap."""
        return Counter(gap for cell in self.cells.values() for gap in cell.gaps)


def matrix(rows: Iterable[Row]) -> Matrix:
    """The matrix in an answer of the question ``gap-matrix``."""
    answer = list(rows)
    cells = {(local_name(str(row["row"])), local_name(str(row["column"]))): _cell(row) for row in answer}
    return Matrix(_headings(answer, "row"), _headings(answer, "column"), cells)


def _cell(row: Row) -> Cell:
    counts = {name: int(row[name] or 0) for name in _COUNTS}
    counts["untold"], counts["not_judged"] = counts.pop("samplesWithoutN"), counts.pop("notJudged")
    gaps = tuple(kind for kind in GAPS if kind in str(row["gap"]))
    return Cell(**counts, disagrees=row["disagrees"] == "yes", gaps=gaps)


def _headings(answer: Iterable[Row], side: str) -> tuple[Heading, ...]:
    """The constructs of one side in the order of a tree: each below the first of its broader ones that is there."""
    labels: dict[str, str] = {}
    above: dict[str, str] = {}
    for row in answer:
        name = str(row[side])
        labels[name] = str(row[f"{side}Label"])
        if broader := row[f"{side}Broader"]:
            above[name] = min(above.get(name, str(broader)), str(broader))
    below: dict[str | None, list[str]] = {}
    for name in sorted(labels, key=lambda each: labels[each].casefold()):
        below.setdefault(above.get(name) if above.get(name) in labels else None, []).append(name)

    def walk(parent: str | None, depth: int) -> Iterator[Heading]:
        for name in below.get(parent, []):
            yield Heading(local_name(name), labels[name], depth)
            yield from walk(name, depth + 1)

    return tuple(walk(None, 0))
