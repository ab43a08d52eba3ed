"""Findings as what they tell: the few columns that counting takes, with each outcome as yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.bulk.classes import Classes
from kg.bulk.facts import Facts
from kg.bulk.frames import layer

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: What a finding came to -> our class of such findings.
OUTCOMES = {"positive": "PositiveFinding", "negative": "NegativeFinding", "null": "NullFinding"}
#: Kinds of findings whose sign tells of a claim on two constructs (rule 90).
DIRECTED = ("Association", "Prediction", "InterventionEffect", "GroupDifference")


def results(found: Classes, facts: Facts) -> ir.Table:
    """A row a finding: its pair in order of name, whose people, how read, and what it came to."""
    rows = found.rows
    outcomes = {name: rows.code.isin(found.codes_in(kind)) for name, kind in OUTCOMES.items()}
    directed = sorted({code for kind in DIRECTED for code in found.codes_in(kind)})
    told = rows.select(
        "id", "study", "sample", "subject", "object", "direction", "significance", "reading", "certainty",
        first=layer().least(rows.subject, rows.object),
        second=layer().greatest(rows.subject, rows.object),
        of_three=rows.mediator.notnull() | rows.moderator.notnull(),
        has_value=rows.value.notnull(),
        directed=rows.code.isin(directed),
        **outcomes,
    )  # fmt: skip
    return told.left_join(facts.layers, "reading").select(*told.columns, "layer").cache()
