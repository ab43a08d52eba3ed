"""The body of an answer from the web: read in time, up to a size, and whole, or not at all."""

from __future__ import annotations

import time
from http.client import HTTPException, HTTPResponse

_PIECE = 65_536


class TooMuch(ValueError):
    """An answer holds more than anybody asks for."""


class CutOff(HTTPException):
    """An answer ended before all that was announced had come."""

    def __str__(self) -> str:
        return "the answer is cut off"


def read_body(response: HTTPResponse, until: float, most: int) -> bytes:
    """The body; TooMuch beyond ``most`` bytes, CutOff where it is a part, TimeoutError after ``until``.

    ``until`` is a time of ``time.monotonic``. It holds however slowly the bytes come: the timeout of a connection
    begins anew with each of them.
    """
    announced = response.length
    pieces: list[bytes] = []
    size = 0
    while piece := response.read1(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > most:
            raise TooMuch(f"more than {most:,} bytes")
        if time.monotonic() > until:
            raise TimeoutError
    if announced is not None and size < announced:
        raise CutOff
    return b"".join(pieces)
