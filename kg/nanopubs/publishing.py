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
    """The nanopublications, and how they stand to those of before."""

    nanopubs: tuple[Nanopub, ...]
    kept: int

    @property
    def summary(self) -> str:
        """How many are new, and how many of these take the place of a version before."""
        retracted = sum(each.retracts for each in self.nanopubs)
        told = f"{len(self.nanopubs):,} nanopublication{'' if len(self.nanopubs) == 1 else 's'}"
        superseding = sum(each.supersedes is not None and not each.retracts for each in self.nanopubs)
        if not (self.kept or superseding or retracted):
            return told
        return f"{told}: {self.kept:,} as they were, {superseding:,} superseding, {retracted:,} retracting"


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
    return Published(tuple(made), sum(each.version is not None for each in found))
