"""What stands in each file of a site: the pages, the data beside them, the whole graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from markupsafe import escape

from kg.errors import KgError
from kg.export.graphs import whole_graph
from kg.names import local_name
from kg.pages.addresses import pair_path
from kg.pages.atlas import Atlas
from kg.pages.frame import Still
from kg.pages.model import Content
from kg.pages.network import FREE_FORM, free_form
from kg.serve.descriptions import Descriptions, serialized
from kg.serve.documents import Documents
from kg.serve.negotiation import JSON_LD, N_TRIPLES, RDF_XML, TURTLE
from kg.site.addresses import Address, Links
from kg.site.names import NAMES, names, searched
from kg.store import Store

#: What the headers of a server say of a served page: only what comes from the site may run, and Oxigraph may compile.
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'"
)
_WHOLE = {"/kg.nq": "nq", "/kg.ttl": "ttl"}
#: The forms of a document. Pages link to the first two; who asks for another by its media type finds it beside them.
_RDF = {".ttl": TURTLE, ".jsonld": JSON_LD, ".rdf": RDF_XML, ".nt": N_TRIPLES}
_UNLINKED = (".rdf", ".nt")
_NOTHING_DRAWN = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="960" height="80" font-family="sans-serif">'
    '<text x="20" y="45">{}</text></svg>'
)


@dataclass(frozen=True)
class Bundle:
    """Files by their names, and what their links lead to."""

    files: Mapping[str, bytes]
    wanted: tuple[Address, ...]


class Maker:
    """Makes the files of a site over one store."""

    def __init__(self, store: Store, asks: bool) -> None:
        self.asks = asks
        self.links = Links()
        self.atlas = Atlas(store, self.links, Still(POLICY, asks))
        self.links.studied = _studied(store)
        #: Kind -> how many there are, of those with too many things to have a page each.
        self.left_out = self.atlas.crowded()
        self.links.left_out = frozenset(self.left_out)
        self._store = store
        self._last: tuple[tuple[str, dict[str, str]], Content] = ("", {}), Content("", "")
        self._told_last = "", ""
        self._documents = Documents(self.atlas.library, Descriptions(store))

    def start(self) -> list[Address]:
        """Every page without a choice, but for pairs that nobody studied and things of which there are too many."""
        paths = (path for path in self.atlas.paths() if not path.startswith("/pair/") or path in self.links.studied)
        return [Address(path) for path in (*paths, NAMES, "/kg.nq", "/kg.ttl")]

    def bundle(self, address: Address) -> Bundle:
        """A page with the files that lie beside it, which take much of the same work; or one file."""
        self.links.wanted.clear()
        files = {address.file: self.made(address)}
        for each in tuple(self.links.wanted):
            if each.is_beside(address):
                files[each.file] = self.made(each)
        for each in (address, *self.links.wanted):
            if each.ending == ".ttl" and each.file in files and self._document(_local(each)):
                unlinked = [replace(each, path=f"/{_local(each)}{ending}") for ending in _UNLINKED]
                files |= {one.file: self.made(one) for one in unlinked}
        return Bundle(files, tuple(self.links.wanted))

    def made(self, address: Address) -> bytes:
        """The content of a page or file. What its links lead to is remembered."""
        self.links.here = address
        if address.path in _WHOLE:
            return whole_graph(self._store, _WHOLE[address.path]).encode()
        if address.ending in _RDF and (ntriples := self._document(_local(address))):
            return serialized(ntriples, _RDF[address.ending]).encode()
        if address.path == FREE_FORM:
            return free_form(self.atlas.library, {}).encode()
        if address.ending:
            return self._beside(address)
        return self._page(address).encode()

    def _page(self, address: Address) -> str:
        try:
            return self.atlas.drawn(self._content(address.path, address)).html
        except KgError as error:
            return self.atlas.refusal(error, address.path).html

    def _beside(self, address: Address) -> bytes:
        """The table or figure of a page. A figure that cannot be drawn tells why, so that no link is dead."""
        content = self._content(address.path.removesuffix(address.ending), address)
        try:
            file = self.atlas.beside(content, address.ending)
        except KgError as error:
            return _NOTHING_DRAWN.format(escape(str(error))).encode()
        if file is None:
            raise KgError(f"{address.path}: a page links to it, and there is nothing to put there; please report this")
        return file.whole

    def _content(self, path: str, address: Address) -> Content:
        """What stands on a page, kept for the files beside it, which are made next."""
        if self._last[0] != (path, address.query):
            self._last = (path, address.query), self._told(path, address.query)
        return self._last[1]

    def _told(self, path: str, query: dict[str, str]) -> Content:
        if path == NAMES:
            return names(self.atlas.library)
        content = self.atlas.content(path, query)
        return searched(content) if path == "/search" else content

    def _document(self, local: str) -> str:
        """What is said of an IRI, kept for the other forms of it, which are made next."""
        if self._told_last[0] != local:
            document = self._documents.about(local)
            self._told_last = local, document.ntriples if document else ""
        return self._told_last[1]


def _local(address: Address) -> str:
    """What an address is after the base, without its ending."""
    return address.path.removesuffix(address.ending).strip("/")


def _studied(store: Store) -> frozenset[str]:
    """The paths of the pairs with findings, narrower constructs included."""
    cells = store.select("SELECT DISTINCT ?cell WHERE { ?cell a ca:RolledUpCell }").column("cell")
    return frozenset(pair_path(*local_name(str(cell)).split("--")) for cell in cells)
