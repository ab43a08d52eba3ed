"""Made-up evidence: the same for the same seed, and as skewed, null and contradictory as the real."""

import csv
from collections import Counter

import pytest
from click.testing import CliRunner

from kg.generate import main
from kg.generating.folders import generate


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("generated") / "made-up"
    generate(place, 3_000, seed=2, format="csv")
    return place


@pytest.fixture(scope="module")
def findings(folder):
    return list(csv.DictReader((folder / "findings.csv").read_text(encoding="utf-8").splitlines()))


def pair(finding):
    return frozenset((finding["subject"], finding["object"]))


def test_as_many_findings_as_asked_for(findings):
    """Three thousand are three thousand."""
    assert len(findings) == 3_000


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_same_seed_same_bytes(tmp_path, format):
    """Whoever generates the same gets the same, file for file."""
    for name in ("one", "other"):
        generate(tmp_path / name / "made-up", 200, seed=9, format=format)
    files = sorted((tmp_path / "one" / "made-up").iterdir())
    assert [path.read_bytes() for path in files] == [
        (tmp_path / "other" / "made-up" / path.name).read_bytes() for path in files
    ]


def test_another_seed_gives_other_findings(tmp_path, folder):
    """A seed matters."""
    generate(tmp_path / "made-up", 3_000, seed=3, format="csv")
    assert (tmp_path / "made-up" / "findings.csv").read_bytes() != (folder / "findings.csv").read_bytes()


def test_few_pairs_are_studied_often(findings):
    """A tenth of the studied pairs has more than a third of the findings."""
    counts = sorted(Counter(map(pair, findings)).values(), reverse=True)
    assert sum(counts[: len(counts) // 10]) > len(findings) / 3


def test_nulls_are_told(findings):
    """Between a fifth and three fifths are not significant."""
    nulls = sum(finding["significance"] == "not-significant" for finding in findings)
    assert 0.2 < nulls / len(findings) < 0.6


def test_studies_disagree(findings):
    """Some pairs have significant findings of both signs."""
    signs = {}
    for finding in findings:
        if finding["significance"] == "significant":
            signs.setdefault(pair(finding), set()).add(finding["direction"])
    assert sum({"positive", "negative"} <= each for each in signs.values()) > 5


def test_significance_follows_p(findings):
    """What is called significant has a p below .05, and nothing else has."""
    told = [finding for finding in findings if finding["p"] and not finding["p"].startswith("0.050")]
    below = {finding["id"] for finding in told if finding["p"] == "<.001" or float(finding["p"]) < 0.05}
    assert below == {finding["id"] for finding in told if finding["significance"] == "significant"}


def test_some_people_are_told_of_twice(folder):
    """Samples of different studies with the same numbers occur."""
    rows = csv.DictReader((folder / "samples.csv").read_text(encoding="utf-8").splitlines())
    alike = Counter((row["n"], row["percent_female"], row["mean_age"], row["sd_age"]) for row in rows)
    assert max(alike.values()) > 1


def test_a_folder_with_something_in_it_is_refused(folder):
    """Nobody loses a file to generated ones."""
    answer = CliRunner().invoke(main, [str(folder), "--findings", "10"])
    assert (answer.exit_code, "name a folder that is new or empty" in answer.stderr) == (2, True)
