"""Rows: what a query answered, the same from every store."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from kg.names import PREFIXES, local_name
from kg.notebook import link, table

if TYPE_CHECKING:
    import pandas

_XSD = PREFIXES["xsd"]
_INTEGERS = {"integer", "int", "long", "short", "nonNegativeInteger", "positiveInteger"}


class Iri(str):
    """An IRI in an answer, told apart from text."""

    __slots__ = ()


Value = Iri | str | int | Decimal | float | bool | None
Row = Mapping[str, Value]


@dataclass(frozen=True, repr=False)
class Rows:
    """Named columns and the rows below them. An unbound variable is None."""

    columns: tuple[str, ...]
    values: tuple[tuple[Value, ...], ...]

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Row]:
        return (dict(zip(self.columns, row, strict=True)) for row in self.values)

    def column(self, name: str) -> list[Value]:
        """All values of one column."""
        index = self.columns.index(name)
        return [row[index] for row in self.values]

    def where(self, wanted: Callable[[Row], bool]) -> Rows:
        """The rows for which ``wanted`` holds, in the same order."""
        kept = (values for values, row in zip(self.values, self, strict=True) if wanted(row))
        return Rows(self.columns, tuple(kept))

    def among(self, name: str, wanted: Container[str]) -> Rows:
        """The rows whose value in a column is one of those wanted, as text, in the same order."""
        index = self.columns.index(name)
        return Rows(self.columns, tuple(row for row in self.values if str(row[index]) in wanted))

    def __repr__(self) -> str:
        return f"Rows({len(self):,} × {', '.join(self.columns)})"

    def _repr_html_(self) -> str:
        """What Jupyter shows: the columns that hold anything, IRIs as links."""
        shown = [index for index in range(len(self.columns)) if any(row[index] is not None for row in self.values)]
        cells = ([_linked(row[index]) for index in shown] for row in self.values)
        return table([self.columns[index] for index in shown], cells, len(self), "" if self.values else "no rows")

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a DataFrame; decimals become floats. Needs pandas."""
        try:
            import pandas
        except ImportError as error:
            from kg.errors import MissingPart

            raise MissingPart("to_pandas() needs pandas: pip install pandas") from error
        plain = [[float(value) if isinstance(value, Decimal) else value for value in row] for row in self.values]
        return pandas.DataFrame(plain, columns=list(self.columns))


@dataclass(frozen=True)
class Stream:
    """Named columns, and the rows below them as an engine gives them, once; the thread that asked reads them."""

    columns: tuple[str, ...]
    values: Iterator[tuple[Value, ...]]


def _linked(value: Value) -> Value:
    return link(value) if isinstance(value, Iri) else value


def literal(text: str, datatype: str | None) -> Value:
    """A literal as the Python value its datatype stands for; text where it stands for none.

    >>> literal("0.10", "http://www.w3.org/2001/XMLSchema#decimal")
    Decimal('0.1')
    """
    name = local_name(datatype) if datatype and datatype.startswith(_XSD) else ""
    if name in _INTEGERS and re.fullmatch(r"[-+]?\d+", text):
        return int(text)
    if name == "decimal" and re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)", text):
        return _shortest(Decimal(text))
    if name in ("double", "float"):
        return float(text)
    if name == "boolean":
        return text in ("true", "1")
    return text


def _shortest(number: Decimal) -> Decimal:
    """Engines differ in the zeros they keep (0.10, 0.1); one form makes their answers equal."""
    return Decimal(format(number.normalize(), "f")) if number else Decimal(0)
