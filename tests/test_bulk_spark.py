"""The same expressions on a Spark cluster give the same quads as on one machine."""

import shutil

import pyoxigraph as ox
import pytest

from kg import build
from kg.bulk import sources
from kg.bulk.engines import OnThisMachine
from kg.bulk.frames import typed
from kg.bulk.quads import quads_of
from kg.bulk.spark import OnCluster
from kg.errors import BadQuestion
from kg.generating.folders import generate
from kg.records import Finding, Sample, Study
from kg.store.embedded import Embedded

MODELS = (Study, Sample, Finding)

pytestmark = [pytest.mark.engine, pytest.mark.filterwarnings("ignore")]  # Spark, Arrow and pandas warn of each other


@pytest.fixture(scope="module")
def master(tmp_path_factory):
    """The address of a cluster of a master and two workers, each a process.

    Of forty rows Spark would make two hundred tasks, and compile code for each that runs once.
    """
    pytest.importorskip("pyspark", reason="no PySpark here: pip install '.[spark]'")
    if not shutil.which("java"):
        pytest.skip("no Java here for Spark (Debian: openjdk-17-jre-headless)")
    settings = {
        "spark.sql.shuffle.partitions": 2,
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    folder = tmp_path_factory.mktemp("spark")
    (folder / "spark-defaults.conf").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_CONF_DIR", str(folder))
        yield "local-cluster[2,1,1024]"


@pytest.fixture
def cluster(master):
    """Such a cluster, started."""
    running = OnCluster(master)
    yield running
    running.close()


def lines(engine, folder, work):
    """The quads of the large tables in a folder, as lines."""
    work.mkdir()
    tables = {
        model: engine.kept(
            typed(engine.read(folder / f"{model.table}.parquet"), model), work / f"{model.table}.parquet"
        )
        for model in MODELS
    }
    odd = engine.table({"id": ["made-up-construct-1"], "label": ['a "quoted" \\ label,\nin two lines']})
    labels = {"construct": odd, "study": tables[Study].select("id", "label")}
    parts = (
        part
        for model, table in tables.items()
        for number, found in enumerate(quads_of(table, model, "made-up", labels))
        for part in engine.write(found, work / f"{model.table}-{number}")
    )
    return {line for part in parts for line in part.read_text(encoding="utf-8").split("\n") if line}


def test_a_cluster_writes_the_quads_of_one_machine(cluster, tmp_path):
    """Two workers write, line for line, what DuckDB writes."""
    generate(tmp_path / "made-up", 60, seed=3)
    here = lines(OnThisMachine(tmp_path), tmp_path / "made-up", tmp_path / "here")
    assert len(here) > 1_000
    assert lines(cluster, tmp_path / "made-up", tmp_path / "there") == here


def test_a_graph_built_on_a_cluster_is_the_one_built_here(master, review_rooms, tmp_path, monkeypatch):
    """Screened, written, reasoned and pooled by two workers: quad by quad what one machine builds."""
    generate(tmp_path / "base" / "made-up", 40, seed=5, constructs=8)
    monkeypatch.setattr(sources, "ONE_BY_ONE", 0)
    built = {}
    for name, spark in (("here", None), ("there", master)):
        build.build(review_rooms, tmp_path / name, "rules", extra=[tmp_path / "base" / "made-up"], spark=spark)
        dataset = ox.Dataset(Embedded.open(tmp_path / name).quads())
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        built[name] = {str(quad) for quad in dataset}
    assert sorted(built["here"] - built["there"]) == []
    assert sorted(built["there"] - built["here"]) == []


def test_a_cluster_for_no_large_dataset_is_refused(review_rooms, tmp_path):
    """Who names one expects that it does something."""
    with pytest.raises(BadQuestion, match="--spark is for datasets of more than 20,000 findings"):
        build.build(review_rooms, tmp_path, "rules", spark="local[2]")
