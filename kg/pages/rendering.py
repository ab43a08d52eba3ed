"""From the parts of a page to HTML that is also well-formed XML. Everything from data is escaped here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from kg.pages.addresses import Href
from kg.pages.model import Content, Inline, Link, Mark, Outside

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
#: Control letters, which XML cannot hold.
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
#: A name longer than this is cut where a whole one would break the page: in its title and in breadcrumbs.
_LONG = 120


def rendered(content: Content, href: Href, words: Mapping[str, object]) -> str:
    """A page as HTML."""

    def linked(path: str, query: Mapping[str, str] | None = None) -> str:
        return href(path, query or {})

    def inline(part: Inline) -> Markup:
        return _inline(part, href)

    html = (
        _environment().get_template("page.html").render(content=content, href=linked, inline=inline, cut=cut, **words)
    )
    return _NO_XML.sub(" ", html)


def cut(text: str) -> str:
    """A text short enough for a title or a breadcrumb."""
    return text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"


@cache
def _environment() -> Environment:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.tests["block"] = _is_block
    return environment


def _is_block(value: Any, name: str) -> bool:
    return type(value).__name__ == name


def _inline(part: Inline, href: Href) -> Markup:
    match part:
        case None:
            return Markup()
        case str() | int():
            return Markup("{}").format(part)
        case Link():
            return Markup('<a href="{}">{}</a>').format(href(part.path, part.query), part.text)
        case Outside():
            return _outside(part)
        case Mark():
            return Markup('<span class="mark {}"{}>{}</span>').format(part.look, _title(part.title), part.text)
    return Markup().join(_inline(each, href) for each in part)


def _title(text: str) -> Markup:
    return Markup(' title="{}"').format(text) if text else Markup()


def _outside(part: Outside) -> Markup:
    if not part.url.startswith(("https://", "http://")):
        return Markup("{}").format(part.text)
    return Markup('<a href="{}" rel="external noreferrer">{}</a>').format(part.url, part.text)


def standalone(template: str, **words: Any) -> str:
    """A drawing by itself, as a file."""
    return _NO_XML.sub(" ", _environment().get_template(template).render(**words))
