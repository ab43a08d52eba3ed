"""Tokens of SPARQL: the text of a query as the grammar reads it, before any engine sees it.

Only tokens tell a keyword from the same letters in a string, a comment, an IRI or a name, so only tokens can say that
a query asks another server (SERVICE). Where engines may differ, the reading errs on the side of saying that it does:
escapes are read both as they stand and as what they stand for, and a dot ends a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kg.errors import BadQuestion

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
_SERVICE = re.compile("service", re.IGNORECASE)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


class Token(NamedTuple):
    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def tokenized(text: str) -> Iterator[Token]:
    """Every token but comments. Punctuation that opens and closes nothing is passed over.

    A string without an end is refused: engines may take its quotes for shorter strings and read on.
    """
    for match in _TOKENS.finditer(text):
        if match.lastgroup in ("unended", "lonely"):
            raise BadQuestion(f"not SPARQL: the string that begins at letter {match.start() + 1} does not end")
        if match.lastgroup and match.lastgroup != "comment":
            yield Token(match.lastgroup, match[0], match.start())


def closing(tokens: Sequence[Token], opened: int) -> int:
    """Where what opens at a token closes; the last token where it does not."""
    depth = 0
    for number in range(opened, len(tokens)):
        depth += {"open": 1, "close": -1}.get(tokens[number].kind, 0)
        if depth == 0:
            return number
    return len(tokens) - 1


def readings(text: str) -> set[str]:
    """The text as it stands, and with its codepoint escapes (``\\u0041``) read, as some engines do before all else.

    Engines differ in whether a lone carriage return ends a comment; in these readings there is none.
    """
    plain = one_line_end(text)
    return {plain, one_line_end(_ESCAPE.sub(_letter, plain))}


def one_line_end(text: str) -> str:
    """The text with one kind of line end."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def asks_elsewhere(text: str) -> bool:
    """Whether a query asks another server, in any reading."""
    return any(map(_has_service, readings(text)))


def refuse_services(query: str) -> None:
    """BadQuestion where a query asks another server: that is for those to allow who know its address."""
    if asks_elsewhere(query):
        raise BadQuestion("SERVICE asks another server, which needs its address: kg query --service NAME=URL FILE")


def _letter(match: re.Match[str]) -> str:
    number = int(match[1] or match[2], 16)
    return chr(number) if number <= 0x10FFFF else match[0]


def _has_service(text: str) -> bool:
    if not _SERVICE.search(text):  # most queries need not be read token by token
        return False
    # Parsers see 'true', 'SERVICE' and ':x' in 'trueSERVICE:x': words and prefixes may not even hold the letters.
    words = (token.text.partition(":")[0] for token in tokenized(text) if token.kind in ("word", "name"))
    return any(_SERVICE.search(word) for word in words)
