"""Freezes the atlas: from the pages that there always are, along every link, until nothing is left to write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kg.pages.rendering import STATIC
from kg.pages.searching import index
from kg.site import oxigraph
from kg.site.addresses import Address
from kg.site.folder import Writer, replaced
from kg.site.making import Maker
from kg.site.missing import missing_page
from kg.site.processes import Make, makers, processes_for
from kg.site.resources import SCRIPTS
from kg.store import Store

#: A word of progress comes after so many files.
_STEP = 500


def freeze(
    store: Store, folder: Path, engine: Path | None, progress: Callable[[str], None], processes: int | None = None
) -> int:
    """Write the site into ``folder``, with ``engine`` for SPARQL in the browser if given; the number of files.

    It is made by as many ``processes`` as the machine has cores, unless told.
    """
    maker = Maker(store, asks=engine is not None)
    start = maker.start()
    for kind, count in maker.left_out.items():
        progress(f"left out: a page for each {kind}, of which there are {count:,}; the lists and kg.nq have them all")
    with (
        replaced(folder) as writer,
        makers(store, maker, processes or processes_for(store, len(start))) as make,
    ):
        written = _pages(start, make, writer, progress)
        written += _scripts(maker, writer, engine)
    return written


def _pages(start: list[Address], make: Make, writer: Writer, progress: Callable[[str], None]) -> int:
    """Write page upon page with the files beside them, and at last what files no page brought along."""
    seen, files = set(start), dict.fromkeys(each for each in start if each.ending)
    waiting = [each for each in start if not each.ending]
    written: set[str] = set()
    while waiting or files:
        wave = waiting or [each for each in files if each.file not in written]
        if not waiting:
            files = {}
        waiting = []
        for bundle in make(wave):
            for name, content in bundle.files.items():
                if name not in written:
                    writer.write(name, content)
                    written.add(name)
                    if len(written) % _STEP == 0:
                        progress(f"{len(written):,} files written")
            fresh = [each for each in bundle.wanted if each not in seen and follow(each)]
            seen.update(fresh)
            waiting += [each for each in fresh if not each.ending]
            files |= dict.fromkeys(each for each in fresh if each.ending)
    return len(written)


def follow(address: Address) -> bool:
    """Whether a link to it is followed; not into the folder that is copied whole."""
    return not address.path.startswith("/static/")


def _scripts(maker: Maker, writer: Writer, engine: Path | None) -> int:
    """What pages are dressed in and run, the index of names, and what tells GitHub not to process the pages."""
    files = {f"static/{path.name}": path.read_bytes() for each in (STATIC, SCRIPTS) for path in each.iterdir()}
    files["static/names.json"] = index(maker.atlas.library).encode()
    files[".nojekyll"] = b""
    files["404.html"] = missing_page().encode()
    if engine:
        files |= {f"static/oxigraph/{name}": (engine / name).read_bytes() for name in oxigraph.PARTS}
    for name, content in files.items():
        writer.write(name, content)
    return len(files)
