"""Which findings a check of ``queries/checks/`` may have something to say of: the others need not be asked about.

Of many findings a check that compares them one by one takes minutes. What it looks for is looked for here set-wise,
and the check itself is asked about whatever is found: it has the last word, and all words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.bulk.derived import Derived
from kg.bulk.frames import layer
from kg.bulk.triples import together
from kg.names import expand

if TYPE_CHECKING:
    import ibis.expr.types as ir

_LINKED = str(expand("ca:empiricallyLinkedTo"))
#: Check -> the column of a measure, and the construct that it is to yield.
_MEASURES = {
    "subject-measure-yields-another-construct": ("subject_measure", "subject"),
    "object-measure-yields-another-construct": ("object_measure", "object"),
    "third-measure-yields-another-construct": ("third_measure", "third"),
}
#: What two findings have in common that are one result coded twice.
_SAME = ["sample", "subject", "object", "subject_measure", "object_measure", "printed"]


def suspects(found: Derived) -> dict[str, ir.Table]:
    """Check -> a table of the findings (``id``) that it may be about, each once or more often."""
    findings = found.evidence.findings.mutate(third=lambda row: layer().coalesce(row.mediator, row.moderator))
    return {
        "finding-without-an-edge": _without_edge(findings, found),
        "measure-the-study-does-not-list": _not_listed(findings, found),
        "more-people-analysed-than-sampled": _too_many(findings, found),
        "reading-against-the-dataset": _read_otherwise(findings, found),
        "same-result-coded-twice": _twice(findings),
        "sample-of-another-study": _of_another_study(findings, found),
        **{check: _yielding_another(findings, found, *columns) for check, columns in _MEASURES.items()},
    }


def _without_edge(findings: ir.Table, found: Derived) -> ir.Table:
    edges = found.typed_edges
    linked = edges.filter(edges.edge == _LINKED).select(subject="start", object="end").distinct()
    return findings.anti_join(linked, ["subject", "object"]).select("id")


def _not_listed(findings: ir.Table, found: Derived) -> ir.Table:
    """Findings read where their studies were, by a measure that is no part or short form of one that these list."""
    studies = found.evidence.studies
    listing = studies.filter(studies.measures.length() > 0)
    listed = listing.select(study="id", whole=listing.measures.unnest()).join(found.facts.parts_of_measures, "whole")
    listed = listed.select("study", measure="part").distinct()
    here = findings.semi_join(listing.select("reported_in", study="id"), ["study", "reported_in"])
    measures = [name for name, _ in _MEASURES.values()]
    used = together(here.select("id", "study", measure=name) for name in measures)
    used = used.filter(used.measure.notnull())
    return used.anti_join(listed, ["study", "measure"]).select("id")


def _too_many(findings: ir.Table, found: Derived) -> ir.Table:
    sized = findings.join(found.evidence.samples.select(sample="id", size="n"), "sample")
    return sized.filter(sized.n > sized.size).select("id")


def _read_otherwise(findings: ir.Table, found: Derived) -> ir.Table:
    read = findings.join(found.facts.readings_of_datasets, ["dataset", "reported_in"])
    return read.filter(read.reading != read.said).select("id")


def _twice(findings: ir.Table) -> ir.Table:
    whole = findings.drop_null(_SAME)
    groups = whole.group_by(_SAME).aggregate(times=whole.count())
    return whole.semi_join(groups.filter(groups.times > 1), _SAME).select("id")


def _of_another_study(findings: ir.Table, found: Derived) -> ir.Table:
    sampled = findings.join(found.evidence.samples.select(sample="id", other="study"), "sample")
    return sampled.filter(sampled.study != sampled.other).select("id")


def _yielding_another(findings: ir.Table, found: Derived, measure: str, construct: str) -> ir.Table:
    measured = findings.select("id", measure=measure, construct=construct)
    measured = measured.filter(measured.measure.notnull() & measured.construct.notnull())
    return measured.anti_join(found.facts.yields, ["measure", "construct"]).select("id")
