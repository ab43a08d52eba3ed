"""What a cell may hold: typed values that parse themselves, and how a column stands in RDF.

Errors of a cell say what is wrong and what to do, in words that reach the person who typed it.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, NamedTuple, Self

from annotated_types import Len
from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from kg.names import KINDS, SLUG

# --- how a field stands in RDF ---------------------------------------------------------------


@dataclass(frozen=True)
class Ref:
    """A cell that names a record of ``kind``; ``predicate`` (a CURIE) links to its IRI.

    The kind ``class`` names a class of the ontology: those cells become ``rdf:type``. The kind ``any``
    takes records of whatever kind, each written with its kind: ``sample:barnes-2020-sample``.
    """

    kind: str
    predicate: str


@dataclass(frozen=True)
class Data:
    """A cell that holds a plain value; ``language`` tags prose, ``also`` says the same in another vocabulary."""

    predicate: str
    language: str | None = None
    also: str | None = None


# --- cells -----------------------------------------------------------------------------------


def _bad(what: str, do: str) -> PydanticCustomError:
    """An error of one cell, in words that ``kg.placed`` passes on as they are."""
    return PydanticCustomError("cell", "{what}; {do}", {"what": what, "do": do})


def _listed(cell: Any) -> Any:
    return tuple(part.strip() for part in cell.split(";") if part.strip()) if isinstance(cell, str) else cell


def _slug(cell: str) -> str:
    if not SLUG.fullmatch(cell):
        raise _bad(f"'{cell}' is not an id", "use lower-case letters, digits and single hyphens")
    return cell


def with_kinds(cell: tuple[str, ...]) -> tuple[str, ...]:
    """The cell, where each of its parts is a kind and an id."""
    for part in cell:
        kind, colon, name = part.partition(":")
        if not colon or not SLUG.fullmatch(name):
            raise _bad(f"'{part}' is not a kind and an id", "write it like sample:barnes-2020-sample")
        if kind not in KINDS:
            near = difflib.get_close_matches(kind, KINDS, n=1)
            raise _bad(
                f"there is no kind '{kind}'", f"did you mean {near[0]}:{name}?" if near else "use study, sample, …"
            )
    return cell


_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)")


def _number(cell: Any) -> Any:
    if not isinstance(cell, str) or _NUMBER.fullmatch(cell):
        return cell
    hint = "write digits with a decimal point, such as 0.38 or -0.25"
    if _NUMBER.fullmatch(cell.replace(",", ".").replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-")):
        fixed = cell.replace(",", ".").replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-")
        hint = f"write {fixed} (a decimal point, a plain hyphen for minus)"
    raise _bad(f"'{cell}' is not a number", hint)


def _whole(cell: Any) -> Any:
    if isinstance(cell, str) and not re.fullmatch(r"\d+", cell):
        raise _bad(f"'{cell}' is not a whole number", "write digits only, such as 128")
    return cell


@dataclass(frozen=True)
class Within:
    """The bounds of a number, both of them allowed; ``unit`` says what a number within them is."""

    low: int
    high: int
    unit: str

    def __call__(self, number: Decimal) -> Decimal:
        if not self.low <= number <= self.high:
            raise _bad(f"{number} is not {self.unit}", f"give a number from {self.low} to {self.high}")
        return number


#: More people than live on Earth: a slip of the hand, and too large for the integers of some stores.
MOST = 10**10


def _countable(number: int) -> int:
    if number < 1:
        raise _bad(f"{number} is too small for a count", "give a number from 1 up")
    return _likely(number)


def _likely(number: int) -> int:
    if number > MOST:
        raise _bad(f"{number} is too large for a count", "correct it from the source")
    return number


Slug = Annotated[str, AfterValidator(_slug)]
Many = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Some = Annotated[tuple[str, ...], BeforeValidator(_listed), Len(min_length=1)]
#: Records of several kinds: ``measure:scs; sample:barnes-2020-sample``.
OfAnyKind = Annotated[tuple[str, ...], BeforeValidator(_listed), Len(min_length=1), AfterValidator(with_kinds)]
Number = Annotated[Decimal, BeforeValidator(_number)]
Count = Annotated[int, BeforeValidator(_whole), AfterValidator(_countable)]
#: A count that may have come to nothing.
Tally = Annotated[int, BeforeValidator(_whole), AfterValidator(_likely)]
Percent = Annotated[Decimal, BeforeValidator(_number), AfterValidator(Within(0, 100, "a percentage"))]
Years = Annotated[Decimal, BeforeValidator(_number), AfterValidator(Within(0, 120, "an age in years"))]
Text = str


class PValue(NamedTuple):
    """A p value, or its bound, as printed: ``.033`` is equality, ``<.003`` a bound."""

    operator: str
    number: Decimal

    @classmethod
    def parse(cls, cell: Any) -> Any:
        if not isinstance(cell, str):
            return cell
        match = re.fullmatch(r"(<=|>=|<|>|=)?\s*(\d*\.?\d+)", cell)
        if not match:
            raise _bad(f"'{cell}' is not a p value", "write .033 for equality or <.05 for a bound")
        number = Decimal(match[2])
        if not 0 <= number <= 1:
            raise _bad(f"p = {number} is outside 0 to 1", "correct it from the source")
        return cls(match[1] or "=", number)

    def is_below(self, alpha: Decimal) -> bool:
        """Whether p is below ``alpha`` for certain, by its value or by its bound."""
        return self.number < alpha if self.operator in ("=", "<=") else self.operator == "<" and self.number <= alpha

    def __str__(self) -> str:
        return f"{'' if self.operator == '=' else self.operator}{self.number:f}"


class EthnicityShare(NamedTuple):
    """The share, in per cent, of one ethnic group, in the source's words: ``White 87.5``."""

    group: str
    percent: Decimal

    @classmethod
    def parse_all(cls, cell: Any) -> Any:
        return tuple(map(cls.parse, _listed(cell))) if isinstance(cell, str) else cell

    @classmethod
    def parse(cls, text: str) -> Self:
        group, _, share = text.rpartition(" ")
        if not group or not re.fullmatch(r"\d+(\.\d+)?", share) or Decimal(share) > 100:
            raise _bad(f"'{text}' is not a group and its percentage", "write them like 'White 87.5; Black 7.6'")
        if re.search(r"\d\s*%?\s*,", group):
            raise _bad(f"'{text}' holds more than one percentage", "separate the groups by semicolons")
        return cls(group, Decimal(share))

    def __str__(self) -> str:
        return f"{self.group} {self.percent}"
