"""Results told or got more than once: which finding is counted with which, and in which layers a result is told."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import TYPE_CHECKING, Any

import networkx

from kg.bulk.facts import Facts
from kg.bulk.frames import layer
from kg.bulk.people import People
from kg.bulk.rows import frame
from kg.bulk.triples import Part, individual, term, together, triples

if TYPE_CHECKING:
    import ibis.expr.types as ir

_PAIR = ("finding", "better")
#: How far from the study's own words a finding was read; anything else is farther.
_FAR = {"primary-full-text": "0", "primary-abstract": "1", "review": "2"}
_DOUBT = {"high": "0", "medium": "1", "low": "2"}


def counted_with(results: ir.Table, findings: ir.Table, found: People) -> ir.Table:
    """Rule 78-findings-counted-once: each finding that repeats another one, and the ``better`` one that tells more."""
    told = frame(dict.fromkeys(_PAIR, "string"), _told_again(findings))
    pairs = together([told, _got_again(results, found)]).distinct()
    ranked = results.select("id", "certainty", rank=_rank(results)).filter(lambda row: row.certainty.isin(list(_DOUBT)))
    joined = pairs.join(ranked, pairs.finding == ranked.id).select(*_PAIR, rank="rank")
    other = ranked.select(better="id", better_rank="rank")
    both = joined.join(other, "better")
    return both.filter(both.better_rank < both["rank"]).select(*_PAIR)


def _told_again(findings: ir.Table) -> Iterator[tuple[str, str]]:
    """Every two findings of which it is said, by however many links, that they tell the same result."""
    said = findings.select("id", other=findings.same_result_as.unnest()).to_pyarrow().to_pylist()
    linked = networkx.Graph((each["id"], each["other"]) for each in said)
    for group in networkx.connected_components(linked):
        yield from permutations(sorted(group), 2)


def _got_again(results: ir.Table, found: People) -> ir.Table:
    """Every two findings of one outcome on the same two constructs, of samples that are counted as one."""
    of_two = results.filter(~results.of_three).join(found.counted_as, "sample")
    first = of_two.select("counted", "first", "second", "direction", "significance", finding="id", sample="sample")
    second = of_two.select(
        "counted", "first", "second", "direction", "significance", better="id", other_sample="sample"
    )
    both = first.join(second, ["counted", "first", "second", "direction", "significance"])
    return both.filter(both["sample"] != both.other_sample).select(*_PAIR)


def _rank(results: ir.Table) -> Any:
    """The smaller, the more a finding tells."""
    ifelse = layer().ifelse
    no_test, no_sign = results.significance == "not-reported", results.direction == "not-reported"
    untold = ifelse(no_test, 1, 0) + ifelse(no_sign & (results.significance != "not-significant"), 1, 0)
    far = layer().cases(*((results.reading == name, rank) for name, rank in _FAR.items()), else_="3")
    doubt = layer().cases(*((results.certainty == name, rank) for name, rank in _DOUBT.items()), else_="3")
    return untold.cast("string") + ifelse(results.has_value, "0", "1") + far + doubt + results.id


def told_in(results: ir.Table, repeated: ir.Table, facts: Facts) -> ir.Table:
    """Rule 79-layers-of-findings: each finding and the layers in which its result is told."""
    own = results.filter(results.layer.notnull()).select("id", "layer")
    both = together(
        [
            repeated.select(id="finding", twin="better"),
            repeated.select(id="better", twin="finding"),
        ]
    )
    twins = both.join(own.select(twin="id", layer="layer"), "twin").select("id", "layer")
    return together([own, twins]).distinct()


def parts(results: ir.Table, repeated: ir.Table, facts: Facts) -> Iterator[Part]:
    """What rules 78 and 79 say."""
    finding, better = (individual("finding", repeated[name]) for name in _PAIR)
    counted = triples(repeated, finding, term("ca:countedWith"), better)
    yield Part("synthesis", "78-findings-counted-once", counted)
    told = told_in(results, repeated, facts)
    where = individual("layer", told.layer)
    in_layer = triples(told, individual("finding", told.id), term("ca:toldIn"), where)
    yield Part("synthesis", "79-layers-of-findings", in_layer)
