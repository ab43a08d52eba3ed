"""What is asked of every engine: the named questions, about a pair that is studied more often than nine in ten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kg.errors import KgError
from kg.narrowed import Only, among
from kg.questions import list_questions
from kg.resources import shipped
from kg.store import Store

#: Questions about everything that are asked too: these cost what they list, in any engine. That of all conflicts is
#: asked about one pair besides, as the page of a pair does.
OF_EVERYTHING = ("conflicts", "gap-matrix", "pairs-studied", "overlapping-samples", "told-twice", "verdicts")
_PAIRS = """
SELECT ?cell ?first ?second ?findings WHERE {
  ?cell a ca:EvidenceCell %s; ca:pairMember ?first , ?second ; ca:findingCount ?findings .
  FILTER(STR(?first) < STR(?second))
} ORDER BY DESC(?findings) ?cell"""
_OF_PAIR = """
SELECT ?finding ?study ?measure WHERE {
  <%s> ca:countsFinding ?finding . ?finding ca:study ?study ; ca:subjectMeasure|ca:objectMeasure ?measure .
} ORDER BY ?finding ?measure LIMIT 1"""

_ENDS, _FOUND = ("first", "second"), ("finding", "study", "measure")


def asked(store: Store) -> Iterator[tuple[str, str]]:
    """Name and text of each question."""
    pair = next(chosen(store, 1))
    known = {name: f"<{pair[name]}>" for name in ("finding", "study", "measure")}
    for question in sorted(list_questions(shipped()), key=lambda each: each.name):
        constructs = iter((f"<{pair['first']}>", f"<{pair['second']}>"))
        terms = {}
        for parameter in question.parameters:
            term = next(constructs, None) if parameter.type == "construct" else known.get(parameter.type)
            if term:
                terms[parameter.name] = [term]
        if question.name in OF_EVERYTHING or (terms and len(terms) == len(question.parameters)):
            yield question.name, question.bind(terms)
        if question.name == "conflicts":
            yield "conflicts of a pair", among(question.text, [_disagreeing(store)])


def _disagreeing(store: Store) -> Only:
    """A pair on which findings disagree, by the columns of the question ``conflicts``: one of middling popularity."""
    pairs = list(store.select(_PAIRS % "; ca:disagrees true "))
    if not pairs:
        raise KgError("this graph has no pair of constructs on which findings disagree: nothing to ask about")
    pair = pairs[len(pairs) // 2]
    return Only(("firstIri", "secondIri"), ((f"<{pair['first']}>", f"<{pair['second']}>"),))


def chosen(store: Store, many: int) -> Iterator[Mapping[str, str]]:
    """Pairs that are studied more often than nine in ten: ``first``, ``second``, and a ``finding``, its ``study`` and a
    ``measure``, as IRIs. KgError where there are not so many.
    """
    pairs = list(store.select(_PAIRS % ""))
    told = 0
    for pair in pairs[len(pairs) // 10 :]:
        for found in store.select(_OF_PAIR % pair["cell"]):
            yield {name: str(row[name]) for row, names in ((pair, _ENDS), (found, _FOUND)) for name in names}
            told += 1
        if told == many:
            return
    raise KgError("this graph has too few pairs of constructs whose findings name their measures: nothing to ask about")
