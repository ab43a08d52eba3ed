"""The rules, on made-up findings whose answer is plain: each case that the repository's evidence does not hold."""

import pytest
from worlds import copy_rooms

from kg import build
from kg.conflicts import conflicts
from kg.gap_maps import gaps
from kg.graph import open_graph
from kg.names import local_name

FINDINGS = (
    "id", "study", "sample", "kind", "subject", "object", "mediator", "moderator", "direction", "significance",
    "support", "statistic", "value", "same_result_as", "statement", "printed", "reported_in", "reading", "locator",
    "certainty",
)  # fmt: skip
CLAIMS = (
    "id", "subject", "relation", "object", "third", "predicted_sign", "condition", "genre", "stated_in", "reported_in",
    "locator", "statement", "certainty",
)  # fmt: skip
GOOD = {
    "reported_in": "amari2022",
    "reading": "review",
    "locator": "made up",
    "certainty": "high",
    "statement": "Made up.",
}


def study(name, design="cross-sectional"):
    return {"id": name, "label": name, "publication": "amari2022", "design": design, "setting": "online", **GOOD}


def sample(name, n, difficulties="depression"):
    return {"id": f"{name}-sample", "study": name, "label": name, "n": str(n), "difficulties": difficulties,
            "caseness": "self-report", "recruitment": "not-reported", **GOOD}  # fmt: skip


def finding(name, subject, object, **more):
    of = name.rpartition("-")[0]
    default = {"kind": "association", "direction": "positive", "significance": "significant"}
    return {
        "id": name,
        "study": of,
        "sample": f"{of}-sample",
        "subject": subject,
        "object": object,
        **default,
        **GOOD,
        **more,
    }


def claim(name, subject, relation, object, **more):
    return {"id": name, "subject": subject, "relation": relation, "object": object, "genre": "theory", "stated_in": "amari2022", **GOOD, **more}  # fmt: skip


#: Constructs with a measure each, which no real finding relates to one another.
A, B, KIND = "mindful-receptivity", "vividness-of-compassion-imagery", "self-kindness"
WORLD = {
    "studies": [study(name) for name in ("ash", "beech", "cedar", "elm", "fir")] + [study("oak", "longitudinal"), study("yew", "placebo-controlled")],
    "samples": [
        sample("ash", 40, "anxiety; depression"), sample("beech", 20), sample("cedar", 500), sample("elm", 60, ""),
        sample("fir", 70), sample("oak", 80), sample("yew", 90),
    ],
    "overlaps": [
        {"id": "b-c", "sample": "beech-sample", "other": "cedar-sample", "status": "confirmed", "reason": "Made up.", "decided_by": "A. Curator", "decided_on": "2026-11-22"},
        {"id": "c-f", "sample": "cedar-sample", "other": "fir-sample", "status": "confirmed", "reason": "Made up.", "decided_by": "A. Curator", "decided_on": "2026-11-22"},
    ],
    "findings": [
        # told first as what a factor is made of, then as an association: only the second bears on a claim
        finding("ash-01", "equanimity", "qualities-of-compassion", kind="factor-composition"),
        finding("ash-02", "equanimity", "qualities-of-compassion", same_result_as="ash-01"),
        # significance not told
        finding("ash-03", "mindful-receptivity", "separation-distress", significance="not-reported"),
        # one r, told of the narrower and of the broader construct
        finding("ash-04", KIND, "parental-warmth", statistic="r", value="0.3", printed="r = .3"),
        finding("ash-05", "self-compassion", "parental-warmth", statistic="r", value="0.3", printed="r = .3", same_result_as="ash-04"),
        # a mediation, a moderation told the other way round, and a plain correlation of the mediator with the outcome
        finding("ash-06", "secure-attachment", "hearing-voices", kind="mediation", mediator="mindfulness", support="supported", direction="not-reported", significance="not-reported"),
        finding("ash-07", "mindfulness", "problematic-sexual-behaviour", kind="moderation", moderator="secure-attachment", support="not-supported", direction="not-reported", significance="not-reported"),
        finding("ash-08", "mindfulness", "hearing-voices", direction="negative"),
        # an intervention on the claim's subject, one on its object, a prediction over time
        finding("yew-01", "mindfulness", "distress-tolerance", kind="intervention-effect"),
        finding("oak-01", "distress-tolerance", "resilience", kind="prediction"),
        finding("yew-02", "resilience", "positive-affect", kind="intervention-effect"),
        # the same outcome from the same people, under two names, the pair swapped
        finding("beech-01", A, B),
        finding("cedar-01", B, A),
        finding("fir-01", A, B, direction="negative"),
        # people without a difficulty are another population than people with one
        finding("ash-09", "isolation", "transformative-affects"),
        finding("elm-01", "isolation", "transformative-affects"),
        finding("ash-10", "isolation", "resilience"),
        # told again in three links: one result
        finding("elm-02", "over-identification", "wiser-figure", same_result_as="elm-03"),
        finding("elm-03", "over-identification", "wiser-figure"),
        finding("elm-04", "over-identification", "wiser-figure", same_result_as="elm-03"),
    ],
    "propositions": [
        claim("p-factor", "equanimity", "associated-with", "qualities-of-compassion", predicted_sign="positive"),
        claim("p-untold", "mindful-receptivity", "associated-with", "separation-distress", predicted_sign="positive"),
        claim("p-mediates", "mindfulness", "mediates", "hearing-voices", third="secure-attachment"),
        claim("p-moderates", "mindfulness", "moderates", "problematic-sexual-behaviour", third="secure-attachment"),
        claim("p-tested", "mindfulness", "increases", "distress-tolerance", predicted_sign="positive"),
        claim("p-reversed", "positive-affect", "increases", "resilience", predicted_sign="positive"),
        claim("p-over-time", "distress-tolerance", "increases", "resilience", predicted_sign="positive"),
        claim("p-conditional", "isolation", "associated-with", "resilience", predicted_sign="positive", condition="in the morning"),
    ],
}  # fmt: skip
HEADERS = {"findings": FINDINGS, "propositions": CLAIMS}


@pytest.fixture(scope="module")
def made_up(rooms, tmp_path_factory):
    """The repository's rooms with the made-up dataset, built."""
    root = tmp_path_factory.mktemp("made-up")
    world = copy_rooms(rooms, root)
    folder = root / "evidence" / "made-up"
    folder.mkdir()
    (folder / "dataset.toml").write_text(
        'id = "made-up"\ntitle = "Made up"\ndescription = "Made up."\nsource = "amari2022"\nreading = "review"\n'
        'licence = "CC BY 4.0"\ncoded_on = 2026-11-22\n'
    )
    for table, rows in WORLD.items():
        header = HEADERS.get(table) or tuple(
            dict.fromkeys(key for row in rows for key in row if key not in ("reading", "certainty", "statement"))
        )
        if table == "studies":
            header = ("id", "label", "publication", "design", "setting", "reported_in", "locator")
        if table == "overlaps":
            header = tuple(rows[0])
        lines = ["\t".join(header), *("\t".join(row.get(name, "") for name in header) for row in rows)]
        (folder / f"{table}.tsv").write_text("\n".join(lines) + "\n")
    build.build(world, root / "out", "rules")
    return open_graph(root / "out")


@pytest.fixture(scope="module")
def verdicts(made_up):
    return {local_name(str(row["proposition"])): row for row in made_up.ask("verdicts")}


def cell(made_up, row, column):
    return gaps(made_up.store, [row], [column]).matrix.cells[row, column]


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("p-factor", "supported"),  # what it was told as first is no evidence
        ("p-untold", "inconclusive"),  # a sign without significance supports nothing
        ("p-mediates", "supported"),  # by the mediation, not disputed by the correlation
        ("p-moderates", "inconclusive"),  # the moderation was not found
        ("p-conditional", "condition not coded"),
    ],
)
def test_a_verdict_follows(verdicts, name, verdict):
    """Each claim meets just the findings that bear on it."""
    assert verdicts[name]["verdict"] == verdict


@pytest.mark.parametrize(("name", "only"), [("p-tested", False), ("p-reversed", True), ("p-over-time", False)])
def test_only_an_intervention_on_the_subject_or_a_prediction_over_time_tests_a_cause(verdicts, name, only):
    """An intervention on what is claimed to be the effect is no test."""
    assert (verdicts[name]["supporting"], verdicts[name]["consistentOnly"]) == (1, only)


def test_a_result_told_on_two_levels_counts_once_in_the_roll_up(made_up):
    """Self-kindness is part of self-compassion: one r, not two."""
    told = cell(made_up, "self-compassion", "parental-warmth")
    before = 1  # the review's own finding on recalled parental warmth
    assert (told.positive, told.numbers) == (1, 1)
    assert told.findings == 1 + before


def test_a_result_told_three_times_counts_once(made_up):
    """However the links run."""
    assert cell(made_up, "over-identification", "wiser-figure").findings == 1


def test_people_of_three_overlapping_samples_count_as_the_largest(made_up):
    """Beech is part of cedar, fir is part of cedar: 500 people, whatever comes first by name."""
    told = cell(made_up, A, B)
    assert (told.samples, told.participants) == (1, 500)


def test_the_same_outcome_from_the_same_people_counts_once_the_other_way_round_too(made_up):
    """Beech and cedar say the same of the same people; fir says the contrary, and stays."""
    told = cell(made_up, A, B)
    assert (told.findings, told.positive, told.negative) == (2, 1, 1)


def test_a_conflict_shows_both_its_sides(made_up):
    """The finding that is counted and the one that contradicts it; the same people are not judged."""
    (conflict,) = [
        each for each in conflicts(made_up.ask("conflicts")) if "mindful receptivity" in (each.first, each.second)
    ]
    assert {local_name(str(row["finding"])) for row in conflict.findings} == {"beech-01", "fir-01"}
    assert {judgement.chance for judgement in conflict.judgements} == {"unknown"}
    assert "may share people with" in conflict.differs or conflict.findings[0]["overlap"]


def test_two_difficulties_of_one_sample_are_one_population(made_up):
    """Anxiety and depression in the same people."""
    assert "one population only" in cell(made_up, "isolation", "resilience").gaps


def test_people_without_a_difficulty_are_another_population(made_up):
    """People with depression, and people of whom none is told."""
    assert "one population only" not in cell(made_up, "isolation", "transformative-affects").gaps
