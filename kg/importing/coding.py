"""Rows to findings: each row becomes a finding, waits for the review of a name, or is left out with a reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from kg.importing.cells import plain
from kg.importing.mapping import ColumnMapping
from kg.importing.matching import Vocabulary, proposed_id
from kg.importing.reading import Source
from kg.importing.remarks import LEFT_OUT, Remark
from kg.importing.results import Result, result_of
from kg.importing.rows import LeftOut, MappedRow, mapped_rows
from kg.importing.studies import Studies
from kg.placed import explain
from kg.records import Finding, Sample, Study
from kg.spellings import Names, folded

_SIDES = ("subject", "object")


@dataclass
class Proposal:
    """A name that the vocabulary does not know: where it stands, and what it may have meant."""

    id: str
    name: str
    near: list[str]
    rows: list[int] = field(default_factory=list)
    measures: set[str] = field(default_factory=set)


@dataclass
class Imported:
    """What a table gave. Its rows are the findings, those that wait and those left out, and no others."""

    findings: list[tuple[Finding, MappedRow]] = field(default_factory=list)
    waiting: list[tuple[MappedRow, str]] = field(default_factory=list)
    left_out: int = 0
    studies: list[Study] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    references: dict[str, dict[str, str]] = field(default_factory=dict)
    constructs: dict[str, Proposal] = field(default_factory=dict)
    measures: dict[str, Proposal] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)


def code(source: Source, mapping: ColumnMapping, vocabulary: Vocabulary, dataset: str) -> Imported:
    """Everything that the table gives under the mapping."""
    return _Coder(source, mapping, vocabulary, dataset).imported()


class _Coder:
    def __init__(self, source: Source, mapping: ColumnMapping, vocabulary: Vocabulary, dataset: str) -> None:
        self._source, self._mapping, self._vocabulary, self._dataset = source, mapping, vocabulary, dataset
        through_others = not (mapping.constants.reading or "").startswith("primary")
        self._reported_in = dataset if through_others else None
        self._studies = Studies(dataset, self._reported_in, vocabulary, source.name)
        self._done = Imported()
        self._seen: dict[tuple[Any, ...], int] = {}
        self._ids: set[str] = set()

    def imported(self) -> Imported:
        done = self._done
        for row in mapped_rows(self._source, self._mapping):
            try:
                self._row(row)
            except LeftOut as left:
                row.remark(left.role, left.what, left.do, LEFT_OUT)
                done.left_out += 1
            done.remarks += row.remarks
        above = [remark for remark in self._source.remarks if remark.outcome == LEFT_OUT]
        done.left_out += len(above)
        done.studies, done.samples = self._studies.studies(), self._studies.samples()
        done.references = self._studies.references()
        done.remarks = sorted({*done.remarks, *self._source.remarks, *self._studies.disagreements()})
        return done

    def _row(self, row: MappedRow) -> None:
        row.tell_filled()
        study = self._studies.place(row)
        result = result_of(row, self._mapping)
        names, unknown = self._names(row)
        if unknown:
            self._done.waiting.append((row, "; ".join(unknown)))
            return
        self._check(row, names, result)
        design = self._studies.design(row)
        sample = self._studies.sample(row, study)
        finding = self._finding(row, study.id, sample.id, names, result, self._studies.publication(study))
        self._once(row, finding)
        measures = {names[f"{side}_measure"] for side in _SIDES} - {""}
        self._studies.take(row, study, design, result.n, measures)
        self._ids.add(finding.id)
        self._done.findings.append((finding, row))

    # --- names -------------------------------------------------------------------------------

    def _names(self, row: MappedRow) -> tuple[dict[str, str], list[str]]:
        """Constructs and measures of both sides, and what of them has to be reviewed first."""
        names: dict[str, str] = {}
        unknown: list[str] = []
        for side in _SIDES:
            measure = self._measure(row, side, unknown)
            construct = self._construct(row, side, measure, unknown)
            names |= {side: construct, f"{side}_measure": measure}
        return names, unknown

    def _measure(self, row: MappedRow, side: str, unknown: list[str]) -> str:
        name = plain(row.cell(f"{side}_measure"))
        if not name:
            return ""
        if found := self._vocabulary.measure_names.called(name):
            return found
        ids = [*self._vocabulary.measures, *(each.id for each in self._done.measures.values())]
        proposal = _propose(self._done.measures, name, self._vocabulary.measure_names, ids, row.number)
        construct = plain(row.cell(side))
        if construct:
            known = self._vocabulary.construct_names.called(construct)
            proposed = self._done.constructs.get(folded(construct))
            proposal.measures.add(known or (proposed.id if proposed else proposed_id(construct, ())))
        unknown.append(f"measure {name}")
        return ""

    def _construct(self, row: MappedRow, side: str, measure: str, unknown: list[str]) -> str:
        name = plain(row.cell(side))
        if name and (found := self._vocabulary.construct_names.called(name)):
            return found
        if name and (scale := self._vocabulary.measure_names.called(name)):
            what = f"{name} is a measure ({self._vocabulary.measures[scale].label}), and no construct"
            raise LeftOut(side, what, "put it under measure, and name the construct or leave it empty")
        if name:
            ids = [*self._vocabulary.constructs, *(each.id for each in self._done.constructs.values())]
            _propose(self._done.constructs, name, self._vocabulary.construct_names, ids, row.number)
            unknown.append(f"construct {name}")
            return ""
        if measure:
            return self._measured_by(measure, side)
        if not row.cell(f"{side}_measure"):
            raise LeftOut(side, "no construct is named", "name it, or its measure")
        return ""

    def _measured_by(self, measure: str, side: str) -> str:
        """The one construct for which a measure stands, where the table names no other."""
        measured = self._vocabulary.measures[measure].measures
        if len(measured) > 1:
            what = f"{measure} stands for several constructs and none is named"
            raise LeftOut(side, what, f"name one of {', '.join(measured)}")
        return measured[0]

    # --- findings ----------------------------------------------------------------------------

    def _check(self, row: MappedRow, names: dict[str, str], result: Result) -> None:
        """Raise LeftOut where the graph would refuse the finding."""
        statistic = result.cells["statistic"]
        if statistic and ("statistic", statistic) not in self._vocabulary.codes:
            raise LeftOut(
                "statistic", f"'{statistic}' is not known here", "use a statistic of ontology/terms/codes.tsv"
            )
        for side in _SIDES:
            construct, measure = names[side], names[f"{side}_measure"]
            if measure and not self._vocabulary.may_measure(measure, construct):
                raise LeftOut(f"{side}_measure", f"{measure} does not yield {construct}", "correct one of the two")
            if result.direction in ("positive", "negative") and self._vocabulary.is_neutral(construct):
                what = f"{construct} gathers opposite poles, so a sign says nothing"
                raise LeftOut(side, what, "name the narrower construct")

    def _finding(
        self, row: MappedRow, study: str, sample: str, names: dict[str, str], result: Result, publication: str
    ) -> Finding:
        constants = self._mapping.constants
        base = f"{sample.removesuffix('-sample')}-{names['subject']}-{names['object']}"
        cells = {
            "id": proposed_id(base, self._ids),
            "study": study,
            "sample": sample,
            "kind": plain(row.cell("kind")) or "association",
            **names,
            "direction": result.direction,
            "significance": result.significance,
            **result.cells,
            "n": str(result.n or ""),
            "statement": self._statement(names, result),
            "reported_in": self._reported_in or publication,
            "reading": constants.reading,
            "locator": f"{self._source.name}, row {row.number}",
            "certainty": constants.certainty,
        }
        try:
            return Finding.model_validate({column: cell for column, cell in cells.items() if cell})
        except ValidationError as error:
            problem = next(explain(self._source.name, row.number, error, Finding))
            raise LeftOut(_role_of(problem.column, row), problem.what, problem.do) from error

    def _statement(self, names: dict[str, str], result: Result) -> str:
        first, second = (self._vocabulary.constructs[names[side]].label for side in _SIDES)
        if result.direction not in ("positive", "negative"):
            if result.significance == "not-significant":
                return f"No significant relation of {first} and {second} is told."
            if result.direction == "none":
                return f"{first} and {second} are told not to have gone together, without a word on a test."
            return f"A relation of {first} and {second} is told without its sign."
        more = "higher" if result.direction == "positive" else "lower"
        tested = {"significant": ", significantly", "not-significant": ", but not to a significant degree"}
        return f"Higher {first} went with {more} {second}{tested.get(result.significance, '')}."

    def _once(self, row: MappedRow, finding: Finding) -> None:
        """Raise LeftOut where an earlier row tells the same result."""
        same_number = (finding.sample, finding.subject, finding.object, finding.subject_measure,
                       finding.object_measure, finding.printed)  # fmt: skip
        keys: list[tuple[Any, ...]] = [tuple(row.by_column.items())]
        if finding.subject_measure and finding.object_measure and finding.printed:
            keys.append(same_number)
        for key in keys:
            if key in self._seen:
                what = f"tells the same as row {self._seen[key]}"
                raise LeftOut("", what, "remove one of the two, or name the samples apart")
        self._seen.update(dict.fromkeys(keys, row.number))


def _role_of(column: str, row: MappedRow) -> str:
    """The role whose cell is at fault, where a column of the finding is made from another of the table."""
    if column in ("value", "statistic", "printed"):
        return next((role for role in ("r", "d", "t", "yi", "value") if plain(row.cell(role))), "r")
    return column


def _propose(proposals: dict[str, Proposal], name: str, names: Names, taken: list[str], row: int) -> Proposal:
    """The proposal for a name, with one more row that has it."""
    if folded(name) not in proposals:
        proposals[folded(name)] = Proposal(proposed_id(name, taken), name, names.near(name))
    proposal = proposals[folded(name)]
    if row not in proposal.rows:
        proposal.rows.append(row)
    return proposal
