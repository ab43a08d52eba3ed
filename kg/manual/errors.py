"""The reference of errors: how the software says what is wrong, and every rule that ``kg check`` holds."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from rdflib import SH

from kg import errors
from kg.check import read_shapes
from kg.files import read_text
from kg.manual.markdown import plain, table
from kg.names import local_name
from kg.resources import Rooms

_LEAD = """\
# Errors

An error is one line: where, what is wrong, what to do. A problem of a table reads
`file:row:column: what is wrong; what to do`; rows count as in a spreadsheet, the header is row 1. A traceback is a bug:
please report it.

## Kinds of errors

In Python each is an exception of `kg.errors`, and all of them are a `kg.KgError`. On the command line the exit code is
1 where the work was done and found problems or nothing, and 2 where it could not be done.

"""
_CHECKS = """
## Rules that no single row can know

Queries of `queries/checks/`: whatever they find is a problem.

"""
_SHAPES = """
## What each kind of thing must have

SHACL shapes of `ontology/shapes/`, by the class that they are about.

"""


def page(rooms: Rooms) -> str:
    """Kinds of errors, checks and shapes, in Markdown."""
    checks = [(f"`{name}`", plain(rule), plain(advice)) for name, rule, advice in _of_checks(rooms)]
    shapes = [(f"`{target}`", plain(rule), plain(advice)) for target, rule, advice in _of_shapes(rooms)]
    parts = (
        _LEAD,
        table(("kind", "when", "exit code"), _kinds()),
        _CHECKS,
        table(("check", "rule", "what to do"), checks),
        _SHAPES,
        table(("class", "rule", "what to do"), shapes),
    )
    return "".join(parts)


def _kinds() -> Iterator[tuple[str, str, str]]:
    for name, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, errors.KgError):
            ran = issubclass(kind, errors.ProblemsFound | errors.NothingFound)
            yield f"`{name}`", plain((inspect.getdoc(kind) or "").splitlines()[0]), "1" if ran else "2"


def _of_checks(rooms: Rooms) -> Iterator[tuple[str, str, str]]:
    """Each violation query: its name, and its first line in two, rule and advice."""
    for path in sorted((rooms.queries / "checks").rglob("*.rq")):
        rule, _, advice = read_text(path, rooms.shown(path)).splitlines()[0].removeprefix("# ").partition("; ")
        yield path.stem, rule, advice


def _of_shapes(rooms: Rooms) -> list[tuple[str, str, str]]:
    """Each message of a shape, in two, with the class that the shape is about."""
    shapes = read_shapes(rooms)
    told = {
        (local_name(str(target)), *str(message).partition("; ")[::2])
        for shape, target in shapes.subject_objects(SH.targetClass)
        for node in shapes.transitive_objects(shape, None)
        for message in shapes.objects(node, SH.message)
    }
    return sorted(told)
