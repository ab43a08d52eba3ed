"""The SPARQL page: examples in plain words, a form that shows the query it makes, a field, and the answer."""

from __future__ import annotations

from collections.abc import Mapping

from kg.names import PREFIXES, curie, local_name
from kg.pages.choosing import MOST_OPTIONS, chosen, named
from kg.pages.library import Library, question
from kg.pages.model import Content, Prose, Section, Template
from kg.pages.questions import answer_table, every
from kg.pages.words import counted
from kg.store import Rows

#: Questions that make good examples, in plain words.
_EXAMPLES = (
    ("What has been found between self-compassion and attachment avoidance?", "findings-between"),
    ("Which tested relations were not significant?", "null-findings"),
    ("On which pairs do findings disagree?", "disagreements"),
    ("Which claims of theory are contradicted?", "verdicts"),
    ("With which instruments can self-compassion be measured?", "measures-of"),
    ("Which constructs has no finding looked at?", "never-studied"),
    ("What did others pool?", "published-syntheses"),
    ("Which findings is the coder less than sure of?", "doubtful-codings"),
)
#: The form that makes a query: what to list, and with which outcome.
_DIRECTIONS = (("", "any direction"), ("positive", "positive"), ("negative", "negative"), ("none", "none"))
#: More rows than this are cut on the page.
MOST_ROWS = 1500
READS = ("example", "make", "query", "direction", "significance", "about", "and")
_SIGNIFICANCES = (("", "any significance"), ("significant", "significant"), ("not-significant", "not significant"))
#: So many characters of a query are shown again; the endpoint has a limit of its own.
_LONGEST = 200_000


def content(library: Library, query: Mapping[str, str]) -> Content:
    """The page before anything is asked: empty, with an example, or with the query that the form makes."""
    if example := query.get("example", ""):
        return answered(library, question(example).text, None, "")
    if query.get("make"):
        return answered(library, made(library, query), None, "", query)
    return answered(library, query.get("query", "") or _FIRST, None, "")


def answered(
    library: Library, text: str, rows: Rows | None, error: str, form: Mapping[str, str] | None = None
) -> Content:
    """The page with a query and what it gave."""
    wrong = (Section("This could not be answered", (Prose(error, "note error"),), "wrong"),) if error else ()
    found: tuple[Section, ...] = ()
    if rows is not None:
        first = Rows(rows.columns, rows.values[:MOST_ROWS])
        shown = answer_table(library, first, counted(len(first), "row"))
        found = (Section("The answer", (*_cut(rows), shown), "answer"),)
    words = {
        "text": text[:_LONGEST],
        "examples": [(words, name) for words, name in _EXAMPLES if name in {each.name for each in every()}],
        "constructs": _constructs(library),
        "directions": _DIRECTIONS,
        "significances": _SIGNIFICANCES,
        "form": form or {},
        "prefixes": [
            (prefix, PREFIXES[prefix]) for prefix in ("ca", "construct", "measure", "study", "finding", "proposition")
        ],
        "answered": rows is not None,
    }
    return Content(
        title="SPARQL",
        path="/sparql",
        lead="Ask anything in SPARQL 1.1. The project’s prefixes are known, and all named graphs are asked as one.",
        sections=(*wrong, Section("", (Template("sparql.html", words),)), *found),
        status=400 if error else 200,
        wide=True,
    )


def _constructs(library: Library) -> list[tuple[str, str]]:
    """What the form offers: slugs and labels, none where they are too many to choose from."""
    iris = library.of_kind("construct")
    return [(local_name(iri), library.label(iri)) for iri in iris] if len(iris) <= MOST_OPTIONS else []


def _cut(rows: Rows) -> tuple[Prose, ...]:
    """What tells that there is more than the page shows."""
    if len(rows) <= MOST_ROWS:
        return ()
    return (Prose(f"The first {MOST_ROWS:,} rows; there are more. Ask for CSV or JSON to have all of them.", "note"),)


def made(library: Library, query: Mapping[str, str]) -> str:
    """The query of the form: findings about a construct or anything narrower, with an outcome."""
    direction = chosen(query, "direction", _DIRECTIONS)
    significance = chosen(query, "significance", _SIGNIFICANCES)
    lines = ["?finding a ca:Finding ; ca:study/rdfs:label ?study ; ca:statement ?statement ."]
    for name in ("about", "and"):
        slug = query.get(name, "")
        if slug:
            lines.append(f"?finding ca:aboutConstruct/ca:within {curie(named(library, 'construct', slug))} .")
    if direction:
        lines.append(f"?finding ca:direction direction:{direction} .")
    if significance:
        lines.append(f"?finding ca:significance significance:{significance} .")
    lines.append("OPTIONAL { ?finding ca:asPrinted ?printed }")
    body = "\n  ".join(lines)
    used = [prefix for prefix in ("ca", "construct", "direction", "significance", "rdfs") if f"{prefix}:" in body]
    head = "\n".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>" for prefix in used)
    return f"{head}\n\nSELECT DISTINCT ?finding ?study ?statement ?printed\nWHERE {{\n  {body}\n}}\nORDER BY ?finding\n"


_FIRST = """\
PREFIX ca: <https://w3id.org/compassion-attachment/ontology/>
PREFIX construct: <https://w3id.org/compassion-attachment/construct/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT DISTINCT ?finding ?statement
WHERE {
  ?finding ca:aboutConstruct construct:self-compassion ; ca:statement ?statement .
}
ORDER BY ?finding
LIMIT 50
"""
