"""Reported results against arithmetic: does p follow from its statistic, and is a value the middle of its interval?

What a null rules out is told beside (``kg.null_reach``). Takes findings and published estimates as records and gives
records and triples; nothing here knows a store.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from rdflib import OWL, RDF, RDFS, Literal, URIRef

from kg.arithmetic import (
    ALPHA,
    CORRELATIONS_OF_TWO,
    Range,
    Unchecked,
    is_symmetric,
    numbers_of_p,
    p_range,
    people_that_would_fit,
)
from kg.cells import PValue
from kg.corpus import Corpus
from kg.names import PREFIXES, local_name, mint
from kg.null_reach import Reach, reach_of
from kg.records import Finding, PublishedPooledEstimate
from kg.triples import Triple, term


@dataclass(frozen=True)
class Check:
    """What arithmetic says of one finding; None where it says nothing.

    ``arithmetic`` is ``consistent``, ``inconsistent`` or ``decision-inconsistent``; ``note`` says what does not fit.
    Every null has a ``reach``. ``n`` is the analysis's where that is told, else that of the whole sample.
    """

    finding: str
    n: int | None
    arithmetic: str | None = None
    p: Range | None = None
    note: str = ""
    reach: Reach | None = None


def checks(corpus: Corpus) -> Iterator[Check]:
    """The check of every finding of which arithmetic has something to say, in order of reading."""
    sizes = {row.record.id: row.record.n for dataset in corpus.datasets for row in dataset.samples}
    findings = [row.record for dataset in corpus.datasets for row in dataset.findings]
    same = _same_results(findings)
    for finding in findings:
        found = check(finding, finding.n or sizes.get(finding.sample), same[finding.id])
        if found.arithmetic or found.reach:
            yield found


def _same_results(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Finding -> the others that tell the same result, by however many links, in order of reading."""
    together: dict[str, list[Finding]] = {finding.id: [finding] for finding in findings}
    links = [(finding.id, other) for finding in findings for other in finding.same_result_as if other in together]
    for one, other in links:
        if together[one] is not together[other]:
            merged = [*together[one], *together[other]]
            together.update((finding.id, merged) for finding in merged)
    return {name: [finding for finding in group if finding.id != name] for name, group in together.items()}


def check(finding: Finding, n: int | None, same: Iterable[Finding] = ()) -> Check:
    """What arithmetic says of a finding on ``n`` people, beside others that tell the ``same`` result."""
    arithmetic, p, note = _reported(finding, n)
    return Check(finding.iri, n, arithmetic, p, note, reach_of(finding, n, same))


# --- does p follow? --------------------------------------------------------------------------


def _reported(finding: Finding, n: int | None) -> tuple[str | None, Range | None, str]:
    """The arithmetic of a printed statistic: word, p recomputed, and what does not fit."""
    if finding.value is None or finding.statistic is None:
        return None, None, ""
    try:
        p = p_range(finding.statistic, finding.value, n, finding.df, finding.df_effect)
    except Unchecked:
        return None, None, ""
    decided = _decision(finding)
    if decided is not None and (p[0] > ALPHA if decided else p[1] < ALPHA):
        return "decision-inconsistent", p, _told(finding, n, p)
    if finding.p and not _meet(p, finding.p):
        return "inconsistent", p, _told(finding, n, p)
    return ("consistent", p, "") if finding.p or decided is not None else (None, p, "")


def _decision(finding: Finding) -> bool | None:
    """Whether the source says that the result is significant at .05; None where it cannot be told."""
    if finding.p:
        low, high = numbers_of_p(finding.p)
        if high <= ALPHA or low > ALPHA:
            return high <= ALPHA
        return None
    return {"significant": True, "not-significant": False}.get(finding.significance)


def _meet(recomputed: Range, printed: PValue, share: float = 1.0) -> bool:
    """Whether a p that was recomputed and one that was printed can be the same; ``share`` .5 for one side only."""
    low, high = numbers_of_p(printed)
    return share * recomputed[0] <= high and low <= share * recomputed[1]


def _told(finding: Finding, n: int | None, p: Range) -> str:
    """What does not fit, with both numbers."""
    printed = (
        f"printed is p {finding.p.operator} {finding.p.number}" if finding.p else f"told is {finding.significance}"
    )
    people = f" of {n} people" if finding.statistic in CORRELATIONS_OF_TWO else ""
    words = [f"{finding.statistic} = {finding.value}{people} gives p = {_span(p)}, {printed}"]
    if finding.p and _meet(p, finding.p, 0.5):
        words.append("it would fit a test of one side")
    if finding.p and finding.statistic in CORRELATIONS_OF_TWO and (fit := _people(finding.value, finding.p)):
        words.append(f"it would fit {fit} people")
    return "; ".join(words)


def _people(r: Decimal | None, p: PValue) -> str:
    fit = people_that_would_fit(r, numbers_of_p(p)) if r is not None and p.operator == "=" else None
    return "" if fit is None else f"{fit[0]}" if fit[0] == fit[1] else f"{fit[0]} to {fit[1]}"


def _span(p: Range) -> str:
    low, high = (f"{number:.3f}" if number >= 0.0005 else "< .001" for number in p)
    return low if low == high else f"{low} to {high}"


# --- is an interval symmetric? ---------------------------------------------------------------


@dataclass(frozen=True)
class Lopsided:
    """A published pooled estimate that is not the middle of its interval, though it should be."""

    estimate: str
    note: str


def lopsided(corpus: Corpus) -> Iterator[Lopsided]:
    """The published estimates whose interval is not symmetric on its scale, in order of reading."""
    for dataset in corpus.datasets:
        for row in dataset.pooled_estimates:
            if note := _lopsided(row.record):
                yield Lopsided(row.record.iri, note)


def _lopsided(told: PublishedPooledEstimate) -> str:
    value, low, high = told.value, told.ci_low, told.ci_high
    if value is None or low is None or high is None or told.statistic is None:
        return ""
    if is_symmetric(told.statistic, value, low, high):
        return ""
    return (
        f"{told.statistic.replace('-', ' ')} = {value} is not the middle of [{low}, {high}]: {value - low} below it and"
        f" {high - value} above; one of the three may be misprinted"
    )


# --- as triples ------------------------------------------------------------------------------


def triples_of_checks(found: Iterable[Check]) -> Iterator[Triple]:
    """Everything that the graph says of checks."""
    for each in found:
        yield from _triples(each)


def triples_of_lopsided(found: Iterable[Lopsided]) -> Iterator[Triple]:
    """Everything that the graph says of estimates that are not the middle of their interval."""
    for each in found:
        name = local_name(each.estimate)
        subject = yield from _check(f"{name}-interval", f"arithmetic of the interval of {name}")
        yield subject, term("ca:checksEstimate"), URIRef(each.estimate)
        yield subject, term("prov:wasDerivedFrom"), URIRef(each.estimate)
        yield subject, term("ca:arithmetic"), URIRef(mint("arithmetic", "not-symmetric"))
        yield subject, term("ca:arithmeticNote"), Literal(each.note)


def _check(name: str, label: str) -> Generator[Triple, None, URIRef]:
    subject = URIRef(PREFIXES["arithmetic-check"] + name)
    yield subject, RDF.type, term("ca:ArithmeticCheck")
    yield subject, RDF.type, OWL.NamedIndividual
    yield subject, RDFS.label, Literal(label, lang="en")
    return subject


def _triples(check: Check) -> Iterator[Triple]:
    name = local_name(check.finding)
    subject = yield from _check(name, f"arithmetic of {name}")
    yield subject, term("ca:checksFinding"), URIRef(check.finding)
    yield subject, term("prov:wasDerivedFrom"), URIRef(check.finding)
    if check.arithmetic:
        yield subject, term("ca:arithmetic"), URIRef(mint("arithmetic", check.arithmetic))
    if check.n is not None:
        yield subject, term("ca:checkedN"), Literal(check.n)
    if check.note:
        yield subject, term("ca:arithmeticNote"), Literal(check.note)
    if check.p:
        yield from _range(subject, "recomputedP", check.p)
    if check.reach:
        yield from _reach(subject, check.reach)


def _reach(subject: URIRef, reach: Reach) -> Iterator[Triple]:
    yield subject, term("ca:nullReach"), URIRef(mint("null-reach", reach.word))
    yield subject, term("ca:nullReachNote"), Literal(reach.note)
    if reach.not_judged:
        yield subject, term("ca:notJudgedBecause"), Literal(reach.not_judged)
    if reach.compatible:
        yield from _range(subject, "compatible", reach.compatible.r)
        yield subject, term("ca:compatibleWhere"), Literal(reach.compatible.where)
        yield subject, term("ca:smallestSignificantR"), Literal(digits(reach.compatible.smallest_r))


def _range(subject: URIRef, name: str, ends: Range) -> Iterator[Triple]:
    for end, number in zip(("Low", "High"), ends, strict=True):
        yield subject, term(f"ca:{name}{end}"), Literal(digits(number))


def digits(number: float) -> float:
    """Six significant digits: more than any source prints, and the same on every machine."""
    return float(f"{number:.6g}")
