"""The first page: search, six plain questions, what is in the graph and who tells it."""

from __future__ import annotations

from collections.abc import Mapping

from kg.names import BASE
from kg.pages.library import Library
from kg.pages.model import Content, Link, Prose, Section, Table, Template, Written
from kg.store import Row

#: What a theorist asks first, where the answer is, and how it is reached.
SIX = (
    ("Are more self-compassionate people less avoidant in attachment?",
     "/pair/attachment-avoidance/self-compassion", "Every finding on the pair, nulls included, and why they differ."),
    ("Which pairs of constructs has nobody studied?",
     "/gaps", "A map of compassion by attachment, with four kinds of gaps."),
    ("Which claims of theory does the evidence speak against?",
     "/theory", "Each claim with its predicted sign, its verdict and the rule behind it."),
    ("Where do studies disagree, and may it be chance?",
     "/conflicts", "The findings side by side, and what differs between the studies."),
    ("How was self-compassion measured, and what else was it studied with?",
     "/construct/self-compassion", "Its meaning, its instruments, its findings and its blank spots."),
    ("What are attachment-based therapies said to do, and on what evidence?",
     "/therapy/attachment-based-therapy", "Targets, techniques, effects and where each is stated."),
)  # fmt: skip
#: What there is to say of the whole, as data.
DATASET = BASE + "dataset"
#: So many datasets are told of as new.
_NEWEST = 5
_KINDS = (
    ("construct", "construct", "constructs"),
    ("measure", "measure", "measures"),
    ("study", "study", "studies"),
    ("finding", "finding", "findings"),
    ("proposition", "claim of theory", "claims of theory"),
    ("therapy", "therapy", "therapies"),
    ("pooled-estimate", "published pooled estimate", "published pooled estimates"),
    ("publication", "publication", "publications"),
)


def content(library: Library, query: Mapping[str, str]) -> Content:
    """The first page."""
    counts = [(f"/{kind}", library.count_of_kind(kind), one, many) for kind, one, many in _KINDS]
    told = Written("Statements by dataset and layer", _LAYERS)
    layers = library.answer(told)
    return Content(
        title="How do compassion and attachment hang together?",
        path="/",
        lead=(
            "An atlas of what theory says and of what was found: every finding with its numbers, its null results "
            "and its source, and plain words where nobody has looked."
        ),
        sections=(
            Section("", (Template("home.html", {"asked": SIX, "counts": counts}),)),
            Section("What is new", (_newest(library),), "new"),
            Section(
                "What is in it, by layer",
                (
                    Prose(
                        "A result may be told by a review of its study, by the study’s own report, or both; "
                        "what others pooled is a layer of its own and is never counted as a finding."
                    ),
                    Table(
                        "Statements by dataset and layer",
                        ("Dataset", "Layer", "Findings or estimates", "Studies in the dataset"),
                        tuple(
                            (
                                library.link(row["dataset"]),
                                library.shown(row["layer"]),
                                library.shown(row["told"]),
                                str(row["studies"] or 0),
                            )
                            for row in layers
                        ),
                        numeric=frozenset({2, 3}),
                        anchor="layers",
                        empty="This graph holds no finding yet.",
                    ),
                    Prose(
                        (
                            "How each source came to what it tells stands on the pages of the ",
                            Link("datasets", "/dataset"),
                            ".",
                        )
                    ),
                ),
            ),
        ),
        iri=DATASET,
        behind=(told, library.behind("what-is-new")),
        rows=layers,
    )


def _newest(library: Library) -> Table:
    """The datasets that were coded last, newest first."""
    return Table(
        "Datasets by the day on which they were coded",
        ("Coded on", "Dataset", "Findings", "Claims of theory", "Published estimates"),
        tuple(
            (str(row["codedOn"]), library.link(row["dataset"], str(row["title"])), *_counts(row))
            for row in list(library.ask("what-is-new"))[:_NEWEST]
        ),
        numeric=frozenset({2, 3, 4}),
        anchor="newest",
        empty="This graph holds no dataset yet.",
    )


def _counts(row: Row) -> tuple[str, ...]:
    """How much a dataset brings of each; nothing where it brings none."""
    return tuple(str(row[name] or "") for name in ("findings", "claims", "estimates"))


#: Counted graph by graph, along one index each; to look up the dataset of every finding would take seconds.
_LAYERS = """\
SELECT ?dataset ?layer (SUM(?each) AS ?told) (SAMPLE(?of) AS ?studies) WHERE {
  {
    SELECT ?graph ?reading (COUNT(*) AS ?all) WHERE { GRAPH ?graph { ?thing ca:readThrough ?reading } }
    GROUP BY ?graph ?reading
  }
  ?dataset a ca:Dataset .
  FILTER(?graph = IRI(REPLACE(STR(?dataset), "/dataset/", "/graph/evidence/")))
  ?reading ca:layer/rdfs:label ?layer .
  BIND(?all - IF(EXISTS { ?dataset ca:readThrough ?reading }, 1, 0) AS ?each)
  FILTER(?each > 0)
  OPTIONAL {
    SELECT ?graph (COUNT(DISTINCT ?study) AS ?of) WHERE { GRAPH ?graph { ?finding ca:study ?study } } GROUP BY ?graph
  }
} GROUP BY ?dataset ?layer ORDER BY ?dataset ?layer"""
