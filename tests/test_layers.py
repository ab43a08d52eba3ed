"""What primary reports tell beside a review: linked where they tell the same result, and counted once."""

import pytest

from kg.names import mint
from kg.records import Finding

REVIEW, PRIMARY = "amari-2022", "primary-of-review"


@pytest.fixture
def told_twice(corpus) -> list[tuple[Finding, Finding]]:
    """Each primary finding with the finding of the review that tells the same result."""
    of = {dataset.id: {row.record.id: row.record for row in dataset.findings} for dataset in corpus.datasets}
    return [(primary, of[REVIEW][name]) for primary in of[PRIMARY].values() for name in primary.same_result_as]


def test_a_result_of_review_and_abstract_is_about_the_same_people_and_constructs(told_twice):
    """Study, sample, kind and constructs agree; otherwise it would not be one result."""
    assert len(told_twice) >= 14
    for primary, review in told_twice:
        assert (primary.study, primary.sample, primary.kind) == (review.study, review.sample, review.kind), primary.id
        ends = {primary.subject, primary.object}, primary.mediator
        assert ends == ({review.subject, review.object}, review.mediator), primary.id


def test_a_result_of_review_and_abstract_is_never_told_with_opposite_signs(told_twice):
    """The abstract settles signs that the scan lost; none of them was restored wrongly."""
    for primary, review in told_twice:
        assert {primary.direction, review.direction} != {"positive", "negative"}, primary.id


def test_a_result_of_review_and_abstract_counts_once(graph, told_twice):
    """Of each pair one finding counts, and it is the one that tells at least as much."""
    counted = dict(graph.query("SELECT ?finding ?earlier WHERE { ?finding ca:countedWith ?earlier }").values)
    for primary, review in told_twice:
        assert counted[mint("finding", primary.id)] == mint("finding", review.id)
        if primary.significance == "significant":
            assert review.significance == "significant", primary.id


def test_a_study_is_coded_in_one_folder_only(corpus):
    """A second folder names the study and the sample of the first."""
    own = {row.record.id for dataset in corpus.datasets if dataset.id == REVIEW for row in dataset.studies}
    again = {row.record.study for dataset in corpus.datasets if dataset.id == PRIMARY for row in dataset.findings}
    coded = {row.record.id for dataset in corpus.datasets if dataset.id == PRIMARY for row in dataset.studies}
    assert len(own & again) >= 5
    assert not own & coded
