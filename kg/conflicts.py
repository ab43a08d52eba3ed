"""Pairs of constructs on which findings disagree: what differs between the studies, and whether chance may explain it.

Takes rows of the question ``conflicts`` and gives records; nothing here knows a store.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, groupby
from typing import TypeGuard

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
    if tells_no_relation(finding):
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
    for null, effect, n_told in ((other, r, n), (one, s, m)):
        if _outcome(null) == "null" and effect is not None and _enough(n_told):
            return Judgement(*names, *_by_null(effect, n_told, null))
    return Judgement(*names, "unknown", "no r on the side that found something, or no n")


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


def _by_null(r: float, n: int, null: Row) -> tuple[str, str]:
    """``r`` of ``n`` people against a null that tells no r, by what is compatible with that null."""
    told = f"{null['study']}, {null['reach']}: {null['reachNote']}"
    smallest, most = null["smallestSignificantR"], null["compatibleHigh"]
    if null["reach"] == "doubtful null" or smallest is None or most is None:
        return "unknown", told
    limit = math.atanh(float(smallest))
    error = (math.atanh(float(most)) - limit) / REACH_95
    distance = max(math.atanh(abs(r)) - limit, 0) / math.hypot(error, 1 / math.sqrt(n - 3))
    far = f"{distance:.2f} standard errors beyond" if distance else "not beyond"
    found = f"r = {r:.2f} {_interval(r, n)} is {far} {float(smallest):.2f}"
    return ("yes" if distance < REACH_95 else "no"), f"{told}; {found}"


def confidence_interval(r: float, n: int) -> tuple[float, float]:
    """The 95 % confidence interval of a correlation ``r`` of ``n`` people (n > 3), by Fisher's z (Fisher 1921)."""
    low, high = interval_of_z(math.atanh(r), 1 / (n - 3))
    return math.tanh(low), math.tanh(high)
