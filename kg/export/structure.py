"""What is seen in the graph as a graph, as rows: one record, or one step or tie of it, a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kg.store import Rows, Value
from kg.structure.centrality import Standing
from kg.structure.communities import Division
from kg.structure.domains import Bridge, Domains
from kg.structure.implied import Implied
from kg.structure.links import Link
from kg.structure.paths import Path
from kg.structure.ties import Tie, findings_named
from kg.structure.triads import Triad

#: Digits behind the point: more than any of these numbers can mean, and the same from every machine.
_DIGITS = 6


def centrality(standings: Iterable[Standing]) -> Rows:
    """One row a construct."""
    return _rows(
        ("construct", "label", "domain", "findings", "samples", "participants", "ties", "related", "numbered",
         "strength", "betweenness", "closeness", "separates"),
        [
            (each.construct, each.label, _listed(each.domains), each.findings, each.samples, each.participants,
             each.ties, each.related, each.numbered, _number(each.strength), _number(each.betweenness),
             _number(each.closeness), _listed(f"{one} | {other}" for one, other in each.separates))
            for each in standings
        ],
    )  # fmt: skip


def bridges(found: Iterable[Bridge]) -> Rows:
    """One row a tie between domains."""
    return _rows(
        ("first", "firstDomain", "second", "secondDomain", "sign", "onlyWay", *_TIE),
        [
            (each.tie.labels[0], _listed(each.domains[0]), each.tie.labels[1], _listed(each.domains[1]), each.tie.word,
             "yes" if each.only else "no", *_tie(each.tie))
            for each in found
        ],
    )  # fmt: skip


def communities(found: Division, domains: Domains) -> Rows:
    """One row a construct; what is said of its community and of the whole division stands in each row."""
    return _rows(
        ("community", "construct", "label", "domain", "size", "tiesInside", "tiesOutside", "modularity"),
        [
            (number, construct, label, _listed(sorted(domains.get(construct, ()))), len(each.members), each.inside,
             each.outside, _number(found.modularity))
            for number, each in enumerate(found.communities, start=1)
            for construct, label in each.members
        ],
    )  # fmt: skip


def triads(found: Iterable[Triad]) -> Rows:
    """One row a triangle, with the sign, the r and the findings of each side."""
    sides = ("firstSecond", "firstThird", "secondThird")
    return _rows(
        ("first", "second", "third", "balance", "correlations", "why",
         *(f"{side}{what}" for side in sides for what in ("Sign", "R", "Findings"))),
        [
            (*each.labels, each.balance, each.correlations, each.why,
             *(value for tie in each.ties for value in (tie.word, _number(tie.r), findings_named(tie.findings))))
            for each in found
        ],
    )  # fmt: skip


def paths(found: Iterable[Path]) -> Rows:
    """One row a step."""
    return _rows(
        ("path", "pathLength", "step", "from", "to", "sign", "stepLength", "weight", "certainty", "agreement", *_TIE),
        [
            (number, _number(path.length), place, step.tie.label(step.start), step.tie.label(step.end), step.tie.word,
             _number(step.tie.length), _number(step.tie.weight), _number(step.tie.certainty),
             _number(step.tie.agreement), *_tie(step.tie)[:-1], findings_named(step.findings))
            for number, path in enumerate(found, start=1)
            for place, step in enumerate(path.steps, start=1)
        ],
    )  # fmt: skip


def links(found: Iterable[Link]) -> Rows:
    """One row a linking construct, with the two that it links."""
    return _rows(
        ("via", "first", "firstSign", "firstSamples", "firstR", "firstFindings", "second", "secondSign",
         "secondSamples", "secondR", "secondFindings", "lowestPossible", "highestPossible"),
        [
            (each.ties[0].label(each.via), *_side(each.ties[0], each.first), *_side(each.ties[1], each.second),
             *(map(_number, each.limits or (None, None))))
            for each in found
        ],
    )  # fmt: skip


def implied(found: Implied, labels: Mapping[str, str]) -> Rows:
    """The implied relation, what each link adds to it, and the pooled correlations that it is from: a row each."""
    rows: list[tuple[Value, ...]] = [
        ("implied", labels[found.first], labels[found.second], _listed(map(labels.__getitem__, found.through)),
         _number(found.r), _number(found.standard_error), _number(found.low), _number(found.high), None, None)
    ]  # fmt: skip
    rows += [
        ("added by a link", labels[found.first], labels[found.second], labels[link], _number(added), *[None] * 5)
        for link, added in zip(found.through, found.added, strict=True)
    ]
    pooled = [("pooled", pair, each) for pair, each in found.matrix.items()]
    if found.measured:
        pooled.append(("measured", frozenset((found.first, found.second)), found.measured))
    rows += [
        (role, *sorted(labels[end] for end in pair), None, _number(each.r), _number(each.standard_error), None, None,
         len(each.parts), _listed(each.findings))
        for role, pair, each in pooled
    ]  # fmt: skip
    return _rows(
        ("role", "first", "second", "through", "r", "standardError", "low", "high", "samples", "findings"), rows
    )


_TIE = ("r", "samples", "participants", "findings")


def _tie(tie: Tie) -> tuple[Value, ...]:
    return _number(tie.r), len(tie.people), sum(tie.people.values()), findings_named(tie.findings)


def _side(tie: Tie, end: str) -> tuple[Value, ...]:
    return tie.label(end), tie.word, len(tie.people), _number(tie.r), findings_named(tie.findings)


def _number(value: float | None) -> float | None:
    # Adding zero makes -0.0, which rounding can leave, 0.0.
    return None if value is None else round(value, _DIGITS) + 0.0


def _listed(words: Iterable[str]) -> str:
    return "; ".join(words)


def _rows(columns: Sequence[str], rows: Sequence[tuple[Value, ...]]) -> Rows:
    return Rows(tuple(columns), tuple(rows))
