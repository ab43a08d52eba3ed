"""A review held against its sources, as text: what came out, result by result, with both findings and their places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from kg.audits import OUTCOMES
from kg.names import local_name
from kg.store import Row, Rows, Value


def text(results: Rows, citations: Rows) -> str:
    """The whole report, for a terminal: counts, results by outcome, and citations that are not carried."""
    parts = ["\n".join(_summary(results))]
    for outcome, rows in groupby(results, key=lambda row: str(row["outcome"])):
        parts.append("\n".join([f"{outcome} ({OUTCOMES[outcome]})", *_entries(list(rows))]))
    parts.append("\n".join(_cited(citations)))
    return "\n\n".join(parts) + "\n"


def _summary(results: Rows) -> Iterator[str]:
    """A line each outcome; of what the review leaves out also how much joins compassion and attachment."""
    told = {(str(row["outcome"]), *_result(row)): row["joinsCompassionAndAttachment"] for row in results}
    for outcome in OUTCOMES:
        joins = Counter(joins for (each, *_), joins in told.items() if each == outcome)
        if joins:
            known = joins["yes"] + joins["no"]
            some = f"; {joins['yes'] or 'none'} of them on compassion with attachment" if known else ""
            yield f"{joins.total():4}  {outcome}{some}"


def _joins(row: Row) -> bool:
    return row["joinsCompassionAndAttachment"] == "yes"


def _entries(rows: list[Row]) -> Iterator[str]:
    """One entry a result; what the review tells of narrower constructs stands in the entry of the result."""
    for _, group in groupby(rows, key=_result):
        told = list(group)
        yield f"  {_heading(told[0])}"
        yield from dict.fromkeys(_side("review", row) for row in told if row["reviewFinding"])
        if told[0]["primaryFinding"]:
            yield _side("primary", told[0])
        if told[0]["differs"]:
            yield f"      differs  {told[0]['differs']}"


def _result(row: Row) -> tuple[Value, ...]:
    """What makes rows one entry: a primary finding with all that is near it, else the two that are set side by side."""
    if row["primaryFinding"] and row["differs"] is None:
        return row["primaryFinding"], None
    return row["primaryFinding"], row["reviewFinding"]


def _heading(row: Row) -> str:
    third = f", with {row['third']}" if row["third"] else ""
    joins = " (joins compassion and attachment)" if _joins(row) else ""
    return f"{row['study']}: {row['kind']}, {row['subject']} and {row['object']}{third}{joins}"


def _side(side: str, row: Row) -> str:
    finding = local_name(str(row[f"{side}Finding"]))
    other_kind = row["reviewKind"] if side == "review" and row["reviewKind"] != row["kind"] else None
    parts = [other_kind, row[f"{side}Tells"], row[f"{side}Printed"], row[f"{side}Place"]]
    certainty = row[f"{side}Certainty"]
    sure = f"; certainty {certainty}" if certainty else ""
    return f"      {side:7}  {finding}: {'; '.join(str(part) for part in parts if part)}{sure}"


def _cited(citations: Rows) -> Iterator[str]:
    yield "citations whose abstracts, as far as they were read, do not show what is hung on them"
    yield from (f"  {_citation(row)}" for row in citations)
    if not citations:
        yield "  none"


def _citation(row: Row) -> str:
    hung = f"{row['hungAs']} {local_name(str(row['hung']))} ({row['subject']}, {row['object']}: {row['tells']})"
    return f"{row['cited']}: {hung}; {row['outcome']}; {row['hungPlace']}"
