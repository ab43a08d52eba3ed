"""Tables as dataframes, typed after the record models.

The dataframe layer is Ibis: one set of expressions, run by DuckDB on this machine and unchanged by Apache Spark on a
cluster. (Narwhals runs on more engines of one machine, but its Spark side knows fewer functions of text, and text is
most of what is done here.) No expression uses a lambda, a back-reference of a regular expression or the order of
rows, in which the two engines differ.

A typed table has the columns of the record model under their names, empty cells as NULL, and beside them as written:

    text, ids, codes       string
    numbers                double, with the cell as written in <name>_text
    counts                 int64, with the cell as written in <name>_text
    p                      p (double), p_operator (string, "=" where none is written), p_text
    lists                  array<string>, with the parts joined by ";" in <name>_text
    shares (ethnicity)     string, as written
"""

from __future__ import annotations

from typing import Any

from kg.bulk.columns import Column, Sort, columns_of
from kg.errors import MissingPart
from kg.records import Record

Table = Any
Expression = Any

#: Ends of a p value as the record models read it.
P_NUMBER = "[0-9]*[.]?[0-9]+$"
_P_OPERATOR = "^(<=|>=|<|>|=)"


def layer() -> Any:
    """The library of tables. Raises MissingPart without it."""
    try:
        import ibis
    except ImportError as error:
        raise MissingPart("evidence by the million needs Ibis: pip install 'compassion-attachment-kg[bulk]'") from error
    return ibis


def typed(table: Table, model: type[Record]) -> Table:
    """``table``, with one column of text for each of the model or fewer, as columns that can be reckoned with."""
    columns: dict[str, Expression] = {}
    for column in columns_of(model):
        columns.update(_typed(column, _cell(table, column.name)))
    return table.select(**columns)


def _cell(table: Table, name: str) -> Expression:
    """A column as text without blanks around it; NULL where nothing is left, or the table has no such column."""
    if name not in table.columns:
        return layer().null("string")
    return table[name].cast("string").strip().nullif("")


def _typed(column: Column, cell: Expression) -> dict[str, Expression]:
    name, written = column.name, f"{column.name}_text"
    match column.sort:
        case Sort.NUMBER:
            return {name: cell.try_cast("float64"), written: cell}
        case Sort.COUNT:
            return {name: cell.try_cast("int64"), written: cell}
        case Sort.P:
            number = cell.re_extract(P_NUMBER, 0).nullif("").try_cast("float64")
            return {name: number, f"{name}_operator": _operator(cell), written: cell}
        case Sort.MANY:
            parts = parts_of(cell)
            return {name: parts.split(";"), written: parts}
    return {name: cell}


def _operator(cell: Expression) -> Expression:
    told = cell.re_extract(_P_OPERATOR, 0)
    return layer().ifelse(cell.isnull(), layer().null("string"), layer().ifelse(told == "", "=", told))


def parts_of(cell: Expression) -> Expression:
    """The parts of a list without blanks around them and without empty ones, joined by semicolons; NULL for none."""
    return cell.re_replace("[ \t\r\n\v\f]*;[ \t\r\n\v\f;]*", ";").re_replace("^;|;$", "").nullif("")
