"""Where a page or file lies in a site, and how one links to another: relatively, wherever the site stands."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from kg.pages.library import question

#: Pages -> the choices on them that links name and that have few answers: each answer is a page of its own.
_CHOICES = {"/network": ("around", "pair"), "/theory": ("verdict",), "/conflicts": ("pair",)}
#: What says which part of a long list is meant.
_PAGE = "page"
#: Kinds without a list of their own -> the list on which one finds them.
_LISTS = {"sample": "study", "arithmetic-check": "finding", "pooled": "gaps"}
#: Pages whose query a script in the reader's browser reads.
_READ_BY_SCRIPTS = ("/search", "/sparql")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]*")
FILES = (".csv", ".svg", ".ttl", ".jsonld", ".rdf", ".nt", ".nq", ".css", ".js")


@dataclass(frozen=True)
class Address:
    """A page or file of the site: its path, the one choice made on it, and which page of a list it is, if any."""

    path: str
    name: str = ""
    value: str = ""
    page: str = ""

    @property
    def ending(self) -> str:
        """What the name of a file ends with; nothing for a page."""
        return next((each for each in FILES if self.path.endswith(each)), "")

    @property
    def query(self) -> dict[str, str]:
        """The choice, as the served atlas is asked for it."""
        chosen = {self.name: self.value} if self.name else {}
        return {**chosen, _PAGE: self.page} if self.page else chosen

    @property
    def file(self) -> str:
        """The file that holds it, from the root of the site."""
        stem = self.path.removesuffix(self.ending).strip("/")
        chosen = posixpath.join(stem, *(f"{name}={value}" for name, value in self.query.items()))
        return f"{chosen}{self.ending}" if self.ending else posixpath.join(chosen, "index.html")

    def is_beside(self, page: Address) -> bool:
        """Whether it is a file that tells what the page tells."""
        return bool(self.ending) and (self.path.removesuffix(self.ending), self.query) == (page.path, page.query)


def address(path: str, query: Mapping[str, str]) -> Address:
    """The address that answers a link: with the choice it names where such pages are frozen, else as it stands first.

    >>> address("/theory", {"verdict": "mixed"}).file, address("/finding.csv", {"direction": "none"}).file
    ('theory/verdict=mixed/index.html', 'finding.csv')
    """
    plain = Address(path)
    known = _CHOICES.get(path.removesuffix(plain.ending), ())
    page = query.get(_PAGE, "")
    if not page.isdecimal() and page:
        return plain
    match tuple((name, value) for name, value in query.items() if name != _PAGE):
        case ():
            return Address(path, page=page)
        case ((choice, value),) if choice in known and _PLAIN.fullmatch(value):
            return Address(path, choice, value, page)
    return plain


class Links:
    """Makes the links of the page that is being written, ``here``, and remembers what they lead to, in ``wanted``.

    Of the pairs only those that were ``studied`` have a page, since making one takes long; the others lead to the gap
    map, which tells the kind of gap. Of kinds with too many things to have a page each, all lead to their list.
    """

    def __init__(self) -> None:
        self.here = Address("/")
        self.studied: frozenset[str] = frozenset()
        self.left_out: frozenset[str] = frozenset()
        self.wanted: dict[Address, None] = {}

    def __call__(self, path: str, query: Mapping[str, str]) -> str:
        there = address(path, query)
        if path.startswith("/pair/") and path.removesuffix(there.ending) not in self.studied:
            there = Address("/gaps")
        kind, _, slug = path.strip("/").partition("/")
        if slug and kind in self.left_out:
            there = Address(f"/{_LISTS.get(kind, kind)}")
        self.wanted[there] = None
        asked = urlencode(_for_scripts(query)) if path in _READ_BY_SCRIPTS else ""
        return relative(self.here, there) + (f"?{asked}" if asked else "")


def relative(here: Address, there: Address) -> str:
    """How the page ``here`` links to ``there``.

    >>> relative(Address("/construct/shame"), Address("/gaps")), relative(Address("/"), Address("/gaps.csv"))
    ('../../gaps/', 'gaps.csv')
    """
    start = posixpath.dirname(here.file) or "."
    if there.ending:
        return quote(posixpath.relpath(there.file, start), safe="/.-_~=")
    way = posixpath.relpath(posixpath.dirname(there.file) or ".", start)
    return quote(f"{way}/", safe="/.-_~=")


def _for_scripts(query: Mapping[str, str]) -> Mapping[str, str]:
    """The query that a script reads: examples, which a server knows by name, are spelled out."""
    example = query.get("example", "")
    return {"query": question(example).text} if example else query
