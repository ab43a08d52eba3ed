"""The bundle as an RO-Crate 1.1: one JSON-LD file by which repositories understand what lies beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from kg.names import slug
from kg.release.about import LICENCE_NAMES, About
from kg.release.parts import PACKAGES, Part

FILE = "ro-crate-metadata.json"
_CRATE = "https://w3id.org/ro/crate/1.1"


def crate(told: About, parts: Iterable[Part]) -> str:
    """The metadata of the bundle with these files, as JSON-LD."""
    files = sorted(parts, key=lambda part: part.path)
    authors = [{"@id": f"#{slug(name)}"} for name in told.creators]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"{told.title}, version {told.version}",
        "description": told.description,
        "version": told.version,
        "datePublished": told.date,
        "license": {"@id": told.licence},
        "author": authors,
        "keywords": list(told.keywords),
        "hasPart": [{"@id": part.path} for part in files],
    }
    descriptor = {
        "@id": FILE,
        "@type": "CreativeWork",
        "conformsTo": {"@id": _CRATE},
        "about": {"@id": "./"},
    }
    licences = [{"@id": iri, "@type": "CreativeWork", "name": name} for iri, name in LICENCE_NAMES.items()]
    people = [{"@id": f"#{slug(name)}", "@type": "Organization", "name": name} for name in told.creators]
    graph: list[dict[str, Any]] = [descriptor, root, *licences, *people, *map(_file, files)]
    whole = {"@context": f"{_CRATE}/context", "@graph": graph}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _file(part: Part) -> dict[str, Any]:
    own = {"license": [{"@id": iri} for iri in LICENCE_NAMES]} if part.path.startswith(PACKAGES) else {}
    return {
        "@id": part.path,
        "@type": "File",
        "name": part.what,
        "encodingFormat": part.media_type,
        "contentSize": str(part.size),
        "sha256": part.digest,
        **own,
    }
