"""The nanopublications of a store: made, set beside those of before, named by what they hold or signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kg.names import PROJECT
from kg.nanopubs.history import read_former, succeeded
from kg.nanopubs.making import latest_date, nanopubs, retraction
from kg.nanopubs.quads import Nanopub
from kg.nanopubs.signing import Signer, signed
from kg.store import Store

#: Signing takes about a third of a second: so many are signed between two words about it.
_AT_A_TIME = 100


@dataclass(frozen=True)
class Published:
    """The nanopublications, and how many of them stay as they were, supersede and retract; the others are new."""

    nanopubs: tuple[Nanopub, ...]
    kept: int = 0
    superseding: int = 0
    retracting: int = 0

    @property
    def summary(self) -> str:
        """How many there are; with a former export, how many of them stay as they were, supersede or retract."""
        told = f"{len(self.nanopubs):,} nanopublication{'' if len(self.nanopubs) == 1 else 's'}"
        if not (self.kept or self.superseding or self.retracting):
            return told
        return f"{told}: {self.kept:,} as they were, {self.superseding:,} superseding, {self.retracting:,} retracting"


def published(
    store: Store,
    about: str | None,
    before: Path | None,
    by: Signer | None,
    progress: Callable[[str], None],
) -> Published:
    """The nanopublication of each finding and proposition, or of the one that ``about`` names.

    ``before`` is a former export: what still is so stays as it was, what changed supersedes, what is gone is retracted.
    ``by`` signs what is new.
    """
    creator = by.orcid if by else PROJECT
    drafts = nanopubs(store, about, creator)
    former = read_former(before, by.public_key if by else None) if before else {}
    if about:
        former = {stem: each for stem, each in former.items() if stem == drafts[0].stem}
    on = latest_date(store)
    found = list(succeeded(former, drafts, lambda gone: retraction(gone, on, creator), signed=by is not None))
    made = []
    for count, each in enumerate(found, 1):
        made.append(each if each.version else signed(each, by) if by else each.with_version())
        if by and count % _AT_A_TIME == 0:
            progress(f"signed {count:,} of {len(found):,}")
    new = [each for each in found if each.version is None]
    retracting = sum(each.retracts for each in new)
    superseding = sum(each.supersedes is not None for each in new) - retracting
    return Published(tuple(made), len(found) - len(new), superseding, retracting)
