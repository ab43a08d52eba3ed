"""What every page and figure shares: the words around it, and how a template becomes text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
#: Control letters, which XML cannot hold.
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class Caption:
    """The words around a page or figure."""

    title: str
    summary: str
    question: str
    version: str


def rendered(template: str, **words: Any) -> str:
    """A template filled, with everything from data escaped; well-formed where the template is."""
    return _NO_XML.sub(" ", _environment().get_template(template).render(**words))


@cache
def _environment() -> Environment:
    """Where templates are, each compiled once."""
    from jinja2 import Environment, FileSystemLoader

    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
