"""The graph as a graph: small worlds whose answers were worked out by hand, and what no order or scale may change.

The worlds have constructs of one letter. R's own numbers for implied relations stand in test_implied.py.
"""

import random

import networkx as nx
import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import cli
from kg.errors import BadQuestion, NothingFound
from kg.names import PREFIXES, local_name
from kg.questions import find_question
from kg.resources import shipped
from kg.structure.centrality import centrality
from kg.structure.communities import communities
from kg.structure.domains import bridges
from kg.structure.links import links, together
from kg.structure.paths import paths
from kg.structure.ties import network_of, ties
from kg.structure.triads import possible, triads


def told(pair, name, r=None, **changes):
    """A row of ``findings-by-pair``: a significant association, of the sign of ``r``, of a hundred people of its own."""
    first, second = pair
    row = {
        "finding": f"finding/{name}", "study": name.title(), "kind": "association", "firstFound": first,
        "firstMeasure": None, "secondFound": second, "secondMeasure": None, "people": f"sample/{name}",
        "analysed": None, "recruited": 100, "direction": "negative" if (r or 0) < 0 else "positive",
        "significance": "significant", "statistic": None if r is None else "r", "value": r, "df": None,
        "firstGroup": None, "secondGroup": None, "repeats": None, "reading": "primary-full-text", "certainty": "high",
        "source": "Alder (1901)", "firstIri": f"construct/{first}", "secondIri": f"construct/{second}",
    }  # fmt: skip
    return row | changes


NULL = {"direction": "not-reported", "significance": "not-significant"}
#: The sign is told, and whether it is significant is not.
UNTOLD = {"significance": "not-reported"}


def tie(*rows):
    """The one tie of some rows."""
    (only,) = ties(rows)
    return only


def world(**edges):
    """Ties from ``ab=0.5``: one correlation a pair."""
    return ties(told(pair, pair, r) for pair, r in edges.items())


# --- ties ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([told("ab", "alder", 0.3)], "positive"),
        ([told("ab", "alder", -0.3), told("ab", "birch", **UNTOLD)], "negative"),
        ([told("ab", "alder", 0.3), told("ab", "birch", -0.3)], "mixed"),
        ([told("ab", "alder", 0.3), told("ab", "birch", **NULL)], "mixed"),
        ([told("ab", "alder", **NULL)], "null"),
        ([told("ab", "alder", **UNTOLD)], "untold"),
        ([told("ab", "alder", **UNTOLD), told("ab", "birch", **NULL)], "untold"),
        ([told("ab", "alder", direction="not-reported", significance="not-reported")], "untold"),
    ],
)
def test_a_tie_has_a_sign_only_where_nothing_speaks_against_it(rows, word):
    """Opposite signs, and a sign beside a null, are mixed; what tells no significance tells no sign."""
    assert tie(*rows).word == word


@pytest.mark.parametrize(
    ("changes", "relates"),
    [({}, True), (UNTOLD, True), (NULL, False), ({"direction": "not-reported", "significance": "not-reported"}, False)],
)
def test_a_null_relates_nothing(changes, relates):
    """Related are the two of a finding that tells a sign or significance, never those of a null."""
    assert tie(told("ab", "alder", **changes)).relates is relates


def test_a_result_told_twice_counts_once():
    """The finding that repeats another one of the pair is left out."""
    rows = [told("ab", "alder", 0.3), told("ab", "birch", 0.3, people="sample/alder", repeats="finding/alder")]
    assert [each.finding for each in tie(*rows).findings] == ["alder"]


def test_a_result_told_elsewhere_is_kept():
    """A finding that repeats one about other constructs is the only one on its pair."""
    assert len(tie(told("ab", "birch", 0.3, repeats="finding/alder")).findings) == 1


def test_people_are_counted_once():
    """Two samples counted as one are one, of the larger size."""
    rows = [told("ab", "alder", 0.3), told("ab", "birch", 0.2, people="sample/alder", recruited=80)]
    assert tie(*rows).people == {"sample/alder": 100}


def test_people_of_a_synthesis_are_not_counted_again():
    """A pooled result holds the people of other studies, and gives no number of its own."""
    pooled = tie(told("ab", "alder", 0.3, reading="synthesis"))
    assert (pooled.people, pooled.r, pooled.word) == ({}, None, "positive")


def test_one_correlation_of_the_same_people_makes_the_r():
    """Of two findings on the same people, the one with more of them."""
    rows = [told("ab", "alder", 0.5), told("ab", "birch", 0.1, people="sample/alder", recruited=80)]
    assert tie(*rows).r == pytest.approx(0.5)


def test_the_r_of_a_tie_is_weighted_by_people():
    """The z are 0.549306 and 0.202733: (97 * 0.549306 + 197 * 0.202733) / 294 = 0.317078, of which tanh is 0.306863."""
    rows = [told("ab", "alder", 0.5), told("ab", "birch", 0.2, recruited=200)]
    assert tie(*rows).r == pytest.approx(0.306863, abs=1e-6)


def test_a_standardised_beta_is_no_correlation():
    """What cannot be converted gives no r, and so no weight."""
    beta = tie(told("ab", "alder", 0.5, statistic="standardised-beta"))
    assert (beta.r, beta.weight, beta.length) == (None, 0, 2)


def test_the_weight_of_a_tie_is_strength_by_certainty_by_agreement():
    """An r of 0.6 of medium certainty, with one sample that finds it and one that does not: 0.6 * 2/3 * 1/2."""
    weighed = tie(told("ab", "alder", 0.6, certainty="medium"), told("ab", "birch", **NULL))
    assert (weighed.weight, weighed.length) == (pytest.approx(0.2), pytest.approx(1.8))


def test_each_sample_has_one_voice():
    """One sample tells a sign in three findings, another finds none: they agree by half."""
    rows = [told("ab", f"alder-{number}", 0.6, people="sample/alder") for number in range(3)]
    assert tie(*rows, told("ab", "birch", **NULL)).agreement == 0.5


def test_umbrellas_are_not_rolled_up():
    """Findings on a narrower construct make its own tie, whatever is broader."""
    assert [each.pair for each in world(ab=0.3, ac=0.3)] == [("a", "b"), ("a", "c")]


# --- centrality and bridges ------------------------------------------------------------------

#: Two pairs of two domains, joined by b and c alone: a - b - c - d.
CHAIN = world(ab=0.5, bc=0.5, cd=0.5)
TWO = {each: frozenset({domain}) for domain, members in {"north": "ab", "south": "cd"}.items() for each in members}


def test_betweenness_and_closeness_of_a_chain():
    """Of the three pairs of others, b lies between a and c and between a and d; its distances are 1.5, 1.5 and 3."""
    standing = {each.construct: each for each in centrality(CHAIN, TWO)}
    assert standing["b"].betweenness == pytest.approx(2 / 3)
    assert standing["b"].closeness == pytest.approx(3 / 6)
    assert standing["a"].closeness == pytest.approx(3 / 9)


def test_centrality_counts_results_and_people_once():
    """One sample in two ties of a construct is one sample; strength adds up sizes."""
    found = ties(
        [told("ab", "alder", 0.5), told("ac", "birch", -0.3, people="sample/alder"), told("ad", "cedar", **NULL)]
    )
    first = centrality(found, {})[0]
    assert (first.construct, first.findings, first.samples, first.participants) == ("a", 3, 2, 200)
    assert (first.ties, first.related, first.numbered, first.strength) == (3, 2, 2, pytest.approx(0.8))


def test_a_construct_that_holds_domains_together_is_named():
    """Without b, nothing of the north is joined to the south; without a, all is as it was."""
    separates = {each.construct: each.separates for each in centrality(CHAIN, TWO)}
    pair = (("north", "south"),)
    assert separates == {"a": (), "b": pair, "c": pair, "d": ()}


def test_a_way_around_holds_domains_together():
    """Where a and d are tied, too, no construct separates the domains and no tie is the only way."""
    ring = world(ab=0.5, bc=0.5, cd=0.5, ad=0.5)
    assert {each.separates for each in centrality(ring, TWO)} == {()}
    assert [(each.tie.pair, each.only) for each in bridges(ring, TWO)] == [(("a", "d"), False), (("b", "c"), False)]


def test_a_bridge_joins_domains():
    """Of the chain's ties only that in the middle does, and nothing else joins its ends."""
    assert [(each.tie.pair, each.domains, each.only) for each in bridges(CHAIN, TWO)] == [
        (("b", "c"), (("north",), ("south",)), True)
    ]


def test_a_null_bridge_is_listed_and_joins_nothing():
    """Somebody looked: the tie is there, and is no way."""
    found = ties([told("bc", "alder", **NULL)])
    assert [(each.tie.word, each.only) for each in bridges(found, TWO)] == [("null", False)]


# --- communities -----------------------------------------------------------------------------


def test_two_triangles_are_two_communities():
    """Joined by one tie: 6 of 7 ties inside, half of all ends in each, so the modularity is 6/7 - 1/2."""
    found = world(ab=0.5, ac=0.5, bc=0.5, cd=0.5, de=0.5, df=0.5, ef=0.5)
    division = communities(found)
    assert [[member for member, _ in each.members] for each in division.communities] == [list("abc"), list("def")]
    assert [(each.inside, each.outside) for each in division.communities] == [(3, 1), (3, 1)]
    assert division.modularity == pytest.approx(6 / 7 - 1 / 2)


def test_nulls_make_no_community():
    """Constructs that nothing relates are in none."""
    assert communities(ties([told("ab", "alder", **NULL)])).communities == ()


# --- triads ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signs", "balance"),
    [
        ((0.3, 0.3, 0.3), "balanced"),
        ((0.3, -0.3, -0.3), "balanced"),
        ((0.3, 0.3, -0.3), "unbalanced"),
        ((-0.3, -0.3, -0.3), "unbalanced"),
    ],
)
def test_the_product_of_the_signs_is_the_balance(signs, balance):
    """Cartwright & Harary (1956)."""
    (triad,) = triads(world(**dict(zip(("ab", "ac", "bc"), signs, strict=True))))
    assert triad.balance == balance


@pytest.mark.parametrize(
    ("third", "word"),
    [
        ([told("bc", "cedar", 0.3), told("bc", "dogwood", -0.3)], "mixed"),
        ([told("bc", "cedar", **NULL)], "null"),
        ([told("bc", "cedar", **UNTOLD)], "untold"),
    ],
)
def test_a_side_without_one_sign_leaves_the_triangle_undecided(third, word):
    """It is told which side, and it counts as neither balanced nor unbalanced."""
    (triad,) = triads(ties([told("ab", "alder", 0.3), told("ac", "birch", 0.3), *third]))
    assert (triad.balance, triad.why) == ("undecided", f"b and c: {word}")


def test_an_unbalanced_triangle_can_be_possible():
    """Weak correlations may have any signs: 1 - 2 * 0.027 - 3 * 0.09 is above zero."""
    (triad,) = triads(world(ab=0.3, ac=0.3, bc=-0.3))
    assert (triad.balance, triad.correlations) == ("unbalanced", "possible")


def test_strong_correlations_forbid_an_unbalanced_triangle():
    """0.9, 0.9 and -0.9 are no correlation matrix."""
    (triad,) = triads(world(ab=0.9, ac=0.9, bc=-0.9))
    assert (triad.balance, triad.correlations) == ("unbalanced", "impossible")


def test_a_balanced_triangle_can_be_impossible():
    """Signs that agree are not enough: 0.9 and 0.9 leave no room for 0.1."""
    (triad,) = triads(world(ab=0.9, ac=0.9, bc=0.1))
    assert (triad.balance, triad.correlations) == ("balanced", "impossible")


def test_correlations_that_are_not_all_told_are_not_judged():
    """Two of three numbers: signs are judged, numbers are not."""
    (triad,) = triads(ties([told("ab", "alder", 0.3), told("ac", "birch", 0.3), told("bc", "cedar")]))
    assert (triad.balance, triad.correlations) == ("balanced", "not all told")


def test_a_limit_of_what_is_possible_is_possible():
    """0.6, 0.8 and 0 lie on the edge, where the determinant is zero."""
    assert possible(0.6, 0.8, 0.0)


# --- paths -----------------------------------------------------------------------------------


def walked(found, start="a", end="d", **how):
    """The constructs of each path, in a word."""
    return [
        "".join([path.steps[0].start, *(step.end for step in path.steps)])
        for path in paths(found, [start], [end], **how)
    ]


def test_the_strong_way_is_the_short_one():
    """Two steps each: 1.1 + 1.1 by b, 1.9 + 1.9 by c."""
    found = world(ab=0.9, bd=0.9, ac=0.1, cd=0.1)
    assert walked(found, most=2) == ["abd", "acd"]
    assert paths(found, ["a"], ["d"])[0].length == pytest.approx(2.2)


def test_the_sure_way_is_the_short_one():
    """Of equal correlations, those of which the coder is sure."""
    rows = [told(pair, pair, 0.5) for pair in ("ac", "cd")]
    rows += [told(pair, pair, 0.5, certainty="low") for pair in ("ab", "bd")]
    assert walked(ties(rows)) == ["acd"]


def test_a_direct_tie_is_shorter_than_any_way_around():
    """Each step is at least 1 long, so that two are never shorter than one of 2 at most."""
    found = ties([told("ad", "alder"), told("ab", "birch", 0.99), told("bd", "cedar", 0.99)])
    assert walked(found) == ["ad"]


def test_a_null_is_no_step_unless_asked():
    """The null tie from a to d is walked with --nulls only."""
    found = ties([told("ad", "alder", **NULL)])
    assert (walked(found), walked(found, nulls=True)) == ([], ["ad"])


def test_nulls_of_a_mixed_step_are_listed_only_when_asked():
    """A mixed tie is a step; its findings that are not significant are not what makes it one."""
    found = ties([told("ad", "alder", 0.3), told("ad", "birch", **NULL)])
    listed = {
        nulls: [each.finding for each in paths(found, ["a"], ["d"], nulls=nulls)[0].steps[0].findings]
        for nulls in (False, True)
    }
    assert listed == {False: ["alder"], True: ["alder", "birch"]}


def test_a_path_begins_where_it_is_shortest():
    """From a or b to d: b is nearer, and no path passes through another of the starts."""
    (path,) = paths(world(ab=0.5, bc=0.5, cd=0.5), ["a", "b"], ["d"], most=5)
    assert [step.end for step in path.steps] == ["c", "d"]


def test_unknown_ends_have_no_path():
    """A construct without findings is joined to nothing."""
    assert walked(CHAIN, end="z") == []


# --- links -----------------------------------------------------------------------------------


def test_what_two_constructs_share_comes_with_most_behind_it_first():
    """Two samples on each side of c, one on one side of b."""
    rows = [told("ab", "ab1", 0.3), told("bz", "bz1", 0.3), told("bz", "bz2", 0.3)]
    rows += [told(pair, f"{pair}{number}", 0.3) for pair in ("ac", "cz") for number in range(2)]
    found = ties(rows)
    assert [each.via for each in links(found, ["a"], ["z"])] == ["c", "b"]
    assert together(found, ["a"], ["z"]) == ()


def test_a_link_tells_within_which_limits_the_unmeasured_correlation_lies():
    """0.6 and 0.8 leave 0.48 ± 0.48."""
    (link,) = links(world(ab=0.6, bc=0.8), ["a"], ["c"])
    assert link.limits == (pytest.approx(0), pytest.approx(0.96))


def test_a_link_without_numbers_has_no_limits():
    """Missing stays missing."""
    (link,) = links(ties([told("ab", "alder"), told("bc", "birch", 0.5)]), ["a"], ["c"])
    assert link.limits is None


def test_narrower_constructs_link_under_their_own_names():
    """Two of the first's kind are two rows, and none is a link itself."""
    found = world(ab=0.3, ac=0.3, bz=0.3, cz=0.3)
    assert [(each.first, each.via) for each in links(found, ["a", "b"], ["z"])] == [("a", "c")]


# --- properties ------------------------------------------------------------------------------

_R = st.one_of(st.none(), st.floats(-0.95, 0.95).map(lambda r: round(r, 2)).filter(bool))
_WORLDS = st.lists(
    st.tuples(
        st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg")).filter(lambda pair: pair[0] < pair[1]),
        _R,
        st.sampled_from([{}, NULL, UNTOLD]),
        st.sampled_from("xyz"),
    ),
    max_size=25,
)


def rows_of(drawn):
    """Rows from what hypothesis draws; a null has no number of its own sign."""
    return [
        told(pair, f"f{number}", None if how is NULL else r, people=f"sample/{people}", **how)
        for number, (pair, r, how, people) in enumerate(drawn)
    ]


def seen(rows):
    """Everything that can be seen in the rows."""
    found = ties(rows)
    domains = {each: frozenset({"vowel" if each in "ae" else "consonant"}) for each in "abcdefg"}
    return (
        centrality(found, domains), bridges(found, domains), communities(found), triads(found),
        paths(found, ["a"], ["g"], most=3), links(found, ["a", "b"], ["g"]),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(drawn=_WORLDS, seed=st.integers(0, 1000))
def test_the_order_of_rows_changes_nothing(drawn, seed):
    """Rows come from any engine in any order."""
    rows = rows_of(drawn)
    mixed = random.Random(seed).sample(rows, len(rows))
    assert seen(mixed) == seen(rows)


def turned(row, construct):
    """A row after the scale of a construct is turned: what went up with it goes down."""
    if construct not in (row["firstFound"], row["secondFound"]):
        return row
    opposite = {"positive": "negative", "negative": "positive"}
    value = None if row["value"] is None else -row["value"]
    return row | {"direction": opposite.get(row["direction"], row["direction"]), "value": value}


@settings(max_examples=60, deadline=None)
@given(drawn=_WORLDS, construct=st.sampled_from("abcdefg"))
def test_turning_a_scale_keeps_balance_and_possibility(drawn, construct):
    """Two sides of each of its triangles change sign, and so the product does not."""
    rows = rows_of(drawn)
    before, after = (
        [(each.constructs, each.balance, each.correlations) for each in triads(ties(told_rows))]
        for told_rows in (rows, [turned(row, construct) for row in rows])
    )
    assert before == after


@settings(max_examples=60, deadline=None)
@given(drawn=_WORLDS)
def test_a_world_told_twice_is_the_same_world(drawn):
    """Every finding again, as a repetition of itself by the same people: nothing counts more."""
    rows = rows_of(drawn)
    again = [row | {"finding": f"{row['finding']}-again", "repeats": row["finding"]} for row in rows]
    assert seen([*rows, *again]) == seen(rows)


@settings(max_examples=60, deadline=None)
@given(drawn=_WORLDS)
def test_no_path_has_a_null_step(drawn):
    """Unless asked, every step relates, and every finding that it lists does."""
    for path in paths(ties(rows_of(drawn)), ["a"], ["g"], most=5):
        assert all(step.tie.relates and step.findings for step in path.steps)
        assert {each.outcome for step in path.steps for each in step.findings} <= {"positive", "negative", "related"}


# --- the repository's graph ------------------------------------------------------------------


@pytest.fixture(scope="module")
def structure(graph):
    return graph.structure()


def test_ties_relate_what_the_ontology_calls_related(graph, structure):
    """Reading the codes gives the same pairs as the entailed edges."""
    rows = graph.query("SELECT DISTINCT ?one ?other WHERE { ?one ca:foundRelatedTo ?other }")
    entailed = {frozenset(map(local_name, map(str, row.values()))) for row in rows}
    assert {frozenset(tie.pair) for tie in structure.ties if tie.relates} == entailed


def test_ties_count_what_evidence_cells_count(graph, structure):
    """The same pairs, findings, samples and people as the cells of the synthesis."""
    cells = graph.query("""
        SELECT ?one ?other ?findings ?samples ?people WHERE {
          ?cell a ca:EvidenceCell ; ca:pairMember ?one , ?other ; ca:findingCount ?findings ;
            ca:sampleCount ?samples ; ca:participantCount ?people .
          FILTER(STR(?one) < STR(?other))
        }""")
    counted = {(local_name(str(row["one"])), local_name(str(row["other"]))): row for row in cells}
    assert {tie.pair for tie in structure.ties} == set(counted)
    for each in structure.ties:
        row = counted[each.pair]
        numbers = (len(each.findings), len(each.people), sum(each.people.values()))
        assert numbers == (row["findings"], row["samples"], row["people"])


def test_the_question_on_bridges_lists_the_same_pairs(graph, structure):
    """SPARQL and networkx see the same ties between domains."""
    asked = {frozenset((row["first"], row["second"])) for row in graph.ask("bridges-between-domains")}
    assert asked == {frozenset(each.tie.labels) for each in structure.bridges()}


def test_the_question_on_triangles_judges_alike(graph, structure):
    """SPARQL and networkx see the same signed triangles with the same findings."""
    asked = {
        (row["balance"], frozenset((row["first"], row["second"], row["third"])), local_name(str(row["finding"])))
        for row in graph.ask("signed-triads")
    }
    assert asked == {
        (triad.balance, frozenset(triad.labels), each.finding)
        for triad in structure.triads()
        if triad.balance != "undecided"
        for tie in triad.ties
        for each in tie.findings
    }


@pytest.mark.parametrize(
    ("subject", "object"),
    [("fear-of-self-compassion", "mindfulness-of-voices"), ("fear-of-compassion", "mental-health-difficulties")],
)
def test_the_question_on_links_lists_the_same_findings(graph, structure, subject, object):
    """SPARQL and networkx see the same links, for umbrellas, too."""
    asked = {
        (row["via"], local_name(str(row["finding"])))
        for row in graph.ask("linking-constructs", subject=subject, object=object)
    }
    assert asked == {
        (tie.label(link.via), each.finding)
        for link in structure.links(subject, object)
        for tie in link.ties
        for each in tie.findings
    }


def test_every_construct_has_a_domain(graph, structure):
    """No construct is nowhere, but those of no narrower class, such as age."""
    constructs = {local_name(str(iri)) for iri in graph.ask("constructs").column("construct")}
    assert constructs - set(structure.domains) <= {"age", "gender"}
    assert set(structure.domains) <= constructs


def test_two_names_of_one_construct_are_refused(structure):
    """A construct and what falls under it have nothing between them."""
    with pytest.raises(BadQuestion, match="name two apart"):
        structure.links("compassion", "self-compassion")


def test_a_matrix_that_is_not_full_is_refused_in_words(structure):
    """Which correlation is missing, and why, finding by finding."""
    with pytest.raises(NothingFound, match=r"not full: secure-attachment and self-compassion .*--single takes it"):
        structure.implied("secure attachment", "distress-from-voices", ["self-compassion"])


def test_single_correlations_imply_when_asked(structure):
    """Secure attachment and self-compassion 0.38, self-compassion and distress from voices -0.45, one sample of 128."""
    pytest.importorskip("numpy", reason="needs NumPy (the extra 'pool')")
    found = structure.implied(
        "secure-attachment", "distress-from-voices", ["self-compassion"], single=True, mix_measures=True
    )
    assert (found.r, found.measured) == (pytest.approx(-0.171), None)


def test_implying_through_an_end_is_refused(structure):
    """The two and what links them are all different."""
    with pytest.raises(BadQuestion, match="must all be different"):
        structure.implied("self-compassion", "depression", ["self compassion"])


# --- the command -----------------------------------------------------------------------------


def run(built, *words):
    return CliRunner().invoke(cli.main, ["--store", str(built), "structure", *words])


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (["centrality"], "self-compassion,self-compassion,compassion construct,25,6,4786,"),
        (["bridges"], "attachment anxiety,attachment construct,self-compassion,compassion construct,mixed,no,"),
        (["communities"], "1,"),
        (["triads"], "anxiety,attachment anxiety,self-compassion,undecided,"),
        (["path", "fear of compassion", "severity of voices"], "1,5.32,1,fear of compassion from others,"),
        (["links", "parental warmth", "mindfulness of voices"], "self-compassion,parental warmth,untold,1,"),
        (
            ["implied", "secure attachment", "distress from voices", "--through", "self-compassion", "--single",
             "--mix-measures"],
            "implied,secure attachment,distress from voices,self-compassion,-0.171,",
        ),
    ],
)  # fmt: skip
def test_each_command_prints_rows_and_the_rules_behind_them(built_review, words, first):
    """Rows on stdout, fit for a pipe; the rule in words on stderr."""
    said = run(built_review, *words, "--format", "csv")
    assert said.exit_code == 0
    assert said.stdout.splitlines()[1].startswith(first)
    assert "never" in said.stderr


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["path", "hearing voices", "parental style"], 2, "no construct is called 'parental style'"),
        (["path", "threat-system", "self-compassion"], 1, "--nulls walks what was looked at"),
        (["links", "threat-system", "self-compassion"], 1, "no construct was studied with both"),
        (["implied", "secure attachment", "depression", "--through", "self-compassion"], 1, "nothing is implied"),
    ],
)
def test_what_cannot_be_answered_is_said_in_a_line(built, words, code, message):
    """What is wrong and what to do; no traceback."""
    said = run(built, *words)
    assert said.exit_code == code
    assert message in said.stderr
    assert said.stdout == ""


def test_links_say_whether_the_two_were_measured_together(built_review):
    """So that nobody takes what links two constructs for all that is known of them."""
    assert "never measured together" in run(built_review, "links", "parental warmth", "mindfulness of voices").stderr
    assert "7 findings" in run(built_review, "links", "attachment-avoidance", "compassion").stderr


def test_the_graph_of_ties_is_networkx(structure):
    """For whatever else networkx can do."""
    assert isinstance(network_of(structure.ties), nx.Graph)


def test_the_question_on_triangles_finds_unbalanced_ones_first():
    """Cells of made-up constructs: a, b and c with one minus; a, b and d with two; a side with a null is no sign."""
    cells = {"ab": (1, 0, 0), "ac": (2, 0, 0), "bc": (0, 1, 0), "ad": (0, 1, 0), "bd": (0, 1, 0), "cd": (1, 0, 1)}
    lines = [f'construct:{each} rdfs:label "{each}" .' for each in "abcd"]
    for (first, second), (up, down, null) in cells.items():
        cell, finding = f"ca:cell-{first}{second}", f"finding:{first}{second}"
        lines += [
            f"{cell} a ca:EvidenceCell ; ca:pairMember construct:{first} , construct:{second} ; ca:countsFinding {finding} ;",
            f"  ca:positiveCount {up} ; ca:negativeCount {down} ; ca:nullCount {null} .",
            f"{finding} ca:study [ rdfs:label 'Alder 1901' ] .",
        ]
    store = ox.Store()
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    store.update(f"{prefixes} INSERT DATA {{ {' '.join(lines)} }}")
    solutions = store.query(find_question(shipped(), "signed-triads").text)
    found = [
        [solution[name].value for name in ("balance", "first", "second", "third", "sign")] for solution in solutions
    ]
    assert found == [
        ["unbalanced", "a", "b", "c", "positive"], ["unbalanced", "a", "b", "c", "positive"],
        ["unbalanced", "a", "b", "c", "negative"], ["balanced", "a", "b", "d", "positive"],
        ["balanced", "a", "b", "d", "negative"], ["balanced", "a", "b", "d", "negative"],
    ]  # fmt: skip
