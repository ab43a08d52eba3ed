"""Commands that are imported when somebody asks for them: to name them all takes what stands here."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, MutableMapping
from typing import Any, NamedTuple

import click

from kg.doors import guarded


class Elsewhere(NamedTuple):
    """Where a command is defined, and the first sentence of its help."""

    module: str
    attribute: str
    help: str


ELSEWHERE = {
    "agree": Elsewhere(
        "contribute_commands",
        "agree",
        "Compare two codings of one source: agreement in each field, Cohen's kappa, and what the coders disagree on.",
    ),
    "audit": Elsewhere(
        "study_commands", "audit", "Hold a dataset against the text of its SOURCE (plain text), number by number."
    ),
    "audit-review": Elsewhere(
        "study_commands",
        "audit_review",
        "Hold the review in DATASET (default: amari-2022) against what its studies report themselves.",
    ),
    "changes": Elsewhere(
        "release_commands",
        "changes",
        "Tell what was added, changed and retracted from OLD to NEW: findings first, column by column, with the"
        " reason.",
    ),
    "conflicts": Elsewhere(
        "study_commands",
        "conflicts",
        "Show pairs on which findings disagree: what differs between the studies, and whether chance may explain it.",
    ),
    "flow": Elsewhere(
        "figure_commands",
        "flow",
        "Draw how a review came from records to studies, after PRISMA 2020: the counts that DATASET tells.",
    ),
    "gaps": Elsewhere(
        "study_commands",
        "gaps",
        "Show which pairs of constructs were studied, with what outcome, and four kinds of gaps between them.",
    ),
    "import": Elsewhere(
        "import_commands",
        "import_table",
        "Import a TABLE of results (.csv, .tsv, .xlsx, .parquet) as a dataset folder of your own.",
    ),
    "link": Elsewhere(
        "link_commands",
        "link",
        "Propose links to ONTOLOGY (OWL in RDF/XML, Turtle or functional syntax; OBO; SKOS), ranked, each with its"
        " reason.",
    ),
    "mcp": Elsewhere(
        "assistant_commands",
        "mcp",
        "Offer every question as a tool to an assistant (Model Context Protocol), over standard input and output.",
    ),
    "plot": Elsewhere("figure_commands", "plot", "Draw what was found on two constructs, as a figure of KIND."),
    "pool": Elsewhere(
        "study_commands",
        "pool",
        "Pool the correlations on two constructs: what is left out and why, the numbers, and a forest plot.",
    ),
    "push": Elsewhere(
        "push_commands",
        "push",
        "Load every named graph into another engine, read it back, and see that it is the same.",
    ),
    "serve": Elsewhere(
        "serve_commands", "serve", "Open the explorer: an atlas of pages over the graph, read-only, for a browser."
    ),
    "site": Elsewhere(
        "site_commands",
        "site",
        "Freeze the explorer into DIR, for any host of files: all pages, their data, search, SPARQL in the browser.",
    ),
    "structure": Elsewhere(
        "structure_commands",
        "structure",
        "See the findings as a graph: what is central, falls apart, contradicts itself, or is only implied.",
    ),
    "template": Elsewhere(
        "contribute_commands",
        "template",
        "Write a workbook to code a source in: drop-downs, and the codebook's words at each heading.",
    ),
    "theory": Elsewhere(
        "study_commands",
        "theory",
        "Set theory against evidence: every claim with its verdict, and the rule by which verdicts are reached.",
    ),
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
        command = click.Command(name, help=ELSEWHERE[name].help) if name in ELSEWHERE else self.commands[name]
        return command.get_short_help_str(room)
