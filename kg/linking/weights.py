"""How much a stem tells of what a text is about."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence


class Weights(defaultdict[str, float]):
    """How much a stem tells: the more, the fewer texts hold it. One that none holds cannot tell them apart."""

    def __init__(self, texts: Sequence[Iterable[str]]) -> None:
        self.rarest = math.log(1 + len(texts))
        super().__init__(lambda: self.rarest / 2)
        counts = Counter(each for text in texts for each in set(text))
        self.update({each: math.log(1 + len(texts) / count) for each, count in counts.items()})

    def of(self, some: Iterable[str]) -> float:
        """What stems weigh together: the exact sum, as words stand in sets, whose order is another one in each run."""
        return math.fsum(self[each] for each in some)

    def squares(self, some: Iterable[str]) -> float:
        """The same of their squares, as a cosine needs them."""
        return math.fsum(self[each] ** 2 for each in some)
