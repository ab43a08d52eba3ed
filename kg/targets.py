"""Writes ``ontology/alignment/targets.ttl``: of other ontologies, the terms that ours are mapped to, and what is above.

Extracted by list: the accepted mapping sets say which terms. Nothing else is taken over, so that the graph can say
what a term is a kind of elsewhere without holding whole ontologies.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from rdflib import OWL, RDF, RDFS, Graph, Literal, URIRef
from rdflib.term import Node

from kg.doors import guarded
from kg.errors import KgError
from kg.mapping_triples import elsewhere_path
from kg.mappings.kept import read_kept
from kg.names import PREFIXES
from kg.resources import Rooms, shipped

_HEAD = """# What other ontologies say of the terms that ours are mapped to: label, superclasses, and where it was read.
# Made by scripts/targets from their own files; not edited by hand. Their licences stand in ontologies.ttl.
"""


def main() -> None:
    """Read the ontologies in the folder that is named, write, say how much."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        raise KgError("name the folder in which the ontologies lie: scripts/targets FOLDER")
    rooms = shipped()
    taken = extract(rooms, [Graph().parse(path, format="xml") for path in sorted(Path(sys.argv[1]).glob("*.owl"))])
    elsewhere_path(rooms).write_text(_HEAD + _written(taken), encoding="utf-8", newline="\n")
    print(f"{rooms.shown(elsewhere_path(rooms))}: {len(taken)} triples")


def extract(rooms: Rooms, ontologies: Iterable[Graph]) -> Graph:
    """Of every ontology the terms that accepted mappings lead to, and all that is above them."""
    sets, _ = read_kept(rooms)
    wanted = {URIRef(kept.found.head.expand(each.object_id)) for kept in sets for each in kept.links()}
    taken = Graph()
    for ontology in ontologies:
        source = next(iter(sorted(ontology.subjects(RDF.type, OWL.Ontology), key=str)), None)
        for each in sorted(wanted & set(ontology.subjects(RDFS.label, None))):
            _take(ontology, each, source, taken)
    return taken


def _take(ontology: Graph, term: Node, source: Node | None, taken: Graph) -> None:
    for each in ontology.transitive_objects(term, RDFS.subClassOf):
        if isinstance(each, URIRef) and each != OWL.Thing:
            _label(ontology, each, taken)
            for above in ontology.objects(each, RDFS.subClassOf):
                if isinstance(above, URIRef) and above != OWL.Thing:
                    taken.add((each, RDFS.subClassOf, above))
    if source is not None:
        taken.add((term, RDFS.isDefinedBy, source))


def _label(ontology: Graph, term: URIRef, taken: Graph) -> None:
    """One label a term: the first of its first ontology."""
    labels = sorted(str(each) for each in ontology.objects(term, RDFS.label))
    if labels and (term, RDFS.label, None) not in taken:
        taken.add((term, RDFS.label, Literal(labels[0], lang="en")))


def _written(taken: Graph) -> str:
    for prefix in ("obo", "bcio", "owl", "rdfs"):
        taken.bind(prefix, PREFIXES[prefix], replace=True)
    return taken.serialize(format="turtle")


if __name__ == "__main__":
    guarded(main)
