"""What things are called, and how near a misspelt name is to a known one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field


def folded(name: str) -> str:
    """A name as it is compared: case, hyphens, other signs and -iz- for -is- do not count.

    >>> folded("Self-Compassion (total)") == folded("self compassion total")
    True
    """
    words = re.sub(r"[\W_]+", " ", name.casefold().replace("&", " and ")).split()
    return " ".join(words).replace("disorganiz", "disorganis").replace("mentaliz", "mentalis")


@dataclass
class Names:
    """What the terms of one kind are called: folded name -> ids."""

    ids: dict[str, set[str]] = field(default_factory=dict)

    def add(self, id: str, names: Iterable[str | None]) -> None:
        for name in (id, *names):
            if name and (called := folded(name)):
                self.ids.setdefault(called, set()).add(id)

    def called(self, name: str) -> str | None:
        """The one id of that name; None where there is none, or more than one."""
        found = self.ids.get(folded(name), set())
        return next(iter(found)) if len(found) == 1 else None

    def near(self, name: str) -> list[str]:
        """Ids of which a name is near, or all that share it: to be suggested, never taken."""
        wanted = folded(name)
        words = [wanted, *difflib.get_close_matches(wanted, self.ids, n=3, cutoff=0.75)]
        return list(dict.fromkeys(id for word in words for id in sorted(self.ids.get(word, ()))))[:3]
