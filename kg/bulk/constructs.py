"""How much is told of each construct: rule 87-what-is-told-of-constructs, for findings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.bulk.facts import Facts
from kg.bulk.frames import layer
from kg.bulk.triples import Part, individual, integer, term, together, triples

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = "87-what-is-told-of-constructs"
#: What is counted of findings on a construct, narrower ones included -> how it is told.
READ_THROUGH = {
    "review": "reviewReportCount",
    "primary-abstract": "abstractReportCount",
    "primary-full-text": "fullTextReportCount",
    "synthesis": "synthesisReportCount",
}
SURE = {"high": "highCertaintyCount", "medium": "mediumCertaintyCount", "low": "lowCertaintyCount"}
RESULTS, NUMBERED, OWN = "resultCount", "numberedResultCount", "ownResultCount"
_ROLES = ("subject", "object", "mediator", "moderator")


def counts(findings: ir.Table, repeated: ir.Table, facts: Facts) -> ir.Table:
    """Construct, what is counted, and how many (``construct``, ``counted``, ``many``).

    Summed up over the findings of one lot, which is in the same roles about the same constructs, and then over the
    lots of a construct, less what is counted with another finding on it: so the work follows the number of lots, not of
    findings times the constructs that they are within.
    """
    rows = _tallied(findings, repeated).cache()
    sums = [*READ_THROUGH.values(), *SURE.values(), RESULTS, NUMBERED]
    of_lots = rows.group_by("lot", *_ROLES).aggregate(**{name: rows[name].sum() for name in sums}).cache()
    own = together(of_lots.select("lot", construct=role) for role in _ROLES)
    own = own.filter(own.construct.notnull()).distinct().cache()
    wide = (
        own.join(facts.within, own.construct == facts.within.narrow).select("lot", construct="wide").distinct().cache()
    )
    told = {name: _summed(wide, of_lots, name) for name in sums}
    told[OWN] = _summed(own, of_lots, RESULTS)
    less = {name: _summed_again(wide, rows, repeated, name) for name in (RESULTS, NUMBERED)}
    less[OWN] = _summed_again(own, rows, repeated, RESULTS)
    whole = together(
        each.select("construct", "many", counted=layer().literal(name)) for name, each in (*told.items(), *less.items())
    )
    summed = whole.group_by("construct", "counted").aggregate(many=whole.many.sum())
    return summed.filter(summed.many > 0).cache()


def _tallied(findings: ir.Table, repeated: ir.Table) -> ir.Table:
    """Each finding with its lot, and a one for whatever it is."""
    numbered = findings.filter(findings.value.notnull()).select(again="id")
    told_again = repeated.join(numbered, repeated.finding == numbered.again).select("better").distinct()
    rows = findings.left_join(told_again, findings.id == told_again.better)
    yes = {
        **{told: rows.reading == name for name, told in READ_THROUGH.items()},
        **{told: rows.certainty == name for name, told in SURE.items()},
        RESULTS: layer().literal(value=True),
        NUMBERED: rows.value.notnull() | rows.better.notnull(),
    }
    tally = {name: layer().ifelse(truth.fill_null(False), 1, 0).cast("int64") for name, truth in yes.items()}
    first, *others = (rows[role].fill_null("") for role in _ROLES)
    lot = first
    for other in others:
        lot = lot + "|" + other
    return rows.select("id", *_ROLES, lot=lot, **tally)


def _summed(about: ir.Table, of_lots: ir.Table, name: str) -> ir.Table:
    """How many findings are about each construct, by the constructs that lots are ``about``."""
    held = about.join(of_lots.select("lot", many=name), "lot")
    return held.group_by("construct").aggregate(many=held.many.sum())


def _summed_again(about: ir.Table, rows: ir.Table, repeated: ir.Table, name: str) -> ir.Table:
    """How many of them are counted with another one about the construct, as so many less."""
    lots = rows.select(finding="id", lot="lot", many=name)
    both = repeated.join(lots, "finding").join(rows.select(better="id", better_lot="lot"), "better")
    held = both.join(about, "lot").select("finding", "construct", "better_lot", "many")
    held = held.semi_join(about.select("construct", better_lot="lot"), ["construct", "better_lot"])
    each = held.select("finding", "construct", "many").distinct()
    return each.group_by("construct").aggregate(many=-each.many.sum())


def parts(counted: ir.Table) -> Iterator[Part]:
    """What the rule says, count by count."""
    for name in (*READ_THROUGH.values(), *SURE.values(), RESULTS, NUMBERED, OWN):
        told = counted.filter(counted.counted == name)
        construct = individual("construct", told.construct)
        yield Part("synthesis", RULE, triples(told, construct, term(f"ca:{name}"), integer(told.many)))
