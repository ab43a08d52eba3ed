"""A graph that is brought up to date is the one that is built from nothing."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from made_up import DECISIONS, SAMPLES, STUDIES, claims, findings, samples
from worlds import add_correlations

from kg import build, check, manifests, reason
from kg.corpus import Dataset
from kg.errors import ProblemsFound
from kg.generations import current_generation
from kg.names import graph_iri
from kg.narrowed import ways
from kg.placed import Placed
from kg.store.embedded import Embedded
from kg.triples import named_graphs
from kg.updating.journal import Journal
from kg.updating.reading import Changed
from kg.updating.update import follow, wrong

ROOT = Path(__file__).parent.parent


#: What changes where rows are made up: one of two datasets.
SECOND = Changed(frozenset({"second"}), [], [], publications=False)


def quiet(step):
    """Say nothing of a step."""


# --- any study -------------------------------------------------------------------------------


@st.composite
def mine(draw):
    """Samples and findings of a second dataset, some by the samples of the first, some the same results told again."""
    own = [each.model_copy(update={"id": f"my-{each.id}"}) for each in draw(samples())]
    names = [*SAMPLES, *(each.id for each in own)]
    told = draw(findings())[: draw(st.integers(1, 6))]
    earlier = [f"made-up-{number:02}" for number in range(8)]
    rows = [
        each.model_copy(
            update={
                "id": f"my-{each.id}",
                "study": "mine",
                "sample": draw(st.sampled_from(names)),
                "same_result_as": tuple(draw(st.lists(st.sampled_from(earlier), max_size=1))),
            }
        )
        for each in told
    ]
    return [STUDIES[1].model_copy(update={"id": "mine", "label": "mine"})], own, rows


@pytest.fixture(scope="module")
def evidence(read, few_terms):
    """Made-up rows as a corpus: a dataset and, where there are any, the rows of a second."""
    info = read[0].datasets[0].info

    def dataset(name, **rows):
        named = Placed(info.record.model_copy(update={"id": name}), "made up", 0)
        return Dataset(named, **{table: [Placed(row, "made up", 1) for row in told] for table, told in rows.items()})

    def corpus(first, second):
        datasets = [dataset("first", **first)]
        if second:
            studies, samples, findings = second
            datasets.append(dataset("second", studies=studies, samples=samples, findings=findings))
        return replace(few_terms, publications=read[0].publications, datasets=datasets)

    return corpus


@pytest.fixture(scope="module")
def from_nothing(read, words, rooms):
    """The store of a corpus, by all the rules."""

    def made(corpus):
        store = Embedded.in_memory()
        store.load(words["inferred"], graph_iri("inferred"))
        build.load_said(store, named_graphs(corpus, read[1]))
        store.load(build.arithmetic_layer(corpus), graph_iri("arithmetic"))
        reason.apply_rules(store, rooms, quiet)
        store.load(build.pooled(store, quiet), graph_iri("pooled"))
        return store

    return made


def told(store):
    """The quads that name no nameless node: these are all of the ontology, which stays."""
    return {line for line in map(str, store.quads()) if "_:" not in line}


def copied(store):
    """Another store with the same quads, which stays as it is."""
    other = Embedded.in_memory()
    other.add(store.quads())
    return other


def findings_among(dataset, iris):
    """The findings of a dataset that are named."""
    return [row.record for row in dataset.findings if row.record.iri in iris]


def problems(store, rooms, places):
    """What is wrong anywhere, however long ago."""
    shapes = check.read_shapes(rooms)
    yield from check.violations(store, rooms, places)
    yield from check.shape_violations(check.what_shapes_see(store, shapes), shapes, places)


@settings(
    max_examples=4,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    first=st.fixed_dictionaries({"findings": findings(), "samples": samples(), "propositions": claims()}),
    decisions=st.sampled_from([[], *([each] for each in DECISIONS)]),
    before=mine(),
    after=mine(),
)
def test_what_is_brought_up_to_date_is_what_all_rules_make(
    evidence, from_nothing, rooms, first, decisions, before, after
):
    """A study that comes, changes and goes, whatever it shares with others: each time the same quads as from nothing, and of
    the problems all that are new.
    """
    first |= {"studies": STUDIES, "overlaps": decisions}
    store = from_nothing(evidence(first, None))
    for rows in (before, after, None):
        corpus = evidence(first, rows)
        places = corpus.places()
        wrong_before = set(problems(store, rooms, places))
        journal = Journal(store)
        elsewhere = partial(findings_among, corpus.datasets[0])
        changed = replace(corpus, datasets=corpus.datasets[1:])
        follow(journal, copied(store), rooms, changed, SECOND, elsewhere, quiet)
        found = set(wrong(journal, rooms, SECOND, places))
        assert found <= set(problems(store, rooms, places)) <= found | wrong_before
        whole = told(from_nothing(corpus))
        mine = told(store)
        assert (sorted(whole - mine), sorted(mine - whole)) == ([], [])


def test_every_rule_says_by_what_it_is_narrowed(rooms):
    """But for those about terms alone, which are not run when evidence changes."""
    rules = {path.stem: path.read_text() for path in (rooms.queries / "rules").glob("*.rq")}
    whole = {name for name, text in rules.items() if not ways(text)}
    assert whole == {
        "60-hierarchy",
        "70-what-measures-yield",
        "86-estimates-of-one-pair",
        "88-unmeasured-constructs-of-claims",
    }


def test_every_check_of_evidence_says_by_what_it_is_narrowed(rooms):
    """But for those about terms and their mappings alone, which are not asked when evidence changes."""
    checks = (rooms.queries / "checks").rglob("*.rq")
    whole = {path.stem for path in checks if not ways(path.read_text()) and path.parent.name == "checks"}
    assert {name for name in whole if "match" not in name and "mapping" not in name} == {
        "broader-in-a-circle",
        "one-name-two-terms",
        "revision-in-a-circle",
        "short-form-in-a-circle",
        "style-typed-by-hand",
        "subscale-in-a-circle",
    }


# --- a build, from tables to files -----------------------------------------------------------


def write_study(place, correlations):
    """A dataset folder of made-up correlations."""
    ends = ("self-compassion", "attachment-avoidance", "scs", "ecr-r-avoidance")
    add_correlations(SimpleNamespace(evidence=place), correlations, *ends)
    return place / "made-up"


def what_is_told(path):
    """The content of a file of a build; of the manifest all but how the store lies on the disk."""
    if path.suffix != ".json":
        return path.read_bytes()
    return {key: value for key, value in json.loads(path.read_text()).items() if key != "store"}


@pytest.fixture(scope="module")
def builds(review_rooms, built_review, tmp_path_factory):
    """A build that a study came to, changed in and went from, what each said, and the changed one built from nothing."""
    place = tmp_path_factory.mktemp("updating")
    out, said, kept = place / "out", [], []
    shutil.copytree(built_review, out)
    for correlations in ([(53, 0.3), (120, -0.2)], [(53, 0.3), (74, 0.11), (53, -0.2)], []):
        extra = [write_study(place, correlations)] if correlations else []
        built = build.build(review_rooms, out, "rules", said.append, extra)
        kept.append({name: what_is_told(built.folder / name) for name in (*build.WRITTEN, "manifest.json")})
        if len(kept) == 2:
            shutil.copytree(out, place / "changed")
            build.build(review_rooms, place / "whole", "rules", extra=extra)
    return place, said, kept


def test_a_study_more_is_no_new_build(builds):
    """Each time only the dataset is told that came, changed or went."""
    assert [step for step in builds[1] if step.startswith(("updating", "reading", "building"))] == [
        "updating: made-up"
    ] * 3


@pytest.mark.parametrize("name", [*build.WRITTEN, "manifest.json"])
def test_an_updated_build_has_the_files_of_a_whole_one(builds, name):
    """Byte for byte, when a study has changed."""
    place, _, kept = builds
    assert kept[1][name] == what_is_told(current_generation(place / "whole") / name)


def test_an_updated_store_holds_what_its_files_say(builds):
    """No quad more, and none less, than the N-Quads beside it."""
    store = Embedded.open(builds[0] / "changed")
    lines = (current_generation(builds[0] / "changed") / "kg.nq").read_text().splitlines()
    assert {f"{quad} ." for quad in told(store)} == {line for line in lines if "_:" not in line}
    assert len(store) == len(lines)


@pytest.mark.parametrize("name", [*build.WRITTEN, "manifest.json"])
def test_a_study_that_is_taken_out_leaves_nothing_behind(builds, built_review, name):
    """Byte for byte what was there before it came."""
    assert builds[2][2][name] == what_is_told(current_generation(built_review) / name)


@pytest.fixture
def begun(builds, tmp_path):
    """A build of the review and the study, of its own."""
    shutil.copytree(builds[0] / "changed", tmp_path / "out")
    return tmp_path / "out"


def test_what_a_whole_build_refuses_is_refused_in_the_same_words(begun, review_rooms, tmp_path):
    """Here a shape finds a study without a sample, checks a sample of another study and more people than there were."""
    folder = write_study(tmp_path, [(53, 0.3), (74, 0.11)])
    findings, samples = folder / "findings.tsv", folder / "samples.tsv"
    findings.write_text(findings.read_text().replace("made-up-00-sample", "made-up-01-sample").replace("53\t", "153\t"))
    rows = samples.read_text().splitlines(keepends=True)
    samples.write_text("".join(row for row in rows if not row.startswith("made-up-00-sample")))
    refusals = []
    for out in (begun, tmp_path / "whole"):
        with pytest.raises(ProblemsFound) as refused:
            build.build(review_rooms, out, "rules", extra=[folder])
        refusals.append(sorted(map(str, refused.value.problems)))
    assert len(refusals[0]) == 3
    assert refusals[0] == refusals[1]
    assert manifests.is_whole(begun)


def test_a_claim_that_comes_is_built_anew_and_told(begun, review_rooms, tmp_path):
    """Only of studies, samples, results and their risk of bias is known what follows from them."""
    folder = write_study(tmp_path, [(53, 0.3)])
    claims = (review_rooms.evidence / "amari-2022" / "propositions.tsv").read_text().splitlines()
    (folder / "propositions.tsv").write_text("\n".join(claims[:2]).replace(claims[1].split("\t")[0], "p-my-own"))
    said = []
    (tmp_path / "work").mkdir()
    made_of = manifests.pieces(review_rooms, [folder])
    assert not build._updated(tmp_path / "work", begun, review_rooms, "rules", said.append, [folder], made_of)
    assert said[-1] == "building anew: rows of other kinds changed (proposition)"
    assert not [*(tmp_path / "work").iterdir()]


@pytest.mark.parametrize("name", build.WRITTEN)
def test_a_build_whose_text_was_changed_is_built_anew_and_told(begun, review_rooms, tmp_path, name):
    """Text that is cut off is not brought up to date, and what was begun is cleared away."""
    path = current_generation(begun) / name
    os.truncate(path, path.stat().st_size // 2)
    folder, said = write_study(tmp_path, [(54, 0.3)]), []
    (tmp_path / "work").mkdir()
    made_of = manifests.pieces(review_rooms, [folder])
    assert not build._updated(tmp_path / "work", begun, review_rooms, "rules", said.append, [folder], made_of)
    assert said[-1] == f"building anew: {path} is not what was built"
    assert not [*(tmp_path / "work").iterdir()]


def test_an_update_that_is_killed_loses_nothing(builds, review_rooms, tmp_path):
    """SIGKILL at random moments (KG_KILLS of them): the graph of before or the one of after, whole; the next mends the rest."""
    shutil.copytree(builds[0] / "out", tmp_path / "out")
    folder = write_study(tmp_path, [(53, 0.3)])
    times = os.environ.get("KG_KILLS", "3")
    words = ["-m", "tests.killing", review_rooms.root, tmp_path / "out", folder, times]
    run = subprocess.run([sys.executable, *map(str, words)], capture_output=True, text=True, cwd=ROOT, check=False)
    assert run.returncode == 0, run.stderr
    assert sum(json.loads(run.stdout).values()) == int(times)
