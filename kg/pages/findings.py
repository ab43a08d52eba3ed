"""The page of a finding: what was found, with which number, in whom, where it stands, and what it bears on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kg.names import local_name
from kg.pages.addresses import pair_path
from kg.pages.leaves import about
from kg.pages.library import Library
from kg.pages.model import Block, Content, Facts, Inline, Link, Mark, Outside, Prose, Section, Table, listed
from kg.pages.words import claim, constructs, meaning, measured, number, outcome, people, verdict
from kg.store import Row, Rows, Value
from kg.views.words import people as with_n


def content(library: Library, iri: str, query: Mapping[str, str]) -> Content:
    """The page of a finding."""
    finding = library.finding(iri)
    claims = library.ask("claims-resting-on", finding=iri)
    one, other = (local_name(str(finding[role])) for role in ("subjectIri", "objectIri"))
    pair = Link(f"{finding['subject']} × {finding['object']}", pair_path(one, other))
    return Content(
        title=str(library.label(iri)),
        path=f"/finding/{local_name(iri)}",
        kind=f"Finding: {finding['kind']}",
        lead=str(finding["statement"]),
        iri=iri,
        crumbs=(pair if one != other else Link("Findings", "/finding"),),
        sections=(
            Section("In a sentence", (Prose(_sentence(library, iri, finding)),), "sentence"),
            Section("The result", (_result(library, iri, finding),), "result"),
            Section("The people", (_people(library, iri, finding),), "people"),
            Section("Where it stands", (_source(library, iri, finding),), "source"),
            *_twins(library, iri),
            *_arithmetic(library, iri),
            Section("What it bears on", (_bearing(library, claims),), "bearing"),
        ),
        behind=(library.behind("provenance", finding=iri), library.behind("claims-resting-on", finding=iri)),
        rows=claims,
    )


def _sentence(library: Library, iri: str, finding: Row) -> Inline:
    """Who found what on which constructs, by which measures, with which number."""
    by = measured(library, iri)
    told = str(finding["printed"] or "") or number(finding)
    return (
        library.link(library.joined(iri)["study"]),
        f" ({with_n(finding['sampleSize'])}) report on ",
        constructs(library, finding),
        *((", measured with ", by) if by else ()),
        ": ",
        outcome(finding),
        f" {meaning(finding)}",
        *((", printed as ", Mark(told, "printed")) if told else (", without a number",)),
        ".",
    )


def _result(library: Library, iri: str, finding: Row) -> Facts:
    joined = library.joined(iri)
    return Facts(
        (
            ("Kind", str(finding["kind"])),
            ("From", (library.link(finding["subjectIri"]), _with(library, joined.get("subjectMeasure")))),
            ("To", (library.link(finding["objectIri"]), _with(library, joined.get("objectMeasure")))),
            ("Through or by", library.link(finding["thirdIri"]) if finding["thirdIri"] else None),
            ("Outcome", (outcome(finding), f" {meaning(finding)}")),
            ("Direction", _code(finding["direction"])),
            ("Significance", _code(finding["significance"])),
            ("Support", _code(finding["support"])),
            ("Number", number(finding)),
            ("p", library.shown(finding["p"])),
            ("As printed", Mark(str(finding["printed"]), "printed") if finding["printed"] else "no number printed"),
        )
    )


def _code(value: Value) -> str:
    return str(value).replace("-", " ") if value else ""


def _with(library: Library, measure: str | None) -> Inline:
    return (", with ", library.link(measure)) if measure else ""


def _people(library: Library, iri: str, finding: Row) -> Facts:
    joined = library.joined(iri)
    sample = joined.get("sample")
    rows = list(about(library, "samples", "sample", [sample])) if sample else []
    told = rows[0] if rows else {}
    difficulties = dict.fromkeys(str(row["difficulty"]) for row in rows if row["difficulty"])
    return Facts(
        (
            ("Study", library.link(joined["study"])),
            ("Sample", library.link(sample) if sample else None),
            ("People analysed", people(finding["sampleSize"])),
            ("Women", f"{told['percentFemale']} %" if told.get("percentFemale") is not None else ""),
            ("Mean age", library.shown(told.get("meanAge"))),
            ("Difficulty", ", ".join(difficulties)),
            ("Established by", library.shown(told.get("establishedBy"))),
        )
    )


def _source(library: Library, iri: str, finding: Row) -> Facts:
    told = next(iter(library.ask("provenance", finding=iri)), {})
    doi = told.get("doi")
    return Facts(
        (
            ("Read in", library.link(library.joined(iri)["publication"])),
            ("Place", str(finding["locator"])),
            ("Read through", library.shown(told.get("readThrough"))),
            ("Layer", str(finding["layer"])),
            ("Citation", library.shown(told.get("citation"))),
            ("DOI", Outside(str(doi), f"https://doi.org/{doi}") if doi else None),
            ("Coder’s certainty", str(finding["certainty"])),
            ("Coder’s note", library.shown(finding["note"])),
            ("Dataset", library.link(library.joined(iri)["dataset"]) if "dataset" in library.joined(iri) else None),
        )
    )


def _twins(library: Library, iri: str) -> Iterator[Section]:
    """The other reports of the same result, which counts once."""
    later, earlier = (about(library, "told-twice", side, [iri]) for side in ("finding", "sameAs"))
    twins = [
        *((row["sameAs"], row["otherLayer"]) for row in later),
        *((row["finding"], row["layer"]) for row in earlier),
    ]
    if twins:
        links = listed((library.link(twin), f" (told by {layer})") for twin, layer in twins)
        yield Section("Told twice", (Prose(("The same result is told as ", links, "; it counts once.")),), "twins")


def _arithmetic(library: Library, iri: str) -> Iterator[Section]:
    """Whether the printed numbers fit each other."""
    rows = library.select(
        f"SELECT DISTINCT ?note ?flag WHERE {{ ?check ca:checksFinding <{iri}> ; ca:arithmeticNote ?note ."
        " OPTIONAL { ?check ca:arithmetic|ca:nullReach ?code . ?code rdfs:label ?flag } } ORDER BY ?flag ?note"
    )
    if rows:
        points = tuple(Prose((f"{row['flag']}: " if row["flag"] else "", str(row["note"]), ".")) for row in rows)
        yield Section("Do the numbers hold?", points, "arithmetic")


def _bearing(library: Library, claims: Rows) -> Block:
    return Table(
        "Claims of theory that this finding supports, disputes or leaves open",
        ("This finding", "Claim", "Predicts", "Verdict over all findings"),
        tuple(
            (str(row["line"]), claim(library, row), library.shown(row["predictedSign"]), verdict(row["verdict"]))
            for row in claims
        ),
        anchor="claims",
        empty="No coded claim of theory is about this pair.",
    )
