"""Labels of rows that have none of their own, made from the labels of what they name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kg.names import mint
from kg.records import (
    CitedResult,
    DatabaseSearch,
    EligibilityCriterion,
    Finding,
    Limitation,
    OverlapDecision,
    Proposition,
    PublishedPooledEstimate,
    Record,
    ReviewStep,
    RiskOfBias,
    TherapyClaim,
)

#: The label of a finding: kind and column of what is named, with the words between.
FINDING_LABEL = (("construct", "subject"), " and ", ("construct", "object"), " in ", ("study", "study"))

#: Kind and id -> label.
Named = Callable[[str, str], str]


def made_label(record: Record, label_of: Mapping[str, str]) -> str | None:
    """A name by which people can tell the record from others; None for records that bring theirs.

    ``label_of`` gives the label of an IRI.
    """

    def named(kind: str, name: str) -> str:
        return label_of.get(mint(kind, name), name)

    match record:
        case Finding():
            return "".join(
                part if isinstance(part, str) else named(part[0], getattr(record, part[1])) for part in FINDING_LABEL
            )
        case CitedResult():
            return f"{_pair(record, named)} in {named('publication', record.cited)}"
        case Proposition() | TherapyClaim():
            return _claim(record, named)
        case RiskOfBias() | Limitation() | OverlapDecision():
            return _caveat(record, named)
        case ReviewStep() | DatabaseSearch() | EligibilityCriterion() | PublishedPooledEstimate():
            return f"{_part(record, named)} in {named('review', record.review)}"
    return None


def _pair(result: CitedResult | PublishedPooledEstimate, named: Named) -> str:
    return f"{named('construct', result.subject)} and {named('construct', result.object)}"


def _pooled_pair(estimate: PublishedPooledEstimate, named: Named) -> str:
    through = f" through {named('construct', estimate.mediator)}" if estimate.mediator else ""
    return f"{_pair(estimate, named)}{through}"


def _claim(claim: Proposition | TherapyClaim, named: Named) -> str:
    if isinstance(claim, TherapyClaim):
        on = [named("construct", name) for name in claim.target] or [named("application", n) for n in claim.application]
        return f"{named('therapy', claim.therapy)} for {', '.join(on)}"
    third = f"the link of {named('construct', claim.third)} with " if claim.third else ""
    ends = named("construct", claim.subject), named("construct", claim.object)
    return f"{ends[0]} {named('relation', claim.relation)} {third}{ends[1]}"


def _caveat(caveat: RiskOfBias | Limitation | OverlapDecision, named: Named) -> str:
    if isinstance(caveat, OverlapDecision):
        samples = f"{named('sample', caveat.sample)} and {named('sample', caveat.other)}"
        return f"{samples}: {named('overlap-status', caveat.status)}"
    if isinstance(caveat, RiskOfBias):
        tools = " and ".join(named("rob-tool", name) for name in caveat.tool)
        return f"{tools}: {caveat.domain or 'overall'}"
    first, *others = [named(*name.split(":", 1)) for name in caveat.about]
    return f"{named('area', caveat.area)}: {first}{f' and {len(others)} more' if others else ''}"


def _part(part: ReviewStep | DatabaseSearch | EligibilityCriterion | PublishedPooledEstimate, named: Named) -> str:
    match part:
        case PublishedPooledEstimate():
            return _pooled_pair(part, named)
        case ReviewStep():
            return named("stage", part.stage)
        case DatabaseSearch():
            return part.database
        case EligibilityCriterion():
            return named("topic", part.topic)
