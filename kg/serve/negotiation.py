"""Negotiation: which of the forms we have a client would rather read (RFC 9110, section 12.5)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kg.serve.refusals import Refusal

#: An Accept header longer than this is no browser's and no library's.
MOST_LETTERS = 4096


@dataclass(frozen=True)
class Form:
    """A form in which something is handed out: its suffix and its media type."""

    suffix: str
    media_type: str

    @property
    def content_type(self) -> str:
        """The media type as a header tells it, with the encoding where the type leaves it open."""
        return self.media_type + ("; charset=utf-8" if self.media_type.startswith("text/") else "")


HTML = Form("html", "text/html")
TURTLE = Form("ttl", "text/turtle")
JSON_LD = Form("jsonld", "application/ld+json")
RDF_XML = Form("rdf", "application/rdf+xml")
N_TRIPLES = Form("nt", "application/n-triples")

#: Forms of graphs and of rows. The first is for those who take anything.
GRAPH_FORMS = (TURTLE, JSON_LD, RDF_XML, N_TRIPLES)
ROW_FORMS = (
    Form("json", "application/sparql-results+json"),
    Form("xml", "application/sparql-results+xml"),
    Form("csv", "text/csv"),
    Form("tsv", "text/tab-separated-values"),
    Form("json", "application/json"),
    Form("xml", "application/xml"),
)

_ELEMENT = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*+")++')
_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_RANGE = re.compile(rf"({_NAME})/({_NAME})")
_WEIGHT = re.compile(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?")
_PARAMETER = re.compile(r';(?:[^;"]|"(?:[^"\\]|\\.)*+")*+')


@dataclass(frozen=True)
class _Range:
    kind: str
    subtype: str
    weight: float

    def nearness(self, media_type: str) -> int:
        """How closely it names the media type: 3 fully, 2 its kind, 1 anything; 0 it does not."""
        kind, _, subtype = media_type.partition("/")
        if (self.kind, self.subtype) == ("*", "*"):
            return 1
        if self.kind != kind:
            return 0
        return 3 if self.subtype == subtype else 2 * (self.subtype == "*")


def choose(accept: str | None, offered: Sequence[Form]) -> Form | None:
    """The form that ``accept`` would rather have; among equals the one offered first. None where it takes none of them.

    >>> choose("application/ld+json;q=0.5, text/*", GRAPH_FORMS).suffix
    'ttl'
    """
    if accept is None or not accept.strip():
        return offered[0]
    ranges = _read(accept)
    weighed = [(_weight(ranges, form.media_type), form) for form in offered]
    heaviest = max(weight for weight, _ in weighed)
    return next(form for weight, form in weighed if weight == heaviest) if heaviest > 0 else None


def chosen(accept: str | None, offered: Sequence[Form]) -> Form:
    """As ``choose``, but a Refusal (406) that names what there is where the client takes none of it."""
    form = choose(accept, offered)
    if form is None:
        listed = ", ".join(each.media_type for each in offered)
        raise Refusal(406, f"none of the types in Accept can be had here; ask for one of {listed}", {"Vary": "Accept"})
    return form


def _weight(ranges: Sequence[_Range], media_type: str) -> float:
    """The weight of the range that names the media type most closely; of two alike, the heavier."""
    fitting = [(each.nearness(media_type), each.weight) for each in ranges if each.nearness(media_type)]
    return max(fitting, default=(0, 0.0))[1]


def _read(accept: str) -> list[_Range]:
    """The media ranges of a header. What is malformed is passed over, as the standard's parsers do."""
    if len(accept) > MOST_LETTERS:
        raise Refusal(400, f"the Accept header is longer than {MOST_LETTERS} letters; name the types you read")
    ranges = (_range(element.strip()) for element in _ELEMENT.findall(accept))
    return [each for each in ranges if each]


def _range(element: str) -> _Range | None:
    name, *_ = element.partition(";")
    named = _RANGE.fullmatch(name.strip())
    if not named or (named[1] == "*" and named[2] != "*"):
        return None
    parameters = (each[1:].partition("=") for each in _PARAMETER.findall(element))
    weights = [value.strip() for key, _, value in parameters if key.strip().lower() == "q"]
    if not all(_WEIGHT.fullmatch(weight) for weight in weights):
        return None
    return _Range(named[1].lower(), named[2].lower(), float(weights[0]) if weights else 1.0)
