"""Pages that tell what went wrong and where to go on."""

from __future__ import annotations

import difflib

from kg.errors import BadQuestion, KgError, NothingFound, StoreError, UnknownName
from kg.names import mint
from kg.pages.library import GROWING, Library
from kg.pages.model import Content, Link, Listing, Section

_TITLES = {
    400: "This cannot be asked",
    404: "There is no such page",
    405: "This page can only be read",
    500: "Something went wrong here",
    503: "This cannot be had just now",
}


def unknown(library: Library, kind: str, slug: str) -> UnknownName:
    """A name that the graph does not know, with those that come near."""
    known = library.few_of(kind) if kind in GROWING else library.of_kind(kind)
    names = {iri.rsplit("/", 1)[1]: iri for iri in known}
    close = difflib.get_close_matches(slug[:80], names, n=5, cutoff=0.55)
    return UnknownName(
        f"no {kind.replace('-', ' ')} is called '{slug[:80]}' here", [mint(kind, name) for name in close]
    )


def content(error: KgError, path: str) -> Content:
    """What a page could not be made of, as a page."""
    match error:
        case UnknownName() | NothingFound():
            status = 404
        case BadQuestion():
            status = 400
        case StoreError():
            status = 503
        case _:
            status = 500
    near = tuple(
        Link(iri.rsplit("/", 1)[1].replace("-", " "), "/" + "/".join(iri.rsplit("/", 2)[1:]))
        for iri in getattr(error, "candidates", ())
        if "/" in iri
    )
    return told(status, str(error), path, near)


def told(status: int, message: str, path: str, near: tuple[Link, ...] = ()) -> Content:
    """A page with a status, a reason and ways on."""
    ways = (
        Link("Search by any name", "/search"),
        Link("The gap map: what was studied and what was not", "/gaps"),
        Link("Everything that can be asked", "/questions"),
    )
    sections = (Section("Or did you look for", (Listing(near),), "near"),) if near else ()
    return Content(
        title=_TITLES.get(status, "This did not work"),
        path=path,
        kind=f"Error {status}",
        lead=f"{message[:1].upper()}{message[1:]}.",
        sections=(*sections, Section("Ways on", (Listing(ways),), "ways")),
        status=status,
    )
