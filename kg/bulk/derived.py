"""Everything that the rules make of findings, samples and studies, set-wise: what grows with the evidence.

A build of many findings puts what is said of terms, publications and claims into its store, runs ``RULES_BEFORE``,
reads ``Facts`` from it, adds the parts of ``Derived``, and runs ``RULES_AFTER``, whose cost follows the evidence lines
of claims. A
test holds that this gives the graph that all rules give.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from kg.bulk import arithmetic, cells, classes, constructs, edges, lines, pairs, people, populations, repeats
from kg.bulk.cells import Cells
from kg.bulk.classes import Classes
from kg.bulk.facts import Facts
from kg.bulk.people import People
from kg.bulk.results import results
from kg.bulk.rows import Evidence
from kg.bulk.triples import Part
from kg.records import Finding, Sample, Study
from kg.resources import Rooms

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: Rules that ``Derived`` makes, of whatever evidence there is.
RULES_SET_WISE = (
    "74-samples-alike",
    "75-sample-resemblances",
    "76-sample-overlaps",
    "77-samples-counted-once",
    "78-findings-counted-once",
    "80-construct-pairs",
    "80-evidence-cells",
    "81-roll-ups",
    "82-findings-that-count",
    "83-counts-of-cells",
    "84-disagreements",
    "84-people-of-cells",
    "85-disagreements-under-umbrellas",
    "85-layers-of-cells",
    "86-nulls-of-cells",
    "90-evidence-lines",
    "91-evidence-lines-of-thirds",
)
#: Rules about terms, publications, claims and published estimates too; what they say of evidence, ``Derived`` makes.
RULES_BEFORE = (
    "10-defined-classes",
    "20-superclasses",
    "30-typed-edges",
    "40-superproperties",
    "50-inverses-and-symmetry",
    "60-hierarchy",
    "70-what-measures-yield",
    "79-layers-of-findings",
    "86-estimates-of-one-pair",
    "87-what-is-told-of-constructs",
    "88-unmeasured-constructs-of-claims",
    "95-individuals",
)
#: Rules that conclude from the evidence lines of claims.
RULES_AFTER = (
    "92-verdicts",
    "93-layers-of-verdicts",
    "93-what-verdicts-rest-on",
    "93-who-states-claims",
    "94-what-next",
)


@dataclass(frozen=True)
class Derived:
    """What follows from evidence and ``facts`` about terms. Each step is reckoned once, when it is first wanted."""

    evidence: Evidence
    facts: Facts
    rooms: Rooms

    @cached_property
    def findings(self) -> Classes:
        return classes.classes(Finding, self.evidence.findings, self.facts, self.rooms)

    @cached_property
    def typed_edges(self) -> ir.Table:
        return edges.typed_edges(self.findings, self.facts)

    @cached_property
    def whose(self) -> People:
        return people.people(self.evidence, self.facts)

    @cached_property
    def told(self) -> ir.Table:
        return results(self.findings, self.facts)

    @cached_property
    def repeated(self) -> ir.Table:
        return repeats.counted_with(self.told, self.evidence.findings, self.whose).cache()

    @cached_property
    def checked(self) -> ir.Table:
        return arithmetic.checks(self.evidence)

    @cached_property
    def reaches(self) -> ir.Table:
        return arithmetic.reaches(self.checked)

    @cached_property
    def laid(self) -> Cells:
        return cells.cells(self.told, self.repeated, self.facts)

    @cached_property
    def counted(self) -> ir.Table:
        return cells.counts(self.laid, self.told, self.repeated, self.reaches)

    def parts(self) -> Iterator[Part]:
        """All that follows, part by part. No triple stands in two parts, or in one twice."""
        studies = classes.classes(Study, self.evidence.studies, self.facts, self.rooms)
        samples = classes.classes(Sample, self.evidence.samples, self.facts, self.rooms)
        for found in (studies, samples, self.findings):
            yield from classes.parts(found)
            yield from edges.parts(found, self.facts)
        yield edges.part_of_typed_edges(self.typed_edges)
        yield from people.parts(self.whose, self.evidence)
        yield from repeats.parts(self.told, self.repeated, self.facts)
        yield from arithmetic.parts(self.checked, self.facts)
        yield from pairs.parts(self.told)
        yield from cells.parts(self.laid, self.counted, self.facts)
        yield from populations.parts(populations.populations(self.laid, self.evidence.samples, self.whose))
        yield from constructs.parts(constructs.counts(self.evidence.findings, self.repeated, self.facts))
        of_two = lines.lines(self.told, self.repeated, self.reaches, self.facts)
        of_three = lines.lines_of_thirds(self.findings, self.told, self.repeated, self.facts)
        yield from lines.parts(of_two, of_three, self.facts)
