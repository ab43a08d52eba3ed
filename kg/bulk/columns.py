"""What the record models say of each column, read from their types: the one source of the screen and of the quads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from pydantic import BeforeValidator
from pydantic.fields import FieldInfo

from kg.cells import (
    MOST,
    Count,
    Data,
    EthnicityShare,
    Many,
    Number,
    Percent,
    PValue,
    Ref,
    Slug,
    Some,
    Tally,
    Text,
    Within,
    Years,
)
from kg.records import FindingKind, Record


class Sort(Enum):
    """How a cell is read."""

    TEXT = "text"
    SLUG = "slug"
    NUMBER = "number"
    COUNT = "count"
    P = "p"
    MANY = "many"
    KIND = "kind of finding"
    SHARES = "shares"
    #: A type that nobody here knows: every filled cell is left to the record models.
    OTHER = "other"


@dataclass(frozen=True)
class Column:
    """One column of a table. ``low`` and ``high`` are bounds that its number may have."""

    name: str
    sort: Sort
    required: bool
    mark: Ref | Data | None
    low: int | None = None
    high: int | None = None


_SORTS: tuple[tuple[Any, Sort], ...] = (
    (Text, Sort.TEXT),
    (Slug, Sort.SLUG),
    (Number, Sort.NUMBER),
    (Percent, Sort.NUMBER),
    (Years, Sort.NUMBER),
    (Count, Sort.COUNT),
    (Tally, Sort.COUNT),
    (Many, Sort.MANY),
    (Some, Sort.MANY),
    (FindingKind, Sort.KIND),
    (Annotated[PValue, BeforeValidator(PValue.parse)], Sort.P),
    (Annotated[tuple[EthnicityShare, ...], BeforeValidator(EthnicityShare.parse_all)], Sort.SHARES),
)


@cache
def columns_of(model: type[Record]) -> tuple[Column, ...]:
    """The columns of a table, in order."""
    hints, marks, required = get_type_hints(model, include_extras=True), model.marks(), model.required()
    return tuple(_column(name, hints[name], name in required, marks.get(name)) for name in model.columns())


def _column(name: str, hint: Any, required: bool, mark: Ref | Data | None) -> Column:
    plain = _plain(hint)
    sort = next((sort for known, sort in _SORTS if _plain(known) == plain), Sort.OTHER)
    bounds = next((each.func for each in plain[1] if isinstance(getattr(each, "func", None), Within)), None)
    if isinstance(bounds, Within):
        return Column(name, sort, required, mark, bounds.low, bounds.high)
    if sort is Sort.COUNT:
        return Column(name, sort, required, mark, 1 if plain == _plain(Count) else 0, MOST)
    return Column(name, sort, required, mark)


def _plain(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """The type of a cell that is filled and what else is asked of it, without how it stands in RDF."""
    asked: list[Any] = []
    while True:
        if get_origin(hint) is Annotated:
            hint, *more = get_args(hint)
            asked = [*more, *asked]
        elif type(None) in (options := get_args(hint)) and len(options) == 2:
            hint = next(each for each in options if each is not type(None))
        else:
            return hint, tuple(each for each in asked if not (isinstance(each, Ref | Data) or _describes(each)))


def _describes(asked: Any) -> bool:
    """Whether it asks nothing of a cell, but only says what it is."""
    return isinstance(asked, FieldInfo) and not asked.metadata
