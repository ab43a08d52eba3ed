"""The arithmetic layer: a check of every finding of which arithmetic has something to say (``kg.plausibility``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

import networkx

from kg.bulk.checks import GIVEN, SAID, said_of
from kg.bulk.classes import individuals
from kg.bulk.facts import Facts
from kg.bulk.rows import Evidence, frame, layer
from kg.bulk.triples import Part, double, full, individual, integer, term, triples
from kg.records import SUPPORTING

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

_PLAIN = {"note": "ca:arithmeticNote", "reach_note": "ca:nullReachNote", "not_judged": "ca:notJudgedBecause"}
_PLAIN |= {"where": "ca:compatibleWhere"}
_NUMBERS = {
    "p_low": "ca:recomputedPLow",
    "p_high": "ca:recomputedPHigh",
    "low": "ca:compatibleLow",
    "high": "ca:compatibleHigh",
    "smallest": "ca:smallestSignificantR",
}
_WORDS = {"arithmetic": ("ca:arithmetic", "arithmetic"), "reach": ("ca:nullReach", "null-reach")}


def checks(evidence: Evidence) -> ir.Table:
    """What arithmetic says of each finding: ``finding``, ``n``, and in words and numbers what ``kg.bulk.checks`` says."""
    findings, samples = evidence.findings, evidence.samples
    sized = findings.left_join(samples.select(sample="id", recruited="n"), "sample")
    people = layer().coalesce(sized.n, sized.recruited)
    nothing_said = sized.value.isnull() & ~_null(sized)
    rows = sized.mutate(people=people).filter(~nothing_said)
    rows = rows.left_join(_contradicted(findings), "id")
    texts = {"value": "value_text", "p": "p_text", "n": "people", "df": "df_text", "df_effect": "df_effect_text"}
    given = [rows[texts.get(name, name)].cast("string").fill_null("") for name in GIVEN]
    said = rows.select(finding="id", n="people", said=_function()(*given)).cache()
    told = said.select("finding", "n", **{name: said.said[name] for name in SAID})
    return told.filter((told.arithmetic != "") | (told.reach != "")).cache()


def _null(rows: ir.Table) -> Any:
    """What ``kg.null_reach.is_null`` says, of columns."""
    significance = (rows.significance == "not-significant") | (rows.direction == "none")
    return (significance | (rows.support == "not-supported")).fill_null(False)


def _contradicted(findings: ir.Table) -> ir.Table:
    """Findings, and in ``against`` those that tell the same result and are significant or supported."""
    links = findings.select("id", other=findings.same_result_as.unnest()).to_pyarrow().to_pylist()
    linked = networkx.Graph((each["id"], each["other"]) for each in links)
    ids = frame({"id": "string"}, [(each,) for each in linked])
    contrary = (findings.significance == "significant") | findings.support.isin(sorted(SUPPORTING)).fill_null(False)
    found = findings.filter(contrary).semi_join(ids, "id").select("id").to_pyarrow()["id"].to_pylist()
    told = []
    for group in networkx.connected_components(linked):
        against = sorted(group.intersection(found))
        told += [(name, " ".join(each for each in against if each != name)) for name in group]
    return frame({"id": "string", "against": "string"}, told)


@cache
def _function() -> Any:
    """``kg.bulk.checks.said_of`` as a function of the engine, a batch at a time."""
    import pyarrow as pa

    def said_in_batch(*columns: Any) -> pa.StructArray:
        whole = [each.combine_chunks() if isinstance(each, pa.ChunkedArray) else each for each in columns]
        return said_of(whole)

    named = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in GIVEN]
    said_in_batch.__signature__ = Signature(named)  # type: ignore[attr-defined]
    kind = "struct<" + ", ".join(f"{name}: string" for name in SAID) + ">"
    return layer().udf.scalar.pyarrow(said_in_batch, name="kg_arithmetic", signature=(("string",) * len(GIVEN), kind))


def reaches(told: ir.Table) -> ir.Table:
    """The findings that are nulls, and how far each reaches."""
    return told.filter(told.reach != "").select("finding", "reach")


def parts(told: ir.Table, facts: Facts) -> Iterator[Part]:
    """Every check as triples, and what rules 20 and 95 say of it."""
    subject, finding = individual("arithmetic-check", told.finding), individual("finding", told.finding)
    kind, label = term("rdf:type"), '"arithmetic of ' + told.finding + '"@en'
    yield individuals(told, subject)
    for above in facts.classes_above("ArithmeticCheck"):
        target = full(layer().literal(above))
        yield Part("inferred", "20-superclasses", triples(told, subject, kind, target))
    plain = {
        "rdf:type": (term("ca:ArithmeticCheck"), term("owl:NamedIndividual")),
        "rdfs:label": (label,),
        "ca:checksFinding": (finding,),
        "prov:wasDerivedFrom": (finding,),
    }
    for predicate, targets in plain.items():
        yield from (_says(told, predicate, target) for target in targets)
    numbered = told.filter(told.n.notnull())
    yield _says(numbered, "ca:checkedN", integer(numbered.n))
    for name, (predicate, words) in _WORDS.items():
        yield _where_told(told, name, predicate, lambda cell, words=words: individual(words, cell))
    for name, predicate in _PLAIN.items():
        yield _where_told(told, name, predicate, lambda cell: '"' + cell + '"')
    for name, predicate in _NUMBERS.items():
        yield _where_told(told, name, predicate, double)


def _where_told(told: ir.Table, name: str, predicate: str, target: Callable[[Any], Any]) -> Part:
    rows = told.filter(told[name] != "")
    return _says(rows, predicate, target(rows[name]))


def _says(rows: ir.Table, predicate: str, target: Any) -> Part:
    subject = individual("arithmetic-check", rows.finding)
    return Part("arithmetic", "arithmetic", triples(rows, subject, term(predicate), target))
