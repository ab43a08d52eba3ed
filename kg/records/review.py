"""The records of what a review says of itself (its method, its limits) and of results that are not its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from kg.cells import Count, Data, Many, OfAnyKind, Ref, Tally, Text
from kg.records.base import Certainty, CoderNote, Contradiction, Label, Locator, Record, ReportedIn, StatedIn
from kg.records.evidence import FindingKind

OfReview = Annotated[Text, Ref("review", "ca:ofReview")]


class Limitation(Record):
    """A caveat of the authors, with the samples, measures, studies or constructs that it is about."""

    prefix = "limitation"
    table = "limitations"

    area: Annotated[Text, Ref("area", "ca:area")]
    about: Annotated[OfAnyKind, Ref("any", "ca:concerns")]
    statement: Annotated[Text, Data("ca:statement")]
    stated_in: StatedIn
    reported_in: ReportedIn
    locator: Locator
    certainty: Certainty
    coder_note: CoderNote = None


class ReviewMethod(Record):
    """How a review was made: what it wanted, and how it searched. Its steps are rows of their own."""

    prefix = "review"
    table = "reviews"

    label: Label
    review_type: Annotated[Text | None, Data("ca:reviewType")] = None
    objective: Annotated[Text | None, Data("ca:objective")] = None
    searched_on: Annotated[date | None, Data("ca:searchedOn")] = None
    coverage: Annotated[Text | None, Data("ca:coverage")] = None
    search_terms: Annotated[Many, Data("ca:searchTerm")] = ()
    operator: Annotated[Text | None, Data("ca:searchOperator")] = None
    search_fields: Annotated[Many, Data("ca:searchField")] = ()
    limits: Annotated[Many, Data("ca:searchLimit")] = ()
    other_sources: Annotated[Many, Data("ca:otherSource")] = ()
    includes: Annotated[Many, Ref("study", "ca:includesStudy")] = ()
    reported_in: ReportedIn
    locator: Locator
    coder_note: CoderNote = None


class ReviewStep(Record):
    """Something that was done in making a review, by how many people."""

    prefix = "review-step"
    table = "review_steps"

    review: OfReview
    stage: Annotated[Text, Ref("stage", "ca:stage")]
    people: Annotated[Count | None, Data("ca:people")] = None
    tally: Annotated[Text | None, Ref("tally", "ca:tally")] = None
    count: Annotated[Tally | None, Data("ca:tallied")] = None
    statement: Annotated[Text, Data("ca:statement")]
    reported_in: ReportedIn
    locator: Locator
    coder_note: CoderNote = None

    def contradictions(self) -> Iterator[Contradiction]:
        if (self.tally is None) != (self.count is None):
            yield Contradiction("count", "a count stands with what it counts", "fill both, or none")


class DatabaseSearch(Record):
    """The search of one bibliographic database."""

    prefix = "database-search"
    table = "database_searches"

    review: OfReview
    database: Annotated[Text, Data("ca:database")]
    interface: Annotated[Text | None, Data("ca:searchInterface")] = None
    reported_in: ReportedIn
    locator: Locator
    coder_note: CoderNote = None


class EligibilityCriterion(Record):
    """What let a study into a review, what kept it out, and why."""

    prefix = "eligibility"
    table = "eligibility"

    review: OfReview
    topic: Annotated[Text, Ref("topic", "ca:topic")]
    inclusion: Annotated[Text | None, Data("ca:inclusion")] = None
    exclusion: Annotated[Text | None, Data("ca:exclusion")] = None
    caseness: Annotated[Many, Ref("caseness", "ca:admitsCaseness")] = ()
    rationale: Annotated[Text | None, Data("ca:rationale")] = None
    rationale_source: Annotated[Many, Ref("publication", "ca:rationaleFrom")] = ()
    reported_in: ReportedIn
    locator: Locator
    coder_note: CoderNote = None

    def contradictions(self) -> Iterator[Contradiction]:
        if not (self.inclusion or self.exclusion):
            yield Contradiction(
                "inclusion", "a criterion that lets nothing in and keeps nothing out", "fill one of them"
            )


class CitedResult(Record):
    """A result from outside the reviewed studies, kept apart from findings: nothing here counts it."""

    prefix = "cited-result"
    table = "cited_results"

    cited: Annotated[Text, Ref("publication", "ca:resultOf")]
    population: Annotated[Text | None, Data("ca:population")] = None
    kind: Annotated[FindingKind, Data("ca:resultKind")]
    subject: Annotated[Text, Ref("construct", "ca:resultSubject")]
    object: Annotated[Text, Ref("construct", "ca:resultObject")]
    direction: Annotated[Text, Ref("direction", "ca:resultDirection")]
    significance: Annotated[Text, Ref("significance", "ca:resultSignificance")]
    statement: Annotated[Text, Data("ca:statement")]
    reported_in: ReportedIn
    locator: Locator
    certainty: Certainty
    coder_note: CoderNote = None

    def contradictions(self) -> Iterator[Contradiction]:
        if self.subject == self.object:
            yield Contradiction("object", "subject and object are the same construct", "name the other construct")
