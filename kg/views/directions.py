"""What effect-direction and harvest plots share: how a study's direction and significance look, and their words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from kg.names import local_name
from kg.poolable import LeftOut
from kg.store import Rows, Value
from kg.tellings import Telling, shared_people
from kg.views.encoding import MINUS, NEGATIVE, NEUTRAL, POSITIVE
from kg.views.frame import left_out_note, table

#: Direction -> its colour, its sign and its name among the patterns of the frame.
LOOKS = {
    "positive": (POSITIVE, "+", "positive"),
    "negative": (NEGATIVE, MINUS, "negative"),
    "mixed": (NEUTRAL, "±", "neutral"),
    "none": (NEUTRAL, "0", "neutral"),
    "not told": (NEUTRAL, "?", "neutral"),
}
_COLUMNS = (
    "role", "study", "first", "second", "direction", "significance", "n", "riskOfBias", "findings", "finding", "reason",
)  # fmt: skip


def by_pair(told: Sequence[Telling]) -> Iterator[tuple[str, tuple[Telling, ...]]]:
    """Each pair of constructs in words, with what the studies say of it."""
    for (first, second), group in groupby(told, key=lambda each: each.pair):
        yield f"{first} × {second}", tuple(group)


def n_in_words(n: int | None) -> str:
    """How many people, or that it is not told."""
    return "n not told" if n is None else f"n = {n:,}"


def notes(told: Sequence[Telling], left_out: Sequence[LeftOut]) -> Iterator[str]:
    """What a reader of directions should know of them."""
    yield (
        "Directions say nothing of how strong a relation is; that it is not significant does not show that there is "
        "none."
    )
    for studies in shared_people(told):
        yield f"The same people, or maybe so, stand behind {' and '.join(studies)}."
    yield left_out_note(left_out)


def rows(told: Sequence[Telling], left_out: Sequence[LeftOut], risks: Mapping[str, str] | None = None) -> Rows:
    """The table behind the figure: one row a study and pair; ``risks`` tells the risk of bias, where it is drawn."""
    drawn: list[dict[str, Value]] = [
        {
            "role": "study",
            "study": each.study,
            "first": each.pair[0],
            "second": each.pair[1],
            "direction": each.direction,
            "significance": each.significance,
            "n": each.n,
            "riskOfBias": risks.get(each.study) if risks is not None else None,
            "findings": "; ".join(local_name(str(row["finding"])) for row in each.findings),
        }
        for each in told
    ]
    columns = [column for column in _COLUMNS if risks is not None or column != "riskOfBias"]
    return table(columns, drawn, left_out)
