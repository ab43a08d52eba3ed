"""How much is told of each construct: rule 87-what-is-told-of-constructs, for findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
_SUMS = (*READ_THROUGH.values(), *SURE.values(), RESULTS, NUMBERED)
_ROLES = ("subject", "object", "mediator", "moderator")


def counts(findings: ir.Table, repeated: ir.Table, facts: Facts) -> dict[str, ir.Table]:
    """What is counted -> how many of each construct (``construct``, ``many``), which may be none.

    Summed up over the findings of one lot, which is in the same roles about the same constructs, and then over the
    lots of a construct, less what is counted with another finding on it: so the work follows the number of lots, not of
    findings times the constructs that they are within.
    """
    rows = _tallied(findings, repeated).cache()
    of_lots = rows.group_by("lot", *_ROLES).aggregate(**{name: rows[name].sum() for name in _SUMS}).cache()
    own = together(of_lots.select("lot", construct=role) for role in _ROLES)
    own = own.filter(own.construct.notnull()).distinct().cache()
    up = own.join(facts.within, own.construct == facts.within.narrow)
    wide = up.select("lot", construct="wide").distinct().cache()
    told, told_of_own = (_summed(about, of_lots, _counted_again(about, rows, repeated)) for about in (wide, own))
    return {name: told.select("construct", many=name) for name in _SUMS} | {
        OWN: told_of_own.select("construct", many=RESULTS)
    }


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
    lot = layer().literal("|").join([rows[role].fill_null("") for role in _ROLES])
    return rows.select("id", *_ROLES, lot=lot, **tally)


def _counted_again(about: ir.Table, rows: ir.Table, repeated: ir.Table) -> ir.Table:
    """Each finding that is counted with another one, and the constructs that both are ``about`` by their lots."""
    lots = rows.select(RESULTS, NUMBERED, finding="id", lot="lot")
    both = repeated.join(lots, "finding").join(rows.select(better="id", better_lot="lot"), "better")
    held = both.join(about, "lot").select("finding", "construct", "better_lot", RESULTS, NUMBERED)
    held = held.semi_join(about.select("construct", better_lot="lot"), ["construct", "better_lot"])
    return held.drop("better_lot").distinct()


def _summed(about: ir.Table, of_lots: ir.Table, again: ir.Table) -> ir.Table:
    """How much is told of each construct that lots are ``about``, less the results that are told ``again``."""
    held = about.join(of_lots, "lot").select("construct", *_SUMS)
    none = layer().literal(0, "int64")
    less = {name: -again[name] if name in (RESULTS, NUMBERED) else none for name in _SUMS}
    whole = together([held, again.select("construct", **less)])
    return whole.group_by("construct").aggregate(**{name: whole[name].sum() for name in _SUMS}).cache()


def parts(counted: Mapping[str, ir.Table]) -> Iterator[Part]:
    """What the rule says, count by count; nothing where there is nothing to count."""
    for name, rows in counted.items():
        told = rows.filter(rows.many > 0)
        construct = individual("construct", told.construct)
        yield Part("synthesis", RULE, triples(told, construct, term(f"ca:{name}"), integer(told.many)))
