"""Lists to choose from that stay short enough to be sent: beyond that a field, into which a name is written."""

from __future__ import annotations

from collections.abc import Mapping

from kg.errors import BadQuestion
from kg.pages.errors import unknown
from kg.pages.library import Library
from kg.pages.model import Choice
from kg.pages.searching import search

#: More options than this are nothing to choose from.
MOST_OPTIONS = 400
#: What is chosen and how it is told, of each.
Options = tuple[tuple[str, str], ...]


def choice(name: str, label: str, value: str, options: Options) -> Choice:
    """A list of options; a field to write a name into where they are too many."""
    if len(options) <= MOST_OPTIONS:
        return Choice(name, label, value, options)
    return field(name, label, value, len(options))


def field(name: str, label: str, value: str, many: int) -> Choice:
    """A field to write a name into, of so many."""
    return Choice(name, f"{label} (a name, of {many:,})", value)


def chosen(query: Mapping[str, str], name: str, options: Options) -> str:
    """What a query chooses of some options; the first where it is silent."""
    value = query.get(name, "") or options[0][0]
    if value not in dict(options):
        known = ", ".join(each for each, _ in options if each)
        raise BadQuestion(f"{name}={value[:60]} is not known here; choose one of {known}")
    return value


def named(library: Library, kind: str, words: str) -> str:
    """The IRI of what an address or a reader names: by its slug, or by any name that it has."""
    iri = library.known(kind, words)
    if iri is None:
        found = [each for each, _, name in search(library, words, (kind,)) if name.casefold() == words.casefold()]
        if not found:
            raise unknown(library, kind, words)
        iri = found[0]
    return iri
