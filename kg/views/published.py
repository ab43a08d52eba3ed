"""What others pooled, as text: told beside our own numbers, never mixed with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.store import Row, Value


def lines(estimates: Iterable[Row]) -> Iterator[str]:
    """A line for each row of the question ``published-syntheses-between``; paths through a mediator are left out."""
    told = [row for row in estimates if row["mediator"] is None]
    if told:
        yield f"published: what others pooled ({len(told)}), never pooled with the above"
    for row in told:
        pair = f"{row['first']} × {row['second']}" + (" (one step wider)" if row["howWide"] != "as asked" else "")
        yield f"  {pair}: {_number(row)}{_size(row)}; {row['review']}, {row['locator']}"


def _number(row: Row) -> str:
    """The estimate with its interval, or what is told instead: the direction and the significance in words."""
    if row["value"] is None:
        return f"{row['direction']}, {row['significance']}"
    statistic = str(row["statistic"]).partition(" (")[0] if row["statistic"] is not None else "value"
    interval = f" [{row['ciLow']}, {row['ciHigh']}]" if row["ciLow"] is not None else ""
    sign = "" if row["signTold"] == "yes" else " (sign not told)"
    return f"{statistic} = {row['value']}{interval}{sign}"


def _size(row: Row) -> str:
    studies = f", k = {row['k']}{_whose(row['countsDescribe'])}" if row["k"] is not None else ""
    people = f", n = {row['n']:,}{_whose(row['nDescribes'])}" if row["n"] is not None else ""
    return studies + people


def _whose(described: Value) -> str:
    """Whether a count is of more than this estimate, or is not known to be its own."""
    words = {"whole review": " (of the whole review)", "not told": " (of what, is not told)"}
    return words.get(str(described), "")
