"""The reference of commands: each with its options, as ``--help`` tells them; sphinx-click lays them out."""

from __future__ import annotations

from kg.cli import main

_LEAD = """\
# Commands

Answers go to standard output, all else to standard error. Exit codes: 0 it ran, 1 it ran and found problems or nothing
to show, 2 it could not run. `kg COMMAND --help` tells the same on the command line.

```{eval-rst}
.. click:: kg.cli:main
   :prog: kg
   :nested: none
"""

_COMMAND = """
.. click:: {function.__module__}:{function.__name__}
   :prog: kg {name}
   :nested: {nested}
"""


def page() -> str:
    """Every command, in Markdown; the questions of ``kg ask`` have a page of their own."""
    commands = (
        _COMMAND.format(function=command.callback, name=name, nested="none" if name == "ask" else "full")
        for name, command in sorted(main.commands.items())
    )
    return f"{_LEAD}{''.join(commands)}```\n"
