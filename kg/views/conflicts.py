"""Conflicts as text: the findings side by side, what differs between them, and what may be chance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.conflicts import Conflict, Judgement, confidence_interval, correlation
from kg.names import local_name
from kg.store import Row
from kg.views.words import measures, people, read_in

_CHANCE = {
    "yes": "chance may explain it",
    "no": "chance alone does not explain it",
    "unknown": "whether chance explains it cannot be told",
}


def text(conflicts: Iterable[Conflict]) -> str:
    """Every conflict, for a terminal."""
    told = "\n\n".join("\n".join(_lines(conflict)) for conflict in conflicts)
    return f"{told}\n" if told else "no findings disagree here\n"


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
    yield from (f"      {judgement(each)}" for each in conflict.judgements)


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


def judgement(judged: Judgement) -> str:
    """Whether chance may explain that two findings contradict each other, in words."""
    pair = f"{local_name(judged.finding)} against {local_name(judged.against)}"
    return f"{pair}: {_CHANCE[judged.chance]} ({judged.why})"
