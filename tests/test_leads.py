"""The tables of leads: every row of them is coded, or listed with the reason why it is left out."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from kg.records.evidence import Finding, Study
from kg.records.review import ReviewMethod
from kg.records.syntheses import PublishedPooledEstimate
from kg.records.terms import Measure
from kg.records.theory import Proposition

HERE = Path(__file__).parent
ROOT = HERE.parent
LEADS = ROOT.parent / "shared" / "leads"
#: A line of a list of what was left out: rows of a table of leads, the header being row 1.
LISTED = re.compile(r"\| (?P<rows>\d+(?:, \d+)*) \| `(?P<file>[\w-]+\.tsv)` \| .*\S \|")
OF_FINDINGS = ("primary-of-review-findings.tsv", "primary-of-review-extra_findings.tsv", "primary-other-findings.tsv")

#: The datasets that rest on the leads alone.
FROM_LEADS = ("primary-of-review", "primary-other", "published-syntheses")

needs_leads = pytest.mark.skipif(not LEADS.is_dir(), reason="the tables of leads are not beside this folder")


def rows_of(path):
    """The rows of a table, by their number, the header being row 1."""
    with path.open(encoding="utf-8", newline="") as file:
        return dict(enumerate(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE), start=2))


@pytest.fixture(scope="module")
def coded():
    """(table of leads, row) -> ids of what is coded from it."""
    rows = rows_of(HERE / "leads.tsv").values()
    return {(row["file"], int(row["row"])): row["coded"].split("; ") for row in rows}


@pytest.fixture(scope="module")
def listed():
    """Every row that a list of what was left out names, as often as it is named."""
    lines = [
        LISTED.fullmatch(line)
        for path in sorted(ROOT.glob("*/*/left-out.md"))
        for line in path.read_text("utf-8").splitlines()
    ]
    return Counter((line["file"], int(row)) for line in lines if line for row in line["rows"].split(", "))


@pytest.fixture(scope="module")
def leads():
    """(table of leads, row) -> the row."""
    return {(path.name, number): row for path in sorted(LEADS.glob("*.tsv")) for number, row in rows_of(path).items()}


@pytest.fixture(scope="module")
def records(corpus):
    """What may be coded from a lead, by its id."""
    kinds = (Finding, Measure, Proposition, PublishedPooledEstimate, ReviewMethod, Study)
    return {row.record.id: row.record for row in corpus.rows() if isinstance(row.record, kinds)}


def test_no_row_is_both_coded_and_left_out(coded, listed):
    """Nor is one left out twice: one reason is enough."""
    assert not set(coded) & set(listed)
    assert not [row for row, times in listed.items() if times > 1]


def test_what_is_said_to_be_coded_is_there(coded, records):
    """A row that is taken out of a table leaves its lead for the list of what was left out."""
    assert not {name for names in coded.values() for name in names} - set(records)


def test_no_finding_of_the_primary_studies_and_no_estimate_is_without_a_lead(coded, corpus):
    """And none has two: what one row tells is coded once."""
    named = Counter(name for names in coded.values() for name in names)
    datasets = [dataset for dataset in corpus.datasets if dataset.id in FROM_LEADS]
    told = [row.record.id for dataset in datasets for row in (*dataset.findings, *dataset.pooled_estimates)]
    assert told
    assert {name: named[name] for name in told} == dict.fromkeys(told, 1)


@needs_leads
def test_every_row_of_the_leads_is_coded_or_left_out_with_a_reason(leads, coded, listed):
    """No row is forgotten, and none is named that is not there."""
    assert set(leads) == set(coded) | set(listed)


@needs_leads
def test_no_serial_chain_of_mediators_is_coded(leads, coded):
    """What several carry one after the other says nothing of any of them alone."""
    chains = {row for row, lead in leads.items() if row[0] in OF_FINDINGS and " > " in lead["third"]}
    assert chains
    assert not chains & set(coded)


@needs_leads
def test_significance_is_that_of_the_lead_unless_it_was_inferred(leads, coded, records):
    """Words without a test are no word on significance, of a null neither."""
    wrong = {
        name: (records[name].significance, lead["significance"])
        for row, lead in leads.items()
        if row[0] in OF_FINDINGS and row in coded
        for name in coded[row]
        if records[name].significance != told_significance(lead)
    }
    assert wrong == {}


def told_significance(lead):
    """What a row of the leads tells of significance, as the tables write it."""
    return "not-reported" if "significance inferred" in lead["note"] else lead["significance"].replace("_", "-")
