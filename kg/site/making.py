"""What stands in each file of a site: the pages, the data beside them, the whole graph."""

from __future__ import annotations

from markupsafe import escape

from kg.errors import KgError
from kg.export.graphs import whole_graph
from kg.pages.atlas import Atlas
from kg.pages.frame import Still
from kg.serve.descriptions import Descriptions, serialized
from kg.serve.documents import Documents
from kg.serve.negotiation import JSON_LD, TURTLE
from kg.site.addresses import Address, Links
from kg.site.names import NAMES, names, searched
from kg.store import Store

#: What the headers of a server say of a served page: only what comes from the site may run, and Oxigraph may compile.
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'"
)
_WHOLE = {"/kg.nq": "nq", "/kg.ttl": "ttl"}
_RDF = {".ttl": TURTLE, ".jsonld": JSON_LD}
_FREE_FORM = "/network/free-form"
_NOTHING_DRAWN = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="960" height="80" font-family="sans-serif">'
    '<text x="20" y="45">{}</text></svg>'
)


class Maker:
    """Makes the files of a site over one store."""

    def __init__(self, store: Store, asks: bool) -> None:
        self.links = Links()
        self.atlas = Atlas(store, self.links, Still(POLICY, asks))
        self._store = store
        self._documents = Documents(self.atlas.library, Descriptions(store))

    def start(self) -> list[Address]:
        """Every page without a choice. Pairs are made where something links to them."""
        paths = (path for path in self.atlas.paths() if not path.startswith("/pair/"))
        return [Address(path) for path in (*paths, NAMES, "/kg.nq", "/kg.ttl")]

    def made(self, address: Address) -> bytes:
        """The content of a page or file. What its links lead to is remembered."""
        self.links.here = address
        if address.path in _WHOLE:
            return whole_graph(self._store, _WHOLE[address.path]).encode()
        if address.ending in _RDF:
            return self._document(address)
        if address.ending or address.path == _FREE_FORM:
            return self._beside(address)
        return self._page(address).encode()

    def _page(self, address: Address) -> str:
        if address.path == NAMES:
            return self.atlas.drawn(names(self.atlas.library)).html
        if address.path == "/search":
            return self.atlas.drawn(searched(self.atlas.content("/search", {}))).html
        return self.atlas.page(address.path, address.query).html

    def _beside(self, address: Address) -> bytes:
        """The table or figure of a page. A figure that cannot be drawn tells why, so that no link is dead."""
        try:
            file = self.atlas.file(address.path, address.query)
        except KgError as error:
            if address.ending != ".svg":
                raise
            return _NOTHING_DRAWN.format(escape(str(error))).encode()
        if file is None:
            raise KgError(f"{address.path}: a page links to it, and there is nothing to put there; please report this")
        return file.content

    def _document(self, address: Address) -> bytes:
        document = self._documents.about(address.path.removesuffix(address.ending).strip("/"))
        return serialized(document.ntriples if document else "", _RDF[address.ending]).encode()
