"""What our terms correspond to in other ontologies: a part of the page of each, and the page of all mapping sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kg.pages.library import Library
from kg.pages.model import (
    Behind,
    Block,
    Content,
    Facts,
    Inline,
    Listing,
    Mark,
    Outside,
    Prose,
    Section,
    Table,
    few,
    listed,
)
from kg.pages.words import counted
from kg.store import Row, Rows, Value

#: The questions behind the part of a page, each about one ``subject``.
_QUESTIONS = ("mappings", "known-elsewhere", "looked-for-elsewhere")

#: Predicate -> how theirs stands to ours, in words.
_RELATIONS = {
    "exactMatch": "the same",
    "closeMatch": "nearly the same",
    "broadMatch": "wider than ours",
    "narrowMatch": "narrower than ours",
    "relatedMatch": "related",
}
#: Justification -> how anybody knows.
_WAYS = {
    "ManualMappingCuration": "a curator’s judgement",
    "LexicalMatching": "the same name",
    "LexicalSimilarityThresholdMatching": "names that are alike",
    "SemanticSimilarityThresholdMatching": "meanings that are alike",
    "StructuralMatching": "what stands above both",
    "MappingChaining": "it follows from other links",
    "MappingReview": "a reviewed candidate",
}
#: Outcome of looking -> heading of its column.
_OUTCOMES = {
    "exactMatch": "Same",
    "closeMatch": "Near",
    "broadMatch": "Wider",
    "narrowMatch": "Narrower",
    "relatedMatch": "Related",
    "false friend": "False friends",
    "not found": "Not found",
}


def section(library: Library, iri: str) -> Section:
    """What a term of ours is elsewhere, what is known of it there, what only looks alike, where it was not found."""
    linked, missed = library.ask("mappings", subject=iri), library.ask("looked-for-elsewhere", subject=iri)
    blocks = (
        _corresponding(library, linked),
        *_further(library, library.ask("known-elsewhere", subject=iri)),
        *_false_friends(library.ask("false-friends").where(lambda row: row["term"] == iri)),
        *_missed(missed),
    )
    return Section("What it is elsewhere", blocks, "elsewhere")


def behind(library: Library, iri: str) -> tuple[Behind, ...]:
    """The questions behind that section."""
    return tuple(library.behind(question, subject=iri) for question in _QUESTIONS)


def is_told(library: Library, iri: str) -> bool:
    """Whether anybody has looked for a term elsewhere."""
    return bool(library.ask("mappings", subject=iri) or library.ask("looked-for-elsewhere", subject=iri))


def _corresponding(library: Library, linked: Rows) -> Table:
    return Table(
        "Terms that it corresponds to",
        ("Term", "Ontology", "Theirs is", "How anybody knows", "Confidence", "Note"),
        tuple(
            (
                _term(row["term"], row["termLabel"]),
                str(row["ontology"]),
                _RELATIONS.get(str(row["relation"]), str(row["relation"])),
                _WAYS.get(str(row["justification"]), str(row["justification"])),
                str(row["confidence"]),
                library.shown(row["comment"]),
            )
            for row in linked
        ),
        numeric=frozenset({4}),
        wordy=frozenset({5}),
        anchor="corresponding",
        empty="No term of another ontology is known to correspond to it.",
    )


def _further(library: Library, known: Rows) -> Iterator[Block]:
    """What lies one step beyond what it corresponds to."""
    beyond = known.where(lambda row: row["hops"] == 2)
    if beyond:
        yield Table(
            "What else is known of it there",
            ("By way of", "Relation", "Found", "Confidence", "Steps"),
            tuple(
                (
                    str(row["via"]),
                    _step(str(row["relation"])),
                    _found(library, row),
                    library.shown(row["confidence"]),
                    library.shown(row["how"]),
                )
                for row in beyond
            ),
            numeric=frozenset({3}),
            wordy=frozenset({4}),
            anchor="further",
        )


def _step(relation: str) -> str:
    """A relation of the question, whose last word may be a predicate, in words."""
    before, colon, predicate = relation.rpartition(": ")
    return f"{before}{colon}{_RELATIONS.get(predicate, predicate)}"


def _found(library: Library, row: Row) -> Inline:
    """What lies beyond: a term of ours has a page here, another stands in its own ontology."""
    if library.has_name(str(row["found"])):
        return library.link(row["found"])
    return _term(row["found"], row["foundLabel"])


def _false_friends(denied: Rows) -> Iterator[Block]:
    if denied:
        friends = ((_term(row["theirs"], row["theirLabel"]), _source(row), _because(row)) for row in denied)
        yield Prose("False friends, which look alike and mean something else:")
        yield Listing(tuple(friends))


def _because(row: Row) -> str:
    return f": {row['reason']}" if row["reason"] else ""


def _missed(missed: Rows) -> Iterator[Block]:
    if missed:
        places = listed(f"{row['ontology']}{_version(row)}" for row in missed)
        yield Prose(("Looked for and not found in: ", places, "."), "quiet")


def _source(row: Row) -> str:
    return f" ({row['ontology']})"


def _version(row: Row) -> str:
    return f" ({row['version']})" if row["version"] else ""


def _term(iri: Value, label: Value) -> Inline:
    """A term elsewhere by its label, with a link to its IRI where that is on the web."""
    address = str(iri)
    return Outside(str(label), address) if address.startswith(("http://", "https://")) else f"{label} ({address})"


# --- the page of all sets ----------------------------------------------------------------------


def contents(library: Library, query: Mapping[str, str]) -> Content:
    """The page that lists the mapping sets."""
    looked, denied = library.ask("mapped-ontologies"), library.ask("false-friends")
    alone = library.ask("constructs-without-a-term")
    return Content(
        title="Links to other ontologies",
        path="/mappings",
        kind="List",
        lead=(
            "Where our terms were looked for, what corresponds to them there, and what does not. The page of each "
            "construct, measure, statistic and class tells its own."
        ),
        sections=(
            Section("Ontologies that were looked into", (_sets(looked),)),
            Section("What nobody else defines", _alone(library, alone), "alone"),
            Section("False friends", (_all_false_friends(library, denied),), "friends"),
        ),
        behind=tuple(
            library.behind(name) for name in ("mapped-ontologies", "constructs-without-a-term", "false-friends")
        ),
        rows=looked,
        wide=True,
    )


def _sets(looked: Rows) -> Table:
    counts: dict[tuple[str, str], dict[str, Value]] = {}
    for row in looked:
        counts.setdefault((str(row["ontology"]), str(row["version"] or "")), {})[str(row["outcome"])] = row["mappings"]
    return Table(
        "Our terms by what theirs is to them; where no version stands, the ontology was not read itself",
        ("Ontology", *_OUTCOMES.values()),
        tuple(
            ((ontology, " ", Mark(version, "quiet")), *(_count(found.get(each)) for each in _OUTCOMES))
            for (ontology, version), found in counts.items()
        ),
        numeric=frozenset(range(1, len(_OUTCOMES) + 1)),
        wordy=frozenset({0}),
        anchor="sets",
        empty="This graph holds no mappings.",
    )


def _count(mappings: Value) -> Inline:
    return str(mappings) if mappings else Mark("0", "quiet")


def _alone(library: Library, alone: Rows) -> tuple[Block, ...]:
    if not alone:
        return (Prose("Every construct has a term of the same or nearly the same meaning elsewhere."),)
    wider = alone.where(lambda row: bool(row["widerTerms"]))
    related = alone.where(lambda row: bool(row["relatedTerms"]) and not row["widerTerms"])
    neither = alone.where(lambda row: not row["widerTerms"] and not row["relatedTerms"])
    said = (
        f"{counted(len(alone), 'construct')} without a term of the same or nearly the same meaning in any of them, and"
        " so candidates for others."
    )
    groups = (("Only a wider term", wider), ("Only a related term", related), ("Nothing at all", neither))
    entries = ((f"{name}: {len(rows)}", _by_label(library, rows)) for name, rows in groups if rows)
    return (Prose(said), Facts(tuple(entries)))


def _by_label(library: Library, constructs: Rows) -> Inline:
    named = sorted(constructs, key=lambda row: str(row["label"]).casefold())
    return few((library.link(row["construct"]) for row in named), between=" · ")


def _all_false_friends(library: Library, denied: Rows) -> Table:
    return Table(
        "Terms that look like ours and mean something else",
        ("Ours", "Theirs", "Ontology", "Why not"),
        tuple(
            (
                library.link(row["term"]),
                _term(row["theirs"], row["theirLabel"]),
                str(row["ontology"]),
                library.shown(row["reason"]),
            )
            for row in denied
        ),
        wordy=frozenset({3}),
        anchor="false-friends",
        empty="None is recorded.",
    )
