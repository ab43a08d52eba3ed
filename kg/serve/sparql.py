"""The SPARQL endpoint: the query half of the SPARQL 1.1 Protocol, as routes over an engine.

A query comes by GET, as a form, or by itself; with the graphs it is asked of, or over the union of all. Nothing can
be changed here. Every refusal has the shape of ``kg.serve.refusals``.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import IO
from urllib.parse import parse_qsl

import pyoxigraph as ox
from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from kg.names import BASE
from kg.pages.sparql import MOST_ROWS
from kg.serve.descriptions import Descriptions, serialized
from kg.serve.engine import Asked, Engine
from kg.serve.methods import Taking
from kg.serve.negotiation import GRAPH_FORMS, HTML, ROW_FORMS, Form, choose, chosen
from kg.serve.refusals import OPEN, Refusal, in_json
from kg.serve.sparql_text import LARGEST, Query, read_query
from kg.serve.turns import client_of, while_there
from kg.store import Rows
from kg.store.embedded import value_of
from kg.store.remote import rows_of

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")
_OWN_ADDRESS = re.compile(r"https?://[A-Za-z0-9.\[\]:-]+(?:/[A-Za-z0-9._~/-]*)?")
#: A form may be as large as the largest query with each byte written as three, and the names of its graphs.
_LARGEST_BODY = 3 * LARGEST + 100_000
_PIECE = 65_536
#: What clients call forms in ``format=`` besides our suffixes: SPARQLWrapper's names.
_OTHER_NAMES = {"turtle": "ttl", "n3": "ttl", "json-ld": "jsonld", "rdf+xml": "rdf", "n-triples": "nt"}
_GRAPH_NAMES = {"json": "jsonld", "xml": "rdf"}


@dataclass(frozen=True)
class Exchange:
    """What the page of the endpoint shows: the text that was asked, and its answer or what was wrong with it.

    ``rows`` is the answer as SPARQL JSON, ``triples`` that of a CONSTRUCT or DESCRIBE as N-Triples: of both as many as
    the page shows, and one more where there are more.
    """

    text: str = ""
    rows: bytes | None = None
    triples: bytes | None = None
    refusal: Refusal | None = None

    def as_rows(self) -> Rows | None:
        """The answer as rows, those of triples in three columns; None where there is none."""
        if self.triples is not None:
            triples = ox.parse(self.triples, format=ox.RdfFormat.N_TRIPLES)
            values = tuple(tuple(map(value_of, quad.triple)) for quad in triples)
            return Rows(("subject", "predicate", "object"), values)
        return None if self.rows is None else rows_of(json.loads(self.rows))


#: Makes the HTML page of the endpoint.
HtmlPage = Callable[[Request, Exchange], Awaitable[Response]]


@dataclass(frozen=True)
class _Parameters:
    """What a request asks: each parameter of the protocol, as often as it was given."""

    pairs: tuple[tuple[str, str], ...]

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.pairs if key == name)

    def one(self, name: str) -> str | None:
        values = self.all(name)
        if len(values) > 1:
            raise Refusal(400, f"{name} is given {len(values)} times; give it once")
        return values[0] if values else None


def routes(engine: Engine, descriptions: Descriptions, html_page: HtmlPage | None = None) -> list[Route]:
    """The endpoint at ``/sparql`` and the description of the dataset at ``/.well-known/void``."""
    endpoint = _Endpoint(engine, descriptions, html_page)
    return [
        Route("/sparql", Taking(endpoint.answer, "GET", "HEAD", "POST")),
        Route("/.well-known/void", Taking(endpoint.void, "GET", "HEAD")),
    ]


class _Endpoint:
    def __init__(self, engine: Engine, descriptions: Descriptions, html_page: HtmlPage | None) -> None:
        self._engine = engine
        self._descriptions = descriptions
        self._html_page = html_page
        self._readers = CapacityLimiter(2)

    async def void(self, request: Request) -> Response:
        """The dataset, in VoID and DCAT."""
        try:
            form = chosen(request.headers.get("accept"), GRAPH_FORMS)
        except Refusal as refusal:
            return in_json(refusal)
        body = await run_in_threadpool(lambda: serialized(self._descriptions.dataset(), form))
        return _whole(body, form)

    async def answer(self, request: Request) -> Response:
        text = ""
        try:
            if request.method == "POST":
                parameters = await _posted(request)
            else:
                parameters = _read_pairs(request.url.query, "the address")
            text = _text(parameters)
            if not text:
                return await self._described(request)
            return await self._answered(request, parameters, await self._read(text))
        except ClientDisconnect:
            return Response(status_code=400)
        except Refusal as refusal:
            if self._html_page and _wants_html(request):
                return await self._html_page(request, Exchange(text, refusal=refusal))
            return in_json(refusal)

    async def _read(self, text: str) -> Query:
        """Read apart from whoever makes pages, a few at a time: a megabyte made to be slow takes a second or two."""
        return await to_thread.run_sync(read_query, text, limiter=self._readers)

    async def _described(self, request: Request) -> Response:
        """Without a query: the page, or what the service is."""
        if request.method == "POST":
            raise Refusal(400, "no query; send one as the parameter 'query', or by itself as application/sparql-query")
        forms = (*((HTML,) if self._html_page else ()), *GRAPH_FORMS)
        form = chosen(request.headers.get("accept"), forms)
        if form is HTML and self._html_page:
            return await self._html_page(request, Exchange())
        address = str(request.url.replace(query=""))
        service = address if _OWN_ADDRESS.fullmatch(address) else f"{BASE}sparql"
        return _whole(await run_in_threadpool(lambda: serialized(self._descriptions.service(service), form)), form)

    async def _answered(self, request: Request, parameters: _Parameters, query: Query) -> Response:
        forms = GRAPH_FORMS if query.is_graph else ROW_FORMS
        form = _asked_form(request, parameters, forms, self._html_page is not None)
        default, named = (_graphs(parameters, f"{which}-graph-uri") for which in ("default", "named"))
        if form is HTML and self._html_page:
            plain = "nt" if query.is_graph else "json"
            with await self._awaited(request, Asked(query, plain, default, named, MOST_ROWS + 1)) as answer:
                content = answer.read()
            rows, triples = (None, content) if query.is_graph else (content, None)
            return await self._html_page(request, Exchange(query.text, rows, triples))
        answer = await self._awaited(request, Asked(query, form.suffix, default, named))
        length = answer.seek(0, 2)
        answer.seek(0)
        headers = {**OPEN, "Vary": "Accept", "Content-Length": str(length)}
        return StreamingResponse(_pieces(answer), headers=headers, media_type=form.content_type)

    async def _awaited(self, request: Request, asked: Asked) -> IO[bytes]:
        """The answer; nobody goes on working for a client that has gone away."""
        return await while_there(request, self._engine.answer(asked, client_of(request)))


def _wants_html(request: Request) -> bool:
    with_html = (*GRAPH_FORMS, *ROW_FORMS, HTML)
    try:
        return choose(request.headers.get("accept"), with_html) is HTML
    except Refusal:
        return False


def _asked_form(request: Request, parameters: _Parameters, forms: tuple[Form, ...], has_page: bool) -> Form:
    """The form that ``format=`` names, which a link or a plain form can say, or else the one that Accept would have."""
    named = parameters.one("format")
    offered: tuple[Form, ...] = (*forms, HTML) if has_page else forms
    if not named:
        # HTML comes last: who takes anything is a program.
        return chosen(request.headers.get("accept"), offered)
    named = _OTHER_NAMES.get(named, named)
    if forms is GRAPH_FORMS:
        named = _GRAPH_NAMES.get(named, named)
    for form in offered:
        if named in (form.suffix, form.media_type):
            return form
    listed = ", ".join(dict.fromkeys(form.suffix for form in forms))
    raise Refusal(400, f"no format '{named[:40]}' for this query; use one of {listed}")


def _text(parameters: _Parameters) -> str:
    if parameters.all("update"):
        raise Refusal(400, "updates are refused here: this endpoint is read-only; send a query")
    return (parameters.one("query") or "").strip()


def _graphs(parameters: _Parameters, name: str) -> tuple[str, ...]:
    for iri in parameters.all(name):
        if not _ABSOLUTE.fullmatch(iri):
            raise Refusal(400, f"{name} '{iri[:100]}' is no absolute IRI; give one like {BASE}graph/vocabulary")
    return parameters.all(name)


async def _posted(request: Request) -> _Parameters:
    """What a POST asks: as a form, or the query by itself with its dataset in the address."""
    kind, _, rest = request.headers.get("content-type", "").partition(";")
    charset = re.search(r"charset\s*=\s*\"?([\w-]+)", rest, re.IGNORECASE)
    if charset and charset[1].lower() not in ("utf-8", "utf8", "us-ascii"):
        raise Refusal(415, f"the body is in {charset[1]}; send UTF-8")
    match kind.strip().lower():
        case "application/x-www-form-urlencoded":
            return _read_pairs(_decoded(await _body(request, _LARGEST_BODY)), "the form")
        case "application/sparql-query":
            beside = [pair for pair in _read_pairs(request.url.query, "the address").pairs if pair[0] != "query"]
            return _Parameters((("query", _decoded(await _body(request, LARGEST))), *beside))
        case "application/sparql-update":
            raise Refusal(415, "updates are refused here: this endpoint is read-only; send a query")
        case other:
            told = f"'{other}'" if other else "no Content-Type"
            raise Refusal(
                415, f"{told} cannot be asked with; send a form (x-www-form-urlencoded) or application/sparql-query"
            )


async def _body(request: Request, most: int) -> bytes:
    """The body, read no further than ``most`` bytes."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            raise Refusal(413, f"the query is larger than {LARGEST:,} bytes; ask for less at a time")
    return bytes(body)


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Refusal(400, "the query is not UTF-8; send it as UTF-8") from error


def _read_pairs(encoded: str, where: str) -> _Parameters:
    try:
        return _Parameters(tuple(parse_qsl(encoded, keep_blank_values=True, errors="strict", max_num_fields=1000)))
    except ValueError as error:
        raise Refusal(
            400, f"{where} cannot be read: percent-encode UTF-8, and give at most 1,000 parameters"
        ) from error


def _whole(body: str, form: Form) -> Response:
    return Response(body, headers={**OPEN, "Vary": "Accept"}, media_type=form.content_type)


async def _pieces(answer: IO[bytes]) -> AsyncIterator[bytes]:
    with answer:
        while piece := await run_in_threadpool(answer.read, _PIECE):
            yield piece
