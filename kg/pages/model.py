"""What a page is made of before it is HTML: text with links, tables, facts and figures.

Builders of pages give these; ``rendering`` alone turns them into HTML, so that text from data is escaped in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kg.names import slug
from kg.narrowed import Only
from kg.store import Rows, Stream


@dataclass(frozen=True)
class Link:
    """Words that lead to another page of the atlas."""

    text: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outside:
    """Words that lead out of the atlas, when a reader follows them."""

    text: str
    url: str


@dataclass(frozen=True)
class Mark:
    """A few words in the look of an outcome: ``positive``, ``negative``, ``null``, ``unclear``, ``quiet``, …"""

    text: str
    look: str
    title: str = ""


#: What may stand in a cell, a paragraph or a list.
Inline = str | int | Link | Outside | Mark | None | Sequence["Inline"]


def listed(parts: Iterable[Inline], between: str = ", ") -> tuple[Inline, ...]:
    """Parts with what stands between them.

    >>> listed(["a", "b"])
    ('a', ', ', 'b')
    """
    return tuple(each for part in parts for each in (between, part))[1:]


#: More parts than this are not listed in a line.
_FEW = 200


def few(parts: Iterable[Inline], between: str = ", ") -> tuple[Inline, ...]:
    """Parts with what stands between them; of very many the first, and how many more there are.

    >>> few(map(str, range(202)))[-1]
    'and 2 more'
    """
    every = tuple(parts)
    return listed(every if len(every) <= _FEW else (*every[:_FEW], f"and {len(every) - _FEW:,} more"), between)


@dataclass(frozen=True)
class Prose:
    """A paragraph."""

    text: Inline
    look: str = ""


@dataclass(frozen=True)
class Facts:
    """Names and what stands beside each; those without anything are left out when drawn."""

    entries: tuple[tuple[str, Inline], ...]


@dataclass(frozen=True)
class Listing:
    """A list of points."""

    points: tuple[Inline, ...]


@dataclass(frozen=True)
class Printed:
    """Text that keeps its lines, such as a rule or a query."""

    text: str
    label: str


@dataclass(frozen=True)
class Table:
    """Rows under headings, in a region that scrolls. ``numeric`` columns stand to the right, ``wordy`` have room."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Inline, ...], ...]
    numeric: frozenset[int] = frozenset()
    wordy: frozenset[int] = frozenset()
    anchor: str = "table"
    empty: str = "nothing"


@dataclass(frozen=True)
class Picture:
    """A figure in a file of its own; ``alt`` is what it shows in words."""

    path: str
    query: Mapping[str, str]
    alt: str
    caption: Inline = ""
    width: int = 960


@dataclass(frozen=True)
class Template:
    """A part that needs a template of its own, with the words that fill it."""

    name: str
    words: Mapping[str, object]


@dataclass(frozen=True)
class Choice:
    """A control of a form: a list to choose from, or, without options, a field to write in."""

    name: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Form:
    """A form whose state stands in the address."""

    path: str
    choices: tuple[Choice, ...]
    button: str


@dataclass(frozen=True)
class Pager:
    """The way to the other pages of a long list; ``told`` says which rows stand on this one."""

    path: str
    query: Mapping[str, str]
    number: int
    last: int
    told: str

    def at(self, number: int) -> dict[str, str]:
        """The query of another page of it; of the first, none that says so."""
        rest = {name: value for name, value in self.query.items() if name != "page"}
        return {**rest, "page": str(number)} if number > 1 else rest

    @property
    def ways(self) -> tuple[tuple[str, int], ...]:
        """Words and the number of the page to which they lead."""
        back = (("First", 1), ("Previous", self.number - 1)) if self.number > 1 else ()
        on = (("Next", self.number + 1), ("Last", self.last)) if self.number < self.last else ()
        return (*back, *on)


Block = Prose | Facts | Listing | Printed | Table | Picture | Template | Form | Pager


@dataclass(frozen=True)
class Section:
    """A heading with what stands below it; its address on the page is the heading's where none is given."""

    title: str
    blocks: tuple[Block, ...]
    anchor: str = ""

    @property
    def place(self) -> str:
        return self.anchor or slug(self.title)


@dataclass(frozen=True)
class Behind:
    """A question behind a page, with the terms (serialised) and the words it was asked with.

    ``only`` narrows its answer, ``among`` what it computes; ``afterwards`` says what the page does that no query can.
    """

    question: str
    words: Mapping[str, str] = field(default_factory=dict)
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    only: Only | None = None
    among: tuple[Only, ...] = ()
    afterwards: str = ""


@dataclass(frozen=True)
class Written:
    """A query behind a page that is no question with a name."""

    title: str
    sparql: str


@dataclass(frozen=True)
class Content:
    """A page before it is drawn.

    ``rows`` are the rows of its main table as the question gave them (its CSV), ``figure`` gives its SVG. Where the
    answer is too long to be had whole, ``rows`` are those on this page, and ``streamed`` gives all for the CSV.
    """

    title: str
    path: str
    lead: Inline = ""
    kind: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    crumbs: tuple[Link, ...] = ()
    sections: tuple[Section, ...] = ()
    behind: tuple[Behind | Written, ...] = ()
    rows: Rows | None = None
    streamed: Callable[[], Stream] | None = None
    figure: Callable[[], str] | None = None
    iri: str | None = None
    status: int = 200
    wide: bool = False


@dataclass(frozen=True)
class Page:
    """A page as it leaves the house."""

    status: int
    title: str
    html: str


@dataclass(frozen=True)
class File:
    """A file that is no page: its media type and content; or ``parts``, which one thread makes."""

    media_type: str
    content: bytes
    parts: Callable[[], Iterator[bytes]] | None = None

    @property
    def whole(self) -> bytes:
        """All of it."""
        return b"".join(self.parts()) if self.parts else self.content
