"""The records of theory: what is claimed, apart from what was found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from kg.cells import Data, Many, Ref, Some, Text
from kg.records.base import CoderNote, Contradiction, Locator, Record, ReportedIn

#: Relations that claim no association, or deny one.
_NO_SIGN = frozenset({"part-of", "maps-to"})


class Proposition(Record):
    """A claim of a theory or an author about how two constructs relate."""

    prefix = "proposition"
    table = "propositions"

    subject: Annotated[Text, Ref("construct", "ca:subject")]
    relation: Annotated[Text, Ref("relation", "ca:relation")]
    object: Annotated[Text, Ref("construct", "ca:object")]
    predicted_sign: Annotated[Text | None, Ref("sign", "ca:predictedSign")] = None
    condition: Annotated[Text | None, Data("ca:condition")] = None
    genre: Annotated[Text, Ref("genre", "ca:genre")]
    stated_in: Annotated[Some, Ref("publication", "ca:statedIn")]
    reported_in: ReportedIn
    locator: Locator
    statement: Annotated[Text, Data("ca:statement")]
    explains: Annotated[Many, Ref("finding", "ca:explains")] = ()
    certainty: Annotated[Text, Ref("certainty", "ca:certainty")]
    coder_note: CoderNote = None

    def contradictions(self) -> Iterator[Contradiction]:
        if self.subject == self.object:
            yield Contradiction("object", "a proposition about itself", "name the other construct")
        if self.predicted_sign == "conditional" and not self.condition:
            yield Contradiction("condition", "a conditional sign without its condition", "say when which sign holds")
        if self.relation == "independent-of" and self.predicted_sign not in (None, "none"):
            yield Contradiction("predicted_sign", "independent, yet with a sign", "write none, or correct the relation")
        if self.relation in _NO_SIGN and self.predicted_sign:
            yield Contradiction("predicted_sign", f"'{self.relation}' predicts no sign", "empty the cell")
