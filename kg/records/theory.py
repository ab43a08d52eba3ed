"""The records of theory: what is claimed, apart from what was found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from kg.cells import Data, Many, Ref, Slug, Text
from kg.records.base import Certainty, CoderNote, Contradiction, Locator, Record, ReportedIn, StatedIn

#: Relations that claim no association, or deny one.
_NO_SIGN = frozenset({"part-of", "maps-to"})
#: Relations that hold between three constructs.
_OF_THREE = frozenset({"mediates", "moderates"})


class Proposition(Record):
    """A claim of a theory or an author about how two constructs relate."""

    prefix = "proposition"
    table = "propositions"

    id: Slug
    """p- and a few words, such as p-soothing-inhibits-threat."""
    subject: Annotated[Text, Ref("construct", "ca:subject")]
    """The first construct."""
    relation: Annotated[Text, Ref("relation", "ca:relation")]
    """What is claimed of the two."""
    object: Annotated[Text, Ref("construct", "ca:object")]
    """The second construct."""
    third: Annotated[Text | None, Ref("construct", "ca:thirdConstruct")] = None
    """For mediates, where the path to the object starts; for moderates, the construct whose link with the object
    changes. Empty elsewhere.
    """
    predicted_sign: Annotated[Text | None, Ref("sign", "ca:predictedSign")] = None
    """The sign of the association that the claim predicts; empty where it predicts none."""
    condition: Annotated[Text | None, Data("ca:condition")] = None
    """When, and for whom. A conditional sign needs it."""
    genre: Annotated[Text, Ref("genre", "ca:genre")]
    """What sort of claim it is."""
    stated_in: StatedIn
    reported_in: ReportedIn
    locator: Locator
    statement: Annotated[Text, Data("ca:statement")]
    """The claim, in your own words."""
    explains: Annotated[Many, Ref("finding", "ca:explains")] = ()
    """Findings that the authors explain by it; they do not test it."""
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
