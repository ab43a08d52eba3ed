"""A dataset beside the text of its source, as text: rows with their passages, and what wants somebody to look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from kg.passages.audit import OUTCOMES, Audit, Line


def text(audit: Audit) -> str:
    """The whole report, for a terminal: counts, then every outcome, the gravest first."""
    parts = ["\n".join(_summary(audit))]
    for outcome, lines in groupby(audit.lines, key=lambda line: line.outcome):
        told = _counted if outcome == "explained by what it is" else _entries
        parts.append("\n".join([f"{outcome} ({OUTCOMES[outcome]})", *told(list(lines))]))
    return "\n\n".join(parts) + "\n"


def _summary(audit: Audit) -> Iterator[str]:
    counts = Counter(line.outcome for line in audit.lines)
    yield from (f"{counts[outcome]:4}  {outcome}" for outcome in OUTCOMES)
    words = audit.without_numbers
    if words:
        tables = ", ".join(f"{table} {count}" for table, count in sorted(words.items(), key=lambda each: -each[1]))
        yield f"{sum(words.values()):4}  without a number, so none can locate them: {tables}"


def _counted(lines: list[Line]) -> Iterator[str]:
    """How many numbers are explained by each rule: one by one they are rows of the other formats."""
    for reason, count in Counter(line.how for line in lines).most_common():
        yield f"  {count:4}  {reason}"


def _entries(lines: list[Line]) -> Iterator[str]:
    for line in lines:
        yield "  " + "  ".join(part for part in (line.row, line.id, line.figures) if part)
        if line.how:
            yield f"      {line.how}"
        if line.line:
            yield f"      line {line.line}: {line.passage}"
