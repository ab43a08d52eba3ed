"""Tools: what an assistant is offered, made from the headers of ``queries/*.rq``; ``search`` alone has no file."""

from __future__ import annotations

from typing import Any

from mcp.types import Tool, ToolAnnotations

from kg.pages.searching import KINDS, LONGEST
from kg.questions import Parameter, Question

SEARCH = "search"
#: Rows of an answer that are told at a time, and at most; the values that one parameter may have.
USUAL_ROWS, MOST_ROWS, MOST_VALUES = 25, 200, 12

_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_CUT: dict[str, Any] = {
    "limit": {
        "type": "integer",
        "minimum": 1,
        "maximum": MOST_ROWS,
        "default": USUAL_ROWS,
        "description": "How many rows to tell.",
    },
    "offset": {"type": "integer", "minimum": 0, "default": 0, "description": "How many rows to pass over first."},
}
#: How each kind of parameter may be named; for kinds of things that have no entry, as ``thing``.
_NAMED = {
    "text": "as text",
    "decimal": "as a number",
    "class": "by the name of the class",
    "thing": "by label, synonym, slug, CURIE or IRI",
}
_THINGS: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"iri": {"type": "string"}, "label": {"type": "string"}},
        "required": ["iri"],
    },
}
ANSWER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "question": {"type": "string"},
        "about": {"type": "object", "description": "What it was asked about, defaults included.",
                  "additionalProperties": {"type": "array"}},
        "columns": {"type": "array", "items": {"type": "string"}},
        "rows": {"type": "array", "items": {"type": "object"}, "description": "What is not told is left out."},
        "total": {"type": "integer", "description": "How many rows the whole answer has."},
        "rest": {"type": "string", "description": "Where the answer is cut: how to get the rest."},
        "things": {**_THINGS, "description": "What the rows name, with the sources that tell of it."},
        "sources": {**_THINGS, "description": "The publications, with citations."},
        "left_out": {"type": "array", "items": {"type": "string"}},
        "rules": {"type": "array", "items": {"type": "string"}, "description": "By which verdicts were reached."},
        "query": {"type": "string", "description": "The SPARQL that was run."},
        "see": {"type": "object", "description": "Page below the address of kg serve, and the command of the shell."},
        "dataset": {"type": "object", "description": "What to cite."},
    },
    "required": ["question", "about", "columns", "rows", "total", "things", "sources", "see", "dataset"],
}  # fmt: skip


def tool(question: Question) -> Tool:
    """A question as a tool."""
    return _tool(
        question.name,
        question.title,
        f"{question.question} ({question.category})",
        {each.name: _schema(each) for each in question.parameters},
    )


def search() -> Tool:
    """Search over what everything is called, which is no question because it ranks."""
    words = {"type": "string", "minLength": 1, "maxLength": LONGEST, "description": "A name, synonym or acronym."}
    kind = {"type": "string", "enum": list(KINDS), "description": "Only things of this kind."}
    told = _tool(
        SEARCH,
        "Search",
        "Which constructs, measures, therapies, studies, claims, findings and sources are called so, or nearly?",
        {"words": words, "kind": kind},
    )
    told.input_schema["required"] = ["words"]
    return told


def _tool(name: str, title: str, description: str, properties: dict[str, Any]) -> Tool:
    schema = {"type": "object", "properties": {**properties, **_CUT}, "additionalProperties": False}
    return Tool(
        name=name,
        title=title,
        description=description,
        input_schema=schema,
        output_schema=ANSWER,
        annotations=_READS,
    )


def _schema(parameter: Parameter) -> dict[str, Any]:
    one = "number" if parameter.type == "decimal" else "string"
    how = _NAMED.get(parameter.type, _NAMED["thing"])
    what = f"{parameter.label}: a {parameter.type}, {how}, or a list of them. Default: {parameter.default_word}."
    values = {"type": "array", "items": {"type": one}, "minItems": 1, "maxItems": MOST_VALUES}
    return {"anyOf": [{"type": one}, values], "description": what}
