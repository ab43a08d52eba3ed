"""``kg export nanopub``: its options, and what it does with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.command_parts import progress
from kg.doors import stop

if TYPE_CHECKING:
    from kg.store import Store

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_OPTIONS = (
    click.option("--about", metavar="NAME", help="nanopub: only this finding or proposition."),
    click.option("--supersedes", "before", type=_FILE,
                 help="nanopub: a former export. What changed since supersedes it, what is gone is retracted."),
    click.option("--sign", "key", type=_FILE, help="nanopub: the RSA key to sign with; needs --orcid."),
    click.option("--orcid", metavar="ID", help="nanopub: whose key it is."),
)  # fmt: skip


def nanopub_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of ``kg export`` that mean something to nanopublications alone."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def refuse_others(format: str, options: dict[str, Any]) -> None:
    """Stop where an option of nanopublications is given with another format."""
    given = next((name for name, value in options.items() if value is not None), None)
    if given and format != "nanopub":
        option = {"before": "supersedes", "key": "sign"}.get(given, given)
        stop(f"--{option} is for kg export nanopub, not for {format}; leave it out")


def nanopub(store: Store, about: str | None, before: Path | None, key: Path | None, orcid: str | None) -> str:
    """The nanopublications as TriG; how many of what kind is told on stderr."""
    from kg.nanopubs.publishing import published
    from kg.nanopubs.quads import write_trig
    from kg.nanopubs.signing import signer

    if (key is None) != (orcid is None):
        stop("--sign and --orcid go together: a signature is of a person; give both, or none")
    by = signer(key, orcid) if key and orcid else None
    found = published(store, about, before, by, progress)
    click.echo(found.summary, err=True)
    return write_trig(found.nanopubs)
