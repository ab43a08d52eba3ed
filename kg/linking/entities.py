"""Entities of XML: RDF/XML shortens namespaces by them, and a file made to fill the memory unfolds into much.

The parser of RDF/XML unfolds whatever stands in a file, so a file is looked through before: by a parser that knows
every declaration, and for what that one would not take for a declaration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from kg.errors import KgError

#: What an entity may stand for: an IRI or its beginning, no longer than any namespace is.
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|^`\\&]*")
_LONGEST = 200
_LONGEST_NAME = 100
#: All references together may unfold into so many letters, and two for each byte of the file.
_MOST = 50_000_000
_PIECE = 1 << 20
_TOLD = re.compile(rb"&[^#;&\s<>][^;&\s<>]{0,99};|<!ENTITY|<!(?i:DOCTYPE)")
#: What expat says of a file that ends too early.
_CUT_OFF = frozenset(
    expat.errors.codes[what]
    for what in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)
_WHAT = "declares XML entities that hold others, are no IRI, are long, or come from elsewhere"


def refuse_bombs(path: Path) -> None:
    """Refuse entities that are no IRI, come from elsewhere, or unfold into more than any ontology needs."""
    prologue = _Prologue(path)
    prologue.read()
    most = _MOST + 2 * path.stat().st_size
    unfolded = declared = 0
    for place, text in _told(path):
        if text.startswith(b"&"):
            unfolded += prologue.lengths.get(text[1:-1], 0)
        elif place >= prologue.end:
            prologue.refuse()
        else:
            declared += text == b"<!ENTITY"
    if declared != prologue.declared:  # one that is hidden in a comment or a quotation
        prologue.refuse()
    if unfolded > most:
        raise KgError(f"{path}: its XML entities unfold into more than {most:,} letters; give a part of it")


def refuse_a_part(path: Path) -> None:
    """Refuse XML that is cut off or broken: the parser of RDF/XML ends in silence where a file ends within a text."""
    try:
        with path.open("rb") as file:
            expat.ParserCreate().ParseFile(file)
    except expat.ExpatError as error:
        raise _not_xml(path, error) from error


def _not_xml(path: Path, error: expat.ExpatError) -> KgError:
    if error.code in _CUT_OFF:
        what = "it ends before its root element is closed, so a part is missing; fetch or save it again, whole"
    else:
        what = f"not RDF/XML ({expat.ErrorString(error.code)}); mend it, or save it anew as UTF-8"
    return KgError(f"{path}, line {error.lineno}: {what}")


class _AtTheRoot(Exception):
    """All that may declare an entity was read."""


@dataclass
class _Prologue:
    """What stands before the root element: the entities that are declared there, and where it ends."""

    path: Path
    lengths: dict[bytes, int] = field(default_factory=dict)
    declared: int = 0
    end: int = 0

    def read(self) -> None:
        """Read the file up to its root element; KgError where that is not XML, or declares what it may not."""
        self._parser = parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        parser.StartElementHandler = self._root
        try:
            with self.path.open("rb") as file:
                parser.ParseFile(file)
        except _AtTheRoot:
            return
        except expat.ExpatError as error:
            raise _not_xml(self.path, error) from error

    def refuse(self) -> NoReturn:
        raise KgError(f"{self.path}: it {_WHAT}; write out what they stand for")

    def _doctype(self, name: str, system: str | None, public: str | None, has_own: int) -> None:
        if system or public:
            self.refuse()

    def _entity(self, name: str, is_parameter: int, value: str | None, *_: object) -> None:
        written = name.encode()
        if is_parameter or value is None or not _IRI.fullmatch(value):
            self.refuse()
        if len(value) > _LONGEST or len(written) > _LONGEST_NAME:
            self.refuse()
        self.declared += 1
        self.lengths[written] = max(len(value), self.lengths.get(written, 0))

    def _root(self, *_: object) -> NoReturn:
        self.end = self._parser.CurrentByteIndex
        raise _AtTheRoot


def _told(path: Path) -> Iterator[tuple[int, bytes]]:
    """Each reference and each beginning of a declaration in a file, with its place."""
    start, text = 0, b""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            text += piece
            end = 0
            for match in _TOLD.finditer(text):
                yield start + match.start(), match[0]
                end = match.end()
            kept = max(end, len(text) - _LONGEST_NAME - 1)  # what may be cut in two
            start, text = start + kept, text[kept:]
