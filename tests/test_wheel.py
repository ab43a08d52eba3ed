"""The wheel, installed with no checkout around, answers."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel built from the repository, without a build environment of its own (no network needed)."""
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(out), str(ROOT)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return next(out.glob("*.whl"))


def test_the_wheel_carries_the_rooms(wheel):
    """Ontology, evidence and queries are inside; tests and scripts are not."""
    names = zipfile.ZipFile(wheel).namelist()
    assert "kg/rooms/ontology/compassion-attachment.ttl" in names
    assert "kg/rooms/evidence/amari-2022/findings.tsv" in names
    assert "kg/rooms/queries/findings-between.rq" in names
    assert "kg/views/templates/network_map.html" in names
    assert not [name for name in names if name.startswith(("tests/", "scripts/"))]


def test_the_installed_wheel_answers_a_question(wheel, tmp_path):
    """In an empty folder, with only the unpacked wheel on the path, kg ask builds the graph and answers."""
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    (tmp_path / "empty").mkdir()
    environment = {**os.environ, "PYTHONPATH": str(site), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    code = f"import sys; sys.path = [p for p in sys.path if p != {str(ROOT)!r}]; sys.meta_path = [f for f in sys.meta_path if 'editable' not in repr(f).lower()]; from kg.cli import main; main(['ask', 'participants', '--format', 'csv'])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path / "empty", env=environment, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert "amari-2022,7,4839,4786\n" in done.stdout, done.stderr
    assert str(tmp_path / "cache") in done.stderr
