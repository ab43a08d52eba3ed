"""Numbers as they are printed, and how a coded number may stand in print that was damaged.

A scan loses minus signs and decimal points, but it does not change digits: what differs in a digit is another number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

#: A whole number with thousands, a decimal with a comma, a decimal with a point, a whole number; a sign before it. In
#: ``F(2,12)`` the comma parts two numbers.
_NUMBER = re.compile(
    r"(?P<sign>(?<![\w)\]%.])[-+]\s*)?"
    r"(?<!\w)(?P<digits>(?<![^\W\d_]\()(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+,\d{1,2}(?![\d,])|0,\d+)|\d*\.\d+|\d+)"
    r"(?P<percent>\s?%|\s?per\s?cent\b|(?=-\d+(?:\.\d+)?\s?%))?"
)
_OPERATOR = re.compile(r"[=<>≤≥](?:\s*[=<>≤≥])*\s*$")
_OF_P = re.compile(
    r"(?<![^\W_])p(?:s|rob)?(?:[- ]?values?)?\s*(?:\([^()]{0,14}\))?[\s*_:]*(?:of|was|is|were)?\s*$", re.IGNORECASE
)
#: A sign apart from its digits is a sign only after one of these: elsewhere it is a dash.
_BEFORE_SIGN = (*"=<>≤≥([,;", " to", " and")
_IN_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
             "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty")  # fmt: skip
_WORD = re.compile(rf"\b(?:{'|'.join(_IN_WORDS)})\b", re.IGNORECASE)
#: How far back what stands before a number is looked at.
_BEFORE = 24


@dataclass(frozen=True)
class Printed:
    """A number in a text: where, how it is written, and what stands around it.

    ``unit`` is ``p`` of a p value, ``%`` of a percentage, else empty; ``start`` is where its sign or operator begins.
    """

    start: int
    end: int
    digits: str
    negative: bool = False
    operator: str = ""
    unit: str = ""
    in_words: bool = False

    @property
    def value(self) -> Decimal:
        """Without its sign."""
        return Decimal(self.digits)

    @property
    def root(self) -> str:
        """Its digits without point and outer zeros: those of every number that it may stand for."""
        return self.digits.replace(".", "").strip("0")


@dataclass(frozen=True)
class Wanted:
    """A number that was coded, and the column that holds it. ``operator`` is that of a p: ``=``, ``<``, ``>``."""

    column: str
    value: Decimal
    unit: str = ""
    operator: str = ""

    @property
    def root(self) -> str:
        """As that of a printed number."""
        return f"{abs(self.value):f}".replace(".", "").strip("0")

    @property
    def told(self) -> str:
        """Column and number, for a person."""
        bound = self.operator.removeprefix("=")
        return f"{self.column} {bound}{self.value}{'%' if self.unit == '%' else ''}"


def printed_numbers(text: str) -> Iterator[Printed]:
    """Every number in a text, in order; small whole numbers also where they are words.

    >>> [(each.digits, each.negative, each.operator, each.unit) for each in printed_numbers("r = -.25, p=<.01 (83%)")]
    [('.25', True, '=', ''), ('.01', False, '=<', 'p'), ('83', False, '', '%')]
    """
    found = [_printed(text, match) for match in _NUMBER.finditer(text)]
    words = [
        Printed(match.start(), match.end(), str(_IN_WORDS.index(match[0].lower())), in_words=True)
        for match in _WORD.finditer(text)
    ]
    yield from sorted((*found, *words), key=lambda each: each.start)


def _printed(text: str, match: re.Match[str]) -> Printed:
    start, sign = match.start(), match["sign"] or ""
    before = text[max(start - _BEFORE, 0) : start]
    operator = _OPERATOR.search(before)
    if sign != sign.strip() and not before.rstrip().endswith(_BEFORE_SIGN):
        start, sign = match.start("digits"), ""
    if operator:
        before = before[: operator.start()]
        start -= len(operator[0])
    unit = "%" if match["percent"] is not None else "p" if _OF_P.search(before) else ""
    return Printed(
        start=start,
        end=match.end(),
        digits=_with_point(match["digits"]),
        negative=sign.startswith("-"),
        operator="".join(operator[0].split()) if operator else "",
        unit=unit,
    )


def _with_point(digits: str) -> str:
    """Digits with a decimal point, and nothing between thousands."""
    if re.fullmatch(r"0,\d+|\d+,\d{1,2}", digits):
        return digits.replace(",", ".")
    return digits.replace(",", "")


# --- how a coded number stands in print ------------------------------------------------------


def is_copy(copied: Printed, printed: Printed) -> bool:
    """Whether a number is written as somebody copied it, who may have left out what stands before it."""
    same = (copied.negative, copied.digits) == (printed.negative, printed.digits)
    return same and copied.operator in ("", printed.operator)


def damage(wanted: Wanted, printed: Printed) -> tuple[str, ...] | None:
    """What print lost of a coded number, nothing where it lost nothing; None where this is another number.

    >>> r = Wanted("value", Decimal("-0.42"))
    >>> [damage(r, each) for each in printed_numbers("r=42 r=-.42 r=.43")]
    [('minus sign lost', 'decimal point lost'), (), None]
    """
    if printed.unit not in ("", wanted.unit) or not _same_bound(wanted, printed):
        return None
    if printed.negative and wanted.value > 0:
        return None
    lost = _digits_lost(wanted, printed)
    if lost is None:
        return None
    sign = ("minus sign lost",) if wanted.value < 0 and not printed.negative else ()
    operator = ("operator lost",) if wanted.operator and not printed.operator else ()
    return sign + lost + operator


def _digits_lost(wanted: Wanted, printed: Printed) -> tuple[str, ...] | None:
    size = abs(wanted.value)
    if printed.value == size:
        return ("in words",) if printed.in_words else ()
    _, _, fraction = f"{size:f}".partition(".")
    if "." in printed.digits or printed.in_words or not fraction:
        return None
    without_point = f"{size:f}".replace(".", "")
    same = printed.digits in (without_point, without_point.removeprefix("0"))
    return ("decimal point lost",) if same else None


def _same_bound(wanted: Wanted, printed: Printed) -> bool:
    """Whether what stands between the label and the number says the same: below, above, or equal."""
    told = printed.operator.translate(str.maketrans("≤≥", "<>"))
    bound = next((each for each in told if each in "<>"), told[:1])
    return not bound or bound == (wanted.operator or "=")[0]
