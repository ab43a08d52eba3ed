"""``references.bib`` to publications."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import ValidationError

from kg.errors import Problem
from kg.records import Publication
from kg.tables import Placed

_VENUES = ("journal", "booktitle", "howpublished")
_COPIED = ("title", "year", "publisher", "volume", "number", "pages", "doi", "note")


def read_publications(path: Path, shown: str) -> tuple[list[Placed[Publication]], list[Problem]]:
    """Every entry of a BibTeX file and every problem in it. The row of an entry is its first line."""
    import bibtexparser

    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return [], [Problem(shown, 0, "", "not UTF-8 text", "save the file as UTF-8")]
    library = bibtexparser.parse_string(text)  # type: ignore[attr-defined]
    problems = [
        Problem(
            shown,
            (block.start_line or 0) + 1,
            "",
            f"a BibTeX entry that cannot be read ({_reason(block)})",
            "look for a missing brace or comma, or a key used twice",
        )
        for block in library.failed_blocks
    ]
    placed = []
    for entry in library.entries:
        row = (entry.start_line or 0) + 1
        try:
            placed.append(Placed(_publication(entry), shown, row))
        except ValidationError as error:
            problems.extend(
                Problem(shown, row, str(each["loc"][0]), str(each["msg"]).lower(), "correct the entry")
                for each in error.errors()
            )
    return placed, problems


def _reason(block: object) -> str:
    return type(block).__name__.replace("Block", "").replace("Key", " key").lower().strip()


def _publication(entry: object) -> Publication:
    fields = {key: _plain(str(field.value)) for key, field in entry.fields_dict.items()}  # type: ignore[attr-defined]
    authors = tuple(_plain(name) for name in re.split(r"\s+and\s+", fields.get("author", "")) if name)
    return Publication(
        id=entry.key,  # type: ignore[attr-defined]
        entry_type=entry.entry_type,  # type: ignore[attr-defined]
        label=short_citation(authors, fields.get("year")),
        authors=authors,
        venue=next((fields[name] for name in _VENUES if name in fields), None),
        **{name: fields[name] for name in _COPIED if name in fields},
    )


def short_citation(authors: tuple[str, ...], year: str | None) -> str:
    """Authors and year as a text cites them.

    >>> short_citation(("Wei, M.", "Liao, K. Y."), "2011")
    'Wei & Liao (2011)'
    """
    surnames = [name.split(",")[0] for name in authors] or ["Anonymous"]
    who = f"{surnames[0]} et al." if len(surnames) > 2 else " & ".join(surnames)
    return f"{who} ({year or 'n.d.'})"


def _plain(value: str) -> str:
    """A BibTeX value without braces, with page ranges as printed."""
    return re.sub(r"\s+", " ", value.replace("{", "").replace("}", "").replace("--", "–")).strip()
