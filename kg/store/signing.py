"""Who asks or writes, as HTTP has it: Basic (RFC 7617) and Digest (RFC 7616), told to whom asks for it, and then
unasked. Safe to share between threads.
"""

from __future__ import annotations

import base64
import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import md5, sha256
from ipaddress import ip_address
from urllib.parse import urlsplit
from urllib.request import parse_http_list, parse_keqv_list

from kg.errors import StoreError

#: Algorithm of Digest -> hash. MD5 is what Virtuoso and older servers know; the password itself never travels.
_HASHES: dict[str, Callable[[bytes], str]] = {
    "SHA-256": lambda text: sha256(text).hexdigest(),
    "MD5": lambda text: md5(text).hexdigest(),  # noqa: S324 - the server's choice
}
_SCHEME = re.compile(r"(?:^|,)\s*(Basic|Digest)\s+(?=\w+\s*=)", re.IGNORECASE)


@dataclass(frozen=True)
class Login:
    """A user and the password, which is never shown."""

    user: str
    password: str = field(repr=False)


class Signature:
    """What the server at an address is told of the user, once it has asked."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self._challenge: dict[str, str] | None = None
        self._asks_basic = False
        self._count = 0
        self._lock = threading.Lock()

    def learn(self, url: str, headers: list[str], sent: str | None) -> bool:
        """Take in the ``WWW-Authenticate`` of a refusal of what was signed with ``sent``; whether there is a new way to
        sign for it. StoreError where that would tell the password to anybody on the way.
        """
        asked = [challenge for header in headers for challenge in _challenges(header)]
        fresh = next((each for scheme, each in asked if scheme == "digest" and _algorithm(each)), None)
        with self._lock:
            if fresh:
                self._challenge, self._count = fresh, 0
                return not (sent or "").startswith("Digest") or fresh.get("stale", "").lower() == "true"
            if sent or not any(scheme == "basic" for scheme, _ in asked):
                return False
            if not _is_private(url):
                raise StoreError(
                    f"{url.partition('?')[0]}: asks for the password by Basic, and over http:// anybody on the way can"
                    " read it; give an https:// address, or set the engine up for Digest"
                )
            self._asks_basic = True
            return True

    def header(self, method: str, url: str) -> str | None:
        """The ``Authorization`` of a request; None as long as nobody asked for one."""
        with self._lock:
            if self._challenge:
                return self._digest(self._challenge, method, url)
        if self._asks_basic:
            return "Basic " + base64.b64encode(f"{self._login.user}:{self._login.password}".encode()).decode()
        return None

    def _digest(self, challenge: dict[str, str], method: str, url: str) -> str:
        algorithm = _algorithm(challenge) or "MD5"
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._count += 1
        count, ours = f"{self._count:08x}", secrets.token_hex(8)

        def hashed(*words: str) -> str:
            return _HASHES[algorithm](":".join(words).encode())

        secret = hashed(self._login.user, challenge["realm"], self._login.password)
        asked = hashed(method, path)
        told = {"username": self._login.user, "realm": challenge["realm"], "nonce": challenge["nonce"], "uri": path}
        if "auth" in re.split(r"[,\s]+", challenge.get("qop", "")):
            told["response"] = hashed(secret, challenge["nonce"], count, ours, "auth", asked)
            plain = f", qop=auth, nc={count}"
            told["cnonce"] = ours
        else:
            told["response"] = hashed(secret, challenge["nonce"], asked)
            plain = ""
        if "opaque" in challenge:
            told["opaque"] = challenge["opaque"]
        quoted = ", ".join(f'{name}="{_escaped(value)}"' for name, value in told.items())
        return f"Digest {quoted}, algorithm={algorithm}{plain}"


def _is_private(url: str) -> bool:
    """Whether what is sent there is seen by nobody else: it is encrypted, or stays on this machine.

    >>> [_is_private(url) for url in ("https://e.org/", "http://[::1]:80/", "http://localhost/", "http://127.e.org/")]
    [True, True, True, False]
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        stays = ip_address(host).is_loopback
    except ValueError:
        stays = host == "localhost"
    return parts.scheme == "https" or stays


def _challenges(header: str) -> list[tuple[str, dict[str, str]]]:
    """The schemes that a header asks for, each with its parameters; one header may hold several."""
    starts = list(_SCHEME.finditer(header))
    ends = [*(match.start() for match in starts[1:]), len(header)]
    found = []
    for match, end in zip(starts, ends, strict=True):
        words = [word for word in parse_http_list(header[match.end() : end]) if "=" in word]
        found.append((match[1].lower(), parse_keqv_list(words)))
    return found


def _algorithm(challenge: dict[str, str]) -> str | None:
    """The hash that a Digest challenge wants; None where it is one that we have not, or the challenge is no good."""
    name = challenge.get("algorithm", "MD5").upper()
    return name if name in _HASHES and {"realm", "nonce"} <= challenge.keys() else None


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
