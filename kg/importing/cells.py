"""Cells as people type and print them, to numbers, p values and counts: read where plain, refused where doubtful."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from kg.cells import PValue
from kg.importing.remarks import Unclear

#: What people write into a cell that has nothing to say.
_NOTHING = {"", "-", "--", ".", "na", "n/a", "n.a.", "nr", "not reported", "missing", "none", "null", "nan"}
_SAME = str.maketrans(
    {
        **dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\u2014\ufe63\uff0d", "-"),  # signs that are drawn like a minus
        **dict.fromkeys("\u2217\u204e\uff0a", "*"),
        **dict.fromkeys("\u00a0\u2007\u2009\u202f", " "),
        "\u2264": "<=",
        "\u2265": ">=",
    }
)
_PRINTED = re.compile(
    r"""(?:(?P<label>[a-zA-Z]+)\s*=\s*)?
        (?P<number>[-+]?\s?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[-+]?\d{1,2})?)\s*
        (?P<marks>(?:\*+|n\.?\s?s\.?(?![a-z])|\(?[a-z](?![a-z])\)?|[†‡§¶#]|[,\s])*)""",
    re.VERBOSE | re.IGNORECASE,
)
_WITH_INTERVAL = re.compile(
    r"""(?P<number>[^\[(]*\d[^\[(]*?)\s*[\[(]\s*(?:95\s?%\s*CI:?\s*)?
        (?P<low>[-+]?\d*\.?\d+)\s*(?:,|;|\bto\b)\s*(?P<high>[-+]?\d*\.?\d+)\s*[\])]""",
    re.VERBOSE | re.IGNORECASE,
)
_NOT_SIGNIFICANT = re.compile(r"\(?\s*(?:n\.?\s?s\.?|non-?\s?sig(?:nificant|\.)?|not significant)\s*\)?", re.IGNORECASE)
_STARS = re.compile(r"\*+")
_P = re.compile(
    r"(?:p\s*)?(?P<operator><=|>=|<|>|=)?\s*(?P<number>\d*[.,]?\d+(?:e[-+]?\d{1,2})?)\s*(?P<marks>\*+)?", re.IGNORECASE
)
_COUNT = re.compile(r"(?:n\s*=\s*)?(?P<number>\d+|\d{1,3}(?:[, ]\d{3})+)(?:\.0+)?", re.IGNORECASE)

_FOOTNOTED = re.compile(r".*\d(?P<mark>\s?(?:\(?[a-jA-J]\)?|[*†‡§¶#]))")


@dataclass(frozen=True)
class Printed:
    """A number as printed: the number, its stars, whether it says n.s., and what else hangs on it."""

    number: Decimal | None
    stars: str = ""
    not_significant: bool = False
    letters: str = ""


def plain(cell: str) -> str:
    """The cell with one kind of minus, star and space, and nothing for a word that says nothing.

    >>> plain("\\u2212.42\\u2217")
    '-.42*'
    """
    text = " ".join(cell.translate(_SAME).split())
    return "" if text.casefold() in _NOTHING else text


def printed(cell: str, letter: str = "") -> Printed | None:
    """The number in a cell; None where the cell says nothing. Raises Unclear where it is no number.

    ``letter`` is what the column's numbers are printed behind; a number behind another one is another number.

    >>> printed("-,42**a")
    Printed(number=Decimal('-0.42'), stars='**', not_significant=False, letters='a')
    """
    text = _without_superscripts(plain(cell))
    if not text:
        return None
    if _NOT_SIGNIFICANT.fullmatch(text):
        return Printed(None, not_significant=True)
    match = _PRINTED.fullmatch(text)
    if not match:
        raise Unclear(f"'{cell}' is not a number", "write it like -0.42")
    label = match["label"]
    if label and label.casefold() != letter.casefold():
        raise Unclear(f"'{cell}' is a number of another kind", f"move the {label} to its own column")
    marks = match["marks"]
    not_significant = re.search(r"n\.?\s?s\.?", marks, re.IGNORECASE)
    rest = marks.replace(not_significant[0], "") if not_significant else marks
    letters = re.sub(r"[*,\s()]", "", rest)
    return Printed(_decimal(match["number"]), "".join(_STARS.findall(rest)), bool(not_significant), letters)


def with_interval(cell: str) -> tuple[str, tuple[Decimal, Decimal] | None]:
    """A number and the interval that stands behind it in brackets; the cell alone where there is none.

    >>> with_interval("-.40 [-.58, -.18]")
    ('-.40', (Decimal('-0.58'), Decimal('-0.18')))
    """
    match = _WITH_INTERVAL.fullmatch(plain(cell))
    if not match:
        return cell, None
    low, high = _decimal(match["low"]), _decimal(match["high"])
    return (match["number"], (low, high)) if low <= high else (cell, None)


def p_value(cell: str) -> tuple[PValue | None, Printed]:
    """A p value, with stars or n.s. where these stand in its place. Raises Unclear."""
    text = plain(cell)
    nothing = Printed(None)
    if not text:
        return None, nothing
    if _NOT_SIGNIFICANT.fullmatch(text):
        return None, Printed(None, not_significant=True)
    if _STARS.fullmatch(text):
        return None, Printed(None, stars=text)
    match = _P.fullmatch(text)
    if not match:
        raise Unclear(f"'{cell}' is not a p value", "write .033 for equality or <.05 for a bound")
    number = _decimal(match["number"])
    if number > 1:
        raise Unclear(f"p = {number} is outside 0 to 1", "correct it from the source")
    if number == 0:
        raise Unclear("a p of zero is a rounded one", "write the bound, such as <.001")
    return PValue(match["operator"] or "=", number), Printed(None, stars=match["marks"] or "")


def count(cell: str) -> int | None:
    """A number of people, thousands parted by commas or spaces, less a footnote behind it. Raises Unclear."""
    text = plain(cell).removesuffix(footnote(cell))
    if not text:
        return None
    match = _COUNT.fullmatch(text)
    if not match or int(re.sub(r"\D", "", match["number"])) < 1:
        raise Unclear(f"'{cell}' is not a number of people", "write digits only, such as 128")
    return int(re.sub(r"\D", "", match["number"]))


def footnote(cell: str) -> str:
    """The letter or sign that hangs on a number of people; not k and m, which may be thousands and millions.

    >>> footnote("64b"), footnote("64k"), footnote("64")
    ('b', '', '')
    """
    match = _FOOTNOTED.fullmatch(plain(cell))
    return match["mark"] if match else ""


def measured(cell: str) -> Decimal | None:
    """A plain number without marks: an age, a standard error. Raises Unclear."""
    found = printed(cell)
    if found is None:
        return None
    if found != Printed(found.number) or found.number is None:
        raise Unclear(f"'{cell}' is not a plain number", "write it like 33.5")
    return found.number


def percent(cell: str) -> Decimal | None:
    """A percentage, with or without its sign. Raises Unclear, also for what may be a share of one."""
    number = measured(plain(cell).removesuffix("%"))
    if number is None:
        return None
    if not 0 <= number <= 100:
        raise Unclear(f"{number} is not a percentage", "give a number from 0 to 100")
    if 0 < number <= 1 and not plain(cell).endswith("%"):
        raise Unclear(f"'{cell}' may be a share of one or a percentage", "write 79.6 for 79.6 %")
    return number


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(" ", "").replace(",", "."))


def _without_superscripts(text: str) -> str:
    """Raised letters as plain ones (a raised digit stays, and makes the cell unclear: it may be an exponent)."""
    return "".join(
        unicodedata.normalize("NFKD", letter) if unicodedata.category(letter) == "Lm" else letter for letter in text
    )
