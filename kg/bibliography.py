"""``references.bib`` to publications."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kg.errors import Problem, ProblemsFound
from kg.files import read_text
from kg.placed import Placed, Reading, explain
from kg.records import Publication

_VENUES = ("journal", "booktitle", "howpublished")
#: Type of an entry -> the field that has its venue.
_VENUE_OF = {"article": "journal", "incollection": "booktitle", "inproceedings": "booktitle"}
_COPIED = ("title", "year", "publisher", "volume", "number", "pages", "doi", "url", "note")
#: A field that swallowed the next one, because no comma stood between them.
_SWALLOWED = re.compile(r"\}\s*\n\s*\w+\s*=\s*[{\"]")


def read_publications(path: Path, shown: str) -> Reading[Publication]:
    """Every entry of a BibTeX file and every problem in it. The row of an entry is its first line."""
    import bibtexparser

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # its warnings are problems of ours
    try:
        library: Any = bibtexparser.parse_string(read_text(path, shown))  # type: ignore[attr-defined]
    except ProblemsFound as found:
        return Reading(problems=list(found.problems), lost=True)
    reading: Reading[Publication] = Reading()
    for block in library.failed_blocks:
        reading.problems.append(Problem(shown, _row(block), *_why(block)))
        reading.lost = True
    for entry in library.entries:
        _add(reading, entry, shown)
    if not reading.records and not reading.problems:
        advice = "add the publications that the tables cite"
        reading.problems.append(Problem(shown, 0, "", "the file has no entries", advice))
        reading.lost = True
    return reading


def _row(block: Any) -> int:
    return int(block.start_line or 0) + 1


def _why(block: Any) -> tuple[str, str, str]:
    """Column, what is wrong and what to do, of an entry that could not be parsed."""
    kind = type(block).__name__
    if kind == "DuplicateBlockKeyBlock":
        return "", f"'{block.key}' is already the key of another entry", "give it another key"
    if kind == "DuplicateFieldKeyBlock":
        return ", ".join(sorted(block.duplicate_keys)), "the field stands there twice", "keep one of the two"
    return "", "a BibTeX entry that cannot be read", "look for a missing brace or comma"


def _add(reading: Reading[Publication], entry: Any, shown: str) -> None:
    swallowed = [key for key, field in entry.fields_dict.items() if _SWALLOWED.search(str(field.value))]
    for key in swallowed:
        reading.problems.append(Problem(shown, _row(entry), key, "a comma is missing behind the field", "add it"))
    try:
        reading.records.append(Placed(_publication(entry), shown, _row(entry)))
    except ValidationError as error:
        reading.problems.extend(explain(shown, _row(entry), error, Publication))
        reading.broken.add(entry.key)


def _publication(entry: Any) -> Publication:
    fields = {key: _plain(str(field.value)) for key, field in entry.fields_dict.items()}
    authors = tuple(_plain(name) for name in re.split(r"\s+and\s+", fields.get("author", "")) if name)
    return Publication(
        id=entry.key,
        entry_type=entry.entry_type,
        label=short_citation(authors, fields.get("year"), fields.get("title", "")),
        authors=authors,
        venue=next((fields[name] for name in _VENUES if name in fields), None),
        **{name: fields[name] for name in _COPIED if name in fields},
    )


def short_citation(authors: tuple[str, ...], year: str | None, title: str = "") -> str:
    """Authors and year as a text cites them; the title stands for authors who are not named.

    >>> short_citation(("Wei, M.", "Liao, K. Y."), "2011")
    'Wei & Liao (2011)'
    >>> short_citation((), None, "Shame, guilt and care")
    'Shame, guilt and care (n.d.)'
    >>> short_citation(("Hill", "others"), "2025")
    'Hill et al. (2025)'
    """
    surnames = [name.split(",")[0] for name in authors] or [title]
    who = f"{surnames[0]} et al." if len(surnames) > 2 or "others" in surnames else " & ".join(surnames)
    return f"{who} ({year or 'n.d.'})"


def as_bibtex(entries: Mapping[str, tuple[str, Mapping[str, str]]]) -> str:
    """Publications as BibTeX, by key: the type of the entry, and its fields."""
    return "\n".join(_entry(key, kind, fields) for key, (kind, fields) in entries.items())


def _entry(key: str, kind: str, fields: Mapping[str, str]) -> str:
    lines = [f"  {name} = {{{_unbraced(value)}}},\n" for name, value in fields.items()]
    return f"@{kind}{{{key},\n{''.join(lines)}}}\n"


def entry_of(publication: Publication) -> tuple[str, dict[str, str]]:
    """The entry from which a publication is read: its type, and its fields."""
    venue = _VENUE_OF.get(publication.entry_type, "howpublished")
    fields = {"author": " and ".join(publication.authors), venue: publication.venue}
    fields |= {name: getattr(publication, name) for name in _COPIED}
    return publication.entry_type, {name: value for name, value in fields.items() if value}


def _unbraced(value: str) -> str:
    """A value that stands between braces: without braces of its own, and with none of ours escaped."""
    plain = " ".join(value.replace("{", "").replace("}", "").split())
    return f"{plain} " if plain.endswith("\\") else plain


def _plain(value: str) -> str:
    """A BibTeX value without braces, with page ranges as printed."""
    return re.sub(r"\s+", " ", value.replace("{", "").replace("}", "").replace("--", "–")).strip()
