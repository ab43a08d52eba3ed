"""Terms from OBO files, frame by frame, by fastobo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kg.errors import KgError, MissingPart
from kg.linking.terms import Gathered

_OBO = "http://purl.obolibrary.org/obo/"


def read_obo(path: Path, gathered: Gathered) -> None:
    """What an OBO file says of terms; KgError with the line where it is not OBO."""
    try:
        import fastobo
    except ImportError as error:
        raise MissingPart("reading OBO files needs fastobo; pip install 'compassion-attachment-kg[link]'") from error
    try:
        with path.open("rb") as file:
            frames = fastobo.iter(file, threads=1)
            _take_header(gathered, frames.header())
            for frame in frames:
                if isinstance(frame, fastobo.term.TermFrame):
                    _take(gathered, iri_of(str(frame.id)), frame)
    except (SyntaxError, ValueError, OSError) as error:  # fastobo calls a letter from another encoding an OSError
        if getattr(error, "errno", None):
            raise
        line = getattr(error, "lineno", None)
        reason = " ".join(str(getattr(error, "msg", None) or error).split())[:200]
        place = f"{path}, line {line}" if line else str(path)
        raise KgError(f"{place}: not OBO ({reason}); mend it, or save it anew as UTF-8") from error


def iri_of(identifier: str) -> str:
    """The IRI that an OBO identifier stands for.

    >>> iri_of("MFOEM:000026")
    'http://purl.obolibrary.org/obo/MFOEM_000026'
    """
    return identifier if "://" in identifier else _OBO + identifier.replace(":", "_", 1)


def _take_header(gathered: Gathered, header: Any) -> None:
    for clause in header:
        if clause.raw_tag() == "ontology":
            gathered.iri = f"{_OBO}{clause.raw_value()}.owl"
        elif clause.raw_tag() == "data-version":
            gathered.version = clause.raw_value()


def _take(gathered: Gathered, iri: str, frame: Any) -> None:
    gathered.kind(iri, "owl class")
    for clause in frame:
        match clause.raw_tag():
            case "name":
                gathered.label(iri, clause.name)
            case "synonym":
                gathered.synonym(iri, clause.synonym.desc)
            case "def":
                gathered.definition(iri, clause.definition)
            case "is_a":
                gathered.parent(iri, iri_of(clause.raw_value()))
            case "is_obsolete" if clause.raw_value() == "true":
                gathered.obsolete(iri)
            case "comment":
                gathered.remark(iri, clause.raw_value())
