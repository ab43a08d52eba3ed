"""Made-up evidence as rows of the tables of a dataset, under the very columns of the record models."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise
from math import isnan

from kg.generating.findings import KINDS, NUMBER, NUMBER_AND_P, Findings, is_significant
from kg.generating.studies import Samples
from kg.generating.world import Array, World

Row = dict[str, str]

#: The one publication that all rows name: a base of correlations is itself what was read.
PUBLICATION = "generated2026"
_COUNTRIES = ("Canada", "United Kingdom", "Portugal", "Germany", "Japan", "Brazil", "Australia", "Netherlands")
_DESIGNS = ("cross-sectional", "longitudinal")
_SOURCE = {"reported_in": PUBLICATION}


def construct(number: int) -> str:
    """The id of a construct."""
    return f"made-up-construct-{number + 1}"


def measure(number: int) -> str:
    """The id of a measure."""
    return f"made-up-measure-{number + 1}"


def study(number: int) -> str:
    """The id of a study."""
    return f"made-up-{number + 1}"


def constructs(world: World) -> Iterator[Row]:
    """The constructs, each with the one above it."""
    for number, parent in enumerate(world.parent.tolist()):
        yield {
            "id": construct(number),
            "label": f"made-up construct {number + 1}",
            "type": "PsychologicalProcess",
            "broader": construct(parent) if parent >= 0 else "",
            "definition": f"Construct {number + 1} of a generated world; nobody has it.",
            "definition_source": PUBLICATION,
        }


def measures(world: World) -> Iterator[Row]:
    """The questionnaires, each on one construct."""
    ends = world.first_measure.tolist()
    for number, (first, last) in enumerate(pairwise(ends)):
        for each in range(first, last):
            yield {
                "id": measure(each),
                "label": f"Made-up Questionnaire {each + 1}",
                "measures": construct(number),
                "administration": "self-report",
                "definition": f"A generated questionnaire on made-up construct {number + 1}.",
                "definition_source": PUBLICATION,
            }


def studies(samples: Samples, findings: Findings) -> Iterator[Row]:
    """The studies, with the measures that their findings name."""
    used = zip(
        findings.sample.tolist(), findings.subject_measure.tolist(), findings.object_measure.tolist(),
        findings.third_measure.tolist(), findings.third.tolist(), strict=True,
    )  # fmt: skip
    countries, designs = samples.country.tolist(), samples.design.tolist()
    for number, rows in groupby(used, key=lambda row: row[0]):
        taken = {each for _, one, two, three, third in rows for each in (one, two, *([three] if third >= 0 else ()))}
        yield {
            "id": study(number),
            "label": f"Made-up study {number + 1}",
            "publication": PUBLICATION,
            "countries": _COUNTRIES[countries[number]],
            "design": _DESIGNS[designs[number]],
            "setting": "not-reported",
            "measures": "; ".join(measure(each) for each in sorted(taken)),
            **_SOURCE,
            "locator": f"study {number + 1}",
        }


def samples_of(samples: Samples) -> Iterator[Row]:
    """The samples, one a study."""
    told = (samples.n.tolist(), samples.female.tolist(), samples.age.tolist(), samples.sd_age.tolist())
    for number, (n, female, age, sd_age) in enumerate(zip(*told, strict=True)):
        yield {
            "id": f"{study(number)}-sample",
            "study": study(number),
            "label": f"Sample of made-up study {number + 1}",
            "n": str(n),
            "percent_female": _one_decimal(female),
            "mean_age": _one_decimal(age),
            "sd_age": _one_decimal(sd_age),
            "recruitment": "not-reported",
            **_SOURCE,
            "locator": f"study {number + 1}",
        }


def findings_of(findings: Findings) -> Iterator[Row]:
    """The findings, those of one study together."""
    columns = (
        findings.sample, findings.subject, findings.object, findings.third, findings.subject_measure,
        findings.object_measure, findings.third_measure, findings.kind, findings.n, findings.r, findings.p,
        findings.told, is_significant(findings), _number_in_study(findings.sample),
    )  # fmt: skip
    for sample, subject, object, third, one, two, three, kind, n, r, p, told, significant, number in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        yield {
            "id": f"{study(sample)}-{number + 1:02}",
            "study": study(sample),
            "sample": f"{study(sample)}-sample",
            "kind": KINDS[kind],
            "subject": construct(subject),
            "object": construct(object),
            "subject_measure": measure(one),
            "object_measure": measure(two),
            **(_third(KINDS[kind], third, three, significant) if third >= 0 else _numbers(KINDS[kind], r, p, told)),
            "direction": _direction(r, significant, told),
            "significance": "significant" if significant else "not-significant",
            "n": str(n),
            "statement": f"{'More' if r > 0 else 'Less'} of construct {subject + 1} with more of {object + 1}.",
            **_SOURCE,
            "reading": "primary-full-text",
            "locator": f"study {sample + 1}, row {number + 1}",
            "certainty": "high" if told == NUMBER_AND_P else "medium",
        }


def _third(kind: str, third: int, third_measure: int, significant: bool) -> Row:
    return {
        "mediator" if kind == "mediation" else "moderator": construct(third),
        "third_measure": measure(third_measure),
        "support": "supported" if significant else "not-supported",
    }


def _numbers(kind: str, r: float, p: float, told: int) -> Row:
    if told not in (NUMBER, NUMBER_AND_P):
        return {}
    statistic, letter = ("pearson-r", "r") if kind == "association" else ("standardised-beta", "β")
    value = {"statistic": statistic, "value": f"{r:.2f}"}
    if told == NUMBER:
        return {**value, "printed": f"{letter} = {r:.2f}"}
    printed_p = "< .001" if p < 0.001 else f"= {p:.3f}"
    return {**value, "p": "<.001" if p < 0.001 else f"{p:.3f}", "printed": f"{letter} = {r:.2f}, p {printed_p}"}


def _direction(r: float, significant: bool, told: int) -> str:
    """Of a null in words alone, hardly anybody tells the sign."""
    if not significant and told not in (NUMBER, NUMBER_AND_P):
        return "not-reported"
    return "none" if r == 0 else "positive" if r > 0 else "negative"


def _number_in_study(sample: Array) -> Array:
    """How many findings of the same study stand before each; those of one study stand together."""
    import numpy as np

    first = np.flatnonzero(np.diff(sample, prepend=-1))
    return np.arange(len(sample)) - first[sample]


def _one_decimal(number: float) -> str:
    return "" if isnan(number) else f"{number:.1f}"
