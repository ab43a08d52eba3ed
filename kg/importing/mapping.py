"""Which column of a table holds what: guessed to be confirmed, or read from a TOML file that a person keeps."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kg.cells import PValue
from kg.errors import Problem, ProblemsFound
from kg.files import read_text
from kg.importing.cells import plain
from kg.importing.reading import Source
from kg.placed import KEYS, explain, suggestion

#: What a column may hold -> headers under which it is found, folded. ni, ri, yi, vi and sei are metafor's.
ROLES: dict[str, tuple[str, ...]] = {
    "author": ("author", "authors", "first author", "study", "study name", "reference", "citation", "slab", "paper"),
    "year": ("year", "publication year", "pub year", "yr", "date"),
    "title": ("title", "paper title"),
    "doi": ("doi",),
    "sample": ("sample", "subsample", "sample name", "cohort"),
    "n": ("n", "ni", "sample size", "total n", "n total", "participants"),
    "r": ("r", "ri", "cor", "corr", "correlation", "pearson r", "pearson s r", "zero order r", "correlation r"),
    "d": ("d", "cohen s d", "cohens d", "smd"),
    "t": ("t", "t value", "ti"),
    "statistic": ("statistic", "effect type"),
    "value": ("value",),
    "yi": ("yi", "effect", "effect size", "es"),
    "vi": ("vi", "variance", "sampling variance"),
    "sei": ("sei", "se", "standard error"),
    "df_effect": ("df effect", "effect df", "df1", "df 1"),
    "df": ("df", "degrees of freedom", "error df", "df error", "df2", "df 2"),
    "first_n": ("n1", "n 1", "n1i", "first n", "n group 1"),
    "second_n": ("n2", "n 2", "n2i", "second n", "n group 2"),
    "p": ("p", "p value", "pval", "pi"),
    "ci_low": ("ci low", "ci lower", "lower ci", "lower", "ci lb", "95 ci lower", "95 ci low"),
    "ci_high": ("ci high", "ci upper", "upper ci", "upper", "ci ub", "95 ci upper", "95 ci high"),
    "significance": ("significance", "sig", "significant"),
    "direction": ("direction",),
    "kind": ("kind",),
    "subject": ("construct 1", "construct a", "construct x", "variable 1", "variable a", "var 1", "x", "predictor",
                "independent variable", "iv", "subject", "first construct", "var1", "construct1"),
    "object": ("construct 2", "construct b", "construct y", "variable 2", "variable b", "var 2", "y", "outcome",
               "dependent variable", "dv", "object", "second construct", "var2", "construct2"),
    "subject_measure": ("measure 1", "measure a", "measure x", "scale 1", "instrument 1", "predictor measure",
                        "subject measure", "first measure", "measure1"),
    "object_measure": ("measure 2", "measure b", "measure y", "scale 2", "instrument 2", "outcome measure",
                       "object measure", "second measure", "measure2"),
    "country": ("country", "countries", "nation", "location"),
    "percent_female": ("% female", "female %", "percent female", "pct female", "% women", "women %", "percent women",
                       "female"),
    "mean_age": ("mean age", "age mean", "m age", "age m", "age", "average age"),
    "sd_age": ("sd age", "age sd"),
    "design": ("design", "study design"),
}  # fmt: skip
#: Roles of the number that a row found, in the order in which they are preferred, and how each is printed.
NUMBERS = {"r": "r", "d": "d", "t": "t", "yi": "yi", "value": ""}
#: Words of a header under which effects stand, also where the header as a whole is not known.
_EFFECTS = {"r", "z", "d", "g", "t", "rho", "cor", "corr", "correlation", "correlations", "beta", "β", "effect",
            "effects", "es", "smd", "coefficient", "coefficients", "odds", "zr", "fisher"}  # fmt: skip
#: What a number in the column yi may be; Fisher's z is turned back into the correlation that it is made of.
YI_STATISTICS = ("fisher-z", "r", "pearson-r", "spearman-rho", "partial-r", "cohens-d", "hedges-g", "t")
#: What a header says behind the name of its number, where the cells have the interval too: "r (95% CI)".
_INTERVAL = re.compile(r"(?<=\S)\s*[\[(][^\])]*\bCI\b[^\])]*[\])]\s*$", re.IGNORECASE)
_HEAD = """\
# How the columns of {name} are read. Every column that is not named here is kept beside the findings, unread.
# [columns]    what a column holds = its header
# [constants]  what holds for the whole table
# [cells]      what holds for a row whose cell is empty, or where there is no such column
# [stars]      what stars stand for, as the table's legend says; without it, stars tell nothing
"""


class Constants(BaseModel):
    """What holds for the whole table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reading: Literal["review", "primary-abstract", "primary-full-text", "synthesis"] | None = None
    certainty: Literal["high", "medium", "low"] | None = None
    alpha: Decimal = Field(default=Decimal("0.05"), gt=0, lt=1)
    correlation: Literal["r", "pearson-r", "spearman-rho", "partial-r"] = "r"
    yi: Literal["fisher-z", "r", "pearson-r", "spearman-rho", "partial-r", "cohens-d", "hedges-g", "t"] | None = None
    licence: str = "not stated"
    coded_on: date | None = None


class ColumnMapping(BaseModel):
    """What each column holds; what holds for every row stands in ``constants`` and ``cells``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: dict[str, str]
    constants: Constants = Constants()
    cells: dict[str, str] = {}
    stars: dict[str, str] = {}
    fill_down: tuple[str, ...] = ()

    def toml(self, name: str) -> str:
        """The mapping as a file that can be saved, edited and given back."""
        told = {key: str(value) for key, value in self.constants if value is not None}
        lines = [_HEAD.format(name=name) + f"fill_down = {_quoted(list(self.fill_down))}", "", "[columns]"]
        lines += [f"{role} = {_quoted(self.columns[role])}" for role in ROLES if role in self.columns]
        lines += ["", "[constants]", *(f"{key} = {_quoted(value)}" for key, value in told.items())]
        for role in ("reading", "certainty"):
            if role not in told:
                lines.append(f"# {role} = ...  # must be told: {', '.join(_choices(role))}")
        if "yi" in self.columns and "yi" not in told:
            lines.append(f"# yi = ...  # what the column yi holds: {', '.join(YI_STATISTICS)}")
        if "design" not in {*self.columns, *self.cells}:
            lines += ["", "[cells]", *(f"{key} = {_quoted(cell)}" for key, cell in self.cells.items())]
            lines.append('# design = "cross-sectional"  # must be told: no column says it')
        elif self.cells:
            lines += ["", "[cells]", *(f"{key} = {_quoted(cell)}" for key, cell in self.cells.items())]
        if self.stars:
            lines += ["", "[stars]", *(f"{_quoted(stars)} = {_quoted(p)}" for stars, p in self.stars.items())]
        return "\n".join(lines) + "\n"

    def with_told(self, **told: str | date | None) -> ColumnMapping:
        """The mapping with constants, and the design, that the command line tells."""
        design = told.pop("design", None)
        constants = {**self.constants.model_dump(), **{key: value for key, value in told.items() if value}}
        cells = {**self.cells, "design": str(design)} if design else self.cells
        return self.model_copy(update={"constants": Constants.model_validate(constants), "cells": cells})


def _choices(role: str) -> tuple[str, ...]:
    reading = ("review", "primary-abstract", "primary-full-text", "synthesis")
    return {"reading": reading, "certainty": ("high", "medium", "low")}[role]


def _quoted(value: str | list[str]) -> str:
    """A TOML string or list: what JSON writes is TOML too, but for one control character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


# --- from a file -----------------------------------------------------------------------------


def read_mapping(path: Path, shown: str) -> ColumnMapping:
    """The mapping in a TOML file; ProblemsFound with everything that is wrong in it."""
    try:
        mapping = ColumnMapping.model_validate(tomllib.loads(read_text(path, shown)))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise ProblemsFound(
            [Problem(shown, int(line[1]) if line else 0, "", f"not TOML ({error})", "mend the line")]
        ) from error
    except ValidationError as error:
        raise ProblemsFound(list(explain(shown, 0, error, ColumnMapping, KEYS))) from error
    if problems := list(_wrong(mapping, shown)):
        raise ProblemsFound(problems)
    return mapping


def _wrong(mapping: ColumnMapping, shown: str) -> Iterator[Problem]:
    for role in (*mapping.columns, *mapping.cells):
        if role not in ROLES:
            otherwise = f"use one of {', '.join(ROLES)}"
            yield Problem(shown, 0, role, "nothing that a column is read as", suggestion(role, ROLES, otherwise))
    for stars, p in mapping.stars.items():
        try:
            PValue.parse(p)
        except ValueError:
            yield Problem(shown, 0, stars, f"'{p}' is not a p value", "write the bound, such as <.05")


def fits(mapping: ColumnMapping, source: Source, shown: str) -> None:
    """Raise ProblemsFound where the mapping names a column that the table does not have."""
    known = f"its columns are {', '.join(source.header)}"
    named = [*mapping.columns.items(), *(("fill_down", name) for name in mapping.fill_down)]
    problems = [
        Problem(shown, 0, role, f"'{name}' is not a column of {source.name}", suggestion(name, source.header, known))
        for role, name in named
        if name not in source.header
    ]
    if problems:
        raise ProblemsFound(problems)


def unread(mapping: ColumnMapping, source: Source) -> list[str]:
    """The columns that nothing is read from: they are kept beside the findings."""
    return [name for name in source.header if name not in mapping.columns.values()]


def suffices(mapping: ColumnMapping, source: Source) -> None:
    """Raise ProblemsFound where no row can give a finding, or where the effects seem to be overlooked."""
    told, left = {*mapping.columns, *mapping.cells}, unread(mapping, source)
    if "author" not in told:
        what = f"no column is read as author; unread headers: {', '.join(left) or 'none'}"
        raise ProblemsFound([Problem(source.name, 0, "", what, "name it under [columns] of the mapping")])
    effects = [name for name in left if _EFFECTS & set(_folded(name).split())]
    if effects and not told & set(NUMBERS):
        what = f"no column of effects is read, and '{effects[0]}' looks like one"
        do = f"name it under [columns] of the mapping, as one of {', '.join(NUMBERS)}"
        raise ProblemsFound([Problem(source.name, 0, "", what, do)])


# --- guessed ---------------------------------------------------------------------------------


def guess(source: Source) -> ColumnMapping:
    """What each column seems to hold, by its header. A person confirms it before it is used."""
    columns: dict[str, str] = {}
    for role, known in ROLES.items():
        free = [name for name in source.header if name not in columns.values()]
        found = next((name for word in known for name in free if word in _readings(name)), None)
        if found:
            columns[role] = found
    fill_down = [columns[role] for role in ("author", "year") if role in columns and _is_merged(source, columns[role])]
    return ColumnMapping(columns=columns, stars=_legend(source.notes), fill_down=tuple(fill_down))


def _readings(name: str) -> set[str]:
    """The ways to read a header. "Construct 1: Scale", of two rows, is "measure 1"; "Construct: 1" is "construct 1"."""
    name = _INTERVAL.sub("", name)
    above, colon, below = name.partition(":")
    whole, top, sub = _folded(name), _folded(above), _folded(below)
    if not colon:
        return {whole}
    if sub in ("measure", "scale", "instrument", "questionnaire"):
        return {whole, f"measure {top.split()[-1]}" if top else sub}
    return {whole, top if sub in ("name", "construct", "variable", "label") else sub, f"{sub} {top}"}


def _folded(name: str) -> str:
    return " ".join(re.sub(r"[^\w%]+|_", " ", name.casefold()).split())


def _is_merged(source: Source, name: str) -> bool:
    """Whether a column looks as if cells were merged down its rows: filled at the top, with holes below."""
    cells = source.column(name)
    return bool(cells[0]) and not all(cells)


def _legend(notes: Iterable[str]) -> dict[str, str]:
    """What stars stand for, where a note below the table says it: ``* p < .05, ** p < .01``."""
    pattern = r"(\*+)\s*p\s*(<=?)\s*(0?[.,]\d+)"
    found = {}
    for note in notes:
        for stars, operator, number in re.findall(pattern, plain(note)):
            found[stars] = f"{operator}{number.replace(',', '.')}"
    return found
