"""Licences: whoever installs this may use the whole, and hand it on."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from kg.errors import MissingPart, ProblemsFound
from kg.licences import _FOR_DEVELOPERS, EXCUSED, Licence, licence_of, main
from kg.requirements import brought_by
from kg.resources import DISTRIBUTION

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
NEEDED = {"core": PROJECT["dependencies"], **EXTRAS}
LISTED = dict(
    re.findall(r"^\| (\S+) \| (.+?) \| .+ \|$", (ROOT / "LICENCES.md").read_text(encoding="utf-8"), re.MULTILINE)
)


@pytest.fixture(scope="module", params=NEEDED)
def brought(request):
    """The licences of all that the core or an extra brings, where it is installed."""
    try:
        return [licence_of(library) for library in sorted(brought_by(NEEDED[request.param], EXTRAS))]
    except MissingPart as missing:
        pytest.skip(str(missing))


def test_every_licence_goes_with_ours(brought):
    """Or it is said why the library may be used all the same."""
    assert [each for each in brought if not each.is_compatible] == []


def test_every_library_is_listed_with_its_licence(brought):
    """LICENCES.md is what scripts/licences would write now."""
    assert [each for each in brought if LISTED.get(each.library) != each.expression] == []


def test_every_declared_library_is_listed():
    """Also where an extra is not installed here."""
    declared = {canonicalize_name(Requirement(each).name) for part in NEEDED.values() for each in part}
    assert declared - {DISTRIBUTION} - LISTED.keys() == set()


def test_known_vulnerabilities_are_looked_up_of_all_that_using_takes():
    """The audit installs every extra that is not for developers alone."""
    (extras,) = re.findall(r"^environment (\S+)$", (ROOT / "scripts/audit").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(extras.split(",")) == set(EXTRAS) - _FOR_DEVELOPERS


def test_no_excuse_is_left_over():
    """What is not used needs none."""
    assert EXCUSED.keys() <= LISTED.keys()


@pytest.mark.parametrize(
    ("expression", "goes"),
    [
        ("MIT", True),
        ("MIT AND Zlib", True),
        ("MIT AND GPL-3.0-or-later", False),
        ("MIT OR GPL-3.0-or-later", False),
        ("Apache-2.0 WITH LLVM-exception", False),
        ("AND", False),
        ("", False),
    ],
)
def test_one_licence_that_does_not_go_is_enough(expression, goes):
    """And none told is none given; a choice is left to whoever reads it, not made here."""
    assert Licence("some-library", expression).is_compatible is goes


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Brings a library whose metadata are these lines, and stands in a project that asks for it."""

    def bring(*lines):
        about = tmp_path / "made_up-1.dist-info"
        about.mkdir()
        (about / "METADATA").write_text("\n".join(["Metadata-Version: 2.1", "Name: made-up", "Version: 1", *lines]))
        monkeypatch.syspath_prepend(tmp_path)
        (tmp_path / "pyproject.toml").write_text(
            '[project]\nname = "x"\ndependencies = ["made-up"]\noptional-dependencies = {}\n'
        )
        monkeypatch.chdir(tmp_path)

    return bring


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("License: GNU GPLv3+", "licence GPL-3.0-or-later"),
        ("License-Expression: LicenseRef-Ours", "licence LicenseRef-Ours"),
        ("License: ask me", "no licence that is known"),
        ("Summary: none", "no licence that is known"),
    ],
)
def test_a_licence_that_does_not_go_is_told_and_nothing_written(elsewhere, tmp_path, line, told):
    """The library, what is wrong and what to do."""
    elsewhere(line)
    with pytest.raises(ProblemsFound, match=f"^pyproject.toml:made-up: {re.escape(told)}; leave it out, or say"):
        main()
    assert not (tmp_path / "LICENCES.md").exists()


@pytest.mark.parametrize(
    ("line", "licence"),
    [
        ("License-Expression: BSD-3-Clause", "BSD-3-Clause"),
        ("License: MIT License", "MIT"),
        ("Classifier: License :: OSI Approved :: ISC License (ISCL)", "ISC"),
    ],
)
def test_a_licence_is_read_wherever_it_is_told(elsewhere, tmp_path, line, licence):
    """Expression, field or classifier."""
    elsewhere(line)
    main()
    assert f"| made-up | {licence} | core |" in (tmp_path / "LICENCES.md").read_text()


def test_a_library_that_is_not_installed_is_told():
    """Only its own metadata tell what it brings in turn."""
    with pytest.raises(MissingPart, match="no-such-library is not installed"):
        brought_by(["no-such-library>=1"], {})
