"""`kg import`: a table as people keep it becomes a dataset folder, and what is doubtful is told by row and column."""

import csv
import hashlib
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.errors import ProblemsFound
from kg.importing.cells import Printed, count, p_value, percent, printed
from kg.importing.mapping import guess
from kg.importing.reading import read_source
from kg.importing.remarks import Unclear

TOLD = ("--yes", "--reading", "primary-full-text", "--certainty", "high", "--design", "cross-sectional")
HEADER = "Author,Year,Construct 1,Measure 1,Construct 2,Measure 2,N,r,p\n"
ROW = "Smith & Jones,2010,self-compassion,SCS,attachment anxiety,ECR-R anxiety,120,-.42,<.001\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def kg(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)), catch_exceptions=False)


def imported(here, text, *more, name="t.csv", told=TOLD):
    """Import a table of this text; gives the answer of the command."""
    (here / name).write_text(text, encoding="utf-8")
    return kg("import", name, "--as", "mine", *told, *more)


def table(path):
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def remarked(row="", column=""):
    """What the folder says of one row and column."""
    told = table("mine/not-understood.tsv")
    return [each["what"] for each in told if (not row or each["row"] == str(row)) and each["column"] == column]


# --- cells -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("-.42", Printed(-printed(".42").number)),
        ("\N{MINUS SIGN},42**", Printed(-printed("0.42").number, stars="**")),
        ("r = .20a", Printed(printed("0.20").number, letters="a")),
        (".20 n.s.", Printed(printed("0.20").number, not_significant=True)),
        ("ns", Printed(None, not_significant=True)),
        (".31\N{MODIFIER LETTER SMALL B}", Printed(printed("0.31").number, letters="b")),
        ("\N{EN DASH}", None),
        ("n/a", None),
    ],
)
def test_a_number_is_read_as_printed(cell, meant):
    """Minus signs, commas, stars, footnote letters and n.s. are told apart from the number."""
    assert printed(cell, "r") == meant


@pytest.mark.parametrize("cell", ["2020-03-01", ".2 to .4", "1,234.5", "high", ".3\N{SUPERSCRIPT TWO}", "(.42)"])
def test_what_is_no_plain_number_is_refused(cell):
    """Dates, ranges, exponents and words are never made a number."""
    with pytest.raises(Unclear):
        printed(cell)


@pytest.mark.parametrize("cell", ["p = .03", "d = .43", "n = .44", "OR = 1.4"])
def test_a_number_of_another_kind_is_told(here, cell):
    """What stands behind another letter is not the number of the column."""
    with pytest.raises(Unclear, match="another kind"):
        printed(cell, "r")
    imported(here, HEADER + ROW + f"Li,2011,self-compassion,,depression,,99,{cell},\n")
    assert remarked(3, "r") == [f"'{cell}' is a number of another kind"]


@pytest.mark.parametrize(("cell", "meant"), [("<.001", "<0.001"), ("p < 0,05", "<0.05"), (".033", "0.033")])
def test_a_p_value_keeps_its_operator(cell, meant):
    """A bound stays a bound."""
    assert str(p_value(cell)[0]) == meant


def test_a_p_of_zero_is_refused():
    """.000 is a rounded p, not a p."""
    with pytest.raises(Unclear, match="rounded"):
        p_value(".000")


def test_a_share_of_one_is_no_percentage():
    """0.8 may be 80 % or 0.8 %."""
    assert percent("79,6 %") == percent("79.6")
    with pytest.raises(Unclear):
        percent("0.8")


def test_thousands_are_read_in_counts_only():
    """1,234 people, but no correlation of 1,234."""
    assert count("1,234") == count("1 234") == 1234
    with pytest.raises(Unclear):
        count("1.234")


# --- reading ---------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_any_separator_is_read(here, mark):
    """Comma, semicolon or tab, with a byte order mark or without."""
    (here / "t.csv").write_text(
        "\ufeff" + mark.join(["Author", "N", "r"]) + "\n" + mark.join(["Li", "9", "0.1"]) + "\n"
    )
    assert read_source(here / "t.csv").rows == [(2, {"Author": "Li", "N": "9", "r": "0.1"})]


def test_another_encoding_is_said_not_guessed(here):
    """A table in Latin-1 is refused, with the option that reads it."""
    (here / "t.csv").write_bytes("Author,r\nMüller,.1\n".encode("latin-1"))
    with pytest.raises(ProblemsFound, match=r"t\.csv:2: not utf-8 text; .*--encoding latin-1"):
        read_source(here / "t.csv")
    assert read_source(here / "t.csv", "latin-1").column("Author") == ["Müller"]


def test_merged_headers_give_each_column_a_name(here):
    """Two rows of header are joined, in XLSX as in text."""
    book = openpyxl.Workbook()
    for row in (["Author", "Construct 1", None, "r"], [None, "Name", "Measure", None], ["Li 2001", "hope", "HS", 0.1]):
        book.active.append(row)
    book.active.merge_cells("B1:C1")
    book.save(here / "t.xlsx")
    source = read_source(here / "t.xlsx")
    assert source.header == ["Author", "Construct 1: Name", "Construct 1: Measure", "r"]
    assert guess(source).columns == {
        "author": "Author", "r": "r", "subject": "Construct 1: Name", "subject_measure": "Construct 1: Measure"
    }  # fmt: skip


def test_what_is_no_row_of_data_is_told(here):
    """Titles, repeated headers, totals and notes are left out by name."""
    imported(here, "Table 1,,,,,,,,\n" + HEADER + ROW + HEADER + "Total,,,,,,120,,\n* p < .05,,,,,,,,\n")
    wanted = ["a line above the header", "the header again", "a row of totals", "a note, or a row with one cell"]
    assert remarked() == wanted
    assert len(table("mine/findings.tsv")) == 1


def test_a_formula_is_told_by_its_place(here):
    """The cell is read as empty, and told."""
    book = openpyxl.Workbook()
    for row in (HEADER.strip().split(","), [*ROW.strip().split(",")[:7], "=1-1.42", "n.s."]):
        book.active.append(row)
    book.save(here / "t.xlsx")
    kg("import", "t.xlsx", "--as", "mine", *TOLD)
    assert remarked(2, "r") == ["a formula (=1-1.42)"]


def test_parquet_is_read(here):
    """Its columns are those of the table."""
    pyarrow = pytest.importorskip("pyarrow", reason="pip install 'compassion-attachment-kg[parquet]'")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pyarrow.table({"Author": ["Li 2001"], "ni": [9.0], "ri": [0.1]}), here / "t.parquet")
    assert read_source(here / "t.parquet").rows == [(2, {"Author": "Li 2001", "ni": "9", "ri": "0.1"})]


def test_parquet_without_its_library_is_one_line(here, monkeypatch):
    """It says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    (here / "t.parquet").write_bytes(b"PAR1")
    answer = kg("import", "t.parquet", "--as", "mine")
    assert (answer.exit_code, answer.stderr.count("\n")) == (2, 1)
    assert "[parquet]" in answer.stderr


# --- the mapping -----------------------------------------------------------------------------


def test_the_columns_of_metafor_are_known(here):
    """ni, ri, yi, vi and sei need no mapping."""
    (here / "t.csv").write_text("slab,ni,ri,yi,vi,sei\nLi 2001,9,.1,.1,.1,.3\n")
    wanted = {"author": "slab", "n": "ni", "r": "ri", "yi": "yi", "vi": "vi", "sei": "sei"}
    assert guess(read_source(here / "t.csv")).columns == wanted


def test_a_guess_is_not_taken_unasked(here):
    """Without --yes and without a terminal it is shown, and nothing is written."""
    answer = imported(here, HEADER + ROW, told=())
    assert answer.exit_code == 2
    assert 'subject = "Construct 1"' in answer.stdout
    assert not (here / "mine").exists()


def test_a_dry_run_prints_a_mapping_that_can_be_given_back(here):
    """It writes nothing, and its answer is a file for --mapping."""
    answer = imported(here, HEADER + ROW, "--dry-run")
    assert not (here / "mine").exists()
    (here / "m.toml").write_text(answer.stdout)
    assert imported(here, HEADER + ROW, "--mapping", "m.toml", told=()).exit_code == 0


def test_the_two_commands_of_the_guide_work_as_written(here):
    """What a dry run prints is the mapping and nothing else, also where a name has to be reviewed."""
    (here / "t.csv").write_text(HEADER + ROW + "Li,2011,grit,,depression,,99,.1,\n")
    printed_mapping = kg("import", "t.csv", "--as", "mine", "--dry-run")
    (here / "mine.toml").write_text(printed_mapping.stdout)
    answer = kg("import", "t.csv", "--as", "mine", "--mapping", "mine.toml", *TOLD[1:])
    assert "1 findings of 1 studies, 1 wait" in answer.stdout
    assert "to review: construct 'grit'" in printed_mapping.stderr


@pytest.mark.parametrize("left", ["--reading", "--certainty", "--design"])
def test_what_no_table_tells_is_asked_for(here, left):
    """Neither reading nor certainty nor design is made up."""
    at = TOLD.index(left)
    answer = imported(here, HEADER + ROW, told=(*TOLD[:at], *TOLD[at + 2 :]))
    assert (answer.exit_code, left in answer.stderr) == (2, True)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('[columns]\nauthr = "Author"', "m.toml:authr: nothing that a column is read as; did you mean 'author'?"),
        ('[columns]\nauthor = "Auhtor"', "m.toml:author: 'Auhtor' is not a column of t.csv; "),
        ("[columns\nr = 1", "m.toml:1: not TOML"),
        ('[columns]\nr = "r"\n[stars]\n"*" = "5 %"', "m.toml:*: '5 %' is not a p value"),
        ('[columns]\nr = "r"\n[constants]\nreading = "hearsay"', "m.toml:constants: 'hearsay' cannot stand here"),
    ],
)
def test_a_wrong_mapping_is_told_by_key(here, text, wanted):
    """Each mistake is one line."""
    (here / "m.toml").write_text(text)
    answer = imported(here, HEADER + ROW, "--mapping", "m.toml")
    assert answer.exit_code == 1
    assert wanted in answer.stderr


def test_merged_cells_are_filled_down_as_the_guess_says(here):
    """An author who stands in the first of two rows is that of both."""
    imported(here, HEADER + ROW + ",,self-compassion,SCS,depression,,120,.1,\n")
    assert [row["study"] for row in table("mine/findings.tsv")] == ["mine-smith-2010"] * 2


def test_every_filled_cell_is_told(here):
    """Who found it was guessed: that is said by row and column."""
    imported(here, HEADER + ROW + ",,self-compassion,SCS,depression,,120,.1,\n")
    assert remarked(3, "Author") == ["the cell is empty; 'Smith & Jones' was taken from above"]
    assert remarked(3, "Year") == ["the cell is empty; '2010' was taken from above"]


def test_the_year_of_one_author_is_not_that_of_another(here):
    """Beside an author of its own an empty year stays empty."""
    imported(here, HEADER + ROW + "Lee,,self-compassion,SCS,depression,,120,.1,\n")
    assert not [row for row in table("mine/studies.tsv") if row["id"] == "mine-lee-2010"]


def test_another_n_is_not_filled_down(here):
    """A row without an author that tells other people may be of another study: it is left out, and told."""
    answer = imported(here, HEADER + ROW + ",,self-compassion,SCS,depression,,311,.1,\n")
    assert (answer.exit_code, len(table("mine/findings.tsv"))) == (1, 1)
    assert "n is 311 but 120 in the row above" in remarked(3, "Author")[0]


def test_columns_that_are_not_read_are_told(here):
    """Nothing is dropped without a word."""
    answer = imported(here, HEADER.strip() + ",Lab\n" + ROW.strip() + ",7\n")
    assert "not read, kept beside the findings (kept-columns.tsv): Lab" in answer.stderr


def test_effects_that_are_not_recognised_stop_the_import(here):
    """A header with a word for effects, and no column of effects: nobody wants that dropped."""
    answer = imported(here, HEADER.replace(",r,", ",adjusted beta,") + ROW)
    assert (answer.exit_code, (here / "mine").exists()) == (1, False)
    assert "t.csv: no column of effects is read, and 'adjusted beta' looks like one; name it under" in answer.stderr


def test_an_interval_behind_the_number_is_read(here):
    """As journals print it: r (95% CI), and the interval in brackets."""
    header = "Author,Construct 1,Construct 2,N,r (95% CI)\n"
    imported(here, header + 'Li,self-compassion,depression,60,"-.40 [-.58, -.18]"\n')
    found = table("mine/findings.tsv")[0]
    assert [found[name] for name in ("value", "ci_low", "ci_high")] == ["-0.40", "-0.58", "-0.18"]


# --- what a row becomes ----------------------------------------------------------------------


def coded(here, cells, legend=""):
    """The finding of one row, with these cells behind the constructs."""
    row = f"Smith,2010,self-compassion,,depression,,{cells}\n"
    imported(here, HEADER + row + legend)
    return table("mine/findings.tsv")[0]


@pytest.mark.parametrize(
    ("cells", "direction", "significance"),
    [
        ("120,-.42,<.001", "negative", "significant"),
        ("120,.12,.21", "positive", "not-significant"),
        ("120,.12,<.10", "positive", "not-reported"),
        ("120,.12,", "positive", "not-reported"),
        ("120,.12*,", "positive", "not-reported"),
        ("120,n.s.,", "not-reported", "not-significant"),
        ("120,0,n.s.", "none", "not-significant"),
        ("120,.5,n.s.", "positive", "not-significant"),
    ],
)
def test_direction_is_the_sign_and_significance_what_is_told(here, cells, direction, significance):
    """Nothing is inferred from the size of a number, nor from stars without a legend."""
    finding = coded(here, cells)
    assert (finding["direction"], finding["significance"]) == (direction, significance)


VALUES = "Author,Year,Construct 1,Construct 2,N,Statistic,Value,CI low,CI high,Direction,p\n"


@pytest.mark.parametrize("direction", ["none", "not-reported"])
def test_a_result_told_in_words_alone_comes_in_by_its_codes(here, direction):
    found = valued(here, f",,,,{direction},not-reported", VALUES.replace("p\n", "Significance\n"))
    assert (found["direction"], found["significance"]) == (direction, "not-reported")


def test_the_word_none_alone_tells_no_result(here):
    answer = imported(here, f"{VALUES}Li,2001,self-compassion,depression,120,,,,none,\n")
    assert answer.exit_code == 1
    assert "no result in the row" in answer.stderr


@pytest.mark.parametrize(("cell", "p"), [("1e-04", "0.0001"), ("< 2.2e-16", "<0.00000000000000022")])
def test_a_p_is_read_as_software_prints_small_ones(here, cell, p):
    assert valued(here, f"r,-3.1E-01,,,,{cell}")["p"] == p


def test_a_number_is_read_as_software_prints_small_ones(here):
    found = valued(here, "r,-3.1E-07,-2e-06,1e-06,,")
    assert [found[column] for column in ("value", "ci_low", "ci_high")] == ["-0.00000031", "-0.000002", "0.000001"]


def test_ages_and_degrees_of_freedom_are_read_as_software_prints_numbers(here):
    """What is read with an exponent is written in plain digits, in whatever table it ends."""
    finding = valued(here, "t,2.5,1e+02,3e+01", "Author,Year,Construct 1,Construct 2,N,Statistic,Value,df,mean age\n")
    assert finding["df"] == "100"
    assert table("mine/samples.tsv")[0]["mean_age"] == "30"


def valued(here, cells, header=VALUES):
    """The finding of one row of a table of any statistic."""
    imported(here, f"{header}Li,2001,self-compassion,depression,120,{cells}\n")
    return table("mine/findings.tsv")[0]


@pytest.mark.parametrize(
    ("cells", "direction"),
    [
        ("f,4.2,,,negative,", "negative"),
        ("f,4.2,,,,", "not-reported"),
        ("chi-square,4.2,,,,", "not-reported"),
        ("odds-ratio,0.5,,,,", "negative"),
        ("odds-ratio,1.5,,,,", "positive"),
        ("r,-.2,,,not-reported,", "not-reported"),
        ("f,0.1,,,none,n.s.", "none"),
    ],
)
def test_a_number_without_a_sign_takes_its_direction_from_the_word(here, cells, direction):
    """F and chi-square have no side, and an odds ratio has its sides of one."""
    assert valued(here, cells)["direction"] == direction


@pytest.mark.parametrize(
    ("cells", "significance"),
    [
        ("odds-ratio,1.5,0.7,3.4,,", "not-significant"),
        ("odds-ratio,1.5,1.1,3.4,,", "significant"),
        ("r,.2,.1,.3,,", "significant"),
        ("f,4.2,0.7,9,,", "not-reported"),
    ],
)
def test_an_interval_is_held_against_no_relation(here, cells, significance):
    """Zero of a correlation, one of an odds ratio, nothing of an F."""
    assert valued(here, cells)["significance"] == significance


def test_a_word_against_the_sign_is_told(here):
    """Neither is taken as the direction."""
    assert valued(here, "r,-.2,,,positive,")["direction"] == "not-reported"
    assert remarked(2, "Direction") == [
        "the number is negative and the direction positive, so neither is taken as the direction"
    ]


def test_stars_speak_by_their_legend(here):
    """A note below the table gives the p for which they stand."""
    finding = coded(here, "120,.42*,", legend="* p < .05,,,,,,,,\n")
    assert (finding["significance"], finding["p"]) == ("significant", "<0.05")


def test_a_row_that_contradicts_itself_is_told(here):
    """Significant by p and n.s. by word: neither is taken."""
    assert coded(here, "120,.42 n.s.,<.001")["significance"] == "not-reported"
    assert remarked(2, "p") == ["the row says both significant and not significant"]


def test_a_footnote_on_the_number_of_people_is_told(here):
    """64b is 64 people, and a footnote to look up; 1.204 may be two things and is refused."""
    assert coded(here, "64b,-.42,<.001")["n"] == "64"
    assert remarked(2, "N") == ["'b' hangs on the number"]
    assert coded(here, "1.204,-.42,<.001")["n"] == ""


def test_the_statistic_stays_as_printed(here):
    """The value is a plain number, what was printed is kept."""
    finding = coded(here, '120,"−,42**a",<.001')
    assert (finding["value"], finding["printed"]) == ("-0.42", "r = −,42**a, p <.001")


def test_an_impossible_correlation_is_left_out_by_name(here):
    """R = 42 lost its point; nobody knows that but the source."""
    imported(here, HEADER + ROW + "Li,2011,self-compassion,,depression,,99,42,\n")
    assert remarked(3, "r") == ["a correlation of 42 is outside -1 to 1"]


def test_yi_is_nothing_until_it_is_told(here):
    """Whether yi is Fisher's z, r or d, the mapping says; then the correlation is that of the z."""
    text = "slab,x,y,ni,yi,vi\nLi 2001,self-compassion,depression,103,-0.5493,0.01\n"
    assert "t.csv:2:yi: what kind of number yi is was not told" in imported(here, text).stderr
    mapping = imported(here, text, "--dry-run").stdout.replace("\n[constants]", '\n[constants]\nyi = "fisher-z"')
    (here / "m.toml").write_text(mapping)
    assert imported(here, text, "--mapping", "m.toml", told=()).exit_code == 0
    finding = table("mine/findings.tsv")[0]
    assert (finding["statistic"], finding["value"], finding["printed"]) == ("r", "-0.499995", "yi = -0.5493")
    assert "Fisher's z" in finding["coder_note"]


@pytest.mark.parametrize(("column", "cell"), [("vi", "0.01"), ("sei", "0.1")])
def test_a_z_of_untold_people_keeps_its_error(here, column, cell):
    """It stays Fisher's z as printed, so that it can be pooled by its standard error."""
    (here / "m.toml").write_text(
        f'[columns]\nauthor = "slab"\nsubject = "x"\nobject = "y"\nyi = "yi"\n{column} = "{column}"\n'
        '[constants]\nyi = "fisher-z"\n'
    )
    text = f"slab,x,y,yi,{column}\nLi 2001,self-compassion,depression,-0.5493,{cell}\n"
    imported(here, text, "--mapping", "m.toml", told=TOLD[1:])
    finding = table("mine/findings.tsv")[0]
    assert [finding[name] for name in ("statistic", "value", "se")] == ["fisher-z", "-0.5493", "0.1"]


def test_an_r_of_untold_people_says_why_it_cannot_be_pooled(here):
    """Its error may be that of the correlation or of its z, and is not taken for either in silence."""
    imported(here, "slab,x,y,ri,sei\nLi 2001,self-compassion,depression,-0.5,0.1\n")
    assert table("mine/findings.tsv")[0]["se"] == ""
    assert remarked(2, "sei") == ["it may be the error of r or of its z, so without n this r cannot be pooled"]


def test_a_measure_that_yields_another_construct_is_told(here):
    """The graph would refuse the finding; the import says so first."""
    imported(here, HEADER + ROW + "Li,2011,self-compassion,RQ,depression,,99,.1,\n")
    assert remarked(3, "Measure 1") == ["rq does not yield self-compassion"]


def test_an_umbrella_of_opposite_poles_bears_no_sign(here):
    """Attachment is neither more nor less."""
    imported(here, HEADER + ROW + "Li,2011,attachment,,depression,,99,.1,\n")
    assert remarked(3, "Construct 1") == ["attachment gathers opposite poles, so a sign says nothing"]


def test_a_row_without_its_n_gets_none_from_another_row_of_its_study(here):
    """How many were analysed in one row is not how many were in the other; what a row tells stays with its finding."""
    header = "Author,Year,Construct 1,Measure 1,Construct 2,Measure 2,N,r\n"
    pair = "Lopez,2020,self-compassion,SCS,attachment anxiety,ECR-R"
    imported(here, f"{header}{pair},n/a,-.22\n{pair},1204,-.3\n")
    (sample,) = table("mine/samples.tsv")
    assert sample["n"] == ""
    assert [finding["n"] for finding in table("mine/findings.tsv")] == ["", "1204"]


def test_samples_are_told_apart_by_name_only(here):
    """Where rows of one sample disagree, the sample's cell stays empty and both rows are named."""
    header = "Author,Year,Construct 1,Construct 2,N,r,Mean age\n"
    imported(here, header + "Li,2001,self-compassion,depression,9,.1,30\nLi,2001,self-compassion,anxiety,9,.2,31\n")
    (sample,) = table("mine/samples.tsv")
    assert (sample["n"], sample["mean_age"]) == ("9", "")
    assert remarked(3, "Mean age") == ["row 2 tells 30 of the same sample"]


def test_a_row_that_is_there_twice_counts_once(here):
    """The second is left out, and says which is the first."""
    imported(here, HEADER + ROW + ROW)
    assert remarked(3) == ["tells the same as row 2"]


def test_columns_that_the_model_does_not_know_are_kept(here):
    """Moderators of the table's own stand beside the findings, cell by cell."""
    imported(here, HEADER.strip() + ",Lab\n" + ROW.strip() + ",Leeds 7\n")
    (kept,) = table("mine/kept-columns.tsv")
    assert (kept["finding"], kept["Lab"]) == (table("mine/findings.tsv")[0]["id"], "Leeds 7")


# --- names -----------------------------------------------------------------------------------


def test_near_names_are_suggested_and_never_taken(here):
    """A misspelt construct waits."""
    answer = imported(here, HEADER + ROW + "Li,2011,self-compasion,,depression,,99,.1,\n")
    assert answer.exit_code == 1
    assert "construct 'self-compasion' (1 rows; near: self-compassion" in answer.stdout
    assert table("mine/waiting.tsv")[0]["waits_for"] == "construct self-compasion"


def test_a_measure_among_constructs_is_no_new_construct(here):
    """Who writes SCS means the scale: it is told where it belongs, not proposed as a term."""
    answer = imported(here, HEADER + ROW + "Li,2011,ECR-R,,depression,,99,.1,\n")
    assert remarked(3, "Construct 1") == [
        "ECR-R is a measure (Experiences in Close Relationships - Revised), and no construct"
    ]
    assert "to review" not in answer.stdout


def test_a_measure_names_its_construct_where_the_table_does_not(here):
    """The Self-Compassion Scale stands for self-compassion in the vocabulary."""
    imported(here, "Author,Year,Measure 1,Measure 2,N,r\nLi,2001,SCS,ECR-R anxiety,99,.1\n")
    assert table("mine/findings.tsv")[0]["subject"] == "self-compassion"


# --- the folder ------------------------------------------------------------------------------


def test_the_same_table_twice_gives_the_same_bytes(here):
    """A second import changes nothing."""
    imported(here, HEADER + ROW)
    first = digests(here / "mine")
    assert "nothing changed" in imported(here, HEADER + ROW, told=()).stdout
    assert digests(here / "mine") == first


def test_a_changed_cell_changes_its_row_only(here):
    """All other findings stay byte for byte."""
    other = "Li,2011,self-compassion,,depression,,99,.1,\n"
    imported(here, HEADER + ROW + other)
    before = (here / "mine/findings.tsv").read_text().splitlines()
    imported(here, HEADER + ROW.replace("-.42", "-.43") + other, told=())
    after = (here / "mine/findings.tsv").read_text().splitlines()
    assert [index for index, (one, two) in enumerate(zip(before, after, strict=True)) if one != two] == [1]


def test_an_edited_folder_is_told_and_left_alone(here):
    """What a person changed is not overwritten, and nothing else is written either."""
    imported(here, HEADER + ROW)
    with (here / "mine/findings.tsv").open("a", encoding="utf-8") as file:
        file.write("mine too\n")
    before = digests(here / "mine")
    answer = imported(here, HEADER + ROW.replace("-.42", "-.43"), told=())
    assert (answer.exit_code, digests(here / "mine")) == (1, before)
    assert "findings.tsv: not as the import wrote it; move it elsewhere" in answer.stderr


def test_an_import_of_nothing_leaves_nothing_behind(here):
    """No folder whose mapping the next import would take over, and a good folder stays as it was."""
    answer = imported(here, HEADER + ROW.replace("-.42", "see text"))
    assert (answer.exit_code, (here / "mine").exists()) == (1, False)
    imported(here, HEADER + ROW)
    before = digests(here / "mine")
    answer = imported(here, HEADER + ROW.replace("-.42", "see text"))
    assert (answer.exit_code, digests(here / "mine")) == (1, before)
    assert "nothing was imported, and mine is as it was" in answer.stderr


def test_a_mapping_that_is_used_again_is_told(here):
    """The second import guesses nothing, and says on what it rests."""
    assert "using the mapping" not in imported(here, HEADER + ROW).stderr
    answer = imported(here, HEADER + ROW, told=())
    assert "using the mapping of mine/import.toml; remove it to guess anew" in answer.stderr


def test_a_table_without_authors_is_one_line(here):
    """Not one line a row."""
    answer = imported(here, (HEADER + ROW * 3).replace("Author", "Who"))
    assert (answer.exit_code, (here / "mine").exists()) == (1, False)
    assert answer.stderr.count("t.csv: no column is read as author; unread headers: Who; name it under") == 1
    assert "no study is named" not in answer.stderr


def test_what_an_import_no_longer_gives_is_removed(here):
    """Once no row waits, there is no file of those that wait."""
    imported(here, HEADER + ROW + "Li,2011,selfcompassion!,,depression,,99,.1,\n")
    assert (here / "mine/waiting.tsv").exists()
    imported(here, HEADER + ROW, told=())
    assert not (here / "mine/waiting.tsv").exists()


def test_a_cell_that_a_spreadsheet_would_run_is_written_harmless(here):
    """Kept columns come from strangers."""
    imported(here, HEADER.strip() + ",Lab\n" + ROW.strip() + ",=1+1\n")
    assert table("mine/kept-columns.tsv")[0]["Lab"] == "'=1+1"


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (("t.csv", "--as", "My Data"), "--as My Data: not an id"),
        (
            ("t.csv", "--as", "amari-2022"),
            "--as amari-2022: a dataset of that name ships with the graph; choose another",
        ),
        (("t.doc", "--as", "mine"), "a table of a kind that is not read (.doc)"),
        (("empty.csv", "--as", "mine"), "no row with more than one cell"),
    ],
)
def test_what_cannot_be_imported_is_one_line(here, arguments, wanted):
    """No traceback, and what to do."""
    for name in ("t.csv", "t.doc", "empty.csv"):
        (here / name).write_text("" if name == "empty.csv" else HEADER + ROW)
    answer = kg("import", *arguments)
    assert answer.exit_code in (1, 2)
    assert wanted in answer.stderr


def test_a_dry_run_prints_the_mapping_and_names_what_is_still_to_be_told(here):
    answer = imported(here, HEADER + ROW, "--dry-run", told=())
    assert answer.exit_code == 0
    assert "[columns]" in answer.stdout
    assert all(option in answer.stderr for option in ("--reading", "--certainty", "--design"))
    assert "left out" not in answer.stderr
