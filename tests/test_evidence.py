"""What the graph says of the real evidence: the facts that a reader of the review would check first."""

from kg.names import local_name
from kg.store import Iri


def test_seven_studies_with_the_participants_that_the_review_counts(graph):
    """Seven studies; the samples sum to 4,839, and to 4,786 with the shared sample counted once."""
    studies = "SELECT DISTINCT ?study WHERE { ?study a ca:Study ; ca:inDataset <https://w3id.org/compassion-attachment/dataset/amari-2022> }"
    assert len(graph.query(studies)) == 7
    assert ("amari-2022", 7, 4839, 4786) in graph.ask("participants").values


def test_disorganised_attachment_is_the_style_without_a_finding(graph):
    """Of all styles only the disorganised one has no finding."""
    assert graph.ask("styles-without-findings").column("label") == ["disorganised attachment"]


def test_self_compassion_and_attachment_avoidance_disagree(graph):
    """The disagreement shows each study's numbers and measures."""
    rows = [
        row
        for row in graph.ask("disagreements")
        if (row["first"], row["second"]) == ("attachment avoidance", "self-compassion")
    ]
    significances = {
        row["study"]: row["significance"]
        for row in rows
        if row["value"] is not None or row["significance"] == "not significant"
    }
    assert (
        significances.items()
        >= {
            "Barnes & Mongrain 2020": "not significant",
            "Mackintosh et al. 2018": "significant",
            "Naismith et al. 2019": "not significant",
        }.items()
    )
    reviewed = [row for row in rows if row["study"] in ("Barnes & Mongrain 2020", "Naismith et al. 2019")]
    assert all(row["firstMeasure"] and row["secondMeasure"] and row["sampleSize"] for row in reviewed)


def test_every_finding_leads_to_its_source(graph, corpus):
    """Publication, place, reading and certainty are there for each finding; the printed statistic where a number is."""
    for dataset in corpus.datasets:
        for placed in dataset.findings:
            rows = list(graph.ask("provenance", finding=placed.record.id))
            assert len(rows) == 1, placed.record.id
            row = rows[0]
            assert row["citation"]
            assert row["locator"]
            assert row["certainty"]
            if placed.record.value is not None:
                assert row["printed"], placed.record.id


def test_more_than_fifty_findings_with_every_kind_of_the_review(corpus):
    """Correlations, predictions, mediations, moderations, factor compositions and nulls are all coded."""
    findings = [placed.record for dataset in corpus.datasets for placed in dataset.findings]
    assert len(findings) > 50
    assert {finding.kind.value for finding in findings} >= {
        "association",
        "prediction",
        "mediation",
        "moderation",
        "factor-composition",
    }
    assert sum(finding.significance == "not-significant" for finding in findings) >= 20


def test_a_sign_that_was_restored_is_never_of_high_certainty(corpus):
    """Where the printed string has no minus and the value has one, the coder says so and is less than certain."""
    for dataset in corpus.datasets:
        for placed in dataset.findings:
            finding = placed.record
            printed_with_minus = set("-−") & set(finding.printed or "")  # a hyphen, or the minus sign proper
            if finding.value is not None and finding.value < 0 and not printed_with_minus:
                assert finding.certainty != "high", finding.id
                assert finding.coder_note, finding.id


def test_no_risk_of_bias_score_was_invented_for_a_single_study(corpus):
    """The review prints means over studies; so no score stands for one study alone."""
    for dataset in corpus.datasets:
        assert all(len(row.record.studies) > 1 for row in dataset.risk_of_bias if row.record.value is not None)


def test_a_cell_counts_a_result_told_twice_once(graph):
    """Two reports of one result stand in the same cell, which counts them once."""
    query = """SELECT ?count (COUNT(DISTINCT ?finding) AS ?linked) WHERE {
      ?cell ca:pairMember construct:self-compassion , construct:comfort-with-closeness ; ca:findingCount ?count ; ca:cellFinding ?finding
    } GROUP BY ?count"""
    assert graph.query(query).values == ((1, 2),)


def test_the_library_gives_findings_as_records(graph, corpus):
    """kg.findings gives the very records that stand in the tables."""
    tables = {placed.record.id: placed.record for dataset in corpus.datasets for placed in dataset.findings}
    given = {finding.id: finding for finding in graph.findings()}
    assert given.keys() == tables.keys()
    assert given == tables


def test_findings_around_a_construct_are_those_that_it_takes_part_in(graph):
    """around= keeps findings in which the construct, or a narrower one, has any role."""
    narrower = {
        local_name(str(each))
        for each in graph.ask("narrower-constructs", construct="self-compassion").column("narrower")
    }
    wanted = {"self-compassion", *narrower}
    around = {finding.id for finding in graph.findings(around="self-compassion")}
    assert around == {f.id for f in graph.findings() if wanted & {f.subject, f.object, f.mediator, f.moderator}}


def test_rows_become_a_data_frame(graph):
    """to_pandas keeps columns and length."""
    rows = graph.ask("strongest-effects")
    frame = rows.to_pandas()
    assert list(frame.columns) == list(rows.columns)
    assert len(frame) == len(rows)
    assert frame["value"].abs().max() <= 1


def test_iris_in_answers_are_told_apart_from_text(graph):
    """A finding is an Iri, its printed statistic is not."""
    row = next(iter(graph.ask("provenance")))
    assert isinstance(row["finding"], Iri)
    assert not isinstance(row["printed"], Iri)
