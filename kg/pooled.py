"""A pooled effect as triples: the numbers, the model, what each finding gave, and what was left out and why.

Takes what a pair pools and gives N-Triples; nothing here knows a store.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import starmap

from kg.effects import Effect
from kg.names import PREFIXES, local_name, mint, paired
from kg.ntriples import full, line, named, number, text
from kg.poolable import LeftOut
from kg.pooled_pairs import PooledPair
from kg.pooling import Pooled, Spread

#: Three terms, as they stand in a line of N-Triples.
Said = tuple[str, str, str]
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
    return PREFIXES["pooled"] + paired(*pair)


def ntriples_of_pool(found: PooledPair) -> str:
    """Everything that the graph says of what a pair pools, as N-Triples."""
    return "".join(starmap(line, _triples(found)))


def _triples(found: PooledPair) -> Iterator[Said]:
    iri, pooled = pooled_iri(found.constructs), found.pooled
    subject, people = full(iri), [each.n for each in pooled.effects if each.n is not None]
    yield from _individual(subject, "ca:PooledEffect")
    yield subject, named("rdfs:label"), text(f"{' and '.join(found.labels)}, pooled", "en")
    yield from ((subject, named("ca:pooledPair"), full(construct)) for construct in found.constructs)
    yield subject, named("ca:pooledWith"), full(mint("estimator", pooled.estimator))
    yield subject, named("ca:intervalBy"), full(mint("interval-method", pooled.interval_method))
    yield subject, named("ca:effectCount"), number(pooled.k)
    if found.mixed:
        yield subject, named("skos:note"), text(MIXED, "en")
    if len(people) == pooled.k:
        yield subject, named("ca:pooledPeople"), number(sum(people))
    yield from ((subject, named(f"ca:{name}"), number(told(value))) for name, value in _numbers(pooled))
    for effect, weight in zip(pooled.effects, pooled.weights, strict=True):
        yield from _contribution(iri, effect, weight)
    for each in found.left_out:
        yield from _left_out(iri, each)


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


def _contribution(pooled: str, effect: Effect, weight: float) -> Iterator[Said]:
    subject, part, finding = _part(pooled, "contribution", effect.finding)
    yield from _individual(part, "ca:Contribution")
    yield subject, named("ca:contribution"), part
    yield subject, named("ca:pooledFrom"), finding
    yield subject, named("prov:wasDerivedFrom"), finding
    yield part, named("ca:ofFinding"), finding
    yield part, named("ca:convertedFrom"), full(mint("statistic", effect.converted_from))
    yield part, named("ca:convertedWith"), text(effect.converted_with)
    if effect.n is not None:
        yield part, named("ca:peopleCounted"), number(effect.n)
    yield part, named("ca:correlation"), number(told(effect.r))
    yield part, named("ca:fisherZ"), number(told(effect.z))
    yield part, named("ca:samplingVariance"), number(told(effect.variance))
    yield part, named("ca:weight"), number(told(weight))


def _left_out(pooled: str, left_out: LeftOut) -> Iterator[Said]:
    subject, part, finding = _part(pooled, "left-out", left_out.finding)
    yield from _individual(part, "ca:LeftOut")
    yield subject, named("ca:leavesOut"), part
    yield part, named("ca:ofFinding"), finding
    yield part, named("ca:reasonLeftOut"), text(left_out.reason)


def _part(pooled: str, role: str, finding: str) -> Said:
    """A pooled effect, what it says of a finding, and the finding."""
    return full(pooled), full(f"{pooled}/{role}/{local_name(finding)}"), full(finding)


def _individual(subject: str, kind: str) -> Iterable[Said]:
    return (subject, named("rdf:type"), named(kind)), (subject, named("rdf:type"), named("owl:NamedIndividual"))
