"""Pages that list everything of a kind: constructs, measures, studies, findings, claims, therapies, sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from kg.names import BASE
from kg.pages.library import Library
from kg.pages.model import Behind, Choice, Content, Form, Inline, Link, Only, Prose, Section, Table, Written
from kg.pages.pairs import chosen
from kg.pages.words import counted, findings_table, people
from kg.questions import quoted
from kg.store import Rows

Query = Mapping[str, str]


def content(library: Library, kind: str, query: Query) -> Content:
    """The page that lists a kind."""
    return LISTED[kind](library, query)


def _constructs(library: Library, query: Query) -> Content:
    behind = library.behind("constructs")
    rows = library.answer(behind)
    table = Table(
        "Constructs, those with most findings first",
        ("Construct", "What it means", "Findings"),
        tuple((library.link(row["construct"]), str(row["definition"]), str(row["findings"])) for row in rows),
        numeric=frozenset({2}),
    )
    return _listing("Constructs", "construct", "What compassion, attachment and all around them are taken to mean.",
                    table, rows, behind)  # fmt: skip


def _measures(library: Library, query: Query) -> Content:
    behind = Written("Measures with what they measure", _MEASURES)
    rows = library.answer(behind)
    table = Table(
        "Measures, subscales and short forms",
        ("Measure", "Acronym", "Measures", "Items", "Findings"),
        tuple(
            (
                library.link(row["measure"]),
                library.shown(row["acronym"]),
                library.shown(row["measures"]),
                library.shown(row["items"]),
                str(row["findings"]),
            )
            for row in rows
        ),
        numeric=frozenset({3, 4}),
    )
    return _listing("Measures", "measure", "The instruments that decide which construct a word stands for.",
                    table, rows, behind)  # fmt: skip


def _studies(library: Library, query: Query) -> Content:
    behind = library.behind("studies")
    rows = library.answer(behind)
    table = Table(
        "Studies and their samples",
        ("Study", "Country", "Design", "Setting", "People", "Difficulty established by a professional", "Published in"),
        tuple(
            (
                library.link(row["study"]),
                library.shown(row["country"]),
                str(row["design"]),
                str(row["setting"]),
                people(row["participants"]),
                library.shown(row["establishedByProfessional"]),
                str(row["source"]),
            )
            for row in rows
        ),
        numeric=frozenset({4}),
    )
    return _listing("Studies", "study", "Who was studied, where and how; a row a sample.", table, rows, behind)


_DIRECTIONS = (
    ("", "any direction"),
    ("positive", "positive"),
    ("negative", "negative"),
    ("none", "none"),
    ("not-reported", "not reported"),
)
_SIGNIFICANCES = (
    ("", "any"),
    ("significant", "significant"),
    ("not-significant", "not significant"),
    ("not-reported", "not reported"),
)
_LAYERS = (("", "all layers"), ("review", "review"), ("primary", "primary"))
FINDINGS_READ = ("direction", "significance", "layer", "certainty", "kind")
_CERTAINTIES = (("", "any"), ("high", "high"), ("medium", "medium"), ("low", "low"))


def _findings(library: Library, query: Query) -> Content:
    controls = {
        "direction": ("Direction", _DIRECTIONS),
        "significance": ("Significance", _SIGNIFICANCES),
        "layer": ("Told by", _LAYERS),
        "certainty": ("Coder’s certainty", _CERTAINTIES),
        "kind": ("Kind", (("", "any kind"), *((kind, kind) for kind in _kinds(library)))),
    }
    state = {name: value for name, (_, options) in controls.items() if (value := chosen(query, name, options))}
    behind = replace(library.behind("findings"), only=_only(state))
    rows = library.answer(behind)
    form = Form(
        "/finding",
        tuple(Choice(name, label, state.get(name, ""), options) for name, (label, options) in controls.items()),
        "Filter",
    )
    return Content(
        title="Findings",
        path="/finding",
        query=state,
        kind="List",
        lead=f"{counted(len(rows), 'finding')}, null results included, each with the place where it was read.",
        crumbs=(),
        sections=(Section("", (form, findings_table(library, rows, "Findings", "No finding is so."))),),
        behind=(behind,),
        rows=rows,
        wide=True,
    )


#: What the question ``findings`` gives as a label, in English; the rest it gives as plain words.
_LABELS = ("kind", "layer")


def _only(state: Query) -> Only | None:
    """What the answer is narrowed to by what is chosen."""
    terms = tuple(f"{quoted(value)}@en" if name in _LABELS else quoted(value) for name, value in state.items())
    return Only(tuple(state), (terms,)) if state else None


def _kinds(library: Library) -> list[str]:
    return sorted({str(row["kind"]) for row in library.ask("findings")})


def _propositions(library: Library, query: Query) -> Content:
    behind = Written("Claims of theory with where each is stated", _CLAIMS)
    rows = library.answer(behind)
    table = Table(
        "Claims",
        ("Claim", "In the coder’s words", "Predicts", "Stated in"),
        tuple(
            (
                library.link(row["proposition"]),
                str(row["statement"]),
                library.shown(row["sign"]),
                library.shown(row["source"]),
            )
            for row in rows
        ),
    )
    lead: Inline = ("What theory claims; ", Link("theory and evidence", "/theory"), " sets the verdict beside each.")
    return _listing("Claims of theory", "proposition", lead, table, rows, behind)


def _named(kind: str, title: str, lead: str, more: str, heading: str) -> Callable[[Library, Query], Content]:
    """A page that lists individuals with one more thing about each."""

    def build(library: Library, query: Query) -> Content:
        behind = Written(f"{title}, with one more thing about each", _ONE_MORE % (kind, more))
        rows = library.answer(behind)
        table = Table(
            title,
            ("Name", heading),
            tuple((library.link(row["thing"]), library.shown(row["more"])) for row in rows),
            empty="None is coded.",
        )
        listed = _listing(title, kind, lead, table, rows, behind)
        return replace(listed, iri=BASE + kind) if kind == "dataset" else listed  # the whole has that very IRI

    return build


def _listing(title: str, kind: str, lead: Inline, table: Table, rows: Rows, behind: Behind | Written) -> Content:
    return Content(
        title=title,
        path=f"/{kind}",
        kind="List",
        lead=lead,
        sections=(Section("", (Prose(f"{counted(len(rows), 'row')}.", "quiet"), table)),),
        behind=(behind,),
        rows=rows,
    )


_MEASURES = """\
SELECT ?measure (SAMPLE(?short) AS ?acronym) (GROUP_CONCAT(DISTINCT ?yielded; separator=", ") AS ?measures)
  (SAMPLE(?count) AS ?items) (COUNT(DISTINCT ?finding) AS ?findings)
WHERE {
  ?measure a ca:Measure .
  OPTIONAL { ?measure ca:acronym ?short }
  OPTIONAL { ?measure ca:measures/rdfs:label ?yielded }
  OPTIONAL { ?measure ca:itemCount ?count }
  OPTIONAL { ?finding ca:usedMeasure ?measure ; a ca:Finding }
} GROUP BY ?measure ORDER BY ?measure"""
_CLAIMS = """\
SELECT ?proposition ?statement (SAMPLE(?predicted) AS ?sign) (GROUP_CONCAT(DISTINCT ?stated; separator="; ") AS ?source)
WHERE {
  ?proposition a ca:Proposition ; ca:statement ?statement ; ca:statedIn/rdfs:label ?stated .
  OPTIONAL { ?proposition ca:predictedSign/rdfs:label ?predicted }
} GROUP BY ?proposition ?statement ORDER BY ?proposition"""
_ONE_MORE = """\
SELECT ?thing (SAMPLE(?told) AS ?more) WHERE {
  ?thing a ?class . FILTER(STRSTARTS(STR(?thing), "https://w3id.org/compassion-attachment/%s/"))
  OPTIONAL { ?thing %s ?told }
} GROUP BY ?thing ORDER BY ?thing"""

#: Kind -> what builds the page that lists it.
LISTED: dict[str, Callable[[Library, Query], Content]] = {
    "construct": _constructs,
    "measure": _measures,
    "study": _studies,
    "finding": _findings,
    "proposition": _propositions,
    "therapy": _named("therapy", "Therapies", "What each is said to do, and on what evidence.",
                      "skos:definition", "What it is"),
    "pooled-estimate": _named("pooled-estimate", "Published syntheses",
                              "What others pooled: a layer of its own, never counted with findings.",
                              "ca:asPrinted", "As printed"),
    "publication": _named("publication", "Publications", "Where everything was read.",
                          "dcterms:bibliographicCitation", "Citation"),
    "dataset": _named("dataset", "Datasets and method", "Where the evidence comes from.",
                      "dcterms:description", "What it holds"),
    "limitation": _named("limitation", "Limitations", "What authors say limits their evidence.",
                         "ca:statement", "In the coder’s words"),
}  # fmt: skip
