"""kg audit: the rows of a dataset held against the text of their source, number by number."""

import csv
import io
import re
import textwrap
import time
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import assume, given
from hypothesis import strategies as st

from kg import cli
from kg.corpus import Corpus, Dataset
from kg.errors import KgError
from kg.passages.audit import audit
from kg.passages.coded import coded_row
from kg.passages.datasets import find_dataset, source_of
from kg.passages.locating import Searched, locate
from kg.passages.numbers import printed_numbers
from kg.passages.rules import spans_explained
from kg.passages.sources import Source, mended, read_source
from kg.placed import Placed, explain
from kg.records import DatasetInfo, Finding, Sample, Study, Uncoded
from kg.references import unknown_references

SEEDS = Path(__file__).parent.parent.parent / "shared" / "seeds"

#: A made-up report with each kind of damage; its second study repeats a statistic of the first.
TEXT = """\
A made-up report

Results

Orlova et al. (2021) asked 2,104 sailors (61% women; mean age 41.20, SD 9.75).
Kindness to oneself went with calm, r = −.42, p < .001, and with
trust, r = ·31, p = .004. Loneliness fell with it (r=27, p<.
05), and so did envy (r = .19; p = .021). Fear of storms was unre-
lated (r = 0.06). In all, 38 did not answer.

Petit (2022) asked 97 cooks; again r = .31, p = .004 for trust.

References

Orlova, T. (2021). Knots. Sea, 12(3), 44-59. https://doi.org/10.5555/12.34
"""
PLACE = {"reported_in": "amari2022", "locator": "Results, paragraph 1"}


def finding(number, value, p, printed, study="orlova-2021", **more):
    row = {
        **PLACE, "id": f"{study}-{number:02}", "study": study, "sample": f"{study}-sample", "kind": "association",
        "subject": "self-compassion", "object": "anxiety", "statistic": "r", "value": value, "p": p,
        "direction": "negative" if value.startswith("-") else "positive", "significance": "not-reported",
        "statement": "The two went together.", "printed": printed, "reading": "review", "certainty": "high", **more,
    }  # fmt: skip
    return Finding.model_validate({column: cell for column, cell in row.items() if cell})


FINDINGS = (
    finding(1, "-0.42", "<.001", "r = -.42, p < .001"),
    finding(2, "0.31", ".004", "r = .31, p = .004"),
    finding(3, "-0.27", "<.05", "r = -.27, p < .05"),
    finding(4, "-0.19", ".021", "r = .19; p = .021"),
    finding(5, "0.06", "", "r = 0.06"),
    finding(1, "0.31", ".004", "r = .31, p = .004", study="petit-2022"),
)


def study(id, label):
    told = {"publication": "amari2022", "design": "cross-sectional", "setting": "not-reported"}
    return Study.model_validate({**PLACE, **told, "id": id, "label": label})


def sample(study, **told):
    return Sample.model_validate({**PLACE, "id": f"{study}-sample", "study": study, "label": "People",
                                  "recruitment": "not-reported", **told})  # fmt: skip


def placed(records, table):
    return [Placed(record, f"sea/{table}.tsv", row) for row, record in enumerate(records, start=2)]


def made_up(findings=FINDINGS, figures="38", times="1"):
    info = DatasetInfo(id="sea", title="Sea", description="Made up.", source="amari2022", reading="review",
                       licence="none", coded_on="2026-11-22")  # fmt: skip
    samples = (
        sample("orlova-2021", n="2104", percent_female="61", mean_age="41.20", sd_age="9.75"),
        sample("petit-2022", n="97"),
    )
    left_out = Uncoded(id="silent", figures=figures, times=times, reason="People who did not answer.",
                       reported_in="amari2022")  # fmt: skip
    return Dataset(
        Placed(info, "sea/dataset.toml", 0),
        studies=placed([study("orlova-2021", "Orlova et al. 2021"), study("petit-2022", "Petit 2022")], "studies"),
        samples=placed(samples, "samples"),
        findings=placed(findings, "findings"),
        uncoded=placed([left_out], "uncoded"),
    )


def told(text=TEXT, dataset=None, outcome=None):
    """What comes out: (id, how, line) of each line with this outcome."""
    result = audit(Source("sea.txt", mended(text)), dataset or made_up(), "amari2022")
    return [(line.id, line.how, line.line) for line in result.lines if outcome in (None, line.outcome)]


# --- rows and their passages -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("id", "how", "line"),
    [
        pytest.param("orlova-2021-01", "as copied", 6, id="a minus sign of print"),
        pytest.param("orlova-2021-02", "as copied", 7, id="a raised point"),
        pytest.param("orlova-2021-03", "by its numbers, minus sign lost, decimal point lost", 7, id="a broken line"),
        pytest.param("orlova-2021-04", "as copied, minus sign lost", 8, id="a lost sign"),
        pytest.param("orlova-2021-05", "as copied", 9, id="no p"),
        pytest.param("petit-2022-01", "as copied", 11, id="the statistic of another study once more"),
        pytest.param("orlova-2021-sample", "by its numbers", 5, id="thousands, a share, an age"),
        pytest.param("petit-2022-sample", "by its numbers", 11, id="a count"),
    ],
)
def test_a_row_is_found_at_its_line_whatever_print_made_of_it(id, how, line):
    """Signs, points, thousands, broken lines: the passage is told with what was lost."""
    assert (id, how, line) in told(outcome="located")


@pytest.mark.parametrize(
    ("locator", "how"),
    [
        pytest.param("Discussion", "as copied, not in the section that its locator names", id="another section"),
        pytest.param("Appendix", "as copied", id="a section that the text has not"),
    ],
)
def test_a_passage_outside_of_the_section_that_the_row_names_is_told_so(locator, how):
    """A locator is checked as far as the text has such a heading."""
    moved = FINDINGS[0].model_copy(update={"locator": locator})
    text = TEXT.replace("References\n", "Discussion\n\nNothing more.\n\nReferences\n")
    found = told(text, made_up((moved, *FINDINGS[1:])), "located")
    assert ("orlova-2021-01", how, 6) in found


def test_nothing_is_unexplained_where_all_is_coded_or_accounted_for():
    """The text holds coded numbers, years, references, and one count with a reason."""
    result = audit(Source("sea.txt", mended(TEXT)), made_up(), "amari2022")
    assert result.unexplained == 0


@pytest.mark.parametrize(
    ("printed", "changed", "missed"),
    [
        pytest.param("−.42", "−.43", "orlova-2021-01", id="a value"),
        pytest.param("p < .001", "p < .01", "orlova-2021-01", id="a p"),
        pytest.param("p < .001", "p > .001", "orlova-2021-01", id="the side of a p"),
        pytest.param("2,104", "2,014", "orlova-2021-sample", id="a number of people"),
        pytest.param("61%", "16%", "orlova-2021-sample", id="a share"),
        pytest.param("r = 0.06", "r = -0.06", "orlova-2021-05", id="a sign that nobody coded"),
    ],
)
def test_a_number_that_differs_is_a_miss(printed, changed, missed):
    """No tolerance reaches from one number to another."""
    assert [id for id, _, _ in told(TEXT.replace(printed, changed), outcome="missed")] == [missed]


def test_a_p_of_the_statistic_before_is_none_of_this_one():
    """.30 and .01 stand side by side, and belong to two results."""
    text = "r = .20, p < .01 and r = .30, p < .05"
    row = coded_row(Placed(finding(1, "0.30", "<.01", "r = .30, p < .01"), "findings.tsv", 2))
    assert [each.column for each in locate(Searched(Source("x", text)), row).missing] == ["p"]


def test_a_value_that_is_not_what_was_copied_is_a_miss():
    """The copy stands in the source, the cell says something else, by whatever way it was computed."""
    computed = finding(1, "-0.43", "<.001", "r = -.42, p < .001", coder_note="Corrected for unreliability.")
    (wrong,) = told(dataset=made_up((computed,)), outcome="missed")
    assert wrong[1].startswith("not in what was copied: value -0.43;")


# --- any statistic, rendered in any tolerated way --------------------------------------------

SIGNS = st.sampled_from(["-", "−", "–", "- ", "−\n", ""])
POINTS = st.sampled_from([".", "0.", "·", "0·", ". ", "0. ", "0.\n", "0 .", "0,", "", "0"])
BETWEEN = st.sampled_from([", ", "; ", ",\n", ") (", " and ", "$, $"])
EQUALS = st.sampled_from(["=", " = ", "\u2009=\u2009", " =\n", " ¼ "])
BELOW = st.sampled_from(["<", " < ", "=<", " &lt; ", " ＜ ", "b", " b "])
NOISE = st.lists(
    st.sampled_from([
        "Nobody asked for more.", "Nor did they (Brun, 1987) say.", "It was cor-\nrelated.", "", "The ﬁrst of many."
    ]),
    max_size=6,
)  # fmt: skip


@given(
    digits=st.integers(10, 99), negative=st.booleans(), sign=SIGNS, point=POINTS, between=BETWEEN, equals=EQUALS,
    below=BELOW, before=NOISE, after=NOISE,
)  # fmt: skip
def test_a_statistic_is_located_at_its_line_however_it_is_rendered(
    digits, negative, sign, point, between, equals, below, before, after
):
    """A lost sign, a lost point, a line that breaks within a number: it is found all the same."""
    head = "\n".join([*before, "Here it stands: "])
    rendered = f"r{equals}{sign if negative else ''}{point}{digits}{between}p{below}.003"
    source = Source("x", mended(f"{head}{rendered}.\n" + "\n".join(after)))
    value = f"{'-' if negative else ''}0.{digits}"
    row = coded_row(Placed(finding(1, value, "<.003", f"r = {value}, p < .003"), "findings.tsv", 2))
    passage = locate(Searched(source), row)
    assert passage is not None
    assert passage.missing == ()
    assert source.line(source.numbers[passage.numbers[0]].start) == head.count("\n") + 1


@given(digits=st.integers(10, 99), other=st.integers(10, 99), sign=SIGNS, point=POINTS, equals=EQUALS)
def test_another_statistic_is_never_taken_for_it(digits, other, sign, point, equals):
    """A changed digit is a miss in every rendering."""
    assume(digits != other)
    source = Source("x", mended(f"r{equals}{sign}{point}{other}, p < .003"))
    row = coded_row(Placed(finding(1, f"-0.{digits}", "<.003", f"r = -.{digits}, p < .003"), "findings.tsv", 2))
    passage = locate(Searched(source), row)
    assert passage is None or passage.missing


@given(st.text(alphabet="0123456789.,-−·=<> p%r\n()", max_size=60))
def test_mending_keeps_every_line(text):
    """What is joined moves no later line."""
    assert mended(text).count("\n") == text.count("\n")


@given(st.text(alphabet="0123456789.,-=<> p%r\n()[]", max_size=60))
def test_any_text_has_numbers_in_order(text):
    """Whatever was typed, numbers are read with a value and do not overlap."""
    numbers = list(printed_numbers(mended(text)))
    assert all(isinstance(each.value, Decimal) for each in numbers)
    assert all(earlier.end <= later.end for earlier, later in pairwise(numbers))


# --- numbers that nobody coded ---------------------------------------------------------------


def test_a_number_that_no_row_holds_is_told_with_its_line():
    """A statistic that was added to the source is coded nowhere."""
    (new,) = audit(Source("x", mended(TEXT.replace("In all, 38", "Hope was too (r = .55, p < .002).\n38"))),
                   made_up(), "amari2022").lines[:1]  # fmt: skip
    assert (new.outcome, new.figures, new.line) == ("coded nowhere", "r = .55, p < .002", 9)


def test_a_repeated_statistic_wants_a_row_or_a_reason():
    """That the same figures are coded once does not explain them twice."""
    text = TEXT.replace("In all,", "Again r = −.42, p < .001.\nIn all,")
    assert len(told(text, outcome="coded nowhere")) == 1


def test_a_reason_for_what_is_not_there_is_told():
    """The table cannot go stale."""
    assert told(TEXT.replace("38", "none"), outcome="explains nothing")[0][0] == "silent"


def test_a_reason_holds_so_many_times_as_it_says():
    """Two are told, one is there."""
    ((_, how, _),) = told(dataset=made_up(times="2"), outcome="explains nothing")
    assert how.startswith("stands 1 times")


@pytest.mark.parametrize(
    ("text", "number", "reason"),
    [
        ("as Orlova and Petit (2021) say", "2021", "year of a citation"),
        ("it is so (Orlova & Petit, 2021a, 2022; Brun, 1987)", "2022", "year of a citation"),
        ("it is so (see Orlova & Petit, 2021a; Brun, 1987)", "1987", "year of a citation"),
        ("received 4 May 2020", "4", "date"),
        ("see Table 3", "3", "number of a table, a figure or a section"),
        ("see Tables 1, 2 and 3", "3", "number of a table, a figure or a section"),
        ("https://example.org/77", "77", "web address or DOI"),
        ("r = .1 (95% CI .0 to .2)", "95", "level of an interval"),
        ("the 20th century", "20", "ordinal"),
        ("the SCS-26 was used", "26", "part of a name"),
        ("the CoSCo-26 was used", "26", "part of a name"),
        ("as deVries (2021) says", "2021", "year of a citation"),
        ("\fTitle\ntext\n12\n\f", "12", "page number"),
        ("text\n\nReferences\n\nBrun, A. (1987). Sea, 4, 5-9.", "5", "list of references"),
        ("so it is [7].\n\nReferences\n\n[1] Brun.\n[2] Petit.", "7", "citation by number"),
    ],
)
def test_what_a_number_plainly_is_explains_it(text, number, reason):
    """Years, pages, addresses: nobody writes a row for them."""
    place = text.index(number)
    assert reason in [told for start, end, told in spans_explained(text) if start <= place < end]


@pytest.mark.parametrize(
    "text",
    ["N = 2019 adults", "took part (n = 2019)", "2013 adults took part", "women, 1987; men, 2013", "Women 1987", "(c) 2013 adults", "Women-53 of them",
     "r = .38, p < .003", "75% were women", "[.12, .44]", "[12, 44] with no list of references"],
)  # fmt: skip
def test_a_count_or_a_statistic_is_never_explained_away(text):
    """What looks like a year is one only where something is cited."""
    assert spans_explained(text) == []


def test_a_count_after_the_number_of_a_table_is_a_count():
    """Only the number of the table is explained."""
    text = "In Table 2, 53 people"
    assert [text[start:end] for start, end, _ in spans_explained(text)] == ["Table 2"]


def test_a_table_after_the_references_is_no_reference():
    """Manuscripts put their tables last."""
    assert told(f"{TEXT}\nTable 1 More\nhope 512\n", outcome="coded nowhere") == [("", "", 18)]


@pytest.mark.parametrize("run_of", [" ", "\n", "A", "Ab", "A’", "AB-", "\f", "*"], ids=repr)
def test_a_run_of_one_sign_is_read_in_no_time(run_of):
    """What a stranger's text repeats is read once, not again from each of its places: 20,000 letters took 23 seconds."""
    begun = time.process_time()
    spans_explained(mended(f"r ={run_of * 20_000}!"))
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("t(1,23)=2.0", ["1", "23", "2.0"]),
        ("F(2,12) = 4.1", ["2", "12", "4.1"]),
        ("F(1,203) = 4.1", ["1", "203", "4.1"]),
        ("women (1,203)", ["1203"]),
        ("(2,12)", ["2.12"]),
    ],
)
def test_degrees_of_freedom_are_two_numbers(text, digits):
    """Right after a letter and a bracket, a comma is of no number."""
    assert [each.digits for each in printed_numbers(text)] == digits


# --- the command -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def overview(tmp_path_factory):
    """A text of which nothing is coded, for a dataset that holds no number."""
    path = tmp_path_factory.mktemp("texts") / "overview.txt"
    path.write_text("An overview (Brun, 1987).\n", encoding="utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(cli.main, ["audit", *map(str, arguments)])


def test_the_command_is_silent_and_0_where_all_is_explained(overview):
    """The overview prints no number but a year."""
    done = run(overview, "--dataset", "attachment-based-therapy")
    assert (done.exit_code, done.stderr) == (0, "")


def test_the_command_exits_1_and_gives_rows(overview, tmp_path):
    """As CSV, a number that is coded nowhere is a row with its line."""
    path = tmp_path / "more.txt"
    path.write_text(overview.read_text(encoding="utf-8") + "\nr = .12\n", encoding="utf-8")
    done = run(path, "--dataset", "attachment-based-therapy", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert (done.exit_code, rows[0]["figures"], rows[0]["line"]) == (1, "r = .12", "3")
    assert "1 not explained" in done.stderr


def test_the_text_of_something_else_is_taken_for_what_it_is(overview):
    """Nobody is told to correct a dataset that was held against another source."""
    done = run(overview, "--dataset", "amari-2022")
    assert done.exit_code == 1
    assert "is it the text that the dataset was coded from?" in done.stderr


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"%PDF-1.7 x", "save it as text"), (b"caf\xe9", "UTF-8"), (b" \n", "holds no text"), (b"a\0b", "holds no text")],
)
def test_what_is_no_text_is_refused_in_one_line(tmp_path, content, told):
    """A PDF, another encoding, nothing at all."""
    (tmp_path / "source.txt").write_bytes(content)
    with pytest.raises(KgError, match=told) as refused:
        read_source(tmp_path / "source.txt")
    assert "\n" not in str(refused.value)


def test_a_dataset_that_is_not_there_is_told_with_those_that_are(rooms):
    """No traceback, and the names to choose from."""
    with pytest.raises(KgError, match=r"--dataset nowhere: no such dataset.*amari-2022"):
        find_dataset(rooms, "nowhere")


def test_of_several_sources_one_must_be_named(corpus):
    """A folder of abstracts has no source of its own."""
    abstracts = next(each for each in corpus.datasets if each.id == "primary-of-review")
    with pytest.raises(KgError, match="by --publication: "):
        source_of(abstracts, None)
    with pytest.raises(KgError, match="--publication nobody: no row of primary-of-review"):
        source_of(abstracts, "nobody")
    assert source_of(abstracts, "mackintosh2018") == "mackintosh2018"


# --- the table uncoded -----------------------------------------------------------------------


def test_figures_without_a_number_are_a_problem_of_their_cell():
    """The check names row and column."""
    with pytest.raises(ValueError, match="holds no number") as wrong:
        Uncoded(id="x", figures="some", reason="None.", reported_in="amari2022")
    (problem,) = explain("uncoded.tsv", 2, wrong.value, Uncoded)
    assert str(problem).startswith("uncoded.tsv:2:figures: 'some' holds no number; ")


def test_a_publication_that_nobody_knows_is_a_problem_of_its_cell():
    """The table is checked as the others are."""
    found = [str(each) for each in unknown_references(Corpus(datasets=[made_up()]), {})]
    assert "sea/uncoded.tsv:2:reported_in: unknown publication 'amari2022'; add it to evidence/references.bib" in found


# --- the two sources -------------------------------------------------------------------------


@pytest.fixture(params=[("000", "amari-2022"), ("002", "attachment-based-therapy")], ids=lambda each: each[1])
def seed(request, corpus):
    """One of the two sources, which are not in this repository, and the dataset that was coded from it."""
    paths = sorted(SEEDS.glob(f"{request.param[0]}_*.txt"))
    if not paths:
        pytest.skip("the sources are not here (../shared/seeds)")
    return read_source(paths[0]), next(each for each in corpus.datasets if each.id == request.param[1])


def unexplained(source, dataset):
    lines = audit(source, dataset, dataset.info.record.source).lines
    return [line for line in lines if line.outcome in ("missed", "coded nowhere", "explains nothing")]


def test_nothing_of_the_sources_is_unexplained(seed):
    """Every coded number stands in its source, and every number of the sources is coded or accounted for."""
    assert unexplained(*seed) == []


def test_nothing_is_unexplained_in_another_rendering_of_the_sources(seed):
    """In short lines with broken words, with the minus signs and ligatures of print."""
    source, dataset = seed
    lines = (textwrap.wrap(line, 50) or [""] for line in source.text.replace("$", "").split("\n"))
    text = "\n".join(part for wrapped in lines for part in wrapped).replace("fi", "ﬁ")
    text = re.sub(r"(?<== )-(?=\d)", "−", text)
    assert unexplained(Source("wrapped", mended(text)), dataset) == []


def slips(dataset):
    """The dataset with one slip of the hand at a time: the last digit of a value, copied as wrongly, or of an n."""
    for index, row in enumerate(dataset.findings):
        if row.record.printed:
            cells = {column: cell for column, cell in row.record.cells().items() if cell}
            slip = str((int(cells["value"][-1]) + 1) % 10)
            number = re.search(r"\d+(?:\.\d+)?|\.\d+", cells["printed"])
            wrong = f"{cells['printed'][: number.end() - 1]}{slip}{cells['printed'][number.end() :]}"
            record = Finding.model_validate({**cells, "value": cells["value"][:-1] + slip, "printed": wrong})
            yield replace(dataset, findings=[*dataset.findings[:index], replace(row, record=record),
                                             *dataset.findings[index + 1 :]])  # fmt: skip
    for index, row in enumerate(dataset.samples):
        record = row.record.model_copy(update={"n": row.record.n + 1})
        yield replace(dataset, samples=[*dataset.samples[:index], replace(row, record=record),
                                        *dataset.samples[index + 1 :]])  # fmt: skip


def test_every_slip_of_a_digit_is_noticed(seed):
    """Also one that turns a statistic into another of the same table: then its own is coded nowhere."""
    source, dataset = seed
    assert [wrong for wrong in slips(dataset) if not unexplained(source, wrong)] == []


def test_every_finding_with_a_statistic_is_located_in_the_review(seed):
    """None of them is passed over."""
    source, dataset = seed
    located = {
        line.id for line in audit(source, dataset, dataset.info.record.source).lines if line.outcome == "located"
    }
    assert {row.record.id for row in dataset.findings if row.record.printed} <= located


def test_shipped_datasets_say_only_of_their_own_sources_what_is_not_coded(corpus):
    """Each row of a table uncoded names a source in which rows of its dataset were read."""
    rows = [(dataset, row.record) for dataset in corpus.datasets for row in dataset.uncoded]
    assert rows
    assert all(source_of(dataset, row.reported_in) == row.reported_in for dataset, row in rows)
