"""Two codings of one source: what is paired, how far they agree, and what they do not agree on."""

from decimal import Decimal
from fractions import Fraction

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from kg.agreement import compare, kappa
from kg.cli import main
from kg.corpus import Dataset
from kg.placed import Placed
from kg.records import DatasetInfo, Finding, Study

INFO = Placed(
    DatasetInfo.model_validate(
        {
            "id": "made-up",
            "title": "Made up",
            "description": "Nothing in it is real.",
            "reading": "primary-full-text",
            "licence": "CC BY 4.0",
            "coded_on": "2026-11-22",
        }
    ),
    "dataset.toml",
    0,
)
STUDY = {
    "id": "oak-2026",
    "label": "Oak 2026",
    "publication": "oak2026",
    "design": "cross-sectional",
    "setting": "online",
    "reported_in": "oak2026",
    "locator": "Method",
}
FINDING = {
    "study": "oak-2026",
    "sample": "oak-sample",
    "kind": "association",
    "subject": "self-compassion",
    "object": "attachment-avoidance",
    "subject_measure": "scs",
    "object_measure": "ecr-r-avoidance",
    "direction": "negative",
    "significance": "significant",
    "statement": "They went together.",
    "reported_in": "oak2026",
    "reading": "primary-full-text",
    "locator": "Table 2",
    "certainty": "high",
}
R = {"statistic": "r", "value": "-0.31", "printed": "r = -.31"}


def coding(*findings, studies=()):
    """A dataset of these findings, each told by how it differs from the usual one."""
    rows = [
        Placed(Finding.model_validate({**FINDING, "id": f"oak-2026-{number:02}", **told}), "findings.tsv", number)
        for number, told in enumerate(findings, start=1)
    ]
    cells = [Placed(Study.model_validate({**STUDY, **told}), "studies.tsv", 2) for told in studies]
    return Dataset(INFO, studies=cells, findings=rows)


def field(found, name, table="findings"):
    return next(each for each in found.fields if (each.table, each.name) == (table, name))


# --- Cohen's kappa ---------------------------------------------------------------------------


def coded(table):
    """The judgements of two judges, from how often each pair of codes was given."""
    return [
        (row, column) for row, counts in enumerate(table) for column, count in enumerate(counts) for _ in range(count)
    ]


def test_kappa_is_that_of_cohens_own_example():
    """Cohen (1968, Table 1): two judges give 200 patients one of three diagnoses; he prints an unweighted kappa of .492."""
    pairs = coded([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
    assert round(float(kappa(pairs)), 3) == 0.492


@pytest.mark.parametrize(
    ("pairs", "wanted"),
    [
        ([("a", "a"), ("b", "b")], Fraction(1)),
        ([("a", "b"), ("b", "a")], Fraction(-1)),
        ([("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")], Fraction(0)),
        ([("a", "b")] * 3, Fraction(0)),
        ([("a", "a")] * 3, None),
        ([], None),
    ],
)
def test_kappa_at_its_ends(pairs, wanted):
    """Full agreement, full disagreement, chance; undefined where both use one code only, or nothing was coded."""
    assert kappa(pairs) == wanted


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1))
def test_kappa_does_not_know_who_is_first(pairs):
    """Coders and codes may be swapped, and it never exceeds 1."""
    found = kappa(pairs)
    assert found == kappa([(two, one) for one, two in pairs])
    assert found is None or found <= 1


# --- pairing ---------------------------------------------------------------------------------


def test_findings_are_paired_by_what_they_are_about():
    """Whatever their ids and order."""
    first = coding({}, {"object": "attachment-anxiety", "direction": "positive"})
    second = coding({"object": "attachment-anxiety", "direction": "positive"}, {})
    found = compare(first, second)
    assert (found.paired["findings"], found.disagreements) == (2, [])


def test_an_association_may_be_told_from_either_end():
    """With its measures turned as well."""
    turned = {
        "subject": "attachment-avoidance",
        "object": "self-compassion",
        "subject_measure": "ecr-r-avoidance",
        "object_measure": "scs",
    }
    assert compare(coding({}), coding(turned)).disagreements == []


def test_a_prediction_has_a_direction():
    """Predictor and outcome that changed places are two disagreements, not a reason to miss the pair."""
    kind = {"kind": "prediction", "subject_measure": None, "object_measure": None}
    turned = {**kind, "subject": "attachment-avoidance", "object": "self-compassion"}
    found = compare(coding(kind), coding(turned))
    assert [each.name for each in found.disagreements] == ["subject", "object"]


def test_a_finding_on_another_construct_is_paired_by_its_printed_statistic():
    """So that it is told which construct either coder chose."""
    found = compare(coding(R), coding({**R, "object": "dismissing-attachment"}))
    told = [(each.name, each.first, each.second) for each in found.disagreements]
    assert told == [("object", "attachment-avoidance", "dismissing-attachment")]


def test_a_finding_that_one_coder_alone_has_is_listed():
    """It counts in no field. That both gave it the same id pairs nothing."""
    found = compare(coding({}), coding({"object": "attachment-anxiety"}))
    assert found.paired["findings"] == 0
    assert [row[:2] for row in (*found.only_first, *found.only_second)] == [("findings", "oak-2026-01")] * 2
    assert found.fields == []


def test_of_two_candidates_the_one_that_agrees_is_taken():
    """Two results on one pair by two measures: each finds its own."""
    by_cs = {"subject_measure": "cs"}
    assert compare(coding({}, by_cs), coding(by_cs, {})).disagreements == []


# --- agreement -------------------------------------------------------------------------------


def test_agreement_is_counted_over_rows_that_a_coder_filled():
    """An empty cell of both is no agreement; one of one coder is a disagreement."""
    found = compare(coding({}, {"object": "depression"}), coding(R, {"object": "depression"}))
    assert (field(found, "value").rows, field(found, "value").agreed) == (1, 0)
    assert ("value", "(empty)", "-0.31") in {(each.name, each.first, each.second) for each in found.disagreements}


@pytest.mark.parametrize(
    ("first", "second", "exact", "within"),
    [("-0.31", "-0.31", 1, 1), ("-0.31", "-0.312", 0, 1), ("-0.31", "-0.316", 0, 0), ("-0.31", "-0.32", 0, 0), ("-0.3", "-0.30", 1, 1)],
)  # fmt: skip
def test_numbers_agree_exactly_or_within_rounding(first, second, exact, within):
    """As far as the one with fewer decimals is printed."""
    codings = [coding({**R, "value": value, "printed": f"r = {value}"}) for value in (first, second)]
    value = field(compare(*codings), "value")
    assert (value.agreed, value.within_rounding, value.kappa) == (exact, within, None)


def test_a_p_agrees_with_its_sign():
    """A bound is not an equality."""
    p = field(compare(coding({"p": "<.05"}), coding({"p": ".05"})), "p")
    assert (p.agreed, p.within_rounding) == (0, 0)


def test_a_field_in_which_both_use_one_code_has_no_kappa():
    """And says why; what rows are paired by has none either."""
    found = compare(coding({}), coding({}))
    certainty, kind = field(found, "certainty"), field(found, "kind")
    assert (certainty.kappa, certainty.note) == (None, "kappa is undefined: both use one and the same code only")
    assert (kind.kappa, kind.note) == (None, "rows are paired by it")


def test_the_kappa_of_a_field_is_that_of_its_codes():
    """Four rows, three agreed: (3/4 - 1/2) / (1 - 1/2)."""
    ends = ("attachment-avoidance", "attachment-anxiety", "depression", "shame")
    sure = ("high", "high", "low", "low")
    less = ("high", "low", "low", "low")
    first, second = (
        coding(*({"object": end, "certainty": word} for end, word in zip(ends, words, strict=True)))
        for words in (sure, less)
    )
    assert field(compare(first, second), "certainty").kappa == Fraction(1, 2)


def test_lists_agree_in_any_order():
    """Measures of a study are a set."""
    first, second = (coding(studies=[{"measures": measures}]) for measures in ("scs; ecr-r", "ecr-r; scs"))
    assert compare(first, second).disagreements == []


def test_own_words_are_not_compared():
    """Nor the names that coders give to samples."""
    other = {"statement": "In other words.", "coder_note": "Hm.", "sample": "another", "locator": "p. 3"}
    assert compare(coding({}), coding(other)).disagreements == []


def test_rows_of_an_answer_are_numbers():
    """Per cent and kappa as a program reads them."""
    rows = list(
        compare(
            coding({}, {"object": "depression"}), coding({}, {"object": "depression", "certainty": "low"})
        ).field_rows()
    )
    certainty = next(row for row in rows if row["field"] == "certainty")
    assert (certainty["rows"], certainty["percent"], certainty["kappa"]) == (2, Decimal("50.0"), Decimal("0.000"))


# --- the command -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def second(rooms, tmp_path_factory):
    """A second coding of the overview: one sign differs, and a claim is missing."""
    import shutil

    folder = tmp_path_factory.mktemp("second") / "attachment-based-therapy"
    shutil.copytree(rooms.evidence / "attachment-based-therapy", folder)
    path = folder / "propositions.tsv"
    header, first, *rest = path.read_text(encoding="utf-8").splitlines()
    cells = dict(zip(header.split("\t"), first.split("\t"), strict=False))
    cells["certainty"] = "low"
    path.write_text("\n".join([header, "\t".join(cells.values()), *rest[:-1]]) + "\n", encoding="utf-8")
    return folder


def agree(*arguments):
    return CliRunner().invoke(main, ["agree", *map(str, arguments)], catch_exceptions=False)


def test_agree_tells_everything_as_text(rooms, second):
    """How many rows both have, the fields, the disagreement, and the claim that the first alone has."""
    told = agree(rooms.evidence / "attachment-based-therapy", second).stdout
    assert "propositions: 19 in both, 1 in the first only, 0 in the second only" in told
    assert "certainty: high | low" in told
    assert "Only in" in told


def test_agree_gives_disagreements_as_rows(rooms, second):
    """One line a cell, and one a row of one coder alone."""
    told = agree(rooms.evidence / "attachment-based-therapy", second, "--disagreements", "--format", "csv").stdout
    header, *lines = told.splitlines()
    assert header == "table,first,second,field,firstSays,secondSays"
    assert [line.split(",")[3] for line in lines] == ["certainty", "the whole row"]


def test_two_sources_have_no_agreement(rooms):
    """Exit code 1, and one line that says what pairs a study."""
    result = agree(rooms.evidence / "field-theory", rooms.evidence / "primary-of-review")
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)
    assert "give a study the same id in both" in result.stderr
