"""The server that an assistant talks with: a tool for each question, and search.

It only reads. A question runs where those of strangers run (``kg.serve.engine``): in a process that is killed when its
time is up, within the same limits. Whatever cannot be answered is one sentence in the result of the tool.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from anyio import to_thread
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
)

from kg.assistants.answers import Answers
from kg.assistants.calls import read_call, read_cut, refuse_others, shown, text
from kg.assistants.tools import SEARCH, search, tool
from kg.errors import BadQuestion, KgError
from kg.pages.searching import KINDS, LONGEST
from kg.questions import find_question, list_questions
from kg.resources import Rooms, software_version
from kg.serve.engine import Asked, Engine
from kg.serve.refusals import Refusal
from kg.serve.sparql_text import read_query
from kg.store import Store
from kg.store.remote import rows_of

NAME = "compassion-attachment"
_INSTRUCTIONS = """\
A knowledge graph of how compassion and attachment relate: constructs, measures, studies, every finding with its \
numbers, its null results and its source, and what theory claims, with a verdict by a printed rule.
Each tool is one question. Find what a thing is called with `search`; constructs may be named by label, synonym, \
slug, CURIE or IRI, and include narrower ones. What was found on two constructs: `findings-between`. All that is coded \
of one finding: `finding`; where it stands, and how sure its coder is: `provenance`.
Rows name things; `things` has their IRIs and, where it is evidence or a claim, `sources`: cite these. A null result \
is a finding. What is missing was not told, and must not be guessed. What a review tells of a study and what its own \
report tells are two layers. Every IRI is also a page below the address of `kg serve`, at the same path."""


def server(store: Store, engine: Engine, rooms: Rooms) -> Server[None]:
    """The server over a store, whose questions the engine answers."""
    assistant = _Assistant(store, engine, rooms)

    async def listed(context: ServerRequestContext[None], params: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=[search(), *map(tool, list_questions(rooms))])

    async def called(context: ServerRequestContext[None], params: CallToolRequestParams) -> CallToolResult:
        try:
            told = await assistant.answer(params.name, params.arguments or {})
        except (KgError, Refusal) as error:
            return _refused(str(error))
        except Exception as error:  # noqa: BLE001 - a fault of ours is no reason to leave the assistant without a word
            return _refused(
                f"this could not be answered ({type(error).__name__}), by a fault of ours; please report it"
            )
        words = json.dumps(told, ensure_ascii=False)
        return CallToolResult(content=[TextContent(text=words)], structured_content=told)

    @asynccontextmanager
    async def closing(server: Server[None]) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await to_thread.run_sync(engine.close)

    return Server(
        NAME,
        version=software_version(),
        title="Compassion × attachment",
        instructions=_INSTRUCTIONS,
        lifespan=closing,
        on_list_tools=listed,
        on_call_tool=called,
    )


class _Assistant:
    def __init__(self, store: Store, engine: Engine, rooms: Rooms) -> None:
        self._store = store
        self._engine = engine
        self._rooms = rooms
        self._answers = Answers(store)

    async def answer(self, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of a tool; a KgError or a Refusal where there is none."""
        if name == SEARCH:
            return await to_thread.run_sync(self._search, arguments)
        question = find_question(self._rooms, name)
        call = await to_thread.run_sync(read_call, self._store, question, arguments)
        with await self._engine.answer(Asked(read_query(call.query), "json")) as answer:
            return await to_thread.run_sync(lambda: self._answers.of(call, rows_of(json.load(answer))))

    def _search(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        left = dict(arguments)
        cut = read_cut(left)
        refuse_others(left, SEARCH, {"words": "", "kind": ""})
        words, kind = text("words", left.get("words", ""), LONGEST).strip(), left.get("kind")
        if not words:
            raise BadQuestion("words: nothing to search for; write a name, a synonym or an acronym")
        if kind not in (None, *KINDS):
            raise BadQuestion(f"kind: {shown(kind)} is none; use one of {', '.join(KINDS)}")
        return self._answers.search(words, kind, cut)


def _refused(sentence: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=sentence)], is_error=True)
