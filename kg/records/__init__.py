"""The records: one frozen, typed class for each kind of row that a person writes."""

from kg.records.base import Contradiction, Contradictory, Record
from kg.records.evidence import (
    CORRELATIONS,
    SIGNED,
    DatasetInfo,
    Finding,
    FindingKind,
    OverlapDecision,
    RiskOfBias,
    Sample,
    Study,
)
from kg.records.terms import Code, Construct, Measure, Publication
from kg.records.theory import Proposition

__all__ = [
    "CORRELATIONS",
    "SIGNED",
    "Code",
    "Construct",
    "Contradiction",
    "Contradictory",
    "DatasetInfo",
    "Finding",
    "FindingKind",
    "Measure",
    "OverlapDecision",
    "Proposition",
    "Publication",
    "Record",
    "RiskOfBias",
    "Sample",
    "Study",
]
