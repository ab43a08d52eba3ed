"""Linked data: every IRI of ours, at the path that it has after the base, in the form that a client would rather read.

``/construct/x`` negotiates; ``/construct/x.ttl`` (.jsonld, .rdf, .nt) is one form. The pages are somebody else's: the
application hands in what makes them. An obsolete term answers with what it gave way to.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kg.errors import StoreError
from kg.names import BASE, PLAIN, PREFIXES
from kg.pages.addresses import pair_path
from kg.pages.atlas import FILES
from kg.serve.descriptions import Descriptions, serialized
from kg.serve.documents import Document, Documents
from kg.serve.methods import Taking
from kg.serve.negotiation import GRAPH_FORMS, HTML, JSON_LD, RDF_XML, Form, chosen
from kg.serve.refusals import OPEN, Refusal, in_json
from kg.store import Store

#: Makes the HTML page of an address, or tells that it is not there; None where things of this kind have no page.
#: It is also asked for files beside the pages, such as ``/construct/x.csv``.
HtmlPage = Callable[[Request], Awaitable[Response | None]]

_FORMS = {form.suffix: form for form in GRAPH_FORMS}
_ALONE = ("ontology", "vocabulary", "dataset")
_KINDS = sorted(
    [
        "mappings",
        *(
            iri.removeprefix(BASE).rstrip("/")
            for iri in PREFIXES.values()
            if iri.startswith(BASE) and iri.endswith("/")
        ),
    ]
)
_READ = "GET", "HEAD"


def routes(store: Store, html_page: HtmlPage | None = None) -> list[Route]:
    """A route for every kind of IRI; the base itself leads to the dataset where RDF is asked for."""
    descriptions = Descriptions(store)
    data = _LinkedData(Documents(store, descriptions), html_page)
    things, base = Taking(data.thing, *_READ), Taking(data.base, *_READ)
    return [
        *(Route(f"/{name}", things) for name in _ALONE),
        *(Route(f"/{name}.{{suffix}}", things) for name in _ALONE),
        *(Route(f"/{kind}/{{name:path}}", things) for kind in _KINDS),
        Route("/", base),
    ]


class _LinkedData:
    def __init__(self, documents: Documents, html_page: HtmlPage | None) -> None:
        self._documents = documents
        self._html_page = html_page

    async def base(self, request: Request) -> Response:
        """The project itself: its page, or by 303 the dataset, which is what there is to say of it."""
        try:
            form = chosen(request.headers.get("accept"), (HTML, *GRAPH_FORMS) if self._html_page else GRAPH_FORMS)
        except Refusal as refusal:
            return in_json(refusal)
        page = await self._html_page(request) if form is HTML and self._html_page else None
        return _varying(page) if page else _see_other(request, "dataset")

    async def thing(self, request: Request) -> Response:
        local, form = _split(_path(request))
        try:
            if form:
                return await self._document(request, local, form)
            return await self._negotiated(request, local)
        except Refusal as refusal:
            return in_json(refusal)
        except StoreError as error:  # of an engine behind this one, which may come back
            return in_json(Refusal(503, str(error)))

    async def _negotiated(self, request: Request, local: str) -> Response:
        if self._html_page and local.endswith(FILES):
            return await self._html_page(request) or _absent(local, HTML)
        accept = request.headers.get("accept")
        if self._html_page and chosen(accept, (HTML, *GRAPH_FORMS)) is HTML:
            page = await self._page(request, local)
            if page:
                return page
        return await self._document(request, local, chosen(accept, GRAPH_FORMS), negotiated=True)

    async def _page(self, request: Request, local: str) -> Response | None:
        """The page of a thing; by 303 that of what it gave way to; None where its kind has none."""
        with suppress(StoreError):  # then the page tells it
            if elsewhere := await run_in_threadpool(self._moved_to, local):
                return _see_other(request, elsewhere)
        page = await self._html_page(request) if self._html_page else None
        if page is None:
            return None
        if page.status_code != 200:
            return _varying(page)
        if await run_in_threadpool(self._documents.is_told, local):
            page.headers["Link"] = _links(request, local, HTML)
        return _unless_known(request, _varying(page))

    def _moved_to(self, local: str) -> str | None:
        """Where the page of what gave way to something else stands, and that of a version."""
        replaced_by = self._documents.replaced_by(local)
        if len(replaced_by) == 1 and replaced_by[0].startswith(BASE):
            return replaced_by[0].removeprefix(BASE)
        return "ontology" if self._documents.is_version(local) else None

    async def _document(self, request: Request, local: str, form: Form, *, negotiated: bool = False) -> Response:
        if (in_order := _in_order(local)) != local:
            return _see_other(request, in_order if negotiated else f"{in_order}.{form.suffix}")
        document = await run_in_threadpool(self._documents.about, local)
        if document is None:
            return _absent(local, form)
        body = await run_in_threadpool(serialized, document.ntriples, form)
        headers = {**OPEN, "Access-Control-Expose-Headers": "ETag, Link", "Cache-Control": "no-cache"}
        headers["Link"] = ", ".join([_links(request, local, form), *_successors(document)])
        response = Response(body, headers=headers, media_type=form.content_type)
        if negotiated:
            response.headers["Content-Location"] = f"{_root(request)}/{local}.{form.suffix}"
            _varying(response)
        return _unless_known(request, response)


def _path(request: Request) -> str:
    """The path after the base, below whatever the application is mounted at."""
    return str(request.scope["path"]).removeprefix(_root(request)).strip("/")


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", ""))


def _split(path: str) -> tuple[str, Form | None]:
    """The path without the suffix of a form of graphs, and that form."""
    stem, _, suffix = path.rpartition(".")
    return (stem, _FORMS[suffix]) if suffix in _FORMS else (path, None)


def _in_order(local: str) -> str:
    """The name of a pair of constructs, whichever was named first; of anything else its own."""
    kind, *names = local.split("/")
    is_pair = kind == "pair" and len(names) == 2 and PLAIN.fullmatch(local)
    return pair_path(*names).strip("/") if is_pair else local


def _links(request: Request, local: str, shown: Form) -> str:
    """The other forms of a document, and what it is about. Only names of existing things come here: all are plain."""
    address = f"{_root(request)}/{local}"
    alternates = [
        f'<{address}{"" if form is HTML else "." + form.suffix}>; rel="alternate"; type="{form.media_type}"'
        for form in (HTML, *GRAPH_FORMS)
        if form is not shown
    ]
    return ", ".join([*alternates, f'<{BASE}{local}>; rel="describes"'])


def _successors(document: Document) -> list[str]:
    return [f'<{iri}>; rel="successor-version"' for iri in document.replaced_by]


def _see_other(request: Request, local: str) -> Response:
    return Response(status_code=303, headers={**OPEN, "Vary": "Accept", "Location": f"{_root(request)}/{local}"})


def _varying(response: Response) -> Response:
    response.headers.add_vary_header("Accept")
    return response


def _unless_known(request: Request, response: Response) -> Response:
    """The response with the tag of its very bytes; 304 where the client has them."""
    tag = response.headers.get("ETag") or f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:32]}"'
    response.headers["ETag"] = tag
    known = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    if tag not in known and known != ["*"]:
        return response
    kept = ("etag", "vary", "link", "cache-control", "content-location", "access-control-allow-origin")
    return Response(
        status_code=304, headers={name: response.headers[name] for name in kept if name in response.headers}
    )


def _absent(local: str, form: Form) -> Response:
    """That there is no such thing, in the form that was asked for: whoever parses it finds no triples."""
    refusal = Refusal(404, f"nothing is called {json.dumps(local[:200])} here; the endpoint at /sparql lists what is")
    if form is JSON_LD:
        body = json.dumps(refusal.told)
    elif form is RDF_XML:
        body = f'<!-- {_harmless(str(refusal))} -->\n<rdf:RDF xmlns:rdf="{PREFIXES["rdf"]}"/>\n'
    elif form is HTML:
        return in_json(refusal)
    else:
        body = f"# {refusal}\n"
    return Response(body, 404, {**OPEN, "Vary": "Accept", "Cache-Control": "no-store"}, form.content_type)


def _harmless(text: str) -> str:
    """Text that ends no comment of XML."""
    return text.replace("--", "- -").replace("<", "‹").replace(">", "›")
