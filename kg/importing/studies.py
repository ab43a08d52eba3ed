"""Studies, samples and publications, gathered from the rows that name them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from kg.importing.cells import measured, percent, plain
from kg.importing.matching import Vocabulary
from kg.importing.remarks import WITHOUT, Remark
from kg.importing.rows import LeftOut, MappedRow
from kg.names import slug
from kg.records import Sample, Study, written
from kg.spellings import folded

_YEAR = re.compile(r"(?P<before>.*?)[\s,(]*(?P<year>(?:18|19|20)\d\d)(?:\.0)?(?P<letter>[a-z]?)\)?\.?")
#: What a row may say of its sample beside its size -> how it is read.
_FACTS = {"percent_female": percent, "mean_age": measured, "sd_age": measured}
_MOST = {"percent_female": 100, "mean_age": 120, "sd_age": 120}


@dataclass
class _Sample:
    id: str
    label: str
    sizes: set[int | None] = field(default_factory=set)
    facts: dict[str, list[tuple[MappedRow, Decimal]]] = field(default_factory=dict)


@dataclass
class _Study:
    id: str
    authors: str
    year: str
    doi: str
    title: str
    design: str = ""
    countries: list[str] = field(default_factory=list)
    measures: set[str] = field(default_factory=set)
    samples: dict[str, _Sample] = field(default_factory=dict)
    row: int = 0

    @property
    def label(self) -> str:
        return f"{self.authors} {self.year}".strip()


class Studies:
    """The studies of a table. A row is placed first, and taken when it gave a finding."""

    def __init__(self, dataset: str, reported_in: str | None, vocabulary: Vocabulary, table: str) -> None:
        self._dataset, self._reported_in, self._vocabulary, self._table = dataset, reported_in, vocabulary, table
        self._by_name: dict[tuple[str, str], list[_Study]] = {}
        self._ids: set[str] = set()

    def place(self, row: MappedRow) -> _Study:
        """The study of a row: the same author and year, and neither another DOI nor another title. Raises LeftOut."""
        authors, year = _who_and_when(row)
        doi = plain(row.cell("doi")).casefold().removeprefix("https://doi.org/").removeprefix("doi:").strip()
        title = plain(row.cell("title"))
        namesakes = self._by_name.setdefault((folded(authors), year), [])
        for study in namesakes:
            if _same(study.doi, doi) and (doi or _same(folded(study.title), folded(title))):
                study.doi, study.title = study.doi or doi, study.title or title
                return study
        study = _Study(self._free(authors, year), authors, year, doi, title)
        namesakes.append(study)
        return study

    def design(self, row: MappedRow) -> str:
        """The code of the row's design. Raises LeftOut where it is not told or not known."""
        cell = plain(row.cell("design"))
        if not cell:
            raise LeftOut("design", "no design is told", "fill it in, or say it for all rows with --design")
        if (design := self._vocabulary.designs.called(cell)) is None:
            known = ", ".join(self._vocabulary.known_designs())
            raise LeftOut("design", f"'{cell}' is not a design that is known here", f"use one of {known}")
        return design

    def take(self, row: MappedRow, study: _Study, design: str, n: int | None, measures: set[str]) -> _Sample:
        """Note what a row that gave a finding says of its study and its sample; gives the sample."""
        if not study.design:
            study.design, study.row = design, row.number
        elif study.design != design:
            what = f"row {study.row} tells '{study.design}' of the same study"
            row.remark("design", what, "correct one of the two", WITHOUT)
        study.countries += [each for each in re.split(r"\s*[;/]\s*", plain(row.cell("country")))
                            if each and each not in study.countries]  # fmt: skip
        study.measures |= measures
        sample = self.sample(row, study)
        sample.sizes.add(n)  # of a row that tells none as well: how many it analysed is not for another row to say
        for role, reader in _FACTS.items():
            number = row.read(role, reader)
            if number is not None and not 0 <= number <= _MOST[role]:
                row.remark(role, f"{number} is outside 0 to {_MOST[role]}", "correct it from the source", WITHOUT)
            elif number is not None:
                sample.facts.setdefault(role, []).append((row, number))
        return sample

    def sample(self, row: MappedRow, study: _Study) -> _Sample:
        """The sample of a row: the study's own, or the one that the row names."""
        name = plain(row.cell("sample"))
        id = f"{study.id}-{slug(name) or 'sample'}" if name else f"{study.id}-sample"
        return study.samples.setdefault(id, _Sample(id, name or f"Participants of {study.label}"))

    def publication(self, study: _Study) -> str:
        """The citation key: ours where we have the DOI already, else one of the dataset's own."""
        return self._vocabulary.by_doi.get(study.doi, study.id) if study.doi else study.id

    def studies(self) -> list[Study]:
        """The studies that gave a finding, as records."""
        return [
            Study.model_validate(_filled({
                "id": study.id,
                "label": study.label,
                "publication": self.publication(study),
                "countries": "; ".join(study.countries),
                "design": study.design,
                "setting": "not-reported",
                "measures": "; ".join(sorted(study.measures)),
                "reported_in": self._reported_in or self.publication(study),
                "locator": f"{self._table}, row {study.row}",
            }))
            for study in self._taken()
        ]  # fmt: skip

    def samples(self) -> list[Sample]:
        """The samples that gave a finding, as records; on what their rows disagree is left empty."""
        return [self._sample_record(study, sample) for study in self._taken() for sample in study.samples.values()]

    def _sample_record(self, study: _Study, sample: _Sample) -> Sample:
        facts = {role: _the_one(told) for role, told in sample.facts.items()}
        if not facts.get("mean_age"):
            facts.pop("sd_age", None)
        return Sample.model_validate(_filled({
            "id": sample.id,
            "study": study.id,
            "label": sample.label,
            "n": str(next(iter(sample.sizes)) or "") if len(sample.sizes) == 1 else "",
            **facts,
            "recruitment": "not-reported",
            "reported_in": self._reported_in or self.publication(study),
            "locator": f"{self._table}, row {study.row}",
        }))  # fmt: skip

    def references(self) -> dict[str, dict[str, str]]:
        """Citation key -> fields, of the publications that are not ours already."""
        entries = {}
        for study in self._taken():
            if self.publication(study) == study.id:
                fields = {"author": " and ".join(people(study.authors)), "title": study.title, "year": study.year[:4]}
                entries[study.id] = _filled({**fields, "doi": study.doi})
        return entries

    def disagreements(self) -> Iterator[Remark]:
        """A remark for each row that says otherwise than an earlier one of its sample."""
        for study in self._taken():
            for sample in study.samples.values():
                for role, told in sample.facts.items():
                    first, number = told[0]
                    for row, other in told:
                        if other != number:
                            what = f"row {first.number} tells {number} of the same sample"
                            do = "correct one of the two, or name the samples apart"
                            yield Remark(row.number, row.columns.get(role, role), row.cell(role), what, do, WITHOUT)

    def _taken(self) -> Iterator[_Study]:
        for namesakes in self._by_name.values():
            yield from (study for study in namesakes if study.design)

    def _free(self, authors: str, year: str) -> str:
        """A readable id that no other study of the table has."""
        surname = people(authors)[0].split(",")[0]
        wanted = f"{self._dataset}-{slug(f'{surname} {year}') or 'study'}"
        id, again = wanted, 2
        while id in self._ids or id in self._vocabulary.publications:
            id, again = f"{wanted}-{again}", again + 1
        self._ids.add(id)
        return id


def people(authors: str) -> list[str]:
    """Authors as BibTeX wants them; "others" stands for those who are not named.

    >>> people("Smith, Jones & Lee"), people("Wei, M. & Liao, K. Y."), people("Neff et al.")
    (['Smith', 'Jones', 'Lee'], ['Wei, M.', 'Liao, K. Y.'], ['Neff', 'others'])
    """
    named, several, _ = re.sub(r"\bet\.? al\b\.?", "\0", authors).partition("\0")
    comma = r"(?<=\.),\s+" if re.search(r",\s*[A-Z]\.", named) else r",\s+"
    parts = [part.strip(" ,;&") for part in re.split(rf"\s*(?:;|&|\band\b)\s*|{comma}", named)]
    return [*(part for part in parts if part), *(["others"] if several else [])] or [authors]


def _who_and_when(row: MappedRow) -> tuple[str, str]:
    """Authors, and the year with the letter that tells two of one year apart; both may stand in one cell."""
    authors, year = plain(row.cell("author")), plain(row.cell("year"))
    if not authors:
        raise LeftOut("author", "no study is named", "name its authors")
    inside, alone = _YEAR.fullmatch(authors), _YEAR.fullmatch(year)
    if inside and inside["before"]:
        authors = inside["before"].strip(" ,(")
    if year and not (alone and not alone["before"]):
        row.remark("year", f"'{year}' is not a year", "write it like 2018", WITHOUT)
    found = alone if alone and not alone["before"] else inside
    return authors, f"{found['year']}{found['letter']}" if found else ""


def _same(one: str, other: str) -> bool:
    """Whether two cells do not contradict each other."""
    return not one or not other or one == other


def _the_one(told: list[tuple[MappedRow, Decimal]]) -> str:
    """The number on which all rows agree, or nothing."""
    numbers = {number for _, number in told}
    return written(numbers.pop()) if len(numbers) == 1 else ""


def _filled(cells: dict[str, str]) -> dict[str, str]:
    return {column: cell for column, cell in cells.items() if cell}
