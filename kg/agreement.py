"""Two codings of one source set side by side: what both found, how far they agree, and on what they do not.

Rows are paired first by what they are about (``_ABOUT``), then, of findings that are left, by study and statistic as
printed. Of several candidates those are paired that agree in most cells. Own words are not compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kg.cells import PValue
from kg.codebook import LISTED, Column, columns
from kg.corpus import Dataset
from kg.names import CODE_KINDS
from kg.placed import Placed
from kg.records import Finding, FindingKind
from kg.store import Rows

#: Table -> the columns by which its rows are paired; in braces, those whose order does not count.
_ABOUT: dict[str, tuple[str | frozenset[str], ...]] = {
    "studies": ("id",),
    "samples": ("study",),
    "findings": ("study", "kind", frozenset({"subject", "object"}), "mediator", "moderator"),
    "propositions": (frozenset({"subject", "object"}), "third"),
    "risk_of_bias": ("tool", "studies", "domain"),
}
#: Kinds of what a cell names that are the same word in both codings, whoever coded.
_SHARED = frozenset({*CODE_KINDS, "construct", "measure", "therapy", "publication"})
#: What one of two coders wrote, where the other left the cell empty.
EMPTY = "(empty)"

Key = Callable[[Any], Hashable]


@dataclass(frozen=True)
class Field:
    """How far two codings agree in one column, over the rows in which at least one of them filled it.

    ``within_rounding`` counts, of numbers, also those that are the same as far as the shorter one is printed. ``kappa``
    is Cohen's (1960), of codes alone; where it is None, ``note`` says why.
    """

    table: str
    name: str
    rows: int
    agreed: int
    within_rounding: int | None
    kappa: Fraction | None
    note: str


@dataclass(frozen=True)
class Disagreement:
    """A cell that two coders filled differently."""

    table: str
    first_id: str
    second_id: str
    name: str
    first: str
    second: str


@dataclass
class Agreement:
    """Everything that setting two codings side by side gives; ``only_first`` and ``only_second`` found no pair."""

    paired: dict[str, int] = field(default_factory=dict)
    fields: list[Field] = field(default_factory=list)
    disagreements: list[Disagreement] = field(default_factory=list)
    only_first: list[tuple[str, str, str]] = field(default_factory=list)
    only_second: list[tuple[str, str, str]] = field(default_factory=list)

    def field_rows(self) -> Rows:
        """The agreement per column, as rows."""
        header = ("table", "field", "rows", "agree", "percent", "withinRounding", "kappa", "note")
        return Rows(header, tuple(_field_row(each) for each in self.fields))

    def disagreement_rows(self) -> Rows:
        """Every disagreement as a row, and every row that one coder alone has."""
        header = ("table", "first", "second", "field", "firstSays", "secondSays")
        differ = [
            (each.table, each.first_id, each.second_id, each.name, each.first, each.second)
            for each in self.disagreements
        ]
        alone = [(table, id, None, "the whole row", what, None) for table, id, what in self.only_first]
        other = [(table, None, id, "the whole row", None, what) for table, id, what in self.only_second]
        return Rows(header, (*differ, *alone, *other))


def _field_row(each: Field) -> tuple[Any, ...]:
    def rounded(number: Fraction, places: str) -> Decimal:
        return (Decimal(number.numerator) / number.denominator).quantize(Decimal(places))

    percent = rounded(Fraction(100 * each.agreed, each.rows), "0.1")
    kappa = None if each.kappa is None else rounded(each.kappa, "0.001")
    return (each.table, each.name, each.rows, each.agreed, percent, each.within_rounding, kappa, each.note or None)


def compare(first: Dataset, second: Dataset) -> Agreement:
    """Set two codings of one source side by side."""
    found = Agreement()
    for table, about in _ABOUT.items():
        pairs, alone, other = _paired(table, about, getattr(first, table), getattr(second, table))
        found.paired[table] = len(pairs)
        found.only_first += [(table, row.record.id, _told(row.record)) for row in alone]
        found.only_second += [(table, row.record.id, _told(row.record)) for row in other]
        cells = [(one.record, _turned(one.record, two.record)) for one, two in pairs]
        compared = _compared(table)
        found.fields += [told for column in compared for told in _agreement(column, cells, about)]
        found.disagreements += [told for pair in cells for column in compared for told in _disagreement(column, *pair)]
    return found


# --- pairing ---------------------------------------------------------------------------------


def _paired(
    table: str, about: tuple[str | frozenset[str], ...], first: Sequence[Placed[Any]], second: Sequence[Placed[Any]]
) -> tuple[list[tuple[Placed[Any], Placed[Any]]], list[Placed[Any]], list[Placed[Any]]]:
    """The rows that tell the same, and those that only the first and only the second coding has."""
    pairs: list[tuple[Placed[Any], Placed[Any]]] = []
    keys: list[Key] = [lambda record: tuple(_part(record, part) for part in about)]
    if table == Finding.table:
        keys.append(lambda record: (record.study, record.printed) if record.printed else id(record))
    for key in keys:
        more = list(_best(table, first, second, key))
        pairs += more
        first = [row for row in first if all(row is not one for one, _ in more)]
        second = [row for row in second if all(row is not two for _, two in more)]
    return pairs, list(first), list(second)


def _part(record: Any, part: str | frozenset[str]) -> Hashable:
    if isinstance(part, frozenset):
        return frozenset(getattr(record, name) for name in part)
    value = getattr(record, part)
    return frozenset(value) if isinstance(value, tuple) else value


def _best(
    table: str, first: Sequence[Placed[Any]], second: Sequence[Placed[Any]], key: Key
) -> Iterator[tuple[Placed[Any], Placed[Any]]]:
    """Pairs of rows with one key; of several candidates, those first that agree in most cells."""
    by_key: dict[Hashable, list[Placed[Any]]] = {}
    for row in second:
        by_key.setdefault(key(row.record), []).append(row)
    candidates = [(one, two) for one in first for two in by_key.get(key(one.record), ())]
    compared = [column.name for column in _compared(table)]
    taken: set[int] = set()
    for one, two in sorted(candidates, key=lambda pair: -_alike(pair, compared)):  # sorting keeps the order of rows
        if id(one) not in taken and id(two) not in taken:
            taken |= {id(one), id(two)}
            yield one, two


def _alike(pair: tuple[Placed[Any], Placed[Any]], names: Iterable[str]) -> int:
    first, second = (row.record.cells() for row in pair)
    return sum(first[name] == second[name] for name in names)


def _turned(one: Any, two: Any) -> Any:
    """The second row as the first tells it: of an association it does not matter which construct comes first."""
    if isinstance(two, Finding) and two.kind == one.kind == FindingKind.ASSOCIATION and one.subject == two.object:
        ends = {"subject": two.object, "object": two.subject}
        by = {"subject_measure": two.object_measure, "object_measure": two.subject_measure}
        return two.model_copy(update={**ends, **by})
    return two


def _told(record: Any) -> str:
    return getattr(record, "statement", "") or record.label


# --- comparing -------------------------------------------------------------------------------

_Cells = Sequence[tuple[Any, Any]]


def _compared(table: str) -> list[Column]:
    return [column for column in columns([table]) if _is_compared(column)]


def _is_compared(column: Column) -> bool:
    """Whether a column holds more than own words and names that each coder makes up."""
    if column.refers_to:
        return column.refers_to in _SHARED
    return column.form != "an id" and (not column.form.startswith("text") or column.name in ("printed", "countries"))


def _filled(column: Column, cells: _Cells) -> list[tuple[Any, Any]]:
    """The values of both, where at least one of them has one."""
    values = [(_value(one, column.name), _value(two, column.name)) for one, two in cells]
    return [pair for pair in values if any(each not in (None, frozenset()) for each in pair)]


def _value(record: Any, name: str) -> Any:
    value = getattr(record, name)
    return frozenset(value) if isinstance(value, tuple) and not isinstance(value, PValue) else value


def _agreement(column: Column, cells: _Cells, about: Iterable[str | frozenset[str]]) -> Iterator[Field]:
    values = _filled(column, cells)
    if not values:
        return
    agreed = sum(one == two for one, two in values)
    numbers = any(isinstance(each, int | Decimal | PValue) for pair in values for each in pair)
    paired_by = any(column.name == part or (isinstance(part, frozenset) and column.name in part) for part in about)
    coefficient, note = None, ""
    if paired_by:
        note = "rows are paired by it"
    elif column.refers_to or column.form.startswith(LISTED):
        coefficient = kappa(values)
        note = "" if coefficient is not None else "kappa is undefined: both use one and the same code only"
    within = sum(_same_as_printed(one, two) for one, two in values) if numbers else None
    yield Field(column.table, column.name, len(values), agreed, within, coefficient, note)


def _disagreement(column: Column, one: Any, two: Any) -> Iterator[Disagreement]:
    if _value(one, column.name) != _value(two, column.name):
        first, second = (each.cells()[column.name] or EMPTY for each in (one, two))
        yield Disagreement(column.table, one.id, two.id, column.name, first, second)


def kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> Fraction | None:
    """Cohen's kappa, unweighted: agreement beyond that of two coders who use the codes as often, but by chance.

    None where it is undefined: nothing was coded, or both used one and the same code throughout. Cohen, J. (1960), A
    coefficient of agreement for nominal scales, Educational and Psychological Measurement 20, 37-46.

    >>> kappa([("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")])
    Fraction(1, 2)
    """
    rows = len(pairs)
    firsts, seconds = (Counter(each[side] for each in pairs) for side in (0, 1))
    by_chance = sum(firsts[code] * seconds[code] for code in firsts)
    if by_chance == rows * rows:
        return None
    agreed = sum(one == two for one, two in pairs)
    return Fraction(agreed * rows - by_chance, rows * rows - by_chance)


def _same_as_printed(one: Any, two: Any) -> bool:
    """Whether two numbers are the same as far as the one with fewer decimals goes; of p values, with the same sign.

    >>> _same_as_printed(Decimal("0.30"), Decimal("0.304")), _same_as_printed(Decimal("0.30"), Decimal("0.31"))
    (True, False)
    """
    if one is None or two is None:
        return False
    if isinstance(one, PValue):
        return bool(one.operator == two.operator) and _same_as_printed(one.number, two.number)
    if not isinstance(one, Decimal):
        return bool(one == two)
    coarser = max(one.as_tuple().exponent, two.as_tuple().exponent)
    return bool(abs(one - two) <= Decimal(5).scaleb(int(coarser) - 1))
