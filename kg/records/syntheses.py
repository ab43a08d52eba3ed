"""The record of what published syntheses pooled: a layer of its own, above findings and never among them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import BeforeValidator

from kg.cells import Count, Data, Many, Number, Percent, PValue, Ref, Slug, Text
from kg.records.base import Certainty, CoderNote, Contradiction, Locator, Record, ReportedIn
from kg.records.reported import p_contradictions, sign_contradictions, value_contradictions
from kg.records.review import OfReview


class PublishedPooledEstimate(Record):
    """What a synthesis reports of one pair over several studies, with or without the number."""

    prefix = "pooled-estimate"
    table = "pooled_estimates"

    id: Slug
    """The review and two digits."""
    review: OfReview
    subject: Annotated[Text, Ref("construct", "ca:estimateSubject")]
    """The first construct: of an intervention what people received, of a prediction the predictor."""
    object: Annotated[Text, Ref("construct", "ca:estimateObject")]
    """The second construct."""
    mediator: Annotated[Text | None, Ref("construct", "ca:estimateMediator")] = None
    """The construct through which a pooled indirect effect runs."""
    subject_measure: Annotated[Many, Ref("measure", "ca:estimateSubjectMeasure")] = ()
    """By what the subject was measured, only where the synthesis keeps to these instruments."""
    object_measure: Annotated[Many, Ref("measure", "ca:estimateObjectMeasure")] = ()
    """By what the object was measured, only where the synthesis keeps to these instruments."""
    compared_with: Annotated[Text | None, Data("ca:comparedWith")] = None
    """The category, the control conditions or the point in time that it is set against."""
    population: Annotated[Text | None, Data("ca:population")] = None
    """The people, as the source tells them."""
    k: Annotated[Count | None, Data("ca:pooledStudies")] = None
    """How many studies or samples were pooled, as printed."""
    effects: Annotated[Count | None, Data("ca:pooledEffects")] = None
    """How many effect sizes were pooled, as printed."""
    counts_describe: Annotated[Text | None, Ref("extent", "ca:countsDescribe")] = None
    """What the two counts before it count."""
    n: Annotated[Count | None, Data("ca:pooledPeople")] = None
    """How many people, as printed; never added up."""
    n_describes: Annotated[Text | None, Ref("extent", "ca:peopleDescribe")] = None
    """What n counts."""
    direction: Annotated[Text, Ref("direction", "ca:direction")]
    """As for findings."""
    significance: Annotated[Text, Ref("significance", "ca:significance")]
    """As for findings. An interval of the right kind is a word on significance."""
    statistic: Annotated[Text | None, Ref("statistic", "ca:statistic")] = None
    """What the number is."""
    value: Annotated[Number | None, Data("ca:value")] = None
    """The number. Empty is right where something was pooled and only its sign or significance was read."""
    ci_low: Annotated[Number | None, Data("ca:ciLow")] = None
    """Lower end of its confidence interval."""
    ci_high: Annotated[Number | None, Data("ca:ciHigh")] = None
    """Upper end of its confidence interval."""
    p: Annotated[PValue | None, BeforeValidator(PValue.parse), Data("ca:pValue")] = None
    """The p as printed."""
    positive_means: Annotated[Text | None, Data("ca:positiveMeans")] = None
    """What a positive value tells, where it is not that more of one goes with more of the other: an improvement, for
    instance.
    """
    model: Annotated[Text | None, Data("ca:synthesisModel")] = None
    """Random or fixed effects, corrections, as told."""
    i_squared: Annotated[Percent | None, Data("ca:printedISquared")] = None
    """I squared in per cent, as printed."""
    q: Annotated[Number | None, Data("ca:printedQ")] = None
    """Q, as printed."""
    tau_squared: Annotated[Number | None, Data("ca:printedTauSquared")] = None
    """Tau squared, as printed."""
    heterogeneity: Annotated[Text | None, Data("ca:heterogeneityTold")] = None
    """Anything else that is said of heterogeneity, in words."""
    moderators_tested: Annotated[Many, Data("ca:moderatorTested")] = ()
    """What was tested as a moderator."""
    moderators_found: Annotated[Many, Data("ca:moderatorFound")] = ()
    """What was found to moderate; it stands among what was tested as well."""
    statement: Annotated[Text, Data("ca:statement")]
    """The result, in one sentence of your own."""
    printed: Annotated[Text | None, Data("ca:asPrinted")] = None
    """The result exactly as printed."""
    reported_in: ReportedIn
    reading: Annotated[Text, Ref("reading", "ca:readThrough")]
    """Through what you read it."""
    locator: Locator
    certainty: Certainty
    coder_note: CoderNote = None

    def contradictions(self) -> Iterator[Contradiction]:
        yield from self._roles()
        yield from self._counts()
        yield from value_contradictions(self)
        yield from p_contradictions(self)
        yield from self._outcome()
        if self.reading.startswith("primary-"):
            yield Contradiction("reading", f"a pooled result is not read through a {self.reading.replace('-', ' ')}",
                                "use synthesis-abstract, synthesis or second-hand, or code a finding")  # fmt: skip

    def _roles(self) -> Iterator[Contradiction]:
        if self.subject == self.object:
            yield Contradiction("object", "subject and object are the same construct", "name the other construct")
        if self.mediator and self.mediator in (self.subject, self.object):
            what = f"'{self.mediator}' is also the subject or object"
            yield Contradiction("mediator", what, "name a third construct")

    def _counts(self) -> Iterator[Contradiction]:
        counted = self.k is not None or self.effects is not None
        for column, told, describes in (
            ("counts_describe", counted, self.counts_describe),
            ("n_describes", self.n is not None, self.n_describes),
        ):
            if told and not describes:
                advice = "say whole-review, this-estimate or not-told"
                yield Contradiction(column, "a count without what it describes", advice)
            if describes and not told:
                yield Contradiction(column, "nothing is counted that it could describe", "empty the cell")
        for column in ("q", "tau_squared"):
            number = getattr(self, column)
            if number is not None and number < 0:
                yield Contradiction(column, f"{number} is below zero", "correct it from the source")
        for moderator in set(self.moderators_found) - set(self.moderators_tested):
            what = f"'{moderator}' was found, but not tested"
            yield Contradiction("moderators_found", what, "name it in moderators_tested as well")

    def _outcome(self) -> Iterator[Contradiction]:
        if self.direction == "none" and self.significance == "significant":
            yield Contradiction("direction", "no relation, yet significant", "correct one of the two")
        if not self.positive_means:  # else a positive value may well tell of less of the object
            yield from sign_contradictions(self)
        if self.ci_low is None or self.ci_high is None or self.statistic == "odds-ratio":
            return
        holds_zero = self.ci_low <= 0 <= self.ci_high
        if (holds_zero and self.significance == "significant") or (
            not holds_zero and self.significance == "not-significant"
        ):
            interval = f"[{self.ci_low}, {self.ci_high}]"
            what = f"{self.significance.replace('-', ' ')}, yet {interval} {'holds' if holds_zero else 'excludes'} zero"
            yield Contradiction("significance", what, "correct one of the two")
