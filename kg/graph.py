"""The library's one object: a built graph, asked in a few words."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from kg.errors import BadQuestion, StoreError
from kg.notebook import table
from kg.questions import Question, answer, export_query, list_questions
from kg.resources import shipped
from kg.store import Rows, Store, is_endpoint, open_store
from kg.store.signing import Login

if TYPE_CHECKING:
    import networkx

    from kg.gap_maps import GapMap
    from kg.maps import DrawnMap
    from kg.records import Finding
    from kg.structural_answers import Structure
    from kg.synthesis import Plan, Synthesis
    from kg.views.frame import Figure


def open_graph(store: str | Path | None, user: str | None = None, password: str | None = None) -> KnowledgeGraph:
    """See ``kg.open``."""
    if store is None:
        store = os.environ.get("KG_STORE") or None
    if store is not None:
        return KnowledgeGraph(open_store(store, _login(user, password) if is_endpoint(store) else None))
    from kg.default_graph import default_store

    return KnowledgeGraph(default_store(lambda step: print(step, file=sys.stderr)))


def _login(user: str | None, password: str | None) -> Login | None:
    user = user or os.environ.get("KG_USER")
    if not user:
        return None
    password = password or os.environ.get("KG_PASSWORD")
    if not password:
        raise StoreError(f"user {user}: no password; give it, or put it into the environment variable KG_PASSWORD")
    return Login(user, password)


class KnowledgeGraph:
    """A built graph. Close it when done, or use it as a context manager."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def questions(self) -> list[Question]:
        """Everything that can be asked by name."""
        return list_questions(shipped())

    def ask(self, question: str, **about: str | Iterable[str]) -> Rows:
        """The answer of a question, about what the keywords say.

        A value may be a slug, a CURIE, an IRI, a label or a synonym, or a list of them. Raises
        UnknownName (with candidates) where a name fits nothing or several things, and BadQuestion
        where a value is no text.
        """
        arguments = {name: _words(name, value) for name, value in about.items()}
        return answer(self.store, question, arguments)

    def query(self, sparql: str, services: Mapping[str, str] | None = None) -> Rows:
        """The solutions of a SPARQL SELECT or ASK query; the project's prefixes are known.

        ``services`` names the endpoints (name -> address) that the query may ask, as ``SERVICE service:NAME { … }``;
        it can ask no others. Raises StoreError where one does not answer, or not in full.
        """
        from kg.store.federated import Federated

        store = Federated(self.store, services) if services else self.store
        return store.select(sparql)

    def findings(self, around: str | None = None) -> list[Finding]:
        """Every finding as a record, or those about one construct or a narrower one in any role, in order of id."""
        from rdflib import Graph

        from kg.lookup import resolve
        from kg.records import Finding
        from kg.triples import record_of

        about = {"construct": [f"<{resolve(self.store, _word('around', around), 'construct')}>"]} if around else {}
        query = export_query(shipped(), "findings-as-stated", about)
        said = Graph().parse(data=self.store.graph(query), format="nt")
        return [record_of(said, iri, Finding) for iri in sorted(set(map(str, said.subjects())))]

    def network(self, around: str | None = None) -> networkx.MultiDiGraph:
        """Constructs and results as a networkx MultiDiGraph: an edge is a finding, or several that tell one result.

        ``around`` keeps the findings about one construct or a narrower one in any role.
        """
        from kg.export.findings import all_findings
        from kg.lookup import resolve, within
        from kg.names import local_name
        from kg.network import ego, network

        graph = network(all_findings(self.store))
        if around is None:
            return graph
        centres = within(self.store, resolve(self.store, _word("around", around), "construct"))
        return ego(graph, list(map(local_name, centres)), limit=len(graph))[0]

    def pool(self, subject: str, object: str, plan: Plan | None = None) -> Synthesis:
        """The findings on two constructs as one: what could be pooled, what not and why, and the numbers.

        ``plan`` says how (``kg.synthesis.Plan``; default: REML, Knapp-Hartung, nothing mixed). ``pooled`` of the
        answer is None where fewer than two effects are left.
        """
        from kg.pools import synthesis
        from kg.synthesis import Plan

        return synthesis(self.store, _word("subject", subject), _word("object", object), plan or Plan())

    def plot(self, kind: str, subject: str, object: str, **options: Any) -> Figure:
        """What was found on two constructs as a plot of a ``kind`` that ``kg plot`` knows, such as forest.

        ``options`` are those of ``kg plot``, such as ``mix_measures=True``. The table behind the plot is its ``table``.
        Raises NothingFound, with the reason, where there is nothing to draw.
        """
        from kg.figures import OPTIONS, figure
        from kg.layers import of_layer

        if kind not in OPTIONS:
            raise BadQuestion(f"no plot is called {kind!r}; there are {', '.join(OPTIONS)}")
        if unknown := sorted(options.keys() - set(OPTIONS[kind])):
            raise BadQuestion(f"{', '.join(unknown)}: no option of {kind}, which has {', '.join(OPTIONS[kind])}")
        store = of_layer(self.store, options.get("layer", "all"))
        return figure(store, kind, _word("subject", subject), _word("object", object), options)

    def gaps(self, rows: Iterable[str] | str = (), columns: Iterable[str] | str = ()) -> GapMap:
        """What was studied, and what not, of ``rows`` by ``columns``: constructs, with all narrower ones.

        Left out, they are those of ``kg gaps``.
        """
        from kg.gap_maps import gaps

        return gaps(self.store, _words("rows", rows), _words("columns", columns), everything=False)

    def map(self, around: str | None = None) -> DrawnMap:
        """The results around a construct (default: the busiest) as an interactive network, an HTML page of its own."""
        from kg.maps import draw

        return draw(self.store, _word("around", around) if around else None, everything=False, limit=None)

    def structure(self) -> Structure:
        """The graph as a graph: its ties, and what is central, separate, unbalanced, linked or implied in them."""
        from kg.structural_answers import Structure

        return Structure(self.store)

    def __repr__(self) -> str:
        return f"KnowledgeGraph({type(self.store).__name__.lower()} store)"

    def _repr_html_(self) -> str:
        """What Jupyter shows: how much of what is in the graph."""
        rows = self.query(export_query(shipped(), "size", {}))
        cells = [tuple(row.values()) for row in rows]
        return table(rows.columns, cells, len(cells), "graph.questions() lists what can be asked")

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _words(parameter: str, value: object) -> list[str]:
    """What a parameter was given, as a list of text."""
    values = list(value) if isinstance(value, Iterable) and not isinstance(value, str) else [value]
    return [_word(parameter, each) for each in values]


def _word(parameter: str, value: object) -> str:
    if not isinstance(value, str):
        raise BadQuestion(f"{parameter}: {value!r} is not text; write it in quotes")
    return value
