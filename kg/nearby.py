"""What is drawn around a construct: chosen by what cells count, before any finding is read.

So a picture costs what it shows, however much was found about the construct.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest

from kg.names import local_name
from kg.narrowed import among, batched, only
from kg.network import busiest, kept, legible_limit
from kg.questions import find_question
from kg.resources import shipped
from kg.store import Row, Rows, Store

#: More lines than this cannot be told apart, however few constructs they join.
MOST_LINES = 100
_AT_ONCE = 500


@dataclass(frozen=True)
class Nearby:
    """The findings to draw (IRIs, in order of name), and what there is besides.

    ``left_out`` counts constructs that are not drawn, ``more`` results on those that are, ``results`` all about the
    centres.
    """

    findings: tuple[str, ...]
    left_out: int
    more: int
    results: int


@dataclass
class _Counted:
    """Results by what they are on: cells of pairs with how many each counts, and what needs a third construct."""

    cells: dict[str, tuple[frozenset[str], int]] = field(default_factory=dict)
    thirds: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def bundles(self) -> Counter[frozenset[str]]:
        bundles = Counter(self.thirds.values())
        for constructs, results in self.cells.values():
            bundles[constructs] += results
        return bundles


def nearby(store: Store, construct: str, limit: int | None = None) -> Nearby:
    """What to draw around a construct (IRI) and everything narrower, as one.

    ``limit`` says how many constructs there may be; None, as many as can be read, and no more lines than that either.
    """
    centres = frozenset(local_name(str(iri)) for iri in store.select(_CENTRES % construct).column("centre"))
    counted = _counted(store, construct)
    bundles = counted.bundles
    constructs, left_out = kept(bundles, centres, limit or legible_limit(bundles, centres))
    on = _on(store, counted, constructs)
    findings = tuple(sorted(on if limit else _some_of_each(on)))
    drawn = frozenset[str]().union(*(on[finding] for finding in findings))
    there = sum(results for each, results in bundles.items() if each <= drawn)
    return Nearby(findings, left_out + len(constructs - drawn), there - len(findings), bundles.total())


def in_the_middle(store: Store) -> str | None:
    """The slug of the construct with the most results; None where nothing was found."""
    bundles = _counted(store).bundles
    return busiest(bundles) if bundles else None


def _counted(store: Store, construct: str | None = None) -> _Counted:
    """What was found about a construct or anything narrower; at all, where none is named."""
    counted = _Counted()
    members: dict[str, set[str]] = {}
    cells = store.select(_CELLS % (_CELLS_ABOUT % construct if construct else ""))
    for row in cells:
        members.setdefault(str(row["cell"]), set()).add(local_name(str(row["member"])))
    for row in cells:
        cell = str(row["cell"])
        counted.cells[cell] = frozenset(members[cell]), int(str(row["findings"]))
    counted.thirds = _once(store, store.select(_THIRDS % {"about": _THIRDS_ABOUT % construct if construct else ""}))
    return counted


def _once(store: Store, thirds: Rows) -> dict[str, frozenset[str]]:
    """Finding -> the constructs that it is on, but for those that tell again what another tells of the same ones."""
    on = {
        str(row["finding"]): frozenset(local_name(str(row[role])) for role in ("subject", "object", "third"))
        for row in thirds
    }
    if not on:
        return {}
    earlier = [(str(row["finding"]), str(row["earlier"])) for row in store.select(_TOLD_AGAIN)]
    again = {one for one, first in earlier if one in on and on.get(first) == on[one]}
    return {finding: constructs for finding, constructs in on.items() if finding not in again}


def _on(store: Store, counted: _Counted, constructs: frozenset[str]) -> dict[str, frozenset[str]]:
    """Finding -> the constructs that it is on, of all that are on some constructs and no other."""
    on = {finding: roles for finding, roles in counted.thirds.items() if roles <= constructs}
    cells = sorted(cell for cell, (members, _) in counted.cells.items() if members <= constructs)
    for row in store.select(_COUNTED % " ".join(f"<{cell}>" for cell in cells)) if cells else ():
        on[str(row["finding"])] = counted.cells[str(row["cell"])][0]
    return on


def _some_of_each(on: Mapping[str, frozenset[str]]) -> list[str]:
    """As many findings as can be told apart: the first by name on each pair or three, then the second, and so on."""
    seen: Counter[frozenset[str]] = Counter()
    turns = []
    for finding in sorted(on):
        turns.append((seen[on[finding]], finding))
        seen[on[finding]] += 1
    return [finding for _, finding in nsmallest(MOST_LINES, turns)]


def told(store: Store, findings: Iterable[str]) -> list[Row]:
    """Findings as rows of the question ``findings``, and those that tell the same again."""
    question = find_question(shipped(), "findings")
    wanted = set(findings)
    for part in _parts(wanted):
        wanted.update(map(str, store.select(_AGAIN % " ".join(part)).column("again")))
    return [row for part in _parts(wanted) for row in store.select(among(question.text, [only("finding", part)]))]


def _parts(iris: Iterable[str]) -> list[Sequence[str]]:
    """IRIs as they stand in a query, some at a time."""
    return list(batched([f"<{iri}>" for iri in sorted(iris)], _AT_ONCE))


_CENTRES = "SELECT DISTINCT ?centre WHERE { ?centre ca:within <%s> }"
_CELLS = """
SELECT DISTINCT ?cell ?member ?findings WHERE {
  %s?cell a ca:EvidenceCell ; ca:findingCount ?findings ; ca:pairMember ?member
}"""
_CELLS_ABOUT = "?centre ca:within <%s> . ?cell ca:pairMember ?centre . "
#: Each side from its start to its end by itself, so that an engine looks up what is told of a finding.
_THIRDS = """
SELECT DISTINCT ?finding ?subject ?object ?third WHERE {
  { %(about)s?finding ca:mediator ?third ; ca:subject ?subject ; ca:object ?object }
  UNION
  { %(about)s?finding ca:moderator ?third ; ca:subject ?subject ; ca:object ?object }
}"""
_THIRDS_ABOUT = "?centre ca:within <%s> . ?finding ca:aboutConstruct ?centre . "
_TOLD_AGAIN = """
SELECT DISTINCT ?finding ?earlier WHERE { ?finding ca:countedWith ?earlier ; ca:mediator|ca:moderator ?third }"""
_COUNTED = "SELECT DISTINCT ?cell ?finding WHERE { VALUES ?cell { %s } ?cell ca:countsFinding ?finding }"
_AGAIN = """
SELECT DISTINCT ?finding ?earlier WHERE { ?finding ca:countedWith ?earlier ; ca:mediator|ca:moderator ?third }"""
_COUNTED = "SELECT DISTINCT ?cell ?finding WHERE { VALUES ?cell { %s } ?cell ca:countsFinding ?finding }"
_AGAIN = "SELECT DISTINCT ?again WHERE { VALUES ?finding { %s } ?again ca:countedWith ?finding }"
