"""Pages that list everything of a kind: constructs, measures, studies, findings, claims, therapies, sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from kg.names import BASE, KINDS
from kg.narrowed import Only
from kg.pages.choosing import chosen
from kg.pages.leaves import PAGE, Leaf, leaf_by_name, leaf_of_kind, leaf_of_such, state
from kg.pages.leaves import leaf as leaf_of
from kg.pages.library import Library
from kg.pages.model import Behind, Choice, Content, Form, Inline, Link, Prose, Section, Table, Written
from kg.pages.words import counted, findings_table, people
from kg.questions import quoted

Query = Mapping[str, str]


def content(library: Library, kind: str, query: Query) -> Content:
    """The page that lists a kind."""
    return LISTED[kind](library, query)


def _constructs(library: Library, query: Query) -> Content:
    behind: Behind | Written = library.behind("constructs")
    if library.are_few("finding"):
        leaf = leaf_of(library, behind, query)
        caption, counted_there = "Constructs, those with most findings first", "Findings"
    else:  # to count what each is part of would be to read all
        behind = Written("Constructs, with the findings on their pairs", _CONSTRUCTS)
        leaf = leaf_by_name(library, behind, "construct", query)
        caption, counted_there = "Constructs by name", "Findings on it and another"
    table = Table(
        caption,
        ("Construct", "What it means", counted_there),
        tuple((library.link(row["construct"]), str(row["definition"]), str(row["findings"])) for row in leaf.rows),
        numeric=frozenset({2}),
    )
    lead = "What compassion, attachment and all around them are taken to mean."
    return _listing(library, "Constructs", "construct", lead, table, leaf, behind)  # fmt: skip


def _measures(library: Library, query: Query) -> Content:
    behind = Written("Measures with what they measure", _MEASURES)
    few = library.are_few("finding")
    leaf = leaf_of(library, behind, query) if few else leaf_by_name(library, behind, "measure", query)
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
            for row in leaf.rows
        ),
        numeric=frozenset({3, 4}),
    )
    return _listing(library, "Measures", "measure", "The instruments that decide which construct a word stands for.",
                    table, leaf, behind)  # fmt: skip


def _studies(library: Library, query: Query) -> Content:
    behind = library.behind("studies")
    leaf = leaf_of_kind(library, behind, "study", query)
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
            for row in leaf.rows
        ),
        numeric=frozenset({4}),
    )
    return _listing(library, "Studies", "study", "Who was studied, where and how; a row a sample.", table, leaf, behind)


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
FINDINGS_READ = ("direction", "significance", "layer", "certainty", "kind", PAGE)
_CERTAINTIES = (("", "any"), ("high", "high"), ("medium", "medium"), ("low", "low"))


def _findings(library: Library, query: Query) -> Content:
    controls = {
        "direction": ("Direction", _DIRECTIONS),
        "significance": ("Significance", _SIGNIFICANCES),
        "layer": ("Told by", _LAYERS),
        "certainty": ("Coder’s certainty", _CERTAINTIES),
        "kind": ("Kind", (("", "any kind"), *((kind, kind) for kind in _kinds(library)))),
    }
    chosen_of = {name: value for name, (_, options) in controls.items() if (value := chosen(query, name, options))}
    behind = replace(library.behind("findings"), only=_only(chosen_of))
    leaf = _leaf_of_findings(library, behind, chosen_of, query)
    form = Form(
        "/finding",
        tuple(Choice(name, label, chosen_of.get(name, ""), options) for name, (label, options) in controls.items()),
        "Filter",
    )
    pager = leaf.pager("/finding", chosen_of, "findings")
    return Content(
        title="Findings",
        path="/finding",
        query={**chosen_of, **state(leaf.number)},
        kind="List",
        lead=f"{counted(leaf.total, 'finding')}, null results included, each with the place where it was read.",
        crumbs=(),
        sections=(
            Section("", (form, *pager, findings_table(library, leaf.rows, "Findings", "No finding is so."), *pager)),
        ),
        behind=(behind,),
        rows=leaf.data,
        streamed=leaf.streamed(library, behind),
        wide=True,
    )


def _leaf_of_findings(library: Library, behind: Behind, chosen_of: Query, query: Query) -> Leaf:
    """The page of findings: of many, those on the page are found first and then told, since the question reads all."""
    such = "\n  ".join(["?finding a ca:Finding .", *(_SUCH[name].format(value) for name, value in chosen_of.items())])
    return leaf_of_such(library, behind, "finding", such, query)


#: What a choice says of a finding.
_SUCH = {
    "direction": "?finding ca:direction <" + BASE + "direction/{}> .",
    "significance": "?finding ca:significance <" + BASE + "significance/{}> .",
    "certainty": "?finding ca:certainty <" + BASE + "certainty/{}> .",
    "layer": '?finding ca:readThrough/ca:layer/rdfs:label "{}"@en .',
    "kind": '?finding a ?kind . ?kind rdfs:subClassOf ca:Finding ; rdfs:label "{}"@en .',
}


#: What the question ``findings`` gives as a label, in English; the rest it gives as plain words.
_LABELS = ("kind", "layer")


def _only(state: Query) -> Only | None:
    """What the answer is narrowed to by what is chosen."""
    terms = tuple(f"{quoted(value)}@en" if name in _LABELS else quoted(value) for name, value in state.items())
    return Only(tuple(state), (terms,)) if state else None


def _kinds(library: Library) -> list[str]:
    used = set(map(str, library.select(_KINDS_USED).column("kind")))
    return sorted(name for kind, name in library.kinds_of_findings.items() if kind in used)


def _propositions(library: Library, query: Query) -> Content:
    behind = Written("Claims of theory with where each is stated", _CLAIMS)
    leaf = leaf_of(library, behind, query)
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
            for row in leaf.rows
        ),
    )
    lead: Inline = ("What theory claims; ", Link("theory and evidence", "/theory"), " sets the verdict beside each.")
    return _listing(library, "Claims of theory", "proposition", lead, table, leaf, behind)


def _named(kind: str, title: str, lead: str, more: str, heading: str) -> Callable[[Library, Query], Content]:
    """A page that lists individuals with one more thing about each."""

    def build(library: Library, query: Query) -> Content:
        behind = Written(f"{title}, with one more thing about each", _ONE_MORE % (KINDS[kind], more))
        leaf = leaf_of(library, behind, query)
        table = Table(
            title,
            ("Name", heading),
            tuple((library.link(row["thing"]), library.shown(row["more"])) for row in leaf.rows),
            empty="None is coded.",
        )
        listed = _listing(library, title, kind, lead, table, leaf, behind)
        return replace(listed, iri=BASE + kind) if kind == "dataset" else listed  # the whole has that very IRI

    return build


def _listing(
    library: Library, title: str, kind: str, lead: Inline, table: Table, leaf: Leaf, behind: Behind | Written
) -> Content:
    pager = leaf.pager(f"/{kind}", {})
    return Content(
        title=title,
        path=f"/{kind}",
        query=state(leaf.number),
        kind="List",
        lead=lead,
        sections=(Section("", (*(pager or (Prose(f"{counted(leaf.total, 'row')}.", "quiet"),)), table, *pager)),),
        behind=(behind,),
        rows=leaf.data,
        streamed=leaf.streamed(library, behind),
    )


_KINDS_USED = "SELECT DISTINCT ?kind WHERE { ?kind rdfs:subClassOf ca:Finding FILTER EXISTS { ?finding a ?kind } }"
_CONSTRUCTS = """\
SELECT ?construct ?label ?definition ?findings WHERE {
  ?construct a ca:Construct ; rdfs:label ?label ; skos:definition ?definition .
  {
    SELECT ?construct (SUM(COALESCE(?each, 0)) AS ?findings) WHERE {
      ?construct a ca:Construct .
      OPTIONAL { ?cell ca:pairMember ?construct ; ca:findingCount ?each FILTER EXISTS { ?cell a ca:EvidenceCell } }
    } GROUP BY ?construct
  }
} ORDER BY DESC(?findings) ?construct"""
_MEASURES = """\
SELECT ?measure ?acronym ?measures ?items ?findings WHERE {
  {
    SELECT ?measure (SAMPLE(?short) AS ?acronym) (GROUP_CONCAT(DISTINCT ?yielded; separator=", ") AS ?measures)
      (SAMPLE(?count) AS ?items)
    WHERE {
      ?measure a ca:Measure .
      OPTIONAL { ?measure ca:acronym ?short }
      OPTIONAL { ?measure ca:measures/rdfs:label ?yielded }
      OPTIONAL { ?measure ca:itemCount ?count }
    } GROUP BY ?measure
  }
  {
    SELECT ?measure (COUNT(DISTINCT ?finding) AS ?findings)
    WHERE { ?measure a ca:Measure . OPTIONAL { ?finding ca:usedMeasure ?measure } }
    GROUP BY ?measure
  }
} ORDER BY ?measure"""
_CLAIMS = """\
SELECT ?proposition ?statement (SAMPLE(?predicted) AS ?sign) (GROUP_CONCAT(DISTINCT ?stated; separator="; ") AS ?source)
WHERE {
  ?proposition a ca:Proposition ; ca:statement ?statement ; ca:statedIn/rdfs:label ?stated .
  OPTIONAL { ?proposition ca:predictedSign/rdfs:label ?predicted }
} GROUP BY ?proposition ?statement ORDER BY ?proposition"""
_ONE_MORE = """\
SELECT ?thing (SAMPLE(?told) AS ?more) WHERE {
  ?thing a ca:%s .
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
