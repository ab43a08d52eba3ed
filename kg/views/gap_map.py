"""The gap map: which pairs of constructs were studied, with what outcome, and what is missing where.

One page (a real table, which reads without colours, scripts or a mouse), one SVG figure, and plain text for a
terminal, all of the same matrix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from kg.gaps import GAPS, Cell, Heading, Matrix
from kg.store import Row
from kg.views.encoding import MINUS, NEGATIVE, NEUTRAL, POSITIVE, outcome_of, short_number
from kg.views.pages import Caption, rendered
from kg.views.words import measures, people, read_in

#: Outcome of a cell -> colour of its frame and the word for it. A mixed cell is never coloured by a mean of its signs.
_LOOK = {
    "positive": (POSITIVE, "positive"),
    "negative": (NEGATIVE, "negative"),
    "null": (NEUTRAL, "not significant"),
    "mixed": ("#1a1a1a", "mixed"),
    "poles": ("#6a4c93", "opposite poles"),
    "unclear": ("#a0a0a0", "not told"),
}
#: What stands in an empty cell: kind of gap -> sign and words.
EMPTY = {"never studied": ("○", "never studied"), "no measure": ("×", "no measure")}
#: Of the figure, in pixels: width and height of a cell, room for the headings above and at the side.
_WIDTH, _HEIGHT, _HEAD, _SIDE = 96, 58, 270, 300
#: So many letters of the counts fit a line of a cell of the figure.
_LETTERS = 19


@dataclass(frozen=True)
class DrawnCell:
    """A cell as page and figure draw it."""

    anchor: str
    cell: Cell
    colour: str
    word: str
    parts: tuple[tuple[str, float, str], ...]  # colour, share of the bar in percent, count as text
    counts: str
    lines: tuple[str, ...]  # the counts, broken so that they fit a cell of the figure
    spoken: str


def page(matrix: Matrix, behind: Mapping[tuple[str, str], Sequence[Row]], caption: Caption) -> str:
    """A complete HTML page: the table, its legend, and below it the findings of every cell (``behind``)."""
    drawn = drawn_cells(matrix)
    sections = [
        {
            "anchor": _anchor(row.name, column.name),
            "row": row.label,
            "column": column.label,
            "spoken": drawn[row.name, column.name].spoken,
            "findings": [_told(finding) for finding in behind[row.name, column.name]],
        }
        for row in matrix.rows
        for column in matrix.columns
        if (row.name, column.name) in behind
    ]
    words = {"sections": sections, "gaps": GAPS, "tally": matrix.tally(), "legend": _LOOK.values(), "empty": EMPTY}
    return rendered("gap_map.html", caption=caption, matrix=matrix, drawn=drawn, **words)


def figure(matrix: Matrix, caption: Caption) -> str:
    """The same matrix as an SVG figure, with legend and version."""
    return rendered(
        "gap_map.svg", caption=caption, matrix=matrix, drawn=drawn_cells(matrix), legend=_LOOK.values(), empty=EMPTY,
        width=_WIDTH, height=_HEIGHT, head=_HEAD, side=_SIDE,
    )  # fmt: skip


def text(matrix: Matrix) -> str:
    """The same matrix for a terminal: one character column a construct, numbered, with a key."""
    width = max(len("  " * row.depth + row.label) for row in matrix.rows)
    heads = list(enumerate(matrix.columns, start=1))
    lines = [" " * width + "".join(f"{number:>6}" for number, _ in heads)]
    for row in matrix.rows:
        label = "  " * row.depth + row.label
        cells = (_in_text(matrix.cells.get((row.name, column.name))) for _, column in heads)
        lines.append(label.ljust(width) + "".join(f"{cell:>6}" for cell in cells))
    lines += ["", *(f"{number:>4}  {'  ' * column.depth}{column.label}" for number, column in heads)]
    lines += [
        "",
        _KEY,
        "; ".join(
            f"{kind}: {count}" + (matrix.studied_all_the_same() if kind == "no measure" else "")
            for kind, count in matrix.tally().items()
        ),
    ]
    if hidden := matrix.hidden():
        lines.append(f"not shown{hidden} (--all shows them)")
    return "\n".join(line.rstrip() for line in lines) + "\n"


_KEY = f"""\
A number counts findings, narrower constructs included:
+ positive, {MINUS} negative, n not significant, {MINUS}n or +n some of each, ± both signs, ? not told,
* of constructs at opposite poles, ^ others have published a pooled estimate, which is not counted;
○ never studied, × no measure in this graph, nothing where one construct is part of the other."""
_SIGN = {"positive": "+", "negative": MINUS, "null": "n", "poles": "*", "unclear": "?"}


def _in_text(cell: Cell | None) -> str:
    if cell is None:
        return ""
    if not cell.findings:
        return f"{EMPTY[cell.gaps[0]][0]}{'^' if cell.published else ''}"
    mixed = "±" if cell.positive and cell.negative else ("+n" if cell.positive else f"{MINUS}n")
    sign = mixed if cell.outcome == "mixed" else _SIGN[cell.outcome]
    return f"{cell.findings}{sign}{'^' if cell.published else ''}"


def drawn_cells(matrix: Matrix) -> dict[tuple[str, str], DrawnCell]:
    """Pair of slugs -> its cell as page and figure draw it."""
    return {
        (row.name, column.name): _draw(row, column, matrix.cells[row.name, column.name])
        for row in matrix.rows
        for column in matrix.columns
        if (row.name, column.name) in matrix.cells
    }


def _draw(row: Heading, column: Heading, cell: Cell) -> DrawnCell:
    colour, word = _LOOK.get(cell.outcome, ("", ""))
    counted = (
        (NEGATIVE, cell.negative, f"{cell.negative}{MINUS}"),
        (NEUTRAL, cell.informative, f"{cell.informative}\N{NO-BREAK SPACE}n.s."),
        ("#dedede", set_aside := cell.null - cell.informative, f"{set_aside}\N{NO-BREAK SPACE}(n.s.)"),
        (POSITIVE, cell.positive, f"{cell.positive}+"),
        ("#c9c9c9", cell.unclear, f"{cell.unclear}?"),
    )
    parts = tuple((each, 100 * count / cell.findings, told) for each, count, told in counted if count)
    counts = " · ".join(told for _, _, told in parts)
    lines = tuple(line.removesuffix(" ·") for line in wrap(counts, _LETTERS + 2))
    return DrawnCell(
        _anchor(row.name, column.name), cell, colour, word, parts, counts, lines, _spoken(cell, word, counts)
    )


def _spoken(cell: Cell, word: str, counts: str) -> str:
    """A cell in words: what a screen reader says and a pointer shows."""
    if not cell.findings:
        return f"{cell.gaps[0]}{_published(cell)}"
    untold = f" ({cell.untold} of them without a number of people)" if cell.untold else ""
    told = f", {cell.participants:,} people" if cell.participants else ""
    people = f"{cell.samples} sample{'s' if cell.samples != 1 else ''}{untold}{told}"
    layers = f"{cell.review} told by a review, {cell.primary} by primary reports"
    gap = f"; gap: {' and '.join(cell.gaps)}" if cell.gaps else ""
    return f"{word}: {counts} of {cell.findings}{_nulls(cell)}; {layers}; {people}{gap}{_published(cell)}"


def _nulls(cell: Cell) -> str:
    """How many of the nulls are of which kind, in words."""
    kinds = {
        "informative": cell.informative,
        "uninformative": cell.uninformative,
        "doubtful": cell.doubtful,
        "not judged": cell.not_judged,
    }
    told = ", ".join(f"{count} {kind}" for kind, count in kinds.items() if count)
    return f"; of the nulls {told}" if told else ""


def _published(cell: Cell) -> str:
    """What others pooled on a pair, which is not counted."""
    count = cell.published
    return f"; beside it {count} published pooled estimate{'s' if count != 1 else ''}, not counted" if count else ""


def _anchor(row: str, column: str) -> str:
    return f"{row}--{column}"


def _told(finding: Row) -> dict[str, str]:
    """A finding in the list below the table: outcome, number, who, how measured, and where it was read."""
    outcome = outcome_of(finding)
    measured = measures(finding, "subjectMeasure", "objectMeasure")
    number = short_number(finding["value"]) if finding["value"] is not None else ""  # type: ignore[arg-type]
    return {
        "id": str(finding["finding"]).rsplit("/", 1)[1],
        "sign": outcome.sign,
        "colour": outcome.colour,
        "meaning": outcome.meaning,
        "number": f"{str(finding['statistic']).partition(' (')[0]} = {number}" if number else "",
        "pair": f"{finding['subject']} and {finding['object']}",
        "study": str(finding["study"]),
        "how": "; ".join(part for part in (people(finding["sampleSize"]), measured) if part),
        "statement": str(finding["statement"]),
        "doubt": _doubt(finding),
        "layer": str(finding["layer"]),
        "read": read_in(finding) + (f"; told also in {finding['toldAlso']}" if finding.get("toldAlso") else ""),
    }


def _doubt(finding: Row) -> str:
    """What a null rules out; the coder's certainty, where it is not high, and note."""
    reach = f"{str(finding['reach']).capitalize()}: {finding['reachNote']}." if finding["reach"] else ""
    certainty = "" if finding["certainty"] == "high" else f"Coder’s certainty: {finding['certainty']}."
    return " ".join(filter(None, (reach, certainty, str(finding["note"] or ""))))
