"""N-Triples as text, line by line: for what is said so often that objects of an RDF library would cost more than it."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from kg.names import PREFIXES, expand

#: What stands in a literal of N-Triples for what cannot, in the order in which it is replaced.
ESCAPES = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"))
_DATATYPES = {kind: f'"^^<{PREFIXES["xsd"]}{name}>' for kind, name in ((int, "integer"), (float, "double"))}


@cache
def named(curie: str) -> str:
    """A CURIE with a known prefix, as it stands in a line.

    >>> named("owl:Class")
    '<http://www.w3.org/2002/07/owl#Class>'
    """
    return f"<{expand(curie)}>"


def full(iri: str) -> str:
    """An IRI, as it stands in a line."""
    return f"<{iri}>"


def text(words: str, language: str = "") -> str:
    """Words as a literal.

    >>> text("so-called", "en")
    '"so-called"@en'
    """
    return f'"{escaped(words)}"' + (f"@{language}" if language else "")


def number(value: float) -> str:
    """A whole number, or one of double precision, as a literal.

    >>> number(0.25)
    '"0.25"^^<http://www.w3.org/2001/XMLSchema#double>'
    """
    return f'"{plain(value)}{_DATATYPES[type(value)]}'


def plain(value: float) -> str:
    """The shortest digits that mean a number, as a store writes it: no exponent, no point that nothing follows.

    >>> plain(2.0), plain(1e-05)
    ('2', '0.00001')
    """
    written = repr(value)
    return f"{Decimal(written):f}" if "e" in written else written.removesuffix(".0")


def line(subject: str, predicate: str, object: str) -> str:
    """A triple of terms as they stand in lines."""
    return f"{subject} {predicate} {object} .\n"


def escaped(words: str) -> str:
    """Text as it stands within the quotes of a literal."""
    for plain, written in ESCAPES:
        words = words.replace(plain, written)
    return words
