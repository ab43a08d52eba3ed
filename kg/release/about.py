"""What a release says of itself: title, authors, licence and date, as the header of the ontology has them."""

from __future__ import annotations

import re
import subprocess
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rdflib import DC, DCTERMS, OWL, Graph, URIRef

from kg.errors import KgError
from kg.names import LICENCES, ONTOLOGY, TITLE
from kg.resources import DISTRIBUTION

#: The address of a licence -> its name in the list of SPDX, which writes hyphens.
LICENCE_NAMES = {address: name.replace(" ", "-") for name, address in LICENCES.items()}


@dataclass(frozen=True)
class Commit:
    """The commit that a release is made of: its name, and when it was made."""

    name: str
    time: datetime


@dataclass(frozen=True)
class About:
    """A release in the words of its catalogue cards."""

    version: str
    commit: Commit
    title: str
    description: str
    date: str
    creators: tuple[str, ...]
    licence: str
    keywords: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of the bundle."""
        return f"{DISTRIBUTION}-{self.version}"


def about(root: Path, version: str, axioms: Graph, commit: Commit) -> About:
    """What the release of ``version`` says of itself."""
    header = URIRef(ONTOLOGY)
    project = read_project(root)
    return About(
        version=version,
        commit=commit,
        title=TITLE,
        description=project["description"],
        date=dated(axioms),
        creators=tuple(sorted(map(str, axioms.objects(header, DC.creator)))),
        licence=str(axioms.value(header, DCTERMS.license)),
        keywords=tuple(project["keywords"]),
    )


def read_project(root: Path) -> dict[str, Any]:
    """What ``pyproject.toml`` says of the project."""
    return dict(tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"])


def dated(axioms: Graph) -> str:
    """The date in the version IRI of the ontology."""
    return str(axioms.value(URIRef(ONTOLOGY), OWL.versionIRI)).rpartition("/")[2]


def read_commit(root: Path) -> Commit:
    """The commit that is checked out at ``root``."""
    name, seconds = git(root, "show", "--no-patch", "--format=%H %ct", "HEAD").split()
    return Commit(name, datetime.fromtimestamp(int(seconds), UTC))


def uncommitted(root: Path) -> list[str]:
    """The files that are not as the commit has them, by their paths."""
    return [line[3:] for line in git(root, "status", "--porcelain").splitlines()]


def git(root: Path, *arguments: str) -> str:
    """What git prints; KgError where it refuses."""
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True)  # noqa: S603, S607
    except FileNotFoundError as error:
        raise KgError("a release needs git, which is not here; install it") from error
    except subprocess.CalledProcessError as error:
        why = " ".join(error.stderr.split())
        raise KgError(f"{root}: git refuses ({why}); make releases from a clone of the repository") from error
    return done.stdout


def heading_of(changelog: str, version: str) -> str | None:
    """The date under which the changelog has a version; None where it has no such heading.

    >>> heading_of("## 1.2.0 (2026-11-22)", "1.2.0")
    '2026-11-22'
    """
    found = re.search(rf"^## {re.escape(version)} \((\d{{4}}-\d\d-\d\d)\)$", changelog, re.MULTILINE)
    return found[1] if found else None


def release_before(changelog: str, version: str) -> str | None:
    """The last version before this one that the changelog has with its date; None where this is the first.

    >>> release_before("## 1.10.0 (2026-12-24)\\n## 1.9.0 (2026-12-01)\\n## 1.2.0 (2026-11-22)", "1.10.0")
    '1.9.0'
    """
    dated = re.findall(r"^## (\d+\.\d+\.\d+) \(\d{4}-\d\d-\d\d\)$", changelog, re.MULTILINE)
    return max((each for each in dated if _numbers(each) < _numbers(version)), key=_numbers, default=None)


def _numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]
