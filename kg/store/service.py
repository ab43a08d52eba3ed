"""A SPARQL endpoint of somebody else, asked for all solutions of a pattern, in time, or told of in one clear line."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pyoxigraph as ox

from kg.errors import BadQuestion, StoreError
from kg.resources import software_version
from kg.store.bodies import TooMuch, read_body

#: Seconds, bytes and rows of one answer beyond which it counts as none.
SECONDS = 60.0
_MOST_BYTES = 64_000_000
_MOST_ROWS = 100_000
_PIECE = 65_536
_JSON = ("application/sparql-results+json", "application/json")
_NAME = re.compile(r"[A-Za-z][\w-]*")

Terms = tuple[ox.NamedNode | ox.Literal | ox.BlankNode | ox.Triple | None, ...]


@dataclass(frozen=True)
class Solutions:
    """What a pattern matched: its variables, and a row of terms for each match."""

    variables: tuple[str, ...]
    rows: tuple[Terms, ...]


class NoRedirect(HTTPRedirectHandler):
    """The address that was named is the only one that is asked."""

    def redirect_request(self, *args: object) -> None:
        return None


class Service:
    """An endpoint under the name that a query calls it by."""

    def __init__(self, name: str, url: str, seconds: float = SECONDS) -> None:
        if not _NAME.fullmatch(name):
            raise BadQuestion(f"service '{name}': a name is a letter, then letters, digits, - or _")
        if not is_web_address(url):
            raise BadQuestion(f"service {name}: '{url}' is no http(s):// address; give that of a SPARQL endpoint")
        self.name = name
        self.url = url
        self._seconds = seconds

    def __str__(self) -> str:
        return f"service {self.name} ({self.url})"

    def solutions(self, query: str) -> Solutions:
        """The rows of a SELECT query; StoreError where it gives none, too many, or only a part of them."""
        until = time.monotonic() + self._seconds
        request = Request(  # noqa: S310 - http or https, as the constructor saw to
            self.url,
            urlencode({"query": query}).encode(),
            {"Accept": ", ".join(_JSON), "User-Agent": f"compassion-attachment-kg/{software_version()}"},
        )
        try:
            with build_opener(NoRedirect).open(request, timeout=self._seconds) as response:
                self._refuse_parts(response)
                return self._read(self._body(response, until), response.headers.get("X-SPARQL-MaxRows"))
        except HTTPError as error:
            with error:
                raise self._refused(error) from error
        except TimeoutError as error:
            raise self._too_late() from error
        except (OSError, ValueError, HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            if isinstance(reason, TimeoutError):
                raise self._too_late() from error
            raise StoreError(f"{self} does not answer ({reason}); is the address right and the endpoint up?") from error

    def _refuse_parts(self, response: HTTPResponse) -> None:
        """An answer that says of itself that it is not what was asked, or not all of it."""
        kind = str(response.headers.get("Content-Type") or "no content type")
        if response.status == 206 or "X-SQL-State" in response.headers:  # the latter is Virtuoso's, out of time
            raise self._in_part()
        if kind.partition(";")[0].strip().lower() not in _JSON:
            raise StoreError(f"{self} answered with {kind}, not {_JSON[0]}; give the address of a SPARQL endpoint")

    def _body(self, response: HTTPResponse, until: float) -> bytes:
        try:
            return read_body(response, until, _MOST_BYTES)
        except TooMuch as error:
            raise self._too_much(f"{_MOST_BYTES:,} bytes") from error
        except HTTPException as error:
            raise self._unreadable() from error

    def _read(self, body: bytes, most: str | None) -> Solutions:
        try:
            answer = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
            try:
                if not isinstance(answer, ox.QuerySolutions):
                    raise self._unreadable()
                names = tuple(variable.value for variable in answer.variables)
                rows = tuple(tuple(solution[name] for name in names) for solution in answer)
            finally:
                del answer  # only the thread that asked may drop it, and an error would keep it
        except (SyntaxError, ValueError, OSError) as error:
            raise self._unreadable() from error.with_traceback(None)  # its frames hold the answer, too
        if len(rows) > _MOST_ROWS:
            raise self._too_much(f"{_MOST_ROWS:,} rows")
        if most and most.isdigit() and len(rows) >= int(most):
            raise self._in_part()
        return Solutions(names, rows)

    def _refused(self, error: HTTPError) -> StoreError:
        if error.code in (301, 302, 303, 307, 308):
            return StoreError(f"{self} sends on to {error.headers.get('Location')}, which was not named; name that")
        return StoreError(f"{self} refused the query: HTTP {error.code} {error.reason}{first_words(error)}")

    def _in_part(self) -> StoreError:
        return StoreError(f"{self} answered in part only; ask it for less: say more in the SERVICE block")

    def _too_much(self, limit: str) -> StoreError:
        return StoreError(f"{self} answered with more than {limit}; ask it for less: say more in the SERVICE block")

    def _too_late(self) -> StoreError:
        return StoreError(f"{self} did not answer in full within {self._seconds:g} s; ask it for less, or later")

    def _unreadable(self) -> StoreError:
        return StoreError(f"{self} answered with rows that are cut off or malformed; ask again, or for less")


def is_web_address(url: str) -> bool:
    """Whether that is the address of something on the web."""
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:  # such as a port that is no number
        return False
    return parts.scheme in ("http", "https") and is_whole and not re.search(r'[\s<>"{}|\\^`]', url)


def has_password(url: str) -> bool:
    """Whether an address tells a user or a password, which then stand in histories and lists of processes."""
    return "@" in urlsplit(url).netloc


def first_words(error: HTTPError) -> str:
    """What the engine said of its refusal, if that is text for people."""
    try:
        body = error.read(_PIECE)
    except (OSError, HTTPException):
        return ""
    line = next((line.strip() for line in body.decode(errors="replace").splitlines() if line.strip()), "")
    return f": {line[:200]}" if line and not line.startswith("<") else ""
