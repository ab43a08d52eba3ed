"""kg audit-review: a review held against what its studies report themselves, result by result."""

import functools

import pytest
from click.testing import CliRunner
from rdflib import Graph

from kg import cli
from kg.audits import OUTCOMES, QUESTIONS, audit
from kg.names import PREFIXES, local_name
from kg.questions import find_question
from kg.resources import shipped
from kg.store.embedded import Embedded
from kg.views.audit import text


@pytest.fixture(scope="module")
def results(graph):
    return audit([graph.ask(name) for name in QUESTIONS])


@pytest.fixture(scope="module")
def outcomes(results):
    """(review finding, primary finding) -> outcome, with None where one side tells nothing."""

    def name(value):
        return None if value is None else local_name(str(value))

    return {(name(row["reviewFinding"]), name(row["primaryFinding"])): row["outcome"] for row in results}


@pytest.fixture(scope="module")
def run(built):
    """What the command prints and its exit code, each once."""

    @functools.cache
    def run(*arguments):
        return CliRunner().invoke(cli.main, ["--store", str(built), "audit-review", *arguments])

    return run


@pytest.mark.parametrize(
    "primary",
    [
        pytest.param("mackintosh-2018-p11", id="self-compassion mediates avoidance and distress"),
        pytest.param("mackintosh-2018-p12", id="self-compassion mediates avoidance and anxiety"),
        pytest.param("dudley-2018-p06", id="the second mediation in the voices study"),
        pytest.param("gilbert-2014-p07", id="fear of compassion from others predicts attachment"),
        pytest.param("barnes-2020-p02", id="equanimity does not predict a change of depression"),
        pytest.param("barnes-2020-p04", id="a personality factor moderates the exercises"),
    ],
)
def test_a_result_that_the_review_leaves_out_is_an_omission(outcomes, primary):
    """No finding of the review stands beside it."""
    assert outcomes[None, primary] == "omits"


def test_a_sign_that_print_lost_is_settled_by_the_primary(results):
    """The review prints r=45 for self-compassion and distress from voices; the abstract says negative."""
    (row,) = (row for row in results if str(row["reviewFinding"]).endswith("/dudley-2018-07"))
    assert row["outcome"] == "loses the sign or the significance"
    assert "sign settled by the primary" in str(row["differs"])


def test_a_minus_that_is_printed_is_not_lost(graph):
    """Only figures without a minus sign are told as settled; a minus of either kind is one."""
    for row in graph.ask("review-against-primary"):
        if "no minus" in str(row["differs"]):
            assert not {"-", "\N{MINUS SIGN}"} & set(str(row["reviewPrinted"])), row["reviewFinding"]


def test_a_clause_too_garbled_to_be_read_contradicts_nothing(outcomes):
    """The scan denies of the voices study what it prints as significant: that is left out, not held against the abstract."""
    assert "contradicts" not in {
        outcome for (review, _), outcome in outcomes.items() if (review or "").startswith("dudley")
    }


@pytest.mark.parametrize(
    ("review", "primary"),
    [("mackintosh-2018-03", "mackintosh-2018-p09"), ("mackintosh-2018-07", "mackintosh-2018-p05")],
)
def test_what_both_tell_alike_agrees(outcomes, review, primary):
    """Avoidance predicts less self-compassion; attachment anxiety and distress do not go together."""
    assert outcomes[review, primary] == "agrees"


def test_a_significance_that_only_the_review_tells_is_no_contradiction(outcomes):
    """The abstract tells the sign, and no word on significance."""
    told = "tells a sign or significance that the primary does not"
    assert outcomes["mackintosh-2018-12", "mackintosh-2018-p03"] == told


def test_a_prediction_beside_an_association_is_another_result(outcomes):
    """Avoidance with interpersonal problems: neither an omission nor an agreement."""
    assert outcomes["mackintosh-2018-05", "mackintosh-2018-p10"] == "tells another result on the pair"


def test_what_the_abstract_sums_up_is_no_omission(outcomes):
    """Fear of compassion and attachment: the review tells it scale by scale."""
    assert outcomes["gilbert-2014-01", "gilbert-2014-p05"] == "tells it of narrower constructs"
    assert (None, "gilbert-2014-p05") not in outcomes


def test_what_only_the_review_tells_is_not_called_invented(outcomes):
    """An abstract does not tell everything, and of two studies none was read."""
    assert outcomes["dudley-2018-01", None] == "not visible in the abstract"
    assert outcomes["kotera-2019-01", None] == outcomes["naismith-2018-01", None] == "no primary result was read"


def test_every_result_of_the_review_is_accounted_for(corpus, results):
    """Each of its findings stands in the audit."""
    (review,) = (dataset for dataset in corpus.datasets if dataset.id == "amari-2022")
    told = {local_name(str(row["reviewFinding"])) for row in results if row["reviewFinding"]}
    assert told == {row.record.id for row in review.findings}


def test_every_result_of_a_reviewed_study_is_accounted_for(corpus, results):
    """Each primary finding of a study that the review tells of stands in the audit, and no other does."""
    (review,) = (dataset for dataset in corpus.datasets if dataset.id == "amari-2022")
    reviewed = {row.record.study for row in review.findings}
    told = {local_name(str(row["primaryFinding"])) for row in results if row["primaryFinding"]}
    primary = (row.record for dataset in corpus.datasets for row in dataset.findings if dataset is not review)
    assert told == {finding.id for finding in primary if finding.study in reviewed}


def test_every_line_names_its_findings_and_their_places(results):
    """No side without the page on which it stands."""
    for row in results:
        for side in ("review", "primary"):
            assert (row[f"{side}Finding"] is None) == (row[f"{side}Place"] is None)
        assert row["reviewFinding"] or row["primaryFinding"]


def test_the_gravest_comes_first_and_every_outcome_is_explained(results):
    """Contradictions before omissions before agreements; omissions on both fields before the others."""
    order = [str(outcome) for outcome in dict.fromkeys(results.column("outcome"))]
    assert order == [outcome for outcome in OUTCOMES if outcome in order]
    omitted = [row["joinsCompassionAndAttachment"] for row in results if row["outcome"] == "omits"]
    assert omitted == sorted(omitted, reverse=True)
    assert omitted[0] == "yes"


@pytest.mark.parametrize(
    ("review", "primary", "outcome"),
    [
        ({"direction": "positive"}, {"direction": "negative"}, "contradicts"),
        ({"direction": "not-reported"}, {"direction": "negative"}, "loses the sign or the significance"),
        ({"significance": "not-reported"}, {}, "loses the sign or the significance"),
        ({}, {"significance": "not-significant"}, "contradicts"),
        ({"significance": "significant"}, {"significance": "not-reported"}, "tells a sign or significance that the primary does not"),
        ({}, {}, "agrees"),
        ({"value": "0.38"}, {"value": "0.36"}, "differs in number or extent"),
    ],
)  # fmt: skip
def test_what_comes_out_follows_from_what_both_tell(review, primary, outcome):
    """The question over two made-up findings that report one result."""
    assert [row["outcome"] for row in side_by_side(review, primary)] == [outcome]


def side_by_side(review, primary):
    """An answer of review-against-primary over one result that is told twice."""

    def code(kind, name):
        return f"<https://w3id.org/compassion-attachment/{kind}/{name}>"

    def told(name, reading, changes):
        says = {"direction": "positive", "significance": "significant", **changes}
        number = f"; ca:value {says['value']} ; ca:asPrinted 'r = {says['value']}'" if "value" in says else ""
        return f"""
            finding:{name} a ca:Association ; ca:study study:oak ; ca:subject construct:a ; ca:object construct:b ;
              ca:direction {code("direction", says["direction"])} ; ca:significance {code("significance", says["significance"])} ;
              ca:certainty {code("certainty", "high")} ; ca:reportedIn {code("publication", reading)} ;
              ca:readThrough {code("reading", reading)} ; ca:locator 'Abstract' {number} .
            {code("publication", reading)} rdfs:label '{reading}' ."""

    codes = {("certainty", "high"), ("reading", "review")}
    codes |= {("direction", name) for name in ("positive", "negative", "not-reported")}
    codes |= {("significance", name) for name in ("significant", "not-significant", "not-reported")}
    text = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    text += told("one", "review", review) + told("two", "primary-abstract", primary)
    text += f"finding:one ca:inDataset {code('dataset', 'amari-2022')} ; ca:reportsSameResultAs finding:two .\n"
    text += "ca:Association rdfs:subClassOf ca:Finding ; rdfs:label 'association' . study:oak rdfs:label 'Oak' .\n"
    text += "construct:a rdfs:label 'a' . construct:b rdfs:label 'b' .\n"
    text += "".join(f"{code(kind, name)} rdfs:label '{name}' .\n" for kind, name in codes)

    store = Embedded.in_memory()
    store.load(Graph().parse(data=text, format="turtle").serialize(format="nt"), "urn:test")
    return store.select(find_question(shipped(), "review-against-primary").bind({}))


def test_the_report_names_both_findings_and_both_places(run):
    """As text, with the counts first and the citations last."""
    printed = run()
    assert printed.exit_code == 0
    assert (
        "review   dudley-2018-07: negative, significant; r=45, p=<.003; Amari et al. (2022), Table 2" in printed.output
    )
    assert "primary  dudley-2018-p02: negative, significant; Dudley et al. (2018), Abstract" in printed.output
    assert (
        printed.output.index("  agrees") < printed.output.index("omits (") < printed.output.index("Matos et al. (2017)")
    )


def test_the_audit_comes_as_rows(run):
    """One row a result and side."""
    printed = run("amari-2022", "--format", "csv")
    assert printed.output.startswith("study,outcome,differs,")


def test_a_dataset_without_a_review_is_told(run):
    """Abstracts are no review: one line, exit code 1."""
    printed = run("primary-other")
    assert (printed.exit_code, printed.output.count("\n")) == (1, 1)
    assert "read through a review" in printed.output


def test_a_report_without_open_citations_says_so(results):
    """No row is no silence."""
    empty = results.where(lambda row: False)
    assert text(results, empty).endswith("  none\n")


# --- citations -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def citations(graph):
    """What is hung -> what comes out of it, by what was read of the cited work."""
    rows = graph.ask("citations-against-abstracts")
    return {(local_name(str(row["hung"])), row["cited"]): row["outcome"] for row in rows}


@pytest.mark.parametrize(
    ("hung", "cited", "outcome"),
    [
        ("p-disorganised-attachment-matters-more-for-mental-health", "Matos et al. (2017)", "not visible: tells of one only"),
        ("p-disrupted-early-care-impairs-compassion", "Merritt & Purdon (2020)", "not visible: tells of neither"),
        ("wei-2011-01", "Wei et al. (2011)", "not visible: tells of both, never in one such result"),
        ("navarro-gil-2020-03", "Navarro-Gil et al. (2020)", "carries it"),
        ("navarro-gil-2020-01", "Navarro-Gil et al. (2020)", "not visible: tells of one only"),
        ("navarro-gil-2020-05", "Navarro-Gil et al. (2020)", "not visible: tells of one only"),
        ("p-fear-of-compassion-matters-more-for-mental-health", "Matos et al. (2017)", "tells of both in one result"),
    ],
)  # fmt: skip
def test_a_citation_carries_as_much_as_its_abstract_tells(citations, hung, cited, outcome):
    """Matos tells nothing of disorganised attachment, Wei no zero-order relation with avoidance."""
    assert citations[hung, cited] == outcome
