"""Terms from files in OWL's functional syntax, axiom by axiom.

py-horned-owl reads this syntax too, whole and into memory: 2 GB and 20 s for a file of 100 MB. Linking needs
four kinds of axioms, each of which can be read and forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from kg.errors import KgError
from kg.linking.rdf import DEPRECATED, TEXTS, is_english
from kg.linking.terms import Gathered, Kind

#: Comments are thrown away; a string that is still open at the end of a piece is read with the next piece.
_TOKEN = re.compile(
    r"""(?P<skip>\s+|\#[^\n]*\n)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<iri><[^<>\s"]*>)|(?P<mark>\^\^|[()=])"""
    r"""|(?P<name>[^\s()<>"=^\#]+)""",
    re.DOTALL,
)
_PIECE = 1 << 20
#: A token longer than this is no text of an ontology.
_LONGEST_TOKEN = 16 << 20
#: An axiom of more parts is read to its end, but tells nothing about names.
_LONGEST_AXIOM = 64
_DEEPEST = 10_000

_KINDS: dict[str, Kind] = {"Class": "owl class", "NamedIndividual": "owl named individual"}


def read_functional(path: Path, gathered: Gathered) -> None:
    """What a file in functional syntax says of terms; KgError with the line where it is none."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            reader = _Reader(gathered)
            for axiom in _axioms(_tokens(file, path), path):
                reader.take(axiom)
    except UnicodeDecodeError as error:
        raise KgError(f"{path}: not UTF-8 text (a letter from another encoding); save it as UTF-8") from error


# --- text to tokens to axioms ----------------------------------------------------------------


def _tokens(file: TextIO, path: Path) -> Iterator[str]:
    rest, line = "", 1
    while piece := file.read(_PIECE):
        text = rest + piece
        done = 0
        for match in _TOKEN.finditer(text):
            # What ends where the piece ends may go on in the next one.
            if match.start() != done or match.end() == len(text):
                break
            done = match.end()
            if match.lastgroup != "skip":
                yield match.group()
        line += text.count("\n", 0, done)
        rest = text[done:]
        if len(rest) > _LONGEST_TOKEN:
            raise _broken(path, line, "a quotation mark that opens a text is never closed")
    for match in _TOKEN.finditer(rest + "\n"):
        if match.lastgroup != "skip":
            yield match.group()


def _axioms(tokens: Iterable[str], path: Path) -> Iterator[list[str]]:
    """The expressions directly inside ``Ontology(…)``, and the prefixes before it, as their tokens."""
    axiom: list[str] = []
    depth = floor = 0
    for part in tokens:
        if part == "Ontology" and depth == 0:
            floor = 1
            axiom = []
        elif len(axiom) < _LONGEST_AXIOM:
            axiom.append(part)
        if part == "(":
            depth += 1
            if depth == floor == 1:
                axiom = []
        elif part == ")":
            depth -= 1
            if depth == floor:
                yield axiom
                axiom = []
        if not 0 <= depth <= _DEEPEST:
            raise _broken(path, 0, "brackets that close nothing, or never close")
    if depth or not floor:
        raise _broken(path, 0, "it ends before its brackets are closed")


def _broken(path: Path, line: int, what: str) -> KgError:
    place = f"{path}, line {line}" if line else str(path)
    return KgError(f"{place}: not OWL functional syntax ({what}); get the whole file")


# --- axioms to terms -------------------------------------------------------------------------


class _Reader:
    def __init__(self, gathered: Gathered) -> None:
        self.gathered = gathered
        self.prefixes: dict[str, str] = {}

    def take(self, axiom: list[str]) -> None:
        """What one axiom says; anything that linking does not need is passed over."""
        # The ontology's own IRI and version stand before its first axiom.
        while axiom and axiom[0].startswith("<"):
            if self.gathered.iri is None:
                self.gathered.iri = axiom[0][1:-1]
            else:
                self.gathered.version = axiom[0][1:-1]
            axiom = axiom[1:]
        match _without_annotations(axiom):
            case ["Prefix", "(", name, "=", iri, ")"]:
                self.prefixes[name.removesuffix(":")] = iri[1:-1]
            case ["Declaration", "(", kind, "(", name, ")", ")"] if kind in _KINDS:
                self.gathered.kind(self._iri(name), _KINDS[kind])
            case ["SubClassOf", "(", child, parent, ")"]:
                self.gathered.parent(self._iri(child), self._iri(parent))
            case ["AnnotationAssertion", "(", property, subject, text, *rest] if text.startswith('"'):
                self._take_text(self._iri(property), self._iri(subject), _unquoted(text), rest)

    def _take_text(self, property: str, subject: str, text: str, rest: list[str]) -> None:
        language = rest[0][1:] if rest and rest[0].startswith("@") else None
        tell = TEXTS.get(property)
        if tell and is_english(language):
            tell(self.gathered, subject, text)
        elif property == DEPRECATED and text in ("true", "1"):
            self.gathered.obsolete(subject)

    def _iri(self, name: str) -> str:
        if name.startswith("<"):
            return name[1:-1]
        prefix, _, local = name.partition(":")
        return self.prefixes.get(prefix, f"{prefix}:") + local


def _without_annotations(axiom: list[str]) -> list[str]:
    """The axiom without the annotations that stand before what it says."""
    while len(axiom) > 3 and axiom[2] == "Annotation":
        depth = 0
        for index in range(3, len(axiom)):
            depth += {"(": 1, ")": -1}.get(axiom[index], 0)
            if depth == 0:
                axiom = [*axiom[:2], *axiom[index + 1 :]]
                break
        else:
            return []
    return axiom


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
