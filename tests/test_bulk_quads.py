"""Rows as quads by dataframes are those that the records give, one by one."""

from decimal import Decimal

import pyoxigraph as ox
import pytest

from kg.bulk.engines import OnThisMachine
from kg.bulk.frames import typed
from kg.bulk.quads import quads_of
from kg.generating.folders import generate
from kg.names import graph_iri
from kg.records import Finding, Sample, Study
from kg.tables import find_tables, read_records
from kg.triples import as_ntriples, rows_as_triples

MODELS = (Study, Sample, Finding)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    return OnThisMachine(tmp_path_factory.mktemp("spill"))


def by_records(rows, labels):
    """The quads that the record path gives, as the store holds them."""
    store = ox.Store()
    graph = ox.NamedNode(graph_iri("evidence/made-up"))
    text = as_ntriples(rows_as_triples(rows, "made-up", labels))
    store.bulk_load(text.encode(), format=ox.RdfFormat.N_TRIPLES, to_graph=graph)
    return set(map(str, store))


def by_frames(engine, rows, labels, folder):
    """The quads that the dataframes give, as the store holds them."""
    store, written = ox.Store(), set()
    tables = {
        kind: engine.table({"id": [iri.rsplit("/", 1)[1] for iri in labels if f"/{kind}/" in iri],
                            "label": [label for iri, label in labels.items() if f"/{kind}/" in iri]})
        for kind in ("construct", "study")
    }  # fmt: skip
    for model in MODELS:
        cells = [row.cells() for row in rows if isinstance(row, model)]
        table = typed(engine.table({name: [cell[name] for cell in cells] for name in model.columns()}), model)
        for number, lines in enumerate(quads_of(table, model, "made-up", tables)):
            for path in engine.write(lines, folder / f"{model.table}-{number}"):
                store.bulk_load(path=str(path), format=ox.RdfFormat.N_QUADS)
                written.update(map(str, ox.parse(path=str(path), format=ox.RdfFormat.N_QUADS)))
    held = set(map(str, store))
    assert written == held, "the files do not write numbers as the store does"
    return held


def test_generated_rows(engine, tmp_path, corpus):
    """Some hundred generated studies, samples and findings give the same quads either way."""
    generate(tmp_path / "made-up", 300, seed=3)
    rows = [
        row.record
        for model in MODELS
        for row in read_records(find_tables(tmp_path / "made-up", model.table)[0], "", model).records
    ]
    labels = {row.iri: row.label for row in rows if hasattr(row, "label")}
    expected = by_records(rows, labels)
    assert len(expected) > 6_000
    assert by_frames(engine, rows, labels, tmp_path) == expected


def test_real_rows(engine, tmp_path, corpus):
    """All studies, samples and findings of the field give the same quads either way: lists, shares, prose, signs."""
    rows = [
        row.record for each in corpus.datasets for table in (each.studies, each.samples, each.findings) for row in table
    ]
    labels = {row.record.iri: row.record.label for row in corpus.rows() if hasattr(row.record, "label")}
    assert by_frames(engine, rows, labels, tmp_path) == by_records(rows, labels)


ODD = {
    "statement": 'quoted "twice", a back\\slash,\na second line\r, a ta\tb, é 😀 and \\n; ©',
    "printed": "'; <.50>",
    "value": Decimal("-0.50"), "ci_low": Decimal("-07.5"), "ci_high": Decimal("0.1"),
    "p": "<= .0500", "n": 12, "statistic": "pearson-r", "coder_note": "\\",
}  # fmt: skip
NUMBERS = ["+.5", "5.", "-.25", "007", "-0", "0", "000.10", "-0.0", "12345678901234567890.10", "+0", ".0", "-00.50"]


def finding(**cells):
    told = {
        "id": "a", "study": "s", "sample": "t", "kind": "association", "subject": "x", "object": "y",
        "direction": "negative", "significance": "not-reported", "statement": "Told.", "reported_in": "z",
        "reading": "review", "locator": "page 1", "certainty": "low", **cells,
    }  # fmt: skip
    return Finding.model_validate(told)


def test_odd_cells(engine, tmp_path):
    """Quotation marks, backslashes, line ends and signs beyond ASCII come through."""
    rows = [finding(**{**ODD, "value": "-0.50", "ci_low": "-0.7", "n": "12"})]
    assert by_frames(engine, rows, {}, tmp_path) == by_records(rows, {})


class Written(Finding):
    """A finding whose number keeps how it was typed, as a table does."""

    typed: str = ""

    def cells(self):
        return {**super().cells(), "df": self.typed}


def test_numbers_as_typed(engine, tmp_path):
    """A number that starts with a plus, with a point or with noughts is the number that Python reads."""
    rows = [finding(id=f"a{number}") for number in range(len(NUMBERS))]
    read = [row.model_copy(update={"df": Decimal(text)}) for row, text in zip(rows, NUMBERS, strict=True)]
    typed_rows = [Written.model_construct(**dict(row), typed=text) for row, text in zip(rows, NUMBERS, strict=True)]
    assert by_frames(engine, typed_rows, {}, tmp_path) == by_records(read, {})
