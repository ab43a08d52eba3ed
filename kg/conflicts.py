"""Pairs of constructs on which findings disagree: what differs between the studies, and whether chance may explain it.

Takes rows of the question ``conflicts`` and gives records; nothing here knows a store.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, groupby
from statistics import NormalDist
from typing import TypeGuard

from kg.conversions import PEARSON, REACH_95
from kg.effects import interval_of_z
from kg.store import Row, Value

#: How disagreement by chance is told apart; printed wherever a judgement is.
RULE = """\
Each finding that is significant and tells a sign is set against each that contradicts it, by Fisher's z of r:
  both have r and n       chance may explain it where the two z differ by less than 1.96 standard errors
  one r, the other null   the null may have had any r up to the largest that is not significant in a sample of its size;
                          chance may explain it where the r that was found differs from that one by less than 1.96
                          standard errors, or where so many people find it with a power below 80 % (5 %, two-sided)
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
_NORMAL = NormalDist()
_ENOUGH_POWER = 0.80


@dataclass(frozen=True)
class Judgement:
    """Whether chance may explain that two findings contradict each other: ``yes``, ``no`` or ``unknown``, and why."""

    finding: str
    against: str
    chance: str
    why: str


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
    pairs = [pair for pair in combinations(findings, 2) if _contradict(*pair)]
    return Conflict(first, second, findings, differs, tuple(judge(one, other) for one, other in pairs))


def _values(findings: Iterable[Row], column: str) -> tuple[str, ...]:
    """The different values of a column, in the order in which they come."""
    return tuple(dict.fromkeys("not told" if row[column] is None else str(row[column]) for row in findings))


def _contradict(one: Row, other: Row) -> bool:
    """Whether two findings contradict each other: opposite signs, both significant, or a sign against a null."""
    outcomes = {_outcome(one), _outcome(other)}
    return len(outcomes) == 2 and None not in outcomes


def _outcome(finding: Row) -> str | None:
    """``positive``, ``negative`` or ``null``; None where the finding says none of them for sure."""
    if finding["significance"] == "not-significant":
        return "null"
    signed = finding["significance"] == "significant" and finding["direction"] in ("positive", "negative")
    return str(finding["direction"]) if signed else None


def judge(one: Row, other: Row) -> Judgement:
    """Whether chance may explain that two findings contradict each other, by ``RULE``."""
    names = str(one["finding"]), str(other["finding"])
    if one["people"] == other["people"]:
        return Judgement(*names, "unknown", "both are, or may be, about the same people")
    effects = [(correlation(row), row["sampleSize"]) for row in (one, other)]
    (r, n), (s, m) = effects
    if r is not None and s is not None and _enough(n) and _enough(m):
        return Judgement(*names, *_by_difference(r, n, s, m))
    for null, effect, n_told, n_null in ((other, r, n, m), (one, s, m, n)):
        if _outcome(null) == "null" and effect is not None and _enough(n_told) and _enough(n_null):
            return Judgement(*names, *_by_largest_null(effect, n_told, n_null, str(null["study"])))
    return Judgement(*names, "unknown", "no r on the side that found something, or no n on the other")


def correlation(finding: Row) -> float | None:
    """The zero-order correlation of a finding, strictly between -1 and 1; None where it has none."""
    if finding["value"] is None or finding["statistic"] not in PEARSON:
        return None
    r = float(finding["value"])
    return r if abs(r) < 1 else None


def _enough(n: Value) -> TypeGuard[int]:
    return isinstance(n, int) and n > 3


def _by_difference(r: float, n: int, s: float, m: int) -> tuple[str, str]:
    distance = abs(math.atanh(r) - math.atanh(s)) / math.sqrt(1 / (n - 3) + 1 / (m - 3))
    told = f"r = {r:.2f} {_interval(r, n)} against r = {s:.2f} {_interval(s, m)}: {distance:.2f} standard errors apart"
    return ("yes" if distance < REACH_95 else "no"), told


def _interval(r: float, n: int) -> str:
    low, high = confidence_interval(r, n)
    return f"[{low:.2f}, {high:.2f}]"


def _by_largest_null(r: float, n: int, m: int, study: str) -> tuple[str, str]:
    """``r`` of ``n`` people against a null of ``m`` people that tells no r."""
    largest = REACH_95 / math.sqrt(m - 3)
    distance = (math.atanh(abs(r)) - largest) / math.sqrt(1 / (n - 3) + 1 / (m - 3))
    found = power(r, m)
    percent = "more than 99" if found > 0.99 else f"{100 * found:.0f}"
    told = (
        f"{study} (n = {m:,}) would find r = {r:.2f} with a power of {percent} %; that r {_interval(r, n)} is"
        f" {max(distance, 0):.2f} standard errors from {math.tanh(largest):.2f}, the largest not significant there"
    )
    return ("yes" if distance < REACH_95 or found < _ENOUGH_POWER else "no"), told


def confidence_interval(r: float, n: int) -> tuple[float, float]:
    """The 95 % confidence interval of a correlation ``r`` of ``n`` people (n > 3), by Fisher's z (Fisher 1921)."""
    low, high = interval_of_z(math.atanh(r), 1 / (n - 3))
    return math.tanh(low), math.tanh(high)


def power(r: float, n: int) -> float:
    """The power (0 to 1) of ``n`` people (n > 3) to find a correlation of ``r``, at 5 % two-sided.

    By the normal approximation of Fisher's z, with its correction for bias, r / (2 (n - 1)) (Cohen 1988, chapter 3).
    """
    shift = (math.atanh(abs(r)) + abs(r) / (2 * (n - 1))) * math.sqrt(n - 3)
    return _NORMAL.cdf(shift - REACH_95) + _NORMAL.cdf(-shift - REACH_95)
