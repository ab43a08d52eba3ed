"""The visual language of findings: one place that says which outcome looks how.

Colours survive colour blindness and print, and are never alone: a sign or word always says the same.
Okabe & Ito (2008) blue for positive; for negative their vermillion, darkened until it has a contrast
of 5:1 on white.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kg.store import Row
from kg.tellings import tells_no_relation

POSITIVE, NEGATIVE, NEUTRAL = "#0072B2", "#B84A00", "#595959"
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Outcome:
    """How one kind of outcome is drawn. ``dashes`` are lengths in pixels; () is a solid line."""

    name: str
    sign: str
    colour: str
    dashes: tuple[int, ...]
    meaning: str


OUTCOMES = {
    outcome.name: outcome
    for outcome in (
        Outcome("positive", "+", POSITIVE, (), "positive and significant"),
        Outcome("negative", MINUS, NEGATIVE, (), "negative and significant"),
        Outcome("null", "n.s.", NEUTRAL, (8, 6), "not significant, not supported, or told as no relation"),
        Outcome("positive-unclear", "(+)", POSITIVE, (2, 5), "positive; significance not told"),
        Outcome("negative-unclear", f"({MINUS})", NEGATIVE, (2, 5), "negative; significance not told"),
        Outcome("supported", "yes", NEUTRAL, (), "mediation or moderation supported"),
        Outcome("unsigned", "sig.", NEUTRAL, (), "significant; sign not told"),
        Outcome("unclear", "?", NEUTRAL, (2, 5), "neither sign nor significance told"),
    )
}


def outcome_of(finding: Row) -> Outcome:
    """The outcome of a row of the question ``findings``."""
    if finding["support"] == "not-supported" or tells_no_relation(finding):
        return OUTCOMES["null"]
    if finding["support"]:
        return OUTCOMES["supported"]
    if finding["direction"] in ("positive", "negative"):
        unclear = "" if finding["significance"] == "significant" else "-unclear"
        return OUTCOMES[f"{finding['direction']}{unclear}"]
    if finding["significance"] == "significant":
        return OUTCOMES["unsigned"]
    return OUTCOMES["unclear"]


def line_width(value: object) -> float:
    """Width in pixels of the line of a correlation: 1.5, plus 10 times its size; 1.5 where there is no number.

    A number beyond 1 is no correlation but in the units of some questionnaire: its size says nothing here.
    """
    return 1.5 + (10 * float(abs(value)) if isinstance(value, Decimal) and abs(value) <= 1 else 0)


def short_number(value: Decimal) -> str:
    """A correlation as figures print it: always with its sign, no leading zero, at least two decimals.

    >>> short_number(Decimal("-0.5"))
    '−.50'
    """
    digits = format(abs(value), "f")
    whole, _, decimals = digits.partition(".")
    return (MINUS if value < 0 else "+") + ("" if whole == "0" else whole) + "." + decimals.ljust(2, "0")
