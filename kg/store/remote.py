"""A remote store: any engine that speaks the SPARQL 1.1 Protocol, by SPARQLWrapper."""

from __future__ import annotations

import json
import re
import time
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request

import pyoxigraph as ox
from SPARQLWrapper import JSON, SELECT, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException, Unauthorized

from kg.errors import BadQuestion, StoreError
from kg.names import PREFIXES
from kg.sparql_tokens import refuse_services
from kg.store.bodies import TooMuch, read_body
from kg.store.planning import planned
from kg.store.rows import Iri, Rows, Stream, Value, literal
from kg.store.signing import Login, Signature

#: Seconds after which an endpoint counts as not answering.
TIMEOUT = 60
#: Seconds and bytes of a whole answer beyond which it counts as none.
_SECONDS_OF_ALL = 600
_MOST_BYTES = 1_000_000_000
_LESS = "ask for less (LIMIT)"

#: Content types that each form of query can be answered with; the first is the one asked for.
_ROWS = ("application/sparql-results+json", "application/json")
_GRAPHS = ("application/n-triples", "text/turtle")

#: What may stand before the word that says the form of a query: blanks, comments, BASE and PREFIX.
_BLANKS = r"(?:\s|#[^\n]*+)*+"
_PROLOGUE = rf"(?:(?:BASE\b|PREFIX\b{_BLANKS}[^\s:<]*+:){_BLANKS}<[^>]*+>{_BLANKS})*+"
_FORM = re.compile(rf"{_BLANKS}{_PROLOGUE}(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)

#: Answered with 1 where LATERAL is known.
_LOOK_UP = "SELECT ?other WHERE { VALUES ?one { 1 } LATERAL { BIND(?one AS ?other) } }"


class _Refused(StoreError):
    """The endpoint runs, and does not take the query."""


class Remote:
    """A SPARQL endpoint. Its default graph must be the union of its named graphs."""

    def __init__(self, endpoint: str, login: Login | None = None) -> None:
        self.endpoint = endpoint
        self._user = login.user if login else ""
        self._signature = Signature(login) if login else None
        self._closed = False
        self._knows_lateral: bool | None = None

    def select(self, query: str) -> Rows:
        form = _form(query)
        if form in ("CONSTRUCT", "DESCRIBE"):
            raise BadQuestion("this query builds a graph, not rows; ask for it with an RDF format")
        kind, body = self._ask(query, _ROWS)
        try:
            return rows_of(json.loads(body), form)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise self._unreadable(kind) from error

    def stream(self, query: str) -> Stream:
        rows = self.select(query)  # an endpoint sends its answer whole, and no larger than it may be
        return Stream(rows.columns, iter(rows.values))

    def graph(self, query: str) -> str:
        if _form(query) in ("SELECT", "ASK"):
            raise BadQuestion("this query gives rows, not a graph; ask for it with a table format")
        kind, body = self._ask(query, _GRAPHS)
        try:
            triples = ox.parse(body, format=ox.RdfFormat.from_media_type(kind), base_iri=self.endpoint)
            text: bytes = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)  # type: ignore[assignment]
        except (SyntaxError, ValueError) as error:
            raise self._unreadable(kind) from error
        return text.decode()

    def close(self) -> None:
        """Every request has a connection of its own; afterwards there are no more requests."""
        self._closed = True

    def _ask(self, query: str, kinds: tuple[str, ...]) -> tuple[str, bytes]:
        """Content type (one of ``kinds``) and body of the answer."""
        text = self._planned(query)
        try:
            return self._answer(text, kinds)
        except _Refused:
            if text == query:
                raise
        return self._answer(query, kinds)  # so that what is wrong is told of the query as it was written

    def _planned(self, query: str) -> str:
        """The query as an engine plans it well that knows LATERAL (Oxigraph, and with it ``kg serve``; Fuseki)."""
        text = planned(query)
        if text == query:
            return query
        if self._knows_lateral is None:
            self._knows_lateral = self._looks_up()
        return text if self._knows_lateral else query

    def _looks_up(self) -> bool:
        """Whether the engine answers LATERAL, which is in no standard. One that does not answer is told of."""
        try:
            return rows_of(json.loads(self._answer(_LOOK_UP, _ROWS)[1])).values == ((1,),)
        except (_Refused, ValueError, LookupError, TypeError, AttributeError):
            return False

    def _answer(self, query: str, kinds: tuple[str, ...]) -> tuple[str, bytes]:
        with self._response(query, kinds) as response:
            told = str(response.headers.get("Content-Type") or "no content type")
            kind = told.partition(";")[0].strip().lower()
            if kind not in kinds:
                raise StoreError(
                    f"{self.endpoint} answered with {told}, not {' or '.join(kinds)};"
                    " give the address of a SPARQL endpoint (it often ends in /sparql or /query)"
                )
            try:
                return kind, read_body(response, time.monotonic() + _SECONDS_OF_ALL, _MOST_BYTES)
            except TimeoutError as error:
                raise StoreError(f"{self.endpoint} is too slow: the answer was not whole in time; {_LESS}") from error
            except TooMuch as error:
                raise StoreError(f"{self.endpoint} answered with {error}; {_LESS}") from error
            except (OSError, HTTPException) as error:
                raise self._unreadable(kind) from error

    def _response(self, query: str, kinds: tuple[str, ...]) -> HTTPResponse:
        if self._closed:
            raise StoreError(f"{self.endpoint} is closed; open it again to ask more")
        refuse_services(query)
        signed = self._signature.header("POST", self.endpoint) if self._signature else None
        client = _Client(self.endpoint, kinds, signed)
        client.setQuery(_with_prefixes(query))
        try:
            response: HTTPResponse = client.query().response
        except Unauthorized as error:
            if self._is_signed_anew(error, signed):
                return self._response(query, kinds)
            raise self._unknown_user() from error
        except SPARQLWrapperException as error:
            raise _Refused(f"{self.endpoint} refused the query: {_reason(error)}") from error
        except HTTPError as error:
            error.close()
            raise StoreError(f"{self.endpoint} refused the query: HTTP {error.code} {error.reason}") from error
        except (OSError, ValueError, HTTPException) as error:
            why = getattr(error, "reason", None) or error
            raise StoreError(f"{self.endpoint} does not answer ({why}); is the endpoint right and running?") from error
        return response

    def _is_signed_anew(self, error: Unauthorized, signed: str | None) -> bool:
        """Whether a query was refused for want of a signature that can now be given."""
        refusal = error.__context__  # SPARQLWrapper hands on the body alone
        if self._signature is None or not isinstance(refusal, HTTPError):
            return False
        return self._signature.learn(self.endpoint, refusal.headers.get_all("WWW-Authenticate") or [], signed)

    def _unknown_user(self) -> StoreError:
        wrong = f"user {self._user} or the password is wrong" if self._user else "it asks who you are"
        way = "give --user NAME, and the password in KG_PASSWORD or when asked"
        return StoreError(f"{self.endpoint} refused the query: {wrong}; {way}")

    def _unreadable(self, kind: str) -> StoreError:
        return StoreError(
            f"{self.endpoint} answered with {kind} that is cut off or malformed;"
            " ask again, ask for less (LIMIT), or look into the endpoint's log"
        )


def _reason(error: SPARQLWrapperException) -> str:
    """The first words of what the engine said; SPARQLWrapper hands on its bytes as they came."""
    words = str(error)
    if quoted := re.search(r"""b(['"])(.*)\1""", words, re.DOTALL):
        words = quoted[2].replace("\\r", "").replace("\\n", "\n")
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return lines[0][:300] if lines else type(error).__name__


class _Client(SPARQLWrapper):
    """SPARQLWrapper, told what to accept.

    By itself it looks for the words SELECT, CONSTRUCT, … and takes our prefix ``construct:`` for one.
    """

    def __init__(self, endpoint: str, kinds: tuple[str, ...], signed: str | None) -> None:
        self._kinds = kinds
        self._signed = signed
        super().__init__(endpoint, returnFormat=JSON)
        self.setOnlyConneg(True)
        self.setMethod("POST")
        self.setTimeout(TIMEOUT)

    def _createRequest(self) -> Request:
        request: Request = super()._createRequest()
        if self._signed:  # for this address alone, wherever it sends on to
            request.add_unredirected_header("Authorization", self._signed)
        return request

    def _parseQueryType(self, query: str) -> str:
        return str(SELECT)  # a query, not an update; it matters for nothing else

    def _getAcceptHeader(self) -> str:
        first, second = self._kinds
        return f"{first}, {second};q=0.5"


def _form(query: str) -> str:
    """SELECT, ASK, CONSTRUCT or DESCRIBE; nothing where the query is not SPARQL, as its engine will say."""
    match = _FORM.match(query)
    return match[1].upper() if match else ""


def _with_prefixes(query: str) -> str:
    """The known prefixes before the query, as the embedded store has them without saying."""
    head = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())
    return head + query


def rows_of(answer: dict[str, Any], form: str = "") -> Rows:
    """The rows of an answer in SPARQL JSON. Raises what wrong shapes raise: ValueError, LookupError, TypeError, …"""
    if "boolean" in answer:
        return Rows(("ask",), ((bool(answer["boolean"]),),))
    columns = tuple(answer["head"]["vars"])
    bindings = answer["results"]["bindings"]
    if form == "ASK":  # Virtuoso answers with a row whose one value is 1 or 0
        return Rows(("ask",), ((bindings[0][columns[0]]["value"] in ("1", "true"),),))
    return Rows(columns, tuple(tuple(_value(row.get(name)) for name in columns) for row in bindings))


def _value(binding: dict[str, str] | None) -> Value:
    if binding is None:
        return None
    if binding["type"] == "uri":
        return Iri(binding["value"])
    if binding["type"] == "bnode":
        return "_:" + binding["value"]
    return literal(binding["value"], binding.get("datatype"))
