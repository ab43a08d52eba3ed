"""Addresses of pages: the path of a page mirrors the IRI that it shows, and one function makes every link."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote, urlencode

from kg.errors import BadQuestion
from kg.names import BASE, KINDS, ONTOLOGY

#: Path and query of a page -> what stands in ``href``. A static site brings its own.
Href = Callable[[str, Mapping[str, str]], str]
#: What a page costs grows with the names that it is asked about.
_MOST_NAMES = 12


def served(prefix: str = "") -> Href:
    """How a server writes its links, below ``prefix`` where it is mounted there.

    >>> served("/atlas")("/search", {"q": "fear & shame"})
    '/atlas/search?q=fear+%26+shame'
    """

    def href(path: str, query: Mapping[str, str]) -> str:
        asked = f"?{urlencode(query)}" if query else ""
        return f"{prefix}{quote(path, safe='/.-_~:')}{asked}"

    return href


def path_of(iri: str) -> str | None:
    """The path of the page that shows an IRI of ours; None for the IRIs of others.

    >>> path_of("https://w3id.org/compassion-attachment/construct/self-compassion")
    '/construct/self-compassion'
    >>> path_of("https://w3id.org/compassion-attachment/pair/empathy/shame")
    '/pair/empathy/shame'
    """
    if iri == BASE or not iri.startswith(BASE):
        return None
    path = iri.removeprefix(BASE)
    kind = path.partition("/")[0]
    return f"/{path}" if kind in (*KINDS, "pair") or iri.startswith(ONTOLOGY) else None


def named(parameter: str, words: str) -> list[str]:
    """The names that a parameter lists, with commas or spaces between; BadQuestion where they are too many.

    >>> named("rows", "compassion, shame")
    ['compassion', 'shame']
    """
    names = words.replace(",", " ").split()
    if len(names) > _MOST_NAMES:
        raise BadQuestion(
            f"{parameter} lists {len(names)} names, and a page takes at most {_MOST_NAMES}; name something wider,"
            " or ask for more on the SPARQL page"
        )
    return names


def pair_path(one: str, other: str) -> str:
    """The path of the page about two constructs, by their slugs: the same whichever is named first.

    >>> pair_path("shame", "empathy")
    '/pair/empathy/shame'
    """
    first, second = sorted((one, other))
    return f"/pair/{first}/{second}"
