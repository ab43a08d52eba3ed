"""What looks alike and is not: words that a term elsewhere must have before it is proposed for some of ours."""

from __future__ import annotations

from collections.abc import Sequence

from kg.cells import Some, Text
from kg.errors import ProblemsFound
from kg.linking.matches import Match
from kg.linking.words import stems
from kg.names import BASE
from kg.records import Record
from kg.resources import Rooms
from kg.tables import read_records


class Caution(Record):
    """Terms of ours of ``subject_type`` are proposed only for terms in whose names stands one of ``needs``."""

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
        if self.subject_type not in match.subject.classes:
            return False
        names = [set(stems(name)) for name in (match.term.label, *match.term.synonyms)]
        return not any(set(stems(phrase)) <= name for phrase in self.needs for name in names)


def read_cautions(rooms: Rooms) -> Sequence[Caution]:
    """The cautions of these rooms; none where there is no table of them."""
    path = rooms.ontology / "mappings" / "cautions.tsv"
    if not path.exists():
        return ()
    reading = read_records(path, rooms.shown(path), Caution)
    if reading.problems:
        raise ProblemsFound(reading.problems)
    return [each.record for each in reading.records]
