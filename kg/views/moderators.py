"""Moderators as text: coefficients with their intervals, tests, and what the moderators leave."""

from __future__ import annotations

from collections.abc import Iterator

from kg.moderators import Moderation
from kg.names import local_name
from kg.regression import Coefficient, ModeratorTest, Regression
from kg.views.words import p_value

#: What no regression of studies can tell; printed with every one.
CAVEAT = "studies that differ in this differ in other things, too: it is no effect of it, nor one within people"


def lines(moderation: Moderation) -> Iterator[str]:
    """What moderators tell of effects, or why they tell nothing."""
    yield f"moderators: {'; '.join(moderation.labels)}"
    if moderation.left_out:
        yield f"  left out of the regression ({len(moderation.left_out)})"
    for each in moderation.left_out:
        yield f"    {local_name(each.finding)}, {each.study}: {each.reason}"
    if moderation.regression is None:
        yield f"  no regression: {moderation.refusal}"
    else:
        yield from _regression(moderation.regression)


def _regression(fit: Regression) -> Iterator[str]:
    yield f"  coefficients, in Fisher's z, of k = {fit.k} effects"
    yield from (f"    {_coefficient(each)}" for each in fit.coefficients)
    yield f"  all moderators: {_test(fit.test)}"
    if len(fit.tests) > 1:
        yield from (f"    {name}: {_test(test)}" for name, test in fit.tests)
    explained = "" if fit.r2 is None else f", R² = {100 * fit.r2:.1f} %"
    left = f"QE = {fit.qe:.2f} (df = {fit.qe_df}, {p_value(fit.qe_p)})"
    yield f"  left between effects: τ² = {fit.tau2:.4f}, I² = {100 * fit.i2:.1f} %, {left}{explained}"
    yield from (f"  caution: {each}" for each in (*fit.cautions, CAVEAT))


def _coefficient(each: Coefficient) -> str:
    interval = f"[{each.confidence.low:+.4f}, {each.confidence.high:+.4f}]"
    return f"{each.term}: {each.estimate:+.4f} {interval}, standard error {each.standard_error:.4f}, {p_value(each.p)}"


def _test(test: ModeratorTest) -> str:
    degrees = f"{test.df}" if test.df_residual is None else f"{test.df}, {test.df_residual}"
    return f"{test.name}({degrees}) = {test.statistic:.2f}, {p_value(test.p)}"
