"""A pooled effect as triples: the numbers, the model, what each finding gave, and what was left out and why.

Takes a synthesis and gives triples; nothing here knows a store.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from rdflib import OWL, RDF, RDFS, SKOS, Literal, URIRef

from kg.effects import Effect
from kg.names import PREFIXES, local_name, mint
from kg.poolable import LeftOut
from kg.pooling import Pooled, Spread
from kg.synthesis import Synthesis
from kg.triples import Triple, as_ntriples, term

#: So many digits of a result are kept: more than metafor agrees to, fewer than machines differ in.
_DIGITS = 12
#: What a pooled effect says of itself where its findings were got by different measures.
MIXED = "different measures are mixed: too few correlations are by the same ones"


def told(number: float) -> float:
    """A result as it is told everywhere: twelve significant digits, the same on every machine.

    >>> told(0.1 + 0.2)
    0.3
    """
    return float(f"{number:.{_DIGITS}g}")


def pooled_iri(pair: tuple[str, str]) -> str:
    """The IRI of what is pooled on two constructs, whichever comes first.

    >>> pooled_iri((mint("construct", "worry"), mint("construct", "calm")))
    'https://w3id.org/compassion-attachment/pooled/calm--worry'
    """
    return PREFIXES["pooled"] + "--".join(local_name(iri) for iri in sorted(pair))


def ntriples_of_pool(found: Synthesis, pair: tuple[str, str]) -> str:
    """What the graph says of what a pair pools, as N-Triples; nothing where there is nothing to pool."""
    return as_ntriples(triples_of_pooled(found, found.pooled, pair)) if found.pooled else ""


def triples_of_pooled(found: Synthesis, pooled: Pooled[Effect], pair: tuple[str, str]) -> Iterator[Triple]:
    """Everything that the graph says of one pooled effect, on the constructs ``pair`` (IRIs)."""
    subject = URIRef(pooled_iri(pair))
    yield from _individual(subject, "ca:PooledEffect")
    yield subject, RDFS.label, Literal(f"{found.subject} and {found.object}, pooled", lang="en")
    yield from ((subject, term("ca:pooledPair"), URIRef(iri)) for iri in pair)
    yield subject, term("ca:pooledWith"), URIRef(mint("estimator", pooled.estimator))
    yield subject, term("ca:intervalBy"), URIRef(mint("interval-method", pooled.interval_method))
    yield subject, term("ca:effectCount"), Literal(pooled.k)
    if found.plan.mix_measures:
        yield subject, SKOS.note, Literal(MIXED, lang="en")
    people = [each.n for each in pooled.effects if each.n is not None]
    if len(people) == pooled.k:
        yield subject, term("ca:pooledPeople"), Literal(sum(people))
    yield from ((subject, term(f"ca:{name}"), Literal(told(number))) for name, number in _numbers(pooled))
    for effect, weight in zip(pooled.effects, pooled.weights, strict=True):
        yield from _contribution(subject, effect, weight)
    for each in found.choice.left_out:
        yield from _left_out(subject, each)


def _numbers(pooled: Pooled[Effect]) -> Iterator[tuple[str, float]]:
    """Local name of a property -> number; what a model does not have is not told."""
    yield "pooledZ", pooled.estimate
    yield "standardErrorOfZ", pooled.standard_error
    yield "pooledCorrelation", math.tanh(pooled.estimate)
    yield "correlationLow", math.tanh(pooled.confidence.low)
    yield "correlationHigh", math.tanh(pooled.confidence.high)
    if pooled.prediction:
        yield "predictionLow", math.tanh(pooled.prediction.low)
        yield "predictionHigh", math.tanh(pooled.prediction.high)
    yield from _spread("tauSquared", pooled.tau2)
    yield from _spread("iSquared", pooled.i2)
    yield from _spread("hSquared", pooled.h2)
    yield "cochransQ", pooled.q
    yield "cochransQP", pooled.q_p


def _spread(name: str, spread: Spread) -> Iterator[tuple[str, float]]:
    yield name, spread.value
    if spread.interval:
        yield f"{name}Low", spread.interval.low
        yield f"{name}High", spread.interval.high


def _contribution(pooled: URIRef, effect: Effect, weight: float) -> Iterator[Triple]:
    part, finding = _part(pooled, "contribution", effect.finding)
    yield from _individual(part, "ca:Contribution")
    yield pooled, term("ca:contribution"), part
    yield pooled, term("ca:pooledFrom"), finding
    yield pooled, term("prov:wasDerivedFrom"), finding
    yield part, term("ca:ofFinding"), finding
    yield part, term("ca:convertedFrom"), URIRef(mint("statistic", effect.converted_from))
    yield part, term("ca:convertedWith"), Literal(effect.converted_with)
    if effect.n is not None:
        yield part, term("ca:peopleCounted"), Literal(effect.n)
    numbers = {"correlation": effect.r, "fisherZ": effect.z, "samplingVariance": effect.variance, "weight": weight}
    yield from ((part, term(f"ca:{name}"), Literal(told(number))) for name, number in numbers.items())


def _left_out(pooled: URIRef, left_out: LeftOut) -> Iterator[Triple]:
    part, finding = _part(pooled, "left-out", left_out.finding)
    yield from _individual(part, "ca:LeftOut")
    yield pooled, term("ca:leavesOut"), part
    yield part, term("ca:ofFinding"), finding
    yield part, term("ca:reasonLeftOut"), Literal(left_out.reason)


def _part(pooled: URIRef, role: str, finding: str) -> tuple[URIRef, URIRef]:
    """The IRI of what a pooled effect says of a finding, and the finding's."""
    return URIRef(f"{pooled}/{role}/{local_name(finding)}"), URIRef(finding)


def _individual(subject: URIRef, kind: str) -> Iterable[Triple]:
    return (subject, RDF.type, term(kind)), (subject, RDF.type, OWL.NamedIndividual)
