"""Answers as an assistant gets them: rows with the IRIs of what they name, its sources, and how to see it all.

Rows say what every other form of the answer says. Beside them stand the things that they name, by IRI or by label,
each with its label and the publications that tell of it, so that nothing need be quoted without its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from kg.assistants.calls import Call, Cut
from kg.lookup import left_out
from kg.names import CODE_KINDS, TERMS, curie, kind_of
from kg.pages.addresses import served
from kg.pages.library import Library
from kg.pages.searching import KINDS, near, search
from kg.questions import export_query, quoted, rules_behind
from kg.resources import shipped
from kg.serve.descriptions import DATASET
from kg.store import Iri, Row, Rows, Store, Value

#: So many things are asked about at a time: engines read no query of any length.
_AT_ONCE = 200
#: Letters beyond which a text is prose, and no name.
_LONGEST_NAME = 150

Told = dict[str, Any]


class Answers:
    """Makes the answers over one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._library = Library(store)

    def of(self, call: Call, rows: Rows) -> Told:
        """The answer of a question, cut as the call wants it."""
        self._renew()
        labels = self._labels({value for values in call.about.values() for value in values if _is_iri(value)})
        return {
            "question": call.question.question,
            "about": {name: [_about(value, labels) for value in values] for name, values in call.about.items()},
            **self._rows(rows, call.cut, f"for all rows at once: {call.command}"),
            **_if_any("left_out", left_out(self._store, call.question, call.given)),
            **_if_any("rules", list(rules_behind(shipped(), rows).values())),
            "query": call.query,
            "see": {"page": call.page, "command": call.command},
            "dataset": self._dataset(),
        }

    def search(self, words: str, kind: str | None, cut: Cut) -> Told:
        """What is called so, or nearly so where nothing is."""
        self._renew()
        kinds = [kind] if kind else KINDS
        found = search(self._library, words, kinds)
        nearly = [] if found else [(iri, kind_of(iri), "") for iri in near(self._library, words, kinds)]
        values = [(Iri(iri), each, self._library.label(iri), name or None) for iri, each, name in (*found, *nearly)]
        return {
            "question": "What is called so, or where nothing is, nearly so?",
            "about": {"words": [{"label": words}]},
            **self._rows(Rows(("thing", "kind", "label", "foundAs"), tuple(values)), cut, "or search for more words"),
            "see": {"page": served()("/search", {"q": words})},
            "dataset": self._dataset(),
        }

    def _renew(self) -> None:
        """Forget what another engine may have changed since."""
        self._library = self._library.renewed() if self._library.is_stale else self._library

    def _rows(self, rows: Rows, cut: Cut, whole: str) -> Told:
        """The rows that are told, and what they name."""
        end = cut.offset + cut.limit
        shown = Rows(rows.columns, rows.values[cut.offset : end])
        rest = f"rows {cut.offset + 1} to {end} of {len(rows)}; for the next, offset {end}; {whole}"
        things, sources = self._named(shown)
        return {
            "columns": list(rows.columns),
            "rows": [_plain(row) for row in shown],
            "total": len(rows),
            **_if_any("rest", rest if end < len(rows) else ""),
            "things": things,
            "sources": sources,
        }

    def _named(self, rows: Rows) -> tuple[list[Told], list[Told]]:
        """What rows name, with its sources; and these, as publications."""
        values = {value for row in rows.values for value in row}
        things = {str(value) for value in values if isinstance(value, Iri)}
        things |= self._called({str(value) for value in values if _may_be_name(value)})
        labels = self._labels(things)
        told_in: dict[str, list[str]] = {}
        sources: dict[str, Told] = {}
        for row in self._asked("sources", "thing", _terms(things)):
            source = str(row["source"])
            told_in.setdefault(str(row["thing"]), []).append(source)
            sources[source] = _plain({"iri": source, "label": row["label"], "citation": row["citation"]})
        listed = [{**_about(iri, labels), **_if_any("sources", told_in.get(iri))} for iri in sorted(things)]
        return listed, [sources[iri] for iri in sorted(sources)]

    def _called(self, names: set[str]) -> set[str]:
        """The IRIs of what is called so, but for codes and words of the ontology: those explain themselves."""
        found = self._asked("named", "name", [f"{quoted(name)}@en" for name in sorted(names)])
        return {str(row["thing"]) for row in found if _is_asked_about(str(row["thing"]))}

    def _labels(self, iris: Iterable[str]) -> dict[str, str]:
        return {str(row["thing"]): str(row["label"]) for row in self._asked("labels", "thing", _terms(iris))}

    def _asked(self, name: str, variable: str, terms: list[str]) -> Iterator[Row]:
        for start in range(0, len(terms), _AT_ONCE):
            part = terms[start : start + _AT_ONCE]
            yield from self._store.select(export_query(shipped(), name, {variable: part}))

    def _dataset(self) -> Told:
        """What an answer is an answer of."""
        stated = self._library.stated(DATASET)
        names = {
            "title": "dcterms:title",
            "version": "owl:versionInfo",
            "state": "dcterms:identifier",
            "licence": "dcterms:license",
        }
        about = {key: text for key, name in names.items() if (text := stated.text(name))}
        return {"iri": DATASET, **about, "date": self._library.date}


def _about(value: str, labels: Mapping[str, str]) -> Told:
    """A thing with its label, or the words of a value that is none."""
    return {"iri": value, "label": labels.get(value, curie(value))} if _is_iri(value) else {"label": value}


def _if_any(name: str, value: object) -> Told:
    return {name: value} if value else {}


def _plain(row: Row) -> Told:
    """A row as JSON has it; what is not told is left out."""
    return {
        name: _number(value) if isinstance(value, Decimal) else value
        for name, value in row.items()
        if value is not None
    }


def _number(value: Decimal) -> int | float:
    """As it is written elsewhere: 33 stays 33."""
    return int(value) if value == int(value) else float(value)


def _terms(iris: Iterable[str]) -> list[str]:
    return [f"<{iri}>" for iri in sorted(iris)]


def _is_iri(value: str) -> bool:
    return value.startswith(("http://", "https://"))


def _may_be_name(value: Value) -> bool:
    return isinstance(value, str) and not isinstance(value, Iri) and 0 < len(value) <= _LONGEST_NAME


def _is_asked_about(iri: str) -> bool:
    return not iri.startswith(TERMS) and kind_of(iri) not in CODE_KINDS
