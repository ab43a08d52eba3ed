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

from kg.errors import KgError
from kg.linking.cautions import read_cautions
from kg.linking.matching import find_matches
from kg.linking.reading import read_ontology
from kg.linking.subjects import Subject, read_subjects
from kg.linking.terms import Ontology
from kg.linking.words import plain, without_brackets
from kg.mappings import Mapping as Curated
from kg.mappings import accepted_sets, read_set
from kg.mappings.slots import NO_TERM
from kg.resources import Rooms, shipped

#: So many candidates of a term are looked at.
_DEEP = 10
_SUFFIXES = (".owl", ".ttl", ".obo", ".ofn", ".rdf")

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


def score(ranked: Ranked, gold: Gold) -> Score:
    """Set candidates against what curators chose, for the terms for which they chose something.

    A term for which several were chosen counts each: its second one may stand second.
    """
    ranks = [_rank(list(ranked.get(ours, ())), theirs, chosen) for ours, chosen in gold.items() for theirs in chosen]
    first, second, fifth, tenth = (sum(rank <= limit for rank in ranks) / len(ranks) for limit in (1, 2, 5, 10))
    answered = [ours for ours in gold if ranked.get(ours)]
    right = sum(ranked[ours][0] in gold[ours] for ours in answered)
    return Score(len(ranks), first, second, fifth, tenth, right / len(answered) if answered else 0.0)


def _rank(candidates: list[str], theirs: str, chosen: set[str]) -> int:
    """The place of a candidate, others that were chosen too not counted before it."""
    if theirs not in candidates:
        return sys.maxsize
    before = candidates[: candidates.index(theirs)]
    return 1 + sum(each not in chosen for each in before)


# --- ways of finding candidates --------------------------------------------------------------


def linked(subjects: Sequence[Subject], ontology: Ontology, path: Path) -> Ranked:
    """As ``kg link`` does it."""
    cautions = read_cautions(shipped())
    found: dict[str, list[str]] = defaultdict(list)
    for match in find_matches(subjects, ontology, _DEEP + 10):
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
}


# --- what curators chose ---------------------------------------------------------------------


def chosen_in_sets(rooms: Rooms, ontology: Ontology) -> Gold:
    """The accepted pairs whose targets are terms of this ontology."""
    gold: dict[str, set[str]] = defaultdict(set)
    for path in accepted_sets(rooms):
        known = read_set(path, rooms.shown(path), Curated)
        for each in known.mappings:
            theirs = known.head.expand(each.object_id)
            if each.object_id != NO_TERM and theirs in ontology.terms:
                gold[known.head.expand(each.subject_id)].add(theirs)
    return gold


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
        f"{'ontology':12}{'chosen in':15}{'by':22}{'pairs':>6}    first  first 2  first 5 first 10 precision  seconds"
    )
    for path in files:
        ontology = read_ontology(path)
        for source, asked, gold in _golds(folder, subjects, ontology):
            if gold:
                for line in _lines(asked, gold, ontology, path):
                    print(f"{path.stem:12}{source:15}{line}", flush=True)


def _golds(
    folder: Path, subjects: Sequence[Subject], ontology: Ontology
) -> Iterable[tuple[str, Sequence[Subject], Gold]]:
    table = folder / "mapping_targets.tsv"
    if table.exists():
        yield ("targets table", *chosen_in_table(table, subjects, ontology))
    yield "accepted sets", subjects, chosen_in_sets(shipped(), ontology)


def _lines(subjects: Sequence[Subject], gold: Gold, ontology: Ontology, path: Path) -> Iterator[str]:
    for name, way in _WAYS.items():
        started = time.perf_counter()
        try:
            ranked = way(subjects, ontology, path)
        except ImportError:
            yield f"{name:22}  not installed: pip install 'compassion-attachment-kg[bench]'"
            continue
        done = score(ranked, gold)
        yield f"{name:22}{done.pairs:6}{done}{time.perf_counter() - started:11.1f}"
