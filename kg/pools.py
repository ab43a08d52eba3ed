"""Pooling over a store: which question is asked, and which files the answer can be written to."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace

from kg.effects import Effect
from kg.errors import BadQuestion, NothingFound
from kg.export.tables import ROW_FORMATS
from kg.layers import of_layer
from kg.lookup import label_of, resolve, within
from kg.names import local_name
from kg.pairs_to_pool import EFFECTS
from kg.pooled import told
from kg.pooling import Interval, Pooled
from kg.questions import answer
from kg.resources import software_version
from kg.store import Rows, Store, Value
from kg.synthesis import Plan, Synthesis, synthesise
from kg.views import forest
from kg.views.frame import Figure

#: The files that a synthesis can be written to.
SUFFIXES = (".svg", ".png", ".csv")


def synthesis(store: Store, subject: str, object: str, plan: Plan) -> Synthesis:
    """The findings on two constructs (by slug, label, synonym, CURIE or IRI) as one."""
    return synthesis_here(of_layer(store, plan.layer), subject, object, plan)


def synthesis_here(store: Store, subject: str, object: str, plan: Plan) -> Synthesis:
    """The same over a store that holds by now only the layer that the plan names."""
    rows, label, other = effects_between(store, subject, object)
    return synthesise(rows, label, other, replace(plan, flip=_measures(store, rows, plan.flip)))


def effects_between(store: Store, subject: str, object: str) -> tuple[Rows, str, str]:
    """The findings on two constructs that could be put together, and the labels of the two."""
    first, second = (resolve(store, name, "construct") for name in (subject, object))
    if first == second:
        raise BadQuestion(f"'{subject}' and '{object}' are one construct; name two")
    label, other = (within(store, iri)[iri] for iri in (first, second))
    rows = answer(store, EFFECTS, {"subject": [first], "object": [second]})
    if not rows:
        raise NothingFound(f"no finding is on {label} and {other}, narrower constructs included")
    return rows, label, other


def published_between(store: Store, subject: str, object: str) -> Rows:
    """What others pooled on two constructs, narrower ones included."""
    return answer(store, "published-syntheses-between", {"subject": [subject], "object": [object]})


def _measures(store: Store, rows: Rows, names: Iterable[str]) -> tuple[str, ...]:
    """The labels of the measures that are to be flipped, each of which must have found something here."""
    used = {str(row[column]) for row in rows for column in ("firstMeasure", "secondMeasure") if row[column]}
    labels = tuple(dict.fromkeys(label_of(store, resolve(store, name, "measure")) for name in names))
    for label in labels:
        if label not in used:
            raise BadQuestion(f"--flip: nothing was found here by {label}; measures here: {', '.join(sorted(used))}")
    return labels


def drawn(found: Synthesis, pooled: Pooled[Effect]) -> Figure:
    """The pooled effects as a forest plot."""
    return Figure(forest.figure(found, pooled, software_version()), _table(found, pooled), f"{pooled.k} effects")


def written(found: Synthesis, pooled: Pooled[Effect], suffix: str) -> str:
    """The forest plot as SVG (also for ``.png``) or the table behind it (``.csv``)."""
    figure = drawn(found, pooled)
    return ROW_FORMATS["csv"](figure.table) if suffix == ".csv" else figure.svg


_COLUMNS = (
    "role", "finding", "study", "people", "first", "firstMeasure", "second", "secondMeasure", "n", "nOf", "r", "rLow",
    "rHigh", "z", "zLow", "zHigh", "variance", "weight", "value", "low",
    "high", "p", "convertedFrom", "convertedWith", "certainty", "source",
    "reason",
)  # fmt: skip


def _table(found: Synthesis, pooled: Pooled[Effect]) -> Rows:
    """Everything the figure draws and what it leaves out: a row an effect, result, coefficient, refusal."""
    rows = [*_effects(pooled), *_results(found, pooled), *_coefficients(found), *_mirrored(found)]
    rows += [
        {"role": "left out", "finding": local_name(each.finding), "study": each.study, "reason": each.reason}
        for each in found.choice.left_out
    ]
    return Rows(_COLUMNS, tuple(tuple(_told(row.get(column)) for column in _COLUMNS) for row in rows))


def _told(value: Value) -> Value:
    return told(value) if isinstance(value, float) else value


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
            **_estimate(effect.z, interval),
            "variance": effect.variance,
            "weight": weight,
            "convertedFrom": effect.converted_from,
            "convertedWith": effect.converted_with,
            "certainty": effect.certainty,
            "source": effect.source,
        }


def _results(found: Synthesis, pooled: Pooled[Effect]) -> Iterator[dict[str, Value]]:
    common: dict[str, Value] = {"first": found.subject, "second": found.object, "convertedWith": forest.model(pooled)}
    error: dict[str, Value] = {"variance": pooled.standard_error**2}
    yield common | {"role": "pooled"} | _estimate(pooled.estimate, pooled.confidence) | error
    if pooled.prediction:
        yield common | {"role": "prediction"} | _estimate(pooled.estimate, pooled.prediction)
    yield common | {"role": "effects", "value": pooled.k}
    for role, spread in (("tau squared", pooled.tau2), ("I squared", pooled.i2), ("H squared", pooled.h2)):
        interval = spread.interval
        ends: dict[str, Value] = {"low": interval.low, "high": interval.high} if interval else {}
        yield common | {"role": role, "value": spread.value} | ends
    yield common | {"role": "Cochran's Q", "value": pooled.q, "p": pooled.q_p}


def _coefficients(found: Synthesis) -> Iterator[dict[str, Value]]:
    """What moderators add to Fisher's z: on that scale only, since it is no correlation."""
    fit = found.moderation and found.moderation.regression
    for each in fit.coefficients if fit else ():
        yield {
            "role": f"coefficient of {each.term}",
            "first": found.subject,
            "second": found.object,
            "z": each.estimate,
            "zLow": each.confidence.low,
            "zHigh": each.confidence.high,
            "variance": each.standard_error**2,
            "p": each.p,
        }


def _mirrored(found: Synthesis) -> Iterator[dict[str, Value]]:
    """The effects that trim-and-fill adds, and what they give with the others."""
    fill = found.small_studies and found.small_studies.fill
    if not fill or not fill.filled:
        return
    ends: dict[str, Value] = {"first": found.subject, "second": found.object}
    for each in fill.filled:
        how = f"the mirror of {local_name(each.mirrors.finding)}, by trim-and-fill, L0 (Duval & Tweedie 2000)"
        number: dict[str, Value] = {"r": math.tanh(each.z), "z": each.z, "variance": each.variance}
        yield ends | {"role": "mirrored", "convertedWith": how} | number
    error: dict[str, Value] = {"variance": fill.pooled.standard_error**2}
    whole = _estimate(fill.pooled.estimate, fill.pooled.confidence)
    yield ends | {"role": "pooled with the mirrored"} | whole | error


def _estimate(z: float, interval: Interval) -> dict[str, Value]:
    """A number with its interval, as r and as Fisher's z."""
    low, high = interval.low, interval.high
    return {"r": math.tanh(z), "rLow": math.tanh(low), "rHigh": math.tanh(high), "z": z, "zLow": low, "zHigh": high}
