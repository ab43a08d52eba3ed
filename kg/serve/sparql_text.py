"""The text of a query, read as the grammar of SPARQL reads it: token by token, before any engine sees it.

Only tokens tell a keyword from the same letters in a string, a comment, an IRI or a name, so only tokens can say
that a query asks another server (SERVICE) or changes something. Where engines may differ, the reading errs on the
side of refusing: escapes are read both as they stand and as what they stand for, and a dot ends a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from kg.serve.refusals import Refusal

#: Bytes of a query beyond which nobody wrote it by hand.
LARGEST = 1_000_000
#: Brackets within brackets: no question has more, and parsers that descend have only so much stack.
DEEPEST = 100

_TOKENS = re.compile(
    r"""
      (?P<comment> \#[^\n]*+ )
    | (?P<iri>     <(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+> )
    | (?P<long>    '''(?:'{0,2}(?:[^'\\]|\\[\s\S]))*+''' | \"""(?:"{0,2}(?:[^"\\]|\\[\s\S]))*+\""" )
    | (?P<unended> ''' | \""" )
    | (?P<short>   '(?:[^'\\\n]|\\.)*+' | "(?:[^"\\\n]|\\.)*+" )
    | (?P<lonely>  ['"] )
    | (?P<name>    (?:[^\W\d][\w.-]*+)? :(?:[\w:%-]|\\[_~.\-!$&'()*+,;=/?\#@%])*+ )
    | (?P<word>    [^\W\d][\w.-]*+ )
    | (?P<variable>[?$]\w+ )
    | (?P<tag>     @[A-Za-z]+(?:-+[A-Za-z0-9]+)* )
    | (?P<number>  (?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)? )
    | (?P<open>    [\[{(] )
    | (?P<close>   [\]})] )
    | [\s+*/,;=|&!^.-]++
    """,
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_GRAPH_FORMS = ("CONSTRUCT", "DESCRIBE")
_ROW_FORMS = ("SELECT", "ASK")
_UPDATES = ("INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY")


class Token(NamedTuple):
    kind: str
    text: str


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
    # Engines differ in whether a lone carriage return ends a comment; after this there is none.
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    for reading in {plain, _unescaped(plain)}:
        _refuse_elsewhere(reading)
        _refuse_depth(reading)
    return Query(plain, _form(plain) in _GRAPH_FORMS, _has_word(plain, "FROM"))


def tokenized(text: str) -> Iterator[Token]:
    """Every token but comments. Punctuation that opens and closes nothing is passed over.

    A string without an end is refused: engines may take its quotes for shorter strings and read on.
    """
    for match in _TOKENS.finditer(text):
        if match.lastgroup in ("unended", "lonely"):
            raise Refusal(400, f"not SPARQL: the string that begins at letter {match.start() + 1} does not end")
        if match.lastgroup and match.lastgroup != "comment":
            yield Token(match.lastgroup, match[0])


def _unescaped(text: str) -> str:
    """The text with its codepoint escapes (``\\u0041``) read, as some engines do before anything else."""

    def letter(match: re.Match[str]) -> str:
        number = int(match[1] or match[2], 16)
        return chr(number) if number <= 0x10FFFF else match[0]

    return _ESCAPE.sub(letter, text)


def _refuse_elsewhere(text: str) -> None:
    # Parsers see 'true', 'SERVICE' and ':x' in 'trueSERVICE:x': words and prefixes may not even hold the letters.
    if not _holds(text, "SERVICE"):
        return
    words = (token.text.partition(":")[0] for token in tokenized(text) if token.kind in ("word", "name"))
    if any("SERVICE" in word.upper() for word in words):
        raise Refusal(400, "SERVICE is refused here: this endpoint asks no other server; ask the other one yourself")


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
