"""Figures as pixels: PNG for where SVG cannot go."""

from __future__ import annotations

from kg.errors import MissingPart

#: Pixels of the PNG for one of the SVG: sharp in print at half a page.
_ZOOM = 2
#: A figure of one word, by which it shows whether there is a font to write it with.
_WORD = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><text x="2" y="15">{}</text></svg>'


def png(svg: str) -> bytes:
    """The pixels of a figure; MissingPart where the converter, or every font, is missing."""
    try:
        from resvg_py import svg_to_bytes
    except ImportError as error:
        what = "a .png needs resvg-py: pip install 'compassion-attachment-kg[png]'; .svg needs none"
        raise MissingPart(what) from error

    if svg_to_bytes(svg_string=_WORD.format("k")) == svg_to_bytes(svg_string=_WORD.format("")):
        raise MissingPart("a .png needs a font, and this machine has none: install one (DejaVu Sans), or write .svg")
    return bytes(svg_to_bytes(svg_string=svg, zoom=_ZOOM))
