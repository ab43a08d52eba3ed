"""How well candidates find what curators chose: recall by rank and precision, beside a plain baseline and a peer.

``scripts/bench link FOLDER`` prints it. FOLDER holds ontologies (``.owl``, ``.ttl``, ``.obo``, ``.ofn``) and, if
there is one, ``mapping_targets.tsv``: columns concept, object_id, object_label. What curators chose is never a
source of the candidates: the accepted and rejected sets are not read while they are made.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from kg.errors import KgError, MissingPart
from kg.linking.cautions import read_cautions
from kg.linking.matching import find_matches
from kg.linking.reading import read_ontology
from kg.linking.subjects import Subject, read_subjects
from kg.linking.terms import Ontology, Term
from kg.linking.words import plain, stems, without_brackets
from kg.mappings import Mapping as Curated
from kg.mappings import accepted_sets, read_set
from kg.mappings.slots import NO_TERM
from kg.resources import Rooms, shipped

#: So many candidates of a term are looked at.
_DEEP = 10
_SUFFIXES = (".owl", ".ttl", ".obo", ".ofn", ".rdf")

#: Accepted pairs, by how close curators found them.
_ALIKE = "sets: exact, close"
_OTHER = "sets: other links"

#: One of our IRIs -> theirs, best first.
Ranked = Mapping[str, Sequence[str]]
#: Pairs that curators chose: one of our IRIs -> theirs.
Gold = Mapping[str, set[str]]


@dataclass(frozen=True)
class Score:
    """How one way of finding candidates did: of how many chosen pairs which part stood first, among two, five, ten;
    and how many of the first candidates were chosen ones.
    """

    pairs: int
    first: float
    second: float
    fifth: float
    tenth: float
    precision: float

    def __str__(self) -> str:
        parts = (self.first, self.second, self.fifth, self.tenth, self.precision)
        return "".join(f"{part:9.0%}" for part in parts)


def score(ranked: Ranked, gold: Gold, chosen: Gold | None = None) -> Score:
    """Set candidates against what curators chose, for the terms for which they chose something.

    A term for which several were chosen counts each: its second one may stand second. Where ``gold`` is a part of
    what was ``chosen``, the rest of it is not held against the candidates.
    """
    right = chosen or gold
    pairs = [(list(ranked.get(ours, ())), each, right[ours]) for ours, theirs in gold.items() for each in theirs]
    ranks = [_rank(*pair) for pair in pairs]
    first, second, fifth, tenth = (sum(rank <= limit for rank in ranks) / len(ranks) for limit in (1, 2, 5, 10))
    answered = [ours for ours in gold if ranked.get(ours)]
    hits = sum(ranked[ours][0] in right[ours] for ours in answered)
    return Score(len(ranks), first, second, fifth, tenth, hits / len(answered) if answered else 0.0)


def _rank(candidates: list[str], theirs: str, chosen: set[str]) -> int:
    """The place of a candidate, others that were chosen too not counted before it."""
    if theirs not in candidates:
        return sys.maxsize
    before = candidates[: candidates.index(theirs)]
    return 1 + sum(each not in chosen for each in before)


# --- ways of finding candidates --------------------------------------------------------------


def linked(subjects: Sequence[Subject], ontology: Ontology, path: Path) -> Ranked:
    """As ``kg link`` does it without the extra ``embed``."""
    return _linked(subjects, ontology, by_meaning=False)


def linked_by_meaning(subjects: Sequence[Subject], ontology: Ontology, path: Path) -> Ranked:
    """As ``kg link`` does it with the extra ``embed``."""
    return _linked(subjects, ontology, by_meaning=True)


def _linked(subjects: Sequence[Subject], ontology: Ontology, by_meaning: bool) -> Ranked:
    cautions = read_cautions(shipped())
    found: dict[str, list[str]] = defaultdict(list)
    for match in find_matches(subjects, ontology, _DEEP + 10, by_meaning=by_meaning):
        if not any(caution.forbids(match) for caution in cautions):
            found[match.subject.iri].append(match.term.iri)
    return {ours: theirs[:_DEEP] for ours, theirs in found.items()}


def exact_labels(subjects: Sequence[Subject], ontology: Ontology, path: Path) -> Ranked:
    """The plain baseline: labels that are equal but for capitals."""
    by_label: dict[str, list[str]] = defaultdict(list)
    for term in ontology.terms.values():
        by_label[plain(term.label)].append(term.iri)
    return {subject.iri: by_label.get(plain(subject.label), []) for subject in subjects}


def text2term_tfidf(subjects: Sequence[Subject], ontology: Ontology, path: Path) -> Ranked:
    """The peer: text2term's TF-IDF, asked for the label and every synonym of a term, the best score counting."""
    import logging

    import text2term

    names = {name: subject.iri for subject in subjects for name in (subject.label, *subject.synonyms)}
    logging.disable(logging.INFO)
    with redirect_stderr(io.StringIO()), redirect_stdout(io.StringIO()):  # it talks
        frame = text2term.map_terms(
            *(list(names), str(path)), mapper=text2term.Mapper.TFIDF, max_mappings=_DEEP, min_score=0.1,
            excl_deprecated=True,
        )  # fmt: skip
    best: dict[str, dict[str, float]] = defaultdict(dict)
    rows = zip(frame["Source Term"], frame["Mapped Term IRI"], frame["Mapping Score"], strict=True)
    for name, theirs, found in rows:
        known = best[names[name]]
        known[theirs] = max(known.get(theirs, 0.0), float(found))
    return {ours: sorted(some, key=lambda each: (-some[each], each))[:_DEEP] for ours, some in best.items()}


_WAYS: dict[str, Callable[[Sequence[Subject], Ontology, Path], Ranked]] = {
    "exact labels": exact_labels,
    "text2term (TF-IDF)": text2term_tfidf,
    "kg link": linked,
    "kg link with embed": linked_by_meaning,
}


# --- what curators chose ---------------------------------------------------------------------


def chosen_in_sets(rooms: Rooms, ontology: Ontology) -> dict[str, Gold]:
    """The accepted pairs whose targets are terms of this ontology: those that mean alike, and those that do not."""
    gold: dict[str, dict[str, set[str]]] = {kind: defaultdict(set) for kind in (_ALIKE, _OTHER)}
    for path in accepted_sets(rooms):
        known = read_set(path, rooms.shown(path), Curated)
        for each in known.mappings:
            theirs = known.head.expand(each.object_id)
            if each.object_id != NO_TERM and theirs in ontology.terms:
                kind = _ALIKE if each.predicate_id in ("skos:exactMatch", "skos:closeMatch") else _OTHER
                gold[kind][known.head.expand(each.subject_id)].add(theirs)
    return {kind: dict(some) for kind, some in gold.items()}


def chosen_in_table(path: Path, subjects: Sequence[Subject], ontology: Ontology) -> tuple[list[Subject], Gold]:
    """The pairs of a table of targets that lie in this ontology.

    A concept stands for our term of that name; where there is none, its name alone is asked for.
    """
    by_name = {plain(name): each for each in subjects for name in (*each.synonyms, each.label)}
    asked: dict[str, Subject] = {}
    gold: dict[str, set[str]] = defaultdict(set)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["object_id"] in ontology.terms:
                name = without_brackets(row["concept"])
                ours = by_name.get(plain(name)) or _asked(row["concept"])
                asked[ours.iri] = ours
                gold[ours.iri].add(row["object_id"])
    return list(asked.values()), gold


def _asked(concept: str) -> Subject:
    label, *synonyms = (part.strip() for part in re.split(r"\s/\s|/", concept))
    return Subject(f"urn:asked:{concept}", label, "skos concept", tuple(synonyms))


# --- the benchmark ---------------------------------------------------------------------------


def main(arguments: Sequence[str]) -> None:
    """Print a line for each ontology, each way and each source of what is right."""
    if len(arguments) != 1 or not (folder := Path(arguments[0])).is_dir():
        raise KgError("give the folder that holds the ontologies")
    files = sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES)
    if not files:
        raise KgError(f"{folder}: holds no ontology ({', '.join(_SUFFIXES)}); give the folder that holds them")
    subjects = read_subjects(shipped())
    print(
        f"{'ontology':12}{'chosen in':20}{'by':22}{'pairs':>6}    named    first  first 2  first 5 first 10 precision"
        "  seconds"
    )
    for path in files:
        ontology = read_ontology(path)
        for source, asked, gold, chosen in _golds(folder, subjects, ontology):
            if gold:
                for line in _lines(asked, gold, chosen, ontology, path):
                    print(f"{path.stem:12}{source:20}{line}", flush=True)
    print("named: pairs with a word in common between their names. precision: of the first candidates, chosen ones.")


def _golds(
    folder: Path, subjects: Sequence[Subject], ontology: Ontology
) -> Iterable[tuple[str, Sequence[Subject], Gold, Gold]]:
    """What is right by each source: its name, which of our terms are asked for, its pairs, and all that was chosen."""
    table = folder / "mapping_targets.tsv"
    if table.exists():
        asked, gold = chosen_in_table(table, subjects, ontology)
        yield "targets table", asked, gold, gold
    sets = chosen_in_sets(shipped(), ontology)
    chosen = {
        ours: {each for gold in sets.values() for each in gold.get(ours, ())} for gold in sets.values() for ours in gold
    }
    for source, gold in sets.items():
        yield source, subjects, gold, chosen


def _lines(subjects: Sequence[Subject], gold: Gold, chosen: Gold, ontology: Ontology, path: Path) -> Iterator[str]:
    named = f"{_named(subjects, gold, ontology):9.0%}"
    for name, way in _WAYS.items():
        started = time.perf_counter()
        try:
            ranked = way(subjects, ontology, path)
        except (ImportError, MissingPart):
            yield f"{name:22}  not installed: pip install 'compassion-attachment-kg[bench]'"
            continue
        done = score(ranked, gold, chosen)
        yield f"{name:22}{done.pairs:6}{named}{done}{time.perf_counter() - started:11.1f}"


def _named(subjects: Sequence[Subject], gold: Gold, ontology: Ontology) -> float:
    """The part of the pairs that names can find: those with a word in common, in any form."""
    by_iri = {subject.iri: subject for subject in subjects}
    pairs = [(ours, each) for ours, theirs in gold.items() for each in theirs]
    return sum(bool(_stems(by_iri[ours]) & _stems(ontology.terms[each])) for ours, each in pairs) / len(pairs)


def _stems(term: Subject | Term) -> set[str]:
    return {each for name in (term.label, *term.synonyms) for each in stems(name)}
