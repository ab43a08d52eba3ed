"""Endpoints that take some methods and refuse the others in the shape of every refusal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kg.serve.refusals import OPEN, Refusal, in_json

Handler = Callable[[Request], Awaitable[Response]]


class Taking:
    """An endpoint for the methods in ``allowed``. Other sites' pages may ask it as well (CORS)."""

    def __init__(self, handler: Handler, *allowed: str) -> None:
        self._handler = handler
        self._allowed = (*allowed, "OPTIONS")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if request.method == "OPTIONS":
            response = self._preflight()
        elif request.method in self._allowed:
            response = await self._handler(request)
        else:
            headers = {"Allow": ", ".join(self._allowed)}
            response = in_json(Refusal(405, f"this address takes {headers['Allow']}; ask by GET", headers))
        await response(scope, receive, send)

    def _preflight(self) -> Response:
        """What a browser wants to know before it lets another site's page ask."""
        methods = ", ".join(self._allowed)
        headers = {
            "Allow": methods,
            "Access-Control-Allow-Methods": methods,
            "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match",
            "Access-Control-Max-Age": "86400",
        }
        return Response(status_code=204, headers={**OPEN, **headers})
