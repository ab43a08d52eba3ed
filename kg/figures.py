"""Figures over a store: which question each is fed by, and what it needs to be drawn at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kg.errors import BadQuestion, NothingFound
from kg.export.tables import ROW_FORMATS
from kg.flows import flow
from kg.layers import of_layer
from kg.p_values import p_values
from kg.pools import drawn as forest
from kg.pools import effects_between, synthesis_here
from kg.questions import answer, find_question
from kg.resources import shipped, software_version
from kg.store import Store
from kg.synthesis import Plan
from kg.tellings import tellings
from kg.views import albatross, effect_direction, funnel, harvest
from kg.views import flow as flow_view
from kg.views.frame import Figure
from kg.views.words import told_by

#: The files that a figure can be written to.
SUFFIXES = (".svg", ".png", ".csv")
_QUESTION, _FLOW = "effects-between", "review-flow"
#: Kind of figure -> the options of pooling that mean something to it.
OPTIONS = {
    "forest": ("estimator", "mix_measures", "mix_constructs", "layer"),
    "funnel": ("estimator", "mix_measures", "mix_constructs", "layer"),
    "effect-direction": ("layer",),
    "albatross": ("mix_constructs", "layer"),
    "harvest": ("layer",),
}


def plotted(
    store: Store, kind: str, subject: str, object: str, suffix: str, options: Mapping[str, Any]
) -> tuple[str, str]:
    """The figure on two constructs as a file is to hold it (SVG, also for ``.png``, or CSV), and its size in words."""
    return drawn(of_layer(store, options.get("layer", "all")), kind, subject, object, suffix, options)


def drawn(
    store: Store, kind: str, subject: str, object: str, suffix: str, options: Mapping[str, Any]
) -> tuple[str, str]:
    """The same over a store that holds by now only the layer that the options name."""
    return _written(figure(store, kind, subject, object, options), suffix)


def figure(store: Store, kind: str, subject: str, object: str, options: Mapping[str, Any]) -> Figure:
    """The figure itself, over a store that holds by now only the layer that the options name."""
    if kind in ("forest", "funnel"):
        return _of_numbers(store, kind, subject, object, options)
    layer = options.get("layer", "all")
    rows, label, other = effects_between(store, subject, object)
    pair, behind = (
        f"{label} × {other}{'' if layer == 'all' else f', {told_by(layer)}'}",
        (_asked(subject, object), software_version()),
    )
    if kind == "albatross":
        told, left_out = p_values(rows, mix_constructs=options.get("mix_constructs", False))
        if not told:
            raise NothingFound(f"no finding on {pair} has a p value and a direction; there is nothing to draw")
        return albatross.figure(told, left_out, pair, *behind)
    studies, not_drawn = tellings(rows)
    if not studies:
        raise NothingFound(f"no finding tells of {pair} by themselves; there is nothing to draw")
    if kind == "harvest":
        return harvest.figure(studies, not_drawn, risks(store), pair, *behind)
    return effect_direction.figure(studies, not_drawn, pair, *behind)


def _of_numbers(store: Store, kind: str, subject: str, object: str, options: Mapping[str, Any]) -> Figure:
    """The figures of what can be pooled."""
    found = synthesis_here(store, subject, object, Plan(**options))
    if found.pooled is None:
        count = len(found.choice.effects)
        raise NothingFound(
            f"a {kind} plot takes two effects or more, and {count or 'none'} of {found.subject} × {found.object} "
            f"{'is' if count <= 1 else 'are'} left; kg pool says why and which option takes more, "
            "kg plot effect-direction draws what is there"
        )
    if kind == "forest":
        return forest(found, found.pooled)
    return funnel.figure(found, found.pooled, _asked(subject, object), software_version())


def flow_of(store: Store, dataset: str, suffix: str) -> tuple[str, list[str]]:
    """The flow diagram of a dataset's review as a file is to hold it, and what of its numbers does not add up."""
    arguments = {"dataset": [dataset]}
    flows = flow(answer(store, _FLOW, arguments))
    if len(flows) > 1:
        reviews = " and ".join(each.review for each in flows)
        raise BadQuestion(f"{dataset} tells the flow of {reviews}; give each review a dataset of its own")
    if not flows:
        raise NothingFound(f"{dataset} tells no counts of records, reports or studies; there is no flow to draw")
    told = flows[0]
    if not told.is_drawable():
        listed = ", ".join(f"{each.at} {each.count:,}" for each in told.tallies)
        raise NothingFound(f"{dataset} tells no way from records to studies, only {listed}; there is no flow to draw")
    asked = find_question(shipped(), _FLOW).as_asked(arguments)
    return _written(flow_view.figure(told, asked, software_version()), suffix)[0], list(told.discrepancies())


def risks(store: Store) -> dict[str, str]:
    """Study -> its risk of bias, where it was judged as a whole and by itself."""
    return {
        str(row["studies"]): str(row["judgement"])
        for row in answer(store, "risk-of-bias")
        if "; " not in str(row["studies"]) and not row["domain"] and row["judgement"] not in (None, "not reported")
    }


def _asked(subject: str, object: str) -> str:
    return find_question(shipped(), _QUESTION).as_asked({"subject": [subject], "object": [object]})


def _written(drawn: Figure, suffix: str) -> tuple[str, str]:
    return (ROW_FORMATS["csv"](drawn.table) if suffix == ".csv" else drawn.svg), drawn.told
