"""The records of evidence: datasets, studies, samples, risk of bias, findings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator

from kg.cells import Count, Data, EthnicityShare, Many, Number, Percent, PValue, Ref, Slug, Some, Text, Years
from kg.names import slug
from kg.records.base import Certainty, CoderNote, Contradiction, Label, Locator, Record, ReportedIn
from kg.records.reported import p_contradictions, sign_contradictions, value_contradictions


class Study(Record):
    """A piece of research, as far as a source describes it."""

    prefix = "study"
    table = "studies"

    id: Slug
    """First author and year, such as mackintosh-2018; a letter behind the year where two would be alike."""
    label: Label
    """How a text cites it, such as Mackintosh et al. 2018."""
    publication: Annotated[Text, Ref("publication", "ca:publishedIn")]
    """Citation key of the study's own paper."""
    countries: Annotated[Many, Data("ca:country")] = ()
    """Names of the countries, as many as the source tells."""
    design: Annotated[Text, Ref("design", "ca:design")]
    """How the study was done."""
    setting: Annotated[Text, Ref("setting", "ca:setting")]
    """Where people took part."""
    measures: Annotated[Many, Ref("measure", "ca:usesMeasure")] = ()
    """The instruments that the source lists for it. Findings read in that source then name these, their subscales or
    their short forms, and nothing else.
    """
    description: Annotated[Text | None, Data("dcterms:description", "en")] = None
    """What was done, in your own words."""
    reported_in: ReportedIn
    locator: Locator
    coder_note: CoderNote = None


class Sample(Record):
    """The people whose data a study analyses."""

    prefix = "sample"
    table = "samples"

    id: Slug
    """The study's id and -sample, such as mackintosh-2018-sample; with a word more where a study has several."""
    study: Annotated[Text, Ref("study", "ca:sampleOf")]
    """The study whose people they are."""
    label: Label
    """A name for people, such as Sample of Mackintosh et al. 2018."""
    n: Annotated[Count | None, Data("ca:sampleSize")] = None
    """How many people were analysed, as printed."""
    percent_female: Annotated[Percent | None, Data("ca:percentFemale")] = None
    """Per cent of women, as printed."""
    mean_age: Annotated[Years | None, Data("ca:meanAge")] = None
    """Mean age in years, as printed."""
    sd_age: Annotated[Years | None, Data("ca:sdAge")] = None
    """Standard deviation of age, as printed."""
    ethnicity: Annotated[
        tuple[EthnicityShare, ...], BeforeValidator(EthnicityShare.parse_all), Data("ca:ethnicityShare")
    ] = ()
    """The source's groups, in Latin letters, each with its percentage."""
    difficulties: Annotated[Many, Ref("construct", "ca:difficulty")] = ()
    """What the people have: constructs, as the source names them."""
    caseness: Annotated[Many, Ref("caseness", "ca:casenessAssessedBy")] = ()
    """How that was established. With diagnosis or service-user a professional did; this is narrower than the clinical
    level that a review may ask for.
    """
    recruitment: Annotated[Text, Ref("recruitment", "ca:recruitment")]
    """How the people came into the study."""
    reported_in: ReportedIn
    locator: Locator
    description: Annotated[Text | None, Data("dcterms:description", "en")] = None
    """The people, in your own words."""
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

    id: Slug
    """The dataset, -rob- and two digits."""
    tool: Annotated[Some, Ref("rob-tool", "ca:tool")]
    """The tool or tools."""
    studies: Annotated[Some, Ref("study", "ca:assesses")]
    """The studies that the assessment covers. A mean over several studies is one row that names them all; never spread
    it over single studies.
    """
    domain: Annotated[Text | None, Data("ca:domain")] = None
    """The methodological domain, for a row about one."""
    statistic: Annotated[Text | None, Data("ca:summaryStatistic")] = None
    """The word mean, where the value is one over several studies."""
    value: Annotated[Number | None, Data("ca:score")] = None
    """The score, as printed."""
    maximum: Annotated[Number | None, Data("ca:maximumScore")] = None
    """The highest score possible."""
    satisfactory_from: Annotated[Number | None, Data("ca:satisfactoryFrom")] = None
    """The score from which the source calls quality satisfactory."""
    judgement: Annotated[Many, Ref("rob-judgement", "ca:judgement")] = ()
    """The judgement, in the source's terms."""
    reported_in: ReportedIn
    locator: Locator
    statement: Annotated[Text, Data("ca:statement")]
    """What was judged, in one sentence of your own."""
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

    id: Slug
    """Its study's id and two digits, such as dudley-2018-01; p before the digits where another folder has findings of
    that study.
    """
    study: Annotated[Text, Ref("study", "ca:study")]
    """The study that found it. One of another folder is named as it is, never coded again."""
    sample: Annotated[Text, Ref("sample", "ca:sample")]
    """The people it was found in."""
    kind: Annotated[FindingKind, Ref("class", "rdf:type")]
    """What sort of result it is."""
    subject: Annotated[Text, Ref("construct", "ca:subject")]
    """The first construct; both are of the same people. Of a prediction the predictor, of a factor composition the
    factor.
    """
    object: Annotated[Text, Ref("construct", "ca:object")]
    """The second construct. Of a prediction the outcome, of a factor composition the constituent."""
    mediator: Annotated[Text | None, Ref("construct", "ca:mediator")] = None
    """The third construct of a mediation. Of several that work side by side, a row each; a serial chain has no row."""
    moderator: Annotated[Text | None, Ref("construct", "ca:moderator")] = None
    """The third construct of a moderation."""
    subject_measure: Annotated[Text | None, Ref("measure", "ca:subjectMeasure")] = None
    """By what the subject was measured, as specific as the source tells; empty where it does not."""
    object_measure: Annotated[Text | None, Ref("measure", "ca:objectMeasure")] = None
    """By what the object was measured."""
    third_measure: Annotated[Text | None, Ref("measure", "ca:thirdMeasure")] = None
    """By what the mediator or moderator was measured."""
    direction: Annotated[Text, Ref("direction", "ca:direction")]
    """Whether more of the one goes with more (positive) or less (negative) of the other; none where the source says
    that they did not go together.
    """
    significance: Annotated[Text, Ref("significance", "ca:significance")]
    """What the source says of a test. A null result is a finding; words without a test are not-reported."""
    support: Annotated[Text | None, Ref("support", "ca:support")] = None
    """Of a mediation or moderation, how far it was supported, as told; supported where the extent is not told. Empty
    elsewhere.
    """
    statistic: Annotated[Text | None, Ref("statistic", "ca:statistic")] = None
    """What the number is."""
    value: Annotated[Number | None, Data("ca:value")] = None
    """The number, with a decimal point and its sign."""
    ci_low: Annotated[Number | None, Data("ca:ciLow")] = None
    """Lower end of its confidence interval."""
    ci_high: Annotated[Number | None, Data("ca:ciHigh")] = None
    """Upper end of its confidence interval."""
    p: Annotated[PValue | None, BeforeValidator(PValue.parse), Data("ca:pValue")] = None
    """The p as printed, without zero or with it; a bound with its sign. Above .10 nothing is significant, below .001
    nothing is not.
    """
    n: Annotated[Count | None, Data("ca:analysedN")] = None
    """How many people, only where a number is printed for this very analysis."""
    first_n: Annotated[Count | None, Data("ca:firstGroupN")] = None
    """Of two groups that are compared, the size of that for which a positive value is the higher."""
    second_n: Annotated[Count | None, Data("ca:secondGroupN")] = None
    """The size of the other group."""
    df_effect: Annotated[Number | None, Data("ca:effectDegreesOfFreedom")] = None
    """Degrees of freedom of an F, of the effect (numerator)."""
    df: Annotated[Number | None, Data("ca:degreesOfFreedom")] = None
    """Degrees of freedom of a t or a chi-square; of an F, of the error (denominator)."""
    se: Annotated[Number | None, Data("ca:standardError")] = None
    """Standard error of the value, on its own scale; of an odds ratio, of its natural logarithm."""
    statement: Annotated[Text, Data("ca:statement")]
    """The result, in one sentence of your own."""
    printed: Annotated[Text | None, Data("ca:asPrinted")] = None
    """The statistic exactly as printed, mistakes included."""
    reported_in: ReportedIn
    reading: Annotated[Text, Ref("reading", "ca:readThrough")]
    """Through what you read it. What comes from the source of the dataset has the reading of the dataset."""
    locator: Locator
    certainty: Certainty
    coder_note: CoderNote = None
    same_result_as: Annotated[Many, Ref("finding", "ca:reportsSameResultAs")] = ()
    """Another finding that tells the same result; together they count once, by the one that tells more."""

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

    id: Slug
    """A speaking name."""
    sample: Annotated[Text, Ref("sample", "ca:decidedSample")]
    """One of the two samples."""
    other: Annotated[Text, Ref("sample", "ca:decidedSample")]
    """The other."""
    status: Annotated[Text, Ref("overlap-status", "ca:overlapStatus")]
    """Whether they are the same people."""
    reason: Annotated[Text, Data("ca:decisionReason")]
    """Why."""
    decided_by: Annotated[Text, Data("ca:decidedBy")]
    """Who decided."""
    decided_on: Annotated[date, Data("dcterms:date")]
    """When."""

    def contradictions(self) -> Iterator[Contradiction]:
        if self.sample == self.other:
            yield Contradiction("other", f"'{self.other}' and itself", "name the other sample")
        if self.status == "suspected":
            yield Contradiction("status", "a decision that decides nothing", "use confirmed or rejected")


class DatasetInfo(Record):
    """What one source gave, or several of one kind, each row naming its own: ``dataset.toml``."""

    prefix = "dataset"
    table = "dataset"

    id: Slug
    """The name of the dataset, and of its folder."""
    title: Annotated[Text, Data("dcterms:title", "en")]
    """What it is called in lists."""
    description: Annotated[Text, Data("dcterms:description", "en")]
    """What was read and how it was coded, in a few sentences."""
    source: Annotated[Text | None, Ref("publication", "dcterms:source")] = None
    """Citation key of the source; empty where a dataset gathers several and each row names its own."""
    reading: Annotated[Text, Ref("reading", "ca:readThrough")]
    """Through what the source was read."""
    registration: Annotated[Text | None, Data("ca:registration")] = None
    """Where the source was registered, such as PROSPERO CRD and a number."""
    licence: Annotated[Text, Data("dc:rights")]
    """Under which licence you give the coding, such as CC BY 4.0."""
    coded_on: Annotated[date, Data("dcterms:created")]
    """The day on which it was coded."""
    reported_participants: Annotated[Count | None, Data("ca:reportedParticipants")] = None
    """How many people the source says it covers; a check compares it with the samples."""
    reported_studies: Annotated[Count | None, Data("ca:reportedStudies")] = None
    """How many studies the source says it covers; a check compares it with the studies."""
