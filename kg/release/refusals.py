"""What keeps a release from being made: each thing one line, with what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from kg.errors import KgError, Problem
from kg.release.about import LICENCE_NAMES, About, heading_of, read_project, release_before, uncommitted
from kg.resources import software_version

_CITATION, _CHANGES, _PROJECT = "CITATION.cff", "CHANGELOG.md", "pyproject.toml"
_AXIOMS = "ontology/compassion-attachment.ttl"


def refusals(root: Path, told: About) -> list[Problem]:
    """Everything at ``root`` that is not as a release of this version wants it."""
    return [*_dirt(root), *_versions(root, told), *citation_problems(root, told)]


def without_previous(root: Path, told: About) -> list[Problem]:
    """That there was a release before, where nobody said which: what it held cannot be kept unseen."""
    before = release_before((root / _CHANGES).read_text(encoding="utf-8"), told.version)
    if before is None:
        return []
    what = f"tells of a release before, {before}, and --previous names none"
    return [Problem(_CHANGES, 0, "", what, f"give the release {before}: --previous, its folder, .zip or kg.nq")]


def well_formed(version: str) -> str:
    """The version, where it is one."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise KgError(f"'{version}' is not a version; give three numbers, such as 0.2.0")
    return version


def _dirt(root: Path) -> Iterator[Problem]:
    for path in uncommitted(root):
        yield Problem(path, 0, "", "is not as the commit has it", "commit it, or take it away")


def _versions(root: Path, told: About) -> Iterator[Problem]:
    """Where the version stands: software, what is installed, changelog; and the date of all, in the ontology."""
    version = read_project(root)["version"]
    if version != told.version:
        yield Problem(_PROJECT, 0, "version", f"is {version}", f"write {told.version}, or release {version}")
    elif software_version() != version:
        what = f"says {version}, yet kg {software_version()} is installed"
        yield Problem(_PROJECT, 0, "version", what, "install this checkout: pip install -e .")
    date = heading_of((root / _CHANGES).read_text(encoding="utf-8"), told.version)
    if date is None:
        heading = f"## {told.version} ({told.date})"
        yield Problem(_CHANGES, 0, "", f"has no heading '{heading}'", "write it above what is new in this version")
    elif date != told.date:
        what = f"owl:versionIRI is dated {told.date}, and {told.version} in {_CHANGES} {date}"
        yield Problem(_AXIOMS, 0, "", what, "give both the day of the release (owl:versionInfo too)")


def citation_problems(root: Path, told: About) -> Iterator[Problem]:
    """What ``CITATION.cff`` tells otherwise than the ontology's header and the project."""
    try:
        written: dict[str, Any] = yaml.safe_load((root / _CITATION).read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        yield Problem(_CITATION, 0, "", f"cannot be read ({' '.join(str(error).split())})", "mend it")
        return
    licences = sorted(read_project(root)["license"].split(" AND "))
    wanted = {
        "title": told.title,
        "version": told.version,
        "date-released": told.date,
        "authors": [{"name": name} for name in told.creators],
        "license": licences,
    }
    for key, value in wanted.items():
        found = written.get(key)
        if _plain(found) != value:
            yield Problem(_CITATION, 0, key, f"is {_plain(found)!r}", f"write {value!r}")
    if LICENCE_NAMES.get(told.licence) not in licences:
        yield Problem(_AXIOMS, 0, "", f"dcterms:license is {told.licence}", f"use one of {', '.join(licences)}")


def _plain(value: Any) -> Any:
    """A value as it is compared: YAML takes a date for one, and a list is in any order."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return sorted(value)
    return value if isinstance(value, list | str | type(None)) else str(value)
