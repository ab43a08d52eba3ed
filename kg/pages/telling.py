"""Findings by their IRIs, as rows of the question ``findings``, made of what the graph states of them and nobody else.

The question itself reads every finding, however few are wanted: an engine joins what is optional as a whole. Here a
page asks as much as it shows. A test holds both to the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from kg.names import TERMS, local_name
from kg.store import Iri, Row, Value

#: The properties by which a finding leads to what its row tells of.
_LEADS = ("ca:sample", "ca:readThrough", "ca:countedWith")
_NAMED = ("ca:study", "ca:subject", "ca:object", "ca:mediator", "ca:moderator", "ca:subjectMeasure",
          "ca:objectMeasure", "ca:statistic", "ca:reportedIn")  # fmt: skip
_JOINED = {
    "study": "ca:study",
    "sample": "ca:sample",
    "publication": "ca:reportedIn",
    "subjectMeasure": "ca:subjectMeasure",
    "objectMeasure": "ca:objectMeasure",
    "dataset": "ca:inDataset",
}


@dataclass(frozen=True)
class Stated:
    """Everything a graph states of one thing: property (CURIE) -> values."""

    values: Mapping[str, tuple[Value, ...]]

    def all(self, name: str) -> tuple[Value, ...]:
        return self.values.get(name, ())

    def text(self, name: str) -> str:
        """The first value as text; empty where there is none."""
        return next((str(value) for value in self.all(name)), "")


class Asked(Protocol):
    """What knows names and statements: a library."""

    def each_stated(self, iris: Iterable[str]) -> Mapping[str, Stated]: ...

    def called(self, iris: Iterable[str]) -> Mapping[str, str]: ...

    @property
    def kinds_of_findings(self) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class Told:
    """A finding: its row, without the year, and role (study, sample, publication, …) -> IRI, as far as told."""

    row: Row
    joined: Mapping[str, str]


def told(library: Asked, findings: Iterable[str]) -> dict[str, Told]:
    """IRI -> what is told of each that is a finding."""
    stated = {
        iri: each
        for iri, each in library.each_stated(findings).items()
        if f"{TERMS}Finding" in map(str, each.all("rdf:type"))
    }
    beside = dict(
        library.each_stated({str(iri) for each in stated.values() for name in _LEADS for iri in each.all(name)})
    )
    layers = {str(iri) for each in beside.values() for iri in each.all("ca:layer")}
    named = {str(iri) for each in stated.values() for name in _NAMED for iri in each.all(name)}
    names = library.called(named | layers)
    return {
        iri: Told(_row(iri, each, beside, names, library.kinds_of_findings), _joined(each))
        for iri, each in stated.items()
    }


def _joined(finding: Stated) -> dict[str, str]:
    return {role: str(iris[0]) for role, name in _JOINED.items() if (iris := finding.all(name))}


def _row(
    iri: str, finding: Stated, beside: Mapping[str, Stated], names: Mapping[str, str], kinds: Mapping[str, str]
) -> Row:
    def of(name: str) -> Value:
        return next(iter(finding.all(name)), None)

    def code(name: str) -> str | None:
        return local_name(str(value)) if (value := of(name)) else None

    def called(value: Value) -> str | None:
        return names.get(str(value)) if value else None

    def on(name: str, of_it: str) -> Value:
        found = (
            value for thing in finding.all(name) if str(thing) in beside for value in beside[str(thing)].all(of_it)
        )
        return next(found, None)

    third = of("ca:mediator") or of("ca:moderator")
    operator, p = of("ca:pOperator"), of("ca:pValue")
    return {
        "finding": Iri(iri),
        "study": called(of("ca:study")),
        "kind": next((kinds[each] for each in map(str, finding.all("rdf:type")) if each in kinds), None),
        "subject": called(of("ca:subject")),
        "subjectMeasure": called(of("ca:subjectMeasure")),
        "object": called(of("ca:object")),
        "objectMeasure": called(of("ca:objectMeasure")),
        "third": called(third),
        "direction": code("ca:direction"),
        "significance": code("ca:significance"),
        "support": code("ca:support"),
        "statistic": called(of("ca:statistic")),
        "value": of("ca:value"),
        "p": None if operator is None else f"{'' if operator == '=' else operator}{p}",
        "sampleSize": of("ca:analysedN") or on("ca:sample", "ca:sampleSize"),
        "printed": of("ca:asPrinted"),
        "layer": called(on("ca:readThrough", "ca:layer")),
        "statement": of("ca:statement"),
        "source": called(of("ca:reportedIn")),
        "locator": of("ca:locator"),
        "certainty": code("ca:certainty"),
        "note": of("ca:coderNote"),
        "subjectIri": of("ca:subject"),
        "objectIri": of("ca:object"),
        "thirdIri": third,
        "repeats": next((each for each in finding.all("ca:countedWith") if _is_first(beside.get(str(each)))), None),
    }


def _is_first(finding: Stated | None) -> bool:
    """Whether it is the telling that counts, and not itself counted with another."""
    return finding is not None and not finding.all("ca:countedWith")
