"""A store whose queries may ask other endpoints, by SERVICE, and only those that the user named.

The embedded engine speaks SERVICE by itself, but asks whatever address a query holds, follows it without a limit of
time, takes half an answer for a whole one, and fetches everything that a block matches before it joins. So it is never
let near the network: each SERVICE block is asked here, first, and stands in the query as VALUES, which by the rules of
SPARQL means the same. What the group says before the block is asked first, and the IRIs that it binds go along, some
hundred at a time, so that a large endpoint is asked only about what can join.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import BadQuestion, StoreError
from kg.names import PREFIXES
from kg.sparql_tokens import Token, asks_elsewhere, one_line_end, tokenized
from kg.store import Store
from kg.store.rows import Iri, Rows, Stream
from kg.store.service import SECONDS, Service, Solutions

#: So many bindings go along with one request.
_AT_ONCE = 500
#: All requests of a query may take so many times as long as one, and give so many rows.
_REQUESTS = 5
_MOST_ROWS = 300_000
_PREFIX = "service:"
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


class Federated:
    """A store, and the services that its queries may name as ``SERVICE service:NAME``, or by their address."""

    def __init__(self, store: Store, services: Mapping[str, str], seconds: float = SECONDS) -> None:
        self._store = store
        self._services = {name: Service(name, url, seconds) for name, url in services.items()}
        self._seconds = seconds * _REQUESTS

    def select(self, query: str) -> Rows:
        return self._store.select(self._without_services(query))

    def stream(self, query: str) -> Stream:
        return self._store.stream(self._without_services(query))

    def graph(self, query: str) -> str:
        return self._store.graph(self._without_services(query))

    def close(self) -> None:
        self._store.close()

    def _without_services(self, query: str) -> str:
        """The query with what each service answered in its place."""
        text = one_line_end(query)
        budget = _Budget(self._seconds)
        while block := first_block(text):
            values = self._answered(block, budget)
            text = f"{text[: block.start]}{values}{text[block.end :]}"
        return text

    def _answered(self, block: _Block, budget: _Budget) -> str:
        """The solutions of a block as VALUES."""
        service = self._named(block.target)
        solutions = self._solutions(service, block, budget)
        if any(isinstance(term, ox.BlankNode) for row in solutions.rows for term in row):
            raise StoreError(
                f"{service} answered with blank nodes, which mean nothing here; say in the SERVICE block that it"
                " is none: FILTER(!isBlank(?it))"
            )
        written = (["UNDEF" if term is None else str(term) for term in row] for row in solutions.rows)
        return _values(solutions.variables, written)

    def _solutions(self, service: Service, block: _Block, budget: _Budget) -> Solutions:
        if asks_elsewhere(block.pattern):
            raise BadQuestion(f"SERVICE within SERVICE {block.target}: a service here asks no other; write them apart")
        known = self._known(block)
        if known is None:
            return budget.solutions(service, f"{block.asking} WHERE {block.pattern}")
        parts = [
            budget.solutions(service, f"{block.asking} WHERE {{ {values} {block.pattern} }}")
            for values in _batches(known)
        ]
        if not parts:  # nothing here to join with
            return Solutions(tuple(sorted(block.variables)), ())
        if len({part.variables for part in parts}) > 1:
            raise StoreError(f"{service} names other columns each time it is asked; it cannot be joined")
        return Solutions(parts[0].variables, tuple(row for part in parts for row in part.rows))

    def _named(self, target: str) -> Service:
        for service in self._services.values():
            if target in (f"{_PREFIX}{service.name}", f"<{service.url}>"):
                return service
        known = ", ".join(f"{_PREFIX}{name}" for name in self._services)
        raise BadQuestion(f"SERVICE {target} was not named with its address, so it is not asked; named are: {known}")

    def _known(self, block: _Block) -> Rows | None:
        """The IRIs that the query binds before the block to variables of the block; None where that tells nothing."""
        for before in block.before:
            shared = sorted(block.variables & _variables(before))
            if shared:
                names = " ".join(f"?{name}" for name in shared)
                rows = self._store.select(
                    f"{block.prologue} SELECT DISTINCT {names} {block.dataset} WHERE {{ {before} }}"
                )
                return _iris(rows) if rows else rows
        return None


class _Budget:
    """What all requests of a query may take together: each by itself may be in time, and thousands of them not."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until = time.monotonic() + seconds
        self._rows = _MOST_ROWS

    def solutions(self, service: Service, query: str) -> Solutions:
        """What a service answers, as long as there is time for it and room."""
        if time.monotonic() > self._until:
            raise StoreError(
                f"{service}: all requests of the query took more than {self._seconds:g} s; say more before its SERVICE"
                " block, so that less is asked"
            )
        found = service.solutions(query)
        self._rows -= len(found.rows)
        if self._rows < 0:
            raise StoreError(
                f"{service}: all services of the query answered with more than {_MOST_ROWS:,} rows; say more in its"
                " SERVICE block, so that less is asked"
            )
        return found


@dataclass(frozen=True)
class _Block:
    """A SERVICE block of a query: where it stands, whom it asks, and what its group says before it.

    ``before`` holds that of its own group and, where this is an OPTIONAL that begins with the block, that of the group
    around.
    """

    start: int
    end: int
    target: str
    pattern: str
    prologue: str
    dataset: str
    before: tuple[str, ...]

    @property
    def variables(self) -> frozenset[str]:
        return _variables(self.pattern)

    @property
    def asking(self) -> str:
        """What comes before the pattern where it is asked elsewhere."""
        known = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())
        return f"{known}{self.prologue} SELECT *"


def first_block(text: str) -> _Block | None:
    """The first SERVICE block of a query; BadQuestion where it may not stand so."""
    tokens = list(tokenized(text))
    index = next((at for at, token in enumerate(tokens) if _is_word(token, "SERVICE")), None)
    if index is None:
        return None
    if [token.kind for token in tokens[index + 1 : index + 3]] not in (["name", "open"], ["iri", "open"]):
        raise BadQuestion(
            "after SERVICE stand service:NAME and a block in braces; SILENT would hide that a service failed,"
            " a variable could lead anywhere"
        )
    closing = _closing(tokens, index + 2)
    form = next((token for token in tokens if token.kind == "word" and token.text.upper() in _FORMS), tokens[0])
    return _Block(
        start=tokens[index].start,
        end=tokens[closing].end,
        target=tokens[index + 1].text,
        pattern=text[tokens[index + 2].start : tokens[closing].end],
        prologue=text[: form.start],
        dataset=" ".join(_dataset(tokens)),
        before=tuple(_before(text, tokens, index)),
    )


def _closing(tokens: Sequence[Token], opening: int) -> int:
    """Where the bracket closes that opens at a place."""
    depth = 0
    for at in range(opening, len(tokens)):
        depth += (tokens[at].kind == "open") - (tokens[at].kind == "close")
        if not depth:
            return at
    raise BadQuestion(f"not SPARQL: the bracket that opens at letter {tokens[opening].start + 1} does not close")


def _dataset(tokens: Sequence[Token]) -> Iterator[str]:
    """The FROM and FROM NAMED of a query."""
    for at, token in enumerate(tokens):
        if _is_word(token, "FROM"):
            named = at + 1 < len(tokens) and _is_word(tokens[at + 1], "NAMED")
            yield from (each.text for each in tokens[at : at + 2 + named])


def _before(text: str, tokens: Sequence[Token], index: int) -> Iterator[str]:
    """What the groups say before a place, from its own outwards, as long as that narrows what may join."""
    openings = [at for at in range(index) if tokens[at].text == "{" and _closing(tokens, at) > index]
    if any(_is_word(token, "GRAPH") for at in openings for token in tokens[max(0, at - 2) : at]):
        return
    end = index
    for opening in reversed(openings):
        yield _without_filters(text, tokens[opening + 1 : end], tokens[opening].end, tokens[end].start)
        if end != opening + 1 or not _is_word(tokens[opening - 1], "OPTIONAL"):
            return
        end = opening - 1


def _without_filters(text: str, tokens: Sequence[Token], start: int, end: int) -> str:
    """A part of a group without its filters: they hold for the whole group, and may ask for what comes later."""
    kept: list[str] = []
    depth = 0
    for at, token in enumerate(tokens):
        depth += (token.kind == "open") - (token.kind == "close")
        if not depth and token.start >= start and _is_word(token, "FILTER"):
            opening = next((later for later in range(at, len(tokens)) if tokens[later].kind == "open"), at)
            kept.append(text[start : token.start])
            start = tokens[_closing(tokens, opening)].end
    return " ".join((*kept, text[start:end]))


def _is_word(token: Token, word: str) -> bool:
    return token.kind == "word" and token.text.upper() == word


def _variables(part: str) -> frozenset[str]:
    return frozenset(token.text[1:] for token in tokenized(part) if token.kind == "variable")


def _iris(rows: Rows) -> Rows | None:
    """The columns that hold nothing but IRIs, each row once; only IRIs are written alike by every engine."""
    columns = [name for name in rows.columns if all(isinstance(value, Iri) for value in rows.column(name))]
    if not columns:
        return None
    kept = dict.fromkeys(tuple(row[name] for name in columns) for row in rows)
    return Rows(tuple(columns), tuple(kept))


def _batches(rows: Rows) -> Iterator[str]:
    for start in range(0, len(rows), _AT_ONCE):
        part = rows.values[start : start + _AT_ONCE]
        yield _values(rows.columns, ([f"<{value}>" for value in row] for row in part))


def _values(columns: Sequence[str], rows: Iterator[list[str]]) -> str:
    names = " ".join(f"?{name}" for name in columns)
    held = "\n".join(f"({' '.join(row)})" for row in rows)
    return f" VALUES ({names}) {{ {held} }} "
