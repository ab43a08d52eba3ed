"""One study beside made-up evidence: for trials of what it takes to change it in a graph that is built."""

from __future__ import annotations

from pathlib import Path

from kg.generating.folders import write_table
from kg.generating.tables import construct
from kg.records import Finding, Sample, Study

_ID, _SOURCE = "one-study", {"reported_in": "onestudy2026", "locator": "made up"}
_DATASET = f"""\
id = "{_ID}"
title = "One study"
description = "One made-up study: for trials of how long it takes to change it."
source = "onestudy2026"
reading = "primary-full-text"
licence = "CC0 1.0"
coded_on = 2026-11-23
"""
_REFERENCES = """\
@misc{onestudy2026,
  author = {Generator, Evidence},
  title = {One made-up study},
  year = {2026},
}
"""


def write_study(folder: Path, people: int) -> None:
    """Write the dataset of one study, of so many people, who tell of two made-up constructs; written over if there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dataset.toml").write_text(_DATASET, encoding="utf-8")
    (folder / "references.bib").write_text(_REFERENCES, encoding="utf-8")
    study = {"id": _ID, "label": "One study", "publication": "onestudy2026", "design": "cross-sectional"}
    sample = {"id": f"{_ID}-sample", "study": _ID, "label": "People of the one study", "n": str(people)}
    finding = {
        "id": f"{_ID}-01",
        "study": _ID,
        "sample": f"{_ID}-sample",
        "kind": "association",
        "subject": construct(1),
        "object": construct(2),
        "direction": "positive",
        "significance": "significant",
        "statistic": "r",
        "value": ".31",
        "n": str(people),
        "statement": "The two go together, as nobody found.",
        "printed": "r = .31",
        "reading": "primary-full-text",
        "certainty": "high",
    }
    described = {"description": "Made up.", "setting": "not-reported"}
    write_table(folder / "studies.csv", Study, [study | described | _SOURCE])
    write_table(
        folder / "samples.csv", Sample, [sample | {"description": "Nobody.", "recruitment": "not-reported"} | _SOURCE]
    )
    write_table(folder / "findings.csv", Finding, [finding | _SOURCE])
