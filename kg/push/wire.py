"""Requests to an engine: signed, in time, tried again where that does no harm; what goes wrong is told in one line."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, RemoteDisconnected
from urllib.error import HTTPError
from urllib.request import Request, build_opener

from kg.errors import StoreError
from kg.resources import software_version
from kg.store.bodies import TooMuch, read_body
from kg.store.service import NoRedirect, first_words
from kg.store.signing import Login, Signature

#: Seconds after which a request counts as not answered: a large part takes an engine a while.
SECONDS = 300.0
#: A reply of more bytes is none: what is read back comes in portions.
_MOST_BYTES = 256_000_000
#: Seconds to wait before a request is tried again, one for each further try.
WAITS = (1.0, 2.0, 4.0, 8.0)
_LONGEST_WAIT = 60.0
#: What an engine says that may take the same request a moment later.
_BUSY = (429, 502, 503)
_RESETS = (ConnectionResetError, BrokenPipeError, RemoteDisconnected)
_AGAIN = "push again: what was found equal stays, and it goes on from there"


@dataclass(frozen=True)
class Message:
    """A request. One that is not ``repeatable``, as it may do more when done twice, is never sent again by itself."""

    method: str
    url: str
    body: bytes = b""
    kind: str = ""
    accept: str = "*/*"
    repeatable: bool = True
    gone_is_fine: bool = False


@dataclass(frozen=True)
class Reply:
    """What an engine answered."""

    kind: str
    body: bytes


class Wire:
    """Sends messages."""

    def __init__(
        self,
        login: Login | None = None,
        seconds: float = SECONDS,
        waits: tuple[float, ...] = WAITS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._login = login
        self._seconds = seconds
        self._waits = waits
        self._sleep = sleep
        self._opener = build_opener(NoRedirect)
        self._signatures: dict[str, Signature] = {}

    def send(self, message: Message) -> Reply:
        """The answer, or a StoreError that says what to do."""
        waits = iter(self._waits if message.repeatable else ())
        while True:
            try:
                signed = self._signed(message)
                return self._sent(message, signed)
            except HTTPError as error:
                with error:
                    if error.code == 404 and message.gone_is_fine:
                        return Reply("", b"")
                    if not self._is_signed_anew(message, error, signed):
                        self._sleep(self._pause(message, error, next(waits, None)))
            except (OSError, HTTPException, ValueError) as error:
                wait = next(waits, None) if isinstance(_cause(error), _RESETS) else None
                if wait is None:
                    raise self._unanswered(message, error) from error
                self._sleep(wait)

    def _signed(self, message: Message) -> str | None:
        signature = self._signatures.get(_place(message.url))
        return signature.header(message.method, message.url) if signature else None

    def _sent(self, message: Message, signed: str | None) -> Reply:
        headers = {"Accept": message.accept, "User-Agent": f"compassion-attachment-kg/{software_version()}"}
        if message.kind:
            headers["Content-Type"] = message.kind
        if signed:
            headers["Authorization"] = signed
        body = message.body if message.method in ("POST", "PUT") else None
        request = Request(message.url, body, headers, method=message.method)  # noqa: S310 - the command saw to that
        until = time.monotonic() + self._seconds
        with self._opener.open(request, timeout=self._seconds) as response:
            kind = str(response.headers.get("Content-Type") or "no content type")
            return Reply(kind, read_body(response, until, _MOST_BYTES))

    def _is_signed_anew(self, message: Message, error: HTTPError, signed: str | None) -> bool:
        """Whether the message was refused for want of a signature that can now be given: then nothing was done yet."""
        if error.code != 401 or not self._login:
            return False
        signature = self._signatures.setdefault(_place(message.url), Signature(self._login))
        return signature.learn(message.url, error.headers.get_all("WWW-Authenticate") or [], signed)

    def _pause(self, message: Message, error: HTTPError, wait: float | None) -> float:
        """Seconds until the message may be sent again; StoreError where it may not."""
        if error.code not in _BUSY or wait is None:
            raise self._refused(message, error) from error
        told = error.headers.get("Retry-After") or ""
        return min(float(told), _LONGEST_WAIT) if told.isascii() and told.isdigit() else wait

    def _refused(self, message: Message, error: HTTPError) -> StoreError:
        """An answer of 3xx, 4xx or 5xx, in words."""
        head = f"{_place(message.url)}: HTTP {error.code} {error.reason}"
        if 300 <= error.code < 400:
            return StoreError(f"{head}: sends on to {error.headers.get('Location')}; give that address instead")
        return StoreError(f"{head}{first_words(error)}; {self._advice(error.code)}")

    def _advice(self, status: int) -> str:
        if status == 401:
            wrong = f"user {self._login.user} or the password is wrong" if self._login else "it asks who you are"
            return f"{wrong}; give --user NAME, and the password in KG_PASSWORD or when asked"
        if status == 403:
            who = f"user {self._login.user}" if self._login else "who does not sign in"
            return f"{who} may not do this there; give a --user who may, or ask whoever runs it"
        if status in (405, 501):
            return "it is read-only, or this is not the address for writing"
        if status in _BUSY:
            return f"it is busy or down, and was asked as often as does no harm; when it is up, {_AGAIN}"
        if status >= 500:
            return f"the engine failed; look into its log and whether its disk is full, then {_AGAIN}"
        return "compare the addresses with the engine's documentation, and look into its log"

    def _unanswered(self, message: Message, error: Exception) -> StoreError:
        cause, where = _cause(error), _place(message.url)
        if isinstance(cause, TimeoutError):
            return StoreError(f"{where}: no answer within {self._seconds:g} s; when the engine is idle, {_AGAIN}")
        if isinstance(cause, TooMuch):
            return StoreError(f"{where}: answered with {cause}; is it the right address? Look into the engine's log")
        if isinstance(cause, (*_RESETS, HTTPException)):
            why = str(cause) or type(cause).__name__
            return StoreError(f"{where}: the connection broke off ({why}); see that the engine runs, then {_AGAIN}")
        return StoreError(f"{where}: does not answer ({cause}); is the address right and the engine running?")


def _place(url: str) -> str:
    """An address without what is asked there."""
    return url.partition("?")[0]


def _cause(error: BaseException) -> BaseException:
    """What urllib wrapped, unwrapped."""
    reason = getattr(error, "reason", None)
    return reason if isinstance(reason, BaseException) else error
