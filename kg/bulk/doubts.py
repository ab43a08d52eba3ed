"""Which rows of a typed table are not beyond doubt.

Complete, not exact: no row that the record models refuse passes, but a good one may be doubted, and then the models
say that it is good. What a column may hold is read from the models; of cells that contradict each other there is a
twin here of each ``contradictions`` of a model. Numbers of more digits than doubles tell apart are doubted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce

from kg.bulk.columns import Column, Sort, columns_of
from kg.bulk.frames import Expression, Table
from kg.records import CORRELATIONS, SIGNED, SUPPORTING, Finding, FindingKind, Record, Sample, neutral_of
from kg.records.reported import APART, HIGHEST_ALPHA, LOWEST_ALPHA

_SLUG = "^[a-z0-9]+(-[a-z0-9]+)*$"
_NUMBER = "^[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)$"
_COUNT = "^[0-9]+$"
_P = "^(<=|>=|<|>|=)?[ ]*[0-9]*[.]?[0-9]+$"
#: A longer number may not be what its double says; no source prints one.
_LONG = 15
#: Blanks that Python strips and engines do not.
_ODD_BLANKS = [chr(code) for code in (*range(0x1C, 0x20), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029,
                                      0x202F, 0x205F, 0x3000)]  # fmt: skip
#: Statistics whose values have two sides.
_SIDED = [*sorted(SIGNED), "odds-ratio"]
#: Degrees of freedom beyond doubt.
_MOST_DF = 1_000_000


def doubtful(table: Table, model: type[Record]) -> Expression:
    """Whether a row is to be read by its record model before anybody believes it."""
    by_cell = (doubt for column in columns_of(model) for doubt in _of_cell(table, column))
    across = _ACROSS.get(model, lambda table: iter(()))(table)
    return reduce(lambda one, other: one | other, (doubt.fill_null(False) for doubt in (*by_cell, *across)))


# --- one cell --------------------------------------------------------------------------------


def _of_cell(table: Table, column: Column) -> Iterator[Expression]:
    cell = table[column.name]
    if column.required:
        yield cell.isnull()
    match column.sort:
        case Sort.TEXT:
            yield from _odd_ends(cell)
        case Sort.SLUG:
            yield ~cell.re_search(_SLUG)
        case Sort.NUMBER | Sort.COUNT | Sort.P:
            yield from _of_number(table, column)
        case Sort.MANY:
            parts = table[f"{column.name}_text"]
            yield from _odd_ends(parts)
            yield parts.re_search("[^ -~]") & parts.contains(";")
        case Sort.KIND:
            yield ~cell.isin([kind.value for kind in FindingKind])
        case _:
            yield cell.notnull()


def _odd_ends(cell: Expression) -> Iterator[Expression]:
    yield cell.left(1).isin(_ODD_BLANKS)
    yield cell.right(1).isin(_ODD_BLANKS)


def _of_number(table: Table, column: Column) -> Iterator[Expression]:
    number, written = table[column.name], table[f"{column.name}_text"]
    pattern = {Sort.NUMBER: _NUMBER, Sort.COUNT: _COUNT, Sort.P: _P}[column.sort]
    yield ~written.re_search(pattern)
    yield written.notnull() & number.isnull()
    if column.sort is Sort.COUNT:
        yield (number < column.low) | (number > column.high)
        return
    yield written.length() > _LONG
    if column.sort is Sort.P:
        yield number > 1
    elif column.low is not None:
        yield (number < column.low) | (number > column.high)


# --- cells that contradict each other --------------------------------------------------------


def _across_sample(sample: Table) -> Iterator[Expression]:
    yield sample.sd_age.notnull() & sample.mean_age.isnull()


def _across_finding(finding: Table) -> Iterator[Expression]:
    yield from _roles(finding)
    yield from _value(finding)
    yield from _interval(finding)
    yield from _precision(finding)
    yield from _outcome(finding)


def _roles(finding: Table) -> Iterator[Expression]:
    third = finding.mediator.coalesce(finding.moderator)
    yield finding.subject == finding.object
    yield _one_without_the_other(finding.kind == FindingKind.MEDIATION.value, finding.mediator.notnull())
    yield _one_without_the_other(finding.kind == FindingKind.MODERATION.value, finding.moderator.notnull())
    yield (third == finding.subject) | (third == finding.object)
    yield finding.third_measure.notnull() & third.isnull()
    yield finding.same_result_as.contains(finding.id)


def _value(finding: Table) -> Iterator[Expression]:
    value, statistic = finding.value, finding.statistic
    yield value.notnull() & (statistic.isnull() | finding.printed.isnull())
    computed = finding.coder_note.notnull()
    yield value.notnull() & ~computed & ~_numbers_in(finding.printed).contains(_numbers_in(finding.value_text))
    yield statistic.isin(sorted(CORRELATIONS)) & (value.abs() > 1)
    yield (value < 0) & ~statistic.isin(sorted(SIGNED))
    for neutral in (0, 1):
        told = statistic.isin([name for name in _SIDED if neutral_of(name) == neutral])
        yield told & (finding.direction == "positive") & (value < neutral)
        yield told & (finding.direction == "negative") & (value > neutral)


def _numbers_in(text: Expression) -> Expression:
    """The digits of each number in a text, without zeros at its ends, with blanks around; a blank where none is."""
    numbers = " " + text.re_replace(APART, " ").re_replace("[.,]", "") + " "
    for zeros in (" 0+", "0+ "):
        numbers = numbers.re_replace(zeros, " ")
    return numbers.re_replace(" +", " ")


def _interval(finding: Table) -> Iterator[Expression]:
    low, high = finding.ci_low, finding.ci_high
    yield _one_without_the_other(low.isnull(), high.isnull())
    yield (low > high) | (finding.value < low) | (finding.value > high)
    yield finding.statistic.isin(sorted(CORRELATIONS)) & ((low < -1) | (high > 1))


def _precision(finding: Table) -> Iterator[Expression]:
    yield _one_without_the_other(finding.first_n.isnull(), finding.second_n.isnull())
    for column in ("df_effect", "df", "se"):
        number = finding[column]
        yield number.notnull() & (finding.value.isnull() | (number <= 0) | (number > _MOST_DF))
    yield finding.df_effect.notnull() & (finding.statistic.isnull() | (finding.statistic != "f"))


def _outcome(finding: Table) -> Iterator[Expression]:
    significant, null = finding.significance == "significant", finding.significance == "not-significant"
    yield _one_without_the_other(finding.kind.isin(["mediation", "moderation"]), finding.support.notnull())
    yield (finding.support == "not-supported") & significant
    yield finding.support.isin(sorted(SUPPORTING)) & null
    yield (finding.direction == "none") & significant
    yield significant & (finding.p > float(HIGHEST_ALPHA)) & finding.p_operator.isin(["=", ">", ">="])
    yield null & (finding.p <= float(LOWEST_ALPHA)) & finding.p_operator.isin(["=", "<", "<="])


def _one_without_the_other(one: Expression, other: Expression) -> Expression:
    """Whether only one of two is true: in words that Spark reads, for which IN and <> do not stand side by side."""
    return one ^ other


_ACROSS: dict[type[Record], Callable[[Table], Iterator[Expression]]] = {
    Finding: _across_finding,
    Sample: _across_sample,
}
