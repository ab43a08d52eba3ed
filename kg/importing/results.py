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
from kg.records import CORRELATIONS, neutral_of, written

#: What a statistic that is no correlation is printed behind.
_LETTERS = {"fisher-z": "z", "cohens-d": "d", "hedges-g": "g", "odds-ratio": "OR", "t": "t", "f": "F", "z": "z",
            "unstandardised-b": "b"}  # fmt: skip
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
#: The two sides of a number that has sides.
_SIGNS = ("positive", "negative")


@dataclass(frozen=True)
class Result:
    """The result of a row, as cells of a finding, and what the coder says of it."""

    cells: dict[str, str]
    direction: str
    significance: str
    n: int | None


def result_of(row: MappedRow, mapping: ColumnMapping) -> Result:
    """The result that the row tells. Raises LeftOut where it tells none that can be read."""
    role, number = _number(row, mapping)
    p, beside = _p(row)
    n = _people(row)
    error = _error(row)
    statistic, value, note = _value(row, role, number, mapping, by_error=n is None and error is not None)
    low, high = _interval(row, role, converted=note != "")
    undecided = row.cell("significance") == _UNDECIDED
    told = [] if undecided else list(_told(row, mapping, number, beside, p))
    worded = _worded(row)
    in_words = number is None and undecided and worded in ("none", _UNDECIDED)
    if number is None and not told and p is None and worded not in _SIGNS and not in_words:
        raise LeftOut("r", "no result in the row", "fill in a number, or say n.s.")
    significance = _agreed(row, told)
    if not told and not undecided:
        significance = _by_interval(low, high, neutral_of(statistic))
    starred = _starred(mapping, (number or Printed(None)).stars or beside.stars)
    first, second = _groups(row)
    cells = {
        "statistic": statistic if value is not None else "",
        "value": written(value),
        "p": str(p or starred or ""),
        "ci_low": written(low),
        "ci_high": written(high),
        "se": _standard_error(row, role, value, statistic, n, error),
        **_degrees_of_freedom(row, statistic, value),
        "first_n": str(first or ""),
        "second_n": str(second or ""),
        "printed": _as_printed(row, role) if value is not None else "",
        "coder_note": note,
    }
    direction = worded if in_words else _direction(row, worded, statistic, value, significance)
    return Result(cells, direction, significance, n)


# --- numbers ---------------------------------------------------------------------------------


def _number(row: MappedRow, mapping: ColumnMapping) -> tuple[str, Printed | None]:
    """The first column with something in it, and what that is."""
    for role in NUMBERS:
        try:
            number = printed(with_interval(row.cell(role))[0], _letter(row, role, mapping))
        except Unclear as unclear:
            raise LeftOut(role, unclear.what, unclear.do) from unclear
        if number is not None:
            if number.letters:
                what = f"'{number.letters}' hangs on the number"
                row.remark(role, what, _FOOTNOTE, AS_READ)
            return role, number
    return "r", None


def _letter(row: MappedRow, role: str, mapping: ColumnMapping) -> str:
    """What the numbers of a column are printed behind."""
    if role not in ("yi", "value"):
        return NUMBERS[role]
    statistic = (mapping.constants.yi or "") if role == "yi" else plain(row.cell("statistic"))
    return _LETTERS.get(statistic, "r" if statistic in CORRELATIONS else "")


def _value(
    row: MappedRow, role: str, number: Printed | None, mapping: ColumnMapping, by_error: bool
) -> tuple[str, Decimal | None, str]:
    """Statistic, value, and a note where the value is not the number itself. Raises LeftOut.

    Fisher's z as yi becomes its correlation, but where only its error (``by_error``) tells how sure it is.
    """
    if number is None or number.number is None:
        return "", None, ""
    kinds = {"r": mapping.constants.correlation, "d": "cohens-d", "t": "t", "yi": mapping.constants.yi}
    statistic = plain(row.cell("statistic")) or kinds.get(role)
    if statistic is None and role == "value":
        raise LeftOut("statistic", "a value without a statistic", "say what the number is, such as r")
    if statistic is None:
        do = "set yi under [constants] to fisher-z, r, cohens-d, …"
        raise LeftOut("yi", "what kind of number yi is was not told", do)
    if statistic == "fisher-z" and role == "yi" and not by_error:
        value = Decimal(repr(round(math.tanh(number.number), 6)))
        return (
            "r",
            value,
            "The table gives Fisher's z; the value is the correlation of which it is the z, to six decimals.",
        )
    if statistic in CORRELATIONS and abs(number.number) > 1:
        raise LeftOut(role, f"a correlation of {number.number} is outside -1 to 1", "correct it from the source")
    return statistic, number.number, ""


def _interval(row: MappedRow, role: str, converted: bool) -> tuple[Decimal | None, Decimal | None]:
    """The confidence interval, where both ends are told and on the scale of the value."""
    if converted:
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


def _error(row: MappedRow) -> Decimal | None:
    """The standard error that the row tells, of whatever number; from the variance where it tells only that."""
    error, variance = row.read("sei", measured), row.read("vi", measured)
    if error is None and variance is not None and variance > 0:
        error = Decimal(repr(round(math.sqrt(variance), 10)))
    return error if error is not None and error > 0 else None


def _standard_error(
    row: MappedRow, role: str, value: Decimal | None, statistic: str, n: int | None, error: Decimal | None
) -> str:
    """The standard error, where the table's stands beside a number on its own scale."""
    if value is None or error is None or role == "t":
        return ""
    if statistic not in CORRELATIONS:
        return written(error)
    if n is None:
        what = "it may be the error of r or of its z, so without n this r cannot be pooled"
        row.remark("sei" if row.cell("sei") else "vi", what, "fill in n, or give Fisher's z as yi", WITHOUT)
    return ""


def _degrees_of_freedom(row: MappedRow, statistic: str, value: Decimal | None) -> dict[str, str]:
    """The degrees of freedom of a number, and those of an effect where the number is an F."""
    df, of_effect = row.read("df", measured), row.read("df_effect", measured)
    if of_effect is not None and value is not None and statistic != "f":
        row.remark("df_effect", "degrees of freedom of an effect, and the number is no F", "use df", WITHOUT)
    told = {"df": df, "df_effect": of_effect if statistic == "f" else None}
    return {role: "" if value is None else written(number) for role, number in told.items()}


def _groups(row: MappedRow) -> tuple[int | None, int | None]:
    """The sizes of the two groups, where both are told."""
    first, second = row.read("first_n", count), row.read("second_n", count)
    if (first is None) != (second is None):
        row.remark("first_n" if first is None else "second_n", "the size of one group only", "give both", WITHOUT)
        return None, None
    return first, second


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


def _by_interval(low: Decimal | None, high: Decimal | None, neutral: int | None) -> str:
    """Significant or not by whether the interval holds the value that tells no relation."""
    if low is None or high is None or neutral is None:
        return "not-reported"
    return "significant" if low > neutral or high < neutral else "not-significant"


def _worded(row: MappedRow) -> str:
    """What the row says of the direction in a word; here "none" is one."""
    cell = row.cell("direction").strip().casefold()
    return cell if cell == "none" else plain(cell)


def _direction(row: MappedRow, worded: str, statistic: str, value: Decimal | None, significance: str) -> str:
    """The side on which the number lies, where its statistic has two; else what the row says in a word.

    A number that tells no relation is none where it was tested. Where number and word disagree neither is taken.
    """
    neutral = neutral_of(statistic) if value is not None else None
    signed = "" if value is None or neutral is None or value == neutral else _SIGNS[value < neutral]
    if worded == _UNDECIDED:
        return _UNDECIDED
    if worded == "none" and significance == "not-significant":
        return "none"
    if worded and worded not in _SIGNS:
        do = "write one of the two, or none where it is not significant"
        row.remark("direction", "neither positive nor negative", do, WITHOUT)
    elif worded and signed and worded != signed:
        what = f"the number is {signed} and the direction {worded}, so neither is taken as the direction"
        row.remark("direction", what, "correct one of the two", AS_READ)
        return _UNDECIDED
    elif worded:
        return worded
    none = neutral is not None and not signed and significance == "not-significant"
    return signed or ("none" if none else _UNDECIDED)
