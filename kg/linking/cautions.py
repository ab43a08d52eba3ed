"""What looks alike and is not: words that a term elsewhere must have before it is proposed for some of ours."""

from __future__ import annotations

from collections.abc import Sequence

from kg.cells import Some, Text
from kg.errors import ProblemsFound
from kg.linking.matches import SAME_NAME, Match
from kg.linking.words import stems
from kg.names import BASE
from kg.records import Record
from kg.resources import Rooms
from kg.tables import read_records


class Caution(Record):
    """Terms of ours of ``subject_type`` are proposed only for terms in whose names stands one of ``needs``.

    So are measures of nothing else: what a questionnaire measures is as little something else as what it is named by.
    Only an instrument that has the very name of ours needs no such word: many are called by an occasion.
    """

    prefix = "caution"
    table = "cautions"

    subject_type: Text
    needs: Some
    why: Text

    @property
    def iri(self) -> str:
        return f"{BASE}caution/{self.id}"

    def forbids(self, match: Match) -> bool:
        """Whether the match is one that this caution warns of."""
        if self.subject_type not in match.subject.classes and not self._warns_of_measure(match):
            return False
        names = [set(stems(name)) for name in (match.term.label, *match.term.synonyms)]
        return not any(set(stems(phrase)) <= name for phrase in self.needs for name in names)

    def _warns_of_measure(self, match: Match) -> bool:
        is_called_so = match.justification == SAME_NAME and match.relation == "close"
        return self.subject_type in match.subject.measured and not is_called_so


def read_cautions(rooms: Rooms) -> Sequence[Caution]:
    """The cautions of these rooms; none where there is no table of them."""
    path = rooms.ontology / "mappings" / "cautions.tsv"
    if not path.exists():
        return ()
    reading = read_records(path, rooms.shown(path), Caution)
    if reading.problems:
        raise ProblemsFound(reading.problems)
    return [each.record for each in reading.records]
