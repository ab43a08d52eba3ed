"""The findings for other programs: CSV for spreadsheets, GraphML for network programs."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import networkx as nx

from kg.export.tables import cells, separated
from kg.network import network
from kg.questions import answer, find_question
from kg.resources import shipped
from kg.store import Rows, Store, Stream


def all_findings(store: Store) -> Rows:
    """The answer of the question ``findings``: what maps, networks and exports are made of."""
    return answer(store, "findings")


def each_finding(store: Store) -> Stream:
    """The same, row by row."""
    return store.stream(find_question(shipped(), "findings").text)


def csv(store: Store) -> Iterator[str]:
    """One row a finding, with everything that is known of it, part by part."""
    findings = each_finding(store)
    return separated(findings.columns, findings.values, "csv")


def parquet(store: Store, path: Path) -> None:
    """The same as a Parquet file: cells are text, as in any other table, so that a number stays as it was printed."""
    from kg.parquet import write_parquet

    findings = each_finding(store)
    write_parquet(path, findings.columns, map(cells, findings.values))


def graphml(store: Store) -> str:
    """One node a construct, one edge a result. GraphML knows no missing values: absent data are left out."""
    plain = nx.MultiDiGraph()
    graph = network(all_findings(store))
    plain.add_nodes_from((node, dict(data)) for node, data in graph.nodes(data=True))
    for start, end, key, data in graph.edges(keys=True, data=True):
        plain.add_edge(
            start, end, key=key, **{name: _simple(value) for name, value in data.items() if value is not None}
        )
    out = io.BytesIO()
    nx.write_graphml(plain, out, named_key_ids=True)
    return out.getvalue().decode()


def _simple(value: object) -> str | int | float:
    if isinstance(value, Decimal):
        return float(value)
    return value if isinstance(value, int | float) else str(value)
