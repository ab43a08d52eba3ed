"""A process that answers one query at a time from a store on disk; it is the part that may be killed.

It is run as a file by the engine (``kg.serve.engine``), knows nothing of the rest of the package, and speaks over
its pipes: a line of JSON for each question; then the answer as frames, each a letter (D data, E end), four bytes of
length and that many bytes. The end frame is JSON: empty where all went well, else what was wrong.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import pathlib
import signal
import sys
from collections.abc import Iterator
from typing import IO, Any

import pyoxigraph as ox

ROW_FORMATS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
GRAPH_FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
    "nt": ox.RdfFormat.N_TRIPLES,
}


class _TooLarge(Exception):
    """More was answered than may be."""


class _Frames:
    """What serialisers write into: every piece becomes a frame, until there are too many bytes."""

    def __init__(self, pipe: IO[bytes], most: int) -> None:
        self._pipe = pipe
        self._left = most

    def write(self, piece: bytes) -> int:
        self._left -= len(piece)
        if self._left < 0:
            raise _TooLarge
        _send(self._pipe, b"D", bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Frames are sent as they come."""


def main(folder: str, prefixes: str, memory: int) -> None:
    """Answer until nobody asks any more."""
    _give_way()
    store = ox.Store.read_only(folder)
    _take_no_more_than(memory)
    known = json.loads(prefixes)
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        # Should the engine be gone: an alarm that nobody handles ends the process, wherever it is.
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, asked["seconds"] + 1)
        _send(sys.stdout.buffer, b"E", json.dumps(_answered(store, known, asked)).encode())
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)


def _answered(store: ox.Store, prefixes: dict[str, str], asked: dict[str, Any]) -> dict[str, str]:
    """Send the answer of one question; what was wrong with it, or nothing."""
    output: Any = _Frames(sys.stdout.buffer, asked["bytes"])
    # With graphs named for the one part of the dataset only, the other part is empty.
    default: list[Any] = [ox.NamedNode(iri) for iri in asked["default_graphs"]]
    named: list[Any] = [ox.NamedNode(iri) for iri in asked["named_graphs"]]
    protocol = bool(default or named)

    def ask(text: str) -> Any:
        return store.query(
            text,
            prefixes=prefixes,
            use_default_graph_as_union=asked["union"],
            default_graph=default if protocol else None,
            named_graphs=named if protocol else None,
        )

    try:
        try:
            answer = ask(asked["planned"])
        except SyntaxError:  # to be told of the text as it was written
            answer = ask(asked["text"])
        write(answer, output, asked["form"], asked["first"], prefixes)
    except _TooLarge:
        return {"wrong": "size"}
    except SyntaxError as error:
        return {"wrong": "syntax", "message": str(error)}
    except (ValueError, OSError, RuntimeError) as error:
        return {"wrong": "store", "message": str(error)}
    return {}


def write(answer: Any, output: Any, form: str, first: int | None, prefixes: dict[str, str]) -> None:
    """Write an answer in a form; of rows as JSON and of triples the ``first`` alone, where that is a number."""
    if isinstance(answer, ox.QueryTriples):
        ox.serialize(itertools.islice(answer, first), output, format=GRAPH_FORMATS[form], prefixes=prefixes)
    elif isinstance(answer, ox.QuerySolutions) and form == "json" and first is not None:
        for piece in _in_json(answer, first):
            output.write(piece.encode())
    else:
        answer.serialize(output, ROW_FORMATS[form])


def _in_json(answer: ox.QuerySolutions, first: int) -> Iterator[str]:
    """The first rows as SPARQL JSON: pyoxigraph writes all of them or none."""
    names = [variable.value for variable in answer.variables]
    yield f'{{"head": {json.dumps({"vars": names})}, "results": {{"bindings": ['
    for number, solution in enumerate(itertools.islice(answer, first)):
        row = {name: _term(value) for name, value in zip(names, solution, strict=True) if value is not None}
        yield f"{', ' if number else ''}{json.dumps(row)}"
    yield "]}}"


def _term(value: Any) -> dict[str, Any]:
    match value:
        case ox.NamedNode():
            return {"type": "uri", "value": value.value}
        case ox.BlankNode():
            return {"type": "bnode", "value": value.value}
        case ox.Literal(language=str() as language):
            return {"type": "literal", "value": value.value, "xml:lang": language}
        case ox.Literal():
            return {"type": "literal", "value": value.value, "datatype": value.datatype.value}
    parts = {name: _term(getattr(value, name)) for name in ("subject", "predicate", "object")}
    return {"type": "triple", "value": parts}


def _send(pipe: IO[bytes], kind: bytes, content: bytes) -> None:
    pipe.write(kind + len(content).to_bytes(4, "big") + content)
    pipe.flush()


def _give_way() -> None:
    """Let those who serve pages go first."""
    if hasattr(os, "nice"):
        os.nice(19)


def _take_no_more_than(memory: int) -> None:
    """Allow ``memory`` bytes above what the open store takes, and leave no core behind.

    Only from here on: each of the store's threads reserves address space, more or less as they happen to start, and
    one that gets none ends the process before anything was asked.
    """
    with contextlib.suppress(ImportError, ValueError, OSError):  # no such limits on this system
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        most = _reserved(resource.getpagesize()) + memory
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _reserved(page: int) -> int:
    """The bytes of address space that this process has; none are counted where the system does not tell."""
    try:
        return int(pathlib.Path("/proc/self/statm").read_text().split()[0]) * page
    except OSError:
        return 0


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
