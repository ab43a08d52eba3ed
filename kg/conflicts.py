"""Pairs of constructs on which findings disagree: what differs between the studies, and whether chance may explain it.

Takes rows of the question ``conflicts`` and gives records; nothing here knows a store.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import combinations, groupby
from typing import NamedTuple

from kg.conversions import PEARSON, REACH_95
from kg.effects import interval_of_z
from kg.store import Row, Value
from kg.tellings import tells_no_relation

#: How disagreement by chance is told apart; printed wherever a judgement is.
RULE = """\
Each finding that is significant and tells a sign is set against each that contradicts it, by Fisher's z of r:
  both have r and n       chance may explain it where the two z differ by less than 1.96 standard errors
  one r, the other null   the null may have had any r up to the smallest that would have been significant there;
                          chance may explain it where the r that was found differs from that one by less than 1.96
                          standard errors. Which true correlations are compatible with the null is told beside
  a doubtful null         cannot be told: it may be significant after all
  a null not judged       cannot be told: it is no correlation of two variables, or its people are not told
  otherwise               cannot be told: numbers are missing
Findings on the same people are not set against each other by this rule: their errors are not independent."""

#: What is compared between the findings of a conflict: column of the question -> word.
COMPARED = {
    "firstFound": "first construct",
    "secondFound": "second construct",
    "firstMeasure": "measure of the first",
    "secondMeasure": "measure of the second",
    "kind": "kind of finding",
    "design": "design",
    "population": "population",
    "establishedByProfessional": "difficulty established by a professional",
    "sampleSize": "sample size",
    "overlap": "may share people with",
}


@dataclass(frozen=True)
class Judgement:
    """Whether chance may explain that two findings contradict each other: ``yes``, ``no`` or ``unknown``."""

    finding: str
    against: str
    chance: str
    _told: Callable[[], str]

    @property
    def why(self) -> str:
        """The reason in words: written where it is read, as judgements grow with the square of the findings."""
        return self._told()


@dataclass(frozen=True)
class Conflict:
    """Two constructs, the findings on them that disagree, what differs, and the judgements on chance."""

    first: str
    second: str
    findings: tuple[Row, ...]
    differs: Mapping[str, tuple[str, ...]]
    judgements: tuple[Judgement, ...]


def conflicts(rows: Iterable[Row]) -> list[Conflict]:
    """The conflicts in an answer of the question ``conflicts``, which comes in order of pair."""
    return [
        _conflict(str(first), str(second), tuple(findings))
        for (first, second), findings in groupby(_one_a_finding(rows), key=lambda row: (row["first"], row["second"]))
    ]


def _one_a_finding(rows: Iterable[Row]) -> Iterator[Row]:
    """A finding of which something is told twice (two labels) stands in several rows: the first is enough."""
    for _, told in groupby(rows, key=lambda row: (row["first"], row["second"], row["finding"])):
        yield next(told)


def _conflict(first: str, second: str, findings: tuple[Row, ...]) -> Conflict:
    differs = {word: values for column, word in COMPARED.items() if len(values := _values(findings, column)) > 1}
    sides = [side for side in map(_side, findings) if side.outcome]
    judgements = tuple(_judged(one, other) for one, other in combinations(sides, 2) if one.outcome != other.outcome)
    return Conflict(first, second, findings, differs, judgements)


def _values(findings: Iterable[Row], column: str) -> tuple[str, ...]:
    """The different values of a column, in the order in which they come."""
    return tuple(dict.fromkeys("not told" if row[column] is None else str(row[column]) for row in findings))


class _Side(NamedTuple):
    """What a finding brings to a judgement; no ``outcome`` where it says neither a sign nor a null for sure.

    ``z`` is Fisher's of ``r``, a correlation of more than three people.
    """

    row: Row
    name: str
    outcome: str | None
    people: Value
    r: float
    z: float | None
    variance: float


def _side(finding: Row) -> _Side:
    r, n = correlation(finding), finding["sampleSize"]
    name, outcome, people = str(finding["finding"]), _outcome(finding), finding["people"]
    if r is None or not isinstance(n, int) or n <= 3:
        return _Side(finding, name, outcome, people, math.nan, None, math.inf)
    return _Side(finding, name, outcome, people, r, math.atanh(r), 1 / (n - 3))


def _outcome(finding: Row) -> str | None:
    """``positive``, ``negative`` or ``null``: opposite signs contradict each other, and a sign a null."""
    if tells_no_relation(finding):
        return "null"
    signed = finding["significance"] == "significant" and finding["direction"] in ("positive", "negative")
    return str(finding["direction"]) if signed else None


def judge(one: Row, other: Row) -> Judgement:
    """Whether chance may explain that two findings contradict each other, by ``RULE``."""
    return _judged(_side(one), _side(other))


def _judged(one: _Side, other: _Side) -> Judgement:
    if one.people == other.people:
        chance, told = "unknown", _about_the_same_people
    elif one.z is not None and other.z is not None:
        distance = abs(one.z - other.z) / math.sqrt(one.variance + other.variance)
        chance, told = "yes" if distance < REACH_95 else "no", partial(_difference, one, other, distance)
    elif other.outcome == "null" and one.z is not None:
        chance, told = _by_null(one, other)
    elif one.outcome == "null" and other.z is not None:
        chance, told = _by_null(other, one)
    else:
        chance, told = "unknown", _too_few_numbers
    return Judgement(one.name, other.name, chance, told)


def correlation(finding: Row) -> float | None:
    """The zero-order correlation of a finding, strictly between -1 and 1; None where it has none."""
    if finding["value"] is None or finding["statistic"] not in PEARSON:
        return None
    r = float(finding["value"])
    return r if abs(r) < 1 else None


def _about_the_same_people() -> str:
    return "both are, or may be, about the same people"


def _too_few_numbers() -> str:
    return "no r on the side that found something, or no n"


def _difference(one: _Side, other: _Side, distance: float) -> str:
    return f"{_estimate(one)} against {_estimate(other)}: {distance:.2f} standard errors apart"


def _estimate(side: _Side) -> str:
    assert side.z is not None
    low, high = interval_of_z(side.z, side.variance)
    return f"r = {side.r:.2f} [{math.tanh(low):.2f}, {math.tanh(high):.2f}]"


def _by_null(effect: _Side, null: _Side) -> tuple[str, Callable[[], str]]:
    """An r against a null that tells none, by what is compatible with that null."""
    smallest, most = null.row["smallestSignificantR"], null.row["compatibleHigh"]
    if null.row["reach"] == "doubtful null" or smallest is None or most is None:
        return "unknown", partial(_reach, null)
    assert effect.z is not None
    limit = math.atanh(float(smallest))
    error = (math.atanh(float(most)) - limit) / REACH_95
    distance = max(abs(effect.z) - limit, 0) / math.hypot(error, math.sqrt(effect.variance))
    return ("yes" if distance < REACH_95 else "no"), partial(_beyond, effect, null, distance, float(smallest))


def _reach(null: _Side) -> str:
    return f"{null.row['study']}, {null.row['reach']}: {null.row['reachNote']}"


def _beyond(effect: _Side, null: _Side, distance: float, smallest: float) -> str:
    far = f"{distance:.2f} standard errors beyond" if distance else "not beyond"
    return f"{_reach(null)}; {_estimate(effect)} is {far} {smallest:.2f}"


def confidence_interval(r: float, n: int) -> tuple[float, float]:
    """The 95 % confidence interval of a correlation ``r`` of ``n`` people (n > 3), by Fisher's z (Fisher 1921)."""
    low, high = interval_of_z(math.atanh(r), 1 / (n - 3))
    return math.tanh(low), math.tanh(high)
