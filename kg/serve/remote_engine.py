"""The engine that is an endpoint elsewhere: ``kg --store http://… serve`` puts the same limits and refusals before it.

Rows are asked for as JSON and graphs as N-Triples, which every engine has, and handed out in the form wanted. When
time is up the connection is cut; most engines then stop, but what runs on there is that engine's matter.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pyoxigraph as ox

from kg.names import PREFIXES
from kg.serve.engine import Asked, Client, Limits, Queue, kept, one_line, too_large, too_slow
from kg.serve.refusals import Refusal
from kg.serve.worker import GRAPH_FORMATS, ROW_FORMATS

_ROWS = "application/sparql-results+json"
_GRAPH = "application/n-triples"
_PIECE = 65_536


class RemoteEngine:
    """An endpoint that speaks the SPARQL 1.1 Protocol."""

    def __init__(self, endpoint: str, limits: Limits | None = None) -> None:
        self._endpoint = endpoint
        self._limits = limits or Limits()
        self._queue = Queue(self._limits, self._run)

    async def answer(self, asked: Asked) -> IO[bytes]:
        return await self._queue.answer(asked)

    def close(self) -> None:
        self._queue.close()

    def _run(self, asked: Asked, client: Client) -> IO[bytes]:
        deadline = time.monotonic() + self._limits.seconds
        with self._troubles_told(deadline), urlopen(self._request(asked), timeout=self._limits.seconds) as response:  # noqa: S310 - the operator's own address
            body = self._whole(response, deadline)
        answer = kept()
        try:
            _convert(body, asked, answer)
        except (ValueError, SyntaxError) as error:
            answer.close()
            raise Refusal(503, f"the endpoint behind this one sent no {_kind(asked)}; tell who runs it") from error
        answer.seek(0)
        return answer

    def _request(self, asked: Asked) -> Request:
        head = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())
        fields = [("query", head + asked.query.text)]
        fields += [("default-graph-uri", iri) for iri in asked.default_graphs]
        fields += [("named-graph-uri", iri) for iri in asked.named_graphs]
        headers = {"Accept": _kind(asked), "Content-Type": "application/x-www-form-urlencoded"}
        return Request(self._endpoint, urlencode(fields).encode(), headers)  # noqa: S310 - see above

    def _whole(self, response: HTTPResponse, deadline: float) -> bytes:
        body = bytearray()
        while piece := response.read1(_PIECE):
            body += piece
            if len(body) > self._limits.bytes:
                raise too_large(self._limits)
            if time.monotonic() > deadline:
                raise too_slow(self._limits)
        return bytes(body)

    @contextmanager
    def _troubles_told(self, deadline: float) -> Iterator[None]:
        """What a connection may end with, as refusals."""
        try:
            yield
        except HTTPError as error:
            said = one_line(error.read(2000).decode(errors="replace"))
            error.close()
            if 400 <= error.code < 500:
                raise Refusal(400, f"the endpoint behind this one refused the query: {said}") from error
            raise Refusal(503, f"the endpoint behind this one failed (HTTP {error.code}): {said}") from error
        except (OSError, HTTPException) as error:
            if time.monotonic() >= deadline:
                raise too_slow(self._limits) from error
            raise Refusal(503, "the endpoint behind this one does not answer; ask again later") from error


def _kind(asked: Asked) -> str:
    return _GRAPH if asked.query.is_graph else _ROWS


def _convert(body: bytes, asked: Asked, answer: IO[bytes]) -> None:
    """Write the answer in the form that was asked for."""
    if asked.query.is_graph:
        triples = ox.parse(body, format=ox.RdfFormat.N_TRIPLES)
        ox.serialize(triples, answer, format=GRAPH_FORMATS[asked.form], prefixes=PREFIXES)
        return
    rows: Any = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    rows.serialize(answer, ROW_FORMATS[asked.form])
