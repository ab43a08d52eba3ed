"""The rows of a page as RDF: what the graph says of everything that they name."""

from __future__ import annotations

from kg.export.graphs import graph_answer
from kg.names import BASE
from kg.pages.library import Library
from kg.questions import export_query
from kg.resources import shipped
from kg.store import Iri, Rows

#: What the name of the file ends with -> how exports call the form, and its media type.
FORMS = {".ttl": ("ttl", "text/turtle; charset=utf-8"), ".jsonld": ("jsonld", "application/ld+json")}
#: So many things are asked about at a time: engines read no query of any length.
_AT_ONCE = 200


def named(rows: Rows) -> list[str]:
    """The IRIs of ours in some rows, each once, in order."""
    return sorted({str(value) for row in rows.values for value in row if isinstance(value, Iri) and _is_ours(value)})


def described(library: Library, rows: Rows, ending: str) -> bytes:
    """What the graph says of everything that the rows name, in the form of a file with that ending."""
    iris = [f"<{iri}>" for iri in named(rows)]
    parts = (iris[start : start + _AT_ONCE] for start in range(0, len(iris), _AT_ONCE))
    said = "".join(library.graph(export_query(shipped(), "described", {"thing": part})) for part in parts)
    return graph_answer(said, FORMS[ending][0]).encode()


def _is_ours(value: Iri) -> bool:
    return str(value).startswith(BASE) and str(value) != BASE
