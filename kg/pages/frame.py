"""What every page says of itself: its address, its data, the questions behind it, its version and how to cite it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.names import BASE
from kg.pages.addresses import Href, served
from kg.pages.described import named
from kg.pages.leaves import PAGE
from kg.pages.library import Library, query_of, question
from kg.pages.model import Behind, Content, Link, Mark, Outside, Page, Written
from kg.pages.rendering import cut, rendered
from kg.resources import software_version

SITE = "Compassion × attachment"
_MENU = (
    Link("Gap map", "/gaps"),
    Link("Network", "/network"),
    Link("Theory", "/theory"),
    Link("Conflicts", "/conflicts"),
    Link("Questions", "/questions"),
    Link("SPARQL", "/sparql"),
)
_EVERYTHING = (
    Link("Home", "/"),
    Link("Constructs", "/construct"),
    Link("Measures", "/measure"),
    Link("Studies", "/study"),
    Link("Findings", "/finding"),
    Link("Claims of theory", "/proposition"),
    Link("Therapies", "/therapy"),
    Link("Published syntheses", "/pooled-estimate"),
    Link("Publications", "/publication"),
    Link("Datasets and method", "/dataset"),
    Link("Ontology", "/ontology"),
    Link("Links to other ontologies", "/mappings"),
)
#: The forms that a page's data come in, and the media type of each.
_TYPES = {
    "CSV": "text/csv",
    "SVG": "image/svg+xml",
    "Turtle": "text/turtle",
    "JSON-LD": "application/ld+json",
}


@dataclass(frozen=True)
class _Asked:
    """A query behind a page, as it is told there; ``name`` is that of its question, if it has one."""

    title: str
    sparql: str
    name: str = ""
    question: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    afterwards: str = ""


@dataclass(frozen=True)
class Still:
    """That pages are files: the policy that a header would tell, and whether SPARQL runs in the reader's browser."""

    policy: str
    asks: bool


def framed(content: Content, library: Library, href: Href, still: Still | None = None) -> Page:
    """A page with all that is around it; ``still`` where it is to be a file."""
    files = _files(content)
    words = {
        "site": SITE,
        "still": still,
        "menu": _MENU,
        "everything": _EVERYTHING,
        "files": files,
        "types": _TYPES,
        "alternates": [(_TYPES[name], path, query) for name, path, query in files if name in ("Turtle", "JSON-LD")],
        "canonical": served(BASE.rstrip("/"))(content.path, content.query),
        "behinds": [_asked(each) for each in content.behind],
        "version": software_version(),
        "date": library.date if content.status < 500 else "",
        "summary": _plain(content.lead) or content.title,
    }
    title = cut(content.title)
    return Page(content.status, title, rendered(content, href, words))


def _files(content: Content) -> list[tuple[str, str, Mapping[str, str]]]:
    """The files beside a page: name of the form, path and query. A CSV has the rows of all pages of a list; so has
    any other form, but where a list is too long for that.
    """
    whole = {name: value for name, value in content.query.items() if name != PAGE}
    found: list[tuple[str, str, Mapping[str, str]]] = []
    if content.rows is not None:
        found.append(("CSV", f"{content.path}.csv", whole))
    if content.figure:
        found.append(("SVG", f"{content.path}.svg", whole))
    if content.iri or (content.rows is not None and named(content.rows)):
        path = "/" + content.iri.removeprefix(BASE) if content.iri else content.path
        query = content.query if content.streamed else whole
        found += [("Turtle", f"{path}.ttl", query), ("JSON-LD", f"{path}.jsonld", query)]
    return found


def _asked(behind: Behind | Written) -> _Asked:
    if isinstance(behind, Written):
        return _Asked(behind.title, query_of(behind))
    asked = question(behind.question)
    return _Asked(asked.title, query_of(behind), asked.name, asked.question, behind.words, behind.afterwards)


def _plain(part: object) -> str:
    """The words of a text without its links."""
    match part:
        case None:
            return ""
        case str() | int():
            return str(part)
        case Link() | Outside() | Mark():
            return part.text
        case tuple() | list():
            return "".join(map(_plain, part))
    return ""
