"""Small-study checks as text: the two regressions, and what would be missing if the funnel were even."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kg.effects import Effect
from kg.names import local_name
from kg.pooling import Interval
from kg.small_studies import Egger, SmallStudies, TrimAndFill
from kg.views.words import p_value

#: What these checks cannot tell; printed with them.
CAVEAT = "small studies may find more for other reasons than silence: other people, other measures, or chance"


def lines(checks: SmallStudies[Effect]) -> Iterator[str]:
    """What the checks say, or why they say nothing."""
    yield "small studies against large ones"
    if checks.refusal:
        yield f"  no check: {checks.refusal}"
    if checks.egger and checks.slope and checks.fill:
        yield f"  Egger et al. (1997): {_egger(checks.egger)}"
        slope = f"{checks.slope.estimate:+.4f} by one standard error, {p_value(checks.slope.p)}"
        yield f"  as a meta-regression (Sterne & Egger 2005): {slope}"
        yield from _fill(checks.fill)
        yield f"  caution: {CAVEAT}"
    yield from (f"  caution: {each}" for each in checks.cautions)


def _egger(egger: Egger) -> str:
    limit = _with_interval(egger.limit, egger.limit_interval)
    return f"t({egger.df}) = {egger.t:.2f}, {p_value(egger.p)}; without error a study would find r = {limit}"


def _fill(fill: TrimAndFill[Effect]) -> Iterator[str]:
    missing = f"{fill.missing} missing on the {fill.side} (standard error {fill.standard_error:.1f})"
    yield f"  trim-and-fill, L0 (Duval & Tweedie 2000): {missing}"
    for each in fill.filled:
        yield f"    the mirror of {local_name(each.mirrors.finding)}: r = {_number(each.z)}"
    if fill.filled:
        yield f"    with {'it' if fill.missing == 1 else 'them'}: r = {_of(fill)}"


def _of(fill: TrimAndFill[Effect]) -> str:
    return _with_interval(fill.pooled.estimate, fill.pooled.confidence)


def _with_interval(z: float, interval: Interval) -> str:
    return f"{_number(z)} [{_number(interval.low)}, {_number(interval.high)}]"


def _number(z: float) -> str:
    return f"{math.tanh(z):+.3f}"
