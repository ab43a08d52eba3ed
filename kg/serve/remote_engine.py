"""The engine that is an endpoint elsewhere: ``kg --store http://… serve`` puts the same limits and refusals before it.

Rows are asked for as JSON and graphs as N-Triples, which every engine has, and handed out in the form wanted. When
time is up, or nobody waits any more, the connection is cut; most engines then stop, but what runs on there is that
engine's matter.
"""

from __future__ import annotations

import itertools
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPHandler, HTTPSHandler, Request, build_opener

import pyoxigraph as ox

from kg.names import PREFIXES
from kg.serve.engine import Asked, Client, Limits, Queue, kept, one_line, too_large, too_slow
from kg.serve.refusals import Refusal
from kg.serve.worker import GRAPH_FORMATS, write

_ROWS = "application/sparql-results+json"
_GRAPH = "application/n-triples"
_PIECE = 65_536


class RemoteEngine:
    """An endpoint that speaks the SPARQL 1.1 Protocol."""

    def __init__(self, endpoint: str, limits: Limits | None = None) -> None:
        self._endpoint = endpoint
        self._limits = limits or Limits()
        self._queue = Queue(self._limits, self._run)
        self._lines: set[_Line] = set()

    async def answer(self, asked: Asked, address: str = "") -> IO[bytes]:
        return await self._queue.answer(asked, address)

    def close(self) -> None:
        for line in tuple(self._lines):
            line.cut()
        self._queue.close()

    def _run(self, asked: Asked, client: Client) -> IO[bytes]:
        body = self._asked(asked, client)
        answer = kept()
        try:
            _convert(body, asked, answer)
        except (ValueError, SyntaxError) as error:
            answer.close()
            raise Refusal(503, f"the endpoint behind this one sent no {_kind(asked)}; tell who runs it") from error
        answer.seek(0)
        return answer

    def _asked(self, asked: Asked, client: Client) -> bytes:
        """The body of the answer; the line is cut when its time is up, and where the client leaves."""
        seconds = client.seconds
        deadline = time.monotonic() + seconds
        line = _Line()
        self._lines.add(line)
        client.served_by(line.cut)
        try:
            with self._troubles_told(deadline), line.opened(self._request(asked), seconds) as response:
                return self._whole(response, deadline)
        finally:
            client.served_by(None)
            self._lines.discard(line)

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
                raise too_large(self._limits.bytes)
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
        triples = itertools.islice(ox.parse(body, format=ox.RdfFormat.N_TRIPLES), asked.first)
        ox.serialize(triples, answer, format=GRAPH_FORMATS[asked.form], prefixes=PREFIXES)
        return
    rows: Any = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    write(rows, answer, asked.form, asked.first, PREFIXES)


class _Line:
    """A connection that can be cut from another thread, at whatever point it is."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        self._is_cut = False

    def opened(self, request: Request, seconds: float) -> HTTPResponse:
        """The response, once its head is there."""
        line = self

        class Plain(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                line.hold(self.sock)

        class Secured(HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                line.hold(self.sock)

        class OpensPlain(HTTPHandler):
            def http_open(self, req: Request) -> HTTPResponse:
                return self.do_open(Plain, req)

        class OpensSecured(HTTPSHandler):
            def https_open(self, req: Request) -> HTTPResponse:
                return self.do_open(Secured, req)

        response: HTTPResponse = build_opener(OpensPlain, OpensSecured).open(request, timeout=seconds)
        return response

    def hold(self, opened: socket.socket) -> None:
        self._sockets.append(opened)
        if self._is_cut:
            self.cut()

    def cut(self) -> None:
        """End it; whoever reads from it is told by its end."""
        self._is_cut = True
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
