"""The records of therapies: what there is, and what is claimed of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from kg.cells import Data, Many, Ref, Text
from kg.names import PART_KINDS
from kg.records.base import (
    Certainty,
    CoderNote,
    Contradiction,
    Definition,
    Locator,
    Member,
    Note,
    Record,
    ReportedIn,
    Sources,
    StatedIn,
    Synonyms,
    TermLabel,
)


class Therapy(Record):
    """A psychological treatment, or a family of them, as far as a source describes it."""

    prefix = "therapy"
    table = "therapies"

    label: TermLabel
    acronym: Annotated[Text | None, Data("ca:acronym")] = None
    broader: Annotated[Many, Ref("therapy", "skos:broader")] = ()
    concepts: Annotated[Many, Ref("construct", "ca:restsOn")] = ()
    developer: Annotated[Text | None, Ref("publication", "ca:developedIn")] = None
    history: Annotated[Text | None, Data("ca:history")] = None
    support: Annotated[Text | None, Data("ca:empiricalSupport")] = None
    criticism: Annotated[Text | None, Data("ca:criticism")] = None
    alt_labels: Synonyms = ()
    definition: Definition
    definition_source: Sources
    locator: Locator
    note: Note = None

    def contradictions(self) -> Iterator[Contradiction]:
        if self.id in self.broader:
            yield Contradiction("broader", f"'{self.id}' names itself", "name another therapy or leave it empty")


class TherapyPart(Member):
    """A goal, technique or application of therapies."""

    table = "therapy_parts"
    kinds = PART_KINDS

    label: TermLabel
    definition: Definition
    definition_source: Sources
    locator: Locator
    note: Note = None


class TherapyClaim(Record):
    """What somebody claims of a therapy: on what it acts, how, for whom, with which effect, on what evidence."""

    prefix = "therapy-claim"
    table = "therapy_claims"

    therapy: Annotated[Text, Ref("therapy", "ca:ofTherapy")]
    technique: Annotated[Many, Ref("technique", "ca:usesTechnique")] = ()
    goal: Annotated[Many, Ref("goal", "ca:pursuesGoal")] = ()
    target: Annotated[Many, Ref("construct", "ca:targets")] = ()
    application: Annotated[Many, Ref("application", "ca:appliedTo")] = ()
    difficulty: Annotated[Many, Ref("construct", "ca:forDifficulty")] = ()
    effect: Annotated[Text, Data("ca:claimedEffect")]
    evidence: Annotated[Text, Data("ca:evidenceTold")]
    stated_in: StatedIn
    reported_in: ReportedIn
    locator: Locator
    certainty: Certainty
    coder_note: CoderNote = None

    def contradictions(self) -> Iterator[Contradiction]:
        if not (self.target or self.application):
            yield Contradiction("target", "a claim without target and application", "name on what or for whom it works")
