"""Findings as a table of results: in the shape that ``kg import`` reads, and as metafor and JASP want it.

Moderators that the graph does not know stay in the dataset's folder (kept-columns.tsv); they are not in the graph.
"""

from __future__ import annotations

from decimal import Decimal

from kg.conversions import NoEffect
from kg.effects import effect_of
from kg.export.tables import ROW_FORMATS
from kg.names import local_name
from kg.questions import export_query
from kg.records import CORRELATIONS, FindingKind
from kg.resources import shipped
from kg.store import Row, Rows, Store, Value

#: The columns that ``kg import`` recognises without a mapping; "dataset" and "printed" tell a person more.
RESULTS = ("dataset", "study", "year", "title", "doi", "sample", "country", "design", "n", "% female", "mean age",
           "SD age", "construct 1", "measure 1", "construct 2", "measure 2", "kind", "r", "statistic", "value", "p",
           "CI low", "CI high", "se", "df effect", "df", "n 1", "n 2", "direction", "significance",
           "printed")  # fmt: skip
#: The columns of metafor (slab, measure, yi, vi, ni, ri), then what may serve as a moderator.
METAFOR = ("slab", "measure", "yi", "vi", "ni", "ri", "construct1", "measure1", "construct2", "measure2", "sample",
           "year", "country", "design", "female", "age", "dataset", "reading", "certainty")  # fmt: skip


def results(store: Store) -> str:
    """CSV: one row a finding, as ``kg import`` reads it."""
    found = _found(store)
    several = _of_several_samples(found)
    return _csv(RESULTS, [_result(row, row["studyIri"] in several) for row in found])


def metafor(store: Store) -> tuple[str, int]:
    """CSV: one row a finding that ``kg pool`` can make an effect of, and how many findings it can make none of."""
    found = _found(store)
    rows = [cells for row in found if (cells := _effect(row)) is not None]
    return _csv(METAFOR, rows), len(found) - len(rows)


def left_out(store: Store) -> int:
    """How many findings neither table has: those with a third construct, mediations and moderations."""
    return len(store.select(export_query(shipped(), "left-out-of-results", {})))


def _csv(columns: tuple[str, ...], rows: list[tuple[Value, ...]]) -> str:
    return ROW_FORMATS["csv"](Rows(columns, tuple(rows)))


def _found(store: Store) -> list[Row]:
    """A row for each finding, its countries joined."""
    found: dict[str, dict[str, Value]] = {}
    for row in store.select(export_query(shipped(), "results", {})):
        earlier = found.setdefault(str(row["finding"]), dict(row))
        countries = str(earlier["country"] or "").split("; ")
        if row["country"] and row["country"] not in countries:
            earlier["country"] = "; ".join([*countries, str(row["country"])])
    return list(found.values())


def _of_several_samples(found: list[Row]) -> set[Value]:
    """The studies whose samples must be named to be told apart."""
    first: dict[Value, Value] = {}
    return {row["studyIri"] for row in found if first.setdefault(row["studyIri"], row["sampleIri"]) != row["sampleIri"]}


def _result(row: Row, name_sample: bool) -> tuple[Value, ...]:
    statistic = _code(row["statistic"])
    correlation = statistic in CORRELATIONS
    kinds = {kind.class_name: kind.value for kind in FindingKind}
    return (
        _code(row["dataset"]),
        row["study"],
        row["year"],
        row["title"],
        row["doi"],
        row["sample"] if name_sample else None,
        row["country"],
        _code(row["design"]),
        _people(row),
        row["percentFemale"],
        row["meanAge"],
        row["sdAge"],
        row["first"],
        row["firstMeasure"],
        row["second"],
        row["secondMeasure"],
        kinds[local_name(str(row["kindClass"]))],
        row["value"] if correlation else None,
        statistic,
        None if correlation else row["value"],
        _p(row),
        row["ciLow"],
        row["ciHigh"],
        row["se"],
        row["dfEffect"],
        row["df"],
        row["firstGroup"],
        row["secondGroup"],
        _code(row["direction"]),
        _code(row["significance"]),
        row["printed"],
    )


def _effect(row: Row) -> tuple[Value, ...] | None:
    """The cells of a finding as metafor wants it, by the same conversion as everywhere; None where it has no effect."""
    try:
        effect = effect_of(_as_asked(row))
    except NoEffect:
        return None
    return (
        row["study"],
        "ZCOR",
        _ten_decimals(effect.z),
        _ten_decimals(effect.variance),
        effect.n,
        _ten_decimals(effect.r),
        row["first"],
        row["firstMeasure"],
        row["second"],
        row["secondMeasure"],
        local_name(str(row["sampleIri"])),
        row["year"],
        row["country"],
        _code(row["design"]),
        row["percentFemale"],
        row["meanAge"],
        _code(row["dataset"]),
        _code(row["reading"]),
        _code(row["certainty"]),
    )


def _as_asked(row: Row) -> Row:
    """The row under the names that the question ``effects-between`` gives its columns."""
    codes = {column: _code(row[column]) for column in ("statistic", "direction", "certainty")}
    named = {"firstFound": row["first"], "secondFound": row["second"], "source": row["dataset"]}
    return {**row, **codes, **named, "people": row["sampleIri"], "p": _p(row)}


def _ten_decimals(number: float) -> Decimal:
    return Decimal(repr(round(number, 10)))


def _people(row: Row) -> Value:
    """How many people the number is about: the analysis's, else the whole sample's."""
    return row["recruited"] if row["analysed"] is None else row["analysed"]


def _p(row: Row) -> str | None:
    """A p value as the tables write it, which no spreadsheet takes for a formula."""
    if row["p"] is None:
        return None
    return str(row["p"]) if row["pOperator"] == "=" else f"{row['pOperator']}{row['p']}"


def _code(value: Value) -> str | None:
    return None if value is None else local_name(str(value))
