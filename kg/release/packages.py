"""The software as wheel and sdist: the same bytes from the same commit and the same libraries."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zlib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from platform import python_version

from kg.errors import KgError, MissingPart
from kg.release.about import Commit, read_project
from kg.release.parts import PACKAGES, Parts
from kg.resources import DISTRIBUTION

#: The extras whose libraries make what is in a bundle.
_EXTRAS = ("reason", "pool", "serve", "release")


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
    direct = _names([*project["dependencies"], *(each for extra in _EXTRAS for each in extras[extra])])
    if missing := sorted(name for name in direct if not _version(name)):
        raise MissingPart(f"a release needs {', '.join(missing)}: pip install '.[{','.join(_EXTRAS)}]'")
    lines = [f"{name}=={_version(name)}" for name in sorted(_with_what_they_need(direct))]
    return "\n".join([f"# Python {python_version()}, zlib {zlib.ZLIB_RUNTIME_VERSION}", *lines, ""])


def _names(requirements: Iterable[str]) -> set[str]:
    """The libraries that some requirements name, but for those of an extra, and but for this one."""
    found = (re.match(r"[A-Za-z0-9._-]+", each) for each in requirements if "extra ==" not in each)
    return {re.sub(r"[._-]+", "-", each[0]).lower() for each in found if each} - {DISTRIBUTION}


def _with_what_they_need(names: set[str]) -> set[str]:
    """The libraries, and all that these need, as far as they are installed: some are wanted elsewhere alone."""
    known: set[str] = set()
    ahead = set(names)
    while ahead:
        name = ahead.pop()
        if name not in known and _version(name):
            known.add(name)
            ahead |= _names(requires(name) or ())
    return known


def _version(name: str) -> str:
    """The version that is installed; empty where none is."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
