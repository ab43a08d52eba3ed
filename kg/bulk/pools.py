"""What can be pooled on each pair of constructs: the rows set-wise, then pair by pair.

The rows are those of the question ``effects-between``, of the very pair alone, for every pair with two or more numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from kg.bulk import people
from kg.bulk.derived import Derived
from kg.bulk.frames import layer
from kg.names import mint
from kg.pooled_pairs import Pair
from kg.store import Row, Value

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: IRI -> label, of whatever rows name.
Labels = Mapping[str, str]
#: Column of rows that are pooled -> column of a finding that holds a number, as it is written.
_NUMBERS = {"value": "value", "ciLow": "ci_low", "ciHigh": "ci_high", "se": "se", "df": "df", "dfEffect": "df_effect"}
#: Column of rows that are pooled -> kind of individual whose label stands there.
_NAMED = {"firstFound": "construct", "secondFound": "construct", "firstMeasure": "measure", "secondMeasure": "measure",
          "third": "construct", "source": "publication"}  # fmt: skip
#: The other columns that pooling looks at.
_AS_IT_IS = ("study", "direction", "statistic", "reading", "certainty", "recruited", "analysed", "firstGroup",
             "secondGroup", "p")  # fmt: skip


def rows_to_pool(found: Derived) -> ir.Table:
    """A row for each finding on a pair with two or more numbers, and for each finding that it repeats; by pair."""
    numbered = found.counted.filter(found.counted.numbers > 1).select(cell="holder")
    pairs = found.laid.pairs.join(numbered, "cell").select("first", "second")
    rows = found.findings.rows
    ends = rows["subject"], rows["object"]
    rows = rows.mutate(first=layer().least(*ends), second=layer().greatest(*ends))
    rows = people.counted(rows, found.whose).join(pairs, ["first", "second"])
    samples = found.evidence.samples.select(sample="id", recruited="n")
    studies = found.evidence.studies.select(study="id", study_label="label")
    repeated = found.repeated.select(id="finding", repeats="better")
    joined = rows.left_join(samples, "sample").left_join(studies, "study").left_join(repeated, "id")
    turned = joined["subject"] != joined["first"]
    return joined.select(
        "first", "second", "kind", "direction", "statistic", "reading", "certainty", "recruited",
        finding="id", study="study_label", people="counted", analysed="n", repeats="repeats", p="p_text",
        firstFound="first", secondFound="second", source="reported_in",
        firstMeasure=turned.ifelse(joined.object_measure, joined.subject_measure),
        secondMeasure=turned.ifelse(joined.subject_measure, joined.object_measure),
        third=joined.mediator.coalesce(joined.moderator), firstGroup="first_n", secondGroup="second_n",
        **{told: f"{column}_text" for told, column in _NUMBERS.items()},
    ).order_by("first", "second", "finding", "repeats")  # fmt: skip


def pairs_of(rows: Iterable[Mapping[str, Any]], labels: Labels) -> Iterator[Pair]:
    """The pairs of constructs of such rows, in their order."""
    for (first, second), told in groupby(rows, key=lambda row: (row["first"], row["second"])):
        pair = mint("construct", first), mint("construct", second)
        yield Pair(pair, (labels[pair[0]], labels[pair[1]]), [_row(each, labels) for each in told])


def _row(told: Mapping[str, Any], labels: Labels) -> Row:
    """A row as the question ``effects-between`` has it, of the columns that pooling looks at."""
    row: dict[str, Value] = {name: told[name] for name in _AS_IT_IS}
    row |= {name: told[name] and Decimal(told[name]) for name in _NUMBERS}
    row |= {name: told[name] and labels[mint(kind, told[name])] for name, kind in _NAMED.items()}
    row |= {"finding": mint("finding", told["finding"]), "people": mint("sample", told["people"])}
    row |= {"repeats": told["repeats"] and mint("finding", told["repeats"])}
    return row | {"kind": told["kind"].replace("-", " "), "asAsked": "yes", "polesGathered": "no"}
