"""Labels of rows that have none of their own, made from the labels of what they name."""

from __future__ import annotations

from collections.abc import Mapping

from kg.names import expand, mint
from kg.records import (
    CitedResult,
    DatabaseSearch,
    EligibilityCriterion,
    Finding,
    Limitation,
    Proposition,
    Record,
    ReviewStep,
    TherapyClaim,
)


def made_label(record: Record, label_of: Mapping[str, str]) -> str | None:
    """A name by which people can tell the record from others; None for records that bring theirs.

    ``label_of`` gives the label of an IRI.
    """

    def named(kind: str, name: str) -> str:
        return label_of.get(mint(kind, name), name)

    def pair(one: str, other: str) -> str:
        return f"{named('construct', one)} and {named('construct', other)}"

    label = None
    match record:
        case Finding():
            label = f"{pair(record.subject, record.object)} in {named('study', record.study)}"
        case CitedResult():
            label = f"{pair(record.subject, record.object)} in {named('publication', record.cited)}"
        case Proposition():
            label = _claim(record, label_of)
        case TherapyClaim():
            ends = [named("construct", name) for name in record.target]
            ends = ends or [named("application", name) for name in record.application]
            label = f"{named('therapy', record.therapy)} for {', '.join(ends)}"
        case Limitation():
            about = [label_of.get(expand(name) or "", name) for name in record.about]
            others = f" and {len(about) - 1} more" if len(about) > 1 else ""
            label = f"{named('area', record.area)}: {about[0]}{others}"
        case ReviewStep():
            label = f"{named('stage', record.stage)} in {named('review', record.review)}"
        case DatabaseSearch():
            label = f"{record.database} in {named('review', record.review)}"
        case EligibilityCriterion():
            label = f"{named('topic', record.topic)} in {named('review', record.review)}"
    return label


def _claim(claim: Proposition, label_of: Mapping[str, str]) -> str:
    first, second = (label_of.get(mint("construct", name), name) for name in (claim.subject, claim.object))
    relation = label_of.get(mint("relation", claim.relation), claim.relation)
    if claim.third:
        third = label_of.get(mint("construct", claim.third), claim.third)
        return f"{first} {relation} the link of {third} with {second}"
    return f"{first} {relation} {second}"
