"""What Jupyter shows of an answer: a table in HTML that stands by itself, everything from data escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import islice

from kg.names import curie

#: So many rows of a table are shown; the others are counted.
_ROWS = 20
#: Tables are set left, as prose is read, and no dollar sign in them begins a formula.
_TABLE = '<table class="tex2jax_ignore mathjax_ignore" style="text-align: left">'
_LEFT, _RIGHT = 'style="text-align: left; vertical-align: top"', 'style="text-align: right; vertical-align: top"'
#: Text of more letters than this has a column in which it can be read.
_LONG, _WIDE = 60, 'style="text-align: left; vertical-align: top; min-width: 24em"'


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def link(iri: str, text: str = "") -> Html:
    """A link to what an IRI names, called by its CURIE where nothing else is told. Only the web is linked to.

    >>> link("https://w3id.org/compassion-attachment/construct/self-compassion")
    '<a href="https://w3id.org/compassion-attachment/construct/self-compassion">construct:self-compassion</a>'
    """
    shown = escape(text or curie(iri))
    return Html(f'<a href="{escape(iri)}">{shown}</a>' if iri.startswith(("https://", "http://")) else shown)


def table(head: Sequence[str], rows: Iterable[Sequence[object]], total: int, caption: str = "") -> Html:
    """A table; numbers are set right. Of a long one the first rows, and how many more of the ``total`` there are."""
    heading = "".join(f"<th {_LEFT}>{_html(each)}</th>" for each in head)
    lines = "".join(f"<tr>{''.join(map(_cell, row))}</tr>\n" for row in islice(rows, _ROWS))
    more = total - _ROWS
    told = [caption] if caption else []
    told += [f"… and {more:,} more"] if more > 0 else []
    below = "".join(f"<p>{_html(each)}</p>\n" for each in told)
    return Html(f"{_TABLE}\n<thead><tr>{heading}</tr></thead>\n<tbody>\n{lines}</tbody>\n</table>\n{below}")


def bullets(summary: str, lines: Iterable[str]) -> Html:
    """A list that is folded below its summary."""
    items = "".join(f"<li>{_html(line)}</li>\n" for line in lines)
    return Html(f"<details><summary>{_html(summary)}</summary>\n<ul>\n{items}</ul></details>\n")


def paragraph(text: str) -> Html:
    """A paragraph."""
    return Html(f"<p>{_html(text)}</p>\n")


def _cell(value: object) -> str:
    is_text = value is None or isinstance(value, str | bool)
    is_prose = is_text and not isinstance(value, Html) and len(str(value)) > _LONG
    return f"<td {_WIDE if is_prose else _LEFT if is_text else _RIGHT}>{_html(value)}</td>"


def _html(value: object) -> str:
    if isinstance(value, Html):
        return value
    return "" if value is None else escape(str(value)).replace("\n", "<br>")
