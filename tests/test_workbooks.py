"""Coding workbooks: what is typed is what is read, and what is wrong is told by sheet and cell."""

import datetime
import io
import warnings
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kg import build
from kg.bibliography import read_publications
from kg.cli import main
from kg.corpus import Corpus, Dataset
from kg.errors import ProblemsFound
from kg.placed import Placed
from kg.records import DatasetInfo, Finding, Publication, Sample, Study
from kg.resources import Rooms
from kg.tables import read_records
from kg.workbooks.folders import as_folder, read_dataset
from kg.workbooks.reading import read_workbook
from kg.workbooks.writing import LONGEST, workbook

INFO = {
    "id": "made-up",
    "title": "Made up",
    "description": "Nothing in it is real.",
    "source": "jones2026",
    "reading": "primary-full-text",
    "licence": "CC BY 4.0",
    "coded_on": "2026-11-22",
    "reported_studies": "1",
}
REFERENCE = {
    "id": "jones2026",
    "entry_type": "article",
    "authors": "Jones, A.; Smith, B.",
    "title": "Kindness",
    "year": "2026",
}
SOURCE = {"reported_in": "jones2026", "locator": "Table 2"}
STUDY = {
    "id": "made-up-1",
    "label": "Made-Up 2026",
    "publication": "jones2026",
    "design": "cross-sectional",
    "setting": "online",
    "measures": "scs; ecr-r",
    **SOURCE,
}
SAMPLE = {
    "id": "made-up-sample",
    "study": "made-up-1",
    "label": "People",
    "n": "210",
    "recruitment": "community",
    **SOURCE,
}
FINDING = {
    "id": "made-up-01",
    "study": "made-up-1",
    "sample": "made-up-sample",
    "kind": "association",
    "subject": "self-compassion",
    "object": "attachment-avoidance",
    "subject_measure": "scs",
    "direction": "negative",
    "significance": "significant",
    "statistic": "r",
    "value": "-0.30",
    "p": "<.001",
    "statement": "They went together.",
    "printed": "r = -.30",
    "reading": "primary-full-text",
    "certainty": "high",
    **SOURCE,
}
ROWS = {"references": [REFERENCE], "studies": [STUDY], "samples": [SAMPLE], "findings": [FINDING]}


@pytest.fixture(scope="module")
def blank(corpus):
    """A blank workbook over the real vocabulary, as bytes."""
    return workbook(corpus)


@pytest.fixture(scope="module")
def bare():
    """A blank workbook over no vocabulary: quicker to fill in, and read alike."""
    return workbook(Corpus())


def filled(blank, path, rows=ROWS, info=INFO):
    """A workbook with these rows, changed no further; gives the open book, to be changed and saved."""
    book = openpyxl.load_workbook(io.BytesIO(blank))
    for row in book["dataset"].iter_rows(min_row=2):
        row[1].value = info.get(row[0].value)
    for sheet, told in rows.items():
        header = [cell.value for cell in book[sheet][1]]
        for number, cells in enumerate(told, start=2):
            for column, cell in cells.items():
                book[sheet].cell(number, header.index(column) + 1).value = cell
    book.save(path)
    return book


def cell(book, sheet, row, column):
    header = [each.value for each in book[sheet][1]]
    return book[sheet].cell(row, header.index(column) + 1)


def told(rooms, path):
    """Every problem that reading the tables of a workbook tells, less the name of the file."""
    with pytest.raises(ProblemsFound) as found, as_folder(path) as folder:
        build.read(rooms, [folder])
    return [str(problem).removeprefix(f"{path}, ") for problem in found.value.problems]


# --- there and back --------------------------------------------------------------------------

LETTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
TRAPS = st.sampled_from(
    ["=1+1", "+1", "-x", "@sum", "'=1", "''x", "0.30", ".30", "1-2", "TRUE", "#N/A", "_x0041_", "a\nb"]
)
WORDS = st.one_of(TRAPS, st.text(LETTERS, min_size=1, max_size=20).filter(lambda text: bool(text.strip())))
MAYBE = st.one_of(st.just(""), WORDS)
NUMBERS = st.decimals(-1, 1, places=2, allow_nan=False).map(lambda number: f"{number:f}")
TITLES = st.text("abcABC 019.,:;&%#$_~^'\"@=\\-(){}", min_size=1, max_size=20).filter(
    lambda text: bool(text.strip("{} "))
)


CELLS = st.fixed_dictionaries(
    {
        "statement": WORDS,
        "printed": WORDS,
        "coder_note": MAYBE,
        "value": NUMBERS,
        "direction": st.just("not-reported"),
        "p": st.sampled_from(["", ".03", "<.001", "0.050"]),
    }
).map(lambda cells: {**cells, "printed": f"{cells['printed']} {cells['value']}"})


@st.composite
def datasets(draw):
    """A dataset of records with whatever people may type."""
    cited = {**REFERENCE, "authors": ("Jones, A.", "Smith, B."), "label": "Jones & Smith (2026)"}
    study = {**STUDY, "label": draw(WORDS), "description": draw(MAYBE), "locator": draw(WORDS)}
    findings = [
        {**FINDING, **draw(CELLS), "id": f"made-up-{number:02}"} for number in range(1, draw(st.integers(1, 6)) + 1)
    ]
    sample = {**SAMPLE, "ethnicity": draw(st.sampled_from(["", "White 87.5; Black 7.6"]))}
    info = {**INFO, "description": draw(WORDS), "title": draw(WORDS)}
    return Dataset(
        placed(DatasetInfo, info, "dataset.toml"),
        studies=[placed(Study, study)],
        samples=[placed(Sample, sample)],
        findings=[placed(Finding, finding) for finding in findings],
    ), placed(Publication, cited)


def placed(model, cells, name="references.bib"):
    return Placed(model.model_validate({key: value for key, value in cells.items() if value}), f"made-up/{name}", 2)


def there_and_back(dataset, publications):
    """The records of a dataset, read from the folder that its workbook stands for."""
    with TemporaryDirectory() as place:
        path = Path(place) / "book.xlsx"
        path.write_bytes(workbook(Corpus(publications=publications), dataset))
        book = read_workbook(path)
        assert book.problems == []
        for name, text in book.files.items():
            (Path(place) / name).write_text(text, encoding="utf-8", newline="")
        import tomllib

        info = DatasetInfo.model_validate(tomllib.loads(book.files["dataset.toml"]))
        tables = [
            [row.record for row in read_records(Path(place) / f"{model.table}.tsv", "t", model).records]
            for model in (Study, Sample, Finding)
        ]
        cited = [row.record for row in read_publications(Path(place) / "references.bib", "r").records]
        return info, *tables, cited


@settings(max_examples=8)
@given(datasets())
def test_a_dataset_comes_back_from_its_workbook_as_it_went_in(made):
    """Folder to XLSX to folder: every record is equal, whatever was typed."""
    dataset, publication = made
    wanted = [[row.record for row in rows] for rows in (dataset.studies, dataset.samples, dataset.findings)]
    assert there_and_back(dataset, [publication]) == (dataset.info.record, *wanted, [publication.record])


@settings(max_examples=40)
@given(TITLES, TITLES)
@example("A \\", "B")
def test_a_publication_comes_back_from_bibtex_as_it_went_in(title, venue):
    """Whatever signs its title has, but for braces, which BibTeX keeps for itself."""
    from kg.bibliography import as_bibtex, entry_of

    def read(publication):
        with TemporaryDirectory() as place:
            path = Path(place) / "r.bib"
            path.write_text(as_bibtex({publication.id: entry_of(publication)}), encoding="utf-8")
            return [row.record for row in read_publications(path, "r").records]

    cells = {**REFERENCE, "authors": ("Jones, A.",), "label": "Jones (2026)", "title": title, "venue": venue}
    (once,) = read(Publication.model_validate(cells))
    assert read(once) == [once]
    assert once.title == " ".join(title.replace("{", "").replace("}", "").replace("--", "–").split())


def test_the_review_comes_back_from_its_workbook(rooms, tmp_path):
    """All tables of a real dataset, row by row; what nobody coded as well."""
    folder = rooms.evidence / "amari-2022"
    corpus, dataset = read_dataset(rooms, folder)
    path = tmp_path / "amari.xlsx"
    path.write_bytes(workbook(corpus, dataset))
    _, again = read_dataset(rooms, path)
    assert [row.record for row in again.rows()] == [row.record for row in dataset.rows()]
    assert [row.record for row in again.uncoded] == [row.record for row in dataset.uncoded] != []
    assert again.info.record == dataset.info.record


@pytest.mark.parametrize(
    ("text", "problem"), [("a\x07b", "invisible character (U+0007)"), ("x" * (LONGEST + 1), "longer than")]
)
def test_what_no_spreadsheet_holds_is_told_and_not_cut(text, problem):
    """An invisible character, or more than a cell takes: which row and column."""
    info = placed(DatasetInfo, INFO, "dataset.toml")
    with pytest.raises(ProblemsFound, match=r"made-up/studies.tsv:2:description: ") as found:
        workbook(Corpus(), Dataset(info, studies=[placed(Study, {**STUDY, "description": text}, "studies.tsv")]))
    assert problem in str(found.value)


# --- the blank workbook ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def blank_book(blank):
    return openpyxl.load_workbook(io.BytesIO(blank))


def offered(book, sheet, column):
    """What the drop-down below a heading offers."""
    letter = next(each.column_letter for each in book[sheet][1] if each.value == column)
    (place,) = (
        each.formula1
        for each in book[sheet].data_validations.dataValidation
        if each.type == "list" and f"{letter}2" in each.sqref
    )
    name, _, cells = place.partition("!")
    return [each.value for (each,) in book[name][cells.replace("$", "")] if each.value]


def test_drop_downs_offer_constructs_measures_and_directions(blank_book, corpus):
    """By their ids, all of them."""
    assert offered(blank_book, "findings", "subject") == sorted(row.record.id for row in corpus.constructs)
    assert offered(blank_book, "findings", "subject_measure") == sorted(row.record.id for row in corpus.measures)
    assert offered(blank_book, "findings", "direction") == ["positive", "negative", "none", "not-reported"]


def test_what_was_typed_into_one_sheet_is_offered_in_another(bare, tmp_path):
    """The sample of a finding is one of the sheet samples."""
    book = filled(bare, tmp_path / "b.xlsx")
    assert offered(book, "findings", "sample") == ["made-up-sample"]


def test_a_heading_has_the_words_of_the_codebook_as_a_note(blank_book):
    """What to write, whether it must be filled, how, and an example."""
    note = cell(blank_book, "findings", 1, "certainty").comment.text
    assert "not whether it is true" in note
    assert "Must be filled" in note
    assert "high, medium, low" in note
    assert "Example: " in note


def test_every_cell_to_fill_in_is_text(blank_book):
    """So that a program makes no number or date of .30 or 1-2."""
    findings = blank_book["findings"]
    letters = [each.column_letter for each in findings[1]]
    assert {findings.column_dimensions[letter].number_format for letter in letters} == {"@"}


def test_the_header_stays_in_sight(blank_book):
    """Frozen, and the list of lists is out of it."""
    assert blank_book["findings"].freeze_panes == "B2"
    assert blank_book["lists"].sheet_state == "hidden"


def test_text_that_looks_like_a_formula_is_none(tmp_path):
    """Neither in the file nor when it is read."""
    info = placed(DatasetInfo, INFO, "dataset.toml")
    path = tmp_path / "b.xlsx"
    path.write_bytes(workbook(Corpus(), Dataset(info, studies=[placed(Study, {**STUDY, "locator": "=1+1"})])))
    locator = cell(openpyxl.load_workbook(path), "studies", 2, "locator")
    assert (locator.value, locator.data_type, locator.quotePrefix) == ("=1+1", "s", True)


# --- what is wrong ---------------------------------------------------------------------------

#: Sheet, column and what was typed there -> the cell of row 2, and what is told of it.
MISTAKES = {
    ("findings", "subject", "self compasion"): "E: unknown construct 'self compasion'; did you mean 'self-compassion'?",
    ("findings", "subject_measure", "Self-Compassion Scale"): "I: unknown measure 'Self-Compassion Scale'; write scs, which is the id of what is called so",
    ("findings", "direction", "postive"): "L: unknown direction 'postive'; did you mean 'positive'?",
    ("findings", "certainty", None): "AE: the cell is empty, and must be filled; write: How sure you are that this is what the source says, not whether it is true.",
    ("findings", "value", "-0,30"): "P: '-0,30' is not a number; write -0.30 (a decimal point, a plain hyphen for minus)",
    ("findings", "printed", -0.3): "AA: held as the number -0.3, so that how it was printed is lost (.30 or 0.3?); format the cell as text and type it again",
    ("findings", "study", "=A2"): "B: a formula (=A2); replace it by its value",
    ("findings", "statistic", "correlation"): "O: unknown statistic 'correlation'; choose one from the list of the cell",
    ("findings", "kind", "correlation"): "D: 'correlation' is not known here; use one of association, prediction, mediation, moderation, factor-composition, intervention-effect, group-difference",
    ("findings", "reported_in", "amari2021"): "AB: unknown publication 'amari2021'; did you mean 'amari2022'?",
    ("findings", "object", "kindness of strangers"): "F: unknown construct 'kindness of strangers'; look it up in the sheet vocabulary, or describe it in the sheet constructs",
    ("findings", "id", "made-up-01"): "A: 'made-up-01' is already the id of row 2; give it another id",
    ("studies", "locator", datetime.date(2026, 2, 1)): "J: the spreadsheet made a date of it (2026-02-01); format the cell as text and type it again",
    ("studies", "id", "made-up-15"): "A: 'made-up-15' is already the id of row 15; give it another id",
    ("studies", "measures", "scs, ecr-r"): "G: unknown measure 'scs, ecr-r'; separate several by semicolons, not by commas",
    ("samples", "percent_female", 0.45): "E: shown in per cent, but held as 0.45; format the cell as text and type it again, without the sign %",
    ("references", "id", "Jones 2026"): "A: 'Jones 2026' is not a citation key; write first author and year in lower-case letters and digits, such as gilbert2020",
    ("references", "entry_type", "journal article"): "B: 'journal article' is no type of publication; use one of article, book, incollection, inproceedings, phdthesis, misc",
    ("references", "entry_type", "comment"): "B: 'comment' is no type of publication; use one of article, book, incollection, inproceedings, phdthesis, misc",
}  # fmt: skip


@pytest.fixture(scope="module")
def mistaken(bare, rooms, tmp_path_factory):
    """What is told of a workbook with a row for each mistake below the good one, and the row of each."""
    path = tmp_path_factory.mktemp("mistakes") / "b.xlsx"
    book = filled(bare, path)
    numbers = {}
    for number, (sheet, column, typed) in enumerate(MISTAKES, start=3):  # other rows stay empty in between
        good = {**ROWS[sheet][0], "id": f"made-up{number}" if sheet == "references" else f"made-up-{number:02}"}
        for name, text in {**good, column: typed}.items():
            cell(book, sheet, number, name).value = text
        numbers[sheet, column, typed] = number
    cell(book, "samples", numbers["samples", "percent_female", 0.45], "percent_female").number_format = "0%"
    book.save(path)
    return told(rooms, path), numbers


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: f"{mistake[0]}-{mistake[1]}")
def test_a_mistake_is_told_by_its_cell(mistaken, mistake):
    """What is wrong and what to do, in words for who filled it in; rows as the sheet numbers them, empty ones too."""
    problems, numbers = mistaken
    sheet, column, _ = mistake
    letter, _, words = MISTAKES[mistake].partition(": ")
    assert f"{sheet}, {letter}{numbers[mistake]} ({column}): {words}" in problems


def test_a_mistake_is_told_once(mistaken):
    """One line each, and a formula is not an empty cell as well."""
    problems, _ = mistaken
    assert len(problems) == len(MISTAKES)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda book: book.create_sheet("findigs"), "sheet 'findigs': a sheet that nobody reads; did you mean 'findings'?"),
        (lambda book: book["findings"].insert_rows(1), "findings, row 1: the first row is empty; put the headings back into row 1"),
        (lambda book: setattr(book["dataset"]["A8"], "value", "license"), "dataset, A8: 'license' is no key of a dataset; did you mean 'licence'?"),
        (lambda book: setattr(book["dataset"]["A8"], "value", "id"), "dataset, A8 (id): the key stands there twice; keep one row"),
    ],
    ids=["strange-sheet", "header-moved", "key-misspelt", "key-twice"],
)  # fmt: skip
def test_a_workbook_that_was_taken_apart_is_told(bare, tmp_path, change, problem):
    """Sheets, headings and keys have their own words."""
    path = tmp_path / "b.xlsx"
    book = filled(bare, path)
    change(book)
    book.save(path)
    assert problem in [str(each).removeprefix(f"{path}, ") for each in read_workbook(path).problems]


def test_a_workbook_without_its_dataset_is_told(bare, tmp_path):
    """Before anything else."""
    book = filled(bare, tmp_path / "b.xlsx")
    book.remove(book["dataset"])
    book.save(tmp_path / "b.xlsx")
    with pytest.raises(ProblemsFound, match=r"b\.xlsx: no sheet is named dataset; bring it back, or start from a new"):
        read_workbook(tmp_path / "b.xlsx")


def test_a_blank_workbook_says_what_to_begin_with(bare, rooms, tmp_path):
    """The keys that must be filled, each by its meaning, and the sheets that have no rows."""
    (tmp_path / "b.xlsx").write_bytes(bare)
    lines = told(rooms, tmp_path / "b.xlsx")
    assert lines[0] == (
        "dataset, B2 (id): the cell is empty, and must be filled; write: The name of the dataset, and of its folder."
    )
    assert lines[-3:] == [f"{sheet}: the sheet has no rows; fill it in" for sheet in ("findings", "samples", "studies")]


def test_a_title_that_no_spreadsheet_holds_is_told(tmp_path):
    """Of the dataset itself, too."""
    info = placed(DatasetInfo, {**INFO, "title": "a\x07b"}, "dataset.toml")
    with pytest.raises(
        ProblemsFound, match=r"made-up/dataset.toml:2:title: an invisible character \(U\+0007\); remove it"
    ):
        workbook(Corpus(), Dataset(info))


def test_a_control_character_of_the_dataset_is_told_by_its_cell(bare, tmp_path):
    """Nobody sees it, and no file of a dataset may hold it."""
    book = filled(bare, tmp_path / "b.xlsx")
    rows = [row for row in book["dataset"].iter_rows() if row[0].value == "title"]
    rows[0][1].value = "a\x7fb"
    book.save(tmp_path / "b.xlsx")
    (problem,) = read_workbook(tmp_path / "b.xlsx").problems
    assert f"B{rows[0][0].row} (title): a control character" in str(problem)


def test_an_unknown_column_of_the_references_is_told_at_its_heading(bare, tmp_path):
    """Once, whatever stands below it."""
    book = filled(bare, tmp_path / "b.xlsx")
    cell(book, "references", 1, "venue").value = "journal"
    book.save(tmp_path / "b.xlsx")
    (problem,) = read_workbook(tmp_path / "b.xlsx").problems
    assert str(problem) == f"{tmp_path / 'b.xlsx'}, references, F1 (journal): an unknown column; delete it"


def test_drop_downs_as_excel_saves_them_are_no_warning(bare, tmp_path):
    """In an extension that the library does not read, and would say so."""
    filled(bare, tmp_path / "ours.xlsx")
    extension = b'<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst></worksheet>'
    with zipfile.ZipFile(tmp_path / "ours.xlsx") as ours, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as saved:
        for name in ours.namelist():
            saved.writestr(name, ours.read(name).replace(b"</worksheet>", extension))
    with warnings.catch_warnings(record=True) as told_to_people:
        warnings.simplefilter("always")
        assert read_workbook(tmp_path / "b.xlsx").problems == []
    assert told_to_people == []


def test_a_formula_for_a_heading_is_told_by_its_cell(bare, tmp_path):
    """It has no name to go by."""
    book = filled(bare, tmp_path / "b.xlsx")
    book["findings"]["AH1"].value = "=A1"
    book.save(tmp_path / "b.xlsx")
    (problem,) = read_workbook(tmp_path / "b.xlsx").problems
    assert str(problem) == f"{tmp_path / 'b.xlsx'}, findings, AH1: a formula (=A1); replace it by its value"


# --- the commands ----------------------------------------------------------------------------


@pytest.fixture
def kg(tmp_path, monkeypatch):
    """Runs kg in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def test_check_tells_a_workbook_in_lines_without_a_traceback(bare, tmp_path, kg):
    """Exit code 1, one line a problem, and none in the words of the software."""
    book = filled(bare, tmp_path / "b.xlsx")
    cell(book, "findings", 2, "direction").value = "postive"
    book.save(tmp_path / "b.xlsx")
    result = kg("check", "b.xlsx", "--no-owl")
    assert result.exit_code == 1
    assert "b.xlsx, findings, L2 (direction): unknown direction 'postive'; did you mean 'positive'?" in result.stderr


def test_template_does_not_write_over_a_workbook(bare, tmp_path, kg):
    """Somebody may have coded in it."""
    filled(bare, tmp_path / "b.xlsx")
    before = (tmp_path / "b.xlsx").read_bytes()
    result = kg("template", "-o", "b.xlsx")
    assert (result.exit_code, (tmp_path / "b.xlsx").read_bytes() == before) == (2, True)
    assert "is there already" in result.stderr


def test_import_takes_a_workbook_in_and_again(bare, tmp_path, kg):
    """As text tables under its own name; a second time nothing changes."""
    filled(bare, tmp_path / "b.xlsx")
    first, second = (kg("import", "b.xlsx", "--as", "made-up").stdout for _ in range(2))
    assert first == (
        "made-up: dataset.toml, findings.tsv, references.bib, samples.tsv, studies.tsv written; next: kg build made-up\n"
    )
    assert second == "made-up: nothing changed; next: kg build made-up\n"


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (("--as", "another"), 1, "b.xlsx, dataset, B2 (id): 'made-up' is not the name given by --as, 'another'; use one name in both"),
        (("--as", "made-up", "--reading", "review"), 2, "kg: --reading: a workbook of kg template tells that itself; leave it out"),
    ],
)  # fmt: skip
def test_import_says_why_it_takes_no_workbook(bare, tmp_path, kg, arguments, code, problem):
    """One line, and nothing is written."""
    filled(bare, tmp_path / "b.xlsx")
    result = kg("import", "b.xlsx", *arguments)
    assert (result.exit_code, result.stderr.splitlines()[0]) == (code, problem)
    assert [path.name for path in tmp_path.iterdir()] == ["b.xlsx"]


def test_import_of_a_blank_workbook_says_what_to_fill_in_first(tmp_path, kg):
    """The cells of the sheet dataset, each with its meaning, then the sheets without rows."""
    kg("template", "-o", "b.xlsx")
    result = kg("import", "b.xlsx", "--as", "made-up")
    first, *others = result.stderr.splitlines()
    name = "write: The name of the dataset, and of its folder."
    assert (result.exit_code, first) == (1, f"b.xlsx, dataset, B2 (id): the cell is empty, and must be filled; {name}")
    assert "b.xlsx, findings: the sheet has no rows; fill it in" in others


def test_a_template_is_a_spreadsheet_or_the_codebook(kg):
    """Any other name is refused in one line."""
    result = kg("template", "-o", "coding.tsv")
    assert (result.exit_code, result.stderr) == (
        2, "kg: -o coding.tsv: a workbook is written to a file that ends in .xlsx, or .md for the codebook\n",
    )  # fmt: skip


def test_the_rooms_do_without_what_stands_in_their_place(rooms):
    """A dataset of a name that is left out is not read."""
    assert "amari-2022" not in {path.name for path in Rooms(rooms.root).without(["amari-2022"]).datasets()}
