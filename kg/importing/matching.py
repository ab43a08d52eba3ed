"""Names in a table, matched with the vocabulary: exact after folding, or not at all; near ones are only suggested."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from kg.corpus import read_corpus
from kg.errors import ProblemsFound
from kg.names import slug
from kg.ontology import read_axioms, superclasses
from kg.placed import Placed, R
from kg.records import Code, Construct, Measure, Publication
from kg.references import wrong_types
from kg.resources import Rooms
from kg.spellings import Names
from kg.tables import find_tables, read_records


class Vocabulary:
    """The constructs, measures and codes that there are, ours and those reviewed for the dataset."""

    def __init__(
        self,
        constructs: Sequence[Construct],
        measures: Sequence[Measure],
        codes: Sequence[Code],
        publications: Sequence[Publication],
    ) -> None:
        self.constructs = {each.id: each for each in constructs}
        self.measures = {each.id: each for each in measures}
        self.codes = {(each.kind, each.id): each for each in codes}
        self.by_doi = {each.doi.casefold(): each.id for each in publications if each.doi}
        self.publications = {each.id for each in publications}
        self.construct_names, self.measure_names, self.designs = Names(), Names(), Names()
        for construct in constructs:
            self.construct_names.add(construct.id, (construct.label, *construct.alt_labels))
        for measure in measures:
            self.measure_names.add(measure.id, (measure.label, measure.acronym, *measure.alt_labels))
        for kind, id in self.codes:
            if kind == "design":
                self.designs.add(id, (self.codes[kind, id].label,))
        self._above = {id: self._broader(id) for id in self.constructs}

    def _broader(self, construct: str) -> set[str]:
        """The construct and everything broader."""
        found, waiting = {construct}, [construct]
        while waiting:
            known = self.constructs.get(waiting.pop())
            news = set(known.broader if known else ()) - found
            found |= news
            waiting += news
        return found

    def known_designs(self) -> list[str]:
        return sorted(id for kind, id in self.codes if kind == "design")

    def yields(self, measure: str) -> set[str]:
        """The constructs for which a measure, or a subscale of it, gives a score."""
        parts = [each for each in self.measures.values() if measure in (each.id, each.subscale_of)]
        return {construct for part in parts for construct in part.measures}

    def may_measure(self, measure: str, construct: str) -> bool:
        """Whether the measure yields the construct, something broader or something narrower."""
        return any(
            construct in self._above.get(each, {each}) or each in self._above[construct]
            for each in self.yields(measure)
        )

    def is_neutral(self, construct: str) -> bool:
        """Whether the construct gathers opposite poles, so that nothing said of it has a sign."""
        return "NeutralUmbrella" in self.constructs[construct].type


def read_vocabulary(rooms: Rooms, folder: Path) -> Vocabulary:
    """Our vocabulary, with the constructs and measures that a person put into the dataset's ``folder``."""
    corpus = read_corpus(rooms)
    if corpus.problems:
        raise ProblemsFound(corpus.problems)
    own = _own(folder, Construct)
    if own and (problems := wrong_types(own, superclasses(read_axioms(rooms)))):
        raise ProblemsFound(problems)
    constructs = [row.record for row in (*corpus.constructs, *own)]
    measures = [row.record for row in (*corpus.measures, *_own(folder, Measure))]
    return Vocabulary(
        constructs, measures, [row.record for row in corpus.codes], [row.record for row in corpus.publications]
    )


def _own(folder: Path, model: type[R]) -> list[Placed[R]]:
    """The reviewed rows of a folder; ProblemsFound where one is wrong."""
    for path in find_tables(folder, model.table):
        reading = read_records(path, str(path), model)
        if reading.problems:
            raise ProblemsFound(reading.problems)
        return reading.records
    return []


def proposed_id(name: str, taken: Iterable[str]) -> str:
    """A readable id for a name that is not in the vocabulary, unlike those ``taken``."""
    wanted, used, again = slug(name) or "unnamed", set(taken), 2
    while wanted in used:
        wanted, again = f"{slug(name) or 'unnamed'}-{again}", again + 1
    return wanted
