"""The records of therapies: what there is, and what is claimed of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from kg.cells import Data, Many, Ref, Slug, Text
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

    id: Slug
    """The label in lower-case letters and hyphens, or the acronym."""
    label: TermLabel
    """Its full name."""
    acronym: Annotated[Text | None, Data("ca:acronym")] = None
    """Its abbreviation."""
    broader: Annotated[Many, Ref("therapy", "skos:broader")] = ()
    """The therapy, or family of therapies, of which it is a kind. Questions about a family include what stands under
    it.
    """
    concepts: Annotated[Many, Ref("construct", "ca:restsOn")] = ()
    """Constructs on which its account of people rests, only where a source says so."""
    developer: Annotated[Text | None, Ref("publication", "ca:developedIn")] = None
    """Citation key of the work that introduced it, where a source says so."""
    history: Annotated[Text | None, Data("ca:history")] = None
    """Where it comes from, in our own words."""
    support: Annotated[Text | None, Data("ca:empiricalSupport")] = None
    """What is said of its evidence, in our own words."""
    criticism: Annotated[Text | None, Data("ca:criticism")] = None
    """What is said against it, in our own words."""
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

    id: Slug
    """The label in lower-case letters and hyphens."""
    label: TermLabel
    """The name as people read it."""
    definition: Definition
    definition_source: Sources
    locator: Locator
    note: Note = None


class TherapyClaim(Record):
    """What somebody claims of a therapy: on what it acts, how, for whom, with which effect, on what evidence."""

    prefix = "therapy-claim"
    table = "therapy_claims"

    id: Slug
    """tc- and a few words."""
    therapy: Annotated[Text, Ref("therapy", "ca:ofTherapy")]
    """The therapy; an umbrella where the source names no particular one."""
    technique: Annotated[Many, Ref("technique", "ca:usesTechnique")] = ()
    """Techniques that the claim names."""
    goal: Annotated[Many, Ref("goal", "ca:pursuesGoal")] = ()
    """Goals that the claim names."""
    target: Annotated[Many, Ref("construct", "ca:targets")] = ()
    """The constructs on which the therapy is said to act, or not to act. A claim needs a target or an application."""
    application: Annotated[Many, Ref("application", "ca:appliedTo")] = ()
    """For whom or for what it is said to be used."""
    difficulty: Annotated[Many, Ref("construct", "ca:forDifficulty")] = ()
    """What the people have whom it is for, attachment styles included."""
    effect: Annotated[Text, Data("ca:claimedEffect")]
    """What the therapy is said to do, in your own words."""
    evidence: Annotated[Text, Data("ca:evidenceTold")]
    """On what the source rests that; None given. where it gives nothing."""
    stated_in: StatedIn
    reported_in: ReportedIn
    locator: Locator
    certainty: Certainty
    coder_note: CoderNote = None

    def contradictions(self) -> Iterator[Contradiction]:
        if not (self.target or self.application):
            yield Contradiction("target", "a claim without target and application", "name on what or for whom it works")
