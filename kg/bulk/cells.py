"""Evidence cells: one for each pair of constructs with findings, one for each that rolls these up; what they count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.bulk.facts import Facts
from kg.bulk.frames import layer
from kg.bulk.pairs import about_two, of_findings
from kg.bulk.triples import Part, below_base, boolean, integer, term, together, triples

if TYPE_CHECKING:
    import ibis.expr.types as ir

CELL, ROLLED_UP = "cell/", "rolled-up/"
#: What a cell adds up over the findings that it counts -> how it is told.
COUNTED = {
    "findings": "findingCount",
    "positive": "positiveCount",
    "negative": "negativeCount",
    "null": "nullCount",
    "unclear": "unclearCount",
    "informative": "informativeNullCount",
    "uninformative": "uninformativeNullCount",
    "doubtful": "doubtfulNullCount",
    "not_judged": "notJudgedNullCount",
    "review": "reviewCount",
    "primary": "primaryCount",
    "numbers": "numberCount",
}
_REACHES = ("informative", "uninformative", "doubtful", "not_judged")


@dataclass(frozen=True)
class Cells:
    """Pairs of constructs (``cell``, ``first``, ``second``): ``pairs`` with findings, ``rolled`` with what these roll.

    ``members`` are the findings of each pair, ``holds`` the pairs of each cell of either kind, itself included;
    ``dropped`` are the findings of a cell that it counts with another one of its own.
    """

    pairs: ir.Table
    rolled: ir.Table
    rolls: ir.Table
    members: ir.Table
    holds: ir.Table
    dropped: ir.Table


def cells(results: ir.Table, repeated: ir.Table, facts: Facts) -> Cells:
    """Lay findings into cells, by rules 80 to 82."""
    members = _members(results).cache()
    pairs = members.select("cell", "first", "second").distinct().cache()
    rolls = _rolls(pairs, facts).cache()
    rolled = rolls.select("rolled", "first", "second").distinct().cache()
    holds = together([pairs.select(holder="cell", cell="cell"), rolls.select(holder="rolled", cell="cell")]).cache()
    return Cells(pairs, rolled, rolls, members, holds, _dropped(members, holds, repeated).cache())


def _members(results: ir.Table) -> ir.Table:
    """Rule 80-evidence-cells: the findings of two constructs that are primary, and the cell of each."""
    kept = results.filter(~results.of_three & (results.layer != "secondary").fill_null(True))
    return kept.mutate(cell=CELL + kept["first"] + "--" + kept["second"])


def _rolls(pairs: ir.Table, facts: Facts) -> ir.Table:
    """Rule 81-roll-ups: each pair of constructs that a pair with findings lies within."""
    ways = [("first", "second"), ("second", "first")]
    ends = together(pairs.select("cell", one=one, other=other) for one, other in ways)
    up = ends.join(facts.within, ends.one == facts.within.narrow).select("cell", "other", first="wide")
    beside = facts.within.select(other="narrow", second="wide")
    up = up.join(beside, "other").select("cell", "first", "second")
    up = up.filter(up["first"] < up["second"]).distinct()
    part_of = [facts.within.select(first="narrow", second="wide"), facts.within.select(first="wide", second="narrow")]
    for each in part_of:
        up = up.anti_join(each, ["first", "second"])
    return up.mutate(rolled=ROLLED_UP + up["first"] + "--" + up["second"])


def _dropped(members: ir.Table, holds: ir.Table, repeated: ir.Table) -> ir.Table:
    """Rule 82-findings-that-count, turned: the findings of a cell that are counted with another one of the cell.

    ``same_layer`` says that such another one was read in the same layer.
    """
    told = members.select("cell", "layer", finding="id")
    better = told.select(better="finding", better_cell="cell", better_layer="layer")
    both = repeated.join(told, "finding").join(better, "better")
    held = both.join(holds, "cell").select("holder", "cell", "finding", "layer", "better_cell", "better_layer")
    holding = holds.select("holder", better_cell="cell")
    kept = held.semi_join(holding, ["holder", "better_cell"])
    same = (kept.layer == kept.better_layer).fill_null(False)
    return kept.group_by("holder", "cell", "finding").aggregate(same_layer=same.any())


# --- counts ----------------------------------------------------------------------------------


def counts(found: Cells, results: ir.Table, repeated: ir.Table, reaches: ir.Table) -> ir.Table:
    """Rules 83 to 86: what each cell counts, each result once.

    Summed up pair by pair, then over the pairs that a cell holds, less what it drops: so the work follows the number of
    pairs, not of findings times the cells that they are in.
    """
    tallied = _tallied(found.members, results, repeated, reaches).cache()
    sums = [name for name in COUNTED if name != "unclear"]
    of_pairs = tallied.group_by("cell").aggregate(**{name: tallied[name].sum() for name in sums}).cache()
    held = found.holds.join(of_pairs, "cell").select("holder", *sums)
    dropped = found.dropped.join(tallied.drop("cell"), "finding")
    less = {name: -dropped[name] for name in sums if name not in ("review", "primary", "numbers")}
    less |= {name: -layer().ifelse(dropped.same_layer, dropped[name], 0) for name in ("review", "primary")}
    less |= {"numbers": layer().literal(0, "int64")}
    whole = together([held, dropped.select("holder", **{name: less[name] for name in sums})])
    told = whole.group_by("holder").aggregate(**{name: whole[name].sum() for name in sums})
    return told.mutate(unclear=told.findings - told.positive - told.negative - told.null).cache()


def _tallied(members: ir.Table, results: ir.Table, repeated: ir.Table, reaches: ir.Table) -> ir.Table:
    """Each finding with a one for whatever it is."""
    numbered = results.filter(results.has_value).select(better="id")
    told_before = repeated.join(numbered, "better").select("finding").distinct().mutate(told_before=True)
    rows = members.left_join(reaches, members.id == reaches.finding).drop("finding")
    rows = rows.left_join(told_before, rows.id == told_before.finding)
    yes = {
        "findings": layer().literal(value=True),
        **{name: rows[name] for name in ("positive", "negative", "null")},
        **{name: rows.reach == name.replace("_", "-") for name in _REACHES},
        **{name: rows.layer == name for name in ("review", "primary")},
        "numbers": rows.has_value & rows.told_before.isnull(),
    }
    tally = {name: layer().ifelse(truth.fill_null(False), 1, 0).cast("int64") for name, truth in yes.items()}
    return rows.select("cell", finding="id", **tally)


def disagreements(found: Cells, counted: ir.Table, facts: Facts) -> ir.Table:
    """Rules 84-disagreements and 85-disagreements-under-umbrellas: whether each cell disagrees."""
    signs = (counted.positive > 0) & (counted.negative > 0)
    by_counts = counted.select(
        "holder", disagrees=signs | ((counted.null > 0) & (counted.positive + counted.negative > 0))
    )
    umbrellas = list(facts.umbrellas)
    gathered = found.rolled.filter(found.rolled["first"].isin(umbrellas) | found.rolled.second.isin(umbrellas))
    gathered = gathered.select(holder="rolled")
    below = found.rolls.join(by_counts, found.rolls.cell == by_counts.holder).filter(lambda row: row.disagrees)
    below = below.select(holder="rolled").distinct().mutate(told=True)
    under = gathered.left_join(below, "holder").select("holder", disagrees=lambda row: row.told.fill_null(False))
    return together([by_counts.anti_join(gathered, "holder"), under])


# --- as triples ------------------------------------------------------------------------------


def parts(found: Cells, counted: ir.Table, facts: Facts) -> Iterator[Part]:
    """What rules 80 to 86 and 95 say of cells."""
    pairs, rolled = found.pairs.rename(holder="cell"), found.rolled.rename(holder="rolled")
    yield from about_two(pairs, "80-evidence-cells", "ca:EvidenceCell", "ca:pairMember")
    yield from about_two(rolled, "81-roll-ups", "ca:RolledUpCell", "ca:pairMember")
    for predicate in ("ca:rollsUp", "prov:wasDerivedFrom"):
        up = triples(found.rolls, below_base(found.rolls.rolled), term(predicate), below_base(found.rolls.cell))
        yield Part("synthesis", "81-roll-ups", up)
    yield from _findings(found)
    holder = below_base(counted.holder)
    for name, told in COUNTED.items():
        yield Part(
            "synthesis", "83-counts-of-cells", triples(counted, holder, term(f"ca:{told}"), integer(counted[name]))
        )
    said = disagreements(found, counted, facts)
    truth = triples(said, below_base(said.holder), term("ca:disagrees"), boolean(said.disagrees))
    yield Part("synthesis", "84-disagreements", truth)


def _findings(found: Cells) -> Iterator[Part]:
    """The findings of each cell, and those that it counts; a cell with findings of its own derives from all of them."""
    own = found.members.select(holder="cell", finding="id")
    for predicate in ("ca:cellFinding", "prov:wasDerivedFrom"):
        yield Part("synthesis", "80-evidence-cells", of_findings(own, predicate))
    held = found.rolls.join(found.members.select("cell", finding="id"), "cell").select(
        holder="rolled", finding="finding"
    )
    for rows, predicates in ((own, ("ca:countsFinding",)), (held, ("ca:countsFinding", "prov:wasDerivedFrom"))):
        counting = rows.anti_join(found.dropped, ["holder", "finding"])
        yield from (Part("synthesis", "82-findings-that-count", of_findings(counting, each)) for each in predicates)
