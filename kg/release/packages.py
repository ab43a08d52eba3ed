"""The software as wheel and sdist: the same bytes from the same commit and the same libraries."""

from __future__ import annotations

import os
import subprocess
import sys
import zlib
from importlib.metadata import version
from pathlib import Path
from platform import python_version

from kg.errors import KgError, MissingPart
from kg.release.about import Commit, read_project
from kg.release.parts import PACKAGES, Parts
from kg.requirements import brought_by


def add_packages(parts: Parts, root: Path, commit: Commit, work: Path) -> None:
    """Build sdist and, from it, wheel; add both."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(int(commit.time.timestamp()))}
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(work), str(root)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)  # noqa: S603
    if done.returncode:
        why = (done.stderr or done.stdout).strip().splitlines()[-1:]
        if "No module named build" in done.stderr or "Missing dependencies" in done.stdout + done.stderr:
            raise MissingPart("a release needs build and hatchling: pip install '.[release]'")
        raise KgError(f"wheel and sdist cannot be built ({' '.join(why)}); try python -m build --no-isolation")
    for ending, what in ((".tar.gz", "sources, tests and tables (sdist)"), (".whl", "to install (wheel)")):
        for path in work.glob(f"*{ending}"):
            parts.take(path, f"{PACKAGES}{path.name}", f"Software, {what}")


def made_with(root: Path) -> str:
    """Python and the libraries that a bundle is made with, as pip reads them: the same of these give the same bytes."""
    project = read_project(root)
    extras = project["optional-dependencies"]
    libraries = brought_by([*project["dependencies"], *extras["release"]], extras)
    lines = [f"{name}=={version(name)}" for name in sorted(libraries)]
    return "\n".join([f"# Python {python_version()}, zlib {zlib.ZLIB_RUNTIME_VERSION}", *lines, ""])
