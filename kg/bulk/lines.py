"""Lines of evidence: which findings support a claim, dispute it, or leave it open (rules 90 and 91)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kg.bulk.classes import Classes, individuals
from kg.bulk.facts import Facts
from kg.bulk.frames import layer
from kg.bulk.triples import Part, individual, term, together, triples

if TYPE_CHECKING:
    import ibis.expr.types as ir

SUPPORTED, DISPUTED, OPEN = "ca:supportedBy", "ca:disputedBy", "ca:leftOpenBy"


def lines(results: ir.Table, repeated: ir.Table, reaches: ir.Table, facts: Facts) -> ir.Table:
    """Rule 90-evidence-lines: claim, finding, and what the finding does to the claim.

    The pairs of constructs that a claim is about are few beside the findings: they are laid out first, with the sign
    that a finding on them has for the claim.
    """
    about = _about(facts)
    directed = results.filter(results.directed)
    bearing = about.join(directed.select("first", "second", finding="id"), ["first", "second"])
    bearing = bearing.select("claim", "sign", "finding").cache()
    twice = repeated.join(bearing.select("claim", better="finding"), "better").select("claim", "finding").distinct()
    told = directed.filter((directed.layer != "secondary").fill_null(True))
    told = told.select("positive", "negative", "null", finding="id").left_join(reaches, "finding")
    told = told.select(
        "finding", "positive", "negative", "null", informative=(told.reach == "informative").fill_null(False)
    )
    rows = (
        bearing.anti_join(twice, ["claim", "finding"])
        .join(told, "finding")
        .join(facts.claims.select("claim", "predicted"), "claim")
    )
    return rows.select("claim", "finding", line=_line(rows)).distinct().cache()


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
    return layer().cases(
        (rows.predicted.isnull(), OPEN),
        (rows.null, layer().ifelse((rows.predicted == 0) & rows.informative, SUPPORTED, OPEN)),
        (found.isnull(), OPEN),
        (found == rows.predicted, SUPPORTED),
        else_=DISPUTED,
    )


# --- claims on three constructs --------------------------------------------------------------


def lines_of_thirds(found: Classes, results: ir.Table, repeated: ir.Table, facts: Facts) -> ir.Table:
    """Rule 91-evidence-lines-of-thirds: the same of claims of mediation and moderation."""
    rows = found.rows.join(results.select("id", "layer", "of_three"), "id")
    third = rows.filter(rows.of_three).select("id")
    twice = repeated.join(third, repeated.better == third.id).select(id="finding")
    kept = rows.filter((rows.layer != "secondary").fill_null(True)).anti_join(twice, "id")
    line = layer().ifelse(kept.support.isin(list(facts.supporting)).fill_null(False), SUPPORTED, OPEN)
    told = kept.select("id", "code", "subject", "object", "mediator", "moderator", line=line)
    mediations = told.filter(told.code.isin(found.codes_in("Mediation")))
    moderations = told.filter(told.code.isin(found.codes_in("Moderation")))
    ways = [
        ("mediates", mediations.select("id", "object", "line", between="mediator", start="subject")),
        ("moderates", moderations.select("id", "object", "line", between="moderator", start="subject")),
        ("moderates", moderations.select("id", "object", "line", between="subject", start="moderator")),
    ]
    return together(_within_claim(relation, rows, facts) for relation, rows in ways).distinct().cache()


def _within_claim(relation: str, rows: ir.Table, facts: Facts) -> ir.Table:
    """The findings whose three constructs are those of a claim, or narrower."""
    claims = facts.claims_of_three.filter(lambda row: row.relation == relation)
    roles = {"between": "of_subject", "start": "of_third", "object": "of_object"}
    for role, name in roles.items():
        rows = rows.join(facts.within.select(**{role: "narrow", name: "wide"}), role)
    found = rows.join(claims.rename(of_subject="subject", of_third="third", of_object="object"), list(roles.values()))
    return found.select("claim", finding="id", line="line")


def parts(told: ir.Table, of_thirds: ir.Table, facts: Facts) -> Iterator[Part]:
    """What rules 90 and 91 say, and that there will be a verdict on each claim (rule 95)."""
    every = together([facts.claims.select("claim"), facts.claims_of_three.select("claim")])
    yield individuals(every, individual("assessment", every.claim))
    for rule, rows in (("90-evidence-lines", told), ("91-evidence-lines-of-thirds", of_thirds)):
        for predicate in (SUPPORTED, DISPUTED, OPEN):
            kept = rows.filter(rows.line == predicate)
            yield Part("synthesis", rule, _links(kept, predicate))
        yield Part("synthesis", rule, _links(rows.select("claim", "finding").distinct(), "ca:evidenceLine"))


def _links(rows: ir.Table, predicate: str) -> ir.Table:
    return triples(rows, individual("proposition", rows.claim), term(predicate), individual("finding", rows.finding))
