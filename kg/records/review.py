"""The records of what a review says of itself (its method, its limits) and of results that are not its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import Field

from kg.cells import Count, Data, Many, OfAnyKind, Ref, Slug, Tally, Text
from kg.records.base import Certainty, CoderNote, Contradiction, Label, Locator, Record, ReportedIn, StatedIn
from kg.records.evidence import FindingKind

OfReview = Annotated[Text, Ref("review", "ca:ofReview"), Field(description="The review: a row of reviews.")]


class Limitation(Record):
    """A caveat of the authors, with the samples, measures, studies or constructs that it is about."""

    prefix = "limitation"
    table = "limitations"

    id: Slug
    """The dataset, -lim- and two digits."""
    area: Annotated[Text, Ref("area", "ca:area")]
    """What is limited. That a limitation is a statement about diversity follows from its area."""
    about: Annotated[OfAnyKind, Ref("any", "ca:concerns")]
    """Everything it is about, each with its kind; of the whole source, dataset: and its id."""
    statement: Annotated[Text, Data("ca:statement")]
    """The limitation, in your own words."""
    stated_in: StatedIn
    reported_in: ReportedIn
    locator: Locator
    certainty: Certainty
    coder_note: CoderNote = None


class ReviewMethod(Record):
    """How a review was made: what it wanted, and how it searched. Its steps are rows of their own."""

    prefix = "review"
    table = "reviews"

    id: Slug
    """First author and year of the review."""
    label: Label
    """How a text cites the review."""
    review_type: Annotated[Text | None, Data("ca:reviewType")] = None
    """What the review calls itself."""
    objective: Annotated[Text | None, Data("ca:objective")] = None
    """What it wanted to learn, in your own words."""
    searched_on: Annotated[date | None, Data("ca:searchedOn")] = None
    """The day of its last search."""
    coverage: Annotated[Text | None, Data("ca:coverage")] = None
    """The span of time that the search covered."""
    search_terms: Annotated[Many, Data("ca:searchTerm")] = ()
    """The words that were searched for."""
    operator: Annotated[Text | None, Data("ca:searchOperator")] = None
    """How the words were joined."""
    search_fields: Annotated[Many, Data("ca:searchField")] = ()
    """Where in a record they had to stand."""
    limits: Annotated[Many, Data("ca:searchLimit")] = ()
    """What the search left out."""
    other_sources: Annotated[Many, Data("ca:otherSource")] = ()
    """Where else was looked."""
    includes: Annotated[Many, Ref("study", "ca:includesStudy")] = ()
    """The studies that it took in, where that is known and they are coded."""
    reported_in: ReportedIn
    locator: Locator
    coder_note: CoderNote = None


class ReviewStep(Record):
    """Something that was done in making a review, by how many people."""

    prefix = "review-step"
    table = "review_steps"

    id: Slug
    """The review and a word for the step."""
    review: OfReview
    stage: Annotated[Text, Ref("stage", "ca:stage")]
    """The stage of the review."""
    people: Annotated[Count | None, Data("ca:people")] = None
    """How many people did it, where told."""
    tally: Annotated[Text | None, Ref("tally", "ca:tally")] = None
    """What the step counted: the point of the PRISMA 2020 flow. A step for each reason of excluded-assessed, and one
    for all databases or one for each.
    """
    count: Annotated[Tally | None, Data("ca:tallied")] = None
    """How many, as printed."""
    statement: Annotated[Text, Data("ca:statement")]
    """What was done, in your own words."""
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

    id: Slug
    """The review and the database."""
    review: OfReview
    database: Annotated[Text, Data("ca:database")]
    """The bibliographic database."""
    interface: Annotated[Text | None, Data("ca:searchInterface")] = None
    """Through what it was searched."""
    reported_in: ReportedIn
    locator: Locator
    coder_note: CoderNote = None


class EligibilityCriterion(Record):
    """What let a study into a review, what kept it out, and why."""

    prefix = "eligibility"
    table = "eligibility"

    id: Slug
    """The review and a word for the criterion."""
    review: OfReview
    topic: Annotated[Text, Ref("topic", "ca:topic")]
    """What the criterion is about."""
    inclusion: Annotated[Text | None, Data("ca:inclusion")] = None
    """What let a study in."""
    exclusion: Annotated[Text | None, Data("ca:exclusion")] = None
    """What kept a study out."""
    caseness: Annotated[Many, Ref("caseness", "ca:admitsCaseness")] = ()
    """Ways of establishing a difficulty that were accepted."""
    rationale: Annotated[Text | None, Data("ca:rationale")] = None
    """The reason that is given."""
    rationale_source: Annotated[Many, Ref("publication", "ca:rationaleFrom")] = ()
    """Citation keys of whom it cites for that."""
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

    id: Slug
    """Its study and two digits."""
    cited: Annotated[Text, Ref("publication", "ca:resultOf")]
    """Citation key of the work whose result it is."""
    population: Annotated[Text | None, Data("ca:population")] = None
    """The people, as the source tells them."""
    kind: Annotated[FindingKind, Data("ca:resultKind")]
    """What sort of result it is."""
    subject: Annotated[Text, Ref("construct", "ca:resultSubject")]
    """The first construct."""
    object: Annotated[Text, Ref("construct", "ca:resultObject")]
    """The second construct."""
    direction: Annotated[Text, Ref("direction", "ca:resultDirection")]
    """As for findings."""
    significance: Annotated[Text, Ref("significance", "ca:resultSignificance")]
    """As for findings."""
    statement: Annotated[Text, Data("ca:statement")]
    """The result, in one sentence of your own."""
    reported_in: ReportedIn
    locator: Locator
    certainty: Certainty
    coder_note: CoderNote = None

    def contradictions(self) -> Iterator[Contradiction]:
        if self.subject == self.object:
            yield Contradiction("object", "subject and object are the same construct", "name the other construct")
