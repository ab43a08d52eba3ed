"""Search without a server: where what a script finds stands, and every name as a page that needs none."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from kg.names import BASE, kind_of
from kg.pages.addresses import path_of
from kg.pages.library import GROWING, Library
from kg.pages.model import Content, Link, Prose, Section, Table, Template

NAMES = "/names"


def searched(content: Content) -> Content:
    """The search page with a place for what the script finds, and the way on where no script runs."""
    found = Template("site_search.html", {"names": NAMES})
    return replace(content, sections=(*content.sections, Section("", (found,))))


def names(library: Library) -> Content:
    """The page that lists every label and synonym, letter by letter; findings, which have sentences, by their list."""
    growing = {iri: name for kind in GROWING for iri, name in library.few_of(kind).items()}
    called = [(name, iri) for iri, name in (library.labels | growing).items() if _is_listed(iri)]
    called += [(word, iri) for iri, words in library.synonyms.items() for word in words if _is_listed(iri)]
    called.sort(key=lambda each: (_letter(each[0]), each[0].casefold(), each[1]))
    sections = tuple(
        Section(letter, (_table(library, letter, list(group)),), f"names-{ord(letter)}")
        for letter, group in groupby(called, key=lambda each: _letter(each[0]))
    )
    findings = Prose(("Findings have sentences for names: see the ", Link("list of findings", "/finding"), "."))
    return Content(
        title="Every name",
        path=NAMES,
        lead="What everything in the atlas is called, with synonyms and acronyms, in alphabetical order.",
        sections=(Section("", (findings,)), *sections),
    )


def _is_listed(iri: str) -> bool:
    return path_of(iri) is not None and not iri.startswith(f"{BASE}finding/")


def _letter(name: str) -> str:
    first = name[:1].upper()
    return first if "A" <= first <= "Z" else "#"


def _table(library: Library, letter: str, called: list[tuple[str, str]]) -> Table:
    rows = tuple(
        (
            Link(name, path_of(iri) or "/"),
            kind_of(iri).replace("-", " "),
            library.label(iri) if library.label(iri) != name else "",
        )
        for name, iri in called
    )
    return Table(f"Names with {letter}", ("Name", "Kind", "Stands for"), rows, anchor=f"table-{ord(letter)}")
