"""Search: over what things are called, their synonyms and acronyms."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence

from kg.names import BASE, PREFIXES, kind_of
from kg.pages.addresses import path_of
from kg.pages.library import GROWING, Library
from kg.pages.model import Choice, Content, Form, Inline, Link, Listing, Prose, Section, Table, few
from kg.pages.words import counted
from kg.questions import quoted
from kg.store import Iri, Rows

#: Kinds in the order in which they are told where they fit alike.
KINDS = (
    "construct",
    "measure",
    "therapy",
    "study",
    "proposition",
    "dataset",
    "publication",
    "finding",
    "pooled-estimate",
    "ontology",
)
_MOST, LONGEST = 100, 200
#: The names of so many of a kind are looked through for each search; those of more would take seconds.
_MOST_SEARCHED = 60_000
READS = ("q",)


def content(library: Library, query: Mapping[str, str]) -> Content:
    """The page with what was found for ``q``."""
    words = query.get("q", "").strip()[:LONGEST]
    form = Form("/search", (Choice("q", "A name, a synonym or an acronym", words),), "Search")
    found = search(library, words) if words else []
    rows = Rows(
        ("thing", "kind", "label", "foundAs"),
        tuple((Iri(iri), kind, library.label(iri), word) for iri, kind, word in found),
    )
    sections = [Section("", (form, *_left_out(library)))]
    if words:
        sections.append(Section("", (_table(library, rows, words), *_near(library, words, found)), "found"))
    return Content(
        title=f"Search: {words}" if words else "Search",
        path="/search",
        query={"q": words} if words else {},
        lead=f"{counted(len(found), 'name')} for “{words}”."
        if words
        else "Constructs, measures, therapies, studies, claims, sources and terms.",
        sections=tuple(sections),
        rows=rows,
    )


def search(library: Library, words: str, kinds: Sequence[str] = KINDS) -> list[tuple[str, str, str]]:
    """IRI, kind and the name by which each thing was found: whole names first, then beginnings, then words within."""
    wanted = _folded(words)
    found: dict[str, tuple[int, int, str, str]] = {}
    for iri, name in (*_names(library), *_of_growing(library, wanted, kinds)):
        rank = _rank(wanted, _folded(name))
        kind = kind_of(iri)
        if rank is not None and kind in kinds and path_of(iri):
            told = (rank, KINDS.index(kind), name, kind)
            found[iri] = min(found.get(iri, told), told)
    ordered = sorted(found.items(), key=lambda item: (item[1][:2], item[1][2].casefold(), item[0]))
    return [(iri, told[3], told[2]) for iri, told in ordered][:_MOST]


def _of_growing(library: Library, wanted: str, kinds: Sequence[str]) -> list[tuple[str, str]]:
    """The best of what is called so, of the kinds whose names nobody holds: the store itself looks through them."""
    left_out = _unsearched(library)
    among = [kind for kind in kinds if kind in GROWING and kind not in left_out]
    if not among or not wanted:
        return []
    words = " && ".join(f"CONTAINS(?spaced, {quoted(f' {word}')})" for word in wanted.split())
    within = f"CONTAINS(?folded, {quoted(wanted)})" if len(wanted) > 2 else "false"
    classes = " ".join(f"ca:{GROWING[kind]}" for kind in among)
    longest = quoted(max(wanted.split(), key=len))
    query = _LIKE.format(
        classes=classes, longest=longest, wanted=quoted(wanted), words=words, within=within, most=_MOST
    )
    return [(str(row["iri"]), str(row["label"])) for row in library.store.select(query)]


def _unsearched(library: Library) -> dict[str, int]:
    """Kind -> how many, of those of which there are too many to look through."""
    counts = {kind: library.count_of_kind(kind) for kind in KINDS if kind in GROWING}
    return {kind: count for kind, count in counts.items() if count > _MOST_SEARCHED}


def _left_out(library: Library) -> tuple[Prose, ...]:
    left = few(Link(counted(count, kind), f"/{kind}") for kind, count in _unsearched(library).items())
    way = ", which are too many; the page of a construct, a measure or a study lists its own."
    return (Prose(("Not searched: ", *left, way), "note"),) if left else ()


def _names(library: Library) -> list[tuple[str, str]]:
    synonyms = [(iri, word) for iri, words in library.synonyms.items() for word in words]
    return [*library.labels.items(), *synonyms]


def _rank(wanted: str, name: str) -> int | None:
    if name == wanted:
        return 0
    if name.startswith(wanted):
        return 1
    words = name.split()
    if all(any(word.startswith(each) for word in words) for each in wanted.split()):
        return 2
    return 3 if len(wanted) > 2 and wanted in name else None


def _folded(text: str) -> str:
    return re.sub(r"[\s\-\u2010-\u2015\u2212_/]+", " ", text.casefold()).strip()


#: The ranks are those of ``_rank``; blanks are made alike as in ``_folded``, in what has the longest word at all.
_LIKE = """
SELECT DISTINCT ?iri ?label ?rank WHERE {{
  VALUES ?class {{ {classes} }}
  ?iri a ?class ; rdfs:label ?label
  FILTER(CONTAINS(LCASE(STR(?label)), {longest}))
  BIND(REPLACE(LCASE(STR(?label)), "[\\\\s\\\\-\u2010-\u2015\u2212_/]+", " ") AS ?folded)
  BIND(CONCAT(" ", ?folded) AS ?spaced)
  BIND(IF(?folded = {wanted}, 0, IF(STRSTARTS(?folded, {wanted}), 1, IF({words}, 2, IF({within}, 3, 9))))
    AS ?rank)
  FILTER(?rank < 9)
}} ORDER BY ?rank LCASE(STR(?label)) ?iri LIMIT {most}"""


def _table(library: Library, rows: Rows, words: str) -> Table:
    def shown(row: Mapping[str, object]) -> tuple[Inline, ...]:
        also = str(row["foundAs"]) if row["foundAs"] != row["label"] else ""
        gone = ", no longer in use" if str(row["thing"]) in library.obsolete else ""
        return library.link(row["thing"]), str(row["kind"]).replace("-", " ") + gone, also

    return Table(
        "What was found",
        ("Name", "Kind", "Found as"),
        tuple(shown(row) for row in rows),
        anchor="hits",
        empty=f"Nothing is called “{words}”, nor begins so.",
    )


def _near(library: Library, words: str, found: list[tuple[str, str, str]]) -> tuple[Listing, ...]:
    close = [] if found else near(library, words)
    return (Listing(tuple(("Perhaps: ", library.link(iri)) for iri in close)),) if close else ()


def near(library: Library, words: str, kinds: Sequence[str] = KINDS) -> list[str]:
    """The IRIs of what is called nearly so."""
    among = {kind for kind in kinds if kind != "finding"}
    names = {
        _folded(name): iri
        for iri, name in (*_names(library), *_few(library, among))
        if path_of(iri) and kind_of(iri) in among
    }
    close = difflib.get_close_matches(_folded(words), names, n=6, cutoff=0.6)
    return list(dict.fromkeys(names[name] for name in close))


def _few(library: Library, kinds: Iterable[str]) -> list[tuple[str, str]]:
    """IRI and name of all of the kinds that grow with the evidence, but for those of which there are too many."""
    return [each for kind in kinds if kind in GROWING for each in library.few_of(kind).items()]


def index(library: Library) -> str:
    """What scripts know, as JSON: kinds in order, prefixes, and each thing with all that it is called.

    Of a kind that has grown too large to be sent, nothing; the search of a server finds it all the same.
    """
    names = library.labels | dict(_few(library, GROWING))
    things = [
        [path, name, *sorted(set(library.synonyms.get(iri, ())))]
        for iri, name in sorted(names.items())
        if (path := path_of(iri))
    ]
    return json.dumps({"base": BASE, "kinds": KINDS, "prefixes": PREFIXES, "things": things}, ensure_ascii=False)
