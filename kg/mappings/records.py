"""A mapping and the head of a set, as records: the slots of SSSOM, typed, in the order in which tables show them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

from kg.mappings.slots import (
    BUILT_IN,
    NO_TERM,
    Address,
    Addresses,
    Cardinality,
    Curie,
    Curies,
    Day,
    EntityType,
    Modifier,
    Predicate,
    Share,
    Text,
    Texts,
    prefix_of,
)


class _Slots(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class _Shared(_Slots):
    """Slots that a set may state once for all its mappings."""

    cardinality_scope: Texts = ()
    subject_type: EntityType | None = None
    subject_source: Curie | None = None
    subject_source_version: Text | None = None
    object_type: EntityType | None = None
    object_source: Curie | None = None
    object_source_version: Text | None = None
    predicate_type: EntityType | None = None
    mapping_provider: Address | None = None
    mapping_tool: Text | None = None
    mapping_tool_id: Curie | None = None
    mapping_tool_version: Text | None = None
    mapping_date: Day | None = None
    publication_date: Day | None = None
    subject_match_field: Curies = ()
    object_match_field: Curies = ()
    subject_preprocessing: Curies = ()
    object_preprocessing: Curies = ()
    similarity_measure: Text | None = None
    curation_rule: Curies = ()
    curation_rule_text: Texts = ()


class Mapping(_Shared):
    """A row of a mapping set: a subject, how it relates to an object, and how anybody knows."""

    subject_id: Curie
    subject_label: Text | None = None
    subject_category: Text | None = None
    predicate_id: Predicate
    predicate_label: Text | None = None
    predicate_modifier: Modifier | None = None
    object_id: Curie
    object_label: Text | None = None
    object_category: Text | None = None
    mapping_justification: Curie
    mapping_cardinality: Cardinality | None = None
    confidence: Share | None = None
    reviewer_agreement: Share | None = None
    author_id: Curies = ()
    author_label: Texts = ()
    reviewer_id: Curies = ()
    reviewer_label: Texts = ()
    creator_id: Curies = ()
    creator_label: Texts = ()
    review_date: Day | None = None
    license: Address | None = None
    mapping_source: Curie | None = None
    match_string: Texts = ()
    similarity_score: Share | None = None
    see_also: Addresses = ()
    issue_tracker_item: Curie | None = None
    record_id: Curie | None = None
    other: Text | None = None
    comment: Text | None = None

    @classmethod
    def columns(cls) -> list[str]:
        """The columns that a table may have: what is mapped first, how it was found after it, remarks last."""
        return [*_FIRST, *(name for name in cls.model_fields if name not in (*_FIRST, *_LAST)), *_LAST]

    @property
    def key(self) -> tuple[str | None, ...]:
        """What makes it this mapping: two rows with the same key say the same."""
        found = self.object_source if self.object_id == NO_TERM else None
        return self.subject_id, self.predicate_id, self.predicate_modifier, self.object_id, found

    def curies(self) -> dict[str, tuple[str, ...]]:
        """Column -> the CURIEs in it."""
        found = {name: getattr(self, name) for name in CURIE_COLUMNS}
        return {name: (value,) if isinstance(value, str) else value for name, value in found.items() if value}


_FIRST = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "predicate_modifier",
    "object_id",
    "object_label",
    "mapping_justification",
    "confidence",
)
_LAST = ("see_also", "issue_tracker_item", "other", "comment")

#: The columns that hold CURIEs, one or several.
CURIE_COLUMNS = (
    *("subject_id", "predicate_id", "object_id", "mapping_justification"),
    *("subject_source", "object_source", "mapping_tool_id", "mapping_source", "issue_tracker_item", "record_id"),
    *("author_id", "reviewer_id", "creator_id", "curation_rule"),
    *("subject_match_field", "object_match_field", "subject_preprocessing", "object_preprocessing"),
)


def _as_meant(decision: object) -> object:
    """A decision as a person types it: in whatever letters, with a blank behind it."""
    return decision.strip().lower() if isinstance(decision, str) else decision


class Candidate(Mapping):
    """A mapping that a program proposes; a curator fills ``decision``."""

    decision: Annotated[Literal["accept", "reject"] | None, BeforeValidator(_as_meant)] = None

    @classmethod
    def columns(cls) -> list[str]:
        return ["decision", *(name for name in super().columns() if name != "decision")]

    def reviewed(self) -> Mapping:
        """The mapping without the decision about it."""
        return Mapping.model_validate(self.model_dump(exclude={"decision"}))


class Extension(_Slots):
    """A column beyond SSSOM's own, declared as SSSOM wants it."""

    slot_name: Text
    property: Address | Curie | None = None
    type_hint: Address | Curie | None = None


class SetHead(_Shared):
    """What a set says of itself, above its table."""

    mapping_set_id: Address
    mapping_set_version: Text | None = None
    mapping_set_source: Addresses = ()
    mapping_set_title: Text | None = None
    mapping_set_description: Text | None = None
    mapping_set_confidence: Share | None = None
    license: Address
    sssom_version: Text | None = None
    creator_id: Curies = ()
    creator_label: Texts = ()
    see_also: Addresses = ()
    issue_tracker: Address | None = None
    other: Text | None = None
    comment: Text | None = None
    curie_map: dict[str, Address] = {}
    extension_definitions: tuple[Extension, ...] = ()

    def stated_once(self) -> dict[str, object]:
        """The slots that hold for every mapping of the set."""
        return {name: value for name in _Shared.model_fields if (value := getattr(self, name))}

    def expand(self, curie: str) -> str:
        """The IRI that a CURIE of the set writes; KeyError where its prefix is not declared.

        >>> head = SetHead(mapping_set_id="https://a.example/s", license="https://l.example/", curie_map={})
        >>> head.expand("skos:exactMatch")
        'http://www.w3.org/2004/02/skos/core#exactMatch'
        """
        prefix, _, local = curie.partition(":")
        return (BUILT_IN | self.curie_map)[prefix] + local

    def knows(self, curie: str) -> bool:
        """Whether the prefix of a CURIE is declared, or is one of SSSOM's own."""
        return prefix_of(curie) in BUILT_IN or prefix_of(curie) in self.curie_map
