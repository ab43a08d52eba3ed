"""What libraries bring in turn, as their own metadata tell it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, requires

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from kg.errors import MissingPart
from kg.resources import DISTRIBUTION


def brought_by(requirements: Iterable[str], extras: Mapping[str, list[str]]) -> set[str]:
    """The libraries that some requirements bring, on this system; of our own ``extras`` what they stand for."""
    ahead = [Requirement(each) for each in requirements]
    seen: set[tuple[str, frozenset[str]]] = set()
    while ahead:
        asked = ahead.pop()
        name, wanted = canonicalize_name(asked.name), frozenset(asked.extras)
        if (name, wanted) in seen:
            continue
        seen.add((name, wanted))
        further = (
            [each for extra in wanted for each in extras[extra]] if name == DISTRIBUTION else _requirements_of(name)
        )
        ahead += [each for each in map(Requirement, further) if _applies(each, wanted)]
    return {name for name, _ in seen} - {DISTRIBUTION}


def _requirements_of(name: str) -> list[str]:
    try:
        return requires(name) or []
    except PackageNotFoundError as error:
        raise MissingPart(
            f"{name} is not installed, so nobody can tell what it brings; install it: pip install {name}"
        ) from error


def _applies(requirement: Requirement, extras: Iterable[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras))
