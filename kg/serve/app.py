"""The explorer as a Starlette application: pages, files beside them, and what pages are dressed in."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import PurePosixPath

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.pages.addresses import served
from kg.pages.atlas import Atlas
from kg.pages.rendering import STATIC
from kg.pages.searching import index
from kg.serve import linked_data, sparql
from kg.serve.answering import HTML, made
from kg.serve.descriptions import Descriptions
from kg.serve.engine import Engine, LocalEngine
from kg.serve.flowing import flowing
from kg.serve.keeping import Answer, Asked, Kept
from kg.serve.making import Making
from kg.serve.refusals import Refusal
from kg.serve.remote_engine import RemoteEngine
from kg.serve.turns import client_of, while_there
from kg.store import Store
from kg.store.embedded import Embedded
from kg.store.remote import Remote

#: Nothing but what comes from here may run, be shown or be sent to; no page may be framed.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
#: A query longer than this is nobody's click.
_LONGEST_QUERY = 20_000
#: No page reads as many parameters.
_MOST_PARAMETERS = 400
#: So many bytes of pages over a build are kept; a remote store may change, and nothing of it is.
_KEPT = 128 * 1024 * 1024


def application(store: Store, before: Sequence[BaseRoute] = (), prefix: str = "") -> Starlette:
    """The application over a store: ``before`` are routes ahead of the pages, ``prefix`` is where it is mounted."""
    atlas = Atlas(store, served(prefix))
    engine = engine_over(store)
    routes = [
        *before,
        *linked_data.routes(store, _page),
        *(sparql.routes(engine, Descriptions(store), _sparql_page) if engine else ()),
        Route("/static/names.json", _names, methods=["GET"]),
        Route("/static/{name}", _static, methods=["GET"]),
        Route("/{path:path}", _page, methods=["GET"]),
    ]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(_Safe)],
        lifespan=_closing(engine),
        exception_handlers={HTTPException: _refused, ClientDisconnect: _left, Exception: _broken},
    )
    app.state.atlas = atlas
    app.state.making = Making(Kept(_KEPT if isinstance(store, Embedded) else 0))
    return app


def engine_over(store: Store) -> Engine | None:
    """Who answers the queries of strangers over a store; nobody over one in memory, which no other process can open."""
    if isinstance(store, Embedded):
        return LocalEngine(store.location) if store.location else None
    return RemoteEngine(store.endpoint) if isinstance(store, Remote) else None


def _closing(engine: Engine | None) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """What runs is stopped when the application is."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        if engine:
            await run_in_threadpool(engine.close)

    return lifespan


async def _sparql_page(request: Request, exchange: sparql.Exchange) -> Response:
    """The page of the endpoint, with what was asked and what came of it."""
    if not exchange.text:
        return await _page(request)
    return await run_in_threadpool(_exchanged, request, exchange)


def _exchanged(request: Request, exchange: sparql.Exchange) -> Response:
    atlas: Atlas = request.app.state.atlas
    refusal = exchange.refusal
    page = atlas.sparql_page(exchange.text, exchange.as_rows(), str(refusal or ""))
    headers = {"Vary": "Accept", **(refusal.headers if refusal else {})}
    return Response(page.html, refusal.status if refusal else page.status, headers, HTML)


async def _page(request: Request) -> Response:
    """A page, or the file beside one."""
    if len(request.url.query) > _LONGEST_QUERY:
        raise HTTPException(414, "the query of this address is too long; ask with a POST to /sparql")
    if request.url.query.count("&") >= _MOST_PARAMETERS:
        raise HTTPException(400, f"an address has at most {_MOST_PARAMETERS} parameters; leave some out")
    atlas: Atlas = request.app.state.atlas
    path = _local(request)
    query = atlas.read_of(path, request.query_params)
    answer = await _had(request, Asked.of(path, query), lambda: made(atlas, path, query))
    if answer.parts:
        return StreamingResponse(flowing(answer.parts), media_type=answer.media_type)
    response = _tagged(request, answer.content, answer.media_type, answer.status)
    if answer.policy:
        response.headers["Content-Security-Policy"] = answer.policy
    return response


async def _had(request: Request, asked: Asked, make: Callable[[], Answer]) -> Answer:
    """What is kept or is made now; nobody waits to make it for a reader who has gone away."""
    making: Making = request.app.state.making
    try:
        return await while_there(request, making.answer(asked, make, client_of(request)))
    except Refusal as refusal:
        raise HTTPException(refusal.status, str(refusal), refusal.headers) from refusal


def _local(request: Request) -> str:
    """The path below where the application is mounted; one slash too many at its end does not count."""
    path = str(request.scope["path"])
    root = str(request.scope.get("root_path", ""))
    path = path.removeprefix(root) or "/"
    return path if path == "/" else path.rstrip("/")


async def _static(request: Request) -> Response:
    """A style sheet, script or image of the pages."""
    name = PurePosixPath(request.path_params["name"]).name
    path = STATIC / name
    if name not in {each.name for each in STATIC.iterdir()} or path.suffix not in _TYPES:
        raise HTTPException(404, f"there is no file {name[:80]}")
    return _tagged(request, path.read_bytes(), _TYPES[path.suffix], 200)


async def _names(request: Request) -> Response:
    """Every name of the graph, for the scripts that offer them."""
    library = request.app.state.atlas.library
    asked = Asked(request.url.path)
    named = await _had(request, asked, lambda: Answer(index(library).encode(), "application/json", 200))
    return _tagged(request, named.content, named.media_type, named.status)


def _tagged(request: Request, content: bytes, media_type: str, status: int) -> Response:
    """A response that a browser need not fetch again while it stays the same."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if status == 200 and ("*" in known or tag in known):
        return Response(status_code=304, headers=headers)
    return Response(content, status, headers, media_type)


async def _refused(request: Request, error: Exception) -> Response:
    """What the server itself refuses, as a page."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    told = "pages are read with GET and HEAD only" if status == 405 else str(getattr(error, "detail", error))
    page = await run_in_threadpool(request.app.state.atlas.error_page, status, told, request.url.path)
    headers = {"Allow": "GET, HEAD"} if status == 405 else getattr(error, "headers", None)
    return Response(page.html, status, headers, HTML)


async def _left(request: Request, error: Exception) -> Response:
    """Nobody reads this: the client has gone away."""
    return Response(status_code=400)


async def _broken(request: Request, error: Exception) -> Response:
    """A fault of ours, told without its inside."""
    page = request.app.state.atlas.error_page(
        500, "this page could not be made; please tell us its address", request.url.path
    )
    return Response(page.html, 500, _HEADERS, HTML)


class _Safe:
    """Every response carries the headers that keep a browser from doing what no page asked for."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(
                        (name.lower().encode(), value.encode())
                        for name, value in _HEADERS.items()
                        if name.lower().encode() not in present
                    ),
                ]
            await send(message)

        await self.app(scope, receive, with_headers)
