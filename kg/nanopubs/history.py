"""Nanopublications are never changed: what changed supersedes the version before, what is gone is retracted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from kg.errors import KgError
from kg.nanopubs.quads import Nanopub, read_trig


def read_former(path: Path, public_key: str | None) -> dict[str, Nanopub]:
    """The last version of each nanopublication of a former export, by stem.

    ``public_key`` is what the next versions are signed with. Only who signed a nanopublication may supersede it.
    """
    read = read_trig(path.read_bytes(), str(path))
    superseded = {each.supersedes for each in read}
    former: dict[str, Nanopub] = {}
    for each in read:
        if each.iri in superseded:
            continue
        if each.stem in former:
            raise KgError(
                f"{path}: neither of <{former[each.stem].iri}> and <{each.iri}> supersedes the other; keep one"
            )
        if each.public_key not in (None, public_key):
            raise KgError(
                f"{path}: <{each.iri}> is signed with another key; only the same one may supersede it (--sign)"
            )
        former[each.stem] = each
    return former


def succeeded(
    former: Mapping[str, Nanopub], drafts: Iterable[Nanopub], retract: Callable[[Nanopub], Nanopub], *, signed: bool
) -> Iterator[Nanopub]:
    """What is published after ``former``: unchanged ones as they were, drafts of all others, in order of stem."""
    now = {each.stem: each for each in drafts}
    for stem in sorted(former.keys() | now.keys()):
        before, draft = former.get(stem), now.get(stem)
        if before is None:
            yield now[stem]
        elif draft is None:
            yield before if before.retracts else retract(before)
        elif before.says() == draft.says() and bool(before.public_key) == signed:
            yield before
        else:
            yield draft.superseding(before)
