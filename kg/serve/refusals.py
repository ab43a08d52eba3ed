"""Refusals: what a request cannot have, as one status and one sentence, told in one JSON shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

#: Headers of every answer of the endpoint and of linked data: anyone's page may read them, nobody guesses their type.
OPEN = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}


class Refusal(Exception):
    """A request that gets no answer. The message says what is wrong and what to do."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})

    @property
    def told(self) -> dict[str, Any]:
        """The refusal as data: the shape of every error."""
        return {"error": {"status": self.status, "message": str(self)}}


def in_json(refusal: Refusal) -> Response:
    """The refusal as its response."""
    return JSONResponse(refusal.told, refusal.status, {**OPEN, "Cache-Control": "no-store", **refusal.headers})
