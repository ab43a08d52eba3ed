"""The forest plot: effects with their intervals, what they give together, and what may be expected elsewhere.

An SVG figure, and the same as text for a terminal; and, where nothing can be pooled, the directions of effect.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap

from kg.dependence import leave_one_sample_out
from kg.effects import Effect, interval_of_z
from kg.names import local_name
from kg.poolable import CAVEAT, Direction, sign_test
from kg.pooling import ESTIMATORS, INTERVALS, PREDICTION, Interval, Levels, Pooled, Spread, leave_one_out
from kg.synthesis import Synthesis
from kg.views import moderators, small_studies
from kg.views.encoding import MINUS, NEGATIVE, NEUTRAL, POSITIVE
from kg.views.pages import rendered
from kg.views.words import p_value, people, told_by

#: Of the figure, in pixels: its width, where the plot begins and ends, the height of a row and of what is above.
_WIDTH, _LEFT, _RIGHT, _ROW, _HEAD = 960, 320, 660, 26, 84
#: The height of a row that also tells what was mixed.
_HIGH_ROW = 40
#: The side of the largest square.
_SQUARE = 18.0
#: Direction of effect -> the sign of it (Boon & Thomson 2021).
_ARROWS = {"positive": "▲", "negative": "▼", "mixed": "◄►", "not told": "?"}


def interval_of(effect: Effect) -> Interval:
    """The 95 % interval of one effect, in Fisher's z."""
    return Interval(*interval_of_z(effect.z, effect.variance))


def model(pooled: Pooled[Effect]) -> str:
    """The model in words: estimator, interval and, where there is one, the convention of the prediction interval."""
    if pooled.levels:
        return _three_levels(pooled.levels, pooled.prediction is not None)
    prediction = f"; prediction interval of {PREDICTION}" if pooled.prediction else ""
    return f"{ESTIMATORS[pooled.estimator]}; interval of {INTERVALS[pooled.interval_method]}{prediction}"


def _three_levels(levels: Levels, predicts: bool) -> str:
    chance = f"t with {levels.samples} samples - 1"
    prediction = f"; prediction interval with both variances, {chance}" if predicts else ""
    return (
        "three levels, effects within samples, restricted maximum likelihood (Konstantopoulos 2011), sampling errors "
        f"of one sample correlated by {levels.rho:g}; cluster-robust interval, CR1, {chance}{prediction}"
    )


# --- text ------------------------------------------------------------------------------------


def text(found: Synthesis) -> str:
    """A synthesis for a terminal: what was left out and why, the effects, and the numbers or the directions."""
    lines = [f"{found.subject} × {found.object}", *_asked(found), *_left_out(found)]
    lines += _pooled(found.pooled) if found.pooled else _directions(found)
    if found.moderation:
        lines += moderators.lines(found.moderation)
    if found.small_studies:
        lines += small_studies.lines(found.small_studies)
    return "\n".join(lines) + "\n"


def _left_out(found: Synthesis) -> Iterator[str]:
    if found.choice.left_out:
        yield f"left out ({len(found.choice.left_out)})"
    for each in found.choice.left_out:
        yield f"  {local_name(each.finding)}, {each.study}: {each.reason}"


def _pooled(pooled: Pooled[Effect]) -> Iterator[str]:
    yield f"effects ({pooled.k})"
    for effect, weight in zip(pooled.effects, pooled.weights, strict=True):
        yield f"  {_who(effect)}: r = {_with_interval(effect.z, interval_of(effect))}, weight {100 * weight:.1f} %"
        yield from _provenance(effect)
    yield f"pooled r = {_with_interval(pooled.estimate, pooled.confidence)}"
    if pooled.prediction:
        yield f"  95 % prediction interval {_span(pooled.prediction)}: where another study like these would lie"
    yield f"  {_heterogeneity(pooled)}"
    yield f"  in Fisher's z: {pooled.estimate:.4f}, standard error {pooled.standard_error:.4f}"
    yield f"  model: {model(pooled)}"
    yield from (f"  caution: {caution}" for caution in pooled.cautions)
    left = [(f"{effect.study}, {local_name(effect.finding)}", rest) for effect, rest in leave_one_out(pooled)]
    left += [(local_name(people), rest) for people, rest in leave_one_sample_out(pooled)]
    if left:
        yield "without one of them" if pooled.levels is None else "without one of the samples"
    for name, rest in left:
        yield f"  {name}: r = {_with_interval(rest.estimate, rest.confidence)}"


def _who(effect: Effect) -> str:
    whole = f" of {effect.n_of}" if effect.n_of == "the whole sample" else ""
    return f"{effect.study}, {local_name(effect.finding)} ({people(effect.n)}{whole})"


def _provenance(effect: Effect) -> Iterator[str]:
    yield f"      {_what(effect)}"
    yield f"      from {effect.converted_from}: {effect.converted_with}"
    yield f"      {_read(effect)}"


def _what(effect: Effect) -> str:
    return f"{' and '.join(effect.constructs)}, by {' and '.join(effect.measures)}"


def _read(effect: Effect) -> str:
    return f"read in {effect.source}; certainty of the coding: {effect.certainty}"


def _heterogeneity(pooled: Pooled[Effect]) -> str:
    q = f"Q = {pooled.q:.2f} (df = {pooled.k - 1}, {p_value(pooled.q_p)})"
    if pooled.levels:
        parts = (
            f"{pooled.levels.between:.4f} between {pooled.levels.samples} samples, {pooled.levels.within:.4f} within"
        )
        return f"τ² = {parts}, I² = {_spread(pooled.i2, 100, 1)} %, {q}"
    shares = f"I² = {_spread(pooled.i2, 100, 1)} %, H² = {_spread(pooled.h2, 1, 2)}"
    return f"τ² = {_spread(pooled.tau2, 1, 4)}, {shares}, {q}"


def _spread(spread: Spread, scale: float, digits: int) -> str:
    told = f"{scale * spread.value:.{digits}f}"
    if spread.interval is None:
        return told
    return f"{told} [{scale * spread.interval.low:.{digits}f}, {scale * spread.interval.high:.{digits}f}]"


def _with_interval(z: float, interval: Interval) -> str:
    return f"{_number(z)} {_span(interval)}"


def _span(interval: Interval) -> str:
    return f"[{_number(interval.low)}, {_number(interval.high)}]"


def _number(z: float) -> str:
    """Fisher's z as a correlation of three decimals, with its sign where these show one."""
    r = round(math.tanh(z), 3)
    return f"{r:+.3f}" if r else "0.000"


def _directions(found: Synthesis) -> Iterator[str]:
    count = len(found.choice.effects)
    needed = "all of the same people" if count > 1 else "and it takes two or more"
    yield f"cannot be pooled: {count or 'no'} effect{'s' * (count != 1)} left, {needed}"
    for effect in found.choice.effects:
        yield f"  {_who(effect)}: r = {_with_interval(effect.z, interval_of(effect))}"
        yield from _provenance(effect)
    if not found.directions:
        yield "no finding on the two by themselves tells a direction that could be counted"
        return
    yield "directions of effect, of findings on the two by themselves"
    for each in found.directions:
        yield f"  {_ARROWS[each.direction]} {each.direction}: {_sample(each)}"
        for row in each.findings:
            significance = str(row["significance"]).replace("-", " ")
            told = f"{str(row['direction']).replace('-', ' ')}, significance: {significance}"
            yield f"      {local_name(str(row['finding']))}, {row['study']}: {told}"
    positive, negative, p = sign_test(found.directions)
    tested = "nothing to count" if p is None else f"sign test, two-sided: p = {p:.3f}"
    yield f"{positive} positive, {negative} negative; {tested}"
    yield from (f"  {line}" for line in CAVEAT.splitlines())


def _sample(direction: Direction) -> str:
    sizes = [row["recruited"] for row in direction.findings if isinstance(row["recruited"], int)]
    return f"{local_name(direction.people)} ({people(max(sizes, default=None))})"


# --- figure ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Row:
    """One effect as the figure draws it; lengths in pixels."""

    top: float
    label: str
    detail: str
    spoken: str
    low: float
    high: float
    middle: float
    side: float
    colour: str
    number: str
    weight: str


@dataclass(frozen=True)
class _Axis:
    """The axis of correlations: from ``low`` to ``high``, with ticks."""

    low: float
    high: float

    def at(self, z: float) -> float:
        """Where an effect lies, in pixels."""
        return self.of_r(math.tanh(z))

    def of_r(self, r: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (r - self.low) / (self.high - self.low)

    def ticks(self) -> list[tuple[float, str]]:
        """Place and text of each tick, one a quarter."""
        quarters = range(round(4 * self.low), round(4 * self.high) + 1)
        return [(self.of_r(each / 4), _signed(f"{each / 4:.2f}")) for each in quarters]


def figure(found: Synthesis, pooled: Pooled[Effect], version: str) -> str:
    """The forest plot as SVG, with its numbers, model, legend and version."""
    axis = _axis(pooled)
    return rendered(
        "forest.svg",
        title=f"{found.subject} × {found.object}",
        summary=f"{_pooled_in_words(pooled)}; {_heterogeneity(pooled)}; {model(pooled)}.",
        rows=_rows(found, pooled, axis),
        ticks=axis.ticks(),
        zero=axis.of_r(0),
        pooled=_signed(_with_interval(pooled.estimate, pooled.confidence)),
        diamond=[axis.at(z) for z in (pooled.confidence.low, pooled.estimate, pooled.confidence.high)],
        colour=_colour(pooled.estimate),
        prediction=pooled.prediction and [axis.at(pooled.prediction.low), axis.at(pooled.prediction.high)],
        predicted=pooled.prediction and _signed(_span(pooled.prediction)),
        notes=list(_notes(found, pooled, version)),
        width=_WIDTH, left=_LEFT, right=_RIGHT, row=_height(found), last=_ROW, head=_HEAD,
        positive=POSITIVE, negative=NEGATIVE, neutral=NEUTRAL,
    )  # fmt: skip


def _axis(pooled: Pooled[Effect]) -> _Axis:
    """The quarters around everything drawn, and zero."""
    spans = [*map(interval_of, pooled.effects), pooled.confidence, *([pooled.prediction] if pooled.prediction else [])]
    low = min(0, *(math.tanh(span.low) for span in spans))
    high = max(0, *(math.tanh(span.high) for span in spans))
    return _Axis(math.floor(4 * low) / 4, math.ceil(4 * high) / 4)


def _height(found: Synthesis) -> int:
    return _HIGH_ROW if found.plan.mix_measures or found.plan.mix_constructs else _ROW


def _detail(found: Synthesis, effect: Effect) -> str:
    """What may differ between the effects, where different things were mixed."""
    if found.plan.mix_constructs:
        return " and ".join(effect.constructs)
    return " and ".join(effect.measures) if found.plan.mix_measures else ""


def _rows(found: Synthesis, pooled: Pooled[Effect], axis: _Axis) -> list[_Row]:
    heaviest = max(pooled.weights)
    rows = []
    for place, (effect, weight) in enumerate(zip(pooled.effects, pooled.weights, strict=True)):
        interval = interval_of(effect)
        rows.append(
            _Row(
                top=_HEAD + _height(found) * place,
                label=f"{effect.study} ({people(effect.n)})",
                detail=_detail(found, effect),
                spoken=f"{_who(effect)}; {_what(effect)}; {_read(effect)}",
                low=axis.at(interval.low),
                high=axis.at(interval.high),
                middle=axis.at(effect.z),
                side=_SQUARE * math.sqrt(max(0.0, weight) / heaviest),
                colour=_colour(effect.z),
                number=_signed(_with_interval(effect.z, interval)),
                weight=f"{100 * weight:.1f} %",
            )
        )
    return rows


def _colour(z: float) -> str:
    return NEUTRAL if z == 0 else POSITIVE if z > 0 else NEGATIVE


def _signed(number: str) -> str:
    """Numbers as figures print them, with a true minus."""
    return number.replace("-", MINUS)


def _pooled_in_words(pooled: Pooled[Effect]) -> str:
    number = _signed(_with_interval(pooled.estimate, pooled.confidence))
    predicted = f", prediction interval {_signed(_span(pooled.prediction))}" if pooled.prediction else ""
    return f"pooled r = {number} of k = {pooled.k} effects{predicted}"


def _asked(found: Synthesis) -> Iterator[str]:
    """What was done because it was asked for: mixing what differs, contested conversions, turned signs."""
    options = {"measures": found.plan.mix_measures, "constructs": found.plan.mix_constructs}
    if found.plan.layer != "all":
        yield f"Only what was {told_by(found.plan.layer)}."
    if any(options.values()):
        yield f"Different {' and '.join(word for word, mix in options.items() if mix)} may be mixed, as was asked."
    if found.plan.convert:
        converted = ", ".join(word.replace("-", " ") for word in found.plan.convert)
        yield f"Converted, as was asked, though it rests on assumptions: {converted}."
    if found.plan.flip:
        yield f"Signs turned, as was asked, of what was found by {' and '.join(found.plan.flip)}."


def _doubts(pooled: Pooled[Effect]) -> Iterator[str]:
    """The effects of which the coder is not sure that the source says this."""
    doubtful = [effect.study for effect in pooled.effects if effect.certainty == "low"]
    if doubtful:
        yield f"Coded with low certainty: {', '.join(doubtful)}."


def _notes(found: Synthesis, pooled: Pooled[Effect], version: str) -> Iterator[str]:
    """What stands below the plot, in lines that fit."""
    left_out = len(found.choice.left_out)
    sentences = [
        f"k = {pooled.k}; {_heterogeneity(pooled)}.",
        f"Model: {model(pooled)}; on Fisher's z, shown as r.",
        *(f"Caution: {caution}." for caution in pooled.cautions),
        *_doubts(pooled),
        *_asked(found),
        f"{left_out} finding{'s' * (left_out != 1)} on the pair left out: kg pool says which, and why."
        if left_out
        else "No finding on the pair was left out.",
        f"effects-between (queries/). Compassion × attachment knowledge graph, version {version}. CC BY 4.0.",
    ]
    for sentence in sentences:
        yield from wrap(sentence, 135)
