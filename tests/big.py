"""A graph in which everything is many: constructs by the hundred on both sides, more findings than are had whole."""

from __future__ import annotations

from itertools import product

from kg.names import BASE, TERMS, graph_iri
from kg.store.embedded import Embedded

#: Constructs below compassion, and as many below attachment; pairs, findings on each, and pairs that disagree.
SIDE, PAIRS, ON_EACH, DISAGREEING = 450, 210, 25, 24
FINDINGS = PAIRS * ON_EACH
_OUTCOMES = ("positive", "negative", "none")
_COUNTS = ("negative", "null", "positive", "unclear", "informativeNull", "uninformativeNull", "doubtfulNull",
           "notJudgedNull", "number", "sample", "participant", "untoldSample", "review", "primary")  # fmt: skip


def big(store: Embedded) -> Embedded:
    """A copy of a store, with all that."""
    whole = store.part(lambda *quad: True)
    whole.load("".join(f"{line} .\n" for line in _lines()), graph_iri("evidence/big"))
    return whole


def construct(side: str, number: int) -> str:
    """The slug of a construct."""
    return f"many-{side}-{number:03}"


def _lines():
    for side, number in product(("compassion", "attachment"), range(SIDE)):
        yield from _construct(construct(side, number), side)
    yield from _of("study", "many", type=_a("Study"), label='"Many 2026"@en', design=_iri("design/cross-sectional"))
    for pair in range(PAIRS):
        ends = construct("compassion", pair), construct("attachment", pair)
        for number in range(ON_EACH):
            yield from _finding(f"many-{pair:03}-{number:02}", *ends, _OUTCOMES[number % 3])
        yield from _cell("cell", "EvidenceCell", *ends, disagrees=pair < DISAGREEING, findings=ON_EACH)
        cell = _iri(f"cell/{'--'.join(sorted(ends))}")
        for number in range(ON_EACH):
            yield f"{cell} <{TERMS}countsFinding> {_iri(f'finding/many-{pair:03}-{number:02}')}"
        yield from _cell("rolled-up", "RolledUpCell", *ends)
        yield from _cell("rolled-up", "RolledUpCell", ends[0], "attachment")
        yield from _cell("rolled-up", "RolledUpCell", ends[1], "compassion")


def _construct(slug, root):
    yield from _of("construct", slug, type=_a("Construct"), label=f'"{slug.replace("-", " ")}"@en',
                   definition=f'"One of many of {root}."@en', broader=_iri(f"construct/{root}"))  # fmt: skip
    for whole in (slug, root):
        yield f"{_iri(f'construct/{slug}')} <{TERMS}within> {_iri(f'construct/{whole}')}"


def _finding(slug, subject, target, outcome):
    significant = "not-significant" if outcome == "none" else "significant"
    yield from _of(
        "finding", slug, type=_a("Finding"), label=f'"finding {slug}"@en', study=_iri("study/many"),
        subject=_iri(f"construct/{subject}"), object=_iri(f"construct/{target}"), locator='"Table 1"',
        direction=_iri(f"direction/{outcome}"), significance=_iri(f"significance/{significant}"),
        certainty=_iri("certainty/high"), readThrough=_iri("reading/review"), statement=f'"Statement of {slug}."@en',
        reportedIn=_iri("publication/amari2022"),
    )  # fmt: skip
    me = _iri(f"finding/{slug}")
    yield f"{me} {_PROPERTIES['type']} {_a('Association')}"
    for each in (subject, target):
        yield f"{me} <{TERMS}aboutConstruct> {_iri(f'construct/{each}')}"


def _cell(kind, type, *ends, disagrees=False, findings=1):
    me = _iri(f"{kind}/{'--'.join(sorted(ends))}")
    yield f"{me} {_PROPERTIES['type']} {_a(type)}"
    for each in ends:
        yield f"{me} <{TERMS}pairMember> {_iri(f'construct/{each}')}"
    for name, number in (("finding", findings), *((name, 1) for name in _COUNTS)):
        yield f'{me} <{TERMS}{name}Count> "{number}"^^<http://www.w3.org/2001/XMLSchema#integer>'
    for name, value in (("disagrees", str(disagrees).lower()), ("onePopulation", "false")):
        yield f'{me} <{TERMS}{name}> "{value}"^^<http://www.w3.org/2001/XMLSchema#boolean>'


_PROPERTIES = {
    "type": "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>",
    "label": "<http://www.w3.org/2000/01/rdf-schema#label>",
    "definition": "<http://www.w3.org/2004/02/skos/core#definition>",
    "broader": "<http://www.w3.org/2004/02/skos/core#broader>",
}


def _of(kind, slug, **said):
    return (
        f"{_iri(f'{kind}/{slug}')} {_PROPERTIES.get(name, f'<{TERMS}{name}>')} {value}" for name, value in said.items()
    )


def _a(name):
    return f"<{TERMS}{name}>"


def _iri(local):
    return f"<{BASE}{local}>"
