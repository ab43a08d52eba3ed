"""Long answers, page by page: a page of a list shows some rows, says of how many, and leads to the others.

An answer of few rows is had whole, once, and cut here. A longer one is asked for page by page, and its CSV is written
as it comes, so that nothing holds all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial

from kg.errors import NothingFound
from kg.names import kind_of
from kg.narrowed import among, only
from kg.pages.library import GROWING, Library, query_of
from kg.pages.model import Behind, Link, Pager, Prose, Written
from kg.store import Rows, Stream

#: Rows on a page, and up to how many an answer is had whole.
SIZE, FEW = 100, 5_000
#: The parameter that says which page of a list is meant.
PAGE = "page"


@dataclass(frozen=True)
class Leaf:
    """A page of an answer: its rows, and all rows where they are few."""

    rows: Rows
    every: Rows | None
    number: int
    total: int

    @property
    def data(self) -> Rows:
        """The rows that files beside the page tell of, but for a CSV that is written as it comes."""
        return self.rows if self.every is None else self.every

    def streamed(self, library: Library, behind: Behind | Written) -> Callable[[], Stream] | None:
        """What gives all rows, where they are too many to be had whole."""
        return partial(library.stream, query_of(behind)) if self.every is None else None

    def pager(self, path: str, query: Mapping[str, str], what: str = "rows") -> tuple[Pager, ...]:
        """The way to the other pages, where there are any."""
        if self.total <= SIZE:
            return ()
        shown = told(self.number, self.total, what, SIZE)
        return (Pager(path, dict(query), self.number, last_page(self.total, SIZE), shown),)


def about(library: Library, name: str, column: str, iris: Collection[str]) -> Rows:
    """What a question tells of some things that grow: picked out of its answer while they are few, else asked of these
    alone.
    """
    behind = library.behind(name)
    if all(library.are_few(kind) for kind in set(map(kind_of, iris))):
        few = library.select(query_of(behind, f"LIMIT {FEW + 1}"))
        if len(few) <= FEW:
            return few.among(column, iris)
    return library.answer(replace(behind, among=(only(column, (f"<{iri}>" for iri in sorted(iris))),)))


def first(library: Library, behind: Behind, rows: Rows) -> tuple[Rows, tuple[Prose, ...]]:
    """As many rows as a page shows of an answer beside others, and where the whole of it stands, if that is more."""
    if len(rows) <= SIZE:
        return rows, ()
    whole = Link("the whole list", f"/questions/{behind.question}", behind.words)
    more = Prose((f"The first {SIZE} of {len(rows):,}; {len(rows) - SIZE:,} more stand in ", whole, "."), "note")
    return Rows(rows.columns, rows.values[:SIZE]), (more,)


def told(number: int, total: int, what: str, size: int) -> str:
    """Which of all stand on a page of so many.

    >>> told(2, 150, "findings", 100)
    '101–150 of 150 findings'
    """
    return f"{(number - 1) * size + 1:,}–{min(number * size, total):,} of {total:,} {what}"


def last_page(total: int, size: int) -> int:
    """The number of the last page; the first is there even where it is empty."""
    return max(1, -(-total // size))


def leaf(library: Library, behind: Behind | Written, query: Mapping[str, str]) -> Leaf:
    """The page of an answer that the address names."""
    number = number_of(query)
    few = library.select(query_of(behind, f"LIMIT {FEW + 1}"))
    if len(few) <= FEW:
        return cut(few, number)
    total = int(str(library.select(counting(behind)).values[0][0]))
    check(number, total, SIZE)
    rows = library.select(query_of(behind, f"LIMIT {SIZE} OFFSET {(number - 1) * SIZE}"))
    return Leaf(rows, None, number, total)


def leaf_of_such(library: Library, behind: Behind, column: str, such: str, query: Mapping[str, str]) -> Leaf:
    """The same of an answer about things in a column, of which the patterns ``such`` are true.

    Of many, the page has only the things that stand on it, as the store has them: to put a million in order takes an
    engine a minute, and their names tell no reader anything.
    """
    total = int(str(library.select(_COUNT_OF_SUCH.format(column, such)).values[0][0]))
    if total <= FEW:
        return leaf(library, behind, query)
    number = number_of(query)
    check(number, total, SIZE)
    found = library.select(_PAGE_OF_SUCH.format(column, such, SIZE, (number - 1) * SIZE))
    return Leaf(found, None, number, total)


def leaf_of_kind(library: Library, behind: Behind, kind: str, query: Mapping[str, str]) -> Leaf:
    """The same of things of a kind that grows, in the column of that name; of many, about those on the page alone."""
    page = leaf_of_such(library, behind, kind, f"?{kind} a ca:{GROWING[kind]} .", query)
    if page.every is not None:
        return page
    asked = replace(behind, among=(only(kind, (f"<{iri}>" for iri in page.rows.column(kind))),))
    return replace(page, rows=library.answer(asked))


def leaf_by_name(library: Library, behind: Behind | Written, kind: str, query: Mapping[str, str]) -> Leaf:
    """The page of an answer about everything of a kind whose names are kept, in the column of that name: the things on
    it by name, so that only their findings are counted.
    """
    named, number = library.of_kind(kind), number_of(query)
    check(number, len(named), SIZE)
    on_page = named[(number - 1) * SIZE : number * SIZE]
    found = library.select(among(query_of(behind), [only(kind, (f"<{iri}>" for iri in on_page))]))
    place = found.columns.index(kind)
    rows = sorted(found.values, key=lambda values: on_page.index(str(values[place])))
    return Leaf(Rows(found.columns, tuple(rows)), None, number, len(named))


_COUNT_OF_SUCH = "SELECT (COUNT(DISTINCT ?{0}) AS ?things) WHERE {{\n  {1}\n}}"
_PAGE_OF_SUCH = "SELECT DISTINCT ?{0} WHERE {{\n  {1}\n}} LIMIT {2} OFFSET {3}"


def cut(every: Rows, number: int) -> Leaf:
    """A page of rows in hand."""
    check(number, len(every), SIZE)
    start = (number - 1) * SIZE
    return Leaf(Rows(every.columns, every.values[start : start + SIZE]), every, number, len(every))


def number_of(query: Mapping[str, str]) -> int:
    """The page that an address names; the first where it names none."""
    words = query.get(PAGE, "").strip() or "1"
    if not (words.isascii() and words.isdecimal()) or not 0 < int(words[:9]) == int(words):
        raise NothingFound(f"page={words[:20]} is no page of this list; pages are numbered from 1")
    return int(words)


def check(number: int, total: int, size: int) -> None:
    """Refuse a page beyond the last one."""
    if number > (last := last_page(total, size)):
        raise NothingFound(f"page={number} is beyond this list, which has {last:,} pages")


def state(number: int) -> dict[str, str]:
    """What an address says of a page: nothing of the first."""
    return {PAGE: str(number)} if number > 1 else {}


def counting(behind: Behind | Written) -> str:
    """The query that counts the rows of an answer."""
    lines = [line for line in query_of(behind).splitlines() if not line.lstrip().startswith("#")]
    start = next(index for index, line in enumerate(lines) if line.lstrip().upper().startswith("SELECT"))
    body = "\n".join(lines[start:])
    return "\n".join([*lines[:start], "SELECT (COUNT(*) AS ?rows) WHERE { {", body, "} }"])
