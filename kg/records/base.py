"""What every record is: frozen, typed, and its own description of its table.

A class says everything about its table once: the fields are the columns, in order; ``Ref`` marks a
cell that names another record, ``Data`` a plain value, and both give the RDF property that carries
it (``kg.triples`` reads them). What stands below a field is what a coder is told to write there
(``kg.codebook`` reads it). What a row says twice must agree; ``contradictions`` yields where it
does not, each with the column to mend.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, ClassVar, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kg.cells import Data, Many, PValue, Ref, Slug, Some, Text
from kg.names import KINDS, mint
from kg.notebook import Html, link, table


class Contradiction(NamedTuple):
    """Two cells of one row that cannot both be right: the column to mend, what, and what to do."""

    column: str
    what: str
    do: str


class Contradictory(ValueError):
    """A record contradicts itself; ``contradictions`` says where."""

    def __init__(self, contradictions: list[Contradiction]) -> None:
        self.contradictions = contradictions
        super().__init__("; ".join(f"{each.column}: {each.what}" for each in contradictions))


class Record(BaseModel):
    """A row: frozen, typed, complete. ``prefix`` is that of its IRI, ``table`` the name of its file."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        str_strip_whitespace=True,
        defer_build=True,  # of most commands few models are used
    )
    prefix: ClassVar[str]
    table: ClassVar[str]

    id: Slug
    """The row's own name, used once: lower-case letters, digits and single hyphens."""

    @property
    def iri(self) -> str:
        """The IRI of the individual that the row describes."""
        return mint(self.prefix, self.id)

    @classmethod
    def columns(cls) -> list[str]:
        """The header of the table: the field names, in order."""
        return list(cls.model_fields)

    @classmethod
    def required(cls) -> list[str]:
        """The columns that every row must fill."""
        return [name for name, field in cls.model_fields.items() if field.is_required()]

    @classmethod
    def marks(cls) -> dict[str, Ref | Data]:
        """Column -> how it stands in RDF, for the columns that do."""
        return {
            name: mark
            for name, field in cls.model_fields.items()
            for mark in field.metadata
            if isinstance(mark, Ref | Data)
        }

    def contradictions(self) -> Iterator[Contradiction]:
        """Where two cells of the row cannot both be right."""
        return iter(())

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if found := list(self.contradictions()):
            raise Contradictory(found)
        return self

    def _repr_html_(self) -> str:
        """What Jupyter shows: each column that is filled, what it names as links."""
        shown = [(column, _linked(self, column, cell)) for column, cell in self.cells().items() if cell]
        return table(("", link(self.iri)), shown, len(shown))

    def cells(self) -> dict[str, str]:
        """The row as a person would write it: column -> cell."""
        return {column: written(getattr(self, column)) for column in self.columns()}


class Member(Record):
    """A row of a table that holds several lists; its ``kind`` says of which list it is a member."""

    kinds: ClassVar[tuple[str, ...]]

    kind: Text
    """The list to which the row belongs."""

    @property
    def iri(self) -> str:
        return mint(self.kind, self.id)

    def contradictions(self) -> Iterator[Contradiction]:
        if self.kind not in self.kinds:
            advice = f"use one of {', '.join(self.kinds)}"
            yield Contradiction("kind", f"'{self.kind}' is not a list of this table", advice)


def _linked(record: Record, column: str, cell: str) -> str:
    mark = record.marks().get(column)
    if not isinstance(mark, Ref) or mark.kind not in KINDS:
        return cell
    return Html(", ".join(link(mint(mark.kind, name), name) for name in cell.split("; ")))


def written(value: Any) -> str:
    """A value as its cell has it: numbers in plain digits, nothing for none."""
    if value is None:
        return ""
    if isinstance(value, tuple) and not isinstance(value, PValue):
        return "; ".join(map(str, value))
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


Label = Annotated[Text, Data("rdfs:label", "en")]
TermLabel = Annotated[Text, Data("rdfs:label", "en", also="skos:prefLabel")]
Definition = Annotated[
    Text,
    Data("skos:definition", "en"),
    Field(description="What it is, in one or two sentences, and what it is not."),
]
Sources = Annotated[
    Some,
    Ref("publication", "dcterms:source"),
    Field(description="Citation keys of what the definition rests on, or the word project where it is your own."),
]
Synonyms = Annotated[
    Many, Data("skos:altLabel", "en"), Field(description="Synonyms and spellings; a name may belong to one term only.")
]
Note = Annotated[
    Text | None, Data("skos:editorialNote", "en"), Field(description="Anything else that an editor should know.")
]
ReportedIn = Annotated[
    Text, Ref("publication", "ca:reportedIn"), Field(description="Citation key of the publication that you read.")
]
Locator = Annotated[Text, Data("ca:locator"), Field(description="The place in it: table, section, page, row.")]
StatedIn = Annotated[Some, Ref("publication", "ca:statedIn"), Field(description="Citation keys of who states it.")]
Certainty = Annotated[
    Text,
    Ref("certainty", "ca:certainty"),
    Field(description="How sure you are that this is what the source says, not whether it is true."),
]
CoderNote = Annotated[
    Text | None,
    Data("ca:coderNote"),
    Field(description="What you think of it: doubts, signs restored, contradictions."),
]
