"""Terms from RDF files (RDF/XML, Turtle, N-Triples) of any size: triples come one by one and are forgotten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox

from kg.errors import KgError
from kg.linking.entities import refuse_a_part, refuse_bombs
from kg.linking.terms import Gathered, Kind

_OWL = "http://www.w3.org/2002/07/owl#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_OBO = "http://purl.obolibrary.org/obo/"
_OBO_IN_OWL = "http://www.geneontology.org/formats/oboInOwl#"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

_KINDS: dict[str, Kind] = {
    _OWL + "Class": "owl class",
    _RDFS + "Class": "owl class",
    _OWL + "NamedIndividual": "owl named individual",
    _SKOS + "Concept": "skos concept",
}

_SYNONYMS = (
    *(_SKOS + name for name in ("altLabel", "hiddenLabel")),
    *(_OBO_IN_OWL + f"has{how}Synonym" for how in ("Exact", "Related", "Narrow", "Broad")),
    *(_OBO + name for name in ("IAO_0000111", "IAO_0000118")),  # editor preferred term, alternative term
)
_DEFINITIONS = (_OBO + "IAO_0000115", _SKOS + "definition")
_REMARKS = (_RDFS + "comment", "http://purl.org/dc/terms/description", "http://purl.org/dc/elements/1.1/description")

#: What a text property tells of a term; also other formats name their annotations by these IRIs.
TEXTS: dict[str, Callable[[Gathered, str, str], None]] = {
    _RDFS + "label": Gathered.label,
    _SKOS + "prefLabel": lambda gathered, iri, text: gathered.label(iri, text, preferred=True),
    **dict.fromkeys(_SYNONYMS, Gathered.synonym),
    **dict.fromkeys(_DEFINITIONS, Gathered.definition),
    **dict.fromkeys(_REMARKS, Gathered.remark),
}
DEPRECATED = _OWL + "deprecated"
_PARENTS = (_RDFS + "subClassOf", _SKOS + "broader")
#: Term replaced by, and the class under which OBO ontologies keep what is gone.
_REPLACED = _OBO + "IAO_0100001"
_GRAVEYARD = _OBO_IN_OWL + "ObsoleteClass"


def read_rdf(path: Path, xml: bool, gathered: Gathered) -> None:
    """What an RDF file says of terms; KgError with the line where it is not what it claims to be."""
    if xml:
        refuse_bombs(path)
    format = ox.RdfFormat.RDF_XML if xml else ox.RdfFormat.TURTLE
    try:
        for triple in ox.parse(path=str(path), format=format, base_iri="https://relative.invalid/"):
            if isinstance(triple.subject, ox.NamedNode):
                _take(gathered, triple.subject.value, triple.predicate.value, triple.object)
    except SyntaxError as error:
        place = f", line {error.lineno}" if error.lineno else ""
        kind = "RDF/XML" if xml else "Turtle, nor any other format known here"
        reason = " ".join(str(error.msg).split())[:200]
        raise KgError(f"{path}{place}: not {kind} ({reason}); mend it, or save it anew as UTF-8") from error
    if xml:
        refuse_a_part(path)


def is_english(language: str | None) -> bool:
    """Whether a text is English, or does not say what it is."""
    return not language or language.lower().split("-")[0] == "en"


def _take(gathered: Gathered, subject: str, predicate: str, object: object) -> None:
    if isinstance(object, ox.Literal):
        tell = TEXTS.get(predicate)
        if tell and is_english(object.language):
            tell(gathered, subject, object.value)
        elif predicate == DEPRECATED and object.value in ("true", "1"):
            gathered.obsolete(subject)
    elif isinstance(object, ox.NamedNode):
        _take_link(gathered, subject, predicate, object.value)


def _take_link(gathered: Gathered, subject: str, predicate: str, object: str) -> None:
    if predicate == _TYPE:
        if kind := _KINDS.get(object):
            gathered.kind(subject, kind)
        elif object == _OWL + "Ontology":
            gathered.iri = gathered.iri or subject
    elif predicate in _PARENTS:
        gathered.parent(subject, object)
        if object == _GRAVEYARD:
            gathered.obsolete(subject)
    elif predicate == _SKOS + "narrower":
        gathered.parent(object, subject)
    elif predicate == _REPLACED:
        gathered.obsolete(subject)
    elif predicate == _OWL + "versionIRI":
        gathered.version = object
