"""The records: one frozen, typed class for each kind of row that a person writes.

A class says everything about its table once: the fields are the columns, in order; ``Ref`` marks a
cell that names another record, ``Data`` a plain value, and both give the RDF property that carries
it (``kg.triples`` reads them). What a row says twice must agree; ``contradictions`` yields where it
does not, each with the column to mend.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar, NamedTuple, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from kg.names import CODE_KINDS, SLUG, mint

# --- how a field stands in RDF ---------------------------------------------------------------


@dataclass(frozen=True)
class Ref:
    """A cell that names a record of ``kind``; ``predicate`` (a CURIE) links to its IRI.

    The kind ``class`` names a class of the ontology: those cells become ``rdf:type``.
    """

    kind: str
    predicate: str


@dataclass(frozen=True)
class Data:
    """A cell that holds a plain value; ``language`` tags prose."""

    predicate: str
    language: str | None = None


# --- cells -----------------------------------------------------------------------------------


class Contradiction(NamedTuple):
    """Two cells of one row that cannot both be right: the column to mend, what, and what to do."""

    column: str
    what: str
    do: str


class Contradictory(ValueError):
    """A record contradicts itself; ``contradictions`` says where."""

    def __init__(self, contradictions: list[Contradiction]) -> None:
        self.contradictions = contradictions
        super().__init__("; ".join(f"{each.column}: {each.what}" for each in contradictions))


def _bad(what: str, do: str) -> PydanticCustomError:
    """An error of one cell, in words that ``kg.tables`` passes on as they are."""
    return PydanticCustomError("cell", "{what}; {do}", {"what": what, "do": do})


def _listed(cell: Any) -> Any:
    return tuple(part.strip() for part in cell.split(";") if part.strip()) if isinstance(cell, str) else cell


def _slug(cell: str) -> str:
    if not SLUG.fullmatch(cell):
        raise _bad(f"'{cell}' is not an id", "use lower-case letters, digits and single hyphens")
    return cell


_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)")


def _number(cell: Any) -> Any:
    if not isinstance(cell, str) or _NUMBER.fullmatch(cell):
        return cell
    hint = "write digits with a decimal point, such as 0.38 or -0.25"
    if _NUMBER.fullmatch(cell.replace(",", ".").replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-")):
        fixed = cell.replace(",", ".").replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-")
        hint = f"write {fixed} (a decimal point, a plain hyphen for minus)"
    raise _bad(f"'{cell}' is not a number", hint)


def _whole(cell: Any) -> Any:
    if isinstance(cell, str) and not re.fullmatch(r"\d+", cell):
        raise _bad(f"'{cell}' is not a whole number", "write digits only, such as 128")
    return cell


def _within(low: int, high: int, unit: str) -> AfterValidator:
    def check(number: Decimal) -> Decimal:
        if not low <= number <= high:
            raise _bad(f"{number} is not {unit}", f"give a number from {low} to {high}")
        return number

    return AfterValidator(check)


def _at_least(low: int, what: str) -> AfterValidator:
    def check(number: int) -> int:
        if number < low:
            raise _bad(f"{number} is too small for {what}", f"give a number from {low} up")
        return number

    return AfterValidator(check)


Slug = Annotated[str, AfterValidator(_slug)]
Many = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Number = Annotated[Decimal, BeforeValidator(_number)]
Count = Annotated[int, BeforeValidator(_whole), _at_least(1, "a count")]
Percent = Annotated[Decimal, BeforeValidator(_number), _within(0, 100, "a percentage")]
Years = Annotated[Decimal, BeforeValidator(_number), _within(0, 120, "an age in years")]
Text = str


class PValue(NamedTuple):
    """A p value, or its bound, as printed: ``.033`` is equality, ``<.003`` a bound."""

    operator: str
    number: Decimal

    @classmethod
    def parse(cls, cell: Any) -> Any:
        if not isinstance(cell, str):
            return cell
        match = re.fullmatch(r"(<=|>=|<|>|=)?\s*(\d*\.?\d+)", cell)
        if not match:
            raise _bad(f"'{cell}' is not a p value", "write .033 for equality or <.05 for a bound")
        number = Decimal(match[2])
        if not 0 <= number <= 1:
            raise _bad(f"p = {number} is outside 0 to 1", "correct it from the source")
        return cls(match[1] or "=", number)

    def __str__(self) -> str:
        return f"{'' if self.operator == '=' else self.operator}{self.number}"


class EthnicityShare(NamedTuple):
    """The share, in per cent, of one ethnic group, in the source's words: ``White 87.5``."""

    group: str
    percent: Decimal

    @classmethod
    def parse_all(cls, cell: Any) -> Any:
        return tuple(map(cls.parse, _listed(cell))) if isinstance(cell, str) else cell

    @classmethod
    def parse(cls, text: str) -> Self:
        group, _, share = text.rpartition(" ")
        if not group or not re.fullmatch(r"\d+(\.\d+)?", share) or Decimal(share) > 100:
            raise _bad(f"'{text}' is not a group and its percentage", "write them like 'White 87.5; Black 7.6'")
        return cls(group, Decimal(share))

    def __str__(self) -> str:
        return f"{self.group} {self.percent}"


# --- records ---------------------------------------------------------------------------------


class Record(BaseModel):
    """A row: frozen, typed, complete. ``prefix`` is that of its IRI, ``table`` the name of its file."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    prefix: ClassVar[str]
    table: ClassVar[str]

    id: Slug

    @property
    def iri(self) -> str:
        """The IRI of the individual that the row describes."""
        return mint(self.prefix, self.id)

    @classmethod
    def columns(cls) -> list[str]:
        """The header of the table: the field names, in order."""
        return list(cls.model_fields)

    @classmethod
    def required(cls) -> list[str]:
        """The columns that every row must fill."""
        return [name for name, field in cls.model_fields.items() if field.is_required()]

    @classmethod
    def marks(cls) -> dict[str, Ref | Data]:
        """Column -> how it stands in RDF, for the columns that do."""
        return {
            name: mark
            for name, field in cls.model_fields.items()
            for mark in field.metadata
            if isinstance(mark, Ref | Data)
        }

    def contradictions(self) -> Iterator[Contradiction]:
        """Where two cells of the row cannot both be right."""
        return iter(())

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if found := list(self.contradictions()):
            raise Contradictory(found)
        return self

    def cells(self) -> dict[str, str]:
        """The row as a person would write it: column -> cell."""
        return {column: _written(getattr(self, column)) for column in self.columns()}


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple) and not isinstance(value, PValue):
        return "; ".join(map(str, value))
    return str(value)


Label = Annotated[Text, Data("rdfs:label", "en")]
Definition = Annotated[Text, Data("skos:definition", "en")]
Sources = Annotated[Many, Ref("publication", "dcterms:source")]
Synonyms = Annotated[Many, Data("skos:altLabel", "en")]
Note = Annotated[Text | None, Data("skos:editorialNote", "en")]
ReportedIn = Annotated[Text, Ref("publication", "ca:reportedIn")]
Locator = Annotated[Text, Data("ca:locator")]
CoderNote = Annotated[Text | None, Data("ca:coderNote")]


class Construct(Record):
    """A psychological construct: an individual of one or more classes of the ontology."""

    prefix = "construct"
    table = "constructs"

    label: Label
    type: Annotated[Many, Ref("class", "rdf:type")]
    broader: Annotated[Many, Ref("construct", "skos:broader")] = ()
    flow: Annotated[Text | None, Ref("flow", "ca:hasFlow")] = None
    fear_of: Annotated[Text | None, Ref("construct", "ca:fearOf")] = None
    model_of_self: Annotated[Text | None, Ref("valence", "ca:modelOfSelf")] = None
    model_of_others: Annotated[Text | None, Ref("valence", "ca:modelOfOthers")] = None
    strategy: Annotated[Many, Ref("construct", "ca:characterisedByStrategy")] = ()
    opposite_of: Annotated[Many, Ref("construct", "ca:oppositeOf")] = ()
    alt_labels: Synonyms = ()
    definition: Definition
    definition_source: Sources
    note: Note = None

    def contradictions(self) -> Iterator[Contradiction]:
        for column in ("broader", "opposite_of"):
            if self.id in getattr(self, column):
                yield Contradiction(column, f"'{self.id}' names itself", "name another construct or leave it empty")


class Measure(Record):
    """An instrument, or a subscale of one."""

    prefix = "measure"
    table = "measures"

    label: Label
    acronym: Annotated[Text | None, Data("ca:acronym")] = None
    subscale_of: Annotated[Text | None, Ref("measure", "ca:subscaleOf")] = None
    short_form_of: Annotated[Text | None, Ref("measure", "ca:shortFormOf")] = None
    revision_of: Annotated[Text | None, Ref("measure", "ca:revisionOf")] = None
    measures: Annotated[Many, Ref("construct", "ca:measures")]
    administration: Annotated[Text, Ref("administration", "ca:administration")]
    items: Annotated[Count | None, Data("ca:itemCount")] = None
    developer: Annotated[Text | None, Ref("publication", "ca:developedIn")] = None
    alt_labels: Synonyms = ()
    definition: Definition
    definition_source: Sources
    note: Note = None

    def contradictions(self) -> Iterator[Contradiction]:
        for column in ("subscale_of", "short_form_of", "revision_of"):
            if getattr(self, column) == self.id:
                yield Contradiction(column, f"'{self.id}' names itself", "name another measure or leave it empty")


class Code(Record):
    """A member of one of the closed lists of the coding scheme; its ``kind`` says of which."""

    table = "codes"

    kind: Text
    label: Label
    type: Annotated[Many, Ref("class", "rdf:type")] = ()
    definition: Definition
    definition_source: Sources

    @property
    def iri(self) -> str:
        return mint(self.kind, self.id)

    def contradictions(self) -> Iterator[Contradiction]:
        if self.kind not in CODE_KINDS:
            yield Contradiction("kind", f"'{self.kind}' is not a closed list", f"use one of {', '.join(CODE_KINDS)}")


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
        total = sum(share.percent for share in self.ethnicity)
        if total > 101:  # printed shares are rounded, so a little over 100 is arithmetic, not error
            yield Contradiction("ethnicity", f"the shares add up to {total} %", "correct them from the source")
        if self.sd_age is not None and self.mean_age is None:
            yield Contradiction("sd_age", "a standard deviation of age without a mean", "fill mean_age as well")


class RiskOfBias(Record):
    """A risk-of-bias assessment: of one study, or a summary over several."""

    prefix = "risk-of-bias"
    table = "risk_of_bias"

    tool: Annotated[Many, Ref("rob-tool", "ca:tool")]
    studies: Annotated[Many, Ref("study", "ca:assesses")]
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


#: Statistics that cannot leave -1 to 1.
CORRELATIONS = frozenset({"r", "pearson-r", "spearman-rho", "partial-r"})
#: Statistics whose sign is the direction of the relation.
SIGNED = CORRELATIONS | {
    "standardised-beta", "unstandardised-b", "cohens-d", "hedges-g", "t", "z", "factor-loading",
}  # fmt: skip


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
    statement: Annotated[Text, Data("ca:statement")]
    printed: Annotated[Text | None, Data("ca:asPrinted")] = None
    reported_in: ReportedIn
    reading: Annotated[Text, Ref("reading", "ca:readThrough")]
    locator: Locator
    certainty: Annotated[Text, Ref("certainty", "ca:certainty")]
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
                yield Contradiction(column, f"a {column} in a finding of kind {self.kind}", "empty the cell")
        third = self.mediator or self.moderator
        if third and third in (self.subject, self.object):
            yield Contradiction("mediator" if self.mediator else "moderator",
                                f"'{third}' is also the subject or object", "name a third construct")  # fmt: skip
        if self.third_measure and not third:
            yield Contradiction("third_measure", "a third measure without a third construct", "empty the cell")
        if self.id in self.same_result_as:
            yield Contradiction("same_result_as", "a finding names itself", "name the other finding")

    def _numbers(self) -> Iterator[Contradiction]:
        if self.value is not None and not self.statistic:
            yield Contradiction("statistic", "a value without a statistic", "say what the number is, such as r")
        if self.value is not None and not self.printed:
            yield Contradiction("printed", "a value without what was printed", "copy the statistic as printed")
        if self.value is not None and self.statistic in CORRELATIONS and abs(self.value) > 1:
            yield Contradiction("value", f"a correlation of {self.value} is outside -1 to 1",
                                "correct it from the source")  # fmt: skip
        if (self.ci_low is None) != (self.ci_high is None):
            yield Contradiction("ci_low" if self.ci_low is None else "ci_high",
                                "a confidence interval with one end", "give both ends or none")  # fmt: skip
        if self.ci_low is not None and self.ci_high is not None:
            low, high, value = self.ci_low, self.ci_high, self.value
            if low > high:
                yield Contradiction("ci_low", f"the interval runs from {low} down to {high}", "swap the ends")
            elif value is not None and not low <= value <= high:
                yield Contradiction("value", f"{value} lies outside its interval [{low}, {high}]",
                                    "correct the value or the interval")  # fmt: skip

    def _outcome(self) -> Iterator[Contradiction]:
        tests_third = self.kind in (FindingKind.MEDIATION, FindingKind.MODERATION)
        if tests_third != bool(self.support):
            yield Contradiction(
                "support",
                f"a {self.kind} {'without' if tests_third else 'with'} support",
                "say how far it was supported" if tests_third else "empty the cell",
            )
        if self.support == "not-supported" and self.significance == "significant":
            yield Contradiction("support", "not supported, yet significant", "correct one of the two")
        if self.direction == "none" and self.significance != "not-significant":
            yield Contradiction("direction", "no relation, yet not coded as not-significant",
                                "use not-reported, or code the significance")  # fmt: skip
        sign = self._sign_of_value()
        if {self.direction, sign} == {"positive", "negative"}:
            yield Contradiction("direction", f"'{self.direction}' contradicts the value {self.value}",
                                "correct the direction or the sign")  # fmt: skip

    def _sign_of_value(self) -> str | None:
        """The direction that the value has by itself, where its statistic has one."""
        if self.value is None or self.statistic is None:
            return None
        neutral = 1 if self.statistic == "odds-ratio" else 0
        if (self.statistic not in SIGNED and neutral == 0) or self.value == neutral:
            return None
        return "positive" if self.value > neutral else "negative"


class Publication(Record):
    """Something that can be cited: an entry of ``references.bib``, under its citation key."""

    prefix = "publication"
    table = "references"

    entry_type: Text
    label: Label  # "Dudley et al. (2018)"
    title: Annotated[Text | None, Data("dcterms:title")] = None
    authors: Annotated[tuple[str, ...], Data("dcterms:creator")] = ()
    year: Annotated[Text | None, Data("dcterms:date")] = None
    venue: Annotated[Text | None, Data("dcterms:isPartOf")] = None
    publisher: Annotated[Text | None, Data("dcterms:publisher")] = None
    volume: Annotated[Text | None, Data("bibo:volume")] = None
    number: Annotated[Text | None, Data("bibo:issue")] = None
    pages: Annotated[Text | None, Data("bibo:pages")] = None
    doi: Annotated[Text | None, Data("bibo:doi")] = None
    note: Note = None

    def citation(self) -> str:
        """One line that says what to look for in a library."""
        issue = f"({self.number})" if self.number else ""
        place = ", ".join(part for part in (self.venue or self.publisher, f"{self.volume or ''}{issue}", self.pages) if part)
        who = "; ".join(self.authors)
        doi = f"https://doi.org/{self.doi}" if self.doi else None
        return " ".join(f"{part}." for part in (f"{who} ({self.year})", self.title, place, doi) if part)


class DatasetInfo(Record):
    """What one source gave: ``dataset.toml``."""

    prefix = "dataset"
    table = "dataset"

    title: Annotated[Text, Data("dcterms:title", "en")]
    description: Annotated[Text, Data("dcterms:description", "en")]
    source: Annotated[Text, Ref("publication", "dcterms:source")]
    reading: Annotated[Text, Ref("reading", "ca:readThrough")]
    registration: Annotated[Text | None, Data("ca:registration")] = None
    licence: Annotated[Text, Data("dcterms:license")]
    coded_on: Annotated[date, Data("dcterms:created")]
    reported_participants: Annotated[Count | None, Data("ca:reportedParticipants")] = None
    reported_studies: Annotated[Count | None, Data("ca:reportedStudies")] = None
