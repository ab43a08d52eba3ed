"""Makes the site: Sphinx reads what was laid out and writes pages that ask no other machine for anything."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from pathlib import Path

import click

from kg.errors import KgError, MissingPart
from kg.files import write_text
from kg.manual.contents import FRONT, assemble
from kg.resources import Rooms, software_version

_SETTINGS = {
    "root_doc": FRONT.removesuffix(".md"),
    "project": "Compassion × attachment knowledge graph",
    "extensions": ["myst_parser", "sphinx_click"],
    "myst_heading_anchors": 4,
    "html_theme": "furo",
    "html_title": "Compassion × attachment",
    "html_copy_source": False,
    "html_show_sphinx": False,
    "html_show_copyright": False,
    "html_permalinks": False,
    "smartquotes": False,
}
#: Opens the first page from the folder itself.
_INDEX = """<!doctype html>
<title>Documentation</title>
<meta http-equiv="refresh" content="0; url={0}">
<a href="{0}">Documentation</a>
"""


def make(rooms: Rooms, folder: Path, say: Callable[[str], None]) -> None:
    """Write the site into ``folder``. A dead link or anything else that Sphinx warns of is an error."""
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary) / "source"
        say("laying out the pages, with the reference from the code")
        assemble(rooms, source)
        say("making the site")
        faults = _written(source, folder, Path(temporary) / "read")
    if faults:
        raise KgError(f"the documentation has a fault: {faults[0].replace(f'{source}/', '')}; correct it")
    write_text(folder / "index.html", _INDEX.format(f"{_SETTINGS['root_doc']}.html"))
    say(f"{folder}: open {folder / 'index.html'}")


def _written(source: Path, folder: Path, read: Path) -> list[str]:
    """What Sphinx warns of while it writes the site."""
    try:
        from sphinx.application import Sphinx
        from sphinx.errors import SphinxError
        from sphinx.util.docutils import docutils_namespace
    except ImportError as error:
        needs = "the documentation needs Sphinx, MyST and Furo: pip install 'compassion-attachment-kg[docs]'"
        raise MissingPart(needs) from error
    told = io.StringIO()
    settings = {**_SETTINGS, "release": software_version()}
    try:
        with docutils_namespace():  # another site of the same process knows nothing of this one
            Sphinx(source, None, folder, read, "html", settings, status=None, warning=told).build()
    except SphinxError as error:
        raise KgError(f"the documentation cannot be made ({error}); see docs/") from error
    return click.unstyle(told.getvalue()).splitlines()
