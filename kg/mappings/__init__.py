"""Mapping sets: links to the terms of other ontologies, as SSSOM writes them in tables."""

from kg.mappings.reading import MappingSet, read_set
from kg.mappings.records import Candidate, Extension, Mapping, SetHead
from kg.mappings.sets import accepted_sets, rejected_sets
from kg.mappings.writing import as_text, write_set

__all__ = [
    "Candidate",
    "Extension",
    "Mapping",
    "MappingSet",
    "SetHead",
    "accepted_sets",
    "as_text",
    "read_set",
    "rejected_sets",
    "write_set",
]
