"""The records of the vocabulary: constructs, measures, codes, and the publications that all cite."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator

from kg.cells import Count, Data, Many, Ref, Some, Text, with_kinds
from kg.names import CODE_KINDS, KINDS, PART_KINDS
from kg.records.base import Contradiction, Definition, Label, Member, Note, Record, Sources, Synonyms, TermLabel


class Construct(Record):
    """A psychological construct: an individual of one or more classes of the ontology."""

    prefix = "construct"
    table = "constructs"

    label: TermLabel
    type: Annotated[Some, Ref("class", "rdf:type")]
    broader: Annotated[Many, Ref("construct", "skos:broader")] = ()
    flow: Annotated[Text | None, Ref("flow", "ca:hasFlow")] = None
    fear_of: Annotated[Text | None, Ref("construct", "ca:fearOf")] = None
    model_of_self: Annotated[Text | None, Ref("valence", "ca:modelOfSelf")] = None
    model_of_others: Annotated[Text | None, Ref("valence", "ca:modelOfOthers")] = None
    strategy: Annotated[Many, Ref("construct", "ca:characterisedByStrategy")] = ()
    opposite_of: Annotated[Many, Ref("construct", "ca:oppositeOf")] = ()
    alt_labels: Synonyms = ()
    definition: Definition
    definition_source: Sources
    note: Note = None

    def contradictions(self) -> Iterator[Contradiction]:
        for column in ("broader", "opposite_of"):
            if self.id in getattr(self, column):
                yield Contradiction(column, f"'{self.id}' names itself", "name another construct or leave it empty")


class Measure(Record):
    """An instrument, or a subscale of one."""

    prefix = "measure"
    table = "measures"

    label: TermLabel
    acronym: Annotated[Text | None, Data("ca:acronym")] = None
    subscale_of: Annotated[Text | None, Ref("measure", "ca:subscaleOf")] = None
    short_form_of: Annotated[Text | None, Ref("measure", "ca:shortFormOf")] = None
    revision_of: Annotated[Text | None, Ref("measure", "ca:revisionOf")] = None
    measures: Annotated[Some, Ref("construct", "ca:measures")]
    administration: Annotated[Text, Ref("administration", "ca:administration")]
    items: Annotated[Count | None, Data("ca:itemCount")] = None
    response_scale: Annotated[Text | None, Data("ca:responseScale")] = None
    developer: Annotated[Text | None, Ref("publication", "ca:developedIn")] = None
    alt_labels: Synonyms = ()
    definition: Definition
    definition_source: Sources
    note: Note = None

    def contradictions(self) -> Iterator[Contradiction]:
        for column in ("subscale_of", "short_form_of", "revision_of"):
            if getattr(self, column) == self.id:
                yield Contradiction(column, f"'{self.id}' names itself", "name another measure or leave it empty")


class Code(Member):
    """A member of one of the closed lists of the coding scheme."""

    table = "codes"
    kinds = CODE_KINDS

    label: TermLabel
    type: Annotated[Many, Ref("class", "rdf:type")] = ()
    layer: Annotated[Text | None, Ref("layer", "ca:layer")] = None
    definition: Definition
    definition_source: Sources

    def contradictions(self) -> Iterator[Contradiction]:
        yield from super().contradictions()
        if (self.kind == "reading") != (self.layer is not None):
            yield Contradiction(
                "layer",
                "a layer belongs to every reading, and to nothing else",
                "name review, primary or secondary for a reading, and leave it empty for any other code",
            )


#: Kinds of terms, for which others may have looked them up: something must take their place.
_TERM_KINDS = ("construct", "measure", "therapy", *PART_KINDS, *CODE_KINDS)


class Obsolete(Member):
    """What was released once and is no more: a term that gave way to others, or evidence that was retracted."""

    table = "obsolete"
    kinds = tuple(KINDS)

    label: Label
    replaced_by: Annotated[Many, AfterValidator(with_kinds), Ref("any", "dcterms:isReplacedBy")] = ()
    reason: Annotated[Text, Data("skos:editorialNote", "en")]

    def contradictions(self) -> Iterator[Contradiction]:
        yield from super().contradictions()
        if self.kind in _TERM_KINDS and not self.replaced_by:
            what = "a term that gives way to nothing"
            yield Contradiction("replaced_by", what, "name what takes its place, or the nearest wider term")


class Publication(Record):
    """Something that can be cited: an entry of ``references.bib``, under its citation key."""

    prefix = "publication"
    table = "references"

    entry_type: Text
    label: Label  # "Dudley et al. (2018)"
    title: Annotated[Text | None, Data("dcterms:title")] = None
    authors: Annotated[tuple[str, ...], Data("dc:creator")] = ()
    year: Annotated[Text | None, Data("dcterms:date")] = None
    venue: Annotated[Text | None, Data("prism:publicationName")] = None
    publisher: Annotated[Text | None, Data("dc:publisher")] = None
    volume: Annotated[Text | None, Data("bibo:volume")] = None
    number: Annotated[Text | None, Data("bibo:issue")] = None
    pages: Annotated[Text | None, Data("bibo:pages")] = None
    doi: Annotated[Text | None, Data("bibo:doi")] = None
    url: Annotated[Text | None, Data("bibo:uri")] = None
    note: Note = None

    def citation(self) -> str:
        """One line that says what to look for in a library."""
        issue = f"({self.number})" if self.number else ""
        place = ", ".join(
            part for part in (self.venue or self.publisher, f"{self.volume or ''}{issue}", self.pages) if part
        )
        who = "; ".join(self.authors)
        found_at = f"https://doi.org/{self.doi}" if self.doi else self.url
        return " ".join(f"{part}." for part in (f"{who} ({self.year})", self.title, place, found_at) if part)
