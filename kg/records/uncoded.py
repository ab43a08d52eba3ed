"""The record of what a source prints and nobody coded: read by audits, and in no graph."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.cells import Count, Text
from kg.records.base import Contradiction, Record, ReportedIn


class Uncoded(Record):
    """Numbers as a source prints them, so many times, and why no row holds them."""

    prefix = ""
    table = "uncoded"

    figures: Text
    """The numbers as the source prints them: copy them as ``kg audit`` shows them."""
    times: Count = 1
    """How many times the source prints them with nobody having coded them."""
    reason: Text
    """Why no row holds them."""
    reported_in: ReportedIn

    @property
    def iri(self) -> str:
        """It is no individual of the graph: its id has to do."""
        return self.id

    def contradictions(self) -> Iterator[Contradiction]:
        if not re.search(r"\d", self.figures):
            what = f"'{self.figures}' holds no number"
            yield Contradiction("figures", what, "copy the numbers as kg audit shows them")
