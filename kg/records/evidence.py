"""The records of evidence: datasets, studies, samples, risk of bias, findings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator

from kg.cells import Count, Data, EthnicityShare, Many, Number, Percent, PValue, Ref, Some, Text, Years
from kg.names import slug
from kg.records.base import Certainty, CoderNote, Contradiction, Label, Locator, Record, ReportedIn
from kg.records.reported import p_contradictions, sign_contradictions, value_contradictions


class Study(Record):
    """A piece of research, as far as a source describes it."""

    prefix = "study"
    table = "studies"

    label: Label
    publication: Annotated[Text, Ref("publication", "ca:publishedIn")]
    countries: Annotated[Many, Data("ca:country")] = ()
    design: Annotated[Text, Ref("design", "ca:design")]
    setting: Annotated[Text, Ref("setting", "ca:setting")]
    measures: Annotated[Many, Ref("measure", "ca:usesMeasure")] = ()
    description: Annotated[Text | None, Data("dcterms:description", "en")] = None
    reported_in: ReportedIn
    locator: Locator
    coder_note: CoderNote = None


class Sample(Record):
    """The people whose data a study analyses."""

    prefix = "sample"
    table = "samples"

    study: Annotated[Text, Ref("study", "ca:sampleOf")]
    label: Label
    n: Annotated[Count | None, Data("ca:sampleSize")] = None
    percent_female: Annotated[Percent | None, Data("ca:percentFemale")] = None
    mean_age: Annotated[Years | None, Data("ca:meanAge")] = None
    sd_age: Annotated[Years | None, Data("ca:sdAge")] = None
    ethnicity: Annotated[
        tuple[EthnicityShare, ...], BeforeValidator(EthnicityShare.parse_all), Data("ca:ethnicityShare")
    ] = ()
    difficulties: Annotated[Many, Ref("construct", "ca:difficulty")] = ()
    caseness: Annotated[Many, Ref("caseness", "ca:casenessAssessedBy")] = ()
    recruitment: Annotated[Text, Ref("recruitment", "ca:recruitment")]
    reported_in: ReportedIn
    locator: Locator
    description: Annotated[Text | None, Data("dcterms:description", "en")] = None
    coder_note: CoderNote = None

    def contradictions(self) -> Iterator[Contradiction]:
        yield from self._ethnicity()
        if self.sd_age is not None and self.mean_age is None:
            yield Contradiction("sd_age", "a standard deviation of age without a mean", "fill mean_age as well")

    def _ethnicity(self) -> Iterator[Contradiction]:
        total = sum(share.percent for share in self.ethnicity)
        if total > 101:  # printed shares are rounded, so a little over 100 is arithmetic, not error
            yield Contradiction("ethnicity", f"the shares add up to {total} %", "correct them from the source")
        first: dict[str, str] = {}
        for group in (share.group for share in self.ethnicity):
            name = slug(group)  # what the graph calls the group, within its sample
            if not name:
                yield Contradiction("ethnicity", f"'{group}' has no letter from a to z", "write it in Latin letters")
            elif name not in first:
                first[name] = group
            elif first[name] == group:
                yield Contradiction("ethnicity", f"'{group}' stands there twice", "keep one of the two")
            else:
                what = f"'{first[name]}' and '{group}' are alike but for case and signs"
                yield Contradiction("ethnicity", what, "keep one of the two, or write both in full")


class RiskOfBias(Record):
    """A risk-of-bias assessment: of one study, or a summary over several."""

    prefix = "risk-of-bias"
    table = "risk_of_bias"

    tool: Annotated[Some, Ref("rob-tool", "ca:tool")]
    studies: Annotated[Some, Ref("study", "ca:assesses")]
    domain: Annotated[Text | None, Data("ca:domain")] = None
    statistic: Annotated[Text | None, Data("ca:summaryStatistic")] = None
    value: Annotated[Number | None, Data("ca:score")] = None
    maximum: Annotated[Number | None, Data("ca:maximumScore")] = None
    satisfactory_from: Annotated[Number | None, Data("ca:satisfactoryFrom")] = None
    judgement: Annotated[Many, Ref("rob-judgement", "ca:judgement")] = ()
    reported_in: ReportedIn
    locator: Locator
    statement: Annotated[Text, Data("ca:statement")]
    coder_note: CoderNote = None

    def contradictions(self) -> Iterator[Contradiction]:
        if self.value is not None and self.maximum is not None and not 0 <= self.value <= self.maximum:
            yield Contradiction(
                "value", f"{self.value} is outside 0 to {self.maximum}", "correct the score or its maximum"
            )


class FindingKind(StrEnum):
    """What sort of result a finding is. Each is a class of the ontology."""

    ASSOCIATION = "association"
    PREDICTION = "prediction"
    MEDIATION = "mediation"
    MODERATION = "moderation"
    FACTOR_COMPOSITION = "factor-composition"
    INTERVENTION_EFFECT = "intervention-effect"
    GROUP_DIFFERENCE = "group-difference"

    @property
    def class_name(self) -> str:
        return "".join(word.capitalize() for word in self.value.split("-"))


#: No study has more people, so none has more degrees of freedom.
_MOST_DF = 10_000_000
#: Results that support a mediation or moderation.
SUPPORTING = frozenset({"complete", "partial", "supported"})


class Finding(Record):
    """A result, whatever its outcome: what was found between which constructs, and where it stands."""

    prefix = "finding"
    table = "findings"

    study: Annotated[Text, Ref("study", "ca:study")]
    sample: Annotated[Text, Ref("sample", "ca:sample")]
    kind: Annotated[FindingKind, Ref("class", "rdf:type")]
    subject: Annotated[Text, Ref("construct", "ca:subject")]
    object: Annotated[Text, Ref("construct", "ca:object")]
    mediator: Annotated[Text | None, Ref("construct", "ca:mediator")] = None
    moderator: Annotated[Text | None, Ref("construct", "ca:moderator")] = None
    subject_measure: Annotated[Text | None, Ref("measure", "ca:subjectMeasure")] = None
    object_measure: Annotated[Text | None, Ref("measure", "ca:objectMeasure")] = None
    third_measure: Annotated[Text | None, Ref("measure", "ca:thirdMeasure")] = None
    direction: Annotated[Text, Ref("direction", "ca:direction")]
    significance: Annotated[Text, Ref("significance", "ca:significance")]
    support: Annotated[Text | None, Ref("support", "ca:support")] = None
    statistic: Annotated[Text | None, Ref("statistic", "ca:statistic")] = None
    value: Annotated[Number | None, Data("ca:value")] = None
    ci_low: Annotated[Number | None, Data("ca:ciLow")] = None
    ci_high: Annotated[Number | None, Data("ca:ciHigh")] = None
    p: Annotated[PValue | None, BeforeValidator(PValue.parse), Data("ca:pValue")] = None
    n: Annotated[Count | None, Data("ca:analysedN")] = None
    first_n: Annotated[Count | None, Data("ca:firstGroupN")] = None
    second_n: Annotated[Count | None, Data("ca:secondGroupN")] = None
    df_effect: Annotated[Number | None, Data("ca:effectDegreesOfFreedom")] = None
    df: Annotated[Number | None, Data("ca:degreesOfFreedom")] = None
    se: Annotated[Number | None, Data("ca:standardError")] = None
    statement: Annotated[Text, Data("ca:statement")]
    printed: Annotated[Text | None, Data("ca:asPrinted")] = None
    reported_in: ReportedIn
    reading: Annotated[Text, Ref("reading", "ca:readThrough")]
    locator: Locator
    certainty: Certainty
    coder_note: CoderNote = None
    same_result_as: Annotated[Many, Ref("finding", "ca:reportsSameResultAs")] = ()

    def contradictions(self) -> Iterator[Contradiction]:
        yield from self._roles()
        yield from self._numbers()
        yield from self._outcome()

    def _roles(self) -> Iterator[Contradiction]:
        if self.subject == self.object:
            yield Contradiction("object", "subject and object are the same construct", "name the other construct")
        for kind, column in ((FindingKind.MEDIATION, "mediator"), (FindingKind.MODERATION, "moderator")):
            filled = getattr(self, column)
            if self.kind == kind and not filled:
                yield Contradiction(column, f"a {kind} without a {column}", f"name the {column}")
            if self.kind != kind and filled:
                yield Contradiction(column, f"a {column} in {_with_article(self.kind)}", "empty the cell")
        third = self.mediator or self.moderator
        if third and third in (self.subject, self.object):
            yield Contradiction("mediator" if self.mediator else "moderator",
                                f"'{third}' is also the subject or object", "name a third construct")  # fmt: skip
        if self.third_measure and not third:
            yield Contradiction("third_measure", "a third measure without a third construct", "empty the cell")
        if self.id in self.same_result_as:
            yield Contradiction("same_result_as", "a finding names itself", "name the other finding")

    def _numbers(self) -> Iterator[Contradiction]:
        yield from value_contradictions(self)
        yield from self._precision()

    def _precision(self) -> Iterator[Contradiction]:
        """What stands beside a value to tell how sure it is, and cannot be without it or below zero."""
        if (self.first_n is None) != (self.second_n is None):
            yield Contradiction("first_n" if self.first_n is None else "second_n",
                                "the size of one group only", "give the sizes of both groups or of none")  # fmt: skip
        for column in ("df_effect", "df", "se"):
            number: Decimal | None = getattr(self, column)
            if number is not None and self.value is None:
                yield Contradiction(column, f"{column} without a value", "fill value and statistic as well")
            if number is not None and number <= 0:
                yield Contradiction(column, f"{column} of {number} is not above zero", "correct it from the source")
            if column != "se" and number is not None and number > _MOST_DF:
                yield Contradiction(column, f"{number} degrees of freedom are more than any study has people",
                                    "correct it from the source")  # fmt: skip
        if self.df_effect is not None and self.statistic != "f":
            yield Contradiction("df_effect", "degrees of freedom of an effect, and the statistic is no F",
                                "empty the cell, or use df")  # fmt: skip

    def _outcome(self) -> Iterator[Contradiction]:
        tests_third = self.kind in (FindingKind.MEDIATION, FindingKind.MODERATION)
        if tests_third != bool(self.support):
            yield Contradiction(
                "support",
                f"{_with_article(self.kind)} {'without' if tests_third else 'with'} support",
                "say how far it was supported" if tests_third else "empty the cell",
            )
        if self.support == "not-supported" and self.significance == "significant":
            yield Contradiction("support", "not supported, yet significant", "correct one of the two")
        yield from p_contradictions(self)
        if self.support in SUPPORTING and self.significance == "not-significant":
            yield Contradiction("support", f"{self.support}, yet not significant", "correct one of the two")
        if self.direction == "none" and self.significance == "significant":
            yield Contradiction("direction", "no relation, yet significant", "correct one of the two")
        yield from sign_contradictions(self)


def _with_article(kind: FindingKind) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


class OverlapDecision(Record):
    """A curator's word on whether two samples, perhaps of different datasets, are the same people."""

    prefix = "overlap-decision"
    table = "overlaps"

    sample: Annotated[Text, Ref("sample", "ca:decidedSample")]
    other: Annotated[Text, Ref("sample", "ca:decidedSample")]
    status: Annotated[Text, Ref("overlap-status", "ca:overlapStatus")]
    reason: Annotated[Text, Data("ca:decisionReason")]
    decided_by: Annotated[Text, Data("ca:decidedBy")]
    decided_on: Annotated[date, Data("dcterms:date")]

    def contradictions(self) -> Iterator[Contradiction]:
        if self.sample == self.other:
            yield Contradiction("other", f"'{self.other}' and itself", "name the other sample")
        if self.status == "suspected":
            yield Contradiction("status", "a decision that decides nothing", "use confirmed or rejected")


class DatasetInfo(Record):
    """What one source gave, or several of one kind, each row naming its own: ``dataset.toml``."""

    prefix = "dataset"
    table = "dataset"

    title: Annotated[Text, Data("dcterms:title", "en")]
    description: Annotated[Text, Data("dcterms:description", "en")]
    source: Annotated[Text | None, Ref("publication", "dcterms:source")] = None
    reading: Annotated[Text, Ref("reading", "ca:readThrough")]
    registration: Annotated[Text | None, Data("ca:registration")] = None
    licence: Annotated[Text, Data("dc:rights")]
    coded_on: Annotated[date, Data("dcterms:created")]
    reported_participants: Annotated[Count | None, Data("ca:reportedParticipants")] = None
    reported_studies: Annotated[Count | None, Data("ca:reportedStudies")] = None
