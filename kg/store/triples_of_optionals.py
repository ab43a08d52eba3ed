"""The triples of an OPTIONAL, so that the embedded engine looks them up one after the other.

Where two triples share no variable but those that are bound before, Oxigraph takes them for strangers: it reads both in
the whole graph, and joins them then. Where the second stands in an OPTIONAL of its own, and must have matched, it is
looked up as the first is, and the answer is the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from kg.sparql_tokens import Token, tokenized

_COMMENT = re.compile(r"#[^\n]*")
_END = re.compile(r"[.;,]")
#: What triples are made of here: with a literal or a bracket they are left as they stand.
_PLAIN = ("variable", "name", "iri")


class _Triples(NamedTuple):
    """Triples and the variables that they name."""

    text: str
    variables: frozenset[str]


def connected(optional: str, certain: frozenset[str], named: frozenset[str]) -> str:
    """An OPTIONAL, with the same answer, where the variables before it are so named and some bound for certain."""
    tokens = list(tokenized(optional))
    last = next(number for number, token in enumerate(tokens) if number > 1 and not _is_of_a_triple(token))
    if tokens[last].text.upper() not in ("}", "FILTER", "BIND", "OPTIONAL"):
        return optional
    first, *others = _components(_triples(optional, tokens[2:last], tokens[last].start), certain)
    if not others or any(each.variables & certain - first.variables for each in others):
        return optional
    marks = [min(each.variables - named, default="") for each in others]
    if not all(marks):
        return optional
    inner = "".join(f" OPTIONAL {{ {each.text} }}" for each in others)
    matched = " && ".join(f"BOUND(?{mark})" for mark in marks)
    return f"OPTIONAL {{ {{ {first.text}{inner} FILTER({matched}) }} {optional[tokens[last].start :]}"


def _is_of_a_triple(token: Token) -> bool:
    return token.kind in _PLAIN or token.text == "a"


def _triples(text: str, tokens: Sequence[Token], end: int) -> Iterator[_Triples]:
    """Each triple for itself, without the signs that leave out what it shares with the one before."""
    ends = [*(token.start for token in tokens[1:]), end]
    subject = predicate = ""
    told: list[Token] = []
    for token, after in zip(tokens, ends, strict=True):
        told.append(token)
        signs = _END.findall(_COMMENT.sub("", text[token.end : after])) or ["."] * (after == end)
        if signs:
            subject = subject or told.pop(0).text
            predicate = predicate or text[told[0].start : told[-1].start]
            names = (subject, *(each.text for each in tokenized(predicate)), token.text)
            variables = frozenset(name[1:] for name in names if name[0] in "?$")
            yield _Triples(f"{subject} {predicate} {token.text} .", variables)
            subject, predicate = _kept(signs[-1], subject, predicate)
            told = []


def _kept(sign: str, subject: str, predicate: str) -> tuple[str, str]:
    """What the next triple takes over from one that ends in this sign."""
    return {".": ("", ""), ";": (subject, ""), ",": (subject, predicate)}[sign]


def _components(triples: Iterable[_Triples], certain: frozenset[str]) -> list[_Triples]:
    """The triples, those together that hang together by more than what is bound for certain before."""
    found: list[_Triples] = []
    for triple in triples:
        joined = [each for each in found if each.variables & triple.variables - certain]
        parts = [*joined, triple]
        found = [each for each in found if each not in joined]
        found.append(
            _Triples(" ".join(each.text for each in parts), frozenset().union(*(each.variables for each in parts)))
        )
    return found or [_Triples("", frozenset())]
