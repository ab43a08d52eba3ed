"""Names that people use, to IRIs: slug, CURIE, IRI, label or synonym, in that order."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from kg.errors import UnknownName
from kg.names import BASE, KINDS, PLAIN, SLUG, TERMS, curie, expand, local_name, mint
from kg.resources import shipped
from kg.store import Rows, Store

if TYPE_CHECKING:
    from kg.questions import Question

#: Kinds of things that people ask about by name, and so may take for one another.
ASKED_ABOUT = ("construct", "measure", "study", "proposition", "finding", "pooled-estimate")

#: Kinds of terms that other ontologies may have too, in the order in which a bare name is looked for.
TERM_KINDS = ("construct", "measure", "therapy", "statistic", "design", "estimator", "interval-method")
_WITHIN = "SELECT DISTINCT ?iri ?label WHERE { ?iri ca:within <%s> ; rdfs:label ?label } ORDER BY ?iri"


def resolve(store: Store, name: str, kind: str) -> str:
    """The IRI of the ``kind`` (construct, measure, study, …) that ``name`` means.

    Raises UnknownName where it means nothing there, or more than one thing: then with the candidates.
    """
    if not name.strip():
        raise UnknownName(f"an empty name where a {kind} is wanted; write one, or leave the option out")
    direct = _direct(name.strip(), kind)
    if direct and _is_there(store, direct, kind):
        return direct
    named = _names(store, kind)
    matches = _matches(named, name, kind)
    if len(matches) == 1:
        return matches[0]
    if matches:
        candidates = [local_name(iri) for iri in matches]
        raise UnknownName(f"'{name}' may mean {' or '.join(candidates)}; say which", candidates)
    _refuse_obsolete(store, name, kind)
    raise UnknownName(f"no {kind} is called '{name}'{_elsewhere(store, name, kind) or _nearest(named, name)}")


def _refuse_obsolete(store: Store, name: str, kind: str) -> None:
    """Raise UnknownName with what took its place, where the name is that of something that is no more."""
    gone = store.select(
        "SELECT DISTINCT ?iri ?label (?label AS ?synonym) ?by WHERE { ?iri owl:deprecated true ; rdfs:label ?label ."
        f" FILTER(STRSTARTS(STR(?iri), '{mint(kind, '')}'))"
        " OPTIONAL { ?iri dcterms:isReplacedBy ?by } } ORDER BY ?iri ?by"
    )
    if called := _matches(gone, name, kind):
        after = [curie(str(row["by"])) for row in gone if str(row["iri"]) in called and row["by"]]
        instead = f"use {' or '.join(after)}" if after else "nothing took its place"
        raise UnknownName(f"the {kind} '{name}' is obsolete; {instead}", after)


def resolve_class(store: Store, name: str) -> str:
    """The IRI of the class of the ontology that ``name`` means; UnknownName where there is none."""
    rows = store.select(
        f"SELECT DISTINCT ?class WHERE {{ ?class a owl:Class FILTER(STRSTARTS(STR(?class), '{TERMS}')) }}"
    )
    classes = {local_name(str(iri)): str(iri) for iri in rows.column("class")}
    folded = {local.casefold(): iri for local, iri in classes.items()}
    if name.strip().casefold() in folded:
        return folded[name.strip().casefold()]
    raise UnknownName(f"no class is called '{name}'{near(name, classes) or '; such are Construct, Measure, Study'}")


def resolve_term(store: Store, name: str) -> str:
    """The IRI of the term of ours that ``name`` means: a construct, measure, therapy or statistic, a class or property.

    A bare name is looked for in that order. UnknownName where it means nothing, or two terms of one kind.
    """
    for kind in TERM_KINDS:
        matches = _matches(_names(store, kind), name, kind)
        if len(matches) > 1:
            candidates = [curie(iri) for iri in matches]
            raise UnknownName(f"'{name}' may mean {' or '.join(candidates)}; say which", candidates)
        if matches:
            return matches[0]
    vocabulary = store.select(
        "SELECT DISTINCT ?iri ?label WHERE { ?iri rdfs:label ?label"
        f" FILTER(STRSTARTS(STR(?iri), '{TERMS}')) }} ORDER BY ?iri"
    )
    for row in vocabulary:
        iri = str(row["iri"])
        if name.strip() in (iri, curie(iri), local_name(iri)) or _folded(name) == _folded(row["label"]):
            return iri
    return resolve(store, name, TERM_KINDS[0])  # which says what is near


def _matches(named: Rows, name: str, kind: str) -> list[str]:
    """The IRIs that a slug, CURIE, IRI, label or synonym means: the first way that fits decides."""
    wanted = name.strip()
    iris = {str(iri) for iri in named.column("iri")}
    direct = _direct(wanted, kind)
    if direct in iris:
        return [direct]
    for column in ("label", "synonym"):
        matches = sorted({str(row["iri"]) for row in named if _folded(row[column]) == _folded(wanted)})
        if matches:
            return matches
    return []


def _direct(name: str, kind: str) -> str | None:
    """The IRI that a slug, CURIE or IRI names; none for a label."""
    return mint(kind, name) if SLUG.fullmatch(name) else expand(name)


def _is_there(store: Store, iri: str, kind: str) -> bool:
    """Whether something of the kind has this IRI: most are asked for by it, and there may be many names to read."""
    ours = PLAIN.fullmatch(iri.removeprefix(BASE))
    return bool(ours) and store.select(f"ASK {{ <{iri}> a <{TERMS}{KINDS[kind]}> }}").values == ((True,),)


def _elsewhere(store: Store, name: str, kind: str) -> str:
    """Where the name is one of another kind of thing: which kind, and its slug."""
    for other in ASKED_ABOUT:
        matches = _matches(_names(store, other), name, other) if other != kind else []
        if matches:
            return f"; a {other} is: {' or '.join(map(local_name, matches))}"
    return ""


def _nearest(named: Rows, name: str) -> str:
    """The words "did you mean …" with up to three different things, each by its slug, or nothing."""
    called: dict[str, str] = {}
    for row in named:
        slug = local_name(str(row["iri"]))
        called.update({_folded(word): slug for word in (row["label"], row["synonym"], slug) if word})
    wanted = _folded(name)
    close = difflib.get_close_matches(wanted, called, n=12, cutoff=0.6)
    holding = sorted((word for word in called if wanted in word.split()), key=len)
    slugs = list(dict.fromkeys(called[word] for word in (*holding, *close)))[:4]
    return _did_you_mean(slugs)


def within(store: Store, construct: str) -> dict[str, str]:
    """A construct and everything narrower: IRI -> label, the construct itself first."""
    rows = store.select(_WITHIN % construct)
    labels = {str(row["iri"]): str(row["label"]) for row in rows}
    return {iri: labels[iri] for iri in dict.fromkeys((construct, *labels))}


def label_of(store: Store, iri: str) -> str:
    """What a thing is called."""
    return str(store.select(f"SELECT ?label WHERE {{ <{iri}> rdfs:label ?label }}").values[0][0])


def beside(store: Store, name: str) -> list[str]:
    """What an answer about a construct leaves out: a sentence for each umbrella that covers others beside it."""
    from kg.questions import answer

    covered: dict[tuple[str, str], list[str]] = {}
    for row in answer(store, "beside", {"construct": [name]}):
        umbrella = str(row["umbrellaLabel"]), local_name(str(row["umbrella"]))
        covered.setdefault(umbrella, []).append(str(row["label"]))
    return [
        f"beside {name}, {label} also covers {', '.join(others)}: {slug} asks for all"
        for (label, slug), others in covered.items()
    ]


def left_out(store: Store, question: Question, arguments: Mapping[str, Iterable[str]]) -> list[str]:
    """The same for every construct that a question about findings or theory is asked with."""
    if question.category not in ("findings", "theory"):
        return []
    names = [name for each in question.parameters if each.type == "construct" for name in arguments.get(each.name, ())]
    return [sentence for name in names for sentence in beside(store, name)]


def near(wrong: str, known: Iterable[str]) -> str:
    """The words "did you mean …" with up to three near names, or nothing."""
    close = difflib.get_close_matches(wrong.casefold(), {each.casefold() for each in known}, n=3, cutoff=0.6)
    return _did_you_mean(close)


def _did_you_mean(names: Sequence[str]) -> str:
    return f"; did you mean {' or '.join(map(repr, names))}?" if names else ""


def _names(store: Store, kind: str) -> Rows:
    """Every individual of the kind, with its labels and synonyms: the question ``names``."""
    from kg.questions import find_question

    return store.select(find_question(shipped(), "names").bind({"class": [f"<{TERMS}{KINDS[kind]}>"]}))


def _folded(text: object) -> str:
    """A label as it is compared: case, hyphens and British spelling of -ise- do not count."""
    return (
        re.sub(r"[-\u2010-\u2015\u2212]", " ", str(text or "").casefold()).replace("disorganiz", "disorganis").strip()
    )
