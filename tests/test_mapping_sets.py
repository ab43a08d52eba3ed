"""Mapping sets: what is written is read back, is SSSOM, and what is wrong in a set is named with its place."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from kg.errors import ProblemsFound
from kg.mappings import Candidate, Mapping, SetHead, read_set, write_set

HEAD = SetHead(
    mapping_set_id="https://w3id.org/compassion-attachment/mappings/example",
    license="https://creativecommons.org/licenses/by/4.0/",
    mapping_set_version="2026-11-22",
    object_source="obo:mfoem.owl",
    curie_map={
        "construct": "https://w3id.org/compassion-attachment/construct/",
        "MFOEM": "http://purl.obolibrary.org/obo/MFOEM_",
        "obo": "http://purl.obolibrary.org/obo/",
    },
)
FEAR = Mapping(
    subject_id="construct:fear",
    subject_label="fear",
    predicate_id="skos:exactMatch",
    object_id="MFOEM:000026",
    object_label="fear",
    object_source="obo:mfoem.owl",
    mapping_justification="semapv:ManualMappingCuration",
    confidence=Decimal("0.95"),
    author_label=("A. Curator", "B|C"),
    mapping_date=date(2026, 11, 22),
    comment="An emotion process.",
)

GOOD = """# mapping_set_id: https://a.example/set
# license: https://creativecommons.org/licenses/by/4.0/
# object_source: obo:mfoem.owl
# curie_map:
#   construct: https://w3id.org/compassion-attachment/construct/
#   MFOEM: http://purl.obolibrary.org/obo/MFOEM_
#   obo: http://purl.obolibrary.org/obo/
subject_id\tpredicate_id\tobject_id\tmapping_justification\tconfidence
construct:fear\tskos:exactMatch\tMFOEM:000026\tsemapv:ManualMappingCuration\t0.9
"""


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "example.sssom.tsv"
    write_set(path, HEAD, [FEAR])
    return path


@pytest.fixture
def problems(tmp_path):
    """What reading a text as a set complains of, line by line."""

    def complain(text, model=Mapping):
        path = tmp_path / "bad.sssom.tsv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(ProblemsFound) as raised:
            read_set(path, "bad.sssom.tsv", model)
        return str(raised.value).splitlines()

    return complain


def test_what_is_written_is_read_back(written):
    """A set survives a trip to its file and back, head and rows."""
    read = read_set(written, "example", Mapping)
    assert (read.head, read.mappings) == (HEAD, [FEAR])


@pytest.mark.filterwarnings("ignore")  # of the sssom package and its friends
def test_a_written_set_is_sssom(written):
    """The sssom package reads the set and finds nothing wrong."""
    from sssom.constants import SchemaValidationType
    from sssom.parsers import parse_sssom_table
    from sssom.validators import validate

    validate(parse_sssom_table(written), [SchemaValidationType.JsonSchema, SchemaValidationType.PrefixMapCompleteness])


def test_what_the_head_states_is_not_repeated(written):
    """A slot that is the same for the set and for every row stands once, in the head."""
    header = next(line for line in written.read_text().splitlines() if not line.startswith("#"))
    assert "object_source" not in header


def test_what_the_head_states_holds_for_every_row(tmp_path):
    """A row has the object source of its set."""
    path = tmp_path / "good.sssom.tsv"
    path.write_text(GOOD)
    assert read_set(path, "good", Mapping).mappings[0].object_source == "obo:mfoem.owl"


def test_rows_are_numbered_as_the_file_is(tmp_path):
    """The first mapping below seven lines of head and one of columns stands in row 9."""
    path = tmp_path / "good.sssom.tsv"
    path.write_text(GOOD)
    assert [each.row for each in read_set(path, "good", Mapping).rows] == [9]


def test_a_cell_that_a_spreadsheet_would_run_is_harmless_and_comes_back(tmp_path):
    """A label that starts like a formula is written with an apostrophe and read without it."""
    path = tmp_path / "example.sssom.tsv"
    write_set(path, HEAD, [FEAR.model_copy(update={"object_label": "=cmd()"})])
    assert "\t'=cmd()\t" in path.read_text()
    assert read_set(path, "example", Mapping).mappings[0].object_label == "=cmd()"


def test_a_set_that_a_spreadsheet_saved_is_read(tmp_path):
    """Empty cells behind the lines of the head, and CRLF, change nothing."""
    path = tmp_path / "saved.sssom.tsv"
    lines = [f"{line}\t\t\t\t" if line.startswith("#") else line for line in GOOD.splitlines()]
    path.write_bytes("\r\n".join(lines).encode())
    assert len(read_set(path, "saved", Mapping).rows) == 1


def test_a_head_that_a_spreadsheet_put_into_quotes_is_read(tmp_path):
    """Excel marks the file as UTF-8, ends lines as Windows does, and quotes what holds commas or quotes."""
    path = tmp_path / "saved.sssom.tsv"
    lines = ['"# comment: Read by hand, and twice (""sic"")"\t\t\t', *GOOD.splitlines()]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    saved = read_set(path, "saved", Mapping)
    assert (saved.head.comment, len(saved.rows)) == ('Read by hand, and twice ("sic")', 1)


def test_a_candidates_decision_is_a_declared_column(tmp_path):
    """The column that the curator fills comes first and is declared in the head."""
    path = tmp_path / "candidates.sssom.tsv"
    write_set(path, HEAD, [Candidate.model_validate(FEAR.model_dump())])
    text = path.read_text()
    assert "# - slot_name: decision\n" in text
    assert "\ndecision\tsubject_id\t" in text


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("0.9\n", "9\n", "bad.sssom.tsv:9:confidence: 9 is outside 0 to 1; give a number from 0 to 1"),
        (
            "MFOEM:000026",
            "HP:1",
            "bad.sssom.tsv:9:object_id: the prefix of 'HP:1' is not declared; add 'HP' to curie_map in the set's head",
        ),
        (
            "MFOEM:000026",
            "http://purl.obolibrary.org/obo/MFOEM_000026",
            "bad.sssom.tsv:9:object_id: 'http://purl.obolibrary.org/obo/MFOEM_000026' is not a CURIE; write prefix:name, with the prefix in the set's curie_map",
        ),
        ("confidence", "confidense", "bad.sssom.tsv:8:confidense: an unknown column; did you mean 'confidence'?"),
        ("\tobject_id", "", "bad.sssom.tsv:8:object_id: a required column is missing; add it"),
        (
            "# license: https://creativecommons.org/licenses/by/4.0/",
            "# licence: https://creativecommons.org/licenses/by/4.0/",
            "bad.sssom.tsv:2:licence: an unknown key; did you mean 'license'?",
        ),
        (
            "# license: https",
            "# license: : [https",
            "bad.sssom.tsv:2: the head is not YAML; write '# key: value', one a line",
        ),
        (
            "construct: https",
            "skos: https://a.example/\n#   construct: https",
            "bad.sssom.tsv:4:curie_map: the prefix 'skos' stands for http://www.w3.org/2004/02/skos/core# in every set; give yours another name",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(problems, old, new, problem):
    """File, row, column, what is wrong and what to do."""
    assert problem in problems(GOOD.replace(old, new, 1))


def test_two_rows_that_say_the_same_are_a_problem(problems):
    """A mapping stands once."""
    assert problems(GOOD + GOOD.splitlines()[-1] + "\n") == [
        "bad.sssom.tsv:10:object_id: row 9 says the same; keep one of the two"
    ]


def test_a_head_that_explodes_is_refused(problems):
    """YAML that repeats itself by reference, as bombs do, is not unfolded."""
    bomb = "# a: &a [x, x]\n# b: &b [*a, *a]\n# other: [*b, *b]\n" + GOOD
    assert problems(bomb) == [
        "bad.sssom.tsv: the head repeats itself by reference (*name); write every value where it stands"
    ]


@pytest.mark.parametrize("content", [b"%PDF-1.7\n\0\xff", b"", b"\xe9", b"# a\n", b"#\n#\n", b"a\tb\n"])
def test_what_is_no_set_is_refused(problems, content):
    """Anything else than a set gives problems, never a traceback."""
    assert problems(content)


def test_a_decision_is_accept_or_reject():
    """Nothing else is understood as a decision."""
    with pytest.raises(ValidationError):
        Candidate.model_validate(FEAR.model_dump() | {"decision": "maybe"})


@pytest.mark.parametrize("typed", ["Accept", "ACCEPT ", " accept"])
def test_a_decision_may_be_typed_in_any_letters(typed):
    """What a spreadsheet made of it, a capital or a blank, changes no decision."""
    assert Candidate.model_validate({**FEAR.model_dump(), "decision": typed}).decision == "accept"
