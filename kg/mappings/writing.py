"""Mapping sets to SSSOM tables, in one order and one shape, so that a change shows as a change of its lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from kg.files import write_text
from kg.formulas import harmless
from kg.mappings.records import CURIE_COLUMNS, Candidate, Extension, Mapping, SetHead
from kg.mappings.slots import BUILT_IN, joined, prefix_of
from kg.names import TERMS

#: The column of a curator's decision, declared as SSSOM wants columns that are not its own.
_DECISION = Extension(slot_name="decision", property=f"{TERMS}decision", type_hint="xsd:string")


def write_set(path: Path, head: SetHead, mappings: Iterable[Mapping]) -> None:
    """Write a set whole or not at all; KgError where it cannot be written."""
    write_text(path, as_text(head, mappings))


def as_text(head: SetHead, mappings: Iterable[Mapping]) -> str:
    """A set as it stands in its file: by subject, then object, columns that hold nothing left out."""
    rows = sorted(mappings, key=_order)
    return _head_text(_declaring(head, rows)) + _table_text(head, rows)


def _order(mapping: Mapping) -> tuple[str, ...]:
    """By subject; a program's proposals in the order it gave them, best first."""
    if isinstance(mapping, Candidate):
        return ()
    return mapping.subject_id, *(part or "" for part in mapping.key)


def _declaring(head: SetHead, rows: Sequence[Mapping]) -> SetHead:
    """The head with the column that candidates have, and without prefixes that nothing uses."""
    used = {prefix_of(curie) for row in rows for curies in row.curies().values() for curie in curies}
    used |= {prefix_of(curie) for curie in _curies_of(head)}
    known = {prefix: iri for prefix, iri in sorted(head.curie_map.items()) if prefix in used - BUILT_IN.keys()}
    extensions = [each for each in head.extension_definitions if each.slot_name != _DECISION.slot_name]
    if any(isinstance(row, Candidate) for row in rows):
        extensions.append(_DECISION)
    return head.model_copy(update={"curie_map": known, "extension_definitions": tuple(extensions)})


def _curies_of(head: SetHead) -> Iterable[str]:
    for name in (*CURIE_COLUMNS, "creator_id"):
        value = getattr(head, name, None) or ()
        yield from (value,) if isinstance(value, str) else value


def _head_text(head: SetHead) -> str:
    given = head.model_dump(exclude_none=True)
    names = sorted(given, key=lambda name: name in Mapping.model_fields and name != "license")  # the set's own first
    values = {name: _plain(given[name]) for name in names if given[name] not in ((), {})}
    text = yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=1_000_000)
    return "".join(f"# {line}\n" for line in text.splitlines())


def _plain(value: Any) -> Any:
    """A value as YAML writes it plainly."""
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items() if each is not None}
    return value if isinstance(value, str) else str(value)


def _table_text(head: SetHead, rows: Sequence[Mapping]) -> str:
    model = type(rows[0]) if rows else Mapping
    stated = head.stated_once()
    columns = [name for name in model.columns() if _is_written(name, model, rows, stated)]
    file = io.StringIO()
    writer = csv.writer(file, delimiter="\t", lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(getattr(row, name)) for name in columns] for row in rows)
    return file.getvalue()


def _is_written(name: str, model: type[Mapping], rows: Sequence[Mapping], stated: dict[str, object]) -> bool:
    """Whether a column says more than the head does."""
    if model.model_fields[name].is_required() or name == _DECISION.slot_name:
        return True
    values = {getattr(row, name) for row in rows} - ({stated[name]} if name in stated else set())
    return any(values)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    # A line end within a cell is legal and, in a spreadsheet, invisible.
    text = joined(value) if isinstance(value, tuple) else str(value)
    return harmless(" ".join(text.split()))
