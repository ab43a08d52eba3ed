"""The people of cells: rule 84-people-of-cells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.bulk.cells import Cells
from kg.bulk.frames import layer
from kg.bulk.people import People, counted
from kg.bulk.triples import Part, below_base, boolean, integer, term, triples

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = "84-people-of-cells"


def populations(found: Cells, samples: ir.Table, whose: People) -> ir.Table:
    """How many independent samples and people each cell has, how many samples tell no size, whether they are of one
    population only.
    """
    of_pairs = found.members.select("cell", "sample").distinct().cache()
    return (
        _sizes(found, of_pairs, samples, whose)
        .left_join(_mixed(found, of_pairs, samples), "holder")
        .select("holder", "samples", "participants", "untold", one_population=lambda row: row.mixed.isnull())
        .cache()
    )


def _sizes(found: Cells, of_pairs: ir.Table, samples: ir.Table, whose: People) -> ir.Table:
    """People counted once: of samples that are counted as one, the one that is counted."""
    people = counted(of_pairs, whose).select("cell", "counted").distinct()
    held = found.holds.join(people, "cell").select("holder", "counted").distinct()
    sized = held.join(samples.select(counted="id", n="n"), "counted")
    return sized.group_by("holder").aggregate(
        samples=sized.count(),
        participants=sized.n.sum().fill_null(0),
        untold=layer().ifelse(sized.n.isnull(), 1, 0).sum(),
    )


def _mixed(found: Cells, of_pairs: ir.Table, samples: ir.Table) -> ir.Table:
    """The cells of which some samples have a difficulty and some do not."""
    difficulties = samples.select(sample="id", difficulty=samples.difficulties.unnest())
    having = of_pairs.join(difficulties, "sample")
    held = found.holds.join(having, "cell").select("holder", "sample", "difficulty").distinct()
    some = held.group_by("holder", "difficulty").aggregate(some=held.count())
    cells = some.select("holder").distinct()
    whole = found.holds.semi_join(cells, "holder").join(of_pairs, "cell").select("holder", "sample").distinct()
    every = whole.group_by("holder").aggregate(every=whole.count())
    both = some.join(every, "holder")
    return both.filter(both.some < both.every).select("holder").distinct().mutate(mixed=True)


def parts(told: ir.Table) -> Iterator[Part]:
    """What the rule says of cells, but for how many of their results have a number."""
    holder = below_base(told.holder)
    names = {"samples": "ca:sampleCount", "participants": "ca:participantCount", "untold": "ca:untoldSampleCount"}
    for name, predicate in names.items():
        yield Part("synthesis", RULE, triples(told, holder, term(predicate), integer(told[name])))
    yield Part("synthesis", RULE, triples(told, holder, term("ca:onePopulation"), boolean(told.one_population)))
