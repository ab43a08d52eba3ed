"""Connections: whoever is slow to ask or to read is hung up on, and one address has only so many.

The server waits for the head and body of a request as long as it takes; who sends a letter now and then would hold a
connection for ever, and who holds them all shuts out everybody.
"""

from __future__ import annotations

import asyncio
from ipaddress import ip_address

import h11
from starlette.types import ASGIApp
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol

#: Connections in all, beyond which requests get a 503, and those of one address, beyond which they are not taken.
MOST = 512
MOST_OF_ONE = 64
#: Seconds in which the head and then the body of a request must be there, and in which a reader must read something.
HEAD, BODY, READING = 10.0, 30.0, 60.0
#: Seconds for which those who are answered when the server is stopped may still read.
_LAST = 3

_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


def configured(app: ASGIApp) -> Config:
    """How the explorer is served."""
    return Config(
        app,
        http=Impatient,
        ws="none",
        log_level="warning",
        server_header=False,
        limit_concurrency=MOST,
        timeout_graceful_shutdown=_LAST,
    )


class Impatient(H11Protocol):
    """A connection that is closed when its time is up: for a request to be there, or for a reader to go on."""

    _awaited: object = None
    _request_clock: asyncio.TimerHandle | None = None
    _reader_clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self._is_one_too_many():
            transport.abort()
            return
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        for clock in (self._request_clock, self._reader_clock):
            if clock:
                clock.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reader_clock = self.loop.call_later(READING, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._reader_clock:
            self._reader_clock.cancel()

    def _is_one_too_many(self) -> bool:
        host = self.client[0] if self.client else ""
        if _stands_for_many(host):
            return False
        clients: list[tuple[str, int] | None] = [getattr(each, "client", None) for each in self.connections]
        return sum(client[0] == host for client in clients if client) > MOST_OF_ONE

    def _watch(self) -> None:
        """Set the clock for what is awaited of the client, once for each head and each body."""
        awaited = self.conn.their_state
        if awaited is self._awaited:
            return
        self._awaited = awaited
        if self._request_clock:
            self._request_clock.cancel()
            self._request_clock = None
        seconds = {h11.IDLE: HEAD, h11.SEND_BODY: BODY}.get(awaited)
        if seconds and not self.transport.is_closing():
            self._request_clock = self.loop.call_later(seconds, self._hang_up)

    def _hang_up(self) -> None:
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.write(_TOO_SLOW)
        self.transport.close()


def _stands_for_many(host: str) -> bool:
    """Whether a proxy on this machine may ask for everybody; what has no address comes by a socket of this machine."""
    return not host or ip_address(host.partition("%")[0]).is_loopback
