"""Pairs of constructs, each with all findings from one of them to the other (rule 80-construct-pairs).

And how anything that is about two constructs, a cell as well, is told as triples.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.bulk.classes import individuals
from kg.bulk.triples import Part, below_base, individual, term, triples

if TYPE_CHECKING:
    import ibis.expr.types as ir

_RULE = "80-construct-pairs"


def parts(results: ir.Table) -> Iterator[Part]:
    """What the rule says of ``results``, and rule 95-individuals of the pairs."""
    joined = results.select(
        "first", "second", finding="id", holder="pair/" + results["first"] + "/" + results["second"]
    )
    yield from about_two(
        joined.select("holder", "first", "second").distinct().cache(), _RULE, "ca:ConstructPair", "ca:joins"
    )
    for predicate in ("ca:pairFinding", "prov:wasDerivedFrom"):
        yield Part("synthesis", _RULE, of_findings(joined, predicate))


def about_two(named: ir.Table, rule: str, kind: str, member: str) -> Iterator[Part]:
    """That each ``holder`` is an individual of a kind, and by ``member`` the constructs ``first`` and ``second`` it is
    about.
    """
    subject = below_base(named.holder)
    yield individuals(named, subject)
    yield Part("synthesis", rule, triples(named, subject, term("rdf:type"), term(kind)))
    for end in ("first", "second"):
        yield Part("synthesis", rule, triples(named, subject, term(member), individual("construct", named[end])))


def of_findings(rows: ir.Table, predicate: str) -> ir.Table:
    """That each ``holder`` has a ``finding``."""
    return triples(rows, below_base(rows.holder), term(predicate), individual("finding", rows.finding))
