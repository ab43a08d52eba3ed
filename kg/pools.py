"""Pooling over a store: which question is asked, and which files the answer can be written to."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kg.effects import Effect
from kg.errors import BadQuestion, NothingFound
from kg.export.tables import ROW_FORMATS
from kg.lookup import resolve, within
from kg.names import local_name
from kg.pooling import Pooled
from kg.questions import answer
from kg.resources import software_version
from kg.store import Rows, Store, Value
from kg.synthesis import Plan, Synthesis, synthesise
from kg.views import forest

_QUESTION = "effects-between"
#: The files that a synthesis can be written to.
SUFFIXES = (".svg", ".png", ".csv")


def synthesis(store: Store, subject: str, object: str, plan: Plan) -> Synthesis:
    """The findings on two constructs (by slug, label, synonym, CURIE or IRI) as one."""
    return synthesise(*effects_between(store, subject, object), plan)


def effects_between(store: Store, subject: str, object: str) -> tuple[Rows, str, str]:
    """The findings on two constructs that could be put together, and the labels of the two."""
    first, second = (resolve(store, name, "construct") for name in (subject, object))
    if first == second:
        raise BadQuestion(f"'{subject}' and '{object}' are one construct; name two")
    label, other = (within(store, iri)[iri] for iri in (first, second))
    rows = answer(store, _QUESTION, {"subject": [first], "object": [second]})
    if not rows:
        raise NothingFound(f"no finding is on {label} and {other}, narrower constructs included")
    return rows, label, other


def written(found: Synthesis, pooled: Pooled[Effect], suffix: str) -> str:
    """The pooled effects as a forest plot (SVG, also for ``.png``) or as the table behind it (``.csv``)."""
    if suffix == ".csv":
        return ROW_FORMATS["csv"](_table(found, pooled))
    return forest.figure(found, pooled, software_version())


_COLUMNS = (
    "role", "finding", "study", "people", "first", "firstMeasure", "second", "secondMeasure", "n", "nOf", "r", "rLow",
    "rHigh", "z", "variance", "weight", "convertedFrom", "convertedWith", "certainty", "source", "reason",
)  # fmt: skip


def _table(found: Synthesis, pooled: Pooled[Effect]) -> Rows:
    """Everything the figure draws and what it leaves out: one row an effect, the result, the prediction, the rest."""
    rows = [*_effects(pooled), *_results(found, pooled)]
    rows += [
        {"role": "left out", "finding": local_name(each.finding), "study": each.study, "reason": each.reason}
        for each in found.choice.left_out
    ]
    return Rows(_COLUMNS, tuple(tuple(row.get(column) for column in _COLUMNS) for row in rows))


def _effects(pooled: Pooled[Effect]) -> Iterator[dict[str, Value]]:
    for effect, weight in zip(pooled.effects, pooled.weights, strict=True):
        interval = forest.interval_of(effect)
        yield {
            "role": "effect",
            "finding": local_name(effect.finding),
            "study": effect.study,
            "people": local_name(effect.people),
            "first": effect.constructs[0],
            "firstMeasure": effect.measures[0],
            "second": effect.constructs[1],
            "secondMeasure": effect.measures[1],
            "n": effect.n,
            "nOf": effect.n_of,
            "r": effect.r,
            "rLow": math.tanh(interval.low),
            "rHigh": math.tanh(interval.high),
            "z": effect.z,
            "variance": effect.variance,
            "weight": weight,
            "convertedFrom": effect.converted_from,
            "convertedWith": effect.converted_with,
            "certainty": effect.certainty,
            "source": effect.source,
        }


def _results(found: Synthesis, pooled: Pooled[Effect]) -> Iterator[dict[str, Value]]:
    common: dict[str, Value] = {
        "first": found.subject,
        "second": found.object,
        "r": math.tanh(pooled.estimate),
        "z": pooled.estimate,
        "convertedWith": forest.model(pooled),
    }
    spans = {"pooled": pooled.confidence, "prediction": pooled.prediction}
    for role, span in spans.items():
        if span is not None:
            yield (
                common
                | {"role": role, "rLow": math.tanh(span.low), "rHigh": math.tanh(span.high)}
                | ({"variance": pooled.standard_error**2} if role == "pooled" else {})
            )
