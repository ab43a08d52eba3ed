"""Lines of evidence: which findings support a claim, dispute it, or leave it open (rules 90 and 91)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kg.bulk.classes import Classes
from kg.bulk.facts import Facts
from kg.bulk.rows import layer
from kg.bulk.triples import Part, full, individual, literal_iri, term, together, triples

if TYPE_CHECKING:
    import ibis.expr.types as ir

SUPPORTED, DISPUTED, OPEN = "ca:supportedBy", "ca:disputedBy", "ca:leftOpenBy"


def lines(results: ir.Table, repeated: ir.Table, reaches: ir.Table, facts: Facts) -> ir.Table:
    """Rule 90-evidence-lines: claim, finding, and what the finding does to the claim.

    The pairs of constructs that a claim is about are few beside the findings: they are laid out first, with the sign that
    a finding on them has for the claim.
    """
    about = _about(facts).cache()
    directed = results.filter(results.directed)
    bearing = about.join(directed.select("first", "second", finding="id"), ["first", "second"])
    bearing = bearing.select("claim", "sign", "finding").cache()
    twice = repeated.join(bearing.select("claim", better="finding"), "better").select("claim", "finding").distinct()
    told = directed.filter((directed.layer != "secondary").fill_null(True))
    told = told.select("positive", "negative", "null", finding="id").left_join(reaches, "finding")
    told = told.select("finding", "positive", "negative", "null", informative=(told.reach == "informative").fill_null(False))
    rows = bearing.anti_join(twice, ["claim", "finding"]).join(told, "finding").join(facts.predicted, "claim")
    return rows.select("claim", "finding", line=_line(rows)).distinct()


def _about(facts: Facts) -> ir.Table:
    """Each claim on two constructs, with the pairs that it is about in order of name, and the sign that they take."""
    poles = facts.opposite.join(facts.within, facts.opposite.other == facts.within.wide)
    ends = together(
        [
            facts.within.select(narrow="narrow", wide="wide", pole=layer().literal(1, "int64")),
            poles.select(narrow="narrow", wide="one", pole=layer().literal(-1, "int64")),
        ]
    ).distinct()
    claims = facts.claims
    of_subject = claims.join(ends, claims.subject == ends.wide).select("claim", "object", one="narrow", pole="pole")
    other_ends = ends.select(other="narrow", wide_other="wide", pole_other="pole")
    both = of_subject.join(other_ends, of_subject.object == other_ends.wide_other)
    return both.select(
        "claim",
        first=layer().least(both.one, both.other),
        second=layer().greatest(both.one, both.other),
        sign=both.pole * both.pole_other,
    ).distinct()


def _line(rows: ir.Table) -> Any:
    found = layer().cases((rows.positive, rows.sign), (rows.negative, -rows.sign))
    both = rows.positive & rows.negative
    return layer().cases(
        (rows.predicted.isnull() | both, OPEN),
        (rows.null, layer().ifelse((rows.predicted == 0) & rows.informative, SUPPORTED, OPEN)),
        (found.isnull(), OPEN),
        (found == rows.predicted, SUPPORTED),
        else_=DISPUTED,
    )
