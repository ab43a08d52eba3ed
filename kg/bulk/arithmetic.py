"""The arithmetic layer: a check of every finding of which arithmetic has something to say (``kg.plausibility``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from inspect import Parameter, Signature
from types import ModuleType
from typing import TYPE_CHECKING, Any

import networkx

from kg.arithmetic import ALPHA, CORRELATIONS_OF_TWO
from kg.bulk import checks as single
from kg.bulk import correlations
from kg.bulk.classes import individuals
from kg.bulk.facts import Facts
from kg.bulk.frames import layer
from kg.bulk.rows import Evidence, frame
from kg.bulk.triples import Part, double, full, individual, integer, term, triples
from kg.null_reach import TOLD
from kg.records import SUPPORTING, FindingKind

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
#: Kinds of findings of which a null may be a correlation of two variables by themselves.
_OF_TWO = (FindingKind.ASSOCIATION.value, FindingKind.PREDICTION.value)
#: With more people ``kg.arithmetic`` takes t as normal.
_MOST = 100_000
_WORDS = {"arithmetic": ("ca:arithmetic", "arithmetic"), "reach": ("ca:nullReach", "null-reach")}


def checks(evidence: Evidence) -> ir.Table:
    """What arithmetic says of each finding: ``finding``, ``n``, and what ``kg.bulk.checks`` says."""
    rows = _rows(evidence).cache()
    plain = rows.filter(rows.plain)
    numbers = [cell.cast(kind) for cell, kind in zip(_numbers(plain), correlations.GIVEN.values(), strict=True)]
    judged = plain.mutate(said=_function(correlations)(*numbers)).cache()
    fits = judged.said["fits"] == 1
    rest = rows.filter(~rows.plain).union(judged.filter(~fits).drop("said"))
    texts = {"value": "value_text", "p": "p_text", "df": "df_text", "df_effect": "df_effect_text"}
    given = [rest[texts.get(name, name)].cast("string").fill_null("") for name in single.GIVEN]
    said = rest.select(finding="id", n="n", said=_function(single)(*given)).cache()
    told = said.select("finding", "n", **{name: said.said[name] for name in single.SAID})
    told = told.filter((told.arithmetic != "") | (told.reach != ""))
    return told.union(_fitting(judged.filter(fits))).cache()


def _rows(evidence: Evidence) -> ir.Table:
    """The findings of which something may be said, with how many people each is about, and whether it is plain."""
    samples = evidence.samples.select(sample="id", recruited="n")
    sized = evidence.findings.left_join(samples, "sample").left_join(_contradicted(evidence.findings), "id")
    sized = sized.mutate(n=layer().coalesce(sized.n, sized.recruited), is_null=_null(sized))
    said = sized.filter(sized.value.notnull() | sized.is_null)
    texts = [f"{name}_text" for name in ("value", "p", "df", "df_effect")]
    kept = [name for name in single.GIVEN if name not in ("df", "df_effect")]
    return said.select(*kept, *texts, "p_operator", "is_null", plain=_is_plain(said))


def _is_plain(rows: ir.Table) -> Any:
    """Whether a finding is a correlation of which its numbers tell everything; a null must be one without a doubt."""
    correlation = rows.statistic.isin(list(CORRELATIONS_OF_TWO)) & (rows.value.abs() < 1)
    told = correlation & rows.n.between(4, _MOST)
    sure_of_p = rows.p.notnull() | rows.printed.isnull() | ~rows.printed.lower().contains("p")
    sure = rows.kind.isin(list(_OF_TWO)) & rows.support.isnull() & rows.against.isnull() & sure_of_p
    not_below = rows.p_operator.isnull() | (rows.p > ALPHA)
    null = ~rows.is_null | (sure & not_below & (rows.significance == "not-significant"))
    return (told & null).fill_null(False)


def _numbers(rows: ir.Table) -> Iterator[Any]:
    """The columns that ``kg.bulk.correlations`` takes, of plain correlations."""
    ifelse = layer().ifelse
    yield rows.value
    yield _places(rows.value_text)
    yield rows.n
    yield rows.p.fill_null(0.0)
    yield _places(rows.p_text.fill_null(""))
    bounds = correlations.BOUNDS.items()
    yield layer().cases(*((rows.p_operator == name, number) for name, number in bounds), else_=0)
    signs = {"significant": 1, "not-significant": -1}.items()
    yield layer().cases(*((rows.significance == name, number) for name, number in signs), else_=0)
    yield ifelse(rows.is_null, 1, 0)


def _places(text: Any) -> Any:
    """How many decimal places a number was written with."""
    return text.re_replace("^[^.]*[.]?", "").length()


def _fitting(judged: ir.Table) -> ir.Table:
    """The plain correlations that fit, as ``kg.bulk.checks`` would tell of them, but those of which it says nothing."""
    said, nothing = judged.said, layer().literal("")
    decided = judged.p.notnull() | (judged.significance != "not-reported")
    number = {name: said[name].fill_null("") for name in ("p_low", "p_high", "low", "high", "smallest")}
    told = {
        "arithmetic": layer().ifelse(decided, "consistent", ""),
        "note": nothing,
        "reach": said["reach"].fill_null(""),
        "reach_note": said["reach_note"].fill_null(""),
        "not_judged": nothing,
        "where": layer().ifelse(judged.is_null, TOLD, ""),
        **number,
    }
    rows = judged.select("n", finding="id", **told)
    rows = rows.select("finding", "n", *single.SAID)
    return rows.filter((rows.arithmetic != "") | (rows.reach != ""))


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
def _function(module: ModuleType) -> Any:
    """``said_of`` of a module as a function of the engine, a batch at a time."""
    import pyarrow as pa

    def said_in_batch(*columns: Any) -> pa.StructArray:
        return module.said_of(
            [each.combine_chunks() if isinstance(each, pa.ChunkedArray) else each for each in columns]
        )

    given, said = (_kinds(each) for each in (module.GIVEN, module.SAID))
    named = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in given]
    said_in_batch.__signature__ = Signature(named)  # type: ignore[attr-defined]
    kind = "struct<" + ", ".join(f"{name}: {each}" for name, each in said.items()) + ">"
    name = module.__name__.replace(".", "_")
    return layer().udf.scalar.pyarrow(said_in_batch, name=name, signature=(tuple(given.values()), kind))


def _kinds(columns: Iterable[str]) -> Mapping[str, str]:
    """Column -> type; text where no other is told."""
    return columns if isinstance(columns, Mapping) else dict.fromkeys(columns, "string")


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
        yield _where_told(told, name, predicate, partial(individual, words))
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
