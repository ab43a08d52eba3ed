"""Everything that the rules make of findings, samples and studies, set-wise: what grows with the evidence.

A build of many findings puts what is said of terms, publications and claims into its store, runs ``RULES_BEFORE``,
reads ``Facts`` from it, adds these parts, and runs ``RULES_AFTER``, whose cost follows the evidence lines of claims. A
test holds that this gives the graph that all rules give.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.bulk import arithmetic, cells, classes, edges, lines, people, populations, repeats
from kg.bulk.facts import Facts
from kg.bulk.results import results
from kg.bulk.rows import Evidence
from kg.bulk.triples import Part
from kg.records import Finding, Sample, Study
from kg.resources import Rooms

#: Rules that ``derived`` makes, of whatever evidence there is.
RULES_SET_WISE = (
    "74-samples-alike",
    "75-sample-resemblances",
    "76-sample-overlaps",
    "77-samples-counted-once",
    "78-findings-counted-once",
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
#: Rules about terms, publications, claims and published estimates too; what they say of evidence, ``derived`` makes.
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


def derived(evidence: Evidence, facts: Facts, rooms: Rooms) -> Iterator[Part]:
    """What follows from evidence, part by part. No triple stands in two parts, or in one twice."""
    studies = classes.classes(Study, evidence.studies, facts, rooms)
    samples = classes.classes(Sample, evidence.samples, facts, rooms)
    findings = classes.classes(Finding, evidence.findings, facts, rooms)
    for found in (studies, samples, findings):
        yield from classes.parts(found)
        yield from edges.parts(found, facts)
    whose = people.people(evidence, facts)
    yield from people.parts(whose, evidence)
    told = results(findings, facts)
    repeated = repeats.counted_with(told, evidence.findings, whose).cache()
    yield from repeats.parts(told, repeated, facts)
    checked = arithmetic.checks(evidence)
    yield from arithmetic.parts(checked, facts)
    reaches = arithmetic.reaches(checked)
    laid = cells.cells(told, repeated, facts)
    yield from cells.parts(laid, cells.counts(laid, told, repeated, reaches), facts)
    yield from populations.parts(populations.populations(laid, evidence.samples, whose))
    of_two = lines.lines(told, repeated, reaches, facts)
    yield from lines.parts(of_two, lines.lines_of_thirds(findings, told, repeated, facts), facts)
