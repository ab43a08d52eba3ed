"""What a slot of SSSOM may hold: CURIEs, addresses, shares of one, and lists of them, as a table writes them."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from kg.cells import Number
from kg.placed import suggestion

#: What object_id holds where a term was looked for and not found.
NO_TERM = "sssom:NoTermFound"

#: Prefixes that SSSOM defines itself; a set need not declare them and may not change them.
BUILT_IN = {
    "linkml": "https://w3id.org/linkml/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "semapv": "https://w3id.org/semapv/vocab/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sssom": "https://w3id.org/sssom/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

#: How a term may relate to one elsewhere: what SKOS has for that, and our sets and chaining rules know.
PREDICATES = tuple(f"skos:{how}Match" for how in ("exact", "close", "broad", "narrow", "related"))

_CURIE = re.compile(r"[A-Za-z_][\w.-]*:[^\s<>\"{}|^`\\]+")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s<>\"{}|^`\\]+")


def _bad(what: str, do: str) -> PydanticCustomError:
    return PydanticCustomError("cell", "{what}; {do}", {"what": what, "do": do})


def _curie(cell: str) -> str:
    if not _CURIE.fullmatch(cell) or "://" in cell:
        raise _bad(f"'{cell}' is not a CURIE", "write prefix:name, with the prefix in the set's curie_map")
    return cell


def _predicate(cell: str) -> str:
    if cell not in PREDICATES:
        do = suggestion(cell, PREDICATES, f"write one of {', '.join(PREDICATES)}")
        raise _bad(f"'{cell}' is no predicate of a mapping", do)
    return cell


def _address(cell: str) -> str:
    if not _ADDRESS.fullmatch(cell):
        raise _bad(f"'{cell}' is not an address", "write it in full, starting with https://")
    return cell


def _share(number: Decimal) -> Decimal:
    if not 0 <= number <= 1:
        raise _bad(f"{number} is outside 0 to 1", "give a number from 0 to 1")
    return number


def _split(cell: Any) -> Any:
    r"""The values of a cell, which bars separate; a bar within a value is written ``\|``."""
    if not isinstance(cell, str):
        return cell
    parts = re.split(r"(?<!\\)\|", cell)
    return tuple(part.strip().replace(r"\|", "|") for part in parts if part.strip())


def joined(values: tuple[str, ...]) -> str:
    r"""Several values as one cell.

    >>> joined(("a|b", "c"))
    'a\\|b|c'
    """
    return "|".join(value.replace("|", r"\|") for value in values)


def prefix_of(curie: str) -> str:
    """The prefix of a CURIE."""
    return curie.partition(":")[0]


Text = str
Curie = Annotated[str, AfterValidator(_curie)]
Predicate = Annotated[Curie, AfterValidator(_predicate)]
Address = Annotated[str, AfterValidator(_address)]
Share = Annotated[Number, AfterValidator(_share)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_split)]
Curies = Annotated[tuple[Curie, ...], BeforeValidator(_split)]
Addresses = Annotated[tuple[Address, ...], BeforeValidator(_split)]
Day = date

Modifier = Literal["Not"]
Cardinality = Literal["1:1", "1:n", "n:1", "1:0", "0:1", "n:n", "0:0"]
EntityType = Literal[
    "owl class",
    "owl object property",
    "owl data property",
    "owl annotation property",
    "owl named individual",
    "skos concept",
    "rdfs resource",
    "rdfs class",
    "rdfs literal",
    "rdfs datatype",
    "rdf property",
    "composed entity expression",
]
