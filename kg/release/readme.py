"""The README of a bundle: what is in which file, and how to begin."""

from __future__ import annotations

from collections.abc import Iterable

from kg.markdown import in_cell
from kg.release.about import LICENCE_NAMES, About
from kg.release.parts import Part

_HEAD = """# {title}, version {version}

{description}

Released on {date} by {creators}, from commit `{commit}`.
Data and ontology: {licence}; software: MIT. How to cite: `CITATION.cff`.

- **Look around**: unpack `site.zip`, then `python -m http.server --directory site`.
- **Ask it**: `pip install packages/*.whl`, then `kg questions`; or load `data/kg.nq` into any SPARQL engine.
- **Read the rows in a spreadsheet**: `tables/*.csv`; `tables/datapackage.json` says what each column holds.
- **See what is new**: `evidence-changes.md`; what you can do now stands in `CHANGELOG.md`.
- **Check it**: `sha256sum --check SHA256SUMS`.

## The ontology

| document | what is in it | take it to |
|---|---|---|
| `ontology/base` | our own axioms and terms, nothing of others | put it together with other ontologies yourself |
| `ontology/full` | base, our upper classes under others (BFO, PROV, …), links elsewhere | see where it stands |
| `ontology/reasoned` | full, with what HermiT infers about the terms | use it without a reasoner |

Each comes as Turtle (`.ttl`), RDF/XML (`.owl`, for Protégé and ROBOT) and OBO Graphs (`.json`). They import nothing:
what they use of others they declare. Projects of OBO, too, call base what a project states itself, and full what it
states with all that it needs. The graph in `data/` has the ontology as well.

The graph comes as N-Quads (canonical), TriG, JSON-LD and Turtle 1.2, where each finding reifies its edge
(`rdf:reifies`). What was reported, what was inferred and what was pooled lie in named graphs of their own; Turtle 1.2
has them all in one.

No name that people gave to a term or a piece of evidence disappears: `ontology/terms/obsolete.tsv` in the sdist names
what gave way, to what and why. Names that are computed, such as those of evidence cells, last as long as their sources.

## All files

| file | what it is | bytes |
|---|---|---:|
"""

_FOOT = """
`ro-crate-metadata.json` (RO-Crate 1.1) and `dataset.ttl` (DCAT and VoID) tell the same to machines. The same commit,
with the libraries of `made-with.txt`, gives the same bytes.
"""


def readme(told: About, parts: Iterable[Part]) -> str:
    """The text, with a line a file."""
    head = _HEAD.format(
        title=told.title,
        version=told.version,
        description=told.description,
        date=told.date,
        commit=told.commit.name,
        creators=", ".join(told.creators),
        licence=LICENCE_NAMES[told.licence],
    )
    lines = [
        f"| `{part.path}` | {in_cell(part.what)} | {part.size:,} |"
        for part in sorted(parts, key=lambda part: part.path)
    ]
    return head + "\n".join(lines) + "\n" + _FOOT
