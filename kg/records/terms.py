"""The records of the vocabulary: constructs, measures, codes, and the publications that all cite."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from kg.cells import Count, Data, Many, Ref, Slug, Some, Text
from kg.names import CODE_KINDS
from kg.records.base import Contradiction, Definition, Label, Member, Note, Record, Sources, Synonyms, TermLabel


class Construct(Record):
    """A psychological construct: an individual of one or more classes of the ontology."""

    prefix = "construct"
    table = "constructs"

    id: Slug
    """The label in lower-case letters and hyphens."""
    label: TermLabel
    """The name as people read it."""
    type: Annotated[Some, Ref("class", "rdf:type")]
    """The class, or classes, of the ontology to which it belongs."""
    broader: Annotated[Many, Ref("construct", "skos:broader")] = ()
    """Of what it is truly a kind or part. Findings roll up along it, so never put a construct under one whose sign is
    the other way round.
    """
    flow: Annotated[Text | None, Ref("flow", "ca:hasFlow")] = None
    """Of an orientation of compassion, from whom to whom; a fear has that of what it fears, by inference."""
    fear_of: Annotated[Text | None, Ref("construct", "ca:fearOf")] = None
    """Of a fear, the compassion that is feared."""
    model_of_self: Annotated[Text | None, Ref("valence", "ca:modelOfSelf")] = None
    """Of an attachment style, its working model of self."""
    model_of_others: Annotated[Text | None, Ref("valence", "ca:modelOfOthers")] = None
    """Of an attachment style, its working model of others."""
    strategy: Annotated[Many, Ref("construct", "ca:characterisedByStrategy")] = ()
    """Of an attachment style, the regulation strategies typical of it."""
    opposite_of: Annotated[Many, Ref("construct", "ca:oppositeOf")] = ()
    """The construct at the other pole, only where that is the definition."""
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

    id: Slug
    """Its acronym in lower-case letters, such as ecr-r-avoidance."""
    label: TermLabel
    """Its full name."""
    acronym: Annotated[Text | None, Data("ca:acronym")] = None
    """Its abbreviation."""
    subscale_of: Annotated[Text | None, Ref("measure", "ca:subscaleOf")] = None
    """The measure of which it is a subscale."""
    short_form_of: Annotated[Text | None, Ref("measure", "ca:shortFormOf")] = None
    """The measure of which it is a short form."""
    revision_of: Annotated[Text | None, Ref("measure", "ca:revisionOf")] = None
    """The measure of which it is a revision."""
    measures: Annotated[Some, Ref("construct", "ca:measures")]
    """The construct or constructs for which its own score stands. What subscales measure, the whole scale yields: no
    need to repeat it.
    """
    administration: Annotated[Text, Ref("administration", "ca:administration")]
    """How it is given."""
    items: Annotated[Count | None, Data("ca:itemCount")] = None
    """How many items it has, only where a source says so."""
    response_scale: Annotated[Text | None, Data("ca:responseScale")] = None
    """How they are answered, such as 1-7, only where a source says so."""
    developer: Annotated[Text | None, Ref("publication", "ca:developedIn")] = None
    """Citation key of the paper that introduced it."""
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

    id: Slug
    """What a coder writes into a cell."""
    label: TermLabel
    """The name as people read it."""
    type: Annotated[Many, Ref("class", "rdf:type")] = ()
    """Classes of the ontology to which the code belongs."""
    layer: Annotated[Text | None, Ref("layer", "ca:layer")] = None
    """Of a reading, the layer of what was read so."""
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


class Publication(Record):
    """Something that can be cited: an entry of ``references.bib``, under its citation key."""

    prefix = "publication"
    table = "references"

    id: Slug
    """Its citation key: first author and year, such as gilbert2020."""
    entry_type: Text
    """What sort of publication it is, in the words of BibTeX."""
    label: Label  # "Dudley et al. (2018)"
    """Authors and year as a text cites them; made from the other columns."""
    title: Annotated[Text | None, Data("dcterms:title")] = None
    """Its title."""
    authors: Annotated[tuple[str, ...], Data("dc:creator")] = ()
    """Its authors, surname first."""
    year: Annotated[Text | None, Data("dcterms:date")] = None
    """The year of publication."""
    venue: Annotated[Text | None, Data("prism:publicationName")] = None
    """The journal, or the book that it is a chapter of."""
    publisher: Annotated[Text | None, Data("dc:publisher")] = None
    """Who published it."""
    volume: Annotated[Text | None, Data("bibo:volume")] = None
    """Volume."""
    number: Annotated[Text | None, Data("bibo:issue")] = None
    """Issue."""
    pages: Annotated[Text | None, Data("bibo:pages")] = None
    """Pages."""
    doi: Annotated[Text | None, Data("bibo:doi")] = None
    """DOI, without https://doi.org/."""
    url: Annotated[Text | None, Data("bibo:uri")] = None
    """Address on the web, where there is no DOI."""
    note: Note = None

    def citation(self) -> str:
        """One line that says what to look for in a library."""
        issue = f"({self.number})" if self.number else ""
        place = ", ".join(
            part for part in (self.venue or self.publisher, f"{self.volume or ''}{issue}", self.pages) if part
        )
        when = f"({self.year or 'n.d.'})"
        who = "; ".join(self.authors)
        what = (f"{who} {when}", self.title) if who else (f"{self.title or self.label} {when}",)
        found_at = f"https://doi.org/{self.doi}" if self.doi else self.url
        return " ".join(f"{part}." for part in (*what, place, found_at) if part)
