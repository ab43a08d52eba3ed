"""The records of theory: what is claimed, apart from what was found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from kg.cells import Data, Many, Ref, Text
from kg.records.base import Certainty, CoderNote, Contradiction, Locator, Record, ReportedIn, StatedIn

#: Relations that claim no association, or deny one.
_NO_SIGN = frozenset({"part-of", "maps-to"})
#: Relations that hold between three constructs.
_OF_THREE = frozenset({"mediates", "moderates"})


class Proposition(Record):
    """A claim of a theory or an author about how two constructs relate."""

    prefix = "proposition"
    table = "propositions"

    subject: Annotated[Text, Ref("construct", "ca:subject")]
    relation: Annotated[Text, Ref("relation", "ca:relation")]
    object: Annotated[Text, Ref("construct", "ca:object")]
    third: Annotated[Text | None, Ref("construct", "ca:thirdConstruct")] = None
    predicted_sign: Annotated[Text | None, Ref("sign", "ca:predictedSign")] = None
    condition: Annotated[Text | None, Data("ca:condition")] = None
    genre: Annotated[Text, Ref("genre", "ca:genre")]
    stated_in: StatedIn
    reported_in: ReportedIn
    locator: Locator
    statement: Annotated[Text, Data("ca:statement")]
    explains: Annotated[Many, Ref("finding", "ca:explains")] = ()
    certainty: Certainty
    coder_note: CoderNote = None

    def contradictions(self) -> Iterator[Contradiction]:
        if self.subject == self.object:
            yield Contradiction("object", "a proposition about itself", "name the other construct")
        yield from self._third_construct()
        if self.predicted_sign == "conditional" and not self.condition:
            yield Contradiction("condition", "a conditional sign without its condition", "say when which sign holds")
        if self.relation == "independent-of" and self.predicted_sign not in (None, "none"):
            yield Contradiction("predicted_sign", "independent, yet with a sign", "write none, or correct the relation")
        if self.relation in _NO_SIGN and self.predicted_sign:
            yield Contradiction("predicted_sign", f"'{self.relation}' predicts no sign", "empty the cell")

    def _third_construct(self) -> Iterator[Contradiction]:
        if self.relation in _OF_THREE and not self.third:
            advice = "name where the path starts (mediates), or whose link with the object changes (moderates)"
            yield Contradiction("third", f"'{self.relation}' without a third construct", advice)
        if self.relation not in _OF_THREE and self.third:
            yield Contradiction("third", f"'{self.relation}' has no third construct", "empty the cell")
        if self.third in (self.subject, self.object):
            yield Contradiction("third", f"'{self.third}' is also the subject or object", "name a third construct")
