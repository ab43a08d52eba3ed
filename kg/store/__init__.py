"""Stores: where a built graph is asked. The seam is one method wide.

A store answers SPARQL 1.1 over the union of its named graphs. ``Embedded`` is pyoxigraph, on disk or
in memory; ``Remote`` is any SPARQL endpoint. ``open_store`` picks by the look of the address.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from kg.errors import StoreError
from kg.store.rows import Iri, Row, Rows, Stream, Value

if TYPE_CHECKING:
    from kg.store.signing import Login

__all__ = ["Iri", "Row", "Rows", "Store", "Stream", "Value", "is_endpoint", "open_store"]


class Store(Protocol):
    """What everything above this floor knows of a store."""

    def select(self, query: str) -> Rows:
        """The solutions of a SELECT or ASK query (ASK gives one row, one column ``ask``)."""

    def stream(self, query: str) -> Stream:
        """The solutions of a SELECT query one by one, where the engine gives them so."""

    def graph(self, query: str) -> str:
        """The triples of a CONSTRUCT or DESCRIBE query, as N-Triples."""

    def close(self) -> None:
        """Let go of files and connections."""


def is_endpoint(address: str | Path) -> bool:
    """Whether an address is meant as that of a SPARQL endpoint."""
    return str(address).startswith(("http://", "https://"))


def open_store(address: str | Path, login: Login | None = None) -> Store:
    """The store at ``address``: an ``http(s)://`` SPARQL endpoint, which is told of ``login`` where it wants to know
    who asks, or the folder of a build.

    Raises StoreError where there is none.
    """
    if is_endpoint(address):
        from kg.store.remote import Remote
        from kg.store.service import has_password, is_web_address

        if has_password(str(address)):
            raise StoreError("no user or password in an address, where others may read it; give --user and KG_PASSWORD")
        if not is_web_address(str(address)):
            raise StoreError(f"'{address}' is no http(s):// address; give that of a SPARQL endpoint")
        return Remote(str(address), login)
    if "://" in str(address):
        raise StoreError(
            f"'{address}' is no http(s):// address; give that of a SPARQL endpoint, or the folder of a build"
        )
    from kg.store.embedded import Embedded

    return Embedded.open(Path(address))
