"""The text of a query from outside: refused where it asks another server, changes something or is no query."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.errors import BadQuestion
from kg.serve.refusals import Refusal
from kg.sparql_tokens import asks_elsewhere, one_line_end, readings, tokenized

#: Bytes of a query beyond which nobody wrote it by hand.
LARGEST = 1_000_000
#: Brackets within brackets: no question has more, and parsers that descend have only so much stack.
DEEPEST = 100

_GRAPH_FORMS = ("CONSTRUCT", "DESCRIBE")
_ROW_FORMS = ("SELECT", "ASK")
_UPDATES = ("INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY")


@dataclass(frozen=True)
class Query:
    """A query that may be run."""

    text: str
    is_graph: bool
    names_dataset: bool


def read_query(text: str) -> Query:
    """The query; a Refusal where it is none, changes something, asks elsewhere, or is nested beyond measure."""
    if len(text.encode(errors="replace")) > LARGEST:
        raise Refusal(413, f"the query is larger than {LARGEST:,} bytes; ask for less at a time")
    if re.search(r"[\x00\ud800-\udfff]", text):
        raise Refusal(400, "the query holds letters that no text has (NUL or half a surrogate pair); take them out")
    try:
        return _read(one_line_end(text))
    except BadQuestion as error:
        raise Refusal(400, str(error)) from error


def _read(plain: str) -> Query:
    if asks_elsewhere(plain):
        raise Refusal(400, "SERVICE is refused here: this endpoint asks no other server; ask the other one yourself")
    for reading in readings(plain):
        _refuse_depth(reading)
    return Query(plain, _form(plain) in _GRAPH_FORMS, _has_word(plain, "FROM"))


def _refuse_depth(text: str) -> None:
    if sum(map(text.count, "{([")) <= DEEPEST:
        return
    depth = 0
    for token in tokenized(text):
        depth += (token.kind == "open") - (token.kind == "close")
        if depth > DEEPEST:
            raise Refusal(400, f"the query nests more than {DEEPEST} brackets; write it flatter")


def _holds(text: str, letters: str) -> bool:
    """Whether the letters are anywhere: most texts need not be read token by token."""
    return re.search(letters, text, re.IGNORECASE) is not None


def _has_word(text: str, word: str) -> bool:
    return _holds(text, word) and word in _words(text)


def _words(text: str) -> Iterator[str]:
    """The keywords and names of functions, in capitals."""
    for token in tokenized(text):
        if token.kind == "word":
            yield from re.split("[.-]", token.text.upper())


def _form(text: str) -> str:
    """SELECT, ASK, CONSTRUCT or DESCRIBE: the first word after the prologue."""
    first = next((word for word in _words(text) if word not in ("BASE", "PREFIX")), "")
    if first in _UPDATES:
        raise Refusal(400, f"{first} is refused here: this endpoint is read-only; change the tables and build again")
    if first not in (*_GRAPH_FORMS, *_ROW_FORMS):
        raise Refusal(400, "not SPARQL: no SELECT, ASK, CONSTRUCT or DESCRIBE; write one after the prefixes")
    return first
