"""The records: one frozen, typed class for each kind of row that a person writes."""

from kg.records.base import Contradiction, Contradictory, Member, Record, written
from kg.records.evidence import (
    SUPPORTING,
    DatasetInfo,
    Finding,
    FindingKind,
    OverlapDecision,
    RiskOfBias,
    Sample,
    Study,
)
from kg.records.reported import CORRELATIONS, SIGNED, neutral_of
from kg.records.review import CitedResult, DatabaseSearch, EligibilityCriterion, Limitation, ReviewMethod, ReviewStep
from kg.records.syntheses import PublishedPooledEstimate
from kg.records.terms import Code, Construct, Measure, Obsolete, Publication
from kg.records.theory import Proposition
from kg.records.therapy import Therapy, TherapyClaim, TherapyPart
from kg.records.uncoded import Uncoded

__all__ = [
    "CORRELATIONS",
    "SIGNED",
    "SUPPORTING",
    "CitedResult",
    "Code",
    "Construct",
    "Contradiction",
    "Contradictory",
    "DatabaseSearch",
    "DatasetInfo",
    "EligibilityCriterion",
    "Finding",
    "FindingKind",
    "Limitation",
    "Measure",
    "Member",
    "Obsolete",
    "OverlapDecision",
    "Proposition",
    "Publication",
    "PublishedPooledEstimate",
    "Record",
    "ReviewMethod",
    "ReviewStep",
    "RiskOfBias",
    "Sample",
    "Study",
    "Therapy",
    "TherapyClaim",
    "TherapyPart",
    "Uncoded",
    "neutral_of",
    "written",
]
