"""What results of any kind report alike, a finding or a pooled estimate, and where it contradicts itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Protocol

from kg.cells import PValue
from kg.records.base import Contradiction

#: Statistics that cannot leave -1 to 1.
CORRELATIONS = frozenset({"r", "pearson-r", "spearman-rho", "partial-r", "rho"})
#: Statistics whose sign is the direction of the relation.
SIGNED = CORRELATIONS | {
    "fisher-z", "standardised-beta", "unstandardised-b", "cohens-d", "hedges-g", "t", "z", "factor-loading",
    "standardised-indirect-effect",
}  # fmt: skip
#: Statistics that are sums of squares, or ratios of such.
_NEVER_NEGATIVE = {"f": "an F", "chi-square": "a chi-square"}

#: What stands between two numbers that were printed.
APART = "[^0-9.,]+|,[.]"
#: No study calls a p above this significant.
HIGHEST_ALPHA = Decimal("0.10")
#: Nor a p below this one not significant: corrected for many tests, an alpha is seldom stricter.
LOWEST_ALPHA = Decimal("0.001")


class Reported(Protocol):
    """What a finding and a pooled estimate tell alike: a value with its interval, p, sign and significance."""

    @property
    def direction(self) -> str: ...
    @property
    def significance(self) -> str: ...
    @property
    def statistic(self) -> str | None: ...
    @property
    def value(self) -> Decimal | None: ...
    @property
    def ci_low(self) -> Decimal | None: ...
    @property
    def ci_high(self) -> Decimal | None: ...
    @property
    def p(self) -> PValue | None: ...
    @property
    def printed(self) -> str | None: ...
    @property
    def coder_note(self) -> str | None: ...


def value_contradictions(told: Reported) -> Iterator[Contradiction]:
    """Where a value and its interval cannot both be right, or lack what they need to be understood."""
    value, low, high = told.value, told.ci_low, told.ci_high
    if value is not None and not told.statistic:
        yield Contradiction("statistic", "a value without a statistic", "say what the number is, such as r")
    if value is not None and not told.printed:
        yield Contradiction("printed", "a value without what was printed", "copy the statistic as printed")
    if value is not None and told.printed and not told.coder_note and not _is_printed(value, told.printed):
        what = f"{value} is not in what was printed ({told.printed})"
        how = "correct one of the two from the source, or say in coder_note how the value was computed"
        yield Contradiction("value", what, how)
    if value is not None and told.statistic in CORRELATIONS and abs(value) > 1:
        what = f"a correlation of {value} is outside -1 to 1"
        yield Contradiction("value", what, "correct it from the source")
    if value is not None and value < 0 and told.statistic in _NEVER_NEGATIVE:
        what = f"{_NEVER_NEGATIVE[told.statistic]} of {value} is below zero, which it cannot be"
        yield Contradiction("value", what, "correct the value or the statistic from the source")
    if (low is None) != (high is None):
        column = "ci_low" if low is None else "ci_high"
        yield Contradiction(column, "a confidence interval with one end", "give both ends or none")
    if low is not None and high is not None:
        yield from _interval_contradictions(told, low, high)


def _is_printed(value: Decimal, printed: str) -> bool:
    """Whether the digits of a number are those of one that was printed: points, signs and zeros may be lost in print.

    >>> [_is_printed(Decimal(value), "r=42, p=.003") for value in ("-0.42", "0.24", "0.4200")]
    [True, False, True]
    """
    digits = re.sub("[^0-9]", "", f"{value:f}").strip("0")
    numbers = re.sub("[.,]", "", re.sub(APART, " ", printed)).split()
    return not digits or digits in (number.strip("0") for number in numbers)


def _interval_contradictions(told: Reported, low: Decimal, high: Decimal) -> Iterator[Contradiction]:
    if low > high:
        yield Contradiction("ci_low", f"the interval runs from {low} down to {high}", "swap the ends")
        return
    if told.statistic in CORRELATIONS and not -1 <= low <= high <= 1:
        column = "ci_low" if low < -1 else "ci_high"
        yield Contradiction(column, "the interval of a correlation leaves -1 to 1", "correct it from the source")
    if told.value is not None and not low <= told.value <= high:
        what = f"{told.value} lies outside its interval [{low}, {high}]"
        yield Contradiction("value", what, "correct the value or the interval")


def p_contradictions(told: Reported) -> Iterator[Contradiction]:
    """Where a p and a word on significance cannot both be right."""
    p = told.p
    if told.significance == "significant" and p and p.operator in ("=", ">", ">=") and p.number > HIGHEST_ALPHA:
        yield Contradiction("significance", f"significant, yet p {p.operator} {p.number}", "correct one of the two")
    if told.significance == "not-significant" and p and p.is_below(LOWEST_ALPHA):
        yield Contradiction("significance", f"not significant, yet p {p.operator} {p.number}", "correct one of the two")


def sign_contradictions(told: Reported) -> Iterator[Contradiction]:
    """Where a direction and the sign of the value cannot both be right."""
    if {told.direction, _sign_of_value(told)} == {"positive", "negative"}:
        what = f"'{told.direction}' contradicts the value {told.value}"
        yield Contradiction("direction", what, "correct the direction or the sign")


def neutral_of(statistic: str | None) -> int | None:
    """The value of a statistic that tells no relation either way; None where its values have no two sides.

    >>> neutral_of("r"), neutral_of("odds-ratio"), neutral_of("f")
    (0, 1, None)
    """
    if statistic == "odds-ratio":
        return 1
    return 0 if statistic in SIGNED else None


def _sign_of_value(told: Reported) -> str | None:
    """The direction that the value has by itself, where its statistic has one."""
    neutral = neutral_of(told.statistic)
    if told.value is None or neutral is None or told.value == neutral:
        return None
    return "positive" if told.value > neutral else "negative"
