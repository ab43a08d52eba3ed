"""What a row found: its number, and its direction and significance as far as the row tells them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from kg.cells import PValue
from kg.importing.cells import Printed, count, footnote, measured, p_value, plain, printed, with_interval
from kg.importing.mapping import NUMBERS, ColumnMapping
from kg.importing.remarks import AS_READ, WITHOUT, Unclear
from kg.importing.rows import LeftOut, MappedRow
from kg.records import CORRELATIONS

#: What a column of words says of significance.
_WORDS = {
    **dict.fromkeys(("significant", "sig", "sig."), "significant"),
    **dict.fromkeys(("not significant", "not-significant", "non-significant", "nonsignificant", "ns", "n.s."),
                    "not-significant"),
    "": "",
}  # fmt: skip


#: What to do about a letter behind a number.
_FOOTNOTE = "look up the footnote that it leads to"
#: The code by which a table says that its other cells do not settle it: an export writes it so.
_UNDECIDED = "not-reported"


@dataclass(frozen=True)
class Result:
    """The result of a row, as cells of a finding, and what the coder says of it."""

    cells: dict[str, str]
    direction: str
    significance: str
    n: int | None


def result_of(row: MappedRow, mapping: ColumnMapping) -> Result:
    """The result that the row tells. Raises LeftOut where it tells none that can be read."""
    role, number = _number(row)
    p, beside = _p(row)
    low, high = _interval(row, role, mapping)
    statistic, value, note = _value(row, role, number, mapping)
    undecided = row.cell("significance") == _UNDECIDED
    told = [] if undecided else list(_told(row, mapping, number, beside, p))
    worded = _direction_in_words(row) if value is None else ""
    if number is None and not told and p is None and not worded:
        raise LeftOut("r", "no result in the row", "fill in a number, or say n.s.")
    significance = _agreed(row, told)
    if not told and not undecided and low is not None and high is not None:
        significance = "significant" if low > 0 or high < 0 else "not-significant"
    starred = _starred(mapping, (number or Printed(None)).stars or beside.stars)
    cells = {
        "statistic": statistic if value is not None else "",
        "value": "" if value is None else str(value),
        "p": str(p or starred or ""),
        "ci_low": "" if low is None else str(low),
        "ci_high": "" if high is None else str(high),
        "se": _standard_error(row, role, value, statistic),
        "printed": _as_printed(row, role) if value is not None else "",
        "coder_note": note,
    }
    direction = worded or _direction(value, significance)
    return Result(cells, direction, significance, _people(row))


# --- numbers ---------------------------------------------------------------------------------


def _number(row: MappedRow) -> tuple[str, Printed | None]:
    """The first column with something in it, and what that is."""
    for role in NUMBERS:
        try:
            number = printed(with_interval(row.cell(role))[0])
        except Unclear as unclear:
            raise LeftOut(role, unclear.what, unclear.do) from unclear
        if number is not None:
            if number.letters:
                what = f"'{number.letters}' hangs on the number"
                row.remark(role, what, _FOOTNOTE, AS_READ)
            return role, number
    return "r", None


def _value(
    row: MappedRow, role: str, number: Printed | None, mapping: ColumnMapping
) -> tuple[str, Decimal | None, str]:
    """Statistic, value, and a note where the value is not the number itself. Raises LeftOut."""
    if number is None or number.number is None:
        return "", None, ""
    kinds = {"r": mapping.constants.correlation, "d": "cohens-d", "t": "t", "yi": mapping.constants.yi}
    statistic = plain(row.cell("statistic")) or kinds.get(role)
    if statistic is None and role == "value":
        raise LeftOut("statistic", "a value without a statistic", "say what the number is, such as r")
    if statistic is None:
        do = "set yi under [constants] to fisher-z, r, cohens-d, …"
        raise LeftOut("yi", "what kind of number yi is was not told", do)
    if statistic == "fisher-z":
        value = Decimal(repr(round(math.tanh(number.number), 6)))
        return (
            "r",
            value,
            "The table gives Fisher's z; the value is the correlation of which it is the z, to six decimals.",
        )
    if statistic in CORRELATIONS and abs(number.number) > 1:
        raise LeftOut(role, f"a correlation of {number.number} is outside -1 to 1", "correct it from the source")
    return statistic, number.number, ""


def _interval(row: MappedRow, role: str, mapping: ColumnMapping) -> tuple[Decimal | None, Decimal | None]:
    """The confidence interval, where both ends are told and on the scale of the value."""
    if role == "yi" and mapping.constants.yi == "fisher-z":
        return None, None
    low, high = (row.read(end, measured) for end in ("ci_low", "ci_high"))
    if low is None and high is None and (ends := with_interval(row.cell(role))[1]):
        return ends
    if (low is None) != (high is None):
        row.remark("ci_low" if low is None else "ci_high", "an interval with one end", "give both ends", WITHOUT)
        return None, None
    return low, high


def _people(row: MappedRow) -> int | None:
    """How many people the row tells, with a remark where a footnote hangs on the number."""
    people = row.read("n", count)
    if people is not None and (mark := footnote(row.cell("n")).strip()):
        row.remark("n", f"'{mark}' hangs on the number", _FOOTNOTE, AS_READ)
    return people


def _standard_error(row: MappedRow, role: str, value: Decimal | None, statistic: str) -> str:
    """The standard error, where the table's stands beside a number on its own scale."""
    if value is None or statistic in CORRELATIONS or role == "t":
        return ""
    error, variance = row.read("sei", measured), row.read("vi", measured)
    if error is None and variance is not None and variance > 0:
        error = Decimal(repr(round(math.sqrt(variance), 6)))
    return str(error) if error is not None and error > 0 else ""


def _as_printed(row: MappedRow, role: str) -> str:
    p = " ".join(row.cell("p").split())
    behind = f", p {'= ' if p[0] in '.,0123456789' else ''}{p}" if plain(p) else ""
    name = NUMBERS[role] or plain(row.cell("statistic"))
    return f"{name} = {row.cell(role)}{behind}"


# --- outcomes --------------------------------------------------------------------------------


def _p(row: MappedRow) -> tuple[PValue | None, Printed]:
    try:
        return p_value(row.cell("p"))
    except Unclear as unclear:
        row.remark("p", unclear.what, unclear.do, WITHOUT)
        return None, Printed(None)


def _told(
    row: MappedRow, mapping: ColumnMapping, number: Printed | None, beside: Printed, p: PValue | None
) -> Iterator[str]:
    """What each cell of the row says of significance."""
    if p and (word := _by_p(p, mapping.constants.alpha)):
        yield word
    for role, each in (("r", number), ("p", beside)):
        if each and each.not_significant:
            yield "not-significant"
        if each and each.stars:
            starred = _starred(mapping, each.stars)
            if starred and (word := _by_p(starred, mapping.constants.alpha)):
                yield word
            elif not starred and not p:
                what = f"'{each.stars}' has no legend"
                row.remark(role, what, "say under [stars] of the mapping what it stands for", AS_READ)
    words = plain(row.cell("significance")).casefold()
    if _WORDS.get(words):
        yield _WORDS[words]
    elif words not in _WORDS:
        row.remark("significance", "neither significant nor not significant", "write one of the two", WITHOUT)


def _by_p(p: PValue, alpha: Decimal) -> str | None:
    """Significant or not by p; None where a bound leaves it open."""
    if p.is_below(alpha):
        return "significant"
    return "not-significant" if p.operator in ("=", ">", ">=") and p.number >= alpha else None


def _starred(mapping: ColumnMapping, stars: str) -> PValue | None:
    """The p for which stars stand, by the legend."""
    legend = mapping.stars.get(stars)
    return PValue.parse(legend) if legend else None


def _agreed(row: MappedRow, told: list[str]) -> str:
    if len(set(told)) > 1:
        do = "correct one of p, stars, n.s. and significance"
        row.remark("p", "the row says both significant and not significant", do, AS_READ)
    return told[0] if len(set(told)) == 1 else "not-reported"


def _direction_in_words(row: MappedRow) -> str:
    """The direction that a row without a number tells in a word."""
    word = plain(row.cell("direction")).casefold()
    if word in ("positive", "negative"):
        return word
    if word:
        row.remark("direction", "neither positive nor negative", "write one of the two", WITHOUT)
    return ""


def _direction(value: Decimal | None, significance: str) -> str:
    """The direction is the sign of the number; a zero is none where it was tested."""
    if value is None:
        return "not-reported"
    if value == 0:
        return "none" if significance == "not-significant" else "not-reported"
    return "positive" if value > 0 else "negative"
