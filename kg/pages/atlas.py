"""The atlas: every page and file of the explorer, as functions of a path, a query and a store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from kg.errors import KgError, UnknownName
from kg.export.tables import ROW_FORMATS, separated
from kg.names import BASE, KINDS, PLAIN, PREFIXES
from kg.pages import (
    conflicts,
    constructs,
    datasets,
    described,
    elsewhere,
    errors,
    findings,
    gap_map,
    graphs,
    home,
    individuals,
    lists,
    measures,
    network,
    ontology,
    pair_figures,
    pairs,
    propositions,
    questions,
    searching,
    sparql,
    studies,
    theory,
    therapies,
)
from kg.pages.addresses import Href, pair_path, served
from kg.pages.frame import Still, framed
from kg.pages.leaves import PAGE
from kg.pages.library import GROWING, Library
from kg.pages.model import Content, File, Page
from kg.store import Rows, Store, Stream

Query = Mapping[str, str]
#: Path -> what builds the page there.
_FIXED: dict[str, Callable[[Library, Query], Content]] = {
    "/": home.content,
    "/search": searching.content,
    "/gaps": gap_map.content,
    "/network": network.content,
    "/theory": theory.content,
    "/conflicts": conflicts.content,
    "/questions": questions.contents,
    "/sparql": sparql.content,
    "/ontology": ontology.contents,
    "/mappings": elsewhere.contents,
}
#: Path -> the parameters that are read there.
_READ: dict[str, tuple[str, ...]] = {
    "/search": searching.READS,
    "/gaps": gap_map.READS,
    "/network": network.READS,
    network.FREE_FORM: network.READS,
    "/theory": theory.READS,
    "/conflicts": conflicts.READS,
    "/sparql": sparql.READS,
    **{f"/{kind}": (PAGE,) for kind in lists.LISTED},
    "/finding": lists.FINDINGS_READ,
}
#: Kind of individual -> what builds the page of one, from its IRI.
_KINDS: dict[str, Callable[[Library, str, Query], Content]] = {
    "construct": constructs.content,
    "measure": measures.content,
    "study": studies.content,
    "finding": findings.content,
    "proposition": propositions.content,
    "therapy": therapies.content,
    "dataset": datasets.content,
}
#: Kinds with more things than this have their lists, and pages that are made when asked for.
_MOST_PAGES = 20_000
#: What each ending of a path gives.
FILES = _CSV, _SVG = ".csv", ".svg"
_CSV_TYPE = "text/csv; charset=utf-8"


class Atlas:
    """The pages of a store, or of another atlas's library. ``href`` makes every link; a site of files has its own
    and says what is ``still``.
    """

    def __init__(self, store: Store, href: Href | None = None, still: Still | None = None) -> None:
        self._library = store if isinstance(store, Library) else Library(store)
        self._href = href or served()
        self._still = still

    @property
    def library(self) -> Library:
        """What pages know of the store, which is asked anew from time to time where it may change."""
        if self._library.is_stale:
            self._library = self._library.renewed()
        return self._library

    def page(self, path: str, query: Query | None = None) -> Page:
        """The page at a path. What is wrong with path or query is told in a page too, with its status."""
        try:
            return self.drawn(self.content(path, query or {}))
        except KgError as error:
            return self.refusal(error, path)

    def file(self, path: str, query: Query | None = None) -> File | None:
        """The ``.csv``, ``.svg``, ``.ttl`` or ``.jsonld`` of a page; None where there is none. Raises what ``content``
        raises.
        """
        if path == network.FREE_FORM:
            return File("text/html; charset=utf-8", network.free_form(self.library, query or {}).encode())
        for ending in (_CSV, _SVG, *described.FORMS):
            if path.endswith(ending):
                return self.beside(self.content(path.removesuffix(ending), query or {}), ending)
        return None

    def beside(self, content: Content, ending: str) -> File | None:
        """The file of that ending beside what stands on a page; None where there is none."""
        if ending in described.FORMS:
            return self._described(content, ending)
        return _table(content) if ending == _CSV else _figure(content)

    def _described(self, content: Content, ending: str) -> File | None:
        """What the rows of a page name, as RDF."""
        if content.rows is None or not described.named(content.rows):
            return None
        return File(described.FORMS[ending][1], described.described(self.library, content.rows, ending))

    def content(self, path: str, query: Query) -> Content:
        """What stands on the page at a path. UnknownName where there is no such page, BadQuestion for a bad query."""
        if path in _FIXED:
            return _FIXED[path](self.library, query)
        parts = path.strip("/").split("/")
        match parts:
            case ["pair", one, other]:
                return pairs.content(self.library, one, other, query)
            case ["questions", name]:
                return questions.content(self.library, name, query)
            case ["ontology", *_]:
                return ontology.content(self.library, f"{BASE}{'/'.join(parts)}")
            case [kind] if kind in lists.LISTED:
                return lists.content(self.library, kind, query)
        return self._thing(path, query)

    def read_of(self, path: str, query: Query) -> dict[str, str]:
        """What the page at a path reads of a query; whatever else stands in its address is nothing to it."""
        return {name: value for name in _read_at(path) if (value := query.get(name))}

    def sparql_page(self, text: str, rows: Rows | None = None, error: str = "") -> Page:
        """The SPARQL page with a query and what it gave: rows, or why there are none."""
        return self.drawn(sparql.answered(self.library, text, rows, error))

    def refusal(self, error: KgError, path: str) -> Page:
        """What ``file`` raised, as a page."""
        return self.drawn(errors.content(error, path))

    def error_page(self, status: int, message: str, path: str = "") -> Page:
        """A page that tells what went wrong."""
        return self.drawn(errors.told(status, message, path))

    def crowded(self) -> dict[str, int]:
        """Kind -> how many there are, of those with too many things to make a page of each beforehand."""
        return {kind: count for kind in GROWING if (count := self.library.count_of_kind(kind)) > _MOST_PAGES}

    def paths(self) -> tuple[str, ...]:
        """The paths of all pages, without a query and but for things of crowded kinds: what a site of files holds."""
        fixed = [*_FIXED, *(f"/{kind}" for kind in lists.LISTED)]
        asked = [f"/questions/{each.name}" for each in questions.every()]
        kinds = [kind for kind in KINDS if kind not in self.crowded()]
        individuals = [f"/{kind}/{iri.rsplit('/', 1)[1]}" for kind in kinds for iri in self.library.ever_of_kind(kind)]
        terms = [f"/ontology/{iri.rsplit('/', 1)[1]}" for iri in ontology.terms(self.library)]
        joined = sorted({pair_path(*pair) for pair in gap_map.pairs(self.library) | pairs.linked(self.library)})
        return tuple(dict.fromkeys([*fixed, *asked, *individuals, *terms, *joined]))

    def warm(self) -> None:
        """Ask beforehand what takes long, so that the first reader does not wait."""
        for path in ("/", "/gaps", "/conflicts", "/network", "/theory"):
            self.page(path)
        pair_figures.prepare()

    def _thing(self, path: str, query: Query) -> Content:
        kind, _, slug = path.strip("/").partition("/")
        return self._individual(kind, slug, query) if kind in KINDS and slug else self._anything(path, query)

    def _individual(self, kind: str, slug: str, query: Query) -> Content:
        iri = self.library.known(kind, slug)
        if iri is None:
            return self._nameless(kind, slug, query)
        if kind in _KINDS and iri not in self.library.obsolete:
            return _KINDS[kind](self.library, iri, query)
        return individuals.content(self.library, iri, query)

    def _nameless(self, kind: str, slug: str, query: Query) -> Content:
        """The page of what has no name of its own, such as the part of a sample."""
        try:
            return self._anything(f"/{kind}/{slug}", query)
        except UnknownName:
            raise errors.unknown(self.library, kind, slug) from None

    def _anything(self, path: str, query: Query) -> Content:
        """The page of any other IRI of ours of which the graph says something: a cell, a mapping, a named graph."""
        local = path.strip("/")
        if PLAIN.fullmatch(local):
            iri = BASE + local
            if iri.startswith(PREFIXES["graph"]) and (found := graphs.content(self.library, iri)):
                return found
            if self.library.stated(iri).values:
                return individuals.content(self.library, iri, query)
        raise UnknownName(f"there is no page {path}")

    def drawn(self, content: Content) -> Page:
        """A page of the atlas from what stands on it."""
        return framed(content, self.library, self._href, self._still)


def _read_at(path: str) -> tuple[str, ...]:
    """The names of the parameters that the page at a path, or the file beside it, reads."""
    for ending in FILES:
        path = path.removesuffix(ending)
    match path.strip("/").split("/"):
        case ["pair", _, _]:
            return pairs.READS
        case ["questions", name]:
            return questions.read_by(name)
        case _:
            return _READ.get(path, ())


def _table(content: Content) -> File | None:
    if content.rows is None:
        return None
    if content.streamed:
        return File(_CSV_TYPE, b"", partial(_parts, content.streamed))
    return File(_CSV_TYPE, ROW_FORMATS["csv"](content.rows).encode())


def _parts(streamed: Callable[[], Stream]) -> Iterator[bytes]:
    """All rows of a long list as CSV, part by part."""
    stream = streamed()
    return (part.encode() for part in separated(stream.columns, stream.values, "csv"))


def _figure(content: Content) -> File | None:
    return File("image/svg+xml", content.figure().encode()) if content.figure else None
