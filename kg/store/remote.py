"""A remote store: any engine that speaks the SPARQL 1.1 Protocol, by SPARQLWrapper."""

from __future__ import annotations

import json
from urllib.error import URLError

from SPARQLWrapper import CONSTRUCT, JSON, SELECT, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

from kg.errors import BadQuestion, StoreError
from kg.names import PREFIXES
from kg.store.rows import Iri, Rows, Value, literal

#: Seconds after which an endpoint counts as not answering.
TIMEOUT = 60


class Remote:
    """A SPARQL endpoint. Its default graph must be the union of its named graphs."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def select(self, query: str) -> Rows:
        kind, body = self._ask(query, SELECT)
        if "sparql-results" not in kind:
            raise BadQuestion("this query builds a graph, not rows; ask for it with an RDF format")
        answer = json.loads(body)
        if "boolean" in answer:
            return Rows(("ask",), ((bool(answer["boolean"]),),))
        columns = tuple(answer["head"]["vars"])
        bindings = answer["results"]["bindings"]
        return Rows(columns, tuple(tuple(_value(row.get(name)) for name in columns) for row in bindings))

    def graph(self, query: str) -> str:
        kind, body = self._ask(query, CONSTRUCT)
        if "sparql-results" in kind:
            raise BadQuestion("this query gives rows, not a graph; ask for it with a table format")
        return body

    def close(self) -> None:
        """Every request has a connection of its own."""

    def _ask(self, query: str, form: str) -> tuple[str, str]:
        """Content type and body of the answer."""
        client = _Client(self.endpoint, form)
        client.setQuery(_with_prefixes(query))
        try:
            response = client.query().response
            return str(response.headers.get("Content-Type")), response.read().decode()
        except SPARQLWrapperException as error:
            reason = str(error).strip().splitlines()[-1][:300] if str(error).strip() else type(error).__name__
            raise StoreError(f"{self.endpoint} refused the query: {reason}") from error
        except (URLError, OSError, ValueError) as error:
            why = getattr(error, "reason", None) or error
            raise StoreError(f"{self.endpoint} does not answer ({why}); is the endpoint right and running?") from error


class _Client(SPARQLWrapper):
    """SPARQLWrapper, told the form of a query.

    By itself it looks for the words SELECT, CONSTRUCT, … and takes our prefix ``construct:`` for one.
    """

    def __init__(self, endpoint: str, form: str) -> None:
        self._form = form
        super().__init__(endpoint, returnFormat=JSON)
        self.setOnlyConneg(True)
        self.setMethod("POST")
        self.setTimeout(TIMEOUT)
        self.addCustomHttpHeader("Accept", "application/sparql-results+json, application/n-triples")

    def _parseQueryType(self, query: str) -> str:
        return self._form

    def _getAcceptHeader(self) -> str:
        return "*/*"  # replaced by the header above


def _with_prefixes(query: str) -> str:
    """The known prefixes before the query, as the embedded store has them without saying."""
    head = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())
    return head + query


def _value(binding: dict[str, str] | None) -> Value:
    if binding is None:
        return None
    if binding["type"] == "uri":
        return Iri(binding["value"])
    if binding["type"] == "bnode":
        return "_:" + binding["value"]
    return literal(binding["value"], binding.get("datatype"))
