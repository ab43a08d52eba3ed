"""The graph that commands ask when none is named. It is asked often and built seldom, so building is learnt then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import platformdirs

from kg.generations import CURRENT
from kg.manifests import built_with, is_current
from kg.resources import DISTRIBUTION, is_checkout, shipped, software_version
from kg.store.embedded import Embedded


def default_folder() -> Path:
    """Where the graph is built when nobody says where: ``build/`` in a checkout, else the user's cache."""
    if is_checkout():
        return shipped().root / "build"
    return Path(platformdirs.user_cache_path(DISTRIBUTION)) / software_version()


def default_store(progress: Callable[[str], None]) -> Embedded:
    """The default graph, built on first use by the rules (no Java), with a word where it is out of date."""
    folder, rooms = default_folder(), shipped()
    if not (folder / CURRENT).exists():
        from kg.build import build

        progress(f"first use: building the graph into {folder}")
        build(rooms, folder, "rules", progress)
    elif not is_current(rooms, folder):
        renew = " ".join(["kg build", *map(str, built_with(folder))])
        progress(f"note: ontology, evidence, rules or software changed since this graph was built; {renew} renews it")
    return Embedded.open(folder)
