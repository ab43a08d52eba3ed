"""The text of a source as a reader has it: mended where that is safe, with lines as the file has them."""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kg.errors import KgError, ProblemsFound
from kg.files import read_text
from kg.passages.numbers import Printed, printed_numbers
from kg.passages.rules import Span, spans_explained

#: Signs that stand for others in print: dashes and minus signs, spaces, a raised decimal point, ligatures.
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—−﹣-", "-"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2009\u202f\u3000", " "),
        **dict.fromkeys("\u00ad\u200b\ufeff", ""),
        **{each: unicodedata.normalize("NFKC", each) for each in "＜＞＝ﬀﬁﬂﬃﬄﬅﬆ"},
    }
)
_ENTITY = re.compile(r"&(?:lt|gt|amp|nbsp|minus|ndash);")
_THOUSANDS = re.compile(r"(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))")
_RAISED_POINT = re.compile(r"(?<=\d)·(?=\d)|(?<=[-=<>\s(])·(?=\d)")
_HYPHENATED = re.compile(r"(?<=[^\W\d_])-\n[ \t]*([^\W\d_]+)")
#: ``p < .`` at the end of a line and ``05`` on the next; ``0. 38``. Nothing is tried twice, whatever gaps a source has.
_BROKEN_DECIMAL = re.compile(
    r"(?<=[=<>≤≥\[(,;])(?:(?P<before>\s*+[-+]?\s*+0?)\s*+\.\s++(?P<digits>\d+)|(?P<zero>\s*+-?\s*+0)\s++\.(?P<rest>\d+))"
)
#: What some fonts become in a copied text: ``pb.05``, ``p N .05``, ``r ¼ .38``.
_MISREAD = (
    (re.compile(r"(?<![^\W_])(p\s?)[bo](?=\s?0?\.\d)"), r"\1<"),
    (re.compile(r"(?<![^\W_])(p\s?)N(?=\s?0?\.\d)"), r"\1>"),
    (re.compile(r"¼(?=\s*[-.\d])"), "="),
)
#: A passage is shown with so much of the text on either side, where it is not longer than this.
_AROUND, LONGEST = 45, 320


@dataclass(frozen=True)
class Source:
    """A text, and what it is called where something in it is told."""

    shown: str
    text: str

    @cached_property
    def numbers(self) -> tuple[Printed, ...]:
        """Every number that is printed in it, in order."""
        return tuple(printed_numbers(self.text))

    @cached_property
    def explained(self) -> list[Span]:
        """Where numbers are plainly no evidence, and what they are."""
        return spans_explained(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def line(self, place: int) -> int:
        """The number of the line, from 1, at a place in the text."""
        return bisect_right(self._starts, place)

    def lines(self) -> Iterator[tuple[int, str]]:
        """Where each line begins, and the line."""
        return zip(self._starts, self.text.split("\n"), strict=True)

    def excerpt(self, start: int, end: int) -> str:
        """What stands there, with a little of its paragraph around it, on one line."""
        above, below = self.text.rfind("\n\n", 0, start), self.text.find("\n\n", end)
        begins, ends = above + 2 if above >= 0 else 0, below if below >= 0 else len(self.text)
        first, last = max(start - _AROUND, begins), min(end + _AROUND, ends)
        if first > begins and (gap := re.search(r"\s", self.text[first:start])):
            first += gap.end()
        if last < ends and (gap := re.search(r"\s\S*$", self.text[end:last])):
            last = end + gap.start()
        whole = " ".join(self.text[first:last].split())
        return f"{'…' if first > begins else ''}{whole}{'…' if last < ends else ''}"


def read_source(path: Path) -> Source:
    """The text at ``path``; KgError where it is no plain text."""
    if path.suffix.lower() == ".pdf" or path.read_bytes()[:5] == b"%PDF-":
        raise KgError(f"{path}: a PDF is not read here; save it as text (pdftotext FILE.pdf FILE.txt) and give that")
    try:
        text = read_text(path, str(path))
    except ProblemsFound as found:
        raise KgError(str(found)) from found
    if "\0" in text or not text.strip():
        raise KgError(f"{path}: holds no text; save the source as UTF-8 plain text and give that")
    return Source(str(path), mended(text))


def mended(text: str) -> str:
    """The text with one sign for each of many, words and decimals joined that a line broke, and as many lines.

    >>> mended("r = −.42, cor-\\nrelated, p < .\\n05")
    'r = -.42, correlated\\n, p < .05\\n'
    """
    told = _THOUSANDS.sub(",", _ENTITY.sub(lambda match: html.unescape(match[0]), text)).translate(_SIGNS)
    told = _HYPHENATED.sub(lambda match: f"{match[1]}\n", told)
    told = _RAISED_POINT.sub(".", told)
    for pattern, meant in _MISREAD:
        told = pattern.sub(meant, told)
    return _BROKEN_DECIMAL.sub(_joined, told)


def _joined(match: re.Match[str]) -> str:
    """A decimal in one piece; the ends of line that broke it follow."""
    before, digits = (match["before"], match["digits"]) if match["digits"] else (match["zero"], match["rest"])
    ends = "\n" * match[0].count("\n")
    return f"{before.replace(chr(10), ' ')}.{digits}{ends}"
