"""What each layer covers, and which full text a coder should read next."""

from collections import Counter, defaultdict

import pytest

from kg.names import local_name

#: How a finding was read, or how sure its coder is -> what is counted of constructs.
COUNTS = {
    "review": "reviewReportCount",
    "primary-abstract": "abstractReportCount",
    "primary-full-text": "fullTextReportCount",
    "synthesis": "synthesisReportCount",
    "high": "highCertaintyCount",
    "medium": "mediumCertaintyCount",
    "low": "lowCertaintyCount",
}
RESULTS = ("resultCount", "numberedResultCount", "ownResultCount")
TOLD = "SELECT ?construct ?counted ?many WHERE { VALUES ?counted { %s } ?construct ?counted ?many }"


@pytest.fixture(scope="module")
def covered(graph):
    """Construct -> its row of the question coverage."""
    return {local_name(str(row["covered"])): row for row in graph.ask("coverage")}


@pytest.fixture(scope="module")
def to_read(graph):
    return list(graph.ask("what-to-read-next"))


def test_coverage_counts_each_layer_as_it_was_coded(corpus, covered):
    """Findings on fear of compassion from others, which has nothing narrower, by what they were read through."""
    name = "fear-of-compassion-from-others"
    findings = [row.record for dataset in corpus.datasets for row in dataset.findings]
    about = [each for each in findings if name in (each.subject, each.object, each.mediator, each.moderator)]
    through = Counter(each.reading for each in about)
    row = covered[name]
    assert row["throughReview"] == through["review"]
    assert row["throughAbstract"] == through["primary-abstract"]


def test_every_construct_counts_what_is_told_of_it_and_of_narrower_ones(graph, corpus):
    """All constructs, from the records: reports by what they were read through, results once each, those with a number."""
    within = defaultdict(set)
    for row in graph.query("SELECT ?narrow ?wide WHERE { ?narrow a ca:Construct ; ca:within ?wide }"):
        within[local_name(row["narrow"])].add(local_name(row["wide"]))
    again = [
        (local_name(row["again"]), local_name(row["first"]))
        for row in graph.query("SELECT ?again ?first WHERE { ?again ca:countedWith ?first }")
    ]
    about, number = {}, set()
    for finding in (row.record for dataset in corpus.datasets for row in dataset.findings):
        ends = {finding.subject, finding.object, finding.mediator, finding.moderator} - {None}
        about[finding.id] = finding.reading, finding.certainty, ends, set().union(*(within[end] for end in ends))
        if finding.value is not None:
            number.add(finding.id)
    number |= {first for one, first in again if one in number}
    expected = Counter()
    for name, (reading, certainty, ends, wide) in about.items():
        earlier = [about[first] for one, first in again if one == name]
        results = wide - set().union(*(each[3] for each in earlier))
        expected.update((each, COUNTS[how]) for each in wide for how in (reading, certainty))
        expected.update((each, "resultCount") for each in results)
        expected.update((each, "numberedResultCount") for each in results if name in number)
        expected.update((each, "ownResultCount") for each in ends - set().union(*(each[2] for each in earlier)))
    told = graph.query(TOLD % " ".join(f"ca:{name}" for name in (*COUNTS.values(), *RESULTS)))
    assert {(local_name(row["construct"]), local_name(row["counted"])): row["many"] for row in told} == expected


def test_coverage_counts_what_others_pooled(corpus, covered):
    """Published estimates with fear of compassion from others at either end."""
    name = "fear-of-compassion-from-others"
    estimates = [row.record for dataset in corpus.datasets for row in dataset.pooled_estimates]
    assert covered[name]["pooledEstimates"] == sum(name in (each.subject, each.object) for each in estimates) > 0


def test_the_certainties_of_a_construct_add_up(covered):
    """Every report has one of three certainties."""
    for name, row in covered.items():
        reports = row["throughReview"] + row["throughAbstract"] + row["throughFullText"] + row["throughSynthesis"]
        assert row["high"] + row["medium"] + row["low"] == reports, name


def test_coverage_counts_a_result_that_is_told_twice_once(covered):
    """Fewer results than reports of self-compassion: the review and the abstracts tell some of the same."""
    row = covered["self-compassion"]
    assert row["results"] < row["throughReview"] + row["throughAbstract"]


def test_the_share_with_a_number_is_of_results(covered):
    """In per cent, and empty where there is no result."""
    for name, row in covered.items():
        share = f"{100 * row['withNumber'] / row['results']:.0f}" if row["results"] else ""
        assert row["percentWithNumber"] == share, name


def test_a_construct_that_others_only_pooled_is_covered_by_nothing_else(covered):
    """Disorganised attachment: a published estimate, and no finding."""
    row = covered["disorganised-attachment"]
    assert (row["results"], row["pooledEstimates"]) == (0, 1)


def test_what_to_read_tells_no_number_yet(graph, to_read):
    """None of the findings has a value, nor has one that tells the same result."""
    numbered = graph.query("SELECT ?finding WHERE { ?finding ca:value ?value }").column("finding")
    told_too = graph.query(
        "SELECT ?finding WHERE { ?finding ca:reportsSameResultAs ?twin . ?twin ca:value ?value }"
    ).column("finding")
    assert to_read
    assert not {row["finding"] for row in to_read} & {*numbered, *told_too}


def test_a_study_whose_number_is_there_need_not_be_read_for_it(to_read):
    """Mackintosh's r for self-compassion and avoidance is in the review."""
    assert not [row for row in to_read if row["study"] == "Mackintosh et al. 2018" and row["second"] == "attachment avoidance"]  # fmt: skip


def test_what_settles_a_conflict_and_completes_a_synthesis_comes_first(to_read):
    """Then what settles a conflict, then what completes a synthesis."""
    ranks = [row["rank"] for row in to_read]
    assert ranks == sorted(ranks)
    assert set(ranks) == {1, 2, 3}


def test_a_pair_that_disagrees_has_a_conflict(graph, to_read):
    """Each of the first two ranks names a pair of kg conflicts."""
    pairs = {frozenset((row["first"], row["second"])) for row in graph.ask("conflicts")}
    disagreeing = {frozenset((row["first"], row["second"])) for row in to_read if row["rank"] < 3}
    assert disagreeing <= pairs


def test_one_more_number_to_pool_needs_a_number_there_and_its_own_people(to_read):
    """What would complete a synthesis has n told, on a pair that has a number."""
    for row in to_read:
        if row["rank"] != 2:
            assert row["n"], row["finding"]
            assert row["numbersThere"] > 0, row["finding"]


def test_what_to_read_leads_to_its_publication(to_read):
    """Each row names it; most have a DOI."""
    assert all(row["publication"] for row in to_read)
    assert sum(row["doi"] is not None for row in to_read) > len(to_read) / 2
