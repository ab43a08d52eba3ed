"""The explorer as a Starlette application: pages, files beside them, and what pages are dressed in."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Sequence
from pathlib import PurePosixPath

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.errors import KgError
from kg.pages.addresses import served
from kg.pages.atlas import Atlas
from kg.pages.rendering import STATIC
from kg.store import Store

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


def application(store: Store, before: Sequence[BaseRoute] = (), prefix: str = "") -> Starlette:
    """The application over a store: ``before`` are routes ahead of the pages, ``prefix`` is where it is mounted."""
    atlas = Atlas(store, served(prefix))
    routes = [
        *before,
        Route("/static/{name}", _static, methods=["GET"]),
        Route("/{path:path}", _page, methods=["GET"]),
    ]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(_Safe)],
        exception_handlers={HTTPException: _refused, Exception: _broken},
    )
    app.state.atlas = atlas
    return app


async def _page(request: Request) -> Response:
    """A page, or the file beside one."""
    if len(request.url.query) > _LONGEST_QUERY:
        raise HTTPException(414, "the query of this address is too long; ask with a POST to /sparql")
    return await run_in_threadpool(_answered, request)


def _answered(request: Request) -> Response:
    atlas: Atlas = request.app.state.atlas
    path, query = _local(request), dict(request.query_params)
    try:
        file = atlas.file(path, query)
    except KgError as error:
        refusal = atlas.refusal(error, path)
        return Response(refusal.html, refusal.status, media_type="text/html; charset=utf-8")
    if file is not None:
        response = _tagged(request, file.content, file.media_type, 200)
        if file.media_type.startswith("text/html"):
            response.headers["Content-Security-Policy"] = _policy_of(file.content.decode())
        return response
    page = atlas.page(path, query)
    return _tagged(request, page.html.encode(), "text/html; charset=utf-8", page.status)


def _policy_of(html: str) -> str:
    """The policy of a page that brings its own scripts and styles: these very ones may run, and nothing else."""
    scripts = [_hashed(text) for text in re.findall(r"<script[^>]*>(.*?)</script>", html, re.DOTALL) if text.strip()]
    styles = [_hashed(text) for text in re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL)]
    attributes = [_hashed(text) for text in re.findall(r'\sstyle="([^"]*)"', html)]
    return (
        f"default-src 'none'; img-src data:; script-src {' '.join(dict.fromkeys(scripts))}; "
        f"style-src 'unsafe-hashes' {' '.join(dict.fromkeys((*styles, *attributes)))}; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    )


def _hashed(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


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
    headers = {"Allow": "GET, HEAD"} if status == 405 else None
    return Response(page.html, status, headers, "text/html; charset=utf-8")


async def _broken(request: Request, error: Exception) -> Response:
    """A fault of ours, told without its inside."""
    page = request.app.state.atlas.error_page(
        500, "this page could not be made; please tell us its address", request.url.path
    )
    return Response(page.html, 500, _HEADERS, "text/html; charset=utf-8")


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
