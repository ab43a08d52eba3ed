"""A remote store: any engine that speaks the SPARQL 1.1 Protocol, by SPARQLWrapper."""

from __future__ import annotations

from typing import Any
from urllib.error import URLError

from SPARQLWrapper import JSON, SPARQLWrapper
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
        answer = self._ask(query, JSON, "application/sparql-results+json").convert()
        if not isinstance(answer, dict):
            raise BadQuestion("this query builds a graph, not rows; ask for it with an RDF format")
        if "boolean" in answer:
            return Rows(("ask",), ((bool(answer["boolean"]),),))
        columns = tuple(answer["head"]["vars"])
        bindings = answer["results"]["bindings"]
        return Rows(columns, tuple(tuple(_value(row.get(name)) for name in columns) for row in bindings))

    def graph(self, query: str) -> str:
        answer = self._ask(query, "n-triples", "application/n-triples")
        body = answer.response.read().decode()
        if "sparql-results" in str(answer.response.headers.get("Content-Type")):
            raise BadQuestion("this query gives rows, not a graph; ask for it with a table format")
        return str(body)

    def close(self) -> None:
        """Every request has a connection of its own."""

    def _ask(self, query: str, returns: str, accept: str) -> Any:
        client = SPARQLWrapper(self.endpoint, returnFormat=returns)
        client.addCustomHttpHeader("Accept", accept)
        client.setMethod("POST")
        client.setTimeout(TIMEOUT)
        client.setQuery(_with_prefixes(query))
        try:
            return client.query()
        except SPARQLWrapperException as error:
            reason = str(error).splitlines()[0][:300] if str(error) else type(error).__name__
            raise StoreError(f"{self.endpoint} refused the query: {reason}") from error
        except (URLError, OSError, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            raise StoreError(f"{self.endpoint} does not answer ({reason}); is the endpoint right and running?") from error


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
