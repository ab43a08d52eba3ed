"""What a null rules out: which correlations are compatible with a result that is not significant.

A null is informative where the whole 95 % interval of compatible correlations lies within ±.20: the bound of an
equivalence test, by its interval (Lakens 2017, with 90 %; 95 % is stricter). The critical r alone bounds the r that was
observed, not the one that is true. Takes a finding and gives a record; nothing here knows a store.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg.arithmetic import (
    ALPHA,
    CORRELATIONS_OF_TWO,
    NEGLIGIBLE,
    SMALL,
    Range,
    Unchecked,
    critical_t,
    highest_p,
    p_range,
    smallest_significant_r,
)
from kg.cells import PValue
from kg.conflicts import confidence_interval
from kg.conversions import REACH_95
from kg.records import SUPPORTING, Finding, FindingKind

#: Where the interval of a null comes from.
TOLD, WHATEVER = "r told", "whatever r was"
#: Why a null of a kind is not read as a correlation of two variables.
_NO_RELATION_OF_TWO = {
    FindingKind.MEDIATION: "a third construct",
    FindingKind.MODERATION: "a third construct",
    FindingKind.INTERVENTION_EFFECT: "an effect of an intervention",
    FindingKind.FACTOR_COMPOSITION: "what a factor is made of",
    FindingKind.PREDICTION: "a coefficient that may stand beside other predictors",
}
_DIFFERENCES = ("cohens-d", "hedges-g")


@dataclass(frozen=True)
class Compatible:
    """The smallest |r| that would have been significant, the true r that are compatible, and where these come from."""

    smallest_r: float
    r: Range
    where: str

    @property
    def told(self) -> str:
        low, high = self.r
        return (
            f"an observed |r| above {self.smallest_r:.2f} would have been significant;"
            f" true correlations from {low:.2f} to {high:.2f} are compatible ({self.where})"
        )


@dataclass(frozen=True)
class Reach:
    """How far a null reaches: ``informative``, ``uninformative``, ``doubtful`` or ``not-judged``.

    A null has either ``compatible`` correlations or a reason why it is ``not_judged``, whether it is doubtful or not.
    ``note`` says in words all but the word itself.
    """

    word: str
    compatible: Compatible | None
    not_judged: str | None
    note: str


def reach_of(finding: Finding, n: int | None, same: Iterable[Finding] = ()) -> Reach | None:
    """How far a null on ``n`` people reaches, beside others that tell the ``same`` result; None of what is no null."""
    if not is_null(finding):
        return None
    found = _compatible(finding, n)
    compatible, not_judged = (None, found) if isinstance(found, str) else (found, None)
    doubts = [*_doubts(finding, n, same)]
    if compatible and finding.value is None and compatible.smallest_r < NEGLIGIBLE:
        doubts.append("so many people would find even a negligible relation, and no number is told")
    reading = compatible.told if compatible else str(not_judged)
    return Reach(_word(doubts, compatible), compatible, not_judged, "; ".join((*doubts, reading)))


def is_null(finding: Finding) -> bool:
    """Whether a finding is not significant or told as no relation, or a mediation or moderation not supported."""
    return (
        finding.significance == "not-significant" or finding.direction == "none" or finding.support == "not-supported"
    )


def _word(doubts: list[str], compatible: Compatible | None) -> str:
    if doubts:
        return "doubtful"
    if compatible is None:
        return "not-judged"
    return "informative" if max(map(abs, compatible.r)) <= SMALL else "uninformative"


# --- compatible correlations -----------------------------------------------------------------


def _compatible(finding: Finding, n: int | None) -> Compatible | str:
    """The correlations that are compatible with a null, or why it is not judged."""
    if finding.significance == "not-reported" and finding.support is None:
        return "told in words, without a test"
    if finding.kind is FindingKind.GROUP_DIFFERENCE:
        return _of_groups(finding)
    if unlike := _no_correlation_of_two(finding):
        return unlike
    if n is None or n < 4:
        return "n not told" if n is None else "fewer than four people"
    smallest = smallest_significant_r(n)
    if finding.value is not None:
        return Compatible(smallest, confidence_interval(float(finding.value), n), TOLD)
    most = confidence_interval(smallest, n)[1]
    return Compatible(smallest, (-most, most), WHATEVER)


def _no_correlation_of_two(finding: Finding) -> str:
    """Why a null is no correlation of two variables by themselves that has an interval; nothing where it is."""
    as_it_is = finding.value is not None and finding.statistic in CORRELATIONS_OF_TWO
    if finding.kind in _NO_RELATION_OF_TWO and not (finding.kind is FindingKind.PREDICTION and as_it_is):
        return _NO_RELATION_OF_TWO[finding.kind]
    if finding.statistic == "partial-r":
        return "a correlation beside other variables"
    if finding.statistic and not as_it_is:
        return "its number is no correlation of two variables"
    if finding.value is not None and abs(finding.value) >= 1:
        return "a correlation of one has no interval"
    return ""


def _of_groups(finding: Finding) -> Compatible | str:
    """The same of a difference between two groups, as the correlation that it were in groups of equal size.

    Where groups are of unequal size, the same difference is a smaller point-biserial correlation (McGrath & Meyer
    2006), which could not be set against correlations of traits.
    """
    first, second = finding.first_n, finding.second_n
    if first is None or second is None:
        return "how many people each group holds is not told"
    if min(first, second) < 2:
        return "a group of fewer than two people"
    root = math.sqrt(1 / first + 1 / second)
    told = _difference(finding, root)
    if told is None and finding.value is not None:
        return "its number is no difference of two means"
    critical = critical_t(first + second - 2) * root
    smallest, d = _of_equal_groups(critical), critical if told is None else told
    reach = REACH_95 * math.sqrt(root * root + d * d / (2 * (first + second)))  # Hedges & Olkin 1985
    low, high = _of_equal_groups(d - reach), _of_equal_groups(d + reach)
    if told is None:
        return Compatible(smallest, (-high, high), f"{WHATEVER}, as in groups of equal size")
    return Compatible(smallest, (low, high), "d told, as in groups of equal size")


def _difference(finding: Finding, root: float) -> float | None:
    """The standardised difference that a finding tells; None where its number is none."""
    if finding.value is None:
        return None
    if finding.statistic in _DIFFERENCES:
        return float(finding.value)
    return float(finding.value) * root if finding.statistic == "t" else None


def _of_equal_groups(d: float) -> float:
    """A standardised difference as a correlation in groups of equal size (Borenstein et al. 2009, equation 7.7)."""
    return d / math.sqrt(d * d + 4)


# --- doubts ----------------------------------------------------------------------------------

_PRINTED = re.compile(r"\bp\s*=?\s*(<=|>=|[<>=≤≥])\s*(0?\.\d+)", re.IGNORECASE)
_SIGNS = {"≤": "<=", "≥": ">="}


def _doubts(finding: Finding, n: int | None, same: Iterable[Finding]) -> Iterator[str]:
    """Why something that is called not significant may be significant after all."""
    printed = [finding.p] if finding.p else list(printed_p(finding.printed or ""))
    if printed and all(highest_p(p) <= ALPHA for p in printed):
        yield f"p {' and p '.join(f'{p.operator} {p.number}' for p in printed)} is printed, which is significant"
    if finding.value is not None and finding.statistic is not None and finding.significance == "not-significant":
        try:
            p = p_range(finding.statistic, finding.value, n, finding.df, finding.df_effect)
        except Unchecked:
            p = None
        if p and p[1] < ALPHA:
            yield f"{finding.statistic} = {finding.value} would be significant"
    if against := sorted(each.id for each in same if contradicts(each)):
        yield f"the contrary is told of the same result by {' and '.join(against)}"


def printed_p(text: str) -> Iterator[PValue]:
    """Each p of what was printed, where the coder took none to be that of the result."""
    for sign, number in _PRINTED.findall(text):
        yield PValue.parse(f"{_SIGNS.get(sign, sign)}{number}")


def contradicts(finding: Finding) -> bool:
    """Whether a finding says that there is what a null of the same result says is not."""
    return finding.significance == "significant" or finding.support in SUPPORTING
