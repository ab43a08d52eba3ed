"""Reported results against arithmetic: does the printed p follow from the statistic, and what does a null rule out?

Takes findings as records and gives records and triples; nothing here knows a store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from rdflib import OWL, RDF, RDFS, Literal, URIRef

from kg.arithmetic import (
    ALPHA,
    CORRELATIONS_OF_TWO,
    NEGLIGIBLE,
    SMALL,
    Range,
    Unchecked,
    p_range,
    people_that_would_fit,
    rounded,
    smallest_significant_r,
)
from kg.cells import PValue
from kg.conflicts import confidence_interval
from kg.corpus import Corpus
from kg.names import PREFIXES, local_name, mint
from kg.records import Finding, FindingKind
from kg.triples import Triple, term

#: Kinds of findings of two variables by themselves, of which a null can be read as a small correlation.
_OF_TWO = (FindingKind.ASSOCIATION, FindingKind.PREDICTION, FindingKind.GROUP_DIFFERENCE)


@dataclass(frozen=True)
class Check:
    """What arithmetic says of one finding; None where it says nothing.

    ``arithmetic`` is ``consistent``, ``inconsistent`` or ``decision-inconsistent``. ``reach`` of a null is
    ``informative``, ``uninformative`` or ``doubtful``. ``n`` is the analysis's where that is told, else that of the
    whole sample.
    """

    finding: str
    n: int | None
    arithmetic: str | None = None
    p: Range | None = None
    reach: str | None = None
    smallest_r: float | None = None
    compatible: Range | None = None
    note: str = ""


def checks(corpus: Corpus) -> Iterator[Check]:
    """The check of every finding of which arithmetic has something to say, in order of reading."""
    sizes = {row.record.id: row.record.n for dataset in corpus.datasets for row in dataset.samples}
    for dataset in corpus.datasets:
        for row in dataset.findings:
            found = check(row.record, row.record.n or sizes.get(row.record.sample))
            if found.arithmetic or found.reach:
                yield found


def check(finding: Finding, n: int | None) -> Check:
    """What arithmetic says of a finding on ``n`` people."""
    arithmetic, p, note = _reported(finding, n)
    reach, smallest, compatible, why = _null(finding, n)
    return Check(finding.iri, n, arithmetic, p, reach, smallest, compatible, "; ".join(filter(None, (note, why))))


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
        low, high = _of_p(finding.p)
        if high <= ALPHA or low > ALPHA:
            return high <= ALPHA
        return None
    return {"significant": True, "not-significant": False}.get(finding.significance)


def _of_p(p: PValue) -> Range:
    """The p values that a printed p stands for."""
    number = float(p.number)
    if p.operator == "=":
        low, high = rounded(p.number)
        return max(low, 0.0), min(high, 1.0)
    return (0.0, number) if p.operator in ("<", "<=") else (number, 1.0)


def _meet(recomputed: Range, printed: PValue, share: float = 1.0) -> bool:
    """Whether a p that was recomputed and one that was printed can be the same; ``share`` .5 for one side only."""
    low, high = _of_p(printed)
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
    fit = people_that_would_fit(r, _of_p(p)) if r is not None and p.operator == "=" else None
    return "" if fit is None else f"{fit[0]}" if fit[0] == fit[1] else f"{fit[0]} to {fit[1]}"


def _span(p: Range) -> str:
    low, high = (f"{number:.3f}" if number >= 0.0005 else "< .001" for number in p)
    return low if low == high else f"{low} to {high}"


# --- what does a null rule out? --------------------------------------------------------------


def _null(finding: Finding, n: int | None) -> tuple[str | None, float | None, Range | None, str]:
    """How far a null reaches: word, smallest |r| that would have been significant, r compatible with it, and why."""
    if finding.kind not in _OF_TWO or finding.significance != "not-significant" or n is None or n < 4:
        return None, None, None, ""
    smallest = smallest_significant_r(n)
    if finding.value is not None and finding.statistic in CORRELATIONS_OF_TWO and abs(finding.value) < 1:
        compatible = confidence_interval(float(finding.value), n)
        widest = max(map(abs, compatible))
        word = "informative" if widest <= SMALL else "uninformative"
        return word, smallest, compatible, f"compatible with r = {compatible[0]:.2f} to {compatible[1]:.2f}"
    if smallest < NEGLIGIBLE:
        why = f"doubtful: with {n} people any |r| above {smallest:.2f} would be significant, and no number is told"
        return "doubtful", smallest, None, why
    word = "informative" if smallest <= SMALL else "uninformative"
    return word, smallest, None, f"rules out only |r| above {smallest:.2f}"


# --- as triples ------------------------------------------------------------------------------


def triples_of_checks(found: Iterable[Check]) -> Iterator[Triple]:
    """Everything that the graph says of checks."""
    for each in found:
        yield from _triples(each)


def _triples(check: Check) -> Iterator[Triple]:
    name = local_name(check.finding)
    subject, finding = URIRef(PREFIXES["arithmetic-check"] + name), URIRef(check.finding)
    yield subject, RDF.type, term("ca:ArithmeticCheck")
    yield subject, RDF.type, OWL.NamedIndividual
    yield subject, RDFS.label, Literal(f"arithmetic of {name}", lang="en")
    yield subject, term("ca:checksFinding"), finding
    yield subject, term("prov:wasDerivedFrom"), finding
    if check.arithmetic:
        yield subject, term("ca:arithmetic"), URIRef(mint("arithmetic", check.arithmetic))
    if check.reach:
        yield subject, term("ca:nullReach"), URIRef(mint("null-reach", check.reach))
    if check.n is not None:
        yield subject, term("ca:checkedN"), Literal(check.n)
    if check.note:
        yield subject, term("ca:arithmeticNote"), Literal(check.note)
    yield from ((subject, term(f"ca:{name}"), Literal(_digits(number))) for name, number in _numbers(check))


def _numbers(check: Check) -> Iterator[tuple[str, float]]:
    """Local name of a property -> number; what was not computed is not told."""
    if check.p:
        yield from zip(("recomputedPLow", "recomputedPHigh"), check.p, strict=True)
    if check.compatible:
        yield from zip(("compatibleLow", "compatibleHigh"), check.compatible, strict=True)
    if check.smallest_r is not None:
        yield "smallestSignificantR", check.smallest_r


def _digits(number: float) -> float:
    """Six significant digits: more than any source prints, and the same on every machine."""
    return float(f"{number:.6g}")
