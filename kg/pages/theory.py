"""Theory against evidence: every claim with its predicted sign, its verdict and what speaks against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from itertools import product

from kg.names import local_name
from kg.narrowed import Only
from kg.pages.choosing import choice, chosen, named
from kg.pages.layers import LAYERS, layer_choices, told_by
from kg.pages.leaves import PAGE
from kg.pages.leaves import leaf as leaf_of
from kg.pages.leaves import state as at
from kg.pages.library import Library
from kg.pages.model import Choice, Content, Form, Inline, Link, Section, Table, listed
from kg.pages.propositions import rules
from kg.pages.words import claims_table, counted, verdict
from kg.questions import quoted
from kg.store import Row

READS = ("layer", "verdict", "genre", "about", PAGE)


def content(library: Library, query: Mapping[str, str]) -> Content:
    """The page of all claims, of those with a verdict, or of those about a construct."""
    layer = chosen(query, "layer", LAYERS)
    told = library.layer(layer)
    every = told.ask("verdicts")
    kinds = [library.label(iri) for iri in library.of_kind("verdict")]
    genres = sorted({str(row["genre"]) for row in library.ask("verdicts")})
    wanted = chosen(query, "verdict", (("", "any verdict"), *((each, each) for each in kinds)))
    genre = chosen(query, "genre", (("", "any genre"), *((each, each) for each in genres)))
    about = query.get("about", "").strip()
    behind = replace(library.behind("verdicts"), only=_only(wanted, genre, _about(told, about)))
    leaf = leaf_of(told, behind, query)
    rows = leaf.rows
    asked = {"verdict": wanted, "about": about, "genre": genre, "layer": layer if layer != "all" else ""}
    state = {key: value for key, value in asked.items() if value}
    form = Form(
        "/theory",
        (
            Choice("verdict", "Verdict", wanted, (("", "any verdict"), *((each, each) for each in kinds))),
            choice("about", "About", about, (("", "any construct"), *_constructs(library))),
            Choice("genre", "Genre", genre, (("", "any genre"), *((each, each) for each in genres))),
            *layer_choices(library, layer, "Evidence told by"),
        ),
        "Show",
    )
    pager, caption = leaf.pager("/theory", state, "claims"), counted(leaf.total, "claim")
    return Content(
        title="Theory and evidence",
        path="/theory",
        query={**state, **at(leaf.number)},
        lead=_lead(Counter(str(row["verdict"]) for row in every), layer),
        sections=(
            Section("", (form, *pager, claims_table(library, rows, caption, "No claim is so."), *pager)),
            *_contrary(library, [row for row in rows if row["disputing"]]),
            Section("The rule behind every verdict", tuple(rules()), "rule"),
        ),
        behind=(told_by(behind, layer),),
        rows=leaf.data,
        streamed=leaf.streamed(told, behind),
        wide=True,
    )


def _constructs(library: Library) -> tuple[tuple[str, str], ...]:
    """What there are claims about: slug and label."""
    iris = {str(iri) for iri in library.select(_CONCERNED).column("construct")}
    return tuple((local_name(iri), library.label(iri)) for iri in library.of_kind("construct") if iri in iris)


def _only(verdict: str, genre: str, concerned: set[str] | None) -> Only | None:
    """What the answer is narrowed to by what is chosen."""
    columns: dict[str, tuple[str, ...]] = {
        name: (f"{quoted(label)}@en",) for name, label in (("verdict", verdict), ("genre", genre)) if label
    }
    if concerned is not None:
        columns["proposition"] = tuple(f"<{iri}>" for iri in sorted(concerned))
    return Only(tuple(columns), tuple(product(*columns.values()))) if columns else None


def _about(library: Library, about: str) -> set[str] | None:
    if not about:
        return None
    iri = named(library, "construct", about)
    return set(map(str, library.ask("theory-about", construct=iri).column("proposition")))


def _lead(counts: Counter[str], layer: str) -> Inline:
    state = {} if layer == "all" else {"layer": layer}
    parts = listed(
        Link(f"{count} {name}", "/theory", {"verdict": name, **state}) for name, count in sorted(counts.items())
    )
    return (f"{counted(sum(counts.values()), 'claim')} of theory, set against the findings: ", parts, ".")


def _contrary(library: Library, disputed: list[Row]) -> tuple[Section, ...]:
    """For each claim that is disputed, the findings against it."""
    if not disputed:
        return ()
    against = library.select(_AGAINST)
    shown = {str(row["proposition"]) for row in disputed}
    rows = [row for row in against if str(row["proposition"]) in shown]
    verdicts = {str(row["proposition"]): row["verdict"] for row in disputed}
    table = Table(
        "Findings against the claims above",
        ("Claim", "Verdict", "Finding against it"),
        tuple(
            (library.link(row["proposition"]), verdict(verdicts[str(row["proposition"])]), library.link(row["finding"]))
            for row in rows
        ),
        anchor="contrary",
    )
    return (Section("What speaks against them", (table,), "against"),)


_CONCERNED = """
SELECT DISTINCT ?construct WHERE { ?claim a ca:Proposition ; ca:aboutConstruct/ca:within ?construct }
ORDER BY ?construct"""
_AGAINST = """
SELECT DISTINCT ?proposition ?finding WHERE { ?proposition ca:disputedBy ?finding } ORDER BY ?proposition ?finding"""
