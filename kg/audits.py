"""A review held against its sources: what it tells of each study beside what the study's own report tells.

Takes rows of the questions ``review-against-primary``, ``omitted-by-review`` and ``not-visible-in-primary`` and gives
one table; nothing here knows a store.
"""

from __future__ import annotations

from collections.abc import Iterable

from kg.store import Row, Rows, Value

#: The questions of which an audit is made.
QUESTIONS = ("review-against-primary", "omitted-by-review", "not-visible-in-primary")
#: What may come out, the gravest first, and what it means.
OUTCOMES = {
    "contradicts": "both tell the result, and a sign, a significance or a support differs",
    "loses the sign or the significance": "the primary tells it, the review does not, or prints no minus",
    "differs in number or extent": "both tell the result, with another number or another extent of support",
    "omits": "the primary reports a result of which the review says nothing",
    "tells another result on the pair": "the primary's result is another one on the same two constructs",
    "tells it of narrower constructs": "the primary sums up what the review tells construct by construct",
    "tells a sign or significance that the primary does not": "the review tells more than what was read of the primary",
    "agrees": "sign, significance and support are the same",
    "not visible in the abstract": "an abstract does not tell everything: the full text may hold it",
    "not coded from the full text": "the full text was read, and no such result is coded from it",
    "no primary result was read": "nothing of the study's own report is in this graph",
}
COLUMNS = (
    "study", "outcome", "differs", "kind", "subject", "object", "third", "joinsCompassionAndAttachment",
    "reviewFinding", "reviewKind", "reviewTells", "reviewPrinted", "reviewCertainty", "reviewPlace",
    "primaryFinding", "primaryTells", "primaryPrinted", "primaryCertainty", "primaryPlace",
)  # fmt: skip


def audit(answers: Iterable[Iterable[Row]]) -> Rows:
    """One table of the answers to ``QUESTIONS``: the gravest first; of omissions, those on both fields first."""
    rows = sorted((row for answer in answers for row in answer), key=_gravity)
    return Rows(COLUMNS, tuple(tuple(row.get(column) for column in COLUMNS) for row in rows))


def not_carried(citations: Rows) -> Rows:
    """The citations, in an answer of ``citations-against-abstracts``, of which what was read does not tell."""
    return citations.where(lambda row: str(row["outcome"]).startswith(("not visible", "contradicts")))


def _gravity(row: Row) -> tuple[int, bool, str, str, str]:
    order = list(OUTCOMES).index(str(row["outcome"]))
    elsewhere = row.get("joinsCompassionAndAttachment") == "no"
    return order, elsewhere, str(row["study"]), _name(row.get("primaryFinding")), _name(row.get("reviewFinding"))


def _name(value: Value) -> str:
    return str(value or "")
