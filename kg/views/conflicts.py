"""Conflicts as text: the findings side by side, what differs between them, and what may be chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from kg.conflicts import Conflict, Judgement, confidence_interval, correlation
from kg.names import local_name
from kg.store import Row
from kg.views.words import measures, people, read_in

_CHANCE = {
    "yes": "chance may explain it",
    "no": "chance alone does not explain it",
    "unknown": "whether chance explains it cannot be told",
}


#: Times that two findings contradict each other grow with the square of the findings; so many are told one by one.
_MOST = 400


def text(conflict: Conflict) -> str:
    """A conflict, for a terminal."""
    return "\n".join(_lines(conflict))


def _lines(conflict: Conflict) -> Iterator[str]:
    yield f"{conflict.first} × {conflict.second}"
    for finding in conflict.findings:
        yield f"  {local_name(str(finding['finding']))}: {_outcome(finding)}"
        yield f"      {_who(finding)}"
        yield f"      {read_in(finding)}"
        if finding["reach"]:
            yield f"      {finding['reach']}: {finding['reachNote']}"
        if finding["certainty"] != "high" or finding["note"]:
            yield f"      coder's certainty: {finding['certainty']}. {finding['note'] or ''}".rstrip()
    yield "  what differs"
    yield from (f"      {word}: {' | '.join(values)}" for word, values in conflict.differs.items())
    yield "  chance"
    yield from (f"      {judgement(each)}" for each in conflict.judgements[:_MOST])
    if summed := summary(conflict.judgements, _MOST):
        yield f"      {summed}"


def _outcome(finding: Row) -> str:
    pair = f"{finding['firstFound']} and {finding['secondFound']}"
    return f"{pair}: {_said(finding['direction'])}, {_said(finding['significance'])}{_number(finding)}"


def _said(code: object) -> str:
    return str(code).replace("-", " ")


def _number(finding: Row) -> str:
    r, n = correlation(finding), finding["sampleSize"]
    if r is None or not isinstance(n, int) or n <= 3:
        return f" ({finding['printed']})" if finding["printed"] else ""
    low, high = confidence_interval(r, n)
    return f" (r = {finding['value']}, 95 % CI {low:.2f} to {high:.2f} by Fisher's z)"


def _who(finding: Row) -> str:
    measured = measures(finding, "firstMeasure", "secondMeasure") or "measures not told"
    parts = (finding["study"], people(finding["sampleSize"]), finding["population"], finding["design"], measured)
    return "; ".join(map(str, parts))


def summary(judgements: Sequence[Judgement], most: int) -> str:
    """What the judgements come to, where they are too many to be told one by one."""
    if len(judgements) <= most:
        return ""
    told = Counter(each.chance for each in judgements)
    return (
        f"Of {len(judgements):,} times that two findings contradict each other, it may explain {told['yes']:,}, "
        f"may not explain {told['no']:,}, and for {told['unknown']:,} cannot be told"
    )


def judgement(judged: Judgement) -> str:
    """Whether chance may explain that two findings contradict each other, in words."""
    pair = f"{local_name(judged.finding)} against {local_name(judged.against)}"
    return f"{pair}: {_CHANCE[judged.chance]} ({judged.why})"
