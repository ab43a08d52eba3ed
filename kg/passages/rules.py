"""Numbers that no coder codes, by what they plainly are: years of citations, references, addresses, page numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_YEAR = r"(?:1[6-9]|20)\d\d"
_YEARS = rf"{_YEAR}[a-z]?(?:,\s+{_YEAR}[a-z]?)*"

#: What it is -> how it looks. What a group named ``of`` spans is explained, else the whole. No run of one sign is read
#: again from each of its places: words are bounded, or begin where nothing of theirs stands before.
_PATTERNS = {
    "web address or DOI": re.compile(r"(?:https?://|www\.|doi:\s?)\S+|\b10\.\d{4,9}/\S+", re.IGNORECASE),
    "number of an author, a journal or a telephone": re.compile(
        r"\b\d{4}-\d{4}-\d{4}-\d{3}[\dX]\b|\bIS[SB]N[:\s]*[\d-]+[\dX]|(?<![\w.])\+\d{1,3}[ (-][\d ()-]{6,}\d"
    ),
    "date": re.compile(
        rf"\b{_MONTH}\s+(?:\d{{1,2}}(?:st|nd|rd|th)?,?\s+)?{_YEAR}\b|\b\d{{1,2}}\s+{_MONTH}\s+{_YEAR}\b"
        rf"|\b{_YEAR}-[01]\d-[0-3]\d\b"
    ),
    "notice of copyright or licence": re.compile(
        rf"(?:©|Copyright)[^.]{{0,60}}?\b{_YEAR}\b|\b(?:CC BY\S*|Attribution\S{{0,40}}) \d\.\d|\bby/\d\.\d"
    ),
    "year of a citation": re.compile(
        rf"(?:et\s+al\.?,?\s+\(?|[A-Z][\w’'-]{{1,60}}(?:,\s+|\s+\())(?P<of>{_YEARS})"
        r"(?=\s*[);,.\]]|\s+\(|\s*$)"
        rf"|(?<=[;(])[^()\d;=<>]{{0,60}}[A-Z][^()\d;=<>]{{0,60}}[,\s](?P<also>{_YEARS})(?=\s*[);,])",
        re.MULTILINE,
    ),
    "number of a table, a figure or a section": re.compile(
        r"\b(?:(?:Table|Fig(?:ure|\.)?|Section|Chapter|Appendix|Box|Equation|Eq\.|Footnote|Supplement|Version)\s+"
        r"[A-Z]?\d+(?:\.\d+)*|(?:Tables|Figures|Figs\.?)\s+[A-Z]?\d+(?:\s*(?:and|&|,|-)\s*[A-Z]?\d+)*)",
        re.IGNORECASE,
    ),
    "number of a study, a model or a wave": re.compile(
        r"\b(?:Study|Experiment|Sample|Model|Wave|Time|Hypothesis|Step|Phase)\s+\d{1,2}\b(?!\.\d|\s?%)"
    ),
    "level of an interval": re.compile(
        r"\b9[059](?:\.\d)?\s?%\s*(?:CI\b|PI\b|CrI\b|confidence|credib|prediction)", re.IGNORECASE
    ),
    "legend of stars": re.compile(r"(?<!\*)\*+\s*ps?\s*[<≤=]\s*0?\.\d+", re.IGNORECASE),
    "ordinal": re.compile(r"\b\d+(?:st|nd|rd|th)\b"),
    "part of a name": re.compile(r"\b[A-Z][a-z]*[A-Z][A-Za-z]*-\d+\b(?!\.\d)"),
    "number of an item": re.compile(r"^[ \t]*\(?\d{1,2}[.)][ \t]+(?=[A-Z])", re.MULTILINE),
}
_REFERENCES = re.compile(
    r"^[ \t#*]*(?:\d+\.?\s+)?(?:References|Bibliography|Works cited|Literature cited|Reference list)[ \t*:]*$",
    re.IGNORECASE | re.MULTILINE,
)
#: Where a list of references ends, if anything follows it.
_AFTER_REFERENCES = re.compile(
    r"^[ \t#*]*(?:Table|Fig(?:ure|\.)|Appendix|Supplement\w*|Publisher.s Note|Notes?)\b", re.IGNORECASE | re.MULTILINE
)
_CITED_BY_NUMBER = re.compile(r"\[\d{1,3}(?:\s*[,-]\s*\d{1,3})*\]")
_NUMBERED_REFERENCE = re.compile(r"^[ \t]*\[?\d{1,3}[\].]", re.MULTILINE)
_PAGE_ENDS = re.compile(r"(?:\A|\f)[^\S\f]*(?P<first>\d{1,5})[ \t]*(?=\n)|\n[ \t]*(?P<last>\d{1,5})\s*(?=\f|\Z)")

#: What no coded row could have been read in.
OF_NO_ROW = frozenset({"list of references", "web address or DOI"})

Span = tuple[int, int, str]


def spans_explained(text: str) -> list[Span]:
    """Where numbers stand that are explained by what they are, and what they are.

    >>> [reason for _, _, reason in spans_explained("Dudley et al. (2018) found r = .38 (Table 2).")]
    ['year of a citation', 'number of a table, a figure or a section']
    """
    return sorted([*_patterned(text), *_of_references(text), *_of_pages(text)])


def _patterned(text: str) -> Iterator[Span]:
    for reason, pattern in _PATTERNS.items():
        for match in pattern.finditer(text):
            group = next((name for name in ("of", "also") if match.groupdict().get(name)), 0)
            yield match.start(group), match.end(group), reason


def _of_references(text: str) -> Iterator[Span]:
    """The list of references, and what cites them by number."""
    headings = list(_REFERENCES.finditer(text))
    if not headings:
        return
    heading = headings[-1]
    after = _AFTER_REFERENCES.search(text, heading.end())
    end = after.start() if after else len(text)
    yield heading.start(), end, "list of references"
    if len(_NUMBERED_REFERENCE.findall(text, heading.end(), end)) > 1:
        for match in _CITED_BY_NUMBER.finditer(text):
            yield match.start(), match.end(), "citation by number"


def _of_pages(text: str) -> Iterator[Span]:
    """Bare numbers at the top or the foot of a page, in a text that keeps its pages apart (form feeds)."""
    if "\f" in text:
        for match in _PAGE_ENDS.finditer(text):
            name = "first" if match["first"] else "last"
            yield match.start(name), match.end(name), "page number"
