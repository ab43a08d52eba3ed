"""Words about findings that several pages share: the outcome, the number, who told it, and tables of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.names import local_name
from kg.pages.library import Library
from kg.pages.model import Inline, Link, Mark, Table, listed
from kg.store import Row, Rows, Value
from kg.views.encoding import outcome_of, short_number

#: Outcome of a finding -> its look.
_LOOKS = {
    "positive": "positive",
    "negative": "negative",
    "null": "null",
    "positive-unclear": "positive",
    "negative-unclear": "negative",
    "supported": "mixed",
    "unsigned": "mixed",
    "unclear": "unclear",
}
#: Verdict -> its look.
VERDICTS = {"supported": "positive", "contradicted": "negative", "mixed": "mixed"}


def outcome(finding: Row) -> Mark:
    """The sign of a finding, with what it means."""
    found = outcome_of(finding)
    return Mark(found.sign, _LOOKS[found.name], found.meaning)


def meaning(finding: Row) -> str:
    """What a finding came to, in words."""
    return outcome_of(finding).meaning


def number(finding: Row) -> str:
    """The statistic with its value, as figures print it; empty where no number is told."""
    value = finding["value"]
    if value is None:
        return ""
    return f"{str(finding['statistic']).partition(' (')[0]} = {short_number(value)}"  # type: ignore[arg-type]


def counted(count: int, what: str, many: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "study", "studies"), counted(1200, "finding")
    ('1 study', '1,200 findings')
    """
    return f"{count:,} {what if count == 1 else many or what + 's'}"


def constructs(library: Library, finding: Row) -> Inline:
    """The constructs of a finding: from, to, and what stands between."""
    ends: list[Inline] = [library.link(finding["subjectIri"]), " and ", library.link(finding["objectIri"])]
    if finding["thirdIri"]:
        ends += [", through " if finding["kind"] == "mediation" else ", by ", library.link(finding["thirdIri"])]
    return tuple(ends)


def measured(library: Library, finding: str, *, short: bool = False) -> Inline:
    """The measures of a finding, as far as told; ``short``, by the acronyms that they have."""
    joined = library.joined(finding)
    found = [joined[role] for role in ("subjectMeasure", "objectMeasure") if role in joined]
    return listed(library.link(each, library.acronyms.get(each, "") if short else "") for each in found)


def study(library: Library, finding: str) -> Inline:
    """The study of a finding."""
    return library.link(library.joined(finding)["study"])


def people(n: Value, untold: Value = 0) -> str:
    """How many people, as a number; a dash where it is not told; at least so many where not all samples tell it."""
    if not isinstance(n, int) or (untold and not n):
        return "–"
    return f"at least {n:,}" if untold else f"{n:,}"


def findings_table(library: Library, rows: Iterable[Row], caption: str, empty: str, anchor: str = "findings") -> Table:
    """A row for each row of an answer that has a column ``finding``."""
    iris = [str(row["finding"]) for row in rows]
    library.called(iri for each in library.findings(iris).values() for iri in each.joined.values())
    return Table(
        caption,
        ("Outcome", "Found", "As printed", "Study", "n", "On", "Measured with", "Told by", "Certainty"),
        tuple(_row(library, iri) for iri in iris),
        numeric=frozenset({4}),
        wordy=frozenset({1}),
        anchor=anchor,
        empty=empty,
    )


def _row(library: Library, iri: str) -> tuple[Inline, ...]:
    finding = library.finding(iri)
    return (
        (outcome(finding), " ", Mark(meaning(finding), "quiet small")),
        Link(str(finding["statement"]), f"/finding/{local_name(iri)}"),
        Mark(str(finding["printed"]), "printed") if finding["printed"] else number(finding),
        study(library, iri),
        people(finding["sampleSize"]),
        constructs(library, finding),
        measured(library, iri, short=True),
        (str(finding["layer"]), *_again(library, finding)),
        str(finding["certainty"]),
    )


def _again(library: Library, finding: Row) -> Iterator[Inline]:
    """What is told again, and so counts once."""
    if finding["repeats"]:
        yield ("; counts once with ", Link("another telling", f"/finding/{local_name(str(finding['repeats']))}"))


def heading(column: str) -> str:
    """``firstMeasure`` as a reader sees it: first measure."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in column).strip()


def verdict(name: object) -> Mark:
    """A verdict in its look."""
    return Mark(str(name), f"verdict {VERDICTS.get(str(name), 'unclear')}")


def claim(library: Library, row: Row) -> Inline:
    """A claim of theory by its words, with its condition."""
    condition = f" ({row['condition']})" if row.get("condition") else ""
    return Link(f"{row['claim']}{condition}", f"/proposition/{local_name(str(row['proposition']))}")


def claims_table(library: Library, rows: Rows, caption: str, empty: str) -> Table:
    """A row for each claim in an answer with its verdict."""
    return Table(
        caption,
        ("Claim", "Predicts", "Verdict", "For", "Against", "Open", "Samples"),
        tuple(
            (
                claim(library, row),
                library.shown(row["predictedSign"]),
                verdict(row["verdict"]),
                library.shown(row["supporting"]),
                library.shown(row["disputing"]),
                library.shown(row["open"]),
                library.shown(row["samples"]),
            )
            for row in rows
        ),
        numeric=frozenset({3, 4, 5, 6}),
        wordy=frozenset({0}),
        anchor="claims",
        empty=empty,
    )


def sides(row: Row) -> Inline:
    """The findings on a pair by outcome: negative, null, positive, not told."""
    told: Iterable[tuple[str, str, str]] = (
        ("negative", "\N{MINUS SIGN}", "negative"),
        ("null", " n.s.", "null"),
        ("positive", "+", "positive"),
        ("unclear", "?", "unclear"),
    )
    return listed((Mark(f"{row[name]}{sign}", look) for name, sign, look in told if row[name]), " · ")
