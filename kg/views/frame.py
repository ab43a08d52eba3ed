"""What figures share: a frame of title, description, notes, question and version around each drawing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Any

from kg.poolable import LeftOut
from kg.store import Rows, Value
from kg.views.encoding import MINUS, NEGATIVE, NEUTRAL, POSITIVE
from kg.views.pages import Caption, rendered

#: The width of a figure in pixels, and of its margin.
WIDTH, MARGIN = 960, 16
#: So many reasons for leaving out stand below a figure; the table has them all.
_REASONS = 4


@dataclass(frozen=True)
class Figure:
    """A figure as SVG, the table behind it, and in a few words what it shows."""

    svg: str = field(repr=False)
    table: Rows = field(repr=False)
    told: str

    def _repr_svg_(self) -> str:
        """What Jupyter shows."""
        return self.svg


def framed(template: str, caption: Caption, notes: Iterable[str], height: float, **words: Any) -> str:
    """The SVG of a drawing (a template that extends ``frame.svg``) that is ``height`` pixels high."""
    sentences = (
        *notes,
        f"Asked (queries/): {caption.question}.",
        f"Compassion × attachment knowledge graph, version {caption.version}. CC BY 4.0.",
    )
    return rendered(
        template, caption=caption, titles=wrap(caption.title, 95), height=height, width=WIDTH, margin=MARGIN,
        notes=[line for sentence in sentences for line in wrap(sentence, 140)],
        positive=POSITIVE, negative=NEGATIVE, neutral=NEUTRAL, minus=MINUS, **words,
    )  # fmt: skip


def table(columns: Sequence[str], drawn: Iterable[dict[str, Value]], left_out: Iterable[LeftOut]) -> Rows:
    """The table behind a figure: a row each mark, then what was left out and why."""
    rows = [*drawn, *({"role": "left out", **vars(each)} for each in left_out)]
    return Rows(tuple(columns), tuple(tuple(row.get(column) for column in columns) for row in rows))


def left_out_note(left_out: Sequence[LeftOut]) -> str:
    """How many findings are not drawn, and for what reasons."""
    if not left_out:
        return "No finding on the pair was left out."
    reasons: dict[str, int] = {}
    for each in left_out:
        reason = "it tells again what another tells" if each.reason.startswith("it tells again") else each.reason
        reasons[reason] = reasons.get(reason, 0) + 1
    first, *others = sorted(reasons, key=lambda reason: (-reasons[reason], reason))
    told = "; ".join(f"{reasons[reason]}: {reason}" for reason in (first, *others[: _REASONS - 1]))
    more = "; and others" if len(others) >= _REASONS else ""
    if len(left_out) == 1:
        return f"1 finding on the pair not drawn ({first}); the table names it."
    return f"{len(left_out)} findings on the pair not drawn ({told}{more}); the table names them."
