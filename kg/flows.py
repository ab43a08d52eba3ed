"""The flow of a review: how many records it found, and how many were left at each point (Page et al. 2021).

Takes rows of the question ``review-flow`` and gives records; nothing here knows a store. Numbers that do not add up
are told, never mended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from kg.store import Row

#: What stands at each point of the way, from found to included; the numbers of a point add up.
POINTS = {
    "identified": ("identified-databases", "identified-registers", "identified-other"),
    "screened": ("screened",),
    "sought": ("sought",),
    "assessed": ("assessed",),
    "included": ("included-reports",),
}
#: What is taken out between a point and the next one.
REMOVED = {
    "identified": ("removed-duplicates", "removed-otherwise"),
    "screened": ("excluded-screening",),
    "sought": ("not-retrieved",),
    "assessed": ("excluded-assessed",),
}


@dataclass(frozen=True)
class Tally:
    """One number that a review tells, with the coder's words for it."""

    at: str
    count: int
    what: str


@dataclass(frozen=True)
class Flow:
    """Every number that a review tells of its way from records to studies."""

    review: str
    tallies: tuple[Tally, ...]

    def at(self, *names: str) -> tuple[Tally, ...]:
        """What was told at the points, in their order."""
        return tuple(each for name in names for each in self.tallies if each.at == name)

    def total(self, *names: str) -> int | None:
        """The sum of what was told at the points; None where nothing was."""
        told = self.at(*names)
        return sum(each.count for each in told) if told else None

    def left(self, point: str) -> int | None:
        """How many were left at a point. Where only studies are told, not reports, these stand for the included."""
        told = self.total(*POINTS[point])
        return self.total("included-studies") if told is None and point == "included" else told

    def is_drawable(self) -> bool:
        """Whether there is any way to show: two points of it at least."""
        return sum(self.left(point) is not None for point in POINTS) > 1

    def discrepancies(self) -> Iterator[str]:
        """Each step of the way on which the numbers told do not add up, in a sentence."""
        points = list(POINTS)
        for before, after in pairwise(points):
            start, taken, end = self.left(before), self.total(*REMOVED[before]), self.left(after)
            if start is None or taken is None or end is None or start - taken == end:
                continue
            told = f"{start:,} {before} less {taken:,} taken out leave {start - taken:,}, and {end:,} {after} are told"
            only_studies = after == "included" and not self.at("included-reports")
            yield f"{told}, if each study is one report" if only_studies else told


def flow(rows: Iterable[Row]) -> tuple[Flow, ...]:
    """The flow of each review in an answer of ``review-flow``, by name."""
    reviews: dict[str, list[Tally]] = {}
    for row in rows:
        told = Tally(str(row["tally"]), int(str(row["count"])), str(row["what"]))
        reviews.setdefault(str(row["review"]), []).append(told)
    return tuple(Flow(review, tuple(told)) for review, told in sorted(reviews.items()))
