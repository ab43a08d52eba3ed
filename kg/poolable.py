"""What can be pooled of the findings on two constructs, what cannot, and why: in words, finding by finding.

Takes rows of the question ``effects-between`` and gives records; nothing here knows a store.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from kg.conversions import NoEffect
from kg.effects import UNTOLD, Effect, effect_of, turned_by
from kg.names import local_name
from kg.store import Row, Value

#: How effects are chosen; printed wherever a choice is.
RULE = """\
One effect of the same people: that of the most people, and of equals the first by name of its finding. Unless
--dependent three-level: it takes all of them, but what looks like one result told twice only once.
One pair of measures, unless --mix-measures: that of the most samples, then of the most people, then the first by name.
The very constructs that were asked for, unless --mix-constructs: narrower ones are other constructs. Those below an
umbrella of opposite poles, such as attachment, are never mixed: a high security is no low avoidance.
Only correlations that are reported, or that follow without a guess: from Fisher's z, ranks, t, F, d, g and odds ratios.
Unless --convert names it: no standardised beta, partial correlation, chi-square or p by itself.
Signs stay as they are, unless --flip names a measure whose scores count the other way round.
Never, whatever is asked: what a review pooled already, findings of three constructs, a number whose sign contradicts
the coded direction."""

#: Kinds of findings that tell of two constructs by themselves.
_OF_TWO = frozenset({"association", "prediction", "group difference"})


class Narrower(NoEffect):
    """A finding on narrower constructs than those that were asked for."""


@dataclass(frozen=True)
class LeftOut:
    """A finding that is not pooled, and why."""

    finding: str
    study: str
    reason: str


@dataclass(frozen=True)
class Choice:
    """The effects that may be pooled, and what was left out; both in order of finding."""

    effects: tuple[Effect, ...]
    left_out: tuple[LeftOut, ...]


def choose(
    rows: Iterable[Row],
    *,
    mix_measures: bool = False,
    mix_constructs: bool = False,
    convert: Collection[str] = (),
    flip: Collection[str] = (),
    dependent: str = "choose",
) -> Choice:
    """What of an answer of ``effects-between`` may be pooled, by ``RULE``."""
    rows = list(rows)
    effects: list[Effect] = []
    left_out: list[LeftOut] = []
    for row in one_a_finding(rows):
        try:
            _comparable(row, mix_constructs)
            effects.append(effect_of(row, convert, flip))
        except Narrower as narrower:
            left_out.append(LeftOut(str(row["finding"]), str(row["study"]), _narrower(narrower, row, convert, flip)))
        except NoEffect as reason:
            left_out.append(LeftOut(str(row["finding"]), str(row["study"]), str(reason)))

    def keep(kept: Sequence[Effect], reason_of: dict[str, str]) -> list[Effect]:
        left_out.extend(
            LeftOut(each.finding, each.study, reason_of[each.finding]) for each in kept if each.finding in reason_of
        )
        return [each for each in kept if each.finding not in reason_of]

    effects = keep(effects, _told_again(effects, rows))
    if not mix_measures:
        effects = keep(effects, _other_measures(effects))
    effects = keep(effects, _same_people(effects) if dependent == "choose" else _same_result(effects))
    return Choice(_in_order(effects), _in_order(left_out))


def of_several_samples(effects: Iterable[Effect]) -> bool:
    """Whether effects are of two samples or more: those of one tell nothing together."""
    return len({each.people for each in effects}) > 1


def one_a_finding(rows: Iterable[Row]) -> Iterator[Row]:
    """One row a finding; of a finding that fits the question in two ways, the one on the constructs as asked."""
    for _, told in groupby(sorted(rows, key=lambda row: str(row["finding"])), key=lambda row: row["finding"]):
        yield min(told, key=lambda row: (row["asAsked"] != "yes", str(row["firstFound"]), str(row["secondFound"])))


def comparable(row: Row, mix_constructs: bool) -> bool:
    """Whether a finding is a primary one on the two constructs by themselves."""
    try:
        _comparable(row, mix_constructs)
    except NoEffect:
        return False
    return True


def _comparable(row: Row, mix_constructs: bool) -> None:
    if str(row["reading"]).startswith("synthesis"):
        raise NoEffect("it is itself pooled, by a review, and holds other studies' people")
    if row["third"] is not None or row["kind"] not in _OF_TWO:
        third = f" with {row['third']}" if row["third"] is not None else ""
        raise NoEffect(f"it is a {row['kind']}{third}, not a relation of the two by themselves")
    if row["asAsked"] == "yes":
        return
    pair = f"{row['firstFound']} and {row['secondFound']}"
    if row["polesGathered"] == "yes":
        raise NoEffect(
            f"it is on {pair}, and what was asked gathers opposite poles, on which one sign means two things"
        )
    if not mix_constructs:
        raise Narrower(f"it is on {pair}, narrower than what was asked")


def _narrower(narrower: Narrower, row: Row, convert: Collection[str], flip: Collection[str]) -> str:
    """Why a finding on narrower constructs is left out: an option takes it only where it has an effect at all."""
    try:
        effect_of(row, convert, flip)
    except NoEffect as reason:
        return f"{narrower}, and {reason}"
    return f"{narrower} (--mix-constructs takes it)"


def _told_again(effects: Sequence[Effect], rows: Iterable[Row]) -> dict[str, str]:
    """Finding -> reason, of effects that tell again what another one tells."""
    here = {each.finding for each in effects}
    told = ((str(row["finding"]), str(row["repeats"])) for row in rows)
    return {
        finding: f"it tells again what {local_name(earlier)} tells"
        for finding, earlier in told
        if finding in here and earlier in here
    }


def _other_measures(effects: Sequence[Effect]) -> dict[str, str]:
    """Finding -> reason, of effects that were not got by the pair of measures with the most samples."""
    groups: dict[tuple[str, str], list[Effect]] = {}
    for each in effects:
        if UNTOLD not in each.measures:
            groups.setdefault(each.measures, []).append(each)
    chosen = min(groups, key=lambda pair: (*_size(groups[pair]), sorted(pair), pair), default=None)
    reasons = {}
    for each in effects:
        if UNTOLD in each.measures:
            reasons[each.finding] = "by which measures it was got is not told (--mix-measures takes it)"
        elif each.measures != chosen:
            pair = " and ".join(each.measures)
            reasons[each.finding] = f"it was got by other measures, {pair} (--mix-measures takes it)"
    return reasons


def _size(effects: Iterable[Effect]) -> tuple[int, int]:
    """How many samples and people stand behind effects, each counted once; less than zero, so that most comes first."""
    sizes: dict[str, int] = {}
    for each in effects:
        sizes[each.people] = max(each.n or 0, sizes.get(each.people, 0))
    return -len(sizes), -sum(sizes.values())


def _same_people(effects: Sequence[Effect]) -> dict[str, str]:
    """Finding -> reason, of effects whose people are already there with another effect."""
    chosen: dict[str, Effect] = {}
    for each in sorted(effects, key=lambda each: (-(each.n or 0), each.finding)):
        chosen.setdefault(each.people, each)
    return {
        each.finding: f"its people are, or may be, those of {local_name(chosen[each.people].finding)}"
        for each in effects
        if each is not chosen[each.people]
    }


def _same_result(effects: Sequence[Effect]) -> dict[str, str]:
    """Finding -> reason, of effects of the same people on the same things to the last digit: one result told twice."""
    first: dict[tuple[object, ...], Effect] = {}
    reasons = {}
    for each in sorted(effects, key=lambda each: each.finding):
        earlier = first.setdefault((each.people, each.constructs, each.measures, each.n, each.z), each)
        if earlier is not each:
            reasons[each.finding] = f"its people, measures and number are those of {local_name(earlier.finding)}"
    return reasons


T = TypeVar("T", Effect, LeftOut)


def _in_order(things: Iterable[T]) -> tuple[T, ...]:
    return tuple(sorted(things, key=lambda each: each.finding))


# --- without numbers: directions -------------------------------------------------------------

#: What a sign test can and cannot say; printed with it.
CAVEAT = """\
Counting directions says nothing of how strong a relation is or how sure, gives a small sample the voice of a large one,
and cannot show that there is none. Findings that tell no direction, and people on whom findings disagree, are not
counted. It is a last resort where numbers are missing (SWiM: Campbell et al. 2020; Boon & Thomson 2021)."""


@dataclass(frozen=True)
class Direction:
    """What the findings on the same people say together: ``positive``, ``negative``, ``mixed`` or ``not told``."""

    people: str
    direction: str
    findings: tuple[Row, ...]


def directions(
    rows: Iterable[Row], *, mix_constructs: bool = False, flip: Collection[str] = ()
) -> tuple[Direction, ...]:
    """The direction of effect of each group of people, in order of name."""
    told = [_turned(row, flip) for row in one_a_finding(rows) if comparable(row, mix_constructs)]
    by_people = groupby(sorted(told, key=lambda row: str(row["people"])), key=lambda row: str(row["people"]))
    return tuple(_together(people, tuple(findings)) for people, findings in by_people)


#: Direction -> what it becomes where one of the two measures counts the other way round.
_OPPOSITE: dict[Value, Value] = {"positive": "negative", "negative": "positive"}


def _turned(row: Row, flip: Collection[str]) -> Row:
    """The row with the direction that it has once measures are flipped."""
    if turned_by(row, flip) is None:
        return row
    return {**row, "direction": _OPPOSITE.get(row["direction"], row["direction"])}


def _together(people: str, findings: tuple[Row, ...]) -> Direction:
    signs = {str(row["direction"]) for row in findings} & {"positive", "negative"}
    word = "mixed" if len(signs) == 2 else next(iter(signs), "not told")
    return Direction(people, word, findings)


def sign_test(told: Iterable[Direction]) -> tuple[int, int, float | None]:
    """How many are positive and negative, and the exact two-sided p of so uneven a split; None where there are none.

    >>> calm = [Direction(str(number), "negative", ()) for number in range(6)]
    >>> sign_test(calm)
    (0, 6, 0.03125)
    """
    words = [each.direction for each in told]
    positive, negative = words.count("positive"), words.count("negative")
    total = positive + negative
    if not total:
        return 0, 0, None
    tail = sum(math.comb(total, count) for count in range(min(positive, negative) + 1)) / 2**total
    return positive, negative, min(1.0, 2 * tail)
