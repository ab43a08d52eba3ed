"""A release, from refusals to the bundle; what is begun stands aside until all of it is there."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from kg.build import build, check_all, links_elsewhere
from kg.corpus import Corpus
from kg.errors import KgError, MissingPart, ProblemsFound
from kg.export import tables as rows_as
from kg.export.graphs import EXPORTERS
from kg.mappings.sets import SUFFIX, accepted_sets, rejected_sets
from kg.ontology import read_axioms
from kg.release.about import About, about, read_commit
from kg.release.catalogue import catalogue
from kg.release.changes import as_rows, changes, summary
from kg.release.crate import FILE as CRATE
from kg.release.crate import crate
from kg.release.ontologies import add_ontologies, links_among
from kg.release.packages import add_packages, made_with
from kg.release.parts import SITE, Parts, pack
from kg.release.readme import readme
from kg.release.refusals import refusals, well_formed, without_previous
from kg.release.tables import add_tables
from kg.release.vanished import vanished
from kg.release.versions import Version, read_version
from kg.resources import Rooms, is_checkout, shipped
from kg.store.embedded import Embedded
from kg.triples import named_graphs

Progress = Callable[[str], None]
_TEXTS = {
    "CHANGELOG.md": "What you can now do, version by version",
    "CITATION.cff": "How to cite",
    "LICENSE": "Licence of the software",
    "LICENSE-DATA": "Licence of ontology, evidence and queries",
}
_DATA = {
    "kg.trig": "The graph, named graphs kept (TriG)",
    "kg.nq": "The graph, named graphs kept (N-Quads, canonical)",
}
_FIRST = "This is the first release: there is nothing to compare it with.\n"


def ready(version: str, output: Path, previous: Path | None) -> tuple[About, Version | None]:
    """What the release says of itself, and the one before it; ProblemsFound where anything is not ready."""
    if not is_checkout():
        raise KgError("a release is made from a clone of the repository, not from an installed kg")
    rooms = shipped()
    told = about(rooms.root, well_formed(version), read_axioms(rooms), read_commit(rooms.root))
    for place in (output / told.name, output / f"{told.name}.zip"):
        if place.exists():
            raise KgError(f"{place}: is there already; take it away, or choose another folder with -o")
    if found := [*refusals(rooms.root, told), *(() if previous else without_previous(rooms.root, told))]:
        raise ProblemsFound(found)
    return told, read_version(previous) if previous else None


def make(version: str, output: Path, previous: Path | None, progress: Progress) -> Path:
    """Check everything and write the bundle of ``version`` into ``output``, as a folder and as an archive of it."""
    told, old = ready(version, output, previous)
    rooms = shipped()
    corpus = check_all(rooms, (), owl=True, progress=progress)
    with _aside(output) as work:
        built = build(rooms, work / "build", "rules", progress).folder
        new = read_version(work / "build")
        if old and (gone := vanished(old, new)):
            raise ProblemsFound(gone)
        parts = Parts(work / told.name)
        progress("wheel and sdist")
        (work / "packages").mkdir()
        add_packages(parts, rooms.root, told.commit, work / "packages")
        _add_texts(parts, rooms.root)
        add_changes(parts, old, new)
        progress("ontology, graph, tables, mappings")
        _add_data(parts, corpus, rooms, told, built)
        progress("site")
        _add_site(parts, work, told, progress)
        _add_cards(parts, Embedded.open(work / "build"), told)
        progress("archive")
        pack(parts.folder, work / f"{told.name}.zip", told.commit.time, f"{told.name}/")
        (work / f"{told.name}.zip").rename(output / f"{told.name}.zip")
        return parts.folder.rename(output / told.name)


@contextmanager
def _aside(output: Path) -> Iterator[Path]:
    """A folder to work in, on the same disk, gone at the end."""
    output.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".making-", dir=output) as work:
        yield Path(work)


def _add_texts(parts: Parts, root: Path) -> None:
    for name, what in _TEXTS.items():
        parts.take(root / name, name, what)
    parts.add("made-with.txt", made_with(root), "Python and the libraries that made this bundle (pip install -r)")


def add_changes(parts: Parts, old: Version | None, new: Version) -> None:
    """The changelog of evidence, to be read and to be sorted."""
    found = changes(old, new) if old else []
    lines = [f"- {line}" for line in summary(found)]
    told = "\n".join([*lines, "", rows_as.ROW_FORMATS["markdown"](as_rows(found))]) if old else _FIRST
    text = f"# What changed in the evidence\n\n{told}"
    parts.add(
        "evidence-changes.md", text, "Findings and terms that were added, changed or retracted since the last one"
    )
    parts.add("evidence-changes.csv", rows_as.ROW_FORMATS["csv"](as_rows(found)), "The same, a row a column changed")


def _add_data(parts: Parts, corpus: Corpus, rooms: Rooms, told: About, built: Path) -> None:
    said = named_graphs(corpus, read_axioms(rooms))
    add_ontologies(parts, said, links_among(links_elsewhere(corpus, rooms)["mappings"]), rooms)
    for name, what in _DATA.items():
        parts.take(built / name, f"data/{name}", what)
    store = Embedded.at(built / "store")
    parts.add("data/kg.jsonld", EXPORTERS["jsonld"](store), "The graph, named graphs kept (JSON-LD)")
    parts.add("data/kg-rdf12.ttl", EXPORTERS["ttl12"](store), "The graph, findings reifying their edges (Turtle 1.2)")
    add_tables(parts, corpus, told)
    for path in (*accepted_sets(rooms), *rejected_sets(rooms)):
        what = f"Links to other ontologies, {path.parent.name}: {path.name.removesuffix(SUFFIX)} (SSSOM)"
        parts.take(path, path.relative_to(rooms.ontology).as_posix(), what)


def _add_site(parts: Parts, work: Path, told: About, progress: Progress) -> None:
    """The explorer, frozen, with SPARQL in the reader's browser."""
    from kg.site import oxigraph
    from kg.site.freezing import freeze

    try:
        engine = oxigraph.fetched()
    except MissingPart:
        engine = oxigraph.fetch()
    site = work / "site"
    freeze(Embedded.open(work / "build"), site, engine, progress)
    pack(site, parts.folder / SITE, told.commit.time, "site/")
    parts.listed(SITE, "The explorer as files for any web server")
    shutil.rmtree(site)


def _add_cards(parts: Parts, store: Embedded, told: About) -> None:
    """What tells people and machines of all the rest."""
    parts.add("README.md", readme(told, parts), "What is in which file")
    parts.add("dataset.ttl", catalogue(store, told, parts), "The dataset in DCAT and VoID")
    parts.add(CRATE, crate(told, parts), "The bundle as an RO-Crate")
    parts.add("SHA256SUMS", parts.checksums(), "Checksums")
