"""A network map of a store: which findings to draw, and what to say above them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version

from kg.export.findings import all_findings
from kg.lookup import resolve
from kg.names import local_name
from kg.network import busiest, ego, network
from kg.store import Store
from kg.views.network_map import Caption, page


@dataclass(frozen=True)
class DrawnMap:
    """A page, and one sentence on what is on it."""

    html: str
    summary: str


def draw(store: Store, around: str | None, everything: bool, limit: int) -> DrawnMap:
    """The findings around a construct (default: the busiest one), or all of them, as a page."""
    whole = network(all_findings(store))
    if everything:
        chosen, left_out, centre, title = whole, 0, None, "All findings"
    else:
        centre = local_name(resolve(store, around, "construct")) if around else busiest(whole)
        if centre not in whole:
            chosen, left_out = whole.subgraph([]), 0
            title = f"No finding about {centre} itself"
        else:
            chosen, left_out = ego(whole, centre, limit)
            title = f"What was found about {whole.nodes[centre]['label']}"
    summary = f"{chosen.number_of_edges()} findings between {len(chosen)} constructs."
    if left_out:
        summary += (
            f" {left_out} more constructs have findings with it; they are left out for legibility (kg map --limit)."
        )
    question = "What are all the findings, with their numbers and sources? (queries/findings.rq)"
    caption = Caption(title, summary, question, version("compassion-attachment-kg"))
    return DrawnMap(page(chosen, caption, centre if centre in chosen else None), summary)
