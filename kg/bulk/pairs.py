"""Pairs of constructs, each with all findings from one of them to the other (rule 80-construct-pairs)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.bulk.classes import individuals
from kg.bulk.triples import Part, below_base, individual, term, together, triples

if TYPE_CHECKING:
    import ibis.expr.types as ir

_RULE = "80-construct-pairs"


def parts(results: ir.Table) -> Iterator[Part]:
    """What the rule says of ``results``, and rule 95-individuals of the pairs."""
    joined = results.select("first", "second", finding="id", pair="pair/" + results["first"] + "/" + results["second"])
    pairs = joined.select("pair", "first", "second").distinct().cache()
    subject = below_base(pairs.pair)
    yield individuals(pairs, subject)
    yield Part("synthesis", _RULE, triples(pairs, subject, term("rdf:type"), term("ca:ConstructPair")))
    ends = together(pairs.select("pair", end=name) for name in ("first", "second")).distinct()
    joins = triples(ends, below_base(ends.pair), term("ca:joins"), individual("construct", ends.end))
    yield Part("synthesis", _RULE, joins)
    for predicate in ("ca:pairFinding", "prov:wasDerivedFrom"):
        told = triples(joined, below_base(joined.pair), term(predicate), individual("finding", joined.finding))
        yield Part("synthesis", _RULE, told)
