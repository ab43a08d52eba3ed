"""A dataset folder from what a table gave: the same table gives the same bytes, and no person's work is overwritten."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from kg.bibliography import as_bibtex
from kg.errors import KgError, Problem, ProblemsFound
from kg.files import write_text
from kg.importing.coding import Imported, Proposal
from kg.importing.mapping import ColumnMapping, unread
from kg.importing.reading import Source
from kg.records import Construct, Finding, Measure, Record, Sample, Study
from kg.tables import as_tsv

#: The mapping that a folder was made with: a person may edit it, and import again.
MAPPING = "import.toml"
#: What this software wrote, by digest, so that it knows its own files from edited ones.
_WRITTEN = ".import.json"
#: Numbers of the table that the model may not hold beside the value that it takes.
_ALSO_KEPT = ("d", "t", "yi", "vi", "sei", "ci_low", "ci_high")


def files_of(source: Source, mapping: ColumnMapping, done: Imported, dataset: str) -> dict[str, str]:
    """Every file of the dataset folder: name -> text. A table without rows is no file."""
    findings = [finding for finding, _ in done.findings]
    cited = {dataset: {"title": source.name}, **done.references}
    files = {
        MAPPING: mapping.toml(source.name),
        "dataset.toml": _dataset(source, mapping, dataset),
        "references.bib": as_bibtex({key: ("misc", fields) for key, fields in cited.items()}),
        "studies.tsv": _records(done.studies, Study),
        "samples.tsv": _records(done.samples, Sample),
        "findings.tsv": _records(findings, Finding),
        "kept-columns.tsv": _kept(source, mapping, done),
        "waiting.tsv": as_tsv(
            ["row", "waits_for", *source.header],
            [[str(row.number), wanted, *row.by_column.values()] for row, wanted in done.waiting],
        ),
        "not-understood.tsv": as_tsv(
            ["row", "column", "cell", "what", "do", "outcome"],
            [[str(each.row), each.column, each.cell, each.what, each.do, each.outcome] for each in done.remarks],
        ),
        "proposed-constructs.tsv": _proposed(done.constructs.values(), Construct, source.name),
        "proposed-measures.tsv": _proposed(done.measures.values(), Measure, source.name),
    }
    return {name: text for name, text in files.items() if text}


def write_folder(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Write the files of a dataset, and remove those of an earlier import that it no longer has.

    Gives the names of the files that changed. ProblemsFound, and nothing written, where a person edited one.
    """
    known = _written(folder)
    advice = "move it elsewhere, or import into another folder with -o"
    problems = [
        Problem(str(folder / name), 0, "", "not as the import wrote it", advice)
        for name in sorted({*files, *known})
        if _is_edited(folder / name, files.get(name), known.get(name))
    ]
    if problems:
        raise ProblemsFound(problems)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        gone = [name for name in known if name not in files and (folder / name).exists()]
        for name in gone:
            (folder / name).unlink()
    except OSError as error:
        raise KgError(f"{folder}: cannot be written ({error.strerror}); choose another place with -o") from error
    changed = [name for name, text in files.items() if _digest(folder / name) != _digest_of(text)]
    for name in changed:
        write_text(folder / name, files[name])
    digests = {name: _digest_of(text) for name, text in files.items()}
    write_text(folder / _WRITTEN, json.dumps(digests, indent=2) + "\n")
    return [*changed, *(f"{name} (removed)" for name in gone)]


def _is_edited(path: Path, text: str | None, written: str | None) -> bool:
    """Whether a file is there that is neither what an import wrote nor what this one would write."""
    found = _digest(path)
    if found is None or path.name == MAPPING:  # the mapping is there to be edited
        return False
    return found != written and (text is None or found != _digest_of(text))


def _written(folder: Path) -> dict[str, str]:
    try:
        return dict(json.loads((folder / _WRITTEN).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _digest(path: Path) -> str | None:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KgError(f"{path}: cannot be read ({error.strerror}); close it elsewhere, or use -o") from error


def _digest_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


# --- texts -----------------------------------------------------------------------------------


def _records(records: Sequence[Record], model: type[Record]) -> str:
    return as_tsv(model.columns(), [list(record.cells().values()) for record in records])


def _kept(source: Source, mapping: ColumnMapping, done: Imported) -> str:
    """What of the table the findings do not hold: moderators, and numbers beside the one that was taken."""
    also = {mapping.columns[role] for role in _ALSO_KEPT if role in mapping.columns}
    kept = [name for name in source.header if name in {*unread(mapping, source), *also}]
    if not kept:
        return ""
    rows = [[finding.id, str(row.number), *(row.by_column[name] for name in kept)] for finding, row in done.findings]
    return as_tsv(["finding", "row", *kept], rows)


def _proposed(proposals: Iterable[Proposal], model: type[Record], table: str) -> str:
    """Rows for a person to fill in, under the header of the table that they go to."""
    rows = []
    for each in sorted(proposals, key=lambda proposal: proposal.id):
        near = f" Near: {', '.join(each.near)}." if each.near else ""
        note = f"Named in {table}, row {', '.join(map(str, each.rows))}.{near}"
        cells = {"id": each.id, "label": each.name, "measures": "; ".join(sorted(each.measures)), "note": note}
        rows.append([cells.get(column, "") for column in model.columns()])
    return as_tsv(model.columns(), rows)


def _dataset(source: Source, mapping: ColumnMapping, dataset: str) -> str:
    constants = mapping.constants
    told = {
        "id": dataset,
        "title": f"Results of the table {source.name}",
        "description": f"Every result that the table {source.name} tells, imported row by row.",
        "source": dataset,
        "reading": constants.reading or "",
        "licence": constants.licence,
    }
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in told.items()]
    return "\n".join([*lines, f"coded_on = {constants.coded_on}"]) + "\n"
