"""Moderators: what studies differ in, as the graph knows it, and whether effects differ by it.

Takes rows of the question ``effects-between`` and effects made of them; nothing here knows a store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from kg.effects import Effect
from kg.errors import NothingFound
from kg.poolable import LeftOut, one_a_finding
from kg.regression import Covariate, Regression, regress
from kg.store import Row

#: What a code says where the source tells nothing.
_UNTOLD = "not reported"


@dataclass(frozen=True)
class Moderator:
    """Something that studies differ in: its name in figures, and its value for a finding, None where untold."""

    label: str
    value: Callable[[Row], str | float | None]


@dataclass(frozen=True)
class Moderation:
    """What moderators tell of effects; ``refusal`` says why there is no regression, where there is none."""

    labels: tuple[str, ...]
    regression: Regression | None
    refusal: str | None
    left_out: tuple[LeftOut, ...]


def _measures(row: Row) -> str | None:
    told = [row["firstMeasure"], row["secondMeasure"]]
    return " and ".join(map(str, told)) if all(told) else None


def _word(column: str) -> Callable[[Row], str | None]:
    return lambda row: None if row.get(column) in (None, _UNTOLD) else str(row[column])


def _number(column: str) -> Callable[[Row], float | None]:
    def value(row: Row) -> float | None:
        told = row.get(column)
        return None if told is None else float(told)

    return value


def _clinical(row: Row) -> str | None:
    """Whether a professional established the difficulties: what makes a sample clinical here."""
    return {"yes": "clinical", "no": "not clinical"}.get(str(row.get("establishedByProfessional")))


#: Word on the command line -> the moderator.
MODERATORS = {
    "measure": Moderator("measures", _measures),
    "design": Moderator("design", _word("design")),
    "population": Moderator("population", _clinical),
    "recruitment": Moderator("recruitment", _word("recruitment")),
    "age": Moderator("mean age, by a year", _number("meanAge")),
    "female": Moderator("share of women, by a hundredth", _number("percentFemale")),
    "year": Moderator("year of publication, by a year", _number("year")),
    "risk-of-bias": Moderator("score of risk of bias, by a point", _number("riskOfBias")),
}


def moderate(
    rows: Iterable[Row], effects: Sequence[Effect], names: Sequence[str], estimator: str, interval: str
) -> Moderation:
    """Whether the effects differ by moderators, all at once, as far as their values are told."""
    row_of = {str(row["finding"]): row for row in one_a_finding(rows)}
    moderators = [MODERATORS[name] for name in names]
    kept, left_out = [], []
    for effect in effects:
        untold = [each.label for each in moderators if each.value(row_of[effect.finding]) is None]
        if untold:
            left_out.append(LeftOut(effect.finding, effect.study, f"not told: {', '.join(untold)}"))
        else:
            kept.append(effect)
    labels = tuple(each.label for each in moderators)
    covariates = [
        Covariate(each.label, _values(each, [row_of[effect.finding] for effect in kept])) for each in moderators
    ]
    try:
        _one_tool(names, [row_of[effect.finding] for effect in kept])
        return Moderation(labels, regress(kept, covariates, estimator, interval), None, tuple(left_out))
    except NothingFound as refusal:
        return Moderation(labels, None, str(refusal), tuple(left_out))


def _values(moderator: Moderator, rows: Iterable[Row]) -> tuple[str | float, ...]:
    return tuple(value for row in rows if (value := moderator.value(row)) is not None)


def _one_tool(names: Sequence[str], rows: Sequence[Row]) -> None:
    """Refuse to set scores of risk of bias side by side that two tools gave: their points are not the same."""
    tools = sorted({str(row["riskOfBiasTool"]) for row in rows} if "risk-of-bias" in names else ())
    if len(tools) > 1:
        raise NothingFound(f"scores of risk of bias by {' and '.join(tools)} cannot be compared")
