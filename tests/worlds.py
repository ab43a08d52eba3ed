"""Worlds of their own for tests that change the rooms."""

import shutil

from kg.names import PREFIXES, graph_iri
from kg.reason import apply_rules, read_inferences
from kg.resources import Rooms
from kg.store.embedded import Embedded
from kg.triples import named_graphs


def copy_rooms(rooms, root):
    """The repository's rooms, copied below ``root``."""
    for room in ("ontology", "evidence", "queries"):
        shutil.copytree(rooms.root / room, root / room)
    return Rooms(root)


def derived(rooms, corpus, axioms, aside):
    """Everything that follows by the rules about anything but the individuals of the kind ``aside``, as lines."""
    graphs = named_graphs(corpus, axioms)
    store = Embedded.in_memory()
    for name, graph in graphs.items():
        store.load(graph.serialize(format="nt"), graph_iri(name))
    store.load(read_inferences(rooms, graphs["vocabulary"]), graph_iri("inferred"))
    apply_rules(store, rooms, lambda step: None)
    made = {graph_iri("inferred"), graph_iri("synthesis")}
    lines = {str(quad) for quad in store.quads() if quad.graph_name.value in made}
    return {line for line in lines if not line.startswith("<" + PREFIXES[aside])}
