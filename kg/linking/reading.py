"""An ontology file of whatever kind to its terms; what is none is refused with one clear message."""

from __future__ import annotations

import re
from pathlib import Path

from kg.errors import KgError
from kg.linking.functional import read_functional
from kg.linking.obo import read_obo
from kg.linking.rdf import read_rdf
from kg.linking.terms import Gathered, Ontology

#: A file of more bytes is no ontology that anybody links by hand.
_LARGEST = 1 << 30
_HEAD = 64_000

#: How a file starts -> what it is, where it is nothing that can be read.
_STRANGERS = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a ZIP archive or an office document",
    b"\x1f\x8b": "packed with gzip",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
    b"BZh": "packed with bzip2",
    b"\xfd7zXZ": "packed with xz",
}


def read_ontology(path: Path) -> Ontology:
    """The terms of the ontology at ``path``; KgError where it is none, or none with names."""
    head = _head(path)
    gathered = Gathered()
    try:
        _read(path, head, gathered)
    except KgError as error:
        raise error if str(path) in str(error) else KgError(f"{path}: {error}") from error
    ontology = gathered.ontology()
    if not ontology.terms:
        what = "every term in it is obsolete" if ontology.obsolete else "it names no class and no concept in English"
        raise KgError(f"{path}: {what}; give an OWL, OBO or SKOS file that has terms with labels")
    return ontology


def _head(path: Path) -> bytes:
    size = path.stat().st_size
    if size > _LARGEST:
        raise KgError(f"{path}: larger than {_LARGEST >> 30} GiB; give a part of it, such as one branch")
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for start, what in _STRANGERS.items():
        if head.startswith(start):
            raise KgError(f"{path}: {what}, not an ontology; give OWL, OBO or SKOS as UTF-8 text")
    if not head.strip():
        raise KgError(f"{path}: the file is empty; give an OWL, OBO or SKOS file")
    if b"\0" in head:
        raise KgError(f"{path}: not text (it holds NUL bytes); give OWL, OBO or SKOS as UTF-8 text")
    return head.removeprefix(b"\xef\xbb\xbf")


def _read(path: Path, head: bytes, gathered: Gathered) -> None:
    start = head.lstrip()
    if start.startswith(b"<") and _root(start):
        _refuse_other_xml(path, start)
        read_rdf(path, xml=True, gathered=gathered)
    elif path.suffix.lower() == ".obo" or re.search(rb"^(format-version:|\[Term\])", head, re.MULTILINE):
        read_obo(path, gathered)
    elif re.search(rb"^\s*(Prefix\s*\(|Ontology\s*\()", head, re.MULTILINE):
        read_functional(path, gathered)
    else:
        read_rdf(path, xml=False, gathered=gathered)


def _root(start: bytes) -> bytes:
    """The name of the outermost XML element; nothing where the text is not XML."""
    found = re.search(rb"<([A-Za-z_][\w.:-]*)[\s>/]", start)
    is_xml = start.startswith((b"<?xml", b"<!")) or (found and b"xmlns" in start[: found.end() + 2_000])
    return found[1] if found and is_xml else b""


def _refuse_other_xml(path: Path, start: bytes) -> None:
    declared = re.match(rb"<\?xml[^>]*encoding\s*=\s*[\"']([\w-]+)", start)
    if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
        raise KgError(f"{path}: its encoding is {declared[1].decode()}; save it as UTF-8, and say so in its first line")
    root = _root(start).decode("ascii", "replace")
    if root.rsplit(":", 1)[-1] == "Ontology":
        raise KgError(f"{path}: OWL/XML is not read here; save it as RDF/XML, functional syntax or Turtle")
    if root.rsplit(":", 1)[-1] != "RDF":
        raise KgError(f"{path}: XML that is no RDF (its root is <{root}>); give OWL, OBO or SKOS")
