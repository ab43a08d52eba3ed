"""Freezes the atlas: from the pages that there always are, along every link, until nothing is left to write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kg.pages.rendering import STATIC
from kg.site import oxigraph
from kg.site.addresses import Address
from kg.site.folder import Writer, replaced
from kg.site.making import Maker
from kg.site.names import index
from kg.site.resources import SCRIPTS
from kg.store import Store

#: A word of progress comes after so many files.
_STEP = 500


def freeze(store: Store, folder: Path, engine: Path | None, progress: Callable[[str], None]) -> int:
    """Write the site into ``folder``, with ``engine`` for SPARQL in the browser if given; the number of files."""
    maker = Maker(store, asks=engine is not None)
    with replaced(folder) as writer:
        written = _pages(maker, writer, progress)
        written += _scripts(maker, writer, engine)
    return written


def _pages(maker: Maker, writer: Writer, progress: Callable[[str], None]) -> int:
    waiting = maker.start()
    seen = set(waiting)
    written = 0
    while waiting:
        address = waiting.pop()
        maker.links.wanted.clear()
        writer.write(address.file, maker.made(address))
        written += 1
        fresh = [each for each in maker.links.wanted if each not in seen and follow(each)]
        seen.update(fresh)
        waiting += sorted(fresh, key=lambda each: bool(each.ending))  # files beside a page are made next after it
        if written % _STEP == 0:
            progress(f"{written:,} files written, {len(waiting):,} known to come")
    return written


def follow(address: Address) -> bool:
    """Whether a link to it is followed; not into the folder that is copied whole."""
    return not address.path.startswith("/static/")


def _scripts(maker: Maker, writer: Writer, engine: Path | None) -> int:
    """What pages are dressed in and run, the index of names, and what tells GitHub not to process the pages."""
    files = {f"static/{path.name}": path.read_bytes() for each in (STATIC, SCRIPTS) for path in each.iterdir()}
    files["static/names.json"] = index(maker.atlas.library).encode()
    files[".nojekyll"] = b""
    if engine:
        files |= {f"static/oxigraph/{name}": (engine / name).read_bytes() for name in oxigraph.PARTS}
    for name, content in files.items():
        writer.write(name, content)
    return len(files)
