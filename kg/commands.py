"""Commands that are imported when somebody asks for them: to name them all takes what stands here."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, MutableMapping
from typing import Any, NamedTuple

import click

from kg.doors import guarded


class Elsewhere(NamedTuple):
    """Where a command is defined, and the start of what its help says."""

    module: str
    attribute: str
    help: str


ELSEWHERE = {
    "agree": Elsewhere("contribute_commands", "agree", "Compare two codings of one source"),
    "audit": Elsewhere("study_commands", "audit", "Hold a dataset against the text of its SOURCE"),
    "audit-review": Elsewhere("study_commands", "audit_review", "Hold the review in DATASET"),
    "changes": Elsewhere("release_commands", "changes", "Tell what was added, changed and retracted from OLD to NEW"),
    "conflicts": Elsewhere("study_commands", "conflicts", "Show pairs on which findings disagree"),
    "flow": Elsewhere("figure_commands", "flow", "Draw how a review came from records to studies"),
    "gaps": Elsewhere("study_commands", "gaps", "Show which pairs of constructs were studied, with what outcome"),
    "import": Elsewhere("import_commands", "import_table", "Import a TABLE of results"),
    "link": Elsewhere("link_commands", "link", "Propose links to ONTOLOGY"),
    "mcp": Elsewhere("assistant_commands", "mcp", "Offer every question as a tool to an assistant"),
    "plot": Elsewhere("figure_commands", "plot", "Draw what was found on two constructs"),
    "pool": Elsewhere("study_commands", "pool", "Pool the correlations on two constructs"),
    "push": Elsewhere("push_commands", "push", "Load every named graph into another engine"),
    "serve": Elsewhere("serve_commands", "serve", "Open the explorer"),
    "site": Elsewhere("site_commands", "site", "Freeze the explorer into DIR, for any host of files"),
    "structure": Elsewhere("structure_commands", "structure", "See the findings as a graph"),
    "template": Elsewhere("contribute_commands", "template", "Write a workbook to code a source in"),
    "theory": Elsewhere("study_commands", "theory", "Set theory against evidence"),
}


class Commands(MutableMapping[str, click.Command]):
    """Name -> command; one that is elsewhere is imported when it is first looked up."""

    def __init__(self) -> None:
        self._here: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._here:
            there = ELSEWHERE[name]
            self._here[name] = getattr(importlib.import_module(f"kg.{there.module}"), there.attribute)
        return self._here[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._here[name] = command

    def __delitem__(self, name: str) -> None:
        del self._here[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._here, **ELSEWHERE})

    def __len__(self) -> int:
        return len({**self._here, **ELSEWHERE})


class Door(click.Group):
    """Every command of ours. Turns every error that a user can mend into one line and an exit code."""

    def __init__(self, *args: Any, **extra: Any) -> None:
        super().__init__(*args, **extra)
        self.commands = Commands()

    def main(self, *args: Any, **extra: Any) -> Any:
        return guarded(lambda: super(Door, self).main(*args, **extra))  # --help prints before a command is invoked

    def invoke(self, context: click.Context) -> Any:
        return guarded(lambda: super(Door, self).invoke(context))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Name the commands, importing none."""
        names = self.list_commands(ctx)
        room = formatter.width - 6 - max(map(len, names))
        with formatter.section("Commands"):
            formatter.write_dl([(name, self._told(name, room)) for name in names])

    def _told(self, name: str, room: int) -> str:
        return ELSEWHERE[name].help if name in ELSEWHERE else self.commands[name].get_short_help_str(room)
