"""A query for some individuals is narrowed wherever they are told, and nowhere else."""

import re
from pathlib import Path

import pytest

from kg.corpus import DATASET_TABLES, TERM_TABLES
from kg.narrowed import narrowed, ways

ROOT = Path(__file__).parent.parent
HEAD = "# of: ?a\nCONSTRUCT { ?a <x:p> ?b } WHERE "
VALUES = "VALUES (?a) { (<x:1>) }"


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("{ ?a <x:p> ?b }", "{ V ?a <x:p> ?b }"),
        ("{ { ?a <x:p> ?b } UNION { ?b <x:q> ?a } }", "{ V { V ?a <x:p> ?b } UNION { V ?b <x:q> ?a } }"),
        ("{ ?a <x:p> ?b . { ?b <x:q> ?c } UNION { ?b <x:r> ?a } }", "{ V ?a <x:p> ?b . { ?b <x:q> ?c } UNION { V ?b <x:r> ?a } }"),
        ("{ { ?b <x:p> ?c BIND(?c AS ?a) } UNION { ?b <x:q> ?a } }", "{ V { ?b <x:p> ?c BIND(?c AS ?a) } UNION { V ?b <x:q> ?a } }"),
        ("{ ?a <x:p> ?b OPTIONAL { ?a <x:q> ?c } }", "{ V ?a <x:p> ?b OPTIONAL { ?a <x:q> ?c } }"),
        ("{ ?a <x:p> ?b FILTER NOT EXISTS { ?a <x:q> ?c } }", "{ V ?a <x:p> ?b FILTER NOT EXISTS { ?a <x:q> ?c } }"),
        ("{ VALUES ?a { <x:1> } ?a <x:p> ?b }", "{ V VALUES ?a { <x:1> } ?a <x:p> ?b }"),
        ("{ VALUES (?a ?c) { (<x:1> 1) } ?a <x:p> ?b }", "{ V VALUES (?a ?c) { (<x:1> 1) } ?a <x:p> ?b }"),
        ("{ GRAPH ?g { ?a <x:p> ?b } }", "{ V GRAPH ?g { ?a <x:p> ?b } }"),
        (
            "{ SELECT ?a (COUNT(?c) AS ?b) WHERE { ?a <x:p> ?c } GROUP BY ?a }",
            "{ SELECT ?a (COUNT(?c) AS ?b) WHERE { V ?a <x:p> ?c } GROUP BY ?a }",
        ),
        ("{ { SELECT * WHERE { ?a <x:p> ?b } } }", "{ V { SELECT * WHERE { V ?a <x:p> ?b } } }"),
        (
            "{ { SELECT * WHERE { ?c <x:p> ?b BIND(?c AS ?a) } } }",
            "{ V { SELECT * WHERE { ?c <x:p> ?b BIND(?c AS ?a) } } }",
        ),
        (
            "{ { SELECT ?c (COUNT(?a) AS ?b) WHERE { ?a <x:p> ?c } GROUP BY ?c } ?a <x:q> ?c }",
            "{ V { SELECT ?c (COUNT(?a) AS ?b) WHERE { ?a <x:p> ?c } GROUP BY ?c } ?a <x:q> ?c }",
        ),
    ],
)  # fmt: skip
def test_a_query_is_narrowed_where_its_individuals_are_told(pattern, wanted):
    """At its start, in groups that name them and inner queries that hand them on; not in what may be missing or is counted."""
    assert [*narrowed(HEAD + pattern, [("<x:1>",)])] == [HEAD + wanted.replace("V ", f"{VALUES} ")]


def test_two_ways_are_two_queries():
    """What leads to an individual from either end is found from both."""
    query = "# of: ?a or ?b\nSELECT ?a WHERE { ?a <x:p> ?b }"
    assert [found.partition("WHERE ")[2] for found in narrowed(query, [("<x:1>",)])] == [
        "{ VALUES (?a) { (<x:1>) } ?a <x:p> ?b }",
        "{ VALUES (?b) { (<x:1>) } ?a <x:p> ?b }",
    ]


def predicates(tables):
    return {mark.predicate for model in tables.values() for mark in model.marks().values()}


@pytest.mark.parametrize("path", sorted((ROOT / "queries" / "checks").glob("*.rq")), ids=lambda path: path.stem)
def test_a_check_of_evidence_says_of_what_it_judges(path):
    """Without that line an update would take it for one about terms alone, and not ask it."""
    text = path.read_text(encoding="utf-8")
    of_evidence = predicates(DATASET_TABLES) - predicates(TERM_TABLES)
    assert ways(text) or not of_evidence & set(re.findall(r"ca:\w+", text))
